/*
 * save.c — the one write path, as the list of its steps.
 */
#include "data/save_in.h"
#include "data/engine.h"
#include "data/idempotency.h"
#include "data/serial.h"

MUST static bool steps(Work *w, Save *s)
{
    return save_load(w, s)
        && save_stage_asked(w, s)
        && save_read(w, s)
        && record_defaults(w, s->r, s->old)
        && save_before(w, s)
        && save_enter(w, s)
        && (s->old ? record_compute_own(w, s->r) : record_compute(w, s->r))
        && save_assign(w, s)
        && save_pool(w, s)
        && serial_set(w, s->r)                /* may name what was computed, and be read too */
        && (s->old || record_compute_own(w, s->r))
        && save_rights(w, s)
        && save_judge(w, s)
        && save_allowed(w, s)
        && save_consent(w, s)
        && (s->waits || (save_store(w, s) && save_follow_up(w, s)));
}

/* A new record that is asked to stand further on makes the move at once. */
MUST static bool go_on(Work *w, Save *s)
{
    SaveAsk ask = { .form = s->form, .id = record_id(s->r), .to = s->to };
    Saved saved;

    if (s->old || !s->to || (s->r->stage && str_eq(s->to, s->r->stage->key))) return true;
    if (!save_record(w, &ask, &saved)) return false;
    s->r = saved.record;
    return s->r != NULL;
}

/* The same request came before, or ran before: the answer is the record as it is now. */
MUST static bool answer_again(Work *w, const SaveAsk *ask, int64_t id, bool created, Saved *out)
{
    Record *r;

    if (!record_load(w, ask->form, id, false, &r)) return false;
    if (!r) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    *out = (Saved){ .record = r, .id = id, .created = created };
    return true;
}

typedef struct One { const SaveAsk *ask; Saved *out; } One;

static bool unit(Work *w, void *arg)
{
    const One *u = arg;
    Save s = { .ask = u->ask, .form = u->ask->form };
    int64_t before;
    bool created;

    if (!idempotency_find(w, u->ask, &before, &created)) return false;
    if (before) return answer_again(w, u->ask, before, created, u->out);
    if (!frame_begin(w, &s.frame, s.form)) return false;
    bool ok = steps(w, &s) && go_on(w, &s)
        && idempotency_keep(w, u->ask, record_id(s.r), !s.old);
    const char *said = frame_said(w, &s.frame);
    frame_end(w, &s.frame);
    if (ok)
        *u->out = (Saved){ .record = s.r, .id = record_id(s.r), .created = !s.old,
            .warning = s.warning, .nwarning = s.nwarning, .explained = said, .waits = s.waits };
    return ok;
}

bool save_possible(Work *w, const Form *f)
{
    return f != w->app->files || cx_fail(&w->cx, E_DENIED, "a file cannot be changed");
}

static void remember(Work *w, const Saved *saved)
{
    WorkSaved *s = &w->saved;

    if (s->n == LEN(s->did)) return;
    s->did[s->n].id = saved->id;
    s->did[s->n].created = saved->created;
    s->again = ++s->n;
    w->writes--;
}

const char *save_turn(Work *w, const SaveAsk *ask)
{
    const Form *f = ask->form;

    for (int i = f->nsystem; !ask->id && i < f->nfield; i++)
        if (f->field[i]->nserial) return arena_printf(w->cx.a, "serial %s", f->key);
    return !ask->id && f->assign ? arena_printf(w->cx.a, "assign %s", f->key) : NULL;
}

bool save_record(Work *w, const SaveAsk *ask, Saved *out)
{
    One u = { ask, out };
    bool outer = !db_in_write(w->db);
    int at = w->saved.again;

    *out = (Saved){ 0 };
    if (outer && at < w->saved.n) {
        w->saved.again++;
        return answer_again(w, ask, w->saved.did[at].id, w->saved.did[at].created, out);
    }
    if (!save_possible(w, ask->form) || !work_write_turn(w, save_turn(w, ask), unit, &u))
        return false;
    if (!outer) return true;
    remember(w, out);
    engine_wake_after(w);
    return true;
}

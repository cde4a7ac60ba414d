/*
 * action_steps.c — which function runs which step; those that write nothing but messages.
 */
#include "data/action_out.h"
#include "data/action_steps.h"
#include "data/assign.h"
#include "data/move.h"
#include "data/notice.h"
#include "data/reminder.h"
#include "data/rule_api.h"
#include "base/node_json.h"

#include <string.h>

#define NOTE_BYTES 2000                       /* of one thing a step was given or did */

static bool named_value(void *ctx, const char *name, Val *out)
{
    const StepRun *run = ctx;

    for (const StepValue *v = run->named; v; v = v->up)
        if (str_eq(v->name, name)) {
            *out = v->value;
            return true;
        }
    return false;
}

void step_keep(StepRun *run, const char *name, Val v)
{
    StepValue *kept;

    if (!name) return;
    kept = ARENA_NEW(run->w->cx.a, StepValue);
    *kept = (StepValue){ name, v, run->named };
    run->named = kept;
}

void step_note(StepRun *run, const char *key, Node *value)
{
    Arena *a = run->w->cx.a;
    const char *text;

    if (!run->entry) return;
    text = node_json(a, value);
    if (strlen(text) > NOTE_BYTES) value = node_new_text(a, utf8_sub(a, text, 0, NOTE_BYTES));
    node_put(a, run->entry, key, value);
}

bool step_eval(StepRun *run, const Expr *e, const Record *r, Val *out)
{
    Eval env = record_eval(run->w, r, run->old);

    return expr_eval(e, &env, out);
}

MUST static bool run_notify(StepRun *run, const Step *s, Record *r)
{
    Work *w = run->w;
    int64_t *user;
    int n;

    if (!people_of(w, &s->people, r, &user, &n)) return false;
    for (int i = 0; i < n; i++) {
        Notice note = { .to = user[i], .form = r ? r->form->key : NULL,
            .record = r ? record_id(r) : 0, .via = s->via, .nvia = s->nvia, .kind = "notify" };
        if (!reminder_text(w, &s->label_text, s->texts, s->ntext, r, user[i], &note.text))
            return false;
        if (!i) step_note(run, "text", node_new_text(w->cx.a, note.text));
        if (!notice_send(w, &note)) return false;
    }
    step_note(run, "people", node_new_int(w->cx.a, n));
    return true;
}

MUST static bool run_let(StepRun *run, const Step *s, Record *r)
{
    for (int i = 0; i < s->nlet; i++) {
        Val v;
        if (!step_eval(run, s->let[i].value, r, &v)) return false;
        step_note(run, s->let[i].name, value_node(run->w, v));
        step_keep(run, s->let[i].name, v);
    }
    return true;
}

MUST static bool run_stop(StepRun *run, const Step *s, Record *r)
{
    run->stopped = true;
    if (!s->ntext) return true;
    if (!reminder_text(run->w, &s->label_text, s->texts, s->ntext, r, run->w->who.id,
            &run->message)) return false;
    step_note(run, "text", node_new_text(run->w->cx.a, run->message));
    return true;
}

MUST static bool run_when(StepRun *run, const Step *s, Record *r)
{
    for (int i = 0; i < s->nbranch; i++) {
        const Branch *b = &s->branch[i];
        Val v = val_bool(true);
        if (b->if_ && !step_eval(run, b->if_, r, &v)) return false;
        if (!b->if_ || (v.kind == VAL_BOOL && v.i)) {
            step_note(run, "branch", node_new_int(run->w->cx.a, i + 1));
            return steps_go(run, b->step, b->nstep, r ? r->form : NULL, r ? record_id(r) : 0);
        }
    }
    return true;
}

MUST static bool step_assign(StepRun *run, const Step *s, Record *r)
{
    return assign_step(run->w, s->own, r);
}

MUST static bool run_plugin(StepRun *run, const Step *s, Record *r)
{
    step_note(run, "params", node_copy(run->w->cx.a, s->params));
    return rule_action(run->w, s->name, r, s->params);
}

static const StepFn runs[STEP_KINDS] = {
    [STEP_SET] = step_set,
    [STEP_CREATE] = step_create,
    [STEP_UPDATE] = step_update,
    [STEP_UPSERT] = step_upsert,
    [STEP_DELETE] = step_delete,
    [STEP_TRANSITION] = step_transition,
    [STEP_FIND] = step_find,
    [STEP_QUERY] = step_query,
    [STEP_LET] = run_let,
    [STEP_NOTIFY] = run_notify,
    [STEP_FOR_EACH] = step_for_each,
    [STEP_WHEN] = run_when,
    [STEP_STOP] = run_stop,
    [STEP_ASSIGN] = step_assign,
    [STEP_WEBHOOK] = step_webhook,
    [STEP_EMAIL] = step_email,
    [STEP_PLUGIN] = run_plugin,
};

MUST static bool run_one(StepRun *run, const Step *s, Record *r)
{
    Node *outer = run->entry;
    Arena *a = run->w->cx.a;

    run->at = s;
    run->entry = NULL;
    if (run->log && run->log->n < STEP_LOG_MOST) {
        run->entry = node_add(a, run->log, node_map(a));
        node_put_text(a, run->entry, "step", s->name);
        node_put_int(a, run->entry, "line", s->at->line);
        if (r) node_put_int(a, run->entry, "record", record_id(r));
    }
    bool ok = runs[s->kind](run, s, r);
    run->entry = outer;
    return ok;
}

MUST static bool go(StepRun *run, const Step *step, int n, const Form *f, int64_t id)
{
    for (int i = 0; i < n && !run->stopped; i++) {
        Record *now = NULL;
        if (f && !record_load(run->w, f, id, run->binned, &now)) return false;
        if (f && !now) return true;           /* a step deleted it: the rest has no record */
        if (!run_one(run, &step[i], now)) return false;
    }
    return true;
}

bool steps_ask(StepRun *run, const Expr *e, Val *out)
{
    Asker *k = work_asker(run->w), was = *k;

    k->param = named_value;
    k->ctx = run;
    bool ok = step_eval(run, e, NULL, out);
    run->w->asker.param = was.param;
    run->w->asker.ctx = was.ctx;
    return ok;
}

bool steps_go(StepRun *run, const Step *step, int n, const Form *f, int64_t id)
{
    Work *w = run->w;
    AsSaved saved = { w->as_app, w->rule };
    if (!run->as_person) work_as_app(w, w->rule);
    Asker *k = work_asker(w), was = *k;
    StepValue *named = run->named;

    k->param = named_value;
    k->ctx = run;
    bool ok = go(run, step, n, f, id);
    w->asker.param = was.param;
    w->asker.ctx = was.ctx;
    run->named = named;
    work_as_back(w, saved);
    return ok;
}

bool steps_run(Work *w, const Step *step, int n, const Record *r, bool *changed)
{
    StepRun run = { .w = w };

    *changed |= n > 0;
    return steps_go(&run, step, n, r->form, record_id(r));
}

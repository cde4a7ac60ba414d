/*
 * due_stage.c — stages that are due. The rule is "within:FLOW.STAGE", the key when the record came
 * into the stage.
 *
 * What a definition says anew holds for records that stand there, too: "due:FLOW.STAGE", a timer of
 * the app, carries what its stage said when it last walked them, and the last id it did.
 */
#include "data/due_stage.h"
#include "data/automation.h"
#include "data/due.h"
#include "data/due_time.h"
#include "data/move.h"
#include "data/record_row.h"
#include "data/save.h"
#include "data/timer_row.h"

#include <stdlib.h>
#include <string.h>

#define PORTION 300

bool stage_due(Work *w, const Record *r, DueThing *out)
{
    char since[32];

    if (!r->workflow || !r->stage || !due_is(&r->stage->due)) return false;
    Val at = r->val[SYS_STAGE_SINCE];
    if (at.kind != VAL_DATETIME) return false;
    datetime_show(since, sizeof since, at.i);
    *out = (DueThing){ .r = r, .due = &r->stage->due, .since = at.i,
        .rule = arena_printf(w->cx.a, "within:%s.%s", r->workflow->key, r->stage->key),
        .key = arena_dup(w->cx.a, since) };
    return true;
}

StageDue stage_due_look(Work *w, const Record *r)
{
    DueThing d;

    if (!r->form->staged || !stage_due(w, r, &d)) return DUE_NONE;
    Val due = r->val[SYS_STAGE_DUE];
    if (due.kind != VAL_DATETIME) {
        Eval env = record_eval(w, r, NULL);
        return d.due->pause && expr_true(d.due->pause, &env) ? DUE_PAUSED : DUE_NONE;
    }
    if (due.i <= w->now) return DUE_LATE;
    if (!d.due->warn) return DUE_RUNS;
    DueClock c = { d.due, due_calendar(w, d.due), w->app->zone };
    int64_t base = d.due->due ? due.i : due_base(&c, d.since);
    return due_warning(&c, d.since, base, due.i) <= w->now ? DUE_SOON : DUE_RUNS;
}

/* The column says it, for filters and lists; nothing while the time stands still. */
MUST static bool mark(Work *w, Record *r, const DueThing *d)
{
    static const SysField fields[] = { SYS_STAGE_DUE };
    DueState state;
    bool found;

    if (!due_state(w, d, &state, &found)) return false;
    Val due = found && state.due && !state.since_pause ? val_datetime(state.due) : val_blank();
    if (val_eq(r->val[SYS_STAGE_DUE], due)) return true;
    r->val[SYS_STAGE_DUE] = due;
    return record_put_system(w, r, fields, LEN(fields));
}

/* Who stays in the stage, taken to another version of the workflow, is not told all again. */
bool stage_due_begin(Work *w, Record *r)
{
    DueThing d;

    return !stage_due(w, r, &d) || (due_follow(w, &d) && mark(w, r, &d));
}

bool stage_due_end(Work *w, const Record *r)
{
    DueThing d;

    return !stage_due(w, r, &d) || due_end(w, &d);
}

bool stage_due_follow(Work *w, Record *r)
{
    DueThing d;

    if (!stage_due(w, r, &d) || (!d.due->due && !d.due->pause)) return true;
    return due_follow(w, &d) && mark(w, r, &d);
}

/* Outside of a save: the times that hang on the column go with it. */
MUST static bool mark_alone(Work *w, Record *r, const DueThing *d)
{
    Val before = r->val[SYS_STAGE_DUE];

    if (!mark(w, r, d)) return false;
    return val_eq(before, r->val[SYS_STAGE_DUE])
        || (timer_follow(w, r, false) && automation_follow(w, r, false));
}

static bool find(Work *w, const Timer *t, DueThing *out)
{
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;
    DueThing now;
    Record *r = NULL;

    if (f && !record_load(w, f, t->record, false, &r)) return false;
    if (r && stage_due(w, r, &now) && str_eq(now.rule, t->rule) && str_eq(now.key, t->occurrence))
        *out = now;
    return true;
}

bool stage_due_people(Work *w, const DueThing *d, int64_t **user, int *n)
{
    const Form *f = d->r->form;
    Val v = f->owner ? record_get(d->r, f->owner) : val_blank();
    int all = v.kind == VAL_LIST ? v.n : 1;

    *user = ARENA_ARRAY(w->cx.a, int64_t, all + 1);
    *n = 0;
    for (int i = 0; i < all; i++) {
        Val one = v.kind == VAL_LIST ? v.list[i] : v;
        if (one.kind == VAL_REC) (*user)[(*n)++] = one.i;
    }
    return true;
}

static const char *name(Work *w, const DueThing *d, const char *lang)
{
    (void)w;
    return label_show(&d->r->stage->label, lang, d->r->stage->key);
}

bool stage_due_act(Work *w, const DueThing *d, const LateStep *s)
{
    SaveAsk ask = { .form = d->r->form, .id = record_id(d->r), .transition = s->move };
    int64_t *user;
    Saved saved;
    int n;

    if (s->kind == LATE_REASSIGN) {
        const Field *owner = d->r->form->owner;
        if (!people_of(w, &s->to, d->r, &user, &n)) return false;
        if (!n) return true;
        Node *body = node_map(w->cx.a), *list = node_list(w->cx.a);
        if (owner->name.type.kind == T_LIST) {
            node_add(w->cx.a, list, node_new_int(w->cx.a, user[0]));
            node_put(w->cx.a, body, owner->key, list);
        } else {
            node_put_int(w->cx.a, body, owner->key, user[0]);
        }
        ask.body = body;
    }
    return save_record(w, &ask, &saved);
}

bool stage_due_fire(Work *w, const Timer *t, int64_t late_s)
{
    static const DueKind kind = { .find = find, .people = stage_due_people, .name = name,
        .act = stage_due_act };
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;
    DueThing d;
    Record *r = NULL;

    if (!due_fire(w, &kind, t, late_s)) return false;
    if (f && !record_load(w, f, t->record, false, &r)) return false;
    return !r || !stage_due(w, r, &d) || mark_alone(w, r, &d);
}

/* ---- after a publication ---- */
static void put(Work *w, Node *map, const Node *from, const char *key)
{
    const Node *n = node_find(from, key);
    if (n) node_put(w->cx.a, map, key, node_copy(w->cx.a, n));
}

const char *stage_due_meaning(Work *w, const Stage *s)
{
    static const char *const keys[] = { "within", "due", "calendar", "pause", "late" };
    Node *map = node_map(w->cx.a);

    for (int i = 0; i < LEN(keys); i++) put(w, map, s->due.at, keys[i]);
    put(w, map, w->app->file, "calendars");
    put(w, map, w->app->file, "time_zone");
    node_put_text(w->cx.a, map, "column", "stage_due");   /* filled by the walk where it is new */
    return node_json(w->cx.a, map);
}

MUST static bool ids_in(Work *w, const Form *f, const char *flow, const char *stage, int64_t after,
    int64_t *id, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v;

    *n = 0;
    sql_add(&q, "SELECT \"id\" FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " WHERE \"workflow\" = ");
    sql_bind(&q, val_text(flow));
    sql_add(&q, " AND \"stage\" = ");
    sql_bind(&q, val_text(stage));
    sql_add(&q, " AND \"deleted_at\" IS NULL AND \"id\" > ");
    sql_bind(&q, val_int(after));
    sql_add(&q, " ORDER BY \"id\" LIMIT ");
    sql_int(&q, PORTION);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (*n < PORTION && db_next(&w->cx, &rows, &v)) id[(*n)++] = v.i;
    db_rows_end(&rows);
    return !w->cx.err;
}

bool stage_due_walk(Work *w, const Timer *t)
{
    const char *flow = t->rule + strlen("due:"), *dot = strchr(flow, '.');
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;
    int64_t id[PORTION];
    int n;

    if (!f || !dot || !t->payload) return true;
    char *key = arena_dup_n(w->cx.a, flow, (size_t)(dot - flow)), *meaning;
    int64_t last = strtoll(t->payload, &meaning, 10);
    if (!ids_in(w, f, key, dot + 1, last, id, &n)) return false;
    for (int i = 0; i < n; i++) {
        DueThing d;
        Record *r;
        if (!record_load(w, f, id[i], false, &r)) return false;
        if (!r || !stage_due(w, r, &d)) continue;
        if (!due_follow(w, &d) || !mark_alone(w, r, &d)) return false;
    }
    last = n == PORTION ? id[n - 1] : 0;
    return timer_set(w, t->rule, t->form, 0, t->occurrence, last ? t->due : TIMER_NOTE,
        arena_printf(w->cx.a, "%lld%s", (long long)last, meaning));
}

bool stage_due_blank(Work *w, const Form *f, const char *flow, const char *stage)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE ");
    sql_name(&q, f->names.table);
    sql_add(&q, " SET \"stage_due\" = NULL WHERE \"workflow\" = ");
    sql_bind(&q, val_text(flow));
    sql_add(&q, " AND \"stage\" = ");
    sql_bind(&q, val_text(stage));
    sql_add(&q, " AND \"stage_due\" IS NOT NULL");
    return db_send(&w->cx, w->db, &q);
}

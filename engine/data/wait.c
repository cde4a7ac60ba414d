/*
 * wait.c — rows of _wait, and what follows from them.
 */
#include "data/wait.h"
#include "data/action_steps.h"
#include "data/move_part.h"
#include "data/record_row.h"
#include "data/rule_api.h"
#include "data/save.h"
#include "data/wait_due.h"
#include "base/i18n.h"
#include "base/sys.h"

#include <string.h>

#define A_DAY 86400

/* The transition by which it waits where it stands; NULL: it does not. */
static const Transition *waits_by(const Record *r, const char *name)
{
    const Workflow *flow = r->workflow;

    for (int i = 0; flow && r->stage && i < flow->ntransition; i++) {
        const Transition *t = &flow->transition[i];
        if (t->wait && t->to == r->stage && (!name || str_eq(t->key, name))) return t;
    }
    return NULL;
}

static void where_record(Sql *q, const Record *r)
{
    sql_add(q, " WHERE \"form\" = ");
    sql_bind(q, val_text(r->form->key));
    sql_add(q, " AND \"record\" = ");
    sql_bind(q, val_int(record_id(r)));
}

static const char *rule_of(Work *w, const Record *r, const Transition *t)
{
    return arena_printf(w->cx.a, "wait:%s.%s", r->workflow->key, t->key);
}

/* ---- what one of them is worth ---- */

MUST static bool state_of(Work *w, const Wait *x, const Record *child, const char **out)
{
    Eval env = record_eval(w, child, NULL);

    *out = "open";
    if (!val_is_blank(child->val[SYS_DELETED_AT])) *out = "gone";
    else if (expr_true(x->until, &env)) *out = "done";
    else if (!w->cx.err && x->failed && expr_true(x->failed, &env)) *out = "failed";
    return !w->cx.err;
}

MUST static bool count_of(Work *w, const Record *r, const Transition *t, WaitCount *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[2];

    *out = (WaitCount){ 0 };
    sql_add(&q, "SELECT \"state\", count(*) FROM \"_wait\"");
    where_record(&q, r);
    sql_add(&q, " AND \"transition\" = ");
    sql_bind(&q, val_text(t->key));
    sql_add(&q, " GROUP BY 1");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        if (str_eq(v[0].t, "open")) out->open = v[1].i;
        else if (str_eq(v[0].t, "done")) out->done = v[1].i;
        else if (str_eq(v[0].t, "failed")) out->failed = v[1].i;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

/* Refused: as for a move by time, it is asked again tomorrow. */
MUST static bool go_on(Work *w, const Record *r, const Transition *t, const Transition *next)
{
    SaveAsk ask = { .form = r->form, .id = record_id(r), .transition = next->key };
    AsSaved before = work_as_app(w, w->rule);
    Saved saved;
    bool ok = save_record(w, &ask, &saved);

    work_as_back(w, before);
    if (ok) return true;
    if (w->cx.err != E_INPUT && w->cx.err != E_DENIED && w->cx.err != E_RULE
        && w->cx.err != E_CONFLICT) return false;
    if (w->cx.err == E_RULE)
        sys_log(LOG_ERROR, "a rule stopped a move that was waited for", "move", next->key, "error",
            w->cx.text, NULL);
    cx_clear(&w->cx);
    return timer_set(w, rule_of(w, r, t), r->form->key, record_id(r), "", w->now + A_DAY, NULL);
}

MUST static bool decide(Work *w, const Record *r, const Transition *t)
{
    WaitCount c;

    if (!count_of(w, r, t, &c)) return false;
    WaitVerdict verdict = wait_verdict(t->wait, c);
    const Transition *next = verdict == WAIT_MET ? t->wait->then
        : verdict == WAIT_LOST ? t->wait->otherwise : NULL;
    return !next || go_on(w, r, t, next);
}

/* ---- beginning and end ---- */

MUST static bool put_row(Work *w, const Record *r, const Transition *t, const Record *child)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *state;

    if (!state_of(w, t->wait, child, &state)) return false;
    const Val v[] = { val_text(r->form->key), val_int(record_id(r)), val_text(t->key),
        val_text(child->form->key), val_int(record_id(child)), val_text(state) };
    sql_add(&q, "INSERT INTO \"_wait\" (\"form\", \"record\", \"transition\", \"child_form\", "
        "\"child\", \"state\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q);
}

MUST static bool make(Work *w, const Record *r, const Transition *t, const Record *of)
{
    StepRun run = { .w = w };
    Record *child = NULL;

    return step_make(&run, t->wait->create, of, &child) && put_row(w, r, t, child);
}

MUST static bool make_all(Work *w, const Record *r, const Transition *t)
{
    const Field *each = t->wait->each;

    if (!each) return make(w, r, t, r);
    Val rows = record_get(r, each);
    for (int i = 0; rows.kind == VAL_LIST && i < rows.n; i++)
        if (rows.list[i].p && !make(w, r, t, rows.list[i].p)) return false;
    return true;
}

MUST static bool drop(Work *w, const Record *r)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_wait\"");
    where_record(&q, r);
    return db_send(&w->cx, w->db, &q);
}

bool wait_begin(Work *w, const Record *was, const Transition *t)
{
    AsSaved before = work_as_app(w, w->rule);
    Record *r;

    /* As the steps of `do` left it. */
    bool ok = record_load(w, was->form, record_id(was), false, &r)
        && (!r || r->stage != t->to || (drop(w, r) && make_all(w, r, t)
            && wait_due_begin(w, r, t)));
    work_as_back(w, before);
    return ok && (!r || r->stage != t->to || decide(w, r, t));
}

bool wait_end(Work *w, const Record *old)
{
    const Transition *t = waits_by(old, NULL);

    if (!t) return true;
    if (!drop(w, old)) return false;
    for (int i = 0; i < old->workflow->ntransition; i++) {
        t = &old->workflow->transition[i];
        if (!t->wait || t->to != old->stage) continue;
        if (!timer_clear(w, rule_of(w, old, t), old->form->key, record_id(old))
            || !timer_clear(w, wait_due_rule(w, old->workflow, t), old->form->key, record_id(old)))
            return false;
    }
    return true;
}

bool wait_migrate(Work *w, const Record *r, bool stays)
{
    Waits x;

    if (!stays || !waits_by(r, NULL)) return drop(w, r);
    if (!wait_look(w, r, 1, &x)) return false;
    if (!x.by || !val_is_blank(r->val[SYS_DELETED_AT])) return true;
    return wait_due_begin(w, r, x.by)
        && timer_set(w, rule_of(w, r, x.by), r->form->key, record_id(r), "", w->now, NULL);
}

bool wait_holds(Work *w, const Record *r, const Workflow *on, const char **why)
{
    Waits x;

    *why = NULL;
    if (!wait_look(w, r, 1, &x)) return false;
    const Transition *there = x.by ? workflow_transition(on, x.by->key) : NULL;
    if (x.by && (!there || !there->wait || !str_eq(there->to->key, r->stage->key)))
        *why = wait_text(w, &x);
    return true;
}

/* ---- an awaited record changes ---- */

typedef struct Row { int64_t id, record; const char *form, *transition, *state; } Row;

MUST static bool rows_of(Work *w, const Record *child, Row **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Arena *a = w->cx.a;
    int cap = 0;
    Rows rows;
    Val v[5];

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT \"id\", \"record\", \"form\", \"transition\", \"state\" FROM \"_wait\" "
        "WHERE \"child_form\" = ");
    sql_bind(&q, val_text(child->form->key));
    sql_add(&q, " AND \"child\" = ");
    sql_bind(&q, val_int(record_id(child)));
    sql_add(&q, " ORDER BY \"id\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Row row = { v[0].i, v[1].i, arena_dup(a, v[2].t), arena_dup(a, v[3].t),
            arena_dup(a, v[4].t) };
        ARENA_PUSH(a, *out, *n, cap, row);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool put_state(Work *w, int64_t id, const char *state)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_wait\" SET \"state\" = ");
    sql_bind(&q, val_text(state));
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    return db_run(&w->cx, w->db, &q, NULL);
}

MUST static bool follow_one(Work *w, const Row *row, const Record *child)
{
    const Form *f = app_form(w->app, row->form);
    const char *state;
    Record *r = NULL;

    if (f && !record_load(w, f, row->record, true, &r)) return false;
    const Transition *t = r ? waits_by(r, row->transition) : NULL;
    if (!t || t->wait->create->form != child->form) return true;
    if (!state_of(w, t->wait, child, &state)) return false;
    if (str_eq(state, row->state)) return true;
    if (!put_state(w, row->id, state)) return false;
    return !val_is_blank(r->val[SYS_DELETED_AT]) || decide(w, r, t);
}

bool wait_follow(Work *w, const Record *child)
{
    Row *row;
    int n;

    if (!child->form->awaited) return true;
    if (!rows_of(w, child, &row, &n)) return false;
    for (int i = 0; i < n; i++)
        if (!follow_one(w, &row[i], child)) return false;
    return true;
}

bool wait_again(Work *w, const Record *r)
{
    const Transition *t = waits_by(r, NULL);
    Waits x;

    if (!t || !wait_look(w, r, 1, &x)) return !w->cx.err;
    return !x.by || (wait_due_begin(w, r, x.by) && decide(w, r, x.by));
}

bool wait_fire(Work *w, const Timer *t)
{
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;
    const char *dot = strchr(t->rule, '.');
    Record *r = NULL;

    if (f && !record_load(w, f, t->record, false, &r)) return false;
    const Transition *by = r && dot ? waits_by(r, dot + 1) : NULL;
    return !by || decide(w, r, by);
}

/* ---- looking ---- */

bool wait_look(Work *w, const Record *r, int most, Waits *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *transition = NULL;
    int cap = 0;
    Rows rows;
    Val v[4];

    *out = (Waits){ 0 };
    if (!waits_by(r, NULL)) return true;
    sql_add(&q, "SELECT \"transition\", \"child_form\", \"child\", \"state\" FROM \"_wait\"");
    where_record(&q, r);
    sql_add(&q, " ORDER BY \"id\" LIMIT ");
    sql_int(&q, most);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Waited one = { app_form(w->app, v[1].t), v[2].i, arena_dup(w->cx.a, v[3].t) };
        if (!transition) transition = arena_dup(w->cx.a, v[0].t);
        if (one.form) ARENA_PUSH(w->cx.a, out->item, out->n, cap, one);
    }
    db_rows_end(&rows);
    if (w->cx.err || !transition) return !w->cx.err;
    out->by = waits_by(r, transition);
    return !out->by || count_of(w, r, out->by, &out->count);
}

const char *wait_text(Work *w, const Waits *x)
{
    const Wait *wait = x->by->wait;
    long long all = x->count.open + x->count.done + x->count.failed;
    const char *form = form_label(wait->create->form, w->cx.lang);

    if (!wait->need)
        return arena_printf(w->cx.a, i18n_text(w->cx.lang, "waits for all of %s: %lld of %lld are "
            "done, %lld failed"), form, (long long)x->count.done, all, (long long)x->count.failed);
    return arena_printf(w->cx.a, i18n_text(w->cx.lang, "waits for %lld of %s: %lld of %lld are "
        "done, %lld failed"), (long long)wait->need, form, (long long)x->count.done, all,
        (long long)x->count.failed);
}

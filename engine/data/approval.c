/*
 * approval.c — requests as rows: made, looked up, ended.
 */
#include "data/approval_in.h"
#include "data/approval_due.h"
#include "data/history.h"
#include "data/perm.h"
#include "def/pinned.h"
#include "base/node_json.h"

#include <string.h>

#define COLUMNS "\"id\", \"form\", \"record\", \"workflow\", \"transition\", \"stage\", \"by\", " \
    "\"at\", \"body\", \"comment\", \"state\", \"step\", \"resume\", \"ended_at\", \"note\", \"workflow_version\""
enum { NCOLUMN = 16 };

const char *task_text(Work *w, Val v)
{
    return v.kind == VAL_TEXT && v.n ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

int64_t task_moment(Val v)
{
    Val t = db_typed(v, VAL_DATETIME, 0);
    return t.kind == VAL_DATETIME ? t.i : 0;
}

static int64_t number(Val v)
{
    return v.kind == VAL_INT ? v.i : 0;
}

static Approval of_row(Work *w, const Val *v)
{
    const char *form = task_text(w, v[1]), *flow = task_text(w, v[3]);
    Approval a = { .id = v[0].i, .form = app_form(w->app, form), .record = v[2].i,
        .flow = app_workflow(w->app, flow), .transition = task_text(w, v[4]),
        .stage = task_text(w, v[5]), .by = number(v[6]), .at = task_moment(v[7]),
        .body = task_text(w, v[8]), .comment = task_text(w, v[9]), .state = task_text(w, v[10]),
        .step = (int)v[11].i, .resume = (int)v[12].i, .ended_at = task_moment(v[13]),
        .note = task_text(w, v[14]) };

    if (a.flow) a.flow = workflow_of(a.flow, number(v[15]), a.stage, &(const Stage *){ NULL });
    a.move = a.flow ? workflow_transition(a.flow, a.transition) : NULL;
    return a;
}

MUST static bool read_one(Work *w, const Sql *q, Approval *out, bool *found)
{
    Val v[NCOLUMN];

    if (!db_one(&w->cx, w->db, q, v, NCOLUMN, found)) return false;
    if (*found) *out = of_row(w, v);
    return true;
}

static Sql of_record(Work *w, const Form *f, int64_t record)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT " COLUMNS " FROM \"_approval\" WHERE \"form\" = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record));
    return q;
}

bool approval_waiting(Work *w, const Form *f, int64_t record, Approval *out, bool *found)
{
    *found = false;
    if (!f->approves) return true;
    Sql q = of_record(w, f, record);
    sql_add(&q, " AND \"state\" = 'waiting'");
    return read_one(w, &q, out, found);
}

bool approval_get(Work *w, int64_t id, Approval *out, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT " COLUMNS " FROM \"_approval\" WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    return read_one(w, &q, out, found) && (!*found || out->form || (*found = false, true));
}

bool approval_many(Work *w, const int64_t *id, int n, Approval *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[NCOLUMN];

    for (int i = 0; i < n; i++) out[i] = (Approval){ 0 };
    if (!n) return true;
    sql_add(&q, "SELECT " COLUMNS " FROM \"_approval\" WHERE \"id\" IN (");
    for (int i = 0; i < n; i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, val_int(id[i]));
    }
    sql_add(&q, ")");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Approval a = of_row(w, v);
        for (int i = 0; i < n; i++)
            if (id[i] == a.id) out[i] = a;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

bool approval_list(Work *w, const Form *f, int64_t record, int limit, Approval **out, int *n)
{
    Sql q = of_record(w, f, record);
    int cap = 0;
    Rows rows;
    Val v[NCOLUMN];

    *out = NULL;
    *n = 0;
    if (!f->staged) return true;
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT ");
    sql_int(&q, limit);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) ARENA_PUSH(w->cx.a, *out, *n, cap, of_row(w, v));
    db_rows_end(&rows);
    return !w->cx.err;
}

Task task_of_row(Work *w, const Val *v)
{
    return (Task){ .id = v[0].i, .approval = v[1].i, .user = v[2].i, .decided_by = number(v[3]),
        .decided_at = task_moment(v[4]), .asked_at = task_moment(v[5]),
        .due = number(v[6]), .step = (int)v[7].i, .seat = (int)v[8].i, .place = (int)v[9].i,
        .kind = task_text(w, v[10]), .state = task_text(w, v[11]),
        .comment = task_text(w, v[12]) };
}

MUST static bool read_tasks(Work *w, const Sql *q, Task **out, int *n)
{
    int cap = 0;
    Rows rows;
    Val v[TASK_NCOLUMN];

    *out = NULL;
    *n = 0;
    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) ARENA_PUSH(w->cx.a, *out, *n, cap, task_of_row(w, v));
    db_rows_end(&rows);
    return !w->cx.err;
}

bool approval_tasks(Work *w, int64_t id, Task **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT " TASK_COLUMNS " FROM \"_task\" WHERE \"approval\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " ORDER BY \"step\", \"seat\", \"place\", \"id\"");
    return read_tasks(w, &q, out, n);
}

bool approval_tasks_of(Work *w, const Form *f, int64_t record, Task **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT " TASK_COLUMNS " FROM \"_task\" WHERE \"form\" = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record));
    sql_add(&q, " ORDER BY \"approval\", \"step\", \"seat\", \"place\", \"id\"");
    return read_tasks(w, &q, out, n);
}

/* ---- waiting ---- */

static const char *people_asked(Work *w, const Approval *a)
{
    const Form *user = app_form(w->app, "user");
    Str s = str_begin(w->cx.a);
    Task *t;
    int n;

    if (!approval_tasks(w, a->id, &t, &n)) return "";
    for (int i = 0; i < n; i++)
        if (str_eq(t[i].state, "open") && str_eq(t[i].kind, "approve"))
            str_printf(&s, "%s%s", s.n ? ", " : "", record_title_of(w, user, t[i].user));
    return str_show(&s);
}

const char *approval_words(Work *w, const Approval *a)
{
    Cx cx = cx_begin(w->cx.a, w->cx.lang);
    const char *move = a->move ? label_show(&a->move->label, w->cx.lang, a->transition)
        : a->transition;

    cx_fail(&cx, E_CONFLICT, "“%s” waits for approval by: %s", move, people_asked(w, a));
    return cx.text;
}

bool approval_lets(Work *w, const Record *r, bool moves)
{
    Approval a;
    bool found;

    if (!r->form->approves || (w->as_app && !moves)) return true;
    if (!approval_waiting(w, r->form, record_id(r), &a, &found)) return false;
    return !found || cx_fail(&w->cx, E_CONFLICT, "%s", approval_words(w, &a));
}

/* ---- ending ---- */

MUST static bool close_tasks(Work *w, int64_t approval)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_task\" SET \"state\" = 'closed' WHERE \"state\" IN ('open', 'waiting') "
        "AND \"kind\" = 'approve' AND \"approval\" = ");
    sql_bind(&q, val_int(approval));
    return db_send(&w->cx, w->db, &q);
}

bool approval_end(Work *w, const Approval *a, const char *state, const char *note)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_approval\" SET \"state\" = ");
    sql_bind(&q, val_text(state));
    sql_add(&q, ", \"ended_at\" = ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, ", \"note\" = ");
    sql_bind(&q, val_text(note));
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(a->id));
    return db_run(&w->cx, w->db, &q, NULL) && close_tasks(w, a->id) && approval_due_end(w, a, -1);
}

bool approval_left(Work *w, const Form *f, int64_t record, const char *note)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Approval a;
    bool found;

    if (!f->approves) return true;
    if (!approval_waiting(w, f, record, &a, &found)) return false;
    if (found && !approval_end(w, &a, "ended", note)) return false;
    sql_add(&q, "UPDATE \"_task\" SET \"state\" = 'closed' WHERE \"kind\" = 'revise' "
        "AND \"state\" = 'open' AND \"form\" = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record));
    return db_send(&w->cx, w->db, &q);
}

/* ---- beginning ---- */

MUST static bool insert(Work *w, const Record *old, const Transition *t, const SaveAsk *ask,
    int first, Approval *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *body = ask->body ? node_json(w->cx.a, ask->body) : NULL;
    const Val v[] = { val_text(old->form->key), val_int(record_id(old)),
        val_text(old->workflow->key), val_int(old->workflow->version), val_text(t->key),
        val_text(old->stage->key), w->who.id ? val_int(w->who.id) : val_blank(),
        val_datetime(w->now), val_text(body), val_text(ask->comment), val_text("waiting"),
        val_int(first) };
    bool found;
    Val id;

    sql_add(&q, "INSERT INTO \"_approval\" (\"form\", \"record\", \"workflow\", "
        "\"workflow_version\", \"transition\", \"stage\", \"by\", \"at\", \"body\", \"comment\", "
        "\"state\", \"step\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ") RETURNING \"id\"");
    if (!db_one(&w->cx, w->db, &q, &id, 1, &found)) return false;
    return approval_get(w, id.i, out, &found);
}

/* A request for the same move that was sent back, to be resumed where it was; *found false: none. */
MUST static bool resumed(Work *w, const Record *old, const Transition *t, Approval *out, bool *found)
{
    Sql q = of_record(w, old->form, record_id(old));

    sql_add(&q, " ORDER BY \"id\" DESC LIMIT 1");
    if (!read_one(w, &q, out, found)) return false;
    *found = *found && str_eq(out->state, "returned") && out->resume >= 0 && out->move == t;
    return true;
}

/* The seats of the step that sent it back, as they were: who consented has done so, the others are
   asked again. */
MUST static bool resume(Work *w, const Approval *before, Approval *a)
{
    Task *t;
    int n;

    a->step = before->resume;
    if (!approval_tasks(w, before->id, &t, &n)) return false;
    for (int i = 0; i < n; i++) {
        Task one = t[i];
        if (!str_eq(one.kind, "approve") || str_eq(one.state, "transferred")) continue;
        if (!str_eq(one.state, "approved") && !str_eq(one.state, "waiting")) one.state = "open";
        if (one.step < a->step && !str_eq(one.state, "approved")) continue;
        one.asked_at = one.due = 0;
        if (!task_add(w, a, &one)) return false;
    }
    for (int i = 0; i < a->move->napprove; i++)
        if (!approval_due_begin(w, a, i)) return false;
    return true;
}

bool approval_begin(Work *w, const Transition *t, const Record *old, const Record *will,
    const SaveAsk *ask, int64_t *id)
{
    Approval a, before = { 0 };
    bool again;
    int first;

    *id = 0;
    if (!approval_any(w, t, will, old, 0, &first)) return false;
    if (first < 0) return true;
    if (!resumed(w, old, t, &before, &again)) return false;
    if (!approval_left(w, old->form, record_id(old), NULL)) return false;
    if (!insert(w, old, t, ask, first, &a)) return false;
    *id = a.id;
    if (!approval_trace(w, &a, "requested", ask->comment)) return false;
    if (again && before.resume < t->napprove) return resume(w, &before, &a);
    return approval_go_on(w, &a, first);
}

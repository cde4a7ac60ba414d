/*
 * process_log.c — a page of records at a time: their moves, requests and tasks in one query each,
 * woven together in memory, so a log costs four queries a page however many events it has.
 */
#include "data/process_log.h"
#include "data/approval_in.h"
#include "data/passed.h"
#include "data/query_in.h"

#include <stdlib.h>
#include <string.h>

typedef struct Timed { int64_t record, id; const char *stage; LogEvent e; } Timed;
typedef struct Timeds { Timed *item; int n, cap, next; } Timeds;
typedef struct Pass {
    const ProcessAsk *ask; LogFn fn; void *arg;
    Field *const *field; int nfield;
    Arena *a;                          /* of one page */
    Timeds moves, asked;
} Pass;

static const char *text(const Pass *p, Val v)
{
    return v.kind == VAL_TEXT && v.n ? arena_dup_n(p->a, v.t, (size_t)v.n) : NULL;
}

static int64_t number(Val v, int64_t otherwise)
{
    return v.kind == VAL_INT ? v.i : otherwise;
}

static void of_records(const Pass *p, Sql *q, const char *alias, const int64_t *id, int n)
{
    sql_column(q, alias, "form");
    sql_add(q, " = ");
    sql_bind(q, val_text(p->ask->flow->form->key));
    sql_add(q, " AND ");
    query_ids(q, alias, "record", id, n);
    if (p->ask->from > 0) {
        sql_add(q, " AND ");
        sql_column(q, alias, "at");
        sql_add(q, " >= ");
        sql_bind(q, val_datetime(p->ask->from));
    }
}

MUST static bool read_moves(Work *w, Pass *p, const int64_t *id, int n)
{
    Sql q = sql_begin(p->a, db_dialect(w->db));
    Rows rows;
    Val v[11];

    p->moves = (Timeds){ 0 };
    sql_add(&q, "SELECT h.\"record\", h.\"id\", h.\"at\", h.\"by\", h.\"transition\", h.\"workflow\", "
        "h.\"from\", h.\"to\", h.\"seconds\", h.\"working_seconds\", h.\"in_time\" "
        "FROM \"stage_history\" AS h WHERE ");
    of_records(p, &q, "h", id, n);
    sql_add(&q, " AND (h.\"workflow\" = ");
    sql_bind(&q, val_text(p->ask->flow->key));
    sql_add(&q, " OR h.\"from_workflow\" = ");
    sql_bind(&q, val_text(p->ask->flow->key));
    sql_add(&q, ") ORDER BY h.\"record\", h.\"id\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Timed t = { .record = v[0].i, .id = v[1].i, .e = { .at = task_moment(v[2]),
            .user = number(v[3], 0), .transition = text(p, v[4]), .lifecycle = "complete",
            .flow = text(p, v[5]), .from = text(p, v[6]), .to = text(p, v[7]),
            .seconds = number(v[8], -1), .working = number(v[9], -1),
            .in_time = (int)number(v[10], -1) } };
        ARENA_PUSH(p->a, p->moves.item, p->moves.n, p->moves.cap, t);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

static void push(Pass *p, Timed t, int64_t at, int64_t user, const char *act,
    const char *lifecycle)
{
    if (!at) return;
    t.e.at = at;
    t.e.user = user;
    t.e.act = act;
    t.e.lifecycle = lifecycle;
    ARENA_PUSH(p->a, p->asked.item, p->asked.n, p->asked.cap, t);
}

static Timed about(const Pass *p, const Val *v)
{
    return (Timed){ .record = v[0].i, .id = v[1].i, .stage = text(p, v[3]),
        .e = { .transition = text(p, v[2]), .flow = p->ask->flow->key,
            .from = text(p, v[3]), .seconds = -1, .working = -1, .in_time = -1 } };
}

static void begin_approvals(const Pass *p, Sql *q)
{
    sql_add(q, " AND a.\"workflow\" = ");
    sql_bind(q, val_text(p->ask->flow->key));
}

MUST static bool read_requests(Work *w, Pass *p, const int64_t *id, int n)
{
    Sql q = sql_begin(p->a, db_dialect(w->db));
    Rows rows;
    Val v[8];

    sql_add(&q, "SELECT a.\"record\", a.\"id\", a.\"transition\", a.\"stage\", a.\"by\", a.\"at\", "
        "a.\"state\", a.\"ended_at\" FROM \"_approval\" AS a WHERE ");
    of_records(p, &q, "a", id, n);
    begin_approvals(p, &q);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        const char *state = text(p, v[6]);
        push(p, about(p, v), task_moment(v[5]), number(v[4], 0), NULL, "schedule");
        if (str_eq(state, "waiting") || str_eq(state, "approved")) continue;
        push(p, about(p, v), task_moment(v[7]), number(v[4], 0), NULL,
            str_eq(state, "withdrawn") ? "withdraw" : "ate_abort");
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool read_tasks(Work *w, Pass *p, const int64_t *id, int n)
{
    static const char *const decided[] = { "approved", "rejected", "returned", "transferred" };
    Sql q = sql_begin(p->a, db_dialect(w->db));
    Rows rows;
    Val v[9];

    sql_add(&q, "SELECT a.\"record\", a.\"id\", a.\"transition\", a.\"stage\", t.\"user\", "
        "t.\"asked_at\", t.\"state\", t.\"decided_by\", t.\"decided_at\" FROM \"_approval\" AS a "
        "JOIN \"_task\" AS t ON t.\"approval\" = a.\"id\" WHERE t.\"kind\" = 'approve' AND ");
    of_records(p, &q, "a", id, n);
    begin_approvals(p, &q);
    sql_add(&q, " ORDER BY t.\"id\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        const char *state = text(p, v[6]);
        push(p, about(p, v), task_moment(v[5]), number(v[4], 0), "asked", "assign");
        if (str_in(state, decided, LEN(decided)))
            push(p, about(p, v), task_moment(v[8]), number(v[7], 0), state,
                str_eq(state, "transferred") ? "reassign" : "complete");
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

/* Of one request in the same moment: asked for, asked, decided, given up. */
static int rank(const LogEvent *e)
{
    return e->act ? str_eq(e->act, "asked") ? 1 : 2 : str_eq(e->lifecycle, "schedule") ? 0 : 3;
}

static int by_time(const void *a, const void *b)
{
    const Timed *x = a, *y = b;

    if (x->record != y->record) return x->record < y->record ? -1 : 1;
    if (x->e.at != y->e.at) return x->e.at < y->e.at ? -1 : 1;
    if (x->id != y->id) return x->id < y->id ? -1 : 1;
    return rank(&x->e) - rank(&y->e);
}

/* What was asked in the stage that a move leaves came before it, though in the same second. */
static bool before(const Timed *asked, const Timed *move)
{
    return asked->e.at < move->e.at
        || (asked->e.at == move->e.at && str_eq(asked->stage, move->e.from));
}

static int weave(Pass *p, int64_t record, LogEvent *out)
{
    Timeds *m = &p->moves, *k = &p->asked;
    int n = 0;

    while (m->next < m->n && m->item[m->next].record < record) m->next++;
    while (k->next < k->n && k->item[k->next].record < record) k->next++;
    for (;;) {
        const Timed *move = m->next < m->n && m->item[m->next].record == record
            ? &m->item[m->next] : NULL;
        const Timed *one = k->next < k->n && k->item[k->next].record == record
            ? &k->item[k->next] : NULL;
        if (!move && !one) return n;
        if (one && (!move || before(one, move))) {
            out[n++] = one->e;
            k->next++;
        } else {
            out[n++] = move->e;
            m->next++;
        }
    }
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Names of those who acted, in one query. */
MUST static bool fetch_people(Work *w, const Pass *p)
{
    int64_t *id = ARENA_ARRAY(p->a, int64_t, p->moves.n + p->asked.n + 1);
    int all = 0, n = 0;

    for (int i = 0; i < p->moves.n; i++)
        if (p->moves.item[i].e.user) id[all++] = p->moves.item[i].e.user;
    for (int i = 0; i < p->asked.n; i++)
        if (p->asked.item[i].e.user) id[all++] = p->asked.item[i].e.user;
    qsort(id, (size_t)all, sizeof *id, by_number);
    for (int i = 0; i < all; i++)
        if (!n || id[n - 1] != id[i]) id[n++] = id[i];
    return !n || query_titles_of(w, app_form(w->app, "user"), id, n);
}

MUST static bool page(Work *w, Record *const *r, int n, void *arg)
{
    Pass *p = arg;
    int kept = 0;

    arena_reset(p->a);
    int64_t *id = ARENA_ARRAY(p->a, int64_t, n);
    for (int i = 0; i < n; i++)
        if (perm_on(w, ACT_EXPORT, r[i])) id[kept++] = record_id(r[i]);
    p->asked = (Timeds){ 0 };
    if (w->cx.err) return false;
    if (!kept) return true;
    if (!read_moves(w, p, id, kept)) return false;
    if (p->ask->flow->form->approves
        && (!read_requests(w, p, id, kept) || !read_tasks(w, p, id, kept))) return false;
    if (p->asked.n) qsort(p->asked.item, (size_t)p->asked.n, sizeof *p->asked.item, by_time);
    if (!fetch_people(w, p)) return false;
    if (p->nfield && !query_titles(w, r, n, p->field, p->nfield)) return false;
    LogEvent *event = ARENA_ARRAY(p->a, LogEvent, p->moves.n + p->asked.n + 1);
    for (int i = 0, k = 0; i < n && k < kept; i++) {
        if (record_id(r[i]) != id[k]) continue;
        int events = weave(p, id[k++], event);
        if (!p->fn(w, r[i], event, events, p->arg)) return false;
    }
    return true;
}

bool process_log(Work *w, const ProcessAsk *ask, Field *const *field, int nfield, LogFn fn,
    void *arg)
{
    const Form *f = ask->flow->form;
    Passed passed = { .flow = ask->flow, .from = ask->from, .to = ask->to };
    ListAsk list = { .form = f, .filter = ask->filter, .passed = &passed, .field = field,
        .nfield = nfield };
    Pass p = { .ask = ask, .fn = fn, .arg = arg, .field = field, .nfield = nfield };
    bool ok;

    if (!perm_may(w, f, ACT_EXPORT))
        return cx_fail(&w->cx, E_DENIED, "no right to export %s", f->key);
    p.a = arena_new();
    ok = query_pages(w, &list, page, &p);
    arena_free(p.a);
    return ok;
}

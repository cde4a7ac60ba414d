/*
 * task.c — lists of tasks by person, from indexes; titles of a page in one query a form.
 */
#include "data/task.h"
#include "data/approval_in.h"
#include "data/query.h"

enum { COLUMN = TASK_NCOLUMN };

/* Whose tasks are this person's: their own, and of those they stand in for. The delegation's form
   bounds it. */
static void mine(Work *w, Sql *q, const Delegation *d, int n)
{
    sql_add(q, "(\"user\" = ");
    sql_bind(q, val_int(w->who.id));
    for (int i = 0; i < n; i++) {
        sql_add(q, " OR (\"user\" = ");
        sql_bind(q, val_int(d[i].user));
        if (d[i].form) {
            sql_add(q, " AND \"form\" = ");
            sql_bind(q, val_text(d[i].form->key));
        }
        sql_add(q, ")");
    }
    sql_add(q, ")");
}

/* What belongs to a page of tasks, in one query each. Rows whose form went are left out. */
MUST static bool complete(Work *w, TaskRow *row, int *n, const int64_t *id)
{
    Approval *a = ARENA_ARRAY(w->cx.a, Approval, *n + 1);
    int kept = 0;

    if (!approval_many(w, id, *n, a)) return false;
    for (int i = 0; i < *n; i++) {
        if (!a[i].form) continue;
        row[i].approval = a[i];
        row[kept++] = row[i];
    }
    *n = kept;
    for (int i = 0; i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        int64_t *record = ARENA_ARRAY(w->cx.a, int64_t, kept + 1);
        int m = 0;
        if (!f->approves) continue;
        for (int k = 0; k < kept; k++)
            if (row[k].approval.form == f) record[m++] = row[k].approval.record;
        if (m && !query_titles_of(w, f, record, m)) return false;
    }
    for (int i = 0; i < kept; i++) {
        row[i].mine = !row[i].task.id || row[i].task.user == w->who.id;
        row[i].title = record_title_of(w, row[i].approval.form, row[i].approval.record);
    }
    return !w->cx.err;
}

MUST static bool read_rows(Work *w, const Sql *q, TaskRow **out, int *n)
{
    int cap = 0;
    Rows rows;
    Val v[COLUMN];

    *out = NULL;
    *n = 0;
    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        TaskRow r = { .task = task_of_row(w, v) };
        ARENA_PUSH(w->cx.a, *out, *n, cap, r);
    }
    db_rows_end(&rows);
    int64_t *id = ARENA_ARRAY(w->cx.a, int64_t, *n + 1);
    for (int i = 0; i < *n; i++) id[i] = (*out)[i].task.approval;
    return !w->cx.err && complete(w, *out, n, id);
}

static void where_list(Work *w, Sql *q, TaskList list, const Delegation *d, int n)
{
    switch (list) {
    case TASKS_TODO:
        sql_add(q, "\"state\" = 'open' AND \"kind\" <> 'cc' AND ");
        mine(w, q, d, n);
        break;
    case TASKS_DONE:
        sql_add(q, "\"decided_by\" = ");
        sql_bind(q, val_int(w->who.id));
        break;
    case TASKS_COPIED:
        sql_add(q, "\"kind\" = 'cc' AND \"user\" = ");
        sql_bind(q, val_int(w->who.id));
        break;
    case TASKS_STARTED:
        break;
    }
}

MUST static bool started(Work *w, int64_t after, int limit, TaskRow **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t *id = ARENA_ARRAY(w->cx.a, int64_t, limit + 1);
    int count = 0;
    Rows rows;
    Val v;

    *out = ARENA_ARRAY(w->cx.a, TaskRow, limit + 1);
    *n = 0;
    sql_add(&q, "SELECT \"id\" FROM \"_approval\" WHERE \"by\" = ");
    sql_bind(&q, val_int(w->who.id));
    if (after) {
        sql_add(&q, " AND \"id\" < ");
        sql_bind(&q, val_int(after));
    }
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT ");
    sql_int(&q, limit);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) id[count++] = v.i;
    db_rows_end(&rows);
    *n = count;
    return !w->cx.err && complete(w, *out, n, id);
}

bool task_list(Work *w, TaskList list, int64_t after, int limit, TaskRow **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Delegation *d = NULL;
    int nd = 0;

    if (list == TASKS_STARTED) return started(w, after, limit, out, n);
    if (list == TASKS_TODO && !delegators_of_me(w, &d, &nd)) return false;
    sql_add(&q, "SELECT " TASK_COLUMNS " FROM \"_task\" WHERE ");
    where_list(w, &q, list, d, nd);
    if (after) {
        if (list == TASKS_TODO) sql_add(&q, " AND \"id\" > ");
        else sql_add(&q, " AND \"id\" < ");
        sql_bind(&q, val_int(after));
    }
    if (list == TASKS_TODO) sql_add(&q, " ORDER BY \"id\" LIMIT ");
    else sql_add(&q, " ORDER BY \"id\" DESC LIMIT ");
    sql_int(&q, limit);
    return read_rows(w, &q, out, n);
}

MUST static bool count_of(Work *w, const Sql *q, int64_t *out)
{
    bool found;
    Val v;

    if (!db_one(&w->cx, w->db, q, &v, 1, &found)) return false;
    *out = found ? v.i : 0;
    return true;
}

/* Few different statements: the number of users is rounded up. */
static void users_in(Sql *q, const TaskCount *of, int n)
{
    int asked = 1;

    while (asked < n) asked *= 2;
    sql_add(q, " IN (");
    for (int i = 0; i < asked; i++) {
        if (i) sql_add(q, ", ");
        sql_bind(q, val_int(of[i < n ? i : 0].user));
    }
    sql_add(q, ")");
}

/* Rows are user, number: added to what stands at `to` in each. */
MUST static bool add_counts(Work *w, const Sql *q, TaskCount *of, int n, size_t to)
{
    Rows rows;
    Val v[2];

    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (db_next(&w->cx, &rows, v))
        for (int i = 0; i < n; i++)
            if (of[i].user == v[0].i) *(int64_t *)((char *)&of[i] + to) += v[1].i;
    db_rows_end(&rows);
    return !w->cx.err;
}

bool task_counts_of(Work *w, TaskCount *of, int n)
{
    static const size_t todo = offsetof(TaskCount, todo), copied = offsetof(TaskCount, copied);
    Sql own = sql_begin(w->cx.a, db_dialect(w->db)), cc = sql_begin(w->cx.a, db_dialect(w->db)),
        lent = sql_begin(w->cx.a, db_dialect(w->db));

    for (int i = 0; i < n; i++) of[i].todo = of[i].copied = 0;
    if (!n || !app_approves(w->app)) return true;
    sql_add(&own, "SELECT \"user\", count(*) FROM \"_task\" WHERE \"state\" = 'open' "
        "AND \"kind\" <> 'cc' AND \"user\"");
    users_in(&own, of, n);
    sql_add(&own, " GROUP BY \"user\"");
    sql_add(&cc, "SELECT \"user\", count(*) FROM \"_task\" WHERE \"state\" = 'unread' "
        "AND \"kind\" = 'cc' AND \"user\"");
    users_in(&cc, of, n);
    sql_add(&cc, " GROUP BY \"user\"");
    sql_add(&lent, "SELECT \"d\".\"delegate\", count(DISTINCT \"t\".\"id\") FROM \"_delegation\" AS \"d\" "
        "JOIN \"_task\" AS \"t\" ON \"t\".\"user\" = \"d\".\"user\" AND \"t\".\"state\" = 'open' "
        "AND \"t\".\"kind\" <> 'cc' AND (\"d\".\"form\" IS NULL OR \"d\".\"form\" = \"t\".\"form\") "
        "WHERE \"d\".\"begins\" <= ");
    sql_bind(&lent, val_int(w->now));
    sql_add(&lent, " AND \"d\".\"ends\" > ");
    sql_bind(&lent, val_int(w->now));
    sql_add(&lent, " AND \"d\".\"delegate\"");
    users_in(&lent, of, n);
    sql_add(&lent, " GROUP BY \"d\".\"delegate\"");
    return add_counts(w, &own, of, n, todo) && add_counts(w, &cc, of, n, copied)
        && add_counts(w, &lent, of, n, todo);
}

bool task_counts(Work *w, int64_t *todo, int64_t *copied)
{
    TaskCount one = { .user = w->who.id };

    if (!task_counts_of(w, &one, 1)) return false;
    *todo = one.todo;
    *copied = one.copied;
    return true;
}

bool task_find(Work *w, int64_t id, TaskRow *out, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Delegation *d;
    TaskRow *row;
    int nd, n;

    if (!delegators_of_me(w, &d, &nd)) return false;
    sql_add(&q, "SELECT " TASK_COLUMNS " FROM \"_task\" WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    if (!w->who.admin && !w->as_app) {
        sql_add(&q, " AND ");
        mine(w, &q, d, nd);
    }
    if (!read_rows(w, &q, &row, &n)) return false;
    *found = n == 1;
    if (*found) *out = row[0];
    return true;
}

/* ---- leavers ---- */

bool task_open_of(Work *w, int64_t user, int64_t *count)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT count(*) FROM \"_task\" WHERE \"state\" IN ('open', 'waiting') AND "
        "\"user\" = ");
    sql_bind(&q, val_int(user));
    return count_of(w, &q, count);
}

typedef struct Leaving { int64_t from, to, *moved; } Leaving;

static bool hand_unit(Work *w, void *arg)
{
    const Leaving *h = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_task\" SET \"user\" = ");
    sql_bind(&q, val_int(h->to));
    sql_add(&q, " WHERE \"state\" IN ('open', 'waiting') AND \"user\" = ");
    sql_bind(&q, val_int(h->from));
    sql_add(&q, " AND (\"kind\" <> 'approve' OR \"approval\" NOT IN (SELECT \"approval\" FROM \"_task\" "
        "WHERE \"kind\" = 'approve' AND \"user\" = ");
    sql_bind(&q, val_int(h->to));
    sql_add(&q, " UNION SELECT \"id\" FROM \"_approval\" WHERE \"by\" = ");
    sql_bind(&q, val_int(h->to));
    sql_add(&q, "))");
    return db_run(&w->cx, w->db, &q, h->moved);
}

bool task_hand_over(Work *w, int64_t from, int64_t to, int64_t *moved)
{
    return work_write(w, hand_unit, &(Leaving){ from, to, moved });
}

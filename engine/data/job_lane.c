/*
 * job_lane.c — a row of _job_lane is a lane in trouble; the first success takes it away.
 */
#include "data/job_lane.h"
#include "base/sys.h"

#define LANES 200             /* shown */
#define STOPPED INT64_MAX

static const int again_s[] = { 60, 300, 1800, 7200, 43200, 86400 };
static const int rest_s[] = { 5, 15, 60, 120, 300 };

void lane_where_open(Sql *q, int64_t now)
{
    sql_add(q, " AND (\"lane\" IS NULL OR NOT EXISTS (SELECT 1 FROM \"_job_lane\" AS l WHERE "
        "l.\"lane\" = j.\"lane\" AND l.\"until\" > ");
    sql_bind(q, val_int(now));
    sql_add(q, "))");
}

typedef struct Settle { const Job *job; int64_t now; } Settle;

MUST static bool drop_lane(Work *w, const char *key, int64_t *changed)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_job_lane\" WHERE \"lane\" = ");
    sql_bind(&q, val_text(key));
    return db_run(&w->cx, w->db, &q, changed);
}

MUST static bool rest(Work *w, const Settle *s)
{
    Sql ask = sql_begin(w->cx.a, db_dialect(w->db)), q = sql_begin(w->cx.a, ask.dialect);
    const JobEnd *end = s->job->end;
    bool found;
    Val v;

    sql_add(&ask, "SELECT \"failed\" FROM \"_job_lane\" WHERE \"lane\" = ");
    sql_bind(&ask, val_text(s->job->lane));
    if (!db_one(&w->cx, w->db, &ask, &v, 1, &found)) return false;
    int64_t failed = found ? v.i : 0;
    int64_t wait = rest_s[failed < LEN(rest_s) ? failed : LEN(rest_s) - 1];
    if (end->wait_s > wait) wait = end->wait_s;
    const Val row[] = { val_text(s->job->lane), val_int(failed + 1),
        val_int(end->gone ? STOPPED : s->now + wait), val_text(end->error), val_datetime(s->now) };
    sql_add(&q, "INSERT INTO \"_job_lane\" (\"lane\", \"failed\", \"until\", \"error\", \"at\") "
        "VALUES (");
    for (int i = 0; i < LEN(row); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, row[i]);
    }
    sql_add(&q, ") ON CONFLICT (\"lane\") DO UPDATE SET \"failed\" = excluded.\"failed\", "
        "\"until\" = excluded.\"until\", \"error\" = excluded.\"error\"");
    return db_run(&w->cx, w->db, &q, NULL);
}

static void set_tried(Sql *q, const Settle *s)
{
    const JobEnd *end = s->job->end;

    sql_add(q, ", \"lease_until\" = NULL, \"last_error\" = ");
    sql_bind(q, val_text(end->error));
    sql_add(q, ", \"status\" = ");
    sql_bind(q, end->status ? val_int(end->status) : val_blank());
    sql_add(q, ", \"ms\" = ");
    sql_bind(q, val_int(end->ms));
    sql_add(q, ", \"tried_at\" = ");
    sql_bind(q, val_int(s->now));
}

/* A tenth more or less, so that what failed together does not come back together. */
static int64_t again_at(const Settle *s)
{
    int wait = again_s[s->job->attempts - 1];
    uint32_t jitter;

    sys_random(&jitter, sizeof jitter);
    if (s->job->end->wait_s > wait) wait = (int)s->job->end->wait_s;
    return s->now + wait + jitter % (uint32_t)(wait / 10 + 1);
}

static bool settle_unit(Work *w, void *arg)
{
    const Settle *s = arg;
    const JobEnd *end = s->job->end;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t changed;

    if (end->done) {
        sql_add(&q, "DELETE FROM \"_job\"");
    } else if (end->moved) {
        sql_add(&q, "UPDATE \"_job\" SET \"lease_until\" = NULL, \"attempts\" = \"attempts\" - 1");
    } else if (end->gone && s->job->lane) {   /* it waits with the others */
        sql_add(&q, "UPDATE \"_job\" SET \"attempts\" = \"attempts\" - 1");
        set_tried(&q, s);
    } else if (end->hopeless || s->job->attempts > LEN(again_s)) {
        sql_add(&q, "UPDATE \"_job\" SET \"state\" = 'dead'");
        set_tried(&q, s);
    } else {
        sql_add(&q, "UPDATE \"_job\" SET \"due\" = ");
        sql_bind(&q, val_int(again_at(s)));
        set_tried(&q, s);
    }
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(s->job->id));
    sql_add(&q, " AND \"attempts\" = ");
    sql_bind(&q, val_int(s->job->attempts));
    if (!db_run(&w->cx, w->db, &q, &changed)) return false;
    if (!s->job->lane || !changed || end->moved) return true;
    if (end->done) return drop_lane(w, s->job->lane, &changed);
    return !(end->down || end->gone) || rest(w, s);
}

bool job_settle(Work *w, const Job *job, int64_t now)
{
    Settle s = { job, now };

    return work_note(w, settle_unit, &s);
}

bool lane_list(Work *w, Lane **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[4];

    *n = 0;
    *out = ARENA_ARRAY(w->cx.a, Lane, LANES);
    sql_add(&q, "SELECT \"lane\", \"error\", \"until\", \"at\" FROM \"_job_lane\" "
        "ORDER BY \"lane\" LIMIT ");
    sql_int(&q, LANES);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        for (int i = 0; i < 2; i++) v[i] = val_copy(w->cx.a, v[i]);
        (*out)[(*n)++] = (Lane){ .key = v[0].t, .error = v[1].kind == VAL_TEXT ? v[1].t : NULL,
            .until = v[2].i, .at = db_typed(v[3], VAL_DATETIME, 0).i,
            .stopped = v[2].i == STOPPED };
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

static bool resume_unit(Work *w, void *arg)
{
    int64_t changed;

    if (!drop_lane(w, arg, &changed)) return false;
    return changed || cx_fail(&w->cx, E_MISSING, "this receiver does not rest");
}

bool lane_resume(Work *w, const char *key)
{
    char *copy = arena_dup(w->cx.a, key);

    return work_note(w, resume_unit, copy);
}

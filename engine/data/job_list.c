/*
 * job_list.c — see job_list.h.
 */
#include "data/job_list.h"
#include "data/engine.h"

const char *const job_state_name[JOBS_STATES] = { "waiting", "failing", "dead" };

static const char *text(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

static int64_t number(Val v)
{
    return v.kind == VAL_INT ? v.i : 0;
}

static JobRow row_of(Work *w, const Val *v, JobState state)
{
    return (JobRow){ .id = v[0].i, .kind = text(w, v[1]), .lane = text(w, v[2]),
        .attempts = (int)number(v[3]), .due = number(v[4]), .error = text(w, v[5]),
        .status = (int)number(v[6]), .ms = number(v[7]), .tried = number(v[8]),
        .created = val_is_blank(v[9]) ? 0 : db_typed(v[9], VAL_DATETIME, 0).i, .state = state,
        .running = number(v[10]) >= w->now };
}

bool job_list(Work *w, JobState state, const char *kind, int64_t before, int limit,
    JobRow **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[11];

    *n = 0;
    *out = ARENA_ARRAY(w->cx.a, JobRow, limit + 1);
    sql_add(&q, "SELECT \"id\", \"kind\", \"lane\", \"attempts\", \"due\", \"last_error\", "
        "\"status\", \"ms\", \"tried_at\", \"created_at\", \"lease_until\" FROM \"_job\" "
        "WHERE \"state\" = ");
    sql_bind(&q, val_text(state == JOBS_DEAD ? "dead" : "waiting"));
    if (state == JOBS_WAITING) sql_add(&q, " AND \"last_error\" IS NULL");
    if (state == JOBS_FAILING) sql_add(&q, " AND \"last_error\" IS NOT NULL");
    if (kind) {
        sql_add(&q, " AND \"kind\" = ");
        sql_bind(&q, val_text(kind));
    }
    if (before) {
        sql_add(&q, " AND \"id\" < ");
        sql_bind(&q, val_int(before));
    }
    sql_add(&q, " ORDER BY \"id\" DESC");
    sql_limit(&q, limit);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (*n < limit && db_next(&w->cx, &rows, v)) (*out)[(*n)++] = row_of(w, v, state);
    db_rows_end(&rows);
    return !w->cx.err;
}

typedef struct Word { int64_t id; const char *kind; int64_t n; } Word;

/* Of a job nobody runs now: its lane, if it has one. */
MUST static bool at_rest(Work *w, int64_t id, const char **lane)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v[2];

    sql_add(&q, "SELECT \"lane\", \"lease_until\" FROM \"_job\" WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    if (!db_one(&w->cx, w->db, &q, v, 2, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no such job");
    *lane = v[0].kind == VAL_TEXT ? v[0].t : NULL;
    return number(v[1]) < w->now || cx_fail(&w->cx, E_CONFLICT, "the job is running");
}

static void set_due(Work *w, Sql *q)
{
    sql_add(q, "UPDATE \"_job\" SET \"state\" = 'waiting', \"attempts\" = 0, "
        "\"lease_until\" = NULL, \"due\" = ");
    sql_bind(q, val_int(w->now));
}

MUST static bool go_on(Work *w, const Sql *lanes)
{
    Sql q = sql_begin(w->cx.a, lanes->dialect);

    sql_add(&q, "DELETE FROM \"_job_lane\" WHERE \"lane\" ");
    sql_join(&q, lanes);
    return db_run(&w->cx, w->db, &q, NULL);
}

static bool retry_unit(Work *w, void *arg)
{
    const Word *word = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db)), lanes = sql_begin(w->cx.a, q.dialect);
    const char *lane;

    if (!at_rest(w, word->id, &lane)) return false;
    set_due(w, &q);
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(word->id));
    sql_add(&lanes, "= ");
    sql_bind(&lanes, val_text(lane));
    w->jobs++;
    return db_run(&w->cx, w->db, &q, NULL) && (!lane || go_on(w, &lanes));
}

bool job_retry(Work *w, int64_t id)
{
    Word word = { .id = id };

    if (!work_note(w, retry_unit, &word)) return false;
    engine_wake_after(w);
    return true;
}

static bool retry_dead_unit(Work *w, void *arg)
{
    Word *word = arg;
    Sql which = sql_begin(w->cx.a, db_dialect(w->db)), q = sql_begin(w->cx.a, which.dialect),
        lanes = sql_begin(w->cx.a, which.dialect);
    int64_t n;

    sql_add(&which, " WHERE \"state\" = 'dead'");
    if (word->kind) {
        sql_add(&which, " AND \"kind\" = ");
        sql_bind(&which, val_text(word->kind));
    }
    sql_add(&lanes, "IN (SELECT \"lane\" FROM \"_job\"");
    sql_join(&lanes, &which);
    sql_add(&lanes, ")");
    set_due(w, &q);
    sql_join(&q, &which);
    if (!go_on(w, &lanes) || !db_run(&w->cx, w->db, &q, &n)) return false;
    w->jobs++;
    word->n = n;
    return true;
}

bool job_retry_dead(Work *w, const char *kind, int64_t *n)
{
    Word word = { .kind = kind };

    *n = 0;
    if (!work_note(w, retry_dead_unit, &word)) return false;
    *n = word.n;
    engine_wake_after(w);
    return true;
}

static bool drop_unit(Work *w, void *arg)
{
    const Word *word = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *lane;

    sql_add(&q, "DELETE FROM \"_job\" WHERE \"id\" = ");
    sql_bind(&q, val_int(word->id));
    return at_rest(w, word->id, &lane) && db_run(&w->cx, w->db, &q, NULL);
}

bool job_drop(Work *w, int64_t id)
{
    Word word = { .id = id };

    return work_note(w, drop_unit, &word);
}

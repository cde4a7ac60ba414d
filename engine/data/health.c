/*
 * health.c — one connection behind a lock, and the last answer kept for a moment.
 */
#include "data/engine_parts.h"
#include "data/health.h"
#include "base/sys.h"

#define KEEP_US 250000        /* so long an answer holds */
#define ASK_MS 2000

struct Health {
    DbPool *pool;
    pthread_mutex_t lock;
    Db *db;
    int64_t looked, differs;  /* when (monotonic, µs): the last look; since when versions differ */
    const char *why;
};

struct Health *health_new(DbPool *pool)
{
    struct Health *h = mem_alloc(sizeof *h);

    h->pool = pool;
    pthread_mutex_init(&h->lock, NULL);
    return h;
}

void health_free(struct Health *h)
{
    if (!h) return;
    if (h->db) db_close(h->db);
    pthread_mutex_destroy(&h->lock);
    mem_free(h);
}

/* With the lock. */
MUST static bool ask(struct Health *h, Cx *cx, const Sql *q, Val *row, int n, bool *found)
{
    if (!h->db && !db_open(cx, h->pool, &h->db)) return false;
    db_timeout(h->db, ASK_MS);
    bool ok = db_one(cx, h->db, q, row, n, found);
    db_rest(h->db);
    return ok;
}

static const char *judge(struct Health *h, Engine *e, Cx *cx)
{
    Sql q = sql_begin(cx->a, db_dialect(e->db));
    App *app = engine_app(e);
    int64_t served = app ? app->version : 0, now = sys_mono_us();
    bool found;
    Val version;

    app_give(app);
    if (!app) return "no definitions are loaded";
    sql_add(&q, "SELECT max(version) FROM _definition");
    if (!ask(h, cx, &q, &version, 1, &found)) return "the database does not answer";
    if (version.kind == VAL_INT && version.i == served) h->differs = 0;
    else if (!h->differs) h->differs = now;
    return h->differs && now - h->differs > HEALTH_GRACE_S * 1000000LL
        ? "the definitions are not those that were published last" : NULL;
}

const char *health_look(Engine *e)
{
    struct Health *h = e->health;

    pthread_mutex_lock(&h->lock);
    if (!h->looked || sys_mono_us() - h->looked > KEEP_US) {
        Arena *a = arena_new();
        Cx cx = cx_begin(a, NULL);
        h->why = judge(h, e, &cx);
        h->looked = sys_mono_us();
        if (cx.err)
            sys_log(LOG_WARN, "not ready", "error", cx.text, "detail",
                cx.detail ? cx.detail : "", NULL);
        arena_free(a);
    }
    const char *why = h->why;
    pthread_mutex_unlock(&h->lock);
    return why;
}

/* Each job is in one state: a lease that holds means running, whatever came before. */
static Sql ask_jobs(Arena *a, Engine *e, int64_t now)
{
    Sql q = sql_begin(a, db_dialect(e->db));

    sql_add(&q, "SELECT count(CASE WHEN s = 'waiting' THEN 1 END), "
        "count(CASE WHEN s = 'running' THEN 1 END), count(CASE WHEN s = 'retrying' THEN 1 END), "
        "count(CASE WHEN s = 'dead' THEN 1 END) FROM (SELECT CASE "
        "WHEN \"state\" <> 'waiting' THEN \"state\" WHEN \"lease_until\" >= ");
    sql_bind(&q, val_int(now));
    sql_add(&q, " THEN 'running' WHEN \"attempts\" > 0 THEN 'retrying' ELSE 'waiting' END AS s "
        "FROM \"_job\") AS j");
    return q;
}

static Sql ask_timers(Arena *a, Engine *e, int64_t now)
{
    Sql q = sql_begin(a, db_dialect(e->db));

    sql_add(&q, "SELECT count(*), count(CASE WHEN \"due\" <= ");
    sql_bind(&q, val_int(now));
    sql_add(&q, " THEN 1 END), min(\"due\") FROM \"_timer\"");
    return q;
}

bool health_backlog(Engine *e, Cx *cx, Backlog *out)
{
    struct Health *h = e->health;
    int64_t now = sys_now();
    Sql jobs = ask_jobs(cx->a, e, now), timers = ask_timers(cx->a, e, now);
    bool found;
    Val job[4], timer[3];

    pthread_mutex_lock(&h->lock);
    bool ok = ask(h, cx, &jobs, job, 4, &found) && ask(h, cx, &timers, timer, 3, &found);
    pthread_mutex_unlock(&h->lock);
    if (!ok) return false;
    int64_t late = timer[2].kind == VAL_INT ? now - timer[2].i : 0;
    *out = (Backlog){ .jobs_waiting = job[0].i, .jobs_running = job[1].i,
        .jobs_retrying = job[2].i, .jobs_dead = job[3].i, .timers = timer[0].i,
        .timers_due = timer[1].i, .late_s = late > 0 ? late : 0 };
    return true;
}

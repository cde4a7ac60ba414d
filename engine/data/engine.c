/*
 * engine.c — opens and closes the house, and hands out Works.
 *
 * A Work is made when one is asked for and none is idle, up to the limit; its rules are loaded
 * anew when the snapshot has moved. A waiter gets the first that comes back.
 */
#include "data/copy.h"
#include "data/engine_parts.h"
#include "data/health.h"
#include "data/progress.h"
#include "data/migrate.h"
#include "data/rule_api.h"
#include "data/schema.h"
#include "base/sys.h"
#include "rule/hooks.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT_S 5
/* A Work waits while its write is committed: so many writes share one sync of the disk. */
#define WORKS_A_CORE 8

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void)
{
    BUG_IF(sodium_init() < 0);
    expr_init();
}

/* ---- the secret of this database ---- */

MUST static bool read_secret(Engine *e, Cx *cx, Db *db, bool *found)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Val v;
    size_t n = 0;

    sql_add(&q, "SELECT \"value\" FROM \"_secret\" WHERE \"name\" = 'key'");
    if (!db_one(cx, db, &q, &v, 1, found)) return false;
    if (*found && (v.kind != VAL_TEXT || sodium_base642bin(e->secret, sizeof e->secret, v.t,
            (size_t)v.n, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
            || n != sizeof e->secret))
        return cx_fail(cx, E_DB, "the secret of the database is broken");
    return true;
}

static bool make_secret(Cx *cx, Db *db, void *arg)
{
    (void)arg;
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "INSERT INTO \"_secret\"(\"name\", \"value\") VALUES ('key', ");
    sql_bind(&q, val_text(sys_token(cx->a)));
    sql_add(&q, ") ON CONFLICT (\"name\") DO NOTHING");
    return db_run(cx, db, &q, NULL);
}

MUST static bool open_secret(Engine *e, Cx *cx)
{
    bool found = false;
    const char **table;
    int n;

    sys_random(e->secret, sizeof e->secret);
    if (!db_tables(cx, e->db, &table, &n)) return false;
    if (!str_in("_secret", table, n)) return true;       /* read-only and never published */
    if (!read_secret(e, cx, e->db, &found)) return false;
    if (found || e->o.readonly) return true;
    return db_write(cx, e->db, make_secret, NULL) && read_secret(e, cx, e->db, &found);
}

void engine_sign(Engine *e, const char *use, const char *text, unsigned char out[32])
{
    crypto_auth_hmacsha256_state s;

    crypto_auth_hmacsha256_init(&s, e->secret, sizeof e->secret);
    crypto_auth_hmacsha256_update(&s, (const unsigned char *)use, strlen(use) + 1);
    crypto_auth_hmacsha256_update(&s, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&s, out);
}

/* A folder may serve several databases: the secret tells them apart. */
static const char *mark_of(Engine *e, Arena *a)
{
    unsigned char sum[32];
    char hex[17];

    engine_sign(e, "mark", "", sum);
    sodium_bin2hex(hex, sizeof hex, sum, 8);
    return arena_printf(a, "%s/data/published-%s.version", e->dir, hex);
}

/* ---- open and close ---- */

static Engine *new_engine(const EngineOptions *o)
{
    Engine *e = mem_alloc(sizeof *e);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    e->o = *o;
    e->dir = mem_dup(o->dir);
    e->o.dir = e->dir;
    if (!e->o.limits.bytes) e->o.limits = box_limits_default;
    e->max = o->works > 0 ? o->works : (int)(cores > 0 ? cores : 1) * WORKS_A_CORE;
    pthread_mutex_init(&e->lock, NULL);
    pthread_mutex_init(&e->reloading, NULL);
    pthread_mutex_init(&e->time_lock, NULL);
    sys_cond_init(&e->freed);
    sys_cond_init(&e->woken);
    sys_cond_init(&e->bell);
    sys_cond_init(&e->quiet);
    return e;
}

/* What recall.h keeps of nearly every request: who asks, what is under way, which views. */
static const char *const seldom[] = { "user", "user__roles", "department", "_session", "_token",
    "_ripple", "_view", "_view_role", "_view_default" };

MUST static bool open_pool(Engine *e, Cx *cx, const char *url)
{
    if (!url) {
        const char *data = path_join(cx->a, e->dir, "data");
        if (!e->o.readonly && !dir_make(cx, data)) return false;
        url = arena_printf(cx->a, "sqlite:%s/tenon.db", data);
    }
    if (str_starts(url, "sqlite:")) e->mark = mem_dup(arena_printf(cx->a, "%s.version", url + 7));
    if (!db_pool_open(cx, url, e->o.readonly, &e->pool)) return false;
    db_seldom(e->pool, "_clock", seldom, LEN(seldom));
    e->memory = memory_new(e->pool);
    e->health = health_new(e->pool);
    e->progress = progress_new();
    e->events = events_new(e);
    db_listen(e->pool, events_heard, e->events);
    const char *home = contents_folder(cx->a, e->dir, url);
    if (!contents_open(cx, e->o.files ? e->o.files : home, home, &e->contents)) return false;
    if (!db_open(cx, e->pool, &e->db) || !copy_is_whole(cx, e->db)) return false;
    e->shared = db_dialect(e->db) != DIALECT_SQLITE;
    if (!(e->o.readonly || schema_system(cx, e->db)) || !open_secret(e, cx)) return false;
    if (e->shared && !e->o.fleeting) e->mark = mem_dup(mark_of(e, cx->a));
    return true;
}

bool engine_open(Cx *cx, const EngineOptions *o, Engine **out)
{
    pthread_once(&once, start);
    Engine *e = new_engine(o);

    *out = NULL;
    if (open_pool(e, cx, o->db) && reload_first(e, cx) && clock_start(e, cx)) {
        *out = e;
        return true;
    }
    engine_close(e);
    return false;
}

static void slot_free(Slot *s)
{
    if (s->box) box_free(s->box);
    app_give(s->box_app);
    if (s->db) db_close(s->db);
    arena_free(s->arena);
    mem_free(s);
}

void engine_close(Engine *e)
{
    if (!e) return;
    clock_stop(e);
    if (e->events) events_stop(e->events);
    while (e->idle) {
        Slot *s = e->idle;
        e->idle = s->next;
        slot_free(s);
        e->nslot--;
    }
    BUG_IF(e->nslot);                                    /* a Work was not given back */
    if (e->db) db_close(e->db);
    health_free(e->health);
    progress_free(e->progress);
    memory_free(e->memory);
    contents_close(e->contents);
    if (e->pool) db_pool_close(e->pool);
    events_free(e->events);                              /* the pool rings no more */
    app_give(e->app);
    mem_free(e->waiting);
    mem_free(e->mark);
    mem_free(e->dir);
    sodium_memzero(e->secret, sizeof e->secret);
    pthread_mutex_destroy(&e->lock);
    pthread_mutex_destroy(&e->reloading);
    pthread_mutex_destroy(&e->time_lock);
    pthread_cond_destroy(&e->freed);
    pthread_cond_destroy(&e->quiet);
    pthread_cond_destroy(&e->woken);
    pthread_cond_destroy(&e->bell);
    mem_free(e);
}

/* ---- Works ---- */

static _Thread_local int held;                /* Works that this thread has */

/* While a version is being published everybody waits for it; it ends by itself. */
static void wait_for_gate(Engine *e)
{
    while (e->closed) pthread_cond_wait(&e->freed, &e->lock);
}

/* An idle slot, or a new empty one; NULL after waiting in vain. */
static Slot *take_slot(Engine *e, App **app)
{
    Slot *s = NULL;

    pthread_mutex_lock(&e->lock);
    bool waits = e->closed || (!e->idle && e->nslot >= e->max);
    int64_t start = waits ? sys_mono_us() : 0;
    e->asking += waits;
    wait_for_gate(e);
    struct timespec until = sys_in_ms(WAIT_S * 1000);
    while (!e->idle && e->nslot >= e->max)
        if (pthread_cond_timedwait(&e->freed, &e->lock, &until) == ETIMEDOUT) break;
    wait_for_gate(e);
    if (e->idle) {
        s = e->idle;
        e->idle = s->next;
    } else if (e->nslot < e->max) {
        s = mem_alloc(sizeof *s);
        e->nslot++;
    }
    *app = s ? app_take(e->app) : NULL;
    e->out += s != NULL;
    held += s != NULL;
    e->asking -= waits;
    e->gave_up += !s;
    pthread_mutex_unlock(&e->lock);
    if (waits) hist_add(&e->waited, &hist_time, sys_mono_us() - start);
    return s;
}

static void put_slot(Engine *e, Slot *s)
{
    pthread_mutex_lock(&e->lock);
    s->next = e->idle;
    e->idle = s;
    e->out--;
    held--;
    pthread_cond_signal(&e->freed);
    if (e->closed) pthread_cond_signal(&e->quiet);
    pthread_mutex_unlock(&e->lock);
}

MUST static bool fit_slot(Engine *e, Slot *s, App *app)
{
    Cx *cx = &s->work.cx;

    if (!s->db && !db_open(cx, e->pool, &s->db)) return false;
    if (s->box && s->box_app == app) return true;
    if (s->box) box_free(s->box);
    app_give(s->box_app);
    s->box_app = NULL;
    s->box = hooks_open(cx, app, &e->o.limits, rule_api_open);
    if (!s->box) return cx_check_as(cx, E_RULE);
    s->box_app = app_take(app);
    return true;
}

Work *engine_take(Engine *e, Cx *cx, const char *lang)
{
    App *app;
    Slot *s = take_slot(e, &app);

    if (!s) {
        cx_fail(cx, E_BUSY, "the server is busy; try again in a moment");
        return NULL;
    }
    if (!s->arena) s->arena = arena_new();
    s->work = (Work){ .cx = cx_begin(s->arena, lang), .engine = e, .app = app };
    if (!fit_slot(e, s, app)) {
        cx_copy(cx, &s->work.cx);
        engine_give(&s->work);
        return NULL;
    }
    s->work.db = s->db;
    s->work.box = s->box;
    s->work.now = sys_now();
    s->work.via = "app";
    return &s->work;
}

void engine_give(Work *w)
{
    Slot *s = (Slot *)w;
    Engine *e = w->engine;

    if (s->db) {
        db_rest(s->db);
        db_timeout(s->db, 0);
    }
    app_give((App *)w->app);
    w->app = NULL;
    arena_reset(s->arena);
    put_slot(e, s);
}

/* ---- the gate ---- */

#define GATE_MS 800           /* how long others wait for requests under way to end */
#define GATE_PAUSE_MS 1500    /* then they are served, before the next try */
#define GATE_TRIES 12

void engine_park(Engine *e, bool park)
{
    pthread_mutex_lock(&e->lock);
    e->parked += park ? held : -held;
    pthread_cond_broadcast(&e->quiet);
    pthread_mutex_unlock(&e->lock);
}

void engine_open_gate(Engine *e)
{
    pthread_mutex_lock(&e->lock);
    e->closed = false;
    pthread_cond_broadcast(&e->freed);
    pthread_mutex_unlock(&e->lock);
}

/* A request that takes long, such as an export, does not hold up the others for long: the gate
   opens again, and the next try comes soon. */
bool engine_close_gate(Engine *e, Cx *cx)
{
    bool quiet = false;

    for (int i = 0; i < GATE_TRIES && !quiet; i++) {
        struct timespec until = sys_in_ms(GATE_MS);
        struct timespec pause = { GATE_PAUSE_MS / 1000, GATE_PAUSE_MS % 1000 * 1000000L };
        pthread_mutex_lock(&e->lock);
        e->closed = true;
        while (e->out > e->parked)
            if (pthread_cond_timedwait(&e->quiet, &e->lock, &until) == ETIMEDOUT) break;
        quiet = e->out <= e->parked;
        pthread_mutex_unlock(&e->lock);
        if (quiet) break;
        engine_open_gate(e);
        nanosleep(&pause, NULL);
    }
    return quiet || cx_fail(cx, E_BUSY, "requests that take long are under way; publish again "
        "when they are done");
}

App *engine_app(Engine *e)
{
    pthread_mutex_lock(&e->lock);
    App *app = e->app ? app_take(e->app) : NULL;
    pthread_mutex_unlock(&e->lock);
    return app;
}

EngineStats engine_stats(Engine *e)
{
    pthread_mutex_lock(&e->lock);
    EngineStats s = { e->max, e->out, e->asking, e->gave_up, { .n = 0 } };
    pthread_mutex_unlock(&e->lock);
    s.waited = hist_see(&e->waited);
    return s;
}

ContentStore *engine_contents(const Engine *e) { return e->contents; }
Memory *engine_memory(const Engine *e) { return e->memory; }
struct Progress *engine_progress(const Engine *e)
{
    return e->progress;
}

Events *engine_events(const Engine *e) { return e->events; }
DbPool *engine_pool(Engine *e) { return e->pool; }
bool engine_writes(const Engine *e) { return !e->o.readonly; }

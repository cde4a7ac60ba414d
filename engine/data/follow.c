/*
 * follow.c — what another node published is served here, too.
 *
 * The bell wakes the keeper; it compares the newest version with the one that is served, loads
 * what it does not know from the database and swaps the snapshot. Requests under way keep theirs:
 * their writes lose their ground (data/work.h), their reads may meet a table that is no longer as
 * they think; both are run again by http/route.c, which asks engine_moved first.
 *
 * A version that does not load here (a newer program wrote it, a file of plugins is beyond the
 * limits of this one) is told once, loudly, and the old one serves on, for reading.
 */
#include "data/engine_parts.h"
#include "data/folder.h"
#include "data/jobs.h"
#include "data/migrate.h"
#include "data/pins.h"
#include "data/restored.h"
#include "data/version.h"
#include "base/i18n.h"
#include "base/sys.h"

#include <string.h>

#define LOOK_MS 1000          /* at the latest, whether the bell rang or not */
#define REST_MS 100           /* at the earliest: a busy database rings all the time */

/* Does what is published lack a place which this program keeps beside it? */
static bool brings_places(const Plan *p)
{
    bool brings = false;

    for (int i = 0; i < p->n; i++)
        brings |= p->step[i].what == PLAN_TABLE || p->step[i].what == PLAN_COLUMN;
    return brings && !p->refused && !p->loses;
}

/* Another version of the program may have published it, one that knows fewer columns of users, or of
   each table: they come to it, as a version of the same texts. What it knows more stays. */
MUST static bool fit_program(Engine *e, Cx *cx, App *app)
{
    Plan plan = { 0 };

    if (e->o.readonly) return true;
    if (!schema_plan(cx, e->db, app, &plan)) return false;
    if (plan.version != app->version)
        return cx_fail(cx, E_MOVED, "somebody else published meanwhile");
    return !brings_places(&plan) || migrate_apply(cx, e->db, app, &plan, NULL, NULL);
}

MUST static bool load_once(Engine *e, Cx *cx, App **out)
{
    Source *source;
    int n;
    int64_t version;
    const char *hash;

    *out = NULL;
    if (!migrate_stored(cx, e->db, &source, &n, &version, &hash)) return false;
    if (!n) return true;
    Pins *pins;
    if (!pins_read(cx, e->db, NULL, 0, &pins)) return false;
    App *app = app_load_over(cx, source, n, e->dir, pins);
    if (!app) return cx_check_as(cx, E_DEF);
    migrate_is(app, version);
    if (!fit_program(e, cx, app)) {
        app_give(app);
        return false;
    }
    *out = app;
    return true;
}

enum { TRIES = 5 };            /* others may publish again and again */

bool follow_load(Engine *e, Cx *cx, App **out)
{
    bool ok = false;

    for (int i = 0; i < TRIES && !ok && (!i || cx->err == E_MOVED); i++) {
        if (i) cx_clear(cx);
        ok = load_once(e, cx, out);
    }
    return ok;
}

/* The folder goes with it where it was the copy of what was served until now. */
static void bring_folder(Engine *e, Cx *cx, const App *was, const App *now)
{
    Cx in = cx_begin(cx->a, cx->lang);
    bool ours, brought = false;

    if (e->o.readonly || !restored_ours(e, &in, was->version, was->hash, &ours)) return;
    if (ours) brought = folder_bring(&in, e->dir, was->source, was->nsource, now->source,
        now->nsource);
    if (brought && restored_settle(e, &in, now->version, now->hash)) {
        reload_wait(e, NULL);
        return;
    }
    char *why = arena_printf(cx->a, i18n_text(cx->lang, "version %lld, which another node "
        "published, is served; the folder here is not brought to it (%s)"),
        (long long)now->version, in.text ? in.text : i18n_text(cx->lang, "it was no copy of the "
        "version before"));
    reload_wait(e, why);
    sys_log(LOG_WARN, "the folder is not what is served", "text", why, NULL);
}

bool follow_folder(Engine *e, Cx *cx, const App *folder, App **out)
{
    cx_clear(cx);
    if (!follow_load(e, cx, out) || !*out) return false;
    if (folder_bring(cx, e->dir, folder->source, folder->nsource, (*out)->source,
            (*out)->nsource) && restored_settle(e, cx, (*out)->version, (*out)->hash)) {
        sys_log(LOG_INFO, "the folder was an older version and is brought to what is published",
            NULL);
        return true;
    }
    app_give(*out);
    *out = NULL;
    return false;
}

static void set_unfit(Engine *e, int64_t version)
{
    pthread_mutex_lock(&e->lock);
    e->unfit = version;
    pthread_mutex_unlock(&e->lock);
}

static bool cannot_serve(Engine *e, Cx *cx, int64_t version)
{
    Cx failed = *cx;
    const char *why = reload_reasons(&failed);

    cx_clear(cx);
    if (failed.err == E_BUSY || failed.err == E_MOVED || failed.err == E_DB) {        /* no word against the version */
        cx_copy(cx, &failed);
        return false;
    }
    char *text = arena_printf(cx->a, i18n_text(cx->lang, "version %lld is published and cannot be "
        "served here:\n%s"), (long long)version, why);
    if (e->unfit != version) reload_log(&failed);
    reload_wait(e, text);
    set_unfit(e, version);
    return cx_fail(cx, E_CONFLICT, "%s", text);
}

bool follow_newest(Engine *e, Cx *cx)
{
    App *app, *was = e->shared ? engine_app(e) : NULL;
    int64_t version;

    if (!was) return true;
    bool ok = version_newest(cx, e->db, &version);
    if (ok && version && version != was->version) {
        ok = follow_load(e, cx, &app) && app && reload_rules(e, cx, app);
        if (ok) {
            reload_swap(e, app_take(app));
            set_unfit(e, 0);
            sys_log(LOG_INFO, "definition followed", "version",
                arena_printf(cx->a, "%lld", (long long)app->version), NULL);
            bring_folder(e, cx, was, app);
            engine_wake(e);
        } else {
            ok = cannot_serve(e, cx, version);
        }
        app_give(app);
    } else if (ok && e->unfit) {
        set_unfit(e, 0);
        reload_wait(e, NULL);
    }
    app_give(was);
    return ok;
}

bool engine_moved(Work *w)
{
    Engine *e = w->engine;
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);

    if (e->shared) {
        engine_park(e, true);
        pthread_mutex_lock(&e->reloading);
        if (!follow_newest(e, &cx)) cx_clear(&cx);
        pthread_mutex_unlock(&e->reloading);
        engine_park(e, false);
    }
    App *now = engine_app(e);
    bool moved = e->shared && now != w->app;
    app_give(now);
    char *unfit = moved ? NULL : engine_unfit(e, a);
    if (unfit && (w->cx.err == E_DB || w->cx.err == E_MOVED)) {
        cx_clear(&w->cx);
        cx_fail(&w->cx, E_MOVED, "a newer version is published than this node can serve");
        cx_detail(&w->cx, "%s", unfit);
    }
    arena_free(a);
    return moved;
}

char *engine_unfit(Engine *e, Arena *a)
{
    pthread_mutex_lock(&e->lock);
    char *text = e->unfit ? arena_dup(a, e->waiting ? e->waiting : "") : NULL;
    pthread_mutex_unlock(&e->lock);
    return text;
}

/* ---- the keeper ---- */

static void heard(void *arg)
{
    Engine *e = arg;

    pthread_mutex_lock(&e->time_lock);
    e->rung = true;
    pthread_cond_signal(&e->bell);
    pthread_mutex_unlock(&e->time_lock);
}

/* False: stop. */
static bool listen_for(Engine *e, int ms, bool to_bell)
{
    struct timespec until = sys_in_ms(ms);

    pthread_mutex_lock(&e->time_lock);
    while (!e->stop && !(to_bell && e->rung))
        if (pthread_cond_timedwait(&e->bell, &e->time_lock, &until)) break;
    if (to_bell) e->rung = false;
    bool go = !e->stop;
    pthread_mutex_unlock(&e->time_lock);
    return go;
}

static void look(Engine *e, Db *db, Arena *a)
{
    Cx cx = cx_begin(a, NULL);
    int64_t version;
    App *app = engine_app(e);
    pthread_mutex_lock(&e->lock);
    int64_t known = e->unfit ? e->unfit : app ? app->version : 0;
    pthread_mutex_unlock(&e->lock);
    bool news = version_newest(&cx, db, &version) && app && version != known;

    app_give(app);
    if (!news) return;
    pthread_mutex_lock(&e->reloading);
    if (!follow_newest(e, &cx) && cx.err != E_CONFLICT)
        sys_log(LOG_ERROR, "a version was not loaded", "error", cx.text ? cx.text : "", "detail",
            cx.detail ? cx.detail : "", NULL);
    pthread_mutex_unlock(&e->reloading);
}

static void *keep(void *arg)
{
    Engine *e = arg;
    Arena *a = arena_new();
    Db *db = NULL;

    while (listen_for(e, LOOK_MS, true)) {
        Cx cx = cx_begin(a, NULL);
        if (!e->shared && !clock_busy(e)) continue;
        if (!db && !db_open(&cx, e->pool, &db)) db = NULL;
        if (db && e->shared) look(e, db, a);
        if (db) clock_renew(e, db, a);
        arena_reset(a);
        if (!listen_for(e, REST_MS, false)) break;
    }
    db_close(db);
    arena_free(a);
    return NULL;
}

bool follow_start(Engine *e, Cx *cx)
{
    if (e->shared) db_listen(e->pool, heard, e);
    if (pthread_create(&e->keeper, NULL, keep, e))
        return cx_fail(cx, E_SYS, "no thread to be had");
    e->keeping = true;
    return true;
}

void follow_stop(Engine *e)
{
    pthread_mutex_lock(&e->time_lock);
    e->stop = true;
    pthread_cond_broadcast(&e->bell);
    pthread_mutex_unlock(&e->time_lock);
    if (e->keeping) pthread_join(e->keeper, NULL);
}

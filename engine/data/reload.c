/*
 * reload.c — from the folder to what is served.
 *
 *     load → rules load and fit → plan → publish in one write → swap the snapshot
 *
 * Whatever fails on the way leaves the old version serving, and the reason waits to be read.
 * Requests in flight keep the snapshot they began with.
 */
#include "data/engine_parts.h"
#include "data/migrate.h"
#include "data/rule_api.h"
#include "base/sys.h"
#include "def/rewrite.h"
#include "rule/hooks.h"

#include <string.h>

static void set_waiting(Engine *e, const char *text)
{
    pthread_mutex_lock(&e->lock);
    mem_free(e->waiting);
    e->waiting = text ? mem_dup(text) : NULL;
    pthread_mutex_unlock(&e->lock);
}

char *engine_waiting(Engine *e, Arena *a)
{
    pthread_mutex_lock(&e->lock);
    char *text = arena_dup(a, e->waiting);
    pthread_mutex_unlock(&e->lock);
    return text;
}

static void swap_app(Engine *e, App *app)
{
    pthread_mutex_lock(&e->lock);
    App *was = e->app;
    e->app = app;
    pthread_mutex_unlock(&e->lock);
    app_give(was);
}

/* Issues as lines "file:line:column: text", else the failure. */
static const char *reasons(Cx *cx)
{
    Str s = str_begin(cx->a);

    for (int i = 0; i < cx->nissue; i++) {
        const Issue *x = &cx->issue[i];
        if (x->at.file) str_printf(&s, "%s:%d:%d: ", x->at.file, x->at.line, x->at.col);
        else if (x->at.field) str_printf(&s, "%s: ", x->at.field);
        str_add(&s, x->text);
        str_add(&s, "\n");
        if (x->source) {
            str_add(&s, x->source);
            str_add(&s, "\n");
        }
    }
    if (!cx->nissue) str_printf(&s, "%s\n", cx->text ? cx->text : "");
    return str_show(&s);
}

static void log_reasons(Cx *cx)
{
    for (int i = 0; i < cx->nissue; i++) {
        const Issue *x = &cx->issue[i];
        const char *at = x->at.file ? arena_printf(cx->a, "%s:%d:%d", x->at.file, x->at.line,
            x->at.col) : x->at.field ? x->at.field : "";
        sys_log(LOG_ERROR, "definition refused", "at", at, "issue", x->text, NULL);
    }
    if (!cx->nissue) sys_log(LOG_ERROR, "definition refused", "issue", cx->text, NULL);
}

/* The rules load into a box of their own and name only what there is. */
MUST static bool try_rules(Engine *e, Cx *cx, App *app)
{
    Box *box = hooks_open(cx, app, &e->o.limits, rule_api_open);

    if (!box) return cx_check_as(cx, E_DEF);
    bool ok = hooks_check(cx, app, box);
    box_free(box);
    return ok && cx_check_as(cx, E_DEF);
}

/* Brings the database to the app, or says why not. */
MUST static bool publish(Engine *e, Cx *cx, App *app, bool allow_loss)
{
    Plan plan = { 0 };
    bool stored;

    if (!migrate_known(cx, e->db, app, &stored)) return false;
    if (!schema_plan(cx, e->db, app, &plan)) return false;
    if (stored && plan_empty(&plan)) return true;
    if (e->o.readonly)
        return cx_fail(cx, E_CONFLICT, "the folder is newer than the database");
    if (!plan.refused && plan.loses && !allow_loss)
        return cx_fail(cx, E_CONFLICT, "the change loses data and waits:\n%s",
            plan_show(cx->a, &plan));
    return migrate_apply(cx, e->db, app, &plan, NULL, NULL);
}

/* What was published says the new names of renamed fields; the files follow. Where they cannot
   be written, what is served is right all the same, and the next reload tries again. */
static void write_back(Engine *e, Cx *cx, const App *folder, const App *app)
{
    Cx inner = cx_begin(cx->a, cx->lang);

    if (e->o.readonly || folder == app || rewrite_write(&inner, folder, app)) return;
    sys_log(LOG_WARN, "renamed fields could not be written into the files", "reason",
        inner.text ? inner.text : "", NULL);
}

MUST static bool load_folder(Engine *e, Cx *cx, bool allow_loss, App **out)
{
    App *folder = app_load(cx, e->dir), *app = folder ? rewrite_app(cx, folder) : NULL;

    *out = NULL;
    bool ok = app && try_rules(e, cx, app) && publish(e, cx, app, allow_loss);
    if (!app) ok = cx_check_as(cx, E_DEF);
    if (ok) write_back(e, cx, folder, app);
    else app_give(app);
    app_give(folder);
    *out = ok ? app : NULL;
    return ok;
}

MUST static bool load_stored(Engine *e, Cx *cx, App **out)
{
    Source *source;
    int n;
    int64_t version;
    const char *hash;
    bool stored;

    *out = NULL;
    if (!migrate_stored(cx, e->db, &source, &n, &version, &hash)) return false;
    if (!n) return true;
    App *app = app_load_sources(cx, source, n, e->dir);
    if (!app) return cx_check_as(cx, E_DEF);
    if (!migrate_known(cx, e->db, app, &stored)) {
        app_give(app);
        return false;
    }
    *out = app;
    return true;
}

bool engine_reload(Engine *e, Cx *cx, bool allow_loss)
{
    App *app, *now = engine_app(e);
    const char *hash = now ? arena_dup(cx->a, now->hash) : NULL;

    app_give(now);
    pthread_mutex_lock(&e->reloading);
    bool ok = load_folder(e, cx, allow_loss, &app);
    if (ok) {
        bool moved = !str_eq(hash, app->hash);
        int64_t version = app->version;
        swap_app(e, app);
        set_waiting(e, NULL);
        if (moved) {
            const char *text = arena_printf(cx->a, "%lld", (long long)version);
            sys_log(LOG_INFO, "definition published", "version", text, NULL);
            engine_wake(e);
        }
    } else {
        set_waiting(e, reasons(cx));
        log_reasons(cx);
    }
    pthread_mutex_unlock(&e->reloading);
    return ok;
}

/* A folder that cannot be served is no reason to stop serving what was published before. */
bool reload_first(Engine *e, Cx *cx)
{
    e->seen = watch_state(cx->a, e->dir);
    if (engine_reload(e, cx, false)) return true;
    App *app = NULL;
    Cx again = cx_begin(cx->a, cx->lang);

    if (!load_stored(e, &again, &app) || !app) return false;
    swap_app(e, app);
    cx_clear(cx);
    sys_log(LOG_WARN, "the last published version serves on", NULL);
    return true;
}

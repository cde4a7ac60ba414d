/*
 * reload.c — from the folder to what is served.
 *
 *     load → rules load and fit → plan → publish in one write → swap the snapshot
 *
 * Whatever fails on the way leaves the old version serving, and the reason waits to be read.
 * Requests in flight keep the snapshot they began with.
 */
#include "data/engine_parts.h"
#include "data/folder.h"
#include "data/migrate.h"
#include "data/pins.h"
#include "data/progress.h"
#include "data/restored.h"
#include "data/rule_api.h"
#include "data/version.h"
#include "base/sys.h"
#include "def/rewrite.h"
#include "rule/hooks.h"

#include <stdlib.h>
#include <string.h>

void reload_wait(Engine *e, const char *text)
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

void reload_swap(Engine *e, App *app)
{
    pthread_mutex_lock(&e->lock);
    App *was = e->app;
    if (was) db_reshaped(e->pool);
    e->app = app;
    pthread_mutex_unlock(&e->lock);
    app_give(was);
}

/* Issues as lines "file:line:column: text", else the failure. */
const char *reload_reasons(Cx *cx)
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

void reload_log(Cx *cx)
{
    for (int i = 0; i < cx->nissue; i++) {
        const Issue *x = &cx->issue[i];
        const char *at = x->at.file ? arena_printf(cx->a, "%s:%d:%d", x->at.file, x->at.line,
            x->at.col) : x->at.field ? x->at.field : "";
        sys_log(LOG_ERROR, "definition refused", "at", at, "issue", x->text, NULL);
    }
    if (!cx->nissue)
        sys_log(LOG_ERROR, "definition refused", "issue", cx->text, "detail",
            cx->detail ? cx->detail : "", NULL);
}

/* The rules load into a box of their own and name only what there is. */
bool reload_rules(Engine *e, Cx *cx, App *app)
{
    Box *box = hooks_open(cx, app, &e->o.limits, rule_api_open);

    if (!box) return cx_check_as(cx, E_DEF);
    bool ok = hooks_check(cx, app, box);
    box_free(box);
    return ok && cx_check_as(cx, E_DEF);
}

static void keep_plan(Cx *cx, const Plan *plan, Published *out)
{
    Str s = str_begin(cx->a);
    Json j = json_begin(&s);

    plan_json(plan, &j);
    out->plan_json = str_show(&s);
    out->plan = plan_show(cx->a, plan);
}

/* Would requests of the old version fail, or write what the new one does not mean? */
static bool disturbs(const Plan *p)
{
    for (int i = 0; i < p->n; i++) {
        StepWhat what = p->step[i].what;
        if (p->step[i].sql ? what == PLAN_RENAME || what == PLAN_DROP || what == PLAN_FILL
            : what == PLAN_CONVERT || what == PLAN_COMPUTE) return true;
    }
    return p->nstage > 0;
}

/* Among several nodes a folder that is no copy of what is published may be anything: what a node
   was installed with, an older version. */
MUST static bool may_speak(Engine *e, Cx *cx, const Plan *plan, Published *out)
{
    bool ours;

    if (!e->shared || !plan->version) return true;
    if (!restored_ours(e, cx, 0, NULL, &ours)) return false;
    out->former = !ours && plan->former;
    return ours || cx_fail(cx, E_CONFLICT, "the folder was not made from version %lld, which is "
        "published, and does not publish itself; `tenon apply` does it:\n%s",
        (long long)plan->version, plan_show(cx->a, plan));
}

/* What an app that nobody asked for may not do. `stored`: its texts are published, and what the plan
   holds is what this program keeps beside them. */
MUST static bool may_publish(Engine *e, Cx *cx, const Plan *plan, bool stored, const PublishAsk *ask,
    Published *out)
{
    char *why = NULL;

    if (e->o.readonly)
        return cx_fail(cx, E_CONFLICT, "the folder is newer than the database");
    if (!ask->asked && !restored_look(e, cx, &why)) return false;
    if (why)
        return cx_fail(cx, E_CONFLICT, "the database looks like a restored backup (%s) and is "
            "not changed unasked; `tenon apply` brings it to the folder:\n%s", why,
            plan_show(cx->a, plan));
    if (!ask->asked && !stored && !may_speak(e, cx, plan, out)) return false;
    if (!plan->refused && plan->loses && !ask->loss)
        return cx_fail(cx, E_CONFLICT, "the change loses data and waits for `tenon apply "
            "--allow-loss`:\n%s", plan_show(cx->a, plan));
    return plan->refused || !disturbs(plan) || engine_close_gate(e, cx);
}

/* Brings the database to the app, which was read when version `on` was the newest, or says why not. */
MUST static bool publish(Engine *e, Cx *cx, App *app, int64_t on, const PublishAsk *ask,
    const PlanNote *note, Published *out)
{
    PlanAsk answers = { ask->fill, ask->nfill };
    Plan plan = { 0 };
    bool stored;

    if (!migrate_known(cx, e->db, app, &stored)) return false;
    if (!schema_plan_with(cx, e->db, app, &answers, &plan)) return false;
    keep_plan(cx, &plan, out);
    out->same = stored && plan_empty(&plan);
    out->moved = on != plan.version;
    if (out->moved) return cx_fail(cx, E_CONFLICT, "somebody else published meanwhile");
    if (!out->same) {
        if (note) ARENA_PUSH(cx->a, plan.note, plan.nnote, plan.note_cap, *note);
        progress_begin(e->progress, ask->progress, plan.n);
        if (ask->progress) plan.progress = e->progress;
        if (!may_publish(e, cx, &plan, stored, ask, out)) return false;
        if (!migrate_apply(cx, e->db, app, &plan, ask->author, ask->note)) {
            out->moved = cx->err == E_MOVED;
            return false;
        }
    }
    out->version = app->version;
    return (ask->on && !note) || restored_settle(e, cx, app->version, app->hash);
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

MUST static bool load_folder(Engine *e, Cx *cx, const PublishAsk *ask, Published *out, App **got)
{
    *got = NULL;
    if (!e->o.readonly && !folder_finish(cx, e->db, e->dir)) return false;
    Source *source;
    Pins *pins;
    int64_t on;
    const char *hash;
    int n;
    if (!migrate_newest(cx, e->db, &on, &hash) || !app_read(cx, e->dir, &source, &n)
        || !pins_read(cx, e->db, ask->move, ask->nmove, &pins)) return false;
    App *folder = app_load_over(cx, source, n, e->dir, pins);
    App *app = folder ? rewrite_app(cx, folder) : NULL;
    bool ok = app && reload_rules(e, cx, app) && publish(e, cx, app, on, ask, NULL, out);
    if (!app) ok = cx_check_as(cx, E_DEF);
    if (ok) write_back(e, cx, folder, app);
    if (ok) *got = app_take(app);
    else if (out->former) ok = follow_folder(e, cx, folder, got);
    app_give(app);
    app_give(folder);
    return ok;
}

enum { TRIES = 5 };            /* others may publish again and again */

static void serve(Engine *e, Cx *cx, App *app, const App *was, Published *out)
{
    bool moved = !was || !str_eq(was->hash, app->hash);
    const char *text = arena_printf(cx->a, "%lld", (long long)app->version);

    out->diff = !moved ? "" : version_diff(cx->a, was ? was->source : NULL, was ? was->nsource : 0,
        app->source, app->nsource);
    reload_swap(e, app);
    reload_wait(e, NULL);
    if (!moved) return;
    sys_log(LOG_INFO, "definition published", "version", text, NULL);
    engine_wake(e);
}

MUST static bool publish_folder(Engine *e, Cx *cx, const PublishAsk *ask, Published *out)
{
    App *app = NULL, *now = NULL;
    bool ok = false;

    for (int i = 0; i < TRIES && !ok && (!i || out->moved); i++) {
        if (i) cx_clear(cx);
        *out = (Published){ 0 };
        ok = follow_newest(e, cx);
        app_give(now);
        now = engine_app(e);
        ok = ok && load_folder(e, cx, ask, out, &app);
    }
    if (ok) serve(e, cx, app, now, out);
    app_give(now);
    if (ok) return true;
    reload_wait(e, reload_reasons(cx));
    reload_log(cx);
    return false;
}

/* ---- changes over what is served ---- */

static int by_path(const void *x, const void *y)
{
    return strcmp(((const Source *)x)->path, ((const Source *)y)->path);
}

void engine_lay(Arena *a, const App *on, const Source *change, int nchange, Source **out, int *n)
{
    *out = ARENA_ARRAY(a, Source, on->nsource + nchange + 1);
    *n = 0;
    for (int i = 0; i < on->nsource; i++)
        if (!app_source(change, nchange, on->source[i].path)) (*out)[(*n)++] = on->source[i];
    for (int i = 0; i < nchange; i++)
        if (change[i].text) (*out)[(*n)++] = change[i];
    qsort(*out, (size_t)*n, sizeof **out, by_path);
}

/* The changed files as they were published and shall be, fitted to the folder. */
MUST static bool fit_folder(Engine *e, Cx *cx, const App *was, const App *app, PlanNote *note,
    Published *out)
{
    FolderFile *file = ARENA_ARRAY(cx->a, FolderFile, was->nsource + app->nsource + 1);
    Merge *merge = ARENA_NEW(cx->a, Merge);
    int n = 0;

    for (int i = 0; i < app->nsource; i++) {
        const Source *to = &app->source[i], *from = app_source(was->source, was->nsource, to->path);
        if (!from || !str_eq(from->text, to->text))
            file[n++] = (FolderFile){ to->path, from ? from->text : NULL, to->text, NULL, NULL };
    }
    for (int i = 0; i < was->nsource; i++)
        if (!app_source(app->source, app->nsource, was->source[i].path))
            file[n++] = (FolderFile){ .path = was->source[i].path, .was = was->source[i].text };
    if (!folder_fit(cx, e->dir, file, n, merge)) {
        if (merge->n) out->merge = merge;
        return false;
    }
    *note = folder_note(cx->a, db_dialect(e->db), e->dir, file, n);
    return true;
}

/* The texts as an app, renamed fields under their new names everywhere. */
static App *load_texts(Cx *cx, Db *db, const Source *source, int n, const PublishAsk *ask,
    const Node **rules)
{
    const App *on = ask->on;
    Pins *pins;
    if (!pins_read(cx, db, ask->move, ask->nmove, &pins)) return NULL;
    App *given = app_load_over(cx, source, n, on->dir, pins);
    App *app = given ? rewrite_app(cx, given) : NULL;

    if (app && rules) *rules = node_copy(cx->a, rewrite_lua(cx->a, given, on));
    app_give(given);
    return app;
}

/* What is committed serves, whatever becomes of the files: they are written at the next look. */
static void write_folder(Engine *e, Cx *cx)
{
    Cx in = cx_begin(cx->a, cx->lang);

    if (folder_finish(&in, e->db, e->dir)) return;
    reload_wait(e, in.text);
    sys_log(LOG_ERROR, "the folder could not be written", "text", in.text, NULL);
}

MUST static bool publish_changes(Engine *e, Cx *cx, const PublishAsk *ask, Published *out)
{
    Source *source;
    PlanNote note;
    bool ours = true;
    int n;

    if (!follow_newest(e, cx)) return false;
    App *now = engine_app(e);
    out->moved = now != ask->on;
    app_give(now);
    if (out->moved) return cx_fail(cx, E_CONFLICT, "somebody else published meanwhile");
    if (!folder_finish(cx, e->db, e->dir)
        || (e->shared && !restored_ours(e, cx, ask->on->version, ask->on->hash, &ours)))
        return false;
    engine_lay(cx->a, ask->on, ask->change, ask->nchange, &source, &n);
    App *app = load_texts(cx, e->db, source, n, ask, NULL);
    if (!app) return cx_check_as(cx, E_DEF);
    if ((ours && !fit_folder(e, cx, ask->on, app, &note, out)) || !reload_rules(e, cx, app)
        || !publish(e, cx, app, ask->on->version, ask, ours ? &note : NULL, out)) {
        app_give(app);
        return false;
    }
    char *waits = engine_waiting(e, cx->a);
    serve(e, cx, app, ask->on, out);
    reload_wait(e, waits);
    if (ours) write_folder(e, cx);
    return true;
}

bool engine_publish(Engine *e, Cx *cx, const PublishAsk *ask, Published *out)
{
    *out = (Published){ 0 };
    engine_park(e, true);
    pthread_mutex_lock(&e->reloading);
    bool ok = ask->on ? publish_changes(e, cx, ask, out) : publish_folder(e, cx, ask, out);
    engine_open_gate(e);
    progress_end(e->progress);
    pthread_mutex_unlock(&e->reloading);
    engine_park(e, false);
    return ok;
}

bool engine_reload(Engine *e, Cx *cx, bool allow_loss)
{
    PublishAsk ask = { .loss = allow_loss };
    Published out;

    return engine_publish(e, cx, &ask, &out);
}

App *engine_try(Work *w, const Source *source, int n, const PublishAsk *answers, Plan *plan,
    const Node **rules)
{
    PublishAsk ask = answers ? *answers : (PublishAsk){ 0 };
    PlanAsk fills = { ask.fill, ask.nfill };
    ask.on = w->app;
    App *app = load_texts(&w->cx, w->db, source, n, &ask, rules);

    if (plan) *plan = (Plan){ 0 };
    if (!app && cx_check_as(&w->cx, E_DEF)) return NULL;
    if (app && reload_rules(w->engine, &w->cx, app)
        && (!plan || schema_plan_with(&w->cx, w->db, app, &fills, plan))) return app;
    app_give(app);
    return NULL;
}

/* A folder that cannot be served is no reason to stop serving what was published before. */
bool reload_first(Engine *e, Cx *cx)
{
    static const PublishAsk unasked;
    App *app = NULL;
    Published out;

    e->seen = watch_state(cx->a, e->dir);
    if (engine_publish(e, cx, e->o.ask ? e->o.ask : &unasked, &out)) return true;
    Cx again = cx_begin(cx->a, cx->lang);
    if (!follow_load(e, &again, &app) || !app) return false;
    reload_swap(e, app);
    cx_clear(cx);
    sys_log(LOG_WARN, "the last published version serves on", NULL);
    return true;
}

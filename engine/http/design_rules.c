/*
 * design_rules.c — what an editor of rules needs: the calls and events there are, what each plugin of
 * the admin's draft registers, and the mistakes it made lately while it was at work.
 *
 * While the draft cannot be loaded, what is served answers for it, and `loaded` is false.
 */
#include "http/api.h"
#include "http/design.h"
#include "base/i18n.h"
#include "base/node_json.h"
#include "data/rule_api.h"
#include "data/run_log.h"
#include "rule/hooks.h"

#include <string.h>

enum { FAILURES = 10 };

static void put_events(Work *w, Json *j)
{
    static const char *const of[] = { [HOOK_RECORD] = "record", [HOOK_STAGE] = "stage",
        [HOOK_TRANSITION] = "transition", [HOOK_APP] = "app" };
    const HookKind *kind;
    int n = hook_kinds(&kind);

    json_key(j, "events");
    json_list(j);
    for (int i = 0; i < n; i++) {
        json_map(j);
        json_key(j, "name"); json_text(j, kind[i].name);
        json_key(j, "of"); json_text(j, of[kind[i].of]);
        json_key(j, "args"); json_text(j, kind[i].args);
        json_key(j, "help"); json_text(j, i18n_text(w->cx.lang, kind[i].help));
        json_key(j, "example"); json_text(j, kind[i].example);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_handlers(const Box *box, const char *plugin, Json *j)
{
    const Handler *handler;
    int n = hooks_handlers(box, &handler);

    json_key(j, "handlers");
    json_list(j);
    for (int i = 0; i < n; i++) {
        if (!str_eq(handler[i].plugin, plugin)) continue;
        json_map(j);
        json_key(j, "event"); json_text(j, handler[i].event);
        json_key(j, "line"); json_int(j, handler[i].line);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_actions(Work *w, const Box *box, const char *plugin, Json *j)
{
    const Action *act;
    int n = hooks_actions(box, &act);

    json_key(j, "actions");
    json_list(j);
    for (int i = 0; i < n; i++) {
        if (!str_eq(act[i].plugin, plugin)) continue;
        json_map(j);
        json_key(j, "name"); json_text(j, act[i].name);
        json_key(j, "label"); json_text(j, label_show(&act[i].label, w->cx.lang, act[i].name));
        json_key(j, "form"); json_text(j, act[i].form);
        json_key(j, "line"); json_int(j, act[i].line);
        api_params(w, act[i].param, act[i].nparam, j);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_schedules(const Box *box, const char *plugin, Json *j)
{
    const Schedule *s;
    int n = hooks_schedules(box, &s);

    json_key(j, "schedules");
    json_list(j);
    for (int i = 0; i < n; i++) {
        if (!str_eq(s[i].plugin, plugin)) continue;
        json_map(j);
        json_key(j, "name"); json_text(j, s[i].name);
        json_key(j, "cron"); json_text(j, s[i].cron);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_failure(Work *w, const Run *run, Json *j)
{
    const Form *f = app_form(w->app, run->form);
    const char *title = f && run->record ? record_title_of(w, f, run->record) : NULL;
    const char *who = run->by ? record_title_of(w, app_form(w->app, "user"), run->by) : NULL;

    json_map(j);
    json_key(j, "id"); json_int(j, run->id);
    json_key(j, "at"); json_val(j, val_datetime(run->at));
    json_key(j, "event"); json_text(j, run->event);
    json_key(j, "error"); json_text(j, run->error);
    json_key(j, "form"); json_text(j, *run->form ? run->form : NULL);
    json_key(j, "record");
    if (run->record) json_int(j, run->record);
    else json_null(j);
    json_key(j, "title"); json_text(j, title);
    json_key(j, "by"); json_text(j, who);
    json_map_end(j);
}

/* Of the form, and of no form. */
MUST static bool put_failures(Work *w, const Form *f, const char *path, Json *j)
{
    json_key(j, "failures");
    json_list(j);
    for (int formless = 0; formless < 2; formless++) {
        RunAsk ask = { .form = f->key, .automation = path, .formless = formless };
        Run *run;
        bool more;
        int n;
        if (!run_log_list(w, &ask, &run, &n, &more)) return false;
        for (int i = 0; i < n && i < FAILURES; i++) put_failure(w, &run[i], j);
    }
    json_list_end(j);
    return !w->cx.err;
}

MUST static bool put_plugins(Work *w, const Form *f, Json *j)
{
    json_key(j, "plugins");
    json_list(j);
    for (int i = 0; i < w->app->nsource; i++) {
        const char *path = w->app->source[i].path, *name = strchr(path, '/');
        if (!str_ends(path, ".lua") || !name++) continue;
        const char *plugin = arena_dup_n(w->cx.a, name, strlen(name) - strlen(".lua"));
        json_map(j);
        json_key(j, "path"); json_text(j, path);
        put_handlers(w->box, plugin, j);
        put_actions(w, w->box, plugin, j);
        put_schedules(w->box, plugin, j);
        if (!put_failures(w, f, path, j)) return false;
        json_map_end(j);
    }
    json_list_end(j);
    return true;
}

/* What the engine itself has forms of, in no file of the app. */
static void put_system(Work *w, Json *j)
{
    static const char *const own[] = { "user", "department" };

    json_key(j, "system");
    json_map(j);
    for (int i = 0; i < LEN(own); i++) {
        const Form *f = app_form(w->app, own[i]);
        json_name(j, own[i]);
        json_list(j);
        for (int k = 0; f && k < f->nfield; k++) {
            const Field *field = f->field[k];
            json_map(j);
            json_key(j, "value"); json_text(j, field->key);
            json_key(j, "label"); json_text(j, label_show(&field->label, w->cx.lang, field->key));
            json_key(j, "to"); json_text(j, field->to ? field->to->key : NULL);
            json_map_end(j);
        }
        json_list_end(j);
    }
    json_map_end(j);
}

static bool put(Work *w, const Form *f, Response *r, bool loaded)
{
    Json j = response_json(r, 200);

    json_map(&j);
    json_key(&j, "loaded"); json_bool(&j, loaded);
    json_key(&j, "calls"); json_node(&j, rule_calls(w->cx.a, w->cx.lang));
    put_events(w, &j);
    put_system(w, &j);
    if (!put_plugins(w, f, &j)) return false;
    json_map_end(&j);
    return true;
}

bool api_definition_rules(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };
    const App *served = w->app;
    Box *box = w->box, *own = NULL;
    Merge clash = { 0 };

    if (!request_args_only(&w->cx, q, none)) return false;
    App *app = draft_app(w, &clash);
    bool loaded = !w->cx.err && !w->cx.nissue;
    cx_clear(&w->cx);
    if (app && (own = hooks_open(&w->cx, app, box_limits(box), rule_api_open))) {
        w->app = app;
        w->box = own;
    }
    cx_clear(&w->cx);
    const Form *f = app_form(w->app, q->segment[0]);
    bool ok = f ? put(w, f, r, loaded)
        : cx_fail(&w->cx, E_MISSING, "there is no form %s", q->segment[0]);
    w->app = served;
    w->box = box;
    if (own) box_free(own);
    if (app) app_give(app);
    w->cache = NULL;
    return ok;
}

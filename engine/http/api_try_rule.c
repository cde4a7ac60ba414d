/*
 * api_try_rule.c — rules tried on a record: what a save, a move, a button or a schedule would do,
 * with the admin's draft, by the real write path and then undone.
 *
 * The draft's forms may ask more of the database than it has. Then the published forms are taken
 * with the draft's rules, and the answer says so.
 */
#include "http/design.h"
#include "base/node_json.h"
#include "data/auth.h"
#include "data/rule_try.h"
#include "rule/hooks.h"

#include <string.h>

/* ---- what is asked ---- */

MUST static bool read_try(Work *w, const Request *q, RuleTry *t, const char **as)
{
    static const char *const known[] = { "form", "event", "record", "values", "name", "as", NULL },
        *const none[] = { NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    if (!body) return false;
    const Node *id = node_find(body, "record"), *values = node_find(body, "values");
    int n = 0;

    while (rule_try_events[n]) n++;
    t->event = node_text(node_find(body, "event"));
    t->name = node_text(node_find(body, "name"));
    t->values = node_blank(values) ? NULL : values;
    *as = node_text(node_find(body, "as"));
    if (!str_in(t->event ? t->event : "", rule_try_events, n))
        return cx_fail(&w->cx, E_SYNTAX, "event must be create, update, delete, transition, action "
            "or schedule");
    if (t->values && t->values->kind != NODE_MAP)
        return cx_fail(&w->cx, E_SYNTAX, "%s must be an object", "values");
    if (!node_blank(id) && (!node_int(id, &t->id) || t->id < 1))
        return cx_fail(&w->cx, E_MISSING, "there is no such record");
    return true;
}

/* By the app that is tried. */
MUST static bool fits(Work *w, RuleTry *t, const char *form)
{
    bool none = str_eq(t->event, "schedule"), fresh = str_eq(t->event, "create"),
        may = fresh || str_eq(t->event, "transition");
    Record *r;

    t->form = form ? app_form(w->app, form) : NULL;
    if (none) return true;
    if (!t->form) return cx_fail(&w->cx, E_MISSING, "there is no form %s", form ? form : "");
    if (fresh) t->id = 0;
    if (!may && !t->id) return cx_fail(&w->cx, E_INPUT, "choose a record to try it on");
    if (!t->id) return true;
    if (!record_load(w, t->form, t->id, false, &r)) return false;
    return r || cx_fail(&w->cx, E_MISSING,
        "the record that was chosen is gone; choose another one");
}

/* ---- with what ---- */

/* What stands in the database would have to change first. */
static bool needs_more(const Plan *p)
{
    for (int i = 0; i < p->n; i++)
        if (p->step[i].what != PLAN_NOTE) return true;
    return false;
}

/* The draft as far as the database can take it, to be given back; *whole: all of it. */
static App *tried_app(Work *w, Merge *clash, bool *whole)
{
    Source *change, *to;
    Plan plan = { 0 };
    int n, nto, rules = 0;

    *whole = true;
    if (!draft_changes(w, &change, &n, clash)) return NULL;
    for (int i = 0; i < n; i++) rules += str_ends(change[i].path, ".lua");
    engine_lay(w->cx.a, w->app, change, n, &to, &nto);
    App *app = engine_try(w, to, nto, NULL, rules < n ? &plan : NULL, NULL);
    if (!app || !needs_more(&plan)) return app;
    app_give(app);
    *whole = false;
    for (int i = n = 0; i < nto; i++)
        if (str_ends(to[i].path, ".lua")) n++;
    Source *mixed = ARENA_ARRAY(w->cx.a, Source, n + w->app->nsource);
    for (int i = n = 0; i < nto; i++)
        if (str_ends(to[i].path, ".lua")) mixed[n++] = to[i];
    for (int i = 0; i < w->app->nsource; i++)
        if (!str_ends(w->app->source[i].path, ".lua")) mixed[n++] = w->app->source[i];
    return engine_try(w, mixed, n, NULL, NULL, NULL);
}

static bool answer(Work *w, Response *r, Node *out, bool whole)
{
    Json j = response_json(r, 200);

    node_put_text(w->cx.a, out, "forms", whole ? "draft" : "published");
    json_node(&j, out);
    return true;
}

MUST static bool run(Work *w, const Request *q, RuleTry *t, const char *as, Node **out)
{
    const char *form = node_text(node_find(q->form, "form"));

    if (!fits(w, t, form)) return false;
    if (as && *as && !auth_become_login(w, as)) {
        if (w->cx.err != E_LOGIN && w->cx.err != E_MISSING) return false;
        cx_clear(&w->cx);
        return cx_fail(&w->cx, E_INPUT, "%s is no active user", as);
    }
    w->cx.lang = t->lang;
    return rule_try(w, t, out);
}

bool api_try_rule(Work *w, const Request *q, Response *r)
{
    RuleTry t = { .teller = w->who, .lang = w->cx.lang };
    const App *served = w->app;
    Box *box = w->box;
    Merge clash = { 0 };
    Node *out = NULL;
    const char *as;
    bool whole;

    if (!read_try(w, q, &t, &as)) return false;
    App *app = tried_app(w, &clash, &whole);
    if (!app) return definition_refused(w, r, &clash, NULL);
    DesignAs before = design_as_begin(w);
    w->app = app;
    w->box = hooks_open(&w->cx, app, box_limits(box), rule_api_open);
    bool ok = w->box && run(w, q, &t, as, &out);
    if (w->box) box_free(w->box);
    w->box = box;
    w->app = served;
    design_as_end(w, &before);
    w->shown = NULL;
    if (ok) ok = answer(w, r, out, whole);
    app_give(app);
    return ok;
}

/*
 * publish.c — proposals are made anew on each snapshot they meet: who published meanwhile is
 * merged with, not overwritten.
 */
#include "data/publish.h"
#include "data/pins.h"
#include "data/version.h"

enum { TRIES = 5 };

/* What makes the app's files those of `to`. */
static void between(Work *w, const Source *to, int n, Proposal *p)
{
    const App *app = w->app;

    p->change = ARENA_ARRAY(w->cx.a, Source, n + app->nsource + 1);
    for (int i = 0; i < n; i++) {
        const Source *now = app_source(app->source, app->nsource, to[i].path);
        if (!now || !str_eq(now->text, to[i].text)) p->change[p->nchange++] = to[i];
    }
    for (int i = 0; i < app->nsource; i++)
        if (!app_source(to, n, app->source[i].path))
            p->change[p->nchange++] = (Source){ .path = arena_dup(w->cx.a, app->source[i].path) };
}

bool proposal_open(Work *w, Propose what, int64_t version, Proposal *out, Merge *clash)
{
    Source *to;
    int n;

    *out = (Proposal){ .version = version };
    *clash = (Merge){ 0 };
    if (what == PROPOSE_DRAFT) {
        if (!draft_changes(w, &out->change, &out->nchange, clash)) return false;
    } else {
        if (what == PROPOSE_VERSION ? !version_sources(&w->cx, w->db, version, &to, &n)
            : !app_read(&w->cx, w->app->dir, &to, &n)) return false;
        between(w, to, n, out);
    }
    engine_lay(w->cx.a, w->app, out->change, out->nchange, &to, &n);
    out->diff = version_diff(w->cx.a, w->app->source, w->app->nsource, to, n);
    return true;
}

bool proposal_check(Work *w, const Proposal *p)
{
    Source *to;
    int n;

    engine_lay(w->cx.a, w->app, p->change, p->nchange, &to, &n);
    App *app = engine_try(w, to, n, p->answers, NULL, NULL);
    app_give(app);
    return app != NULL;
}

/* "form.field", of rows "form.subform.field". */
static const Field *field_named(Work *w, const App *app, const char *name)
{
    char **part;
    int n = str_split(w->cx.a, name, '.', &part);
    const Form *form = app_form(app, part[0]);
    const Field *f = NULL;

    for (int i = 1; i < n && form; i++) {
        f = form_field(form, part[i]);
        form = f ? f->rows : NULL;
    }
    return f;
}

static void put_fill(Work *w, Node *list, const Field *f, const PlanStep *x)
{
    Arena *a = w->cx.a;
    const Form *top = f->form->parent ? f->form->parent : f->form;
    Node *one = node_add(a, list, node_map(a)), *options = node_put(a, one, "options", node_list(a));

    node_put_text(a, one, "name", x->fill);
    node_put_text(a, one, "form", arena_dup(a, form_label(top, w->cx.lang)));
    node_put_text(a, one, "label", arena_dup(a, field_label(f, w->cx.lang)));
    node_put_int(a, one, "rows", x->rows);
    node_put_bool(a, one, "lacks", x->what == PLAN_REFUSED);
    node_put_text(a, one, "type", f->type->name);
    for (int i = 0; i < f->noption; i++) {
        Node *option = node_add(a, options, node_map(a));
        node_put_text(a, option, "value", arena_dup(a, f->option[i].value));
        node_put_text(a, option, "label", arena_dup(a, label_show(&f->option[i].label, w->cx.lang,
            f->option[i].value)));
    }
}

static bool answered(const Proposal *p, const PlanStep *x)
{
    for (int i = 0; p->answers && i < p->answers->nfill; i++)
        if (str_eq(p->answers->fill[i].form, x->form) && str_eq(p->answers->fill[i].field, x->field)) return true;
    return false;
}

static void add_fills(Work *w, Proposal *p, const App *app, const Plan *plan)
{
    Node *list = node_list(w->cx.a);

    p->fills = list;
    p->asks = plan->refused;
    for (int i = 0; i < plan->n; i++) {
        const PlanStep *x = &plan->step[i];
        const Field *f = x->fill && (x->what == PLAN_REFUSED || answered(p, x)) ? field_named(w, app, x->fill) : NULL;
        if (f) put_fill(w, list, f, x);
        else if (x->what == PLAN_REFUSED) p->asks = false;
    }
}

bool proposal_plan(Work *w, Proposal *p)
{
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);
    Source *to;
    Plan plan;
    int n;

    engine_lay(w->cx.a, w->app, p->change, p->nchange, &to, &n);
    App *app = engine_try(w, to, n, p->answers, &plan, &p->rules);
    if (!app) return false;
    plan_json(&plan, &j);
    p->plan_json = str_show(&s);
    p->plan = plan_show(w->cx.a, &plan);
    p->flows = pins_choices(w->cx.a, w->cx.lang, app, true);
    p->diff = version_diff(w->cx.a, w->app->source, w->app->nsource, app->source, app->nsource);
    p->refused = plan.refused;
    add_fills(w, p, app, &plan);
    p->loses = plan.loses;
    p->empty = plan_empty(&plan);
    app_give(app);
    return true;
}

MUST static bool publish_once(Work *w, Propose what, int64_t version, const PublishAsk *given,
    Published *out, Merge *clash)
{
    PublishAsk ask = *given;
    Proposal p;

    *out = (Published){ 0 };
    if (!proposal_open(w, what, version, &p, clash)) return false;
    if (!p.nchange) return cx_fail(&w->cx, E_CONFLICT, "there is nothing to publish");
    ask.asked = true;
    ask.on = w->app;
    ask.change = p.change;
    ask.nchange = p.nchange;
    if (engine_publish(w->engine, &w->cx, &ask, out)) {
        w->writes++;                          /* the request is not to be run again */
        return true;
    }
    if (out->merge) *clash = *out->merge;
    return false;
}

bool proposal_publish(Work *w, Propose what, int64_t version, const PublishAsk *ask,
    Published *out, Merge *clash)
{
    const App *mine = w->app;
    bool ok = false;

    *clash = (Merge){ 0 };
    if (what == PROPOSE_FOLDER) {
        PublishAsk folder = *ask;
        folder.asked = true;
        return engine_publish(w->engine, &w->cx, &folder, out);
    }
    for (int i = 0; i < TRIES && !ok; i++) {
        App *now = engine_app(w->engine);
        if (i) cx_clear(&w->cx);
        w->app = now;
        ok = publish_once(w, what, version, ask, out, clash);
        w->app = mine;
        app_give(now);
        if (!ok && (!out->moved || ask->firm)) return false;
    }
    if (!ok || what != PROPOSE_DRAFT) return ok;
    App *now = engine_app(w->engine);
    w->app = now;
    ok = draft_settle(w);
    w->app = mine;
    app_give(now);
    return ok;
}

/*
 * api_try.c — an expression while it is typed: what is wrong with it, and what it gives for a
 * record there is. Nothing is written.
 *
 * It is read with the admin's draft. The record is read as the app that is served has it, and its
 * values are carried to the draft's form by the names of fields: a field that the database has
 * not made yet is blank, or computed. While the draft itself cannot be read, what is served
 * answers for it; what only the draft has is then neither right nor wrong.
 */
#include "http/design.h"
#include "base/i18n.h"
#include "base/node_json.h"
#include "data/query.h"
#include "data/save.h"
#include "def/dashboard.h"

#include <string.h>

enum { LONGEST = 8000 };

typedef struct Try {
    const char *form, *self, *text;            /* self: of `this.`, NULL: the same form */
    const char *dashboard;                     /* whose filters it may name, or NULL */
    ExprUse use;
    bool holes;                                /* a text with {field} */
    int64_t id;                                /* 0: the newest record */
    Record *was;                               /* as it is stored; NULL: there is none */
    bool own;                                  /* the draft could be read */
} Try;

static const struct { const char *name; ExprUse use; } uses[] = {
    { "check", USE_CHECK }, { "permission", USE_PERMISSION }, { "filter", USE_FILTER },
    { "stored", USE_STORED }, { "default", USE_DEFAULT }, { "time", USE_TIME },
    { "aggregate", USE_AGGREGATE | USE_STORED }, { "figure", USE_AGGREGATE },
};

static bool read_try(Work *w, const Request *q, Try *t)
{
    static const char *const known[] = { "form", "this", "expression", "text", "use", "record",
        "dashboard", NULL }, *const none[] = { NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    if (!body) return false;
    const Node *holes = node_find(body, "text"), *id = node_find(body, "record");
    const char *use = node_text(node_find(body, "use"));
    int i = 0;

    t->form = node_text(node_find(body, "form"));
    t->self = node_text(node_find(body, "this"));
    t->text = node_text(node_find(body, "expression"));
    t->dashboard = node_text(node_find(body, "dashboard"));
    while (use && i < LEN(uses) && !str_eq(uses[i].name, use)) i++;
    if (!t->form || !t->text || i == LEN(uses) || (holes && !node_bool(holes, &t->holes))
        || (id && (!node_int(id, &t->id) || t->id < 1)))
        return cx_fail(&w->cx, E_SYNTAX, "form and expression must be given, use and record be "
            "what they can be");
    if (strlen(t->text) > LONGEST)
        return cx_fail(&w->cx, E_SIZE, "an expression has at most %d bytes", LONGEST);
    t->use = uses[i].use;
    return true;
}

/* ---- the record ---- */

/* Of the form whose record it is: `this.`, where that is another one. */
static const char *whose(const Try *t)
{
    return t->self ? t->self : t->form;
}

static bool stored(Work *w, Try *t)
{
    const Form *f = app_form(w->app, whose(t));
    List list = { 0 };

    if (!f) return true;
    if (!t->id) {
        if (!query_list(w, &(ListAsk){ .form = f, .limit = 1 }, &list)) return false;
        if (!list.n) return true;
        t->id = record_id(list.record[0]);
    }
    return query_one(w, f, t->id, &t->was);
}

/* Of the app that is tried: what is stored, or a new one where nothing is. */
static Record *sample(Work *w, const Try *t)
{
    const Form *f = app_form(w->app, whose(t));
    Record *r = t->was ? design_carried(w, f, t->was) : record_new(w, f);

    if ((!t->was && !record_defaults(w, r, NULL)) || !record_compute_own(w, r)) cx_clear(&w->cx);
    return r;
}

/* ---- the answer ---- */

/* As it would stand in a text; what a record is called. */
static const char *shown(Work *w, const Try *t, Eval *env, const ExprWhere *where, Val v)
{
    const char *text = arena_printf(w->cx.a, "{=%s}", t->text);
    Val out;

    if (v.kind == VAL_BLANK) return NULL;
    if (v.kind == VAL_BOOL) return i18n_text(w->cx.lang, v.i ? "yes" : "no");
    if (!t->holes) {
        Expr *e = expr_load_text(&w->cx, NULL, text, where);
        if (e && expr_eval(e, env, &out) && out.kind == VAL_TEXT) return out.t;
        cx_clear(&w->cx);
    }
    return val_show(w->cx.a, v);
}

static void put_value(Work *w, const Try *t, const Expr *e, const ExprWhere *where, Json *j)
{
    const Record *r = sample(w, t);
    Eval env = record_eval(w, r, NULL);
    const char *title = t->was ? record_title(w, r) : NULL, *text = NULL;
    Val v = val_blank();
    /* What goes over many records has no value for one. */
    bool told = !t->self && !(t->use & USE_AGGREGATE) && expr_eval(e, &env, &v);

    if (told) text = shown(w, t, &env, where, v);
    cx_clear(&w->cx);
    json_key(j, "value");
    if (told) json_val(j, v);
    else json_null(j);
    json_key(j, "shown"); json_text(j, text);
    json_key(j, "told"); json_bool(j, told);
    json_key(j, "record");
    if (!t->was) { json_null(j); return; }
    json_map(j);
    json_key(j, "id"); json_int(j, record_id(t->was));
    json_key(j, "title"); json_text(j, title);
    json_map_end(j);
}

static void put_issues(const Cx *cx, Json *j)
{
    json_key(j, "issues");
    json_list(j);
    for (int i = 0; i < cx->nissue; i++) {
        json_map(j);
        json_key(j, "line"); json_int(j, cx->issue[i].at.line);
        json_key(j, "column"); json_int(j, cx->issue[i].at.col);
        json_key(j, "code"); json_text(j, cx->issue[i].code);
        json_key(j, "message"); json_text(j, cx->issue[i].text);
        json_map_end(j);
    }
    json_list_end(j);
}

static bool answer(Work *w, const Try *t, Response *r)
{
    const Form *f = app_form(w->app, t->form), *self = t->self ? app_form(w->app, t->self) : f;
    const char *missing = !f ? t->form : !self ? t->self : NULL;
    const Dashboard *d = app_dashboard(w->app, t->dashboard);
    Cx found = cx_begin(w->cx.a, w->cx.lang);
    Expr *e = NULL;
    ExprWhere where = { 0 };

    if (missing && t->own) return cx_fail(&w->cx, E_MISSING, "there is no form %s", missing);
    if (!missing) {
        where = app_where(d ? dashboard_named(&found, w->app, d) : w->app, f, t->use);
        where.self = &self->names;
        e = (t->holes ? expr_load_text : expr_load)(&found, NULL, t->text, &where);
        if (!e && found.err && found.err != E_INPUT && found.err != E_DEF) {
            cx_copy(&w->cx, &found);
            return false;
        }
        if (!t->own || (t->dashboard && !d)) found.nissue = 0;
    }
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "type"); json_text(&j, e ? type_show(w->cx.a, expr_type(e)) : NULL);
    if (e) put_value(w, t, e, &where, &j);
    put_issues(&found, &j);
    json_map_end(&j);
    return true;
}

bool api_definition_try(Work *w, const Request *q, Response *r)
{
    const App *served = w->app;
    Merge clash;
    Try t = { 0 };

    if (q->form && node_find(q->form, "event")) return api_try_rule(w, q, r);
    if (!read_try(w, q, &t) || !stored(w, &t)) return false;
    App *app = draft_app(w, &clash);
    t.own = app || (!w->cx.err && !w->cx.nissue);
    cx_clear(&w->cx);
    if (app) w->app = app;
    bool ok = answer(w, &t, r);
    w->app = served;
    if (app) app_give(app);
    return ok;
}

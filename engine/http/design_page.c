/*
 * design_page.c — the designer's page, and its canvas: the form as the admin's draft draws it, by
 * the templates that draw it for people.
 *
 * The canvas is a new record of the draft's form. What it needs of the database and the draft has
 * not made yet is left blank.
 */
#include "http/handlers.h"
#include "http/definition.h"
#include "http/page.h"
#include "base/i18n.h"
#include "base/node_json.h"
#include "def/attr_tree.h"
#include "data/save.h"

bool api_definition_tables(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };

    if (!request_args_only(&w->cx, q, none)) return false;
    Json j = response_json(r, 200);
    json_node(&j, attr_tree(w->cx.a, w->cx.lang));
    return true;
}

bool page_design(Work *w, const Request *q, Response *r)
{
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Designer")), *langs = node_list(w->cx.a);

    node_put_bool(w->cx.a, page, "bare", true);
    node_put_text(w->cx.a, page, "form", q->nsegment ? q->segment[0] : "");
    for (int i = 0; i < w->app->nlanguage; i++)
        node_add(w->cx.a, langs, node_new_text(w->cx.a, w->app->language[i]));
    node_put_text(w->cx.a, page, "langs", node_json(w->cx.a, langs));
    return page_end(w, q, r, "design", page);
}

/* ---- the canvas ---- */

/* A field that a new record does not show stands there all the same. */
static Node *outline(Work *w, const Field *f)
{
    const char *label = label_show(&f->label, w->cx.lang, f->key);
    Node *out = page_field_blank(w, f->key, NULL, label, "computed");

    node_put_bool(w->cx.a, out, "readonly", true);
    node_put_text(w->cx.a, out, "text", "–");
    node_put_text(w->cx.a, out, "width", page_width(f));
    return out;
}

static Node *canvas_section(Work *w, const Section *s, const Record *r, int index)
{
    Arena *a = w->cx.a;
    Node *out = node_map(a), *fields = node_put(a, out, "fields", node_list(a));

    node_put_int(a, out, "index", index);
    node_put_int(a, out, "columns", s->columns ? s->columns : 2);
    node_put_bool(a, out, "hidden", false);
    for (int i = 0; i < s->nfield; i++) {
        Node *field = page_field(w, &(FieldAsk){ .r = r, .f = s->field[i], .always = true });
        cx_clear(&w->cx);
        node_add(a, fields, field ? field : outline(w, s->field[i]));
    }
    return out;
}

static bool canvas(Work *w, const Request *q, Response *r, const char *key)
{
    Arena *a = w->cx.a;
    const Form *f = app_form(w->app, key);
    Node *page = page_begin(w, q, key);

    if (!f) return cx_fail(&w->cx, E_MISSING, "there is no form %s", key);
    Record *row = record_new(w, f);
    if (!record_defaults(w, row, NULL) || !record_compute(w, row)) cx_clear(&w->cx);
    Node **section = ARENA_ARRAY(a, Node *, f->nsection + 1);
    for (int i = 0; i < f->nsection; i++) section[i] = canvas_section(w, &f->section[i], row, i);
    page_layout(w, page, f, section);
    node_put_text(a, page, "form", key);
    return page_end(w, q, r, "canvas", page);
}

App *draft_app(Work *w, Merge *clash)
{
    Source *change, *to;
    const Node *rules;
    Plan plan;
    int n;

    if (!draft_changes(w, &change, &n, clash) || !n) return NULL;
    engine_lay(w->cx.a, w->app, change, n, &to, &n);
    return engine_try(w, to, n, NULL, 0, &plan, &rules);
}

bool page_canvas(Work *w, const Request *q, Response *r)
{
    const App *served = w->app;
    Merge clash = { 0 };
    App *app = draft_app(w, &clash);

    if (w->cx.err || w->cx.nissue) return definition_refused(w, r, &clash, NULL);
    if (app) w->app = app;
    bool ok = canvas(w, q, r, q->segment[0]);
    w->app = served;
    if (app) app_give(app);
    return ok;
}

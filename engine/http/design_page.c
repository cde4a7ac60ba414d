/*
 * design_page.c — the designer's page, and its canvas: the form as the admin's draft draws it, by
 * the templates that draw it for people.
 *
 * The canvas is a new record of the draft's form; ?as=LOGIN draws it as that person is shown it.
 * What it needs of the database, and the draft has not made yet, is left blank.
 */
#include "http/handlers.h"
#include "http/design.h"
#include "http/page.h"
#include "base/i18n.h"
#include "base/node_json.h"
#include "def/attr_tree.h"
#include "data/auth.h"
#include "data/save.h"

bool api_definition_tables(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };

    if (!request_args_only(&w->cx, q, none)) return false;
    Json j = response_json(r, 200);
    json_node(&j, attr_tree(w->cx.a, w->cx.lang));
    return true;
}

bool api_definition_words(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };

    if (!request_args_only(&w->cx, q, none)) return false;
    template_render("design_texts", node_map(w->cx.a), w->cx.lang, &r->body);
    r->type = "text/html; charset=utf-8";
    return true;
}

bool page_design(Work *w, const Request *q, Response *r)
{
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Designer")), *langs = node_list(w->cx.a);

    node_put_bool(w->cx.a, page, "bare", true);
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

/* What the acting person would see: what is hidden from them is not there. Who may make no record is
   shown what they could read of one. */
static Node *canvas_field(Work *w, const Record *r, const Field *f, const char *as)
{
    bool reads = as && !perm_may(w, r->form, ACT_CREATE);
    Node *field = page_field(w, &(FieldAsk){ .r = r, .f = f });

    cx_clear(&w->cx);
    if (!as) return field ? field : outline(w, f);
    if (!reads) return field;
    return perm_field(w, r->form, f, NULL) == RIGHT_HIDDEN ? NULL : outline(w, f);
}

static Node *canvas_section(Work *w, const Section *s, const Record *r, int index, const char *as)
{
    Arena *a = w->cx.a;
    Node *out = node_map(a), *fields = node_put(a, out, "fields", node_list(a));

    node_put_int(a, out, "index", index);
    node_put_int(a, out, "columns", s->columns ? s->columns : 2);
    node_put_bool(a, out, "hidden", false);
    for (int i = 0; i < s->nfield; i++) {
        Node *field = canvas_field(w, r, s->field[i], as);
        if (field) node_add(a, fields, field);
    }
    return out;
}

typedef struct CanvasAsk { const Request *q; Response *r; const char *as; } CanvasAsk;

static void fill(Work *w, const Form *f, Node *page, const char *as)
{
    Record *row = record_new(w, f);

    if (!record_defaults(w, row, NULL) || !record_compute(w, row)) cx_clear(&w->cx);
    Node **section = ARENA_ARRAY(w->cx.a, Node *, f->nsection + 1);
    for (int i = 0; i < f->nsection; i++)
        section[i] = canvas_section(w, &f->section[i], row, i, as);
    page_layout(w, page, f, section);
}

static bool canvas(Work *w, void *arg)
{
    const CanvasAsk *ask = arg;
    const char *key = ask->q->segment[0];
    const Form *f = app_form(w->app, key);
    Node *page = page_begin(w, ask->q, key);
    DesignAs before = design_as_begin(w);

    if (!f) return cx_fail(&w->cx, E_MISSING, "there is no form %s", key);
    if (ask->as && !design_become(w, ask->as)) return false;
    w->cx.lang = before.lang;
    node_put_text(w->cx.a, page, "as", ask->as ? ask->as : "");
    node_put_text(w->cx.a, page, "name", w->who.name);
    bool makes = perm_may(w, f, ACT_CREATE), reads = perm_may(w, f, ACT_READ);
    node_put_bool(w->cx.a, page, "none", !makes && !reads);
    node_put_bool(w->cx.a, page, "reads", !makes && reads);
    fill(w, f, page, ask->as);
    design_as_end(w, &before);
    node_put_text(w->cx.a, page, "form", key);
    return page_end(w, ask->q, ask->r, "canvas", page);
}

App *draft_app(Work *w, Merge *clash)
{
    Source *change, *to;
    int n;

    if (!draft_changes(w, &change, &n, clash) || !n) return NULL;
    engine_lay(w->cx.a, w->app, change, n, &to, &n);
    return engine_try(w, to, n, NULL, NULL, NULL);
}

bool page_canvas(Work *w, const Request *q, Response *r)
{
    const char *as = request_arg(q, "as");
    CanvasAsk ask = { q, r, as && *as ? as : NULL };

    return design_draft(w, r, canvas, &ask);
}

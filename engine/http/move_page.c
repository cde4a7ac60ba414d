/*
 * move_page.c — the small form that a move or a plugin's action asks for. The page and the
 * dialog of the board are the same markup.
 */
#include "http/form_post.h"
#include "http/handlers.h"
#include "base/i18n.h"
#include "data/choice.h"
#include "data/move.h"
#include "data/press.h"
#include "data/save.h"

#include <stdlib.h>

typedef struct Asked {
    const Form *form; Record *r;
    const char *title, *guide, *submit, *what;     /* what: "move/NAME", "action/NAME" */
    const char *back;
    Node *fields;
    bool comment;
    const Cx *failed;
} Asked;

static bool show(Work *w, const Request *q, Response *r, const Asked *x)
{
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, x->title);
    int64_t id = record_id(x->r);

    page_crumbs(w, page, x->form, x->r);
    node_put_text(a, page, "title", x->title);
    node_put_text(a, page, "action", page_below(a, x->form, id, x->what));
    node_put_text(a, page, "back", page_back(x->back, page_href(a, x->form, id)));
    node_put_text(a, page, "guide", x->guide);
    node_put_text(a, page, "submit", x->submit);
    node_put_bool(a, page, "multipart", form_of_files(x->form));
    node_put_bool(a, page, "comment", x->comment);
    node_put(a, page, "fields", x->fields);
    node_put_text(a, page, "rules", "{}");
    node_put_text(a, page, "record", "{}");
    if (x->failed) node_put(a, page, "issues", page_issues(w, x->form, x->failed));
    if (w->cx.err && w->cx.err != E_INPUT) return false;
    cx_clear(&w->cx);
    page_end(w, q, r, "move", page);
    if (x->failed) r->status = err_status(x->failed->err ? x->failed->err : E_INPUT);
    return true;
}

static const char *back_of(const Request *q)
{
    const char *posted = node_text(node_find(q->form, "_back"));
    return posted ? posted : request_arg(q, "back");
}

/* The failure so far, kept aside; false: not one that a form can show. */
static bool keep(Work *w, Cx *failed)
{
    if (w->cx.err == E_MISSING || w->cx.err == E_LOGIN) return false;
    *failed = cx_begin(w->cx.a, w->cx.lang);
    cx_copy(failed, &w->cx);
    cx_clear(&w->cx);
    return true;
}

/* ---- moves ---- */
MUST static bool find_offer(Work *w, const Request *q, Record *r, MoveOffer *out)
{
    MoveOffer *offer;
    int n;

    if (!move_offers(w, r, &offer, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (!str_eq(offer[i].transition->key, q->segment[2])) continue;
        *out = offer[i];
        return true;
    }
    return cx_fail(&w->cx, E_INPUT, "there is no such move from here");
}

static bool show_move(Work *w, const Request *q, Response *r, Record *rec, const MoveOffer *o,
    const Node *input, const Cx *failed)
{
    Arena *a = w->cx.a;
    const Transition *t = o->transition;
    const char *label = label_show(&t->label, w->cx.lang, t->key);
    Cx refused = cx_begin(a, w->cx.lang);
    Asked x = { .form = rec->form, .r = rec, .title = label, .submit = label,
        .what = arena_printf(a, "move/%s", t->key), .back = back_of(q), .comment = true,
        .guide = page_say(w, "Moves on to “%s”.",
            transition_target(w->cx.a, t, w->cx.lang)),
        .fields = node_list(a), .failed = failed };

    if (!o->allowed && !failed) {
        refused.err = E_INPUT;
        refused.text = o->why;
        x.failed = &refused;
        x.submit = NULL;
        x.comment = false;
    }
    for (int i = 0; o->allowed && i < t->nrequire; i++) {
        Node *field = page_field(w, &(FieldAsk){ .r = rec, .f = t->require[i], .input = input,
            .issues = failed, .always = true });
        if (field) node_add(a, x.fields, field);
    }
    return show(w, q, r, &x);
}

bool page_move(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Record *rec;
    MoveOffer offer;
    int64_t id;

    return request_record(w, q, &f, &id) && query_one(w, f, id, &rec)
        && find_offer(w, q, rec, &offer) && show_move(w, q, r, rec, &offer, NULL, NULL);
}

/* What was left as it stands needs no right to be written. */
static void drop_unchanged(Work *w, Node *body, const Record *r)
{
    for (int i = body->n - 1; i >= 0; i--) {
        const Field *f = form_field(r->form, body->item[i]->key);
        const char *text = node_text(body->item[i]);
        if (f && text && str_eq(text, page_value_text(w, f, record_get(r, f))))
            node_remove(body, f->key);
    }
}

/* Back to the record or to the board; `moved` tells what could be taken back. */
static const char *after_move(Work *w, const Form *f, int64_t id, const char *back,
    const char *from)
{
    Arena *a = w->cx.a;
    const char *here = page_href(a, f, id);

    if (!back || str_eq(back, here)) return page_url(a, here, "moved", from, NULL);
    return page_url(a, back, "moved", from, "record",
        arena_printf(a, "%lld", (long long)id), NULL);
}

bool page_move_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Record *rec;
    MoveOffer offer;
    Saved saved;
    Cx failed;
    int64_t id;

    if (!request_record(w, q, &f, &id) || !query_one(w, f, id, &rec)) return false;
    Node *input = form_body(w, f, q->form, false), *body = node_copy(w->cx.a, input);
    drop_unchanged(w, body, rec);
    SaveAsk ask = { .form = f, .id = id, .body = body, .transition = q->segment[2],
        .comment = node_text(node_find(q->form, "_comment")), .force_warned = true };
    const char *from = rec->stage ? rec->stage->key : "1";
    if (save_record(w, &ask, &saved)) {
        const char *there = page_back(back_of(q), page_href(w->cx.a, f, id));
        if (saved.waits)
            response_redirect(&w->cx, r, page_url(w->cx.a, there, "waits", "1", NULL));
        else response_redirect(&w->cx, r, after_move(w, f, id, page_back(back_of(q), NULL), from));
        return true;
    }
    if (!keep(w, &failed)) return false;
    if (find_offer(w, q, rec, &offer)) return show_move(w, q, r, rec, &offer, input, &failed);
    cx_clear(&w->cx);
    cx_copy(&w->cx, &failed);
    return false;
}

/* ---- actions ---- */
static const char *control_of(const Param *p)
{
    static const char *const known[] = { "text", "number", "boolean", "date", "datetime" };
    if (str_in(p->type, known, LEN(known))) return p->type;
    return p->noption || str_eq(p->type, "role") || str_eq(p->type, "form") ? "choice"
        : str_eq(p->type, "user") || str_eq(p->type, "department") ? p->type : "text";
}

static void add_people(Work *w, Node *options, const Form *f, const Param *p, const char *now)
{
    Field like = { .key = p->key, .form = (Form *)f, .to = app_form(w->app, p->type) };
    Choice *list;
    bool more;
    int n;

    if (!choice_list(w, &like, NULL, NULL, 200, &list, &n, &more)) return;
    for (int i = 0; i < n; i++) {
        const char *id = arena_printf(w->cx.a, "%lld", (long long)list[i].id);
        page_option(w->cx.a, options, id, list[i].title, str_eq(id, now));
    }
}

static Node *param_node(Work *w, const Form *f, const Param *p, const Node *input)
{
    Arena *a = w->cx.a;
    const App *app = w->app;
    const char *now = node_text(node_find(input, p->key));
    Node *out = page_field_blank(w, p->key, NULL, label_show(&p->label, w->cx.lang, p->key),
        control_of(p));
    Node *options = node_put(a, out, "options", node_list(a));

    node_put_text(a, out, "value", now ? now : "");
    node_put_bool(a, out, "required", p->required);
    for (int i = 0; i < p->noption; i++)
        page_option(a, options, p->option[i], p->option[i], str_eq(p->option[i], now));
    for (int i = 0; str_eq(p->type, "role") && i < app->nrole; i++)
        page_option(a, options, app->role[i].key,
            label_show(&app->role[i].label, w->cx.lang, app->role[i].key),
            str_eq(app->role[i].key, now));
    for (int i = 0; str_eq(p->type, "form") && i < app->nform; i++)
        page_option(a, options, app->form[i]->key, form_label(app->form[i], w->cx.lang),
            str_eq(app->form[i]->key, now));
    if (str_eq(p->type, "user") || str_eq(p->type, "department"))
        add_people(w, options, f, p, now);
    return out;
}

MUST static bool find_action(Work *w, const Request *q, const Form *f, Press *out)
{
    if (press_find(w, f, q->segment[2], out)) return true;
    return cx_fail(&w->cx, E_MISSING, "there is no such action");
}

static bool show_action(Work *w, const Request *q, Response *r, Record *rec, const Press *x,
    const Node *input, const Cx *failed)
{
    const char *label = label_show(x->label, w->cx.lang, x->name);
    Asked asked = { .form = rec->form, .r = rec, .title = label, .submit = label,
        .what = arena_printf(w->cx.a, "action/%s", x->name), .back = back_of(q),
        .fields = node_list(w->cx.a), .failed = failed };

    for (int i = 0; i < x->nparam; i++)
        node_add(w->cx.a, asked.fields, param_node(w, rec->form, &x->param[i], input));
    return show(w, q, r, &asked);
}

bool page_action(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Press x;
    Record *rec;
    int64_t id;

    return request_record(w, q, &f, &id) && query_one(w, f, id, &rec)
        && find_action(w, q, f, &x) && show_action(w, q, r, rec, &x, NULL, NULL);
}

/* Texts of a form as the values that it declared. */
static Node *params_of(Work *w, const Press *x, const Node *body)
{
    Arena *a = w->cx.a;
    Node *out = node_map(a);

    for (int i = 0; i < x->nparam; i++) {
        const Param *p = &x->param[i];
        const Node *n = node_find(body, p->key);
        const char *text = n ? node_text(n) : NULL;
        char *end = NULL;
        if (!text || !*text) continue;
        double number = strtod(text, &end);
        bool numeric = !*end && number == number && number < 1e15 && number > -1e15;
        if (str_eq(p->type, "boolean"))
            node_put_bool(a, out, p->key, str_eq(text, "true"));
        else if (numeric && (str_eq(p->type, "number") || str_eq(p->type, "user")
                || str_eq(p->type, "department")))
            node_put(a, out, p->key, node_new_number(a, text));
        else
            node_put_text(a, out, p->key, text);
    }
    return out;
}

bool page_action_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Press x;
    Record *rec;
    Saved saved;
    Cx failed;
    int64_t id;

    if (!request_record(w, q, &f, &id) || !query_one(w, f, id, &rec)
        || !find_action(w, q, f, &x)) return false;
    Node *body = form_body(w, f, q->form, false);
    if (save_action(w, f, id, x.name, params_of(w, &x, body), &saved)) {
        response_redirect(&w->cx, r,
            page_url(w->cx.a, page_href(w->cx.a, f, id), "done", "1", NULL));
        return true;
    }
    return keep(w, &failed) && show_action(w, q, r, rec, &x, body, &failed);
}

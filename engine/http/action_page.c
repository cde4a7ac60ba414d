/*
 * action_page.c — what a button asks for, on one record or on several that were ticked in a list:
 * asked once, then done to each by itself.
 */
#include "http/form_post.h"
#include "http/handlers.h"
#include "http/several.h"
#include "http/small_form.h"
#include "data/choice.h"
#include "data/press.h"
#include "data/readable.h"
#include "data/save.h"

#include <stdlib.h>

enum { NAMED = 5 };

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

static const char *issue_of(const Cx *failed, const Param *p)
{
    for (int i = 0; failed && i < failed->nissue; i++)
        if (str_eq(failed->issue[i].at.field, p->key)) return failed->issue[i].text;
    return NULL;
}

static Node *param_node(Work *w, const Form *f, const Param *p, const Node *input,
    const Cx *failed)
{
    Arena *a = w->cx.a;
    const App *app = w->app;
    const char *now = node_text(node_find(input, p->key));
    Node *out = page_field_blank(w, p->key, NULL, label_show(&p->label, w->cx.lang, p->key),
        control_of(p));
    Node *options = node_put(a, out, "options", node_list(a));

    node_put_text(a, out, "value", now ? now : "");
    node_put_text(a, out, "issue", issue_of(failed, p));
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

MUST static bool find_action(Work *w, const Form *f, const char *name, Press *out)
{
    return press_find(w, f, name, out) || cx_fail(&w->cx, E_MISSING, "there is no such action");
}

/* An issue with what was asked leads to its input; any other stands alone. */
static Node *issues_of(Work *w, const Form *f, const Press *p, const Node *fields, const Cx *failed)
{
    Node *list = page_issues(w, f, failed);

    for (int i = 0; i < failed->nissue; i++) {
        const char *at = failed->issue[i].at.field;
        node_put_text(w->cx.a, list->item[i], "id", NULL);
        for (int k = 0; k < p->nparam; k++) {
            if (!str_eq(at, p->param[k].key)) continue;
            node_put_text(w->cx.a, list->item[i], "id", node_text(node_find(fields->item[k], "id")));
            node_put_text(w->cx.a, list->item[i], "label",
                node_text(node_find(fields->item[k], "label")));
        }
    }
    return list;
}

static bool show(Work *w, const Request *q, Response *r, const Press *p, const Node *input,
    SmallForm *x)
{
    x->title = x->submit = label_show(p->label, w->cx.lang, p->name);
    x->back = small_form_back(q);
    x->fields = node_list(w->cx.a);
    for (int i = 0; i < p->nparam; i++)
        node_add(w->cx.a, x->fields, param_node(w, x->form, &p->param[i], input, x->failed));
    if (x->failed) x->issues = issues_of(w, x->form, p, x->fields, x->failed);
    return small_form_show(w, q, r, x);
}

/* ---- one record ---- */
static bool show_one(Work *w, const Request *q, Response *r, Record *rec, const Press *p,
    const Node *input, const Cx *failed)
{
    return show(w, q, r, p, input, &(SmallForm){ .form = rec->form, .r = rec, .failed = failed,
        .action = page_below(w->cx.a, rec->form, record_id(rec),
            arena_printf(w->cx.a, "action/%s", p->name)) });
}

bool page_action(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Press p;
    Record *rec;
    int64_t id;

    return request_record(w, q, &f, &id) && query_one(w, f, id, &rec)
        && find_action(w, f, q->segment[2], &p) && show_one(w, q, r, rec, &p, NULL, NULL);
}

bool page_action_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Press p;
    Record *rec;
    Saved saved;
    Cx failed;
    int64_t id;

    if (!request_record(w, q, &f, &id) || !query_one(w, f, id, &rec)
        || !find_action(w, f, q->segment[2], &p)) return false;
    Node *body = form_body(w, f, q->form, false);
    if (save_action(w, f, id, p.name, params_of(w, &p, body), &saved)) {
        response_redirect(&w->cx, r,
            page_url(w->cx.a, page_href(w->cx.a, f, id), "done", "1", NULL));
        return true;
    }
    return small_form_keep(w, &failed) && show_one(w, q, r, rec, &p, body, &failed);
}

/* ---- several records ---- */

/* "On each of 7 records: A, B, C, D, E …"; NULL on a failure. */
static const char *guide(Work *w, const Form *f, const int64_t *id, int n)
{
    Str s = str_begin(w->cx.a);
    int named = 0;

    if (!several_titles(w, f, id, n < NAMED ? n : NAMED)) return NULL;
    for (int i = 0; i < n && i < NAMED; i++) {
        const char *title = readable_title(w, f, id[i]);
        if (w->cx.err) return NULL;
        if (title && *title) str_printf(&s, "%s%s", named++ ? ", " : "", title);
    }
    if (named && n > NAMED) str_add(&s, " …");
    return page_say(w, "On each of these records, %d: %s", n, str_show(&s));
}

static bool show_several(Work *w, const Request *q, Response *r, const Form *f, const Press *p,
    const int64_t *id, int n, const Node *input, const Cx *failed)
{
    const char *text = guide(w, f, id, n);

    return text && show(w, q, r, p, input, &(SmallForm){ .form = f, .id = id, .nid = n,
        .guide = text, .failed = failed,
        .action = arena_printf(w->cx.a, "/several/%s/%s", f->key, p->name) });
}

/* The list's ticks come as `record`, the form that asks brings them back as `_record`. */
bool page_several_post(Work *w, const Request *q, Response *r)
{
    const Form *f = request_form(w, q);
    Press p;
    int64_t *id;
    Cx failed;
    bool asked = node_find(q->form, "_record") != NULL;
    int n;

    if (!f || !perm_may(w, f, ACT_READ))
        return w->cx.err ? false : cx_fail(&w->cx, E_MISSING, "there is no such form");
    if (!find_action(w, f, q->segment[1], &p)
        || !several_ticked(w, q, asked ? "_record" : "record", &id, &n)) return false;
    const char *label = label_show(p.label, w->cx.lang, p.name);
    if (n && !asked) return show_several(w, q, r, f, &p, id, n, NULL, NULL);
    Node *body = form_body(w, f, q->form, false), *params = params_of(w, &p, body);
    if (n && !press_fits(w, &p, params))
        return small_form_keep(w, &failed) && show_several(w, q, r, f, &p, id, n, body, &failed);
    return several_page(w, q, r, f, id, n, &(Several){ .run = several_press,
        .arg = &(Pressing){ p.name, params }, .label = label });
}

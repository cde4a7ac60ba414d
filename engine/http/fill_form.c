/*
 * fill_form.c — the values of publish_fields.html. An input fits the type of its field; whatever one gives
 * is read as the field itself reads it.
 */
#include "http/fill_form.h"
#include "http/page.h"
#include "base/i18n.h"

#define LEAD "fill."

int fill_values(Work *w, const Request *q, const PlanFill **out)
{
    PlanFill *fill = ARENA_ARRAY(w->cx.a, PlanFill, q->form ? q->form->n + 1 : 1);
    int n = 0;

    for (int i = 0; q->form && i < q->form->n; i++) {
        const Node *one = q->form->item[i];
        const char *text = node_text(one);
        if (text && *text && str_starts(one->key, LEAD))
            n += plan_fill_read(w->cx.a, one->key + sizeof LEAD - 1, one, &fill[n]);
    }
    *out = fill;
    return n;
}

static const char *control(const char *type)
{
    static const char *const own[] = { "date", "time", "email", "url" };

    return str_eq(type, "datetime") ? "datetime-local" : str_in(type, own, LEN(own)) ? type : "text";
}

static void add_options(Work *w, Node *list, const Node *fill, const char *now)
{
    const Node *options = node_find(fill, "options");
    bool yes_no = str_eq(node_text(node_find(fill, "type")), "boolean");

    if (!options->n && !yes_no) return;
    page_option(w->cx.a, list, "", "–", !now || !*now);
    if (yes_no) {
        page_option(w->cx.a, list, "true", i18n_text(w->cx.lang, "yes"), str_eq(now, "true"));
        page_option(w->cx.a, list, "false", i18n_text(w->cx.lang, "no"), str_eq(now, "false"));
    }
    for (int i = 0; i < options->n; i++) {
        const char *value = node_text(node_find(options->item[i], "value"));
        page_option(w->cx.a, list, value, node_text(node_find(options->item[i], "label")), str_eq(now, value));
    }
}

static const char *issue_at(const Cx *wrong, const char *name)
{
    for (int i = 0; wrong && i < wrong->nissue; i++)
        if (str_eq(wrong->issue[i].at.field, name)) return wrong->issue[i].text;
    return NULL;
}

void fill_inputs(Work *w, const Request *q, Node *page, const Proposal *p, const Cx *wrong)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "fills", node_list(a));

    for (int i = 0; p->fills && i < p->fills->n; i++) {
        const Node *fill = p->fills->item[i];
        const char *name = arena_printf(a, LEAD "%s", node_text(node_find(fill, "name")));
        const char *now = node_text(node_find(q->form, name));
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "name", name);
        node_put(a, one, "form", node_copy(a, node_find(fill, "form")));
        node_put(a, one, "label", node_copy(a, node_find(fill, "label")));
        node_put(a, one, "rows", node_copy(a, node_find(fill, "rows")));
        node_put_text(a, one, "type", control(node_text(node_find(fill, "type"))));
        node_put_text(a, one, "value", now);
        node_put_text(a, one, "issue", issue_at(wrong, name));
        add_options(w, node_put(a, one, "options", node_list(a)), fill, now);
    }
}

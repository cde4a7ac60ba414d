/*
 * page_layout.c — which sections stand above the tabs, and which in which of them.
 *
 * A tab's own fields are a section without a heading, its first one.
 */
#include "http/page.h"

static Node *new_tab(Work *w, Node *tabs, const Section *s, int i)
{
    Arena *a = w->cx.a;
    Node *tab = node_add(a, tabs, node_map(a));

    node_put_text(a, tab, "id", arena_printf(a, "tab-%d", i));
    node_put_text(a, tab, "label", label_show(&s->label, w->cx.lang, ""));
    return node_put(a, tab, "sections", node_list(a));
}

static void hide_where_nothing_shows(Arena *a, Node *tabs)
{
    for (int i = 0; i < tabs->n; i++) {
        const Node *sections = node_find(tabs->item[i], "sections");
        bool hidden = true;
        for (int k = 0; k < sections->n; k++) {
            const Node *h = node_find(sections->item[k], "hidden");
            hidden = hidden && h && h->b;
        }
        node_put_bool(a, tabs->item[i], "hidden", hidden);
    }
}

void page_layout(Work *w, Node *page, const Form *f, Node *const *section)
{
    Arena *a = w->cx.a;
    Node *above = node_put(a, page, "sections", node_list(a)), *into = above;
    Node *all = node_list(a), *tabs = node_put(a, page, "tabs", node_list(a));

    for (int i = 0; i < f->nsection; i++) {
        const Section *s = &f->section[i];
        if (s->tab) into = new_tab(w, all, s, i);
        if (!section[i]) continue;
        node_put_text(a, section[i], "label",
            s->tab ? NULL : label_show(&s->label, w->cx.lang, ""));
        node_add(a, into, section[i]);
    }
    for (int i = 0; i < all->n; i++)
        if (node_find(all->item[i], "sections")->n) node_add(a, tabs, all->item[i]);
    hide_where_nothing_shows(a, tabs);
}

const char *page_width(const Field *f)
{
    if (str_eq(f->width, "full")) return " w-full";
    if (str_eq(f->width, "half")) return " w-half";
    if (str_eq(f->width, "third")) return " w-third";
    if (str_eq(f->width, "quarter")) return " w-quarter";
    return "";
}

/*
 * page_part.c — a part is drawn by page_field like any field; what was typed for it stands in
 * the map of its whole.
 */
#include "http/page_part.h"
#include "def/types.h"

void page_stars(Work *w, Node *out, const Field *f, const char *value)
{
    Arena *a = w->cx.a;
    Node *options = node_put(a, out, "options", node_list(a));

    for (int i = 1; i <= f->max.i; i++) {
        const char *n = arena_printf(a, "%d", i);
        page_option(a, options, n, arena_printf(a, "%d/%d", i, (int)f->max.i), str_eq(value, n));
    }
}

void page_parts(Work *w, Node *out, const FieldAsk *ask)
{
    Arena *a = w->cx.a;
    const Field *f = ask->f;
    Node *parts = node_put(a, out, "parts", node_list(a));
    bool fixed = false;

    if (!node_bool(node_find(out, "readonly"), &fixed)) fixed = false;
    for (int i = 0; i < f->npart; i++) {
        FieldAsk part = *ask;
        part.f = f->part[i];
        part.input = node_find(ask->input, f->name.key);
        part.clash = NULL;
        Node *one = page_field(w, &part);
        if (!one) continue;
        if (fixed) node_put_bool(a, one, "readonly", true);
        node_put_bool(a, one, "required", false);
        node_add(a, parts, one);
    }
}

Node *page_bare(Work *w, const FieldAsk *ask)
{
    const Field *f = ask->f;

    if (f->type == &type_button) return NULL;
    Node *out = page_field_blank(w, f->key, ask->at, field_label(f, w->cx.lang), f->type->name);

    if (!f->label.n) node_put_text(w->cx.a, out, "label", NULL);
    node_put_text(w->cx.a, out, "text", label_show(&f->text, w->cx.lang, NULL));
    node_put_bool(w->cx.a, out, "bare", true);
    return out;
}

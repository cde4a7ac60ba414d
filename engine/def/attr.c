/*
 * attr.c — the check of keys against a table of attributes: known, and beside what they need.
 */
#include "def/attr.h"

#define MOST_KEYS 64

static const AttrVariants variants[] = {
    { "view", "type", view_variants, true },
    { "filter", "type", filter_variants, false },
    { "card", "chart", card_variants, false },
};

const AttrVariants *attr_variants(const char *shape)
{
    for (int i = 0; i < LEN(variants); i++)
        if (str_eq(variants[i].shape, shape)) return &variants[i];
    return NULL;
}

const AttrVariant *attr_variant_of(const AttrVariants *v, const Node *map)
{
    const Node *by = node_find(map, v->by);

    if (!by) return v->preset ? v->of : NULL;
    for (const AttrVariant *one = v->of; one->name; one++)
        if (str_eq(one->name, node_text(by))) return one;
    return NULL;
}

void attr_check_keys(Cx *cx, const Node *map, const Attr *table)
{
    const char *known[MOST_KEYS] = { 0 }, *later[MOST_KEYS] = { 0 };
    int nknown = 0, nlater = 0;
    for (const Attr *a = table; a && a->key; a++) {
        BUG_IF(nknown + nlater >= MOST_KEYS - 1);
        if (a->kind == ATTR_LATER) later[nlater++] = a->key;
        else known[nknown++] = a->key;
    }
    node_check_keys(cx, map, known, later);
    for (const Attr *a = table; a && a->key; a++) {
        const Node *n = a->with ? node_find(map, a->key) : NULL;
        if (n && !node_find(map, a->with))
            cx_issue(cx, node_key_place(n), "does_not_fit", "`%s` belongs to `%s`", a->key,
                a->with);
    }
}

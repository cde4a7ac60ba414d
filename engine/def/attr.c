/*
 * attr.c — the check of keys against a table of attributes: known, and beside what they need.
 */
#include "def/attr.h"

#define MOST_KEYS 64

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

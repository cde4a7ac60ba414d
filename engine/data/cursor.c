/*
 * cursor.c — where a page of a list ended: the values of its order, sealed:
 *
 *     ["form", "-amount,id", [12050, 7]]
 */
#include "data/query_in.h"
#include "data/seal.h"
#include "base/node_json.h"

#include <stdlib.h>
#include <string.h>

char *cursor_write(Work *w, const Form *f, const Order *o, const Val *at)
{
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);

    json_list(&j);
    json_text(&j, f->key);
    json_text(&j, o->text);
    json_list(&j);
    for (int i = 0; i < o->n; i++) json_val(&j, at[i]);
    json_list_end(&j);
    json_list_end(&j);
    return seal_write(w, "cursor", str_show(&s));
}

static bool value_of(Arena *a, const Node *n, Val *out)
{
    int64_t i;

    *out = val_blank();
    if (node_is(n, NODE_NULL)) return true;
    if (node_is(n, NODE_TEXT)) {
        *out = val_text(arena_dup(a, n->text));
        return true;
    }
    if (!node_is(n, NODE_NUMBER)) return false;
    *out = node_int(n, &i) ? val_int(i) : val_real(strtod(n->text, NULL));
    return true;
}

bool cursor_read(Work *w, const Form *f, const Order *o, const char *text, Val *at)
{
    char *body = seal_read(w, "cursor", text);
    Node *n = body ? json_parse(&w->cx, body, strlen(body)) : NULL;
    bool ok = node_is(n, NODE_LIST) && n->n == 3 && str_eq(node_text(n->item[0]), f->key)
        && str_eq(node_text(n->item[1]), o->text) && node_is(n->item[2], NODE_LIST)
        && n->item[2]->n == o->n;

    for (int i = 0; ok && i < o->n; i++) ok = value_of(w->cx.a, n->item[2]->item[i], &at[i]);
    return ok || cx_fail(&w->cx, E_SYNTAX, "this cursor does not belong to this list");
}

/*
 * type_list.c — what fields of several values share, and lists of records.
 */
#include "def/types.h"

enum { MAX_ITEMS = 1000 };

bool list_input(Cx *cx, const Field *f, const Node *in, const Zone *zone, ListItem one, Val *out)
{
    *out = val_blank();
    if (node_blank(in)) return true;
    bool list = in->kind == NODE_LIST;
    int n = list ? in->n : 1, count = 0;
    if (n > MAX_ITEMS)
        return cx_issue(cx, at_field(f->key), "too_many", "holds too many values");
    Val *item = ARENA_ARRAY(cx->a, Val, n + 1);
    for (int i = 0; i < n; i++) {
        Val v;
        if (!one(cx, f, list ? in->item[i] : in, zone, &v)) return false;
        bool again = val_is_blank(v);
        for (int k = 0; k < count && !again; k++) again = val_eq(item[k], v);
        if (!again) item[count++] = v;
    }
    *out = val_list(item, count);
    return true;
}

const char *list_comma(const Show *as)
{
    return str_eq(as->lang, "zh") ? "、" : ", ";
}

bool records_input(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    return list_input(cx, f, in, zone, record_input, out);
}

void records_show(const Field *f, Val v, const Show *as, Str *out)
{
    for (int i = 0; i < v.n; i++) {
        if (i) str_add(out, list_comma(as));
        record_show(f, v.list[i], as, out);
    }
}

void links_json(const Field *f, Val v, Json *out)
{
    json_list(out);
    for (int i = 0; i < v.n; i++) link_json(f, v.list[i], out);
    json_list_end(out);
}

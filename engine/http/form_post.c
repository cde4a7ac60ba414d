/*
 * form_post.c — flat names to a body, and two people on one record: what each of them changed
 * is told by comparing with what the form showed when it was opened.
 */
#include "http/form_post.h"
#include "def/types.h"
#include "data/record_row.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 10000 };

static const char *one_line_end(Arena *a, const char *text)
{
    if (!text || !strchr(text, '\r')) return text;
    Str s = str_begin(a);
    for (const char *p = text; *p; p++)
        if (*p != '\r') str_add_char(&s, *p);
        else if (p[1] != '\n') str_add_char(&s, '\n');
    return str_show(&s);
}

/* The last value where there are several. */
static Node *scalar(Arena *a, const Node *n)
{
    if (n->kind == NODE_LIST) n = n->n ? n->item[n->n - 1] : NULL;
    return node_new_text(a, one_line_end(a, n && node_text(n) ? node_text(n) : ""));
}

/* All values but the empty one that says "none of them". */
static Node *several(Arena *a, const Node *n)
{
    Node *list = node_list(a);

    if (n->kind != NODE_LIST) {
        if (!node_blank(n)) node_add(a, list, node_new_text(a, node_text(n)));
        return list;
    }
    for (int i = 0; i < n->n; i++)
        if (!node_blank(n->item[i])) node_add(a, list, node_new_text(a, node_text(n->item[i])));
    return list;
}

/* `key[]` is a list, "address.city" stands in the map of its field. */
static void put_value(Arena *a, Node *map, const char *key, const Node *posted)
{
    size_t n = strlen(key);
    const char *dot = strchr(key, '.');

    if (n > 2 && str_ends(key, "[]")) {
        node_put(a, map, arena_dup_n(a, key, n - 2), several(a, posted));
    } else if (dot) {
        const char *outer = arena_dup_n(a, key, (size_t)(dot - key));
        Node *inner = node_find(map, outer);
        if (!node_is(inner, NODE_MAP)) inner = node_put(a, map, outer, node_map(a));
        node_put(a, inner, dot + 1, scalar(a, posted));
    } else {
        node_put(a, map, key, scalar(a, posted));
    }
}

typedef struct Row { int at; Node *map; bool removed; } Row;
typedef struct RowSet { Row *row; int n, cap; int *place; } RowSet;   /* place: by `at`, from 1 */

static Row *row_at(Arena *a, RowSet *set, int at)
{
    if (!set->place) set->place = ARENA_ARRAY(a, int, MAX_ROWS);
    if (!set->place[at]) {
        Row row = { at, node_map(a), false };
        ARENA_PUSH(a, set->row, set->n, set->cap, row);
        set->place[at] = set->n;
    }
    return &set->row[set->place[at] - 1];
}

static int by_place(const void *a, const void *b)
{
    return ((const Row *)a)->at - ((const Row *)b)->at;
}

/* Left blank where a default or a link's `fill` follows what else was chosen: that decides. */
static void leave_defaults(const Form *f, Node *body)
{
    const ExprRead *read;

    for (int i = body->n - 1; i >= 0; i--) {
        const Field *x = form_field(f, body->item[i]->key);
        bool follows = x && (x->filled
            || (x->preset.expr && expr_reads(x->preset.expr, &read)));
        if (follows && node_blank(body->item[i]))
            node_remove(body, x->key);
    }
}

static bool all_blank(const Node *n)
{
    if (n->kind == NODE_LIST) return !n->n;
    if (n->kind != NODE_MAP) return node_blank(n);
    for (int i = 0; i < n->n; i++)
        if (!node_blank(n->item[i])) return false;
    return true;
}

/* A row that holds nothing but what a new row holds anyway. */
static bool is_empty(const Form *child, const Node *row)
{
    if (!node_blank(node_find(row, "id"))) return false;
    for (int i = 0; i < row->n; i++) {
        const Field *f = form_field(child, row->item[i]->key);
        const char *text = node_text(row->item[i]);
        if (!f || f->preset.given || (f->type->store == STORE_BOOL && !str_eq(text, "true")))
            continue;
        if (!all_blank(row->item[i])) return false;
    }
    return true;
}

/* Typed values are texts; a row is named by a number. */
static Node *row_id(Arena *a, const Node *posted)
{
    const char *text = node_text(posted);
    bool number = text && *text && !text[strspn(text, "0123456789")];

    return number ? node_new_int(a, strtoll(text, NULL, 10)) : node_new_text(a, text);
}

static Node *rows_of(Work *w, const Field *f, const Node *posted)
{
    Arena *a = w->cx.a;
    RowSet set = { 0 };
    size_t skip = strlen(f->key) + 1;
    Node *list = node_list(a);

    for (int i = 0; i < posted->n; i++) {
        const char *name = posted->item[i]->key;
        if (!str_starts(name, f->key) || name[skip - 1] != '.') continue;
        char *end;
        long at = strtol(name + skip, &end, 10);
        if (end == name + skip || *end != '.' || at < 0 || at >= MAX_ROWS) continue;
        Row *row = row_at(a, &set, (int)at);
        if (str_eq(end + 1, "_remove")) row->removed = true;
        else put_value(a, row->map, end + 1, posted->item[i]);
    }
    if (set.n) qsort(set.row, (size_t)set.n, sizeof *set.row, by_place);
    for (int i = 0; i < set.n; i++) {
        const Node *id = node_find(set.row[i].map, "id");
        if (set.row[i].removed || is_empty(f->rows, set.row[i].map)) continue;
        if (!id || node_blank(id)) {
            node_remove(set.row[i].map, "id");
            leave_defaults(f->rows, set.row[i].map);
        } else {
            node_put(a, set.row[i].map, "id", row_id(a, id));
        }
        node_add(a, list, set.row[i].map);
    }
    return list;
}

Node *form_body(Work *w, const Form *f, const Node *posted, bool fresh)
{
    Arena *a = w->cx.a;
    Node *body = node_map(a);

    for (int i = 0; posted && i < posted->n; i++) {
        const Node *n = posted->item[i];
        size_t len = strlen(n->key);
        const char *key = len > 2 && str_ends(n->key, "[]") ? arena_dup_n(a, n->key, len - 2) : n->key;
        const char *dot = strchr(key, '.');
        const char *name = dot ? arena_dup_n(a, key, (size_t)(dot - key)) : key;
        const Field *field = form_field(f, name);
        if (key[0] == '_') continue;
        if (field && field_is_rows(field)) {
            if (!node_find(body, field->key))
                node_put(a, body, field->key, rows_of(w, field, posted));
        } else {
            put_value(a, body, n->key, n);
        }
    }
    if (fresh) leave_defaults(f, body);
    return body;
}

static Node *value_node(Work *w, const Record *r, const Field *f);

static Node *row_node(Work *w, const Record *row)
{
    Arena *a = w->cx.a;
    Node *map = node_map(a);

    if (record_id(row))
        node_put_int(a, map, "id", record_id(row));
    for (int i = row->form->nsystem; i < row->form->nfield; i++)
        if (!row->form->field[i]->computed)
            node_put(a, map, row->form->field[i]->key, value_node(w, row, row->form->field[i]));
    return map;
}

static Node *value_node(Work *w, const Record *r, const Field *f)
{
    Arena *a = w->cx.a;
    Val v = record_get(r, f);
    Node *list = node_list(a);

    if (field_is_parts(f)) {
        Node *map = node_map(a);
        for (int i = 0; i < f->npart; i++)
            node_put_text(a, map, f->part[i]->name.key,
                page_value_text(w, f->part[i], record_get(r, f->part[i])));
        return map;
    }
    if (!field_is_rows(f) && (!field_is_list(f) || f->type == &type_tags))
        return node_new_text(a, page_value_text(w, f, v));
    for (int i = 0; v.kind == VAL_LIST && i < v.n; i++)
        if (!field_is_rows(f))
            node_add(a, list, node_new_text(a, page_value_text(w, f, v.list[i])));
        else if (v.list[i].p)
            node_add(a, list, row_node(w, v.list[i].p));
    return list;
}

Node *form_was(Work *w, const Record *r)
{
    Node *was = node_map(w->cx.a);

    for (int i = r->form->nsystem; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        if (!f->computed && !field_is_bare(f) && perm_field(w, r->form, f, r) == RIGHT_FULL)
            node_put(w->cx.a, was, f->key, value_node(w, r, f));
    }
    return was;
}

/* Options keep the order of the definition, values the one they were chosen in. */
static bool same(const Node *a, const Node *b)
{
    if (!a || !b || a->kind != NODE_LIST || b->kind != NODE_LIST || !a->n
        || a->item[0]->kind != NODE_TEXT || a->n != b->n) return a && b && node_eq(a, b);
    for (int i = 0; i < a->n; i++) {
        bool found = false;
        for (int k = 0; k < b->n; k++) found |= node_eq(a->item[i], b->item[k]);
        if (!found) return false;
    }
    return true;
}

void form_leave(Work *w, Node *body, const Record *untouched)
{
    for (int i = body->n - 1; i >= 0; i--) {
        const Field *f = form_field(untouched->form, body->item[i]->key);
        if (!f || !f->readonly.on) continue;
        if (!f->readonly.expr || same(body->item[i], value_node(w, untouched, f)))
            node_remove(body, f->key);
    }
}

/* Of a row that has an id only what was changed: it keeps the rest, or a `fill` brings it. */
static void trim_rows(Node *typed, const Node *before)
{
    int at = 0, n = before ? before->n : 0;

    for (int i = 0; i < typed->n; i++) {
        Node *row = typed->item[i];
        const Node *id = node_find(row, "id"), *was = NULL;
        for (int k = 0; id && k < n && !was; k++) {       /* mostly the next one */
            const Node *next = before->item[(at + k) % n];
            if (!node_eq(node_find(next, "id"), id)) continue;
            was = next;
            at += k + 1;
        }
        for (int k = row->n - 1; was && k >= 0; k--)
            if (!str_eq(row->item[k]->key, "id")
                && same(row->item[k], node_find(was, row->item[k]->key)))
                node_remove(row, row->item[k]->key);
    }
}

void form_merge(Work *w, Node *body, const Node *was, const Record *now, Node **clash)
{
    Node *stands = form_was(w, now);

    *clash = NULL;
    for (int i = body->n - 1; i >= 0; i--) {
        Node *typed = body->item[i];
        const Field *f = form_field(now->form, typed->key);
        const Node *before = node_find(was, typed->key), *here = node_find(stands, typed->key);
        if (!before) continue;
        if (same(typed, before)) {
            node_remove(body, typed->key);
        } else if (here && !same(here, before) && !same(here, typed)) {
            if (!*clash) *clash = node_map(w->cx.a);
            node_put_bool(w->cx.a, *clash, typed->key, true);
        } else if (f && field_is_rows(f) && typed->kind == NODE_LIST) {
            trim_rows(typed, before);
        }
    }
}

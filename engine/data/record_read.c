/*
 * record_read.c — a body from outside, field by field, onto a record.
 *
 * All problems are told at once. A row's issues carry its place: items.0.price.
 */
#include "data/file.h"
#include "data/link.h"
#include "data/perm.h"
#include "data/record_row.h"

static bool links(const Field *f)
{
    return f->name.type.kind == T_RECORD
        || (field_is_list(f) && f->name.type.of == T_RECORD);
}

/* `ann, bob` in a text is two: how a list stands in an address or a cell. */
static Node *by_commas(Work *w, const Field *f, Node *in)
{
    char **piece;

    if (!field_is_list(f) || !node_is(in, NODE_TEXT) || node_blank(in)) return in;
    Node *list = node_list(w->cx.a);
    int n = str_split(w->cx.a, in->text, ',', &piece);
    for (int i = 0; i < n; i++) {
        const char *one = str_trim(w->cx.a, piece[i]);
        if (*one) node_add(w->cx.a, list, node_new_text(w->cx.a, one));
    }
    return list;
}

/* Every item named by login or field becomes an id. NULL after an issue. */
static Node *resolve_all(Work *w, const Field *f, Node *in)
{
    if (!links(f)) return in;
    in = by_commas(w, f, in);
    if (!node_is(in, NODE_LIST)) return link_resolve(w, f, in);
    Node *ids = node_list(w->cx.a);
    for (int i = 0; i < in->n; i++) {
        Node *one = link_resolve(w, f, in->item[i]);
        if (!one) return NULL;
        node_add(w->cx.a, ids, node_copy(w->cx.a, one));
    }
    return ids;
}

/* What stood there already was pointed to by someone who could see it. */
static bool links_exist(Work *w, const Record *r, const Field *f, Val now, Val was)
{
    bool file = field_of_files(f);

    if (now.kind == VAL_REC)
        return val_eq(now, was) || (file ? file_attach(w, r, f, now.i)
            : link_exists(w, f, now.i));
    for (int i = 0; now.kind == VAL_LIST && i < now.n; i++) {
        bool known = false;
        for (int k = 0; was.kind == VAL_LIST && k < was.n; k++)
            known |= val_eq(was.list[k], now.list[i]);
        if (known) continue;
        if (file ? !file_attach(w, r, f, now.list[i].i) : !link_exists(w, f, now.list[i].i))
            return false;
    }
    return true;
}

static void read_value(Work *w, Record *r, const Field *f, Node *in)
{
    int i = f->name.index;
    const Zone *zone = w->who.zone ? w->who.zone : w->app->zone;
    Val v;

    r->given[i] = true;
    if (f->computed) {
        cx_issue(&w->cx, at_field(f->key), "computed", "is computed and cannot be set");
        return;
    }
    in = resolve_all(w, f, in);
    if (!in || !field_read(&w->cx, f, in, zone, &v)) return;
    if (links(f) && !links_exist(w, r, f, v, r->val[i])) return;
    if (val_is_blank(v) && field_val(f) == VAL_BOOL) v = val_bool(false);
    r->val[i] = v;
}

static Record *row_by_id(const Record *r, const Field *f, int64_t id)
{
    Val rows = r->val[f->name.index];

    for (int i = 0; rows.kind == VAL_LIST && i < rows.n; i++)
        if (rows.list[i].i == id) return (Record *)rows.list[i].p;
    return NULL;
}

static void unknown_field(Work *w, const Form *f, const char *key)
{
    const char **keys = ARENA_ARRAY(w->cx.a, const char *, f->nfield + 1);
    int n = 0;

    for (int i = f->nsystem; i < f->nfield; i++)
        if (f->parent || perm_field(w, f, f->field[i], NULL) != RIGHT_HIDDEN)
            keys[n++] = f->field[i]->key;
    const char *near = str_nearest(key, keys, n);
    if (near)
        cx_issue(&w->cx, at_field(key), "unknown_field",
            "there is no such field; did you mean %s?", near);
    else
        cx_issue(&w->cx, at_field(key), "unknown_field", "there is no such field");
}

static void read_row_fields(Work *w, Record *row, const Node *map)
{
    const Form *f = row->form;

    if (!row->given) row->given = ARENA_ARRAY(w->cx.a, bool, f->nfield);
    for (int i = 0; i < map->n; i++) {
        const Field *x = form_field(f, map->item[i]->key);
        if (x && !x->system)
            read_value(w, row, x, map->item[i]);
        else if (!str_eq(map->item[i]->key, "id") && !str_eq(map->item[i]->key, "position"))
            unknown_field(w, f, map->item[i]->key);
    }
}

static Record *read_row(Work *w, Record *r, const Field *f, const Node *in)
{
    const Node *key = node_find(in, "id");
    int64_t id = 0;
    Record *row;

    if (!node_is(in, NODE_MAP)) {
        cx_issue(&w->cx, at_field(f->key), "wrong_kind", "a list of rows is expected");
        return NULL;
    }
    if (key && !node_blank(key) && (!node_int(key, &id) || !row_by_id(r, f, id))) {
        cx_issue(&w->cx, at_field("id"), "unknown_row", "there is no such row");
        return NULL;
    }
    row = id ? record_copy(w, row_by_id(r, f, id)) : record_new(w, f->rows);
    row->parent = r;
    read_row_fields(w, row, in);
    return row;
}

static void prefix_issues(Work *w, int from, const Field *f, int row)
{
    for (int i = from; i < w->cx.nissue; i++) {
        const char *field = w->cx.issue[i].at.field;
        if (field)
            w->cx.issue[i].at.field = arena_printf(w->cx.a, "%s.%d.%s", f->key, row, field);
    }
}

/* The value is the whole list: a row that is not in it goes. */
static void read_rows(Work *w, Record *r, const Field *f, const Node *in)
{
    Val *item = NULL;
    int n = 0, cap = 0;

    r->given[f->name.index] = true;
    if (!node_blank(in) && !node_is(in, NODE_LIST)) {
        cx_issue(&w->cx, at_field(f->key), "wrong_kind", "a list of rows is expected");
        return;
    }
    for (int i = 0; node_is(in, NODE_LIST) && i < in->n; i++) {
        int before = w->cx.nissue;
        Record *row = read_row(w, r, f, in->item[i]);
        prefix_issues(w, before, f, i);
        if (!row) continue;
        Val v = { .kind = VAL_REC, .i = record_id(row), .p = row };
        for (int k = 0; v.i && k < n; k++)
            if (item[k].i == v.i)
                cx_issue(&w->cx, at_field(f->key), "twice", "names a row twice");
        row->val[ROW_POSITION] = val_int(n + 1);
        ARENA_PUSH(w->cx.a, item, n, cap, v);
    }
    r->val[f->name.index] = val_list(item, n);
}

/* A record that was read may be sent back as it was: its own id and version say nothing new. */
static void read_system(Work *w, const Record *r, const Field *f, const Node *in)
{
    int64_t given;
    Val now = record_get(r, f);
    bool same = now.kind == VAL_INT && node_int(in, &given) && given == now.i;
    bool skip = f->name.index == SYS_ID || f->name.index == SYS_VERSION;

    if (f->name.index == SYS_STAGE || (skip && same)) return;
    cx_issue(&w->cx, at_field(f->key), "system", "is set by the system");
}

bool record_read(Work *w, Record *r, const Node *body)
{
    const Form *f = r->form;
    int before = w->cx.nissue;

    if (!r->given) r->given = ARENA_ARRAY(w->cx.a, bool, f->nfield);
    if (!body) return true;
    if (!node_is(body, NODE_MAP))
        return cx_fail(&w->cx, E_INPUT, "an object of fields is expected");
    for (int i = 0; i < body->n; i++) {
        Node *in = body->item[i];
        const Field *x = form_field(f, in->key);
        if (!x)
            unknown_field(w, f, in->key);
        else if (x->system)
            read_system(w, r, x, in);
        else if (field_is_rows(x))
            read_rows(w, r, x, in);
        else if (x->name.kind == NAME_COLUMN || field_is_parts(x) || field_is_list(x))
            read_value(w, r, x, in);
        else
            unknown_field(w, f, in->key);
    }
    return !w->cx.err && w->cx.nissue == before;
}

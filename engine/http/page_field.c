/*
 * page_field.c — one field as a control: its value or what was typed, its options, its issue.
 *
 * What may not be changed here is drawn as a computed value and posts nothing, so that a form
 * never sends what its person may not write.
 */
#include "http/page_part.h"
#include "def/types.h"
#include "data/record_check.h"
#include "data/record_row.h"

#include <stdlib.h>
#include <string.h>

static const char *id_of(Arena *a, const char *name)
{
    char *id = arena_printf(a, "f-%s", name);
    for (char *p = id; *p; p++)
        if (*p == '.') *p = '-';
    return id;
}

static const char *name_of(Arena *a, const char *at, const char *key)
{
    return at ? arena_printf(a, "%s.%s", at, key) : key;
}

Node *page_field_blank(Work *w, const char *key, const char *at, const char *label,
    const char *control)
{
    static const char *const keys[] = { "help", "placeholder", "value", "text", "options",
        "issue", "more", "min", "max", "unit", "currency", "decimals", "align", "rows",
        "columns", "blank", "max_rows", "path", "now", "picks", "seconds",
        "parts", "groups", "within", "other", "files", "accept", "most" };
    static const char *const groups[] = { "choices", "links", "subform", "rating", "parts",
        "location" };
    static const char *const wide[] = { "longtext", "markdown", "subform", "parts",
        "location", "heading", "note" };
    Arena *a = w->cx.a;
    Node *out = node_map(a);
    const char *name = name_of(a, at, key);

    for (int i = 0; i < LEN(keys); i++) node_put(a, out, keys[i], node_new_null(a));
    node_put_text(a, out, "key", key);
    node_put_text(a, out, "name", name);
    node_put_text(a, out, "id", id_of(a, name));
    node_put_text(a, out, "label", label);
    node_put_text(a, out, "control", control);
    node_put_bool(a, out, "required", false);
    node_put_bool(a, out, "readonly", false);
    node_put_bool(a, out, "hidden", false);
    node_put_bool(a, out, "bare", false);
    node_put_bool(a, out, "many", false);
    node_put_bool(a, out, "draws", false);
    node_put_bool(a, out, "group", str_in(control, groups, LEN(groups)));
    node_put_bool(a, out, "wide", str_in(control, wide, LEN(wide)));
    node_put_text(a, out, "width", "");
    return out;
}

const char *page_value_text(Work *w, const Field *f, Val v)
{
    Arena *a = w->cx.a;
    char text[40];

    if (val_is_blank(v)) return "";
    if (str_eq(f->type->name, "phone") && v.p) return v.p;
    if (v.kind == VAL_LIST || (f->type == &type_choice && f->other)) {
        Show show = page_show(w);
        return field_show(a, f, v, &show);
    }
    if (v.kind == VAL_REC) return arena_printf(a, "%lld", (long long)v.i);
    if (v.kind == VAL_BOOL) return v.i ? "true" : "false";
    if (v.kind == VAL_DURATION) return field_show(a, f, v, NULL);
    if (v.kind != VAL_DATETIME) return val_show(a, v);
    datetime_show_local(text, sizeof text, v.i, page_zone(w));
    return arena_dup(a, text);
}

static const char *typed(const FieldAsk *ask)
{
    const Node *n = node_find(ask->input, ask->f->name.key);
    const char *text = n ? node_text(n) : NULL;
    return n ? text ? text : "" : NULL;
}

static void add_bounds(Work *w, Node *out, const Field *f)
{
    Arena *a = w->cx.a;

    node_put_text(a, out, "unit", f->unit);
    node_put_int(a, out, "decimals", f->decimals);
    if (str_eq(f->type->name, "money")) {
        const char *code = f->currency ? f->currency : w->app->currency;
        const char *sign = code ? money_sign(code) : NULL;
        node_put_text(a, out, "currency", sign ? sign : code);
    }
    if (f->has_min) node_put_text(a, out, "min", page_value_text(w, f, f->min));
    if (f->has_max) node_put_text(a, out, "max", page_value_text(w, f, f->max));
}

static const char *issue_of(const FieldAsk *ask, const char *name)
{
    for (int i = 0; ask->issues && i < ask->issues->nissue; i++)
        if (str_eq(ask->issues->issue[i].at.field, name)) return ask->issues->issue[i].text;
    return NULL;
}

static Node *row_node(Work *w, const FieldAsk *ask, const Record *row, const Node *input,
    const char *index)
{
    Arena *a = w->cx.a;
    const Form *child = ask->f->rows;
    Node *out = node_map(a), *cells = node_put(a, out, "cells", node_list(a));
    const char *at = arena_printf(a, "%s.%s", ask->f->key, index);
    const char *id = node_text(node_find(input, "id"));

    node_put_text(a, out, "index", index);
    node_put_text(a, out, "row_name", at);
    node_put_text(a, out, "row_id", id ? id : record_id(row)
        ? arena_printf(a, "%lld", (long long)record_id(row)) : "");
    for (int k = child->nsystem; k < child->nfield; k++) {
        Node *cell = page_field(w, &(FieldAsk){ .r = row, .f = child->field[k], .input = input,
            .at = at, .issues = ask->issues });
        if (cell) node_add(a, cells, cell);
    }
    return out;
}

static Record *row_of(Work *w, const FieldAsk *ask, const Node *input)
{
    Val v = record_get(ask->r, ask->f);
    int64_t id = 0;
    const char *text = node_text(node_find(input, "id"));

    if (text) id = strtoll(text, NULL, 10);
    for (int i = 0; id && v.kind == VAL_LIST && i < v.n; i++)
        if (v.list[i].i == id) return (Record *)v.list[i].p;
    Record *row = record_new(w, ask->f->rows);
    row->parent = (Record *)ask->r;
    Cx before = w->cx;
    if (!input && !record_defaults(w, row, NULL)) w->cx = before;
    return row;
}

static void add_rows(Work *w, Node *out, const FieldAsk *ask)
{
    Arena *a = w->cx.a;
    const Form *child = ask->f->rows;
    const Node *typed_rows = node_find(ask->input, ask->f->key);
    Val v = record_get(ask->r, ask->f);
    Node *columns = node_put(a, out, "columns", node_list(a));
    Node *rows = node_put(a, out, "rows", node_list(a));

    for (int k = child->nsystem; k < child->nfield; k++) {
        Node *column = node_add(a, columns, page_column(w, child->field[k]));
        node_put_bool(a, column, "required", child->field[k]->required.on);
    }
    if (ask->f->max_rows) node_put_int(a, out, "max_rows", ask->f->max_rows);
    for (int i = 0; typed_rows && i < typed_rows->n; i++)
        node_add(a, rows, row_node(w, ask, row_of(w, ask, typed_rows->item[i]),
            typed_rows->item[i], arena_printf(a, "%d", i)));
    for (int i = 0; !typed_rows && v.kind == VAL_LIST && i < v.n; i++)
        if (v.list[i].p)
            node_add(a, rows, row_node(w, ask, v.list[i].p, NULL, arena_printf(a, "%d", i)));
    node_put(a, out, "blank", row_node(w, ask, row_of(w, ask, NULL), NULL, "new"));
}

/* Someone else changed the field meanwhile: what stands there now. */
static void add_now(Work *w, Node *out, const FieldAsk *ask)
{
    if (!ask->clash || !node_find(ask->clash, ask->f->key)) return;
    Node *value = page_value(w, ask->now, ask->f);
    const char *text = node_text(node_find(value, "text"));
    if (field_is_rows(ask->f)) text = page_say(w, "other rows");
    node_put_text(w->cx.a, out, "now", text && *text ? text : "–");
}

static void add_flags(Work *w, Node *out, const FieldAsk *ask)
{
    Arena *a = w->cx.a;
    const Field *f = ask->f;
    Eval env = record_eval(w, ask->r, NULL);
    Cx before = w->cx;

    if (ask->always) {
        node_put_bool(a, out, "required", true);
        return;
    }
    node_put_bool(a, out, "required", flag_holds(&env, &f->required));
    node_put_bool(a, out, "readonly", flag_holds(&env, &f->readonly));
    node_put_bool(a, out, "hidden", !flag_holds(&env, &f->visible));
    w->cx = before;
}

static void add_value(Work *w, Node *out, const FieldAsk *ask)
{
    const Field *f = ask->f;
    const char *text = typed(ask);
    const char *value = text ? text : page_value_text(w, f, record_get(ask->r, f));

    node_put_text(w->cx.a, out, "value", value);
    if (field_is_rows(f)) add_rows(w, out, ask);
    else if (field_is_parts(f)) page_parts(w, out, ask);
    else if (field_of_files(f)) page_file_field(w, out, ask);
    else if (str_eq(f->type->name, "rating")) page_stars(w, out, f, value);
    else page_choices(w, out, ask);
    node_put_bool(w->cx.a, out, "seconds", strlen(value) > 5);
    add_bounds(w, out, f);
}

Node *page_field(Work *w, const FieldAsk *ask)
{
    Arena *a = w->cx.a;
    const Field *f = ask->f;
    Right right = page_right(w, ask->r, f);
    const FieldType *type = f->type;

    if (right == RIGHT_HIDDEN) return NULL;
    if (field_is_bare(f)) {
        Node *words = page_bare(w, ask);
        if (words) add_flags(w, words, ask);
        return words;
    }
    bool shown = f->computed || f->system || right == RIGHT_MASKED
        || (right != RIGHT_FULL && !ask->always);
    Node *out = page_field_blank(w, f->key, ask->at, field_label(f, w->cx.lang),
        shown ? "computed" : page_control(f));
    node_put_text(a, out, "help", label_show(&f->help, w->cx.lang, NULL));
    node_put_text(a, out, "placeholder", label_show(&f->placeholder, w->cx.lang, NULL));
    node_put_text(a, out, "align", (f->value ? f->value : type)->align);
    node_put_text(a, out, "issue", issue_of(ask, name_of(a, ask->at, f->key)));
    node_put_text(a, out, "width", page_width(f));
    if (f->width) node_put_bool(a, out, "wide", false);
    add_flags(w, out, ask);
    if (shown) {
        Node *value = page_value(w, ask->r, f);
        node_put_text(a, out, "text", node_text(node_find(value, "text")));
        if (str_eq(f->type->name, "serial") && val_is_blank(record_get(ask->r, f)))
            node_put_text(a, out, "text", page_say(w, "given when it is saved"));
        node_put(a, out, "files", node_copy(a, node_find(value, "files")));
        node_put(a, out, "rows", node_copy(a, node_find(value, "rows")));
        node_put(a, out, "columns", node_copy(a, node_find(value, "columns")));
        node_put_bool(a, out, "required", false);
    } else {
        add_value(w, out, ask);
        add_now(w, out, ask);
    }
    return out;
}

/* Which control an issue belongs to: items.0.price is one of its own. */
static const char *label_of(Work *w, const Form *f, const char *name, const char **id)
{
    char **part;
    int n = str_split(w->cx.a, name, '.', &part);
    const Field *field = form_field(f, part[0]);

    *id = NULL;
    if (!field) return name;
    if (!field->system) *id = id_of(w->cx.a, name);
    const char *label = field_label(field, w->cx.lang);
    for (int i = 0; n == 2 && i < field->npart; i++)
        if (str_eq(field->part[i]->name.key, part[1]))
            return arena_printf(w->cx.a, "%s, %s", label,
                field_label(field->part[i], w->cx.lang));
    const Field *cell = n >= 3 && field->rows ? form_field(field->rows, part[2]) : NULL;
    if (!cell) return label;
    return arena_printf(w->cx.a, "%s %d, %s", label, atoi(part[1]) + 1,
        field_label(cell, w->cx.lang));
}

Node *page_issues(Work *w, const Form *f, const Cx *failed)
{
    Arena *a = w->cx.a;
    Node *list = node_list(a);

    for (int i = 0; i < failed->nissue; i++) {
        const Issue *issue = &failed->issue[i];
        const char *id = NULL;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label",
            issue->at.field ? label_of(w, f, issue->at.field, &id) : NULL);
        node_put_text(a, one, "id", id);
        node_put_text(a, one, "text", issue->text);
    }
    if (!failed->nissue && failed->text) {
        Node *one = node_add(a, list, node_map(a));
        node_put(a, one, "id", node_new_null(a));
        node_put(a, one, "label", node_new_null(a));
        node_put_text(a, one, "text", failed->text);
    }
    return list;
}

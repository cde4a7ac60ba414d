/*
 * type_link.c — link and links: a record of another form, or several.
 */
#include "def/form.h"
#include "def/types.h"

#include <stdlib.h>

static const char *const on_delete[] = { "restrict", "clear", "cascade" };

static bool link_load(Cx *cx, Field *f, const Node *n)
{
    int on = ref_word(cx, n, "on_delete", on_delete, LEN(on_delete), ON_DELETE_RESTRICT);
    f->on_delete = on < 0 ? ON_DELETE_RESTRICT : (OnDelete)on;
    if (!node_find(n, "to"))
        return cx_issue(cx, node_key_place(n), "no_target", "a link needs `to`, a form");
    return on >= 0;
}

static bool link_link(Cx *cx, App *app, Field *f, const Node *n)
{
    if (node_find(n, "to")) f->to = ref_form(cx, app, node_find(n, "to"));
    return f->to != NULL;
}

static bool bind_fill(Cx *cx, Field *f, const Node *fill)
{
    if (!ref_map(cx, fill)) return true;
    f->fill_to = ARENA_ARRAY(cx->a, const char *, fill->n + 1);
    f->fill_from = ARENA_ARRAY(cx->a, Field *, fill->n + 1);
    for (int i = 0; i < fill->n; i++) {
        const Node *n = fill->item[i];
        Field *into = ref_field_name(cx, f->form, node_key_place(n), n->key);
        Field *from = ref_field(cx, f->to, n);
        if (!into || !from || into->broken || from->broken) continue;
        if (into->system || into->computed || into == f || into->type->store == STORE_ROWS)
            cx_issue(cx, node_key_place(n), "cannot_set", "`%s` cannot be set", into->key);
        else if ((into->npart || from->npart) && into->type != from->type)
            cx_issue(cx, node_place(n), "wrong_type", "`%s` is %s, but `%s` is %s", into->key,
                into->type->name, from->key, from->type->name);
        else if (into->name.type.kind != from->name.type.kind
                || into->name.type.of != from->name.type.of
                || into->name.type.form != from->name.type.form)
            cx_issue(cx, node_place(n), "wrong_type", "`%s` is %s, but `%s` is %s", into->key,
                type_said(cx, into->name.type), from->key,
                type_said(cx, from->name.type));
        else {
            f->fill_to[f->nfill] = into->key;
            into->filled = true;
            f->fill_from[f->nfill++] = from;
        }
    }
    return true;
}

static bool link_bind(Cx *cx, App *app, Field *f, const Node *n)
{
    ExprWhere where = app_where(app, f->to, USE_FILTER);
    where.self = &f->form->names;
    expr_attr(cx, n, "pick", where, T_BOOL, &f->pick);
    bind_fill(cx, f, node_find(n, "fill"));
    if (f->on_delete == ON_DELETE_CLEAR && f->required.on && !f->required.expr)
        return cx_issue(cx, node_key_place(node_find(n, "on_delete")), "does_not_fit",
            "a required link cannot be cleared; use restrict or cascade");
    return true;
}

bool record_input(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    (void)zone;
    int64_t id = 0;
    *out = val_blank();
    if (node_is(in, NODE_MAP)) in = node_find(in, "id");
    if (node_blank(in)) return true;
    const char *text = node_text(in);
    char *end = NULL;
    if (text && in->kind == NODE_TEXT) id = strtoll(text, &end, 10);
    bool fine = end ? *text >= '0' && *text <= '9' && !*end : node_int(in, &id);
    if (!fine || id < 1)
        return cx_issue(cx, at_field(f->key), "no_record", "is no record's id");
    *out = val_rec(id);
    return true;
}

void record_show(const Field *f, Val v, const Show *as, Str *out)
{
    const char *title = as->title ? as->title(as->ctx, f, v.i) : NULL;
    if (title) str_add(out, title);
    else str_printf(out, "#%lld", (long long)v.i);
}

void link_json(const Field *f, Val v, Json *out)
{
    (void)f;
    json_map(out);
    json_key(out, "id");
    json_int(out, v.i);
    json_map_end(out);
}

static const FieldAttr links_attrs[] = {
    { "to", ATTR_FORM, "whose records", "to: customer", .flags = ATTR_NEEDED,
      .label = "Linked form" },
    { "on_delete", ATTR_CHOICE, "when one of the others is deleted: restrict refuses, clear "
      "takes it out, cascade deletes this record with the last of them",
      "on_delete: restrict", ATTR_WORDS(on_delete) },
    { "pick", ATTR_EXPR, "which records are offered; `this.` is the record being edited",
      "pick: \"status = 'active'\"" },
    { 0 },
};

static const FieldAttr link_attrs[] = {
    { "to", ATTR_FORM, "whose records", "to: customer", .flags = ATTR_NEEDED,
      .label = "Linked form" },
    { "on_delete", ATTR_CHOICE, "when the other record is deleted: restrict refuses, clear "
      "empties this field, cascade deletes this record too", "on_delete: restrict", ATTR_WORDS(on_delete) },
    { "pick", ATTR_EXPR, "which records are offered; `this.` is the record being edited",
      "pick: \"status = 'active'\"" },
    { "fill", ATTR_EACH, "fields to copy on choosing: {field here: field there}",
      "fill: {phone: mobile}", .shape = "name",
      .flags = ATTR_REFS },
    { 0 },
};

const FieldType type_link = {
    .name = "link", .label = "Linked record",
    .help = "a record of another form", .store = STORE_REF, .type = T_RECORD,
    .attr = link_attrs, .load = link_load, .link = link_link, .bind = link_bind,
    .read = record_input, .show = record_show, .json = link_json,
};

const FieldType type_links = {
    .name = "links", .label = "Linked records",
    .help = "several records of another form", .store = STORE_LIST,
    .type = T_LIST, .of = T_RECORD, .attr = links_attrs, .load = link_load, .link = link_link,
    .bind = link_bind, .read = records_input, .show = records_show, .json = links_json,
    .control = "links",
};

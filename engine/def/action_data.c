/*
 * action_data.c — steps that read and write records: which ones, and with which values.
 *
 * Other records are chosen by `where` (bare names are theirs, `this` is the record the steps
 * run on) or by `record`, an expression that gives one.
 */
#include "def/action.h"
#include "def/value.h"
#include "def/view.h"

#define QUERY_LIMIT 100                       /* records a `query` gives, unless it says more */
#define QUERY_MOST 1000

static const char as_help[] = "what came of it, by name, for the steps behind it";

const Attr step_create_attrs[] = {
    { "form", ATTR_FORM, "of which form", "form: customer", .flags = ATTR_NEEDED },
    { "values", ATTR_MAP, "its values: a literal, or =expression over this record",
      "values: {name: \"From {name}\", rank: \"=amount\"}", .flags = ATTR_NEEDED | ATTR_FILLED },
    { "as", ATTR_NAME, as_help, "as: made" },
    { 0 },
};
const Attr step_update_attrs[] = {
    { "form", ATTR_FORM, "of which form", "form: payment", .flags = ATTR_NEEDED,
      .unless = "record" },
    { "where", ATTR_EXPR, "which records; `this` is the one the steps run on",
      "where: \"opportunity = this\"", .flags = ATTR_ONE },
    { "record", ATTR_EXPR, "instead of `where`: one record, such as a link or a named value",
      "record: customer", .flags = ATTR_ONE },
    { "set", ATTR_MAP, "its values: a literal, or =expression over the record the steps run on",
      "set: {status: open}", .flags = ATTR_NEEDED | ATTR_FILLED },
    { 0 },
};
const Attr step_upsert_attrs[] = {
    { "form", ATTR_FORM, "of which form", "form: city", .flags = ATTR_NEEDED },
    { "by", ATTR_FIELD, "its unique field", "by: code", .flags = ATTR_NEEDED,
      .label = "Unique field" },
    { "values", ATTR_MAP, "its values, with the one of `by`", "values: {code: \"=name\"}",
      .flags = ATTR_NEEDED | ATTR_FILLED },
    { "as", ATTR_NAME, as_help, "as: made" },
    { 0 },
};
const Attr step_delete_attrs[] = {
    { "form", ATTR_FORM, "of which form", "form: payment", .flags = ATTR_NEEDED,
      .unless = "record" },
    { "where", ATTR_EXPR, "which records; `this` is the one the steps run on",
      "where: \"opportunity = this\"", .flags = ATTR_ONE },
    { "record", ATTR_EXPR, "instead of `where`: one record", "record: customer",
      .flags = ATTR_ONE },
    { 0 },
};
const Attr step_move_attrs[] = {
    { "to", ATTR_TEXT, "the stage it shall reach", "to: second", .flags = ATTR_ONE,
      .label = "To stage" },
    { "name", ATTR_TEXT, "or the transition it shall make", "name: new_one", .flags = ATTR_ONE,
      .label = "Transition" },
    { "record", ATTR_EXPR, "another record; without it the one the steps run on",
      "record: this" },
    { "values", ATTR_MAP, "values given with it", "values: {amount: 1}", .flags = ATTR_FILLED },
    { "comment", ATTR_LABEL, "for the history, with {field}", "comment: \"By rule: {name}\"" },
    { 0 },
};
const Attr step_find_attrs[] = {
    { "form", ATTR_FORM, "of which form", "form: customer", .flags = ATTR_NEEDED },
    { "where", ATTR_EXPR, "which ones; `this` is the record the steps run on",
      "where: \"name = this.name\"" },
    { "sort", ATTR_TEXTS, "fields in order of weight; - before one is downwards",
      "sort: [-rank, name]", .pattern = "^-?[a-z][a-z0-9_]*$" },
    { "as", ATTR_NAME, as_help, "as: same", .flags = ATTR_NEEDED },
    { 0 },
};
const Attr step_query_attrs[] = {
    { "form", ATTR_FORM, "of which form", "form: customer", .flags = ATTR_NEEDED },
    { "where", ATTR_EXPR, "which ones; `this` is the record the steps run on",
      "where: \"name = this.name\"" },
    { "sort", ATTR_TEXTS, "fields in order of weight; - before one is downwards",
      "sort: [-rank, name]", .pattern = "^-?[a-z][a-z0-9_]*$" },
    { "limit", ATTR_INT, "at most so many, 100 without it", "limit: 10", .least = 1,
      .most = QUERY_MOST },
    { "as", ATTR_NAME, as_help, "as: same", .flags = ATTR_NEEDED },
    { 0 },
};

static bool is_map(Cx *cx, const Node *n, const char *what)
{
    if (node_is(n, NODE_MAP)) return true;
    return cx_issue(cx, node_place(n), "wrong_kind", "`%s` is {%s, …}", n->key, what);
}

bool step_values(Cx *cx, App *app, Form *form, Form *target, const Node *map, Step *s)
{
    if (!map || map->kind != NODE_MAP || !map->n)
        return cx_issue(cx, node_place(map ? map : s->at), "no_values",
            "a map of fields and values is expected");
    s->set = ARENA_ARRAY(cx->a, SetTo, map->n);
    for (int i = 0; i < map->n; i++) {
        const Node *n = map->item[i];
        SetTo *to = &s->set[s->nset];
        to->field = ref_field_name(cx, target, node_key_place(n), n->key);
        if (!to->field) continue;
        if (to->field->system || to->field->computed || to->field->type->store == STORE_ROWS
                || field_is_bare(to->field)) {
            cx_issue(cx, node_key_place(n), "cannot_set", "`%s` cannot be set", n->key);
            continue;
        }
        if (value_load(cx, to->field, n, step_where(app, form), true, &to->value)) s->nset++;
    }
    return true;
}

static bool no_record(Cx *cx, const Node *n)
{
    return cx_issue(cx, node_key_place(n), "no_record", "there is no record here");
}

/* The form of other records that a step speaks of. */
static bool load_form(Cx *cx, App *app, const Node *n, bool writes, Step *s)
{
    const Node *form = node_find(n, "form");
    if (!form) return cx_issue(cx, node_place(n), "no_form", "`%s` needs `form`", n->key);
    s->form = ref_form(cx, app, form);
    if (!s->form) return false;
    for (const struct StepName *k = app->named; k; k = k->up)
        if (form_field(s->form, k->name))
            return cx_issue(cx, node_place(form), "name_taken", "`%s` is a field of `%s`; take "
                "another name", k->name, s->form->key);
    if (!writes || !s->form->builtin) return true;
    return str_eq(n->key, "create")
        ? cx_issue(cx, node_place(form), "cannot_create",
            "records of `%s` cannot be made by a step", s->form->key)
        : cx_issue(cx, node_place(form), "cannot_change",
            "records of `%s` cannot be changed by a step", s->form->key);
}

static bool load_where(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    ExprWhere where = app_where(app, s->form, USE_FILTER);
    where.self = form ? &form->names : NULL;
    return expr_attr(cx, n, "where", where, T_BOOL, &s->where);
}

static bool load_as(Cx *cx, App *app, Form *form, const Node *n, TypeKind kind, Step *s)
{
    const Node *as = node_find(n, "as");
    Type t = { .kind = kind, .of = kind == T_LIST ? T_RECORD : T_ANY, .decimals = -1,
        .form = &s->form->names };
    if (!as) return true;
    s->as = node_text(as);
    return step_name(cx, app, form, node_place(as), s->as, t);
}

/* `record`, an expression that gives one of a form of the app. */
static bool load_record(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    const Node *at = node_find(n, "record");
    if (!expr_node(cx, at, step_where(app, form), T_ANY, &s->record)) return false;
    Type t = expr_type(s->record);
    s->form = t.form ? (Form *)t.form->form : NULL;
    if (t.kind != T_RECORD || !s->form)
        return cx_issue(cx, node_place(at), "wrong_type", "a record is expected, this is %s",
            type_said(cx, t));
    if (s->form->parent || s->form->builtin)
        return cx_issue(cx, node_place(at), "cannot_change",
            "records of `%s` cannot be changed by a step", s->form->key);
    return true;
}

/* Which records: `record`, or `form` and `where`. */
static bool load_which(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    const Node *record = node_find(n, "record"), *where = node_find(n, "where");
    if (!record == !where)
        return cx_issue(cx, node_place(n), "no_records",
            "`%s` needs `where` (with `form`) or `record`", n->key);
    if (record) return load_record(cx, app, form, n, s);
    return load_form(cx, app, n, true, s) && load_where(cx, app, form, n, s);
}

bool step_load_set(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    return form ? step_values(cx, app, form, form, n, s) : no_record(cx, n);
}

bool create_load(Cx *cx, App *app, Form *here, const Node *n, Step *s)
{
    return load_form(cx, app, n, true, s)
        && step_values(cx, app, here, s->form, node_find(n, "values"), s);
}

bool step_load_create(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!is_map(cx, n, "form: …, values: {…}")) return false;
    attr_check_keys(cx, n, step_create_attrs);
    return create_load(cx, app, form, n, s) && load_as(cx, app, form, n, T_RECORD, s);
}

bool step_load_update(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!is_map(cx, n, "form: …, where: …, set: {…}")) return false;
    attr_check_keys(cx, n, step_update_attrs);
    return load_which(cx, app, form, n, s)
        && step_values(cx, app, form, s->form, node_find(n, "set"), s);
}

bool step_load_upsert(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    const Node *by, *values;
    if (!is_map(cx, n, "form: …, by: …, values: {…}")) return false;
    attr_check_keys(cx, n, step_upsert_attrs);
    if (!load_form(cx, app, n, true, s)) return false;
    by = node_find(n, "by");
    values = node_find(n, "values");
    if (!by) return cx_issue(cx, node_place(n), "no_field", "`upsert` needs `by`, a unique field");
    s->by = ref_field(cx, s->form, by);
    if (!s->by) return false;
    if (!s->by->unique || s->by->within)
        return cx_issue(cx, node_place(by), "not_unique", "`%s` is no unique field", s->by->key);
    if (!step_values(cx, app, form, s->form, values, s)) return false;
    if (!node_find(values, s->by->key))
        return cx_issue(cx, node_place(values), "no_value", "`values` must give `%s`",
            s->by->key);
    return load_as(cx, app, form, n, T_RECORD, s);
}

bool step_load_delete(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!is_map(cx, n, "form: …, where: …")) return false;
    attr_check_keys(cx, n, step_delete_attrs);
    return load_which(cx, app, form, n, s);
}

/* Transitions are bound after the steps of buttons: they are looked up as written. */
static bool has_move(const Form *f, const char *name, const char *to)
{
    for (int i = 0; i < f->nworkflow; i++) {
        const Node *at = f->workflow[i]->at;
        if (name ? node_find(node_find(at, "transitions"), name) != NULL
                : workflow_stage(f->workflow[i], to) != NULL) return true;
    }
    return false;
}

bool step_load_transition(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    const Node *name = node_find(n, "name"), *to = node_find(n, "to"),
        *values = node_find(n, "values"), *comment = node_find(n, "comment");
    if (!is_map(cx, n, "to: …")) return false;
    attr_check_keys(cx, n, step_move_attrs);
    if (node_find(n, "record") ? !load_record(cx, app, form, n, s) : !form)
        return form || s->record ? false : no_record(cx, n);
    if (!name == !to)
        return cx_issue(cx, node_place(n), "no_move", "`transition` needs `to` or `name`");
    s->move = node_text(name);
    s->to = node_text(to);
    if (!s->move && !s->to)
        return cx_issue(cx, node_place(n), "no_move", "`transition` needs `to` or `name`");
    if (!has_move(s->form, s->move, s->to))
        return cx_issue(cx, node_place(name ? name : to), "unknown_move",
            "no workflow of `%s` has `%s`", s->form->key, name ? s->move : s->to);
    if (values && !step_values(cx, app, form, s->form, values, s)) return false;
    return !comment || texts_load(cx, comment, step_where(app, form), &s->label_text, &s->texts,
        &s->ntext);
}

bool step_load_find(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!is_map(cx, n, "form: …, where: …, as: …")) return false;
    attr_check_keys(cx, n, step_find_attrs);
    if (!node_find(n, "as"))
        return cx_issue(cx, node_place(n), "no_name", "`%s` needs `as`, a name", n->key);
    if (!load_form(cx, app, n, false, s) || !load_where(cx, app, form, n, s)) return false;
    sort_load(cx, s->form, node_find(n, "sort"), &s->sort, &s->nsort);
    s->limit = 1;
    return load_as(cx, app, form, n, T_RECORD, s);
}

bool step_load_query(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    const Node *limit = node_find(n, "limit");
    int64_t most = QUERY_LIMIT;
    if (!is_map(cx, n, "form: …, where: …, as: …")) return false;
    attr_check_keys(cx, n, step_query_attrs);
    if (!node_find(n, "as"))
        return cx_issue(cx, node_place(n), "no_name", "`%s` needs `as`, a name", n->key);
    if (limit && (!node_int(limit, &most) || most < 1 || most > QUERY_MOST))
        return cx_issue(cx, node_place(limit), "bad_limit",
            "`limit` is a whole number from 1 to %d", QUERY_MOST);
    if (!load_form(cx, app, n, false, s) || !load_where(cx, app, form, n, s)) return false;
    sort_load(cx, s->form, node_find(n, "sort"), &s->sort, &s->nsort);
    s->limit = (int)most;
    return load_as(cx, app, form, n, T_LIST, s);
}

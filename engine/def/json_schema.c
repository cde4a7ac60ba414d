/*
 * json_schema.c — a table becomes an object with closed keys; what several share stands once
 * under `definitions`.
 *
 * YAML readers type plain scalars (`12` is a number) where the engine takes them as text, so a
 * text may be a number here.
 */
#include "def/json_make.h"

Node *make_type(Maker *m, const char *type)
{
    Node *n = node_map(m->a);
    node_put_text(m->a, n, "type", type);
    return n;
}

Node *make_matching(Maker *m, const char *pattern)
{
    Node *n = make_type(m, "string");
    node_put_text(m->a, n, "pattern", pattern);
    return n;
}

Node *make_words(Maker *m, const char *const *word, int n)
{
    Node *out = node_map(m->a), *list = node_put(m->a, out, "enum", node_list(m->a));
    for (int i = 0; i < n; i++) node_add(m->a, list, node_new_text(m->a, word[i]));
    return out;
}

Node *make_any(Maker *m, Node *x, Node *y)
{
    Node *out = node_map(m->a), *list = node_put(m->a, out, "anyOf", node_list(m->a));
    node_add(m->a, list, x);
    if (y) node_add(m->a, list, y);
    return out;
}

/* Kinds side by side in one `type` rather than in `anyOf`: of a mistake inside one of them an
   editor then tells that mistake, not that none of them fits. */
Node *make_or(Maker *m, Node *n, const char *type)
{
    Node *have = node_find(n, "type");
    Node *list = node_is(have, NODE_LIST) ? have : node_list(m->a);
    if (have != list) node_add(m->a, list, node_copy(m->a, have));
    node_add(m->a, list, node_new_text(m->a, type));
    node_put(m->a, n, "type", list);
    return n;
}

Node *make_list(Maker *m, Node *item, bool filled)
{
    Node *n = make_type(m, "array");
    node_put(m->a, n, "items", item);
    if (filled) node_put_int(m->a, n, "minItems", 1);
    return n;
}

Node *make_ref(Maker *m, const char *name)
{
    Node *n = node_map(m->a);
    node_put_text(m->a, n, "$ref", arena_printf(m->a, "#/definitions/%s", name));
    return n;
}

Node *make_required(Maker *m, const char *key)
{
    Node *n = node_map(m->a), *list = node_put(m->a, n, "required", node_list(m->a));
    node_add(m->a, list, node_new_text(m->a, key));
    return n;
}

/* ---- a table ---- */
static bool has_attr(const Attr *table, const char *key)
{
    for (const Attr *a = table; a->key; a++)
        if (str_eq(a->key, key)) return a->kind != ATTR_LATER;
    return false;
}

void make_into(Maker *m, Node *map, const char *key, Node *item)
{
    Node *list = node_find(map, key);
    if (!list) list = node_put(m->a, map, key, node_list(m->a));
    node_add(m->a, list, item);
}

/* "help — e.g. `example`" stands with every key. */
Node *make_described(Maker *m, Node *n, const Attr *attr)
{
    const char *text = attr->example
        ? arena_printf(m->a, "%s\ne.g. %s", attr->help, attr->example) : attr->help;
    if (node_find(n, "$ref")) {                   /* draft-07 reads nothing beside a $ref */
        Node *all = node_map(m->a);
        make_into(m, all, "allOf", n);
        n = all;
    }
    node_put_text(m->a, n, "description", text);
    return n;
}

static void depends(Maker *m, Node *object, const char *key, const char *on)
{
    Node *all = node_find(object, "dependencies");
    if (!all) all = node_put(m->a, object, "dependencies", node_map(m->a));
    make_into(m, all, key, node_new_text(m->a, on));
}

void make_attr(Maker *m, Node *object, const Attr *table, const Attr *attr)
{
    Node *properties = node_find(object, "properties");
    if (attr->kind == ATTR_LATER) return;
    node_put(m->a, properties, attr->key, make_described(m, make_kind(m, attr), attr));
    if (attr->flags & ATTR_ONE) make_into(m, object, "oneOf", make_required(m, attr->key));
    if (attr->with) depends(m, object, attr->key, attr->with);
    if (!(attr->flags & ATTR_NEEDED)) return;
    if (attr->with) depends(m, object, attr->with, attr->key);
    else if (!attr->unless || !has_attr(table, attr->unless))
        make_into(m, object, "required", node_new_text(m->a, attr->key));
    else
        make_into(m, object, "allOf", make_any(m, make_required(m, attr->key),
            make_required(m, attr->unless)));
}

Node *make_closed(Maker *m)
{
    Node *n = make_type(m, "object");
    node_put(m->a, n, "properties", node_map(m->a));
    node_put_bool(m->a, n, "additionalProperties", false);
    return n;
}

Node *make_table(Maker *m, const Attr *table)
{
    Node *n = make_closed(m);
    bool needed = false;
    for (const Attr *a = table; a->key; a++) {
        make_attr(m, n, table, a);
        needed |= (a->flags & (ATTR_NEEDED | ATTR_ONE)) != 0;
    }
    return needed ? n : make_or(m, n, "null");
}

/* ---- what an attribute holds ---- */
static const char *const scalar_types[] = { "string", "number", "boolean" };

static Node *shape_of(Maker *m, const Attr *attr)
{
    return attr->of ? make_table(m, attr->of) : make_shared(m, attr->shape, attr);
}

static Node *patterned(Maker *m, const Attr *attr)
{
    if (!attr->pattern) return make_shared(m, "text", attr);
    Node *n = make_matching(m, attr->pattern);
    if (!(attr->flags & ATTR_NUMBERED)) return n;
    node_put_int(m->a, n, "minimum", attr->least);
    node_put_int(m->a, n, "maximum", attr->most);
    return make_or(m, n, "integer");
}

static Node *whole(Maker *m, const Attr *attr)
{
    Node *n = make_type(m, "integer");
    if (attr->flags & ATTR_NUMBERED) {
        node_put_int(m->a, n, "minimum", attr->least);
        node_put_int(m->a, n, "maximum", attr->most);
    }
    return n;
}

static Node *name_ref(Maker *m, const Attr *attr)
{
    return make_shared(m, "name", attr);
}

static Node *text_ref(Maker *m, const Attr *attr)
{
    return make_shared(m, "text", attr);
}

/* One alone, or a list. */
static Node *some(Maker *m, Node *one, Node *item, bool filled)
{
    node_put(m->a, make_or(m, one, "array"), "items", item);
    if (filled) node_put_int(m->a, one, "minItems", 1);
    return filled ? one : make_or(m, one, "null");
}

static Node *texts(Maker *m, const Attr *attr, bool filled)
{
    Node *one = attr->pattern ? make_matching(m, attr->pattern) : make_text(m);
    return some(m, one, patterned(m, attr), filled);
}

static Node *names(Maker *m, const Attr *attr)
{
    return some(m, make_name(m), name_ref(m, attr), false);
}

static Node *map_of(Maker *m, const Attr *attr)
{
    if (attr->of) return make_table(m, attr->of);
    Node *n = make_type(m, "object");
    if (attr->flags & ATTR_FILLED) node_put_int(m->a, n, "minProperties", 1);
    return n;
}

static Node *each_of(Maker *m, const Attr *attr)
{
    Node *n = make_type(m, "object");
    const char *key = attr->flags & ATTR_REFS ? "name" : "new_name";
    bool spans = str_eq(attr->shape, "spans");
    node_put(m->a, n, "additionalProperties",
        spans ? texts(m, attr, false) : shape_of(m, attr));
    node_put(m->a, n, "propertyNames",
        attr->keys ? make_matching(m, attr->keys) : make_shared(m, key, attr));
    if (!(attr->flags & ATTR_FILLED)) return make_or(m, n, "null");
    node_put_int(m->a, n, "minProperties", 1);
    return n;
}

static Node *list_of(Maker *m, const Attr *attr)
{
    Node *item = attr->of || attr->shape ? shape_of(m, attr) : make_type(m, "object");
    Node *list = make_list(m, item, false);
    if (attr->flags & ATTR_ALONE) return make_any(m, list, node_copy(m->a, item));
    return make_or(m, list, "null");
}

static Node *options(Maker *m, const Attr *attr)
{
    Node *item = make_table(m, option_attrs);
    for (int i = 0; i < LEN(scalar_types); i++) make_or(m, item, scalar_types[i]);
    Node *n = make_list(m, item, attr->flags & ATTR_FILLED);
    if (!(attr->flags & ATTR_GROUPED)) return n;
    node_put(m->a, n, "additionalProperties", make_list(m, node_copy(m->a, item), false));
    return make_or(m, n, "object");
}

static Node *steps(Maker *m, const Attr *attr)
{
    Node *n = node_map(m->a), *when = make_type(m, "array");
    node_put(m->a, n, "if", when);
    node_put(m->a, n, "then", make_list(m, make_shared(m, "step", attr), true));
    node_put(m->a, n, "else", make_any(m, text_ref(m, attr), make_shared(m, "step", attr)));
    return n;
}

Node *make_kind(Maker *m, const Attr *attr)
{
    switch (attr->kind) {
    case ATTR_TEXT: return patterned(m, attr);
    case ATTR_LABEL: return make_shared(m, "label", attr);
    case ATTR_INT: return whole(m, attr);
    case ATTR_NUMBER: return make_shared(m, "number", attr);
    case ATTR_BOOL: return make_type(m, "boolean");
    case ATTR_EXPR: return text_ref(m, attr);
    case ATTR_FIELD: case ATTR_FORM: return name_ref(m, attr);
    case ATTR_CHOICE:
        return attr->words ? make_words(m, attr->words, attr->nword) : text_ref(m, attr);
    case ATTR_OPTIONS: return options(m, attr);
    case ATTR_MAP: return map_of(m, attr);
    case ATTR_FLAG: return make_shared(m, "flag", attr);
    case ATTR_SWITCH:
        return make_or(m, make_table(m, attr->of), "boolean");
    case ATTR_TEXTS: return texts(m, attr, false);
    case ATTR_FIELDS: return names(m, attr);
    case ATTR_EXPRS: return texts(m, attr, true);
    case ATTR_LOCK: return make_or(m, names(m, attr), "boolean");
    case ATTR_PEOPLE: return texts(m, attr, true);
    case ATTR_DURATION: return make_shared(m, "duration", attr);
    case ATTR_SETS: return make_list(m, make_list(m, name_ref(m, attr), true), false);
    case ATTR_LIST: return list_of(m, attr);
    case ATTR_EACH: return each_of(m, attr);
    case ATTR_SHAPE: return make_shared(m, attr->shape, attr);
    case ATTR_STEPS: return steps(m, attr);
    case ATTR_NAME: return make_shared(m, "new_name", attr);
    case ATTR_VALUE: case ATTR_LATER: break;
    }
    return node_map(m->a);
}

/* ---- whole files ---- */
static const FileKind kinds[] = {
    { "app", "app.yaml", "languages, money, roles, menu, calendars, channels", app_attrs },
    { "form", "forms/NAME.yaml", "a kind of record; the file has its name", form_attrs },
    { "workflow", "workflows/NAME.yaml", "stages and transitions of a form", workflow_attrs },
    { "dashboard", "dashboards/NAME.yaml", "figures and charts of what one may read", dashboard_attrs },
};

int file_kinds(const FileKind **out)
{
    *out = kinds;
    return LEN(kinds);
}

/* Steps of the first kind whose name is among their keys. */
static Node *make_steps(Maker *m)
{
    Node *last = make_type(m, "object");
    node_put_bool(m->a, node_put(m->a, last, "properties", node_map(m->a)), "as", true);
    node_put_bool(m->a, last, "additionalProperties", false);
    for (int i = m->kind->nstep - 1; i >= 0; i--) {
        Node *when = node_map(m->a);
        node_put(m->a, when, "if", make_required(m, m->kind->step[i].name));
        node_put(m->a, when, "then", make_table(m, m->kind->step[i].attr));
        node_put(m->a, when, "else", last);
        last = when;
    }
    return last;
}

Node *json_schema(Arena *a, const FileKind *kind)
{
    Maker m = { a, kind, node_map(a) };
    Node *root = node_map(a);
    node_put_text(a, root, "$schema", "http://json-schema.org/draft-07/schema#");
    node_put_text(a, root, "title", arena_printf(a, "Tenon: %s", kind->files));
    node_put_text(a, root, "description", kind->help);
    if (kind->step)
        node_put(a, m.definitions, arena_printf(a, "%s_step", kind->name), make_steps(&m));
    Node *table = make_table(&m, kind->attrs);
    for (int i = 0; i < table->n; i++) node_put(a, root, table->item[i]->key, table->item[i]);
    node_put(a, root, "definitions", m.definitions);
    return root;
}

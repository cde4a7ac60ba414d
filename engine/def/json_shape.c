/*
 * json_shape.c — what tables name as a shape: names, texts, fields, views, steps, scopes.
 *
 * A field or view is closed by its type: `if` the type is X `then` it has the keys of X, so that
 * an editor offers only what fits.
 */
#include "def/form.h"
#include "def/json_make.h"
#include "def/ref.h"

#define NAME_PATTERN "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"

static Node *new_name(Maker *m, const Attr *attr)
{
    const char *const *word;
    int n = ref_reserved(&word);
    Node *out = make_matching(m, NAME_PATTERN);
    (void)attr;
    node_put_int(m->a, out, "maxLength", 63);
    node_put(m->a, out, "not", make_any(m, make_words(m, word, n), make_matching(m, "^sqlite_|_v$")));
    return out;
}

Node *make_name(Maker *m)
{
    return make_matching(m, NAME_PATTERN);
}

static Node *name(Maker *m, const Attr *attr)
{
    (void)attr;
    return make_name(m);
}

Node *make_text(Maker *m)
{
    Node *n = make_or(m, make_or(m, make_type(m, "string"), "number"), "boolean");
    node_put_int(m->a, n, "minLength", 1);
    return n;
}

static Node *text(Maker *m, const Attr *attr)
{
    (void)attr;
    return make_text(m);
}

static Node *flag(Maker *m, const Attr *attr)
{
    Node *n = make_or(m, make_type(m, "boolean"), "string");
    (void)attr;
    node_put_int(m->a, n, "minLength", 1);
    return n;
}

static Node *label(Maker *m, const Attr *attr)
{
    Node *n = make_or(m, make_or(m, make_text(m), "object"), "null");
    (void)attr;
    node_remove(n, "minLength");
    node_put(m->a, n, "propertyNames", make_matching(m, "^[a-z]{2,3}(-.+)?$"));
    Node *text = node_put(m->a, n, "additionalProperties", make_text(m));
    node_remove(text, "minLength");
    node_put_int(m->a, n, "minProperties", 1);
    return n;
}

static Node *number(Maker *m, const Attr *attr)
{
    (void)attr;
    return make_or(m, make_matching(m, "^[-+]?[0-9.]+$"), "number");
}

static Node *duration(Maker *m, const Attr *attr)
{
    (void)attr;
    return make_matching(m, "^0*[1-9][0-9]*(s|m|h|d|w|bd|bh)$");
}

static Node *field_of_type(Maker *m, const FieldType *type)
{
    Node *n = make_closed(m);
    node_put_text(m->a, n, "description", type->help);
    for (const Attr *a = field_common_attrs(); a->key; a++)
        if (field_type_takes(type, a->key)) make_attr(m, n, field_common_attrs(), a);
    for (const Attr *a = type->attr; a && a->key; a++) make_attr(m, n, type->attr, a);
    Node *is = node_put(m->a, node_find(n, "properties"), "type", node_map(m->a));
    node_put_text(m->a, is, "const", type->name);
    return n;
}

/* The types as they may stand in a form, or in the rows of a subform. */
static Node *fields_with(Maker *m, bool rows)
{
    const FieldType *const *type;
    int n = field_type_list(&type), count = 0;
    const char **word = ARENA_ARRAY(m->a, const char *, n);
    Node *out = make_type(m, "object"), *properties = node_put(m->a, out, "properties",
        node_map(m->a));
    node_put(m->a, out, "allOf", node_list(m->a));
    for (const Attr *a = field_common_attrs(); a->key; a++)
        node_put(m->a, properties, a->key, make_described(m, node_map(m->a), a));
    for (int i = 0; i < n; i++) {
        if (rows && type[i]->not_in_rows) continue;
        word[count++] = type[i]->name;
        Node *test = make_required(m, "type"), *when = node_map(m->a);
        Node *is = node_put(m->a, node_put(m->a, test, "properties", node_map(m->a)), "type",
            node_map(m->a));
        node_put_text(m->a, is, "const", type[i]->name);
        node_put(m->a, when, "if", test);
        const char *key = arena_printf(m->a, "field_%s", type[i]->name);
        if (!node_find(m->definitions, key))
            node_put(m->a, m->definitions, key, field_of_type(m, type[i]));
        node_put(m->a, when, "then", make_ref(m, key));
        make_into(m, out, "allOf", when);
    }
    node_put(m->a, properties, "type", make_described(m, make_words(m, word, count),
        field_common_attrs()));
    make_into(m, out, "required", node_new_text(m->a, "type"));
    return out;
}

static Node *field(Maker *m, const Attr *attr)
{
    (void)attr;
    return fields_with(m, false);
}

static Node *row_field(Maker *m, const Attr *attr)
{
    (void)attr;
    return fields_with(m, true);
}

static Node *variants(Maker *m, const AttrVariants *all)
{
    const char *word[32];
    int n = 0;
    Node *out = make_type(m, "object"), *properties = node_put(m->a, out, "properties",
        node_map(m->a));
    node_put(m->a, out, "allOf", node_list(m->a));
    for (const AttrVariant *v = all->of; v->name; v++) {
        BUG_IF(n == LEN(word));
        bool preset = !n && all->preset;
        Node *test = preset ? node_map(m->a) : make_required(m, all->by), *when = node_map(m->a);
        Node *is = node_put(m->a, node_put(m->a, test, "properties", node_map(m->a)), all->by,
            node_map(m->a));
        word[n++] = v->name;
        node_put_text(m->a, is, "const", v->name);
        node_put(m->a, when, "if", test);
        const char *key = arena_printf(m->a, "%s_%s", all->shape, v->name);
        node_put(m->a, m->definitions, key, make_table(m, v->attr));
        node_put(m->a, when, "then", make_ref(m, key));
        make_into(m, out, "allOf", when);
    }
    node_put(m->a, properties, all->by, make_words(m, word, n));
    if (!all->preset) make_into(m, out, "required", node_new_text(m->a, all->by));
    return out;
}

/* One key: an own step, or the name of an action that a plugin declares. */
static Node *step(Maker *m, const Attr *attr)
{
    const char *later[32];
    int n = 0;
    Node *out = make_type(m, "object"), *properties = node_put(m->a, out, "properties",
        node_map(m->a));
    (void)attr;
    for (const Attr *a = step_attrs; a->key; a++) {
        BUG_IF(n == LEN(later));
        if (a->kind == ATTR_LATER) later[n++] = a->key;
        else node_put(m->a, properties, a->key, make_described(m, make_kind(m, a), a));
    }
    Node *names = node_put(m->a, out, "propertyNames", node_map(m->a));
    if (n) node_put(m->a, names, "not", make_words(m, later, n));
    node_put_int(m->a, out, "minProperties", 1);
    node_put_int(m->a, out, "maxProperties", 1);
    return out;
}

static Node *scope(Maker *m, const Attr *attr)
{
    return make_any(m, make_words(m, attr->words, attr->nword), make_ref(m, "flag"));
}

static Node *right(Maker *m, const Attr *attr)
{
    Node *n = node_map(m->a);
    node_put(m->a, n, "if", make_type(m, "object"));
    node_put(m->a, n, "then", make_table(m, right_attrs));
    node_put(m->a, n, "else", make_words(m, attr->words, attr->nword));
    return n;
}

static const struct { const char *name; Node *(*make)(Maker *m, const Attr *attr); } shapes[] = {
    { "new_name", new_name }, { "name", name }, { "text", text }, { "flag", flag },
    { "label", label }, { "number", number }, { "duration", duration }, { "field", field },
    { "row_field", row_field }, { "step", step }, { "scope", scope }, { "right", right },
};

static Node *make_shape(Maker *m, const char *key, const Attr *attr)
{
    const AttrVariants *all = attr_variants(key);
    if (all) return variants(m, all);
    for (int i = 0; i < LEN(shapes); i++)
        if (str_eq(shapes[i].name, key)) return shapes[i].make(m, attr);
    return NULL;
}

/* A reference to a definition, which is made when it is not there yet. */
Node *make_shared(Maker *m, const char *key, const Attr *attr)
{
    if (!node_find(m->definitions, key)) {
        node_put(m->a, m->definitions, key, node_map(m->a));            /* it may hold itself */
        Node *made = make_shape(m, key, attr);
        if (made) node_put(m->a, m->definitions, key, made);
        else node_remove(m->definitions, key);
    }
    return make_ref(m, key);
}

/*
 * attr_tree.c — each table once where it is used, each shape once under its name.
 */
#include "def/attr_tree.h"
#include "def/field.h"
#include "def/json_schema.h"
#include "def/ref.h"
#include "base/i18n.h"
#include "expr/functions.h"

#include <ctype.h>

typedef struct Tree { Arena *a; const char *lang; Node *shapes; } Tree;

static const char *const kinds[] = {
    [ATTR_TEXT] = "text", [ATTR_LABEL] = "label", [ATTR_INT] = "int", [ATTR_NUMBER] = "number",
    [ATTR_BOOL] = "bool", [ATTR_EXPR] = "expr", [ATTR_VALUE] = "value", [ATTR_FIELD] = "field",
    [ATTR_FORM] = "form", [ATTR_CHOICE] = "choice", [ATTR_OPTIONS] = "options", [ATTR_MAP] = "map",
    [ATTR_LATER] = "later", [ATTR_FLAG] = "flag", [ATTR_SWITCH] = "switch", [ATTR_TEXTS] = "texts",
    [ATTR_FIELDS] = "fields", [ATTR_EXPRS] = "exprs", [ATTR_LOCK] = "lock",
    [ATTR_PEOPLE] = "people", [ATTR_DURATION] = "duration", [ATTR_STEPS] = "steps",
    [ATTR_NAME] = "name", [ATTR_SETS] = "sets", [ATTR_LIST] = "list", [ATTR_EACH] = "each",
    [ATTR_SHAPE] = "shape",
};
static const struct { int flag; const char *name; } flags[] = {
    { ATTR_NEEDED, "needed" }, { ATTR_ONE, "one" }, { ATTR_FILLED, "filled" }, { ATTR_REFS, "refs" },
    { ATTR_GROUPED, "grouped" }, { ATTR_ALONE, "alone" },
};

/* Keys and words of choices whose own letters say too little. */
static const struct { const char *key, *label; } labels[] = {
    { "accept", "Kinds of files" }, { "active", "Switched on" }, { "all", "All records" },
    { "allow_other", "Other values too" }, { "along", "Which line" },
    { "among", "Who is offered" }, { "as", "Name of the result" },
    { "assign", "Assignment" },
    { "at", "At a time of the record" }, { "batch", "Change many at once" },
    { "beside", "Together with the step before" }, { "block", "Refuse" }, { "body", "Content" },
    { "bulk", "Many in one call" }, { "cap_day", "Most in a day" },
    { "cap_open", "Most open ones" }, { "card", "Fields on a card" },
    { "cascade", "Delete this record too" }, { "cc", "Copies to" },
    { "clear", "Empty the field" }, { "commit", "Afterwards" }, { "cool_down", "Not again for" },
    { "day", "Every day" }, { "dingtalk", "DingTalk" }, { "do", "Steps" },
    { "edit", "Editable fields" }, { "else", "Otherwise" }, { "every", "Repeat every" },
    { "failed", "Given up when" }, { "fill", "Fields to copy" }, { "first", "The first one" },
    { "full", "Full width" }, { "given", "What is asked for" }, { "guide", "Guidance" },
    { "half", "One half" }, { "hide", "Hidden fields" }, { "hold", "Hold at most" },
    { "if", "Condition" }, { "in", "List" }, { "in_order", "One after another" },
    { "includes", "Includes roles" }, { "internal", "Addresses in the own network" },
    { "json", "JSON" }, { "late", "When late" }, { "least_open", "Who has the fewest open ones" },
    { "limit", "At most" }, { "logins", "Sign-in tries" }, { "match", "Alike in" },
    { "max", "Maximum" }, { "max_rows", "Most rows" }, { "max_size", "Largest size" },
    { "metrics", "Who may read metrics" }, { "migrate", "Stages that are gone" },
    { "min", "Minimum" }, { "min_rows", "Fewest rows" }, { "month", "Every month" },
    { "need", "How many" }, { "none", "No records" }, { "not_self", "Not who asks" },
    { "of", "Type of the result" }, { "on", "On days of the week" },
    { "on_delete", "When the other is deleted" }, { "once_per", "Not again within" },
    { "options_from", "Options from another form" }, { "own", "Own records" },
    { "pause", "Clock stands still while" }, { "per_day", "Claims in a day" },
    { "pick", "Which are offered" }, { "placeholder", "Hint inside" },
    { "proxies", "Trusted proxies" }, { "quarter", "One quarter" },
    { "quiet", "Only within hours of" }, { "random", "At random" }, { "readonly", "Read only" },
    { "reassign", "Hand over to" }, { "reject_to", "Stage when refused" },
    { "remind", "Send a reminder" }, { "require", "Required fields" },
    { "reset", "Counting starts again" }, { "restrict", "Refuse" }, { "round_robin", "In turn" },
    { "search", "Found by search" }, { "set", "Values" }, { "share", "Share views" },
    { "sign_in", "Sign-in" },
    { "skip_decided", "Not who approved before" }, { "subtree", "Department and those below" },
    { "sum", "Total above columns" }, { "text", "Message" }, { "that", "Must hold" },
    { "third", "One third" }, { "to", "To whom" }, { "url", "Web address" },
    { "via", "Channels" }, { "wait_for", "Records to wait for" }, { "warn", "Ask first" },
    { "was", "Former name" }, { "webhooks", "Outgoing calls" }, { "wecom", "WeCom" },
    { "when", "Condition" }, { "where", "Which records" }, { "workdays", "Extra working days" },
    { "write", "In the same change" }, { "compare.year", "Same days a year before" }, { "year", "Every year" }, { "yearly", "Every year on" },
};

static Node *keys(Tree *t, const Attr *table);

const char *attr_label(Arena *a, const char *lang, const char *key)
{
    char *text = arena_dup(a, key);

    for (int i = 0; i < LEN(labels); i++)
        if (str_eq(labels[i].key, key)) return i18n_text(lang, labels[i].label);
    for (char *p = text; *p; p++)
        if (*p == '_') *p = ' ';
    *text = (char)toupper((unsigned char)*text);
    return i18n_text(lang, text);
}

static void put_text(Tree *t, Node *n, const char *key, const char *text)
{
    if (text) node_put_text(t->a, n, key, text);
}

static void describe(Tree *t, Node *n, const char *key, const char *label, const char *help)
{
    put_text(t, n, "label", label ? i18n_text(t->lang, label) : attr_label(t->a, t->lang, key));
    put_text(t, n, "help", help ? i18n_text(t->lang, help) : NULL);
}

static Node *new_shape(Tree *t, const char *name, const char *by)
{
    Node *shape = node_put(t->a, t->shapes, name, node_map(t->a));

    if (!by) return shape;
    put_text(t, shape, "by", by);
    return node_put(t->a, shape, "types", node_map(t->a));
}

static Node *new_type(Tree *t, Node *types, const char *name, const char *label,
    const char *help)
{
    Node *type = node_put(t->a, types, name, node_map(t->a));

    describe(t, type, name, label, help);
    return type;
}

static void put_key(Tree *t, Node *list, const Attr *attr);

static void add_fields(Tree *t, const char *shape, bool rows)
{
    const FieldType *const *type;
    int n = field_type_list(&type);
    Node *types = new_shape(t, shape, "type");

    for (int i = 0; i < n; i++) {
        if (rows && type[i]->not_in_rows) continue;
        Node *one = new_type(t, types, type[i]->name, type[i]->label, type[i]->help);
        Node *of = node_put(t->a, one, "of", node_list(t->a));
        for (const Attr *a = field_common_attrs(); a->key; a++)
            if (field_type_takes(type[i], a->key) && !str_eq(a->key, "type")) put_key(t, of, a);
        for (const Attr *a = type[i]->attr; a && a->key; a++) put_key(t, of, a);
    }
}

static void add_variants(Tree *t, const AttrVariants *v)
{
    Node *types = new_shape(t, v->shape, v->by);

    for (const AttrVariant *one = v->of; one->name; one++)
        node_put(t->a, new_type(t, types, one->name, one->label, one->help), "of",
            keys(t, one->attr));
}

static void add_steps(Tree *t)
{
    Node *types = new_shape(t, "step", "");

    for (const Attr *a = step_attrs; a->key; a++) {
        if (a->kind == ATTR_LATER) continue;
        Node *one = new_type(t, types, a->key, a->label, a->help), *of = node_list(t->a);
        put_key(t, of, a);
        node_put(t->a, one, "of", of);
    }
}

static void need_shape(Tree *t, const char *name)
{
    if (node_find(t->shapes, name)) return;
    if (str_eq(name, "field") || str_eq(name, "row_field")) add_fields(t, name, name[0] == 'r');
    else if (attr_variants(name)) add_variants(t, attr_variants(name));
    else if (str_eq(name, "step")) add_steps(t);
    else if (str_eq(name, "right")) {
        Node *shape = new_shape(t, name, NULL);
        node_put(t->a, shape, "of", keys(t, right_attrs));
    }
}

/* A word that means something else there than elsewhere: "compare.year". */
static const char *word_label(Tree *t, const Attr *attr, const char *word)
{
    const FieldType *type = field_type_find(word);
    const char *key = arena_printf(t->a, "%s.%s", attr->key, word);

    for (int i = 0; i < LEN(labels); i++)
        if (str_eq(labels[i].key, key)) return labels[i].label;
    return type ? type->label : NULL;
}

static void put_words(Tree *t, Node *n, const Attr *attr)
{
    if (!attr->words) return;
    Node *words = node_put(t->a, n, "words", node_list(t->a));
    for (int i = 0; i < attr->nword; i++) {
        Node *one = node_add(t->a, words, node_map(t->a));
        put_text(t, one, "value", attr->words[i]);
        describe(t, one, attr->words[i], word_label(t, attr, attr->words[i]), NULL);
    }
}

static void put_key(Tree *t, Node *list, const Attr *attr)
{
    if (attr->kind == ATTR_LATER) return;
    Node *n = node_add(t->a, list, node_map(t->a));
    put_text(t, n, "key", attr->key);
    describe(t, n, attr->key, attr->label, attr->help);
    put_text(t, n, "kind", kinds[attr->kind]);
    put_text(t, n, "example", attr->example);
    put_text(t, n, "shape", attr->kind == ATTR_STEPS ? "step" : attr->shape);
    put_text(t, n, "pattern", attr->pattern);
    put_text(t, n, "keys", attr->keys);
    put_text(t, n, "with", attr->with);
    put_text(t, n, "unless", attr->unless);
    put_words(t, n, attr);
    for (int i = 0; i < LEN(flags); i++)
        if (attr->flags & flags[i].flag) node_put_bool(t->a, n, flags[i].name, true);
    if (attr->flags & ATTR_NUMBERED) {
        node_put_int(t->a, n, "least", attr->least);
        node_put_int(t->a, n, "most", attr->most);
    }
    if (attr->of) node_put(t->a, n, "of", keys(t, attr->of));
    if (attr->kind == ATTR_OPTIONS) node_put(t->a, n, "of", keys(t, option_attrs));
    if (attr->kind == ATTR_STEPS) need_shape(t, "step");
    else if (attr->shape) need_shape(t, attr->shape);
}

static Node *keys(Tree *t, const Attr *table)
{
    Node *list = node_list(t->a);

    for (const Attr *a = table; a->key; a++) put_key(t, list, a);
    return list;
}

/* Operators are in the table too: they have no letters. */
static Node *functions(Tree *t)
{
    Node *list = node_list(t->a);
    const Function *f;
    int n = function_list(&f);

    for (int i = 0; i < n; i++) {
        if (!islower((unsigned char)*f[i].name)) continue;
        Node *one = node_add(t->a, list, node_map(t->a));
        put_text(t, one, "name", f[i].name);
        put_text(t, one, "args", f[i].args);
        put_text(t, one, "help", f[i].help ? i18n_text(t->lang, f[i].help) : NULL);
    }
    return list;
}

Node *attr_tree(Arena *a, const char *lang)
{
    Tree t = { a, lang, node_map(a) };
    const FileKind *kind;
    int n = file_kinds(&kind);
    Node *out = node_map(a), *all = node_put(a, out, "kinds", node_map(a));

    for (int i = 0; i < n; i++) node_put(a, all, kind[i].name, keys(&t, kind[i].attrs));
    node_put(a, out, "shapes", t.shapes);
    node_put(a, out, "functions", functions(&t));
    const char *const *word;
    Node *reserved = node_put(a, out, "reserved", node_list(a));
    for (int i = 0, most = ref_reserved(&word); i < most; i++)
        node_add(a, reserved, node_new_text(a, word[i]));
    return out;
}

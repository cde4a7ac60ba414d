/*
 * param.c — see param.h.
 */
#include "def/param.h"
#include "def/ref.h"

#include <string.h>

enum { CHOICE = 5 };

static const char *const types[] = { "text", "number", "boolean", "date", "datetime", "choice", "user",
    "department", "role", "form" };

const Attr param_attrs[] = {
    { "type", ATTR_CHOICE, "what it is; without it text, or choice where there are `options`", "type: number", ATTR_WORDS(types) },
    { "label", ATTR_LABEL, "what it is called where it is asked for", "label: {en: Reason, zh: 原因}" },
    { "required", ATTR_BOOL, "it must be given", "required: true" },
    { "options", ATTR_TEXTS, "of a choice: what it may be", "options: [phone, mail]" },
    { "from", ATTR_TEXT, "with `webhook`: where it stands in the body that is sent, when that is not its "
      "name; dots lead into maps, numbers into lists", "from: contact.phones.0",
      .pattern = "^[^.]+([.][^.]+)*$", .label = "Place in the body" },
    { 0 },
};

int param_types(const char *const **out)
{
    *out = types;
    return LEN(types);
}

Type param_type(const App *app, const Param *p)
{
    static const struct { const char *name; TypeKind kind; } kinds[] = {
        { "number", T_NUMBER }, { "boolean", T_BOOL }, { "date", T_DATE }, { "datetime", T_DATETIME },
        { "user", T_RECORD }, { "department", T_RECORD },
    };
    Type t = { .kind = T_TEXT, .of = T_ANY, .decimals = -1 };

    for (int i = 0; i < LEN(kinds); i++)
        if (str_eq(kinds[i].name, p->type)) t.kind = kinds[i].kind;
    if (t.kind == T_RECORD) t.form = &app_form(app, p->type)->names;
    return t;
}

static bool load_options(Cx *cx, const Node *n, const Node *at, Param *p)
{
    const Node **each;
    int count;

    if (!ref_texts(cx, n, &each, &count)) return false;
    p->option = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++) p->option[p->noption++] = node_text(each[i]);
    bool choice = str_eq(p->type, "choice");
    if (choice && !count)
        return cx_issue(cx, node_key_place(at), "no_options", "a choice needs `options`");
    return choice || !count || cx_issue(cx, node_place(n), "does_not_fit",
        "`options` belong to the type `choice`");
}

static bool load_one(Cx *cx, const Node *n, Param *p)
{
    *p = (Param){ .key = n->key, .type = "text" };
    if (!ref_name(cx, n, n->key, 60)) return false;
    if (node_blank(n)) return true;
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_place(n), "wrong_kind", "`%s` is {type: …}", n->key);
    attr_check_keys(cx, n, param_attrs);
    int type = ref_word(cx, n, "type", types, LEN(types), node_find(n, "options") ? CHOICE : 0);
    if (type < 0) return false;
    p->type = types[type];
    label_load(cx, n, "label", &p->label);
    node_read_bool(cx, n, "required", &p->required);
    if (node_read_text(cx, n, "from", &p->from) && p->from
            && (!*p->from || strstr(p->from, "..") || *p->from == '.' || str_ends(p->from, ".")))
        return cx_issue(cx, node_place(node_find(n, "from")), "bad_path",
            "`from` is a name of the body, or several with dots between: contact.phone");
    return load_options(cx, node_find(n, "options"), n, p);
}

bool params_load(Cx *cx, const Node *n, Param **out, int *count)
{
    bool fine = true;

    *out = NULL;
    *count = 0;
    if (!ref_map(cx, n)) return !n;
    *out = ARENA_ARRAY(cx->a, Param, n->n + 1);
    for (int i = 0; i < n->n; i++) {
        if (load_one(cx, n->item[i], &(*out)[*count])) ++*count;
        else fine = false;
    }
    return fine;
}

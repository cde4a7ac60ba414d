/*
 * type — names by key, types in words, and types as one character for signatures.
 */
#include "expr/tree.h"
#include "base/i18n.h"
#include <string.h>

const Name *names_find(const Names *n, const char *key)
{
    if (!n || !key) return NULL;
    for (int i = 0; i < n->n; i++)
        if (str_eq(n->name[i]->key, key)) return n->name[i];
    return NULL;
}

static const char *kind_show(TypeKind k)
{
    switch (k) {
    case T_ANY:      return "blank";
    case T_BOOL:     return "boolean";
    case T_NUMBER:   return "number";
    case T_TEXT:     return "text";
    case T_DATE:     return "date";
    case T_DATETIME: return "datetime";
    case T_TIME:     return "time";
    case T_DURATION: return "duration";
    case T_RECORD:   return "record";
    case T_LIST:     return "list";
    }
    return "?";
}

const char *type_show(Arena *a, Type t)
{
    if (t.kind == T_LIST)
        return t.of == T_ANY ? "list" : arena_printf(a, "list of %s", kind_show(t.of));
    if (t.kind == T_RECORD && t.form && t.form->key)
        return arena_printf(a, "record of %s", t.form->key);
    return kind_show(t.kind);
}

/* A word of types as people are told it; one that has no translation stands as it is. */
static const char *one_said(Cx *cx, const char *word)
{
    static const struct { const char *word, *called; } known[] = {
        { "boolean", "Yes or no" }, { "number", "Number" }, { "text", "Text" }, { "date", "Date" },
        { "datetime", "Date and time" }, { "time", "Time" }, { "duration", "Duration" },
        { "record", "Record" }, { "list", "List" }, { "blank", "Blank" }, { "one value", "One value" },
    };
    static const char *const of[] = { "list of %s", "record of %s" };

    for (int i = 0; i < LEN(known); i++) {
        const char *said = str_eq(word, known[i].word) ? i18n_text(cx->lang, known[i].called) : NULL;
        if (said) return str_eq(said, known[i].called) ? word : said;
    }
    for (int i = 0; i < LEN(of); i++) {
        size_t lead = strlen(of[i]) - 2;
        if (!strncmp(word, of[i], lead))
            return arena_printf(cx->a, i18n_text(cx->lang, of[i]), one_said(cx, word + lead));
    }
    return word;
}

const char *type_words(Cx *cx, const char *types)
{
    static const char between[] = " or ";
    const char *next = strstr(types, between);

    if (!next) return one_said(cx, types);
    return arena_printf(cx->a, "%s%s%s", one_said(cx, arena_dup_n(cx->a, types, (size_t)(next - types))),
        i18n_text(cx->lang, between), type_words(cx, next + sizeof between - 1));
}

const char *type_said(Cx *cx, Type t)
{
    return type_words(cx, type_show(cx->a, t));
}

ValKind type_val(Type t)
{
    switch (t.kind) {
    case T_ANY:      return VAL_TEXT;
    case T_BOOL:     return VAL_BOOL;
    case T_NUMBER:   return t.decimals >= 0 ? VAL_DEC : VAL_REAL;
    case T_TEXT:     return VAL_TEXT;
    case T_DATE:     return VAL_DATE;
    case T_DATETIME: return VAL_DATETIME;
    case T_TIME:     return VAL_TIME;
    case T_DURATION: return VAL_DURATION;
    case T_RECORD:   return VAL_REC;
    case T_LIST:     return VAL_LIST;
    }
    return VAL_BLANK;
}

Type type_plain(TypeKind k)
{
    return (Type){ .kind = k, .decimals = -1 };
}

Type type_list(Type of)
{
    return (Type){ .kind = T_LIST, .of = of.kind, .decimals = of.decimals, .form = of.form };
}

Type type_item(Type list)
{
    return (Type){ .kind = list.of, .decimals = list.decimals, .form = list.form };
}

bool type_same(Type a, Type b)
{
    if (a.kind != b.kind) return false;
    if (a.kind == T_LIST) return type_same(type_item(a), type_item(b));
    if (a.kind == T_NUMBER) return a.decimals == b.decimals;
    return true;
}

void type_sign(Str *out, Type t)
{
    if (t.kind == T_LIST) {
        str_add_char(out, 'l');
        t = type_item(t);
    }
    switch (t.kind) {
    case T_ANY:      str_add_char(out, 'a'); break;
    case T_BOOL:     str_add_char(out, 'b'); break;
    case T_NUMBER:   str_add_char(out, t.decimals >= 0 ? (char)('0' + t.decimals) : 'n'); break;
    case T_TEXT:     str_add_char(out, 't'); break;
    case T_DATE:     str_add_char(out, 'd'); break;
    case T_DATETIME: str_add_char(out, 's'); break;
    case T_TIME:     str_add_char(out, 'h'); break;
    case T_DURATION: str_add_char(out, 'u'); break;
    case T_RECORD:   str_add_char(out, 'r'); break;
    case T_LIST:     str_add_char(out, 'a'); break;
    }
}

Type type_of_sign(const char **p)
{
    bool list = **p == 'l';
    if (list) (*p)++;
    char c = *(*p)++;
    Type t = type_plain(T_ANY);
    if (c >= '0' && c <= '9') {
        t.kind = T_NUMBER;
        t.decimals = c - '0';
    } else {
        static const struct { char c; TypeKind k; } map[] = {
            { 'b', T_BOOL }, { 'n', T_NUMBER }, { 't', T_TEXT }, { 'd', T_DATE },
            { 's', T_DATETIME }, { 'h', T_TIME }, { 'u', T_DURATION }, { 'r', T_RECORD },
        };
        for (int i = 0; i < LEN(map); i++)
            if (map[i].c == c) t.kind = map[i].k;
    }
    return list ? type_list(t) : t;
}

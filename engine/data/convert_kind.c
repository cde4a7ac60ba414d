/*
 * convert_kind.c — what the values of a field are, told by the text that is remembered of it.
 */
#include "data/convert_in.h"
#include "data/record_row.h"

#include <stdlib.h>
#include <string.h>

static ValKind stored_as(const char *family)
{
    static const struct { const char *family; ValKind kind; } table[] = {
        { "number", VAL_DEC }, { "integer", VAL_INT }, { "real", VAL_REAL },
        { "boolean", VAL_BOOL }, { "date", VAL_DATE }, { "datetime", VAL_DATETIME },
        { "link", VAL_REC }, { "time", VAL_TIME }, { "duration", VAL_DURATION },
    };

    for (int i = 0; i < LEN(table); i++)
        if (str_eq(table[i].family, family)) return table[i].kind;
    return VAL_TEXT;
}

/* "number 2", "link to x", "list of text", "list of links to x", "phone" */
Kind kind_parse(const char *kind)
{
    Kind k = { 0 };
    const char *to = strstr(kind, " to ");

    k.list = str_starts(kind, "list of ");
    if (k.list) kind += strlen("list of ");
    size_t n = strcspn(kind, " ");
    if (str_starts(kind, "links ")) n = strlen("link");
    if (n >= sizeof k.family) n = sizeof k.family - 1;
    memcpy(k.family, kind, n);
    if (str_eq(k.family, "number")) k.scale = atoi(kind + n);
    k.to = to ? to + 4 : NULL;
    k.val = stored_as(k.family);
    return k;
}

Kind kind_of_field(const Field *f)
{
    static const char *const family[] = {
        [VAL_DEC] = "number", [VAL_INT] = "integer", [VAL_REAL] = "real", [VAL_BOOL] = "boolean",
        [VAL_DATE] = "date", [VAL_DATETIME] = "datetime", [VAL_REC] = "link",
        [VAL_TIME] = "time", [VAL_DURATION] = "duration",
    };
    ValKind val = field_is_list(f) ? (f->name.type.of == T_RECORD ? VAL_REC : VAL_TEXT)
        : field_val(f);
    const char *name = val < LEN(family) && family[val] ? family[val] : "text";
    Kind k = { .scale = field_scale(f), .list = field_is_list(f), .val = val };

    strcpy(k.family, name);
    if (val == VAL_REC && f->name.target) k.to = f->name.target->table;
    return k;
}

/* Between these there is nothing to read; with text there always is. */
bool kind_sensible(const Kind *from, const Kind *to)
{
    static const char *const pairs[][2] = {
        { "number", "boolean" }, { "date", "datetime" }, { "number", "integer" },
        { "number", "real" }, { "integer", "boolean" }, { "integer", "real" },
    };

    if (str_eq(from->family, "rows") || str_eq(to->family, "rows")) return false;
    if (from->val == VAL_TEXT || to->val == VAL_TEXT) return true;
    if (str_eq(from->family, to->family)) return true;
    for (int i = 0; i < LEN(pairs); i++)
        if ((str_eq(from->family, pairs[i][0]) && str_eq(to->family, pairs[i][1]))
            || (str_eq(from->family, pairs[i][1]) && str_eq(to->family, pairs[i][0])))
            return true;
    return false;
}

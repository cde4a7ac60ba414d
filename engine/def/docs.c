/*
 * docs.c — the reference of field types, written from the table that the loader reads.
 */
#include "def/types.h"
#include "def/view.h"

#include <string.h>

static const char *const kind_names[] = {
    [ATTR_TEXT] = "text", [ATTR_LABEL] = "text by language", [ATTR_INT] = "whole number",
    [ATTR_NUMBER] = "number", [ATTR_BOOL] = "true or false", [ATTR_EXPR] = "expression",
    [ATTR_VALUE] = "value", [ATTR_FIELD] = "field", [ATTR_FORM] = "form",
    [ATTR_CHOICE] = "word", [ATTR_OPTIONS] = "list", [ATTR_MAP] = "map", [ATTR_LATER] = "",
};

const char *attr_kind_name(AttrKind kind)
{
    return kind_names[kind];
}

/* A bar would end the cell. */
static void cell(Str *out, const char *text)
{
    for (const char *p = text ? text : ""; *p; p++) {
        if (*p == '|') str_add_char(out, '\\');
        str_add_char(out, *p);
    }
}

static void attr_rows(Str *out, const FieldAttr *attr)
{
    str_add(out, "| attribute | holds | meaning | example |\n|---|---|---|---|\n");
    for (const FieldAttr *a = attr; a->key; a++) {
        if (a->kind == ATTR_LATER) continue;
        str_printf(out, "| `%s` | %s | ", a->key, kind_names[a->kind]);
        cell(out, a->help);
        str_add(out, " | `");
        cell(out, a->example);
        str_add(out, "` |\n");
    }
    for (const FieldAttr *a = attr; a->key; a++)
        if (a->kind == ATTR_LATER)
            str_printf(out, "\n`%s`: %s; not available yet.\n", a->key, a->help);
}

static const char *stored_as(const FieldType *t)
{
    if (t->computed && t->store == STORE_NONE) return "as its result";
    switch (t->store) {
    case STORE_TEXT: return "text";
    case STORE_NUMBER: return "exact number";
    case STORE_BOOL: return "0 or 1";
    case STORE_DATE: return "ISO date";
    case STORE_DATETIME: return "ISO time in UTC";
    case STORE_REF: return "foreign key";
    case STORE_LIST: return "side table";
    case STORE_ROWS: return "child table";
    case STORE_NONE: break;
    }
    return "not stored";
}

void fields_markdown(Str *out)
{
    const FieldType *const *type;
    int n = field_type_list(&type);
    str_add(out, "## Attributes of every field\n\n");
    attr_rows(out, field_common_attrs());
    str_add(out, "\n## Field types\n\n| type | holds | stored as |\n|---|---|---|\n");
    for (int i = 0; i < n; i++)
        str_printf(out, "| [%s](#%s) | %s | %s |\n", type[i]->name, type[i]->name,
            type[i]->help, stored_as(type[i]));
    for (int i = 0; i < n; i++) {
        str_printf(out, "\n### %s\n\n%s.\n", type[i]->name, type[i]->help);
        if (!type[i]->attr) continue;
        str_add(out, "\n");
        attr_rows(out, type[i]->attr);
    }
    str_add(out, "\nNot available yet:");
    for (int i = 0; i < types_nlater; i++)
        str_printf(out, "%s `%s`", i ? "," : "", types_later[i]);
    str_add(out, ".\n");
}

void views_markdown(Str *out)
{
    str_add(out, "| key | of | holds | meaning | example |\n|---|---|---|---|---|\n");
    for (const ViewAttr *a = view_attrs(); a->key; a++) {
        const char *sep = "";
        bool all = true;
        str_printf(out, "| `%s` | ", a->key);
        for (int t = 0; t < VIEW_TYPES; t++) all = all && a->types & VIEW_BIT(t);
        for (int t = 0; !all && t < VIEW_TYPES; t++) {
            if (!(a->types & VIEW_BIT(t))) continue;
            str_printf(out, "%s%s", sep, view_type_name[t]);
            sep = ", ";
        }
        str_printf(out, "%s | %s | ", all ? "every view" : "", attr_kind_name(a->kind));
        cell(out, a->help);
        str_add(out, " | `");
        cell(out, a->example);
        str_add(out, "` |\n");
    }
}

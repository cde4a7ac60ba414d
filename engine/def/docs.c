/*
 * docs.c — the reference of keys and field types, written from the tables that the loader reads.
 */
#include "def/json_schema.h"
#include "def/types.h"
#include "def/view.h"

#include <string.h>

static const char *const kind_names[] = {
    [ATTR_TEXT] = "text", [ATTR_LABEL] = "text by language", [ATTR_INT] = "whole number",
    [ATTR_NUMBER] = "number", [ATTR_BOOL] = "true or false", [ATTR_EXPR] = "expression",
    [ATTR_VALUE] = "value", [ATTR_FIELD] = "field", [ATTR_FORM] = "form",
    [ATTR_CHOICE] = "word", [ATTR_OPTIONS] = "list", [ATTR_MAP] = "map", [ATTR_LATER] = "",
    [ATTR_FLAG] = "true, false or expression", [ATTR_SWITCH] = "true, false or map",
    [ATTR_TEXTS] = "text or list", [ATTR_FIELDS] = "field or list",
    [ATTR_EXPRS] = "expression or list", [ATTR_LOCK] = "true, false or fields",
    [ATTR_PEOPLE] = "people", [ATTR_NAME] = "name",
    [ATTR_STEPS] = "action or steps", [ATTR_DURATION] = "duration", [ATTR_SETS] = "list of lists",
    [ATTR_LIST] = "list", [ATTR_EACH] = "map by name", [ATTR_SHAPE] = "scope",
};

/* A bar would end the cell. */
static void cell(Str *out, const char *text)
{
    for (const char *p = text ? text : ""; *p; p++) {
        if (*p == '|') str_add_char(out, '\\');
        str_add_char(out, *p);
    }
}

static void holds(Str *out, const Attr *a)
{
    bool words = a->kind == ATTR_CHOICE && a->words;
    if (!words) str_add(out, kind_names[a->kind]);
    for (int i = 0; words && i < a->nword; i++)
        str_printf(out, "%s%s", i ? " · " : "", a->words[i]);
}

static void attr_rows(Str *out, const FieldAttr *attr)
{
    str_add(out, "| key | holds | meaning | example |\n|---|---|---|---|\n");
    for (const FieldAttr *a = attr; a->key; a++) {
        if (a->kind == ATTR_LATER) continue;
        str_printf(out, "| `%s` | ", a->key);
        holds(out, a);
        str_add(out, " | ");
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
    case STORE_TIME: return "time as text";
    case STORE_DURATION: return "seconds";
    case STORE_REF: return "foreign key";
    case STORE_LIST: return "side table";
    case STORE_PARTS: return "a column for each part";
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
        if (type[i]->part) {
            str_add(out, "\nParts:");
            for (const FieldPart *p = type[i]->part; p->key; p++)
                str_printf(out, "%s `%s`", p == type[i]->part ? "" : ",", p->key);
            str_add(out, ".\n");
        }
        if (!type[i]->attr) continue;
        str_add(out, "\n");
        attr_rows(out, type[i]->attr);
    }
}

/* The maps that stand in a table, each under the way that leads to it. */
static void inner_tables(Str *out, const FileKind *kind, const Attr *table, const char *way,
    bool *steps)
{
    for (const Attr *a = table; a->key; a++) {
        const char *here = arena_printf(out->a, "%s `%s`", way, a->key);
        if (a->kind == ATTR_EACH) here = arena_printf(out->a, "%s `NAME`", here);
        const Attr *of = str_eq(a->shape, "step") ? step_attrs
            : str_eq(a->shape, "right") ? right_attrs
            : a->kind == ATTR_OPTIONS ? option_attrs : a->of;
        const AttrVariants *shape = attr_variants(a->shape);
        const AttrVariant *v = shape ? shape->of : NULL;
        if (kind->step && str_eq(a->shape, arena_printf(out->a, "%s_step", kind->name)))
            v = kind->step;
        if (of == step_attrs && *steps) continue;         /* the same everywhere */
        *steps |= of == step_attrs;
        if (of) {
            str_printf(out, "\n#### %s\n\n", here);
            attr_rows(out, of);
            inner_tables(out, kind, of, here, steps);
        }
        for (; v && v->name; v++) {
            str_printf(out, "\n#### %s: `%s`, %s\n\n", here, v->name, v->help);
            attr_rows(out, v->attr);
        }
    }
}

void keys_markdown(Str *out, const FileKind *kind, int n)
{
    bool steps = false;
    for (int i = 0; i < n; i++) {
        str_printf(out, "%s### %s\n\n%s.\n\n", i ? "\n" : "", kind[i].files, kind[i].help);
        attr_rows(out, kind[i].attrs);
        inner_tables(out, &kind[i], kind[i].attrs, kind[i].name, &steps);
    }
}

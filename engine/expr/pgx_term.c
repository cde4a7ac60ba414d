/*
 * pgx_term — terms of PostgreSQL brought to the form of their type, shown as text and compared.
 *
 * A function is found by the types of its arguments, so each is cast to what its static type
 * says; the server drops a cast that changes nothing. A list is an array.
 */
#include "expr/pgx.h"
#include <stdio.h>
#include <string.h>

static void add(Emit *e, const char *text)
{
    sql_add_n(e->q, text, strlen(text));
}

static const char *type_name(Type t)
{
    switch (t.kind) {
    case T_BOOL:     return "boolean";
    case T_NUMBER:   return t.decimals >= 0 ? "numeric" : "double precision";
    case T_DATE:     return "date";
    case T_DATETIME: return "timestamptz";
    case T_TIME:     return "time";
    case T_RECORD:   return "bigint";
    default:         return "text";       /* a duration too, such as 2bd */
    }
}

static void cast(Emit *e, Type t)
{
    bool list = t.kind == T_LIST;
    add(e, ")::");
    add(e, type_name(list ? type_item(t) : t));
    if (list) sql_add(e->q, "[]");
}

/* ---- constants ---- */

static void array_item(Str *s, Arena *a, Val v)
{
    char buf[64];
    if (val_is_blank(v)) {
        str_add(s, "NULL");
        return;
    }
    const char *text = buf;
    if (v.kind == VAL_REAL) snprintf(buf, sizeof buf, "%.17g", v.d);
    else text = val_show(a, v);
    str_add_char(s, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') str_add_char(s, '\\');
        str_add_char(s, *text);
    }
    str_add_char(s, '"');
}

static void constant_list(Emit *e, Val v, Type t)
{
    Str s = str_begin(e->cx->a);
    for (int i = 0; i < v.n; i++) {
        str_add_char(&s, i ? ',' : '{');
        array_item(&s, e->cx->a, v.list[i]);
    }
    str_add_char(&s, '}');
    sql_add(e->q, "(");
    sql_bind(e->q, val_text(str_show(&s)));
    cast(e, t);
}

/* A text of a statement always has values of the same types. */
void pgx_constant(Emit *e, Val v, Type t)
{
    static const char *const types[] = { [VAL_INT] = "::bigint", [VAL_REC] = "::bigint",
        [VAL_DEC] = "::numeric", [VAL_REAL] = "::double precision", [VAL_TEXT] = "::text",
        [VAL_DATE] = "::date", [VAL_DATETIME] = "::timestamptz", [VAL_TIME] = "::time",
        [VAL_DURATION] = "::text" };
    if (v.kind == VAL_BLANK) sql_add(e->q, "NULL");
    else if (v.kind == VAL_BOOL) sql_truth(e->q, v.i != 0);
    else if (v.kind == VAL_LIST) constant_list(e, v, t);
    else if (v.kind == VAL_DURATION) sql_bind(e->q, val_text(val_show(e->cx->a, v)));
    else sql_bind(e->q, v);
    if (v.kind < LEN(types) && types[v.kind]) add(e, types[v.kind]);
}

/* ---- the form of a type ---- */

/* A column of durations holds seconds. */
static bool is_seconds(const Emit *e, const Term *t)
{
    return t->type.kind == T_DURATION && !emit_is_known(e, t) && (emit_is_column(e, t)
        || (t->kind == TERM_GET && t->name->kind == NAME_COLUMN));
}

bool pgx_term_as(Emit *e, const Term *t, Type as)
{
    if (is_seconds(e, t)) {
        sql_add(e->q, "x_span(");
        if (!emit_term(e, t)) return false;
        sql_add(e->q, ")");
        return true;
    }
    sql_add(e->q, "(");
    if (!emit_term(e, t)) return false;
    cast(e, as);
    return true;
}

bool pgx_term(Emit *e, const Term *t)
{
    return pgx_term_as(e, t, t->type);
}

bool pgx_array(Emit *e, const Term *t)
{
    sql_add(e->q, "ARRAY[");
    for (int i = 0; i < t->n; i++) {
        if (i) sql_add(e->q, ", ");
        if (!pgx_term_as(e, t->arg[i], type_item(t->type))) return false;
    }
    sql_add(e->q, "]");
    return true;
}

/* ---- as text ---- */

static void put_zone(Emit *e, const Zone *zone)
{
    if (!emit_is_placed(e, FN_PLACE)) return;
    sql_bind(e->q, val_text(zone_name(zone)));
    sql_add(e->q, "::text");
}

void pgx_zone(Emit *e)
{
    put_zone(e, e->asker ? e->asker->zone : NULL);
}

void pgx_work_zone(Emit *e)
{
    put_zone(e, e->asker ? calendar_zone(e->asker->calendar, e->asker->zone) : NULL);
}

/* x_show(x[, more]) */
static bool show_call(Emit *e, const Term *t, Type item)
{
    sql_add(e->q, "x_show(");
    if (!pgx_term(e, t)) return false;
    if (item.kind == T_DATETIME) {
        sql_add(e->q, ", ");
        pgx_zone(e);
    } else if (item.kind == T_NUMBER && item.decimals >= 0) {
        sql_add(e->q, ", ");
        sql_int(e->q, item.decimals);
    }
    sql_add(e->q, ")");
    return true;
}

static bool is_plain(Type t)
{
    return t.kind == T_TEXT || t.kind == T_DURATION || t.kind == T_ANY || t.kind == T_BOOL
        || t.kind == T_RECORD;
}

/* A list as an array of texts. */
bool pgx_shown_list(Emit *e, const Term *t)
{
    Type item = type_item(t->type);
    if (!is_plain(item)) return show_call(e, t, item);
    return pgx_term_as(e, t, type_list(type_plain(T_TEXT)));
}

bool pgx_shown(Emit *e, const Term *t)
{
    Type type = t->type;
    if (type.kind == T_LIST) {
        sql_add(e->q, "array_to_string(");
        if (!pgx_shown_list(e, t)) return false;
        sql_add(e->q, ", ', ', '')");
        return true;
    }
    if (is_plain(type)) return pgx_term_as(e, t, type_plain(T_TEXT));
    if (type.kind != T_NUMBER || type.decimals < 0) return show_call(e, t, type);
    sql_add(e->q, "round(");
    if (!pgx_term(e, t)) return false;
    sql_add(e->q, ", ");
    sql_int(e->q, type.decimals);
    sql_add(e->q, ")::text");
    return true;
}

/* One char as list_unpack reads it, then the items. */
bool pgx_packed(Emit *e, const Term *t)
{
    Type item = type_item(t->type);
    bool whole = item.kind == T_BOOL || item.kind == T_RECORD;
    sql_add(e->q, "x_pack(");
    if (item.kind == T_NUMBER) {
        sql_add(e->q, "(");
        if (!pgx_term_as(e, t, type_list(type_plain(T_NUMBER)))) return false;
        sql_add(e->q, ")::text[], 'r')");
        return true;
    }
    if (item.kind == T_BOOL) sql_add(e->q, "(");
    if (!pgx_shown_list(e, t)) return false;
    if (item.kind == T_BOOL) sql_add(e->q, "::boolean[]::int[]::text[])");
    if (whole) sql_add(e->q, ", 'i')");
    else sql_add(e->q, ", 't')");
    return true;
}

/* ---- comparing ---- */

bool pgx_key(Emit *e, const Term *t)
{
    if (t->type.kind != T_DURATION || is_seconds(e, t)) return emit_term(e, t);
    sql_add(e->q, "x_seconds(");
    if (!pgx_term(e, t)) return false;
    sql_add(e->q, ")");
    return true;
}

/* The type at which two values, or the items of lists, are the same or not. */
static Type common(Type x, Type y)
{
    if (x.kind == T_LIST) x = type_item(x);
    if (y.kind == T_LIST) y = type_item(y);
    if (x.kind == T_ANY) return y;
    if (y.kind == T_ANY || x.kind == y.kind) {
        if (x.kind == T_NUMBER && y.kind == T_NUMBER && y.decimals < 0) return y;
        return x;
    }
    return type_plain(T_NUMBER);          /* a record and an id */
}

/* The side of a comparison; a duration, or each in a list, as seconds. */
static bool side(Emit *e, const Term *t, Type as)
{
    if (as.kind != T_DURATION) return pgx_term_as(e, t, t->type.kind == T_LIST ? type_list(as) : as);
    if (t->type.kind != T_LIST) return pgx_key(e, t);
    sql_add(e->q, "x_seconds(");
    if (!pgx_term(e, t)) return false;
    sql_add(e->q, ")");
    return true;
}

bool pgx_compare(Emit *e, const Term *x, const Term *y, const char *op)
{
    Type as = common(x->type, y->type);
    bool order = op[0] == '<' || op[0] == '>';
    if (order) sql_add(e->q, "coalesce(");
    else sql_add(e->q, "(");
    if (!side(e, x, as)) return false;
    if (order) {
        sql_add(e->q, " ");
        add(e, op);
        sql_add(e->q, " ");
    } else if (op[0] == '=') {
        sql_add(e->q, " IS NOT DISTINCT FROM ");
    } else {
        sql_add(e->q, " IS DISTINCT FROM ");
    }
    if (!side(e, y, as)) return false;
    if (order && as.kind == T_TEXT) sql_add(e->q, " COLLATE \"C\"");
    if (order) sql_add(e->q, ", FALSE)");
    else sql_add(e->q, ")");
    return true;
}

/* A blank is in a list that holds one. */
bool pgx_in(Emit *e, const Term *item, const Term *list)
{
    Type as = common(item->type, list->type);
    sql_add(e->q, "(array_position(");
    if (list->type.kind == T_LIST) {
        if (!side(e, list, as)) return false;
    } else {
        if (!pgx_term_as(e, list, type_list(as))) return false;
    }
    sql_add(e->q, ", ");
    if (!side(e, item, as)) return false;
    sql_add(e->q, ") IS NOT NULL)");
    return true;
}

bool pgx_where(Emit *e, const Term *list, const Term *op, const Term *value)
{
    Type as = common(list->type, value->type);
    sql_add(e->q, "x_where(");
    if (!side(e, list, as)) return false;
    if (as.kind == T_TEXT) sql_add(e->q, " COLLATE \"C\"");
    sql_add(e->q, ", ");
    if (!pgx_term(e, op)) return false;
    sql_add(e->q, ", ");
    if (!side(e, value, as)) return false;
    sql_add(e->q, ")");
    return true;
}

/*
 * sql_list — subforms, side lists, totals, other forms: everything that is a subquery over
 * rows. Rows in the bin count nowhere.
 */
#include "expr/pgx.h"
#include <string.h>

bool emit_owner(Emit *e, const Term *list)
{
    if (list->kind == TERM_FIELD) {
        emit_column(e, list->root == ROOT_HERE ? &e->here : &e->self, "id");
        return true;
    }
    const Names *form = list->form;
    if (!form->binned) return emit_id(e, list->arg[0]);
    char *alias = emit_alias(e);
    sql_add(e->q, "(SELECT ");
    sql_column(e->q, alias, "id");
    sql_add(e->q, " FROM ");
    sql_name(e->q, form->table);
    sql_add(e->q, " AS ");
    sql_name(e->q, alias);
    sql_add(e->q, " WHERE ");
    sql_column(e->q, alias, "id");
    sql_add(e->q, " = ");
    if (!emit_id(e, list->arg[0])) return false;
    if (!emit_alive(e, form, alias)) return false;
    sql_add(e->q, ")");
    return true;
}

static void from(Emit *e, const char *table, const char *alias)
{
    sql_add(e->q, " FROM ");
    sql_name(e->q, table);
    sql_add(e->q, " AS ");
    sql_name(e->q, alias);
}

static bool is_source(const Term *t)
{
    return (t->kind == TERM_FIELD || t->kind == TERM_GET) && t->name
        && (t->name->kind == NAME_ROWS || t->name->kind == NAME_LIST);
}

/* FROM … WHERE … of the rows under `alias`; *order has their position. */
static bool add_source(Emit *e, const Term *list, const char *alias, const char **order)
{
    *order = alias;
    from(e, list->name->kind == NAME_ROWS ? list->name->table : list->type.form->table, alias);
    if (list->name->kind == NAME_LIST) {
        char *link = emit_alias(e);
        *order = link;
        sql_add(e->q, ", ");
        sql_name(e->q, list->name->table);
        sql_add(e->q, " AS ");
        sql_name(e->q, link);
        sql_add(e->q, " WHERE ");
        sql_column(e->q, alias, "id");
        sql_add(e->q, " = ");
        sql_column(e->q, link, "value");
        if (!emit_alive(e, list->type.form, alias)) return false;
        sql_add(e->q, " AND ");
    } else {
        sql_add(e->q, " WHERE ");
    }
    sql_column(e->q, *order, "record");
    sql_add(e->q, " = ");
    return emit_owner(e, list);
}

static void add_order(Emit *e, const char *order)
{
    sql_add(e->q, " ORDER BY ");
    sql_column(e->q, order, "position");
}

/* A term for each row under `alias`. */
static bool add_inner(Emit *e, const Term *inner, const Names *form, const char *alias)
{
    Scope here = e->here;
    e->here = (Scope){ .form = form, .alias = alias };
    bool ok = e->q->dialect == DIALECT_PG ? pgx_term(e, inner) : emit_term(e, inner);
    e->here = here;
    return ok;
}

static void gather(Emit *e)
{
    if (e->q->dialect == DIALECT_PG) sql_add(e->q, "array_agg(");
    else sql_add(e->q, "x_list(");
}

static bool emit_rows_list(Emit *e, const Term *list, const Term *inner)
{
    char *alias = emit_alias(e), *whole = emit_alias(e);
    const char *order;
    bool side = !inner && list->name->kind == NAME_LIST;
    e->depth++;
    sql_add(e->q, "(SELECT ");
    gather(e);
    sql_add(e->q, "v) FROM (SELECT ");
    if (inner) {
        if (!add_inner(e, inner, list->type.form, alias)) return false;
    } else if (side) {
        sql_column(e->q, alias, "value");
    } else {
        sql_column(e->q, alias, "id");
    }
    sql_add(e->q, " AS v");
    if (side) {
        order = alias;
        from(e, list->name->table, alias);
        sql_add(e->q, " WHERE ");
        sql_column(e->q, alias, "record");
        sql_add(e->q, " = ");
        if (!emit_owner(e, list)) return false;
    } else if (!add_source(e, list, alias, &order)) {
        return false;
    }
    add_order(e, order);
    sql_add(e->q, ") AS ");
    sql_name(e->q, whole);
    sql_add(e->q, ")");
    e->depth--;
    return true;
}

bool emit_side_list(Emit *e, const Term *t)
{
    return emit_rows_list(e, t, NULL);
}

bool emit_each(Emit *e, const Term *t)
{
    if (!is_source(t->arg[0]))
        return cx_fail(e->cx, E_INPUT, "this list cannot be walked in a query");
    return emit_rows_list(e, t->arg[0], t->arg[1]);
}

/* x inside of the aggregate that means fn(x) over rows; x is written by `write`. */
typedef bool (*Write)(Emit *e, const Term *x, const Names *form, const char *alias);

static bool in_total(Emit *e, const char *open, const Term *x, const Names *form,
    const char *alias, Write write)
{
    sql_add_n(e->q, open, strlen(open));
    return write(e, x, form, alias);
}

static bool write_total(Emit *e, const Term *t, const Term *x, const Names *form,
    const char *alias, Write write)
{
    const char *fn = t->fn->doc.name;
    bool pg = e->q->dialect == DIALECT_PG, text = x && x->type.kind == T_TEXT && pg;
    if (str_eq(fn, "average") && pg) {
        if (!in_total(e, "(tn_sum(", x, form, alias, write)
            || !in_total(e, ")::double precision / nullif(COUNT(", x, form, alias, write))
            return false;
        sql_add(e->q, "), 0))");
        return true;
    }
    const char *open = str_eq(fn, "count") ? "COUNT(" : str_eq(fn, "count_if") ? "COUNT(CASE WHEN "
        : str_eq(fn, "min") ? "MIN(" : str_eq(fn, "max") ? "MAX("
        : str_eq(fn, "average") ? "x_avg(" : "tn_sum(";
    if (!in_total(e, open, x, form, alias, write)) return false;
    if (str_eq(fn, "average")) {
        sql_add(e->q, ", ");
        emit_sign(e, x->type);
    }
    if (text && open[0] == 'M') sql_add(e->q, " COLLATE \"C\"");
    if (str_eq(fn, "count_if")) sql_add(e->q, " THEN 1 END)");
    else sql_add(e->q, ")");
    return true;
}

static bool write_row(Emit *e, const Term *x, const Names *form, const char *alias)
{
    if (x) return add_inner(e, x, form, alias);
    sql_add(e->q, "*");
    return true;
}

static bool write_term(Emit *e, const Term *x, const Names *form, const char *alias)
{
    (void)form; (void)alias;
    return e->q->dialect == DIALECT_PG ? pgx_term(e, x) : emit_term(e, x);
}

/* Sums of durations, and totals whose type the database cannot add or order. */
static bool needs_list(const Term *t, const Term *x)
{
    const char *fn = t->fn->doc.name;
    bool count = str_eq(fn, "count") || str_eq(fn, "count_if");
    if (count) return false;
    return x->type.kind == T_DURATION || !(type_same(t->type, x->type)
        || (str_eq(fn, "average") && x->type.kind == T_NUMBER));
}

bool emit_total(Emit *e, const Term *t)
{
    bool each = t->arg[0]->kind == TERM_EACH;
    const Term *list = each ? t->arg[0]->arg[0] : t->arg[0];
    const Term *inner = each ? t->arg[0]->arg[1] : NULL;
    if (!is_source(list) || (inner && needs_list(t, inner))) return emit_call(e, t);
    if (!each && list->name->kind == NAME_LIST && list->type.of != T_RECORD)
        return emit_call(e, t);
    char *alias = emit_alias(e);
    const char *order;
    e->depth++;
    sql_add(e->q, "(SELECT ");
    if (!write_total(e, t, inner, list->type.form, alias, write_row)) return false;
    if (!add_source(e, list, alias, &order)) return false;
    sql_add(e->q, ")");
    e->depth--;
    return true;
}

bool emit_group(Emit *e, const Term *t)
{
    const Term *x = t->n ? t->arg[0] : NULL;
    if (!x) {
        sql_add(e->q, "COUNT(*)");
        return true;
    }
    if (needs_list(t, x)) {
        if (e->q->dialect == DIALECT_PG) return pgx_total_rows(e, t, x);
        Str s = str_begin(e->cx->a);
        char *name = func_sql_name(e->cx->a, t->fn);
        type_sign(&s, t->type);
        str_add(&s, ":");
        type_sign(&s, type_list(x->type));
        sql_add_n(e->q, name, strlen(name));
        sql_add(e->q, "('");
        sql_add_n(e->q, str_show(&s), s.n);
        sql_add(e->q, "', x_list(");
        if (!emit_term(e, x)) return false;
        sql_add(e->q, "))");
        return true;
    }
    return write_total(e, t, x, NULL, NULL, write_term);
}

bool emit_other(Emit *e, const Term *t)
{
    const char *fn = t->fn->doc.name;
    char *alias = emit_alias(e);
    const Term *of = t->n > 1 ? t->arg[1] : NULL;
    bool lookup = str_eq(fn, "lookup");
    bool filled = lookup && t->type.kind == T_BOOL;
    e->depth++;
    if (filled) sql_add(e->q, "COALESCE((SELECT ");
    else if (str_eq(fn, "exists")) sql_add(e->q, "EXISTS (SELECT 1");
    else if (str_eq(fn, "count_of")) sql_add(e->q, "(SELECT COUNT(*)");
    else if (lookup) sql_add(e->q, "(SELECT ");
    else sql_add(e->q, "(SELECT tn_sum(");
    if (of && !add_inner(e, of, t->form, alias)) return false;
    if (of && !lookup) sql_add(e->q, ")");
    from(e, t->form->table, alias);
    sql_add(e->q, " WHERE ");
    if (!add_inner(e, t->arg[0], t->form, alias)) return false;
    if (!emit_alive(e, t->form, alias)) return false;
    if (lookup) {
        sql_add(e->q, " ORDER BY ");
        sql_column(e->q, alias, "id");
        sql_add(e->q, " LIMIT 1");
    }
    sql_add(e->q, ")");
    if (filled) emit_or_false(e);
    e->depth--;
    return true;
}

/* The title of a form's row under `alias`: its expression, or its fields joined. */
static bool add_title(Emit *e, const Names *form, const char *alias)
{
    Scope here = e->here, self = e->self;
    bool ok = true;
    e->here = e->self = (Scope){ .form = form, .alias = alias };
    if (form->titled) {
        ok = emit_term(e, form->titled->root);
    } else {
        Binder b = { .a = e->cx->a };
        Term *t = term_call(&b, "&", type_plain(T_TEXT), 0, NULL, NULL);
        for (int i = 0; i < form->ntitle; i++) {
            const Name *name = names_find(form, form->title[i]);
            if (!name) continue;
            if (t->n)
                term_add(&b, t, term_value(&b, val_text(" · "), type_plain(T_TEXT), 0));
            Term *x = term_field(&b, ROOT_HERE, form, name, 0);
            term_add(&b, t, x->type.kind == T_RECORD ? bind_title_of(&b, x) : x);
        }
        ok = emit_term(e, t);
    }
    e->here = here;
    e->self = self;
    return ok;
}

/* Titles that name each other's records end somewhere. */
bool emit_title(Emit *e, const Term *t)
{
    const Names *form = t->form;
    char *alias = emit_alias(e);
    if (!form || e->titles >= 4) {
        sql_add(e->q, "NULL");
        return true;
    }
    e->titles++;
    e->depth++;
    sql_add(e->q, "(SELECT ");
    if (!add_title(e, form, alias)) return false;
    from(e, form->table, alias);
    sql_add(e->q, " WHERE ");
    sql_column(e->q, alias, "id");
    sql_add(e->q, " = ");
    if (!emit_id(e, t->arg[0])) return false;
    sql_add(e->q, ")");
    e->depth--;
    e->titles--;
    return true;
}

/* Active users that have one of the roles. */
bool emit_role(Emit *e, const Term *t)
{
    const Name *roles = names_find(t->form, "roles");
    char *alias = emit_alias(e), *side = emit_alias(e);
    Val list;
    bool spelled = e->spelled;
    e->spelled = false;
    if (!roles || roles->kind != NAME_LIST || !emit_is_known(e, t->arg[0]))
        return cx_fail(e->cx, E_INPUT, "this list cannot be walked in a query");
    e->spelled = spelled;
    if (!emit_known(e, t->arg[0], &list)) return false;
    sql_add(e->q, "(SELECT ");
    gather(e);
    sql_column(e->q, alias, "id");
    sql_add(e->q, ")");
    from(e, t->form->table, alias);
    sql_add(e->q, " WHERE EXISTS (SELECT 1");
    from(e, roles->table, side);
    sql_add(e->q, " WHERE ");
    sql_column(e->q, side, "record");
    sql_add(e->q, " = ");
    sql_column(e->q, alias, "id");
    sql_add(e->q, " AND ");
    sql_column(e->q, side, "value");
    sql_add(e->q, " IN (");
    for (int i = 0; list.kind == VAL_LIST && i < list.n; i++) {
        if (i) sql_add(e->q, ", ");
        sql_bind(e->q, list.list[i]);
    }
    sql_add(e->q, "))");
    if (names_find(t->form, "active")) {
        sql_add(e->q, " AND ");
        sql_column(e->q, alias, "active");
        emit_holds(e);
    }
    if (!emit_alive(e, t->form, alias)) return false;
    sql_add(e->q, ")");
    return true;
}

bool emit_user(Emit *e, const Term *t)
{
    char *alias = emit_alias(e);
    sql_add(e->q, "(SELECT ");
    sql_column(e->q, alias, "id");
    from(e, t->form->table, alias);
    sql_add(e->q, " WHERE ");
    sql_column(e->q, alias, "login");
    sql_add(e->q, " = ");
    e->depth++;
    if (!emit_term(e, t->arg[0])) return false;
    e->depth--;
    if (!emit_alive(e, t->form, alias)) return false;
    sql_add(e->q, ")");
    return true;
}

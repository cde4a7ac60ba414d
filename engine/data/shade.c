/*
 * shade.c — the shape of the draft's tables is compared with that of the served app, which is the
 * database's; both are told by spec.h, and the database is not asked.
 */
#include "data/shade.h"
#include "data/spec.h"

#include <string.h>

static const TableSpec *named(const Spec *s, const char *name)
{
    for (int i = 0; i < s->ntable; i++)
        if (str_eq(s->table[i].name, name)) return &s->table[i];
    return NULL;
}

/* The name with its beginning `now` put as `was`; NULL: it does not begin so. */
static const char *before(Arena *a, const char *name, const char *now, const char *was)
{
    size_t n = now ? strlen(now) : 0;

    if (!was || !now || strncmp(name, now, n) || (name[n] && name[n] != '_')) return NULL;
    return arena_printf(a, "%s%s", was, name + n);
}

/* Where its rows stand today. */
static const TableSpec *served_table(Arena *a, const Spec *s, const TableSpec *t)
{
    const TableSpec *found = named(s, t->name);
    const char *was = found || !t->form ? NULL : before(a, t->name, t->form->key, t->form->was);

    return found || !was ? found : named(s, was);
}

static const ColumnSpec *column(const TableSpec *t, const char *name)
{
    for (int i = 0; t && name && i < t->n; i++)
        if (str_eq(t->column[i].name, name)) return &t->column[i];
    return NULL;
}

/* The column that holds its values today; NULL: none does. */
static const ColumnSpec *served_column(Arena *a, const TableSpec *t, const ColumnSpec *c)
{
    const ColumnSpec *is = column(t, c->name);

    if (!is && c->field) is = column(t, before(a, c->name, c->field->key, c->field->was));
    return is && str_eq(is->kind, c->kind) && str_eq(is->type, c->type) ? is : NULL;
}

static bool same(const TableSpec *is, const TableSpec *t)
{
    for (int i = 0; i < t->n; i++) {
        const ColumnSpec *c = column(is, t->column[i].name);
        if (!c || !str_eq(c->kind, t->column[i].kind) || !str_eq(c->type, t->column[i].type)) return false;
    }
    return str_eq(is->name, t->name);
}

static void add_table(Arena *a, Sql *q, const TableSpec *is, const TableSpec *t)
{
    if (!sql_empty(q)) sql_add(q, ", ");
    sql_name(q, t->name);
    sql_add(q, " AS NOT MATERIALIZED (SELECT ");
    for (int i = 0; i < t->n; i++) {
        const ColumnSpec *c = &t->column[i], *now = served_column(a, is, c);
        if (i) sql_add(q, ", ");
        if (now) {
            sql_name(q, now->name);
        } else {
            sql_add(q, "CAST(NULL AS ");
            sql_add_n(q, c->type, strlen(c->type));
            sql_add(q, ")");
        }
        sql_add(q, " AS ");
        sql_name(q, c->name);
    }
    if (is) {
        sql_add(q, " FROM ");
        if (q->dialect == DIALECT_SQLITE) sql_add(q, "main.");
        sql_name(q, is->name);
    } else {
        sql_add(q, " WHERE 1 = 0");
    }
    sql_add(q, ")");
}

const char *shade_of(Arena *a, const App *served, const App *draft, Dialect dialect)
{
    Sql q = sql_begin(a, dialect);
    Spec is, to;

    spec_of(a, served, dialect, &is);
    spec_of(a, draft, dialect, &to);
    for (int i = 0; i < to.ntable; i++) {
        const TableSpec *t = &to.table[i], *now = served_table(a, &is, t);
        if (!now || !same(now, t)) add_table(a, &q, now, t);
    }
    return sql_text(&q);
}

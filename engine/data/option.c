/*
 * option.c — one query over the form of `options_from`, or over the side table of tags, with
 * the reader's rights joined in.
 */
#include "data/option.h"
#include "data/choice.h"
#include "data/perm.h"
#include "data/record_row.h"
#include "data/spec.h"
#include "def/types.h"

bool option_from_records(const Field *f)
{
    return f->option_form || f->type == &type_tags;
}

static bool may_see(Work *w, const Form *form, const Field *x)
{
    return w->as_app || (perm_may(w, form, ACT_READ) && perm_filterable(w, form, x));
}

MUST static bool add_live(Work *w, Sql *sql, const Form *form)
{
    Sql may = sql_begin(w->cx.a, db_dialect(w->db));

    if (!perm_where(w, form, ACT_READ, "t", &may)) return false;
    sql_join(sql, &may);
    if (form->names.binned) sql_add(sql, " AND \"t\".\"deleted_at\" IS NULL");
    return true;
}

/* FROM … WHERE: texts of records, the condition's `this.` being the record edited. */
MUST static bool add_records(Work *w, Sql *sql, const Field *f, const Record *r)
{
    Eval self = record_eval(w, r, NULL);

    sql_add(sql, " FROM ");
    sql_name(sql, f->option_form->names.table);
    sql_add(sql, " AS t WHERE ");
    if (!add_live(w, sql, f->option_form)) return false;
    if (!f->option_filter) return true;
    sql_add(sql, " AND (");
    if (!expr_sql(&w->cx, f->option_filter,
            &(ExprSql){ .asker = work_asker(w), .alias = "t", .self = &self }, sql))
        return false;
    sql_add(sql, ")");
    return true;
}

/* Of a row's tags: where its record may be read. */
MUST static bool add_tags(Work *w, Sql *sql, const Field *f)
{
    const Form *form = f->form->parent ? f->form->parent : f->form;

    sql_add(sql, " FROM ");
    sql_name(sql, f->name.table);
    sql_add(sql, " AS s");
    if (f->form->parent) {
        sql_add(sql, ", ");
        sql_name(sql, f->form->names.table);
        sql_add(sql, " AS c");
    }
    sql_add(sql, ", ");
    sql_name(sql, form->names.table);
    sql_add(sql, " AS t WHERE ");
    if (f->form->parent) sql_add(sql, "s.\"record\" = c.\"id\" AND c.\"record\" = t.\"id\" AND ");
    else sql_add(sql, "s.\"record\" = t.\"id\" AND ");
    return add_live(w, sql, form);
}

bool option_list(Work *w, const Field *f, const Record *r, const char *q, int limit,
    const char ***out, int *n, bool *more)
{
    Sql sql = sql_begin(w->cx.a, db_dialect(w->db));
    const Field *x = f->option_field ? f->option_field : f;
    const Form *form = f->option_form ? f->option_form
        : f->form->parent ? f->form->parent : f->form;
    const char *alias = f->option_form ? "t" : "s";
    const char *column = f->option_form ? x->name.column : "value";
    Rows rows;
    Val v;

    *n = 0;
    *more = false;
    *out = ARENA_ARRAY(w->cx.a, const char *, limit + 1);
    if (!may_see(w, form, f->option_form || !f->form->parent ? x : f->form->in)) return true;
    if (!r) r = record_new(w, f->form);
    sql_add(&sql, "SELECT DISTINCT ");
    sql_column(&sql, alias, column);
    if (!(f->option_form ? add_records(w, &sql, f, r) : add_tags(w, &sql, f))) return false;
    sql_add(&sql, " AND ");
    sql_column(&sql, alias, column);
    sql_add(&sql, " IS NOT NULL");
    if (q && *q) {
        sql_add(&sql, " AND ");
        sql_column(&sql, alias, f->option_form ? spec_sort_column(w->cx.a, x) : column);
        sql_add(&sql, " LIKE ");
        sql_bind(&sql, val_text(choice_pattern(w->cx.a, q)));
        sql_add(&sql, " ESCAPE '\\'");
    }
    sql_add(&sql, " ORDER BY 1 LIMIT ");
    sql_int(&sql, limit + 1);
    if (!db_query(&w->cx, w->db, &sql, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) {
        if (*n == limit) *more = true;
        else (*out)[(*n)++] = arena_dup_n(w->cx.a, v.t, (size_t)v.n);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

bool option_offered(Work *w, const Field *f, const Record *r, const char *value, bool *yes)
{
    Sql sql = sql_begin(w->cx.a, db_dialect(w->db));
    Val v;

    *yes = false;
    if (!may_see(w, f->option_form, f->option_field)) return true;
    sql_add(&sql, "SELECT 1");
    if (!add_records(w, &sql, f, r)) return false;
    sql_add(&sql, " AND ");
    sql_column(&sql, "t", f->option_field->name.column);
    sql_add(&sql, " = ");
    sql_bind(&sql, val_text(value));
    sql_add(&sql, " LIMIT 1");
    return db_one(&w->cx, w->db, &sql, &v, 1, yes);
}

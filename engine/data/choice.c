/*
 * choice.c — one query over the form a link points to, with the reader's rights joined in.
 */
#include "data/choice.h"
#include "data/perm.h"
#include "data/record_row.h"
#include "data/spec.h"
#include "data/titles.h"

#include <stdlib.h>
#include <string.h>

/* % and _ of what was typed mean themselves. */
const char *choice_pattern(Arena *a, const char *text)
{
    Str s = str_begin(a);

    str_add_char(&s, '%');
    for (const char *p = str_fold(a, text); *p; p++) {
        if (strchr("%_\\", *p)) str_add_char(&s, '\\');
        str_add_char(&s, *p);
    }
    str_add_char(&s, '%');
    return str_show(&s);
}

static bool is_searched(const Form *to, const Field *f)
{
    if (!field_has_column(f) || f->name.type.kind != T_TEXT) return false;
    for (int i = 0; i < to->ntitle_field; i++)
        if (to->title_field[i] == f) return true;
    return f->search;
}

static void add_search(Work *w, Sql *sql, const Form *to, const char *q)
{
    Val pattern = val_text(choice_pattern(w->cx.a, q));
    bool any = false;

    sql_add(sql, " AND (");
    for (int i = to->nsystem; i < to->nfield; i++) {
        if (!is_searched(to, to->field[i]) || !perm_filterable(w, to, to->field[i])) continue;
        if (any) sql_add(sql, " OR ");
        sql_column(sql, "t", spec_sort_column(w->cx.a, to->field[i]));
        sql_add(sql, " LIKE ");
        sql_bind(sql, pattern);
        sql_add(sql, " ESCAPE '\\'");
        any = true;
    }
    if (!any) sql_add(sql, "1 = 0");
    sql_add(sql, ")");
}

/* Nobody is given work who has left. */
static void add_active(Sql *sql, const Form *to)
{
    const Field *active = to->builtin ? form_field(to, "active") : NULL;

    if (!active) return;
    sql_add(sql, " AND ");
    sql_column(sql, "t", active->name.column);
    sql_add(sql, " = ");
    sql_bind(sql, val_bool(true));
}

MUST static bool add_pick(Work *w, Sql *sql, const Field *f, const Record *r)
{
    const Expr *pick = f->pick ? f->pick : f->among;
    Eval self = record_eval(w, r, NULL);

    if (!pick) return true;
    sql_add(sql, " AND ");
    return expr_sql(&w->cx, pick,
        &(ExprSql){ .asker = work_asker(w), .alias = "t", .self = &self }, sql);
}

static int by_title(const void *a, const void *b)
{
    const Choice *x = a, *y = b;
    int order = strcmp(x->title, y->title);
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

MUST static bool read_choices(Work *w, const Form *to, const Sql *sql, int columns, int limit,
    Record **found, int *n, bool *more)
{
    Val *row = ARENA_ARRAY(w->cx.a, Val, columns);
    Rows rows;

    if (!db_query(&w->cx, w->db, sql, &rows)) return false;
    while (db_next(&w->cx, &rows, row)) {
        if (*n == limit) *more = true;
        else found[(*n)++] = record_of_row(w, to, row);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

bool choice_list(Work *w, const Field *f, const Record *r, const char *q, int limit,
    Choice **out, int *n, bool *more)
{
    const Form *to = f->to;
    Sql sql = sql_begin(w->cx.a, db_dialect(w->db));
    Sql may = sql_begin(w->cx.a, db_dialect(w->db));

    *n = 0;
    *more = false;
    *out = ARENA_ARRAY(w->cx.a, Choice, limit + 1);
    /* Files are not chosen among what others uploaded. */
    if (!to || to == w->app->files || !perm_may(w, to, ACT_READ)) return true;
    if (!r) r = record_new(w, f->form);
    sql_add(&sql, "SELECT ");
    int columns = record_columns(&sql, to, "t");
    sql_add(&sql, " FROM ");
    sql_name(&sql, to->names.table);
    sql_add(&sql, " AS t WHERE ");
    if (!perm_where(w, to, ACT_READ, "t", &may)) return false;
    sql_join(&sql, &may);
    if (to->names.binned) sql_add(&sql, " AND \"t\".\"deleted_at\" IS NULL");
    add_active(&sql, to);
    if (!add_pick(w, &sql, f, r)) return false;
    if (q && *q) add_search(w, &sql, to, q);
    sql_add(&sql, " ORDER BY \"t\".\"id\" DESC LIMIT ");
    sql_int(&sql, limit + 1);
    Record **found = ARENA_ARRAY(w->cx.a, Record *, limit + 1);
    if (!read_choices(w, to, &sql, columns, limit, found, n, more)) return false;
    for (int i = 0; i < *n; i++) {
        (*out)[i] = (Choice){ record_id(found[i]), record_title(w, found[i]) };
        titles_put(w, to, (*out)[i].id, (*out)[i].title);
    }
    qsort(*out, (size_t)*n, sizeof **out, by_title);
    return !w->cx.err;
}

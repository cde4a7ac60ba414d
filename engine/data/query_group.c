/*
 * query_group.c — counts and sums by groups: by "stage,month(closed_on)" of "sum(amount)".
 *
 * The database adds up; numbers keep their decimals. Rows come in the order of their keys.
 */
#include "data/query_in.h"

#define MOST_GROUPS 10000
#define MOST_PARTS 16

MUST static bool load(Work *w, const Form *f, const char *text, ExprUse use, Expr ***out,
    int *n)
{
    char **piece;

    *n = text ? query_split(w->cx.a, text, &piece) : 0;
    if (*n > MOST_PARTS)
        return cx_fail(&w->cx, E_SYNTAX, "at most %d expressions", MOST_PARTS);
    *out = ARENA_ARRAY(w->cx.a, Expr *, *n + 1);
    for (int i = 0; i < *n; i++) {
        (*out)[i] = query_expr(w, f, piece[i], use, (Type){ 0 }, NULL);
        if (!(*out)[i]) return cx_check(&w->cx);
        if (use == USE_FILTER && expr_type((*out)[i]).kind == T_LIST) {
            cx_issue(&w->cx, at_field("by"), "does_not_fit", "`%s` holds several values",
                piece[i]);
            return cx_check(&w->cx);
        }
    }
    return true;
}

MUST static bool add(Work *w, Expr *const *e, int n, bool *first, Sql *q)
{
    for (int i = 0; i < n; i++) {
        ExprSql how = query_sql(w, NULL);
        if (!*first) sql_add(q, ", ");
        *first = false;
        if (w->cx.err || !expr_sql(&w->cx, e[i], &how, q)) return false;
    }
    return true;
}

/* In an order blanks come first, as in the indexes. */
static void add_numbers(Sql *q, int n, bool order)
{
    for (int i = 0; i < n; i++) {
        if (i) sql_add(q, ", ");
        sql_int(q, i + 1);
        if (order && q->dialect == DIALECT_PG) sql_add(q, " NULLS FIRST");
    }
}

MUST static bool build(Work *w, const GroupAsk *ask, const Groups *g, Sql *q)
{
    ListAsk where = { .form = ask->form, .filter = ask->filter, .also = ask->also,
        .passed = ask->passed };
    bool first = true;

    sql_add(q, "SELECT ");
    if (!add(w, g->by, g->nby, &first, q) || !add(w, g->of, g->nof, &first, q)) return false;
    sql_add(q, " FROM ");
    sql_name(q, ask->form->names.table);
    sql_add(q, " AS r WHERE ");
    if (!query_where(w, &where, q)) return false;
    if (g->nby) {
        sql_add(q, " GROUP BY ");
        add_numbers(q, g->nby, false);
        sql_add(q, " ORDER BY ");
        add_numbers(q, g->nby, true);
    }
    sql_limit(q, ask->limit > 0 && ask->limit < MOST_GROUPS ? ask->limit : MOST_GROUPS);
    return true;
}

static Val *typed(Work *w, Expr *const *e, int n, const Val *raw)
{
    Val *out = ARENA_ARRAY(w->cx.a, Val, n + 1);

    for (int i = 0; i < n; i++) {
        int scale = 0;
        ValKind kind = expr_val_kind(e[i], &scale);
        out[i] = val_copy(w->cx.a, db_typed(raw[i], kind, scale));
    }
    return out;
}

bool query_group(Work *w, const GroupAsk *ask, Groups *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    int cap = 0;

    *out = (Groups){ 0 };
    if (!load(w, ask->form, ask->by, USE_FILTER, &out->by, &out->nby)) return false;
    if (!load(w, ask->form, ask->of ? ask->of : "count()", USE_AGGREGATE, &out->of, &out->nof))
        return false;
    if (!out->nof) return cx_fail(&w->cx, E_SYNTAX, "nothing to compute");
    if (!build(w, ask, out, &q)) return false;
    Val *row = ARENA_ARRAY(w->cx.a, Val, out->nby + out->nof);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row)) {
        GroupRow g = { typed(w, out->by, out->nby, row),
            typed(w, out->of, out->nof, row + out->nby) };
        ARENA_PUSH(w->cx.a, out->row, out->n, cap, g);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

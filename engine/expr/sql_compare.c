/*
 * sql_compare — comparisons, spelled so that an index on the column can answer them: no
 * function around a column, the constant in the column's own form. None is ever NULL.
 */
#include "expr/pgx.h"
#include "base/decimal.h"
#include <math.h>
#include <string.h>

/* The same comparison with its sides exchanged. */
static const char *mirror(const char *op)
{
    static const char *const pair[][2] =
        { { "<", ">" }, { "<=", ">=" }, { ">", "<" }, { ">=", "<=" } };
    for (int i = 0; i < LEN(pair); i++)
        if (str_eq(pair[i][0], op)) return pair[i][1];
    return op;
}

static void add_op(Emit *e, const char *op)
{
    sql_add(e->q, " ");
    sql_add_n(e->q, op, strlen(op));
    sql_add(e->q, " ");
}

/* The constant as the column holds it: scaled where that is exact, else a double between two
   scaled integers. */
static Val as_column(Val v, Type t)
{
    int64_t scaled;
    if (v.kind == VAL_REC) return val_int(v.i);
    if (t.kind != T_NUMBER || t.decimals < 0)
        return v.kind == VAL_DEC && t.kind == T_NUMBER ? val_real(val_number(v)) : v;
    if (v.kind == VAL_DEC && v.scale <= t.decimals && val_scaled(v, t.decimals, &scaled))
        return val_int(scaled);
    double d = val_number(v), near = round(d * pow(10, t.decimals));
    if (fabs(near) < 9e18 && decimal_real((int64_t)near, t.decimals) == d)
        return val_int((int64_t)near);
    if (decimal_from_real(d, t.decimals, &scaled) && decimal_real(scaled, t.decimals) == d)
        return val_int(scaled);
    return val_real(d * pow(10, t.decimals));
}

/* Whole numbers go as such: they fit bigint and numeric columns. A double that is no stored number
   goes as its digits, for beside a double the column would be converted, past its index. */
void emit_bound(Emit *e, Val v, Type t)
{
    if (e->q->dialect == DIALECT_SQLITE) {
        sql_bind(e->q, as_column(v, t));
        return;
    }
    Val whole = t.kind == T_NUMBER && t.decimals >= 0 ? as_column(v, t) : v;
    if (whole.kind == VAL_INT && v.kind != VAL_REC && t.kind == T_NUMBER && t.decimals >= 0) {
        sql_bind(e->q, t.decimals ? val_dec(whole.i, t.decimals) : whole);
    } else if (whole.kind == VAL_REAL && t.kind == T_NUMBER && t.decimals >= 0) {
        sql_bind(e->q, val_text(arena_printf(e->cx->a, "%.17g", val_number(v))));
        sql_add(e->q, "::numeric");
    } else {
        sql_bind(e->q, v);
        if (v.kind == VAL_TEXT) sql_add(e->q, "::text");
        if (t.kind == T_NUMBER) sql_add(e->q, "::double precision");
    }
}

/* A duration is seconds in a column, else a text. */
bool emit_is_native(const Emit *e, const Term *t)
{
    if (e->q->dialect == DIALECT_PG) return t->type.kind != T_LIST;
    if (t->type.kind != T_DURATION) return t->type.kind != T_LIST;
    return emit_is_column(e, t) || (t->kind == TERM_GET && t->name->kind == NAME_COLUMN);
}

bool emit_side(Emit *e, const Term *x)
{
    return e->q->dialect == DIALECT_PG ? pgx_key(e, x) : emit_term(e, x);
}

/* X op $n for a known right side, on a column of PostgreSQL: its IS has no index. */
static bool compare_column(Emit *e, const char *op, const Term *x, Val v)
{
    bool same = op[0] != '!';
    sql_add(e->q, "(");
    if (!emit_term(e, x)) return false;
    if (same) add_op(e, op);
    else sql_add(e->q, " <> ");
    emit_bound(e, v, x->type);
    if (same) sql_add(e->q, " AND ");
    else sql_add(e->q, " OR ");
    if (!emit_term(e, x)) return false;
    if (same) sql_add(e->q, " IS NOT NULL)");
    else sql_add(e->q, " IS NULL)");
    return true;
}

static void add_same(Emit *e, bool same)
{
    bool pg = e->q->dialect == DIALECT_PG;
    if (same) emit_equals(e);
    else if (pg) sql_add(e->q, " IS DISTINCT FROM ");
    else sql_add(e->q, " IS NOT ");
}

/* The same on others; on SQLite IS can use an index. */
static bool compare_known(Emit *e, const char *op, const Term *x, Val v)
{
    bool order = op[0] == '<' || op[0] == '>', blank = val_is_blank(v);
    bool pg = e->q->dialect == DIALECT_PG, column = emit_is_column(e, x);
    if (blank && order) {
        sql_truth(e->q, false);
        return true;
    }
    if (column && x->type.kind != T_BOOL && !blank && (order || pg))
        return compare_column(e, op, x, v);
    if (order) sql_add(e->q, "COALESCE(");
    else sql_add(e->q, "(");
    if (!(blank ? emit_term(e, x) : emit_side(e, x))) return false;
    if (blank && pg && op[0] == '=') sql_add(e->q, " IS NULL)");
    else if (blank && pg) sql_add(e->q, " IS NOT NULL)");
    if (blank && pg) return true;
    if (order) add_op(e, op);
    else add_same(e, op[0] == '=');
    if (blank) sql_add(e->q, "NULL");
    else emit_bound(e, v, x->type);
    if (order && pg && x->type.kind == T_TEXT) sql_add(e->q, " COLLATE \"C\"");
    if (order) emit_or_false(e);
    else sql_add(e->q, ")");
    return true;
}

static bool compare_terms(Emit *e, const Term *t, const char *op)
{
    const Term *x = t->arg[0], *y = t->arg[1];
    bool order = op[0] == '<' || op[0] == '>';
    bool same = type_same(x->type, y->type) || (x->type.kind == T_RECORD
        && y->type.kind == T_NUMBER && y->type.decimals <= 0);
    if (!same || !emit_is_native(e, x) || !emit_is_native(e, y)) return emit_call(e, t);
    if (e->q->dialect == DIALECT_PG) return pgx_compare(e, x, y, op);
    if (order) sql_add(e->q, "COALESCE(");
    else sql_add(e->q, "(");
    if (!emit_term(e, x)) return false;
    if (order) add_op(e, op);
    else add_same(e, op[0] == '=');
    if (!emit_term(e, y)) return false;
    if (order) emit_or_false(e);
    else sql_add(e->q, ")");
    return true;
}

/* ---- stage.status: the stages that have it ---- */

bool emit_is_status(const Emit *e, const Term *t)
{
    return t->kind == TERM_FIELD && t->name && t->name->kind == NAME_STAGE
        && t->part == STAGE_STATUS
        && !(t->root == ROOT_HERE ? e->here.memory : e->self.memory);
}

static bool status_in(const StageName *s, Val list)
{
    for (int i = 0; i < list.n; i++)
        if (list.list[i].kind == VAL_TEXT && str_eq(list.list[i].t, s->status)) return true;
    return false;
}

/* Does the name mean the same in every workflow, as far as these statuses go? */
static bool agrees(const Names *f, const char *stage, Val list, bool in)
{
    for (int i = 0; i < f->nstage; i++)
        if (str_eq(f->stage[i].stage, stage) && status_in(&f->stage[i], list) != in) return false;
    return true;
}

static bool seen_before(const Names *f, int i)
{
    for (int k = 0; k < i; k++)
        if (str_eq(f->stage[k].stage, f->stage[i].stage)) return true;
    return false;
}

/* An entry of any version is only for those that no entry of theirs speaks of. */
static void emit_versions(Emit *e, const Scope *s, const Names *f, const StageName *n)
{
    int count = 0;
    for (int i = 0; !n->version && i < f->nstage; i++) {
        const StageName *x = &f->stage[i];
        if (!x->version || !str_eq(x->stage, n->stage) || !str_eq(x->workflow, n->workflow))
            continue;
        if (!count) {
            sql_add(e->q, " AND ");
            emit_column(e, s, "workflow_version");
        }
        if (count++) sql_add(e->q, ", ");
        else sql_add(e->q, " NOT IN (");
        sql_int(e->q, x->version);
    }
    if (count) sql_add(e->q, ")");
    if (!n->version) return;
    sql_add(e->q, " AND ");
    emit_column(e, s, "workflow_version");
    sql_add(e->q, " = ");
    sql_int(e->q, n->version);
}

void emit_status_in(Emit *e, const Term *t, Val list)
{
    const Scope *s = t->root == ROOT_HERE ? &e->here : &e->self;
    const Names *f = t->form;
    int n = 0;
    sql_add(e->q, "(");
    emit_column(e, s, "stage");
    sql_add(e->q, " IS NOT NULL AND (");
    for (int i = 0; i < f->nstage; i++) {
        if (!status_in(&f->stage[i], list) || seen_before(f, i)
            || !agrees(f, f->stage[i].stage, list, true))
            continue;
        if (n++) {
            sql_add(e->q, ", ");
        } else {
            emit_column(e, s, "stage");
            sql_add(e->q, " IN (");
        }
        sql_bind(e->q, val_text(f->stage[i].stage));
    }
    if (n) sql_add(e->q, ")");
    for (int i = 0; i < f->nstage; i++) {
        if (!status_in(&f->stage[i], list) || agrees(f, f->stage[i].stage, list, true)) continue;
        if (n++) sql_add(e->q, " OR ");
        sql_add(e->q, "(");
        emit_column(e, s, "stage");
        sql_add(e->q, " = ");
        sql_bind(e->q, val_text(f->stage[i].stage));
        sql_add(e->q, " AND ");
        emit_column(e, s, "workflow");
        emit_equals(e);
        sql_bind(e->q, val_text(f->stage[i].workflow));
        emit_versions(e, s, f, &f->stage[i]);
        sql_add(e->q, ")");
    }
    if (!n) sql_truth(e->q, false);
    sql_add(e->q, "))");
}

static void emit_status_is(Emit *e, const Term *t, const char *op, Val v)
{
    if (op[0] == '!') sql_add(e->q, "(NOT ");
    emit_status_in(e, t, val_list(&v, 1));
    if (op[0] == '!') sql_add(e->q, ")");
}

bool emit_compare(Emit *e, const Term *t)
{
    const char *op = t->fn->doc.name;
    const Term *x = t->arg[0], *y = t->arg[1];
    Val v;
    if (emit_is_known(e, x) && !emit_is_known(e, y)) {
        x = t->arg[1];
        y = t->arg[0];
        op = mirror(op);
    }
    if (!emit_is_known(e, y)) return compare_terms(e, t, op);
    if (!emit_known(e, y, &v)) return false;
    if (!val_is_blank(v)) v = val_as(e->cx->a, v, y->type);
    if (emit_is_status(e, x) && v.kind == VAL_TEXT && (op[0] == '=' || op[0] == '!')) {
        emit_status_is(e, x, op, v);
        return true;
    }
    if (!emit_is_native(e, x) && !val_is_blank(v)) return emit_call(e, t);
    if (v.kind == VAL_BOOL && e->q->dialect == DIALECT_SQLITE) v = val_int(v.i);
    return compare_known(e, op, x, v);
}

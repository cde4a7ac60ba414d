/*
 * sql_compare — comparisons, spelled so that an index on the column can answer them: no
 * function around a column, the constant in the column's own form. None is ever NULL.
 */
#include "expr/emit.h"
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
static Val as_column(Emit *e, Val v, Type t)
{
    int64_t scaled;
    if (v.kind == VAL_REC) return val_int(v.i);
    if (v.kind == VAL_DURATION) return val_int(duration_seconds(v));
    if (t.kind != T_NUMBER || t.decimals < 0) return raw_of(e->cx->a, v.kind == VAL_DEC
        && t.kind == T_NUMBER ? val_real(val_number(v)) : v);
    if (v.kind == VAL_DEC && v.scale <= t.decimals && val_scaled(v, t.decimals, &scaled))
        return val_int(scaled);
    double d = val_number(v), near = round(d * pow(10, t.decimals));
    if (fabs(near) < 9e18 && decimal_real((int64_t)near, t.decimals) == d)
        return val_int((int64_t)near);
    if (decimal_from_real(d, t.decimals, &scaled) && decimal_real(scaled, t.decimals) == d)
        return val_int(scaled);
    return val_real(d * pow(10, t.decimals));
}

/* Does SQL order it as the language does? A duration is seconds in a column, else a text. */
static bool is_native(const Emit *e, const Term *t)
{
    if (t->type.kind != T_DURATION) return t->type.kind != T_LIST;
    return emit_is_column(e, t) || (t->kind == TERM_GET && t->name->kind == NAME_COLUMN);
}

/* X op $n for a known right side. */
static bool compare_known(Emit *e, const char *op, const Term *x, Val v)
{
    bool order = op[0] == '<' || op[0] == '>';
    if (val_is_blank(v) && order) {
        sql_add(e->q, "0");
        return true;
    }
    bool column = emit_is_column(e, x);
    if (order && !column) sql_add(e->q, "COALESCE(");
    else sql_add(e->q, "(");
    if (!emit_term(e, x)) return false;
    if (!order && e->q->dialect == DIALECT_PG) {
        if (op[0] == '=') sql_add(e->q, " IS NOT DISTINCT FROM ");
        else sql_add(e->q, " IS DISTINCT FROM ");
    } else if (!order) {
        if (op[0] == '=') sql_add(e->q, " IS ");
        else sql_add(e->q, " IS NOT ");
    } else {
        add_op(e, op);
    }
    if (val_is_blank(v)) sql_add(e->q, "NULL");
    else sql_bind(e->q, as_column(e, v, x->type));
    if (order && column) {
        sql_add(e->q, " AND ");
        if (!emit_term(e, x)) return false;
        sql_add(e->q, " IS NOT NULL)");
    } else if (order) {
        sql_add(e->q, ", 0)");
    } else {
        sql_add(e->q, ")");
    }
    return true;
}

static bool compare_terms(Emit *e, const Term *t, const char *op)
{
    const Term *x = t->arg[0], *y = t->arg[1];
    bool order = op[0] == '<' || op[0] == '>';
    bool same = type_same(x->type, y->type) || (x->type.kind == T_RECORD
        && y->type.kind == T_NUMBER && y->type.decimals <= 0);
    if (!same || !is_native(e, x) || !is_native(e, y)) return emit_call(e, t);
    if (order) sql_add(e->q, "COALESCE(");
    else sql_add(e->q, "(");
    if (!emit_term(e, x)) return false;
    if (order) add_op(e, op);
    else if (op[0] == '=') sql_add(e->q, " IS ");
    else sql_add(e->q, " IS NOT ");
    if (!emit_term(e, y)) return false;
    if (order) sql_add(e->q, ", 0)");
    else sql_add(e->q, ")");
    return true;
}

/* ---- stage.status: the stages that have it ---- */

static bool is_status(const Emit *e, const Term *t)
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

static void emit_status_in(Emit *e, const Term *t, Val list)
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
        sql_add(e->q, ")");
    }
    if (!n) sql_add(e->q, "0");
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
    if (is_status(e, x) && v.kind == VAL_TEXT && (op[0] == '=' || op[0] == '!')) {
        emit_status_is(e, x, op, v);
        return true;
    }
    if (!is_native(e, x) && !val_is_blank(v)) return emit_call(e, t);
    if (v.kind == VAL_BOOL) v = val_int(v.i);
    return compare_known(e, op, x, v);
}

/* ---- in ---- */

static bool all_filled(Val list)
{
    for (int i = 0; i < list.n; i++)
        if (val_is_blank(list.list[i])) return false;
    return true;
}

/* Many ids in one value: the text of the statement does not change with their number, and a
   company of thousands stays below the limit of parameters. */
static void in_ids(Emit *e, Val list)
{
    Str ids = str_begin(e->cx->a);
    for (int i = 0; i < list.n; i++)
        str_printf(&ids, "%s%lld", i ? "," : "[", (long long)list.list[i].i);
    str_add(&ids, "]");
    if (e->q->dialect == DIALECT_PG) {
        sql_add(e->q, "SELECT value::bigint FROM json_array_elements_text(");
        sql_bind(e->q, val_text(str_show(&ids)));
        sql_add(e->q, "::json) AS ids(value)");
        return;
    }
    sql_add(e->q, "SELECT value FROM json_each(");
    sql_bind(e->q, val_text(str_show(&ids)));
    sql_add(e->q, ")");
}

static bool in_known(Emit *e, const Term *t, Val list)
{
    const Term *x = t->arg[0];
    bool column = emit_is_column(e, x);
    if (list.kind != VAL_LIST) {
        sql_add(e->q, "0");
        return true;
    }
    if (is_status(e, x)) {
        emit_status_in(e, x, list);
        return true;
    }
    if (!is_native(e, x) || x->type.kind == T_BOOL || !all_filled(list))
        return emit_call(e, t);
    if (column) sql_add(e->q, "(");
    else sql_add(e->q, "COALESCE(");
    if (!emit_term(e, x)) return false;
    sql_add(e->q, " IN (");
    if (x->type.kind == T_RECORD && list.n > 4) {
        in_ids(e, list);
    } else {
        for (int n = 0; n < list.n; n++) {
            if (n) sql_add(e->q, ", ");
            sql_bind(e->q, as_column(e, list.list[n], x->type));
        }
    }
    sql_add(e->q, ")");
    if (!column) {
        sql_add(e->q, ", 0)");
        return true;
    }
    sql_add(e->q, " AND ");
    if (!emit_term(e, x)) return false;
    sql_add(e->q, " IS NOT NULL)");
    return true;
}

static bool side_has(Emit *e, const Term *item, const Term *list)
{
    char *alias = emit_alias(e);
    sql_add(e->q, "EXISTS (SELECT 1 FROM ");
    e->depth++;
    sql_name(e->q, list->name->table);
    sql_add(e->q, " AS ");
    sql_name(e->q, alias);
    sql_add(e->q, " WHERE ");
    sql_column(e->q, alias, "record");
    sql_add(e->q, " = ");
    if (!emit_owner(e, list)) return false;
    sql_add(e->q, " AND ");
    sql_column(e->q, alias, "value");
    sql_add(e->q, " = ");
    if (!emit_term(e, item)) return false;
    sql_add(e->q, ")");
    e->depth--;
    return true;
}

bool emit_in(Emit *e, const Term *t)
{
    const Term *item = t->arg[0], *list = t->arg[1];
    Val v;
    if (emit_is_known(e, list)) {
        if (!emit_known(e, list, &v)) return false;
        return in_known(e, t, v);
    }
    bool side = (list->kind == TERM_FIELD || list->kind == TERM_GET)
        && list->name && list->name->kind == NAME_LIST;
    if (side && is_native(e, item) && (type_same(item->type, type_item(list->type))
        || list->type.of == T_RECORD))
        return side_has(e, item, list);
    return emit_call(e, t);
}

/* x in period: a column against the first and the last moment. */
bool emit_within(Emit *e, const Term *t)
{
    const Term *x = t->arg[0];
    Val v;
    const Zone *zone = e->asker && e->asker->zone ? e->asker->zone : zone_utc();
    if (!emit_is_column(e, x) || !emit_is_known(e, t->arg[1])) return emit_call(e, t);
    if (!emit_known(e, t->arg[1], &v)) return false;
    if (v.kind != VAL_LIST || v.n != 2) {
        sql_add(e->q, "0");
        return true;
    }
    Val from = v.list[0], to = v.list[1];
    bool instant = x->type.kind == T_DATETIME && t->arg[1]->type.of == T_DATE;
    if (instant && !val_is_blank(from)) from = val_datetime(local_midnight(from.i, zone));
    if (instant && !val_is_blank(to)) to = val_datetime(local_midnight(to.i + 1, zone));
    sql_add(e->q, "(");
    if (!emit_term(e, x)) return false;
    sql_add(e->q, " IS NOT NULL");
    if (!val_is_blank(from)) {
        sql_add(e->q, " AND ");
        if (!emit_term(e, x)) return false;
        sql_add(e->q, " >= ");
        sql_bind(e->q, raw_of(e->cx->a, from));
    }
    if (!val_is_blank(to)) {
        sql_add(e->q, " AND ");
        if (!emit_term(e, x)) return false;
        if (instant) sql_add(e->q, " < ");
        else sql_add(e->q, " <= ");
        sql_bind(e->q, raw_of(e->cx->a, to));
    }
    sql_add(e->q, ")");
    return true;
}

/* On folded text: a range of keys for a start, a search in the key for a piece. */
bool emit_has(Emit *e, const Term *t, bool start)
{
    const Term *x = t->arg[0];
    Val v;
    if (!emit_is_folded(e, x) || !emit_is_known(e, t->arg[1])) return emit_call(e, t);
    if (!emit_known(e, t->arg[1], &v)) return false;
    const char *key = v.kind == VAL_TEXT ? str_fold(e->cx->a, v.t) : "";
    if (!*key) {
        sql_add(e->q, "0");
        return true;
    }
    if (!start) {
        sql_add(e->q, "COALESCE(instr(");
        if (!emit_folded(e, x)) return false;
        sql_add(e->q, ", ");
        sql_bind(e->q, val_text(key));
        sql_add(e->q, ") > 0, 0)");
        return true;
    }
    sql_add(e->q, "(");
    if (!emit_folded(e, x)) return false;
    sql_add(e->q, " >= ");
    sql_bind(e->q, val_text(key));
    sql_add(e->q, " AND ");
    if (!emit_folded(e, x)) return false;
    sql_add(e->q, " < ");
    sql_bind(e->q, val_text(arena_printf(e->cx->a, "%s\xF4\x8F\xBF\xBF", key)));
    sql_add(e->q, " AND ");
    if (!emit_folded(e, x)) return false;
    sql_add(e->q, " IS NOT NULL)");
    return true;
}

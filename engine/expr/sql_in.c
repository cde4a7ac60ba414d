/*
 * sql_in — is a value in a list or a period, a piece in a text: spelled for indexes too.
 */
#include "expr/pgx.h"
#include <string.h>

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
    bool pg = e->q->dialect == DIALECT_PG;
    Str ids = str_begin(e->cx->a);
    for (int i = 0; i < list.n; i++)
        str_printf(&ids, "%s%lld", i ? "," : pg ? "{" : "[", (long long)list.list[i].i);
    str_add(&ids, pg ? "}" : "]");
    if (pg) sql_add(e->q, " = ANY (");
    else sql_add(e->q, " IN (SELECT value FROM json_each(");
    sql_bind(e->q, val_text(str_show(&ids)));
    if (pg) sql_add(e->q, "::bigint[])");
    else sql_add(e->q, "))");
}

static bool in_known(Emit *e, const Term *t, Val list)
{
    const Term *x = t->arg[0];
    bool column = emit_is_column(e, x);
    if (list.kind != VAL_LIST) {
        sql_truth(e->q, false);
        return true;
    }
    if (emit_is_status(e, x)) {
        emit_status_in(e, x, list);
        return true;
    }
    if (!emit_is_native(e, x) || x->type.kind == T_BOOL || !all_filled(list))
        return emit_call(e, t);
    if (column) sql_add(e->q, "(");
    else sql_add(e->q, "COALESCE(");
    if (!emit_side(e, x)) return false;
    if (x->type.kind == T_RECORD && list.n > 4) {
        in_ids(e, list);
    } else {
        sql_add(e->q, " IN (");
        for (int n = 0; n < list.n; n++) {
            if (n) sql_add(e->q, ", ");
            emit_bound(e, list.list[n], x->type);
        }
        sql_add(e->q, ")");
    }
    if (!column) {
        emit_or_false(e);
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
    if (side && emit_is_native(e, item) && (type_same(item->type, type_item(list->type))
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
    bool pg = e->q->dialect == DIALECT_PG;
    if (!(pg || emit_is_column(e, x)) || !emit_is_known(e, t->arg[1])) return emit_call(e, t);
    if (!emit_known(e, t->arg[1], &v)) return false;
    if (v.kind != VAL_LIST || v.n != 2) {
        sql_truth(e->q, false);
        return true;
    }
    Val from = v.list[0], to = v.list[1];
    bool instant = x->type.kind == T_DATETIME && t->arg[1]->type.of == T_DATE;
    if (instant && !emit_is_placed(e, FN_PLACE)) return false;
    if (instant && !val_is_blank(from)) from = val_datetime(local_midnight(from.i, zone));
    if (instant && !val_is_blank(to)) to = val_datetime(local_midnight(to.i + 1, zone));
    sql_add(e->q, "(");
    if (!emit_term(e, x)) return false;
    sql_add(e->q, " IS NOT NULL");
    if (!val_is_blank(from)) {
        sql_add(e->q, " AND ");
        if (!emit_term(e, x)) return false;
        sql_add(e->q, " >= ");
        sql_bind(e->q, from);
    }
    if (!val_is_blank(to)) {
        sql_add(e->q, " AND ");
        if (!emit_term(e, x)) return false;
        if (instant) sql_add(e->q, " < ");
        else sql_add(e->q, " <= ");
        sql_bind(e->q, to);
    }
    sql_add(e->q, ")");
    return true;
}

/* COALESCE(instr(key, $n) > 0, 0); the key is made here where no column holds it. */
static bool emit_piece(Emit *e, const Term *x, const char *piece, bool start)
{
    bool folded = emit_is_folded(e, x);
    if (start) sql_add(e->q, "COALESCE(starts_with(");
    else if (e->q->dialect == DIALECT_PG) sql_add(e->q, "COALESCE(strpos(");
    else sql_add(e->q, "COALESCE(instr(");
    if (!folded) sql_add(e->q, "tn_fold(");
    if (!(folded ? emit_folded(e, x) : pgx_term(e, x))) return false;
    if (!folded) sql_add(e->q, ")");
    sql_add(e->q, ", ");
    sql_bind(e->q, val_text(piece));
    if (start) sql_add(e->q, ")");
    else sql_add(e->q, ") > 0");
    emit_or_false(e);
    return true;
}

/* On folded text: a range of keys for a start, a search in the key for a piece. */
bool emit_has(Emit *e, const Term *t, bool start)
{
    const Term *x = t->arg[0];
    Val v;
    bool pg = e->q->dialect == DIALECT_PG, folded = emit_is_folded(e, x);
    if (!(folded || pg) || !emit_is_known(e, t->arg[1])) return emit_call(e, t);
    if (!emit_known(e, t->arg[1], &v)) return false;
    const char *key = v.kind == VAL_TEXT ? str_fold(e->cx->a, v.t) : "";
    if (!*key) {
        sql_truth(e->q, false);
        return true;
    }
    if (!start || !folded) return emit_piece(e, x, key, start);
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

/*
 * sql — a term as SQL over rows of a table.
 *
 * What needs no row (constants, me(), today() - 14, this.x of a record in memory) is evaluated
 * here and bound, so that a comparison with it can use an index. Operators that SQL spells the
 * same way are spelled; every other call is x_NAME('signature', …), the function's C
 * implementation registered with SQLite, or what pgx_call.c writes for PostgreSQL.
 */
#include "expr/pgx.h"
#include <ctype.h>
#include <string.h>

static const char *const need_host = "this expression cannot be asked of many records: %s";

/* Starts with the row's own alias: a condition spliced into a subquery hides no outer name. */
char *emit_alias(Emit *e)
{
    return arena_printf(e->cx->a, "%se%d", e->here.alias ? e->here.alias : "", ++e->aliases);
}

void emit_equals(Emit *e)
{
    if (e->q->dialect == DIALECT_PG) sql_add(e->q, " IS NOT DISTINCT FROM ");
    else sql_add(e->q, " IS ");
}

void emit_or_false(Emit *e)
{
    sql_add(e->q, ", ");
    sql_truth(e->q, false);
    sql_add(e->q, ")");
}

void emit_holds(Emit *e)
{
    if (e->q->dialect == DIALECT_PG) sql_add(e->q, " IS TRUE");
    else sql_add(e->q, " IS 1");
}

bool emit_alive(Emit *e, const Names *form, const char *alias)
{
    if (form && form->binned) {
        sql_add(e->q, " AND ");
        sql_column(e->q, alias, "deleted_at");
        sql_add(e->q, " IS NULL");
    }
    if (!form || !form->form || form->parent || !e->within) return true;
    sql_add(e->q, " AND ");
    return e->within(e->ctx, form, alias, e->q);
}

void emit_sign(Emit *e, Type t)
{
    Str s = str_begin(e->cx->a);
    type_sign(&s, t);
    sql_add(e->q, "'");
    sql_add_n(e->q, str_show(&s), s.n);
    sql_add(e->q, "'");
}

void emit_column(Emit *e, const Scope *s, const char *key)
{
    sql_column(e->q, s->alias ? s->alias : e->depth && s->form ? s->form->table : NULL, key);
}

void emit_value(Emit *e, Val v, Type t)
{
    v = val_as(e->cx->a, v, t);
    if (e->q->dialect == DIALECT_PG) pgx_constant(e, v, t);
    else if (v.kind == VAL_BLANK) sql_add(e->q, "NULL");
    else if (v.kind == VAL_BOOL) sql_truth(e->q, v.i != 0);
    else sql_bind(e->q, raw_of(e->cx->a, v));
}

bool emit_is_known(const Emit *e, const Term *t)
{
    const Eval *memory = e->here.memory ? e->here.memory : e->self.memory;
    if (t->kind == TERM_GROUP || t->asks) return false;
    if (e->spelled && ((t->kind == TERM_CALL && t->n && t->fn->run) || t->kind == TERM_LIST))
        return false;
    if (e->later && emit_is_later(t)) return false;
    if (t->here && !e->here.memory) return false;
    if ((t->self || t->old) && !e->self.memory) return false;
    return !term_walks(t) || (memory && memory->follow && memory->get);
}

bool emit_known(Emit *e, const Term *t, Val *out)
{
    Eval plain = { .cx = e->cx, .asker = e->asker };
    Eval *env = e->here.memory ? e->here.memory : e->self.memory ? e->self.memory : &plain;
    return eval_term(t, env, out);
}

static const Scope *scope_of(const Emit *e, const Term *t)
{
    return t->root == ROOT_HERE ? &e->here : &e->self;
}

/* CASE over the stages; the workflow decides only where a name means two things. */
static void emit_status(Emit *e, const Scope *s, const Names *form)
{
    sql_add(e->q, "(CASE");
    for (int i = 0; i < form->nstage; i++) {
        const StageName *n = &form->stage[i];
        sql_add(e->q, " WHEN ");
        emit_column(e, s, "stage");
        sql_add(e->q, " = ");
        sql_bind(e->q, val_text(n->stage));
        sql_add(e->q, " AND ");
        emit_column(e, s, "workflow");
        sql_add(e->q, " = ");
        sql_bind(e->q, val_text(n->workflow));
        if (n->version) {
            sql_add(e->q, " AND ");
            emit_column(e, s, "workflow_version");
            sql_add(e->q, " = ");
            sql_int(e->q, n->version);
        }
        sql_add(e->q, " THEN ");
        sql_bind(e->q, val_text(n->status));
    }
    if (!form->nstage) sql_add(e->q, " WHEN 1 = 0 THEN NULL");
    sql_add(e->q, " END)");
}

static bool emit_field(Emit *e, const Term *t, const Scope *s)
{
    if (t->root == ROOT_OLD)
        return cx_fail(e->cx, E_INPUT, need_host, "old");
    if (!t->name) {
        emit_column(e, s, "id");
        return true;
    }
    if (t->name->kind == NAME_LIST || t->name->kind == NAME_ROWS) return emit_side_list(e, t);
    if (t->name->kind == NAME_STAGE && t->part == STAGE_STATUS) {
        emit_status(e, s, t->form);
        return true;
    }
    if (t->type.kind == T_BOOL) sql_add(e->q, "(");
    emit_column(e, s, t->name->column ? t->name->column : t->name->key);
    if (t->type.kind == T_BOOL) {
        emit_holds(e);
        sql_add(e->q, ")");
    }
    return true;
}

/* A blank one has no type of its own on PostgreSQL. */
bool emit_id(Emit *e, const Term *record)
{
    if (e->q->dialect == DIALECT_PG) return pgx_term_as(e, record, type_plain(T_RECORD));
    return emit_term(e, record);
}

/* A scalar subquery on the record's id; a record in the bin has no fields. */
static bool emit_get(Emit *e, const Term *t, bool folded)
{
    if (t->name->kind == NAME_LIST || t->name->kind == NAME_ROWS) return emit_side_list(e, t);
    char *alias = emit_alias(e);
    Scope s = { .form = t->form, .alias = alias };
    if (t->type.kind == T_BOOL) sql_add(e->q, "COALESCE(");
    sql_add(e->q, "(SELECT ");
    e->depth++;
    if (folded) sql_column(e->q, alias, arena_printf(e->cx->a, "%s__key", t->name->column));
    else if (!emit_field(e, t, &s)) return false;
    sql_add(e->q, " FROM ");
    sql_name(e->q, t->form->table);
    sql_add(e->q, " AS ");
    sql_name(e->q, alias);
    sql_add(e->q, " WHERE ");
    sql_column(e->q, alias, "id");
    sql_add(e->q, " = ");
    if (!emit_id(e, t->arg[0])) return false;
    if (!emit_alive(e, t->form, alias)) return false;
    e->depth--;
    sql_add(e->q, ")");
    if (t->type.kind == T_BOOL) emit_or_false(e);
    return true;
}

bool emit_is_column(const Emit *e, const Term *t)
{
    if (t->kind != TERM_FIELD || !t->name || t->part == STAGE_STATUS) return false;
    return (t->name->kind == NAME_COLUMN || t->name->kind == NAME_STAGE)
        && !scope_of(e, t)->memory;
}

bool emit_is_folded(const Emit *e, const Term *t)
{
    if (t->kind == TERM_GET) return t->name->folded && t->name->kind == NAME_COLUMN;
    return emit_is_column(e, t) && t->name->folded;
}

bool emit_folded(Emit *e, const Term *t)
{
    if (t->kind == TERM_GET) return emit_get(e, t, true);
    emit_column(e, scope_of(e, t), arena_printf(e->cx->a, "%s__key", t->name->column));
    return true;
}

/* Signs become words, so that every implementation has a name in SQL. */
char *func_sql_name(Arena *a, const Func *f)
{
    static const char *const word[128] = {
        ['+'] = "add", ['-'] = "sub", ['*'] = "mul", ['/'] = "div", ['%'] = "mod", ['&'] = "cat",
        ['='] = "eq", ['!'] = "not", ['<'] = "lt", ['>'] = "gt", ['['] = "li", [']'] = "st",
    };
    Str s = str_begin(a);
    bool op = !isalpha((unsigned char)f->doc.name[0]);
    str_add(&s, op ? "xo_" : "x_");
    for (const char *p = f->doc.name; *p; p++) {
        if (isalnum((unsigned char)*p) || *p == '_') str_add_char(&s, *p);
        else str_add(&s, word[(unsigned char)*p & 127]);
    }
    return arena_dup(a, str_show(&s));
}

bool emit_call(Emit *e, const Term *t)
{
    if (!emit_is_placed(e, t->fn->flags)) return false;
    if (e->q->dialect == DIALECT_PG) return pgx_call(e, t);
    Str s = str_begin(e->cx->a);
    char *name = func_sql_name(e->cx->a, t->fn);
    type_sign(&s, t->type);
    str_add_char(&s, ':');
    for (int i = 0; i < t->n; i++) type_sign(&s, t->arg[i]->type);
    sql_add_n(e->q, name, strlen(name));
    sql_add(e->q, "('");
    sql_add_n(e->q, str_show(&s), s.n);
    sql_add(e->q, "'");
    if (t->fn->flags & FN_PLACE) {
        sql_add(e->q, ", ");
        sql_bind(e->q, val_text(place_pack(e->cx->a, e->asker)));
    }
    for (int i = 0; i < t->n; i++) {
        sql_add(e->q, ", ");
        if (!emit_term(e, t->arg[i])) return false;
    }
    sql_add(e->q, ")");
    return true;
}

/* `a or b or c` comes as (a or b) or c: written flat, since SQLite's parser nests only so deep. */
static bool emit_operands(Emit *e, const Term *t, bool all)
{
    for (int i = 0; i < t->n; i++) {
        const Term *x = t->arg[i];
        bool same = x->kind == TERM_CALL && x->fn == t->fn && !emit_is_known(e, x);
        if (i && all) sql_add(e->q, " AND ");
        if (i && !all) sql_add(e->q, " OR ");
        if (same ? !emit_operands(e, x, all) : !emit_term(e, x)) return false;
    }
    return true;
}

static bool emit_logic(Emit *e, const Term *t, bool all)
{
    sql_add(e->q, "(");
    if (!emit_operands(e, t, all)) return false;
    sql_add(e->q, ")");
    return true;
}

static bool emit_wrapped(Emit *e, const Term *t, bool negate)
{
    if (negate) sql_add(e->q, "(NOT ");
    else sql_add(e->q, "(");
    if (!emit_term(e, t->arg[0])) return false;
    if (negate) sql_add(e->q, ")");
    else sql_add(e->q, " IS NULL)");
    return true;
}

static bool is_total(const Func *f)
{
    static const char *const names[] = { "sum", "count", "count_if", "min", "max", "average" };
    return str_in(f->doc.name, names, LEN(names));
}

static bool emit_function(Emit *e, const Term *t)
{
    const char *fn = t->fn->doc.name;
    if (e->later && t->fn->flags & FN_ME) return emit_asker(e, t);
    if (!t->fn->run) {
        if (str_eq(fn, "title")) return emit_title(e, t);
        if (str_eq(fn, "role")) return emit_role(e, t);
        if (str_eq(fn, "user")) return emit_user(e, t);
        return cx_fail(e->cx, E_INPUT, need_host, fn);
    }
    if (strchr("=!<>", fn[0])) return emit_compare(e, t);
    if (str_eq(fn, "and") || str_eq(fn, "or")) return emit_logic(e, t, str_eq(fn, "and"));
    if (str_eq(fn, "not")) return emit_wrapped(e, t, true);
    if (str_eq(fn, "is_blank") && t->arg[0]->type.kind != T_BOOL)
        return emit_wrapped(e, t, false);
    if (str_eq(fn, "in")) return emit_in(e, t);
    if (str_eq(fn, "within")) return emit_within(e, t);
    if (str_eq(fn, "has") || str_eq(fn, "starts_with")) return emit_has(e, t, fn[0] == 's');
    if (is_total(t->fn) && t->n == 1 && t->arg[0]->kind == TERM_EACH) return emit_total(e, t);
    if (str_eq(fn, "count") && t->n == 1 && t->arg[0]->type.kind == T_LIST
        && (t->arg[0]->kind == TERM_FIELD || t->arg[0]->kind == TERM_GET))
        return emit_total(e, t);
    return emit_call(e, t);
}

static bool emit_list(Emit *e, const Term *t)
{
    Term call = *t;
    call.kind = TERM_CALL;
    call.fn = func_find("[]");
    return emit_call(e, &call);
}

bool emit_term(Emit *e, const Term *t)
{
    Val v;
    if (emit_is_known(e, t)) {
        if (!emit_known(e, t, &v)) return false;
        emit_value(e, v, t->type);
        return true;
    }
    switch (t->kind) {
    case TERM_FIELD: return emit_field(e, t, scope_of(e, t));
    case TERM_GET:   return emit_get(e, t, false);
    case TERM_EACH:  return emit_each(e, t);
    case TERM_LIST:  return emit_list(e, t);
    case TERM_CALL:  return emit_function(e, t);
    case TERM_GROUP: return emit_group(e, t);
    case TERM_OTHER: return emit_other(e, t);
    case TERM_VALUE: case TERM_PARAM: break;
    }
    return cx_fail(e->cx, E_INPUT, need_host, "?");
}

/* What leaves for the program: lists packed. */
static bool emit_root(Emit *e, const Term *t)
{
    if (e->q->dialect == DIALECT_PG && t->type.kind == T_LIST) return pgx_packed(e, t);
    return emit_term(e, t);
}

static Emit emitter(Cx *cx, const Expr *x, const ExprSql *ask, Sql *out)
{
    Emit e = { .cx = cx, .asker = ask->asker, .q = out,
        .here = { .form = x->here, .alias = ask->alias },
        .within = ask->within, .ctx = ask->ctx, .spelled = ask->spelled,
        .later = ask->later };
    e.self = ask->self ? (Scope){ .form = x->self, .memory = ask->self } : e.here;
    return e;
}

bool expr_sql(Cx *cx, const Expr *x, const ExprSql *ask, Sql *out)
{
    Emit e = emitter(cx, x, ask, out);
    if (!ask->self && x->self != x->here && x->root->self)
        return cx_fail(cx, E_INPUT, need_host, "this");
    return emit_root(&e, x->root) && !(e.later && cx->err);
}

bool expr_sql_sort(Cx *cx, const Expr *x, const ExprSql *ask, Sql *out)
{
    Emit e = emitter(cx, x, ask, out);
    if (emit_is_folded(&e, x->root)) return emit_folded(&e, x->root);
    return out->dialect == DIALECT_PG ? pgx_key(&e, x->root) : emit_term(&e, x->root);
}

bool sql_of_term(Eval *env, const Term *t, Sql *out)
{
    *out = sql_begin(env->cx->a, env->dialect);
    Emit e = { .cx = env->cx, .asker = env->asker, .q = out,
        .here = { .form = t->form, .memory = env }, .self = { .memory = env } };
    sql_add(out, "SELECT ");
    return emit_root(&e, t);
}

/*
 * eval — a term over one record in memory. The host gives values of fields; functions come
 * from the table; what needs other records becomes SQL and goes to the host's query.
 */
#include "expr/tree.h"

static const Asker nobody;

static const Asker *asker_of(const Eval *env)
{
    return env->asker ? env->asker : &nobody;
}

static Call call_of(const Eval *env, Type type)
{
    const Asker *who = asker_of(env);
    return (Call){ .a = env->cx->a, .zone = who->zone ? who->zone : zone_utc(),
        .calendar = who->calendar ? who->calendar : calendar_default(), .now = who->now,
        .type = type };
}

static const void *row_of(const Eval *env, Root root)
{
    switch (root) {
    case ROOT_HERE: return env->record;
    case ROOT_THIS: return env->self ? env->self : env->record;
    case ROOT_OLD:  return env->old;
    }
    return NULL;
}

static bool field_of(const Term *t, Eval *env, const void *row, Val *out)
{
    *out = val_blank();
    if (row && t->name->kind == NAME_STAGE && t->part == STAGE_STATUS)
        *out = val_text(env->status ? env->status(env, row) : NULL);
    else if (row && !env->get(env, row, t->name, out))
        return false;
    *out = val_as(env->cx->a, *out, t->type);
    return true;
}

/* The row as a record: its id is a field like others. */
static bool row_itself(const Term *t, Eval *env, const void *row, Val *out)
{
    const Name *id = names_find(t->form, "id");
    Val v = val_blank();
    if (row && id && !env->get(env, row, id, &v)) return false;
    *out = row ? val_rec(v.kind == VAL_BLANK ? 0 : v.i) : val_blank();
    if (out->kind == VAL_REC) out->p = row;
    return true;
}

static const void *record_at(Eval *env, const Names *form, Val v)
{
    if (v.kind == VAL_INT) v = val_rec(v.i);
    if (v.kind != VAL_REC) return NULL;
    return v.p ? v.p : env->follow ? env->follow(env, form, v.i) : NULL;
}

static bool eval_get(const Term *t, Eval *env, Val *out)
{
    Val v;
    if (!eval_term(t->arg[0], env, &v)) return false;
    const void *row = record_at(env, t->form, v);
    if (!row && env->cx->err) return false;
    return field_of(t, env, row, out);
}

static bool eval_each(const Term *t, Eval *env, Val *out)
{
    Val list, *item;
    int n = 0;
    *out = val_blank();
    if (!eval_term(t->arg[0], env, &list)) return false;
    if (list.kind != VAL_LIST) return true;
    item = ARENA_ARRAY(env->cx->a, Val, list.n);
    for (int i = 0; i < list.n; i++) {
        Eval inner = *env;
        inner.self = env->self ? env->self : env->record;
        inner.record = record_at(env, t->arg[0]->type.form, list.list[i]);
        if (!inner.record && env->cx->err) return false;
        if (!inner.record) continue;
        if (!eval_term(t->arg[1], &inner, &item[n++])) return false;
    }
    *out = val_list(item, n);
    return true;
}

static bool eval_list(const Term *t, Eval *env, Val *out)
{
    Val *item = ARENA_ARRAY(env->cx->a, Val, t->n + 1);
    for (int i = 0; i < t->n; i++)
        if (!eval_term(t->arg[i], env, &item[i])) return false;
    *out = val_as(env->cx->a, val_list(item, t->n), t->type);
    return true;
}

static bool ask_database(const Term *t, Eval *env, Val *out)
{
    Sql q;
    Val raw = val_blank();
    *out = val_as(env->cx->a, val_blank(), t->type);
    if (!env->query) return true;
    if (!sql_of_term(env, t, &q) || !env->query(env, &q, &raw)) return false;
    *out = raw_typed(env->cx->a, raw, t->type);
    return true;
}

static const Asker *reached(Eval *env)
{
    Asker *who = (Asker *)asker_of(env);
    if (who->reach) who->reach(who);
    return who;
}

static Val departments(Eval *env, bool subtree)
{
    const Asker *who = subtree ? reached(env) : asker_of(env);
    Val *item = ARENA_ARRAY(env->cx->a, Val, who->nsubtree + 1);
    if (!subtree || !who->nsubtree) {
        item[0] = val_rec(who->department);
        return who->department ? val_list(item, 1) : val_blank();
    }
    for (int i = 0; i < who->nsubtree; i++) item[i] = val_rec(who->subtree[i]);
    return val_list(item, who->nsubtree);
}

static Val people(Eval *env)
{
    const Asker *who = reached(env);
    Val *item = ARENA_ARRAY(env->cx->a, Val, who->npeople + 1);
    for (int i = 0; i < who->npeople; i++) item[i] = val_rec(who->people[i]);
    return val_list(item, who->npeople);
}

/* Functions without an implementation of their own: about people and records. */
static bool eval_special(const Term *t, Eval *env, Val *out)
{
    const Asker *who = asker_of(env);
    const char *fn = t->fn->doc.name;
    Val v;
    if (str_eq(fn, "me")) {
        *out = val_rec(who->me);
    } else if (str_eq(fn, "my_department")) {
        *out = val_rec(who->department);
    } else if (str_eq(fn, "my_departments")) {
        *out = departments(env, t->arg[0]->value.i != 0);
    } else if (str_eq(fn, "my_people")) {
        *out = people(env);
    } else if (str_eq(fn, "has_role")) {
        if (!eval_term(t->arg[0], env, &v)) return false;
        *out = val_bool(v.kind == VAL_TEXT && str_in(v.t, who->role, who->nrole));
    } else if (str_eq(fn, "title")) {
        if (!eval_term(t->arg[0], env, &v)) return false;
        bool known = env->title && (v.kind == VAL_REC || v.kind == VAL_INT);
        *out = val_text(known ? env->title(env, t->form, v.i) : NULL);
        return !env->cx->err || !known;
    } else {
        return ask_database(t, env, out);
    }
    return true;
}

/* The value after the first condition that holds; the others are not looked at. */
static bool eval_if(const Term *t, Eval *env, Val *out)
{
    Val v;
    int i = 0;
    for (; i + 1 < t->n; i += 2) {
        if (!eval_term(t->arg[i], env, &v)) return false;
        if (v.i) break;
    }
    *out = val_blank();
    int take = i + 1 < t->n ? i + 1 : i;
    if (take < t->n && !eval_term(t->arg[take], env, out)) return false;
    *out = val_as(env->cx->a, *out, t->type);
    return true;
}

static bool eval_logic(const Term *t, Eval *env, bool stop, Val *out)
{
    for (int i = 0; i < t->n; i++) {
        if (!eval_term(t->arg[i], env, out)) return false;
        *out = val_bool(out->kind == VAL_BOOL && out->i);
        if ((out->i != 0) == stop) return true;
    }
    return true;
}

static bool eval_call(const Term *t, Eval *env, Val *out)
{
    const char *fn = t->fn->doc.name;
    if (!t->fn->run) return eval_special(t, env, out);
    if (str_eq(fn, "and") || str_eq(fn, "between")) return eval_logic(t, env, false, out);
    if (str_eq(fn, "or")) return eval_logic(t, env, true, out);
    if (str_eq(fn, "if") || str_eq(fn, "ifs")) return eval_if(t, env, out);
    Val *arg = ARENA_ARRAY(env->cx->a, Val, t->n + 1);
    for (int i = 0; i < t->n; i++)
        if (!eval_term(t->arg[i], env, &arg[i])) return false;
    Call c = call_of(env, t->type);
    *out = func_run(t->fn, &c, arg, t->n);
    return true;
}

bool eval_term(const Term *t, Eval *env, Val *out)
{
    const Asker *who = asker_of(env);
    *out = val_blank();
    switch (t->kind) {
    case TERM_VALUE:
        *out = t->value;
        return true;
    case TERM_FIELD:
        return t->name ? field_of(t, env, row_of(env, t->root), out)
            : row_itself(t, env, row_of(env, t->root), out);
    case TERM_GET:  return eval_get(t, env, out);
    case TERM_EACH: return eval_each(t, env, out);
    case TERM_LIST: return eval_list(t, env, out);
    case TERM_CALL: return eval_call(t, env, out);
    case TERM_PARAM:
        if (who->param && !who->param(who->ctx, t->param, out)) *out = val_blank();
        *out = val_as(env->cx->a, *out, t->type);
        return true;
    case TERM_OTHER: return ask_database(t, env, out);
    case TERM_GROUP: break;               /* only a query has rows to gather */
    }
    return true;
}

bool expr_eval(const Expr *e, Eval *env, Val *out)
{
    if (!eval_term(e->root, env, out)) {
        *out = val_blank();
        return false;
    }
    *out = val_as(env->cx->a, *out, e->root->type);
    return true;
}

bool expr_true(const Expr *e, Eval *env)
{
    Val v;
    return expr_eval(e, env, &v) && v.kind == VAL_BOOL && v.i;
}

bool term_walks(const Term *t)
{
    if (t->kind == TERM_GET || t->kind == TERM_EACH || t->asks) return true;
    for (int i = 0; i < t->n; i++)
        if (term_walks(t->arg[i])) return true;
    return false;
}

/*
 * rule_query.c — find, get, count, sum: reading from rules.
 *
 * Rules read as the app; inside as_user the permission of the acting person is joined in and
 * filters may name only what that person may see.
 */
#include "data/rule_in.h"
#include "data/perm.h"
#include "data/query.h"

#include <string.h>

const Form *rule_form(lua_State *L, Work *w, int at)
{
    const char *key = luaL_checkstring(L, at);
    const Form *f = app_form(w->app, key);
    if (f) return f;
    const char **known = ARENA_ARRAY(w->cx.a, const char *, w->app->nform + 1);
    for (int i = 0; i < w->app->nform; i++) known[i] = w->app->form[i]->key;
    const char *near = str_nearest(key, known, w->app->nform);
    if (near) luaL_error(L, "there is no form '%s', did you mean '%s'?", key, near);
    luaL_error(L, "there is no form '%s'", key);
    return NULL;
}

MUST static bool total(Work *w, const Form *f, const Expr *of, const Expr *e, Args *args,
    Val *out)
{
    Dialect dialect = db_dialect(w->db);
    Sql q = sql_begin(w->cx.a, dialect), may = sql_begin(w->cx.a, dialect);
    Asker asker = rule_asker(w, args);
    ExprSql ask = { .asker = &asker, .alias = "t" };
    bool found;

    *out = val_blank();
    sql_add(&q, "SELECT ");
    if (!of) sql_add(&q, "count(*)");
    else if (!expr_sql(&w->cx, of, &ask, &q)) return false;
    sql_add(&q, " FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " AS \"t\" WHERE \"t\".\"deleted_at\" IS NULL AND (");
    if (!perm_where(w, f, ACT_READ, "t", &may)) return false;
    sql_join(&q, &may);
    sql_add(&q, ")");
    if (e) {
        Sql cond = sql_begin(w->cx.a, dialect);
        if (!expr_sql(&w->cx, e, &ask, &cond)) return false;
        sql_add(&q, " AND (");
        sql_join(&q, &cond);
        sql_add(&q, ")");
    }
    if (!db_one(&w->cx, w->db, &q, out, 1, &found)) return false;
    if (of) {
        int scale = 0;
        ValKind kind = expr_val_kind(of, &scale);
        *out = db_typed(*out, kind, scale);
    }
    return true;
}

Val rule_total(lua_State *L, Work *w, const Form *f, const Expr *of, const Expr *e, Args *args)
{
    Val v;
    box_tick(L, 500);
    Cx outer = rule_apart(w);
    bool ok = total(w, f, of, e, args, &v);
    rule_rejoin(L, w, outer, ok);
    return v;
}

static int count_call(lua_State *L)
{
    Work *w = rule_work(L);
    const Form *f = rule_form(L, w, 1);
    const char *text = lua_isnoneornil(L, 2) ? NULL : rule_text(L, 2);
    Args args = rule_args(L, 3);
    const Expr *e = rule_filter(L, w, f, text, &args);
    rule_push_val(L, rule_total(L, w, f, NULL, e, &args), NULL);
    return 1;
}

static int sum_call(lua_State *L)
{
    Work *w = rule_work(L);
    const Form *f = rule_form(L, w, 1);
    const char *of = rule_text(L, 2);
    const char *text = lua_isnoneornil(L, 3) ? NULL : rule_text(L, 3);
    Args args = rule_args(L, 4), none = { 0 };
    const Expr *e = rule_filter(L, w, f, text, &args);
    const char *sum = arena_printf(w->cx.a, "sum(%s)", of);
    const Expr *value = rule_expr(L, w, f, sum, USE_AGGREGATE, &none);
    Val v = rule_total(L, w, f, value, e, &args);
    rule_push_val(L, val_is_blank(v) ? val_int(0) : v, NULL);
    return 1;
}

static int get_by_id(lua_State *L, const Form *f)
{
    Proxy *p = rule_push_record(L, PROXY_LINK, f, luaL_checkinteger(L, 2), NULL);
    if (p && !rule_record(L, p)) lua_pushnil(L);
    return 1;
}

/* get(form, {name = …}): all fields equal; the first by id. */
static int get_call(lua_State *L)
{
    Work *w = rule_work(L);
    const Form *f = rule_form(L, w, 1);
    if (!lua_istable(L, 2)) return get_by_id(L, f);
    Args args = rule_args(L, 2);
    Str s = str_begin(w->cx.a);
    for (int i = 0; i < args.n; i++) {
        const char *key = args.arg[i].name + 1;
        if (!form_field(f, key)) return luaL_error(L, "%s has no field '%s'", f->key, key);
        str_printf(&s, "%s%s = %s", i ? " and " : "", key, args.arg[i].name);
    }
    if (!args.n) return luaL_error(L, "get: no field to look for");
    lua_settop(L, 2);
    lua_pushstring(L, str_show(&s));
    lua_insert(L, 2);
    lua_createtable(L, 0, 1);
    lua_pushinteger(L, 1);
    lua_setfield(L, -2, "limit");
    rule_find(L);
    lua_call(L, 0, 1);
    return 1;
}

const RuleCall rule_query_calls[] = {
    { "find", rule_find, "form, filter?, args?, {sort, limit}?",
      "walks the records that match: for r in find(…) do" },
    { "get", get_call, "form, id | {field = value, …}", "one record, or nil" },
    { "count", count_call, "form, filter?, args?", "how many match" },
    { "sum", sum_call, "form, field, filter?, args?", "the sum of a field; 0 for none" },
    { 0 },
};

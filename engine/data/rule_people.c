/*
 * rule_people.c — me, users, has_role, least_open.
 */
#include "data/rule_in.h"

#include <string.h>

static const Form *user_form(lua_State *L, Work *w)
{
    const Form *f = app_form(w->app, "user");
    if (!f) luaL_error(L, "there are no users in this app");
    return f;
}

static int me_call(lua_State *L)
{
    Work *w = rule_work(L);
    rule_push_record(L, PROXY_LINK, user_form(L, w), w->who.id, NULL);
    return 1;
}

static const Role *role_of(lua_State *L, Work *w, const char *key)
{
    const Role *r = app_role(w->app, key);
    if (!r) luaL_error(L, "there is no role '%s'", key);
    return r;
}

static bool includes(const Role *r, const Role *wanted)
{
    for (int i = 0; i < r->ninclude; i++)
        if (r->include[i] == wanted) return true;
    return r == wanted;
}

/* AND id IN (those who have the role, directly or also through includes) */
static void with_role(Sql *q, Work *w, const Role *role, bool through)
{
    bool first = true;
    if (str_eq(role->key, "everyone")) return;
    sql_add(q, " AND \"id\" IN (SELECT \"record\" FROM \"user__roles\" WHERE \"value\" IN (");
    for (int i = 0; i < w->app->nrole; i++) {
        const Role *r = &w->app->role[i];
        if (through ? !includes(r, role) : r != role) continue;
        if (!first) sql_add(q, ", ");
        first = false;
        sql_bind(q, val_text(r->key));
    }
    sql_add(q, "))");
}

static void in_department(lua_State *L, Sql *q, int at)
{
    const Proxy *p = rule_test_record(L, at);
    if (p || lua_isinteger(L, at)) {
        if (p && !str_eq(p->form->key, "department")) luaL_error(L, "a department expected");
        sql_add(q, " AND \"department\" = ");
        sql_bind(q, val_int(p ? p->id : lua_tointeger(L, at)));
        return;
    }
    sql_add(q, " AND \"department\" IN (SELECT \"id\" FROM \"department\" WHERE "
        "\"deleted_at\" IS NULL AND \"name\" = ");
    sql_bind(q, val_text(rule_text(L, at)));
    sql_add(q, ")");
}

MUST static bool ids_of(Work *w, const Sql *q, int64_t **id, int *n)
{
    Rows rows;
    Val v;
    int cap = 0;

    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) ARENA_PUSH(w->cx.a, *id, *n, cap, v.i);
    db_rows_end(&rows);
    return !w->cx.err;
}

static void check_keys(lua_State *L, int at)
{
    static const char *const known[] = { "role", "department", "active", "roles_of" };
    lua_pushnil(L);
    while (lua_next(L, at)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
        if (!str_in(key, known, LEN(known))) luaL_error(L, "users: unknown key '%s'", key);
        lua_pop(L, 1);
    }
}

static int users_call(lua_State *L)
{
    Work *w = rule_work(L);
    const Form *f = user_form(L, w);
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t *id = NULL;
    int n = 0;

    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    check_keys(L, 1);
    sql_add(&q, "SELECT \"id\" FROM \"user\" WHERE \"deleted_at\" IS NULL");
    lua_getfield(L, 1, "roles_of");
    bool through = lua_toboolean(L, -1);
    if (lua_getfield(L, 1, "role") != LUA_TNIL)
        with_role(&q, w, role_of(L, w, luaL_checkstring(L, -1)), through);
    if (lua_getfield(L, 1, "active") != LUA_TNIL) {
        sql_add(&q, " AND \"active\" = ");
        sql_bind(&q, val_bool(lua_toboolean(L, -1)));
    }
    if (lua_getfield(L, 1, "department") != LUA_TNIL) in_department(L, &q, lua_gettop(L));
    sql_add(&q, " ORDER BY \"id\"");
    box_tick(L, 500);
    Cx outer = rule_apart(w);
    bool ok = ids_of(w, &q, &id, &n);
    rule_rejoin(L, w, outer, ok);
    lua_createtable(L, n, 0);
    for (int i = 0; i < n; i++) {
        rule_push_record(L, PROXY_LINK, f, id[i], NULL);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* As in expressions: through includes, everyone always, and admin is a role like others. */
static int has_role_call(lua_State *L)
{
    Work *w = rule_work(L);
    int at = lua_gettop(L) > 1 ? 2 : 1;
    const Role *role = role_of(L, w, luaL_checkstring(L, at));
    int64_t user = at == 1 ? w->who.id : lua_isnil(L, 1) ? 0 : rule_user(L, 1);
    int64_t *id = NULL;
    int n = 0;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    sql_add(&q, "SELECT \"id\" FROM \"user\" WHERE \"id\" = ");
    sql_bind(&q, val_int(user));
    with_role(&q, w, role, true);
    Cx outer = rule_apart(w);
    bool ok = ids_of(w, &q, &id, &n);
    rule_rejoin(L, w, outer, ok);
    lua_pushboolean(L, n > 0);
    return 1;
}

/* The one with the fewest open records; the first of several. */
static int least_open_call(lua_State *L)
{
    Work *w = rule_work(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    const Form *f = rule_form(L, w, 2);
    if (!f->owner) return luaL_error(L, "%s has no owner", f->key);
    const char *filter = arena_printf(w->cx.a, "%s %s :who%s", f->owner->key,
        f->owner->name.type.kind == T_LIST ? "contains" : "=",
        f->nworkflow ? " and stage.status = 'open'" : "");
    lua_Unsigned n = lua_rawlen(L, 1);
    int64_t least = INT64_MAX, best = 0;
    for (lua_Unsigned i = 1; i <= n && i <= 1000; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i);
        Arg who = { .name = ":who", .val = val_rec(rule_user(L, lua_gettop(L))),
            .type = { .kind = T_RECORD, .form = &user_form(L, w)->names } };
        Args args = { &who, 1 };
        lua_pop(L, 1);
        const Expr *e = rule_filter(L, w, f, filter, &args);
        Val open = rule_total(L, w, f, NULL, e, &args);
        if (open.i >= least) continue;
        least = open.i;
        best = (int64_t)i;
    }
    if (best) lua_rawgeti(L, 1, best);
    else lua_pushnil(L);
    return 1;
}

const RuleCall rule_people_calls[] = {
    { "me", me_call, "", "the acting person, nil in timers" },
    { "users", users_call, "{role, department, active, roles_of}?",
      "users in order of id; role as given directly, with roles_of = true through includes" },
    { "has_role", has_role_call, "user?, role", "has the user (the acting person) the role?" },
    { "rotate", rule_rotate, "key, list, weights?",
      "the next of the list in turn, exact under concurrent writers" },
    { "least_open", least_open_call, "list, form",
      "who of the list owns the fewest open records; the first of several" },
    { 0 },
};

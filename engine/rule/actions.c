/*
 * actions.c — action{…}: steps that plugins declare, with typed parameters.
 *
 * A Lua table has no order of its own, so params written as a map come sorted by name; as a
 * list of {name = …} they keep their order.
 */
#include "rule/hooks_in.h"
#include "def/action.h"

#include <stdlib.h>
#include <string.h>

static const char *text_field(lua_State *L, int at, const char *key)
{
    const char *text = NULL;
    if (lua_getfield(L, at, key) != LUA_TNIL) text = hooks_text(L, lua_gettop(L));
    lua_pop(L, 1);
    return text;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Text keys of the table at `at`, sorted. */
static int sorted_keys(lua_State *L, int at, const char ***out)
{
    Arena *a = box_arena(box_of(L));
    const char **key = NULL;
    int n = 0, cap = 0;
    lua_pushnil(L);
    while (lua_next(L, at)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) continue;
        ARENA_PUSH(a, key, n, cap, hooks_text(L, lua_gettop(L)));
    }
    if (n) qsort(key, (size_t)n, sizeof *key, by_text);
    *out = key;
    return n;
}

static Label label_field(lua_State *L, int at)
{
    Arena *a = box_arena(box_of(L));
    Label l = { 0 };
    int type = lua_getfield(L, at, "label"), top = lua_gettop(L);
    if (type == LUA_TSTRING) {
        l.n = 1;
        l.lang = ARENA_ARRAY(a, const char *, 1);
        l.text = ARENA_ARRAY(a, const char *, 1);
        l.lang[0] = "";                  /* for all languages */
        l.text[0] = hooks_text(L, top);
    } else if (type == LUA_TTABLE) {
        l.n = sorted_keys(L, top, &l.lang);
        l.text = ARENA_ARRAY(a, const char *, l.n + 1);
        for (int i = 0; i < l.n; i++) l.text[i] = text_field(L, top, l.lang[i]);
    } else if (type != LUA_TNIL) {
        luaL_error(L, "label must be a text or a table of texts by language");
    }
    lua_pop(L, 1);
    return l;
}

static void read_options(lua_State *L, int at, Param *p)
{
    Arena *a = box_arena(box_of(L));
    if (lua_getfield(L, at, "options") == LUA_TTABLE) {
        int list = lua_gettop(L);
        lua_Unsigned n = lua_rawlen(L, list);
        if (n > 200) luaL_error(L, "too many options");
        p->option = ARENA_ARRAY(a, const char *, n + 1);
        for (lua_Unsigned i = 1; i <= n; i++) {
            lua_rawgeti(L, list, (lua_Integer)i);
            p->option[p->noption++] = hooks_text(L, lua_gettop(L));
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

static Param read_param(lua_State *L, int at, const char *key)
{
    if (!lua_istable(L, at)) luaL_error(L, "param '%s' must be a table", key);
    Param p = { .key = key, .label = label_field(L, at), .type = text_field(L, at, "type") };
    const char *const *types;
    int ntype = param_types(&types);
    if (!p.type) p.type = "text";
    if (!str_in(p.type, types, ntype)) {
        const char *near = str_nearest(p.type, types, ntype);
        luaL_error(L, "param '%s': unknown type '%s'%s%s%s", key, p.type,
            near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    lua_getfield(L, at, "required");
    p.required = lua_toboolean(L, -1);
    lua_pop(L, 1);
    read_options(L, at, &p);
    if (str_eq(p.type, "choice") && !p.noption)
        luaL_error(L, "param '%s': a choice needs options", key);
    return p;
}

static void read_params(lua_State *L, Action *act)
{
    Arena *a = box_arena(box_of(L));
    int cap = 0;
    if (lua_getfield(L, 1, "params") == LUA_TTABLE) {
        int at = lua_gettop(L);
        lua_Unsigned n = lua_rawlen(L, at);
        if (n > 100) luaL_error(L, "too many params");
        for (lua_Unsigned i = 1; i <= n; i++) {
            lua_rawgeti(L, at, (lua_Integer)i);
            if (!lua_istable(L, -1)) luaL_error(L, "a param must be a table");
            const char *key = text_field(L, at + 1, "name");
            if (!key) luaL_error(L, "a param of a list needs a name");
            ARENA_PUSH(a, act->param, act->nparam, cap, read_param(L, at + 1, key));
            lua_pop(L, 1);
        }
        const char **key;
        int nkey = sorted_keys(L, at, &key);
        for (int i = 0; i < nkey; i++) {
            lua_getfield(L, at, key[i]);
            ARENA_PUSH(a, act->param, act->nparam, cap, read_param(L, at + 1, key[i]));
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

int action_call(lua_State *L)
{
    static const char *const known[] = { "name", "label", "form", "visible", "params",
        "run" };
    Box *b = box_of(L);
    Hooks *h = hooks_of(b);
    const char *plugin = hooks_plugin(L, "action");
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    const char **key;
    int nkey = sorted_keys(L, 1, &key);
    for (int i = 0; i < nkey; i++)
        if (!str_in(key[i], known, LEN(known)))
            return luaL_error(L, "action: unknown key '%s'", key[i]);
    Action act = { .plugin = plugin, .name = text_field(L, 1, "name"),
        .label = label_field(L, 1), .form = text_field(L, 1, "form"), .line = hooks_line(L),
        .visible_text = text_field(L, 1, "visible") };
    if (!act.name) return luaL_error(L, "action: a name is needed");
    if (hooks_action(b, act.name) || step_is_own(act.name) || str_eq(act.name, "read"))
        return luaL_error(L, "there is an action '%s' already", act.name);
    if (act.visible_text && !act.form)
        return luaL_error(L, "action '%s': visible needs a form", act.name);
    read_params(L, &act);
    if (lua_getfield(L, 1, "run") != LUA_TFUNCTION)
        return luaL_error(L, "action '%s': run must be a function", act.name);
    act.ref = hooks_function(L, lua_gettop(L));
    ARENA_PUSH(box_arena(b), h->action, h->naction, h->action_cap, act);
    return 0;
}

bool actions_bind(Cx *cx, const App *app, Box *box)
{
    Hooks *h = hooks_of(box);
    int before = cx->nissue;
    for (int i = 0; i < h->naction; i++) {
        Action *act = &h->action[i];
        const Form *f = act->form ? app_form(app, act->form) : NULL;
        label_first(&act->label, app->language[0]);
        for (int k = 0; k < act->nparam; k++)
            label_first(&act->param[k].label, app->language[0]);
        if (!act->visible_text || !f) continue;           /* hooks_check tells unknown forms */
        Cx own = cx_begin(box_arena(box), cx->lang);
        ExprWhere where = app_where(app, f, USE_CHECK);
        where.want = (Type){ .kind = T_BOOL };
        act->visible = expr_load(&own, NULL, act->visible_text, &where);
        if (act->visible) continue;
        cx_issue(cx, at_line(arena_printf(cx->a, "plugins/%s.lua", act->plugin), act->line, 1),
            "expression", "action '%s': visible: %s", act->name,
            own.nissue ? own.issue[0].text : own.text);
    }
    return cx->nissue == before;
}

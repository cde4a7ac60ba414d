/*
 * rule_value.c — values of fields as Lua values, and Lua values as documents.
 */
#include "data/rule_in.h"
#include "data/record_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DEEP 20
#define MOST_ITEMS 100000

void rule_push_date(lua_State *L, int64_t day)
{
    char buf[32];
    date_show(buf, sizeof buf, day);
    lua_pushstring(L, buf);
}

void rule_push_datetime(lua_State *L, int64_t at)
{
    char buf[40];
    datetime_show(buf, sizeof buf, at);
    lua_pushstring(L, buf);
}

static void push_list(lua_State *L, Val v, const Names *form)
{
    lua_createtable(L, v.n, 0);
    for (int i = 0; i < v.n; i++) {
        rule_push_val(L, v.list[i], form);
        lua_rawseti(L, -2, i + 1);
    }
}

void rule_push_val(lua_State *L, Val v, const Names *form)
{
    char buf[64];
    luaL_checkstack(L, 8, NULL);
    switch (v.kind) {
    case VAL_BLANK: lua_pushnil(L); break;
    case VAL_BOOL: lua_pushboolean(L, v.i != 0); break;
    case VAL_INT: lua_pushinteger(L, v.i); break;
    case VAL_DEC:
        if (v.scale) lua_pushnumber(L, val_number(v));
        else lua_pushinteger(L, v.i);
        break;
    case VAL_REAL: lua_pushnumber(L, v.d); break;
    case VAL_TEXT: lua_pushlstring(L, v.t, (size_t)v.n); break;
    case VAL_DATE: rule_push_date(L, v.i); break;
    case VAL_DATETIME: rule_push_datetime(L, v.i); break;
    case VAL_TIME:
        time_show(buf, sizeof buf, v.i);
        lua_pushstring(L, buf);
        break;
    case VAL_DURATION:
        duration_show(buf, sizeof buf, v);
        lua_pushstring(L, buf);
        break;
    case VAL_REC:
        if (form) rule_push_record(L, PROXY_LINK, form->form, v.i, NULL);
        else lua_pushinteger(L, v.i);
        break;
    case VAL_LIST: push_list(L, v, form); break;
    }
}

/* A table by part. */
static void push_parts(lua_State *L, const Field *f, Val v)
{
    luaL_checkstack(L, 8, NULL);
    if (v.kind != VAL_LIST) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, f->npart);
    for (int i = 0; i < f->npart; i++) {
        rule_push_val(L, v.list[i], NULL);
        lua_setfield(L, -2, f->part[i]->name.key);
    }
}

/* Lists come as tables even when they are blank: #list is what rules ask. */
static void push_plain(lua_State *L, const Field *f, Val v)
{
    if (field_is_parts(f)) push_parts(L, f, v);
    else if (field_is_list(f) && val_is_blank(v)) lua_newtable(L);
    else rule_push_val(L, v, f->name.type.form);
}

/* Rows of a subform: plain tables, to be changed and given back as the whole list. */
static void push_rows(lua_State *L, Val v)
{
    luaL_checkstack(L, 8, NULL);
    lua_createtable(L, v.kind == VAL_LIST ? v.n : 0, 0);
    for (int i = 0; v.kind == VAL_LIST && i < v.n; i++) {
        Record *row = (Record *)v.list[i].p;
        lua_newtable(L);
        for (int k = 0; row && k < row->form->nfield; k++) {
            const Field *f = row->form->field[k];
            if (k != ROW_ID && (f->system || f->computed)) continue;
            push_plain(L, f, row->val[k]);
            lua_setfield(L, -2, f->key);
        }
        lua_rawseti(L, -2, i + 1);
    }
}

void rule_push_field(lua_State *L, Record *r, const Field *f)
{
    Val v = record_get(r, f);
    if (field_is_rows(f)) push_rows(L, v);
    else push_plain(L, f, v);
}

static void push_node(lua_State *L, const Node *n, int depth)
{
    int64_t i;
    if (depth > MOST_DEEP) luaL_error(L, "the value is nested too deep");
    luaL_checkstack(L, 8, NULL);
    switch (n ? n->kind : NODE_NULL) {
    case NODE_NULL: lua_pushnil(L); break;
    case NODE_BOOL: lua_pushboolean(L, n->b); break;
    case NODE_NUMBER:
        if (node_int(n, &i)) lua_pushinteger(L, i);
        else if (!lua_stringtonumber(L, n->text)) lua_pushnil(L);
        break;
    case NODE_TEXT: lua_pushstring(L, n->text); break;
    case NODE_LIST:
        lua_createtable(L, n->n, 0);
        for (int k = 0; k < n->n; k++) {
            push_node(L, n->item[k], depth + 1);
            lua_rawseti(L, -2, k + 1);
        }
        break;
    case NODE_MAP:
        lua_createtable(L, 0, n->n);
        for (int k = 0; k < n->n; k++) {
            push_node(L, n->item[k], depth + 1);
            lua_setfield(L, -2, n->item[k]->key);
        }
        break;
    }
}

void rule_push_node(lua_State *L, const Node *n) { push_node(L, n, 0); }

const char *rule_text(lua_State *L, int at)
{
    size_t n;
    const char *text = luaL_checklstring(L, at, &n);
    if (!utf8_valid(text, n)) luaL_argerror(L, at, "the text is not UTF-8");
    return arena_dup_n(rule_work(L)->cx.a, text, n);
}

static Node *to_node(lua_State *L, int at, int depth, int *items);

static Node *to_list(lua_State *L, int at, int depth, int *items, lua_Integer n)
{
    Arena *a = rule_work(L)->cx.a;
    Node *list = node_list(a);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, at, i);
        node_add(a, list, to_node(L, lua_gettop(L), depth + 1, items));
        lua_pop(L, 1);
    }
    return list;
}

static Node *to_map(lua_State *L, int at, int depth, int *items)
{
    Arena *a = rule_work(L)->cx.a;
    Node *map = node_map(a);
    lua_pushnil(L);
    while (lua_next(L, at)) {
        if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "keys must be texts");
        const char *key = rule_text(L, -2);
        node_put(a, map, key, to_node(L, lua_gettop(L), depth + 1, items));
        lua_pop(L, 1);
    }
    return map;
}

static Node *number_node(lua_State *L, Arena *a, int at)
{
    char buf[40];
    if (lua_isinteger(L, at)) return node_new_int(a, lua_tointeger(L, at));
    double d = lua_tonumber(L, at);
    if (!isfinite(d)) return node_new_null(a);
    snprintf(buf, sizeof buf, "%.17g", d);
    char shorter[40];
    snprintf(shorter, sizeof shorter, "%.15g", d);
    return node_new_number(a, strtod(shorter, NULL) == d ? shorter : buf);
}

static Node *to_node(lua_State *L, int at, int depth, int *items)
{
    Arena *a = rule_work(L)->cx.a;
    if (depth > MOST_DEEP) luaL_error(L, "the value is nested too deep");
    if (++*items > MOST_ITEMS) luaL_error(L, "the value is too large");
    luaL_checkstack(L, 8, NULL);
    switch (lua_type(L, at)) {
    case LUA_TNIL: return node_new_null(a);
    case LUA_TBOOLEAN: return node_new_bool(a, lua_toboolean(L, at));
    case LUA_TNUMBER: return number_node(L, a, at);
    case LUA_TSTRING: return node_new_text(a, rule_text(L, at));
    case LUA_TTABLE: {
        lua_Unsigned n = lua_rawlen(L, at);
        lua_pushnil(L);
        bool empty = !lua_next(L, at);
        if (!empty) lua_pop(L, 2);
        if (n > MOST_ITEMS) luaL_error(L, "the value is too large");
        return n || empty ? to_list(L, at, depth, items, (lua_Integer)n)
            : to_map(L, at, depth, items);
    }
    default: break;
    }
    const Proxy *p = rule_test_record(L, at);
    if (!p) luaL_error(L, "a %s cannot be stored", luaL_typename(L, at));
    if (!p->id) luaL_error(L, "this record is not stored yet: it has no id");
    return node_new_int(a, p->id);
}

Node *rule_to_node(lua_State *L, int at)
{
    int items = 0;
    return to_node(L, lua_absindex(L, at), 0, &items);
}

Node *rule_to_map(lua_State *L, int at)
{
    int items = 0;
    luaL_checktype(L, at, LUA_TTABLE);
    return to_map(L, lua_absindex(L, at), 0, &items);
}

static Val list_val(lua_State *L, int at, Type *type)
{
    Type of = { .kind = T_ANY };
    lua_Unsigned n = lua_rawlen(L, at);
    if (n > 10000) luaL_error(L, "the list is too long");
    Val *item = ARENA_ARRAY(rule_work(L)->cx.a, Val, n + 1);
    for (lua_Unsigned i = 0; i < n; i++) {
        lua_rawgeti(L, at, (lua_Integer)i + 1);
        if (lua_istable(L, -1)) luaL_error(L, "a list of lists cannot be asked for");
        item[i] = rule_to_val(L, lua_gettop(L), &of);
        lua_pop(L, 1);
    }
    *type = (Type){ .kind = T_LIST, .of = of.kind, .decimals = -1, .form = of.form };
    return val_list(item, (int)n);
}

Val rule_to_val(lua_State *L, int at, Type *type)
{
    *type = (Type){ .kind = T_ANY, .decimals = -1 };
    switch (lua_type(L, at)) {
    case LUA_TNIL: case LUA_TNONE: return val_blank();
    case LUA_TBOOLEAN:
        type->kind = T_BOOL;
        return val_bool(lua_toboolean(L, at));
    case LUA_TNUMBER:
        type->kind = T_NUMBER;
        if (lua_isinteger(L, at)) return val_int(lua_tointeger(L, at));
        return val_real(lua_tonumber(L, at));
    case LUA_TSTRING:
        type->kind = T_TEXT;
        return val_text(rule_text(L, at));
    case LUA_TTABLE: return list_val(L, at, type);
    default: break;
    }
    const Proxy *p = rule_test_record(L, at);
    if (!p) luaL_error(L, "a %s cannot be asked for", luaL_typename(L, at));
    *type = (Type){ .kind = T_RECORD, .form = &p->form->names };
    return val_rec(p->id);
}

const char *rule_format(lua_State *L, int at)
{
    int n = lua_gettop(L);
    if (n == at) return rule_text(L, at);
    luaL_checkstring(L, at);
    lua_getglobal(L, "string");
    lua_getfield(L, -1, "format");
    lua_replace(L, -2);
    lua_insert(L, at);
    lua_call(L, n - at + 1, 1);
    return rule_text(L, -1);
}

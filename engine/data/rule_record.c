/*
 * rule_record.c — records as Lua values: fields by name, links by walking.
 *
 * A proxy is a form and an id; its record is loaded when a field is first read, and again
 * after a write or in another call, because what it pointed to may be old or gone. The record
 * being saved is live: its fields may be set in before-handlers, through the same reading as
 * a person's input. Setting does not count as given by the person.
 */
#include "data/rule_in.h"
#include "data/perm.h"
#include "data/query.h"
#include "data/record_row.h"

#include <string.h>

#define RECORD "tenon.record"

Proxy *rule_push_record(lua_State *L, ProxyKind kind, const Form *f, int64_t id, Record *r)
{
    if (!r && id <= 0) {
        lua_pushnil(L);
        return NULL;
    }
    RuleHost *h = rule_host(L);
    Proxy *p = lua_newuserdatauv(L, sizeof *p, 1);
    *p = (Proxy){ h->call, h->wrote, box_now(box_of(L)), kind, f, id, r };
    luaL_setmetatable(L, RECORD);
    return p;
}

Proxy *rule_test_record(lua_State *L, int at)
{
    return lua_type(L, at) == LUA_TUSERDATA ? luaL_testudata(L, at, RECORD) : NULL;
}

Proxy *rule_check_record(lua_State *L, int at)
{
    Proxy *p = rule_test_record(L, at);
    luaL_argexpected(L, p, at, "record");
    luaL_argcheck(L, p->id > 0, at, "this record is not stored yet");
    return p;
}

int64_t rule_user(lua_State *L, int at)
{
    const Proxy *p = rule_test_record(L, at);
    if (!p) return luaL_checkinteger(L, at);
    luaL_argcheck(L, str_eq(p->form->key, "user"), at, "a user expected");
    return p->id;
}

static Record *load_as_user(lua_State *L, Work *w, const Form *f, int64_t id)
{
    Record *r = NULL;
    Cx outer = rule_apart(w);
    bool ok = query_one(w, f, id, &r);
    if (!ok && (w->cx.err == E_MISSING || w->cx.err == E_DENIED)) {
        cx_clear(&w->cx);
        r = NULL;
        ok = true;
    }
    rule_rejoin(L, w, outer, ok);
    return r;
}

static Record *load(lua_State *L, Work *w, const Form *f, int64_t id)
{
    RuleHost *h = rule_host(L);
    Loaded *slot = &h->loaded[(((uintptr_t)f >> 5) + (uint64_t)id) % LEN(h->loaded)];
    Record *r = NULL;
    box_tick(L, 500);
    if (!w->as_app) return load_as_user(L, w, f, id);
    if (slot->form == f && slot->id == id && slot->call == h->call && slot->wrote == h->wrote)
        return slot->r;
    Cx outer = rule_apart(w);
    bool ok = record_load_row(w, f, id, false, &r);
    rule_rejoin(L, w, outer, ok);
    *slot = (Loaded){ h->call, h->wrote, f, id, r };
    return r;
}

Record *rule_record(lua_State *L, Proxy *p)
{
    RuleHost *h = rule_host(L);
    bool old = p->call != h->call;
    if (p->kind != PROXY_LINK && !box_running(box_of(L), p->run))
        luaL_error(L, "a record of an earlier call cannot be used");
    if (p->kind != PROXY_LINK) return p->r;
    if (p->r && !old && p->wrote == h->wrote) return p->r;
    Record *r = load(L, rule_work(L), p->form, p->id);
    p->call = h->call;
    p->wrote = h->wrote;
    p->r = r;
    return r;
}

static void fill(lua_State *L, Work *w, Record *r)
{
    Cx outer = rule_apart(w);
    bool ok = record_fill(w, r);
    rule_rejoin(L, w, outer, ok);
}

static int push_title(lua_State *L, Work *w, Proxy *p)
{
    Cx outer = rule_apart(w);
    const char *title = p->kind != PROXY_LINK && box_running(box_of(L), p->run)
        ? record_title(w, p->r) : record_title_of(w, p->form, p->id);
    bool ok = !w->cx.err;
    rule_rejoin(L, w, outer, ok);
    lua_pushstring(L, title);
    return 1;
}

static int push_status(lua_State *L, Work *w, Proxy *p)
{
    Record *r = rule_record(L, p);
    if (r && !r->stage) record_find_stage(w, r);
    lua_pushstring(L, r && r->stage ? r->stage->status : NULL);
    return 1;
}

/* In as_user a rule sees no more than the person. */
static bool push_restricted(lua_State *L, Work *w, Record *r, const Field *f)
{
    Right right = w->as_app ? RIGHT_FULL : perm_field(w, r->form, f, r);
    if (right == RIGHT_HIDDEN) lua_pushnil(L);
    else if (right == RIGHT_MASKED)
        lua_pushstring(L, field_mask(w->cx.a, f, val_show(w->cx.a, record_get(r, f))));
    else return false;
    return true;
}

static int no_field(lua_State *L, const Form *form, const char *key)
{
    Work *w = rule_work(L);
    const char **known = ARENA_ARRAY(w->cx.a, const char *, form->nfield + 1);
    for (int i = 0; i < form->nfield; i++) known[i] = form->field[i]->key;
    const char *near = str_nearest(key, known, form->nfield);
    if (near)
        return luaL_error(L, "%s has no field '%s', did you mean '%s'?", form->key, key, near);
    return luaL_error(L, "%s has no field '%s'", form->key, key);
}

static int record_index(lua_State *L)
{
    Proxy *p = luaL_checkudata(L, 1, RECORD);
    const char *key = luaL_checkstring(L, 2);
    Work *w = rule_work(L);
    if (!strcmp(key, "id")) {
        if (p->id) lua_pushinteger(L, p->id);
        else lua_pushnil(L);
        return 1;
    }
    const Field *f = form_field(p->form, key);
    if (!f && !strcmp(key, "title")) return push_title(L, w, p);
    if (!f && !strcmp(key, "stage_status")) return push_status(L, w, p);
    if (!f) return no_field(L, p->form, key);
    Record *r = rule_record(L, p);
    if (!r) {
        lua_pushnil(L);
        return 1;
    }
    if (!r->full && (field_is_list(f) || field_is_rows(f))) fill(L, w, r);
    if (!push_restricted(L, w, r, f)) rule_push_field(L, r, f);
    return 1;
}

static int record_newindex(lua_State *L)
{
    Proxy *p = luaL_checkudata(L, 1, RECORD);
    const char *key = luaL_checkstring(L, 2);
    Work *w = rule_work(L);
    const Field *f = form_field(p->form, key);
    if (!f) return no_field(L, p->form, key);
    if (p->kind != PROXY_LIVE)
        return luaL_error(L, "fields can be set in before-rules only: use update(record, "
            "{ %s = … })", key);
    Record *r = rule_record(L, p);
    lua_settop(L, 3);
    Node *body = node_map(w->cx.a);
    node_put(w->cx.a, body, key, rule_to_node(L, 3));
    bool given = r->given && r->given[f->name.index];
    Cx outer = rule_apart(w);
    bool ok = record_read(w, r, body);
    if (r->given) r->given[f->name.index] = given;
    rule_rejoin(L, w, outer, ok);
    return 0;
}

static int record_eq(lua_State *L)
{
    const Proxy *a = rule_test_record(L, 1), *b = rule_test_record(L, 2);
    lua_pushboolean(L, a && b && a->form == b->form && a->id == b->id && a->id);
    return 1;
}

static int record_tostring(lua_State *L)
{
    Proxy *p = luaL_checkudata(L, 1, RECORD);
    return push_title(L, rule_work(L), p);
}

void rule_record_open(lua_State *L)
{
    static const luaL_Reg meta[] = {
        { "__index", record_index }, { "__newindex", record_newindex }, { "__eq", record_eq },
        { "__tostring", record_tostring }, { NULL, NULL },
    };
    luaL_newmetatable(L, RECORD);
    luaL_setfuncs(L, meta, 0);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

/*
 * rule_find.c — find(…): an iterator over records that match, page by page.
 *
 * A page is read into an arena of its own, which a Lua value owns: Lua frees it once neither
 * the iterator nor any record of the page is in use, so a walk over a whole table holds a few
 * pages. While a page is read w->cx allocates there; what the Work remembers beyond the page
 * (its asker, titles) is therefore made before or put aside.
 */
#include "data/rule_in.h"
#include "data/auth.h"
#include "data/query.h"

#include <string.h>

#define PAGE "tenon.page"
#define PAGE_RECORDS 100

typedef struct Page { Arena *a; } Page;

typedef struct Find {
    uint64_t call, wrote;     /* wrote: when the page was read */
    const Form *form;
    const Expr *filter;
    Args args;
    const char *sort;
    int64_t left;             /* records still wanted */
    List list; int at;
    bool started;
} Find;

static int page_free(lua_State *L)
{
    Page *p = luaL_checkudata(L, 1, PAGE);
    if (p->a) arena_free(p->a);
    p->a = NULL;
    return 0;
}

static Page *push_page(lua_State *L)
{
    Page *p = lua_newuserdatauv(L, sizeof *p, 0);
    p->a = NULL;
    if (luaL_newmetatable(L, PAGE)) {
        lua_pushcfunction(L, page_free);
        lua_setfield(L, -2, "__gc");
        lua_pushboolean(L, false);
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
    p->a = arena_new();
    return p;
}

static bool read_page(Work *w, Find *f, Arena *into)
{
    Asker asker = rule_asker(w, &f->args);
    ListAsk ask = { .form = f->form, .also = f->filter, .sort = f->sort,
        .after = f->started ? f->list.next : NULL, .limit = PAGE_RECORDS,
        .count = COUNT_NONE, .asker = &asker };
    if (f->left < ask.limit) ask.limit = (int)f->left;
    if (w->who.id && !w->as_app && !auth_reach(w)) return false;
    Arena *arena = w->cx.a;
    void *cache = w->cache;
    List list = { 0 };
    w->cx.a = into;
    w->cache = NULL;
    bool ok = query_list(w, &ask, &list);
    w->cache = cache;
    Cx page = w->cx;
    w->cx = cx_begin(arena, page.lang);
    if (!ok) cx_copy(&w->cx, &page);
    f->list = list;
    return ok;
}

/* Upvalues: the Find, its page. */
static int find_next(lua_State *L)
{
    Find *f = lua_touserdata(L, lua_upvalueindex(1));
    Work *w = rule_work(L);
    if (f->call != rule_host(L)->call) return luaL_error(L, "a find of an earlier call");
    if (f->at >= f->list.n) {
        if (f->left <= 0 || (f->started && !f->list.next)) return 0;
        Page *p = push_page(L);               /* the old page must live until this is read */
        box_tick(L, 2000);
        Cx outer = rule_apart(w);
        bool ok = read_page(w, f, p->a);
        rule_rejoin(L, w, outer, ok);
        f->started = true;
        f->wrote = rule_host(L)->wrote;
        f->at = 0;
        lua_replace(L, lua_upvalueindex(2));
        lua_gc(L, LUA_GCSTEP, (int)(arena_size(p->a) / 4096) + 1);
        if (!f->list.n) return 0;
    }
    f->left--;
    Record *r = f->list.record[f->at++];
    rule_push_record(L, PROXY_LINK, f->form, record_id(r), r)->wrote = f->wrote;
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_setiuservalue(L, -2, 1);              /* the record keeps its page */
    return 1;
}

int rule_find(lua_State *L)
{
    Work *w = rule_work(L);
    const Form *form = rule_form(L, w, 1);
    lua_settop(L, 4);
    const char *text = lua_isnil(L, 2) ? NULL : rule_text(L, 2);
    Args args = rule_args(L, 3);
    Find f = { .call = rule_host(L)->call, .form = form, .sort = "id", .left = INT64_MAX };
    f.filter = rule_filter(L, w, form, text, &args);
    f.args = args;
    if (lua_istable(L, 4)) {
        if (lua_getfield(L, 4, "sort") != LUA_TNIL) f.sort = rule_text(L, -1);
        if (lua_getfield(L, 4, "limit") != LUA_TNIL) f.left = luaL_checkinteger(L, -1);
        lua_pop(L, 2);
    }
    Find *kept = lua_newuserdatauv(L, sizeof *kept, 0);
    *kept = f;
    lua_pushnil(L);
    lua_pushcclosure(L, find_next, 2);
    return 1;
}

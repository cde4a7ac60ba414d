/*
 * demo.c — a box for the demo script, on an engine of its own that is closed before serving.
 *
 * Its budgets are those of minutes of work. A batch runs on the writing thread while this one
 * waits, as every rule does; Lua errors never cross a write: they are caught inside and raised
 * again outside.
 */
#include "main/demo.h"
#include "data/approval.h"
#include "data/task.h"
#include "data/auth.h"
#include "data/rule_api.h"
#include "base/sys.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>

enum { SCRIPT_MS = 20 * 60 * 1000, SCRIPT_MAX = 4 << 20, UNREAD_S = 3 * 86400 };

static uint64_t seed = 20260302;

static const BoxLimits limits = {
    .bytes = (size_t)1 << 30, .host_bytes = (size_t)8 << 30, .write_call_ms = SCRIPT_MS,
    .write_ms = SCRIPT_MS, .job_ms = SCRIPT_MS, .load_ms = 10000,
};

static uint64_t next_random(void)
{
    /* splitmix64: good enough for names and amounts, the same everywhere. */
    uint64_t z = (seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int lua_random(lua_State *L)
{
    lua_Integer n = luaL_checkinteger(L, 1);
    luaL_argcheck(L, n > 0, 1, "must be positive");
    lua_pushinteger(L, (lua_Integer)(next_random() % (uint64_t)n) + 1);
    return 1;
}

static int lua_pick(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    if (!n) return 0;
    lua_rawgeti(L, 1, (lua_Integer)(next_random() % (uint64_t)n) + 1);
    return 1;
}

static int lua_clock(lua_State *L)
{
    Work *w = box_host(L);
    int64_t at;
    const Zone *zone = w->app->zone;
    if (!datetime_parse(luaL_checkstring(L, 1), zone, &at))
        return luaL_error(L, "no date and time: %s", lua_tostring(L, 1));
    sys_clock_set(at);
    w->now = at;
    return 0;
}

static int lua_become(lua_State *L)
{
    Work *w = box_host(L);
    if (lua_isnoneornil(L, 1)) auth_become_app(w, "demo");
    else if (!auth_become_login(w, luaL_checkstring(L, 1))) box_raise(L, &w->cx);
    w->as_app = true;
    w->via = "demo";
    return 0;
}

/* consent(record): who is asked approves, one after another, until the record waits no longer. */
MUST static bool consent(Work *w, const Form *f, int64_t id)
{
    Approval a;
    bool waits;

    for (;;) {
        Task *t;
        int n, i = 0;
        if (!approval_waiting(w, f, id, &a, &waits)) return false;
        if (!waits) return true;
        if (!approval_tasks(w, a.id, &t, &n)) return false;
        while (i < n && (!str_eq(t[i].state, "open") || !str_eq(t[i].kind, "approve"))) i++;
        if (i == n) return cx_fail(&w->cx, E_CONFLICT, "the record waits for nobody");
        if (!auth_become(w, t[i].user)) return false;
        if (!task_act(w, &(TaskAct){ .what = "approve", .task = t[i].id })) return false;
    }
}

static int lua_consent(lua_State *L)
{
    Work *w = box_host(L);
    const Form *f = app_form(w->app, luaL_checkstring(L, 1));
    Person who = w->who;

    bool ok = f && consent(w, f, luaL_checkinteger(L, 2));
    w->who = who;
    w->as_app = true;
    if (!ok) box_raise(L, &w->cx);
    return 0;
}

/* Hashing takes its time and so never happens inside a write: passwords set in a batch wait for
   its end. */
typedef struct Password { int64_t user; const char *text; } Password;
static Password *later;
static int nlater, later_cap;

static bool set_passwords(Work *w)
{
    for (int i = 0; i < nlater; i++)
        if (!auth_set_password(w, later[i].user, later[i].text)) return false;
    nlater = 0;
    return true;
}

static int lua_password(lua_State *L)
{
    Work *w = box_host(L);
    Password p = { .text = arena_dup(w->cx.a, luaL_optstring(L, 2, DEMO_PASSWORD)) };
    if (!auth_user_by_login(w, luaL_checkstring(L, 1), &p.user)) box_raise(L, &w->cx);
    ARENA_PUSH(w->cx.a, later, nlater, later_cap, p);
    if (!db_in_write(w->db) && !set_passwords(w)) box_raise(L, &w->cx);
    return 0;
}

typedef struct Batch { lua_State *L; int nlater; bool ran, script_failed; } Batch;

static bool run_batch(Work *w, void *arg)
{
    Batch *b = arg;

    /* What the script has in its variables is of the run that was undone. */
    nlater = b->nlater;
    if (b->ran) return cx_fail(&w->cx, E_BUSY, "the database is busy");
    b->ran = true;
    lua_pushvalue(b->L, 1);
    if (lua_pcall(b->L, 0, 0, 0) == LUA_OK) return true;
    b->script_failed = true;
    return cx_fail(&w->cx, E_RULE, "the batch failed");
}

static int lua_batch(lua_State *L)
{
    Work *w = box_host(L);
    Batch b = { .L = L, .nlater = nlater };
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (work_write(w, run_batch, &b) && (db_in_write(w->db) || set_passwords(w))) return 0;
    if (!b.script_failed) box_raise(L, &w->cx);
    cx_clear(&w->cx);
    return lua_error(L);
}

/* demo(fn): the script's body, kept until there is a Work to run it with. */
static int lua_demo(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    *box_slot(box_of(L), BOX_HOOKS) = (void *)(intptr_t)luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static void open_demo(lua_State *L)
{
    static const luaL_Reg calls[] = { { "random", lua_random }, { "pick", lua_pick },
        { "clock", lua_clock }, { "become", lua_become }, { "consent", lua_consent }, { "password", lua_password },
        { "batch", lua_batch }, { "demo", lua_demo }, { NULL, NULL } };
    for (const luaL_Reg *c = calls; c->name; c++) lua_register(L, c->name, c->func);
}

/* Moments that passed while the company was made up are no news to anyone. */
static bool forget_past(Work *w, void *arg)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    (void)arg;
    sql_add(&q, "DELETE FROM \"_timer\" WHERE \"record\" > 0 AND \"rule\" NOT LIKE 'after:%' "
        "AND \"due\" < ");
    sql_bind(&q, val_int(sys_now()));
    return db_run(&w->cx, w->db, &q, NULL);
}

/* What was said then has been read, but for the last days. */
static bool read_past(Work *w)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    sql_add(&q, "UPDATE \"_message\" SET \"read_at\" = \"at\" WHERE \"read_at\" IS NULL "
        "AND \"at\" < ");
    sql_bind(&q, val_datetime(sys_now() - UNREAD_S));
    return db_run(&w->cx, w->db, &q, NULL);
}

/* The sign-in page says who one may be. */
static bool tell_sign_in(Work *w, void *arg)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    sql_add(&q, "INSERT INTO \"_secret\" (\"name\", \"value\") VALUES ('demo', ");
    sql_bind(&q, val_text(DEMO_PASSWORD));
    sql_add(&q, ") ON CONFLICT (\"name\") DO NOTHING");
    return db_run(&w->cx, w->db, &q, NULL) && forget_past(w, arg) && read_past(w);
}

static bool run_script(Work *w, void *arg)
{
    const char *text = arg;
    /* On the script's first line, so that lines keep their numbers. */
    const char *body = arena_printf(w->cx.a, "demo(function() %s\nend)", text);
    Box *box = box_new(&limits, rule_api_open);
    BoxCall call = { .host = w };
    w->via = "demo";
    bool ok = box_open(&w->cx, box, open_demo)
        && box_load(&w->cx, box, "demo", body, strlen(body));
    if (ok) {
        box_freeze(box);
        int ref = (int)(intptr_t)*box_slot(box, BOX_HOOKS);
        ok = box_call(&w->cx, box, ref, "demo", &call);
    }
    box_free(box);
    sys_clock_clear();
    w->now = sys_now();
    auth_become_app(w, "demo");
    return ok && work_write(w, tell_sign_in, NULL);
}

static bool is_empty(Work *w, void *arg)
{
    bool *some = arg;
    for (int i = 0; i < w->app->nform && !*some; i++) {
        Sql q = sql_begin(w->cx.a, db_dialect(w->db));
        Val one;
        if (w->app->form[i]->parent) continue;
        sql_add(&q, "SELECT 1 FROM ");
        sql_name(&q, w->app->form[i]->key);
        sql_add(&q, " LIMIT 1");
        if (!db_one(&w->cx, w->db, &q, &one, 1, some)) return false;
    }
    return true;
}

bool demo_load(Cmd *c, bool *loaded)
{
    const char *path = path_join(c->a, c->app, "demo/demo.lua");
    EngineOptions o = { .dir = c->app, .db = cmd_db(c), .files = cmd_option(c, "files"), .limits = limits };
    bool some = false;
    Engine *e;
    char *text;
    size_t n;
    *loaded = false;
    if (!file_exists(path)) return true;
    if (!file_read(&c->cx, path, SCRIPT_MAX, &text, &n)) return false;
    if (!engine_open(&c->cx, &o, &e)) return false;
    bool ok = cmd_with(c, e, is_empty, &some);
    if (ok && !some) {
        fprintf(stderr, "loading demo data …\n");
        ok = cmd_with(c, e, run_script, text);
        *loaded = ok;
    }
    engine_close(e);
    return ok;
}

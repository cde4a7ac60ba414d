/*
 * hooks.c — the tables that on, every and action fill while plugins load.
 *
 * They live in the box's arena. Events are found by a hash of their name, because every write
 * asks for a dozen of them and most have no handler.
 */
#include "rule/hooks_in.h"

#include <stdlib.h>
#include <string.h>

Hooks *hooks_of(const Box *box)
{
    return *box_slot((Box *)box, BOX_HOOKS);
}

const char *hooks_plugin(lua_State *L, const char *call)
{
    Box *b = box_of(L);
    if (box_frozen(b) || !box_plugin(b))
        luaL_error(L, "%s can only be called while the plugin loads", call);
    return box_plugin(b);
}

int hooks_line(lua_State *L)
{
    lua_Debug ar;
    if (!lua_getstack(L, 1, &ar)) return 0;
    lua_getinfo(L, "l", &ar);
    return ar.currentline > 0 ? ar.currentline : 0;
}

const char *hooks_text(lua_State *L, int at)
{
    size_t n;
    const char *text = luaL_checklstring(L, at, &n);
    luaL_argcheck(L, n && n <= 500 && utf8_valid(text, n), at, "a short text expected");
    return arena_dup(box_arena(box_of(L)), text);
}

int hooks_function(lua_State *L, int at)
{
    luaL_checktype(L, at, LUA_TFUNCTION);
    lua_pushvalue(L, at);
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

static Event *event_find(const Hooks *h, const char *name)
{
    if (!h->nbucket) {
        for (int i = 0; i < h->nevent; i++)
            if (str_eq(h->event[i].name, name)) return &h->event[i];
        return NULL;
    }
    for (uint64_t at = str_hash(name);; at++) {
        int i = h->bucket[at % (uint64_t)h->nbucket];
        if (!i) return NULL;
        if (str_eq(h->event[i - 1].name, name)) return &h->event[i - 1];
    }
}

static void make_buckets(Box *box)
{
    Hooks *h = hooks_of(box);
    h->nbucket = h->nevent * 2 + 1;
    h->bucket = ARENA_ARRAY(box_arena(box), int, h->nbucket);
    for (int i = 0; i < h->nevent; i++) {
        uint64_t at = str_hash(h->event[i].name);
        while (h->bucket[at % (uint64_t)h->nbucket]) at++;
        h->bucket[at % (uint64_t)h->nbucket] = i + 1;
    }
}

static int on_call(lua_State *L)
{
    Box *b = box_of(L);
    Hooks *h = hooks_of(b);
    Handler one = { .plugin = hooks_plugin(L, "on"), .event = hooks_text(L, 1),
        .line = hooks_line(L), .ref = hooks_function(L, 2) };
    Event *e = event_find(h, one.event);
    if (!e) {
        ARENA_PUSH(box_arena(b), h->event, h->nevent, h->event_cap,
            ((Event){ .name = one.event }));
        e = &h->event[h->nevent - 1];
    }
    ARENA_PUSH(box_arena(b), e->handler, e->n, e->cap, one);
    ARENA_PUSH(box_arena(b), h->handler, h->nhandler, h->handler_cap, one);
    return 0;
}

static int every_call(lua_State *L)
{
    Box *b = box_of(L);
    Hooks *h = hooks_of(b);
    Schedule s = { .plugin = hooks_plugin(L, "every"), .cron = hooks_text(L, 1),
        .name = hooks_text(L, 2), .ref = hooks_function(L, 3) };
    if (!cron_parse(s.cron, &s.when))
        return luaL_error(L, "'%s' is no schedule: minute hour day month weekday", s.cron);
    if (hooks_schedule(b, s.plugin, s.name))
        return luaL_error(L, "there is a schedule '%s' already", s.name);
    ARENA_PUSH(box_arena(b), h->schedule, h->nschedule, h->schedule_cap, s);
    return 0;
}

static void open_calls(lua_State *L)
{
    lua_register(L, "on", on_call);
    lua_register(L, "every", every_call);
    lua_register(L, "action", action_call);
}

/* "plugins/NAME.lua" → NAME, or NULL. */
static const char *plugin_name(Arena *a, const char *path)
{
    if (!str_starts(path, "plugins/") || !str_ends(path, ".lua")) return NULL;
    const char *name = path + strlen("plugins/");
    return arena_dup_n(a, name, strlen(name) - strlen(".lua"));
}

/* The text is "plugin:line: what"; the issue stands at that line of the file. */
static void issue_of(Cx *cx, const Cx *failed, const char *plugin, const Source *s)
{
    const char *text = failed->text ? failed->text : "cannot be loaded";
    if (failed->nissue) text = failed->issue[0].text;
    size_t n = strlen(plugin);
    int line = 1;
    if (!strncmp(text, plugin, n) && text[n] == ':') {
        char *end;
        long at = strtol(text + n + 1, &end, 10);
        if (at > 0 && *end == ':') {
            line = (int)at;
            text = end + 1 + (end[1] == ' ');
        }
    }
    const char *source = s->text;
    for (int i = 1; i < line && source; i++)
        if ((source = strchr(source, '\n'))) source++;
    cx_issue_source(cx, at_line(s->path, line, 1), source, "rule", "%s", text);
}

Box *hooks_open(Cx *cx, const App *app, const BoxLimits *limits, void (*open)(lua_State *L))
{
    Box *box = box_new(limits, open);
    *box_slot(box, BOX_HOOKS) = ARENA_NEW(box_arena(box), Hooks);
    bool ok = box_open(cx, box, open_calls);
    for (int i = 0; ok && i < app->nsource; i++) {
        const Source *s = &app->source[i];
        const char *name = plugin_name(cx->a, s->path);
        if (!name) continue;
        Cx own = cx_begin(cx->a, cx->lang);
        if (box_load(&own, box, name, s->text, s->n)) continue;
        issue_of(cx, &own, name, s);
        ok = false;
    }
    if (!ok || !actions_bind(cx, app, box)) {
        box_free(box);
        return NULL;
    }
    box_freeze(box);
    make_buckets(box);
    return box;
}

bool hooks_has(const Box *box, const char *event)
{
    return event_find(hooks_of(box), event) != NULL;
}

bool hooks_run(Cx *cx, Box *box, const char *event, const BoxCall *call)
{
    const Event *e = event_find(hooks_of(box), event);
    for (int i = 0; e && i < e->n; i++)
        if (!box_call(cx, box, e->handler[i].ref, e->handler[i].plugin, call)) return false;
    return true;
}

int hooks_handlers(const Box *box, const Handler **out)
{
    *out = hooks_of(box)->handler;
    return hooks_of(box)->nhandler;
}

int hooks_schedules(const Box *box, const Schedule **out)
{
    *out = hooks_of(box)->schedule;
    return hooks_of(box)->nschedule;
}

const Schedule *hooks_schedule(const Box *box, const char *plugin, const char *name)
{
    const Hooks *h = hooks_of(box);
    for (int i = 0; i < h->nschedule; i++)
        if (str_eq(h->schedule[i].plugin, plugin) && str_eq(h->schedule[i].name, name))
            return &h->schedule[i];
    return NULL;
}

int hooks_actions(const Box *box, const Action **out)
{
    *out = hooks_of(box)->action;
    return hooks_of(box)->naction;
}

const Action *hooks_action(const Box *box, const char *name)
{
    const Hooks *h = hooks_of(box);
    for (int i = 0; i < h->naction; i++)
        if (str_eq(h->action[i].name, name)) return &h->action[i];
    return NULL;
}

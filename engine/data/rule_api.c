/*
 * rule_api.c — the calls that rules have, as one table; the host they find behind a box.
 */
#include "data/rule_in.h"
#include "base/i18n.h"

#include <string.h>

static const RuleCall *const groups[] = { rule_query_calls, rule_write_calls, rule_people_calls,
    rule_message_calls, rule_time_calls, rule_text_calls, rule_store_calls };

/* Registered by rule/hooks, while plugins load; listed here for the docs. */
static const RuleCall hook_calls[] = {
    { "on", NULL, "event, function", "runs the function at the event" },
    { "every", NULL, "cron, name, function", "on a schedule, once per due time" },
    { "action", NULL, "{name, label, form, visible, params, run}",
      "a step for transitions; with `form` a button there, offered where `visible` holds" },
    { 0 },
};

RuleHost *rule_host(lua_State *L)
{
    return *box_slot(box_of(L), BOX_HOST);
}

Work *rule_work(lua_State *L)
{
    Work *w = box_host(L);
    if (!w) luaL_error(L, "this cannot be called while the plugin loads");
    box_tick(L, 20);
    return w;
}

Cx rule_apart(Work *w)
{
    Cx outer = w->cx;
    w->cx = cx_begin(outer.a, outer.lang);
    return outer;
}

void rule_rejoin(lua_State *L, Work *w, Cx outer, bool ok)
{
    Cx own = w->cx;
    w->cx = outer;
    if (!ok) box_raise(L, &own);
}

void rule_write(lua_State *L, Work *w, bool (*fn)(Work *w, void *arg), void *arg)
{
    box_tick(L, 1000);
    Cx outer = rule_apart(w);
    bool ok = work_write(w, fn, arg);
    rule_rejoin(L, w, outer, ok);
}

static void set_call(lua_State *L, const RuleCall *c)
{
    const char *dot = strchr(c->name, '.');
    if (!dot) {
        lua_register(L, c->name, c->fn);
        return;
    }
    char table[32];
    snprintf(table, sizeof table, "%.*s", (int)(dot - c->name), c->name);
    if (lua_getglobal(L, table) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setglobal(L, table);
    }
    lua_pushcfunction(L, c->fn);
    lua_setfield(L, -2, dot + 1);
    lua_pop(L, 1);
}

void rule_api_open(lua_State *L)
{
    Box *b = box_of(L);
    *box_slot(b, BOX_HOST) = ARENA_NEW(box_arena(b), RuleHost);
    rule_record_open(L);
    for (int g = 0; g < LEN(groups); g++)
        for (const RuleCall *c = groups[g]; c->name; c++) set_call(L, c);
}

static void markdown(Str *out, const RuleCall *c)
{
    for (; c->name; c++) {
        str_printf(out, "| `%s(", c->name);
        for (const char *p = c->args; *p; p++) {
            if (*p == '|') str_add_char(out, '\\');
            str_add_char(out, *p);
        }
        str_printf(out, ")` | %s |\n", c->help);
    }
}

void rule_calls_markdown(Str *out)
{
    str_add(out, "| call | meaning |\n|---|---|\n");
    markdown(out, hook_calls);
    for (int g = 0; g < LEN(groups); g++) markdown(out, groups[g]);
}

static void list(Arena *a, const char *lang, Node *out, const RuleCall *c)
{
    for (; c->name; c++) {
        Node *one = node_add(a, out, node_map(a));
        node_put_text(a, one, "name", c->name);
        node_put_text(a, one, "args", c->args);
        node_put_text(a, one, "help", i18n_text(lang, c->help));
    }
}

Node *rule_calls(Arena *a, const char *lang)
{
    Node *out = node_list(a);

    list(a, lang, out, hook_calls);
    for (int g = 0; g < LEN(groups); g++) list(a, lang, out, groups[g]);
    return out;
}

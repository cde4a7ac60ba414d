/*
 * rule_words.c — texts that rules give to people: one string, or a table of texts by language,
 * {en = "New lead", zh = "新线索"}.
 *
 * They travel as label_store writes them until the language of the reader is known. What goes
 * into a format may be such a table too: each language is made of its own parts.
 */
#include "data/rule_in.h"

/* A table whose keys are languages of the app. */
static bool by_language(lua_State *L, const Work *w, int at)
{
    bool any = false;
    if (lua_type(L, at) != LUA_TTABLE) return false;
    lua_pushnil(L);
    while (lua_next(L, at)) {
        lua_pop(L, 1);
        any = lua_type(L, -1) == LUA_TSTRING
            && str_in(lua_tostring(L, -1), w->app->language, w->app->nlanguage);
        if (any) continue;
        lua_pop(L, 1);
        return false;
    }
    return any;
}

/* What the value at `at` is in that language, else in the first one it has. */
static void push_in(lua_State *L, const Work *w, int at, const char *lang)
{
    if (!by_language(L, w, at)) {
        lua_pushvalue(L, at);
        return;
    }
    if (lua_getfield(L, at, lang) != LUA_TNIL) return;
    for (int i = 0; i < w->app->nlanguage; i++) {
        lua_pop(L, 1);
        if (lua_getfield(L, at, w->app->language[i]) != LUA_TNIL) return;
    }
}

static bool any_has(lua_State *L, const Work *w, int from, int to, const char *lang)
{
    for (int i = from; i <= to; i++) {
        if (!by_language(L, w, i)) continue;
        bool has = lua_getfield(L, i, lang) != LUA_TNIL;
        lua_pop(L, 1);
        if (has) return true;
    }
    return false;
}

/* The arguments from..to, formatted in that language; one alone is taken as it is. */
static const char *format_in(lua_State *L, const Work *w, int from, int to, const char *lang)
{
    int top = lua_gettop(L);
    luaL_checkstack(L, to - from + 8, "too many arguments");
    if (to > from) {
        lua_getglobal(L, "string");
        lua_getfield(L, -1, "format");
    }
    for (int i = from; i <= to; i++) push_in(L, w, i, lang);
    if (lua_type(L, top + (to > from ? 3 : 1)) != LUA_TSTRING)
        luaL_error(L, "a text is expected, or a table of texts by language such as "
            "{en = \"…\"}, in the languages of the app");
    if (to > from) lua_call(L, to - from + 1, 1);
    const char *text = rule_text(L, lua_gettop(L));
    lua_settop(L, top);
    return text;
}

static Label label_of(lua_State *L, int from, int to)
{
    Work *w = rule_work(L);
    int most = w->app->nlanguage + 1;
    Label l = { .lang = ARENA_ARRAY(w->cx.a, const char *, most),
        .text = ARENA_ARRAY(w->cx.a, const char *, most) };
    for (int i = 0; i < w->app->nlanguage; i++) {
        if (!any_has(L, w, from, to, w->app->language[i])) continue;
        l.lang[l.n] = w->app->language[i];
        l.text[l.n++] = format_in(L, w, from, to, w->app->language[i]);
    }
    if (l.n) return l;
    l.lang[0] = "";
    l.text[l.n++] = format_in(L, w, from, to, "");
    return l;
}

const char *rule_words(lua_State *L, int at)
{
    at = lua_absindex(L, at);
    Label l = label_of(L, at, at);
    return label_store(rule_work(L)->cx.a, &l);
}

const char *rule_words_format(lua_State *L, int at)
{
    Label l = label_of(L, at, lua_gettop(L));
    return label_store(rule_work(L)->cx.a, &l);
}

int rule_format_words(lua_State *L)
{
    luaL_checkany(L, 1);
    Label l = label_of(L, 1, lua_gettop(L));
    if (!*l.lang[0]) {
        lua_pushstring(L, l.text[0]);
        return 1;
    }
    lua_createtable(L, 0, l.n);
    for (int i = 0; i < l.n; i++) {
        lua_pushstring(L, l.text[i]);
        lua_setfield(L, -2, l.lang[i]);
    }
    return 1;
}

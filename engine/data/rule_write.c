/*
 * rule_write.c — create, update, delete, transition, fail, as_user: writing from rules.
 *
 * All go through data/save like a person's write, nested in the write that runs. One that
 * fails is undone alone; the script may catch its error and go on.
 */
#include "data/rule_in.h"
#include "data/save.h"

static int done(lua_State *L, Work *w, Cx outer, bool ok, const Saved *saved, const Form *f)
{
    rule_host(L)->wrote++;
    rule_rejoin(L, w, outer, ok);
    rule_push_record(L, PROXY_LINK, f, saved->id, NULL);
    return 1;
}

static int save(lua_State *L, Work *w, const SaveAsk *ask)
{
    Saved saved = { 0 };
    box_tick(L, 2000);
    Cx outer = rule_apart(w);
    bool ok = save_record(w, ask, &saved);
    return done(L, w, outer, ok, &saved, ask->form);
}

static int create_call(lua_State *L)
{
    Work *w = rule_work(L);
    SaveAsk ask = { .form = rule_form(L, w, 1), .force_warned = true };
    ask.body = rule_to_map(L, 2);
    return save(L, w, &ask);
}

/* (record, …) or (form, id, …): returns the index of what follows. */
static int target(lua_State *L, Work *w, SaveAsk *ask)
{
    const Proxy *p = rule_test_record(L, 1);
    if (p) {
        rule_check_record(L, 1);
        ask->form = p->form;
        ask->id = p->id;
        return 2;
    }
    ask->form = rule_form(L, w, 1);
    ask->id = luaL_checkinteger(L, 2);
    luaL_argcheck(L, ask->id > 0, 2, "an id expected");
    return 3;
}

static int update_call(lua_State *L)
{
    Work *w = rule_work(L);
    SaveAsk ask = { .force_warned = true };
    int at = target(L, w, &ask);
    ask.body = rule_to_map(L, at);
    return save(L, w, &ask);
}

/* transition(record, name, values?): `comment` among the values is the comment of the move. */
static int transition_call(lua_State *L)
{
    Work *w = rule_work(L);
    SaveAsk ask = { .force_warned = true };
    int at = target(L, w, &ask);
    ask.transition = rule_text(L, at);
    Node *body = lua_isnoneornil(L, at + 1) ? node_map(w->cx.a) : rule_to_map(L, at + 1);
    if (!form_field(ask.form, "comment")) {
        ask.comment = node_text(node_find(body, "comment"));
        node_remove(body, "comment");
    }
    ask.body = body;
    return save(L, w, &ask);
}

static int delete_call(lua_State *L)
{
    Work *w = rule_work(L);
    SaveAsk ask = { 0 };
    target(L, w, &ask);
    box_tick(L, 2000);
    Cx outer = rule_apart(w);
    bool ok = save_delete(w, ask.form, ask.id, 0);
    rule_host(L)->wrote++;
    rule_rejoin(L, w, outer, ok);
    return 0;
}

static int fail_call(lua_State *L)
{
    Work *w = rule_work(L);
    int n = lua_gettop(L);
    const char *text = label_stored(w->cx.a, rule_words(L, n < 2 ? 1 : 2), w->cx.lang);
    box_refuse(L, n < 2 || lua_isnil(L, 1) ? NULL : rule_text(L, 1), text);
}

static int as_user_call(lua_State *L)
{
    Work *w = rule_work(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    bool was = w->as_app;
    w->as_app = false;
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    w->as_app = was;
    if (status != LUA_OK) return lua_error(L);
    return lua_gettop(L);
}

const RuleCall rule_write_calls[] = {
    { "create", create_call, "form, {field = value, …}", "a new record, returned" },
    { "update", update_call, "record | form, id, {field = value, …}",
      "changes the fields named; returns the record" },
    { "delete", delete_call, "record | form, id", "moves a record to the recycle bin" },
    { "transition", transition_call, "record | form, id, name, {field = value, …}?",
      "a move of the workflow, with what it requires; `comment` is the move's comment" },
    { "fail", fail_call, "field?, text", "refuses the write, with an issue on the field" },
    { "as_user", as_user_call, "function, …",
      "runs the function with the rights of the acting person" },
    { 0 },
};

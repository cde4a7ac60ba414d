/*
 * rule_message.c — remind, notify, email, webhook, explain, log: words to people.
 *
 * All are rows of the write; what leaves the machine does so after the commit.
 */
#include "data/rule_in.h"
#include "data/history.h"
#include "data/jobs.h"
#include "data/notice.h"
#include "data/reminder.h"
#include "data/timer.h"
#include "data/webhook.h"
#include "base/out.h"
#include "base/sys.h"

#include <string.h>

enum { LOG_MOST = 50 };        /* lines of a trial */

typedef struct Words {
    const char *text;
    int64_t *to; int nto;
    const char **via; int nvia;
    const char *form; int64_t record;
    int64_t due;
    const char *kind, *body;  /* of a job */
    const Node *web;          /* of a web call */
} Words;

/* A user, a list of users, or nil. */
static void read_to(lua_State *L, Work *w, int at, Words *out)
{
    at = lua_absindex(L, at);
    lua_Unsigned n = lua_istable(L, at) ? lua_rawlen(L, at) : 0;
    if (n > 1000) luaL_error(L, "too many people");
    out->to = ARENA_ARRAY(w->cx.a, int64_t, n + 1);
    if (lua_isnoneornil(L, at)) return;
    if (!lua_istable(L, at)) {
        out->to[out->nto++] = rule_user(L, at);
        return;
    }
    for (lua_Unsigned i = 1; i <= n; i++) {
        lua_rawgeti(L, at, (lua_Integer)i);
        out->to[out->nto++] = rule_user(L, lua_gettop(L));
        lua_pop(L, 1);
    }
}

static void add_via(lua_State *L, Work *w, Words *out)
{
    const char *via = rule_text(L, -1);
    if (!str_eq(via, "inbox") && !app_channel(w->app, via))
        luaL_error(L, "there is no channel '%s'", via);
    out->via[out->nvia++] = via;
}

static void read_via(lua_State *L, Work *w, int table, Words *out)
{
    table = lua_absindex(L, table);
    out->via = ARENA_ARRAY(w->cx.a, const char *, 21);
    int type = lua_getfield(L, table, "via"), list = lua_gettop(L);
    if (type == LUA_TTABLE) {
        lua_Unsigned n = lua_rawlen(L, list);
        for (lua_Unsigned i = 1; i <= n && i <= 20; i++) {
            lua_rawgeti(L, list, (lua_Integer)i);
            add_via(L, w, out);
            lua_pop(L, 1);
        }
    } else if (type != LUA_TNIL) {
        add_via(L, w, out);
    }
    lua_pop(L, 1);
}

static bool notify_unit(Work *w, void *arg)
{
    const Words *m = arg;
    for (int i = 0; i < m->nto; i++) {
        const char *lang;
        if (!reader_language(w, m->to[i], &lang)) return false;
        Notice n = { .to = m->to[i], .text = label_stored(w->cx.a, m->text, lang), .form = m->form, .record = m->record,
            .via = m->via, .nvia = m->nvia, .kind = "rule" };
        if (!notice_send(w, &n)) return false;
    }
    return true;
}

static int notify_call(lua_State *L)
{
    Work *w = rule_work(L);
    lua_settop(L, 4);
    Words m = { .text = rule_words(L, 2) };
    read_to(L, w, 1, &m);
    if (!lua_isnil(L, 3)) {
        const Proxy *p = rule_check_record(L, 3);
        m.form = p->form->key;
        m.record = p->id;
    }
    if (lua_istable(L, 4)) read_via(L, w, 4, &m);
    if (m.nto) rule_write(L, w, notify_unit, &m);
    return 0;
}

/* A date means 09:00, as in reminders. */
static int64_t read_due(lua_State *L, Work *w, int at)
{
    int64_t day, t;
    const char *text = rule_text(L, at);
    if (date_parse(text, &day)) return local_at(day, 9 * 3600, w->app->zone);
    if (datetime_parse(text, w->app->zone, &t)) return t;
    luaL_error(L, "remind: '%s' is no date or time", text);
    return 0;
}

static bool remind_unit(Work *w, void *arg)
{
    const Words *m = arg;
    Arena *a = w->cx.a;
    Node *payload = node_map(a), *to = node_put(a, payload, "to", node_list(a));
    for (int i = 0; i < m->nto; i++) node_add(a, to, node_new_int(a, m->to[i]));
    node_put_text(a, payload, "text", m->text);
    Node *via = m->nvia ? node_put(a, payload, "via", node_list(a)) : NULL;
    for (int i = 0; i < m->nvia; i++) node_add(a, via, node_new_text(a, m->via[i]));
    const char *json = node_json(a, payload);
    char when[40];
    datetime_show(when, sizeof when, m->due);
    /* The same words at the same time are the same reminder. */
    const char *once = arena_printf(a, "%s %.16s", when, sys_sha256_hex(a, json, strlen(json)));
    return timer_set(w, "remind:", m->form, m->record, once, m->due, json);
}

static int remind_call(lua_State *L)
{
    Work *w = rule_work(L);
    const Proxy *p = rule_check_record(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    Words m = { .form = p->form->key, .record = p->id };
    if (lua_getfield(L, 2, "text") == LUA_TNIL)
        return luaL_error(L, "remind: a text is needed");
    m.text = rule_words(L, -1);
    if (lua_getfield(L, 2, "at") == LUA_TNIL) return luaL_error(L, "remind: `at` is needed");
    m.due = read_due(L, w, lua_gettop(L));
    lua_getfield(L, 2, "to");
    read_to(L, w, -1, &m);
    lua_settop(L, 2);
    read_via(L, w, 2, &m);
    if (m.nto) rule_write(L, w, remind_unit, &m);
    return 0;
}

static bool job_unit(Work *w, void *arg)
{
    const Words *m = arg;
    return jobs_add(w, m->kind, m->body);
}

static bool web_unit(Work *w, void *arg)
{
    const Words *m = arg;
    return webhook_add(w, node_copy(w->cx.a, m->web), NULL);
}

static const char *first_mail_channel(const Work *w)
{
    for (int i = 0; i < w->app->nchannel; i++)
        if (w->app->channel[i].smtp) return w->app->channel[i].key;
    return NULL;
}

/* `to` of email: an address, or a user's, in whose language it is written. */
static const char *read_address(lua_State *L, Work *w, const char **lang)
{
    *lang = w->app->nlanguage ? w->app->language[0] : NULL;
    if (lua_type(L, -1) == LUA_TSTRING) return rule_text(L, -1);
    Proxy *p = rule_test_record(L, -1);
    Record *r = p ? rule_record(L, p) : NULL;
    Val v = r ? record_value(r, "email") : val_blank();
    Val own = r ? record_value(r, "language") : val_blank();
    if (own.kind == VAL_TEXT) *lang = own.t;
    return v.kind == VAL_TEXT ? v.t : NULL;
}

static void put_words(lua_State *L, Work *w, Node *body, const char *key, const char *lang)
{
    lua_getfield(L, 1, key);
    node_put_text(w->cx.a, body, key,
        label_stored(w->cx.a, rule_words(L, lua_gettop(L)), lang));
}

static int email_call(lua_State *L)
{
    Work *w = rule_work(L);
    Words m = { .kind = "mail" };
    Node *body = node_map(w->cx.a);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    const char *channel = lua_getfield(L, 1, "channel") == LUA_TNIL
        ? first_mail_channel(w) : rule_text(L, -1);
    if (!channel || !app_channel(w->app, channel) || !app_channel(w->app, channel)->smtp)
        return luaL_error(L, "email: the app has no such mail channel");
    node_put_text(w->cx.a, body, "channel", channel);
    if (lua_getfield(L, 1, "to") == LUA_TNIL) return 0;
    const char *lang, *to = read_address(L, w, &lang);
    if (!to) return 0;                        /* a person without an address */
    node_put_text(w->cx.a, body, "to", to);
    put_words(L, w, body, "subject", lang);
    put_words(L, w, body, "text", lang);
    m.body = node_json(w->cx.a, body);
    rule_write(L, w, job_unit, &m);
    return 0;
}

static int webhook_call(lua_State *L)
{
    static const char *const keys[] = { "url", "channel", "secret" };
    Work *w = rule_work(L);
    Words m = { 0 };
    Node *body = node_map(w->cx.a);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    for (int i = 0; i < LEN(keys); i++)
        if (lua_getfield(L, 1, keys[i]) != LUA_TNIL)
            node_put_text(w->cx.a, body, keys[i], rule_text(L, lua_gettop(L)));
    if (!node_find(body, "url") && !node_find(body, "channel"))
        return luaL_error(L, "webhook: a url or a channel is needed");
    lua_getfield(L, 1, "body");
    node_put(w->cx.a, body, "body", rule_to_node(L, -1));
    m.web = body;
    rule_write(L, w, web_unit, &m);
    return 0;
}

static bool explain_unit(Work *w, void *arg)
{
    const Words *m = arg;
    return history_explain(w, app_form(w->app, m->form), m->record, m->text);
}

/* Of a record that has no id yet it waits in the frame of its save: no write of its own. */
static int explain_call(lua_State *L)
{
    Work *w = rule_work(L);
    const Record *r = rule_host(L)->subject;
    Words m = { .text = rule_words_format(L, 1) };
    if (!r) return luaL_error(L, "explain: no record is being handled here");
    m.form = r->form->key;
    m.record = record_id(r);
    if (m.record) {
        rule_write(L, w, explain_unit, &m);
        return 0;
    }
    Cx outer = rule_apart(w);
    bool ok = explain_unit(w, &m);
    rule_rejoin(L, w, outer, ok);
    return 0;
}

static int log_call(lua_State *L)
{
    Work *w = rule_work(L);
    const char *text = utf8_sub(w->cx.a, rule_format(L, 1), 0, 2000);
    Node *lines = rule_host(L)->log;
    if (!lines) sys_log(LOG_INFO, text, "plugin", box_plugin(w->box), (char *)NULL);
    else if (lines->n < LOG_MOST) {
        Node *one = node_add(w->cx.a, lines, node_map(w->cx.a));
        node_put_text(w->cx.a, one, "plugin", box_plugin(w->box));
        node_put_text(w->cx.a, one, "text", text);
    }
    box_tick(L, 5000);
    return 0;
}

const RuleCall rule_message_calls[] = {
    { "notify", notify_call, "user | list, text, record?, {via}?",
      "a message to the inbox or other channels; texts may be tables by language" },
    { "remind", remind_call, "record, {at, to, text, via}",
      "a message at a time; the same words at the same time are one" },
    { "email", email_call, "{to, subject, text, channel}", "an e-mail, sent after commit" },
    { "webhook", webhook_call, "{url | channel, body, secret}",
      "a web call, sent after commit" },
    { "explain", explain_call, "format, …",
      "stored with the record: the answer to “why?”, in each reader's language" },
    { "log", log_call, "format, …", "a line in the server's log" },
    { 0 },
};

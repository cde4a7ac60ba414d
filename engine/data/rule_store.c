/*
 * rule_store.c — json, and store: what a plugin keeps between calls, a row for each key.
 */
#include "data/rule_in.h"
#include "base/node_json.h"
#include "base/out.h"

#include <string.h>

#define MOST_JSON ((size_t)1 << 20)

static Node *parse(lua_State *L, Work *w, const char *text, size_t n)
{
    if (n > MOST_JSON) luaL_error(L, "the JSON text is too long");
    Cx own = cx_begin(w->cx.a, NULL);
    Node *node = json_parse(&own, text, n);
    if (!node) luaL_error(L, "not JSON: %s", own.text);
    return node;
}

static int encode_call(lua_State *L)
{
    Work *w = rule_work(L);
    luaL_checkany(L, 1);
    lua_pushstring(L, node_json(w->cx.a, rule_to_node(L, 1)));
    box_tick(L, 100);
    return 1;
}

static int decode_call(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    rule_push_node(L, parse(L, rule_work(L), text, n));
    box_tick(L, (int64_t)n / 8 + 1);
    return 1;
}

typedef struct Kept { const char *plugin, *key, *value; bool found; } Kept;

static bool get_unit(Work *w, Kept *k)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v;

    sql_add(&q, "SELECT \"value\" FROM \"_store\" WHERE \"plugin\" = ");
    sql_bind(&q, val_text(k->plugin));
    sql_add(&q, " AND \"key\" = ");
    sql_bind(&q, val_text(k->key));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &k->found)) return false;
    k->value = k->found && v.kind == VAL_TEXT ? v.t : NULL;
    return true;
}

static bool set_unit(Work *w, void *arg)
{
    const Kept *k = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    if (!k->value) {
        sql_add(&q, "DELETE FROM \"_store\" WHERE \"plugin\" = ");
        sql_bind(&q, val_text(k->plugin));
        sql_add(&q, " AND \"key\" = ");
        sql_bind(&q, val_text(k->key));
        return db_run(&w->cx, w->db, &q, NULL);
    }
    sql_add(&q, "INSERT INTO \"_store\" (\"plugin\", \"key\", \"value\") VALUES (");
    sql_bind(&q, val_text(k->plugin));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(k->key));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(k->value));
    sql_add(&q, ") ON CONFLICT (\"plugin\", \"key\") DO UPDATE SET "
        "\"value\" = excluded.\"value\"");
    return db_run(&w->cx, w->db, &q, NULL);
}

static int get_call(lua_State *L)
{
    Work *w = rule_work(L);
    Kept k = { .plugin = box_plugin(w->box), .key = rule_text(L, 1) };
    Cx outer = rule_apart(w);
    bool ok = get_unit(w, &k);
    rule_rejoin(L, w, outer, ok);
    if (k.value) rule_push_node(L, parse(L, w, k.value, strlen(k.value)));
    else lua_pushnil(L);
    return 1;
}

static int set_call(lua_State *L)
{
    Work *w = rule_work(L);
    Kept k = { .plugin = box_plugin(w->box), .key = rule_text(L, 1) };
    lua_settop(L, 2);
    if (!lua_isnil(L, 2)) k.value = node_json(w->cx.a, rule_to_node(L, 2));
    if (k.value && strlen(k.value) > MOST_JSON)
        return luaL_error(L, "store: too much for one key");
    rule_write(L, w, set_unit, &k);
    return 0;
}

const RuleCall rule_store_calls[] = {
    { "store.get", get_call, "key", "what this plugin keeps under the key, or nil" },
    { "store.set", set_call, "key, value", "keeps a value; nil forgets the key" },
    { "json.encode", encode_call, "value", "as JSON text" },
    { "json.decode", decode_call, "text", "a value from JSON text" },
    { 0 },
};

/*
 * rule_rotate.c — rotate(key, list, weights?): smooth weighted round robin, exact.
 *
 * Each turn everyone gains their weight and who has the most is chosen and pays the sum of all
 * weights. So over one round each is chosen as often as their weight says, spread evenly. What
 * everyone has is a row, read and written inside the write, which is serial: two writers
 * never take the same turn. Who is not in the list this time keeps what they had.
 */
#include "data/rule_in.h"
#include "base/node_json.h"
#include "base/out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PEOPLE 1000
#define MOST_REMEMBERED 2000

typedef struct Turn {
    const char *key;
    const char **name; double *weight; int n;
    int chosen;               /* result: index, -1 for none */
} Turn;

MUST static bool state_read(Work *w, const char *key, Node **state)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT \"state\" FROM \"_rotation\" WHERE \"key\" = ");
    sql_bind(&q, val_text(key));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *state = node_map(w->cx.a);
    if (!found || v.kind != VAL_TEXT) return true;
    Node *kept = json_parse(&w->cx, v.t, (size_t)v.n);
    if (!kept) return false;
    if (node_is(kept, NODE_MAP) && kept->n <= MOST_REMEMBERED) *state = kept;
    return true;
}

MUST static bool state_write(Work *w, const char *key, const Node *state)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "INSERT INTO \"_rotation\" (\"key\", \"state\") VALUES (");
    sql_bind(&q, val_text(key));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(node_json(w->cx.a, state)));
    sql_add(&q, ") ON CONFLICT (\"key\") DO UPDATE SET \"state\" = excluded.\"state\"");
    return db_run(&w->cx, w->db, &q, NULL);
}

static double held(const Node *state, const char *name)
{
    const char *text = node_text(node_find(state, name));
    return text ? strtod(text, NULL) : 0;
}

static bool turn_unit(Work *w, void *arg)
{
    Turn *t = arg;
    Node *state;
    double sum = 0, most = 0;
    int chosen = -1;

    if (!state_read(w, t->key, &state)) return false;
    double *has = ARENA_ARRAY(w->cx.a, double, t->n + 1);
    for (int i = 0; i < t->n; i++) {
        if (t->weight[i] <= 0) continue;
        has[i] = held(state, t->name[i]) + t->weight[i];
        sum += t->weight[i];
        if (chosen >= 0 && has[i] <= most) continue;
        chosen = i;
        most = has[i];
    }
    if (chosen >= 0) has[chosen] -= sum;
    for (int i = 0; i < t->n; i++)
        if (t->weight[i] > 0)
            node_put(w->cx.a, state, t->name[i],
                node_new_number(w->cx.a, arena_printf(w->cx.a, "%.17g", has[i])));
    if (chosen >= 0 && !state_write(w, t->key, state)) return false;
    t->chosen = chosen;
    return true;
}

/* Records are told apart by form and id, other values by their text. */
static const char *name_at(lua_State *L, Work *w, int at)
{
    const Proxy *p = rule_test_record(L, at);
    if (p) return arena_printf(w->cx.a, "%s:%lld", p->form->key, (long long)p->id);
    return rule_text(L, at);
}

int rule_rotate(lua_State *L)
{
    Work *w = rule_work(L);
    Turn t = { .key = rule_text(L, 1), .chosen = -1 };
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 3);
    if (!lua_isnil(L, 3)) luaL_checktype(L, 3, LUA_TTABLE);
    lua_Unsigned n = lua_rawlen(L, 2);
    if (n > MOST_PEOPLE) return luaL_error(L, "rotate: the list is too long");
    t.name = ARENA_ARRAY(w->cx.a, const char *, n + 1);
    t.weight = ARENA_ARRAY(w->cx.a, double, n + 1);
    for (; t.n < (int)n; t.n++) {
        lua_rawgeti(L, 2, t.n + 1);
        t.name[t.n] = name_at(L, w, lua_gettop(L));
        t.weight[t.n] = 1;
        if (lua_istable(L, 3) && lua_rawgeti(L, 3, t.n + 1) != LUA_TNIL) {
            double weight = luaL_checknumber(L, -1);
            if (!(weight >= 0 && weight <= 1e9))
                return luaL_error(L, "rotate: a weight must be a number from 0");
            t.weight[t.n] = weight;
        }
        lua_settop(L, 3);
    }
    if (n) rule_write(L, w, turn_unit, &t);
    if (t.chosen < 0) lua_pushnil(L);
    else lua_rawgeti(L, 2, t.chosen + 1);
    return 1;
}

/*
 * rotate.c — smooth weighted round robin, exact.
 *
 * Each turn everyone gains their weight and who has the most is chosen and pays the sum of all
 * weights. So over one round each is chosen as often as their weight says, spread evenly. What
 * everyone has is a row, read and written inside the write, which is serial: two writers
 * never take the same turn. Who is not in the list this time keeps what they had.
 */
#include "data/rotate.h"
#include "base/node_json.h"
#include "base/out.h"

#include <stdlib.h>

#define MOST_REMEMBERED 2000

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

bool rotate_unit(Work *w, void *arg)
{
    Rotate *t = arg;
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

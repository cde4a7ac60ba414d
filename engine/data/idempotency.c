/*
 * idempotency.c — a request is known by the hash of form, record, move and body.
 */
#include "data/idempotency.h"
#include "base/node_json.h"
#include "base/out.h"
#include "base/sys.h"

#include <string.h>

#define A_DAY 86400

static char *request_hash(Work *w, const SaveAsk *ask)
{
    Str s = str_begin(w->cx.a);

    str_printf(&s, "%s/%lld/%s/%s/", ask->form->key, (long long)ask->id,
        ask->transition ? ask->transition : "", ask->to ? ask->to : "");
    if (ask->body) str_add(&s, node_json(w->cx.a, ask->body));
    return sys_sha256_hex(w->cx.a, s.p, s.n);
}

int64_t idempotency_since(const Work *w)
{
    return w->now - A_DAY;
}

bool idempotency_find(Work *w, const SaveAsk *ask, int64_t *id, bool *created)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v[2];

    *id = 0;
    *created = false;
    if (!ask->idempotency) return true;
    sql_add(&q, "SELECT \"request\", \"answer\" FROM \"_idempotency\" WHERE \"key\" = ");
    sql_bind(&q, val_text(ask->idempotency));
    sql_add(&q, " AND \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, " AND \"at\" > ");
    sql_bind(&q, val_datetime(idempotency_since(w)));
    if (!db_one(&w->cx, w->db, &q, v, 2, &found)) return false;
    if (!found) return true;
    if (v[0].kind != VAL_TEXT || !str_eq(v[0].t, request_hash(w, ask)))
        return cx_fail(&w->cx, E_INPUT, "this Idempotency-Key came with another request");
    Node *answer = json_parse(&w->cx, v[1].t, strlen(v[1].t));
    if (!answer) return false;
    node_bool(node_find(answer, "created"), created);
    return node_int(node_find(answer, "id"), id)
        || cx_fail(&w->cx, E_DB, "a kept answer cannot be read");
}

bool idempotency_keep(Work *w, const SaveAsk *ask, int64_t id, bool created)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *answer = arena_printf(w->cx.a, "{\"id\":%lld,\"created\":%s}", (long long)id,
        created ? "true" : "false");

    if (!ask->idempotency) return true;
    sql_add(&q, "INSERT INTO \"_idempotency\" (\"key\", \"user\", \"request\", \"answer\", "
        "\"at\") VALUES (");
    sql_bind(&q, val_text(ask->idempotency));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(request_hash(w, ask)));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(answer));
    sql_add(&q, ", ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, ") ON CONFLICT (\"user\", \"key\") DO UPDATE SET \"request\" = "
        "excluded.\"request\", \"answer\" = excluded.\"answer\", \"at\" = excluded.\"at\"");
    return db_send(&w->cx, w->db, &q);
}

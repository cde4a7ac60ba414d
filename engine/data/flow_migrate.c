/*
 * flow_migrate.c — a portion is one write; who migrates stands in stage_history and history.
 *
 * Records that have finished follow today's version already (def/pinned.h), so only stages that
 * still count on an older version are looked for.
 */
#include "data/flow_migrate.h"
#include "data/history.h"
#include "data/move_part.h"
#include "data/pins.h"
#include "data/wait.h"

enum { PORTION = 200 };

static const Stage *target(const MigrateAsk *ask, const char *stage)
{
    for (int i = 0; i < ask->nmap; i++)
        if (str_eq(ask->map[i].was, stage)) return ask->map[i].now;
    return workflow_stage(ask->flow, stage);
}

/* Do records there stand on the older version still? */
static bool stands(const Workflow *now, const Workflow *older, const Stage *s)
{
    const Stage *there;

    return workflow_of(now, older->version, s->key, &there) == older;
}

bool flow_migrate_look(Work *w, const MigrateAsk *ask, MigrateRow **out, int *n)
{
    const Workflow *flow = ask->flow;
    PinUse *use;
    int all = 0, cap = 0;

    *out = NULL;
    *n = 0;
    if (flow->nolder && !pins_use(&w->cx, w->db, flow->form->names.table, &use, &all)) return false;
    for (int i = 0; i < all; i++) {
        const Stage *there;
        if (!str_eq(use[i].flow, flow->key) || (ask->from && use[i].version != ask->from)) continue;
        if (workflow_of(flow, use[i].version, use[i].stage, &there) == flow) continue;
        MigrateRow row = { use[i].version, use[i].n, use[i].stage, target(ask, use[i].stage) };
        ARENA_PUSH(w->cx.a, *out, *n, cap, row);
    }
    return true;
}

static bool add_stages(Sql *q, const Workflow *now, const Workflow *older, bool first)
{
    bool any = false;

    for (int i = 0; i < older->nstage; i++) {
        if (!stands(now, older, &older->stage[i])) continue;
        if (any) {
            sql_add(q, ", ");
        } else {
            if (!first) sql_add(q, " OR ");
            sql_add(q, "(\"workflow_version\" = ");
            sql_int(q, older->version);
            sql_add(q, " AND \"stage\" IN (");
        }
        sql_bind(q, val_text(older->stage[i].key));
        any = true;
    }
    if (any) sql_add(q, "))");
    return any;
}

typedef struct Portion {
    const MigrateAsk *ask;
    int64_t after; int limit, n;
    MigrateDone done;          /* of this portion */
} Portion;

MUST static bool ids_of(Work *w, Portion *p, int64_t *id)
{
    const Workflow *flow = p->ask->flow;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool any = false;
    Rows rows;
    Val v;

    p->n = 0;
    sql_add(&q, "SELECT \"id\" FROM ");
    sql_name(&q, flow->form->names.table);
    sql_add(&q, " WHERE \"id\" > ");
    sql_bind(&q, val_int(p->after));
    sql_add(&q, " AND \"workflow\" = ");
    sql_bind(&q, val_text(flow->key));
    sql_add(&q, " AND (");
    for (int i = 0; i < flow->nolder; i++)
        if (!p->ask->from || flow->older[i]->version == p->ask->from)
            any |= add_stages(&q, flow, flow->older[i], !any);
    if (!any) return true;
    sql_add(&q, ") ORDER BY \"id\" LIMIT ");
    sql_int(&q, p->limit);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) id[p->n++] = v.i;
    db_rows_end(&rows);
    return !w->cx.err;
}

static const char *no_place(Work *w, const Record *r)
{
    Cx cx = cx_begin(w->cx.a, w->cx.lang);

    cx_fail(&cx, E_CONFLICT, "stage %s went, and the map does not say where its records go",
        r->stage->key);
    return cx.text;
}

MUST static bool move_one(Work *w, Portion *p, int64_t id)
{
    const MigrateAsk *ask = p->ask;
    Record *r;

    if (!record_load(w, ask->flow->form, id, true, &r)) return false;
    if (!r || !r->stage || r->workflow == ask->flow) return true;
    const Stage *to = target(ask, r->stage->key);
    const char *why = to ? NULL : no_place(w, r);
    if (to && !wait_holds(w, r, ask->flow, &why)) return false;
    if (why) {
        p->done.refused[p->done.nrefused++] = (MigrateRefusal){ id, why };
        return true;
    }
    const Record *old = record_copy(w, r);
    p->done.moved++;
    return migrate_record(w, r, ask->flow, to) && history_add(w, "moved", old, r, "migrate");
}

static bool portion(Work *w, void *arg)
{
    Portion *p = arg;
    int64_t id[PORTION];

    p->done = (MigrateDone){ .last = p->after,
        .refused = ARENA_ARRAY(w->cx.a, MigrateRefusal, PORTION) };
    if (!ids_of(w, p, id)) return false;
    for (int i = 0; i < p->n; i++)
        if (!move_one(w, p, id[i])) return false;
    if (p->n) p->done.last = id[p->n - 1];
    return true;
}

bool flow_migrate(Work *w, const MigrateAsk *ask, MigrateDone *out)
{
    int left = ask->limit, cap = 0;
    Portion p = { .ask = ask, .after = ask->after };

    *out = (MigrateDone){ .last = ask->after, .more = true };
    while (left > 0 && out->more) {
        p.limit = left < PORTION ? left : PORTION;
        if (!work_write(w, portion, &p)) return false;
        out->moved += p.done.moved;
        out->last = p.after = p.done.last;
        out->more = p.n == p.limit;
        for (int i = 0; i < p.done.nrefused; i++)
            ARENA_PUSH(w->cx.a, out->refused, out->nrefused, cap, p.done.refused[i]);
        left -= p.n;
    }
    return true;
}

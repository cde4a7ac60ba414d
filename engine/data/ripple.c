/*
 * ripple.c — a change spreads: computed fields of other records that read this one.
 *
 * Along each Depend of the form whose fields changed, the records that read it are found by
 * SQL, computed again in memory, and stored if a value is another one; then their change
 * spreads in turn. Fields form no ring (def checks), but records may: a depth ends it.
 * Many are put off (ripple_later.c). Rollups never are: a change has one or two of them, and
 * what they sum is read with the number.
 */
#include "data/approval_due.h"
#include "data/automation.h"
#include "data/compute.h"
#include "data/dues.h"
#include "data/record_row.h"
#include "data/ripple_in.h"
#include "data/save.h"
#include "data/store.h"
#include "data/timer.h"
#include "data/webhook_feed.h"

#define RIPPLE_DEPTH 64

static void add_id(Work *w, Ids *ids, Val v)
{
    for (int i = 0; v.kind == VAL_LIST && i < v.n; i++) add_id(w, ids, v.list[i]);
    if (v.kind == VAL_LIST || val_is_blank(v) || v.i <= 0) return;
    for (int i = 0; i < ids->n && ids->n <= 2; i++)
        if (ids->id[i] == v.i) return;
    ARENA_PUSH(w->cx.a, ids->id, ids->n, ids->cap, v.i);
}

static Val value_of(const Record *r, const Field *f)
{
    return r ? record_get(r, f) : val_blank();
}

static bool reads_changed(const Depend *d, const Record *old, const Record *now)
{
    if (!old || !now || !d->nreads) return true;
    for (int i = 0; i < d->nreads; i++)
        if (record_differs(old, now, d->reads[i])) return true;
    return d->kind == DEPEND_ROLLUP && record_differs(old, now, d->via);
}

/* `column IN (…)`: records of `form` whose link leads into the records of the inner part. */
static void add_step(Sql *q, const Field *link, const Field *const *path, int npath,
    int64_t id)
{
    bool list = field_is_list(link);

    if (npath && field_is_rows(path[0])) npath = 0;       /* rows live in the record itself */
    if (list) {
        sql_add(q, "\"id\" IN (SELECT \"record\" FROM ");
        sql_name(q, link->name.table);
        sql_add(q, " WHERE \"value\"");
    } else {
        sql_name(q, link->name.column);
    }
    if (npath) {
        sql_add(q, " IN (SELECT \"id\" FROM ");
        sql_name(q, path[0]->form->names.table);
        sql_add(q, " WHERE ");
        add_step(q, path[0], path + 1, npath - 1, id);
        sql_add(q, ")");
    } else {
        sql_add(q, " = ");
        sql_bind(q, val_int(id));
    }
    if (list) sql_add(q, ")");
}

bool ripple_linked(Work *w, const Depend *d, int64_t id, int64_t after, int most, Ids *ids)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const Form *f = d->into->form;
    const char *key = f->parent ? "record" : "id";
    Rows rows;
    Val v;

    if (d->via->form != f) return true;
    sql_add(&q, "SELECT DISTINCT ");
    sql_name(&q, key);
    sql_add(&q, " FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " WHERE ");
    add_step(&q, d->via, (const Field *const *)d->path, d->npath, id);
    sql_add(&q, " AND ");
    sql_name(&q, key);
    sql_add(&q, " > ");
    sql_bind(&q, val_int(after));
    sql_add(&q, " ORDER BY 1 LIMIT ");
    sql_bind(&q, val_int(most));
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) add_id(w, ids, v);
    db_rows_end(&rows);
    return !w->cx.err;
}

static bool rollup_wanted(const void *ctx, const Field *f)
{
    return f == ctx;
}

static bool rollup_always(const void *ctx, const Field *f)
{
    (void)ctx;
    (void)f;
    return true;
}

static bool spread(Work *w, const Record *old, const Record *now, int depth);

MUST static bool again(Work *w, const Form *f, int64_t id, ComputeRollup wanted,
    const Field *into, int depth)
{
    Record *old, *now;
    bool changed;

    if (!record_load(w, f, id, true, &old)) return false;
    if (!old) return true;
    now = record_copy(w, old);
    if (!compute_fields(w, now, wanted, into)) return false;
    if (!store_computed(w, now, old, &changed)) return false;
    if (!changed) return true;
    if (val_is_blank(now->val[SYS_DELETED_AT])) {
        if ((f->nreminder || f->npool) && !timer_follow(w, now, false)) return false;
        if (!dues_follow(w, now)) return false;
        if ((f->automated & ON_AT) && !automation_follow(w, now, false)) return false;
        if (!webhook_tell(w, HOOK_UPDATED, old, now)) return false;
        automations_later(w, old, now);
    }
    return spread(w, old, now, depth + 1);
}

bool ripple_one(Work *w, const Form *f, int64_t id, const Field *into, int depth)
{
    w->rippled++;
    return again(w, f, id, rollup_wanted, into, depth);
}

/* *later: they are more than this write may still compute. */
MUST static bool find_linked(Work *w, const Depend *d, int64_t id, Ids *ids, bool *later)
{
    int64_t most = RIPPLE_AT_ONCE - w->rippled;

    if (most < 0) most = 0;
    if (!ripple_linked(w, d, id, 0, (int)most + 1, ids)) return false;
    *later = ids->n > most;
    return true;
}

MUST static bool follow(Work *w, const Depend *d, const Record *old, const Record *now,
    int depth)
{
    const Form *into = d->into->form->parent ? d->into->form->parent : d->into->form;
    Ids ids = { 0 };
    bool later = false;

    if (d->kind == DEPEND_ROLLUP) {
        add_id(w, &ids, value_of(old, d->via));
        add_id(w, &ids, value_of(now, d->via));
    } else if (old && now && !find_linked(w, d, record_id(now), &ids, &later)) {
        return false;
    }
    if (later) return ripple_later(w, now->form, d, record_id(now));
    for (int k = 0; k < ids.n; k++)
        if (!ripple_one(w, into, ids.id[k], d->into, depth)) return false;
    return true;
}

/* Others that read the rows of this record through a link to it. */
MUST static bool spread_rows(Work *w, const Record *old, const Record *now, int depth)
{
    const Form *f = now->form;

    for (int i = f->nsystem; i < f->nfield; i++) {
        const Form *rows = field_is_rows(f->field[i]) ? f->field[i]->rows : NULL;
        if (!rows || !rows->ndepend || !record_differs(old, now, f->field[i])) continue;
        for (int k = 0; k < rows->ndepend; k++)
            if (!follow(w, &rows->depend[k], old, now, depth)) return false;
    }
    return true;
}

static bool spread(Work *w, const Record *old, const Record *now, int depth)
{
    const Form *f = (now ? now : old)->form;

    if (depth > RIPPLE_DEPTH)
        return cx_fail(&w->cx, E_INPUT, "the computed fields of these records form a ring");
    for (int i = 0; i < f->ndepend; i++)
        if (reads_changed(&f->depend[i], old, now)
            && !follow(w, &f->depend[i], old, now, depth)) return false;
    return !old || !now || spread_rows(w, old, now, depth);
}

bool save_ripple(Work *w, const Record *old, const Record *now)
{
    return spread(w, old, now, 0);
}

bool ripple_again(Work *w, const Form *f, int64_t id, bool rollups)
{
    return again(w, f, id, rollups ? rollup_always : rollup_wanted, NULL, 0);
}

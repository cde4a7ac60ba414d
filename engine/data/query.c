/*
 * query.c — one record, and many one after the other.
 */
#include "data/query_in.h"
#include "data/record_row.h"

#define PAGE 200

bool query_one(Work *w, const Form *f, int64_t id, Record **out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;

    *out = NULL;
    if (!perm_sees(w, f)) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    int columns = query_select(&q, f);
    sql_add(&q, " FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " AS r WHERE r.\"id\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " AND r.\"deleted_at\" IS NULL AND ");
    if (!perm_where(w, f, ACT_READ, "r", &q)) return false;
    Val *row = ARENA_ARRAY(w->cx.a, Val, columns);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    if (db_next(&w->cx, &rows, row)) *out = record_of_row(w, f, row);
    db_rows_end(&rows);
    if (w->cx.err) return false;
    if (*out && !w->as_app) (*out)->found_by = w->who.id;
    if (!*out) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    return record_fill(w, *out);
}

/* ---- all of them, a page at a time ---- */

typedef struct Walk {
    const ListAsk *ask;
    Sql where;
    int64_t after;
    Record **record; int n;
} Walk;

MUST static bool walk_page(Work *w, Walk *k)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    int cap = 0;

    k->record = NULL;
    k->n = 0;
    int columns = query_select(&q, k->ask->form);
    sql_add(&q, " FROM ");
    sql_name(&q, k->ask->form->names.table);
    sql_add(&q, " AS r WHERE ");
    sql_join(&q, &k->where);
    sql_add(&q, " AND r.\"id\" > ");
    sql_bind(&q, val_int(k->after));
    sql_add(&q, " ORDER BY r.\"id\" LIMIT ");
    sql_int(&q, PAGE);
    Val *row = ARENA_ARRAY(w->cx.a, Val, columns);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row))
        ARENA_PUSH(w->cx.a, k->record, k->n, cap, record_of_row(w, k->ask->form, row));
    db_rows_end(&rows);
    if (w->cx.err) return false;
    const ListAsk *ask = k->ask;
    return !ask->field || query_fill(w, k->record, k->n, ask->field, ask->nfield);
}

/* Records live in an arena of their own until their page is done; what fn allocates from the
   Work stays. A failure's texts must outlive the page. */
MUST static bool walk_arena(Work *w, Walk *k, Arena *mine)
{
    Arena *outer = w->cx.a;

    arena_reset(mine);
    w->cx.a = mine;
    bool ok = walk_page(w, k);
    w->cx.a = outer;
    if (ok) return true;
    Cx failed = w->cx;
    w->cx = cx_begin(outer, failed.lang);
    cx_copy(&w->cx, &failed);
    return false;
}

bool query_pages(Work *w, const ListAsk *ask, RecordsFn fn, void *arg)
{
    Walk k = { .ask = ask, .where = sql_begin(w->cx.a, db_dialect(w->db)), .n = PAGE };
    Arena *mine;
    bool ok = true;

    if (!query_where(w, ask, &k.where)) return false;
    mine = arena_new();
    while (ok && k.n == PAGE) {
        ok = walk_arena(w, &k, mine);
        if (!ok || !k.n) break;
        k.after = record_id(k.record[k.n - 1]);
        ok = fn(w, k.record, k.n, arg);
    }
    arena_free(mine);
    return ok;
}

typedef struct Each { RecordFn fn; void *arg; } Each;

static bool each(Work *w, Record *const *r, int n, void *arg)
{
    const Each *e = arg;

    for (int i = 0; i < n; i++)
        if (!e->fn(w, r[i], e->arg)) return false;
    return true;
}

bool query_each(Work *w, const ListAsk *ask, RecordFn fn, void *arg)
{
    Each e = { fn, arg };
    return query_pages(w, ask, each, &e);
}

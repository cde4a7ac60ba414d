/*
 * convert_back.c — what was lost once and can be held again comes back, where the record still
 * has what was put in its place.
 */
#include "data/convert_in.h"
#include "data/record_row.h"

typedef struct Kept { int64_t record; const char *was, *now; } Kept;

MUST static bool kept_of(Walk *k, int64_t after, Kept *kept, int *n)
{
    const Field *f = k->c->field;
    Sql q = sql_begin(k->w.cx.a, db_dialect(k->w.db));
    Rows rows;
    Val v[3];

    *n = 0;
    sql_add(&q, "SELECT record, old_value, new_value FROM _unconverted WHERE form = ");
    sql_bind(&q, val_text(f->form->names.table));
    sql_add(&q, " AND field = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND version < ");
    sql_bind(&q, val_int(k->version));
    sql_add(&q, " AND record > ");
    sql_bind(&q, val_int(after));
    sql_add(&q, " ORDER BY record LIMIT ");
    sql_int(&q, WALK_PAGE);
    if (!db_query(&k->w.cx, k->w.db, &q, &rows)) return false;
    while (db_next(&k->w.cx, &rows, v))
        kept[(*n)++] = (Kept){ v[0].i, arena_dup(k->w.cx.a, v[1].kind == VAL_TEXT ? v[1].t : ""),
            v[2].kind == VAL_TEXT ? arena_dup(k->w.cx.a, v[2].t) : NULL };
    db_rows_end(&rows);
    return !k->w.cx.err;
}

MUST static bool present(Walk *k, int64_t id, Val *out)
{
    const Field *f = k->c->field;
    Kind kind = kind_of_field(f);
    Walk look = { .w = k->w, .c = k->c, .kind = kind, .column = f->name.column,
        .table = f->name.table ? f->name.table : f->form->names.table };
    Old *old = ARENA_ARRAY(k->w.cx.a, Old, WALK_PAGE);
    int n;

    *out = val_blank();
    if (!walk_page(&look, id - 1, old, &n)) return false;
    if (n && old[0].id == id) *out = old[0].v;
    return true;
}

MUST static bool forget(Walk *k, int64_t id)
{
    const Field *f = k->c->field;
    Sql q = sql_begin(k->w.cx.a, db_dialect(k->w.db));

    sql_add(&q, "DELETE FROM _unconverted WHERE form = ");
    sql_bind(&q, val_text(f->form->names.table));
    sql_add(&q, " AND field = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND record = ");
    sql_bind(&q, val_int(id));
    return db_run(&k->w.cx, k->w.db, &q, NULL);
}

MUST static bool bring_back(Walk *k, const Kept *kept)
{
    Val was, left = val_blank(), now;
    Fit fit, near = FIT_EXACT;

    if (!value_read(&k->w, k->c->field, kept->was, &was, &fit)) return false;
    if (fit != FIT_EXACT) return true;
    if (kept->now && !value_read(&k->w, k->c->field, kept->now, &left, &near)) return false;
    if (!present(k, kept->record, &now)) return false;
    if (near == FIT_NONE || !val_eq(now, left)) return true;          /* changed meanwhile */
    return walk_put(k, kept->record, was) && forget(k, kept->record);
}

bool walk_restore(Walk *k)
{
    Arena *mine = arena_new(), *outer = k->w.cx.a;
    int64_t after = 0;
    int n = 1;
    bool ok = true;

    while (ok && n) {
        arena_reset(mine);
        k->w.cx.a = mine;
        k->w.cache = NULL;
        Kept *kept = ARENA_ARRAY(mine, Kept, WALK_PAGE);
        ok = kept_of(k, after, kept, &n);
        for (int i = 0; ok && i < n; i++) ok = bring_back(k, &kept[i]);
        if (n) after = kept[n - 1].record;
    }
    Cx failed = k->w.cx;
    k->w.cx = cx_begin(outer, failed.lang);
    if (!ok) cx_copy(&k->w.cx, &failed);
    arena_free(mine);
    return ok;
}

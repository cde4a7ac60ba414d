/*
 * query_fill.c — lists, rows and titles of many records, one query a field or form.
 */
#include "data/file.h"
#include "data/query_in.h"
#include "data/readable.h"
#include "data/record_row.h"
#include "data/titles.h"

#include <string.h>

#include <stdlib.h>

typedef struct Owners { int64_t *id; Record **r; int n; } Owners;

static int by_id(const void *a, const void *b)
{
    int64_t x = record_id(*(Record *const *)a), y = record_id(*(Record *const *)b);
    return (x > y) - (x < y);
}

static Owners owners_of(Work *w, Record *const *r, int n)
{
    Owners o = { .id = ARENA_ARRAY(w->cx.a, int64_t, n + 1), .n = n,
        .r = ARENA_ARRAY(w->cx.a, Record *, n + 1) };

    for (int i = 0; i < n; i++) o.r[i] = r[i];
    qsort(o.r, (size_t)n, sizeof *o.r, by_id);
    for (int i = 0; i < n; i++) o.id[i] = record_id(o.r[i]);
    return o;
}

static Record *owner_of(const Owners *o, int64_t id)
{
    int low = 0, high = o->n - 1;

    while (low <= high) {
        int mid = (low + high) / 2;
        if (o->id[mid] == id) return o->r[mid];
        if (o->id[mid] < id) low = mid + 1;
        else high = mid - 1;
    }
    return NULL;
}

static void ask_side(Sql *q, const char *table, const Owners *o, const char *then)
{
    sql_add(q, " FROM ");
    sql_name(q, table);
    sql_add(q, " AS s WHERE ");
    query_ids(q, "s", "record", o->id, o->n);
    sql_add(q, " ORDER BY s.\"record\", s.\"position\"");
    if (then) {
        sql_add(q, ", ");
        sql_column(q, "s", then);
    }
}

/* Rows come ordered by owner: one list at a time grows. */
typedef struct Grow { Record *owner; Val *item; int n, cap; } Grow;

static void settle(Grow *g, const Field *f)
{
    if (g->owner) record_set(g->owner, f, val_list(g->item, g->n));
    *g = (Grow){ 0 };
}

static void put(Work *w, Grow *g, const Field *f, Record *owner, Val v)
{
    if (g->owner != owner) {
        settle(g, f);
        g->owner = owner;
    }
    ARENA_PUSH(w->cx.a, g->item, g->n, g->cap, v);
}

MUST static bool fill_list(Work *w, const Owners *o, const Field *f)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool links = f->name.type.of == T_RECORD;
    Rows rows;
    Val row[2];
    Grow g = { 0 };

    for (int i = 0; i < o->n; i++) record_set(o->r[i], f, val_blank());
    sql_add(&q, "SELECT s.\"record\", s.\"value\"");
    ask_side(&q, f->name.table, o, NULL);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row)) {
        Record *owner = owner_of(o, row[0].i);
        Val v = db_typed(row[1], links ? VAL_REC : VAL_TEXT, 0);
        if (owner) put(w, &g, f, owner, val_copy(w->cx.a, v));
    }
    db_rows_end(&rows);
    settle(&g, f);
    return !w->cx.err;
}

MUST static bool fill_rows(Work *w, const Owners *o, const Field *f)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Record **child = NULL;
    int n = 0, cap = 0;
    Rows rows;
    Grow g = { 0 };

    for (int i = 0; i < o->n; i++) record_set(o->r[i], f, val_blank());
    sql_add(&q, "SELECT s.\"record\", ");
    int columns = record_columns(&q, f->rows, "s");
    ask_side(&q, f->name.table, o, "id");
    Val *row = ARENA_ARRAY(w->cx.a, Val, columns + 1);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row)) {
        Record *owner = owner_of(o, row[0].i);
        if (!owner) continue;
        Record *r = record_of_row(w, f->rows, row + 1);
        r->parent = owner;
        Val v = val_rec(record_id(r));
        v.p = r;
        ARENA_PUSH(w->cx.a, child, n, cap, r);
        put(w, &g, f, owner, v);
    }
    db_rows_end(&rows);
    settle(&g, f);
    if (w->cx.err) return false;
    return query_fill(w, child, n, NULL, 0);
}

/* All fields when none is named. */
bool query_fill(Work *w, Record *const *r, int n, Field *const *field, int nfield)
{
    if (!n) return true;
    const Form *f = r[0]->form;
    Owners o = owners_of(w, r, n);
    bool all = !field;

    if (all) {
        field = f->field;
        nfield = f->nfield;
    }
    for (int i = 0; i < nfield; i++) {
        if (field_is_list(field[i]) && !fill_list(w, &o, field[i])) return false;
        if (field_is_rows(field[i]) && !fill_rows(w, &o, field[i])) return false;
    }
    for (int i = 0; all && i < n; i++) r[i]->full = true;
    return true;
}

/* ---- titles ---- */

typedef struct Ids { const Form *form; int64_t *id; int n, cap; } Ids;
typedef struct Asked { Ids *form; int n, cap; } Asked;

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void ask_id(Work *w, Asked *all, const Form *form, int64_t id)
{
    Ids *ids = NULL;

    for (int i = 0; i < all->n; i++)
        if (all->form[i].form == form) ids = &all->form[i];
    if (!ids) {
        ARENA_PUSH(w->cx.a, all->form, all->n, all->cap, (Ids){ .form = form });
        ids = &all->form[all->n - 1];
    }
    if (id > 0) ARENA_PUSH(w->cx.a, ids->id, ids->n, ids->cap, id);
}

static void ask_value(Work *w, Asked *all, const Field *f, Val v)
{
    const Form *form = f->name.type.form ? f->name.type.form->form : NULL;

    if (v.kind == VAL_LIST) {
        for (int i = 0; i < v.n; i++) ask_value(w, all, f, v.list[i]);
    } else if (form && v.kind == VAL_REC) {
        ask_id(w, all, form, v.i);
    }
}

static void ask_record(Work *w, Asked *all, const Record *r, Field *const *field, int nfield)
{
    for (int i = 0; i < nfield; i++) {
        const Field *f = field[i];
        Val v = record_get(r, f);
        if (!field_is_rows(f)) {
            ask_value(w, all, f, v);
            bool lookup = f->via && f->source && !f->do_;
            if (lookup) ask_value(w, all, f->via, record_get(r, f->via));
            continue;
        }
        for (int k = 0; v.kind == VAL_LIST && k < v.n; k++)
            if (v.list[k].p)
                ask_record(w, all, v.list[k].p, f->rows->field, f->rows->nfield);
    }
}

static bool recalled(Work *w, const Form *f, int64_t id)
{
    Recall r = titles_recall(w, f, id);
    Val title;

    if (!recall_row(&r, &title, 1)) return false;
    titles_put(w, f, id, title.kind == VAL_TEXT ? title.t : "");
    return true;
}

static void keep(const Recall *r, const char *title)
{
    Val v = val_text(title);
    recall_keep(r, &v, 1);
}

/* Those not known yet, each once. */
static int unknown(Work *w, Ids *ids)
{
    int n = 0;

    if (ids->n) qsort(ids->id, (size_t)ids->n, sizeof *ids->id, compare);
    for (int i = 0; i < ids->n; i++) {
        int64_t id = ids->id[i];
        if (n && ids->id[n - 1] == id) continue;
        if (!titles_find(w, ids->form, id) && !recalled(w, ids->form, id)) ids->id[n++] = id;
    }
    return n;
}

MUST static bool add_title(Work *w, const Form *f, Sql *q)
{
    if (f->title) {
        ExprSql how = { .asker = work_asker(w), .alias = "r" };
        return expr_sql(&w->cx, f->title, &how, q);
    }
    sql_add(q, "NULL");
    return true;
}

/* Binned ones keep their title: history and links name them. */
MUST static bool load_titles(Work *w, const Form *f, const int64_t *id, int n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Recall *recall = ARENA_ARRAY(w->cx.a, Recall, n);
    Rows rows;
    Val row[2];

    for (int i = 0; i < n; i++) recall[i] = titles_recall(w, f, id[i]);
    sql_add(&q, "SELECT r.\"id\", ");
    if (!add_title(w, f, &q)) return false;
    sql_add(&q, " FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " AS r WHERE ");
    query_ids(&q, "r", "id", id, n);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row)) {
        const char *title = row[1].kind == VAL_TEXT ? row[1].t
            : arena_printf(w->cx.a, "#%lld", (long long)row[0].i);
        titles_put(w, f, row[0].i, title);
    }
    db_rows_end(&rows);
    if (w->cx.err) return false;
    for (int i = 0; i < n; i++) {
        if (!titles_find(w, f, id[i])) titles_put(w, f, id[i], "");
        keep(&recall[i], titles_find(w, f, id[i]));
    }
    return true;
}

bool query_titles_of(Work *w, const Form *f, int64_t *id, int n)
{
    Ids ids = { .form = f, .id = id, .n = n };

    if (!readable_load(w, f, id, n)) return false;
    int want = unknown(w, &ids);
    return !want || load_titles(w, f, id, want);
}

bool query_titles(Work *w, Record *const *r, int n, Field *const *field, int nfield)
{
    Asked all = { 0 };

    for (int i = 0; i < n; i++)
        ask_record(w, &all, r[i], field ? field : r[i]->form->field,
            field ? nfield : r[i]->form->nfield);
    for (int i = 0; i < all.n; i++) {
        Ids *ids = &all.form[i];
        if (!readable_load(w, ids->form, ids->id, ids->n)) return false;
        if (ids->form == w->app->files && !files_load(w, ids->id, ids->n)) return false;
        int want = unknown(w, ids);
        if (want && !load_titles(w, ids->form, ids->id, want)) return false;
    }
    return true;
}

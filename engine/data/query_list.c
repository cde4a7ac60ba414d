/*
 * query_list.c — pages by the keys of the order, never by counting rows off.
 *
 * A page begins behind the place its cursor names. Blank comes before every value, and no
 * index range holds both sides of that border, so such a page is asked for in two parts: the
 * rows beside the place, then those beyond the border. Each part is a range of an index.
 */
#include "data/query_in.h"
#include "data/record_row.h"

#define ESTIMATE 10000

typedef struct Page {
    const ListAsk *ask;
    Order order;
    Sql where;                /* without the cursor */
    int columns, want;        /* columns of the form; rows wanted, one more than the page */
    Record **record; Val **at; int n, cap, at_cap, nat;
} Page;

int query_select(Sql *q, const Form *f)
{
    sql_add(q, "SELECT ");
    return record_columns(q, f, "r");
}

static void from(Sql *q, const Form *f)
{
    sql_add(q, " FROM ");
    sql_name(q, f->names.table);
    sql_add(q, " AS r WHERE ");
}

static void compare(Sql *q, const Sql *key, const char *op, Val v)
{
    sql_join(q, key);
    if (str_eq(op, "=")) sql_add(q, " = ");
    else if (str_eq(op, "<")) sql_add(q, " < ");
    else if (str_eq(op, ">")) sql_add(q, " > ");
    else if (str_eq(op, "<=")) sql_add(q, " <= ");
    else sql_add(q, " >= ");
    sql_bind(q, v);
}

/* Rows behind the place by the keys from i on. */
static void behind(Sql *q, const Order *o, const Val *at, int i)
{
    const SortKey *k = &o->key[i];
    bool last = i == o->n - 1, blank = val_is_blank(at[i]);

    if (last) {
        compare(q, &k->sql, k->down ? "<" : ">", at[i]);
        return;
    }
    sql_add(q, "(");
    if (!blank) {
        compare(q, &k->sql, k->down ? "<" : ">", at[i]);
        if (k->down) {
            sql_add(q, " OR ");
            sql_join(q, &k->sql);
            sql_add(q, " IS NULL");
        }
        sql_add(q, " OR (");
        compare(q, &k->sql, "=", at[i]);
    } else {
        if (!k->down) {
            sql_join(q, &k->sql);
            sql_add(q, " IS NOT NULL OR ");
        }
        sql_add(q, "(");
        sql_join(q, &k->sql);
        sql_add(q, " IS NULL");
    }
    sql_add(q, " AND ");
    behind(q, o, at, i + 1);
    sql_add(q, "))");
}

/* Two keys of one direction are one range: (a, id) < (…, …). */
static bool is_pair(const Order *o, const Val *at)
{
    return o->n == 2 && o->key[0].down == o->key[1].down && !val_is_blank(at[0]);
}

static void add_pair(Sql *q, const Order *o, const Val *at)
{
    sql_add(q, "(");
    sql_join(q, &o->key[0].sql);
    sql_add(q, ", ");
    sql_join(q, &o->key[1].sql);
    if (o->key[0].down) sql_add(q, ") < (");
    else sql_add(q, ") > (");
    sql_bind(q, at[0]);
    sql_add(q, ", ");
    sql_bind(q, at[1]);
    sql_add(q, ")");
}

/* Rows on this side of the border between blank and not, behind the place. */
static void add_near(Sql *q, const Order *o, const Val *at)
{
    const SortKey *k = &o->key[0];

    sql_add(q, " AND ");
    if (is_pair(o, at)) {
        add_pair(q, o, at);
        return;
    }
    if (o->n > 1 && val_is_blank(at[0])) {
        sql_join(q, &k->sql);
        sql_add(q, " IS NULL AND ");
        behind(q, o, at, 1);
        return;
    }
    if (o->n > 1) {
        compare(q, &k->sql, k->down ? "<=" : ">=", at[0]);
        sql_add(q, " AND (");
        compare(q, &k->sql, k->down ? "<" : ">", at[0]);
        sql_add(q, " OR ");
    } else sql_add(q, "(");
    behind(q, o, at, o->n > 1 ? 1 : 0);
    sql_add(q, ")");
}

static bool has_beyond(const Order *o, const Val *at)
{
    return o->n > 1 && val_is_blank(at[0]) != o->key[0].down;
}

static void add_beyond(Sql *q, const Order *o)
{
    sql_add(q, " AND ");
    sql_join(q, &o->key[0].sql);
    if (o->key[0].down) sql_add(q, " IS NULL");
    else sql_add(q, " IS NOT NULL");
}

static void add_order(Sql *q, const Order *o)
{
    sql_add(q, " ORDER BY ");
    for (int i = 0; i < o->n; i++) {
        if (i) sql_add(q, ", ");
        sql_join(q, &o->key[i].sql);
        if (o->key[i].down) sql_add(q, " DESC");
        if (q->dialect != DIALECT_PG || i == o->n - 1) continue;
        if (o->key[i].down) sql_add(q, " NULLS LAST");
        else sql_add(q, " NULLS FIRST");
    }
}

typedef enum Part { FROM_THE_BEGINNING, BEHIND_THE_PLACE, BEYOND_THE_BORDER } Part;

static Sql part_sql(Work *w, Page *p, Part part, const Val *at)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    p->columns = query_select(&q, p->ask->form);
    for (int i = 0; i < p->order.n; i++) {
        sql_add(&q, ", ");
        sql_join(&q, &p->order.key[i].sql);
    }
    from(&q, p->ask->form);
    sql_join(&q, &p->where);
    if (part == BEHIND_THE_PLACE) add_near(&q, &p->order, at);
    if (part == BEYOND_THE_BORDER) add_beyond(&q, &p->order);
    add_order(&q, &p->order);
    sql_limit(&q, p->want - p->n);
    return q;
}

MUST static bool read_part(Work *w, Page *p, Part part, const Val *at)
{
    Sql q = part_sql(w, p, part, at);
    Rows rows;

    Val *row = ARENA_ARRAY(w->cx.a, Val, p->columns + p->order.n);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row)) {
        Val *keys = ARENA_ARRAY(w->cx.a, Val, p->order.n);
        for (int i = 0; i < p->order.n; i++)
            keys[i] = val_copy(w->cx.a, row[p->columns + i]);
        ARENA_PUSH(w->cx.a, p->at, p->nat, p->at_cap, keys);
        Record *r = record_of_row(w, p->ask->form, row);
        if (!w->as_app) r->found_by = w->who.id;
        ARENA_PUSH(w->cx.a, p->record, p->n, p->cap, r);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool read_page(Work *w, Page *p)
{
    Val at[LEN(p->order.key)];

    if (!p->ask->after) return read_part(w, p, FROM_THE_BEGINNING, NULL);
    if (!cursor_read(w, p->ask->form, &p->order, p->ask->after, at)) return false;
    if (!read_part(w, p, BEHIND_THE_PLACE, at)) return false;
    if (p->n >= p->want || !has_beyond(&p->order, at)) return true;
    return read_part(w, p, BEYOND_THE_BORDER, at);
}

MUST static bool count(Work *w, const ListAsk *ask, const Sql *where, const List *page,
    int64_t *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    *out = -1;
    if (ask->count == COUNT_NONE) return true;
    if (!ask->after && !page->next) {
        *out = page->n;
        return true;
    }
    sql_add(&q, "SELECT count(*) FROM (SELECT 1");
    from(&q, ask->form);
    sql_join(&q, where);
    if (ask->count == COUNT_ESTIMATE) {
        sql_add(&q, " LIMIT ");
        sql_int(&q, (ask->most ? ask->most : ESTIMATE) + 1);
    }
    sql_add(&q, ") c");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *out = v.i;
    return true;
}

static int size_of(const ListAsk *ask)
{
    return ask->limit > 0 ? ask->limit : 50;
}

MUST static bool begin(Work *w, const ListAsk *ask, Page *out)
{
    *out = (Page){ .ask = ask, .where = sql_begin(w->cx.a, db_dialect(w->db)),
        .want = size_of(ask) + 1 };
    return query_where(w, ask, &out->where) && query_order(w, ask, &out->order);
}

bool query_list_sql(Work *w, const ListAsk *ask, Sql *out)
{
    Page p;
    Val at[LEN(p.order.key)];

    if (!begin(w, ask, &p)) return false;
    if (ask->after && !cursor_read(w, ask->form, &p.order, ask->after, at)) return false;
    *out = part_sql(w, &p, ask->after ? BEHIND_THE_PLACE : FROM_THE_BEGINNING, at);
    return true;
}

bool query_list(Work *w, const ListAsk *ask, List *out)
{
    Page p;
    int size = size_of(ask);

    *out = (List){ .count = -1 };
    if (!begin(w, ask, &p) || !read_page(w, &p)) return false;
    out->record = p.record;
    out->n = p.n > size ? size : p.n;
    if (p.n > size) out->next = cursor_write(w, ask->form, &p.order, p.at[size - 1]);
    if (ask->field && !query_fill(w, out->record, out->n, ask->field, ask->nfield))
        return false;
    return count(w, ask, &p.where, out, &out->count);
}

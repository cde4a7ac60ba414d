/*
 * copy_rows.c — rows in the order of their key, a page at a time, typed on the way; each page
 * is one unit of the target together with the note of how far it went.
 *
 * Texts are read with a dot before them: what has no bytes is told from what is not there.
 */
#include "data/copy_in.h"
#include "base/node_json.h"

#include <string.h>

#define PAGE_ROWS 500         /* at first; then as many as are about so many bytes */
#define PAGE_LEAST 50
#define PAGE_MOST 20000
#define PAGE_BYTES (4 << 20)

static int page_of(int64_t rows, int64_t bytes)
{
    int64_t want = rows && bytes ? PAGE_BYTES * rows / bytes : PAGE_ROWS;

    return want < PAGE_LEAST ? PAGE_LEAST : want > PAGE_MOST ? PAGE_MOST : (int)want;
}

/* ---- reading ---- */

void reader_open(CopyReader *r, Db *db, const CopyTable *t, int page)
{
    *r = (CopyReader){ .db = db, .t = t, .page = page ? page : PAGE_ROWS, .once = page > 0,
        .keys = arena_new(), .a = arena_new() };
    r->row = mem_alloc(sizeof *r->row * (size_t)(2 * t->n + t->nkey));
    r->raw = r->row + t->n;
    r->key = r->raw + t->n;
}

void reader_close(CopyReader *r)
{
    if (r->open) db_rows_end(&r->rows);
    mem_free(r->row);
    arena_free(r->keys);
    arena_free(r->a);
}

static void add_keys(Sql *q, const CopyReader *r, bool values)
{
    for (int i = 0; i < r->t->nkey; i++) {
        if (i) sql_add(q, ", ");
        if (values) sql_bind(q, val_copy(q->text.a, r->key[i]));
        else sql_name(q, r->t->names[r->t->key[i]]);
    }
}

static Sql page_sql(const CopyReader *r)
{
    const CopyTable *t = r->t;
    Sql q = sql_begin(r->a, db_dialect(r->db));

    for (int i = 0; i < t->n; i++) {
        if (i) sql_add(&q, ", ");
        else sql_add(&q, "SELECT ");
        if (t->column[i].kind == VAL_TEXT) sql_add(&q, "'.' || ");
        sql_name(&q, t->names[i]);
    }
    sql_add(&q, " FROM ");
    sql_name(&q, t->name);
    if (r->begun) {
        sql_add(&q, " WHERE (");
        add_keys(&q, r, false);
        sql_add(&q, ") > (");
        add_keys(&q, r, true);
        sql_add(&q, ")");
    }
    sql_add(&q, " ORDER BY ");
    add_keys(&q, r, false);
    sql_add(&q, " LIMIT ");
    sql_int(&q, r->page);
    return q;
}

static bool turn(Cx *cx, CopyReader *r)
{
    if (r->open) db_rows_end(&r->rows);
    r->open = false;
    if (!r->once && r->n) r->page = page_of(r->n, r->bytes);
    arena_reset(r->a);
    Cx in = cx_begin(r->a, cx->lang);
    Sql q = page_sql(r);
    r->got = 0;
    r->open = db_query(&in, r->db, &q, &r->rows);
    if (!r->open) cx_copy(cx, &in);
    return r->open;
}

/* False: it is not what the column's type says, so it would not come over as it is. */
static bool typed(const CopyColumn *c, Val raw, Val *out)
{
    *out = raw;
    if (val_is_blank(raw)) return true;
    if (c->kind == VAL_TEXT) {
        if (raw.kind != VAL_TEXT) return false;
        *out = (Val){ .kind = VAL_TEXT, .t = raw.t + 1, .n = raw.n - 1 };
        return true;
    }
    *out = db_typed(raw, c->kind, c->scale);
    if (out->kind != c->kind) return false;
    return (raw.kind != VAL_DEC && raw.kind != VAL_REAL) || val_eq(raw, *out);
}

static Val kept(Arena *a, Val v)
{
    if (v.kind == VAL_TEXT) v.t = arena_dup_n(a, v.t, (size_t)v.n);
    return v;
}

const char *copy_key_text(Arena *a, const CopyTable *t, const Val *key)
{
    Str s = str_begin(a);

    for (int i = 0; i < t->nkey; i++)
        str_printf(&s, "%s%s %s", i ? ", " : "", t->names[t->key[i]], val_show(a, key[i]));
    return str_show(&s);
}

static bool take(Cx *cx, CopyReader *r)
{
    const CopyTable *t = r->t;
    int wrong = -1;

    arena_reset(r->keys);
    for (int i = 0; i < t->n; i++) {
        if (!typed(&t->column[i], r->raw[i], &r->row[i]) && wrong < 0) wrong = i;
        r->bytes += 12 + (r->row[i].kind == VAL_TEXT ? r->row[i].n : 0);
    }
    for (int i = 0; i < t->nkey; i++) r->key[i] = kept(r->keys, r->row[t->key[i]]);
    r->begun = true;
    r->got++;
    r->n++;
    if (wrong < 0) return true;
    return cx_fail(cx, E_INPUT, "%s, %s: the value of %s is not what its column is for: %s", t->name,
        copy_key_text(cx->a, t, r->key), t->names[wrong], val_show(cx->a, r->raw[wrong]));
}

bool reader_next(Cx *cx, CopyReader *r)
{
    Err before = cx->err;

    while (!r->end) {
        if (!r->open && !turn(cx, r)) break;
        if (db_next(cx, &r->rows, r->raw)) return take(cx, r);
        if (cx->err != before) break;
        if (r->got < r->page || r->once) break;
        db_rows_end(&r->rows);
        r->open = false;
    }
    r->end = true;
    return false;
}

/* ---- keys as text ---- */

static const char *key_json(Arena *a, const CopyTable *t, const Val *key)
{
    Str s = str_begin(a);
    Json j = json_begin(&s);

    json_list(&j);
    for (int i = 0; i < t->nkey; i++)
        if (key[i].kind == VAL_TEXT) json_text(&j, key[i].t);
        else json_int(&j, key[i].i);
    json_list_end(&j);
    return str_show(&s);
}

/* What is already there: the reader goes on behind it. */
MUST static bool key_read(Cx *cx, CopyReader *r, const char *json)
{
    const CopyTable *t = r->t;
    const Node *list = json ? json_parse(cx, json, strlen(json)) : NULL;

    if (!json) return true;
    if (!list || list->n != t->nkey) return cx_fail(cx, E_DB, "the note of what is copied is broken");
    for (int i = 0; i < t->nkey; i++) {
        const Node *x = list->item[i];
        int64_t whole = 0;
        ValKind kind = t->column[t->key[i]].kind;
        const char *text = node_text(x);
        if (kind == VAL_TEXT) r->key[i] = (Val){ .kind = kind, .t = text, .n = (int)strlen(text) };
        else if (node_int(x, &whole)) r->key[i] = (Val){ .kind = kind, .i = whole };
        else return cx_fail(cx, E_DB, "the note of what is copied is broken");
    }
    r->begun = true;
    return true;
}

/* ---- writing ---- */

typedef struct Portion {
    Copy *c; const CopyTable *t;
    int page;
    int64_t rows;             /* before; nobody else may have brought some */
    int64_t now, bytes;       /* afterwards */
    bool done;
} Portion;

static bool next_row(Cx *cx, void *arg, Val *row)
{
    CopyReader *r = arg;

    if (!reader_next(cx, r)) return false;
    memcpy(row, r->row, sizeof *row * (size_t)r->t->n);
    return true;
}

MUST static bool bring(Cx *cx, Db *db, const Portion *p, CopyReader *r, CopyState *s)
{
    int64_t rows;

    if (!copy_state(cx, db, p->t->name, s)) return false;
    if (s->rows != p->rows)
        return cx_fail(cx, E_CONFLICT, "another process copies into this database");
    if (!key_read(cx, r, s->last)) return false;
    if (!db_load(cx, db, p->t->name, p->t->names, p->t->n, next_row, r, &rows)) return false;
    s->rows += rows;
    if (rows) s->last = key_json(cx->a, p->t, r->key);
    s->done = rows < p->page;
    return copy_note(cx, db, p->t->name, s);
}

static bool portion(Cx *cx, Db *db, void *arg)
{
    Portion *p = arg;
    Arena *a = arena_new();
    Cx in = cx_begin(a, cx->lang);
    CopyReader r;
    CopyState s = { 0 };

    reader_open(&r, p->c->from, p->t, p->page);
    bool ok = bring(&in, db, p, &r, &s);
    if (!ok) cx_copy(cx, &in);
    int64_t bytes = r.bytes;
    reader_close(&r);
    arena_free(a);
    if (!ok) return false;
    p->now = s.rows;
    p->bytes = bytes;
    p->done = s.done;
    return true;
}

static void tell(const Copy *c, const CopyTable *t, int64_t done)
{
    if (c->ask->progress) c->ask->progress(c->ask->ctx, t->name, done, t->total);
}

MUST static bool copy_table(Cx *cx, Copy *c, const CopyTable *t, Copied *out)
{
    Portion p = { .c = c, .t = t, .page = PAGE_ROWS };
    CopyState s;

    if (!copy_state(cx, c->to, t->name, &s)) return false;
    p.rows = s.rows;
    out->resumed += s.rows;
    for (bool done = s.done; !done; done = p.done) {
        tell(c, t, p.rows);
        if (!db_bulk(cx, c->to, portion, &p)) return false;
        p.page = page_of(p.now - p.rows, p.bytes);
        p.rows = p.now;
    }
    tell(c, t, p.rows);
    out->rows += p.rows;
    return true;
}

bool copy_rows(Cx *cx, Copy *c, Copied *out)
{
    for (int i = 0; i < c->n; i++)
        if (!copy_table(cx, c, &c->table[i], out)) return false;
    return true;
}

/*
 * copy_check.c — is the copy what the source is?
 *
 * Both sides are walked in the order of their keys, side by side. Of each a sum is taken over
 * its typed values, by the same code, in whatever order; where rows differ, the walk tells which.
 */
#include "data/copy_in.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

typedef unsigned __int128 Sum;

/* What a value is on either database, as bytes. */
static void add_value(Str *s, Val v)
{
    unsigned char kind = v.kind;

    str_add_n(s, (const char *)&kind, 1);
    if (v.kind == VAL_TEXT) {
        str_add_n(s, (const char *)&v.n, sizeof v.n);
        str_add_n(s, v.t, (size_t)v.n);
    } else if (v.kind == VAL_REAL) {
        str_add_n(s, (const char *)&v.d, sizeof v.d);
    } else if (v.kind == VAL_DURATION) {
        int64_t seconds = duration_seconds(v);
        str_add_n(s, (const char *)&seconds, sizeof seconds);
    } else if (v.kind != VAL_BLANK) {
        str_add_n(s, (const char *)&v.i, sizeof v.i);
    }
}

static Sum row_sum(Str *s, const CopyReader *r)
{
    const CopyTable *t = r->t;
    unsigned char hash[sizeof(Sum)];
    Sum sum;

    str_clear(s);
    if (t->rewritten) for (int i = 0; i < t->nkey; i++) add_value(s, r->row[t->key[i]]);
    else for (int i = 0; i < t->n; i++) add_value(s, r->row[i]);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)s->p, s->n, NULL, 0);
    memcpy(&sum, hash, sizeof sum);
    return sum;
}

static int text_order(Val a, Val b)
{
    int n = a.n < b.n ? a.n : b.n, order = memcmp(a.t, b.t, (size_t)n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int key_order(const CopyTable *t, const Val *a, const Val *b)
{
    for (int i = 0; i < t->nkey; i++) {
        int order = t->column[t->key[i]].kind == VAL_TEXT ? text_order(a[i], b[i])
            : (a[i].i > b[i].i) - (a[i].i < b[i].i);
        if (order) return order;
    }
    return 0;
}

typedef struct Side { CopyReader r; bool there; Sum sum, row; Str bytes; } Side;

typedef struct Walk {
    const Copy *c; const CopyTable *t;
    Side side[2];
    Copied *out;
} Walk;

MUST static bool step(Cx *cx, Side *s)
{
    Err before = cx->err;

    s->there = reader_next(cx, &s->r);
    if (cx->err != before) return false;
    if (s->there) s->sum += s->row = row_sum(&s->bytes, &s->r);
    return true;
}

static bool same(Arena *a, Val x, Val y)
{
    Str left = str_begin(a), right = str_begin(a);

    add_value(&left, x);
    add_value(&right, y);
    return left.n == right.n && !memcmp(left.p, right.p, left.n);
}

static void note(Cx *cx, Walk *w, CopySide what)
{
    const Val *key = w->side[what == COPY_ADDS].r.key, *was = w->side[0].r.row,
        *now = w->side[1].r.row;
    CopyDiff d = { .what = what, .table = arena_dup(cx->a, w->t->name) };

    if (w->out->differences++ >= COPY_DIFFS) return;
    d.key = copy_key_text(cx->a, w->t, key);
    for (int i = 0; what == COPY_DIFFERS && i < w->t->n; i++) {
        if (same(cx->a, was[i], now[i])) continue;
        d.column = arena_dup(cx->a, w->t->names[i]);
        d.was = val_show(cx->a, val_copy(cx->a, was[i]));
        d.now = val_show(cx->a, val_copy(cx->a, now[i]));
        break;
    }
    w->out->diff[w->out->ndiff++] = d;
}

MUST static bool walk(Cx *cx, Walk *w)
{
    Side *from = &w->side[0], *to = &w->side[1];

    if (!step(cx, from) || !step(cx, to)) return false;
    while (from->there || to->there) {
        int order = !from->there ? 1 : !to->there ? -1 : key_order(w->t, from->r.key, to->r.key);
        if (order < 0) note(cx, w, COPY_LACKS);
        else if (order > 0) note(cx, w, COPY_ADDS);
        else if (from->row != to->row) note(cx, w, COPY_DIFFERS);
        if (order <= 0 && !step(cx, from)) return false;
        if (order >= 0 && !step(cx, to)) return false;
    }
    return true;
}

static void show_sum(Sum sum, char out[33])
{
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)(sum >> 64), (unsigned long long)sum);
}

MUST static bool check_table(Cx *cx, Copy *c, const CopyTable *t, Copied *out)
{
    Walk w = { .c = c, .t = t, .out = out };
    CopiedTable *done = &out->table[out->n++];
    Db *db[2] = { c->from, c->to };

    done->name = arena_dup(cx->a, t->name);    /* lives longer than the app */
    for (int i = 0; i < 2; i++) {
        reader_open(&w.side[i].r, db[i], t, 0);
        w.side[i].bytes = str_begin(cx->a);
    }
    bool ok = walk(cx, &w);
    for (int i = 0; i < 2; i++) {
        done->rows[i] = w.side[i].r.n;
        show_sum(w.side[i].sum, done->sum[i]);
        reader_close(&w.side[i].r);
    }
    return ok;
}

bool copy_check(Cx *cx, Copy *c, Copied *out)
{
    out->table = ARENA_ARRAY(cx->a, CopiedTable, c->n + 1);
    for (int i = 0; i < c->n; i++)
        if (!check_table(cx, c, &c->table[i], out)) return false;
    return true;
}

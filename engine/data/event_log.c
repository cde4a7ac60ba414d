/*
 * event_log.c — the ring, and the gaps in the ids.
 *
 * `top` is the highest id that was read. An id below it that was not there may belong to a write
 * that commits later, or to one that was undone: it stays in a gap, which is looked into at each
 * reading until it is a minute old. SQLite hands out ids in the order of commits and leaves none.
 */
#include "data/event_log.h"
#include "base/sys.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { PORTION = 1000, BACK = 500, GAPS = 256, GAPS_AT_ONCE = 16, NAMES = 512 };
#define GAP_US (60 * 1000000LL)       /* longer than any write may last */
#define AGAIN_US (10 * 1000000LL)     /* what another node may have seen in another order */

typedef struct Seen { Logged c; int64_t top, at; } Seen;
typedef struct Gap { int64_t from, to, since; } Gap;

struct EventLog {
    pthread_mutex_t lock;             /* all below, for as long as it takes to copy */
    pthread_mutex_t reading;          /* one reads at a time; guards `gap` and `begun` */
    bool begun;
    uint32_t boot;
    Seen *ring;
    uint64_t first, next;             /* places */
    int64_t top, base;                /* base: what was evicted had at most this top */
    Gap gap[GAPS]; int ngap;
    char *name[NAMES]; int nname;
};

EventLog *event_log_new(void)
{
    EventLog *l = mem_alloc(sizeof *l);

    pthread_mutex_init(&l->lock, NULL);
    pthread_mutex_init(&l->reading, NULL);
    l->ring = mem_alloc(EVENT_RING * sizeof *l->ring);
    sys_random(&l->boot, sizeof l->boot);
    l->first = l->next = 1;
    return l;
}

void event_log_free(EventLog *l)
{
    if (!l) return;
    for (int i = 0; i < l->nname; i++) mem_free(l->name[i]);
    mem_free(l->ring);
    pthread_mutex_destroy(&l->lock);
    pthread_mutex_destroy(&l->reading);
    mem_free(l);
}

static Seen *at_place(EventLog *l, uint64_t place)
{
    return &l->ring[place % EVENT_RING];
}

/* Names of forms and of what was done are few; a caller drops what does not fit. */
static const char *name_of(EventLog *l, const char *text)
{
    for (int i = 0; i < l->nname; i++)
        if (str_eq(l->name[i], text)) return l->name[i];
    if (l->nname == NAMES) return NULL;
    return l->name[l->nname++] = mem_dup(text);
}

static void add(EventLog *l, const Logged *c, int64_t at)
{
    Logged kept = *c;

    kept.form = name_of(l, c->form);
    kept.what = name_of(l, c->what);
    if (c->id > l->top) l->top = c->id;
    if (!kept.form || !kept.what) return;
    if (l->next - l->first == EVENT_RING) {
        const Seen *old = at_place(l, l->first++);
        if (old->top > l->base) l->base = old->top;
    }
    *at_place(l, l->next++) = (Seen){ kept, l->top, at };
}

void event_log_add(EventLog *l, const Logged *c, int64_t at)
{
    pthread_mutex_lock(&l->lock);
    add(l, c, at);
    pthread_mutex_unlock(&l->lock);
}

/* ---- gaps: the reader's own ---- */

static void gap_add(EventLog *l, int64_t from, int64_t to, int64_t now)
{
    if (from > to) return;
    if (l->ngap == GAPS) memmove(l->gap, l->gap + 1, (size_t)--l->ngap * sizeof *l->gap);
    l->gap[l->ngap++] = (Gap){ from, to, now };
}

/* The id was there: its gap closes, or becomes two. */
static void gap_fill(EventLog *l, int64_t id)
{
    for (int i = 0; i < l->ngap; i++) {
        Gap g = l->gap[i];
        if (id < g.from || id > g.to) continue;
        memmove(l->gap + i, l->gap + i + 1, (size_t)(--l->ngap - i) * sizeof *l->gap);
        gap_add(l, g.from, id - 1, g.since);
        gap_add(l, id + 1, g.to, g.since);
        return;
    }
}

static void gaps_age(EventLog *l, int64_t now)
{
    int n = 0;

    for (int i = 0; i < l->ngap; i++)
        if (now - l->gap[i].since < GAP_US) l->gap[n++] = l->gap[i];
    l->ngap = n;
}

/* ---- reading ---- */

MUST static bool read_top(Cx *cx, Db *db, int64_t *top)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    bool found;
    Val v;

    sql_add(&q, "SELECT max(\"id\") FROM \"_history\"");
    if (!db_one(cx, db, &q, &v, 1, &found)) return false;
    *top = found && v.kind == VAL_INT ? v.i : 0;
    return true;
}

static void begin_select(Sql *q)
{
    sql_add(q, "SELECT \"id\", \"record\", \"by\", \"form\", \"what\" FROM \"_history\" WHERE ");
}

/* *n: rows there were. `fresh`: they come in order, above all before. */
MUST static bool read_rows(EventLog *l, Cx *cx, Db *db, const Sql *q, int64_t at, bool fresh,
    int *n)
{
    int64_t now = sys_mono_us();
    Rows rows;
    Val v[5];

    *n = 0;
    if (!db_query(cx, db, q, &rows)) return false;
    while (db_next(cx, &rows, v)) {
        ++*n;
        if (v[3].kind != VAL_TEXT || v[4].kind != VAL_TEXT) continue;
        if (fresh) gap_add(l, l->top + 1, v[0].i - 1, now);
        else gap_fill(l, v[0].i);
        Logged c = { v[0].i, v[1].i, val_is_blank(v[2]) ? 0 : v[2].i, v[3].t, v[4].t };
        event_log_add(l, &c, at);
    }
    db_rows_end(&rows);
    return !cx->err;
}

MUST static bool read_above(EventLog *l, Cx *cx, Db *db, int64_t at, int *n)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    begin_select(&q);
    sql_add(&q, "\"id\" > ");
    sql_bind(&q, val_int(l->top));
    sql_add(&q, " ORDER BY \"id\" LIMIT ");
    sql_int(&q, PORTION);
    return read_rows(l, cx, db, &q, at, true, n);
}

/* Always so many ranges, so that the statement stays the same one. */
MUST static bool read_gaps(EventLog *l, Cx *cx, Db *db, int64_t at)
{
    Gap gap[GAPS];
    int n = l->ngap, found;

    memcpy(gap, l->gap, sizeof gap);
    for (int from = 0; from < n; from += GAPS_AT_ONCE) {
        Sql q = sql_begin(cx->a, db_dialect(db));
        begin_select(&q);
        for (int i = 0; i < GAPS_AT_ONCE; i++) {
            Gap g = from + i < n ? gap[from + i] : (Gap){ 0, -1, 0 };
            if (i) sql_add(&q, " OR ");
            sql_add(&q, "\"id\" BETWEEN ");
            sql_bind(&q, val_int(g.from));
            sql_add(&q, " AND ");
            sql_bind(&q, val_int(g.to));
        }
        sql_add(&q, " ORDER BY \"id\"");
        if (!read_rows(l, cx, db, &q, at, false, &found)) return false;
    }
    return true;
}

/* From here on; what lies between is lost to who has not heard it. */
static void jump(EventLog *l, int64_t top)
{
    pthread_mutex_lock(&l->lock);
    l->top = l->base = top > 0 ? top : 0;
    l->first = ++l->next;
    pthread_mutex_unlock(&l->lock);
    l->ngap = 0;
}

/* The first time a little of what was before, for clients of before. */
MUST static bool begin(EventLog *l, Cx *cx, Db *db)
{
    int64_t top;
    int n;

    if (!read_top(cx, db, &top)) return false;
    jump(l, top - BACK);
    if (!read_above(l, cx, db, 0, &n)) return false;
    l->begun = true;
    return true;
}

MUST static bool read_all(EventLog *l, Cx *cx, Db *db)
{
    int64_t now = sys_mono_us(), top;
    int n = PORTION;

    if (!l->begun && !begin(l, cx, db)) return false;
    gaps_age(l, now);
    if (!read_gaps(l, cx, db, now)) return false;
    for (int i = 0; n == PORTION; i++) {
        if (i >= EVENT_RING / PORTION) {
            if (!read_top(cx, db, &top)) return false;
            jump(l, top);
        }
        if (!read_above(l, cx, db, now, &n)) return false;
    }
    return true;
}

bool event_log_read(EventLog *l, Cx *cx, Db *db)
{
    pthread_mutex_lock(&l->reading);
    bool ok = read_all(l, cx, db);
    pthread_mutex_unlock(&l->reading);
    return ok;
}

/* ---- places ---- */

uint64_t event_log_next(EventLog *l)
{
    pthread_mutex_lock(&l->lock);
    uint64_t next = l->next;
    pthread_mutex_unlock(&l->lock);
    return next;
}

char *event_log_cursor(EventLog *l, Arena *a, uint64_t place)
{
    pthread_mutex_lock(&l->lock);
    int64_t top = place > l->first && place <= l->next ? at_place(l, place - 1)->top
        : place == l->next ? l->top : l->base;
    pthread_mutex_unlock(&l->lock);
    return arena_printf(a, "%x-%llu-%lld", l->boot, (unsigned long long)place, (long long)top);
}

/* With the lock: the place of someone who had heard all up to `top` from another node. */
static bool find_top(EventLog *l, int64_t top, uint64_t *place)
{
    uint64_t p = l->first;

    if (top < l->base || top > l->top) return false;
    while (p < l->next && at_place(l, p)->top <= top) p++;
    int64_t then = p > l->first ? at_place(l, p - 1)->at : 0;
    while (then && p > l->first && at_place(l, p - 1)->at > then - AGAIN_US) p--;
    *place = p;
    return true;
}

bool event_log_find(EventLog *l, const char *cursor, uint64_t *place)
{
    unsigned boot;
    unsigned long long p;
    long long top;
    char rest;

    if (strlen(cursor) > 60 || sscanf(cursor, "%8x-%20llu-%20lld%c", &boot, &p, &top, &rest) != 3)
        return false;
    pthread_mutex_lock(&l->lock);
    bool ok = boot == l->boot ? p >= l->first && p <= l->next : find_top(l, top, place);
    if (ok && boot == l->boot) *place = p;
    pthread_mutex_unlock(&l->lock);
    return ok;
}

int event_log_take(EventLog *l, uint64_t *place, Logged *out, int most, bool *lost)
{
    int n = 0;

    pthread_mutex_lock(&l->lock);
    *lost = *place < l->first || *place > l->next;
    if (*lost) *place = l->next;
    while (n < most && *place < l->next) out[n++] = at_place(l, (*place)++)->c;
    pthread_mutex_unlock(&l->lock);
    return n;
}

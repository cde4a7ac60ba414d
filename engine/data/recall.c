/*
 * recall.c — a table of fixed size; what comes to an occupied place takes it.
 *
 * An entry is one block: its values, then their texts. Places share a few locks, which are held
 * for as long as it takes to copy a row.
 */
#include "data/recall.h"
#include "data/engine.h"

#include <pthread.h>
#include <string.h>

enum { PLACES = 4096, LOCKS = 16, MOST_VALUES = 4096 };

typedef struct Entry {
    uint64_t hash, stamp;
    const char *use, *key;
    int n;
    Val value[];
} Entry;

struct Memory {
    DbPool *pool;
    pthread_mutex_t lock[LOCKS];
    Entry *place[PLACES];
};

Memory *memory_new(DbPool *pool)
{
    Memory *m = mem_alloc(sizeof *m);

    m->pool = pool;
    for (int i = 0; i < LOCKS; i++) pthread_mutex_init(&m->lock[i], NULL);
    return m;
}

void memory_free(Memory *m)
{
    if (!m) return;
    for (int i = 0; i < PLACES; i++) mem_free(m->place[i]);
    for (int i = 0; i < LOCKS; i++) pthread_mutex_destroy(&m->lock[i]);
    mem_free(m);
}

/* A backend that cannot tell when a table changes has no memory. */
static bool stamp_of(DbPool *pool, const char *const *table, int n, uint64_t *out)
{
    *out = 0;
    for (int i = 0; i < n; i++) {
        const DbClock *c = db_clock(pool, table[i]);
        if (!c) return false;
        *out += db_clock_read(c);
    }
    return true;
}

Recall recall_begin(Work *w, const char *use, const char *key, const char *const *table,
    int ntable)
{
    Recall r = { .w = w, .use = use, .key = key, .hash = str_hash(use) * 31 + str_hash(key) };

    if (w->engine && !db_in_write(w->db) && !db_looks(w->db)) r.memory = engine_memory(w->engine);
    r.late = db_reading(w->db);
    if (r.memory && !stamp_of(r.memory->pool, table, ntable, &r.stamp)) r.memory = NULL;
    return r;
}

static Entry **place_of(const Recall *r, pthread_mutex_t **lock)
{
    *lock = &r->memory->lock[r->hash % LOCKS];
    return &r->memory->place[r->hash % PLACES];
}

static bool holds(const Recall *r, const Entry *e)
{
    return e && e->hash == r->hash && e->stamp == r->stamp && str_eq(e->use, r->use)
        && str_eq(e->key, r->key);
}

int recall_list(const Recall *r, Val **list)
{
    pthread_mutex_t *lock;
    Arena *a = r->w->cx.a;
    int n = -1;

    if (!r->memory) return n;
    Entry **place = place_of(r, &lock);
    pthread_mutex_lock(lock);
    if (holds(r, *place)) {
        n = (*place)->n;
        *list = ARENA_ARRAY(a, Val, n + 1);
        for (int i = 0; i < n; i++) (*list)[i] = val_copy(a, (*place)->value[i]);
    }
    pthread_mutex_unlock(lock);
    return n;
}

bool recall_row(const Recall *r, Val *row, int n)
{
    Val *kept;

    if (recall_list(r, &kept) != n) return false;
    memcpy(row, kept, (size_t)n * sizeof *row);
    return true;
}

static char *put_text(char **free, const char *text, size_t n)
{
    char *at = memcpy(*free, text, n);

    at[n] = 0;
    *free += n + 1;
    return at;
}

/* NULL: there is something in it that has no simple copy. */
static Entry *entry_of(const Recall *r, const Val *row, int n)
{
    size_t values = (size_t)n * sizeof *row, bytes = strlen(r->use) + strlen(r->key) + 2;

    for (int i = 0; i < n; i++) {
        if (row[i].kind == VAL_LIST || row[i].p) return NULL;
        if (row[i].kind == VAL_TEXT) bytes += (size_t)row[i].n + 1;
    }
    Entry *e = mem_alloc(sizeof *e + values + bytes);
    char *free = (char *)&e->value[n];
    *e = (Entry){ .hash = r->hash, .stamp = r->stamp, .n = n };
    e->use = put_text(&free, r->use, strlen(r->use));
    e->key = put_text(&free, r->key, strlen(r->key));
    for (int i = 0; i < n; i++) {
        e->value[i] = row[i];
        if (row[i].kind == VAL_TEXT) e->value[i].t = put_text(&free, row[i].t, (size_t)row[i].n);
    }
    return e;
}

void recall_keep(const Recall *r, const Val *row, int n)
{
    pthread_mutex_t *lock;
    Entry *e = r->memory && !r->late && n <= MOST_VALUES ? entry_of(r, row, n) : NULL;

    if (!e) return;
    Entry **place = place_of(r, &lock);
    pthread_mutex_lock(lock);
    Entry *old = *place;
    *place = e;
    pthread_mutex_unlock(lock);
    mem_free(old);
}

/*
 * tries.c — a fixed table by hash, so that memory cannot grow; in a crowded bucket the oldest
 * minute goes first, then the fewest tries.
 */
#include "data/tries.h"
#include "base/str.h"

#include <pthread.h>

#define BUCKETS 512
#define WAYS 8

typedef struct Try { uint64_t key; int64_t minute; int64_t n; } Try;

static Try table[BUCKETS][WAYS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static uint64_t key_of(const char *kind, const char *key)
{
    return str_hash(kind) * 1099511628211u ^ str_hash(key ? key : "");
}

static Try *slot_of(uint64_t key, int64_t minute)
{
    Try *row = table[key % BUCKETS], *worst = row;

    for (int i = 0; i < WAYS; i++)
        if (row[i].key == key && row[i].minute == minute) return &row[i];
    for (int i = 1; i < WAYS; i++) {
        bool older = row[i].minute < worst->minute;
        if (older || (row[i].minute == worst->minute && row[i].n < worst->n)) worst = &row[i];
    }
    *worst = (Try){ key, minute, 0 };
    return worst;
}

bool tries_add(const char *kind, const char *key, int64_t now, int64_t most)
{
    if (most <= 0) return true;
    pthread_mutex_lock(&lock);
    bool ok = ++slot_of(key_of(kind, key), now / 60)->n <= most;
    pthread_mutex_unlock(&lock);
    return ok;
}

void tries_forgive(const char *kind, const char *key, int64_t now)
{
    pthread_mutex_lock(&lock);
    Try *t = slot_of(key_of(kind, key), now / 60);
    if (t->n > 0) t->n--;
    pthread_mutex_unlock(&lock);
}

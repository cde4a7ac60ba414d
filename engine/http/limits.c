/*
 * limits.c — token buckets in a table of fixed size.
 *
 * A caller hashes to a few slots; when all are others', the fullest bucket gives way: it is the
 * one that loses least by starting anew.
 */
#include "http/limits.h"
#include "base/str.h"
#include "base/sys.h"

#include <pthread.h>

enum { SLOTS = 4096, WAYS = 4, BURST = 10 };

typedef struct Bucket { uint64_t caller; int64_t at, left; } Bucket;   /* left: in 1/1000 */

static Bucket table[SLOTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static Bucket *find(uint64_t caller, int64_t now, int64_t full)
{
    Bucket *fullest = NULL;
    for (int i = 0; i < WAYS; i++) {
        Bucket *b = &table[(caller + (uint64_t)i) % SLOTS];
        if (b->caller == caller) return b;
        if (!fullest || !b->caller || (fullest->caller && b->left > fullest->left)) fullest = b;
    }
    *fullest = (Bucket){ caller, now, full };
    return fullest;
}

bool limits_take(const char *caller, int64_t per_s)
{
    if (per_s <= 0) return true;
    int64_t now = sys_mono_us() / 1000, full = per_s * BURST * 1000;
    uint64_t key = str_hash(caller) | 1;
    pthread_mutex_lock(&lock);
    Bucket *b = find(key, now, full);
    int64_t gained = (now - b->at) * per_s;
    b->left = b->left + gained > full ? full : b->left + gained;
    b->at = now;
    bool ok = b->left >= 1000;
    if (ok) b->left -= 1000;
    pthread_mutex_unlock(&lock);
    return ok;
}

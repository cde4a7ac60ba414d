/*
 * engine_parts — what the engine's own files share: its slots of Works, its locks, its threads.
 */
#ifndef DATA_ENGINE_PARTS_H
#define DATA_ENGINE_PARTS_H
#include "data/content.h"
#include "data/engine.h"
#include "data/recall.h"

#include <pthread.h>

/* A Work and what it owns between requests. */
typedef struct Slot {
    Work work;                /* first */
    Arena *arena;
    Db *db;
    Box *box; App *box_app;   /* the box is made for this snapshot */
    struct Slot *next;        /* idle ones */
} Slot;

struct Engine {
    EngineOptions o;
    char *dir;
    DbPool *pool;
    Memory *memory;
    ContentStore *contents;
    unsigned char secret[32];
    pthread_mutex_t lock;     /* app, waiting, slots */
    pthread_cond_t freed;
    App *app;
    char *waiting;
    Slot *idle; int nslot, max;
    pthread_mutex_t reloading;                /* one reload at a time; guards db */
    Db *db;
    /* Threads of time. */
    pthread_mutex_t time_lock; pthread_cond_t woken;
    bool stop, work_added;
    uint64_t seen;            /* the folder before it was loaded first */
    pthread_t watcher, ticker, worker; bool watching, ticking, working;
};

/* reload.c: finds what to serve when the engine opens. */
MUST bool reload_first(Engine *e, Cx *cx);
/* clock.c: the threads; stop waits for them. */
MUST bool clock_start(Engine *e, Cx *cx);
void clock_stop(Engine *e);
/* watch.c: what the folder looks like now; differs when a file changed. */
uint64_t watch_state(Arena *a, const char *dir);
#endif

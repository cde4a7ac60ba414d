/*
 * engine_parts — what the engine's own files share: its slots of Works, its locks, its threads.
 */
#ifndef DATA_ENGINE_PARTS_H
#define DATA_ENGINE_PARTS_H
#include "data/content.h"
#include "data/engine.h"
#include "data/events.h"
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
    char *mark;               /* the file that names the version published last, or NULL */
    DbPool *pool;
    Memory *memory;
    ContentStore *contents;
    Events *events;
    unsigned char secret[32];
    pthread_mutex_t lock;     /* app, waiting, slots */
    pthread_cond_t freed;
    App *app;
    char *waiting;
    Slot *idle; int nslot, max;
    int out, parked;          /* Works given out; those of threads that wait to publish */
    bool closed;              /* none are given out: a version is being published */
    pthread_cond_t quiet;
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
/* engine.c: no Work is out but those of threads that publish, and none is given out until
   engine_open_gate. E_BUSY when that does not come about. */
MUST bool engine_close_gate(Engine *e, Cx *cx);
void engine_open_gate(Engine *e);
/* Around the wait for the turn to publish: this thread's Works do nothing meanwhile. */
void engine_park(Engine *e, bool park);
/* clock.c: the threads; stop waits for them. */
MUST bool clock_start(Engine *e, Cx *cx);
void clock_stop(Engine *e);
/* watch.c: what the folder looks like now; differs when a file changed. */
uint64_t watch_state(Arena *a, const char *dir);
#endif

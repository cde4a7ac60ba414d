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
    struct Health *health;
    struct Progress *progress;
    Events *events;
    unsigned char secret[32];
    pthread_mutex_t lock;     /* app, waiting, slots */
    pthread_cond_t freed;
    App *app;
    char *waiting;
    Slot *idle; int nslot, max;
    bool shared;              /* other programs write to this database, too */
    int64_t unfit;            /* a newer version that cannot be served here; 0: none */
    int asking; int64_t gave_up;              /* who waits for a Work; who did in vain */
    Hist waited;              /* µs, of those who had to wait */
    int out, parked;          /* Works given out; those of threads that wait to publish */
    bool closed;              /* none are given out: a version is being published */
    pthread_cond_t quiet;
    pthread_mutex_t reloading;                /* one reload at a time; guards db */
    Db *db;
    /* Threads of time. */
    pthread_mutex_t time_lock; pthread_cond_t woken;
    pthread_cond_t bell;      /* the keeper's */
    bool stop, work_added, rung;
    int64_t job, renewed; int attempt;        /* that the worker runs, since when; 0: none */
    uint64_t seen;            /* the folder before it was loaded first */
    pthread_t watcher, ticker, worker, keeper; bool watching, ticking, working, keeping;
};

/* reload.c: finds what to serve when the engine opens. */
MUST bool reload_first(Engine *e, Cx *cx);
void reload_wait(Engine *e, const char *text);           /* see engine_waiting; NULL: nothing */
void reload_swap(Engine *e, App *app);                   /* takes the reference */
const char *reload_reasons(Cx *cx);                      /* issues as lines, else the failure */
void reload_log(Cx *cx);
MUST bool reload_rules(Engine *e, Cx *cx, App *app);     /* do its rules load and fit? */
/* follow.c: brings what is served to what is published; the caller holds `reloading`. E_CONFLICT
   when that cannot be served here. Nothing to do where nobody else writes. */
MUST bool follow_newest(Engine *e, Cx *cx);
/* What is published, with the places that this program keeps beside it; NULL: nothing. */
MUST bool follow_load(Engine *e, Cx *cx, App **out);
/* The folder, which is an older version, becomes what is published. */
MUST bool follow_folder(Engine *e, Cx *cx, const App *folder, App **out);
MUST bool follow_start(Engine *e, Cx *cx);               /* the keeper */
void follow_stop(Engine *e);
bool clock_busy(Engine *e);                              /* clock.c: a job runs */
void clock_renew(Engine *e, Db *db, Arena *a);           /* the lease of a long job */
/* engine.c: no Work is out but those of threads that publish, and none is given out until
   engine_open_gate. E_BUSY when that does not come about. It spares the requests of this node a
   second run, no more: over all nodes each write asks for its ground (data/work.h), a publication
   waits for the writes under way and they for it (data/migrate.c), and what a read trips over is
   read again (engine_moved). */
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

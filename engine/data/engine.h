/*
 * engine — the running app: database pool, snapshot, Works, reload, threads of time.
 */
#ifndef DATA_ENGINE_H
#define DATA_ENGINE_H
#include "data/work.h"

typedef struct EngineOptions {
    const char *dir;          /* app folder */
    const char *db;           /* "sqlite:FILE"; NULL: DIR/data/tenon.db */
    int works;                /* 0: 8 × cores */
    bool readonly;            /* verbs that only look */
    bool watch;               /* reload changed files */
    bool tick;                /* run timers and jobs on threads of their own */
    BoxLimits limits;         /* zero: defaults */
} EngineOptions;

/* Opens the database, loads the app, plans; applies when nothing is lost or asked, else serves
   the stored version and keeps the plan waiting. */
MUST bool engine_open(Cx *cx, const EngineOptions *o, Engine **out);
void engine_close(Engine *e);

/* A Work for one request; waits up to 5 s, then NULL (E_BUSY in cx). lang may be NULL. */
Work *engine_take(Engine *e, Cx *cx, const char *lang);
void engine_give(Work *w);

App *engine_app(Engine *e);                   /* takes a reference: app_give */
DbPool *engine_pool(Engine *e);
struct ContentStore *engine_contents(const Engine *e);  /* the bytes of files: content.h */
struct Memory *engine_memory(const Engine *e);          /* see recall.h */
/* Loads the folder, checks, plans and publishes. False with issues: the old version serves on. */
MUST bool engine_reload(Engine *e, Cx *cx, bool allow_loss);
/* Why the folder is not what is served: issues or a waiting plan as text; NULL: it is. */
char *engine_waiting(Engine *e, Arena *a);
/* Fires what is due now, until nothing is (timers, then jobs). Returns how many. */
int64_t engine_tick(Engine *e, Cx *cx, int64_t now);
bool engine_writes(const Engine *e);          /* false: opened for reading only */
/* Keyed hash with the secret of this database, for cookies and cursors; `use` keeps them apart. */
void engine_sign(Engine *e, const char *use, const char *text, unsigned char out[32]);
void engine_wake(Engine *e);                  /* jobs were added: look now */
#endif

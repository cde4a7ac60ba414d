/*
 * engine — the running app: database pool, snapshot, Works, reload, threads of time.
 */
#ifndef DATA_ENGINE_H
#define DATA_ENGINE_H
#include "data/schema.h"
#include "def/pinned.h"

typedef struct EngineOptions {
    const char *dir;          /* app folder */
    const char *db;           /* "sqlite:FILE"; NULL: DIR/data/tenon.db */
    const char *files;        /* where contents are: content.h; NULL: the database's folder */
    int works;                /* 0: 8 × cores */
    bool readonly;            /* verbs that only look */
    bool fleeting;            /* the database is for a while only: the app's folder notes nothing */
    bool watch;               /* reload changed files */
    bool tick;                /* run timers and jobs on threads of their own */
    BoxLimits limits;         /* zero: defaults */
    /* Opening publishes the folder for somebody who asked for it (`tenon apply`). */
    const struct PublishAsk *ask;
} EngineOptions;

/* Opens the database, loads the app, plans; applies when nothing is lost or asked, else serves
   the stored version and keeps the plan waiting. */
MUST bool engine_open(Cx *cx, const EngineOptions *o, Engine **out);
void engine_close(Engine *e);

/* A Work for one request; waits up to 5 s, then NULL (E_BUSY in cx). lang may be NULL. */
Work *engine_take(Engine *e, Cx *cx, const char *lang);
void engine_give(Work *w);
/* Works: most there can be, given out now, asked for and waited for now; how often nobody got one
   in time; how long those waited who had to. */
typedef struct EngineStats { int most, busy, waiting; int64_t gave_up; HistSeen waited; } EngineStats;
EngineStats engine_stats(Engine *e);

App *engine_app(Engine *e);                   /* takes a reference: app_give */
DbPool *engine_pool(Engine *e);
struct ContentStore *engine_contents(const Engine *e);  /* the bytes of files: content.h */
struct Memory *engine_memory(const Engine *e);          /* see recall.h */
struct Progress *engine_progress(const Engine *e);      /* how far a publication is: progress.h */
struct Events *engine_events(const Engine *e);          /* who listens: events.h */
/* Loads the folder, checks, plans and publishes. False with issues: the old version serves on. */
MUST bool engine_reload(Engine *e, Cx *cx, bool allow_loss);
/* What is to be published: the folder as it is, or changes over a snapshot. */
typedef struct PublishAsk {
    const char *author, *note;                /* NULL: not known, none */
    bool loss;                /* what the plan loses may be lost */
    bool asked;               /* somebody asked for it: over a restored backup too */
    const PlanFill *fill; int nfill;          /* answers to what the plan asks */
    const FlowMove *move; int nmove;          /* workflows whose open records go on in the new one */
    const App *on;            /* NULL: the folder */
    const Source *change; int nchange;        /* over `on`; a text that is NULL: removed */
    const char *progress;     /* the key who asks how far it is knows; NULL: nobody (progress.h) */
    bool firm;                /* on this version only: whoever publishes meanwhile is not merged with */
} PublishAsk;
typedef struct Published {
    int64_t version;
    bool same;                /* nothing was to be done */
    bool moved;               /* refused: `on` is no longer what is served; do it again */
    bool former;              /* refused: the folder is an older version, and another node published */
    const char *plan;         /* its lines, and as JSON; NULL: it did not come so far */
    const char *plan_json;
    const char *diff;         /* of what was served before */
    struct Merge *merge;      /* refused: edits by hand collide with the changes */
} Published;
/* Loads, checks, plans, publishes in one transaction, swaps the snapshot, writes the folder's
   files. False: database, files and what is served are as they were. A change that the old
   version's requests would not survive waits until they are done, and new ones wait until it is
   through; Works that the calling thread has taken are not waited for, and are of the old version
   afterwards: only to be given back. E_BUSY when requests do not end. */
MUST bool engine_publish(Engine *e, Cx *cx, const PublishAsk *ask, Published *out);
/* The changes over the sources of a snapshot. */
void engine_lay(Arena *a, const App *on, const Source *change, int nchange, Source **out, int *n);
/* What such sources would be: loaded with their rules and planned against w's database (`plan` NULL:
   only loaded, without asking the database); to be given back. NULL after issues. Of `answers` (may be
   NULL) fill and move count. *rules: lines of rules that mention what is renamed. */
App *engine_try(Work *w, const Source *source, int n, const PublishAsk *answers, Plan *plan,
    const Node **rules);
/* Why the folder is not what is served: issues or a waiting plan as text; NULL: it is. */
char *engine_waiting(Engine *e, Arena *a);
/* After a failed request: is there a newer version than w's app, which is served by now? Then the
   same request may go well with a Work of today. A failure that comes from a version which this
   program cannot serve becomes E_MOVED. */
bool engine_moved(Work *w);
/* What is published and cannot be served here, as text; NULL: what is served is the newest. */
char *engine_unfit(Engine *e, Arena *a);
/* Fires what is due now, until nothing is (timers, then jobs). Returns how many. */
int64_t engine_tick(Engine *e, Cx *cx, int64_t now);
bool engine_writes(const Engine *e);          /* false: opened for reading only */
/* Keyed hash with the secret of this database, for cookies and cursors; `use` keeps them apart. */
void engine_sign(Engine *e, const char *use, const char *text, unsigned char out[32]);
void engine_wake(Engine *e);                  /* jobs were added: look now */
void engine_wake_after(const Work *w);        /* the same if its last write added some */
#endif

/*
 * work — one request's tools: context, app, database, rules, person.
 *
 * Works are few and own what is heavy; a request takes one and gives it back. During a write
 * w->db *is* the open transaction, so everything that reads through w sees the write's own
 * changes; afterwards it is the read connection again.
 */
#ifndef DATA_WORK_H
#define DATA_WORK_H
#include "db/db.h"
#include "def/app.h"
#include "rule/box.h"

typedef struct Engine Engine;

typedef struct Person {
    int64_t id;               /* 0: nobody (timers, CLI) */
    const char *login, *name, *lang;
    const Zone *zone;
    bool admin;
    int64_t department, manager;
    const char **role; int nrole;              /* includes followed, without "everyone" */
    /* Filled when a scope or function first needs them (people_reach). */
    bool reach; int64_t *subtree; int nsubtree; int64_t *people; int npeople;
} Person;

/* A request that runs again after something was saved saves nothing twice: the records saved are
   the answers of the same calls, up to `again`. */
typedef struct WorkSaved {
    struct { int64_t id; bool created; } did[4];
    int n, again;
} WorkSaved;

typedef struct Work {
    Cx cx;                    /* first: a Work is its context */
    Engine *engine;
    const App *app;           /* held for the whole request */
    Db *db;
    Box *box;
    Person who;
    bool idle;                /* asked without a person doing anything: keeps no session alive */
    bool as_app;              /* rights are not asked: rules, timers, command line */
    const char *via;          /* how it came in: page api import timer cli test */
    const char *rule;         /* plugin whose rule acts, or NULL */
    int depth;                /* writes inside rules inside writes */
    int64_t rippled;          /* data/ripple: records elsewhere that this write computed again */
    int64_t now;              /* the clock of this request; one instant per write */
    int64_t clock;            /* not 0: it stands still at this instant, in writes too */
    int jobs;                 /* how many the write has added */
    int writes;               /* how many were committed, but for work_note's and those in `saved` */
    WorkSaved saved;          /* what save_record committed, in order */
    void *told; int ntold;    /* data/webhook_feed: what the open write changed; a unit that is
                                 undone takes its own with it */
    bool (*closing)(struct Work *w);           /* does its last things, when something was told */
    void *write;              /* data/save: what the open write has gathered */
    void *firing;             /* data/automation: the one that runs */
    void *computed;           /* data/automation: records whose computed fields moved */
    bool (*at_end)(struct Work *w);            /* the last thing in the write; NULL: nothing */
    Sql *aside;               /* kept even if the write is refused, by a write of its own; or NULL */
    Sql *aside_rule;          /* the same: what a mistake in a rule leaves */
    void *cache;              /* data/titles: titles of this request */
    void *readable;           /* data/readable: linked records this person may read */
    void *shown;              /* http/page_value: what the values of a field have in common */
    struct Pending *pending;  /* data/pending: what is not final, once it was asked for */
    Asker asker;              /* work_asker's */
} Work;

/* One write: fn(w, arg) as a db unit, w->db being the transaction. It may run again. E_MOVED when
   w->app is not what is published any more (by another node): nothing was done then, and the
   request is to be run again with a Work of today. */
MUST bool work_write(Work *w, bool (*fn)(Work *w, void *arg), void *arg);
/* The same for writes that want the same row of all others of their `turn` (db.h); NULL: none. */
MUST bool work_write_turn(Work *w, const char *turn, bool (*fn)(Work *w, void *arg), void *arg);
/* The same for rows that are none of the app's, such as sessions and leases: whatever is
   published meanwhile. */
MUST bool work_note(Work *w, bool (*fn)(Work *w, void *arg), void *arg);

/* What the outermost unit does last of all (at_end, closing); for one that is looked at and undone. */
MUST bool work_finish(Work *w);

/* Who asks and when, for expressions; departments and people of the person are fetched when one
   asks. Borrowed until the Work is given back; the same one each time. */
Asker *work_asker(Work *w);
/* Has this person the role (includes followed; everyone always; admin has all)? */
bool work_has_role(const Work *w, const char *role);
/* Runs the rest as the app, and back. */
typedef struct AsSaved { bool as_app; const char *rule; } AsSaved;
AsSaved work_as_app(Work *w, const char *rule);
void work_as_back(Work *w, AsSaved saved);
#endif

/*
 * events — who listens to what changes, and the thread that tells them.
 *
 * The thread is woken by the database's bell (db_listen), reads what is new (event_log), and asks
 * for each listener in turn, with one Work, whether they are still signed in and what of it they
 * may be told (event_pick). It waits as text in the listener's outbox (event_box). So a listener
 * holds no Work and no connection, many of them use one Work in all, and a slow one keeps
 * nobody waiting.
 *
 * A session or token that ends, and a user who is switched off, end their listeners within
 * seconds, and nothing is told them meanwhile. Rights are asked at each telling; when the roles
 * or the department of a person change, a reset is told.
 */
#ifndef DATA_EVENTS_H
#define DATA_EVENTS_H
#include "data/engine.h"
#include "data/event_box.h"
#include "data/notice.h"
#include "data/task.h"

typedef struct Events Events;
typedef struct Listener Listener;

Events *events_new(Engine *e);
void events_stop(Events *h);                  /* ends the thread */
void events_free(Events *h);                  /* nobody listens any more, and no bell rings */
void events_heard(void *hub);                 /* the bell */
void events_present(Events *h);               /* another bell: who is in the designer changed here */

/* At most so many listeners in all. */
void events_allow(Events *h, int most);
enum { EVENTS_EACH = 4, EVENTS_BEAT_S = 15 };            /* of one person; seconds of silence */
/* All listeners are over, and nobody may join: the server stops. */
void events_close(Events *h);
typedef struct EventCounts { int64_t listening, refused; } EventCounts;
EventCounts events_counts(Events *h);

typedef struct ListenAsk {
    const char *session, *token;              /* one of them: who it is, again and again */
    const char *after;                        /* a cursor; NULL: from now on */
    EventShow show;
} ListenAsk;
/* For the person of w. E_BUSY: no place is free. Told first is what is the case: the app's
   version, messages and tasks, after a reset when `after` is too old. */
MUST bool events_join(Work *w, const ListenAsk *ask, Listener **out);
/* Waits up to so many milliseconds for text, appended to out; after EVENTS_BEAT_S of silence a
   beat. False: it is over. */
bool events_wait(Listener *l, int ms, Str *out);
void events_leave(Listener *l);

/* Without listening: some of what happened from *place on, for the person of w; it moves behind
   that. *lost: too long ago. *more: there is more, ask again. */
typedef struct Heard { Event *event; int n; bool lost, more; } Heard;
MUST bool events_ask(Work *w, uint64_t *place, const EventTold *told, Heard *out);
/* The place of `after` among all that is committed now; the newest without one. *lost as above. */
MUST bool events_place(Work *w, const char *after, uint64_t *place, bool *lost);
/* The cursor of a page that is being drawn. NULL: not to be had. */
const char *events_here(Work *w);
char *events_cursor(Work *w, uint64_t place);
#endif

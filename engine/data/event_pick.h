/*
 * event_pick — of what was written, what this person may be told: that a record changed which
 * they may read now, or that one went which they could read.
 *
 * A record in the bin is still a row with the values it had, so the right to read is asked of it
 * as before: who could read it is told that it is gone. Of a record that left somebody's reach by
 * a change, or is no more, only those are told who were told of it before (`told`). Nothing else
 * is said of what one may not read.
 */
#ifndef DATA_EVENT_PICK_H
#define DATA_EVENT_PICK_H
#include "data/event_log.h"
#include "data/work.h"

typedef enum EventKind {
    EVENT_RECORD,             /* form, id, version, what, by */
    EVENT_GONE,               /* form, id: it is in the bin, or not to be read any more */
    EVENT_MESSAGES,           /* unread, newest */
    EVENT_TASKS,              /* todo, copied; only where something is approved */
    EVENT_DESIGN,             /* nothing: another admin came to the designer or left (present.h) */
    EVENT_APP,                /* version of the definitions served; by: whose place it is */
    EVENT_RESET,              /* more happened than is remembered, or rights changed */
    EVENT_BEAT                /* nothing: the place alone */
} EventKind;

typedef struct Event {
    EventKind kind;
    const char *form; int64_t id, version;
    const char *what;                          /* as in the history; "created" stays */
    int64_t by; const char *by_name;           /* 0: no person */
    int64_t todo, copied;                      /* open tasks; copies not read */
    int64_t unread, newest;                    /* messages not read; the newest of them, or 0 */
} Event;

/* Has this person been told of the record before? */
typedef struct EventTold { bool (*told)(void *ctx, const char *form, int64_t id); void *ctx; } EventTold;

/* One query a form. Several changes of a record are one. told may be NULL: nobody was. */
MUST bool event_pick(Work *w, const Logged *c, int n, const EventTold *told, Event **out,
    int *nout);
#endif

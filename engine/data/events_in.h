/*
 * events_in — what the files of events share: the hub and its listeners.
 */
#ifndef DATA_EVENTS_IN_H
#define DATA_EVENTS_IN_H
#include "data/events.h"

#include <pthread.h>

enum { EVENTS_KNOWN = 512 };

struct Listener {
    Events *hub;
    Listener *next;
    int64_t user;
    char *session, *token;
    EventBox *box;
    bool held;                /* the thread is asking for it */
    /* The thread's own, and before it joins. */
    uint64_t place, rights;
    int64_t checked, version;
    Unread messages; bool messages_due;
    TaskCount tasks; bool tasks_due;
    uint64_t present; bool present_due;       /* whom it was told of: present_mark */
    bool greeted;
    int failed;               /* times in a row */
    uint64_t known[EVENTS_KNOWN]; int nknown; /* records it was told of; the oldest go */
};

struct Events {
    Engine *engine;
    EventLog *log;
    pthread_mutex_t lock;
    pthread_cond_t woken, let_go;
    pthread_t thread; bool running, stop, closed;
    _Atomic bool rung, begun, present_due;
    _Atomic uint64_t present;                 /* present_mark of the last look */
    int64_t present_at;                       /* the thread's own: when that was */
    Listener *first;
    int n, most;
    int64_t refused;
};

/* event_tell.c. For somebody who joins: what is the case, and whether their place was lost. */
void event_greet(Work *w, Listener *l, bool lost);
/* Tells what is new, or only looks whether they are still signed in. */
void event_tell(Listener *l, Arena *a);
#endif

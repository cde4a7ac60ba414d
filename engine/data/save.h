/*
 * save — the one write path: create, update, delete, restore, transition.
 *
 * Every way in (page, API, import, batch, workflow, timer, Lua) ends here. The order of the
 * steps is architecture.md's "One write"; save.c is that list. Each call is one work_write;
 * inside an open unit it nests.
 */
#ifndef DATA_SAVE_H
#define DATA_SAVE_H
#include "data/handing.h"

typedef struct SaveAsk {
    const Form *form;
    int64_t id;               /* 0: create */
    const Node *body;         /* flat object; may be NULL for delete */
    int64_t version;          /* If-Match; 0: merge by field */
    const char *transition;   /* name, or NULL; `to` finds the first one to that stage */
    const char *to;
    const char *comment;
    const char *idempotency;  /* Idempotency-Key or NULL */
    const Handing *handing;   /* how a user field gets its value; NULL: by hand */
    bool force_warned;        /* go on although duplicates `warn` */
    bool approved;            /* consent was given: neither asked for nor waited for */
    const Stage *place;       /* the engine puts it there: no transition, as `comment` says */
} SaveAsk;
typedef struct Saved {
    Record *record;           /* as stored; NULL after delete */
    int64_t id;
    bool created;
    Issue *warning; int nwarning;              /* duplicates that only warn */
    const char *explained;    /* what rules said with explain() */
    int64_t waits;            /* the request that the move became (data/approval.h); 0: none */
} Saved;

/* Create, update or move. */
MUST bool save_record(Work *w, const SaveAsk *ask, Saved *out);
MUST bool save_delete(Work *w, const Form *f, int64_t id, int64_t version);
MUST bool save_restore(Work *w, const Form *f, int64_t id, Saved *out);
/* Many in one transaction; results per item in order. All or nothing. */
MUST bool save_batch(Work *w, const SaveAsk *ask, int n, Saved *out);
/* May this person change all of these by one filter? E_DENIED: no right to, or not to one. */
MUST bool save_may_many(Work *w, const Form *f, Record *const *r, int n);
/* PUT …/by/FIELD/VALUE */
MUST bool save_upsert(Work *w, const Form *f, const Field *by, const char *value,
    const Node *body, Saved *out);
/* Recomputes computed fields of records that depend on r's change (old or now NULL: created,
   deleted). Used by save and migrate. */
MUST bool save_ripple(Work *w, const Record *old, const Record *now);
/* Presses a button on a record (data/press.h) by its name, in one write. */
MUST bool save_action(Work *w, const Form *f, int64_t id, const char *action,
    const Node *params, Saved *out);
#endif

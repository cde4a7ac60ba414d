/*
 * incoming — web calls that come in: the event `webhook` of an automation.
 *
 * Who calls is known by a signature as Standard Webhooks say, or by the secret itself as bearer token.
 * A call with an id that came before is not run again but answered as then: senders repeat a call
 * whose answer they missed. Ids are kept INCOMING_KEPT_S, in the write of the run, so what failed
 * may come again.
 */
#ifndef DATA_INCOMING_H
#define DATA_INCOMING_H
#include "data/work.h"
#include "def/automation.h"

enum { INCOMING_BYTES = 256 * 1024, INCOMING_KEPT_S = 3 * 86400 };

/* As it came; NULL where it had none. */
typedef struct Call {
    const char *id, *at, *signature, *token;
    const char *body; size_t n;
} Call;
typedef struct Incoming {
    int64_t run;               /* of _run; 0: none yet, it is a job; or `if` did not hold */
    bool again, later, left;   /* came before; it is a job; `if` did not hold */
    const char *state, *message;               /* as in run_log.h */
} Incoming;

/* The automation of an address that takes calls; NULL: none. */
const struct Automation *incoming_find(const App *app, const char *form, const char *automation);
/* E_LOGIN: it does not come from who knows the secret. */
MUST bool incoming_known(Work *w, const struct Automation *a, const Call *c);
/* E_INPUT for values that do not fit; what the steps fail with. */
MUST bool incoming_run(Work *w, const struct Automation *a, const Call *c, const Node *body,
    Incoming *out);
/* Ids that are old enough go, a portion at a time. */
MUST bool incoming_sweep(Work *w, bool *more);
#endif

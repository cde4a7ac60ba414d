/*
 * ways — by which channels a person wants to be told what, and when e-mails go out.
 *
 * Definitions say a message's channels (`via`); each person may add e-mail to a kind of message, or
 * turn a channel off. What then goes nowhere goes to the inbox: nothing is lost. E-mails go out at
 * once, or are gathered for a day or a week (digest.h), and with `quiet` wait for working time.
 * A row of _way a person, {"emails", "time", "day", "quiet", "kinds": {KIND: {CHANNEL: "on"}}}.
 */
#ifndef DATA_WAYS_H
#define DATA_WAYS_H
#include "data/notice.h"

typedef enum Way { WAY_AS_SAID, WAY_ON, WAY_OFF } Way;         /* WAY_ON: e-mail only */
typedef enum EmailsWhen { EMAILS_NOW, EMAILS_DAILY, EMAILS_WEEKLY } EmailsWhen;
/* What people tell apart: reminder, task (approvals), notice (the rest). */
enum { WAY_KINDS = 3 };
extern const char *const way_kinds[WAY_KINDS], *const way_words[3], *const emails_words[3];

typedef struct Ways {
    Way *way;                 /* [kind * w->app->nchannel + channel] */
    EmailsWhen emails; int64_t time; int day;  /* seconds of their day; 1 Monday … 7 */
    bool quiet;
} Ways;

MUST bool ways_of(Work *w, int64_t user, Ways *out);
/* From the form above; what is not said is as without a choice. Issues on the keys. */
MUST bool ways_read(Work *w, const Node *body, Ways *out);
Node *ways_show(Work *w, const Ways *ways);
/* The acting person's own. What is gathered goes out by the new choice. */
MUST bool ways_save(Work *w, const Ways *ways);
/* Where this message goes: names as in `via`, with "inbox" among them where it must. */
void ways_choose(Work *w, const Ways *ways, const Notice *n, const char *const **via, int *nvia);
/* When an e-mail that is written at `now` goes out to who lives in that zone: `now`, or later. */
int64_t ways_due(const Work *w, const Ways *ways, const Zone *zone, int64_t now);
#endif

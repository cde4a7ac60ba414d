/*
 * digest — e-mails that wait for their time (ways.h): one for all that came until then.
 *
 * What waits are rows of _digest; the first of a person sets the timer "digest:" of that person,
 * whose firing writes the e-mail and drops the rows in one write. None waits: there is no timer and
 * no e-mail.
 */
#ifndef DATA_DIGEST_H
#define DATA_DIGEST_H
#include "data/timer.h"
#include "data/ways.h"

#define DIGEST_RULE "digest:"

/* Inside a write: this message, in the words that channel would have sent. */
MUST bool digest_hold(Work *w, const Notice *n, const char *channel, const char *text, int64_t due);
/* After another choice: what waits goes out by it. Inside a write. */
MUST bool digest_again(Work *w, int64_t user, const Ways *ways);
MUST bool digest_fire(Work *w, const Timer *t);
#endif

/*
 * channel_try — one message of a channel at once, to who asks: what a job would do, with what came of it.
 */
#ifndef DATA_CHANNEL_TRY_H
#define DATA_CHANNEL_TRY_H
#include "data/work.h"

typedef struct ChannelTried {
    bool sent;
    const char *to;           /* the address or name of the acting person */
    const char *where;        /* it failed: "connect", "secure", "login", "sender", "recipient" or "message"
                                 of a mail server; "robot": of one of those; "refused": not called at all */
    const char *why;          /* it failed: in words */
    const char *said;         /* what the other side answered, without secrets; NULL: nothing */
    int status;               /* of HTTP; 0: none */
    int64_t ms;
} ChannelTried;
/* By the settings of w->app. E_INPUT when the person has no address for it; whatever the other side
   does is no failure. Not inside a write: it takes as long as the other side does, 20 s at most. */
MUST bool channel_try(Work *w, const Channel *c, ChannelTried *out);
#endif

/*
 * webhook_feed — who subscribed to changes (`webhooks` of app.yaml) is told of each: a job per record
 * and write, or per write with all of them, made when the write ends and so undone with it.
 */
#ifndef DATA_WEBHOOK_FEED_H
#define DATA_WEBHOOK_FEED_H
#include "data/record.h"
#include "def/webhook.h"

/* Inside a write, wherever a record changed: computed values too. old, now: full, or NULL where
   it was not or is no more. */
MUST bool webhook_tell(Work *w, HookEvent what, const Record *old, const Record *now);
#endif

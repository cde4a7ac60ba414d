/*
 * idempotency — the same request sent twice is done once.
 *
 * Kept for a day by key and person, in the transaction of the write.
 */
#ifndef DATA_IDEMPOTENCY_H
#define DATA_IDEMPOTENCY_H
#include "data/save.h"

/* *id: what the first request made or changed, 0 when this is the first. E_INPUT when the key
   came with another request. */
MUST bool idempotency_find(Work *w, const SaveAsk *ask, int64_t *id, bool *created);
MUST bool idempotency_keep(Work *w, const SaveAsk *ask, int64_t id, bool created);
/* Answers that were kept until then are forgotten. */
int64_t idempotency_since(const Work *w);
#endif

/*
 * ripple_in — what the two halves of a ripple share: what is done at once, what is put off.
 */
#ifndef DATA_RIPPLE_IN_H
#define DATA_RIPPLE_IN_H
#include "data/ripple.h"

/* So many records elsewhere are computed again inside one write; what goes beyond that is put
   off, so that no write holds the others up. */
#define RIPPLE_AT_ONCE 1000

typedef struct Ids { int64_t *id; int n, cap; } Ids;

/* The records that hold d->into and read the record `id` along d, in order of id: those after
   `after`, at most `most`. For a row's field the records the rows belong to. */
MUST bool ripple_linked(Work *w, const Depend *d, int64_t id, int64_t after, int most, Ids *ids);
/* One of them is computed again; its change spreads. */
MUST bool ripple_one(Work *w, const Form *f, int64_t id, const Field *into, int depth);
/* Puts off what reads the record `id` of `form` along d. */
MUST bool ripple_later(Work *w, const Form *form, const Depend *d, int64_t id);
#endif

/*
 * duplicate — is there such a record already? Normalised values are compared.
 */
#ifndef DATA_DUPLICATE_H
#define DATA_DUPLICATE_H
#include "data/record.h"

/* `block` rules add issues. What a `warn` rule finds goes to *warning; the caller decides. The
   texts name the holder at most, never the record. */
MUST bool duplicate_check(Work *w, const Record *r, const Record *old, Issue **warning, int *n);
#endif

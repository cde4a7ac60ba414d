/*
 * ripple — computed fields of a record brought up to date where it stands.
 */
#ifndef DATA_RIPPLE_H
#define DATA_RIPPLE_H
#include "data/record.h"

/* Formulas of one record computed again (midnight, new day); its change spreads. */
MUST bool ripple_again(Work *w, const Form *f, int64_t id);
#endif

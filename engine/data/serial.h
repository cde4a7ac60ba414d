/*
 * serial — numbers without gap or repeat: "OP-{yyyy}{mm}-{seq:5}".
 *
 * The counter is a row of _serial raised in the transaction that stores the record, so a
 * refused write gives its number back.
 */
#ifndef DATA_SERIAL_H
#define DATA_SERIAL_H
#include "data/record.h"

/* Gives a new record its serial fields, rows' too. Only inside a write. */
MUST bool serial_set(Work *w, Record *r);
#endif

/*
 * limits — how often one caller may ask: a bucket per token, session or address.
 */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H
#include "base/mem.h"

/* Takes one from the caller's bucket: `per_s` a second, ten times that at once. False: empty.
   0 a second: no limit. */
bool limits_take(const char *caller, int64_t per_s);
#endif

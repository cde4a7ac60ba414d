/*
 * outward — one call over HTTP to somebody else, fenced: http and https only, no redirects, no
 * proxy, no address of our own network (guard.h) unless listed, a time limit, an answer of a
 * bounded size.
 */
#ifndef DATA_OUTWARD_H
#define DATA_OUTWARD_H
#include "base/cx.h"

#define OUTWARD_ANSWER 65536  /* bytes of an answer; the rest is not read */

typedef struct OutwardCall {
    const char *method, *url, *body;           /* body NULL: none */
    const char *const *header; int nheader;    /* "Name: value" */
    bool listed;                               /* inside our network too */
} OutwardCall;
typedef struct OutwardAnswer {
    int status;                                /* 0: there was none */
    const char *body; size_t n;                /* as it came, NUL-terminated */
    int64_t ms, retry_after;                   /* seconds; 0: not said */
    bool refused;                              /* by the fence: trying again is no use */
} OutwardAnswer;
/* False when no whole answer came: E_INPUT what the fence refuses, else E_SYS. Any status is an
   answer. */
MUST bool outward_call(Cx *cx, const OutwardCall *call, OutwardAnswer *out);
/* May a header be called so and hold that? No line breaks, and none of those that curl or we set. */
bool outward_header_ok(const char *name, const char *value);
#endif

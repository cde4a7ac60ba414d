/*
 * framing — one head, one meaning: everything that a proxy before us could read otherwise is
 * refused.
 */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H
#include "http/request.h"

/* What a request is refused with before anything looks at it; status 0: it is fine. */
typedef struct Refusal { int status; const char *code, *text; } Refusal;

/* Method and headers of q as they came. *length: of the body. */
Refusal framing_check(const Request *q, int64_t *length);
#endif

/*
 * multipart — multipart/form-data (RFC 7578) as it streams in: bounded, in pieces of any size.
 *
 *     Multipart *m = multipart_begin(a, boundary, &to);
 *     while (…) if (!multipart_add(cx, m, data, n)) …;
 *     if (!multipart_end(cx, m)) …;
 *
 * Only what lies between two boundaries is kept, 8 KB of header at most. A part tells its name,
 * and its file name if it has one; all other headers are hearsay and skipped.
 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H
#include "base/cx.h"

enum { MULTIPART_PARTS = 5000, MULTIPART_HEAD = 8192 };

/* Called in order: begin, data … , end. `filename` NULL: a value. False: w/ the failure in cx. */
typedef struct MultipartTo {
    bool (*begin)(Cx *cx, void *ctx, const char *name, const char *filename);
    bool (*data)(Cx *cx, void *ctx, const char *data, size_t n);
    bool (*end)(Cx *cx, void *ctx);
    void *ctx;
} MultipartTo;

typedef struct Multipart Multipart;

/* The boundary of a Content-Type, or NULL when it is no multipart/form-data with a proper one. */
const char *multipart_boundary(Arena *a, const char *content_type);
Multipart *multipart_begin(Arena *a, const char *boundary, const MultipartTo *to);
/* E_SYNTAX when it is broken. */
MUST bool multipart_add(Cx *cx, Multipart *m, const char *data, size_t n);
/* E_SYNTAX when the last boundary is missing. */
MUST bool multipart_end(Cx *cx, Multipart *m);

/* `key="value"` or key=value of a header such as Content-Disposition, with RFC 5987's key*=
   (UTF-8 only) before it. NULL when it is not there; quotes and escapes are undone. */
const char *header_param(Arena *a, const char *header, const char *key);
/* Content-Disposition with a name in any language (RFC 6266); the name cannot break the header. */
const char *disposition(Arena *a, const char *how, const char *name);
#endif

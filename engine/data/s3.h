/*
 * s3 — requests to an S3-compatible store, signed by libcurl (AWS Signature Version 4).
 *
 *     s3://BUCKET[/PREFIX][?endpoint=http://HOST:PORT][&region=REGION][&style=path|host]
 *
 * endpoint: Amazon's of the region when it is not given; region: us-east-1; style: where the
 * bucket stands in an address, by default in the path of an endpoint that is given, in the host
 * of Amazon's. The keys come from the environment only: TENON_S3_KEY and TENON_S3_SECRET, or
 * AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. They are in no address, message or log.
 *
 * Names below the prefix are made of what needs no escape ([A-Za-z0-9._-/]), so that every
 * version of libcurl signs the same that the store checks. A request that finds the store away or
 * overloaded is tried again a few times with pauses; then E_BUSY, at once for everybody while
 * nothing answers at all. What a store refuses is E_SYS. The reason is the detail.
 */
#ifndef DATA_S3_H
#define DATA_S3_H
#include "base/cx.h"

typedef struct S3 S3;
typedef struct S3Stream S3Stream;

MUST bool s3_open(Cx *cx, const char *url, S3 **out);
void s3_close(S3 *s);                         /* no stream is open */
/* Asks for the list of the bucket: the failure's text is the reason, for who starts the server. */
MUST bool s3_ready(Cx *cx, S3 *s);

/* Size of what is there; -1: nothing. */
MUST bool s3_head(Cx *cx, S3 *s, const char *key, int64_t *size);
/* The file `path` with that SHA-256, which the store compares. */
MUST bool s3_put(Cx *cx, S3 *s, const char *key, const char *path, const char *hash, int64_t size);
MUST bool s3_delete(Cx *cx, S3 *s, const char *key);      /* what is not there is deleted */

/* One page of names behind `after` (NULL: the first), sorted; `last`: what the next is behind. */
typedef struct S3Name { const char *key; int64_t at; } S3Name;
typedef struct S3Page { S3Name *name; int n, cap; bool more; const char *last; } S3Page;
MUST bool s3_list(Cx *cx, S3 *s, const char *after, S3Page *out);

/* n bytes from `from`; n -1: all that follow. NULL in *out and true: it is not there. */
MUST bool s3_get(Cx *cx, S3 *s, const char *key, int64_t from, int64_t n, S3Stream **out);
int64_t s3_length(const S3Stream *t);         /* bytes that come in all */
/* *got 0: the end. An answer that breaks off is asked for again from there. */
MUST bool s3_read(Cx *cx, S3Stream *t, void *buf, size_t n, size_t *got);
void s3_end(S3Stream *t);
#endif

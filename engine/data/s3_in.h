/*
 * s3_in — what the files of s3 share: where a store is, and one exchange with it.
 */
#ifndef DATA_S3_IN_H
#define DATA_S3_IN_H
#include "data/s3.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

typedef struct S3Place {
    char *bucket, *prefix;    /* prefix "" or "a/b/" */
    char *base;               /* "http://HOST:PORT/BUCKET": what a key is put behind */
    char *endpoint;           /* as people know it */
    char *region;
    char *key, *secret;
    const char *key_name, *secret_name;       /* the variables that they stood in */
} S3Place;

/* Text and environment to a place; what it points to is freed by s3_place_free. */
MUST bool s3_place(Cx *cx, const char *url, S3Place *out);
void s3_place_free(S3Place *p);

/* A connection with what is being exchanged on it. */
typedef struct S3Line {
    struct S3Line *next;
    CURL *easy;
    CURLM *multi;
    struct curl_slist *header;
    FILE *file;               /* what is sent */
    char *buf; size_t n, at;  /* what came and was not taken yet */
    bool paused, done, began;
    CURLcode code;            /* once done */
    long status;              /* 0: no answer yet */
    int64_t length;           /* of the body; -1: not told */
    bool whole;               /* the body is the result also of a failure: text is gathered */
    Str text;
    char why[CURL_ERROR_SIZE];
} S3Line;

struct S3 {
    S3Place place;
    char *sign;               /* "aws:amz:REGION:s3" */
    pthread_mutex_t lock;
    S3Line *idle;
    int nidle;
    _Atomic int64_t away_until;               /* on the monotonic clock, in µs; 0: it answers */
};

typedef struct S3Ask {
    const char *method;       /* "GET", "HEAD", "PUT", "DELETE" */
    const char *key;          /* NULL: the bucket */
    const char *query;        /* escaped, sorted by name; or NULL */
    const char *path; int64_t size;           /* PUT: a file */
    const char *hash;         /* SHA-256 of what is sent; NULL: nothing is sent */
    int64_t from, n;          /* GET: a part; n -1: up to the end */
    bool stream;              /* the body is read by s3_read; else it is gathered in line->text */
} S3Ask;

enum { S3_TRIES = 4, S3_GATHERED = 4 << 20, S3_BUFFER = 65536 };

/* Asks until there is an answer that stays one: the head of 2xx or 404, with the whole body
   unless it streams. The line is NULL after a failure; to be given back. */
MUST bool s3_exchange(Cx *cx, S3 *s, const S3Ask *ask, S3Line **out);
/* Goes on until bytes are there or the answer is over. */
void s3_line_run(S3Line *l);
void s3_line_give(S3 *s, S3Line *l);
/* Waits before try number `i`, a little longer each time. */
void s3_pause(int i);
/* What the line says when all tries failed: E_BUSY or E_SYS with the reason. */
bool s3_failed(Cx *cx, S3 *s, const S3Line *l);
/* Why, for people who run the system; no secret is in it. */
const char *s3_reason(Arena *a, const S3 *s, const S3Line *l);
bool s3_passing(const S3Line *l);             /* may the same request succeed later? */

/* A page of names in XML, names without the prefix. False: it is none. */
bool s3_list_parse(Arena *a, const char *xml, size_t n, const char *prefix, S3Page *out);
/* <Code> of an error in XML: letters and digits; "" when there is none. */
const char *s3_error_code(Arena *a, const char *xml, size_t n);
#endif

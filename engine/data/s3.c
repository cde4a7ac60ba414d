/*
 * s3.c — the requests that contents need, and what a refusal means.
 */
#include "data/s3_in.h"
#include "base/str.h"

#include <string.h>

/* ---- why not ---- */

#define NO_RIGHT "the access key in %3$s has no right to do this in the bucket `%1$s`"

/* By the store's own word. %1$s the bucket, %2$s the endpoint, %3$s and %4$s where the keys
   stand, %5$s the region. */
static const struct { const char *code, *means; } refusals[] = {
    { "NoSuchBucket", "there is no bucket `%1$s` at %2$s" },
    { "InvalidBucketName", "there is no bucket `%1$s` at %2$s" },
    { "InvalidAccessKeyId", "%2$s does not know the access key in %3$s" },
    { "SignatureDoesNotMatch", "the secret in %4$s does not belong to the access key in %3$s, or "
        "the region is not `%5$s`" },
    { "AccessDenied", NO_RIGHT },
    { "AllAccessDisabled", NO_RIGHT },
    { "RequestTimeTooSkewed", "the clock of this machine and that of %2$s differ too much" },
    { "AuthorizationHeaderMalformed", "the bucket `%1$s` is not in the region `%5$s`" },
    { "PermanentRedirect", "the bucket `%1$s` is not in the region `%5$s`" },
    { "IllegalLocationConstraintException", "the bucket `%1$s` is not in the region `%5$s`" },
    { "QuotaExceeded", "the bucket `%1$s` is full" },
    { "XAmzContentSHA256Mismatch", "the content was changed on its way" },
    { "BadDigest", "the content was changed on its way" },
};

static char *spelled(Arena *a, const S3 *s, const char *means)
{
    const S3Place *p = &s->place;
    const char *word[] = { p->bucket, p->endpoint, p->key_name, p->secret_name, p->region };
    Str out = str_begin(a);

    for (; *means; means++) {
        if (*means != '%') str_add_char(&out, *means);
        else {
            str_add(&out, word[means[1] - '1']);
            means += 3;
        }
    }
    return arena_dup(a, str_show(&out));
}

const char *s3_reason(Arena *a, const S3 *s, const S3Line *l)
{
    bool refused = l->status && (l->status < 200 || l->status > 299);
    const char *code = refused ? s3_error_code(a, l->text.p, l->text.n) : "";

    if (!refused)
        return arena_printf(a, "%s: %s", s->place.endpoint, *l->why ? l->why
            : curl_easy_strerror(l->code));
    for (int i = 0; i < LEN(refusals); i++)
        if (str_eq(code, refusals[i].code)) return spelled(a, s, refusals[i].means);
    /* An answer without a body, to HEAD, says it by its status only. */
    if (l->status == 403 && !*code) return spelled(a, s, NO_RIGHT ", or is not known");
    return arena_printf(a, "%s answers %ld%s%s", s->place.endpoint, l->status, *code ? " " : "",
        code);
}

/* ---- requests ---- */

MUST static bool refused(Cx *cx, S3 *s, S3Line *l)
{
    s3_failed(cx, s, l);
    s3_line_give(s, l);
    return false;
}

bool s3_head(Cx *cx, S3 *s, const char *key, int64_t *size)
{
    S3Ask ask = { .method = "HEAD", .key = key };
    S3Line *l;

    if (!s3_exchange(cx, s, &ask, &l)) return false;
    *size = l->status == 404 ? -1 : l->length;
    s3_line_give(s, l);
    return true;
}

bool s3_put(Cx *cx, S3 *s, const char *key, const char *path, const char *hash, int64_t size)
{
    S3Ask ask = { .method = "PUT", .key = key, .path = path, .hash = hash, .size = size };
    S3Line *l;

    if (!s3_exchange(cx, s, &ask, &l)) return false;
    if (l->status == 404) return refused(cx, s, l);
    s3_line_give(s, l);
    return true;
}

bool s3_delete(Cx *cx, S3 *s, const char *key)
{
    S3Ask ask = { .method = "DELETE", .key = key };
    S3Line *l;

    if (!s3_exchange(cx, s, &ask, &l)) return false;
    s3_line_give(s, l);
    return true;
}

/* Sorted by name: old versions of libcurl sign what stands there. */
static char *list_query(Arena *a, const char *prefix, const char *after, int most)
{
    Str q = str_begin(a);
    const char *part[] = { prefix, after ? arena_printf(a, "%s%s", prefix, after) : NULL };
    static const char *const name[] = { "&prefix=", "&start-after=" };

    str_printf(&q, "list-type=2&max-keys=%d", most);
    for (int i = 0; i < LEN(part); i++) {
        if (!part[i] || !*part[i]) continue;
        str_add(&q, name[i]);
        for (const char *p = part[i]; *p; p++) {
            if (*p == '/') str_add(&q, "%2F");
            else str_add_char(&q, *p);
        }
    }
    return arena_dup(a, str_show(&q));
}

MUST static bool list(Cx *cx, S3 *s, const char *after, int most, S3Page *out)
{
    S3Ask ask = { .method = "GET", .query = list_query(cx->a, s->place.prefix, after, most) };
    S3Line *l;

    *out = (S3Page){ 0 };
    if (!s3_exchange(cx, s, &ask, &l)) return false;
    if (l->status == 404) return refused(cx, s, l);
    bool ok = s3_list_parse(cx->a, l->text.p, l->text.n, s->place.prefix, out);
    s3_line_give(s, l);
    if (ok) return true;
    (void)!cx_fail(cx, E_SYS, "the store of the files refuses the request");
    cx_detail(cx, "%s does not answer as an S3-compatible store does", s->place.endpoint);
    return false;
}

bool s3_list(Cx *cx, S3 *s, const char *after, S3Page *out)
{
    return list(cx, s, after, 1000, out);
}

bool s3_ready(Cx *cx, S3 *s)
{
    Cx inner = cx_begin(cx->a, cx->lang);
    S3Page page;

    if (list(&inner, s, NULL, 1, &page)) return true;
    return cx_fail(cx, inner.err, "the files cannot be kept there: %s", inner.detail);
}

/* ---- streams ---- */

struct S3Stream {
    S3 *s;
    S3Line *line;
    char *key;
    int64_t at, left, length;
};

MUST static bool open_line(Cx *cx, S3Stream *t, int64_t n)
{
    S3Ask ask = { .method = "GET", .key = t->key, .from = t->at, .n = n, .stream = true };
    if (!s3_exchange(cx, t->s, &ask, &t->line)) return false;
    if (t->line->status != 200 || !t->at) return true;
    (void)!cx_fail(cx, E_SYS, "the store of the files refuses the request");
    cx_detail(cx, "%s does not serve parts of files", t->s->place.endpoint);
    return false;
}

bool s3_get(Cx *cx, S3 *s, const char *key, int64_t from, int64_t n, S3Stream **out)
{
    S3Stream *t = mem_alloc(sizeof *t);

    *out = NULL;
    *t = (S3Stream){ .s = s, .key = mem_dup(key), .at = from };
    bool ok = open_line(cx, t, n), there = ok && t->line->status != 404;
    if (there) {
        t->length = n >= 0 && n < t->line->length ? n : t->line->length;
        t->left = t->length;
        if (t->length < 0) {
            ok = cx_fail(cx, E_SYS, "the store of the files refuses the request");
            cx_detail(cx, "%s does not tell how long a file is", s->place.endpoint);
        }
    }
    if (ok && there) *out = t;
    else s3_end(t);
    return ok;
}

int64_t s3_length(const S3Stream *t) { return t->length; }

/* Broken off: from where it broke, as long as each try brings something. */
MUST static bool go_on(Cx *cx, S3Stream *t)
{
    for (int i = 0; ; i++) {
        s3_line_run(t->line);
        if (t->line->n > t->line->at) return true;
        if (i == S3_TRIES || (t->line->code && !s3_passing(t->line)))
            return s3_failed(cx, t->s, t->line);
        s3_pause(i);
        s3_line_give(t->s, t->line);
        t->line = NULL;
        if (!open_line(cx, t, t->left)) return false;
        if (t->line->status == 404)
            return cx_fail(cx, E_SYS, "the content of the file is gone");
    }
}

bool s3_read(Cx *cx, S3Stream *t, void *buf, size_t n, size_t *got)
{
    *got = 0;
    if (t->left <= 0) return true;
    if (!t->line || !go_on(cx, t)) return cx->err ? false
        : cx_fail(cx, E_BUSY, "the files cannot be reached; try again in a moment");
    size_t have = t->line->n - t->line->at;
    *got = have < n ? have : n;
    if ((int64_t)*got > t->left) *got = (size_t)t->left;
    memcpy(buf, t->line->buf + t->line->at, *got);
    t->line->at += *got;
    t->at += (int64_t)*got;
    t->left -= (int64_t)*got;
    return true;
}

/* A connection with more to come is of no use to the next. */
void s3_end(S3Stream *t)
{
    if (!t) return;
    s3_line_give(t->s, t->line);
    mem_free(t->key);
    mem_free(t);
}

/*
 * s3_place.c — where a store is: the address of --files, and the keys of the environment.
 *
 * What goes into a signed address is held to letters that need no escape; nothing of an address
 * that could hold a secret by mistake is repeated in a message.
 */
#include "data/s3_in.h"
#include "base/str.h"
#include "base/sys.h"

#include <sodium.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define PLAIN LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "._-"

static bool only(const char *text, const char *letters)
{
    return *text && !text[strspn(text, letters)];
}

MUST static bool read_bucket(Cx *cx, const char *name)
{
    size_t n = strlen(name);

    if (strchr(name, '@') || strchr(name, ':'))
        return cx_fail(cx, E_INPUT, "--files: keys stand in the environment, not in the address");
    return (n >= 3 && n <= 63 && only(name, LOWER DIGITS ".-") && name[0] != '.'
            && name[0] != '-' && !strstr(name, ".."))
        || cx_fail(cx, E_INPUT, "--files wants s3://BUCKET/PREFIX; a bucket's name has 3 to 63 "
            "small letters, digits, - and .");
}

/* "a/b/", or "". */
MUST static bool read_prefix(Cx *cx, Arena *a, const char *text, char **out)
{
    char **part;
    int n = str_split(a, text, '/', &part);
    Str s = str_begin(a);

    for (int i = 0; i < n; i++) {
        if (!*part[i] && (i == n - 1 || n == 1)) continue;
        if (!only(part[i], PLAIN) || str_eq(part[i], ".") || str_eq(part[i], ".."))
            return cx_fail(cx, E_INPUT, "--files: a prefix has letters, digits, -, _, . and /");
        str_printf(&s, "%s/", part[i]);
    }
    *out = arena_dup(a, str_show(&s));
    return true;
}

/* http:// or https://, a host, perhaps a port; nothing more. */
MUST static bool read_endpoint(Cx *cx, Arena *a, const char *text, const char **scheme,
    const char **host)
{
    static const CURLUPart none[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY,
        CURLUPART_FRAGMENT };
    CURLU *u = curl_url();
    char *part[3] = { NULL };
    bool ok = !curl_url_set(u, CURLUPART_URL, text, 0)
        && !curl_url_get(u, CURLUPART_SCHEME, &part[0], 0)
        && !curl_url_get(u, CURLUPART_HOST, &part[1], 0)
        && (str_eq(part[0], "http") || str_eq(part[0], "https"));

    for (int i = 0; ok && i < LEN(none); i++) {
        char *other = NULL;
        if (!curl_url_get(u, none[i], &other, 0)) ok = false;
        curl_free(other);
    }
    if (ok && !curl_url_get(u, CURLUPART_PATH, &part[2], 0)) ok = str_eq(part[2], "/");
    if (ok) {
        char *port = NULL;
        *scheme = arena_dup(a, part[0]);
        *host = arena_dup(a, part[1]);
        if (!curl_url_get(u, CURLUPART_PORT, &port, 0))
            *host = arena_printf(a, "%s:%s", *host, port);
        curl_free(port);
    }
    for (int i = 0; i < LEN(part); i++) curl_free(part[i]);
    curl_url_cleanup(u);
    return ok || cx_fail(cx, E_INPUT, "--files: endpoint wants http://HOST:PORT or https://HOST");
}

typedef struct Params { const char *endpoint, *region, *style; } Params;

MUST static bool read_params(Cx *cx, Arena *a, const char *query, Params *out)
{
    static const char *const names[] = { "endpoint", "region", "style" };
    const char **to[] = { &out->endpoint, &out->region, &out->style };
    char **part;
    int n = *query ? str_split(a, query, '&', &part) : 0;

    for (int i = 0; i < n; i++) {
        char *eq = strchr(part[i], '=');
        int k = 0;
        if (eq) *eq = 0;
        while (k < LEN(names) && !str_eq(names[k], part[i])) k++;
        if (!eq || k == LEN(names))
            return cx_fail(cx, E_INPUT, "--files: s3 takes endpoint, region and style, not `%s`",
                eq ? part[i] : "?");
        char *plain = curl_easy_unescape(NULL, eq + 1, 0, NULL);
        *to[k] = arena_dup(a, plain);
        curl_free(plain);
    }
    return true;
}

MUST static bool read_keys(Cx *cx, S3Place *out)
{
    static const char *const names[][2] = { { "TENON_S3_KEY", "TENON_S3_SECRET" },
        { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY" } };

    for (int i = 0; i < LEN(names); i++) {
        const char *key = sys_env(names[i][0]), *secret = sys_env(names[i][1]);
        if (!key && !secret) continue;
        if (!key || !*key || !secret || !*secret)
            return cx_fail(cx, E_INPUT, "--files: the environment has not both %s and %s",
                names[i][0], names[i][1]);
        if (!only(key, PLAIN "+/="))
            return cx_fail(cx, E_INPUT, "--files: %s holds no access key", names[i][0]);
        out->key = mem_dup(key);
        out->secret = mem_dup(secret);
        out->key_name = names[i][0];
        out->secret_name = names[i][1];
        return true;
    }
    return cx_fail(cx, E_INPUT, "--files: the environment has not both %s and %s", names[0][0],
        names[0][1]);
}

MUST static bool put_together(Cx *cx, const char *bucket, const Params *p, S3Place *out)
{
    Arena *a = cx->a;
    const char *region = p->region ? p->region : "us-east-1", *scheme = NULL, *host = NULL;
    const char *endpoint = p->endpoint ? p->endpoint
        : arena_printf(a, "https://s3.%s.amazonaws.com", region);
    bool in_host = p->style ? str_eq(p->style, "host") : !p->endpoint && !strchr(bucket, '.');

    if (!only(region, LOWER DIGITS "-"))
        return cx_fail(cx, E_INPUT, "--files: a region has small letters, digits and -");
    if (p->style && !in_host && !str_eq(p->style, "path"))
        return cx_fail(cx, E_INPUT, "--files: style is path or host");
    if (!read_endpoint(cx, a, endpoint, &scheme, &host)) return false;
    out->bucket = mem_dup(bucket);
    out->region = mem_dup(region);
    out->endpoint = mem_dup(arena_printf(a, "%s://%s", scheme, host));
    out->base = mem_dup(in_host ? arena_printf(a, "%s://%s.%s", scheme, bucket, host)
        : arena_printf(a, "%s://%s/%s", scheme, host, bucket));
    return true;
}

bool s3_place(Cx *cx, const char *url, S3Place *out)
{
    Arena *a = cx->a;
    const char *text = url + strlen("s3://");
    size_t n = strcspn(text, "?"), name = strcspn(text, "/?");
    const char *bucket = arena_dup_n(a, text, name);
    const char *rest = arena_dup_n(a, text + name, n - name);
    Params params = { 0 };
    char *prefix = NULL;

    *out = (S3Place){ 0 };
    if (!read_bucket(cx, bucket) || !read_prefix(cx, a, *rest ? rest + 1 : rest, &prefix)
        || !read_params(cx, a, text[n] ? text + n + 1 : "", &params)) return false;
    out->prefix = mem_dup(prefix);
    return put_together(cx, bucket, &params, out) && read_keys(cx, out);
}

void s3_place_free(S3Place *p)
{
    if (p->secret) sodium_memzero(p->secret, strlen(p->secret));
    mem_free(p->bucket);
    mem_free(p->prefix);
    mem_free(p->base);
    mem_free(p->endpoint);
    mem_free(p->region);
    mem_free(p->key);
    mem_free(p->secret);
}

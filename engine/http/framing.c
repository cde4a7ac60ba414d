/*
 * framing.c — the head of a request, before anything believes it.
 */
#include "http/framing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_HEADERS = 64 };    /* CivetWeb drops those behind silently */

static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE",
    "OPTIONS" };

static bool bad_value(const char *v)
{
    for (const char *p = v; *p; p++)
        if (((unsigned char)*p < ' ' && *p != '\t') || *p == 127) return true;
    return !utf8_valid(v, strlen(v));
}

static bool bad_host(const char *host)
{
    return !*host || host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "0123456789.-_:[]")];
}

Refusal framing_check(const Request *q, int64_t *length)
{
    int hosts = 0, lengths = 0, codings = 0;
    *length = 0;
    if (!str_in(q->method, methods, LEN(methods)))
        return (Refusal){ 501, "not_implemented", "this method is not known here" };
    if (q->nheader >= MOST_HEADERS)
        return (Refusal){ 431, "too_large", "too many header fields" };
    for (int i = 0; i < q->nheader; i++) {
        const char *name = q->header[i].name, *v = q->header[i].value;
        if (!*name || name[strcspn(name, " \t")] || bad_value(v))
            return (Refusal){ 400, "bad_request", "a header field is malformed" };
        if (!strcasecmp(name, "Host")) { hosts++; if (bad_host(v)) hosts = 9; }
        if (!strcasecmp(name, "Transfer-Encoding")) codings++;
        if (strcasecmp(name, "Content-Length")) continue;
        size_t n = strspn(v, "0123456789");
        if (!n || v[n] || n > 15) lengths = 9;
        else { lengths++; *length = strtoll(v, NULL, 10); }
    }
    if (hosts != 1) return (Refusal){ 400, "bad_request", "exactly one Host is needed" };
    if (lengths > 1 || (lengths && codings))
        return (Refusal){ 400, "bad_request", "the length of the body is not clear" };
    if (codings)
        return (Refusal){ 411, "length_required", "send the body with a Content-Length" };
    return (Refusal){ 0, NULL, NULL };
}

/*
 * response.c — answers: headers that cannot be split, cookies, redirects, JSON.
 */
#include "http/request.h"
#include "base/decimal.h"

#include <string.h>
#include <time.h>

static const struct { int status; const char *text; } texts[] = {
    { 200, "OK" }, { 201, "Created" }, { 204, "No Content" }, { 206, "Partial Content" }, { 303, "See Other" },
    { 304, "Not Modified" }, { 400, "Bad Request" }, { 401, "Unauthorized" },
    { 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" },
    { 408, "Request Timeout" }, { 409, "Conflict" }, { 412, "Precondition Failed" },
    { 411, "Length Required" }, { 413, "Content Too Large" }, { 415, "Unsupported Media Type" },
    { 416, "Range Not Satisfiable" }, { 417, "Expectation Failed" }, { 422, "Unprocessable Content" },
    { 429, "Too Many Requests" }, { 431, "Request Header Fields Too Large" },
    { 500, "Internal Server Error" }, { 501, "Not Implemented" },
    { 503, "Service Unavailable" },
};

const char *status_text(int status)
{
    for (int i = 0; i < LEN(texts); i++)
        if (texts[i].status == status) return texts[i].text;
    return "Unknown";
}

Response response_begin(Arena *a)
{
    return (Response){ .status = 200, .type = "text/plain; charset=utf-8",
        .body = str_begin(a) };
}

void response_header(Cx *cx, Response *r, const char *name, const char *value)
{
    Arena *a = r->body.a;
    for (const char *p = value; *p; p++)
        if ((unsigned char)*p < ' ' && *p != '\t') {
            cx_fail(cx, E_INPUT, "a header value may not hold line breaks");
            return;
        }
    Pair pair = { arena_dup(a, name), arena_dup(a, value) };
    ARENA_PUSH(a, r->header, r->nheader, r->header_cap, pair);
}

void response_redirect(Cx *cx, Response *r, const char *to)
{
    /* Browsers take // and /\ for another host. */
    if (to[0] != '/' || to[1] == '/' || to[1] == '\\') to = "/";
    Str s = str_begin(r->body.a);
    for (const unsigned char *p = (const unsigned char *)to; *p; p++) {
        if (*p > ' ' && *p < 127 && !strchr("\"<>\\^`{|}", *p)) str_add_char(&s, (char)*p);
        else str_printf(&s, "%%%02X", *p);
    }
    r->status = 303;
    response_header(cx, r, "Location", str_show(&s));
}

void response_cookie(Cx *cx, Response *r, const Request *q, const char *session,
    int64_t max_age)
{
    response_header(cx, r, "Set-Cookie", arena_printf(r->body.a,
        "%ssession=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
        q->https ? "__Host-" : "", session, (long long)max_age, q->https ? "; Secure" : ""));
}

void response_remember(Cx *cx, Response *r, const Request *q, const char *name,
    const char *value)
{
    Str s = str_begin(r->body.a);
    url_part(&s, value);
    response_header(cx, r, "Set-Cookie", arena_printf(r->body.a,
        "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000%s", name, str_show(&s),
        q->https ? "; Secure" : ""));
}

Json response_json(Response *r, int status)
{
    r->status = status;
    r->type = "application/json";
    str_clear(&r->body);
    return json_begin(&r->body);
}

void response_etag(Cx *cx, Response *r, int64_t version)
{
    response_header(cx, r, "ETag", arena_printf(r->body.a, "\"%lld\"", (long long)version));
}

/* Once a second and thread: formatting it costs more than a small answer. */
static const char *http_date(void)
{
    static _Thread_local char text[40];
    static _Thread_local time_t at;
    time_t now = time(NULL);
    if (now != at) {
        struct tm tm;
        gmtime_r(&now, &tm);
        strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
        at = now;
    }
    return text;
}

static void add_field(Str *head, const char *name, const char *value)
{
    str_add(head, name);
    str_add(head, ": ");
    str_add(head, value);
    str_add(head, "\r\n");
}

void response_head(const Response *r, Str *head, size_t n)
{
    bool bodiless = r->status == 204 || r->status == 304;
    char digits[INT_SHOWN];
    int_show(digits, r->status);
    str_add(head, "HTTP/1.1 ");
    str_add(head, digits);
    str_add_char(head, ' ');
    str_add(head, status_text(r->status));
    str_add(head, "\r\n");
    add_field(head, "Date", http_date());
    int_show(digits, (int64_t)n);
    if (!bodiless && !r->live.wait) add_field(head, "Content-Length", digits);
    if ((n || r->live.wait) && r->type) add_field(head, "Content-Type", r->type);
    if (r->close) add_field(head, "Connection", "close");
    else str_add(head, "Keep-Alive: timeout=" KEEP_ALIVE_TEXT "\r\n");
    for (int i = 0; i < r->nheader; i++)
        add_field(head, r->header[i].name, r->header[i].value);
    str_add(head, "\r\n");
}

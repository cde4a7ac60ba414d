/*
 * file_body.c — files and contents, read in pieces.
 */
#include "http/file_body.h"
#include "http/handlers.h"
#include "data/thumbnail.h"
#include "base/sys.h"

/* The small picture, or the content itself. */
MUST static bool open_content(Cx *cx, ContentStore *s, Response *r)
{
    if (r->small && !thumbnail_open(cx, s, r->content, &r->reading)) return false;
    if (r->reading) {
        r->type = "image/webp";
        r->file_n = content_left(r->reading);
        return true;
    }
    if (!content_open(cx, s, r->content, NULL, r->file_from, r->file_n, &r->reading)) return false;
    return r->reading || cx_fail(cx, E_SYS, "the content of the file is gone");
}

static void open_file(Response *r)
{
    fseek(r->file, 0, SEEK_END);
    if (!r->file_n) r->file_n = ftell(r->file);
    fseek(r->file, r->file_from, SEEK_SET);
}

void file_body_open(Engine *e, const Request *q, Response *r, Arena *a)
{
    Cx cx = cx_begin(a, NULL);

    if (r->file) open_file(r);
    if (!r->content || open_content(&cx, engine_contents(e), r)) return;
    sys_log(LOG_ERROR, "a file cannot be sent", "request", q->id, "path", q->path, "text", cx.text,
        "detail", cx.detail ? cx.detail : "", NULL);
    *r = response_begin(a);
    response_problem_early(q, r, err_status(cx.err), cx.err, err_code(cx.err), cx.text);
    if (cx.err == E_BUSY) response_header(&cx, r, "Retry-After", "1");
    route_headers(q, r);
}

bool file_body_is(const Response *r)
{
    return r->file || r->reading;
}

size_t file_body_size(const Response *r)
{
    return (size_t)r->file_n;
}

size_t file_body_read(Response *r, void *buf, size_t n, Arena *a)
{
    Cx cx = cx_begin(a, NULL);
    size_t got;

    if (r->file) return fread(buf, 1, n, r->file);
    if (content_read(&cx, r->reading, buf, n, &got)) return got;
    sys_log(LOG_ERROR, "a file was sent in part only", "text", cx.text, "detail",
        cx.detail ? cx.detail : "", NULL);
    return 0;
}

void file_body_close(Response *r)
{
    if (r->file) fclose(r->file);
    content_close(r->reading);
    r->file = NULL;
    r->reading = NULL;
}

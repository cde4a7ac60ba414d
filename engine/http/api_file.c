/*
 * api_file.c — files in and out.
 *
 * What is sent out never runs here: the type is what the bytes say, browsers may not guess
 * another, and all but pictures and PDF is saved instead of shown.
 */
#include "http/handlers.h"
#include "http/multipart.h"
#include "http/upload.h"
#include "data/file.h"
#include "base/media.h"

#include <stdlib.h>
#include <string.h>

bool api_file_post(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "name", NULL };
    const FileInfo *file = NULL;
    const char *name = request_arg(q, "name");

    if (!request_args_only(&w->cx, q, known)) return false;
    if (!q->nupload) return cx_fail(&w->cx, E_SYNTAX, "there is no file in the body");
    Str out = str_begin(w->cx.a);
    Json j = json_begin(&out);
    if (q->posted) {
        json_map(&j);
        json_key(&j, "files");
        json_list(&j);
    }
    for (int i = 0; i < q->nupload; i++) {
        const struct Upload *u = &q->upload[i];
        if (!file_add(w, u->arrival, name && !q->posted ? name : u->name, &file)) return false;
        file_json(w, file->id, &j);
    }
    if (q->posted) {
        json_list_end(&j);
        json_map_end(&j);
    }
    response_json(r, 201);
    str_add(&r->body, str_show(&out));
    if (!q->posted)
        response_header(&w->cx, r, "Location",
            arena_printf(w->cx.a, "/api/v1/files/%lld", (long long)file->id));
    return true;
}

/* One range as bytes=5-, bytes=5-9 or bytes=-5; anything else is the whole file. False: it lies
   behind the end. */
static bool read_range(const char *text, int64_t size, int64_t *from, int64_t *n)
{
    char *end;

    *from = 0;
    *n = size;
    if (!text || !str_starts(text, "bytes=") || strlen(text) > 40 || strchr(text, ','))
        return true;
    text += 6;
    if (text[strspn(text, "0123456789-")]) return true;
    if (*text == '-') {
        int64_t last = strtoll(text + 1, NULL, 10);
        if (last <= 0) return last < 0;
        *n = last < size ? last : size;
        *from = size - *n;
        return true;
    }
    int64_t first = strtoll(text, &end, 10);
    if (*end != '-') return true;
    if (first >= size) return false;
    int64_t last = end[1] ? strtoll(end + 1, NULL, 10) : size - 1;
    if (last < first) return true;
    *from = first;
    *n = (last < size - 1 ? last : size - 1) - first + 1;
    return true;
}

static void set_range(Work *w, const Request *q, Response *r, const char *etag, int64_t size)
{
    const char *range = request_header(q, "Range"), *if_range = request_header(q, "If-Range");
    Arena *a = w->cx.a;

    response_header(&w->cx, r, "Accept-Ranges", "bytes");
    if (!range || (if_range && !str_eq(if_range, etag))) return;
    if (!read_range(range, size, &r->file_from, &r->file_n)) {
        r->content = NULL;
        r->status = 416;
        response_header(&w->cx, r, "Content-Range",
            arena_printf(a, "bytes */%lld", (long long)size));
    } else if (r->file_n != size) {
        r->status = 206;
        response_header(&w->cx, r, "Content-Range", arena_printf(a, "bytes %lld-%lld/%lld",
            (long long)r->file_from, (long long)(r->file_from + r->file_n - 1),
            (long long)size));
    }
}

/* Shown in the browser: pictures, shut in; PDF, whose viewer does not work when shut in. All
   else is saved. */
static void set_manners(Work *w, Response *r, const FileInfo *f, bool download)
{
    bool pdf = str_eq(f->type, "application/pdf");
    bool shown = !download && (pdf || media_picture(f->type));

    r->csp = pdf && shown
        ? "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; "
            "frame-ancestors 'none'"
        : "default-src 'none'; frame-ancestors 'none'; sandbox";
    response_header(&w->cx, r, "Content-Disposition",
        disposition(w->cx.a, shown ? "inline" : "attachment", f->name));
    response_header(&w->cx, r, "Cross-Origin-Resource-Policy", "same-origin");
}

bool api_file(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "thumbnail", "download", NULL };
    Arena *a = r->body.a;
    const FileInfo *f;
    int64_t id;

    if (!request_args_only(&w->cx, q, known)) return false;
    if (!request_id(w, q, 0, &id) || !file_readable(w, id, &f)) return false;
    bool little = str_eq(request_arg(q, "thumbnail"), "1") && media_picture(f->type);
    /* Rights are asked each time; what is known already is not sent again. */
    r->cache = "private, no-cache";
    const char *etag = arena_printf(a, "\"%.32s%s\"", f->hash, little ? "-small" : "");
    const char *have = request_header(q, "If-None-Match");
    response_header(&w->cx, r, "ETag", etag);
    if (have && strstr(have, etag)) {
        r->status = 304;
        return true;
    }
    r->content = arena_dup(a, f->hash);
    r->small = little;
    r->file_n = f->size;
    r->type = arena_dup(a, f->type);
    set_manners(w, r, f, request_arg(q, "download") != NULL);
    if (!little) set_range(w, q, r, etag, f->size);
    return true;
}

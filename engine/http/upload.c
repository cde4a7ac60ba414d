/*
 * upload.c — parts to arrivals and values.
 */
#include "http/upload.h"
#include "http/multipart.h"
#include "data/file.h"

#include <string.h>

struct Receiver {
    Arena *a;
    Request *q;
    ContentStore *store;
    int64_t file_limit, text_limit, texts;
    Multipart *parts;          /* NULL: a raw file */
    Arrival *arrival;              /* of the file that comes */
    Str value; const char *name, *filename;
    bool skip;                 /* a file control without a file */
};

static int64_t limit_of(int64_t limit)
{
    return limit > 0 ? limit : INT64_MAX;
}

int64_t upload_limit(const App *app, bool parts)
{
    if (!parts || app->limits.file <= 0) return limit_of(app->limits.file);
    return app->limits.file * UPLOAD_TIMES + (app->limits.body > 0 ? app->limits.body : 0);
}

static bool add_upload(Cx *cx, Receiver *r, const char *field, const char *name)
{
    Request *q = r->q;

    if (q->nupload >= UPLOAD_FILES) return cx_fail(cx, E_SIZE, "too many files at once");
    if (!arrival_begin(cx, r->store, &r->arrival)) return false;
    q->upload = arena_grow(r->a, q->upload, (size_t)q->nupload, (size_t)q->nupload + 1,
        sizeof *q->upload);
    q->upload[q->nupload++] = (struct Upload){ field, name, r->arrival };
    return true;
}

static bool too_large(Cx *cx, const Receiver *r)
{
    return cx_fail(cx, E_SIZE, "the file is larger than %lld MB",
        (long long)(r->file_limit >> 20));
}

static bool add_bytes(Cx *cx, Receiver *r, const char *data, size_t n)
{
    if (arrival_size(r->arrival) + (int64_t)n > r->file_limit) return too_large(cx, r);
    return arrival_add(cx, r->arrival, data, n);
}

/* A file control that was left empty sends an empty name. */
static bool part_begin(Cx *cx, void *ctx, const char *name, const char *filename)
{
    Receiver *r = ctx;

    r->name = name;
    r->filename = filename;
    r->skip = filename && !*filename;
    str_clear(&r->value);
    return !filename || r->skip || add_upload(cx, r, name, filename);
}

static bool part_data(Cx *cx, void *ctx, const char *data, size_t n)
{
    Receiver *r = ctx;

    if (r->skip) return true;
    if (r->filename) return add_bytes(cx, r, data, n);
    r->texts += (int64_t)n;
    if (r->texts > r->text_limit)
        return cx_fail(cx, E_SIZE, "the body is larger than this system takes");
    str_add_n(&r->value, data, n);
    return true;
}

static bool part_end(Cx *cx, void *ctx)
{
    Receiver *r = ctx;
    Arrival *d = r->arrival;

    r->arrival = NULL;
    if (r->filename) return r->skip || arrival_end(cx, d);
    const char *text = str_show(&r->value);
    if (memchr(text, 0, r->value.n) || !utf8_valid(text, r->value.n))
        return cx_fail(cx, E_SYNTAX, "broken percent escape or UTF-8");
    return request_add_value(cx, r->q, r->name, arena_dup(r->a, text));
}

Receiver *upload_begin(Arena *a, Request *q, ContentStore *store, const App *app)
{
    Receiver *r = ARENA_NEW(a, Receiver);
    MultipartTo to = { part_begin, part_data, part_end, r };
    const char *boundary = multipart_boundary(a, request_header(q, "Content-Type"));

    *r = (Receiver){ .a = a, .q = q, .store = store, .value = str_begin(a),
        .file_limit = limit_of(app->limits.file), .text_limit = limit_of(app->limits.body) };
    if (!boundary) return r;
    r->parts = multipart_begin(a, boundary, &to);
    q->form = node_map(a);
    q->posted = true;
    return r;
}

/* Content-Disposition: attachment; filename="a.pdf", for who cannot send ?name=. */
static const char *raw_name(Arena *a, const Request *q)
{
    const char *header = request_header(q, "Content-Disposition");
    return header ? header_param(a, header, "filename") : NULL;
}

bool upload_add(Cx *cx, Receiver *r, const char *data, size_t n)
{
    if (r->parts) return multipart_add(cx, r->parts, data, n);
    if (!r->arrival && !add_upload(cx, r, NULL, raw_name(r->a, r->q))) return false;
    return add_bytes(cx, r, data, n);
}

/* Into the store now, while no Work waits for it. What is refused later is swept away. */
bool upload_end(Cx *cx, Receiver *r)
{
    if (r->parts ? !multipart_end(cx, r->parts) : r->arrival && !arrival_end(cx, r->arrival))
        return false;
    for (int i = 0; i < r->q->nupload; i++) {
        Arrival *d = r->q->upload[i].arrival;
        if (arrival_size(d) && !arrival_keep(cx, d)) return false;
    }
    return true;
}

void upload_drop(Request *q)
{
    for (int i = 0; i < q->nupload; i++) arrival_drop(q->upload[i].arrival);
    q->nupload = 0;
}

bool upload_keep(Work *w, Request *q)
{
    const FileInfo *file;

    for (int i = 0; i < q->nupload; i++) {
        struct Upload *u = &q->upload[i];
        if (!arrival_size(u->arrival)) continue;
        if (!u->file && !file_add(w, u->arrival, u->name, &file)) return false;
        if (!u->file) u->file = file->id;
        if (!request_add_value(&w->cx, q, u->field,
                arena_printf(w->cx.a, "%lld", (long long)u->file))) return false;
    }
    return true;
}

/*
 * assets.c — styles and scripts under URLs that hold the hash of their contents.
 *
 * A URL with the right hash never changes, nor does a chunk, which has its hash in its name; a
 * script asks for its chunks relative to its own URL. Anything else is asked for again.
 */
#include "http/handlers.h"
#include "base/asset.h"

#include <string.h>

static const struct { const char *ending, *type; } types[] = {
    { ".css", "text/css; charset=utf-8" }, { ".js", "text/javascript; charset=utf-8" },
    { ".svg", "image/svg+xml" }, { ".png", "image/png" }, { ".ico", "image/x-icon" },
    { ".json", "application/json" }, { ".woff2", "font/woff2" }, { ".webp", "image/webp" },
};

static const char *type_of(const char *path)
{
    for (int i = 0; i < LEN(types); i++)
        if (str_ends(path, types[i].ending)) return types[i].type;
    return NULL;
}

/* Templates and catalogues are embedded too, and are nobody's business. */
static const Asset *find(Arena *a, const Request *q)
{
    static const char *const served[] = { "css", "js", "img" };
    Str path = str_begin(a);
    for (int i = 2; i < q->npart; i++) {
        if (i > 2) str_add_char(&path, '/');
        str_add(&path, q->part[i]);
    }
    if (q->npart < 4 || !str_in(q->part[2], served, LEN(served))) return NULL;
    return type_of(str_show(&path)) ? asset_find(str_show(&path)) : NULL;
}

bool assets_serve(Work *w, const Request *q, Response *r)
{
    Arena *a = r->body.a;
    Cx cx = cx_begin(a, NULL);
    const Asset *asset = find(a, q);
    (void)w;
    if (!asset) {
        response_problem_bare(r, 404, "not_found", "there is no such file", q->id);
        return true;
    }
    const char *accept = request_header(q, "Accept-Encoding");
    const char *known = request_header(q, "If-None-Match");
    bool gz = asset->gz && accept && strstr(accept, "gzip");
    char *etag = arena_printf(a, gz ? "\"%s-gz\"" : "\"%s\"", asset->hash);
    bool same = str_eq(q->part[1], asset->hash) || strstr(asset->path, "/chunk-");
    r->cache = same ? "public, max-age=31536000, immutable" : "no-cache";
    r->type = type_of(asset->path);
    response_header(&cx, r, "ETag", etag);
    response_header(&cx, r, "Vary", "Accept-Encoding");
    if (known && strstr(known, etag)) {
        r->status = 304;
        return true;
    }
    if (gz) response_header(&cx, r, "Content-Encoding", "gzip");
    r->fixed = gz ? asset->gz : asset->data;
    r->nfixed = gz ? asset->gz_n : asset->n;
    return true;
}

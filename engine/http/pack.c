/*
 * pack.c — answers gzipped with zlib.
 */
#include "http/pack.h"

#include <string.h>
#include <zlib.h>

enum { LEAST = 1400 };        /* what fits into one packet gains nothing */
enum { GZIP = 15 + 16 };      /* zlib's largest window, with gzip's head */

void response_pack(const Request *q, Response *r)
{
    const char *accept = request_header(q, "Accept-Encoding");
    Cx cx = cx_begin(r->body.a, NULL);
    z_stream z = { 0 };

    if (r->file || r->fixed || r->content || r->live.wait || r->body.n < LEAST) return;
    response_header(&cx, r, "Vary", "Accept-Encoding");
    if (!accept || !strstr(accept, "gzip")) return;
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK) return;
    uLong room = deflateBound(&z, (uLong)r->body.n);
    unsigned char *out = arena_alloc(r->body.a, room);
    z.next_in = (unsigned char *)str_show(&r->body);
    z.avail_in = (uInt)r->body.n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    bool done = deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t n = z.total_out;
    deflateEnd(&z);
    if (!done) return;
    r->fixed = out;
    r->nfixed = n;
    response_header(&cx, r, "Content-Encoding", "gzip");
}

/*
 * sheet_zip.c — the files within a .zip, by its list at the end, unpacked as they are read.
 *
 * Nothing that the list says is believed: each place is looked at before it is read, and what
 * unpacks to more than is sensible ends.
 */
#include "data/sheet_in.h"

#include <string.h>
#include <zlib.h>

enum { END_SIZE = 22, ENTRY_SIZE = 46, LOCAL_SIZE = 30, PIECE = 1 << 16, STORED = 0,
    DEFLATED = 8, MOST_ENTRIES = 10000 };

typedef struct ZipEntry {
    const char *name; size_t nname;
    int method; bool locked;
    size_t at, packed;        /* its bytes */
} ZipEntry;
struct Zip { const unsigned char *p; size_t n; ZipEntry *entry; int nentry, cap; };

static unsigned u16(const unsigned char *p) { return p[0] | (unsigned)p[1] << 8; }
static uint32_t u32(const unsigned char *p) { return u16(p) | (uint32_t)u16(p + 2) << 16; }

static bool broken(Cx *cx)
{
    return cx_fail(cx, E_INPUT, "the file is damaged; open and save it anew");
}

/* Where the data begin is said beside them. */
static bool place_of(const Zip *z, size_t local, ZipEntry *e)
{
    if (local > z->n || z->n - local < LOCAL_SIZE || memcmp(z->p + local, "PK\3\4", 4))
        return false;
    e->at = local + LOCAL_SIZE + u16(z->p + local + 26) + u16(z->p + local + 28);
    return e->at <= z->n && e->packed <= z->n - e->at;
}

bool zip_open(Cx *cx, const char *bytes, size_t n, Zip **out)
{
    Zip *z = *out = ARENA_NEW(cx->a, Zip);
    size_t end = n < END_SIZE ? 0 : n - END_SIZE, least = end > 65536 ? end - 65536 : 0;

    *z = (Zip){ .p = (const unsigned char *)bytes, .n = n };
    while (end > least && memcmp(bytes + end, "PK\5\6", 4)) end--;
    if (n < END_SIZE || memcmp(bytes + end, "PK\5\6", 4)) return broken(cx);
    size_t at = u32(z->p + end + 16);
    int count = (int)u16(z->p + end + 10);
    for (int i = 0; i < count && i < MOST_ENTRIES; i++) {
        if (at > n || n - at < ENTRY_SIZE || memcmp(bytes + at, "PK\1\2", 4)) return broken(cx);
        const unsigned char *p = z->p + at;
        ZipEntry e = { .name = bytes + at + ENTRY_SIZE, .nname = u16(p + 28),
            .method = (int)u16(p + 10), .locked = u16(p + 8) & 1, .packed = u32(p + 20) };
        if (e.nname > n - at - ENTRY_SIZE) return broken(cx);
        if (!place_of(z, u32(p + 42), &e)) return broken(cx);
        ARENA_PUSH(cx->a, z->entry, z->nentry, z->cap, e);
        at += ENTRY_SIZE + e.nname + u16(p + 30) + u16(p + 32);
    }
    return true;
}

static const ZipEntry *find(const Zip *z, const char *name)
{
    size_t n = strlen(name);

    for (int i = 0; i < z->nentry; i++)
        if (z->entry[i].nname == n && !strncasecmp(z->entry[i].name, name, n)) return &z->entry[i];
    return NULL;
}

bool zip_has(const Zip *z, const char *name)
{
    return find(z, name) != NULL;
}

static bool inflate_all(Cx *cx, const Zip *z, const ZipEntry *e, ZipFn fn, void *arg)
{
    unsigned char *out = mem_alloc(PIECE);
    z_stream s = { .next_in = (Bytef *)(z->p + e->at), .avail_in = (uInt)e->packed };
    size_t total = 0;
    bool more = true;
    int got = inflateInit2(&s, -MAX_WBITS);

    BUG_IF(got != Z_OK);
    while (more && got == Z_OK) {
        s.next_out = out;
        s.avail_out = PIECE;
        got = inflate(&s, Z_NO_FLUSH);
        size_t n = PIECE - s.avail_out;
        total += n;
        if (got != Z_OK && got != Z_STREAM_END) break;
        if (total > SHEET_UNPACKED) {
            cx_fail(cx, E_SIZE, "the file unpacks to more than %d MB", SHEET_UNPACKED >> 20);
            break;
        }
        if (n) more = fn(arg, (const char *)out, n);
        if (got == Z_OK && !n && !s.avail_in) got = Z_DATA_ERROR;
    }
    inflateEnd(&s);
    mem_free(out);
    if (cx->err) return false;
    return !more || got == Z_STREAM_END || broken(cx);
}

bool zip_read(Cx *cx, const Zip *z, const char *name, ZipFn fn, void *arg)
{
    const ZipEntry *e = find(z, name);

    if (!e) return broken(cx);
    if (e->locked)
        return cx_fail(cx, E_INPUT, "the file is protected by a password; save it without one");
    if (e->method == DEFLATED) return inflate_all(cx, z, e, fn, arg);
    if (e->method != STORED) return broken(cx);
    fn(arg, (const char *)z->p + e->at, e->packed);
    return !cx->err;
}

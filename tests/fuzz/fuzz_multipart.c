/* links: http web */
/*
 * fuzz_multipart — any bytes to the parts of a form, in pieces of any size: it ends; parts begin
 * and end in turn; the same bytes in other pieces give the same parts; names never break a header.
 * The first byte says how large the pieces are.
 */
#include "http/multipart.h"
#include "base/str.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

typedef struct Seen { Str text; bool open; } Seen;

static bool begin(Cx *cx, void *ctx, const char *name, const char *filename)
{
    Seen *s = ctx;
    BUG_IF(s->open || !name);
    s->open = true;
    str_printf(&s->text, "[%s|%s]", name, filename ? filename : "-");
    const char *header = disposition(cx->a, "attachment", filename ? filename : name);
    for (const char *p = header; *p; p++)
        BUG_IF((unsigned char)*p < ' ' || (unsigned char)*p > 126);
    return true;
}

static bool part(Cx *cx, void *ctx, const char *data, size_t n)
{
    Seen *s = ctx;
    (void)cx;
    BUG_IF(!s->open);
    str_add_n(&s->text, data, n);
    return true;
}

static bool end(Cx *cx, void *ctx)
{
    Seen *s = ctx;
    (void)cx;
    BUG_IF(!s->open);
    s->open = false;
    str_add(&s->text, "]");
    return true;
}

static bool run(Arena *a, const char *data, size_t n, size_t piece, Seen *seen)
{
    Cx cx = cx_begin(a, NULL);
    MultipartTo to = { begin, part, end, seen };
    Multipart *m = multipart_begin(a, "b", &to);

    *seen = (Seen){ .text = str_begin(a) };
    for (size_t i = 0; i < n; i += piece) {
        size_t k = n - i < piece ? n - i : piece;
        char *copy = mem_alloc(k);              /* exactly as large, for AddressSanitizer */
        memcpy(copy, data + i, k);
        bool ok = multipart_add(&cx, m, copy, k);
        mem_free(copy);
        if (!ok) return false;
    }
    return multipart_end(&cx, m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Arena *a = arena_new();
    Seen one, other;
    size_t piece = n ? data[0] % 67u + 1 : 1;
    const char *body = (const char *)data + (n ? 1 : 0);

    if (n) n--;
    bool whole = run(a, body, n, n ? n : 1, &one), pieces = run(a, body, n, piece, &other);
    BUG_IF(whole != pieces);
    BUG_IF(whole && (one.open || one.text.n != other.text.n
        || memcmp(str_show(&one.text), str_show(&other.text), one.text.n)));
    char *header = arena_dup_n(a, body, n);
    header_param(a, header, "filename");
    multipart_boundary(a, header);
    arena_free(a);
    return 0;
}

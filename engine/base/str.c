/*
 * str.c — growing text, comparing, splitting; UTF-8 by hand, Unicode by utf8proc.
 *
 * Internal texts are valid UTF-8; utf8_next stays inside the text even if one is not (a
 * broken byte counts as one character, U+FFFD).
 */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

Str str_begin(Arena *a)
{
    return (Str){ .a = a };
}

char *str_room(Str *s, size_t n)
{
    if (s->n + n + 1 > s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        while (cap < s->n + n + 1) cap *= 2;
        s->p = arena_grow(s->a, s->p, s->cap, cap, 1);
        s->cap = cap;
    }
    return s->p + s->n;
}

void str_add_n(Str *s, const char *text, size_t n)
{
    if (!n) return;
    memcpy(str_room(s, n), text, n);
    s->n += n;
    s->p[s->n] = 0;
}

void str_add(Str *s, const char *text)
{
    if (text) str_add_n(s, text, strlen(text));
}

void str_add_char(Str *s, char c)
{
    if (s->n + 1 >= s->cap) str_room(s, 1);
    s->p[s->n++] = c;
    s->p[s->n] = 0;
}

void str_add_rune(Str *s, uint32_t rune)
{
    utf8proc_uint8_t bytes[4];
    if (!utf8proc_codepoint_valid((utf8proc_int32_t)rune)) rune = 0xFFFD;
    utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)rune, bytes);
    str_add_n(s, (const char *)bytes, (size_t)n);
}

void str_printf(Str *s, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    size_t room = s->p ? s->cap - s->n : 0;   /* most often it fits: formatted once */
    int n = vsnprintf(room ? s->p + s->n : NULL, room, fmt, args);
    BUG_IF(n < 0);
    if ((size_t)n >= room) vsnprintf(str_room(s, (size_t)n), (size_t)n + 1, fmt, again);
    s->n += (size_t)n;
    va_end(again);
    va_end(args);
}

void str_clear(Str *s)
{
    s->n = 0;
    if (s->p) s->p[0] = 0;
}

const char *str_show(Str *s)
{
    return s->p ? s->p : "";
}

bool str_eq(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_starts(const char *text, const char *start)
{
    return text && strncmp(text, start, strlen(start)) == 0;
}

bool str_ends(const char *text, const char *end)
{
    if (!text) return false;
    size_t n = strlen(text), m = strlen(end);
    return n >= m && memcmp(text + n - m, end, m) == 0;
}

bool str_in(const char *word, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (str_eq(word, list[i])) return true;
    return false;
}

static bool is_space(uint32_t r)
{
    if (r <= 0x20 || r == 0x7F) return true;
    if (r < 0x80) return false;
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)r);
    return c == UTF8PROC_CATEGORY_ZS || c == UTF8PROC_CATEGORY_ZL || c == UTF8PROC_CATEGORY_ZP
        || r == 0x85 || r == 0xFEFF;
}

char *str_trim(Arena *a, const char *text)
{
    const char *from = NULL, *to = text, *p = text;
    for (const char *at = p; *p; at = p) {
        if (is_space(utf8_next(&p))) continue;
        if (!from) from = at;
        to = p;
    }
    return from ? arena_dup_n(a, from, (size_t)(to - from)) : arena_dup_n(a, "", 0);
}

int str_split(Arena *a, const char *text, char sep, char ***out)
{
    char **piece = NULL;
    int n = 0, cap = 0;
    for (const char *p = text;; ) {
        const char *end = strchr(p, sep);
        size_t len = end && sep ? (size_t)(end - p) : strlen(p);
        ARENA_PUSH(a, piece, n, cap, arena_dup_n(a, p, len));
        if (!end || !sep) break;
        p = end + 1;
    }
    *out = piece;
    return n;
}

#define WORD_MAX 64

/* Edit distance with swaps of neighbours (optimal string alignment), by bytes. */
static int distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    int row[3][WORD_MAX + 1];
    if (n > WORD_MAX || m > WORD_MAX) return WORD_MAX;
    for (size_t j = 0; j <= m; j++) row[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *now = row[i % 3], *up = row[(i - 1) % 3], *up2 = row[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int best = up[j - 1] + (a[i - 1] != b[j - 1]);
            if (up[j] + 1 < best) best = up[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
                && up2[j - 2] + 1 < best)
                best = up2[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[n % 3][m];
}

const char *str_nearest(const char *word, const char *const *list, int n)
{
    const char *best = NULL;
    int limit = word ? (int)strlen(word) / 3 : 0;
    int best_at = (limit < 1 ? 1 : limit > 3 ? 3 : limit) + 1;
    for (int i = 0; word && i < n; i++) {
        int d = list[i] ? distance(word, list[i]) : WORD_MAX;
        if (d < best_at && d < (int)strlen(list[i])) { best = list[i]; best_at = d; }
    }
    return best;
}

uint64_t str_hash(const char *text)
{
    uint64_t h = 14695981039346656037u;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        h = (h ^ *p) * 1099511628211u;
    return h;
}

/* Bytes of the character at p (n left), its rune in *rune; 0 if it is not UTF-8. */
static int rune_at(const unsigned char *p, size_t n, uint32_t *rune)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (p[0] < 0x80) { *rune = p[0]; return 1; }
    int len = p[0] >= 0xF0 && p[0] < 0xF5 ? 4 : p[0] >= 0xE0 && p[0] < 0xF0 ? 3
            : p[0] >= 0xC2 && p[0] < 0xE0 ? 2 : 0;
    if (!len || (size_t)len > n) return 0;
    uint32_t r = p[0] & (0x7Fu >> len);
    for (int i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        r = r << 6 | (p[i] & 0x3Fu);
    }
    if (r < least[len] || r > 0x10FFFF || (r >= 0xD800 && r <= 0xDFFF)) return 0;
    *rune = r;
    return len;
}

bool utf8_valid(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    uint32_t r;
    for (size_t i = 0; i < n; ) {
        int len = rune_at(p + i, n - i, &r);
        if (!len || !r) return false;
        i += (size_t)len;
    }
    return true;
}

uint32_t utf8_next(const char **p)
{
    const unsigned char *q = (const unsigned char *)*p;
    uint32_t r;
    if (!*q) return 0;
    int len = rune_at(q, strnlen(*p, 4), &r);
    if (!len) { len = 1; r = 0xFFFD; }
    *p += len;
    return r;
}

int utf8_count(const char *text)
{
    int n = 0;
    while (utf8_next(&text)) n++;
    return n;
}

char *utf8_sub(Arena *a, const char *text, int from, int count)
{
    if (from < 0) { count += from; from = 0; }
    while (from > 0 && utf8_next(&text)) from--;
    const char *end = text;
    while (count > 0 && utf8_next(&end)) count--;
    return arena_dup_n(a, text, (size_t)(end - text));
}

static char *each_rune(Arena *a, const char *text, utf8proc_int32_t (*map)(utf8proc_int32_t))
{
    Str s = str_begin(a);
    uint32_t r;
    while ((r = utf8_next(&text))) str_add_rune(&s, (uint32_t)map((utf8proc_int32_t)r));
    return s.p ? s.p : arena_dup_n(a, "", 0);
}

char *utf8_upper(Arena *a, const char *text)
{
    return each_rune(a, text, utf8proc_toupper);
}

char *utf8_lower(Arena *a, const char *text)
{
    return each_rune(a, text, utf8proc_tolower);
}

/* White space runs of an already folded text become one blank, none at the ends. */
static char *collapse(Arena *a, const char *text)
{
    Str s = str_begin(a);
    bool gap = false;
    uint32_t r;
    while ((r = utf8_next(&text))) {
        if (is_space(r)) { gap = s.n > 0; continue; }
        if (gap) str_add_char(&s, ' ');
        gap = false;
        str_add_rune(&s, r);
    }
    return s.p ? s.p : arena_dup_n(a, "", 0);
}

char *str_fold(Arena *a, const char *text)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_option_t how = UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT
        | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    if (!text) return arena_dup_n(a, "", 0);
    if (utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded, how) < 0)
        return collapse(a, utf8_lower(a, text));
    char *out = collapse(a, (const char *)folded);
    free(folded);
    return out;
}

/* What stands in JSON as it is. */
static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>';
}

#define EACH(byte) (0x0101010101010101u * (byte))

/* The high bit of each byte of w that equals `byte`; bytes above 0x7F may show too. */
static uint64_t equal(uint64_t w, unsigned char byte)
{
    uint64_t x = w ^ EACH(byte);
    return (x - EACH(1)) & ~x & EACH(0x80);
}

/* Most texts have nothing to escape: eight bytes at a time. */
size_t str_json_plain(const char *text, size_t n)
{
    size_t i = 0;
    for (uint64_t w; n - i >= sizeof w; i += sizeof w) {
        memcpy(&w, text + i, sizeof w);
        uint64_t low = (w - EACH(0x20)) & ~w;
        if (((w | low) & EACH(0x80)) | equal(w, '"') | equal(w, '\\') | equal(w, '<')
            | equal(w, '>')) break;
    }
    while (i < n && is_plain((unsigned char)text[i])) i++;
    return i;
}

void str_add_json(Str *s, const char *text)
{
    size_t n = strlen(text), plain = str_json_plain(text, n);
    const char *from = text + plain;
    char *out = str_room(s, plain + 2);
    *out = '"';
    memcpy(out + 1, text, plain);
    s->n += plain + 1;
    for (const char *p = from; *p; ) {
        const char *at = p;
        if (is_plain((unsigned char)*p)) { p++; continue; }
        uint32_t r = utf8_next(&p);
        /* U+2028 and U+2029 end a line in old JavaScript. */
        if (r >= 0x80 && r != 0xFFFD && r != 0x2028 && r != 0x2029) continue;
        str_add_n(s, from, (size_t)(at - from));
        from = p;
        if (r == '"') str_add(s, "\\\"");
        else if (r == '\\') str_add(s, "\\\\");
        else if (r == '\n') str_add(s, "\\n");
        else if (r == 0xFFFD) str_add_rune(s, r);
        else str_printf(s, "\\u%04x", r);
    }
    if (*from) str_add(s, from);
    str_add_char(s, '"');
}

/*
 * A word is a run of letters and digits. Scripts that write no blanks between words give every
 * two neighbours as a token, so that any part of two characters or more can be found.
 */
#include "db/words.h"
#include <string.h>
#include <utf8proc.h>

typedef struct Words { Str out; uint64_t *seen; size_t nseen, cap; } Words;

static bool is_part(uint32_t r)
{
    switch (utf8proc_category((utf8proc_int32_t)r)) {
    case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC: case UTF8PROC_CATEGORY_ND: case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

/* Thai, Lao, Khmer, kana, Hangul, Han. */
static bool is_dense(uint32_t r)
{
    return (r >= 0x0e00 && r <= 0x0eff) || (r >= 0x1780 && r <= 0x17ff)
        || (r >= 0x3040 && r <= 0x30ff) || (r >= 0x3400 && r <= 0x9fff)
        || (r >= 0xac00 && r <= 0xd7af) || (r >= 0xf900 && r <= 0xfaff)
        || (r >= 0x20000 && r <= 0x3ffff);
}

/* Open addressing over hashes; at most half full. */
static bool first_time(Words *w, uint64_t hash)
{
    size_t i;

    hash += !hash;
    if (2 * w->nseen >= w->cap) {
        uint64_t *old = w->seen;
        size_t ncap = w->cap ? w->cap * 2 : 64, was = w->cap;
        w->seen = ARENA_ARRAY(w->out.a, uint64_t, ncap);
        w->cap = ncap;
        w->nseen = 0;
        for (size_t k = 0; k < was; k++)
            if (old[k])
                first_time(w, old[k]);
    }
    for (i = hash & (w->cap - 1); w->seen[i]; i = (i + 1) & (w->cap - 1))
        if (w->seen[i] == hash)
            return false;
    w->seen[i] = hash;
    w->nseen++;
    return true;
}

static void add_token(Words *w, const char *from, const char *to)
{
    char *token = arena_dup_n(w->out.a, from, (size_t)(to - from));

    if (!first_time(w, str_hash(token)))
        return;
    if (w->out.n)
        str_add_char(&w->out, ' ');
    str_add(&w->out, token);
}

/* A run of dense characters from `from`: pairs, or the one character that stands alone. */
static const char *add_pairs(Words *w, const char *from)
{
    const char *first = from, *second = from, *after;

    utf8_next(&second);
    for (after = second; *after; first = second, second = after) {
        const char *p = after;
        if (!is_dense(utf8_next(&p)))
            break;
        after = p;
        add_token(w, first, after);
    }
    if (first == from && second == after)
        add_token(w, from, second);
    return second;
}

static const char *add_word(Words *w, const char *from)
{
    const char *end = from;

    for (const char *p = from; *p; end = p) {
        uint32_t r = utf8_next(&p);
        if (!is_part(r) || is_dense(r))
            break;
    }
    add_token(w, from, end);
    return end;
}

char *words_of(Arena *a, const char *text)
{
    Words w = { .out = str_begin(a) };
    const char *p = str_fold(a, text);

    while (*p) {
        const char *next = p;
        uint32_t r = utf8_next(&next);
        if (is_dense(r) && is_part(r))
            p = add_pairs(&w, p);
        else
            p = is_part(r) ? add_word(&w, p) : next;
    }
    return arena_dup(a, str_show(&w.out));
}

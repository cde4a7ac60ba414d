/*
 * str — text that grows in an arena, and what UTF-8 needs.
 *
 * A Str is sticky-free: it cannot fail. All texts are UTF-8 and NUL-terminated; a text that
 * enters from outside is checked with utf8_valid first.
 */
#ifndef BASE_STR_H
#define BASE_STR_H
#include "base/mem.h"

typedef struct Str { Arena *a; char *p; size_t n, cap; } Str;

Str str_begin(Arena *a);
void str_add(Str *s, const char *text);                  /* NULL adds nothing */
void str_add_n(Str *s, const char *text, size_t n);
void str_add_char(Str *s, char c);
void str_add_rune(Str *s, uint32_t rune);                /* as UTF-8 */
void str_printf(Str *s, const char *fmt, ...) PRINTF(2, 3);
/* As a JSON string with its quotes. Broken UTF-8 becomes U+FFFD, so it is always JSON; < and
   > are escaped, so it may stand inside a page's data block. */
void str_add_json(Str *s, const char *text);
/* How many of the n bytes stand in JSON as they are, before the first that does not. */
size_t str_json_plain(const char *text, size_t n);
/* Room for n more bytes and a NUL; who writes there moves s->n and ends the text. */
char *str_room(Str *s, size_t n);
void str_clear(Str *s);
const char *str_show(Str *s);                            /* "" when nothing was added */

bool str_eq(const char *a, const char *b);               /* NULL equals NULL only */
bool str_starts(const char *text, const char *start);
bool str_ends(const char *text, const char *end);
bool str_in(const char *word, const char *const *list, int n);
char *str_trim(Arena *a, const char *text);          /* white space of Unicode at both ends */
/* Pieces of text between separators; returns the count. Empty pieces stay. */
int str_split(Arena *a, const char *text, char sep, char ***out);
/* The word of the list that was probably meant (edit distance), or NULL. */
const char *str_nearest(const char *word, const char *const *list, int n);
uint64_t str_hash(const char *text);                     /* FNV-1a, 64 bits */

bool utf8_valid(const char *text, size_t n);             /* no NUL inside, no surrogates */
int utf8_count(const char *text);                        /* characters */
uint32_t utf8_next(const char **p);                  /* rune at *p, moves on; 0 at the end */
char *utf8_sub(Arena *a, const char *text, int from, int count);  /* by characters, from 0 */
char *utf8_upper(Arena *a, const char *text);
char *utf8_lower(Arena *a, const char *text);
/* The key that search, sorting and uniqueness compare: NFKC, case-folded, white space
   collapsed and trimmed (full-width forms become half-width). By utf8proc. */
char *str_fold(Arena *a, const char *text);
#endif

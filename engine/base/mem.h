/*
 * mem — arenas, and allocation that never returns NULL.
 *
 * An arena hands out zeroed memory and gives all of it back at once. What a function returns
 * by pointer lives in the arena of the Cx it was given, unless its name pairs open/close,
 * new/free or take/give. Out of memory ends the process here and nowhere else; limits are
 * checked where data enters. With -DARENA_EACH each allocation is its own malloc, so that
 * AddressSanitizer sees overruns.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define LEN(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A broken promise of our own code. Stays on in release: says where, and aborts. */
#define BUG_IF(cond) ((cond) ? mem_bug(__FILE__, __LINE__, #cond) : (void)0)
_Noreturn void mem_bug(const char *file, int line, const char *what);

typedef struct Arena Arena;
typedef struct ArenaMark { void *block; size_t used; } ArenaMark;

Arena *arena_new(void);
void arena_free(Arena *a);
void arena_reset(Arena *a);                  /* forget all; keeps a first block for reuse */
ArenaMark arena_mark(Arena *a);
void arena_rewind(Arena *a, ArenaMark to);   /* forget what was allocated after the mark */
size_t arena_size(const Arena *a);           /* bytes held */

void *arena_alloc(Arena *a, size_t n);       /* zeroed, 16-byte aligned */
/* Room for n items of `size`, holding the first `old` ones of p. */
void *arena_grow(Arena *a, void *p, size_t old, size_t n, size_t size);
char *arena_dup(Arena *a, const char *text);             /* NULL stays NULL */
char *arena_dup_n(Arena *a, const char *text, size_t n); /* ends with a NUL of its own */
char *arena_printf(Arena *a, const char *fmt, ...) PRINTF(2, 3);
char *arena_vprintf(Arena *a, const char *fmt, va_list args) PRINTF(2, 0);
#define ARENA_NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n)))
/* Append to an arena array `p` of count `n` and capacity `cap`; p, n, cap are lvalues. */
#define ARENA_PUSH(a, p, n, cap, item) do { \
    if ((n) == (cap)) { \
        int cap_ = (cap) ? (cap) * 2 : 8; \
        (p) = arena_grow((a), (p), (size_t)(n), (size_t)cap_, sizeof *(p)); \
        (cap) = cap_; \
    } \
    (p)[(n)++] = (item); } while (0)

/* For what lives as long as the process: like malloc and free, never NULL, zeroed. */
void *mem_alloc(size_t n);
void *mem_resize(void *p, size_t n);
char *mem_dup(const char *text);
void mem_free(void *p);
#endif

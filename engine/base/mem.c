/*
 * mem.c — an arena is a list of blocks, newest first; the newest has the room.
 *
 * A block is never moved, so pointers stay good until reset or rewind. Memory given back is
 * zeroed when it is handed out again, not before. Under AddressSanitizer the unused part of
 * a block is poisoned. With ARENA_EACH a block holds exactly one allocation.
 */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define FIRST_BLOCK ((size_t)8 * 1024)
#define LARGEST_STEP ((size_t)1024 * 1024)

typedef struct Block Block;
struct Block {
    Block *older;
    size_t size, used;
    _Alignas(16) char data[];
};

struct Arena { Block *newest; size_t held; };

_Noreturn void mem_bug(const char *file, int line, const char *what)
{
    fprintf(stderr, "bug at %s:%d: %s\n", file, line, what);
    abort();
}

static _Noreturn void out_of_memory(size_t n)
{
    fprintf(stderr, "out of memory: %zu bytes\n", n);
    exit(70);
}

void *mem_alloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);
    if (!p) out_of_memory(n);
    return p;
}

void *mem_resize(void *p, size_t n)
{
    void *q = realloc(p, n ? n : 1);
    if (!q) out_of_memory(n);
    return q;
}

char *mem_dup(const char *text)
{
    if (!text) return NULL;
    size_t n = strlen(text) + 1;
    return memcpy(mem_alloc(n), text, n);
}

void mem_free(void *p)
{
    free(p);
}

static Block *block_add(Arena *a, size_t size)
{
    Block *b = malloc(sizeof *b + size);
    if (!b) out_of_memory(size);
    b->older = a->newest;
    b->size = size;
    b->used = 0;
    POISON(b->data, size);
    a->newest = b;
    a->held += size;
    return b;
}

static void block_drop(Arena *a)
{
    Block *b = a->newest;
    a->newest = b->older;
    a->held -= b->size;
    UNPOISON(b->data, b->size);
    free(b);
}

Arena *arena_new(void)
{
    return mem_alloc(sizeof(Arena));
}

void arena_free(Arena *a)
{
    if (!a) return;
    while (a->newest) block_drop(a);
    free(a);
}

void arena_reset(Arena *a)
{
#ifdef ARENA_EACH
    while (a->newest) block_drop(a);
#else
    while (a->newest && a->newest->older) block_drop(a);
    if (!a->newest) return;
    a->newest->used = 0;
    POISON(a->newest->data, a->newest->size);
#endif
}

ArenaMark arena_mark(Arena *a)
{
    return (ArenaMark){ a->newest, a->newest ? a->newest->used : 0 };
}

void arena_rewind(Arena *a, ArenaMark to)
{
    while (a->newest && a->newest != to.block) block_drop(a);
    BUG_IF(a->newest != to.block);
    if (!a->newest) return;
    BUG_IF(to.used > a->newest->used);
    a->newest->used = to.used;
    POISON(a->newest->data + to.used, a->newest->size - to.used);
}

size_t arena_size(const Arena *a)
{
    return a->held;
}

static size_t aligned(size_t n)
{
    BUG_IF(n > SIZE_MAX / 4);
    return (n + 15) & ~(size_t)15;
}

#ifdef ARENA_EACH
static Block *block_with_room(Arena *a, size_t room, size_t n)
{
    (void)room;
    return block_add(a, n ? n : 1);
}
#else
/* Blocks double up to 1 MB; what is larger gets a block of its own size. */
static Block *block_with_room(Arena *a, size_t room, size_t n)
{
    Block *b = a->newest;
    (void)n;
    if (b && b->size - b->used >= room) return b;
    size_t size = b ? b->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_STEP) size = LARGEST_STEP;
    return block_add(a, size < room ? room : size);
}
#endif

/* Not zeroed: for what is written over at once. */
static char *take(Arena *a, size_t n)
{
    size_t room = aligned(n ? n : 1);
    Block *b = block_with_room(a, room, n);
    char *p = b->data + b->used;
    b->used += room < b->size - b->used ? room : b->size - b->used;
    UNPOISON(p, n);
    return p;
}

void *arena_alloc(Arena *a, size_t n)
{
    return memset(take(a, n), 0, n);
}

void *arena_grow(Arena *a, void *p, size_t old, size_t n, size_t size)
{
    size_t bytes, old_bytes = old * size;
    BUG_IF(old > n || __builtin_mul_overflow(n, size, &bytes));
#ifndef ARENA_EACH
    /* The last allocation grows in place when its block has the room. */
    Block *b = a->newest;
    if (p && b && (char *)p + aligned(old_bytes) == b->data + b->used
        && b->size - b->used >= aligned(bytes) - aligned(old_bytes)) {
        UNPOISON(p, bytes);
        memset((char *)p + old_bytes, 0, bytes - old_bytes);
        b->used += aligned(bytes) - aligned(old_bytes);
        return p;
    }
#endif
    char *q = take(a, bytes);
    if (old_bytes) memcpy(q, p, old_bytes);
    memset(q + old_bytes, 0, bytes - old_bytes);
    return q;
}

char *arena_dup_n(Arena *a, const char *text, size_t n)
{
    char *p = take(a, n + 1);
    if (n) memcpy(p, text, n);
    p[n] = 0;
    return p;
}

char *arena_dup(Arena *a, const char *text)
{
    return text ? arena_dup_n(a, text, strlen(text)) : NULL;
}

char *arena_vprintf(Arena *a, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    BUG_IF(n < 0);
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

char *arena_printf(Arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *p = arena_vprintf(a, fmt, args);
    va_end(args);
    return p;
}

/* links: base */
#include "test_support.h"

#include <string.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    for (size_t n = 0; n < 300; n += 7) {
        char *p = arena_alloc(arena, n);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
    }
}

static void memory_is_zeroed_again_after_a_reset(void **state)
{
    (void)state;
    memset(arena_alloc(arena, 4000), 0xAA, 4000);
    arena_reset(arena);
    char *p = arena_alloc(arena, 4000);
    for (int i = 0; i < 4000; i++) assert_int_equal(p[i], 0);
}

static void a_reset_gives_back_all_but_a_first_block(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) arena_alloc(arena, 100000);
    assert_true(arena_size(arena) >= 100 * 100000);
    arena_reset(arena);
    assert_true(arena_size(arena) <= 200000);
}

static void a_rewind_forgets_only_what_came_after_the_mark(void **state)
{
    (void)state;
    char *before = arena_dup(arena, "before");
    size_t held = arena_size(arena);
    ArenaMark mark = arena_mark(arena);
    for (int i = 0; i < 100; i++) arena_alloc(arena, 10000);
    arena_rewind(arena, mark);
    assert_string_equal(before, "before");
    assert_int_equal(arena_size(arena), held);
    assert_int_equal(*(char *)arena_alloc(arena, 1), 0);
}

static void a_rewind_to_an_empty_arena_works(void **state)
{
    (void)state;
    ArenaMark mark = arena_mark(arena);
    arena_alloc(arena, 10);
    arena_rewind(arena, mark);
    assert_int_equal(arena_size(arena), 0);
}

static void growing_keeps_the_contents_and_zeroes_the_rest(void **state)
{
    (void)state;
    int *p = NULL, n = 0, cap = 0;
    for (int i = 0; i < 5000; i++) {
        ARENA_PUSH(arena, p, n, cap, i);
        if (i % 3 == 0) arena_alloc(arena, 40);
    }
    for (int i = 0; i < 5000; i++) assert_int_equal(p[i], i);
    for (int i = n; i < cap; i++) assert_int_equal(p[i], 0);
}

static void growing_the_last_allocation_stays_in_place(void **state)
{
    (void)state;
#ifdef ARENA_EACH
    skip();
#endif
    char *p = arena_grow(arena, NULL, 0, 100, 1);
    assert_ptr_equal(arena_grow(arena, p, 100, 200, 1), p);
    arena_alloc(arena, 1);
    assert_ptr_not_equal(arena_grow(arena, p, 200, 300, 1), p);
}

static void copies_end_with_a_nul_of_their_own(void **state)
{
    (void)state;
    assert_null(arena_dup(arena, NULL));
    assert_string_equal(arena_dup_n(arena, "abcdef", 3), "abc");
    assert_string_equal(arena_printf(arena, "%s-%d", "a", 5), "a-5");
    char *large = arena_printf(arena, "%5000d", 7);
    assert_int_equal(strlen(large), 5000);
}

static void memory_beyond_an_allocation_is_poisoned(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    char *p = arena_alloc(arena, 24);
    assert_false(__asan_address_is_poisoned(p + 23));
    assert_true(__asan_address_is_poisoned(p + 32));
#ifdef ARENA_EACH
    char *q = arena_alloc(arena, 24);
    assert_true(__asan_address_is_poisoned(q + 24));
#endif
    ArenaMark mark = arena_mark(arena);
    char *gone = arena_alloc(arena, 64);
    arena_rewind(arena, mark);
    assert_true(__asan_address_is_poisoned(gone));
#else
    skip();
#endif
}

RUN(T(memory_is_zeroed_and_aligned), T(memory_is_zeroed_again_after_a_reset),
    T(a_reset_gives_back_all_but_a_first_block),
    T(a_rewind_forgets_only_what_came_after_the_mark), T(a_rewind_to_an_empty_arena_works),
    T(growing_keeps_the_contents_and_zeroes_the_rest),
    T(growing_the_last_allocation_stays_in_place), T(copies_end_with_a_nul_of_their_own),
    T(memory_beyond_an_allocation_is_poisoned))

/*
 * pattern.c — everything PCRE2 allocates comes from the arena, so nothing is ever freed.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "def/pattern.h"

#include <pcre2.h>
#include <string.h>

#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 500
#define HEAP_LIMIT_KIB 4096

static void *give(size_t n, void *arena)
{
    return arena_alloc(arena, n);
}

static void take(void *p, void *arena)
{
    (void)p;
    (void)arena;
}

void *pattern_load(Cx *cx, const char *pattern, const char **why)
{
    pcre2_general_context *memory = pcre2_general_context_create(give, take, cx->a);
    pcre2_compile_context *how = pcre2_compile_context_create(memory);
    int code;
    PCRE2_SIZE at;
    pcre2_set_max_pattern_length(how, 2000);
    pcre2_set_parens_nest_limit(how, 50);
    void *regex = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
        PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C,
        &code, &at, how);
    if (regex) return regex;
    char text[160];
    pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
    *why = arena_printf(cx->a, "%s (at %d)", text, (int)at + 1);
    return NULL;
}

bool pattern_match(Cx *cx, const void *pattern, const char *text)
{
    pcre2_general_context *memory = pcre2_general_context_create(give, take, cx->a);
    pcre2_match_context *limits = pcre2_match_context_create(memory);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(pattern, memory);
    pcre2_set_match_limit(limits, MATCH_LIMIT);
    pcre2_set_depth_limit(limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(limits, HEAP_LIMIT_KIB);
    return pcre2_match(pattern, (PCRE2_SPTR)text, strlen(text), 0, 0, data, limits) >= 0;
}

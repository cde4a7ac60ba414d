/*
 * env_text.c — see env_text.h.
 */
#include "data/env_text.h"
#include "base/sys.h"

#include <string.h>

const char *env_text(Arena *a, const char *text)
{
    Str s = str_begin(a);
    const char *start, *end;

    while ((start = strstr(text, "${env:")) && (end = strchr(start, '}'))) {
        const char *value = sys_env(arena_dup_n(a, start + 6, (size_t)(end - start - 6)));
        if (!value) return NULL;
        str_add_n(&s, text, (size_t)(start - text));
        str_add(&s, value);
        text = end + 1;
    }
    str_add(&s, text);
    return str_show(&s);
}

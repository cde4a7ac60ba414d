/*
 * pgx_regex — a pattern of PCRE as a regular expression of PostgreSQL that matches the same.
 *
 * Only whether it matches is asked, so greed and groups do not matter. Whatever matches one
 * character (classes, \d, \p{Han}, letters of either case) is asked of PCRE for every character
 * there is and written as ranges: no collation of the server has a say. What has no counterpart
 * (references back, atomic groups, …) is refused.
 */
#include "expr/pgx.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MOST_CLASSES 60
#define MOST_REPEATS 255      /* the server's */

typedef struct Regex {
    Arena *a;
    const char *p;            /* what comes next */
    Str out;
    bool any_case, atom;      /* atom: something that can be repeated stands before */
    int classes;
    Str all;                  /* every character, once */
} Regex;

static void add_all(Regex *r)
{
    r->all = str_begin(r->a);
    for (uint32_t c = 1; c <= 0x10FFFF; c++)
        if (c < 0xD800 || c > 0xDFFF) str_add_rune(&r->all, c);
}

static pcre2_code *compile(Regex *r, const char *atom, size_t n)
{
    int err;
    PCRE2_SIZE at;
    const char *run = arena_printf(r->a, "(?:%.*s)+", (int)n, atom);
    return pcre2_compile((PCRE2_SPTR)run, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP
        | PCRE2_NEVER_BACKSLASH_C | (r->any_case ? PCRE2_CASELESS : 0), &err, &at, NULL);
}

static uint32_t last_rune(const char *from, const char *to)
{
    while (--to > from && (*to & 0xC0) == 0x80) {}
    return utf8_next(&to);
}

/* The characters that the atom matches, between the brackets of a class. */
static const char *ranges(Regex *r, const char *atom, size_t n)
{
    Str s = str_begin(r->a);
    if (r->classes++ >= MOST_CLASSES) return NULL;
    if (!r->all.n) add_all(r);
    pcre2_code *re = compile(r, atom, n);
    pcre2_match_data *data = re ? pcre2_match_data_create(1, NULL) : NULL;
    for (size_t at = 0; data && pcre2_match(re, (PCRE2_SPTR)str_show(&r->all), r->all.n, at,
            PCRE2_NO_UTF_CHECK, data, NULL) >= 0; ) {
        PCRE2_SIZE *hit = pcre2_get_ovector_pointer(data);
        const char *from = str_show(&r->all) + hit[0], *to = str_show(&r->all) + hit[1];
        uint32_t last = last_rune(from, to), first = utf8_next(&from);
        str_printf(&s, "\\U%08X-\\U%08X", first, last);
        at = hit[1];
    }
    pcre2_match_data_free(data);
    pcre2_code_free(re);
    return data ? arena_dup(r->a, str_show(&s)) : NULL;
}

static bool add_class(Regex *r, const char *atom, size_t n)
{
    const char *set = ranges(r, atom, n);
    if (!set) return false;
    if (*set) str_printf(&r->out, "[%s]", set);
    else str_add(&r->out, "[^\\U00000001-\\U0010FFFF]");
    r->p = atom + n;
    return r->atom = true;
}

/* A border of a word, or none. */
static bool add_border(Regex *r, bool border)
{
    const char *w = ranges(r, "\\w", 2);
    if (!w) return false;
    str_printf(&r->out, border ? "(?:(?<![%s])(?=[%s])|(?<=[%s])(?![%s]))"
        : "(?:(?<![%s])(?![%s])|(?<=[%s])(?=[%s]))", w, w, w, w);
    r->p += 2;
    r->atom = false;
    return true;
}

static bool add_text(Regex *r, const char *text, size_t taken)
{
    str_add(&r->out, text);
    r->p += taken;
    r->atom = false;
    return true;
}

/* \d \p{L} \x{4e00} \. : one character; the length of what is written, 0: it is no such thing. */
static size_t escape_length(const char *p)
{
    if (!p[1]) return 0;
    if (ispunct((unsigned char)p[1])) return 2;
    if (strchr("dDwWsShHvVNntrfea", p[1])) return p[1] == 'N' && p[2] == '{' ? 0 : 2;
    if (strchr("pPx", p[1]) && p[2] == '{') {
        const char *end = strchr(p, '}');
        return end ? (size_t)(end - p) + 1 : 0;
    }
    if (p[1] == 'p' || p[1] == 'P') return 3;
    if (p[1] != 'x') return 0;
    size_t digits = strspn(p + 2, "0123456789abcdefABCDEF");
    return 2 + (digits > 2 ? 2 : digits);
}

static bool add_escape(Regex *r)
{
    switch (r->p[1]) {
    case 'b': case 'B': return add_border(r, r->p[1] == 'b');
    case 'A': return add_text(r, "^", 2);
    case 'z': return add_text(r, "$", 2);
    case 'Z': return add_text(r, "(?=\\n?$)", 2);
    default: break;
    }
    size_t n = escape_length(r->p);
    return n && add_class(r, r->p, n);
}

/* [^]a-z[:alpha:]\]] */
static size_t class_length(const char *p)
{
    const char *at = p + 1;
    if (*at == '^') at++;
    if (*at == ']') at++;
    while (*at && *at != ']') {
        if (*at == '\\' && (at[1] == 'Q' || at[1] == 'E')) return 0;
        if (*at == '\\' && at[1]) at += 2;
        else if (*at == '[' && at[1] == ':' && strstr(at + 2, ":]")) at = strstr(at + 2, ":]") + 2;
        else at++;
    }
    return *at ? (size_t)(at - p) + 1 : 0;
}

static bool add_group(Regex *r)
{
    static const char *const kept[] = { "(?:", "(?=", "(?!", "(?<=", "(?<!" };
    for (int i = 0; i < LEN(kept); i++)
        if (str_starts(r->p, kept[i])) return add_text(r, kept[i], strlen(kept[i]));
    if (r->p[1] == '*') return false;
    if (r->p[1] != '?') return add_text(r, "(?:", 1);
    const char *name = r->p[2] == 'P' ? r->p + 3 : r->p + 2, *end = strchr(r->p, '>');
    if (*name != '<' || !end) return false;
    return add_text(r, "(?:", (size_t)(end - r->p) + 1);
}

/* A constraint cannot be repeated there; a group can. */
static bool close_group(Regex *r, const char *open)
{
    bool plain = !strchr("=!<", open[1] == '?' ? open[2] : ':') || (open[1] == '?'
        && open[2] == '<' && !strchr("=!", open[3]));
    add_text(r, ")", 1);
    r->atom = plain;
    return true;
}

static bool add_repeat(Regex *r)
{
    size_t n = 1;
    int least = 0, most = 0, taken = 0;
    if (*r->p == '{') {
        bool range = sscanf(r->p, "{%d,%d}%n", &least, &most, &taken) == 2 && taken;
        bool open = !range && sscanf(r->p, "{%d,}%n", &least, &taken) == 1 && taken;
        bool exact = !range && !open && sscanf(r->p, "{%d}%n", &least, &taken) == 1 && taken;
        if (!(range || open || exact)) {
            add_text(r, "\\{", 1);
            return r->atom = true;
        }
        n = (size_t)taken;
    }
    if (!r->atom || least > MOST_REPEATS || most > MOST_REPEATS) return false;
    str_add_n(&r->out, r->p, n);
    r->p += n;
    if (*r->p == '?') r->p++;
    r->atom = false;
    return *r->p != '+';                      /* one that gives nothing back */
}

static bool add_letter(Regex *r)
{
    const char *from = r->p;
    uint32_t c = utf8_next(&r->p);
    size_t n = (size_t)(r->p - from);
    if (r->any_case && (c >= 0x80 || isalpha((int)c))) return add_class(r, from, n);
    if (c < 0x80 && !isalnum((int)c)) str_add_char(&r->out, '\\');
    str_add_n(&r->out, from, n);
    return r->atom = true;
}

static bool add_next(Regex *r, const char **open, int *depth)
{
    switch (*r->p) {
    case '\\': return add_escape(r);
    case '[': {
        size_t n = class_length(r->p);
        return n && add_class(r, r->p, n);
    }
    case '(':
        if (*depth >= 50) return false;
        open[(*depth)++] = r->p;
        return add_group(r);
    case ')': return *depth && close_group(r, open[--*depth]);
    case '|': return add_text(r, "|", 1);
    case '^': return add_text(r, "^", 1);
    case '$': return add_text(r, "$", 1);
    case '.':
        add_text(r, "[^\\n]", 1);
        return r->atom = true;
    case '*': case '+': case '?': case '{': return add_repeat(r);
    default: return add_letter(r);
    }
}

const char *pgx_pattern(Arena *a, const char *pattern, const char **stuck)
{
    const char *open[50];
    int depth = 0;
    Regex r = { .a = a, .p = pattern, .out = str_begin(a) };
    if (str_starts(r.p, "(?i)")) {
        r.any_case = true;
        r.p += 4;
    }
    str_add(&r.out, "(?:");
    while (*r.p) {
        *stuck = r.p;
        if (!add_next(&r, open, &depth)) return NULL;
    }
    str_add(&r.out, ")");
    return arena_dup(a, str_show(&r.out));
}

bool pgx_regex(Emit *e, const Term *t)
{
    Val v;
    const char *stuck = "", *pattern;
    bool spelled = e->spelled;
    e->spelled = false;
    bool known = emit_is_known(e, t->arg[1]);
    e->spelled = spelled;
    if (!known) return cx_fail(e->cx, E_INPUT,
        "PostgreSQL matches only a pattern that is the same for all records");
    if (!emit_known(e, t->arg[1], &v)) return false;
    if (v.kind != VAL_TEXT) {
        sql_truth(e->q, false);
        return true;
    }
    pattern = pgx_pattern(e->cx->a, v.t, &stuck);
    if (!pattern) return cx_fail(e->cx, E_INPUT,
        "PostgreSQL cannot match the pattern %s, because of %s", v.t, stuck);
    sql_add(e->q, "(coalesce(");
    if (!pgx_term(e, t->arg[0])) return false;
    sql_add(e->q, ", '') COLLATE \"C\" ~ ");
    sql_bind(e->q, val_text(pattern));
    sql_add(e->q, "::text)");
    return true;
}

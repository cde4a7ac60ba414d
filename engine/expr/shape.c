/*
 * shape.c — text is cut at its outer `and`s by looking at words, brackets and quotes; a piece and
 * a pattern are compared as parsed trees, so that spaces and brackets do not matter.
 */
#include "expr/shape.h"
#include "expr/tree.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { MOST_VALUES = 100 };

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

/* A quoted text is skipped whole; a quote inside is doubled, so it ends and begins again. */
static const char *skip(const char *p)
{
    if (*p == '\'' || *p == '"') {
        const char *end = strchr(p + 1, *p);
        return end ? end + 1 : p + strlen(p);
    }
    if (!is_name(*p)) return p + 1;
    while (is_name(*p)) p++;
    return p;
}

static bool is_word(const char *p, const char *end, const char *word)
{
    return (size_t)(end - p) == strlen(word) && !strncasecmp(p, word, strlen(word));
}

typedef struct Cut { const char *from, *to; } Cut;

/* The next outer `and` at or behind p; {end, end} when there is none. *loose: an outer `or` was
   met, which binds less than any `and`. */
static Cut next_and(const char *p, bool *loose)
{
    int deep = 0, between = 0;

    while (*p) {
        const char *end = skip(p);
        if (*p == '(' || *p == '[') deep++;
        if (*p == ')' || *p == ']') deep--;
        if (!strncmp(p, "&&", 2) || !strncmp(p, "||", 2)) end = p + 2;
        if (deep == 0) {
            if (is_word(p, end, "or") || !strncmp(p, "||", 2)) *loose = true;
            if (is_word(p, end, "between")) between++;
            else if (is_word(p, end, "and") && between) between--;
            else if (is_word(p, end, "and") || !strncmp(p, "&&", 2)) return (Cut){ p, end };
        }
        p = end;
    }
    return (Cut){ p, p };
}

static bool is_loose(const char *text)
{
    bool loose = false;

    for (Cut c = next_and(text, &loose); *c.from; c = next_and(c.to, &loose)) { }
    return loose;
}

static Part *parsed(Cx *cx, const char *text, bool quiet)
{
    Source s = { .cx = cx, .text = text, .quiet = quiet };
    return parse_part(&s, 0, (int)strlen(text));
}

int expr_pieces(Cx *cx, const char *text, const char ***out)
{
    int n = 0, cap = 0;
    bool loose = false;

    *out = NULL;
    text = str_trim(cx->a, text ? text : "");
    if (!*text) return 0;
    if (!parsed(cx, text, false)) return -1;
    if (is_loose(text)) {
        ARENA_PUSH(cx->a, *out, n, cap, text);
        return n;
    }
    for (const char *p = text; *p; ) {
        Cut c = next_and(p, &loose);
        const char *piece = str_trim(cx->a, arena_dup_n(cx->a, p, (size_t)(c.from - p)));
        ARENA_PUSH(cx->a, *out, n, cap, piece);
        p = c.to;
    }
    return n;
}

const char *expr_join(Arena *a, const char *const *piece, int n)
{
    Str s = str_begin(a);

    for (int i = 0; i < n; i++) {
        if (i) str_add(&s, " and ");
        if (n > 1 && is_loose(piece[i])) str_printf(&s, "(%s)", piece[i]);
        else str_add(&s, piece[i]);
    }
    return str_show(&s);
}

/* ---- one piece and one pattern ---- */

/* A name alone: of a field, or one of the pattern's letters. */
static const char *lone_name(const Part *p)
{
    bool lone = p->kind == PART_PATH && p->n == 1 && p->arg[0]->kind == PART_NAME;
    return lone ? p->arg[0]->name : NULL;
}

static bool add_value(Cx *cx, Shape *s, const Part *p)
{
    bool minus = p->kind == PART_CALL && str_eq(p->name, "neg") && p->n == 1 && !p->called;
    const Val *v = minus ? &p->arg[0]->value : &p->value;
    bool text = v->kind == VAL_TEXT, number = v->kind == VAL_INT || v->kind == VAL_REAL;

    if (!minus && p->kind != PART_VALUE) return false;
    if (minus && p->arg[0]->kind != PART_VALUE) return false;
    if (s->n == MOST_VALUES || !(text || number) || (minus && !number)) return false;
    if (s->n && s->quoted != text) return false;
    s->quoted = text;
    const char *shown = text ? arena_dup_n(cx->a, v->t, (size_t)v->n) : val_show(cx->a, *v);
    s->value[s->n++] = minus ? arena_printf(cx->a, "-%s", shown) : shown;
    return true;
}

static bool matches(Cx *cx, const Part *p, const Part *pattern, Shape *s)
{
    const char *letter = lone_name(pattern);

    if (str_eq(letter, "f")) {
        s->field = lone_name(p);
        return s->field != NULL;
    }
    if (str_eq(letter, "v") || str_eq(letter, "w")) return add_value(cx, s, p);
    if (str_eq(letter, "l")) {
        for (int i = 0; p->kind == PART_LIST && i < p->n; i++)
            if (!add_value(cx, s, p->arg[i])) return false;
        return p->kind == PART_LIST && p->n > 0;
    }
    if (p->kind != pattern->kind || p->n != pattern->n || p->called != pattern->called
        || !str_eq(p->name, pattern->name)) return false;
    if (p->kind == PART_VALUE && !val_eq(p->value, pattern->value)) return false;
    for (int i = 0; i < p->n; i++)
        if (!matches(cx, p->arg[i], pattern->arg[i], s)) return false;
    return true;
}

bool expr_shape(Cx *cx, const char *text, const char *pattern, Shape *out)
{
    const Part *p = parsed(cx, text, true), *q = p ? parsed(cx, pattern, true) : NULL;

    *out = (Shape){ .value = ARENA_ARRAY(cx->a, const char *, MOST_VALUES) };
    return q && matches(cx, p, q, out);
}

static void add_literal(Str *s, const char *text, bool quoted)
{
    if (!quoted) {
        str_add(s, text);
        return;
    }
    str_add_char(s, '\'');
    for (; *text; text++) {
        if (*text == '\'') str_add_char(s, '\'');
        str_add_char(s, *text);
    }
    str_add_char(s, '\'');
}

const char *expr_of_shape(Arena *a, const char *pattern, const Shape *s)
{
    Str out = str_begin(a);

    for (const char *p = pattern, *end; *p; p = end) {
        end = skip(p);
        if (is_word(p, end, "f")) str_add(&out, s->field);
        else if (is_word(p, end, "v") && s->n > 0) add_literal(&out, s->value[0], s->quoted);
        else if (is_word(p, end, "w") && s->n > 1) add_literal(&out, s->value[1], s->quoted);
        else if (is_word(p, end, "l")) {
            str_add_char(&out, '[');
            for (int i = 0; i < s->n; i++) {
                if (i) str_add(&out, ", ");
                add_literal(&out, s->value[i], s->quoted);
            }
            str_add_char(&out, ']');
        } else str_add_n(&out, p, (size_t)(end - p));
    }
    return str_show(&out);
}

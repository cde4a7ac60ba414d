/*
 * parse — text to Parts: a hand-written lexer and a Pratt parser over it.
 *
 * Operators become calls, so nothing below knows precedence. Binding powers, weakest first:
 * or 1, and 2, not 3, comparisons 4 (they do not chain), + - & 5, * / % 6, unary - 7.
 */
#include "expr/tree.h"
#include "base/i18n.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef enum Tok { TOK_END, TOK_NUMBER, TOK_TEXT, TOK_DURATION, TOK_NAME, TOK_PARAM, TOK_SIGN } Tok;

typedef struct Parser {
    Source *src;
    Arena *a;
    const char *text;
    int at, end;              /* next byte */
    int terms, depth;
    Tok tok;
    int pos;                  /* where the token starts */
    const char *word;         /* its text; unquoted for TOK_TEXT */
    Val value;
} Parser;

static Part *parse_expr(Parser *p, int power);

static bool name_char(unsigned char c)
{
    return isalnum(c) || c == '_' || c >= 0x80;
}

static void lex_text(Parser *p)
{
    char quote = p->text[p->at++];
    Str s = str_begin(p->a);
    for (;;) {
        if (p->at >= p->end) {
            source_issue(p->src, p->pos, "syntax", "the text is not closed");
            return;
        }
        char c = p->text[p->at++];
        if (c == quote) {
            if (p->at >= p->end || p->text[p->at] != quote) break;
            p->at++;
        }
        str_add_char(&s, c);
    }
    p->tok = TOK_TEXT;
    p->word = str_show(&s);
    p->value = val_text(p->word);
}

/* 12, 1.5, 1e3; with a unit at once behind it a duration: 30m, 2bd. */
static void lex_number(Parser *p)
{
    int i = p->at;
    while (i < p->end && isdigit((unsigned char)p->text[i])) i++;
    if (i + 1 < p->end && p->text[i] == '.' && isdigit((unsigned char)p->text[i + 1])) {
        i++;
        while (i < p->end && isdigit((unsigned char)p->text[i])) i++;
    }
    if (i < p->end && (p->text[i] | 32) == 'e') {
        int k = i + 1;
        if (k < p->end && (p->text[k] == '+' || p->text[k] == '-')) k++;
        if (k < p->end && isdigit((unsigned char)p->text[k])) {
            while (k < p->end && isdigit((unsigned char)p->text[k])) k++;
            i = k;
        }
    }
    int number_end = i;
    while (i < p->end && name_char((unsigned char)p->text[i])) i++;
    p->word = arena_dup_n(p->a, p->text + p->at, (size_t)(i - p->at));
    if (i > number_end) {
        if (duration_parse(p->word, &p->value) && p->value.kind == VAL_DURATION)
            p->tok = TOK_DURATION;
        else
            source_issue(p->src, p->pos, "syntax",
                "%s is no number and no duration (30m 4h 2d 3w 2bd 4bh)", p->word);
    } else {
        p->tok = TOK_NUMBER;
        double d = strtod(p->word, NULL);
        bool whole = !strpbrk(p->word, ".eE") && strlen(p->word) <= 15;
        p->value = whole ? val_int(strtoll(p->word, NULL, 10)) : val_real(d);
        if (val_is_blank(p->value))
            source_issue(p->src, p->pos, "syntax", "the number %s is too large", p->word);
    }
    p->at = i;
}

static void lex_sign(Parser *p)
{
    static const char *const two[] = { "==", "!=", "<>", "<=", ">=", "&&", "||" };
    p->tok = TOK_SIGN;
    for (int i = 0; i < LEN(two); i++) {
        if (p->at + 1 < p->end && !strncmp(p->text + p->at, two[i], 2)) {
            p->word = two[i];
            p->at += 2;
            return;
        }
    }
    const char *at = p->text + p->at, *q = at;
    if (!strchr("=<>+-*/%&()[],.", *at)) {
        utf8_next(&q);
        source_issue(p->src, p->pos, "syntax", "unexpected %s",
            arena_dup_n(p->a, at, (size_t)(q - at)));
        return;
    }
    p->word = arena_dup_n(p->a, at, 1);
    p->at++;
}

static void next(Parser *p)
{
    p->tok = TOK_END;
    p->word = "";
    while (p->at < p->end && isspace((unsigned char)p->text[p->at])) p->at++;
    p->pos = p->at;
    if (p->at >= p->end || p->src->failed) return;
    unsigned char c = (unsigned char)p->text[p->at];
    bool param = c == ':' && p->at + 1 < p->end && name_char((unsigned char)p->text[p->at + 1]);
    if (c == '\'' || c == '"') {
        lex_text(p);
    } else if (isdigit(c)) {
        lex_number(p);
    } else if (name_char(c) || param) {
        int start = p->at++;
        while (p->at < p->end && name_char((unsigned char)p->text[p->at])) p->at++;
        p->tok = param ? TOK_PARAM : TOK_NAME;
        p->word = arena_dup_n(p->a, p->text + start, (size_t)(p->at - start));
    } else {
        lex_sign(p);
    }
}

static bool is_sign(const Parser *p, const char *s)
{
    return p->tok == TOK_SIGN && str_eq(p->word, s);
}

static bool is_word(const Parser *p, const char *w)
{
    return p->tok == TOK_NAME && !strcasecmp(p->word, w);
}

static Part *part(Parser *p, PartKind kind, int pos)
{
    if (++p->terms > EXPR_MAX_TERMS)
        return source_issue(p->src, pos, "too_long", "more than %d terms", EXPR_MAX_TERMS);
    Part *x = ARENA_NEW(p->a, Part);
    x->kind = kind;
    x->pos = pos;
    return x;
}

static void *unexpected(Parser *p, const char *wanted)
{
    if (p->tok == TOK_END)
        return source_issue(p->src, p->pos, "syntax", "%s expected at the end", wanted);
    return source_issue(p->src, p->pos, "syntax", "%s expected before %s", wanted, p->word);
}

static bool expect(Parser *p, const char *sign)
{
    if (!is_sign(p, sign)) return unexpected(p, sign) != NULL;
    next(p);
    return !p->src->failed;
}

static void add(Parser *p, Part *to, Part *x)
{
    ARENA_PUSH(p->a, to->arg, to->n, to->cap, x);
}

static Part *parse_items(Parser *p, Part *to, const char *close)
{
    next(p);
    if (is_sign(p, close)) {
        next(p);
        return to;
    }
    for (;;) {
        Part *x = parse_expr(p, 0);
        if (!x) return NULL;
        add(p, to, x);
        if (!is_sign(p, ",")) break;
        next(p);
    }
    return expect(p, close) ? to : NULL;
}

static Part *parse_value(Parser *p, Val v)
{
    Part *x = part(p, PART_VALUE, p->pos);
    if (!x) return NULL;
    x->value = v;
    next(p);
    return p->src->failed ? NULL : x;
}

/* first: a call whose record the path starts from, or NULL. */
static Part *parse_path(Parser *p, Part *first)
{
    Part *path = part(p, PART_PATH, first ? first->pos : p->pos);
    if (!path) return NULL;
    if (first) add(p, path, first);
    for (;;) {
        if (p->tok != TOK_NAME) return unexpected(p, i18n_text(p->src->cx->lang, "a field"));
        Part *step = part(p, PART_NAME, p->pos);
        if (!step) return NULL;
        step->name = p->word;
        add(p, path, step);
        next(p);
        if (!is_sign(p, ".")) break;
        next(p);
    }
    return p->src->failed ? NULL : path;
}

static const char *lower_word(Parser *p)
{
    char *w = arena_dup(p->a, p->word);
    for (char *c = w; *c; c++) *c = (char)tolower((unsigned char)*c);
    return w;
}

static bool next_is_open(const Parser *p)
{
    int i = p->at;
    while (i < p->end && isspace((unsigned char)p->text[i])) i++;
    return i < p->end && p->text[i] == '(';
}

static Part *parse_name(Parser *p)
{
    static const char *const keyword[] =
        { "and", "or", "not", "in", "contains", "between" };
    bool call = next_is_open(p);
    if (call) {
        Part *f = part(p, PART_CALL, p->pos);
        if (!f) return NULL;
        f->name = lower_word(p);
        f->called = true;
        next(p);
        f = parse_items(p, f, ")");
        if (!f || !is_sign(p, ".")) return f;
        next(p);
        return parse_path(p, f);
    }
    if (is_word(p, "true")) return parse_value(p, val_bool(true));
    if (is_word(p, "false")) return parse_value(p, val_bool(false));
    if (is_word(p, "blank") || is_word(p, "null")) return parse_value(p, val_blank());
    if (str_in(lower_word(p), keyword, LEN(keyword)))
        return unexpected(p, i18n_text(p->src->cx->lang, "a value"));
    return parse_path(p, NULL);
}

static Part *call_part(Parser *p, const char *name, int pos, Part *x, Part *y)
{
    Part *f = x ? part(p, PART_CALL, pos) : NULL;
    if (!f) return NULL;
    f->name = name;
    add(p, f, x);
    if (y) add(p, f, y);
    return f;
}

static Part *parse_prefix(Parser *p)
{
    int pos = p->pos;
    switch (p->tok) {
    case TOK_NUMBER: case TOK_DURATION: case TOK_TEXT:
        return parse_value(p, p->value);
    case TOK_PARAM: {
        Part *x = part(p, PART_PARAM, pos);
        if (!x) return NULL;
        x->name = p->word;
        next(p);
        return x;
    }
    case TOK_NAME:
        if (is_word(p, "not")) {
            next(p);
            return call_part(p, "not", pos, parse_expr(p, 3), NULL);
        }
        return parse_name(p);
    case TOK_SIGN:
        if (is_sign(p, "-")) {
            next(p);
            return call_part(p, "neg", pos, parse_expr(p, 7), NULL);
        }
        if (is_sign(p, "[")) {
            Part *list = part(p, PART_LIST, pos);
            return list ? parse_items(p, list, "]") : NULL;
        }
        if (is_sign(p, "(")) {
            next(p);
            Part *x = parse_expr(p, 0);
            return x && expect(p, ")") ? x : NULL;
        }
        break;
    case TOK_END:
        break;
    }
    return p->src->failed ? NULL : unexpected(p, i18n_text(p->src->cx->lang, "a value"));
}

/* Binding power of the operator here, 0 for none; *name is the function it means. */
static int infix(Parser *p, const char **name)
{
    static const struct { const char *sign, *name; int power; } table[] = {
        { "or", "or", 1 }, { "||", "or", 1 }, { "and", "and", 2 }, { "&&", "and", 2 },
        { "=", "=", 4 }, { "==", "=", 4 }, { "!=", "!=", 4 }, { "<>", "!=", 4 },
        { "<", "<", 4 }, { "<=", "<=", 4 }, { ">", ">", 4 }, { ">=", ">=", 4 },
        { "in", "in", 4 }, { "not", "not in", 4 }, { "contains", "contains", 4 },
        { "between", "between", 4 },
        { "+", "+", 5 }, { "-", "-", 5 }, { "&", "&", 5 },
        { "*", "*", 6 }, { "/", "/", 6 }, { "%", "%", 6 },
    };
    if (p->tok != TOK_SIGN && p->tok != TOK_NAME) return 0;
    for (int i = 0; i < LEN(table); i++) {
        if (strcasecmp(p->word, table[i].sign)) continue;
        *name = table[i].name;
        return table[i].power;
    }
    return 0;
}

static Part *parse_between(Parser *p, Part *left, int pos)
{
    Part *low = parse_expr(p, 4);
    if (!low) return NULL;
    if (!is_word(p, "and")) return unexpected(p, "and");
    next(p);
    Part *high = parse_expr(p, 4);
    Part *f = high ? call_part(p, "between", pos, left, low) : NULL;
    if (f) add(p, f, high);
    return f;
}

static Part *parse_infix(Parser *p, Part *left, const char *name, int power, int pos)
{
    next(p);
    if (str_eq(name, "not in")) {
        if (!is_word(p, "in")) return unexpected(p, "in");
        next(p);
        Part *in = call_part(p, "in", pos, left, NULL), *right = in ? parse_expr(p, 4) : NULL;
        if (!right) return NULL;
        add(p, in, right);
        return call_part(p, "not", pos, in, NULL);
    }
    if (str_eq(name, "between")) return parse_between(p, left, pos);
    Part *right = parse_expr(p, power);
    return right ? call_part(p, name, pos, left, right) : NULL;
}

static Part *parse_expr(Parser *p, int power)
{
    if (p->src->failed) return NULL;
    if (++p->depth > EXPR_MAX_DEPTH)
        return source_issue(p->src, p->pos, "too_deep", "nested deeper than %d", EXPR_MAX_DEPTH);
    Part *left = parse_prefix(p);
    const char *name = NULL;
    bool compared = false;
    while (left && !p->src->failed) {
        int pos = p->pos, here = infix(p, &name);
        if (here <= power) break;
        if (here == 4 && compared)
            return source_issue(p->src, pos, "syntax",
                "comparisons do not chain: write a < b and b < c");
        compared = here == 4;
        left = parse_infix(p, left, name, here, pos);
    }
    p->depth--;
    return p->src->failed ? NULL : left;
}

Part *parse_part(Source *s, int pos, int end)
{
    Parser p = { .src = s, .a = s->cx->a, .text = s->text, .at = pos, .end = end };
    next(&p);
    Part *x = parse_expr(&p, 0);
    if (x && !s->failed && p.tok != TOK_END)
        return source_issue(s, p.pos, "syntax", "unexpected %s", p.word);
    return s->failed ? NULL : x;
}

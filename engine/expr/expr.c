/*
 * expr — loading: parse, bind, check against where it stands; and what a loaded one tells.
 */
#include "expr/tree.h"
#include "base/decimal.h"
#include <stdlib.h>
#include <string.h>

static Binder binder(Cx *cx, const Node *at, const char *text, const ExprWhere *where)
{
    Binder b = { .src = { .cx = cx, .at = at, .text = text }, .a = cx->a, .where = where,
        .here = where->here, .self = where->self ? where->self : where->here };
    b.e = ARENA_NEW(cx->a, Expr);
    b.e->text = arena_dup(cx->a, text);
    b.e->use = where->use;
    b.e->here = b.here;
    b.e->self = b.self;
    return b;
}

static Expr *finish(Binder *b, Term *root)
{
    Term *fit;
    if (!root || b->src.failed) return NULL;
    if (b->grouped && b->loose)
        return source_issue(&b->src, b->loose - 1, "not_in_total",
            "beside a total a field must stand inside of one, such as sum(…)");
    if (b->where->use == USE_AGGREGATE && b->loose)
        return source_issue(&b->src, b->loose - 1, "not_in_total",
            "a field stands for one record; of several one asks sum(…), average(…), max(…)");
    fit = term_coerce(b, root, b->where->want);
    if (!fit && root->literal && root->type.kind == T_TEXT)
        return source_issue(&b->src, root->pos, "type", "%s is no %s",
            val_show(b->a, root->value), type_said(b->src.cx, b->where->want));
    if (!fit) return bind_mismatch(b, root->pos, type_show(b->a, b->where->want), root->type);
    b->e->root = fit;
    return b->e;
}

Expr *expr_load_piece(Cx *cx, const Node *at, const char *text, int from, int to, const ExprWhere *where)
{
    Binder b = binder(cx, at, text, where);
    Part *p = parse_part(&b.src, from, to);
    return finish(&b, p ? bind_part(&b, p) : NULL);
}

Expr *expr_load(Cx *cx, const Node *at, const char *text, const ExprWhere *where)
{
    return expr_load_piece(cx, at, text, 0, (int)strlen(text), where);
}

/* The } that closes the { before i, outside of quotes; -1 for none. */
static int hole_end(const char *text, int i)
{
    char quote = 0;
    for (; text[i]; i++) {
        if (quote) {
            if (text[i] == quote) quote = 0;
        } else if (text[i] == '\'' || text[i] == '"') {
            quote = text[i];
        } else if (text[i] == '}') {
            return i;
        }
    }
    return -1;
}

static void add_literal(Binder *b, Term *t, Str *s, int pos)
{
    if (!s->n) return;
    term_add(b, t, term_value(b, val_text(arena_dup(b->a, str_show(s))), type_plain(T_TEXT), pos));
    str_clear(s);
}

static bool add_hole(Binder *b, Term *t, int from, int to)
{
    const char *text = b->src.text;
    bool expression = text[from] == '=';
    Part *p = parse_part(&b->src, from + expression, to);
    if (p && !expression && p->kind != PART_PATH && p->kind != PART_PARAM) {
        source_issue(&b->src, p->pos, "syntax", "a field expected; an expression starts with {=");
        return false;
    }
    Term *x = p ? bind_part(b, p) : NULL;
    if (x && x->type.kind == T_RECORD) x = bind_title_of(b, x);
    if (x) term_add(b, t, x);
    return x != NULL;
}

Expr *expr_load_text(Cx *cx, const Node *at, const char *text, const ExprWhere *where)
{
    Binder b = binder(cx, at, text, where);
    Term *t = term_call(&b, "&", type_plain(T_TEXT), 0, NULL, NULL);
    Str s = str_begin(cx->a);
    for (int i = 0; text[i]; i++) {
        if (text[i] == '{' && text[i + 1] == '{') {
            str_add_char(&s, text[i++]);
        } else if (text[i] == '{') {
            int end = hole_end(text, i + 1);
            add_literal(&b, t, &s, i);
            if (end < 0) return source_issue(&b.src, i, "syntax", "the { is not closed");
            if (!add_hole(&b, t, i + 1, end)) return NULL;
            i = end;
        } else {
            str_add_char(&s, text[i]);
            if (text[i] == '}' && text[i + 1] == '}') i++;
        }
    }
    add_literal(&b, t, &s, 0);
    return finish(&b, t);
}

const char *expr_text(const Expr *e)
{
    return e->text;
}

Type expr_type(const Expr *e)
{
    return e->root->type;
}

bool expr_is_constant(const Expr *e, Val *v)
{
    if (e->root->kind != TERM_VALUE) return false;
    *v = e->root->value;
    return true;
}

int expr_reads(const Expr *e, const ExprRead **out)
{
    *out = e->read;
    return e->nread;
}

int expr_uses(const Expr *e)
{
    return e->flags;
}

static void add_params(Arena *a, const Term *t, ExprParam **out, int *n, int *cap)
{
    bool known = t->kind != TERM_PARAM || !t->param;

    for (int i = 0; !known && i < *n; i++) known = (*out)[i].pos == t->pos;
    if (!known) {
        ExprParam one = { t->pos, t->param };
        ARENA_PUSH(a, *out, *n, *cap, one);
    }
    for (int i = 0; i < t->n; i++) add_params(a, t->arg[i], out, n, cap);
}

static int by_pos(const void *x, const void *y)
{
    return ((const ExprParam *)x)->pos - ((const ExprParam *)y)->pos;
}

int expr_params(Arena *a, const Expr *e, ExprParam **out)
{
    int n = 0, cap = 0;

    *out = NULL;
    add_params(a, e->root, out, &n, &cap);
    if (n) qsort(*out, (size_t)n, sizeof **out, by_pos);
    return n;
}

ValKind expr_val_kind(const Expr *e, int *scale)
{
    Type t = e->root->type;
    *scale = t.kind == T_NUMBER && t.decimals > 0 ? t.decimals : 0;
    return type_val(t);
}

static bool in_browser(const Term *t)
{
    if (t->asks && t->kind == TERM_CALL && !t->fn->run && !str_eq(t->fn->doc.name, "title"))
        return false;
    if (t->kind == TERM_OTHER || t->kind == TERM_GROUP) return false;
    for (int i = 0; i < t->n; i++)
        if (!in_browser(t->arg[i])) return false;
    return true;
}

bool expr_in_browser(const Expr *e)
{
    return in_browser(e->root);
}

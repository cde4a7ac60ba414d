/*
 * yaml_splice_value.c — another value where one stands.
 *
 * New text has a head, behind the colon or dash, and a body of lines. Old text stands behind
 * the colon or on lines of its own. A comment behind the old value stays on its line.
 */
#include "def/yaml_splice.h"

#include <string.h>

typedef struct Piece { const char *head, *body; } Piece;

static bool has_lines(const Node *n)
{
    if (n->kind == NODE_TEXT && strchr(n->text, '\n')) return true;
    for (int i = 0; i < n->n; i++)
        if (has_lines(n->item[i])) return true;
    return false;
}

/* A comment that hangs below the entry would become part of a block of text. */
static bool comment_below(const YamlDoc *d, const Node *parent, int index)
{
    size_t line = doc_next(d, parent->item[index]->end);
    while (line < d->n && doc_blank(d, line)) line = doc_next(d, line);
    return line < d->n && doc_comment(d, line) && doc_indent(d, line) > entry_col(d, parent);
}

/* " |" and its lines; " text" and none. */
static Piece piece_of(YamlDoc *d, const Node *parent, int index, const Node *value)
{
    YamlStyle style = d->style;
    const Node *old = parent->item[index];
    char quote = d->text[old->start];
    int col = entry_col(d, parent);
    size_t head = entry_head(d, parent, index);
    int used = utf8_count(doc_part(d, doc_line(d, head), head));
    if (old->kind == NODE_TEXT && !old->plain && quote == '\'') style.quote = '\'';
    style.open = old->n && doc_is_block(d, old) && value->kind == old->kind;
    Str s = str_begin(d->a);
    if (has_lines(value) && comment_below(d, parent, index))
        return (Piece){ arena_printf(d->a, " %s", yaml_flow(d->a, value, style.quote)), "" };
    yaml_value(&s, value, col, used, parent->kind == NODE_LIST, &style);
    const char *text = str_show(&s), *end = strstr(text, d->style.eol);
    size_t n = (size_t)(end - text);
    return (Piece){ arena_dup_n(d->a, text, n), text + n + strlen(d->style.eol) };
}

/* A text that was quoted stays quoted. */
static char *inline_text(YamlDoc *d, const Node *old, const Node *value, const char *text)
{
    char quote = d->text[old->start];
    bool was = old->kind == NODE_TEXT && !old->plain && old->end > old->start
        && strchr("'\"", quote);
    bool plain = value->kind == NODE_TEXT && yaml_kind(value) == NODE_TEXT
        && !strchr("'\"", *text) && !strpbrk(text, "'\"\\\n");
    if (was && plain) return arena_printf(d->a, "%c%s%c", quote, text, quote);
    return arena_dup(d->a, text);
}

static void flow_value(YamlDoc *d, const Node *parent, int index, const Node *value)
{
    const Node *old = parent->item[index];
    char quote = old->kind == NODE_TEXT && !old->plain && d->text[old->start] == '\'' ? '\'' : '"';
    const char *text = inline_text(d, old, value, yaml_flow(d->a, value, quote));
    if (old->end > old->start) doc_splice(d, old->start, old->end - old->start, text);
    else doc_splice(d, entry_head(d, parent, index), 0, arena_printf(d->a, " %s", text));
}

static void lines_in(YamlDoc *d, size_t at, const char *body)
{
    if (at == d->n && at > d->bom && d->text[at - 1] != '\n')
        body = arena_printf(d->a, "%s%s", d->style.eol, body);
    doc_splice(d, at, 0, body);
}

bool splice_listed(YamlDoc *d, const Node *parent, int index)
{
    const Node *old = parent->item[index];
    if (old->kind != NODE_MAP || !old->n || !doc_is_block(d, old) || entry_led(d, old, 0)) return false;
    size_t first = entry_at(d, old, 0), end = entry_end(d, old, old->n - 1);
    doc_splice(d, first, 0, "- ");
    for (size_t line = doc_next(d, first); line < end; line = doc_next(d, line))
        if (!doc_blank(d, line)) doc_splice(d, line, 0, "  ");
    return true;
}

void splice_value(YamlDoc *d, const Node *parent, int index, const Node *value)
{
    const Node *old = parent->item[index];
    if (doc_is_flow(d, parent)) {
        flow_value(d, parent, index, value);
        return;
    }
    Piece p = piece_of(d, parent, index, value);
    size_t head = entry_head(d, parent, index);
    bool block = old->n && doc_is_block(d, old);
    bool empty = old->end <= old->start;
    if (block && !entry_led(d, old, 0)) {
        size_t begin = entry_begin(d, old, 0), end = entry_end(d, old, old->n - 1);
        if (*p.head) doc_splice(d, head, 0, p.head);
        doc_splice(d, begin, end - begin, p.body);
    } else if (!*p.body) {
        const char *text = inline_text(d, old, value, p.head + 1);
        if (empty) doc_splice(d, head, 0, arena_printf(d->a, " %s", text));
        else doc_splice(d, old->start, old->end - old->start, text);
    } else {
        size_t end = empty ? head : old->end;
        doc_splice(d, head, end - head, p.head);
        lines_in(d, doc_next(d, end), p.body);
    }
}

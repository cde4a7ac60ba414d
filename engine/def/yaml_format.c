/*
 * yaml_format.c — three passes over the text, each read again and compared: spaces in flows,
 * indentation of blocks, ends of lines.
 *
 * Lines inside of scalars belong to their values. A block moves as a whole, with what hangs
 * below it; a comment goes with the line whose column it has.
 */
#include "def/yaml_format.h"
#include "base/node_yaml.h"
#include "def/yaml_doc.h"
#include "def/yaml_tree.h"

#include <string.h>

#define UNSET 10000

/* A line: where it starts; by how much it moves; whether a value or a flow runs through it. */
typedef struct Line { size_t at; int by; bool value, flow; } Line;
typedef struct Lines { Line *line; int n, cap; } Lines;

static void split(const YamlDoc *d, Lines *l)
{
    for (size_t at = d->bom; at < d->n; at = doc_next(d, at)) {
        Line one = { .at = at, .by = UNSET };
        ARENA_PUSH(d->a, l->line, l->n, l->cap, one);
    }
}

static int line_at(const Lines *l, size_t at)
{
    int low = 0, high = l->n - 1;
    while (low < high) {
        int mid = (low + high + 1) / 2;
        if (l->line[mid].at <= at) low = mid;
        else high = mid - 1;
    }
    return low;
}

/* Lines that are not their own: from the second of a scalar on, those of a flow. */
static void mark(const YamlDoc *d, Lines *l, const Node *n)
{
    bool block = n->kind == NODE_TEXT && !n->plain && n->end > n->start
        && strchr("|>", d->text[n->start]);
    int from = line_at(l, n->start), to = n->end > n->start ? line_at(l, n->end - 1) : from;
    if (n->kind == NODE_TEXT)
        for (int i = block ? from + 1 : from; i <= to && to > from; i++) l->line[i].value = true;
    if (block && memchr(d->text + n->start, '+', doc_eol(d, n->start) - n->start))
        for (int i = to + 1; i < l->n && doc_blank(d, l->line[i].at); i++) l->line[i].value = true;
    if (doc_is_flow(d, n))
        for (int i = from + 1; i <= to; i++) l->line[i].flow = true;
    for (int i = 0; i < n->n; i++) mark(d, l, n->item[i]);
}

/* ---- spaces in flows ---- */

static size_t skip(const YamlDoc *d, size_t at)
{
    while (at < d->n && d->text[at] == ' ') at++;
    return at;
}

static void flow_spaces(YamlDoc *d, const Node *n)
{
    for (int i = 0; i < n->n; i++) flow_spaces(d, n->item[i]);
    if (!doc_is_flow(d, n)) return;
    size_t open = n->start + 1, first = skip(d, open), close = n->end - 1, last = close;
    if (first > open && !strchr("#\r\n", d->text[first])) doc_splice(d, open, first - open, "");
    if (!n->n) return;
    while (last > open && d->text[last - 1] == ' ') last--;
    size_t line = doc_line(d, last);
    if (last < close && line + (size_t)doc_indent(d, line) < last)
        doc_splice(d, last, close - last, "");
    for (int i = 0; i + 1 < n->n; i++) {
        size_t end = flow_end(d, n, i), comma = skip(d, end);
        if (d->text[comma] != ',') continue;
        bool empty = n->item[i]->end <= n->item[i]->start;
        if (comma > end && !empty) doc_splice(d, end, comma - end, "");
        if (!strchr(" \r\n", d->text[comma + 1])) doc_splice(d, comma + 1, 0, " ");
    }
}

/* ---- indentation ---- */

static void shift(Lines *l, int from, int to, int by)
{
    for (int i = from; i <= to; i++) l->line[i].by = by;
}

/* `col`: where its entries are to stand. */
static void indent_block(YamlDoc *d, Lines *l, const Node *n, int col)
{
    if (!n->n || !doc_is_block(d, n)) return;
    int by = col - entry_col(d, n);
    for (int i = 0; i < n->n; i++) {
        const Node *v = n->item[i];
        size_t at = entry_at(d, n, i), end = v->end > at ? v->end : at + 1;
        int first = line_at(l, at);
        /* The line of a led entry goes with its dash. */
        shift(l, entry_led(d, n, i) ? first + 1 : first, line_at(l, end - 1), by);
        if (!v->n || !doc_is_block(d, v)) continue;
        bool led = entry_led(d, v, 0);
        if (led) {
            size_t head = entry_head(d, n, i), to = entry_at(d, v, 0);
            if (to > head + 1) doc_splice(d, head, to - head, " ");
        }
        indent_block(d, l, v, col + 2);
    }
}

static int comment_shift(const YamlDoc *d, const Lines *l, int at)
{
    int col = doc_indent(d, l->line[at].at), near = 0;
    for (int i = at + 1; i < l->n; i++) {
        if (l->line[i].by == UNSET || doc_blank(d, l->line[i].at)) continue;
        if (doc_indent(d, l->line[i].at) == col) return l->line[i].by;
        break;
    }
    for (int i = at - 1; i >= 0; i--) {
        if (l->line[i].by == UNSET || l->line[i].value || doc_blank(d, l->line[i].at)) continue;
        if (!near) near = l->line[i].by;
        if (doc_indent(d, l->line[i].at) <= col)
            return doc_indent(d, l->line[i].at) == col ? l->line[i].by : near;
    }
    return near;
}

static void indent(YamlDoc *d)
{
    Lines l = { 0 };
    split(d, &l);
    if (!l.n) return;
    mark(d, &l, d->root);
    indent_block(d, &l, d->root, 0);
    for (int i = 0; i < l.n; i++)
        if (doc_comment(d, l.line[i].at) && !l.line[i].value && !l.line[i].flow)
            l.line[i].by = UNSET;
    for (int i = 0; i < l.n; i++) {
        size_t at = l.line[i].at;
        int by = l.line[i].by, has = doc_indent(d, at);
        if (by == UNSET) by = doc_comment(d, at) ? comment_shift(d, &l, i) : 0;
        if (doc_blank(d, at) || !by) continue;
        if (by > 0) doc_splice(d, at, 0, arena_printf(d->a, "%*s", by, ""));
        else doc_splice(d, at, (size_t)(-by < has ? -by : has), "");
    }
}

/* ---- ends of lines ---- */

static void line_ends(YamlDoc *d)
{
    Lines l = { 0 };
    int blank = 1;                /* none at the top */
    split(d, &l);
    if (!l.n) return;
    mark(d, &l, d->root);
    int last = l.n - 1;
    while (last >= 0 && !l.line[last].value && doc_blank(d, l.line[last].at)) last--;
    for (int i = 0; i < l.n; i++) {
        size_t at = l.line[i].at, end = doc_eol(d, at), text = end, next = doc_next(d, at);
        if (l.line[i].value) {
            blank = 0;
            continue;
        }
        blank = doc_blank(d, at) ? blank + 1 : 0;
        if (i > last || blank > 1) {
            doc_splice(d, at, next - at, "");
            continue;
        }
        while (text > at && strchr(" \t", d->text[text - 1])) text--;
        if (text < end) doc_splice(d, text, end - text, "");
    }
    if (last == l.n - 1 && d->text[d->n - 1] != '\n' && !l.line[last].value)
        doc_splice(d, d->n, 0, d->style.eol);
}

static void flows(YamlDoc *d)
{
    flow_spaces(d, d->root);
}

static bool cannot(Cx *cx, const char *file)
{
    return cx_issue(cx, at_line(file, 1, 1), "cannot_format", "this file is written in a way "
        "that cannot be tidied safely");
}

static char *once(Cx *cx, const char *file, const char *text, size_t n, size_t *out)
{
    static void (*const pass[])(YamlDoc *d) = { flows, indent, line_ends };
    YamlDoc d;
    for (int i = 0; i < LEN(pass); i++) {
        if (!doc_open(cx, &d, file, text, n)) return NULL;
        const Node *meant = d.root;
        pass[i](&d);
        text = doc_result(&d, &n);
        Cx inner = cx_begin(cx->a, cx->lang);
        const Node *now = yaml_parse(&inner, file, text, n);
        if (!now || inner.nissue || !yaml_same(now, meant)) return cannot(cx, file), NULL;
    }
    *out = n;
    return (char *)(uintptr_t)text;
}

/* What is not tidy after one time has lines that are not told apart here. */
char *yaml_format(Cx *cx, const char *file, const char *text, size_t n, size_t *out)
{
    size_t m;
    char *tidy = once(cx, file, text, n, out);
    char *again = tidy ? once(cx, file, tidy, *out, &m) : NULL;
    if (!again) return NULL;
    if (m != *out || memcmp(tidy, again, m)) return cannot(cx, file), NULL;
    return tidy;
}

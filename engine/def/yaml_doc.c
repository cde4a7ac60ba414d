/*
 * yaml_doc.c — lines and entries of a YAML text.
 *
 * libyaml tells where values stand; comments and dashes are found by looking at the lines
 * between them.
 */
#include "def/yaml_doc.h"
#include "base/node_yaml.h"

#include <stdlib.h>
#include <string.h>

size_t doc_line(const YamlDoc *d, size_t at)
{
    while (at > d->bom && d->text[at - 1] != '\n') at--;
    return at;
}

size_t doc_next(const YamlDoc *d, size_t at)
{
    while (at < d->n && d->text[at] != '\n') at++;
    return at < d->n ? at + 1 : d->n;
}

size_t doc_eol(const YamlDoc *d, size_t at)
{
    while (at < d->n && d->text[at] != '\n') at++;
    return at > d->bom && d->text[at - 1] == '\r' ? at - 1 : at;
}

int doc_indent(const YamlDoc *d, size_t line)
{
    size_t at = line;
    while (at < d->n && d->text[at] == ' ') at++;
    return (int)(at - line);
}

static char first_of(const YamlDoc *d, size_t line)
{
    while (line < d->n && strchr(" \t", d->text[line])) line++;
    return line < d->n && d->text[line] != '\r' ? d->text[line] : '\n';
}

bool doc_blank(const YamlDoc *d, size_t line)
{
    return first_of(d, line) == '\n';
}

bool doc_comment(const YamlDoc *d, size_t line)
{
    return first_of(d, line) == '#';
}

bool doc_lines_between(const YamlDoc *d, size_t from, size_t to)
{
    return to > from && memchr(d->text + from, '\n', to - from) != NULL;
}

char *doc_part(const YamlDoc *d, size_t from, size_t to)
{
    return arena_dup_n(d->a, d->text + from, to > from ? to - from : 0);
}

bool doc_is_flow(const YamlDoc *d, const Node *n)
{
    return n->kind >= NODE_LIST && (d->text[n->start] == '{' || d->text[n->start] == '[');
}

bool doc_is_block(const YamlDoc *d, const Node *n)
{
    return n->kind >= NODE_LIST && !doc_is_flow(d, n);
}

int entry_col(const YamlDoc *d, const Node *parent)
{
    size_t at = entry_at(d, parent, 0);
    return (int)(at - doc_line(d, at));
}

/* An empty value ends where its key or dash does. */
static size_t value_end(const YamlDoc *d, const Node *parent, int i)
{
    size_t end = parent->item[i]->end;
    if (parent->kind == NODE_MAP && end <= parent->item[i]->start)
        end = entry_head(d, parent, i);
    return end > d->n ? d->n : end;
}

/* The dash of an item: the line after the item before it that is neither blank nor comment. */
static size_t dash_at(const YamlDoc *d, const Node *list, int i)
{
    if (!i) return list->start;
    size_t line = doc_next(d, value_end(d, list, i - 1));
    while (line < d->n && (doc_blank(d, line) || doc_comment(d, line))) line = doc_next(d, line);
    return line + (size_t)doc_indent(d, line);
}

size_t entry_at(const YamlDoc *d, const Node *parent, int i)
{
    if (parent->kind == NODE_LIST) return dash_at(d, parent, i);
    return parent->item[i]->key_at->start;
}

size_t entry_head(const YamlDoc *d, const Node *parent, int i)
{
    if (parent->kind == NODE_LIST) return dash_at(d, parent, i) + 1;
    size_t at = parent->item[i]->key_at->end;
    while (at < d->n && strchr(" \t", d->text[at])) at++;
    return at < d->n && d->text[at] == ':' ? at + 1 : parent->item[i]->key_at->end;
}

bool entry_led(const YamlDoc *d, const Node *parent, int i)
{
    size_t at = entry_at(d, parent, i), line = doc_line(d, at);
    return line + (size_t)doc_indent(d, line) != at;
}

size_t entry_begin(const YamlDoc *d, const Node *parent, int i)
{
    size_t at = entry_at(d, parent, i), line = doc_line(d, at);
    int col = (int)(at - line);
    if (entry_led(d, parent, i)) return at;
    if (parent == d->root && !i) return line;
    size_t least = i ? doc_next(d, value_end(d, parent, i - 1)) : d->bom;
    while (line > least) {
        size_t above = doc_line(d, line - 1);
        if (above < least || !doc_comment(d, above) || doc_indent(d, above) > col) break;
        line = above;
    }
    return line;
}

const Node *entry_scalar(const YamlDoc *d, const Node *parent, int i)
{
    const Node *n = parent->item[i];
    while (n->n && !doc_is_flow(d, n)) n = n->item[n->n - 1];
    bool block = n->kind == NODE_TEXT && !n->plain && n->end > n->start
        && strchr("|>", d->text[n->start]);
    return block ? n : NULL;
}

/* A block scalar that keeps its blank lines ("|+"). */
static bool keeps_lines(const YamlDoc *d, const Node *n)
{
    if (!n) return false;
    size_t end = doc_eol(d, n->start);
    for (size_t i = n->start + 1; i < end && !strchr(" #", d->text[i]); i++)
        if (d->text[i] == '+') return true;
    return false;
}

size_t entry_end(const YamlDoc *d, const Node *parent, int i)
{
    size_t at = doc_next(d, value_end(d, parent, i));
    size_t own = entry_at(d, parent, i);
    int col = (int)(own - doc_line(d, own));
    if (keeps_lines(d, entry_scalar(d, parent, i)))
        while (at < d->n && doc_blank(d, at)) at = doc_next(d, at);
    for (;;) {
        size_t line = at;
        while (line < d->n && doc_blank(d, line)) line = doc_next(d, line);
        if (line >= d->n || !doc_comment(d, line) || doc_indent(d, line) <= col) return at;
        at = doc_next(d, line);
    }
}

size_t flow_begin(const Node *parent, int i)
{
    const Node *n = parent->item[i];
    return parent->kind == NODE_MAP ? n->key_at->start : n->start;
}

size_t flow_end(const YamlDoc *d, const Node *parent, int i)
{
    return value_end(d, parent, i);
}

size_t flow_comma(const YamlDoc *d, size_t at, bool *found)
{
    size_t p = at;
    *found = false;
    while (p < d->n) {
        char c = d->text[p];
        if (c == '#' && p > at && strchr(" \t\n", d->text[p - 1])) p = doc_eol(d, p);
        else if (strchr(" \t\r\n", c)) p++;
        else break;
    }
    *found = p < d->n && d->text[p] == ',';
    return *found ? p : at;
}

/* How the text indents: what its first maps and lists do. */
static void learn(YamlDoc *d, const Node *n, bool *step, bool *dash)
{
    for (int i = 0; i < n->n; i++) {
        const Node *v = n->item[i];
        if (n->kind == NODE_MAP && doc_is_block(d, n) && doc_is_block(d, v)
                && !entry_led(d, v, 0)) {
            int by = entry_col(d, v) - entry_col(d, n);
            if (v->kind == NODE_MAP && !*step && by > 0) {
                d->style.step = by;
                *step = true;
            }
            if (v->kind == NODE_LIST && !*dash && by >= 0) {
                d->style.dash = by;
                *dash = true;
            }
        }
        if (*step && *dash) return;
        learn(d, v, step, dash);
    }
}

bool doc_open(Cx *cx, YamlDoc *d, const char *file, const char *text, size_t n)
{
    int issues = cx->nissue;
    bool step = false, dash = false;
    *d = (YamlDoc){ .cx = cx, .a = cx->a, .file = file, .text = text, .n = n,
        .style = yaml_style() };
    if (n >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) d->bom = 3;
    d->root = yaml_parse(cx, file, text, n);
    if (!d->root || cx->nissue > issues) return false;
    const char *line = memchr(text, '\n', n);
    if (line && line > text && line[-1] == '\r') d->style.eol = "\r\n";
    learn(d, d->root, &step, &dash);
    if (step && !dash) d->style.dash = d->style.step;
    return true;
}

void doc_splice(YamlDoc *d, size_t at, size_t len, const char *text)
{
    Splice s = { at, len, text ? text : "" };
    ARENA_PUSH(d->a, d->splice, d->nsplice, d->splice_cap, s);
    for (int i = d->nsplice - 1; i > 0 && d->splice[i - 1].at > at; i--) {
        d->splice[i] = d->splice[i - 1];
        d->splice[i - 1] = s;
    }
}

char *doc_result(YamlDoc *d, size_t *n)
{
    Str s = str_begin(d->a);
    size_t at = 0;
    for (int i = 0; i < d->nsplice; i++) {
        const Splice *x = &d->splice[i];
        if (x->at > at) str_add_n(&s, d->text + at, x->at - at);
        str_add(&s, x->text);
        if (x->at + x->len > at) at = x->at + x->len;
    }
    str_add_n(&s, d->text + at, d->n - at);
    *n = s.n;
    return (char *)str_show(&s);
}

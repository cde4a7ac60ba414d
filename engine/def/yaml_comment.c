/*
 * yaml_comment.c — comments stand where no key and no value does: what lies between the scalars
 * of a tree is looked through.
 */
#include "def/yaml_comment.h"
#include "base/node_yaml.h"

#include <string.h>

static void scan(YamlDoc *d, EntryText *e, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (d->text[i] != '#' || (i && !strchr(" \t\n,[{", d->text[i - 1]))) continue;
        size_t end = doc_eol(d, i);
        ARENA_PUSH(d->a, e->above, e->nabove, e->above_cap, doc_part(d, i, end));
        i = end;
    }
}

static size_t walk(YamlDoc *d, EntryText *e, const Node *n, size_t from)
{
    if (n->key_at) {
        scan(d, e, from, n->key_at->start);
        from = n->key_at->end;
    }
    if (n->kind < NODE_LIST) {
        bool block = !n->plain && n->end > n->start && strchr("|>", d->text[n->start]);
        scan(d, e, from, n->start);
        if (block) scan(d, e, n->start, doc_eol(d, n->start));
        return n->end > from ? n->end : from;
    }
    for (int i = 0; i < n->n; i++) from = walk(d, e, n->item[i], from);
    return from;
}

static bool open_text(YamlDoc *d, YamlDoc *as, const char *text)
{
    Cx *inner = ARENA_NEW(d->a, Cx);
    *inner = cx_begin(d->a, NULL);
    return doc_open(inner, as, "source", text, strlen(text));
}

/* Inside of brackets: an entry of a flow. */
static bool in_flow(YamlDoc *d, YamlDoc *as, const char *source, bool map)
{
    const char *text = arena_printf(d->a, "%s\n%s\n%s", map ? "{" : "[", source, map ? "}" : "]");
    return open_text(d, as, text) && as->root->n == 1;
}

EntryText entry_text(YamlDoc *d, const char *source, bool map, bool whole)
{
    EntryText e = { 0 };
    YamlDoc as;
    if (!whole && in_flow(d, &as, source, map)) {
        size_t end = flow_end(&as, as.root, 0);
        scan(&as, &e, 2, flow_begin(as.root, 0));
        e.text = doc_part(&as, flow_begin(as.root, 0), end);
        char *tail = str_trim(d->a, doc_part(&as, end, doc_eol(&as, end)));
        if (*tail == '#') e.tail = doc_part(&as, end, doc_eol(&as, end));
        scan(&as, &e, doc_eol(&as, end), as.n);
        return e;
    }
    if (open_text(d, &as, source) || in_flow(d, &as, source, map))
        scan(&as, &e, walk(&as, &e, as.root, 0), as.n);
    return e;
}

void comment_lines(YamlDoc *d, Str *out, const EntryText *e, int col)
{
    for (int i = 0; i < e->nabove; i++) {
        for (int k = 0; k < col; k++) str_add_char(out, ' ');
        str_printf(out, "%s%s", e->above[i], d->style.eol);
    }
}

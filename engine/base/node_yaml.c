/*
 * node_yaml.c — libyaml's events, turned into a tree with a stack of open containers.
 *
 * libyaml counts code points; a cursor that moves forward turns them into bytes. Ends that
 * libyaml sets past the text (block scalars, block maps and lists) are taken from the text
 * itself and from the last child.
 */
#include "base/node_yaml.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define MAX_DEPTH 64
#define MAX_NODES 200000
#define MAX_BYTES ((size_t)8 << 20)
#define MAX_ISSUES 50         /* each looks for its line from the top */

typedef struct Reader {
    Cx *cx;
    const char *file, *text;
    size_t n;
    size_t bom;               /* bytes of the byte order mark, which libyaml does not see */
    size_t rune, byte;        /* cursor: code point number and where it starts */
    Node *open[MAX_DEPTH]; int depth;
    Node *key;                /* a map's key that waits for its value */
    Node *key_of[MAX_DEPTH];  /* the same of the maps further out */
    Node *root;
    int nodes, issues;
} Reader;

static size_t byte_of(Reader *r, size_t rune)
{
    if (rune < r->rune) {
        r->rune = 0;
        r->byte = r->bom;
    }
    for (; r->rune < rune && r->byte < r->n; r->rune++)
        do r->byte++;
        while (r->byte < r->n && ((unsigned char)r->text[r->byte] & 0xC0) == 0x80);
    return r->byte;
}

/* Place and source line of a byte, for issues. */
static bool issue_at(Reader *r, size_t byte, const char *code, const char *fmt,
    const char *arg)
{
    int line = 1, col = 1;
    size_t from = r->bom;
    if (++r->issues > MAX_ISSUES) return false;
    if (byte > r->n) byte = r->n;
    for (size_t i = from; i < byte; i++)
        if (r->text[i] == '\n') { line++; from = i + 1; }
    for (size_t i = from; i < byte; i++)
        col += ((unsigned char)r->text[i] & 0xC0) != 0x80;
    size_t end = from;
    while (end < r->n && r->text[end] && !strchr("\r\n", r->text[end])) end++;
    const char *source = arena_dup_n(r->cx->a, r->text + from, end - from);
    if (!utf8_valid(source, strlen(source))) source = NULL;
    Place at = at_line(r->file, line, col);
    const char *text = arg ? arena_printf(r->cx->a, i18n_text(r->cx->lang, fmt), arg)
                           : i18n_text(r->cx->lang, fmt);
    return cx_issue_source(r->cx, at, source, code, "%s", text);
}

static bool issue_mark(Reader *r, yaml_mark_t mark, const char *code, const char *fmt,
    const char *arg)
{
    return issue_at(r, byte_of(r, mark.index), code, fmt, arg);
}

static Node *make(Reader *r, const yaml_event_t *e, NodeKind kind)
{
    Node *n = ARENA_NEW(r->cx->a, Node);
    n->kind = kind;
    n->file = r->file;
    n->line = (int)e->start_mark.line + 1;
    n->col = (int)e->start_mark.column + 1;
    n->start = byte_of(r, e->start_mark.index);
    n->end = byte_of(r, e->end_mark.index);
    return n;
}

/* A block scalar's end runs over the blank lines after it. */
static void trim_end(const Reader *r, Node *n)
{
    while (n->end > n->start && strchr(" \t\r\n", r->text[n->end - 1])) n->end--;
}

static Node *make_scalar(Reader *r, const yaml_event_t *e)
{
    yaml_scalar_style_t style = e->data.scalar.style;
    Node *n = make(r, e, NODE_TEXT);
    n->plain = style == YAML_PLAIN_SCALAR_STYLE;
    n->text = arena_dup_n(r->cx->a, (const char *)e->data.scalar.value, e->data.scalar.length);
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) trim_end(r, n);
    if (strlen(n->text) != e->data.scalar.length)
        issue_mark(r, e->start_mark, "syntax", "a NUL character is not allowed", NULL);
    return n;
}

/* Stands for the refused alias, so that the rest of the file is read too. */
static Node *make_alias(Reader *r, const yaml_event_t *e)
{
    Node *n = make(r, e, NODE_TEXT);
    n->text = "";
    return n;
}

/* The node takes its place: root, list item, key, or the waiting key's value. */
static bool place(Reader *r, const yaml_event_t *e, Node *n)
{
    Arena *a = r->cx->a;
    Node *in = r->depth ? r->open[r->depth - 1] : NULL;
    if (++r->nodes > MAX_NODES)
        return issue_mark(r, e->start_mark, "too_large", "more than 200000 values", NULL);
    if (!in) {
        r->root = n;
    } else if (in->kind == NODE_LIST) {
        ARENA_PUSH(a, in->item, in->n, in->cap, n);
    } else if (!r->key) {
        if (n->kind != NODE_TEXT)
            return issue_mark(r, e->start_mark, "syntax", "a key must be a text", NULL);
        if (n->plain && str_eq(n->text, "<<"))
            issue_mark(r, e->start_mark, "merge_key",
                "merge keys are not part of the language", NULL);
        r->key = n;
    } else {
        n->key = r->key->text;
        n->hash = node_hash(n->key);
        n->key_at = r->key;
        r->key = NULL;
        ARENA_PUSH(a, in->item, in->n, in->cap, n);
    }
    return true;
}

static bool open_container(Reader *r, const yaml_event_t *e, NodeKind kind)
{
    Node *n = make(r, e, kind);
    if (!place(r, e, n)) return false;
    if (r->depth == MAX_DEPTH)
        return issue_mark(r, e->start_mark, "too_deep", "nested deeper than 64 levels", NULL);
    r->key_of[r->depth] = r->key;
    r->key = NULL;
    r->open[r->depth++] = n;
    return true;
}

static int by_key(const void *a, const void *b)
{
    const Node *x = *(Node *const *)a, *y = *(Node *const *)b;
    int c = strcmp(x->key, y->key);
    size_t i = x->key_at->start, j = y->key_at->start;
    return c ? c : (i > j) - (i < j);
}

static void check_duplicates(Reader *r, const Node *map)
{
    if (map->n < 2) return;
    Node **sorted = ARENA_ARRAY(r->cx->a, Node *, map->n);
    memcpy(sorted, map->item, sizeof *sorted * (size_t)map->n);
    qsort(sorted, (size_t)map->n, sizeof *sorted, by_key);
    for (int i = 1; i < map->n; i++)
        if (str_eq(sorted[i]->key, sorted[i - 1]->key))
            issue_at(r, sorted[i]->key_at->start, "duplicate_key", "%s stands here twice",
                sorted[i]->key);
}

static void close_container(Reader *r, const yaml_event_t *e)
{
    Node *n = r->open[--r->depth];
    r->key = r->key_of[r->depth];
    bool flow = e->end_mark.index > e->start_mark.index;
    if (flow) n->end = byte_of(r, e->end_mark.index);
    else if (n->n) n->end = n->item[n->n - 1]->end;
    if (n->kind == NODE_MAP) check_duplicates(r, n);
}

static void refuse_extras(Reader *r, const yaml_event_t *e)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (e->type == YAML_SCALAR_EVENT) {
        anchor = e->data.scalar.anchor;
        tag = e->data.scalar.tag;
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        anchor = e->data.mapping_start.anchor;
        tag = e->data.mapping_start.tag;
    } else if (e->type == YAML_SEQUENCE_START_EVENT) {
        anchor = e->data.sequence_start.anchor;
        tag = e->data.sequence_start.tag;
    }
    if (anchor)
        issue_mark(r, e->start_mark, "anchor", "anchors are not part of the language", NULL);
    if (tag)
        issue_mark(r, e->start_mark, "tag", "tags are not part of the language", NULL);
}

static bool start_document(Reader *r, const yaml_event_t *e)
{
    if (r->root)
        return issue_mark(r, e->start_mark, "documents", "only one document a file", NULL);
    bool tags = e->data.document_start.tag_directives.start
        != e->data.document_start.tag_directives.end;
    if (tags || e->data.document_start.version_directive)
        issue_mark(r, e->start_mark, "directive", "directives are not part of the language",
            NULL);
    return true;
}

/* False ends the reading. */
static bool take(Reader *r, const yaml_event_t *e)
{
    refuse_extras(r, e);
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT: return start_document(r, e);
    case YAML_SCALAR_EVENT: return place(r, e, make_scalar(r, e));
    case YAML_MAPPING_START_EVENT: return open_container(r, e, NODE_MAP);
    case YAML_SEQUENCE_START_EVENT: return open_container(r, e, NODE_LIST);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        close_container(r, e);
        return true;
    case YAML_ALIAS_EVENT:
        issue_mark(r, e->start_mark, "anchor", "anchors are not part of the language", NULL);
        return place(r, e, make_alias(r, e));
    default: return e->type != YAML_STREAM_END_EVENT;
    }
}

static void syntax_error(Reader *r, const yaml_parser_t *p)
{
    const char *what = i18n_text(r->cx->lang, p->problem ? p->problem : "syntax error");
    size_t byte = p->error == YAML_READER_ERROR ? p->problem_offset + r->bom
                                                : byte_of(r, p->problem_mark.index);
    issue_at(r, byte, "syntax", "not YAML: %s", what);
}

static bool entry_allowed(Reader *r)
{
    if (r->n > MAX_BYTES) {
        cx_issue(r->cx, at_line(r->file, 1, 1), "too_large", "larger than 8 MB");
        return false;
    }
    if (utf8_valid(r->text, r->n)) return true;
    size_t good = 0;
    for (size_t next = 1; good < r->n; next = good + 1) {
        while (next < r->n && next < good + 4 && ((unsigned char)r->text[next] & 0xC0) == 0x80)
            next++;
        if (!utf8_valid(r->text + good, next - good)) break;
        good = next;
    }
    return issue_at(r, good, "encoding", "not UTF-8", NULL);
}

Node *yaml_parse(Cx *cx, const char *file, const char *text, size_t n)
{
    Reader r = { .cx = cx, .file = file, .text = text, .n = n };
    yaml_parser_t parser;
    bool more = true, ok = true;

    if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) r.bom = r.byte = 3;
    if (!entry_allowed(&r)) return NULL;
    BUG_IF(!yaml_parser_initialize(&parser));
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text + r.bom,
        n - r.bom);
    while (more) {
        yaml_event_t e;
        if (!yaml_parser_parse(&parser, &e)) {
            syntax_error(&r, &parser);
            ok = false;
            break;
        }
        more = take(&r, &e);
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&parser);
    if (!ok || r.depth) return NULL;
    if (r.root) return r.root;
    r.root = node_new_null(cx->a);
    r.root->file = file;
    r.root->line = r.root->col = 1;
    return r.root;
}

/*
 * markdown.c — md4c's events become a tree of nodes.
 *
 * md4c parses in linear time and calls back as blocks and spans open and close; a stack of
 * nodes follows. Pictures are links: a page loads nothing from elsewhere.
 */
#include "http/markdown.h"

#include <md4c.h>
#include <string.h>

enum { MOST_DEEP = 24, CELL = 600 };

typedef struct Build { Arena *a; Node *open[MOST_DEEP + 1]; int depth, heading; } Build;

/* Items of the innermost node. */
static Node *items(Build *b)
{
    return node_find(b->open[b->depth], "items");
}

static Node *add(Build *b, const char *kind)
{
    static const char *const keys[] = { "text", "href", "align", "start", "level" };
    Node *n = node_add(b->a, items(b), node_map(b->a));
    node_put_text(b->a, n, "kind", kind);
    for (int i = 0; i < LEN(keys); i++) node_put(b->a, n, keys[i], node_new_null(b->a));
    node_put(b->a, n, "items", node_list(b->a));
    return n;
}

static int push(Build *b, Node *n)
{
    if (b->depth == MOST_DEEP) return -1;             /* md4c gives up, and so does the tree */
    b->open[++b->depth] = n;
    return 0;
}

static int pop(Build *b)
{
    b->depth--;
    return 0;
}

/* The page has the first level; none is left out on the way down. */
static int add_heading(Build *b, const MD_BLOCK_H_DETAIL *h)
{
    Node *n = add(b, "h");
    int level = (int)h->level + 1;
    if (level > b->heading + 1) level = b->heading + 1;
    b->heading = level > 6 ? 6 : level;
    node_put_int(b->a, n, "level", b->heading);
    return push(b, n);
}

static int add_cell(Build *b, const char *kind, const MD_BLOCK_TD_DETAIL *cell)
{
    Node *n = add(b, kind);
    if (cell->align == MD_ALIGN_RIGHT) node_put_text(b->a, n, "align", "end");
    return push(b, n);
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    Build *b = ctx;
    Node *n;
    switch (type) {
    case MD_BLOCK_DOC: case MD_BLOCK_THEAD: case MD_BLOCK_TBODY: return 0;
    case MD_BLOCK_QUOTE: return push(b, add(b, "aside"));
    case MD_BLOCK_UL: return push(b, add(b, "ul"));
    case MD_BLOCK_OL:
        n = add(b, "ol");
        node_put_int(b->a, n, "start", ((MD_BLOCK_OL_DETAIL *)detail)->start);
        return push(b, n);
    case MD_BLOCK_LI: return push(b, add(b, "li"));
    case MD_BLOCK_HR: return push(b, add(b, "rule"));
    case MD_BLOCK_H: return add_heading(b, detail);
    case MD_BLOCK_CODE: return push(b, add(b, "code"));
    case MD_BLOCK_TABLE: return push(b, add(b, "table"));
    case MD_BLOCK_TR: return push(b, add(b, "tr"));
    case MD_BLOCK_TH: return add_cell(b, "th", detail);
    case MD_BLOCK_TD: return add_cell(b, "td", detail);
    case MD_BLOCK_HTML: case MD_BLOCK_P: break;
    }
    return push(b, add(b, "p"));
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    (void)detail;
    bool none = type == MD_BLOCK_DOC || type == MD_BLOCK_THEAD || type == MD_BLOCK_TBODY;
    return none ? 0 : pop(ctx);
}

static const char *attribute(Build *b, const MD_ATTRIBUTE *x)
{
    return x->text ? arena_dup_n(b->a, x->text, x->size) : "";
}

static bool allowed(const char *href)
{
    return str_starts(href, "http://") || str_starts(href, "https://")
        || str_starts(href, "mailto:");
}

static int add_link(Build *b, const MD_ATTRIBUTE *to)
{
    const char *href = attribute(b, to);
    Node *n = add(b, "link");
    if (allowed(href)) node_put_text(b->a, n, "href", href);
    return push(b, n);
}

static int enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    Build *b = ctx;
    switch (type) {
    case MD_SPAN_STRONG: return push(b, add(b, "strong"));
    case MD_SPAN_DEL: return push(b, add(b, "del"));
    case MD_SPAN_CODE: return push(b, add(b, "mono"));
    case MD_SPAN_A: return add_link(b, &((MD_SPAN_A_DETAIL *)detail)->href);
    case MD_SPAN_IMG: return add_link(b, &((MD_SPAN_IMG_DETAIL *)detail)->src);
    default: break;
    }
    return push(b, add(b, "em"));
}

static int leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    (void)type;
    (void)detail;
    return pop(ctx);
}

/* The few entities people write; others stay as they are typed. */
static const char *entity(const char *text)
{
    static const struct { const char *name, *is; } known[] = {
        { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" },
        { "&nbsp;", "\xc2\xa0" }, { "&copy;", "©" }, { "&mdash;", "—" }, { "&ndash;", "–" },
    };
    for (int i = 0; i < LEN(known); i++)
        if (str_eq(text, known[i].name)) return known[i].is;
    return text;
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx)
{
    Build *b = ctx;
    const char *s = arena_dup_n(b->a, text, size);
    if (type == MD_TEXT_BR) {
        add(b, "br");
        return 0;
    }
    if (type == MD_TEXT_NULLCHAR) s = "\xef\xbf\xbd";
    if (type == MD_TEXT_ENTITY) s = entity(s);
    if (type == MD_TEXT_SOFTBR) s = "\n";
    node_put_text(b->a, add(b, "text"), "text", s);
    return 0;
}

Node *markdown_tree(Arena *a, const char *text)
{
    MD_PARSER parser = {
        .flags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH
            | MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_PERMISSIVEEMAILAUTOLINKS,
        .enter_block = enter_block, .leave_block = leave_block, .enter_span = enter_span,
        .leave_span = leave_span, .text = on_text,
    };
    Build b = { .a = a, .heading = 1 };
    b.open[0] = node_map(a);
    Node *list = node_put(a, b.open[0], "items", node_list(a));
    if (!md_parse(text, (MD_SIZE)strlen(text), &parser, &b)) return list;
    b.depth = 0;
    list = node_put(a, b.open[0], "items", node_list(a));
    node_put_text(a, add(&b, "text"), "text", text);
    return list;
}

static bool in_line(const char *kind)
{
    static const char *const spans[] = { "text", "strong", "em", "del", "mono", "link" };
    return str_in(kind, spans, LEN(spans));
}

static void add_plain(const Node *list, Str *out)
{
    for (int i = 0; i < list->n; i++) {
        const char *kind = node_text(node_find(list->item[i], "kind"));
        const char *text = node_text(node_find(list->item[i], "text"));
        if (!in_line(kind) && out->n && out->p[out->n - 1] != ' ') str_add_char(out, ' ');
        for (const char *p = text ? text : ""; *p; p++) str_add_char(out, *p == '\n' ? ' ' : *p);
        add_plain(node_find(list->item[i], "items"), out);
    }
}

const char *markdown_plain(Arena *a, const char *text)
{
    size_t n = strlen(text);
    Str out = str_begin(a);
    if (n > CELL) {
        for (n = CELL; ((unsigned char)text[n] & 0xc0) == 0x80; n--) continue;
        text = arena_printf(a, "%.*s…", (int)n, text);
    }
    add_plain(markdown_tree(a, text), &out);
    return str_trim(a, str_show(&out));
}

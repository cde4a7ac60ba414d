/*
 * yaml_random.c — what people's files look like, made by chance: block and flow, comments in
 * all places, Chinese, quotes, long texts, odd but legal indentation.
 */
#include "yaml_random.h"

#include <string.h>

int random_below(Random *r, int n)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (int)((r->state >> 33) % (uint64_t)n);
}

static const char *const word[] = { "name", "客户", "a b", "it's", "\"quoted\"", "1:30", "no",
    "stage.status = 'lost'", "x", "true story", "- dash", "# no comment", "a: b", "", "12",
    "{name} · {customer}", "线索 {name} 已重新打开", "http://x/y?z=1", "C:\\dir", "=me()", "null",
    "a rather long text that goes on and on, with commas, and more words than fit on one line of "
    "a file that people read", "[x]", "第一行\n第二行\n", "one\n\n  two\nthree", "*", "tab\there" };

static const char *scalar(Random *r)
{
    return word[random_below(r, LEN(word))];
}

static void spaces(Str *s, int n)
{
    for (int i = 0; i < n; i++) str_add_char(s, ' ');
}

static void comment_line(Random *r, Str *s, int col)
{
    spaces(s, col);
    str_printf(s, "#@%d; 注释 comment\n", ++r->mark);
}

static void write_scalar(Random *r, Str *s, bool flow)
{
    static const char *const plain[] = { "web", "线索", "12", "true", "null", "2d", "a-b", "1.50",
        "o'clock", "'single: ''x'''", "\"double \\n\"", "\"stage.status = 'lost'\"" };
    int k = random_below(r, LEN(plain) + 1);
    if (k == LEN(plain)) str_add(s, flow ? "\"\"" : "multi\n                          line");
    else str_add(s, plain[k]);
}

static void write_flow(Random *r, Str *s, int depth)
{
    bool map = random_below(r, 2);
    int n = random_below(r, 4);
    const char *pad = random_below(r, 4) ? "" : " ";
    str_printf(s, "%c%s", map ? '{' : '[', n ? pad : "");
    for (int i = 0; i < n; i++) {
        if (i) str_add(s, random_below(r, 5) ? ", " : ",");
        if (map) str_printf(s, "k%d: ", i);
        if (depth && !random_below(r, 3)) write_flow(r, s, depth - 1);
        else write_scalar(r, s, true);
    }
    str_printf(s, "%s%c", n ? pad : "", map ? '}' : ']');
}

/* A flow over several lines, with comments. */
static void write_tall(Random *r, Str *s, int col)
{
    int n = 1 + random_below(r, 3);
    str_add(s, "[\n");
    for (int i = 0; i < n; i++) {
        if (!random_below(r, 4)) comment_line(r, s, col);
        spaces(s, col);
        write_flow(r, s, 1);
        if (i + 1 < n || random_below(r, 2)) str_add_char(s, ',');
        if (!random_below(r, 3)) str_printf(s, "  #@%d; tail", ++r->mark);
        str_add_char(s, '\n');
    }
    spaces(s, col);
    str_add_char(s, ']');
}

static void write_block(Random *r, Str *s, int col, int depth, bool led);

static void line_end(Random *r, Str *s)
{
    if (!random_below(r, 5)) str_printf(s, "  #@%d; tail", ++r->mark);
    str_add_char(s, '\n');
}

static void write_literal(Random *r, Str *s, int col)
{
    static const char *const head[] = { "|", "|-", ">", ">-", "|+" };
    str_printf(s, " %s", head[random_below(r, LEN(head))]);
    line_end(r, s);
    for (int i = 1 + random_below(r, 3); i; i--) {
        spaces(s, col);
        str_add(s, random_below(r, 3) ? "多行文本 of a block\n" : "# no comment\n");
    }
    if (!random_below(r, 3)) str_add_char(s, '\n');
}

static void write_value(Random *r, Str *s, int col, int depth, bool item)
{
    int what = random_below(r, depth ? 8 : 6);
    if (what >= 6 && item) {
        str_add_char(s, ' ');
        write_block(r, s, col + 2, depth - 1, true);
    } else if (what >= 6) {
        line_end(r, s);
        write_block(r, s, col + 1 + random_below(r, 4), depth - 1, false);
    } else if (what == 5) {
        write_literal(r, s, col + 2);
    } else {
        if (what || random_below(r, 3)) str_add_char(s, ' ');
        if (what == 4 && !item && random_below(r, 2)) write_tall(r, s, col + 2);
        else if (what > 2) write_flow(r, s, 2);
        else if (what) write_scalar(r, s, false);
        line_end(r, s);
    }
}

static void write_block(Random *r, Str *s, int col, int depth, bool led)
{
    bool map = col == 0 || random_below(r, 3);
    int n = 1 + random_below(r, 4);
    for (int i = 0; i < n; i++) {
        if (!led && !random_below(r, 4)) comment_line(r, s, col);
        if (!led) spaces(s, col);
        led = false;
        if (map) str_printf(s, random_below(r, 6) ? "k%d:" : "\"k%d\":", i);
        else str_add_char(s, '-');
        write_value(r, s, col, depth, !map);
        if (!random_below(r, 8)) str_add_char(s, '\n');
        if (!random_below(r, 8)) comment_line(r, s, col + 3);
    }
}

char *random_document(Random *r, Arena *a)
{
    Str s = str_begin(a);
    if (!random_below(r, 3)) comment_line(r, &s, 0);
    write_block(r, &s, 0, 3, false);
    if (!random_below(r, 4)) comment_line(r, &s, 0);
    char *text = arena_dup(a, str_show(&s));
    size_t n = strlen(text);
    if (!random_below(r, 6) && n > 1 && text[n - 2] != '\n') text[n - 1] = 0;
    return text;
}

static Node *random_value(Random *r, Arena *a, int depth)
{
    int what = random_below(r, depth ? 6 : 4);
    if (what == 0) return node_new_int(a, random_below(r, 1000));
    if (what == 1 && !random_below(r, 3)) return node_new_null(a);
    if (what == 1 && !random_below(r, 3)) return node_new_bool(a, random_below(r, 2));
    if (what < 4) return node_new_text(a, scalar(r));
    Node *n = what == 4 ? node_map(a) : node_list(a);
    for (int i = random_below(r, 4); i > 0; i--) {
        Node *v = random_value(r, a, depth - 1);
        if (what == 4) node_put(a, n, arena_printf(a, "v%d", random_below(r, 6)), v);
        else node_add(a, n, v);
    }
    return n;
}

/* A container somewhere in the tree; its path in `path`. */
static Node *any_container(Random *r, Arena *a, Node *tree, Node *path)
{
    Node *n = tree;
    for (;;) {
        Node *in = NULL;
        const char *seg = NULL;
        for (int i = 0, k = random_below(r, n->n ? n->n : 1); i < n->n && !in; i++, k++) {
            Node *x = n->item[k % n->n];
            if (x->kind < NODE_LIST) continue;
            in = x;
            seg = n->kind == NODE_MAP ? x->key : arena_printf(a, "%d", k % n->n);
        }
        if (!in || !random_below(r, 3)) return n;
        node_add(a, path, node_new_text(a, seg));
        n = in;
    }
}

static const char *seg_of(Arena *a, const Node *n, int i)
{
    return n->kind == NODE_MAP ? n->item[i]->key : arena_printf(a, "%d", i);
}

static Node *op_move(Random *r, Arena *a, Node *tree, Node *op, const Node *in, int i)
{
    Node *path = node_list(a), *to = any_container(r, a, tree, path);
    const Node *mine = node_find(op, "path");
    bool away = !random_below(r, 3) && to->kind == in->kind && to != in;
    for (int k = 0; k < mine->n && k < path->n; k++) {
        if (!str_eq(mine->item[k]->text, path->item[k]->text)) break;
        if (k + 1 == mine->n) away = false;
    }
    /* A list that holds both: positions move while the operation runs. */
    if (away && to->kind == NODE_MAP && node_find(to, in->item[i]->key)) away = false;
    if (away) node_put(a, op, "to", path);
    else to = (Node *)(uintptr_t)in;
    if (to->n && random_below(r, 3))
        node_put_text(a, op, random_below(r, 2) ? "before" : "after",
            seg_of(a, to, random_below(r, to->n)));
    return op;
}

Node *random_op(Random *r, Arena *a, Node *tree)
{
    static const char *const kind[] = { "add", "set", "remove", "move", "rename" };
    Node *op = node_map(a), *path = node_list(a), *in = any_container(r, a, tree, path);
    int what = random_below(r, LEN(kind)), i = in->n ? random_below(r, in->n) : -1;
    if (in->kind < NODE_LIST) return NULL;
    if (i < 0) what = 0;
    if (what == 4 && in->kind == NODE_LIST) what = 3;
    node_put_text(a, op, "op", kind[what]);
    if (what) node_add(a, path, node_new_text(a, seg_of(a, in, i)));
    node_put(a, op, "path", path);
    if (what == 0) {
        bool map = in->kind == NODE_MAP;
        node_add(a, path, node_new_text(a, map ? arena_printf(a, "new%d", random_below(r, 9))
            : random_below(r, 3) ? arena_printf(a, "%d", random_below(r, in->n + 1)) : "-"));
        if (map && in->n && random_below(r, 2))
            node_put_text(a, op, random_below(r, 2) ? "before" : "after",
                seg_of(a, in, random_below(r, in->n)));
    }
    if (what < 2) node_put(a, op, "value", random_value(r, a, 2));
    if (what == 3) return op_move(r, a, tree, op, in, i);
    if (what == 4) node_put_text(a, op, "name", random_below(r, 4) ? "renamed" : "新 键");
    return op;
}

char *random_region(Arena *a, const char *text, const Node *n)
{
    const char *from = text + n->start, *to = text + n->end;
    while (from > text && from[-1] != '\n') from--;
    for (;;) {                    /* comment lines above, below and what follows on the line */
        const char *above = from - (from > text);
        while (above > text && above[-1] != '\n') above--;
        if (from <= text || above[strspn(above, " ")] != '#') break;
        from = above;
    }
    to += strcspn(to, "\n");
    while (*to) {
        const char *line = to + 1;
        size_t in = strspn(line, " ");
        if (line[in] != '#' && line[in] != '\n' && line[in] != '\r') break;
        to = line + strcspn(line, "\n");
    }
    return arena_dup_n(a, from, (size_t)(to - from));
}

/*
 * run_yaml_edit cases FILE…        before, operations, after: byte for byte
 * run_yaml_edit random ROUNDS SEED FILE…    random operations on documents, and on made up ones
 *
 * A case: "==== name [crlf] [bom] [open]" (open: no line end at the end), its text, "---- ops",
 * a YAML list or `tidy`, then "---- after" and the text, or "---- refused" and a part of the message.
 *
 * Random: the new text means what a model of the operation says, lines outside of the entry are
 * the same bytes, no comment is lost but those of what was removed, and the inverse brings the
 * tree back.
 */
#include "base/node_yaml.h"
#include "base/out.h"
#include "base/sys.h"
#include "def/yaml_edit.h"
#include "def/yaml_format.h"
#include "def/yaml_tree.h"
#include "yaml_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures, ran, refused;

static char *converted(Arena *a, const char *text, const char *flags)
{
    Str s = str_begin(a);
    size_t n = strlen(text);
    if (strstr(flags, "[open]") && n && text[n - 1] == '\n') n--;
    if (strstr(flags, "[bom]")) str_add(&s, "\xEF\xBB\xBF");
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n' && strstr(flags, "[crlf]")) str_add_char(&s, '\r');
        str_add_char(&s, text[i]);
    }
    return arena_dup(a, str_show(&s));
}

static void say(const char *what, const char *got, const char *want)
{
    failures++;
    printf("not ok %s\n--- got\n%s\n--- expected\n%s\n---\n", what, got, want);
}

/* What was an empty file may come back as {}. */
static bool same_again(const Node *back, const Node *before)
{
    return yaml_same(back, before) || (!back->n && !before->n);
}

static void run_case(const char *name, const char *flags, const char *before, const char *ops,
    const char *after, bool refuse)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    Node *list = yaml_parse(&cx, "ops", ops, strlen(ops));
    YamlEdit out;
    before = converted(a, before, flags);
    ran++;
    if (str_eq(node_text(list), "tidy")) {
        size_t n;
        char *tidy = yaml_format(&cx, name, before, strlen(before), &n);
        after = converted(a, after, flags);
        if (!str_eq(tidy, after)) say(name, tidy, after);
        arena_free(a);
        return;
    }
    bool ok = list && yaml_edit(&cx, name, before, strlen(before), list, &out);
    if (refuse) {
        const char *text = cx.nissue ? cx.issue[0].text : "";
        char *want = str_trim(a, after);
        if (ok || !strstr(text, want)) say(name, ok ? out.text : text, want);
    } else if (!ok) {
        say(name, cx.nissue ? cx.issue[0].text : "no issue", after);
    } else {
        /* Where a line end at the end was missing, one more or less is not asked for. */
        after = converted(a, after, flags);
        if (!str_eq(out.text, after)) say(name, out.text, after);
        YamlEdit back;
        if (!yaml_edit(&cx, name, out.text, out.n, out.inverse, &back)
                || !same_again(back.tree, yaml_parse(&cx, name, before, strlen(before))))
            say(name, cx.nissue ? cx.issue[0].text : back.text, "the inverse brings it back");
        else if (strstr(flags, "[exact]") && !str_eq(back.text, before))
            say(name, back.text, before);
    }
    arena_free(a);
}

static void run_cases(char *text)
{
    char *at = strstr(text, "==== ");
    while (at) {
        char *next = strstr(at + 1, "\n==== ");
        if (next) *next++ = 0;
        char *body = strchr(at, '\n'), *ops = strstr(at, "---- ops\n");
        char *after = ops ? strstr(ops, "---- after\n") : NULL;
        char *no = ops ? strstr(ops, "---- refused\n") : NULL;
        char *name = at + 5;
        if (!body || !ops || (!after && !no)) {
            printf("not ok a case without its parts: %s\n", name);
            failures++;
            return;
        }
        *body++ = 0;
        *ops = 0;
        char *want = strchr(after ? after : no, '\n') + 1;
        *(after ? after : no) = 0;
        size_t n = strlen(want);
        bool ended = n && want[n - 1] == '\n';
        Arena *a = arena_new();
        if (next && !ended) want = arena_printf(a, "%s\n", want);
        run_case(name, name, body, ops + 9, want, !after);
        arena_free(a);
        at = next;
    }
}

/* ---- random ---- */

static void complain(const char *what, Node *op, const char *before, const char *after, Arena *a)
{
    failures++;
    if (failures > 5) return;
    printf("not ok %s\n--- op\n%s\n--- before\n%s\n--- after\n%s\n---\n", what, node_json(a, op),
        before, after ? after : "");
}

static Node *model(Arena *a, const Node *tree, const YamlOp *op)
{
    Node *t = node_copy(a, tree);
    Node *p = yaml_at(t, yaml_path_parent(op->path));
    const char *last = op->path.seg[op->path.n - 1];
    int i = yaml_index(p, last);
    bool list = p->kind == NODE_LIST;
    if (op->kind == OP_ADD) {
        yaml_put_in(a, p, yaml_slot(p, last, op->before, op->after), list ? NULL : last, op->value);
    } else if (op->kind == OP_SET) {
        const char *key = p->item[i]->key;
        yaml_take_out(p, i);
        yaml_put_in(a, p, i, key, op->value);
    } else if (op->kind == OP_REMOVE) {
        yaml_take_out(p, i);
    } else if (op->kind == OP_RENAME) {
        p->item[i]->key = op->name;
    } else {
        Node *to = op->moves ? yaml_at(t, op->to) : p;
        int slot = yaml_slot(to, NULL, op->before, op->after);
        Node *n = yaml_take_out(p, i);
        if (to == p && slot > i) slot--;
        yaml_put_in(a, to, slot, to->kind == NODE_MAP ? n->key : NULL, n);
    }
    return t;
}

/* Every "#@12;" of the text must be in the other, but those of `except`. */
static const char *lost_comment(Arena *a, const char *before, const char *after,
    const char *except)
{
    for (const char *p = before; (p = strstr(p, "#@")); p++) {
        char *mark = arena_dup_n(a, p, strcspn(p, ";") + 1);
        if (!strstr(after, mark) && !(except && strstr(except, mark))) return mark;
    }
    return NULL;
}

static int line_of(const char *text, size_t at)
{
    int n = 0;
    for (size_t i = 0; i < at; i++) n += text[i] == '\n';
    return n;
}

/* Lines that both have at their ends; what is between them in `before`, from and to. */
static void changed_lines(const char *before, const char *after, int *from, int *to)
{
    size_t n = strlen(before), m = strlen(after), i = 0, k = 0;
    while (i < n && i < m && before[i] == after[i]) i++;
    while (k < n - i && k < m - i && before[n - 1 - k] == after[m - 1 - k]) k++;
    *from = line_of(before, i);
    *to = line_of(before, n - k);
}

/* A change of one entry stays within its lines, with comments and what hangs below it. */
static bool stays_inside(const char *before, const char *after, Node *tree, const YamlOp *op,
    const char *source)
{
    Node *p = yaml_at(tree, yaml_path_parent(op->path));
    int i = yaml_index(p, op->path.seg[op->path.n - 1]), from, to;
    if (!str_eq(before, after)) changed_lines(before, after, &from, &to);
    else return true;
    size_t begin = p->kind == NODE_MAP ? p->item[i]->key_at->start : p->item[i]->start;
    size_t end = p->item[i]->end;
    int above = 0;
    for (const char *c = source; c && (c = strchr(c, '\n')); c++) above++;
    int lead = p->n == 1 ? 2 : 1;
    return from >= line_of(before, begin) - above - lead && to <= line_of(before, end) + above + 2;
}

static void run_one(const char *text, Node *tree, Random *r, Arena *a)
{
    Cx cx = cx_begin(a, NULL);
    Node *op = random_op(r, a, tree), *ops = node_list(a);
    YamlOp o;
    YamlEdit out, back;
    if (!op || !yaml_op_read(&cx, "random", op, 1, &o)) return;
    node_add(a, ops, op);
    ran++;
    if (!yaml_edit(&cx, "random", text, strlen(text), ops, &out)) {
        refused++;
        if (!cx.nissue) complain("refused without a reason", op, text, NULL, a);
        else if (getenv("SHOW_REFUSED"))
            printf("refused %s %s\n%s\n", cx.issue[0].text, node_json(a, op), text);
        return;
    }
    Node *again = yaml_parse(&cx, "random", out.text, out.n);
    if (!again || !yaml_same(again, model(a, tree, &o)))
        complain("the text means something else", op, text, out.text, a);
    const char *source = node_text(node_find(out.inverse->n ? out.inverse->item[0] : NULL,
        "source"));
    const Node *target = yaml_at(tree, o.path);
    const char *except = o.kind == OP_REMOVE ? arena_printf(a, "%s %s", source ? source : "",
        arena_dup_n(a, text + target->start, target->end - target->start))
        : o.kind == OP_SET ? random_region(a, text, target) : NULL;
    const char *lost = lost_comment(a, text, out.text, except);
    if (lost) complain(arena_printf(a, "lost the comment %s", lost), op, text, out.text, a);
    if ((o.kind == OP_REMOVE || o.kind == OP_SET || o.kind == OP_RENAME)
            && !stays_inside(text, out.text, tree, &o, source ? source : except))
        complain("other lines changed", op, text, out.text, a);
    if (!yaml_edit(&cx, "random", out.text, out.n, out.inverse, &back))
        complain(arena_printf(a, "the inverse is refused: %s", cx.issue[0].text), op, text,
            out.text, a);
    else if (!yaml_same(back.tree, tree))
        complain("the inverse brings another tree", op, text, back.text, a);
}

/* The tidy text means the same, has every comment, and is tidy. */
static void run_format(const char *text, Arena *a)
{
    Cx cx = cx_begin(a, NULL);
    Node *none = node_map(a);
    size_t n, m;
    ran++;
    char *tidy = yaml_format(&cx, "random", text, strlen(text), &n);
    if (!tidy) {
        refused++;
        if (getenv("SHOW_REFUSED")) printf("refused to tidy\n%s\n", text);
        return;
    }
    char *again = yaml_format(&cx, "random", tidy, n, &m);
    const char *lost = lost_comment(a, text, tidy, NULL);
    if (!yaml_same(yaml_parse(&cx, "x", text, strlen(text)), yaml_parse(&cx, "x", tidy, n)))
        complain("the tidy text means something else", none, text, tidy, a);
    if (!str_eq(again, tidy)) complain("tidying is not done at once", none, tidy, again, a);
    if (lost) complain("tidying lost a comment", none, text, tidy, a);
}

static void run_text(const char *text, Random *r, int rounds)
{
    Arena *first = arena_new();
    run_format(text, first);
    arena_free(first);
    for (int i = 0; i < rounds; i++) {
        Arena *a = arena_new();
        Cx cx = cx_begin(a, NULL);
        Node *tree = yaml_parse(&cx, "random", text, strlen(text));
        if (!tree || cx.nissue) {
            printf("not ok: no YAML: %s\n%s\n", cx.nissue ? cx.issue[0].text : "", text);
            failures++;
            i = rounds;
        } else run_one(text, tree, r, a);
        arena_free(a);
    }
}

static char *crlf(Arena *a, const char *text)
{
    return strchr(text, '\r') ? arena_dup(a, text) : converted(a, text, "[crlf]");
}

int main(int argc, char **argv)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    bool random = argc > 3 && str_eq(argv[1], "random");
    int rounds = random ? atoi(argv[2]) : 0;
    Random r = { .state = random ? strtoull(argv[3], NULL, 10) : 1 };
    for (int i = random ? 4 : 2; i < argc; i++) {
        char *text;
        size_t n;
        if (!file_read(&cx, argv[i], 1 << 22, &text, &n)) {
            printf("not ok %s\n", argv[i]);
            return 1;
        }
        if (!random) run_cases(text);
        else {
            run_text(text, &r, rounds);
            run_text(crlf(a, text), &r, rounds / 4);
        }
    }
    for (int i = 0; random && i < rounds * 4; i++) {
        Arena *one = arena_new();
        run_text(random_document(&r, one), &r, 4);
        arena_free(one);
    }
    arena_free(a);
    printf("%d run, %d refused, %d failed\n", ran, refused, failures);
    /* What is refused is safe, but it should be rare. */
    return failures || refused * 20 > ran;
}

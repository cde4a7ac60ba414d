/*
 * template_parse.c — text → ops. The markup is followed as it is read, so that each
 * placeholder knows its escaping, and both branches of a condition must end where they agree.
 */
#include "http/template_tree.h"
#include "base/asset.h"

#include <ctype.h>
#include <string.h>

typedef struct Parser {
    Cx *cx;
    Arena *a;
    const char *name, *text, *p;
    Html html;
    bool failed;
    int depth, tests;              /* of blocks; of conditions in this tag */
} Parser;

/* The inside of one {…}, as it is read. */
typedef struct Tag { const char *p, *end; } Tag;

static int line_of(const Parser *s, const char *at)
{
    int line = 1;
    for (const char *p = s->text; p < at; p++) line += *p == '\n';
    return line;
}

static void *bad(Parser *s, const char *at, const char *why)
{
    const char *p = at;
    while (p > s->text && p[-1] != '\n') p--;
    if (!s->failed)
        cx_issue(s->cx, at_line(s->name, line_of(s, at), (int)(at - p) + 1), "template", "%s",
            why);
    s->failed = true;
    return NULL;
}

static void blanks(Tag *t)
{
    while (t->p < t->end && isspace((unsigned char)*t->p)) t->p++;
}

static bool word_at(Tag *t, const char *word)
{
    size_t n = strlen(word);
    blanks(t);
    if ((size_t)(t->end - t->p) < n || strncmp(t->p, word, n)) return false;
    if (isalnum((unsigned char)word[n - 1]) && t->p + n < t->end
        && (isalnum((unsigned char)t->p[n]) || t->p[n] == '_' || t->p[n] == '.')) return false;
    t->p += n;
    return true;
}

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static char *read_name(Parser *s, Tag *t)
{
    blanks(t);
    const char *from = t->p;
    while (t->p < t->end && is_name_char(*t->p)) t->p++;
    if (t->p == from) return bad(s, from, "a name is missing here");
    return arena_dup_n(s->a, from, (size_t)(t->p - from));
}

static Path read_path(Parser *s, Tag *t)
{
    Path path = { 0 };
    int cap = 0;
    do {
        char *name = read_name(s, t);
        if (!name) break;
        ARENA_PUSH(s->a, path.name, path.n, cap, name);
    } while (t->p < t->end && *t->p == '.' && t->p++);
    path.hash = ARENA_ARRAY(s->a, uint32_t, path.n + 1);
    for (int i = 0; i < path.n; i++) path.hash[i] = node_hash(path.name[i]);
    return path;
}

static char *read_quoted(Parser *s, Tag *t)
{
    blanks(t);
    char quote = t->p < t->end ? *t->p : 0;
    const char *stop = quote == '"' || quote == '\''
        ? memchr(t->p + 1, quote, (size_t)(t->end - t->p - 1)) : NULL;
    if (!stop) return bad(s, t->p, "a quoted text is missing here");
    char *text = arena_dup_n(s->a, t->p + 1, (size_t)(stop - t->p - 1));
    t->p = stop + 1;
    return text;
}

static void at_end(Parser *s, Tag *t)
{
    blanks(t);
    if (t->p < t->end) bad(s, t->p, "this is not understood");
}

static Test *test_new(Parser *s, TestKind kind, Test *a, Test *b)
{
    Test *t = ARENA_NEW(s->a, Test);
    *t = (Test){ .kind = kind, .a = a, .b = b };
    return t;
}

static Test *read_test(Parser *s, Tag *t);

static Test *read_operand(Parser *s, Tag *t)
{
    Test *x;
    blanks(t);
    if (t->p < t->end && (*t->p == '\'' || *t->p == '"')) {
        x = test_new(s, TEST_TEXT, NULL, NULL);
        x->text = read_quoted(s, t);
    } else {
        x = test_new(s, TEST_PATH, NULL, NULL);
        x->path = read_path(s, t);
    }
    return x;
}

static Test *read_one(Parser *s, Tag *t)
{
    if (s->failed || ++s->tests > 100) return test_new(s, TEST_TEXT, NULL, NULL);
    if (word_at(t, "not")) return test_new(s, TEST_NOT, read_one(s, t), NULL);
    if (word_at(t, "(")) {
        Test *inner = read_test(s, t);
        if (!word_at(t, ")")) bad(s, t->p, "a ) is missing here");
        return inner;
    }
    Test *left = read_operand(s, t);
    if (word_at(t, "!=")) return test_new(s, TEST_NE, left, read_operand(s, t));
    if (word_at(t, "==") || word_at(t, "="))
        return test_new(s, TEST_EQ, left, read_operand(s, t));
    return left;
}

static Test *read_and(Parser *s, Tag *t)
{
    Test *left = read_one(s, t);
    while (!s->failed && word_at(t, "and")) left = test_new(s, TEST_AND, left, read_one(s, t));
    return left;
}

static Test *read_test(Parser *s, Tag *t)
{
    Test *left = read_and(s, t);
    while (!s->failed && word_at(t, "or")) left = test_new(s, TEST_OR, left, read_and(s, t));
    return left;
}

static Op *add(Parser *s, Block *b, OpKind kind)
{
    Op op = { .kind = kind, .line = line_of(s, s->p) };
    ARENA_PUSH(s->a, b->op, b->n, b->cap, op);
    return &b->op[b->n - 1];
}

/* Runs of white space between tags are one character on the wire. */
static void add_text(Parser *s, Block *b, const char *from, const char *to)
{
    Str out = str_begin(s->a);
    for (const char *p = from; p < to; p++) {
        bool squeeze = s->html.state == HTML_TEXT && !s->html.keep;
        const char *q = p;
        while (squeeze && q < to && isspace((unsigned char)*q)) q++;
        if (q > p) {
            str_add_char(&out, memchr(p, '\n', (size_t)(q - p)) ? '\n' : ' ');
            p = q - 1;
            continue;
        }
        html_feed(&s->html, *p, p + 1);
        str_add_char(&out, *p);
        if (p[0] == '{' && p[1] == '{') p++;
    }
    if (!out.n) return;
    Op *op = add(s, b, OP_TEXT);
    op->text = str_show(&out);
    op->len = out.n;
}

/* A value stands here: escaped how? */
static Escape place(Parser *s, const char *at)
{
    Escape as;
    const char *why = html_place(&s->html, &as);
    if (why) bad(s, at, why);
    s->html.started = true;
    return as;
}

static void parse_t(Parser *s, Tag *t, Block *b)
{
    Op *op = add(s, b, OP_T);
    int cap = 0;
    op->as = place(s, t->p);
    blanks(t);
    if (t->p < t->end && (*t->p == '"' || *t->p == '\'')) op->text = read_quoted(s, t);
    else op->path = read_path(s, t);
    for (blanks(t); t->p < t->end && !s->failed; blanks(t)) {
        Fill fill = { .name = read_name(s, t) };
        if (!word_at(t, "=")) bad(s, t->p, "an = is missing here");
        fill.path = read_path(s, t);
        ARENA_PUSH(s->a, op->fill, op->nfill, cap, fill);
    }
}

static void parse_part(Parser *s, Tag *t, Block *b)
{
    Op *op = add(s, b, OP_PART);
    blanks(t);
    const char *from = t->p;
    while (t->p < t->end && (is_name_char(*t->p) || *t->p == '/')) t->p++;
    char *name = arena_dup_n(s->a, from, (size_t)(t->p - from));
    op->part = strchr(name, '/') ? name : arena_printf(s->a, "pages/%s", name);
    if (s->html.state != HTML_TEXT) bad(s, from, "a part may stand between tags only");
    if (word_at(t, "with")) op->path = read_path(s, t);
    at_end(s, t);
}

static void parse_asset(Parser *s, Tag *t, Block *b)
{
    Op *op = add(s, b, OP_ASSET);
    op->as = place(s, t->p);
    op->text = read_quoted(s, t);
    if (op->text && !asset_find(op->text)) bad(s, t->p, "there is no such file");
    at_end(s, t);
}

static void parse_block(Parser *s, Block *b, const char **stop);

/* After the condition: the body, then {:else}, {:else if} or {/if}. */
static void parse_if(Parser *s, Tag *t, Block *b)
{
    int at = b->n;
    const char *stop = NULL, *where = s->p;
    Html before = s->html, after;
    add(s, b, OP_IF)->test = read_test(s, t);
    at_end(s, t);
    Block body = { 0 }, other = { 0 };
    parse_block(s, &body, &stop);
    after = s->html;
    s->html = before;
    if (stop && str_starts(stop, ":else if")) {
        Tag next = { stop + 8, s->p - 1 };
        parse_if(s, &next, &other);
    } else if (stop && str_starts(stop, ":else")) {
        parse_block(s, &other, &stop);
        if (!stop || !str_starts(stop, "/if")) bad(s, where, "this {#if} has no {/if}");
    } else if (!stop || !str_starts(stop, "/if")) {
        bad(s, where, "this {#if} has no {/if}");
    }
    if (!s->failed && !html_same(&s->html, &after))
        bad(s, where, "the branches end at different places of the markup");
    s->html.started |= after.started;
    b->op[at].body = body;
    b->op[at].other = other;
}

static void parse_each(Parser *s, Tag *t, Block *b)
{
    int at = b->n;
    const char *stop = NULL, *where = s->p;
    Html before = s->html;
    Op *op = add(s, b, OP_EACH);
    op->path = read_path(s, t);
    if (!word_at(t, "as")) { bad(s, t->p, "`as NAME` is missing here"); return; }
    op->text = read_name(s, t);
    at_end(s, t);
    Block body = { 0 }, other = { 0 };
    parse_block(s, &body, &stop);
    if (stop && str_starts(stop, ":else")) {
        Html after = s->html;
        s->html = before;
        parse_block(s, &other, &stop);
        if (!s->failed && !html_same(&s->html, &after))
            bad(s, where, "the branches end at different places of the markup");
    }
    if (!stop || !str_starts(stop, "/each")) bad(s, where, "this {#each} has no {/each}");
    if (!s->failed && !html_same(&s->html, &before))
        bad(s, where, "the body ends at another place of the markup than it begins");
    b->op[at].body = body;
    b->op[at].other = other;
}

static void parse_tag(Parser *s, Tag t, Block *b)
{
    const char *at = t.p;
    s->tests = 0;
    if (word_at(&t, "#if")) parse_if(s, &t, b);
    else if (word_at(&t, "#each")) parse_each(s, &t, b);
    else if (*t.p == '>' && t.p++) parse_part(s, &t, b);
    else if (str_starts(t.p, "t ") && t.p++) parse_t(s, &t, b);
    else if (str_starts(t.p, "asset ")) { t.p += 6; parse_asset(s, &t, b); }
    else if (*t.p == '#') bad(s, at, "there are #if and #each only");
    else {
        Escape as = place(s, at);
        Op *op = add(s, b, OP_SHOW);
        op->as = as;
        op->path = read_path(s, &t);
        at_end(s, &t);
    }
}

static bool opens(const char *p)
{
    return p[0] == '{' && (isalpha((unsigned char)p[1]) || (p[1] && strchr("_#>:/", p[1])));
}

/* The } of this {, quotes skipped. */
static const char *closing(const char *p)
{
    char quote = 0;
    for (; *p && (quote || *p != '}'); p++) {
        if (quote) quote = *p == quote ? 0 : quote;
        else if (*p == '"' || *p == '\'') quote = *p;
    }
    return *p ? p : NULL;
}

/* Until a {:…} or {/…} that is not its own, left in *stop; or the end, *stop NULL. */
static void parse_block(Parser *s, Block *b, const char **stop)
{
    *stop = NULL;
    if (s->depth > 40) { bad(s, s->p, "nested too deeply"); return; }
    s->depth++;
    while (*s->p && !s->failed) {
        const char *from = s->p, *p = from;
        while (*p && !opens(p)) p += p[0] == '{' && p[1] == '{' ? 2 : 1;
        add_text(s, b, from, p);
        s->p = p;
        if (!*p) break;
        const char *end = closing(p);
        if (!end) { bad(s, p, "this { has no }"); break; }
        s->p = end + 1;
        if (p[1] == ':' || p[1] == '/') { *stop = p + 1; break; }
        if (s->html.state == HTML_RAW || s->html.state == HTML_COMMENT) place(s, p);
        else parse_tag(s, (Tag){ p + 1, end }, b);
    }
    s->depth--;
}

Template *template_parse(Cx *cx, const char *name, const char *text)
{
    Parser s = { .cx = cx, .a = cx->a, .name = name, .text = text, .p = text };
    Template *t = ARENA_NEW(cx->a, Template);
    const char *stop;
    t->name = arena_dup(cx->a, name);
    parse_block(&s, &t->block, &stop);
    if (stop) bad(&s, stop, "this closes nothing");
    if (!s.failed && s.html.state != HTML_TEXT) bad(&s, s.p, "the markup ends inside a tag");
    return s.failed ? NULL : t;
}

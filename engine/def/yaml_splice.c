/*
 * yaml_splice.c — where the bytes of an edit go: lines in blocks, pieces between commas in flows.
 */
#include "def/yaml_splice.h"
#include "def/yaml_comment.h"

#include <string.h>

/* All siblings that are containers stand open: the new one does too. */
static bool siblings_open(const YamlDoc *d, const Node *parent, int but, NodeKind kind)
{
    int open = 0;
    for (int i = 0; i < parent->n; i++) {
        const Node *v = parent->item[i];
        if (i == but || v->kind != kind || !v->n) continue;
        if (doc_is_flow(d, v)) return false;
        open++;
    }
    return open > 0;
}

static void spaces(Str *s, int n)
{
    for (int i = 0; i < n; i++) str_add_char(s, ' ');
}

/* Values that stand in one column go on doing so. */
static int value_gap(const YamlDoc *d, const Node *parent, int index, int used)
{
    int at = -1;
    for (int i = index - 1; i <= index; i++) {
        if (i < 0 || i >= parent->n || parent->item[i]->kind == NODE_TEXT) continue;
        const Node *v = parent->item[i];
        size_t head = entry_head(d, parent, i);
        if (v->start < head + 2 || doc_lines_between(d, head, v->start)) continue;
        at = utf8_count(doc_part(d, doc_line(d, v->start), v->start));
    }
    return at > used + 1 ? at - used - 1 : 0;
}

/* The lines of an entry of a block container whose entries begin at `col`. */
static char *entry_lines(YamlDoc *d, const Node *parent, int index, int col, const char *key,
    const Node *value)
{
    Str s = str_begin(d->a);
    YamlStyle style = d->style;
    style.open = siblings_open(d, parent, -1, value->kind);
    const char *head = key ? arena_printf(d->a, "%s:", yaml_key(d->a, key)) : "-";
    int used = col + utf8_count(head);
    spaces(&s, col);
    str_add(&s, head);
    int gap = key && parent->n && value->kind >= NODE_LIST ? value_gap(d, parent, index, used) : 0;
    size_t from = s.n;
    yaml_value(&s, value, col, used + gap, !key, &style);
    if (gap && s.p[from] == ' ' && strchr("{[", s.p[from + 1])) {
        Str wide = str_begin(d->a);
        str_add_n(&wide, s.p, from);
        spaces(&wide, gap);
        str_add(&wide, s.p + from);
        s = wide;
    }
    return (char *)str_show(&s);
}

/* The lines moved to another column, their line ends made the document's. */
static char *lines_at(const YamlDoc *d, const char *text, int col)
{
    Str s = str_begin(d->a);
    int by = 0;
    for (const char *p = text; *p; ) {
        size_t n = strcspn(p, "\n"), in = strspn(p, " ");
        if (p[in] && !strchr("#\r\n", p[in])) {
            by = col - (int)in;
            break;
        }
        p += n + (p[n] == '\n');
    }
    while (*text) {
        size_t n = strcspn(text, "\n"), in = strspn(text, " ");
        size_t end = n && text[n - 1] == '\r' ? n - 1 : n;
        int to = (int)in + by;
        if (in < end) spaces(&s, to > 0 ? to : 0);
        if (in < end) str_add_n(&s, text + in, end - in);
        str_add(&s, d->style.eol);
        text += n + (text[n] == '\n');
    }
    return (char *)str_show(&s);
}

/* Lines without the last line end. */
static char *chopped(Arena *a, const char *lines)
{
    size_t n = strlen(lines);
    if (n && lines[n - 1] == '\n') n--;
    if (n && lines[n - 1] == '\r') n--;
    return arena_dup_n(a, lines, n);
}

static void add_block(YamlDoc *d, const Node *parent, int index, bool follow, const char *lines)
{
    int col = entry_col(d, parent);
    if (index == 0 && entry_led(d, parent, 0)) {
        Str s = str_begin(d->a);
        str_add(&s, lines + strspn(lines, " "));
        spaces(&s, col);
        doc_splice(d, entry_at(d, parent, 0), 0, str_show(&s));
        return;
    }
    bool last = index == parent->n;
    size_t at = last || (follow && index) ? entry_end(d, parent, index - 1)
                                          : entry_begin(d, parent, index);
    if (at == d->n && at > d->bom && d->text[at - 1] != '\n') {
        const Node *text = entry_scalar(d, parent, index - 1);
        /* Its last line had no end: with one it needs to say so. */
        if (text) {
            bool sign = strchr("+-", d->text[text->start + 1]);
            doc_splice(d, text->start + 1, sign, "-");
        }
        bool one = strchr(lines, '\n') == lines + strlen(lines) - 1;
        lines = arena_printf(d->a, "%s%s", d->style.eol, one ? chopped(d->a, lines) : lines);
    }
    doc_splice(d, at, 0, lines);
}

static char *flow_entry(const YamlDoc *d, const char *key, const Node *value)
{
    const char *text = yaml_flow(d->a, value, d->style.quote);
    return key ? arena_printf(d->a, "%s: %s", yaml_key(d->a, key), text) : arena_dup(d->a, text);
}

/* With the comment lines above a line inside of a flow. */
static size_t own_lines(const YamlDoc *d, const Node *parent, size_t line)
{
    while (line > parent->start) {
        size_t above = doc_line(d, line - 1);
        if (above <= parent->start || !doc_comment(d, above)) break;
        line = above;
    }
    return line;
}

/* The last one of a flow over several lines: on a line of its own, behind the comment. */
static void add_flow_line(YamlDoc *d, const Node *parent, const EntryText *x)
{
    int last = parent->n - 1;
    size_t begin = flow_begin(parent, last), end = flow_end(d, parent, last);
    bool comma;
    size_t at = flow_comma(d, end, &comma);
    if (!comma) doc_splice(d, end, 0, ",");
    else end = at + 1;
    int col = doc_indent(d, doc_line(d, begin));
    Str s = str_begin(d->a);
    str_add(&s, d->style.eol);
    comment_lines(d, &s, x, col);
    spaces(&s, col);
    str_printf(&s, "%s%s%s", x->text, comma ? "," : "", x->tail ? x->tail : "");
    bool lines = doc_lines_between(d, end, parent->end);
    if (!lines && x->tail) str_add(&s, d->style.eol);
    doc_splice(d, lines ? doc_eol(d, end) : end, 0, str_show(&s));
}

/* Comments that have no place on the line stand above it. */
static void comments_above(YamlDoc *d, const Node *parent, const EntryText *x)
{
    const Node *out = d->root;
    size_t line;
    while (!doc_is_flow(d, out)) {
        int i = 0;
        while (i < out->n - 1 && out->item[i]->end < parent->end) i++;
        out = out->item[i];
    }
    line = doc_line(d, out->start);
    Str s = str_begin(d->a);
    comment_lines(d, &s, x, doc_indent(d, line));
    if (x->nabove) doc_splice(d, line, 0, str_show(&s));
}

static void add_flow(YamlDoc *d, const Node *parent, int index, EntryText x)
{
    bool tall = parent->n && doc_lines_between(d, parent->start, flow_begin(parent, 0));
    if (tall && index == parent->n) {
        add_flow_line(d, parent, &x);
        return;
    }
    size_t at = parent->n && index < parent->n ? flow_begin(parent, index) : 0;
    size_t line = doc_line(d, at);
    int col = doc_indent(d, line);
    if (!tall || line + (size_t)col != at) {
        if (x.tail) ARENA_PUSH(d->a, x.above, x.nabove, x.above_cap, strchr(x.tail, '#'));
        comments_above(d, parent, &x);
        if (!parent->n) doc_splice(d, parent->start + 1, 0, x.text);
        else if (at) doc_splice(d, at, 0, arena_printf(d->a, "%s, ", x.text));
        else doc_splice(d, flow_end(d, parent, index - 1), 0, arena_printf(d->a, ", %s", x.text));
        return;
    }
    Str s = str_begin(d->a);
    comment_lines(d, &s, &x, col);
    spaces(&s, col);
    str_printf(&s, "%s,%s%s", x.text, x.tail ? x.tail : "", d->style.eol);
    doc_splice(d, own_lines(d, parent, line), 0, str_show(&s));
}

/* The first entry of an empty container makes the container anew. */
static void add_first(YamlDoc *d, const Node *holder, int hold, const Node *parent,
    const char *key, const Node *value, const char *source)
{
    EntryText x = { 0 };
    Str above = str_begin(d->a);
    if (source && holder) x = entry_text(d, source, key != NULL, true);
    if (x.nabove) {
        size_t line = doc_line(d, entry_at(d, holder, hold));
        comment_lines(d, &above, &x, doc_indent(d, line));
        doc_splice(d, line, 0, str_show(&above));
    }
    Node *whole = key ? node_map(d->a) : node_list(d->a);
    Node *v = node_copy(d->a, value);
    v->key = key;
    ARENA_PUSH(d->a, whole->item, whole->n, whole->cap, v);
    if (holder) {
        splice_value(d, holder, hold, whole);
        return;
    }
    const char *lines = entry_lines(d, node_list(d->a), 0, 0, key, value);
    bool ends = d->n <= d->bom || d->text[d->n - 1] == '\n';
    if (parent->end > parent->start)
        doc_splice(d, parent->start, parent->end - parent->start, chopped(d->a, lines));
    else doc_splice(d, d->n, 0, ends ? lines : arena_printf(d->a, "%s%s", d->style.eol, lines));
}

/* The lines that once stood in an empty container of a block. */
static void add_lines(YamlDoc *d, const Node *holder, int hold, const Node *parent,
    const char *key, const char *source)
{
    int col = entry_col(d, holder) + (key ? d->style.step : d->style.dash);
    size_t head = entry_head(d, holder, hold), end = parent->end > head ? parent->end : head;
    const char *lines = lines_at(d, source, col);
    size_t at = doc_next(d, end);
    bool open = at == d->n && d->text[at - 1] != '\n';
    doc_splice(d, head, end - head, "");
    doc_splice(d, at, 0, open ? arena_printf(d->a, "%s%s", d->style.eol, lines) : lines);
}

void splice_add(YamlDoc *d, const Node *holder, int hold, const Node *parent, int index,
    bool follow, const char *key, const Node *value, const char *source, bool anew)
{
    bool bare = parent->kind < NODE_LIST || !parent->n, in_flow = holder && doc_is_flow(d, holder);
    bool lines = source && source[strlen(source) - (*source != 0)] == '\n';
    if (bare && lines && holder && !in_flow && holder->kind == NODE_MAP && !anew) {
        add_lines(d, holder, hold, parent, key, source);
    } else if (parent->kind < NODE_LIST || (bare && !in_flow)) {
        add_first(d, holder, hold, parent, key, value, source);
    } else if (doc_is_flow(d, parent)) {
        EntryText x = { 0 };
        if (source) x = entry_text(d, source, key != NULL, anew);
        bool fits = x.text && !strchr(x.text, '\n');
        if (!fits && source) x = entry_text(d, source, key != NULL, true);
        if (!fits) x.text = flow_entry(d, key, value);
        add_flow(d, parent, index, x);
    } else {
        int col = entry_col(d, parent);
        Str s = str_begin(d->a);
        EntryText x = { 0 };
        if (source && anew) x = entry_text(d, source, key != NULL, true);
        comment_lines(d, &s, &x, col);
        str_add(&s, source && !anew ? lines_at(d, source, col)
            : entry_lines(d, parent, index, col, key, value));
        add_block(d, parent, index, follow, str_show(&s));
    }
}

/* Nothing but a comment shares its lines. */
static bool stands_alone(const YamlDoc *d, const Node *parent, size_t begin, size_t behind)
{
    size_t line = doc_line(d, begin), rest = behind + strspn(d->text + behind, " \t");
    return line > parent->start && line + (size_t)doc_indent(d, line) == begin && rest < d->n
        && strchr("#\r\n", d->text[rest]);
}

static void remove_flow(YamlDoc *d, const Node *parent, int i)
{
    size_t begin = flow_begin(parent, i), end = flow_end(d, parent, i);
    bool comma, before = false;
    size_t at = flow_comma(d, end, &comma);
    size_t line = doc_line(d, begin);
    size_t behind = comma ? at + 1 : end;
    size_t rest = behind + strspn(d->text + behind, " \t");
    if (stands_alone(d, parent, begin, behind)) {
        line = own_lines(d, parent, line);
        if (i && i == parent->n - 1 && !comma) {
            size_t c = flow_comma(d, flow_end(d, parent, i - 1), &before);
            if (before) doc_splice(d, c, 1, "");
        }
        doc_splice(d, line, doc_next(d, behind) - line, "");
    } else if (i + 1 < parent->n) {
        size_t to = flow_begin(parent, i + 1);
        if (doc_lines_between(d, end, to)) to = rest;
        doc_splice(d, begin, to - begin, "");
    } else if (i) {
        size_t from = flow_end(d, parent, i - 1);
        if (!doc_lines_between(d, from, begin)) doc_splice(d, from, end - from, "");
        else {
            size_t c = flow_comma(d, from, &before);
            if (before && !comma) doc_splice(d, c, 1, "");
            doc_splice(d, begin, behind - begin, "");
        }
    } else if (!doc_lines_between(d, parent->start, parent->end)) {
        doc_splice(d, parent->start + 1, parent->end - parent->start - 2, "");
    } else doc_splice(d, begin, behind - begin, "");
}

/* The only entry goes: {} or [] stands for the container. */
static void remove_only(YamlDoc *d, const Node *holder, int hold, const Node *parent)
{
    const char *none = parent->kind == NODE_MAP ? "{}" : "[]";
    size_t begin = entry_begin(d, parent, 0), end = entry_end(d, parent, 0);
    if (entry_led(d, parent, 0)) {
        size_t to = parent->end;
        doc_splice(d, begin, to - begin, none);
    } else if (holder) {
        doc_splice(d, entry_head(d, holder, hold), 0, arena_printf(d->a, " %s", none));
        doc_splice(d, begin, end - begin, "");
    } else {
        doc_splice(d, begin, end - begin, arena_printf(d->a, "%s%s", none, d->style.eol));
    }
}

void splice_remove(YamlDoc *d, const Node *holder, int hold, const Node *parent, int index)
{
    if (doc_is_flow(d, parent)) {
        remove_flow(d, parent, index);
    } else if (parent->n == 1) {
        remove_only(d, holder, hold, parent);
    } else if (entry_led(d, parent, index)) {
        size_t at = entry_at(d, parent, index), next = entry_begin(d, parent, index + 1);
        doc_splice(d, at, next + (size_t)doc_indent(d, next) - at, "");
    } else {
        size_t begin = entry_begin(d, parent, index), end = entry_end(d, parent, index);
        doc_splice(d, begin, end - begin, "");
    }
}

static char *flow_source(const YamlDoc *d, const Node *parent, int index)
{
    size_t begin = flow_begin(parent, index), end = flow_end(d, parent, index);
    bool comma;
    size_t at = flow_comma(d, end, &comma), behind = comma ? at + 1 : end;
    if (!stands_alone(d, parent, begin, behind)) return doc_part(d, begin, end);
    size_t line = own_lines(d, parent, doc_line(d, begin));
    return arena_printf(d->a, "%s%s", doc_part(d, line, end),
        doc_part(d, behind, doc_next(d, behind)));
}

char *splice_source(const YamlDoc *d, const Node *parent, int index)
{
    if (doc_is_flow(d, parent)) return flow_source(d, parent, index);
    size_t begin = entry_begin(d, parent, index), end = entry_end(d, parent, index);
    char *text = doc_part(d, begin, end);
    if (!entry_led(d, parent, index)) return text;
    Str s = str_begin(d->a);
    spaces(&s, entry_col(d, parent));
    str_add(&s, text);
    return (char *)str_show(&s);
}

void splice_key(YamlDoc *d, const Node *parent, int index, const char *key)
{
    const Node *at = parent->item[index]->key_at;
    const char *text = yaml_key(d->a, key);
    char quote = d->text[at->start];
    if (!at->plain && *text != '"' && *text != '\'' && strchr("'\"", quote))
        text = arena_printf(d->a, "%c%s%c", quote, key, quote);
    doc_splice(d, at->start, at->end - at->start, text);
}

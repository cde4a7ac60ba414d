/*
 * yaml_write.c — first how a scalar must stand, then how a container fits.
 *
 * What is written is read back by whoever edits, so a doubtful text is quoted rather than
 * reasoned about.
 */
#include "def/yaml_write.h"

#include <string.h>

YamlStyle yaml_style(void)
{
    return (YamlStyle){ .eol = "\n", .step = 2, .dash = 2, .width = 100, .quote = '"' };
}

static const char *digits(const char *p)
{
    while (*p >= '0' && *p <= '9') p++;
    return p;
}

/* A number of the core schema. */
static bool numeric(const char *t)
{
    const char *p = t + (*t == '-' || *t == '+'), *from;
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'o') && p == t && p[2])
        return !p[2 + strspn(p + 2, p[1] == 'x' ? "0123456789abcdefABCDEF" : "01234567")];
    if (str_eq(p, ".inf") || str_eq(p, ".Inf") || str_eq(p, ".INF")) return true;
    if (str_eq(t, ".nan") || str_eq(t, ".NaN") || str_eq(t, ".NAN")) return true;
    from = p;
    p = digits(p);
    bool some = p > from;
    if (*p == '.') {
        from = ++p;
        p = digits(p);
        some |= p > from;
    }
    if (!some) return false;
    if (*p == 'e' || *p == 'E') {
        p += 1 + (p[1] == '-' || p[1] == '+');
        from = p;
        p = digits(p);
        if (p == from) return false;
    }
    return !*p;
}

NodeKind yaml_kind(const Node *n)
{
    static const char *const nothing[] = { "", "~", "null", "Null", "NULL" };
    static const char *const boolean[] = { "true", "True", "TRUE", "false", "False", "FALSE" };
    if (n->kind != NODE_TEXT || !n->plain) return n->kind;
    if (str_in(n->text, nothing, LEN(nothing))) return NODE_NULL;
    if (str_in(n->text, boolean, LEN(boolean))) return NODE_BOOL;
    return numeric(n->text) ? NODE_NUMBER : NODE_TEXT;
}

/* Control characters, and what libyaml takes for a line end or refuses. */
static bool odd_rune(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF
        || (c >= 0xFFFE && c <= 0xFFFF);
}

static bool has_odd(const char *t, bool lines)
{
    for (const char *p = t; *p; ) {
        uint32_t c = utf8_next(&p);
        if (odd_rune(c) && !(lines && c == '\n')) return true;
    }
    return false;
}

/* May the text stand without quotes and be read as this text? */
static bool plain_text(const char *t, bool flow)
{
    size_t n = strlen(t);
    Node as = { .kind = NODE_TEXT, .plain = true, .text = t };
    if (!n || yaml_kind(&as) != NODE_TEXT || has_odd(t, false)) return false;
    if (strchr("-?:,[]{}#&*!|>'\"%@`=<", *t) || *t == ' ' || t[n - 1] == ' ') return false;
    if (strstr(t, ": ") || strstr(t, " #") || t[n - 1] == ':') return false;
    if (str_starts(t, "...")) return false;
    return !flow || !strpbrk(t, ",[]{}");
}

static void add_double(Str *out, const char *t)
{
    str_add_char(out, '"');
    for (const char *p = t; *p; ) {
        const char *from = p;
        uint32_t c = utf8_next(&p);
        if (c == '"' || c == '\\') str_printf(out, "\\%c", (char)c);
        else if (c == '\n') str_add(out, "\\n");
        else if (c == '\t') str_add(out, "\\t");
        else if (odd_rune(c)) str_printf(out, "\\u%04X", (unsigned)c);
        else str_add_n(out, from, (size_t)(p - from));
    }
    str_add_char(out, '"');
}

static void add_single(Str *out, const char *t)
{
    str_add_char(out, '\'');
    for (; *t; t++) {
        if (*t == '\'') str_add_char(out, '\'');
        str_add_char(out, *t);
    }
    str_add_char(out, '\'');
}

static void add_quoted(Str *out, const char *t, char quote)
{
    bool awkward = strpbrk(t, "\"\\") && !strchr(t, '\'');
    if (!has_odd(t, false) && (quote == '\'' ? !strchr(t, '\'') || strchr(t, '"') : awkward))
        add_single(out, t);
    else add_double(out, t);
}

static void add_scalar(Str *out, const Node *n, bool flow, char quote)
{
    NodeKind kind = yaml_kind(n);
    if (kind == NODE_NULL) str_add(out, "null");
    else if (kind != NODE_TEXT) str_add(out, n->text);
    else if (plain_text(n->text, flow)) str_add(out, n->text);
    else add_quoted(out, n->text, quote);
}

char *yaml_key(Arena *a, const char *key)
{
    Str s = str_begin(a);
    Node n = { .kind = NODE_TEXT, .text = key };
    add_scalar(&s, &n, true, '"');
    return (char *)str_show(&s);
}

static void add_flow(Str *out, const Node *n, char quote)
{
    if (n->kind < NODE_LIST) {
        add_scalar(out, n, true, quote);
        return;
    }
    str_add_char(out, n->kind == NODE_MAP ? '{' : '[');
    for (int i = 0; i < n->n; i++) {
        if (i) str_add(out, ", ");
        if (n->kind == NODE_MAP) {
            str_add(out, yaml_key(out->a, n->item[i]->key));
            str_add(out, ": ");
        }
        add_flow(out, n->item[i], quote);
    }
    str_add_char(out, n->kind == NODE_MAP ? '}' : ']');
}

char *yaml_flow(Arena *a, const Node *n, char quote)
{
    Str s = str_begin(a);
    add_flow(&s, n, quote);
    return (char *)str_show(&s);
}

static void add_spaces(Str *out, int n)
{
    for (int i = 0; i < n; i++) str_add_char(out, ' ');
}

/* As a literal block each line stands as it is: none may begin or end with what is lost. */
static bool literal_text(const char *t)
{
    size_t n = strlen(t);
    if (!strchr(t, '\n') || has_odd(t, true) || strchr(" \n", *t)) return false;
    if (n > 1 && t[n - 1] == '\n' && t[n - 2] == '\n') return false;
    for (const char *p = t; (p = strchr(p, '\n')); p++)
        if (p > t && p[-1] == ' ') return false;
    return t[n - 1] != ' ';
}

static void add_literal(Str *out, const char *t, int col, const YamlStyle *style)
{
    size_t n = strlen(t);
    bool ends = n && t[n - 1] == '\n';
    str_printf(out, " |%s%s", ends ? "" : "-", style->eol);
    while (*t) {
        const char *end = strchr(t, '\n');
        size_t line = end ? (size_t)(end - t) : strlen(t);
        if (line) add_spaces(out, col);
        str_add_n(out, t, line);
        str_add(out, style->eol);
        t += line + (end != NULL);
    }
}

/* A long line of words; those of a language without spaces stay on one line. */
static bool folds(const char *t, int used, const YamlStyle *style)
{
    if (used + utf8_count(t) <= style->width + 20 || has_odd(t, false)) return false;
    return strchr(t, ' ') && !strstr(t, "  ") && *t != ' ' && t[strlen(t) - 1] != ' ';
}

static void add_folded(Str *out, const char *t, int col, const YamlStyle *style)
{
    int used = 0;
    str_printf(out, " >-%s", style->eol);
    while (*t) {
        size_t word = strcspn(t, " ");
        int n = utf8_count(arena_dup_n(out->a, t, word));
        if (used && used + 1 + n > style->width - col) {
            str_add(out, style->eol);
            used = 0;
        }
        if (!used) add_spaces(out, col);
        else str_add_char(out, ' ');
        str_add_n(out, t, word);
        used += n + 1;
        t += word + (t[word] == ' ');
    }
    str_add(out, style->eol);
}

static bool has_lines(const Node *n)
{
    if (n->kind == NODE_TEXT && strchr(n->text, '\n')) return true;
    for (int i = 0; i < n->n; i++)
        if (has_lines(n->item[i])) return true;
    return false;
}

/* A list of maps is a table to read: a line each. */
static bool has_table(const Node *n)
{
    for (int i = 0; i < n->n; i++)
        if ((n->kind == NODE_LIST && n->item[i]->kind >= NODE_LIST) || has_table(n->item[i]))
            return true;
    return false;
}

static bool flat(const Node *n)
{
    for (int i = 0; i < n->n; i++)
        if (n->item[i]->kind >= NODE_LIST) return false;
    return true;
}

static bool stands_in_flow(const Node *n, int col, int used, const YamlStyle *style, Arena *a)
{
    if (!n->n) return true;
    if (style->open || has_lines(n) || has_table(n) || (col == 0 && !flat(n))) return false;
    return used + 1 + utf8_count(yaml_flow(a, n, style->quote)) <= style->width;
}

static void add_entries(Str *out, const Node *n, int col, bool led, const YamlStyle *style)
{
    YamlStyle below = *style;
    below.open = false;
    for (int i = 0; i < n->n; i++) {
        const Node *v = n->item[i];
        const char *key = n->kind == NODE_MAP ? yaml_key(out->a, v->key) : NULL;
        if (i || !led) add_spaces(out, col);
        str_add(out, key ? key : "-");
        if (key) str_add_char(out, ':');
        int used = col + 1 + (key ? utf8_count(key) : 0);
        yaml_value(out, v, col, used, !key, &below);
    }
}

void yaml_value(Str *out, const Node *n, int col, int used, bool item, const YamlStyle *style)
{
    int in = col + (item ? 2 : n->kind == NODE_LIST ? style->dash : style->step);
    if (n->kind >= NODE_LIST && !stands_in_flow(n, col, used, style, out->a)) {
        if (item) str_add_char(out, ' ');
        else str_add(out, style->eol);
        add_entries(out, n, in, item, style);
    } else if (yaml_kind(n) == NODE_TEXT && literal_text(n->text)) {
        add_literal(out, n->text, col + style->step, style);
    } else if (yaml_kind(n) == NODE_TEXT && folds(n->text, used, style)) {
        add_folded(out, n->text, col + style->step, style);
    } else {
        str_add_char(out, ' ');
        if (n->kind >= NODE_LIST) add_flow(out, n, style->quote);
        else add_scalar(out, n, false, style->quote);
        str_add(out, style->eol);
    }
}

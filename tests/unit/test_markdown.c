/* links: http web */
/* markdown: a text as a tree, whatever it holds. */
#include "test_support.h"
#include "http/markdown.h"

#include <string.h>

/* kind(items) …, texts in quotes. */
static void tell(const Node *items, Str *out)
{
    for (int i = 0; i < items->n; i++) {
        const Node *n = items->item[i];
        const char *kind = node_text(node_find(n, "kind")), *href = node_text(node_find(n, "href"));
        if (i) str_add_char(out, ' ');
        if (str_eq(kind, "text")) {
            str_printf(out, "'%s'", node_text(node_find(n, "text")));
            continue;
        }
        str_add(out, kind);
        if (str_eq(kind, "h")) str_add(out, node_text(node_find(n, "level")));
        if (href) str_printf(out, "[%s]", href);
        if (!node_find(n, "items")->n) continue;
        str_add_char(out, '(');
        tell(node_find(n, "items"), out);
        str_add_char(out, ')');
    }
}

static const char *told(const char *text)
{
    Str s = str_begin(arena);
    tell(markdown_tree(arena, text), &s);
    return str_show(&s);
}

static void blocks_and_spans_become_nodes(void **state)
{
    (void)state;
    assert_string_equal(told("**a** *b* ~~c~~ `d`"),
        "p(strong('a') ' ' em('b') ' ' del('c') ' ' mono('d'))");
    assert_string_equal(told("- a\n- b\n\n3. c"), "ul(li('a') li('b')) ol(li('c'))");
    assert_string_equal(told("> a\n\n---\n\n```\nx\n```"), "aside(p('a')) rule code('x' '\n')");
    assert_string_equal(told("|a|b|\n|---|--:|\n|1|2|"),
        "table(tr(th('a') th('b')) tr(td('1') td('2')))");
    assert_string_equal(told("a  \nb"), "p('a' br 'b')");
    assert_string_equal(told(""), "");
}

static void headings_leave_no_level_out(void **state)
{
    (void)state;
    assert_string_equal(told("### a\n# b\n###### c\n## d"), "h2('a') h2('b') h3('c') h3('d')");
}

static void html_is_text_and_addresses_keep_to_safe_schemes(void **state)
{
    (void)state;
    assert_string_equal(told("<b onclick=x>a</b>"), "p('<b onclick=x>a</b>')");
    assert_string_equal(told("[a](https://x.org) [b](mailto:a@x.org)"),
        "p(link[https://x.org]('a') ' ' link[mailto:a@x.org]('b'))");
    const char *bad[] = { "javascript:alert(1)", "JavaScript:x", "data:text/html,x", "//x.org",
        "/local", "vbscript:x", "file:///etc/passwd" };
    for (int i = 0; i < LEN(bad); i++)
        assert_string_equal(told(arena_printf(arena, "[a](%s)", bad[i])), "p(link('a'))");
    assert_string_equal(told("![pic](https://x.org/a.png)"), "p(link[https://x.org/a.png]('pic'))");
    assert_string_equal(told("&amp; &lt; &unknown;"), "p('&' ' ' '<' ' ' '&unknown;')");
}

static void a_cell_has_the_text_without_marks(void **state)
{
    (void)state;
    assert_string_equal(markdown_plain(arena, "# A\n\n**b** c\nd\n\n- [e](https://x.org)\n- f"),
        "A b c d e f");
    char long_one[2000];
    memset(long_one, 'x', sizeof long_one);
    memcpy(long_one + 599, "客户", 6);
    long_one[sizeof long_one - 1] = '\0';
    const char *cut = markdown_plain(arena, long_one);
    assert_true(strlen(cut) < 620 && utf8_valid(cut, strlen(cut)));
    assert_true(str_ends(cut, "x…"));
}

static void what_is_nested_too_deeply_is_one_text(void **state)
{
    (void)state;
    char deep[200];
    memset(deep, '>', sizeof deep);
    deep[sizeof deep - 2] = 'x';
    deep[sizeof deep - 1] = '\0';
    Node *list = markdown_tree(arena, deep);
    assert_int_equal(list->n, 1);
    assert_string_equal(node_text(node_find(list->item[0], "text")), deep);
}

RUN(T(blocks_and_spans_become_nodes), T(headings_leave_no_level_out),
    T(html_is_text_and_addresses_keep_to_safe_schemes),
    T(a_cell_has_the_text_without_marks), T(what_is_nested_too_deeply_is_one_text))

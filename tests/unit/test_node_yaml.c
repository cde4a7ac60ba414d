/* links: base */
#include "test_support.h"
#include "base/i18n.h"
#include "base/node_yaml.h"

#include <string.h>

static const char *source;

static Node *parse(const char *text)
{
    source = text;
    cx_clear(&cx);
    return yaml_parse(&cx, "t.yaml", text, strlen(text));
}

/* The bytes of the source that a node covers. */
static const char *span(const Node *n)
{
    assert_non_null(n);
    return arena_dup_n(arena, source + n->start, n->end - n->start);
}

static void issue_is(int at, const char *code, int line, int col)
{
    assert_true(cx.nissue > at);
    assert_string_equal(cx.issue[at].code, code);
    assert_int_equal(cx.issue[at].at.line, line);
    assert_int_equal(cx.issue[at].at.col, col);
    assert_string_equal(cx.issue[at].at.file, "t.yaml");
}

static void places_are_lines_and_columns_from_one(void **state)
{
    (void)state;
    Node *n = parse("# 注释\na: 1\nlist:\n  - 名: x\n    b: y\n");
    Node *b = node_find(node_find(n, "list")->item[0], "b");
    assert_int_equal(b->line, 5);
    assert_int_equal(b->col, 8);
    assert_int_equal(b->key_at->col, 5);
    assert_string_equal(b->file, "t.yaml");
}

static void spans_are_bytes_even_after_other_scripts(void **state)
{
    (void)state;
    Node *n = parse("标签: 客户管理 # 备注\n名: \"甲\\n乙\" # x\nc: 'it''s'\nd: [一, {二: 三}]\n😀: 😀x\n");
    assert_string_equal(span(node_find(n, "标签")), "客户管理");
    assert_string_equal(span(node_find(n, "标签")->key_at), "标签");
    assert_string_equal(span(node_find(n, "名")), "\"甲\\n乙\"");
    assert_string_equal(span(node_find(n, "c")), "'it''s'");
    assert_string_equal(span(node_find(n, "d")), "[一, {二: 三}]");
    assert_string_equal(span(node_find(n, "d")->item[1]), "{二: 三}");
    assert_string_equal(span(node_find(n, "😀")), "😀x");
}

static void a_byte_order_mark_counts_as_bytes_only(void **state)
{
    (void)state;
    Node *n = parse("\xEF\xBB\xBF" "a: 中\nb: x\n");
    assert_string_equal(span(node_find(n, "a")), "中");
    assert_string_equal(span(node_find(n, "b")), "x");
    assert_int_equal(node_find(n, "a")->key_at->col, 1);
    assert_null(parse("\xEF\xBB\xBF" "a: b: c\n"));
    issue_is(0, "syntax", 1, 5);
    assert_null(parse("\xEF\xBB\xBF" "a: \x07\n"));
    issue_is(0, "syntax", 1, 4);
}

static void spans_hold_with_crlf(void **state)
{
    (void)state;
    Node *n = parse("a: 中\r\nb:\r\n  - x\r\n  - y\r\n\r\nc: |\r\n  文\r\n  two\r\n\r\nd: z\r\n");
    assert_string_equal(span(node_find(n, "a")), "中");
    assert_string_equal(span(node_find(n, "b")), "- x\r\n  - y");
    assert_string_equal(span(node_find(n, "c")), "|\r\n  文\r\n  two");
    assert_string_equal(node_find(n, "c")->text, "文\ntwo\n");
    assert_int_equal(node_find(n, "d")->line, 10);
    assert_string_equal(span(node_find(n, "d")), "z");
}

static void a_block_ends_with_its_last_scalar(void **state)
{
    (void)state;
    Node *n = parse("a:\n  b:\n    - c: 1\n      d: 二\n    # trailing\n\n# more\ne: f\n# end\n");
    assert_string_equal(span(node_find(n, "a")), "b:\n    - c: 1\n      d: 二");
    assert_string_equal(span(node_find(node_find(n, "a"), "b")), "- c: 1\n      d: 二");
    assert_string_equal(span(n), "a:\n  b:\n    - c: 1\n      d: 二\n    # trailing\n\n# more\ne: f");
}

static void a_literal_block_ends_before_the_blank_lines(void **state)
{
    (void)state;
    Node *n = parse("a: |\n  一\n\n  two\n\n\n# note\nb: >-\n  x\n  y\nc: |\nd: 1\n");
    assert_string_equal(span(node_find(n, "a")), "|\n  一\n\n  two");
    assert_string_equal(span(node_find(n, "b")), ">-\n  x\n  y");
    assert_string_equal(span(node_find(n, "c")), "|");
    assert_string_equal(node_find(n, "b")->text, "x y");
}

static void an_empty_value_has_no_width_after_the_colon(void **state)
{
    (void)state;
    Node *n = parse("a:\nb:   # note\nc: x\n");
    assert_int_equal(node_find(n, "a")->start, 2);
    assert_int_equal(node_find(n, "a")->end, 2);
    assert_int_equal(node_find(n, "b")->start, 5);
    assert_true(node_blank(node_find(n, "b")));
}

static void a_duplicate_key_is_an_issue_at_its_second_place(void **state)
{
    (void)state;
    Node *n = parse("a: 1\nb: 2\nmap:\n  x: 1\n  y: 2\n  x: 3\na: 4\n");
    assert_non_null(n);
    assert_int_equal(cx.nissue, 2);
    issue_is(0, "duplicate_key", 6, 3);
    issue_is(1, "duplicate_key", 7, 1);
    assert_string_equal(cx.issue[0].source, "  x: 3\n  ^");
}

static void anchors_tags_and_merge_keys_are_refused(void **state)
{
    (void)state;
    assert_non_null(parse("a: &x 1\nb: *x\nc: !!str 2\nd: !mine [1]\n<<: {e: 1}\n"));
    assert_int_equal(cx.nissue, 5);
    issue_is(0, "anchor", 1, 4);
    issue_is(1, "anchor", 2, 4);
    issue_is(2, "tag", 3, 4);
    issue_is(3, "tag", 4, 4);
    issue_is(4, "merge_key", 5, 1);
    parse("a: &m {b: 1}\nc: &l [1]\n");
    assert_int_equal(cx.nissue, 2);
    parse("'<<': text\n");
    assert_int_equal(cx.nissue, 0);
}

static void one_document_a_file(void **state)
{
    (void)state;
    assert_non_null(parse("---\na: 1\n"));
    assert_int_equal(cx.nissue, 0);
    parse("a: 1\n---\nb: 2\n");
    issue_is(0, "documents", 2, 1);
    parse("%YAML 1.1\n---\na: 1\n");
    issue_is(0, "directive", 1, 1);
}

static void a_syntax_error_is_told_with_line_and_column(void **state)
{
    (void)state;
    assert_null(parse("a: 1\n中: [x, y\nb: 2\n"));
    assert_int_equal(cx.nissue, 1);
    assert_string_equal(cx.issue[0].code, "syntax");
    assert_int_equal(cx.issue[0].at.line, 3);
    assert_null(parse("a: 1\n中文: b: c\n"));
    issue_is(0, "syntax", 2, 6);
    assert_string_equal(cx.issue[0].source, "中文: b: c\n       ^");
    assert_null(parse("a:\n\t- x\n"));
    issue_is(0, "syntax", 2, 1);
    assert_null(parse("a: 'open\n"));
    assert_int_equal(cx.nissue, 1);
    assert_null(parse("a: 中\x07\n"));
    issue_is(0, "syntax", 1, 5);
}

static void what_is_not_utf8_is_told_at_its_place(void **state)
{
    (void)state;
    assert_null(parse("a: 1\nb: 中\xFFz\n"));
    issue_is(0, "encoding", 2, 5);
    assert_null(yaml_parse(&cx, "t.yaml", "\xFF\xFE" "a\0:\0", 6));
    cx_clear(&cx);
    assert_null(yaml_parse(&cx, "t.yaml", "a: \0b", 5));
    issue_is(0, "encoding", 1, 4);
    parse("a: \"x\\0y\"\n");
    issue_is(0, "syntax", 1, 4);
}

static void nesting_ends_at_64_levels(void **state)
{
    (void)state;
    char text[200001];
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    text[128] = 0;
    assert_non_null(parse(text));
    assert_int_equal(cx.nissue, 0);
    memset(text, '[', 200000);
    text[200000] = 0;
    assert_null(parse(text));
    issue_is(0, "too_deep", 1, 65);
}

static void size_and_number_of_values_are_bounded(void **state)
{
    (void)state;
    Str s = str_begin(arena);
    for (int i = 0; i < 200001; i++) str_add(&s, "- a\n");
    assert_null(parse(str_show(&s)));
    assert_string_equal(cx.issue[0].code, "too_large");
    size_t n = ((size_t)8 << 20) + 1;
    char *large = arena_alloc(arena, n + 1);
    memset(large, ' ', n);
    assert_null(yaml_parse(&cx, "t.yaml", large, n));
}

static void many_duplicates_give_a_bounded_number_of_issues(void **state)
{
    (void)state;
    Str s = str_begin(arena);
    for (int i = 0; i < 50000; i++) str_add(&s, "a: 1\n");
    parse(str_show(&s));
    assert_int_equal(cx.nissue, 50);
}

static void an_empty_file_is_null_at_its_start(void **state)
{
    (void)state;
    static const char *const empty[] = { "", "\n\n", "# only a note\n" };
    for (int i = 0; i < LEN(empty); i++) {
        Node *n = parse(empty[i]);
        assert_true(node_is(n, NODE_NULL));
        assert_int_equal(n->line, 1);
    }
}

static void a_key_must_be_a_text(void **state)
{
    (void)state;
    assert_null(parse("? [a, b]\n: c\n"));
    issue_is(0, "syntax", 1, 3);
}

static void the_parsers_words_are_translated(void **state)
{
    (void)state;
    const char *why;
    assert_true(i18n_load("zh", "{\"not YAML: %s\": \"错：%s\","
        " \"found unexpected end of stream\": \"意外结束\"}", &why));
    cx.lang = "zh";
    assert_null(yaml_parse(&cx, "t.yaml", "a: 'open\n", 9));
    assert_string_equal(cx.issue[cx.nissue - 1].text, "错：意外结束");
}

RUN(T(places_are_lines_and_columns_from_one), T(spans_are_bytes_even_after_other_scripts),
    T(a_byte_order_mark_counts_as_bytes_only), T(spans_hold_with_crlf),
    T(a_block_ends_with_its_last_scalar), T(a_literal_block_ends_before_the_blank_lines),
    T(an_empty_value_has_no_width_after_the_colon),
    T(a_duplicate_key_is_an_issue_at_its_second_place),
    T(anchors_tags_and_merge_keys_are_refused), T(one_document_a_file),
    T(a_syntax_error_is_told_with_line_and_column), T(what_is_not_utf8_is_told_at_its_place),
    T(nesting_ends_at_64_levels), T(size_and_number_of_values_are_bounded),
    T(many_duplicates_give_a_bounded_number_of_issues), T(an_empty_file_is_null_at_its_start),
    T(a_key_must_be_a_text), T(the_parsers_words_are_translated))

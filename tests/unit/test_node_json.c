/* links: base */
#include "test_support.h"
#include "base/node_json.h"
#include "base/out.h"

#include <string.h>

static Node *parse(const char *text)
{
    cx_clear(&cx);
    return json_parse(&cx, text, strlen(text));
}

static void what_is_read_is_written_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"b\":[1,-2,null,true,false,\"x\"],\"a\":{\"c\":\"中\\n\\\"\"}}",
        "9223372036854775807", "-9223372036854775808", "9007199254740993",
        "1.005", "0.1", "12.5", "1e+20", "\"\"", "[]", "{}", "null",
    };
    for (int i = 0; i < LEN(texts); i++)
        assert_string_equal(node_json(arena, parse(texts[i])), texts[i]);
}

static void minus_zero_is_zero(void **state)
{
    (void)state;
    assert_string_equal(node_json(arena, parse("[-0,-0.0,-0e-0]")), "[0,0,0]");
}

static void what_is_not_strict_json_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "+1", "1.", ".5", "NaN",
        "Infinity", "1 2", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\"\\ud800\"",
        "\"\\u0000\"", "{\"\\u0000\":1}", "\"a\nb\"", "\"\xFF\"", "\"\xED\xA0\x80\"", "tru",
        "// c\n1", "9223372036854775808", "1e999", "[1] x",
    };
    for (int i = 0; i < LEN(wrong); i++) {
        assert_null(parse(wrong[i]));
        assert_int_equal(cx.err, E_SYNTAX);
    }
    parse("{\n  \"a\": }");
    assert_true(str_starts(cx.text, "2:8: "));
    assert_null(json_parse((cx_clear(&cx), &cx), "1\0", 2));
}

static void nesting_ends_at_64_levels(void **state)
{
    (void)state;
    char text[4001] = { 0 };
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    assert_non_null(parse(text));
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    assert_null(parse(text));
    memset(text, '[', 4000);
    assert_null(parse(text));
    assert_int_equal(cx.err, E_SYNTAX);
}

static void scalars_come_typed_and_maps_keep_their_order(void **state)
{
    (void)state;
    Node *n = parse("{\"z\":\"5\",\"y\":5,\"x\":true,\"w\":1.5}");
    int64_t i;
    bool b;
    assert_string_equal(n->item[0]->key, "z");
    assert_string_equal(n->item[3]->key, "w");
    assert_false(node_int(node_find(n, "z"), &i));
    assert_true(node_int(node_find(n, "y"), &i) && i == 5);
    assert_true(node_bool(node_find(n, "x"), &b) && b);
    assert_false(node_int(node_find(n, "w"), &i));
    assert_string_equal(node_text(node_find(n, "w")), "1.5");
}

RUN(T(what_is_read_is_written_back), T(minus_zero_is_zero),
    T(what_is_not_strict_json_is_refused_with_its_place),
    T(nesting_ends_at_64_levels), T(scalars_come_typed_and_maps_keep_their_order))

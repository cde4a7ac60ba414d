/* links: base */
#include "test_support.h"
#include "base/node.h"
#include "base/node_yaml.h"
#include "base/out.h"

#include <string.h>

static Node *yaml(const char *text)
{
    Node *n = yaml_parse(&cx, "t.yaml", text, strlen(text));
    assert_non_null(n);
    assert_int_equal(cx.nissue, 0);
    return n;
}

static void reading_is_safe_on_what_is_not_there(void **state)
{
    (void)state;
    int64_t i;
    bool b;
    assert_null(node_find(NULL, "a"));
    assert_null(node_find(node_new_text(arena, "x"), "a"));
    assert_null(node_text(NULL));
    assert_null(node_text(node_list(arena)));
    assert_false(node_int(NULL, &i));
    assert_false(node_bool(NULL, &b));
    assert_true(node_blank(NULL));
    assert_null(node_place(NULL).file);
    assert_null(node_key_place(NULL).file);
}

static void plain_scalars_get_their_type_from_the_reader(void **state)
{
    (void)state;
    Node *n = yaml("a: no\nb: 1:30\nc: 12\nd: '12'\ne: true\nf: 'true'\ng:\nh: ''\ni: ~\nj: +7\n");
    int64_t i;
    bool b;
    assert_string_equal(node_text(node_find(n, "a")), "no");
    assert_false(node_bool(node_find(n, "a"), &b));
    assert_false(node_int(node_find(n, "b"), &i));
    assert_true(node_int(node_find(n, "c"), &i));
    assert_int_equal(i, 12);
    assert_false(node_int(node_find(n, "d"), &i));
    assert_true(node_bool(node_find(n, "e"), &b) && b);
    assert_false(node_bool(node_find(n, "f"), &b));
    assert_true(node_blank(node_find(n, "g")) && node_blank(node_find(n, "h")));
    assert_true(node_blank(node_find(n, "i")) && !node_blank(node_find(n, "a")));
    assert_true(node_int(node_find(n, "j"), &i) && i == 7);
}

static void a_whole_number_is_exact_or_none(void **state)
{
    (void)state;
    static const char *const wrong[] = { "", "-", "+", "1.0", "1e3", "9223372036854775808",
        "0x10", " 1", "1 ", "--1", "1-2" };
    int64_t i;
    for (int k = 0; k < LEN(wrong); k++)
        assert_false(node_int(node_new_number(arena, wrong[k]), &i));
    assert_true(node_int(node_new_number(arena, "-9223372036854775808"), &i));
    assert_true(i == INT64_MIN);
}

static void building_replaces_adds_and_removes(void **state)
{
    (void)state;
    Node *m = node_map(arena), *l = node_list(arena);
    node_put_text(arena, m, "a", "x");
    node_put_int(arena, m, "b", 3);
    node_put(arena, m, "list", l);
    for (int i = 0; i < 20; i++) node_add(arena, l, node_new_int(arena, i));
    node_put_bool(arena, m, "a", true);
    assert_int_equal(m->n, 3);
    assert_int_equal(node_find(m, "list")->n, 20);
    assert_true(node_remove(m, "b"));
    assert_false(node_remove(m, "b"));
    assert_string_equal(m->item[1]->key, "list");
    node_remove(m, "list");
    node_put_text(arena, m, "n", NULL);
    assert_string_equal(node_json(arena, m), "{\"a\":true,\"n\":null}");
}

static void trees_are_equal_whatever_the_order_of_keys(void **state)
{
    (void)state;
    assert_true(node_eq(yaml("{a: 1, b: [x, {c: d}]}"), yaml("b:\n- x\n- c: d\na: 1\n")));
    assert_false(node_eq(yaml("{a: 1, b: 2}"), yaml("{a: 1, c: 2}")));
    assert_false(node_eq(yaml("[a, b]"), yaml("[b, a]")));
    assert_false(node_eq(yaml("{a: 1}"), yaml("{a: 1, b: 1}")));
    assert_false(node_eq(yaml("a"), NULL));
}

static void a_copy_shares_nothing(void **state)
{
    (void)state;
    Arena *other = arena_new();
    const char *text = "a: {b: [1, 中]}\n";
    Cx from = cx_begin(other, NULL);
    Node *n = yaml_parse(&from, "t.yaml", text, strlen(text));
    Node *copy = node_copy(arena, n);
    assert_true(node_eq(n, copy));
    arena_free(other);
    assert_string_equal(node_json(arena, copy), "{\"a\":{\"b\":[\"1\",\"中\"]}}");
    assert_int_equal(node_key_place(copy->item[0]).col, 1);
}

static void unknown_keys_are_reported_with_what_was_meant(void **state)
{
    (void)state;
    static const char *const known[] = { "label", "required", NULL };
    static const char *const later[] = { "public", NULL };
    node_check_keys(&cx, yaml("label: a\nrequierd: true\npublic: x\nzzz: 1\n"), known, later);
    assert_int_equal(cx.nissue, 3);
    assert_string_equal(cx.issue[0].text, "unknown key `requierd`; did you mean `required`?");
    assert_int_equal(cx.issue[0].at.line, 2);
    assert_int_equal(cx.issue[0].at.col, 1);
    assert_string_equal(cx.issue[1].code, "not_available_yet");
    assert_string_equal(cx.issue[2].text, "unknown key `zzz`");
}

static void typed_reading_reports_the_wrong_kind_at_the_value(void **state)
{
    (void)state;
    Node *n = yaml("a: [1]\nb: x\nc: 5\nd: maybe\n");
    const char *text = "kept";
    int64_t i = 9;
    bool b = true;
    assert_true(node_read_text(&cx, n, "none", &text) && str_eq(text, "kept"));
    assert_false(node_read_text(&cx, n, "a", &text));
    assert_true(node_read_text(&cx, n, "b", &text) && str_eq(text, "x"));
    assert_false(node_read_int(&cx, n, "b", &i));
    assert_true(node_read_int(&cx, n, "c", &i) && i == 5);
    assert_false(node_read_bool(&cx, n, "d", &b));
    assert_int_equal(cx.nissue, 3);
    assert_int_equal(cx.issue[2].at.line, 4);
    assert_int_equal(cx.issue[2].at.col, 4);
}

RUN(T(reading_is_safe_on_what_is_not_there), T(plain_scalars_get_their_type_from_the_reader),
    T(a_whole_number_is_exact_or_none), T(building_replaces_adds_and_removes),
    T(trees_are_equal_whatever_the_order_of_keys), T(a_copy_shares_nothing),
    T(unknown_keys_are_reported_with_what_was_meant),
    T(typed_reading_reports_the_wrong_kind_at_the_value))

/* links: base */
#include "test_support.h"

#include <string.h>

static void text_grows_piece_by_piece(void **state)
{
    (void)state;
    Str s = str_begin(arena);
    assert_string_equal(str_show(&s), "");
    for (int i = 0; i < 1000; i++) str_printf(&s, "%d,", i % 10);
    str_add(&s, NULL);
    str_add_char(&s, '!');
    assert_int_equal(s.n, 2001);
    assert_int_equal(strlen(str_show(&s)), 2001);
    str_clear(&s);
    str_add_rune(&s, 0x4E2D);
    str_add_rune(&s, 0xD800);
    assert_string_equal(str_show(&s), "中\xEF\xBF\xBD");
}

static void comparing_is_safe_on_null(void **state)
{
    (void)state;
    const char *list[] = { "a", "b" };
    assert_true(str_eq(NULL, NULL));
    assert_false(str_eq(NULL, ""));
    assert_true(str_starts("plugin.lua", "plug"));
    assert_false(str_starts("pl", "plug"));
    assert_true(str_ends("a.yaml", ".yaml"));
    assert_false(str_ends("yaml", ".yaml"));
    assert_true(str_in("b", list, 2));
    assert_false(str_in(NULL, list, 2));
}

static void trimming_knows_the_white_space_of_unicode(void **state)
{
    (void)state;
    assert_string_equal(str_trim(arena, " \t\xE3\x80\x80 a b\xC2\xA0\n"), "a b");
    assert_string_equal(str_trim(arena, "\xE3\x80\x80"), "");
    assert_string_equal(str_trim(arena, "中"), "中");
}

static void splitting_keeps_empty_pieces(void **state)
{
    (void)state;
    char **piece;
    assert_int_equal(str_split(arena, "a,,b,", ',', &piece), 4);
    assert_string_equal(piece[0], "a");
    assert_string_equal(piece[1], "");
    assert_string_equal(piece[3], "");
    assert_int_equal(str_split(arena, "", ',', &piece), 1);
}

static void the_nearest_word_is_what_was_meant_or_none(void **state)
{
    (void)state;
    const char *list[] = { "required", "readonly", "default", "label", "or" };
    assert_string_equal(str_nearest("requierd", list, 5), "required");
    assert_string_equal(str_nearest("lable", list, 5), "label");
    assert_string_equal(str_nearest("defualt", list, 5), "default");
    assert_null(str_nearest("banana", list, 5));
    assert_null(str_nearest("xy", list, 5));
    assert_null(str_nearest("", list, 5));
}

static void the_hash_is_fnv_1a(void **state)
{
    (void)state;
    assert_true(str_hash("") == 0xcbf29ce484222325u);
    assert_true(str_hash("a") == 0xaf63dc4c8601ec8cu);
    assert_true(str_hash("foobar") == 0x85944171f73967e8u);
}

static void broken_utf8_is_refused(void **state)
{
    (void)state;
    assert_true(utf8_valid("a中\xF0\x9F\x98\x80", 8));
    assert_true(utf8_valid("\xF4\x8F\xBF\xBF", 4));
    assert_false(utf8_valid("a\0b", 3));
    assert_false(utf8_valid("\xC0\x80", 2));
    assert_false(utf8_valid("\xE0\x80\x80", 3));
    assert_false(utf8_valid("\xED\xA0\x80", 3));
    assert_false(utf8_valid("\xF4\x90\x80\x80", 4));
    assert_false(utf8_valid("\xE4\xB8", 2));
    assert_false(utf8_valid("\x80", 1));
    assert_false(utf8_valid("\xFF", 1));
}

static void walking_stays_inside_a_broken_text(void **state)
{
    (void)state;
    char *cut = arena_dup_n(arena, "ab\xE4\xB8", 4);
    assert_int_equal(utf8_count(cut), 4);
    const char *p = cut + 2;
    assert_int_equal(utf8_next(&p), 0xFFFD);
    assert_int_equal(utf8_count("中文 ok"), 5);
}

static void parts_are_taken_by_characters(void **state)
{
    (void)state;
    assert_string_equal(utf8_sub(arena, "中文字abc", 1, 3), "文字a");
    assert_string_equal(utf8_sub(arena, "abc", 2, 10), "c");
    assert_string_equal(utf8_sub(arena, "abc", 5, 2), "");
    assert_string_equal(utf8_sub(arena, "abc", -1, 2), "a");
    assert_string_equal(utf8_sub(arena, "abc", 0, -1), "");
}

static void case_changes_follow_unicode(void **state)
{
    (void)state;
    assert_string_equal(utf8_upper(arena, "äbc中"), "ÄBC中");
    assert_string_equal(utf8_lower(arena, "ÄBCΣ"), "äbcσ");
}

static void the_folded_key_makes_equal_what_people_take_for_equal(void **state)
{
    (void)state;
    assert_string_equal(str_fold(arena, "  ＡＢＣ　有限  Ltd "), "abc 有限 ltd");
    assert_string_equal(str_fold(arena, "Straße"), "strasse");
    assert_string_equal(str_fold(arena, "e\xCC\x81"), str_fold(arena, "É"));
    assert_string_equal(str_fold(arena, NULL), "");
    assert_string_equal(str_fold(arena, " \n"), "");
}

static void json_text_is_always_json(void **state)
{
    (void)state;
    Str s = str_begin(arena);
    str_add_json(&s, "a\"\\\n\x01</script>中\xFF\xE2\x80\xA8z");
    assert_string_equal(str_show(&s),
        "\"a\\\"\\\\\\n\\u0001\\u003c/script\\u003e中\xEF\xBF\xBD\\u2028z\"");
}

RUN(T(text_grows_piece_by_piece), T(comparing_is_safe_on_null),
    T(trimming_knows_the_white_space_of_unicode), T(splitting_keeps_empty_pieces),
    T(the_nearest_word_is_what_was_meant_or_none), T(the_hash_is_fnv_1a),
    T(broken_utf8_is_refused), T(walking_stays_inside_a_broken_text),
    T(parts_are_taken_by_characters), T(case_changes_follow_unicode),
    T(the_folded_key_makes_equal_what_people_take_for_equal), T(json_text_is_always_json))

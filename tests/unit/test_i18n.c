/* links: base */
#include "test_support.h"
#include "base/i18n.h"

static const char *why;

static void an_unknown_text_or_language_stays_english(void **state)
{
    (void)state;
    assert_string_equal(i18n_text("zh", "never seen"), "never seen");
    assert_string_equal(i18n_text(NULL, "Save"), "Save");
    assert_string_equal(i18n_text("xx", "Save"), "Save");
}

static void a_catalogue_translates(void **state)
{
    (void)state;
    assert_true(i18n_load("zh", "{\"Save\": \"保存\", \"%d of %s\": \"%d 个 %s\", \"-\": \"\"}", &why));
    assert_string_equal(i18n_text("zh", "Save"), "保存");
    assert_string_equal(i18n_text("zh", "%d of %s"), "%d 个 %s");
    assert_string_equal(i18n_text("zh", "-"), "-");
    assert_string_equal(i18n_text("en", "Save"), "Save");
}

static void a_large_catalogue_finds_each_of_its_texts(void **state)
{
    (void)state;
    Str s = str_begin(arena);
    for (int i = 0; i < 3000; i++)
        str_printf(&s, "%c\"key %d\": \"text %d\"", i ? ',' : '{', i, i);
    str_add(&s, "}");
    assert_true(i18n_load("zh", str_show(&s), &why));
    for (int i = 0; i < 3000; i++)
        assert_string_equal(i18n_text("zh", arena_printf(arena, "key %d", i)),
            arena_printf(arena, "text %d", i));
}

static void a_translation_with_other_conversions_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "{\"a %s\": \"b\"}", "{\"a\": \"b %s\"}", "{\"a %s %d\": \"%d %s\"}",
        "{\"a %d\": \"%lld\"}", "{\"a\": \"%n\"}", "{\"a %s\": \"%1$s\"}", "{\"a\": \"100 %\"}",
    };
    for (int i = 0; i < LEN(wrong); i++) {
        why = NULL;
        assert_false(i18n_load("zh", wrong[i], &why));
        assert_non_null(why);
    }
    assert_string_equal(i18n_text("zh", "a %s"), "a %s");
    assert_true(i18n_load("zh", "{\"%d%% of %s\": \"%d%%，共 %s\"}", &why));
}

static void what_is_not_a_map_of_texts_is_refused(void **state)
{
    (void)state;
    assert_false(i18n_load("zh", "[1]", &why));
    assert_false(i18n_load("zh", "{\"a\": 1}", &why));
    assert_false(i18n_load("zh", "{", &why));
    assert_false(i18n_load("zh", "{\"a\": \"x\", \"a\": \"y\"}", &why));
}

static void the_languages_are_listed_english_first(void **state)
{
    (void)state;
    const char *const *lang;
    assert_true(i18n_load("zh", "{}", &why));
    assert_true(i18n_load("en", "{\"a %s\": \"b %s\"}", &why));
    assert_int_equal(i18n_languages(&lang), 2);
    assert_string_equal(lang[0], "en");
    assert_string_equal(lang[1], "zh");
}

RUN(T(an_unknown_text_or_language_stays_english), T(a_catalogue_translates),
    T(a_large_catalogue_finds_each_of_its_texts),
    T(a_translation_with_other_conversions_is_refused),
    T(what_is_not_a_map_of_texts_is_refused), T(the_languages_are_listed_english_first))

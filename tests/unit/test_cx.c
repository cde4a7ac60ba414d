/* links: base */
#include "test_support.h"
#include "base/i18n.h"

#include <string.h>

static void only_the_first_failure_is_kept(void **state)
{
    (void)state;
    assert_false(cx_fail(&cx, E_DENIED, "no right to create %s", "x"));
    assert_false(cx_fail(&cx, E_DB, "later"));
    assert_int_equal(cx.err, E_DENIED);
    assert_string_equal(cx.text, "no right to create x");
}

static void a_failure_tells_the_programmers_line(void **state)
{
    (void)state;
    cx_fail(&cx, E_SYS, "x"); const int line = __LINE__;
    assert_string_equal(cx.from, arena_printf(arena, "tests/unit/test_cx.c:%d", line));
}

static void issues_add_up_and_check_turns_them_into_a_failure(void **state)
{
    (void)state;
    assert_true(cx_check(&cx));
    for (int i = 0; i < 20; i++)
        assert_false(cx_issue(&cx, at_field("mobile"), "required", "number %d", i));
    assert_int_equal(cx.nissue, 20);
    assert_string_equal(cx.issue[19].text, "number 19");
    assert_string_equal(cx.issue[19].at.field, "mobile");
    assert_false(cx_check_as(&cx, E_DEF));
    assert_int_equal(cx.err, E_DEF);
}

static void check_fails_when_something_failed_without_an_issue(void **state)
{
    (void)state;
    cx_fail(&cx, E_BUSY, "busy");
    assert_false(cx_check(&cx));
    assert_int_equal(cx.err, E_BUSY);
}

static void an_issue_with_source_shows_the_line_and_a_caret(void **state)
{
    (void)state;
    cx_issue_source(&cx, at_line("a.yaml", 3, 5), "  ab: x\nnext", "code", "wrong");
    assert_string_equal(cx.issue[0].source, "  ab: x\n    ^");
    cx_issue_source(&cx, at_line("a.yaml", 3, 4), "\t中文: x\r\n", "code", "wrong");
    assert_string_equal(cx.issue[1].source, "\t中文: x\n\t    ^");
    cx_issue_source(&cx, at_line("a.yaml", 3, 99), "ab", "code", "wrong");
    assert_string_equal(cx.issue[2].source, "ab\n  ^");
    cx_issue_source(&cx, at_line("a.yaml", 3, 1), NULL, "code", "wrong");
    assert_null(cx.issue[3].source);
}

static void a_copy_lives_on_its_own(void **state)
{
    (void)state;
    Arena *other = arena_new();
    Cx from = cx_begin(other, NULL);
    cx_issue_source(&from, at_line(arena_dup(other, "f"), 1, 1), "line",
        arena_dup(other, "code"), "text %d", 1);
    cx_detail(&from, "detail");
    cx_fail(&from, E_RULE, "failed");
    cx_copy(&cx, &from);
    arena_free(other);
    assert_int_equal(cx.err, E_RULE);
    assert_string_equal(cx.detail, "detail");
    assert_string_equal(cx.issue[0].at.file, "f");
    assert_string_equal(cx.issue[0].code, "code");
    assert_string_equal(cx.issue[0].source, "line\n^");
}

static void clearing_forgets_failure_and_issues(void **state)
{
    (void)state;
    cx_issue(&cx, at_field("a"), "c", "t");
    cx_fail(&cx, E_INPUT, "x");
    cx_clear(&cx);
    assert_true(cx_check(&cx));
}

static void every_error_has_its_status_and_code(void **state)
{
    (void)state;
    for (int e = 0; e < E_COUNT; e++) {
        assert_true(err_status((Err)e) >= 200);
        assert_non_null(err_code((Err)e));
    }
    assert_int_equal(err_status(E_MISSING), 404);
    assert_string_equal(err_code(E_STALE), "stale");
}

static void texts_are_made_in_the_readers_language(void **state)
{
    (void)state;
    const char *why = NULL;
    assert_true(i18n_load("zh", "{\"no right to %s\": \"无权%s\"}", &why));
    cx.lang = "zh";
    cx_fail(&cx, E_DENIED, "no right to %s", "x");
    assert_string_equal(cx.text, "无权x");
}

RUN(T(only_the_first_failure_is_kept), T(a_failure_tells_the_programmers_line),
    T(issues_add_up_and_check_turns_them_into_a_failure),
    T(check_fails_when_something_failed_without_an_issue),
    T(an_issue_with_source_shows_the_line_and_a_caret), T(a_copy_lives_on_its_own),
    T(clearing_forgets_failure_and_issues), T(every_error_has_its_status_and_code),
    T(texts_are_made_in_the_readers_language))

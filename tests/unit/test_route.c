/* links: http web */
/* Routes: each address finds its line of the table, and the table keeps its promises. */
#include "test_support.h"
#include "http/limits.h"
#include "http/route.h"

#include <string.h>

static const Route *find(const char *method, const char *path, Request *q, bool *other)
{
    *q = (Request){ .method = method };
    route_init();
    cx_clear(&cx);
    assert_true(request_path(arena, q, path));
    return route_find(&cx, q, other);
}

static void an_address_finds_its_route_and_segments(void **state)
{
    Request q;
    bool other;
    (void)state;
    const Route *r = find("GET", "/f/pet/12/move/adopt", &q, &other);
    assert_string_equal(r->path, "/f/{form}/{id}/move/{transition}");
    assert_int_equal(q.nsegment, 3);
    assert_string_equal(q.segment[0], "pet");
    assert_string_equal(q.segment[2], "adopt");
    assert_string_equal(find("GET", "/", &q, &other)->path, "/");
    assert_string_equal(find("HEAD", "/healthz", &q, &other)->path, "/healthz");
}

static void a_fixed_word_wins_over_a_segment(void **state)
{
    Request q;
    bool other;
    (void)state;
    assert_string_equal(find("GET", "/f/pet/new", &q, &other)->path, "/f/{form}/new");
    assert_string_equal(find("GET", "/f/pet/7", &q, &other)->path, "/f/{form}/{id}");
}

/* A form may have any name that the engine's own addresses use. */
static void a_form_called_app_has_its_pages(void **state)
{
    Request q;
    bool other;
    (void)state;
    assert_string_equal(find("GET", "/design/app", &q, &other)->path, "/design/{form}");
    assert_string_equal(find("GET", "/design/app/canvas", &q, &other)->path, "/design/{form}/canvas");
    assert_string_equal(find("GET", "/design/app/preview", &q, &other)->path, "/design/{form}/preview");
    assert_string_equal(q.segment[0], "app");
    assert_string_equal(find("GET", "/design/app/roles", &q, &other)->path, "/design/app/{part}");
}

static void the_rest_of_a_path_may_be_of_any_depth(void **state)
{
    Request q;
    bool other;
    (void)state;
    assert_non_null(find("GET", "/assets/abc/js/lib/api.js", &q, &other));
    assert_null(find("GET", "/assets/abc", &q, &other));
}

static void a_known_address_with_another_method_says_so(void **state)
{
    Request q;
    bool other;
    (void)state;
    assert_null(find("PUT", "/api/v1/me", &q, &other));
    assert_true(other);
    assert_null(find("GET", "/api/v1/nothing", &q, &other));
    assert_false(other);
    assert_int_equal(cx.err, E_MISSING);
}

static void every_route_that_changes_something_asks_for_the_token(void **state)
{
    const Route *list;
    int n = route_list(&list);
    (void)state;
    for (int i = 0; i < n; i++) {
        bool reads = !strcmp(list[i].method, "GET") || strstr(list[i].path, "/preview");
        assert_true(reads || list[i].flags & ROUTE_WRITE);
        assert_true(!reads || !(list[i].flags & ROUTE_WRITE));
        assert_non_null(list[i].help);
    }
}

static void no_two_routes_are_the_same(void **state)
{
    const Route *list;
    int n = route_list(&list);
    (void)state;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            assert_true(strcmp(list[i].method, list[k].method) || strcmp(list[i].path, list[k].path));
}

static void a_caller_gets_ten_seconds_worth_at_once_and_no_more(void **state)
{
    (void)state;
    int taken = 0;
    while (taken < 1000 && limits_take("one", 3)) taken++;
    assert_in_range(taken, 30, 40);
    assert_true(limits_take("another", 3));
    for (int i = 0; i < 1000; i++) assert_true(limits_take("free", 0));
}

RUN(
    T(an_address_finds_its_route_and_segments),
    T(a_fixed_word_wins_over_a_segment),
    T(a_form_called_app_has_its_pages),
    T(the_rest_of_a_path_may_be_of_any_depth),
    T(a_known_address_with_another_method_says_so),
    T(every_route_that_changes_something_asks_for_the_token),
    T(no_two_routes_are_the_same),
    T(a_caller_gets_ten_seconds_worth_at_once_and_no_more)
)

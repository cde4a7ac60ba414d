/* links: http web */
/* Requests: what a query, a body, cookies and proxies' headers become; headers that cannot be split. */
#include "test_support.h"
#include "http/request.h"

#include <string.h>

static const char *const languages[] = { "en", "zh" }, *const proxies[] = { "127.0.0.1" };

static App app_of(void)
{
    return (App){ .language = (const char **)languages, .nlanguage = 2,
        .proxy = (const char **)proxies, .nproxy = 1 };
}

typedef struct Given { const char *query, *type, *body, *cookie, *name, *value; } Given;

static Request parse(const Given *g, bool want)
{
    App app = app_of();
    Request q = { .method = "POST", .path = "/", .address = "127.0.0.1", .query = g->query };
    q.header = ARENA_ARRAY(arena, Pair, 4);
    if (g->type) q.header[q.nheader++] = (Pair){ "content-type", g->type };
    if (g->cookie) q.header[q.nheader++] = (Pair){ "cookie", g->cookie };
    if (g->name) q.header[q.nheader++] = (Pair){ g->name, g->value };
    q.body = g->body;
    q.nbody = g->body ? strlen(g->body) : 0;
    assert_int_equal(request_parse(&cx, &q, &app), want);
    return q;
}

static void a_query_is_decoded_once(void **state)
{
    (void)state;
    Request q = parse(&(Given){ .query = "a=x%20y+z&b=%2541&empty=&flag&c=%E4%B8%AD" }, true);
    assert_string_equal(request_arg(&q, "a"), "x y z");
    assert_string_equal(request_arg(&q, "b"), "%41");
    assert_string_equal(request_arg(&q, "empty"), "");
    assert_string_equal(request_arg(&q, "flag"), "");
    assert_string_equal(request_arg(&q, "c"), "中");
    assert_null(request_arg(&q, "d"));
}

static void a_repeated_parameter_is_refused(void **state)
{
    (void)state;
    parse(&(Given){ .query = "a=1&a=2" }, false);
    assert_int_equal(cx.err, E_SYNTAX);
}

static void broken_escapes_and_utf8_are_refused(void **state)
{
    static const char *const bad[] = { "a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "%c3%28=1" };
    (void)state;
    for (int i = 0; i < LEN(bad); i++) {
        cx_clear(&cx);
        parse(&(Given){ .query = bad[i] }, false);
        assert_int_equal(cx.err, E_SYNTAX);
    }
}

static void a_key_that_comes_several_times_in_a_form_is_a_list(void **state)
{
    (void)state;
    Request q = parse(&(Given){ .type = "application/x-www-form-urlencoded; charset=UTF-8",
        .body = "a=1&b=x&a=2&a=3" }, true);
    assert_true(q.posted);
    assert_int_equal(node_find(q.form, "a")->n, 3);
    assert_string_equal(node_text(node_find(q.form, "a")->item[2]), "3");
    assert_string_equal(node_text(node_find(q.form, "b")), "x");
}

static void json_must_be_one_object(void **state)
{
    static const char *const bad[] = { "[]", "1", "null", "{\"a\":1,\"a\":2}", "{\"a\":1} x", "{" };
    (void)state;
    Request q = parse(&(Given){ .type = "application/json", .body = "{\"a\": 1}" }, true);
    assert_false(q.posted);
    for (int i = 0; i < LEN(bad); i++) {
        cx_clear(&cx);
        parse(&(Given){ .type = "application/json", .body = bad[i] }, false);
        assert_int_equal(cx.err, E_SYNTAX);
    }
    cx_clear(&cx);
    parse(&(Given){ .type = "application/json", .body = "{\"a\": \"\xff\"}" }, false);
    cx_clear(&cx);
    parse(&(Given){ .type = "text/plain", .body = "{}" }, false);
    cx_clear(&cx);
    parse(&(Given){ .type = "application/jsonx", .body = "{}" }, false);
}

static void the_session_is_read_from_its_own_cookie(void **state)
{
    (void)state;
    Request q = parse(&(Given){ .cookie = "xsession=no; session=abc; lang=zh" }, true);
    assert_string_equal(q.session, "abc");
    assert_string_equal(q.lang, "zh");
    q = parse(&(Given){ .cookie = "__Host-session=abc" }, true);
    assert_null(q.session);
    q = parse(&(Given){ .cookie = "session=plain; __Host-session=safe",
        .name = "x-forwarded-proto", .value = "https" }, true);
    assert_true(q.https);
    assert_string_equal(q.session, "safe");
}

static void an_unknown_language_falls_back_to_the_first(void **state)
{
    (void)state;
    Request q = parse(&(Given){ .cookie = "lang=../x", .name = "accept-language", .value = "fr" }, true);
    assert_string_equal(q.lang, "en");
    q = parse(&(Given){ .name = "Accept-Language", .value = "fr, zh-CN;q=0.9, en;q=0.8" }, true);
    assert_string_equal(q.lang, "zh");
}

static void only_trusted_proxies_are_believed(void **state)
{
    App app = app_of();
    Pair header[] = { { "X-Forwarded-For", "9.9.9.9, 8.8.8.8, 127.0.0.1" },
        { "X-Forwarded-Proto", "https" } };
    (void)state;
    Request q = { .method = "GET", .path = "/", .address = "127.0.0.1", .header = header, .nheader = 2 };
    assert_true(request_parse(&cx, &q, &app));
    assert_string_equal(q.address, "8.8.8.8");
    assert_true(q.https);
    Request other = { .method = "GET", .path = "/", .address = "7.7.7.7", .header = header, .nheader = 2 };
    assert_true(request_parse(&cx, &other, &app));
    assert_string_equal(other.address, "7.7.7.7");
    assert_false(other.https);
}

static void a_path_is_split_and_checked(void **state)
{
    static const char *const bad[] = { "x", "/..", "/a/../b", "/a//b", "/%2e%2e/x", "/%ff", "/%",
        "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r" };
    (void)state;
    Request q = { .method = "GET" };
    assert_true(request_path(arena, &q, "/f/a%2Fb/%E4%B8%AD"));
    assert_int_equal(q.npart, 3);
    assert_string_equal(q.part[1], "a/b");
    assert_string_equal(q.part[2], "中");
    assert_true(request_path(arena, &q, "/"));
    assert_int_equal(q.npart, 0);
    for (int i = 0; i < LEN(bad); i++) assert_false(request_path(arena, &q, bad[i]));
}

static void numbers_have_bounds(void **state)
{
    static const char *const bad[] = { "n=0", "n=11", "n=x", "n=1x", "n=-1", "n=99999999999999999999" };
    (void)state;
    Request q = parse(&(Given){ .query = "n=10" }, true);
    assert_int_equal(request_arg_int(&cx, &q, "n", 5, 1, 10), 10);
    assert_int_equal(request_arg_int(&cx, &q, "other", 5, 1, 10), 5);
    for (int i = 0; i < LEN(bad); i++) {
        cx_clear(&cx);
        q = parse(&(Given){ .query = bad[i] }, true);
        request_arg_int(&cx, &q, "n", 5, 1, 10);
        assert_int_equal(cx.err, E_SYNTAX);
    }
}

static void an_unknown_parameter_gets_a_suggestion(void **state)
{
    static const char *const known[] = { "filter", "sort", NULL };
    (void)state;
    Request q = parse(&(Given){ .query = "filtre=1" }, true);
    assert_false(request_args_only(&cx, &q, known));
    assert_non_null(strstr(cx.text, "filter"));
}

static void a_header_cannot_be_split(void **state)
{
    Response r = response_begin(arena);
    (void)state;
    response_header(&cx, &r, "X-A", "a\r\nSet-Cookie: b=c");
    assert_int_equal(cx.err, E_INPUT);
    assert_int_equal(r.nheader, 0);
    cx_clear(&cx);
    response_redirect(&cx, &r, "/f\r\nX: y");
    assert_string_equal(r.header[0].value, "/f%0D%0AX:%20y");
}

static void a_redirect_stays_here(void **state)
{
    static const char *const away[] = { "//other.example", "https://other.example", "/\\other", "x" };
    (void)state;
    for (int i = 0; i < LEN(away); i++) {
        Response r = response_begin(arena);
        response_redirect(&cx, &r, away[i]);
        assert_string_equal(r.header[0].value, "/");
        assert_int_equal(r.status, 303);
    }
}

static void if_match_is_an_etag_of_ours(void **state)
{
    static const char *const bad[] = { "1", "\"x\"", "\"1\", \"2\"", "W/\"1\"", "\"\"" };
    int64_t version;
    (void)state;
    Request q = parse(&(Given){ .name = "If-Match", .value = "\"12\"" }, true);
    assert_true(request_version(&cx, &q, &version));
    assert_int_equal(version, 12);
    q = parse(&(Given){ .name = "If-Match", .value = "*" }, true);
    assert_true(request_version(&cx, &q, &version));
    assert_int_equal(version, 0);
    for (int i = 0; i < LEN(bad); i++) {
        cx_clear(&cx);
        q = parse(&(Given){ .name = "If-Match", .value = bad[i] }, true);
        assert_false(request_version(&cx, &q, &version));
    }
}

RUN(
    T(a_query_is_decoded_once),
    T(a_repeated_parameter_is_refused),
    T(broken_escapes_and_utf8_are_refused),
    T(a_key_that_comes_several_times_in_a_form_is_a_list),
    T(json_must_be_one_object),
    T(the_session_is_read_from_its_own_cookie),
    T(an_unknown_language_falls_back_to_the_first),
    T(only_trusted_proxies_are_believed),
    T(a_path_is_split_and_checked),
    T(numbers_have_bounds),
    T(an_unknown_parameter_gets_a_suggestion),
    T(a_header_cannot_be_split),
    T(a_redirect_stays_here),
    T(if_match_is_an_etag_of_ours)
)

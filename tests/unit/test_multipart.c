/* links: http web */
/* Parts of a form as they stream in; names in headers, read and written. */
#include "test_support.h"
#include "http/multipart.h"
#include "base/str.h"

#include <string.h>

static Str seen;

static bool part_begin(Cx *c, void *ctx, const char *name, const char *filename)
{
    (void)c; (void)ctx;
    str_printf(&seen, "<%s%s%s>", name, filename ? "=" : "", filename ? filename : "");
    return true;
}

static bool part_data(Cx *c, void *ctx, const char *p, size_t n)
{
    (void)c; (void)ctx;
    str_add_n(&seen, p, n);
    return true;
}

static bool part_end(Cx *c, void *ctx)
{
    (void)c; (void)ctx;
    str_add(&seen, "</>");
    return true;
}

static const char *parse(const char *body, size_t piece)
{
    MultipartTo to = { part_begin, part_data, part_end, NULL };
    Multipart *m = multipart_begin(arena, "xy", &to);
    size_t n = strlen(body);

    seen = str_begin(arena);
    cx_clear(&cx);
    for (size_t i = 0; i < n; i += piece)
        if (!multipart_add(&cx, m, body + i, n - i < piece ? n - i : piece)) return "broken";
    return multipart_end(&cx, m) ? str_show(&seen) : "broken";
}

#define PART "--xy\r\nContent-Disposition: form-data; name=\"f\""

static void parts_come_out_whole_however_they_are_cut(void **state)
{
    static const char body[] = "preamble\r\n" PART "; filename=\"a.txt\"\r\nContent-Type: x/y\r\n\r\n"
        "one\r\n--x\r\r\n--\r\nend\r\n" PART "\r\n\r\n\r\n" PART "\r\n\r\n\r\n\r\n--xy--\r\nepilogue";
    (void)state;
    for (size_t piece = 1; piece < sizeof body; piece++)
        assert_string_equal(parse(body, piece),
            "<f=a.txt>one\r\n--x\r\r\n--\r\nend</><f></><f>\r\n</>");
}

static void what_is_broken_is_refused(void **state)
{
    static const char *const bad[] = { "", "--xy", "--xy\r\n", "--xyz\r\n", "--xy\n" PART,
        PART "\r\n\r\nno end", PART "\r\n\r\nx\r\n--xy", PART "\r\n\r\nx\r\n--xy-",
        "--xy\r\n\r\nno head\r\n--xy--", "--xy\r\nContent-Disposition: attachment; name=\"f\"\r\n\r\nx",
        "--xy\r\nContent-Disposition: form-data; nam=\"f\"\r\n\r\nx",
        PART "\r\ncontent-disposition: form-data; name=\"g\"\r\n\r\nx\r\n--xy--",
        "--xy\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--xy--" };
    (void)state;
    for (int i = 0; i < LEN(bad); i++) {
        assert_string_equal(parse(bad[i], 3), "broken");
        assert_int_equal(cx.err, E_SYNTAX);
    }
}

static void a_head_that_does_not_end_is_refused(void **state)
{
    Str s = str_begin(arena);
    (void)state;
    str_add(&s, "--xy\r\nX-Long: ");
    for (int i = 0; i < MULTIPART_HEAD; i++) str_add_char(&s, 'a');
    assert_string_equal(parse(str_show(&s), 1000), "broken");
}

static void too_many_parts_are_refused(void **state)
{
    Str s = str_begin(arena);
    (void)state;
    for (int i = 0; i <= MULTIPART_PARTS; i++) str_add(&s, PART "\r\n\r\nx\r\n");
    str_add(&s, "--xy--");
    assert_string_equal(parse(str_show(&s), 65536), "broken");
}

static void a_boundary_is_taken_only_from_a_proper_type(void **state)
{
    (void)state;
    assert_string_equal(multipart_boundary(arena, "multipart/form-data; boundary=ab"), "ab");
    assert_string_equal(multipart_boundary(arena,
        "Multipart/Form-Data ; charset=utf-8; boundary=\"a b\""), "a b");
    static const char *const bad[] = { NULL, "", "multipart/form-data", "multipart/mixed; boundary=a",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=a\x80", "multipart/form-data; boundary=\"a\\\"\"",
        "multipart/form-datax; boundary=a" };
    for (int i = 0; i < LEN(bad); i++) assert_null(multipart_boundary(arena, bad[i]));
}

static void names_are_read_as_browsers_write_them(void **state)
{
    static const struct { const char *header, *name; } cases[] = {
        { "form-data; filename=\"a b.txt\"", "a b.txt" }, { "x; filename=a.txt", "a.txt" },
        { "x; filename=\"a\\\"b\"", "a\"b" }, { "x; filename=\"a%22b\"", "a\"b" },
        { "x; filename=\"C:\\dir\\a.txt\"", "C:\\dir\\a.txt" }, { "x; FileName = \"q\" ; y=1", "q" },
        { "x; filename=\"\"", "" }, { "x; filename=\"a;b\"", "a;b" },
        { "x; filename=plain; filename*=UTF-8''%e4%b8%ad.txt", "中.txt" },
        { "x; filename*=utf-8'en'a%20b", "a b" }, { "x; filename=ok; filename*=latin-1''a", "ok" },
        { "x; filename=ok; filename*=UTF-8''%ff", "ok" }, { "x; filename=ok; filename*=UTF-8''%00", "ok" },
        { "x; filename=ok; filename*=UTF-8''%z1", "ok" }, { "x; filename=\"open", "open" },
    };
    (void)state;
    for (int i = 0; i < LEN(cases); i++)
        assert_string_equal(header_param(arena, cases[i].header, "filename"), cases[i].name);
    assert_null(header_param(arena, "filename=a", "filename"));
    assert_null(header_param(arena, "x; filename", "filename"));
    assert_null(header_param(arena, "x; xfilename=a", "filename"));
}

static void a_name_never_breaks_the_header_it_stands_in(void **state)
{
    (void)state;
    assert_string_equal(disposition(arena, "attachment", "a b.txt"),
        "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt");
    assert_string_equal(disposition(arena, "inline", "\"\r\nX: y;%中"),
        "inline; filename=\"___X: y_____\"; filename*=UTF-8''%22%0D%0AX%3A%20y%3B%25%E4%B8%AD");
}

RUN(
    T(parts_come_out_whole_however_they_are_cut),
    T(what_is_broken_is_refused),
    T(a_head_that_does_not_end_is_refused),
    T(too_many_parts_are_refused),
    T(a_boundary_is_taken_only_from_a_proper_type),
    T(names_are_read_as_browsers_write_them),
    T(a_name_never_breaks_the_header_it_stands_in)
)

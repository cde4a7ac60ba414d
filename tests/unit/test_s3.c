/* links: data */
/* Where a store is, by address and environment; what it answers, in XML. */
#include "test_support.h"
#include "data/s3_in.h"

#include <stdlib.h>
#include <string.h>

static int with_keys(void **state)
{
    begin(state);
    setenv("TENON_S3_KEY", "KEY", 1);
    setenv("TENON_S3_SECRET", "hush", 1);
    return 0;
}

#define S(test) cmocka_unit_test_setup_teardown(test, with_keys, end)

static void place_is(const char *url, const char *base, const char *prefix, const char *region)
{
    S3Place p;
    assert_true(s3_place(&cx, url, &p));
    assert_string_equal(p.base, base);
    assert_string_equal(p.prefix, prefix);
    assert_string_equal(p.region, region);
    assert_string_equal(p.key, "KEY");
    assert_string_equal(p.secret, "hush");
    s3_place_free(&p);
}

static void an_address_says_where_a_store_is(void **st)
{
    (void)st;
    place_is("s3://files", "https://files.s3.us-east-1.amazonaws.com", "", "us-east-1");
    place_is("s3://files?region=cn-north-1", "https://files.s3.cn-north-1.amazonaws.com", "",
        "cn-north-1");
    place_is("s3://my.files/a/b/", "https://s3.us-east-1.amazonaws.com/my.files", "a/b/",
        "us-east-1");
    place_is("s3://files/crm?endpoint=http://10.0.0.5:9000&region=auto",
        "http://10.0.0.5:9000/files", "crm/", "auto");
    place_is("s3://files/crm?endpoint=https%3A%2F%2Foss.example.com&style=host",
        "https://files.oss.example.com", "crm/", "us-east-1");
    place_is("s3://files/?endpoint=http://[::1]:9000", "http://[::1]:9000/files", "", "us-east-1");
}

static void what_does_not_fit_is_refused_without_being_repeated(void **st)
{
    static const char *const bad[] = { "s3://", "s3://ab", "s3://Files", "s3://hush:hush@files",
        "s3://-files", "s3://a..b", "s3://files/../x", "s3://files/a//b", "s3://files/a b",
        "s3://files?endpoint=http://hush@host", "s3://files?endpoint=http://host/hush",
        "s3://files?endpoint=hush", "s3://files?endpoint=ftp://hush", "s3://files?region=hush!",
        "s3://files?style=hush", "s3://files?region" };
    (void)st;
    for (int i = 0; i < LEN(bad); i++) {
        S3Place p;
        cx_clear(&cx);
        assert_false(s3_place(&cx, bad[i], &p));
        assert_int_equal(cx.err, E_INPUT);
        assert_null(strstr(cx.text, "hush"));
        s3_place_free(&p);
    }
}

static void keys_come_in_pairs(void **st)
{
    S3Place p;
    (void)st;
    unsetenv("TENON_S3_SECRET");
    assert_false(s3_place(&cx, "s3://files", &p));
    s3_place_free(&p);
    unsetenv("TENON_S3_KEY");
    setenv("AWS_ACCESS_KEY_ID", "KEY", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "hush", 1);
    cx_clear(&cx);
    assert_true(s3_place(&cx, "s3://files", &p));
    assert_string_equal(p.secret_name, "AWS_SECRET_ACCESS_KEY");
    s3_place_free(&p);
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
}

static bool page_of(const char *xml, S3Page *out)
{
    *out = (S3Page){ 0 };
    return s3_list_parse(arena, xml, strlen(xml), "crm/", out);
}

static void a_page_of_names_is_read(void **st)
{
    S3Page page;
    (void)st;
    assert_true(page_of("<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://x/\">\n"
        " <Prefix>crm/</Prefix><IsTruncated>true</IsTruncated>\n"
        " <Contents><Key>crm/ab/1</Key><LastModified>2026-03-02T09:00:00.000Z</LastModified>"
        "<Owner><ID>x</ID></Owner></Contents>\n"
        " <Contents><LastModified>2026-03-02T09:00:01Z</LastModified><Key>crm/a&amp;b</Key>"
        "</Contents>"
        " <Contents><Key>other/1</Key><LastModified>2026-03-02T09:00:01Z</LastModified></Contents>"
        "<Contents><Key>crm/z</Key></Contents></ListBucketResult>", &page));
    assert_int_equal(page.n, 2);                  /* without a time nobody knows how old it is */
    assert_string_equal(page.name[0].key, "ab/1");
    assert_string_equal(page.name[1].key, "a&b");
    assert_int_equal(page.name[1].at - page.name[0].at, 1);
    assert_true(page.more);
    assert_string_equal(page.last, "z");
}

static void what_is_no_page_is_refused(void **st)
{
    static const char *const bad[] = { "", "<html/>", "<ListBucketResult>", "{}",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><ListBucketResult>&b;&d;</ListBucketResult>" };
    S3Page page;
    (void)st;
    for (int i = 0; i < LEN(bad); i++) assert_false(page_of(bad[i], &page));
}

static void the_code_of_an_error_is_letters_only(void **st)
{
    static const struct { const char *xml, *code; } cases[] = {
        { "<Error><Code>NoSuchBucket</Code><Message>x</Message></Error>", "NoSuchBucket" },
        { "<Error><Message>x</Message></Error>", "" }, { "", "" }, { "Not XML", "" },
        { "<Error><Code>a b\n</Code></Error>", "" } };
    (void)st;
    for (int i = 0; i < LEN(cases); i++)
        assert_string_equal(s3_error_code(arena, cases[i].xml, strlen(cases[i].xml)),
            cases[i].code);
}

RUN(
    S(an_address_says_where_a_store_is),
    S(what_does_not_fit_is_refused_without_being_repeated),
    S(keys_come_in_pairs),
    S(a_page_of_names_is_read),
    S(what_is_no_page_is_refused),
    S(the_code_of_an_error_is_letters_only)
)

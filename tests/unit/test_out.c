/* links: base */
#include "test_support.h"
#include "base/out.h"

static const char *wrote(void (*write)(Str *, const char *), const char *text)
{
    Str s = str_begin(arena);
    write(&s, text);
    return str_show(&s);
}

static void html_texts_and_attributes_are_escaped(void **state)
{
    (void)state;
    assert_string_equal(wrote(html_text, "<b>&\"中"), "&lt;b&gt;&amp;\"中");
    assert_string_equal(wrote(html_attr, "\"'`=<>&"), "&quot;&#39;&#96;&#61;&lt;&gt;&amp;");
    assert_string_equal(wrote(html_text, NULL), "");
    assert_string_equal(wrote(html_text, ""), "");
}

static void xml_holds_what_xml_can(void **state)
{
    (void)state;
    assert_string_equal(wrote(xml_attr, "<a b='=`'>&\"中"), "&lt;a b='=`'&gt;&amp;&quot;中");
    assert_string_equal(wrote(xml_attr, "\ta\r\nb"), "&#9;a&#13;&#10;b");
    assert_string_equal(wrote(xml_attr, "\x01\x1f\xef\xbf\xbe"),
        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_string_equal(wrote(xml_attr, NULL), "");
}

static void url_parts_are_percent_encoded(void **state)
{
    (void)state;
    assert_string_equal(wrote(url_part, "a b/c?&=#%中~"),
        "a%20b%2Fc%3F%26%3D%23%25%E4%B8%AD~");
}

static void csv_cells_are_quoted_and_never_formulas(void **state)
{
    (void)state;
    assert_string_equal(wrote(csv_cell, "plain"), "plain");
    assert_string_equal(wrote(csv_cell, "a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
    assert_string_equal(wrote(csv_cell, "=1+1"), "\"'=1+1\"");
    assert_string_equal(wrote(csv_cell, "@x"), "\"'@x\"");
    assert_string_equal(wrote(csv_cell, "\tx"), "\"'\tx\"");
    assert_string_equal(wrote(csv_cell, ""), "");
    assert_string_equal(wrote(csv_cell, NULL), "");
}

static void json_puts_commas_where_they_belong(void **state)
{
    (void)state;
    Str s = str_begin(arena);
    Json j = json_begin(&s);
    json_map(&j);
    json_key(&j, "a"), json_int(&j, -5);
    json_key(&j, "b");
    json_list(&j);
    json_list(&j), json_list_end(&j);
    json_bool(&j, true), json_null(&j), json_text(&j, NULL), json_text(&j, "x");
    json_map(&j), json_map_end(&j);
    json_list_end(&j);
    json_name(&j, "q\"uote"), json_raw(&j, "[1]");
    json_map_end(&j);
    assert_string_equal(str_show(&s),
        "{\"a\":-5,\"b\":[[],true,null,null,\"x\",{}],\"q\\\"uote\":[1]}");
}

static void values_are_written_by_their_kind(void **state)
{
    (void)state;
    Val items[] = { val_int(1), val_text("x"), val_blank() };
    const Val values[] = { val_blank(), val_bool(true), val_int(-3), val_dec(1250, 2),
        val_real(0.5), val_text("a\"b"), val_date(0), val_datetime(0), val_time(34200),
        val_duration(2, UNIT_BD), val_rec(7), val_list(items, 3) };
    Str s = str_begin(arena);
    Json j = json_begin(&s);
    json_list(&j);
    for (int i = 0; i < LEN(values); i++) json_val(&j, values[i]);
    json_list_end(&j);
    assert_string_equal(str_show(&s), "[null,true,-3,12.50,0.5,\"a\\\"b\",\"1970-01-01\","
        "\"1970-01-01T00:00:00Z\",\"09:30\",\"2bd\",7,[1,\"x\",null]]");
}

RUN(T(html_texts_and_attributes_are_escaped), T(xml_holds_what_xml_can),
    T(url_parts_are_percent_encoded), T(csv_cells_are_quoted_and_never_formulas),
    T(json_puts_commas_where_they_belong),
    T(values_are_written_by_their_kind))

/* links: data */
/* sheet: files as rows of texts, formats of numbers, and what columns of texts seem to be. */
#include "workshop.h"

#include "data/sheet_guess.h"
#include "data/sheet_in.h"

static bool say(void *arg, const SheetRow *row)
{
    Str *s = arg;
    str_printf(s, "%d", (int)row->no);
    for (int i = 0; i < row->n; i++) str_printf(s, "|%s", row->cell[i]);
    str_add_char(s, '/');
    return true;
}

static const char *rows_n(const char *bytes, size_t n)
{
    Str out = str_begin(w->cx.a);
    Sheet *s;
    OK(sheet_open(&w->cx, bytes, n, &s));
    OK(sheet_each(&w->cx, s, 0, say, &out));
    return str_show(&out);
}

static const char *rows(const char *text)
{
    return rows_n(text, strlen(text));
}

static void a_text_is_rows_of_cells(void **state)
{
    (void)state;
    as_app();
    assert_string_equal(rows("a,b\n1,2\n"), "1|a|b/2|1|2/");
    assert_string_equal(rows("a;b\r\n1,5;2,5\r\n"), "1|a|b/2|1,5|2,5/");
    assert_string_equal(rows("a\tb\n1\t2"), "1|a|b/2|1|2/");
    assert_string_equal(rows("sep=|\na|b,c"), "2|a|b,c/");
    assert_string_equal(rows("\n\na,b\n,,\n1,\n"), "3|a|b/5|1/");
    assert_string_equal(rows("a,b\n\"x, \"\"y\"\"\n z\",\" 2 \"\n"), "1|a|b/2|x, \"y\"\n z|2/");
    assert_string_equal(rows("\xEF\xBB\xBF""a,b"), "1|a|b/");
    assert_string_equal(rows("\xC3\xFB\xB3\xC6,b\n"), "1|名称|b/");
    assert_string_equal(rows_n("\xFF\xFE" "a\0,\0b\0", 8), "1|a|b/");
    assert_string_equal(rows("a,b\n\"open,2\n"), "1|a|b/2|open,2/");
}

static const struct { int id; const char *code, *number, *want; bool from_1904; } formats[] = {
    { 0, NULL, "0.30000000000000004", "0.3" }, { 0, NULL, "13800138000", "13800138000" },
    { 0, NULL, "1.2345E+17", "123450000000000000" }, { 0, NULL, "1E-3", "0.001" },
    { 9, NULL, "0.25", "25%" }, { 14, NULL, "46000", "2025-12-09" }, { 14, NULL, "1", "1900-01-01" },
    { 14, NULL, "46000.5", "2025-12-09 12:00" }, { 22, NULL, "46000.5", "2025-12-09 12:00" },
    { 20, NULL, "0.4375", "10:30" }, { 46, NULL, "1.5", "36:00:00" }, { 14, NULL, "-5", "-5" },
    { 164, "yyyy\"年\"m\"月\"d\"日\"", "46000", "2025-12-09" },
    { 164, "yyyy\\-mm\\-dd hh:mm:ss", "46000.000011574", "2025-12-09 00:00:01" },
    { 164, "[$-409]mmmm\\-yy;@", "46000", "2025-12-09" }, { 164, "h:mm", "46000.25", "2025-12-09 06:00" },
    { 164, "0.0%", "0.125", "12.5%" }, { 164, "\"¥\"#,##0.00", "1234.5", "¥1234.5" },
    { 164, "[$€-2] #,##0", "-7", "-€7" }, { 164, "$#,##0_);[Red]($#,##0)", "-7", "-$7" },
    { 164, "General", "5", "5" }, { 164, "#,##0.00", "5.25", "5.25" },
    { 14, NULL, "44538", "2025-12-09", true },
};

static void numbers_are_what_their_format_says(void **state)
{
    (void)state;
    as_app();
    for (int i = 0; i < LEN(formats); i++)
        assert_string_equal(format_number(w->cx.a, format_of(formats[i].id, formats[i].code),
            formats[i].number, formats[i].from_1904), formats[i].want);
}

/* cells: parted by ~; the list comes ten times, with # as the number of its row. */
static const struct { const char *label, *cells, *want; } guesses[] = {
    { "a", "x#", "text" }, { "a", "1~2~3", "number" }, { "a", "1.5~-2~1,200", "number" },
    { "a", "１２~３", "number" }, { "a", "00#", "text" }, { "a", "007~008", "choice" }, { "a", "12345678901234567", "text" },
    { "a", "1~2~3~x", "choice" }, { "a", "¥1~¥2.50~￥3", "money" }, { "价格", "1~2.5", "money" },
    { "Price", "1~2.5", "money" }, { "a", "12元~3元", "money" }, { "a", "10%~2.5％", "percent" },
    { "a", "yes~no", "boolean" }, { "a", "是~否~是", "boolean" }, { "a", "1~0", "number" },
    { "a", "TRUE~FALSE", "boolean" }, { "a", "2026-01-05~2026/1/6~2026年1月7日~2026.1.8", "date" },
    { "a", "2026-01-05 10:30~2026/1/6 9:05", "datetime" }, { "a", "2026年1月5日 9:30", "datetime" },
    { "a", "9:30~10:00", "time" }, { "a", "a@b.cn~c@d.org", "email" }, { "a", "https://a.cn~www.b.cn/x", "url" },
    { "a", "13800138000~13900139000", "phone" }, { "a", "010-12345678~0571-87654321", "phone" },
    { "电话", "87654321~12345678", "phone" }, { "a", "87654321~12345678", "number" },
    { "a", "+49 30 123456~+1 212 5550100", "phone" },
    { "a", "east~west~south", "choice" }, { "a", "red, blue~red~blue、green", "choices" },
    { "a", "line\nand line #", "longtext" }, { "a", "mia~max", "user" }, { "a", "Mia~cleo", "user" },
    { "a", "mia~nobody", "choice" }, { "a", "", "text" },
};

static const char *type_of(const char *label, const char *cells)
{
    char **cell;
    int n = str_split(w->cx.a, cells, '~', &cell);
    Str s = str_begin(w->cx.a);
    Sheet *sheet;
    Guess g;

    str_printf(&s, "n,\"%s\"\n", label);
    for (int i = 0; i < 10 * n; i++) {
        const char *text = cell[i % n];
        bool own = str_ends(text, "#");
        str_printf(&s, "n%d,\"%.*s", i, (int)strlen(text) - own, text);
        if (own) str_printf(&s, "%d", i);
        str_add(&s, "\"\n");
    }
    OK(sheet_open(&w->cx, str_show(&s), s.n, &sheet));
    OK(sheet_guess(w, sheet, 0, -1, &g));
    assert_int_equal(g.ncolumn, 2);
    return g.column[1].type;
}

static void a_column_is_the_most_special_type_that_its_cells_speak_for(void **state)
{
    (void)state;
    as_app();
    for (int i = 0; i < LEN(guesses); i++) {
        const char *got = type_of(guesses[i].label, guesses[i].cells);
        if (!str_eq(got, guesses[i].want))
            fail_msg("%s: %s is taken for %s, not %s", guesses[i].label, guesses[i].cells, got,
                guesses[i].want);
    }
}

/* 5000 rows are looked at, all are counted. */
static void a_long_sheet_is_guessed_by_its_first_rows(void **state)
{
    (void)state;
    as_app();
    Str s = str_begin(w->cx.a);
    Sheet *sheet;
    Guess g;

    str_add(&s, "code,n\n");
    for (int i = 0; i < 6000; i++) str_printf(&s, "C%d,%s\n", i, i < 5500 ? "1" : "x");
    OK(sheet_open(&w->cx, str_show(&s), s.n, &sheet));
    OK(sheet_guess(w, sheet, 0, -1, &g));
    assert_int_equal(g.rows, 6000);
    assert_int_equal(g.looked, GUESS_ROWS);
    assert_string_equal(g.column[1].type, "number");
    assert_false(g.column[0].unique || g.column[0].required);
}

RUN(SHOP(a_text_is_rows_of_cells), SHOP(numbers_are_what_their_format_says),
    SHOP(a_column_is_the_most_special_type_that_its_cells_speak_for),
    SHOP(a_long_sheet_is_guessed_by_its_first_rows))

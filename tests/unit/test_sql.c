/* links: db */
/* sql: text and values travel together, so nothing is ever spliced in. words: what is found. */
#include "test_support.h"
#include "db/sql.h"
#include "db/words.h"

static void values_are_bound_and_never_written(void **st)
{
    Sql q = sql_begin(arena, DIALECT_SQLITE);

    (void)st;
    sql_add(&q, "SELECT ");
    sql_column(&q, "r", "title");
    sql_add(&q, " FROM ");
    sql_name(&q, "order");
    sql_add(&q, " r WHERE a = ");
    sql_bind(&q, val_text("x'; DROP TABLE y"));
    sql_add(&q, " LIMIT ");
    sql_int(&q, -5);
    assert_string_equal(sql_text(&q),
                        "SELECT \"r\".\"title\" FROM \"order\" r WHERE a = $1 LIMIT -5");
    assert_int_equal(q.nval, 1);
    assert_string_equal(q.val[0].t, "x'; DROP TABLE y");
}

static void join_renumbers_the_joined_part(void **st)
{
    Sql rule = sql_begin(arena, DIALECT_SQLITE), q = sql_begin(arena, DIALECT_SQLITE);

    (void)st;
    sql_add(&rule, "owner = ");
    sql_bind(&rule, val_int(7));
    sql_add(&rule, " OR by = $1 OR x = ");
    sql_bind(&rule, val_int(8));
    sql_add(&q, "SELECT id FROM t WHERE stage = ");
    sql_bind(&q, val_text("new"));
    sql_add(&q, " AND (");
    sql_join(&q, &rule);
    sql_add(&q, ") AND (");
    sql_join(&q, &rule);
    sql_add(&q, ")");
    assert_string_equal(sql_text(&q), "SELECT id FROM t WHERE stage = $1 AND (owner = $2 OR "
                        "by = $2 OR x = $3) AND (owner = $4 OR by = $4 OR x = $5)");
    assert_int_equal(q.nval, 5);
    assert_int_equal(q.val[2].i, 8);
    assert_int_equal(q.val[3].i, 7);
}

static void quoted_text_is_not_renumbered(void **st)
{
    Sql part = sql_begin(arena, DIALECT_SQLITE), q = sql_begin(arena, DIALECT_SQLITE);

    (void)st;
    sql_bind(&q, val_int(1));
    sql_add(&part, " || '$1''$1' || \"a$1\" || '$.x' || ");
    sql_bind(&part, val_int(2));
    sql_join(&q, &part);
    assert_string_equal(sql_text(&q), "$1 || '$1''$1' || \"a$1\" || '$.x' || $2");
}

static void an_empty_part_joins_to_nothing(void **st)
{
    Sql q = sql_begin(arena, DIALECT_SQLITE), none = sql_begin(arena, DIALECT_SQLITE);

    (void)st;
    assert_true(sql_empty(&none));
    sql_join(&q, &none);
    assert_true(sql_empty(&q));
    assert_string_equal(sql_text(&q), "");
}

static void more_than_nine_values_keep_their_numbers(void **st)
{
    Sql part = sql_begin(arena, DIALECT_SQLITE), q = sql_begin(arena, DIALECT_SQLITE);

    (void)st;
    for (int i = 0; i < 12; i++)
        sql_bind(&part, val_int(i));
    sql_bind(&q, val_int(99));
    sql_join(&q, &part);
    assert_string_equal(sql_text(&q), "$1$2$3$4$5$6$7$8$9$10$11$12$13");
    assert_int_equal(q.val[12].i, 11);
}

static void explain_writes_the_values_out(void **st)
{
    Sql q = sql_begin(arena, DIALECT_SQLITE);

    (void)st;
    sql_add(&q, "x = ");
    sql_bind(&q, val_text("it's"));
    sql_add(&q, " AND y = ");
    sql_bind(&q, val_blank());
    sql_add(&q, " AND z = ");
    sql_bind(&q, val_bool(true));
    sql_add(&q, " AND d = ");
    sql_bind(&q, val_date(0));
    sql_add(&q, " AND w = '$1'");
    assert_string_equal(sql_explain(arena, &q),
                        "x = 'it''s' AND y = NULL AND z = 1 AND d = '1970-01-01' AND w = '$1'");
}

static void words_are_folded_and_dense_scripts_come_in_pairs(void **st)
{
    (void)st;
    assert_string_equal(words_of(arena, "Tenon 榫卯系统"), "tenon 榫卯 卯系 系统");
    assert_string_equal(words_of(arena, "STRASSE straße Straße"), "strasse");
    assert_string_equal(words_of(arena, "ＡＢＣ１２３"), "abc123");
    assert_string_equal(words_of(arena, "Müller-Lüdenscheidt, 138-0013"),
                        "müller lüdenscheidt 138 0013");
}

static void one_dense_character_is_a_word(void **st)
{
    (void)st;
    assert_string_equal(words_of(arena, "王"), "王");
    assert_string_equal(words_of(arena, "王 a李b"), "王 a 李 b");
    assert_string_equal(words_of(arena, "abc客户def"), "abc 客户 def");
    assert_string_equal(words_of(arena, "客户，客户"), "客户");
}

static void nothing_to_find_gives_no_words(void **st)
{
    (void)st;
    assert_string_equal(words_of(arena, ""), "");
    assert_string_equal(words_of(arena, " -- !? "), "");
}

static void many_words_come_each_once(void **st)
{
    Str s = str_begin(arena);
    int blanks = 0;

    (void)st;
    for (int i = 0; i < 3000; i++)
        str_printf(&s, "w%d ", i % 1000);
    for (const char *p = words_of(arena, str_show(&s)); *p; p++)
        blanks += *p == ' ';
    assert_int_equal(blanks, 999);
}

static void what_is_kept_has_its_values_as_literals(void **st)
{
    Sql q = sql_begin(arena, DIALECT_PG);

    (void)st;
    sql_add(&q, "x = ");
    sql_bind(&q, val_text("it's a \\ back $1 客户"));
    sql_add(&q, "::text AND '$1' <> ");
    sql_bind(&q, val_text("'; DROP TABLE x; --"));
    sql_add(&q, " AND y > ");
    sql_bind(&q, val_int(-3));
    sql_add(&q, " AND z = ");
    sql_bind(&q, val_dec(-1050, 2));
    sql_add(&q, " AND d < ");
    sql_bind(&q, val_date(0));
    sql_add(&q, " OR ");
    sql_bind(&q, val_blank());
    assert_string_equal(sql_kept(arena, &q), "x = E'it''s a \\\\ back $1 客户'::text AND '$1' <> "
        "'''; DROP TABLE x; --' AND y > (-3) AND z = (-10.50) AND d < '1970-01-01'::date OR NULL");
}

RUN(T(what_is_kept_has_its_values_as_literals), T(values_are_bound_and_never_written), T(join_renumbers_the_joined_part),
    T(quoted_text_is_not_renumbered), T(an_empty_part_joins_to_nothing),
    T(more_than_nine_values_keep_their_numbers), T(explain_writes_the_values_out),
    T(words_are_folded_and_dense_scripts_come_in_pairs), T(one_dense_character_is_a_word),
    T(nothing_to_find_gives_no_words), T(many_words_come_each_once))

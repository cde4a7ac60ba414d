/* links: data */
/* recall: rows kept for all until a table they came from changes. */
#include "test_library.h"
#include "data/titles.h"

static const char *const user_table[] = { "user" };

static Recall begin_recall(Work *w, const char *key)
{
    return recall_begin(w, "test", key, user_table, 1);
}

static void keep_two(Work *w, const char *key)
{
    Recall r = begin_recall(w, key);
    Val row[] = { val_text("a text"), val_int(12) };
    recall_keep(&r, row, 2);
}

static bool known(Work *w, const char *key)
{
    Recall r = begin_recall(w, key);
    Val row[2];
    if (!recall_row(&r, row, 2)) return false;
    assert_string_equal(row[0].t, "a text");
    assert_int_equal(row[1].i, 12);
    return true;
}

/* Where other programs write, too, it takes a moment until the tables' clocks are known. */
static bool kept(Work *w, const char *key)
{
    for (int i = 0; i < 100; i++) {
        keep_two(w, key);
        if (known(w, key)) return true;
        usleep(50000);
    }
    return false;
}

static void a_row_is_kept_for_other_works(void **st)
{
    (void)st;
    Work *w = take(NULL);
    assert_false(known(w, "k"));
    assert_true(kept(w, "k"));
    give(w);
    w = take(NULL);
    assert_true(known(w, "k"));
    assert_false(known(w, "other"));
    give(w);
}

static void it_ends_when_its_table_changes_and_not_with_others(void **st)
{
    (void)st;
    Work *w = take(NULL);
    assert_true(kept(w, "k"));
    create(w, "department", "{'name': 'East'}");
    assert_true(known(w, "k"));
    create(w, "user", "{'name': 'Bo', 'login': 'bo'}");
    assert_false(known(w, "k"));
    give(w);
}

static void what_began_before_a_change_is_not_kept(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Recall r = begin_recall(w, "k");
    Val row[] = { val_text("a text"), val_int(12) };
    create(w, "user", "{'name': 'Bo', 'login': 'bo'}");
    recall_keep(&r, row, 2);
    assert_false(known(w, "k"));
    give(w);
}

static bool in_a_write(Work *w, void *arg)
{
    bool *seen = arg;
    keep_two(w, "inner");
    *seen = known(w, "k") || known(w, "inner");
    return true;
}

static void within_a_write_nothing_is_recalled_or_kept(void **st)
{
    (void)st;
    bool seen = true;
    Work *w = take(NULL);
    assert_true(kept(w, "k"));
    OK(&w->cx, work_write(w, in_a_write, &seen));
    assert_false(seen);
    assert_true(known(w, "k"));
    assert_false(known(w, "inner"));
    give(w);
}

static void among_open_rows_nothing_is_kept(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v;

    create(w, "user", "{'name': 'Bo', 'login': 'bo'}");
    sql_add(&q, "SELECT id FROM \"user\"");
    OK(&w->cx, db_query(&w->cx, w->db, &q, &rows));
    assert_true(db_next(&w->cx, &rows, &v));
    keep_two(w, "k");
    db_rows_end(&rows);
    assert_false(known(w, "k"));
    give(w);
}

static void a_title_follows_its_record(void **st)
{
    (void)st;
    Work *w = take(NULL);
    int64_t id = create(w, "department", "{'name': 'East'}");
    const Form *f = app_form(w->app, "department");
    assert_true(kept(w, "k"));
    give(w);
    for (int i = 0; i < 2; i++) {
        w = take(NULL);
        assert_string_equal(record_title_of(w, f, id), "East");
        Recall kept = titles_recall(w, f, id);
        Val title;
        assert_true(recall_row(&kept, &title, 1));
        give(w);
    }
    w = take(NULL);
    do_sql(w, "UPDATE department SET name = 'West'");
    give(w);
    w = take(NULL);
    assert_string_equal(record_title_of(w, f, id), "West");
    give(w);
}

#define C(test) cmocka_unit_test_setup_teardown(test, with_app, without_app)
RUN(C(a_row_is_kept_for_other_works), C(it_ends_when_its_table_changes_and_not_with_others),
    C(what_began_before_a_change_is_not_kept), C(within_a_write_nothing_is_recalled_or_kept),
    C(among_open_rows_nothing_is_kept), C(a_title_follows_its_record))

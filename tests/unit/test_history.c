/* links: data */
/* history: every change, by whom and how, sealed against tampering. */
#include "workshop.h"

static bool run_sql(Work *x, void *arg)
{
    return db_script(&x->cx, x->db, arg);
}

static Record *of(const char *f, int64_t id)
{
    Record *r;
    OK(record_load(w, form(f), id, true, &r));
    return r;
}

static void changes_are_told_old_and_new(void **st)
{
    (void)st;
    as("cleo");
    int64_t c = made("client", "{\"name\":\"Ann\",\"secret\":\"s1\",\"keeper\":\"mia\"}");
    OK(change("client", c, "{\"name\":\"Bea\",\"secret\":\"s2\",\"keeper\":\"max\"}"));
    OK(change("client", c, "{\"name\":\"Bea\"}"));
    Entry *e;
    int n;
    OK(history_list(w, of("client", c), 0, 10, &e, &n));
    assert_int_equal(n, 2);
    const Entry *last = &e[0];
    assert_string_equal(last->what, "updated");
    assert_int_equal(last->at, MONDAY);
    assert_int_equal(last->n, 3);
    assert_string_equal(last->change[0].old, "Ann");
    assert_string_equal(last->change[0].now, "Bea");
    assert_string_equal(last->change[1].old, "Mia");
    assert_string_equal(last->change[1].now, "Max");
    assert_string_equal(e[1].what, "created");
    as("max");
    OK(history_list(w, of("client", c), 0, 10, &e, &n));
    for (int i = 0; i < n; i++)
        for (int k = 0; k < e[i].n; k++)
            assert_string_not_equal(e[i].change[k].field->key, "secret");
}

static void the_chain_breaks_where_it_was_touched(void **st)
{
    (void)st;
    static const char *const harm[] = {
        "UPDATE _history SET changes = replace(changes, 'Ann', 'Eve') WHERE what = 'created' "
        "AND form = 'client'",
        "UPDATE _history SET \"by\" = 1 WHERE what = 'updated' AND form = 'client'",
        "UPDATE _history SET at = '2020-01-01T00:00:00Z' WHERE what = 'updated' "
        "AND form = 'client'",
        "DELETE FROM _history WHERE what = 'created' AND form = 'client'",
    };
    for (int i = 0; i < LEN(harm); i++) {
        int64_t broken = 0;
        as("cleo");
        int64_t c = made("client", "{\"name\":\"Ann\"}");
        OK(change("client", c, "{\"name\":\"Bob\"}"));
        OK(history_verify(w, form("client"), c, &broken));
        assert_int_equal(broken, 0);
        OK(work_write(w, run_sql, (void *)harm[i]));
        OK(history_verify(w, form("client"), c, &broken));
        assert_int_not_equal(broken, 0);
        OK(work_write(w, run_sql, "DELETE FROM _history; DELETE FROM client"));
    }
}

static void deletions_moves_and_rows_are_kept(void **st)
{
    (void)st;
    as("cleo");
    int64_t p = made("part", "{\"name\":\"Chain\",\"price\":4}");
    int64_t j = made("job", arena_printf(w->cx.a, "{\"parts\":[{\"part\":%lld}]}",
        (long long)p));
    OK(change("job", j, "{\"parts\":[]}"));
    Entry *e;
    int n;
    OK(save_record(w, &(SaveAsk){ .form = form("job"), .id = j, .transition = "scrap",
        .comment = "rusty" }, &saved));
    OK(save_delete(w, form("job"), j, 0));
    OK(save_restore(w, form("job"), j, &saved));
    OK(history_list(w, of("job", j), 0, 10, &e, &n));
    assert_int_equal(n, 5);
    assert_string_equal(e[0].what, "restored");
    assert_string_equal(e[1].what, "deleted");
    assert_string_equal(e[2].what, "moved");
    assert_string_equal(e[2].note, "intake → gone: rusty");
    assert_string_equal(e[3].change[0].old, "1 row");
    assert_null(e[3].change[0].now);
}

RUN(SHOP(changes_are_told_old_and_new),
    SHOP(the_chain_breaks_where_it_was_touched),
    SHOP(deletions_moves_and_rows_are_kept))

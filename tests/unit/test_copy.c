/* links: data */
/* copy: what was moved is whole: histories hold, computed fields are what would be computed. */
#include "test_library.h"
#include "data/copy.h"
#include "data/history.h"
#include "data/recompute.h"

enum { BOOKS = 40 };

static void fill(void)
{
    Work *w = take(NULL);

    int64_t shelf = create(w, "shelf", "{'name':'North','floor':2}");
    for (int i = 0; i < BOOKS; i++) {
        const char *json = arena_printf(w->cx.a, "{'name':'Book %d','shelf':%lld,'price':%d.5,"
            "'rare':%s,'bought':'2026-03-02','helpers':['red','blue'],'copies':[{'mark':'a',"
            "'cost':1.25},{'mark':'b'}]}", i, (long long)shelf, i, i % 2 ? "true" : "false");
        int64_t id = create(w, "book", json);
        SaveAsk ask = { .form = app_form(w->app, "book"), .id = id,
            .body = body(w, arena_printf(w->cx.a, "{'price':%d.25,'name':'Renamed %d'}", i, i)) };
        Saved saved;
        OK(&w->cx, save_record(w, &ask, &saved));
    }
    give(w);
}

static const char *source_url(void)
{
    return app_url ? app_url : arena_printf(arena, "sqlite:%s/data/tenon.db", folder);
}

static void copy_to(const char *url, Copied *out)
{
    CopyAsk ask = { .dir = folder };

    OK(&cx, contents_open(&cx, folder, folder, &ask.to_files));
    OK(&cx, db_pool_open(&cx, source_url(), true, &ask.from));
    OK(&cx, db_pool_open(&cx, url, false, &ask.to));
    OK(&cx, copy_run(&cx, &ask, out));
    db_pool_close(ask.from);
    db_pool_close(ask.to);
    contents_close(ask.to_files);
}

static void histories_hold(Work *w, const char *form, int n)
{
    const Form *f = app_form(w->app, form);

    for (int64_t id = 1; id <= n; id++) {
        int64_t broken;
        Record *r;
        Entry *e;
        int entries;
        OK(&w->cx, history_verify(w, f, id, &broken));
        assert_int_equal(broken, 0);
        OK(&w->cx, record_load(w, f, id, true, &r));
        OK(&w->cx, history_list(w, r, 0, 10, &e, &entries));
        assert_int_equal(entries, n > 1 ? 2 : 1);
    }
}

static void look_at(const char *url)
{
    RecomputeAsk all = { 0 };
    Recomputed sum;

    app_url = url;
    open_app_with((EngineOptions){ .works = 2 });
    Work *w = take(NULL);
    assert_int_equal(w->app->version, 1);
    histories_hold(w, "book", BOOKS);
    histories_hold(w, "shelf", 1);
    OK(&w->cx, recompute(w, &all, &sum));
    assert_int_equal(sum.drifts, 0);
    assert_true(sum.records > BOOKS);
    assert_int_equal(ask_sql(w, "SELECT books FROM shelf").i, BOOKS);
    create(w, "shelf", "{'name':'South'}");
    assert_int_equal(ask_sql(w, "SELECT max(id) FROM shelf").i, 2);
    give(w);
    close_app();
}

static void moved_histories_hold_and_computed_fields_are_right(void **st)
{
    const char *server[] = { NULL, getenv("TENON_TEST_PG") };

    (void)st;
    fill();
    close_app();
    const char *from = app_url;
    for (int i = 0; i < (on_pg() ? 2 : 1); i++) {
        Scratch to;
        Copied out;
        OK(&cx, scratch_make(&cx, server[i], &to));
        app_url = from;
        copy_to(to.url, &out);
        assert_int_equal(out.differences, 0);
        assert_true(out.rows > 5 * BOOKS);
        look_at(to.url);
        scratch_drop(&to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { L(moved_histories_hold_and_computed_fields_are_right) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* links: data */
/* process: a report equals the table computed by hand, of the records one may read. */
#include "workshop.h"
#include "data/process.h"

#define HOUR 3600

static void clock_at(int64_t at)
{
    sys_clock_set(at);
    w->now = at;
}

static Process report(int64_t from, int64_t to, const char *filter)
{
    ProcessAsk ask = { .flow = app_workflow(w->app, "repair"), .from = from, .to = to,
        .filter = filter };
    Process p;

    OK(process_report(w, &ask, &p));
    return p;
}

/* Five jobs from Monday 09:00: intake for 1, 2, 3, 4 hours; one stays. Of the three in work one
   is finished in time after 4 hours, one scrapped the next day, one is still there. */
static void history(void)
{
    int64_t j[4];

    as("mia");
    int64_t c = made("client", "{\"name\":\"Ann\"}");
    for (int i = 0; i < 4; i++)
        j[i] = made("job", arena_printf(w->cx.a, "{\"client\":%lld}", (long long)c));
    as("max");
    made("job", "{}");
    for (int i = 0; i < 3; i++) {
        as("mia");
        clock_at(MONDAY + (i + 1) * HOUR);
        OK(move(j[i], "start", NULL));
    }
    as("cleo");
    clock_at(MONDAY + 4 * HOUR);
    OK(move(j[3], "scrap", NULL));
    as("mia");
    clock_at(MONDAY + 5 * HOUR);
    OK(move(j[0], "finish", "{\"hours\":1,\"faults\":[\"gear\"]}"));
    as("cleo");
    clock_at(MONDAY + 26 * HOUR);
    OK(move(j[1], "scrap", NULL));
}

static void check_stage(const StageUse *u, const char *key, int entered, int left, int current,
    int lost, int late)
{
    assert_string_equal(u->stage, key);
    assert_int_equal(u->entered, entered);
    assert_int_equal(u->left, left);
    assert_int_equal(u->current, current);
    assert_int_equal(u->lost, lost);
    assert_int_equal(u->late, late);
}

static void a_report_equals_the_table_by_hand(void **st)
{
    (void)st;
    history();
    as("mia");
    clock_at(MONDAY + 26 * HOUR);
    Process p = report(0, INT64_MAX, NULL);
    assert_int_equal(p.cases, 4);
    assert_int_equal(p.nstage, 4);
    check_stage(&p.stage[0], "intake", 4, 4, 0, 1, 0);
    check_stage(&p.stage[1], "work", 3, 2, 1, 1, 2);
    check_stage(&p.stage[2], "ready", 1, 0, 1, 0, 0);
    check_stage(&p.stage[3], "gone", 2, 0, 2, 0, 0);
    assert_int_equal(p.stage[0].seconds.median, 9000);
    assert_int_equal(p.stage[0].seconds.mean, 9000);
    assert_int_equal(p.stage[0].seconds.p90, 14400);
    assert_int_equal(p.stage[1].seconds.median, 50400);
    assert_int_equal(p.stage[1].working.median, 21600);
    assert_int_equal(p.npath, 4);
    assert_string_equal(p.path[0].key, "intake > gone");
    assert_string_equal(p.path[3].key, "intake > work > ready");
    assert_int_equal(p.path[3].n, 1);
    assert_int_equal(p.nmove, 5);
}

static void it_counts_what_one_may_read_of_the_period(void **st)
{
    (void)st;
    history();
    as("cleo");
    Process p = report(0, INT64_MAX, NULL);
    assert_int_equal(p.cases, 5);
    check_stage(&p.stage[0], "intake", 5, 4, 1, 1, 0);
    assert_int_equal(report(MONDAY, MONDAY + 1, NULL).cases, 5);
    assert_int_equal(report(0, MONDAY, NULL).cases, 0);
    assert_int_equal(report(MONDAY + 1, INT64_MAX, NULL).cases, 0);
    assert_int_equal(report(0, INT64_MAX, "stage = 'gone'").cases, 2);
    as("max");
    assert_int_equal(report(0, INT64_MAX, NULL).cases, 1);
}

RUN(SHOP(a_report_equals_the_table_by_hand), SHOP(it_counts_what_one_may_read_of_the_period))

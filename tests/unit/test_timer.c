/* links: data */
/* time: each due moment fires once, in order, at its own time; late after a pause. */
#include "workshop.h"
#include "data/run_log.h"
#include "data/timer.h"
#include "data/ways.h"
#include "base/node_json.h"

#define HOUR 3600
#define DAY 86400

static const char *messages(void)
{
    return sql("SELECT group_concat(m.text || '@' || u.login || '@' || m.at) FROM "
        "(SELECT * FROM _message ORDER BY id) m JOIN \"user\" u ON u.id = m.user");
}

static void a_reminder_fires_once_at_its_time(void **st)
{
    (void)st;
    as("mia");
    int64_t j = made("job", "{\"due\":\"2026-03-03T10:00:00+08:00\"}");
    OK(tick_until(w, MONDAY + DAY - 1));
    assert_string_equal(messages(), "");
    OK(tick_until(w, MONDAY + 3 * DAY));
    assert_non_null(strstr(messages(), "Soon J202603-001@mia@2026-03-03T01:00:00Z"));
    assert_int_equal(w->now, MONDAY + 3 * DAY);
    OK(change("job", j, "{\"note\":\"again\"}"));
    OK(tick_until(w, MONDAY + 4 * DAY));
    assert_string_equal(sql("SELECT count(*) FROM _message WHERE text LIKE 'Soon%'"), "1");
}

static void a_moved_date_moves_it_and_a_false_if_drops_it(void **st)
{
    (void)st;
    as("max");
    int64_t a = made("job", "{\"due\":\"2026-03-03T10:00:00+08:00\"}");
    int64_t b = made("job", "{\"due\":\"2026-03-03T10:00:00+08:00\"}");
    int64_t c = made("job", "{\"due\":\"2026-03-03T10:00:00+08:00\"}");
    OK(change("job", a, "{\"due\":\"2026-03-04T10:00:00+08:00\"}"));
    as("cleo");
    OK(move(b, "scrap", NULL));
    OK(save_delete(w, form("job"), c, 0));
    as_app();
    OK(tick_until(w, MONDAY + DAY + HOUR));
    assert_string_equal(messages(), "");
    OK(tick_until(w, MONDAY + 2 * DAY));
    assert_string_equal(messages(), "快 J202603-001@max@2026-03-04T01:00:00Z");
    OK(change("job", a, "{\"due\":null}"));
    assert_string_equal(sql_of("SELECT count(*) FROM _timer WHERE rule LIKE 'reminder:%' AND "
        "due < 9000000000 AND record = ", a), "0");
}

static void after_a_pause_it_says_how_late_it_is(void **st)
{
    (void)st;
    as("mia");
    made("job", "{\"due\":\"2026-03-02T11:00:00+08:00\"}");
    as_app();
    sys_clock_set(MONDAY + 4 * HOUR);
    w->now = MONDAY + 4 * HOUR;
    assert_true(tick_run(w, w->now) >= 1);
    assert_string_equal(sql("SELECT late_s FROM _message"), "10800");
    assert_int_equal(tick_run(w, w->now), 0);
}

static void every_walks_the_records_that_match_and_once_per_holds(void **st)
{
    (void)st;
    as("mia");
    made("job", "{\"due\":\"2026-03-01T11:00:00+08:00\"}");
    made("job", "{\"due\":\"2027-03-01T11:00:00+08:00\"}");
    made("job", "{}");
    as_app();
    OK(tick_until(w, MONDAY + DAY));
    assert_string_equal(sql("SELECT text || at FROM _message WHERE text LIKE 'Stale%'"),
        "Stale J202603-0012026-03-03T01:00:00Z");
    OK(tick_until(w, MONDAY + 7 * DAY));
    assert_string_equal(sql("SELECT count(*) FROM _message WHERE text LIKE 'Stale%'"), "1");
    OK(tick_until(w, MONDAY + 9 * DAY));
    assert_string_equal(sql("SELECT count(*) FROM _message WHERE text LIKE 'Stale%'"), "2");
}

static void a_weekly_one_comes_on_its_day_and_after_a_pause_once(void **st)
{
    (void)st;
    as("mia");
    made("job", "{\"urgent\":true,\"pickup\":\"2026-03-05\"}");
    as_app();
    OK(tick_until(w, MONDAY + 12 * DAY));
    assert_string_equal(sql("SELECT group_concat(at) FROM (SELECT at FROM _message "
        "WHERE text LIKE 'Week%' ORDER BY id) x"),
        "2026-03-06T06:00:00Z,2026-03-13T06:00:00Z");
    assert_string_equal(sql("SELECT count(*) FROM _job WHERE body LIKE '% h late%'"), "0");
    sys_clock_set(w->now = MONDAY + 28 * DAY);               /* two Fridays went by */
    assert_true(tick_run(w, w->now) >= 1);
    assert_string_equal(sql("SELECT count(*) || ' ' || max(late_s) FROM _message "
        "WHERE text LIKE 'Week%'"), "3 846000");
    assert_string_equal(sql("SELECT count(*) FROM _job WHERE kind = 'mail' "
        "AND body LIKE '%Week J202603-001%235 h late%'"), "1");
    assert_string_equal(sql("SELECT count(*) FROM _job WHERE kind = 'mail' "
        "AND body LIKE '%\"subject\":\"Week J202603-001\"%' AND body LIKE '% h late%'"), "1");         /* the subject does not say it */
    OK(tick_until(w, MONDAY + 40 * DAY));
    assert_string_equal(sql("SELECT max(at) || ' ' || count(*) FROM _message "
        "WHERE text LIKE 'Week%'"), "2026-04-10T06:00:00Z 5");
}

static void a_birthday_comes_every_year(void **st)
{
    (void)st;
    as("mia");
    made("client", "{\"name\":\"Leap\",\"born\":\"2000-02-29\"}");
    as_app();
    OK(tick_until(w, MONDAY + 800 * DAY));
    assert_string_equal(sql("SELECT group_concat(at) FROM (SELECT at FROM _message "
        "WHERE text = 'Leap has a birthday' ORDER BY id) x"),
        "2027-02-28T00:00:00Z,2028-02-29T00:00:00Z");
}

static void a_move_by_time_is_tried_daily_until_its_guard_holds(void **st)
{
    (void)st;
    as("mia");
    int64_t a = made("job", "{}"), b = made("job", "{\"due\":\"2026-12-01T11:00:00+08:00\"}");
    as_app();
    OK(tick_until(w, MONDAY + 30 * DAY - 1));
    assert_string_equal(value("job", a, "stage"), "intake");
    OK(tick_until(w, MONDAY + 33 * DAY));
    assert_string_equal(value("job", a, "stage"), "gone");
    assert_string_equal(value("job", b, "stage"), "intake");
    assert_string_equal(sql_of("SELECT at FROM stage_history WHERE \"to\" = 'gone' "
        "AND record = ", a), "2026-04-01T01:00:00Z");
    OK(change("job", b, "{\"due\":null}"));
    OK(tick_until(w, MONDAY + 34 * DAY));
    assert_string_equal(value("job", b, "stage"), "gone");
    assert_string_equal(sql("SELECT count(*) FROM _timer WHERE rule LIKE 'after:%'"), "0");
}

static void a_stage_that_takes_too_long_is_told_to_the_owner(void **st)
{
    (void)st;
    as("mia");
    int64_t c = made("client", "{\"name\":\"Ann\"}");
    int64_t j = made("job", arena_printf(w->cx.a, "{\"client\":%lld}", (long long)c));
    sys_clock_set(MONDAY + 6 * HOUR);                        /* 15:00, closing at 17:00 */
    OK(move(j, "start", NULL));
    as_app();
    OK(tick_until(w, MONDAY + DAY + 2 * HOUR - 1));
    assert_string_equal(messages(), "");
    OK(tick_until(w, MONDAY + DAY + 2 * HOUR));
    assert_non_null(strstr(messages(), "Overdue in work"));
}

static void due_moments_fire_in_order_of_their_time(void **st)
{
    (void)st;
    as("mia");
    made("job", "{\"due\":\"2026-03-05T10:00:00+08:00\"}");
    made("job", "{\"due\":\"2026-03-03T10:00:00+08:00\"}");
    made("job", "{\"due\":\"2026-03-04T10:00:00+08:00\"}");
    as_app();
    sys_clock_set(w->now = MONDAY + 10 * DAY);
    assert_true(tick_run(w, w->now) >= 3);
    assert_string_equal(sql("SELECT group_concat(text) FROM (SELECT text FROM _message WHERE "
        "text LIKE 'Soon%' ORDER BY id) x"),
        "Soon J202603-002,Soon J202603-003,Soon J202603-001");
}

static int begin_calls(void **st)
{
    shop_more = "form: call\ntitle: \"{what}\"\nowner: who\nfields:\n"
        "  what: {type: text}\n  who: {type: user, default: \"=me()\"}\n  on: {type: date}\n"
        "  age: {type: formula, of: number, formula: \"today() - on\"}\n"
        "reminders:\n"
        "  calm: {at: [\"on\", \"on + 1d\"], to: who, quiet: office, via: [inbox, email], "
        "text: {en: \"Call {what}\"}}\n"
        "  late: {at: \"on\", time: \"20:30\", to: [who, role(chief)], if: \"what = 'x'\"}\n"
        "permissions:\n  mechanic: {read: all, create: true, update: all}\n";
    return shop_begin(st);
}

static int end_calls(void **st)
{
    shop_more = NULL;
    return shop_end(st);
}

static void dates_come_at_nine_and_quiet_hours_put_them_off(void **st)
{
    (void)st;
    as("mia");
    made("call", "{\"what\":\"x\",\"on\":\"2026-03-06\"}");     /* a Friday */
    as_app();
    OK(tick_until(w, MONDAY + 10 * DAY));
    assert_string_equal(messages(), "Call x@mia@2026-03-06T01:00:00Z,"
        "x@mia@2026-03-06T12:30:00Z,x@cleo@2026-03-06T12:30:00Z,"
        "Call x@mia@2026-03-09T01:00:00Z");
    assert_string_equal(sql("SELECT count(*) FROM _job"), "0");   /* mail: settled, unsent */
}

static void formulas_of_the_day_move_on_at_midnight_without_a_trace(void **st)
{
    (void)st;
    as("mia");
    int64_t c = made("call", "{\"on\":\"2026-03-01\"}");
    assert_string_equal(value("call", c, "age"), "1");
    as_app();
    OK(tick_until(w, MONDAY + 15 * HOUR - 1));
    assert_string_equal(value("call", c, "age"), "1");
    OK(tick_until(w, MONDAY + 15 * HOUR));                   /* 00:00 there */
    assert_string_equal(value("call", c, "age"), "2");
    OK(tick_until(w, MONDAY + 10 * DAY));
    assert_string_equal(value("call", c, "age"), "11");
    assert_string_equal(value("call", c, "version"), "1");
    assert_string_equal(sql("SELECT count(*) FROM _history WHERE form = 'call'"), "1");
}

/* ---- when e-mails go out ---- */

static bool send_notice(Work *x, void *arg)
{
    return notice_send(x, arg);
}

static void want(const char *login, const char *json)
{
    Ways ways;

    as(login);
    OK(ways_read(w, json_parse(&w->cx, json, strlen(json)), &ways));
    OK(ways_save(w, &ways));
    as_app();
    tick_run(w, w->now);                                     /* sets the shop's own timers */
}

static void tick_at(int64_t at)
{
    sys_clock_set(w->now = at);
    tick_run(w, at);
    assert_false(w->cx.err);
}

#define FRIDAY_14 (MONDAY + 4 * DAY + 5 * HOUR)               /* of the shop */
#define MAILS "SELECT count(*) FROM _job WHERE kind = 'mail'"

static void e_mails_are_gathered_for_a_day_and_come_once(void **st)
{
    (void)st;
    as("mia");
    made("job", "{\"urgent\":true,\"pickup\":\"2026-03-05\"}");
    made("job", "{\"urgent\":true,\"pickup\":\"2026-03-05\"}");
    want("mia", "{\"emails\":\"daily\",\"time\":\"18:00\"}");
    int64_t mia = strtoll(sql("SELECT id FROM \"user\" WHERE login = 'mia'"), NULL, 10);
    OK(change("user", mia, "{\"language\":\"zh\",\"time_zone\":\"Europe/Berlin\"}"));
    tick_at(FRIDAY_14);
    assert_string_equal(sql(MAILS), "0");
    assert_string_equal(sql("SELECT count(*) FROM _message WHERE text LIKE 'Week%'"), "2");
    assert_string_equal(sql("SELECT count(*) FROM _timer WHERE rule = 'digest:'"), "1");
    tick_at(FRIDAY_14 + 11 * HOUR + 58);                     /* 18:00:58 in Berlin */
    assert_string_equal(sql(MAILS), "0");
    tick_at(FRIDAY_14 + 11 * HOUR + 59);
    tick_at(FRIDAY_14 + 4 * DAY);
    assert_string_equal(sql(MAILS), "1");
    assert_string_equal(sql("SELECT count(*) FROM _job WHERE body LIKE "
        "'%\"to\":\"mia@example.com\",\"subject\":\"workshop: 2 messages\"%' AND body LIKE "
        "'%2026-03-06 07:00  Week J202603-001%2026-03-06 07:00  Week J202603-002%'"), "1");
    assert_string_equal(sql("SELECT (SELECT count(*) FROM _digest) || ' ' || "
        "(SELECT count(*) FROM _timer WHERE rule = 'digest:')"), "0 0");
}

static void another_choice_sends_what_waits_by_it(void **st)
{
    (void)st;
    as("mia");
    made("job", "{\"urgent\":true,\"pickup\":\"2026-03-05\"}");
    want("mia", "{\"emails\":\"weekly\",\"day\":2}");
    tick_at(FRIDAY_14);
    tick_at(FRIDAY_14 + 3 * DAY + 18 * HOUR);                /* Tuesday 08:00 */
    assert_string_equal(sql(MAILS), "0");
    want("mia", "{\"emails\":\"daily\",\"time\":\"08:30\"}");
    tick_at(FRIDAY_14 + 3 * DAY + 18 * HOUR + 1700);
    assert_string_equal(sql(MAILS), "0");
    want("mia", "{}");
    tick_at(FRIDAY_14 + 3 * DAY + 18 * HOUR + 1701);
    assert_string_equal(sql(MAILS " AND body LIKE '%\"subject\":\"Week J202603-001\"%'"), "1");
}

static void a_channel_is_added_or_turned_off_and_nothing_is_lost(void **st)
{
    (void)st;
    as("mia");
    made("job", "{\"due\":\"2026-03-03T10:00:00+08:00\",\"urgent\":true,"
        "\"pickup\":\"2026-03-05\"}");
    want("mia", "{\"kinds\":{\"reminder\":{\"email\":\"on\"}}}");
    tick_at(MONDAY + DAY);
    assert_string_equal(sql(MAILS " AND body LIKE '%Soon%'"), "1");
    want("mia", "{\"kinds\":{\"reminder\":{\"email\":\"off\"}}}");
    tick_at(FRIDAY_14);
    assert_string_equal(sql(MAILS " AND body LIKE '%Week%'"), "0");
    assert_string_equal(sql("SELECT count(*) FROM _message WHERE text LIKE 'Week%'"), "1");
    /* Where it said e-mail only, the inbox has it. */
    const char *const via[] = { "email" };
    tick_at(FRIDAY_14 + 1);
    int64_t mia = strtoll(sql("SELECT id FROM \"user\" WHERE login = 'mia'"), NULL, 10);
    Notice n = { .to = mia, .text = "Only by mail", .via = via, .nvia = 1, .kind = "reminder" };
    OK(work_write(w, send_notice, &n));
    assert_string_equal(sql("SELECT count(*) FROM _message WHERE text = 'Only by mail'"), "1");
    n.kind = "notify";
    n.text = "Another kind";
    OK(work_write(w, send_notice, &n));
    assert_string_equal(sql("SELECT count(*) FROM _message WHERE text = 'Another kind'"), "0");
    assert_string_equal(sql(MAILS " AND body LIKE '%Another kind%'"), "1");
}

static void quiet_e_mails_wait_for_working_time(void **st)
{
    (void)st;
    as("mia");
    made("call", "{\"what\":\"x\",\"on\":\"2026-03-06\"}");     /* Friday, told at 09:00 and 20:30 */
    want("mia", "{\"quiet\":true,\"kinds\":{\"reminder\":{\"email\":\"on\"}}}");
    tick_at(MONDAY + 4 * DAY);
    assert_string_equal(sql(MAILS), "1");
    tick_at(MONDAY + 4 * DAY + 11 * HOUR + 1800);
    tick_at(MONDAY + 7 * DAY - 1);
    assert_string_equal(sql(MAILS), "1");
    tick_at(MONDAY + 7 * DAY);
    assert_string_equal(sql(MAILS " AND body LIKE '%\"subject\":\"x\"%'"), "1");
}

static const char late_form[] =
    "form: call\nowner: who\ntitle: \"{name}\"\n"
    "fields:\n  name: {type: text}\n  at: {type: datetime}\n"
    "  who: {type: user, default: \"=me()\"}\n"
    "permissions:\n  mechanic: {read: all, create: true}\n"
    "reminders:\n  ring: {at: at, if: \"stage = 'fresh'\", to: who, text: \"Ring {name}\"}\n";
static const char late_flow[] =
    "workflow: call\nform: call\n"
    "stages:\n  fresh:\n    label: Fresh\n    within: 1h\n"
    "    late: {warn: 50%, then: {after: 2h, move: drop}}\n"
    "  dropped: {status: lost}\n"
    "transitions:\n  drop: {from: fresh, to: dropped, by: owner}\n";

static int begin_late(void **st)
{
    shop_more = late_form;
    shop_more_flow = late_flow;
    return shop_begin(st);
}

static int end_late(void **st)
{
    shop_more = shop_more_flow = NULL;
    return shop_end(st);
}

/* Down from 9 to 15: A was due at 10 (its warning of 9:30 says nothing any more), B rings at 11, A is
   dropped at 12, so it does not ring at 13. */
static void what_was_missed_comes_in_the_order_in_which_it_was_due(void **st)
{
    (void)st;
    as("mia");
    int64_t a = made("call", "{\"name\":\"A\",\"at\":\"2026-03-02T13:00:00+08:00\"}");
    OK(tick_until(w, MONDAY + 1));
    made("call", "{\"name\":\"B\",\"at\":\"2026-03-02T11:00:00+08:00\"}");
    as_app();
    sys_clock_set(w->now = MONDAY + 6 * HOUR);
    assert_true(tick_run(w, w->now) >= 4);
    assert_string_equal(sql("SELECT group_concat(text || ' ' || late_s) FROM "
        "(SELECT * FROM _message WHERE text LIKE '%A' OR text LIKE 'R%' ORDER BY id) m"),
        "Overdue in Fresh: A 18000,Ring B 14400");
    assert_string_equal(value("call", a, "stage"), "dropped");
    assert_int_equal(tick_run(w, w->now), 0);
}

#define OLD_ROWS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 501) "

/* One more of each than a sweep takes at once. */
static bool old_runs(Work *work, void *arg)
{
    Sql runs = sql_begin(work->cx.a, db_dialect(work->db));
    Sql calls = sql_begin(work->cx.a, runs.dialect);
    (void)arg;
    sql_add(&runs, OLD_ROWS "INSERT INTO _run (form, automation, record, event, at, us, state) "
        "SELECT 'job', 'old', 0, 'created', 1000, 1, 'done' FROM n");
    sql_add(&calls, OLD_ROWS "INSERT INTO _incoming (form, automation, id, at, run) "
        "SELECT 'job', 'old', CAST(i AS TEXT), 1000, 1 FROM n");
    return db_run(&work->cx, work->db, &runs, NULL) && db_run(&work->cx, work->db, &calls, NULL)
        && timer_set(work, RUN_SWEEP, NULL, 0, "", work->now, NULL);
}

static void old_runs_go_once_a_day_until_none_is_left(void **st)
{
    static const char left[] = "SELECT (SELECT count(*) FROM _run) || ' ' || "
        "(SELECT count(*) FROM _incoming)";
    (void)st;
    OK(tick_until(w, MONDAY + HOUR));
    OK(work_write(w, old_runs, NULL));
    assert_true(tick_run(w, w->now) >= 1);
    assert_string_equal(sql(left), "1 1");
    w->now++;
    assert_true(tick_run(w, w->now) >= 1);
    assert_string_equal(sql(left), "0 0");
    assert_int_equal(atoll(sql("SELECT due FROM _timer WHERE rule = '" RUN_SWEEP "'")),
        w->now + DAY);
}

#define LATE(test) cmocka_unit_test_setup_teardown(test, begin_late, end_late)
#define CALLS(test) cmocka_unit_test_setup_teardown(test, begin_calls, end_calls)
RUN(CALLS(quiet_e_mails_wait_for_working_time),
    SHOP(e_mails_are_gathered_for_a_day_and_come_once),
    SHOP(another_choice_sends_what_waits_by_it),
    SHOP(a_channel_is_added_or_turned_off_and_nothing_is_lost),
    CALLS(dates_come_at_nine_and_quiet_hours_put_them_off),
    CALLS(formulas_of_the_day_move_on_at_midnight_without_a_trace),
    SHOP(a_reminder_fires_once_at_its_time),
    SHOP(a_moved_date_moves_it_and_a_false_if_drops_it),
    SHOP(after_a_pause_it_says_how_late_it_is),
    SHOP(every_walks_the_records_that_match_and_once_per_holds),
    SHOP(a_weekly_one_comes_on_its_day_and_after_a_pause_once),
    SHOP(a_birthday_comes_every_year),
    SHOP(a_move_by_time_is_tried_daily_until_its_guard_holds),
    SHOP(a_stage_that_takes_too_long_is_told_to_the_owner),
    SHOP(old_runs_go_once_a_day_until_none_is_left),
    SHOP(due_moments_fire_in_order_of_their_time),
    LATE(what_was_missed_comes_in_the_order_in_which_it_was_due))

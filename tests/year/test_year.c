/*
 * test_year.c — a year of the company, from February 2027 to March 2028: two Februaries, one with 29
 * days, for the birthdays. In summer the program is started anew; in September it is down for three
 * days. YEAR_SEED: another year; YEAR_SCALE: so many times the happenings (1, about 2,500 records, is
 * what PostgreSQL gets by itself, 3 SQLite).
 */
#include "year.h"
#include "../unit/test_url.h"

typedef struct Doing { int64_t at; void (*act)(void); } Doing;

static void leave_begins(void)
{
    int p = dice(PEOPLE), days = 1 + dice(9), other = NOBODY;
    int64_t from = day_at(now) + 1 + dice(10);

    if (human[p].away_until >= day_at(now)) return;       /* one after the other */
    if ((p == NIGHT || p == NIGHT + 1) && human[2 * NIGHT + 1 - p].away_until >= day_at(now)) return;
    if (p >= LEADERS && p < SELLERS && chance(80)) other = LEADERS + (p - LEADERS + 1 + dice(2)) % 3;
    if (p == HEAD || (p == DIRECTOR && chance(80))) other = p == HEAD ? DIRECTOR : HEAD;
    people_leave(p, from, from + days, other);
}

static int by_time(const void *a, const void *b)
{
    const Doing *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

/* Never at a full minute: what is due at the very end of a morning is so at the beginning of the
   afternoon, too. */
static int plan(Doing *list, int n, int64_t day, int times, int from, int to, void (*act)(void))
{
    for (int i = 0; i < times; i++)
        list[n++] = (Doing){ at_of(day, from * HOUR + dice((to - from) * 60) * 60 + 1 + dice(59)),
            act };
    return n;
}

static int plan_day(Doing *list, int64_t day, int scale)
{
    bool work = works(day);
    int n = 0;

    n = plan(list, n, day, scale * (work ? 3 + dice(2) : dice(2)), 7, 23, lead_new);
    n = plan(list, n, day, scale * (work ? 2 + dice(2) : dice(2)), 6, 22, ticket_new);
    if (!work) return n;
    n = plan(list, n, day, scale * (8 + dice(3)), 9, 19, lead_do);
    n = plan(list, n, day, scale * (1 + dice(3)), 9, 19, lead_claim);
    n = plan(list, n, day, scale * (1 + dice(2)), 9, 19, deal_new);
    n = plan(list, n, day, scale * (2 + dice(2)), 9, 19, deal_do);
    n = plan(list, n, day, scale * (2 + dice(2)), 9, 19, deal_decide);
    n = plan(list, n, day, scale * (4 + dice(2)), 8, 20, ticket_do);
    n = plan(list, n, day, dice(2), 9, 18, contract_extend);
    return plan(list, n, day, dice(2), 8, 18, leave_begins);
}

static void until(int64_t at)
{
    world_until(at);
    model_until(at);
}

/* The program ends and begins again at `up`; nothing is done meanwhile. */
static void down(int64_t at, int64_t up)
{
    until(at);
    compare();
    world_close();
    world_open(up);
    int64_t late = counts.late;
    world_wake(up);
    model_wake(up);
    compare();
    if (up > at) assert_true(counts.late > late);
}

static void live(int64_t day, int scale, int64_t from)
{
    Doing *list = malloc(sizeof *list * (size_t)(60 * scale + 10));
    int n = plan_day(list, day, scale);

    qsort(list, (size_t)n, sizeof *list, by_time);
    for (int i = 0; i < n; i++) {
        if (list[i].at <= from) continue;
        until(list[i].at);
        list[i].act();
    }
    free(list);
    until(at_of(day + 1, 0) - 1);
    compare();
}

/* ---- nothing is stuck ---- */
static void none(const char *what, const char *sql)
{
    int64_t n = number_of(sql);

    if (n) fail_msg("%" PRId64 " × %s", n, what);
}

static void nothing_is_stuck(void)
{
    as(NOBODY);
    none("a timer of the past", say("SELECT count(*) FROM \"_timer\" WHERE \"due\" <= %" PRId64, now));
    none("a job not done", "SELECT count(*) FROM \"_job\" WHERE \"state\" <> 'done'");
    none("a run that failed", "SELECT count(*) FROM \"_run\" WHERE \"error\" IS NOT NULL");
    none("an open task of nobody", "SELECT count(*) FROM \"_task\" AS \"t\" WHERE \"t\".\"state\" = "
        "'open' AND NOT EXISTS (SELECT 1 FROM \"user\" AS \"u\" WHERE \"u\".\"id\" = \"t\".\"user\" "
        "AND \"u\".\"active\")");
    none("a request that nobody is asked for", "SELECT count(*) FROM \"_approval\" AS \"a\" WHERE "
        "\"a\".\"state\" = 'waiting' AND NOT EXISTS (SELECT 1 FROM \"_task\" AS \"t\" WHERE "
        "\"t\".\"approval\" = \"a\".\"id\" AND \"t\".\"state\" = 'open')");
    none("an open task of a request that has ended", "SELECT count(*) FROM \"_task\" AS \"t\" JOIN "
        "\"_approval\" AS \"a\" ON \"a\".\"id\" = \"t\".\"approval\" WHERE \"t\".\"kind\" = 'approve' "
        "AND \"t\".\"state\" IN ('open', 'waiting') AND \"a\".\"state\" <> 'waiting'");
    none("a step of stage_history that does not follow the one before",
        "SELECT count(*) FROM \"stage_history\" AS \"b\" WHERE NOT EXISTS (SELECT 1 FROM "
        "\"stage_history\" AS \"a\" WHERE \"a\".\"form\" = \"b\".\"form\" AND \"a\".\"record\" = "
        "\"b\".\"record\" AND \"a\".\"to\" = \"b\".\"from\" AND \"a\".\"id\" = (SELECT "
        "max(\"c\".\"id\") FROM \"stage_history\" AS \"c\" WHERE \"c\".\"form\" = \"b\".\"form\" AND "
        "\"c\".\"record\" = \"b\".\"record\" AND \"c\".\"id\" < \"b\".\"id\")) AND NOT "
        "(\"b\".\"from\" IS NULL AND \"b\".\"seconds\" IS NULL)");
    leads_end();
    deals_end();
    desk_end();
}

static void each_due_moment_of_a_year_comes_once_in_order_and_nothing_is_stuck(void **st)
{
    const char *seed = getenv("YEAR_SEED"), *times = getenv("YEAR_SCALE");
    int scale = times ? atoi(times) : on_pg() ? 1 : 3;
    int64_t first = ymd(2027, 2, 22), last = ymd(2028, 3, 5);
    int64_t anew = ymd(2027, 7, 14), off = ymd(2027, 9, 16);

    (void)st;
    if (seed) print_message("YEAR_SEED=%s\n", seed);
    seed_with(seed ? strtoull(seed, NULL, 10) : 1);
    world_open(at_of(first, 6 * HOUR));
    world_wake(now);                          /* a program that runs looks at once: schedules begin */
    people_begin();
    desk_begin();
    due_set(STALE, 0, at_of(first, 10 * HOUR));
    due_set(WEEK, 0, at_of(ymd(2027, 2, 26), 14 * HOUR));
    for (int64_t day = first; day <= last; day++) {
        int64_t from = 0;
        if (day == anew) down(at_of(day, 5 * HOUR), at_of(day, 5 * HOUR));
        if (day == off) {
            down(at_of(day, 5 * HOUR + 77), at_of(day + 3, 5 * HOUR + 77));
            from = now;
            day += 3;
        }
        live(day, scale, from);
    }
    nothing_is_stuck();
    print_message("%" PRId64 " records, %" PRId64 " due moments, %" PRId64 " messages (%" PRId64
        " late), %" PRId64 " moves, %" PRId64 " changes of hands\n", record_count(), counts.timers,
        counts.lines[MESSAGES], counts.late, counts.lines[STAGES], counts.lines[HANDS]);
    world_end();
}

RUN(T(each_due_moment_of_a_year_comes_once_in_order_and_nothing_is_stuck))

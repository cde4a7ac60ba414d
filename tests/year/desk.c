/*
 * desk.c — tickets with service levels that stand still while the customer is waited for, birthdays,
 * and what the clock alone does.
 */
#include "year.h"

enum { OPEN, SOLVED, CLOSED };

typedef struct Ticket {
    int64_t id, since, shift, paused, halted;             /* shift: pauses in working seconds */
    int agent, stage, step;
} Ticket;
static Ticket *ticket;
static int nticket, ticket_cap;

static int born[PEOPLE][2];                   /* month, day */
static int64_t desk_credit[PEOPLE], night_credit[PEOPLE];

static const char *const stage_name[] = { "open", "solved", "closed" };

/* ---- who gets it ---- */
static int held(int p)
{
    int n = 0;

    for (int i = 0; i < nticket; i++) n += ticket[i].agent == p && ticket[i].stage == OPEN;
    return n;
}

static int turn(int64_t *has, const int *who, int n)
{
    int best = n ? who[0] : NOBODY;

    for (int i = 0; i < n; i++) has[who[i]]++;
    for (int i = 0; i < n; i++)
        if (has[who[i]] > has[best]) best = who[i];
    if (n) has[best] -= n;
    return best;
}

/* In the office's hours who has the fewest, in turn among those; else the night. */
static int assigned(void)
{
    int who[PEOPLE], n = 0, least = -1;

    for (int p = AGENTS; p < AGENTS_END && open_at(now); p++) {
        if (away(p, now)) continue;
        if (least < 0 || held(p) < least) least = held(p), n = 0;
        if (held(p) == least) who[n++] = p;
    }
    if (n) return n == 1 ? who[0] : turn(desk_credit, who, n);
    for (int p = NIGHT; p < AGENTS_END; p++)
        if (!away(p, now)) who[n++] = p;
    return turn(night_credit, who, n);
}

/* ---- its time ---- */
static int64_t shift_of(const Ticket *t)
{
    return t->shift + (t->halted != NEVER ? work_between(t->halted, now) : 0);
}

static int64_t due_at(const Ticket *t)
{
    return add_work(add_work(t->since, 4 * HOUR), shift_of(t));
}

static int64_t step_at(const Ticket *t)
{
    int64_t due = due_at(t);

    switch (t->step) {
    case 0: return add_work(add_work(t->since, 4 * HOUR * 8 / 10), shift_of(t));
    case 1: return due;
    case 2: return add_work(due, 2 * HOUR);
    case 3: return add_workdays(add_work(due, 2 * HOUR), 1);
    default: return NEVER;
    }
}

static void follow(int i)
{
    due_set(TICKET_DUE, i, ticket[i].stage != OPEN || ticket[i].halted != NEVER ? NEVER
        : step_at(&ticket[i]));
}

static void enter(int i, int stage, const char *move, int64_t due)
{
    Ticket *t = &ticket[i];
    bool first = t->stage == NOBODY, timed = t->stage == OPEN;
    int64_t until = timed ? due_at(t) : 0;
    int64_t paused = t->paused + (t->halted != NEVER ? now - t->halted : 0);

    expect(STAGES, due, "ticket %" PRId64 ": %s > %s by %s, due %" PRId64 " paused %s in time %s, "
        "%s s, %s s of work", t->id, first ? "" : stage_name[t->stage], stage_name[stage], move, until,
        timed ? say("%" PRId64, paused) : "", !timed ? "" : until < now ? "0" : "1",
        first ? "" : say("%" PRId64, now - t->since),
        first ? "" : say("%" PRId64, work_between(t->since, now)));
    *t = (Ticket){ .id = t->id, .since = now, .halted = NEVER, .agent = t->agent, .stage = stage };
    follow(i);
    due_set(TICKET_CLOSE, i, stage == SOLVED ? now + 3 * DAY : NEVER);
}

static void be_late(int i, int64_t due)
{
    Ticket *t = &ticket[i];
    int step = t->step++, boss = t->agent == NOBODY ? NOBODY : human[t->agent].manager;

    if (step == 0 && due_at(t) > now) expect_message(t->agent, due, say("Due soon in Open: T%d", i));
    if (step == 1 || step == 2)
        expect_message(step == 1 ? t->agent : boss, due, say("Overdue in Open: T%d", i));
    if (step == 3 && boss != NOBODY) t->agent = boss;
    follow(i);
}

/* ---- birthdays ---- */
static void next_birthday(int p)
{
    for (int year = 2026;; year++) {
        int day = born[p][1];
        if (born[p][0] == 2 && day == 29 && ymd(year, 3, 1) - ymd(year, 2, 1) == 28) day = 28;
        int64_t at = at_of(ymd(year, born[p][0], day), 8 * HOUR);
        if (at <= now) continue;
        due_set(BIRTHDAY, p, at);
        return;
    }
}

static void next_month(void)
{
    int64_t day = day_at(now);

    for (int y, m, d;; day++) {
        ymd_of(day, &y, &m, &d);
        if (d == 1 && at_of(day, 8 * HOUR) > now) break;
    }
    due_set(MONTHLY, 0, at_of(day, 8 * HOUR));
}

static void next_daily(void)
{
    int64_t day = day_at(now), at = 17 * HOUR + HOUR / 2;

    while (weekday(day) > 5 || at_of(day, at) <= now) day++;
    due_set(DAILY, 0, at_of(day, at));
}

void desk_fire(int slot, int thing, int64_t due)
{
    if (slot == TICKET_DUE) be_late(thing, due);
    if (slot == TICKET_CLOSE) enter(thing, CLOSED, "close", due);
    if (slot == BIRTHDAY) {
        expect_message(human[thing].manager, due, say("Birthday %s", human[thing].name));
        next_birthday(thing);
    }
    if (slot == MONTHLY) expect(TRACES, due, "Monthly");
    if (slot == DAILY) expect(TRACES, due, "Daily");
    if (slot == MONTHLY) next_month();
    if (slot == DAILY) next_daily();
}

void desk_begin(void)
{
    for (int p = 0; p < PEOPLE; p++) {
        born[p][0] = p % 12 + 1;
        born[p][1] = 1 + dice(28);
        if (p == 1 || p == 13) born[p][1] = 29;           /* of February */
        as(NOBODY);
        make("staff", say("{\"name\":\"%s\",\"person\":%" PRId64 ",\"born\":\"%d-%02d-%02d\"}",
            human[p].name, human[p].id, 1980, born[p][0], born[p][1]));
        next_birthday(p);
    }
    next_month();
    next_daily();
}

/* ---- what people do ---- */
void ticket_new(void)
{
    int i = nticket;

    if (nticket == ticket_cap)
        ticket = realloc(ticket, sizeof *ticket * (size_t)(ticket_cap = ticket_cap * 2 + 64));
    int agent = assigned();
    as(NOBODY);
    ticket[i] = (Ticket){ .id = make("ticket", say("{\"name\":\"T%d\"}", i)), .agent = agent,
        .stage = NOBODY, .halted = NEVER };
    nticket++;
    enter(i, OPEN, "", 0);
    expect(HANDS, 0, "ticket %" PRId64 ": assigned, %s after -, ", ticket[i].id, human[agent].name);
}

static int some(int stage)
{
    for (int tries = 0; nticket && tries < 60; tries++) {
        int i = nticket - 1 - dice(nticket < 150 ? nticket : 150);
        if (ticket[i].stage == stage && !away(ticket[i].agent, now)) return i;
    }
    return NOBODY;
}

static void wait_for_them(int i)
{
    Ticket *t = &ticket[i];

    fine(change("ticket", t->id, NULL, say("{\"waits\":%s}", t->halted == NEVER ? "true" : "false")),
        "waiting");
    if (t->halted == NEVER) {
        t->halted = now;
    } else {
        t->shift += work_between(t->halted, now);
        t->paused += now - t->halted;
        t->halted = NEVER;
    }
    follow(i);
}

void ticket_do(void)
{
    int what = dice(100), i = some(what < 8 ? SOLVED : OPEN);

    if (i == NOBODY) return;
    as(ticket[i].agent);
    if (what < 8) {
        fine(change("ticket", ticket[i].id, "reopen", NULL), "reopen");
        enter(i, OPEN, "reopen", 0);
    } else if (what < 40) {
        wait_for_them(i);
    } else {
        fine(change("ticket", ticket[i].id, "solve", NULL), "solve");
        if (ticket[i].halted != NEVER) {
            enter(i, SOLVED, "solve", 0);
            as(NOBODY);
            fine(change("ticket", ticket[i].id, NULL, "{\"waits\":false}"), "waits no more");
        } else {
            enter(i, SOLVED, "solve", 0);
        }
    }
}

/* ---- the end ---- */
static void same(const char *const *v, void *arg)
{
    int *i = arg;
    const Ticket *t = &ticket[(*i)++];

    if (strtoll(v[0], NULL, 10) != t->id || strcmp(v[1], stage_name[t->stage])
        || strtoll(v[2], NULL, 10) != human[t->agent].id)
        fail_msg("T%d is in %s with %s; expected %s", *i - 1, v[1], v[2], stage_name[t->stage]);
}

void desk_end(void)
{
    int i = 0;

    rows_of("SELECT \"id\", \"stage\", \"agent\" FROM \"ticket\" ORDER BY \"id\"", 3, same, &i);
    assert_int_equal(i, nticket);
}

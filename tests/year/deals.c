/*
 * deals.c — deals and contracts: a visit that gets late and is dropped, orders that the manager, the
 * line or the director consents to, quotes that cool down, contracts that end.
 */
#include "year.h"

enum { VISIT, QUOTE, WON, LOST };

typedef struct Deal {
    int64_t id, since;
    int owner, stage, step, days, amount;
    int asked[3], nasked, at;                 /* a request: whom in order, who is it now; none: 0 */
    int64_t asked_since;                      /* who it is now, or for whom they stand */
    int asked_step;
} Deal;
static Deal *deal;
static int ndeal, deal_cap;

typedef struct Contract { int deal, owner; int64_t ends; } Contract;
static Contract *contract;
static int ncontract, contract_cap;

static const char *const stage_name[] = { "visit", "quote", "won", "lost" };

/* ---- stages ---- */
static int64_t step_at(const Deal *d)
{
    int64_t due = add_workdays(d->since, 5);

    switch (d->step) {
    case 0: return due;
    case 1: return add_workdays(due, 2);
    case 2: return add_workdays(add_workdays(due, 2), 3);
    default: return NEVER;
    }
}

static void enter(int i, int stage, const char *move, int64_t due)
{
    Deal *d = &deal[i];
    bool first = d->stage == NOBODY, timed = d->stage == VISIT;
    int64_t until = timed ? add_workdays(d->since, 5) : 0;

    expect(STAGES, due, "deal %" PRId64 ": %s > %s by %s, due %" PRId64 " paused %s in time %s, %s s, "
        "%s s of work", d->id, first ? "" : stage_name[d->stage], stage_name[stage], move, until,
        timed ? "0" : "", !timed ? "" : until < now ? "0" : "1",
        first ? "" : say("%" PRId64, now - d->since),
        first ? "" : say("%" PRId64, work_between(d->since, now)));
    d->stage = stage;
    d->since = now;
    d->step = 0;
    due_set(DEAL_DUE, i, stage == VISIT ? step_at(d) : NEVER);
    due_set(DEAL_COOL, i, stage == QUOTE ? now + 40 * DAY : NEVER);
}

static void be_late(int i, int64_t due)
{
    Deal *d = &deal[i];
    int step = d->step++;

    if (step == 2) {
        enter(i, LOST, "drop", due);
        return;
    }
    expect_message(step ? human[d->owner].manager : d->owner, due,
        say("Overdue in Visit: D%d", i));
    due_set(DEAL_DUE, i, step_at(d));
}

/* ---- contracts ---- */
static void follow_contract(int i)
{
    static const int before[] = { 30, 7, 1 };

    for (int k = 0; k < 3; k++)
        due_set(CONTRACT_30 + k, i, next_work(at_of(contract[i].ends - before[k], 9 * HOUR)));
    due_set(CONTRACT_END, i, at_of(contract[i].ends, 9 * HOUR));
}

static void sign(int i)
{
    if (ncontract == contract_cap)
        contract = realloc(contract, sizeof *contract * (size_t)(contract_cap = contract_cap * 2 + 64));
    contract[ncontract++] = (Contract){ i, deal[i].owner, day_at(now) + deal[i].days };
    follow_contract(ncontract - 1);
}

void contract_extend(void)
{
    int y, m, d, i = ncontract ? dice(ncontract) : 0;
    Contract *c = &contract[i];

    if (!ncontract || at_of(c->ends, 0) <= now || away(c->owner, now)) return;
    c->ends += 60 + dice(60);
    ymd_of(c->ends, &y, &m, &d);
    as(c->owner);
    int64_t id = number_of(say("SELECT \"id\" FROM \"contract\" WHERE \"name\" = 'C D%d'", c->deal));
    fine(change("contract", id, NULL, say("{\"ends_on\":\"%04d-%02d-%02d\"}", y, m, d)), "extending");
    follow_contract(i);
}

/* ---- what sellers do ---- */
void deal_new(void)
{
    static const int sums[] = { 3000, 20000, 80000, 500000 };
    int i = ndeal, p = SELLERS + dice(SELLERS_END - SELLERS);

    if (away(p, now)) return;
    if (ndeal == deal_cap) deal = realloc(deal, sizeof *deal * (size_t)(deal_cap = deal_cap * 2 + 64));
    Deal d = { .owner = p, .stage = NOBODY, .amount = sums[dice(4)], .days = 35 + dice(200) };
    as(p);
    d.id = make("deal", say("{\"name\":\"D%d\",\"amount\":%d,\"days\":%d}", i, d.amount, d.days));
    deal[ndeal++] = d;
    enter(i, VISIT, "", 0);
}

static int some(bool (*good)(const Deal *d))
{
    for (int tries = 0; ndeal && tries < 60; tries++) {
        int i = ndeal - 1 - dice(ndeal < 200 ? ndeal : 200);
        if (good(&deal[i])) return i;
    }
    return NOBODY;
}

static bool free_one(const Deal *d)
{
    return (d->stage == VISIT || d->stage == QUOTE) && !d->nasked && !away(d->owner, now);
}

static bool waiting(const Deal *d)
{
    return d->nasked > 0;
}

/* Which entry: the manager alone, them and theirs, the whole line up to the director. */
static int size_of(const Deal *d)
{
    return d->amount < 50000 ? 0 : d->amount < 200000 ? 1 : 2;
}

static int64_t decision_at(const Deal *d)
{
    int64_t due = add_workdays(d->asked_since, 1);

    if (d->asked_step == 0) return due;
    if (size_of(d) == 2 || d->asked_step > 2) return NEVER;
    return add_workdays(d->asked_step == 1 ? due : add_workdays(due, 1), d->asked_step == 1 ? 1 : 3);
}

static void please(Deal *d, int i, bool anew)
{
    expect_task(d->asked[d->at], say("Please approve: D%d – Order", i));
    if (!anew) return;
    d->asked_since = now;
    d->asked_step = 0;
    due_set(DEAL_ASKED, i, decision_at(d));
}

static void over(int i)
{
    deal[i].nasked = 0;
    due_set(DEAL_ASKED, i, NEVER);
}

static void ask(int i)
{
    Deal *d = &deal[i];
    int n = size_of(d) + 1;

    d->nasked = n;
    d->at = 0;
    for (int k = 0, p = d->owner; k < n; k++) d->asked[k] = p = human[p].manager;
    please(d, i, true);
    for (int p = FINANCE; p < FINANCE_END && n == 3; p++)
        expect_task(p, say("For your information: D%d – Order", i));
}

static void order(int i)
{
    Deal *d = &deal[i];

    fine(change("deal", d->id, "order", NULL), "order");
    if (d->amount >= 10000) {
        ask(i);
        return;
    }
    enter(i, WON, "order", 0);
    sign(i);
}

void deal_do(void)
{
    int i = some(free_one), what = dice(100);

    if (i == NOBODY) return;
    as(deal[i].owner);
    if (what < 10) {
        fine(change("deal", deal[i].id, "lose", NULL), "lose");
        enter(i, LOST, "lose", 0);
    } else if (deal[i].stage == VISIT) {
        fine(change("deal", deal[i].id, "send", NULL), "send");
        enter(i, QUOTE, "send", 0);
    } else {
        order(i);
    }
}

static void consent(int i)
{
    Deal *d = &deal[i];

    if (++d->at < d->nasked) {
        please(d, i, true);
        return;
    }
    over(i);
    expect_task(d->owner, say("Approved: D%d – Order", i));
    enter(i, WON, "order", 0);
    sign(i);
}

static void dissent(int i)
{
    Deal *d = &deal[i];

    over(i);
    expect_task(d->owner, say("Refused: D%d – Order", i));
    if (d->amount >= 200000) enter(i, VISIT, "", 0);
}

/* ---- nobody decides ---- */
static void decision_late(int i, int64_t due)
{
    static const char *const entry[] = { "Leader", "Head", "Director" };
    Deal *d = &deal[i];
    int who = d->asked[d->at], step = d->asked_step++;
    const char *text = say("Overdue in %s: D%d", entry[size_of(d)], i);

    if (step == 0) expect_message(who, due, text);
    if (step == 0) expect_message(stands_in(who, now), due, text);
    if (step == 1) expect_message(human[who].manager, due, text);
    if (step < 2) due_set(DEAL_ASKED, i, decision_at(d));
    else if (size_of(d)) consent(i);
    else dissent(i);
}

void deals_fire(int slot, int thing, int64_t due)
{
    if (slot == DEAL_DUE) be_late(thing, due);
    if (slot == DEAL_COOL && deal[thing].nasked) due_set(DEAL_COOL, thing, now + DAY);
    else if (slot == DEAL_COOL) enter(thing, LOST, "cool", due);
    if (slot == DEAL_ASKED) decision_late(thing, due);
    if (slot == CONTRACT_END) expect(TRACES, due, "Lapsed C D%d", contract[thing].deal);
    if (slot >= CONTRACT_30 && slot <= CONTRACT_1)
        expect_message(contract[thing].owner, due, say("Ends C D%d", contract[thing].deal));
}

/* ---- what those do who are asked ---- */
static void transfer(int i, int64_t task, int who)
{
    Deal *d = &deal[i];
    int to = LEADERS + dice(SELLERS - LEADERS);

    if (to == who || to == d->asked[d->at]) return;
    for (int k = d->at; k < d->nasked; k++)
        if (d->asked[k] == to) return;
    fine(decide("transfer", task, to), "transfer");
    d->asked[d->at] = to;
    please(d, i, false);
}

static void withdraw(int i)
{
    as(deal[i].owner);
    fine(withdraw_deal(deal[i].id), "withdraw");
    over(i);
}

void deal_decide(void)
{
    int i = some(waiting), what = dice(100);

    if (i == NOBODY) return;
    Deal *d = &deal[i];
    int who = d->asked[d->at], other = stands_in(who, now);
    if (what < 6 && !away(d->owner, now)) {
        withdraw(i);
        return;
    }
    if (away(who, now)) who = other;
    if (who == NOBODY || away(who, now)) return;
    as(who);
    int64_t task = number_of(say("SELECT \"id\" FROM \"_task\" WHERE \"form\" = 'deal' AND "
        "\"kind\" = 'approve' AND \"state\" = 'open' AND \"record\" = %" PRId64, d->id));
    if (what < 14) {
        transfer(i, task, who);
    } else if (what < 22) {
        fine(decide("return", task, NOBODY), "return");
        over(i);
        expect_task(d->owner, say("Sent back, please revise: D%d – Order", i));
    } else if (what < 34) {
        fine(decide("reject", task, NOBODY), "reject");
        dissent(i);
    } else {
        fine(decide("approve", task, NOBODY), "approve");
        consent(i);
    }
}

/* ---- the end ---- */
static void same(const char *const *v, void *arg)
{
    int *i = arg;
    const Deal *d = &deal[(*i)++];

    if (strtoll(v[0], NULL, 10) != d->id || strcmp(v[1], stage_name[d->stage])
        || strtoll(v[2], NULL, 10) != human[d->owner].id
        || strtoll(v[3], NULL, 10) != (d->nasked ? human[d->asked[d->at]].id : 0)
        || strtoll(v[4], NULL, 10) != (d->nasked ? 1 : 0))
        fail_msg("D%d is in %s with %s, asked are %s %s; expected %s", *i - 1, v[1], v[2], v[4], v[3],
            stage_name[d->stage]);
}

static void signed_as(const char *const *v, void *arg)
{
    int *i = arg;
    const Contract *c = &contract[(*i)++];
    int y, m, d;

    ymd_of(c->ends, &y, &m, &d);
    assert_string_equal(v[0], say("C D%d", c->deal));
    assert_int_equal(strtoll(v[1], NULL, 10), human[c->owner].id);
    assert_string_equal(v[2], say("%04d-%02d-%02d", y, m, d));
}

void deals_end(void)
{
    int i = 0, k = 0;

    rows_of("SELECT \"d\".\"id\", \"d\".\"stage\", \"d\".\"owner\", max(\"t\".\"user\"), "
        "count(\"t\".\"id\") FROM \"deal\" AS \"d\" LEFT JOIN \"_task\" AS \"t\" ON \"t\".\"form\" = "
        "'deal' AND \"t\".\"record\" = \"d\".\"id\" AND \"t\".\"kind\" = 'approve' AND "
        "\"t\".\"state\" = 'open' GROUP BY \"d\".\"id\", \"d\".\"stage\", \"d\".\"owner\" ORDER BY "
        "\"d\".\"id\"", 5, same, &i);
    assert_int_equal(i, ndeal);
    rows_of("SELECT \"name\", \"owner\", \"ends_on\" FROM \"contract\" ORDER BY \"id\"", 3, signed_as,
        &k);
    assert_int_equal(k, ncontract);
}

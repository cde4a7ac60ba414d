/*
 * leads.c — leads: given to sellers in turn, within caps, not to who is on leave; late; back into the
 * pool when nobody cares; claimed, handed on, won, lost, cold after a time.
 */
#include "year.h"

enum { WEB, FAIR, COLD };
enum { NEW, CONTACTED, WON, LOST };
enum { CAP_DAY = 2, CAP_OPEN = 5, CLAIMS = 2, HOLD = 14, FORMER = 8 };

typedef struct Lead {
    int64_t id, since, owner_since, touched, stale_at, return_at;
    int source, rep, stage, step;
    bool vip;
    struct { int who; int64_t at; } former[FORMER];       /* who had it, newest first */
} Lead;
static Lead *lead;
static int nlead, lead_cap;

static const char *const stage_name[] = { "new", "contacted", "won", "lost" };
static int64_t credit[2][PEOPLE];             /* of turns: web, fair */
static int64_t day_of_counts;
static int assigned_today[PEOPLE], claimed_today[PEOPLE];
static int passed_caps;                       /* how often a cap decided */

static bool is_open(const Lead *l)
{
    return l->stage == NEW || l->stage == CONTACTED;
}

static const char *name_of(int i)
{
    return say("L%d", i);
}

static void count_day(void)
{
    if (day_of_counts == day_at(now)) return;
    day_of_counts = day_at(now);
    memset(assigned_today, 0, sizeof assigned_today);
    memset(claimed_today, 0, sizeof claimed_today);
}

static int held(int p, int without)
{
    int n = 0;

    for (int i = 0; i < nlead; i++) n += i != without && lead[i].rep == p && is_open(&lead[i]);
    return n;
}

/* ---- turns: all gain their weight, who has most is taken and pays for all ---- */
static int turn(int64_t *has, const int *who, const int *weight, int n)
{
    int best = NOBODY, sum = 0;

    for (int i = 0; i < n; i++) {
        sum += weight[i];
        has[who[i]] += weight[i];
        if (best == NOBODY || has[who[i]] > has[best]) best = who[i];
    }
    if (best != NOBODY) has[best] -= sum;
    return best;
}

static int assigned(int source)
{
    int who[PEOPLE], weight[PEOPLE], n = 0;

    for (int p = SELLERS; p < SELLERS_END && source == WEB; p++) {
        bool full = assigned_today[p] >= CAP_DAY || held(p, NOBODY) >= CAP_OPEN;
        passed_caps += full;
        if (away(p, now) || full) continue;
        who[n] = p;
        weight[n++] = 1;
    }
    for (int p = 6; p <= 9 && source == FAIR; p++)
        if (!away(p, now)) {
            who[n] = p;
            weight[n++] = p == 6 ? 2 : 1;
        }
    return source == COLD ? NOBODY : turn(credit[source], who, weight, n);
}

/* ---- when it goes back ---- */
static int64_t warn_after(int64_t at)
{
    if (at - 3 * DAY > now) return at - 3 * DAY;
    return at - DAY > now ? at - DAY : at;
}

/* After each change: 14 days from the last contact, or since the owner has it. */
static void follow_return(int i)
{
    Lead *l = &lead[i];
    int64_t at = NEVER;

    if (l->rep != NOBODY && is_open(l)) {
        int64_t from = l->touched == NEVER ? 0 : at_of(l->touched, 9 * HOUR);
        at = (from > l->owner_since ? from : l->owner_since) + 14 * DAY;
    }
    if (at == l->return_at) return;
    l->return_at = at;
    due_set(LEAD_RETURN, i, at == NEVER ? NEVER : warn_after(at));
}

static void hand(int i, const char *kind, int to)
{
    Lead *l = &lead[i];

    expect(HANDS, 0, "lead %" PRId64 ": %s, %s after %s, %s", l->id, kind,
        to == NOBODY ? "-" : human[to].name, l->rep == NOBODY ? "-" : human[l->rep].name,
        strcmp(kind, "assigned") && strcmp(kind, "transferred") ? "common" : "");
    if (to == NOBODY && l->rep != NOBODY) {
        memmove(&l->former[1], &l->former[0], sizeof l->former[0] * (FORMER - 1));
        l->former[0].who = l->rep;
        l->former[0].at = now;
    }
    l->rep = to;
    l->owner_since = to == NOBODY ? NEVER : now;
    follow_return(i);
}

static void go_back(int i, int64_t due)
{
    Lead *l = &lead[i];
    int year, month, date;
    int64_t at = l->return_at;

    ymd_of(day_at(at), &year, &month, &date);
    if (now < at && due != at) {              /* a warning */
        if (!l->vip)
            expect_message(l->rep, due, say("L%d goes to “Common” on %04d-%02d-%02d: "
                "14 days without contact", i, year, month, date));
        due_set(LEAD_RETURN, i, warn_after(at));
    } else if (due < at) {                    /* a warning that came too late says nothing */
        due_set(LEAD_RETURN, i, at);
    } else if (l->vip) {
        due_set(LEAD_RETURN, i, now + DAY);
    } else {
        expect_message(l->rep, 0, say("L%d went to “Common”: 14 days without contact", i));
        hand(i, "recycled", NOBODY);
    }
}

/* ---- stages ---- */
static int64_t due_at(const Lead *l)
{
    return add_work(l->since, 8 * HOUR);
}

static int64_t step_at(const Lead *l)
{
    int64_t due = due_at(l);

    switch (l->step) {
    case 0: return add_work(l->since, 6 * HOUR);
    case 1: return due;
    case 2: return add_work(due, 4 * HOUR);
    case 3: return add_workdays(add_work(due, 4 * HOUR), 1);
    default: return NEVER;
    }
}

static void enter(int i, int stage, const char *move, int64_t due)
{
    Lead *l = &lead[i];
    bool timed = move && l->stage == NEW;
    int64_t until = timed ? due_at(l) : 0;

    expect(STAGES, due, "lead %" PRId64 ": %s > %s by %s, due %" PRId64 " paused %s in time %s, %s s, "
        "%s s of work", l->id, move ? stage_name[l->stage] : "", stage_name[stage], move ? move : "",
        until, timed ? "0" : "", !timed ? "" : until < now ? "0" : "1",
        move ? say("%" PRId64, now - l->since) : "",
        move ? say("%" PRId64, work_between(l->since, now)) : "");
    l->stage = stage;
    l->since = now;
    l->step = 0;
    due_set(LEAD_DUE, i, stage == NEW ? step_at(l) : NEVER);
    due_set(LEAD_COLD, i, stage == CONTACTED ? now + 30 * DAY : NEVER);
    follow_return(i);
}

static void be_late(int i, int64_t due)
{
    Lead *l = &lead[i];
    int step = l->step++, boss = l->rep == NOBODY ? NOBODY : human[l->rep].manager;

    if (step == 0 && due_at(l) > now) expect_message(l->rep, due, say("Due soon in New: L%d", i));
    else if (step) expect_message(step == 3 ? boss : l->rep, due, say("Overdue in New: L%d", i));
    due_set(LEAD_DUE, i, step_at(l));
}

static void get_cold(int i, int64_t due)
{
    if (lead[i].touched < day_at(now) - 20) enter(i, LOST, "cold", due);
    else due_set(LEAD_COLD, i, now + DAY);
}

/* ---- those of all leads ---- */
static void stale(int64_t due)
{
    for (int i = 0; i < nlead; i++) {
        Lead *l = &lead[i];
        if (l->rep == NOBODY || l->touched == NEVER || !is_open(l)) continue;
        if (l->touched >= day_at(now) - 5 || (l->stale_at && now < l->stale_at + 7 * DAY)) continue;
        l->stale_at = now;
        expect_message(l->rep, due, say("Stale L%d", i));
    }
    int64_t next = at_of(day_at(now), 10 * HOUR);
    due_set(STALE, 0, next > now ? next : next + DAY);
}

static void week(int64_t due)
{
    for (int i = 0; i < nlead; i++)
        if (lead[i].vip && lead[i].rep != NOBODY && is_open(&lead[i]))
            expect_message(lead[i].rep, due, say("Week L%d", i));
    int64_t day = day_at(now);
    while (weekday(day) != 5 || at_of(day, 14 * HOUR) <= now) day++;
    due_set(WEEK, 0, at_of(day, 14 * HOUR));
}

void leads_fire(int slot, int thing, int64_t due)
{
    if (slot == LEAD_DUE) be_late(thing, due);
    if (slot == LEAD_RETURN) go_back(thing, due);
    if (slot == LEAD_COLD) get_cold(thing, due);
    if (slot == STALE) stale(due);
    if (slot == WEEK) week(due);
}

/* ---- what people do ---- */
void lead_new(void)
{
    static const char *const source[] = { "web", "fair", "cold" };
    int i = nlead, from = dice(20) < 14 ? WEB : dice(2) ? FAIR : COLD;
    bool vip = chance(4);

    if (nlead == lead_cap) lead = realloc(lead, sizeof *lead * (size_t)(lead_cap = lead_cap * 2 + 64));
    count_day();
    int rep = assigned(from);
    as(NOBODY);
    int64_t id = make("lead", say("{\"name\":\"%s\",\"source\":\"%s\",\"vip\":%s}", name_of(i),
        source[from], vip ? "true" : "false"));
    lead[nlead++] = (Lead){ .id = id, .source = from, .rep = NOBODY, .vip = vip, .touched = NEVER,
        .owner_since = NEVER, .return_at = NEVER };
    for (int k = 0; k < FORMER; k++) lead[i].former[k].who = NOBODY;
    enter(i, NEW, NULL, 0);
    hand(i, rep == NOBODY ? "pooled" : "assigned", rep);
    if (rep == NOBODY) return;
    assigned_today[rep]++;
    expect_message(rep, 0, say("New L%d", i));
}

/* One of the later ones for which it holds. */
static int some(bool (*good)(const Lead *l))
{
    for (int tries = 0; nlead && tries < 60; tries++) {
        int i = nlead - 1 - dice(nlead < 400 ? nlead : 400);
        if (good(&lead[i])) return i;
    }
    return NOBODY;
}

static bool at_work(const Lead *l)
{
    return l->rep != NOBODY && is_open(l) && !away(l->rep, now);
}

static bool pooled(const Lead *l)
{
    return l->rep == NOBODY && is_open(l);
}

static const char *today(void)
{
    int y, m, d;

    ymd_of(day_at(now), &y, &m, &d);
    return say("\"touched_on\":\"%04d-%02d-%02d\"", y, m, d);
}

static void touch(int i, const char *move)
{
    Lead *l = &lead[i];

    as(l->rep);
    fine(change("lead", l->id, move, say("{%s}", today())), "contact");
    l->touched = day_at(now);
    if (move) enter(i, CONTACTED, move, 0);
    else follow_return(i);
}

static void finish(int i, int stage, const char *move)
{
    as(lead[i].rep);
    fine(change("lead", lead[i].id, move, NULL), move);
    enter(i, stage, move, 0);
}

static void give(int i)
{
    Lead *l = &lead[i];
    int to = SELLERS + dice(SELLERS_END - SELLERS);

    if (to == l->rep) return;
    as(human[l->rep].manager);
    bool ok = change("lead", l->id, NULL, say("{\"rep\":%" PRId64 "}", human[to].id));
    if (held(to, i) >= HOLD) {
        assert_false(ok);
        refused("are the most");
        return;
    }
    fine(ok, "handing on");
    hand(i, "transferred", to);
    expect_message(to, 0, say("L%d was handed to you", i));
}

static void put_back(int i)
{
    as(lead[i].rep);
    fine(release_lead(lead[i].id), "putting back");
    hand(i, "released", NOBODY);
}

void lead_do(void)
{
    int i = some(at_work), what = dice(100);

    if (i == NOBODY) return;
    if (lead[i].stage == NEW) {
        if (what < 70) touch(i, "contact");
        else if (what < 80) finish(i, LOST, "lose");
        else if (what < 90) put_back(i);
        else give(i);
    } else {
        if (what < 55) touch(i, NULL);
        else if (what < 75) finish(i, WON, "win");
        else if (what < 85) finish(i, LOST, "lose");
        else if (what < 93) put_back(i);
        else give(i);
    }
}

static const char *no_claim(int i, int p)
{
    for (int k = 0; k < FORMER; k++)
        if (lead[i].former[k].who == p && now < lead[i].former[k].at + 5 * DAY)
            return "you had it before";
    if (claimed_today[p] >= CLAIMS) return "claimed today";
    return held(p, i) >= HOLD ? "are the most" : NULL;
}

void lead_claim(void)
{
    int i = some(pooled), p = SELLERS + dice(SELLERS_END - SELLERS);

    if (i == NOBODY || away(p, now)) return;
    if (lead[i].former[0].who != NOBODY && chance(40)) p = lead[i].former[0].who;
    count_day();
    as(p);
    bool ok = claim_lead(lead[i].id);
    const char *why = no_claim(i, p);
    if (why) {
        assert_false(ok);
        refused(why);
        return;
    }
    fine(ok, "claiming");
    claimed_today[p]++;
    hand(i, "claimed", p);
}

/* ---- the end ---- */
static void same(const char *const *v, void *arg)
{
    int *i = arg;
    const Lead *l = &lead[(*i)++];

    if (strtoll(v[0], NULL, 10) != l->id || strcmp(v[1], stage_name[l->stage])
        || strtoll(v[2], NULL, 10) != (l->rep == NOBODY ? 0 : human[l->rep].id)
        || strcmp(v[3], pooled(l) ? "common" : ""))
        fail_msg("L%d is in %s with %s, in the pool %s; expected %s", *i - 1, v[1], v[2], v[3],
            stage_name[l->stage]);
}

void leads_end(void)
{
    int i = 0;

    rows_of("SELECT \"id\", \"stage\", \"rep\", CASE WHEN \"stage\" IN ('new', 'contacted') THEN "
        "\"pool\" END FROM \"lead\" ORDER BY \"id\"", 4, same, &i);
    assert_int_equal(i, nlead);
    assert_true(passed_caps > 0);
}

int64_t record_count(void)
{
    return number_of("SELECT (SELECT count(*) FROM \"lead\") + (SELECT count(*) FROM \"deal\") + "
        "(SELECT count(*) FROM \"ticket\") + (SELECT count(*) FROM \"contract\") + "
        "(SELECT count(*) FROM \"trace\") + (SELECT count(*) FROM \"staff\")");
}

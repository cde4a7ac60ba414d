/*
 * year_people.c — fifty people: a director, sales (a head, three leaders, sixteen sellers), the desk
 * (a head, two leaders, twelve agents, two of them at night), finance and the rest of the house.
 */
#include "year.h"

Human human[PEOPLE];

static int manager_of(int p)
{
    if (p == DIRECTOR) return NOBODY;
    if (p == HEAD || p == DESK_HEAD || p == FINANCE || p == FINANCE_END) return DIRECTOR;
    if (p < SELLERS) return HEAD;
    if (p < SELLERS_END) return LEADERS + p % 3;
    if (p < AGENTS) return DESK_HEAD;
    if (p < AGENTS_END) return DESK_LEADERS + p % 2;
    return p < FINANCE_END ? FINANCE : FINANCE_END;
}

static const char *role_of(int p)
{
    if (p == DIRECTOR) return "director";
    if (p < SELLERS) return "leader";
    if (p < SELLERS_END) return "seller";
    if (p < AGENTS) return "leader";
    if (p < AGENTS_END) return "agent";
    return p < FINANCE_END ? "finance" : "";
}

void people_begin(void)
{
    int64_t night = make("department", "{\"name\":\"Night\"}");

    for (int p = 0; p < PEOPLE; p++) {
        Human *h = &human[p];
        *h = (Human){ .away_from = NEVER, .away_until = NEVER, .manager = manager_of(p),
            .stand_in = NOBODY };
        snprintf(h->name, sizeof h->name, "P%02d", p);
        h->id = make("user", say("{\"name\":\"P%02d\",\"login\":\"p%02d\",\"roles\":[%s%s%s],"
            "\"active\":true%s%s}", p, p, *role_of(p) ? "\"" : "", role_of(p),
            *role_of(p) ? "\"" : "",
            h->manager == NOBODY ? "" : say(",\"manager\":%" PRId64, human[h->manager].id),
            p >= NIGHT && p < AGENTS_END ? say(",\"department\":%" PRId64, night) : ""));
    }
}

static const char *date(int64_t day)
{
    int y, m, d;

    ymd_of(day, &y, &m, &d);
    return say("%04d-%02d-%02d", y, m, d);
}

/* Both days included; who stands in decides from the first midnight to the last. */
void people_leave(int p, int64_t from, int64_t until, int stand_in)
{
    Human *h = &human[p];
    int64_t id;

    as(NOBODY);
    fine(change("user", h->id, NULL, say("{\"away_from\":\"%s\",\"away_until\":\"%s\"}",
        date(from), date(until))), "leave");
    h->away_from = from;
    h->away_until = until;
    if (stand_in == NOBODY) return;
    h->stand_in = stand_in;
    h->stand_from = at_of(from, 0);
    h->stand_until = at_of(until + 1, 0);
    as(p);
    fine(delegation_add(w, &(Delegation){ .user = h->id, .delegate = human[stand_in].id,
        .begins = h->stand_from, .ends = h->stand_until }, &id), "standing in");
}

bool away(int p, int64_t at)
{
    return human[p].away_from != NEVER && day_at(at) >= human[p].away_from
        && day_at(at) <= human[p].away_until;
}

int stands_in(int p, int64_t at)
{
    const Human *h = &human[p];

    return h->stand_in != NOBODY && at >= h->stand_from && at < h->stand_until ? h->stand_in
        : NOBODY;
}

int person_of(int64_t id)
{
    for (int p = 0; p < PEOPLE; p++)
        if (human[p].id == id) return p;
    fail_msg("nobody has the number %" PRId64, id);
    return NOBODY;
}

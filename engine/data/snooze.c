/*
 * snooze.c — the timer is one of words, as `remind` in a rule makes them; its occurrence names
 * the person and the message, so that a second word moves it instead of adding one.
 */
#include "data/snooze.h"
#include "data/notice.h"
#include "base/out.h"

#include <stdlib.h>
#include <string.h>

#define OCCURRENCE "snooze "

enum { NINE = 9 * 3600, YEAR = 366 * 86400 };

typedef struct Snooze { int64_t message, until; } Snooze;

static const char *text_of(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

static bool unit(Work *w, void *arg)
{
    const Snooze *s = arg;
    Arena *a = w->cx.a;
    Sql q = sql_begin(a, db_dialect(w->db));
    bool found;
    Val v[4];

    sql_add(&q, "SELECT \"text\", \"form\", \"record\", \"kind\" FROM \"_message\" "
        "WHERE \"id\" = ");
    sql_bind(&q, val_int(s->message));
    sql_add(&q, " AND \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    if (!db_one(&w->cx, w->db, &q, v, 4, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no such message");
    if (!str_eq(text_of(w, v[3]), "reminder"))
        return cx_fail(&w->cx, E_INPUT, "only reminders come again");
    const char *text = text_of(w, v[0]), *form = text_of(w, v[1]);
    int64_t record = v[2].kind == VAL_INT ? v[2].i : 0;
    Node *payload = node_map(a);
    node_put_int(a, payload, "to", w->who.id);
    node_put_text(a, payload, "text", text);
    return timer_set(w, "remind:", form, record,
            arena_printf(a, OCCURRENCE "%lld %lld", (long long)w->who.id,
                (long long)s->message), s->until, node_json(a, payload))
        && notice_read(w, &s->message, 1);
}

void snooze_judge(Work *w, const char *field, int64_t at, int years)
{
    if (at <= w->now)
        cx_issue(&w->cx, at_field(field), "past", "must lie ahead");
    else if (at > w->now + (int64_t)years * YEAR)
        cx_issue(&w->cx, at_field(field), "far", years == 1 ? "at most a year ahead"
            : "at most %d years ahead", years);
}

bool snooze_message(Work *w, int64_t message, int64_t until)
{
    Snooze s = { message, until };

    snooze_judge(w, "until", until, 1);
    return cx_check(&w->cx) && work_write(w, unit, &s);
}

bool snooze_time(const Work *w, const char *to, const Zone *zone, int64_t *at)
{
    int64_t today = local_day(w->now, zone);
    int64_t working = calendar_add_workdays(app_calendar(w->app, NULL), today, 1);

    if (str_eq(to, "hour")) *at = w->now + 3600;
    else if (str_eq(to, "tomorrow")) *at = local_at(today + 1, NINE, zone);
    else if (str_eq(to, "workday") && working != WHEN_NEVER) *at = local_at(working, NINE, zone);
    else if (str_eq(to, "week")) *at = local_at(today + 8 - day_weekday(today), NINE, zone);
    else return false;
    return true;
}

int64_t snooze_of(const Timer *t)
{
    if (!str_eq(t->rule, "remind:") || !str_starts(t->occurrence, OCCURRENCE)) return 0;
    return strtoll(t->occurrence + strlen(OCCURRENCE), NULL, 10);
}

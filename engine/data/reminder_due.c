/*
 * reminder_due.c — when reminders are due: rows of _timer in step with a record's values.
 *
 * An occurrence is named by its own time, before quiet hours move it, so that a date that is
 * moved makes another occurrence and the same date saved again does not.
 */
#include "data/pool.h"
#include "data/reminder.h"
#include "data/timer_row.h"

#define NINE (9 * 3600)

const char *reminder_rule(Work *w, const Form *f, const Reminder *rem)
{
    return arena_printf(w->cx.a, "reminder:%s.%s", f->key, rem->key);
}

const char *reminder_mark(Work *w, const Reminder *rem)
{
    return arena_printf(w->cx.a, "%lld/%d/%d/%lld", (long long)rem->every.i,
        (int)rem->every.unit, rem->on, (long long)rem->time);
}

static int64_t time_of(const Reminder *rem)
{
    return rem->time >= 0 ? rem->time : NINE;
}

/* WHEN_NEVER: blank. A date is due at the reminder's time of that day. */
static int64_t due_of(Work *w, const Reminder *rem, Val v)
{
    if (v.kind == VAL_DATETIME) return v.i;
    if (v.kind == VAL_DATE) return local_at(v.i, time_of(rem), w->app->zone);
    return WHEN_NEVER;
}

static int64_t next_year_day(Work *w, const Reminder *rem, Val v, int *year)
{
    if (v.kind == VAL_DATETIME) v = val_date(local_day(v.i, w->app->zone));
    if (v.kind != VAL_DATE) return WHEN_NEVER;
    Ymd born = day_split(v.i);
    *year = day_split(local_day(w->now, w->app->zone)).year;
    for (int tries = 0; tries < 2; tries++, (*year)++) {
        int last = day_month_length(*year, born.month);
        Ymd d = { *year, born.month, born.day < last ? born.day : last };
        int64_t due = local_at(day_of(d), time_of(rem), w->app->zone);
        if (due > w->now) return due;
    }
    return WHEN_NEVER;
}

static int64_t not_quiet(Work *w, const Reminder *rem, int64_t due)
{
    return rem->quiet ? calendar_next_work(rem->quiet, w->app->zone, due) : due;
}

bool reminder_next_due(Work *w, const Reminder *rem, const Record *r, int64_t *at)
{
    Eval env = record_eval(w, r, NULL);
    int year;
    Val v;

    *at = WHEN_NEVER;
    for (int i = 0; i < rem->nat + (rem->yearly != NULL); i++) {
        if (!expr_eval(i < rem->nat ? rem->at[i] : rem->yearly, &env, &v)) return false;
        int64_t due = i < rem->nat ? due_of(w, rem, v) : next_year_day(w, rem, v, &year);
        if (due != WHEN_NEVER) due = not_quiet(w, rem, due);
        if (due > w->now && due < *at) *at = due;
    }
    return true;
}

MUST static bool set_one(Work *w, const Form *f, const Reminder *rem, int64_t id,
    const char *occurrence, int64_t due)
{
    return timer_set(w, reminder_rule(w, f, rem), f->key, id, occurrence,
        not_quiet(w, rem, due), NULL);
}

MUST static bool follow(Work *w, const Record *r, const Reminder *rem, bool fresh)
{
    const char **kept = ARENA_ARRAY(w->cx.a, const char *, rem->nat + 1);
    Eval env = record_eval(w, r, NULL);
    int64_t *due = ARENA_ARRAY(w->cx.a, int64_t, rem->nat + 1);
    int n = 0, year;
    char text[32];
    Val v;

    for (int i = 0; i < rem->nat; i++) {
        if (!expr_eval(rem->at[i], &env, &v)) return false;
        due[n] = due_of(w, rem, v);
        if (due[n] == WHEN_NEVER) continue;
        datetime_show(text, sizeof text, due[n]);
        kept[n++] = arena_printf(w->cx.a, "%d@%s", i, text);
    }
    if (rem->yearly) {
        if (!expr_eval(rem->yearly, &env, &v)) return false;
        due[n] = next_year_day(w, rem, v, &year);
        if (due[n] != WHEN_NEVER) kept[n++] = arena_printf(w->cx.a, "%d", year);
    }
    if (!fresh
        && !timer_keep(w, reminder_rule(w, r->form, rem), r->form->key, record_id(r), kept, n))
        return false;
    for (int i = 0; i < n; i++)
        if (!set_one(w, r->form, rem, record_id(r), kept[i], due[i])) return false;
    return true;
}

bool timer_follow(Work *w, const Record *now, bool fresh)
{
    for (int i = 0; now && i < now->form->nreminder; i++) {
        const Reminder *rem = &now->form->reminder[i];
        if ((rem->nat || rem->yearly) && !follow(w, now, rem, fresh)) return false;
    }
    return !now || !now->form->npool || recycle_follow(w, now);
}

static int64_t next_day_run(const Work *w, const Reminder *rem, int64_t after)
{
    int64_t day = local_day(after, w->app->zone);

    for (int i = 0; i <= 7; i++, day++) {
        int64_t due = local_at(day, time_of(rem), w->app->zone);
        if (due > after && rem->on & 1 << (day_weekday(day) - 1)) return due;
    }
    return WHEN_NEVER;
}

int64_t reminder_next_run(const Work *w, const Reminder *rem, int64_t after)
{
    const Zone *zone = w->app->zone;
    const Calendar *c = app_calendar(w->app, NULL);

    if (rem->on) return next_day_run(w, rem, after);
    if (rem->time < 0) return when_add(after, rem->every, c, zone);
    int64_t today = local_at(local_day(after, zone), rem->time, zone);
    if (rem->every.unit <= UNIT_H) return when_add(after, rem->every, c, zone);
    if (today > after && rem->every.i == 1) return today;
    int64_t next = when_add(today, rem->every, c, zone);
    return next > after ? next : when_add(after, rem->every, c, zone);
}

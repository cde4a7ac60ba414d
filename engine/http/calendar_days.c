/*
 * calendar_days.c — a month is a range of an index over the date.
 *
 * Few records are read in one go. Where more stand there than one page could show, each day is
 * asked for its own first ones, so that a million records cost as much as a hundred. What began
 * earlier and lasts into the range is looked for three months back.
 */
#include "http/calendar_days.h"
#include "data/record_row.h"

#include <stdio.h>
#include <string.h>

enum { AT_ONCE = 200, A_MONTH_DAY = 4, A_WEEK_DAY = 24, COUNTED = 99, LOOK_BACK = 92,
    LASTING = 60 };

int calendar_first(const char *lang)
{
    static const struct { const char *lang; int day; } first[] = { { "en", 7 }, { "zh", 1 } };

    for (int i = 0; i < LEN(first); i++)
        if (str_eq(first[i].lang, lang)) return first[i].day;
    return 1;
}

static int64_t week_of(int64_t day, int first)
{
    return day - (day_weekday(day) - first + 7) % 7;
}

void calendar_days(Work *w, const ListLook *x, Cal *c)
{
    const View *v = x->view;
    int first = calendar_first(w->cx.lang);
    int64_t from, to, day;

    *c = (Cal){ .look = x, .date = v->date, .end = v->end,
        .today = local_day(w->now, page_zone(w)) };
    c->moment = v->date && v->date->name.type.kind == T_DATETIME;
    if (c->end && !perm_filterable(w, x->form, c->end)) c->end = NULL;
    c->week = x->week != NULL;
    day = c->today;
    if (c->week && (!date_parse(x->week, &day) || day <= DAY_MIN + 400 || day >= DAY_MAX - 400))
        day = c->today;
    if (!c->week && x->month
        && (!date_parse(arena_printf(w->cx.a, "%s-01", x->month), &day)
            || day <= DAY_MIN + 400 || day >= DAY_MAX - 400)) day = c->today;
    Ymd d = day_split(day);
    c->at = c->week ? week_of(day, first) : day - d.day + 1;
    from = week_of(c->at, first);
    to = c->week ? from + 7 : week_of(c->at + day_month_length(d.year, d.month) - 1, first) + 7;
    c->n = (int)(to - from);
    c->day = ARENA_ARRAY(w->cx.a, CalDay, c->n);
    for (int i = 0; i < c->n; i++) c->day[i].day = from + i;
}

/* A day's first instant or the day itself, as a literal. */
static const char *literal(Work *w, const Cal *c, int64_t day)
{
    char text[40];

    if (c->moment) datetime_show(text, sizeof text, local_midnight(day, page_zone(w)));
    else date_show(text, sizeof text, day);
    return arena_printf(w->cx.a, "'%s'", text);
}

const char *calendar_filter(Work *w, const Cal *c, int64_t from, int64_t to)
{
    Str s = str_begin(w->cx.a);

    if (c->look->filter) str_printf(&s, "(%s) and ", c->look->filter);
    str_printf(&s, "%s >= %s and %s < %s", c->date->key, literal(w, c, from), c->date->key,
        literal(w, c, to + 1));
    return str_show(&s);
}

static int64_t day_of_val(Work *w, Val v)
{
    return v.kind == VAL_DATETIME ? local_day(v.i, page_zone(w)) : v.i;
}

static int room(const Cal *c)
{
    return c->week ? A_WEEK_DAY : A_MONTH_DAY;
}

static void put(Work *w, Cal *c, const Record *r)
{
    Val v = record_get(r, c->date), end = c->end ? record_get(r, c->end) : val_blank();
    bool hidden = perm_field(w, r->form, c->date, r) == RIGHT_HIDDEN;

    if (val_is_blank(v) || hidden) return;
    CalEvent e = { .r = r, .from = day_of_val(w, v) };
    e.to = val_is_blank(end) ? e.from : day_of_val(w, end);
    if (e.to < e.from) e.to = e.from;
    for (int i = 0; i < c->n; i++) {
        CalDay *d = &c->day[i];
        if (d->day < e.from || d->day > e.to) continue;
        if (d->n < room(c)) ARENA_PUSH(w->cx.a, d->event, d->n, d->cap, e);
        else d->rest++;
    }
}

/* What a card of an event shows besides. */
static ListAsk ask_of(Work *w, const Cal *c, const char *filter, int limit, Sort *by)
{
    *by = (Sort){ .field = (Field *)c->date };
    (void)w;
    return (ListAsk){ .form = c->look->form, .filter = filter, .also = c->look->view->filter,
        .q = c->look->q, .sorts = by, .nsort = 1, .limit = limit };
}

/* What began before the first day and goes on. */
MUST static bool fill_lasting(Work *w, Cal *c)
{
    int64_t from = c->day[0].day;
    const char *began = calendar_filter(w, c, from - LOOK_BACK, from - 1);
    Sort by;
    List list;

    if (!c->end) return true;
    ListAsk ask = ask_of(w, c, arena_printf(w->cx.a, "%s and %s >= %s", began, c->end->key,
        literal(w, c, from)), LASTING, &by);
    if (!query_list(w, &ask, &list)) return false;
    for (int i = 0; i < list.n; i++) put(w, c, list.record[i]);
    return true;
}

MUST static bool fill_day(Work *w, Cal *c, CalDay *d)
{
    Sort by;
    List list;
    int left = room(c) - d->n;
    ListAsk ask = ask_of(w, c, calendar_filter(w, c, d->day, d->day), left > 0 ? left : 1, &by);

    ask.count = COUNT_ESTIMATE;
    ask.most = COUNTED;
    if (!query_list(w, &ask, &list)) return false;
    int kept = list.n < left ? list.n : left;
    for (int i = 0; i < kept; i++) put(w, c, list.record[i]);
    d->rest += list.count - kept;
    if (list.count > COUNTED) c->unsure = true;
    return true;
}

bool calendar_fill(Work *w, Cal *c)
{
    Sort by;
    List list;
    ListAsk ask = ask_of(w, c, calendar_filter(w, c, c->day[0].day, c->day[c->n - 1].day),
        AT_ONCE, &by);

    if (!fill_lasting(w, c) || !query_list(w, &ask, &list)) return false;
    for (int i = 0; !list.next && i < list.n; i++) put(w, c, list.record[i]);
    for (int i = 0; list.next && i < c->n; i++)
        if (!fill_day(w, c, &c->day[i])) return false;
    return true;
}

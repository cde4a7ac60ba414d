/*
 * calendar.c — {time_zone: ZONE, hours: {mon-fri: ["09:00-12:00", …]}, holidays: [day, day..day],
 * workdays: […], days: {day: ["09:00-12:00"]}}
 */
#include "def/calendar.h"
#include "def/ref.h"

#include <string.h>

#define CLOCK "[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?"
#define DAY "[0-9]{4}-[0-9]{2}-[0-9]{2}"
#define DAYS "^ *" DAY "( *\\.\\. *" DAY ")? *$"
#define DAY_NAME "(mon|tue|wed|thu|fri|sat|sun)"
#define TIMES "^ *" CLOCK " *- *" CLOCK " *$"
/* Of a worked range: each day is kept by itself. */
#define WORKED_MAX 366

const Attr calendar_attrs[] = {
    { "time_zone", ATTR_TEXT, "in which its hours and days are; without it the app's",
      "time_zone: Europe/Berlin" },
    { "hours", ATTR_EACH, "working hours by day, or by days",
      "hours: {mon-fri: [\"09:00-12:00\", \"13:00-18:00\"], sat: [\"09:00-12:00\"]}",
      .shape = "spans", .keys = "^" DAY_NAME "(-" DAY_NAME ")?$",
      .pattern = TIMES, .flags = ATTR_NEEDED, .label = "Working hours" },
    { "holidays", ATTR_TEXTS, "days off: a day or FROM..TO",
      "holidays: [2026-05-01, 2026-10-01..2026-10-07]",
      .pattern = DAYS },
    { "workdays", ATTR_TEXTS, "worked though they are free by their weekday or as a holiday: with "
      "their weekday's hours, or those of the week's first worked day", "workdays: [2026-10-10]",
      .pattern = DAYS },
    { "days", ATTR_EACH, "days with hours of their own, whatever else is said of them; [] is a day off",
      "days: {2026-12-31: [\"09:00-12:00\"], 2027-01-04..2027-01-06: []}", .shape = "spans",
      .keys = DAYS, .pattern = TIMES, .label = "Days with own hours" },
    { 0 },
};

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static int day_index(const char *text, size_t n)
{
    for (int i = 0; i < LEN(weekdays); i++)
        if (strlen(weekdays[i]) == n && !strncmp(weekdays[i], text, n)) return i;
    return -1;
}

bool day_range(const char *text, int *from, int *to)
{
    size_t n = strcspn(text, "-");
    *from = *to = day_index(text, n);
    if (text[n] == '-') *to = day_index(text + n + 1, strlen(text + n + 1));
    return *from >= 0 && *to >= 0;
}

static bool clock_time(const char *text, int64_t *out)
{
    if (!str_eq(text, "24:00")) return time_parse(text, out);
    *out = 24 * 3600;
    return true;
}

static bool span_parse(Arena *a, const char *text, Span *out)
{
    char **part;
    int64_t from, to;
    if (!text || str_split(a, text, '-', &part) != 2) return false;
    if (!clock_time(str_trim(a, part[0]), &from) || !clock_time(str_trim(a, part[1]), &to))
        return false;
    *out = (Span){ (int)from, (int)to };
    return from < to;
}

/* The spans that are good. */
static DayHours read_spans(Cx *cx, const Node *n)
{
    const Node **each;
    DayHours h = { .n = 0 };
    int count;
    ref_texts(cx, n, &each, &count);
    if (count > SPANS) {
        cx_issue(cx, node_place(n), "too_many", "a day has at most %d spans", SPANS);
        count = SPANS;
    }
    for (int i = 0; i < count; i++) {
        if (!span_parse(cx->a, node_text(each[i]), &h.span[h.n]))
            cx_issue(cx, node_place(each[i]), "bad_span",
                "working hours look like \"09:00-12:00\"");
        else if (h.n && h.span[h.n].from < h.span[h.n - 1].to)
            cx_issue(cx, node_place(each[i]), "bad_span",
                "working hours must follow each other");
        else h.n++;
    }
    return h;
}

static void load_hours(Cx *cx, Calendar *c, const Node *n)
{
    int from, to;
    if (!day_range(n->key, &from, &to)) {
        cx_issue(cx, node_key_place(n), "bad_day",
            "`%s` is no day or range of days such as mon-fri", n->key);
        return;
    }
    DayHours h = read_spans(cx, n);
    for (int d = from; ; d = (d + 1) % 7) {
        c->week[d] = h;
        if (d == to) break;
    }
}

static bool range_parse(Arena *a, const char *text, OwnDays *out)
{
    const char *dots = text ? strstr(text, "..") : NULL;
    if (!dots) {
        bool one = text && date_parse(str_trim(a, text), &out->from);
        out->to = out->from;
        return one;
    }
    const char *from = str_trim(a, arena_dup_n(a, text, (size_t)(dots - text)));
    return date_parse(from, &out->from) && date_parse(str_trim(a, dots + 2), &out->to)
        && out->from <= out->to;
}

static bool read_days(Cx *cx, Place at, const char *text, OwnDays *out)
{
    *out = (OwnDays){ 0 };
    return range_parse(cx->a, text, out) || cx_issue(cx, at, "bad_day",
        "a day such as 2026-10-01 or days such as 2026-10-01..2026-10-07 are expected");
}

static void put_worked(Cx *cx, Place at, Calendar *c, OwnDays days)
{
    if (days.to - days.from >= WORKED_MAX) {
        cx_issue(cx, at, "too_many", "worked days must be at most %d in a row", WORKED_MAX);
        return;
    }
    for (int64_t day = days.from; day <= days.to; day++)
        calendar_put(cx->a, c, (OwnDays){ day, day, calendar_worked(c, day) });
}

static void load_days(Cx *cx, const Node *n, Calendar *c, bool worked)
{
    const Node **each;
    OwnDays days;
    int all;
    ref_texts(cx, n, &each, &all);
    for (int i = 0; i < all; i++) {
        if (!read_days(cx, node_place(each[i]), node_text(each[i]), &days)) continue;
        if (worked) put_worked(cx, node_place(each[i]), c, days);
        else calendar_put(cx->a, c, days);
    }
}

static void load_own(Cx *cx, const Node *map, Calendar *c)
{
    OwnDays days;
    for (int i = 0; ref_map(cx, map) && i < map->n; i++) {
        const Node *n = map->item[i];
        if (!read_days(cx, node_key_place(n), n->key, &days)) continue;
        days.hours = read_spans(cx, n);
        calendar_put(cx->a, c, days);
    }
}

static void load_one(Cx *cx, const App *app, const Node *n, Calendar *c)
{
    *c = (Calendar){ .name = n->key, .zone = app->zone };
    ref_name(cx, n, n->key, 63);
    if (!ref_map(cx, n) && !node_blank(n)) return;
    attr_check_keys(cx, n, calendar_attrs);
    ref_zone(cx, n, &c->zone);
    const Node *hours = node_find(n, "hours");
    bool any = false;
    for (int i = 0; ref_map(cx, hours) && i < hours->n; i++)
        load_hours(cx, c, hours->item[i]);
    for (int d = 0; d < 7; d++) any |= c->week[d].n > 0;
    if (!any)
        cx_issue(cx, node_key_place(n), "no_hours",
            "a calendar needs `hours` such as {mon-fri: [\"09:00-18:00\"]}");
    load_days(cx, node_find(n, "holidays"), c, false);
    load_days(cx, node_find(n, "workdays"), c, true);
    load_own(cx, node_find(n, "days"), c);
}

bool calendars_load(Cx *cx, App *app, const Node *map)
{
    app->standard = *calendar_default();
    app->standard.zone = app->zone;
    if (!ref_map(cx, map)) return !map;
    app->calendar = ARENA_ARRAY(cx->a, Calendar, map->n + 1);
    for (int i = 0; i < map->n; i++) load_one(cx, app, map->item[i], &app->calendar[i]);
    app->ncalendar = map->n;
    return true;
}

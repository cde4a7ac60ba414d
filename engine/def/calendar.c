/*
 * calendar.c — {hours: {mon-fri: ["09:00-12:00", …]}, holidays: [day, day..day], workdays: […]}
 */
#include "def/calendar.h"
#include "def/ref.h"

#include <string.h>

#define CLOCK "[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?"
#define DAY "[0-9]{4}-[0-9]{2}-[0-9]{2}"
#define DAY_NAME "(mon|tue|wed|thu|fri|sat|sun)"

const Attr calendar_attrs[] = {
    { "hours", ATTR_EACH, "working hours by day, or by days",
      "hours: {mon-fri: [\"09:00-12:00\", \"13:00-18:00\"], sat: [\"09:00-12:00\"]}",
      .shape = "spans", .keys = "^" DAY_NAME "(-" DAY_NAME ")?$",
      .pattern = "^ *" CLOCK " *- *" CLOCK " *$", .flags = ATTR_NEEDED },
    { "holidays", ATTR_TEXTS, "days off: a day or FROM..TO",
      "holidays: [2026-05-01, 2026-10-01..2026-10-07]",
      .pattern = "^ *" DAY "( *\\.\\. *" DAY ")? *$" },
    { "workdays", ATTR_TEXTS, "worked though they fall on a weekend", "workdays: [2026-10-10]",
      .pattern = "^ *" DAY "( *\\.\\. *" DAY ")? *$" },
    { 0 },
};

static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static int day_index(const char *text, size_t n)
{
    for (int i = 0; i < LEN(days); i++)
        if (strlen(days[i]) == n && !strncmp(days[i], text, n)) return i;
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

static void load_hours(Cx *cx, Calendar *c, const Node *n)
{
    const Node **each;
    int count, from, to, most = LEN(c->hours[0]);
    Span span[LEN(c->hours[0])];
    if (!day_range(n->key, &from, &to)) {
        cx_issue(cx, node_key_place(n), "bad_day",
            "`%s` is no day or range of days such as mon-fri", n->key);
        return;
    }
    ref_texts(cx, n, &each, &count);
    if (count > most) {
        cx_issue(cx, node_place(n), "too_many", "a day has at most %d spans", most);
        count = most;
    }
    int good = 0;
    for (int i = 0; i < count; i++) {
        if (!span_parse(cx->a, node_text(each[i]), &span[good]))
            cx_issue(cx, node_place(each[i]), "bad_span",
                "working hours look like \"09:00-12:00\"");
        else if (good && span[good].from < span[good - 1].to)
            cx_issue(cx, node_place(each[i]), "bad_span",
                "working hours must follow each other");
        else good++;
    }
    for (int d = from; ; d = (d + 1) % 7) {
        memcpy(c->hours[d], span, sizeof(Span) * (size_t)good);
        c->nhours[d] = good;
        if (d == to) break;
    }
}

static bool range_parse(Arena *a, const char *text, int64_t out[2])
{
    const char *dots = strstr(text, "..");
    if (!dots) {
        bool one = date_parse(text, &out[0]);
        out[1] = out[0];
        return one;
    }
    const char *from = str_trim(a, arena_dup_n(a, text, (size_t)(dots - text)));
    return date_parse(from, &out[0]) && date_parse(str_trim(a, dots + 2), &out[1])
        && out[0] <= out[1];
}

static void load_days(Cx *cx, const Node *n, int64_t (**out)[2], int *count)
{
    const Node **each;
    int all;
    ref_texts(cx, n, &each, &all);
    *out = arena_alloc(cx->a, sizeof **out * (size_t)(all + 1));
    for (int i = 0; i < all; i++) {
        if (range_parse(cx->a, node_text(each[i]), (*out)[*count])) (*count)++;
        else
            cx_issue(cx, node_place(each[i]), "bad_day",
                "a day such as 2026-10-01 or days such as 2026-10-01..2026-10-07 are expected");
    }
}

static void load_one(Cx *cx, const Node *n, Calendar *c)
{
    *c = (Calendar){ .name = n->key };
    ref_name(cx, n, n->key, 63);
    if (!ref_map(cx, n) && !node_blank(n)) return;
    attr_check_keys(cx, n, calendar_attrs);
    const Node *hours = node_find(n, "hours");
    bool any = false;
    for (int i = 0; ref_map(cx, hours) && i < hours->n; i++)
        load_hours(cx, c, hours->item[i]);
    for (int d = 0; d < 7; d++) any |= c->nhours[d] > 0;
    if (!any)
        cx_issue(cx, node_key_place(n), "no_hours",
            "a calendar needs `hours` such as {mon-fri: [\"09:00-18:00\"]}");
    load_days(cx, node_find(n, "holidays"), &c->holiday, &c->nholiday);
    load_days(cx, node_find(n, "workdays"), &c->workday, &c->nworkday);
}

bool calendars_load(Cx *cx, App *app, const Node *map)
{
    if (!ref_map(cx, map)) return !map;
    app->calendar = ARENA_ARRAY(cx->a, Calendar, map->n + 1);
    for (int i = 0; i < map->n; i++) load_one(cx, map->item[i], &app->calendar[i]);
    app->ncalendar = map->n;
    return true;
}

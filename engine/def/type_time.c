/*
 * type_time.c — date and datetime. An instant is kept in UTC and shown in the reader's zone.
 */
#include "def/types.h"

#include <stdio.h>
#include <string.h>

/* 2026-3-2, also with / or . or as 2026年3月2日, in front of a text that str_fold has made plain; what
   follows it. NULL: there is none. */
static const char *leading_date(const char *text, int64_t *day)
{
    static const char *const marks[][2] = { { "-", "-" }, { "/", "/" }, { ".", "." }, { "年", "月" } };
    int year, month, date, end = 0;
    if (sscanf(text, "%4d%n", &year, &end) != 1 || !end) return NULL;
    for (int i = 0; i < LEN(marks); i++) {
        const char *p = text + end;
        int to = 0;
        if (!str_starts(p, marks[i][0])) continue;
        p += strlen(marks[i][0]);
        if (*p < '0' || *p > '9' || sscanf(p, "%2d%n", &month, &to) != 1) return NULL;
        if (!str_starts(p += to, marks[i][1])) return NULL;
        p += strlen(marks[i][1]);
        if (*p < '0' || *p > '9' || sscanf(p, "%2d%n", &date, &to) != 1) return NULL;
        if (!day_valid(year, month, date)) return NULL;
        *day = day_of((Ymd){ year, month, date });
        p += to;
        return str_starts(p, "日") ? p + strlen("日") : p;
    }
    return NULL;
}

static bool lenient_date(Arena *a, const char *text, int64_t *day)
{
    if (date_parse(text, day)) return true;
    const char *rest = leading_date(str_fold(a, text), day);
    return rest && !*rest;
}

/* The same with a time of day behind it: 2026/3/2 9:30. */
static bool lenient_datetime(Arena *a, const char *text, const Zone *zone, int64_t *at)
{
    char day[32];
    int64_t date, seconds;
    char *t = arena_dup(a, text);
    if (strlen(t) > 10 && t[10] == ' ') t[10] = 'T';
    if (datetime_parse(t, zone, at)) return true;
    const char *rest = leading_date(str_fold(a, text), &date);
    if (!rest) return false;
    while (*rest == ' ') rest++;
    if (rest[0] && rest[1] == ':') rest = arena_printf(a, "0%s", rest);
    if (!time_parse(rest, &seconds)) return false;
    date_show(day, sizeof day, date);
    return datetime_parse(arena_printf(a, "%sT%s", day, rest), zone, at);
}

static bool date_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    (void)zone;
    const char *text;
    int64_t day;
    *out = val_blank();
    if (!text_input(cx, f, in, &text)) return false;
    if (!text) return true;
    if (!lenient_date(cx->a, text, &day))
        return cx_issue(cx, at_field(f->key), "no_date", "is no date such as 2026-03-02");
    *out = val_date(day);
    return true;
}

static bool datetime_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    const char *text;
    int64_t at;
    *out = val_blank();
    if (!text_input(cx, f, in, &text)) return false;
    if (!text) return true;
    if (!zone) zone = zone_utc();
    if (lenient_date(cx->a, text, &at)) at = local_midnight(at, zone);
    else if (!lenient_datetime(cx->a, text, zone, &at))
        return cx_issue(cx, at_field(f->key), "no_datetime",
            "is no date and time such as 2026-03-02T09:00");
    *out = val_datetime(at);
    return true;
}

static bool bound(Cx *cx, Field *f, const Node *n, const char *key, Val *out)
{
    const Node *at = node_find(n, key);
    if (!at) return false;
    Cx inner = cx_begin(cx->a, cx->lang);
    if (f->type->read(&inner, f, at, f->form->app->zone, out) && !val_is_blank(*out))
        return true;
    return cx_issue(cx, node_place(at), "wrong_kind", "`%s` is a date such as 2026-03-02",
        key);
}

static bool time_load(Cx *cx, Field *f, const Node *n)
{
    f->has_min = bound(cx, f, n, "min", &f->min);
    f->has_max = bound(cx, f, n, "max", &f->max);
    if (f->has_min && f->has_max && f->min.i > f->max.i)
        return cx_issue(cx, node_place(node_find(n, "min")), "min_over_max",
            "`min` is more than `max`");
    return true;
}

static void show_at(Val v, const Zone *zone, Str *out)
{
    char text[64];
    if (v.kind == VAL_DATE) date_show(text, sizeof text, v.i);
    else {
        datetime_show_local(text, sizeof text, v.i, zone ? zone : zone_utc());
        char *t = strchr(text, 'T');
        if (t) *t = ' ';
    }
    str_add(out, text);
}

static void time_check(Cx *cx, const Field *f, Val v)
{
    const Zone *zone = f->form->app->zone;
    Str text = str_begin(cx->a);
    if (f->has_min && v.i < f->min.i) {
        show_at(f->min, zone, &text);
        cx_issue(cx, at_field(f->key), "too_early", "must not be before %s", str_show(&text));
    }
    if (f->has_max && v.i > f->max.i) {
        str_clear(&text);
        show_at(f->max, zone, &text);
        cx_issue(cx, at_field(f->key), "too_late", "must not be after %s", str_show(&text));
    }
}

static void time_field_show(const Field *f, Val v, const Show *as, Str *out)
{
    (void)f;
    show_at(v, as->zone, out);
}

static void time_json(const Field *f, Val v, Json *out)
{
    (void)f;
    json_val(out, v);
}

static const FieldAttr time_attrs[] = {
    { "min", ATTR_TEXT, "earliest", "min: 2020-01-01" },
    { "max", ATTR_TEXT, "latest", "max: 2030-12-31" },
    { 0 },
};

const FieldType type_date = {
    .name = "date", .label = "Date",
    .help = "a day", .store = STORE_DATE, .type = T_DATE, .attr = time_attrs,
    .load = time_load, .read = date_read, .check = time_check, .show = time_field_show,
    .json = time_json,
};

const FieldType type_datetime = {
    .name = "datetime", .label = "Date and time",
    .help = "a moment: day and time", .store = STORE_DATETIME,
    .type = T_DATETIME, .attr = time_attrs, .load = time_load, .read = datetime_read,
    .check = time_check, .show = time_field_show, .json = time_json,
};

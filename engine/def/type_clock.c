/*
 * type_clock.c — time and duration.
 *
 * A time of day is kept as text, 09:30 or 09:30:15, which sorts as it is. A duration is kept
 * as seconds, so that sums, order and comparisons are those of numbers; it comes back in the
 * largest unit that holds it whole (90m, 2d) and is shown in all of them (1h 30m). A day is
 * 24 hours; working days depend on a calendar and can be in no column.
 */
#include "def/types.h"

#include <ctype.h>
#include <string.h>

#define MOST_SECONDS INT64_C(315576000000)           /* ten thousand years */

static bool time_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    (void)zone;
    const char *text;
    int64_t seconds;
    *out = val_blank();
    if (!text_input(cx, f, in, &text)) return false;
    if (!text) return true;
    text = str_fold(cx->a, text);
    if (text[0] && text[1] == ':') text = arena_printf(cx->a, "0%s", text);
    if (!time_parse(text, &seconds))
        return cx_issue(cx, at_field(f->key), "no_time", "is no time such as 09:30");
    *out = val_time(seconds);
    return true;
}

/* The units as people write them; the longer of two that begin alike first. */
static const struct { const char *name; int seconds; } units[] = {
    { "weeks", 604800 }, { "week", 604800 }, { "w", 604800 }, { "周", 604800 },
    { "days", 86400 }, { "day", 86400 }, { "d", 86400 }, { "天", 86400 }, { "日", 86400 },
    { "hours", 3600 }, { "hour", 3600 }, { "h", 3600 }, { "小时", 3600 }, { "时", 3600 },
    { "minutes", 60 }, { "minute", 60 }, { "min", 60 }, { "m", 60 }, { "分钟", 60 },
    { "分", 60 }, { "seconds", 1 }, { "second", 1 }, { "sec", 1 }, { "s", 1 }, { "秒", 1 },
};

static int unit_of(const char **p)
{
    for (int i = 0; i < LEN(units); i++) {
        size_t n = strlen(units[i].name);
        if (strncmp(*p, units[i].name, n)) continue;
        *p += n;
        return units[i].seconds;
    }
    return 0;
}

/* 90m, 1h30m, 1h 30m, 1.5h, 2 days, 2天; each unit smaller than the one before. */
static bool read_span(const char *p, int64_t *seconds)
{
    bool negative = *p == '-';
    double sum = 0;
    int last = INT32_MAX;
    if (negative) p++;
    if (!*p) return false;
    while (*p) {
        double n = 0, tenth = 1;
        if (!isdigit((unsigned char)*p)) return false;
        for (; isdigit((unsigned char)*p); p++) n = n * 10 + (*p - '0');
        if (*p == '.' && isdigit((unsigned char)p[1]))
            for (p++; isdigit((unsigned char)*p); p++) n += (*p - '0') * (tenth /= 10);
        p += strspn(p, " ");
        int unit = unit_of(&p);
        if (!unit || unit >= last) return false;
        last = unit;
        sum += n * unit;
        p += strspn(p, " ");
    }
    if (!(sum <= (double)MOST_SECONDS)) return false;
    *seconds = (int64_t)(sum + 0.5);
    if (negative) *seconds = -*seconds;
    return true;
}

static bool is_working(const char *text)
{
    size_t n = strspn(text, "-0123456789 ");
    return n && (str_eq(text + n, "bd") || str_eq(text + n, "bh"));
}

static bool duration_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    (void)zone;
    const char *text;
    int64_t seconds;
    *out = val_blank();
    if (!text_input(cx, f, in, &text)) return false;
    if (!text) return true;
    text = str_fold(cx->a, text);
    if (is_working(text))
        return cx_issue(cx, at_field(f->key), "working_time",
            "working time depends on a calendar and cannot be kept; write 2d or 16h");
    if (!read_span(text, &seconds))
        return cx_issue(cx, at_field(f->key), "no_duration",
            "is no duration such as 30m, 1h 30m or 2d");
    *out = duration_of(seconds);
    return true;
}

static bool bound(Cx *cx, Field *f, const Node *n, const char *key, Val *out)
{
    const Node *at = node_find(n, key);
    if (!at) return false;
    Cx inner = cx_begin(cx->a, cx->lang);
    if (f->type->read(&inner, f, at, NULL, out) && !val_is_blank(*out)) return true;
    return cx_issue(cx, node_place(at), "wrong_kind",
        f->type == &type_time ? "`%s` is a time such as \"09:30\""
            : "`%s` is a duration such as 30m or 2d", key);
}

static bool clock_load(Cx *cx, Field *f, const Node *n)
{
    f->has_min = bound(cx, f, n, "min", &f->min);
    f->has_max = bound(cx, f, n, "max", &f->max);
    if (f->has_min && f->has_max && val_cmp(f->min, f->max) > 0)
        return cx_issue(cx, node_place(node_find(n, "min")), "min_over_max",
            "`min` is more than `max`");
    return true;
}

static void time_show_field(const Field *f, Val v, const Show *as, Str *out)
{
    (void)f;
    (void)as;
    char text[32];
    time_show(text, sizeof text, v.i);
    str_add(out, text);
}

void duration_words(int64_t seconds, Str *out)
{
    static const struct { int seconds; const char *name; } parts[] =
        { { 86400, "d" }, { 3600, "h" }, { 60, "m" }, { 1, "s" } };
    bool any = false;
    if (seconds < 0) str_add_char(out, '-');
    if (seconds < 0) seconds = -seconds;
    for (int i = 0; i < LEN(parts); i++) {
        int64_t n = seconds / parts[i].seconds;
        seconds %= parts[i].seconds;
        if (!n) continue;
        str_printf(out, "%s%lld%s", any ? " " : "", (long long)n, parts[i].name);
        any = true;
    }
    if (!any) str_add(out, "0m");
}

static void duration_show_field(const Field *f, Val v, const Show *as, Str *out)
{
    (void)f;
    (void)as;
    duration_words(duration_seconds(v), out);
}

static const char *shown(Cx *cx, const Field *f, Val v)
{
    return field_show(cx->a, f, v, NULL);
}

static void time_check(Cx *cx, const Field *f, Val v)
{
    if (f->has_min && val_cmp(v, f->min) < 0)
        cx_issue(cx, at_field(f->key), "too_early", "must not be before %s",
            shown(cx, f, f->min));
    if (f->has_max && val_cmp(v, f->max) > 0)
        cx_issue(cx, at_field(f->key), "too_late", "must not be after %s",
            shown(cx, f, f->max));
}

static void duration_check(Cx *cx, const Field *f, Val v)
{
    if (f->has_min && val_cmp(v, f->min) < 0)
        cx_issue(cx, at_field(f->key), "too_small", "must be at least %s",
            shown(cx, f, f->min));
    if (f->has_max && val_cmp(v, f->max) > 0)
        cx_issue(cx, at_field(f->key), "too_large", "must be at most %s",
            shown(cx, f, f->max));
}

static void clock_json(const Field *f, Val v, Json *out)
{
    (void)f;
    json_val(out, v.kind == VAL_DURATION ? duration_of(duration_seconds(v)) : v);
}

#define CLOCK_PATTERN "^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$"

static const FieldAttr time_attrs[] = {
    { "min", ATTR_TEXT, "earliest", "min: \"08:00\"", .pattern = CLOCK_PATTERN },
    { "max", ATTR_TEXT, "latest", "max: \"18:00\"", .pattern = CLOCK_PATTERN },
    { 0 },
};

static const FieldAttr duration_attrs[] = {
    { "min", ATTR_DURATION, "shortest", "min: 15m" },
    { "max", ATTR_DURATION, "longest", "max: 8h" },
    { 0 },
};

const FieldType type_time = {
    .name = "time", .label = "Time of day",
    .help = "a time of day", .store = STORE_TIME, .type = T_TIME,
    .attr = time_attrs, .load = clock_load, .read = time_read, .check = time_check,
    .show = time_show_field, .json = clock_json,
};

const FieldType type_duration = {
    .name = "duration", .label = "Duration",
    .help = "how long: 30m, 1h 30m, 2d; kept as seconds",
    .store = STORE_DURATION, .type = T_DURATION, .attr = duration_attrs, .load = clock_load,
    .read = duration_read, .check = duration_check, .show = duration_show_field,
    .json = clock_json, .align = "end",
};

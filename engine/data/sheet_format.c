/*
 * sheet_format.c — numbers of an .xlsx as they are meant: its formats say which are days, moments,
 * percentages, amounts.
 */
#include "data/sheet_in.h"
#include "base/decimal.h"
#include "base/when.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Days of the formats between the 1900 of spreadsheets, where that year is a leap year, and 1970. */
enum { EPOCH_1900 = 25569, FEBRUARY_29 = 60, EPOCH_1904 = 24107, LAST_DAY = 2958465 };

/* Formats that every program knows by number. */
static const struct { int from, to; FormatKind kind; } known[] = {
    { 9, 10, FORMAT_PERCENT }, { 14, 17, FORMAT_DATE }, { 18, 21, FORMAT_TIME },
    { 22, 22, FORMAT_DATETIME }, { 27, 31, FORMAT_DATE }, { 32, 35, FORMAT_TIME },
    { 36, 36, FORMAT_DATE }, { 45, 45, FORMAT_TIME }, { 46, 46, FORMAT_SPAN },
    { 47, 47, FORMAT_TIME }, { 50, 58, FORMAT_DATE },
};

static const char *const signs[] = { "¥", "￥", "$", "€", "£", "₩", "₹" };

static const char *sign_at(const char *p)
{
    for (int i = 0; i < LEN(signs); i++)
        if (str_starts(p, signs[i])) return i == 1 ? signs[0] : signs[i];
    return NULL;
}

typedef struct Seen { bool day, clock, minute, span, percent; const char *sign; } Seen;

/* A part in brackets: [h], [$¥-804], [Red]. */
static const char *bracket(const char *p, Seen *seen)
{
    const char *end = strchr(p, ']');

    if (!end) return p + strlen(p);
    if (p[1] == '$' && p[2] != '-') {
        const char *sign = sign_at(p + 2);
        if (sign) seen->sign = sign;
    } else if (end - p == 2 || (end - p == 3 && p[1] == p[2])) {
        seen->span |= strchr("hHmMsS", p[1]) != NULL;
    }
    return end + 1;
}

static const char *quoted(const char *p, Seen *seen)
{
    const char *end = strchr(p + 1, '"');

    if (sign_at(p + 1)) seen->sign = sign_at(p + 1);
    return end ? end + 1 : p + strlen(p);
}

static void look(const char *code, Seen *seen)
{
    for (const char *p = code; *p && *p != ';'; ) {
        if (*p == '"') p = quoted(p, seen);
        else if (*p == '[') p = bracket(p, seen);
        else if ((*p == '\\' || *p == '_' || *p == '*') && p[1]) {
            if (sign_at(p + 1)) seen->sign = sign_at(p + 1);
            p += 2;
        } else {
            if (sign_at(p)) seen->sign = sign_at(p);
            if (strchr("yYdD", *p)) seen->day = true;
            if (strchr("hHsS", *p)) seen->clock = true;
            if (strchr("mM", *p)) seen->minute = true;
            if (*p == '%') seen->percent = true;
            p++;
        }
    }
}

CellFormat format_of(int id, const char *code)
{
    Seen seen = { 0 };

    if (!code) {
        for (int i = 0; i < LEN(known); i++)
            if (id >= known[i].from && id <= known[i].to) return (CellFormat){ known[i].kind, NULL };
        return (CellFormat){ 0 };
    }
    if (!strncasecmp(code, "General", 7)) return (CellFormat){ 0 };
    look(code, &seen);
    if (seen.span) return (CellFormat){ FORMAT_SPAN, NULL };
    if (seen.day && seen.clock) return (CellFormat){ FORMAT_DATETIME, NULL };
    if (seen.clock) return (CellFormat){ FORMAT_TIME, NULL };
    if (seen.day || seen.minute) return (CellFormat){ FORMAT_DATE, NULL };
    if (seen.percent) return (CellFormat){ FORMAT_PERCENT, NULL };
    return (CellFormat){ FORMAT_PLAIN, seen.sign };
}

/* 15 digits, as people see it: 0.30000000000000004 is 0.3. */
static const char *plain(Arena *a, double d)
{
    char text[64];

    real_show(text, sizeof text, d);
    if (!strchr(text, 'e')) return arena_dup(a, text);
    return fabs(d) >= 1 ? arena_printf(a, "%.0f", d) : arena_printf(a, "%.12f", d);
}

static const char *moment(Arena *a, FormatKind kind, double d, bool from_1904)
{
    char day[32], clock[32];
    double whole = floor(d);
    int64_t seconds = (int64_t)llround((d - whole) * 86400);
    int64_t date = (int64_t)whole - (from_1904 ? EPOCH_1904 : EPOCH_1900);

    if (!from_1904 && whole < FEBRUARY_29) date++;
    if (seconds >= 86400) {
        seconds -= 86400;
        date++;
    }
    time_show(clock, sizeof clock, seconds);
    if (kind == FORMAT_TIME && whole < 1) return arena_dup(a, clock);
    date_show(day, sizeof day, date);
    if (kind == FORMAT_DATE && !seconds) return arena_dup(a, day);
    return arena_printf(a, "%s %s", day, clock);
}

const char *format_number(Arena *a, CellFormat f, const char *number, bool from_1904)
{
    char *end;
    double d = strtod(number, &end);

    if (end == number || *end || !isfinite(d)) return number;
    if (f.kind == FORMAT_PERCENT) return arena_printf(a, "%s%%", plain(a, d * 100));
    if (f.kind == FORMAT_SPAN && d >= 0 && d <= LAST_DAY) {
        int64_t s = (int64_t)llround(d * 86400);
        return arena_printf(a, "%lld:%02d:%02d", (long long)(s / 3600), (int)(s / 60 % 60),
            (int)(s % 60));
    }
    if (f.kind != FORMAT_PLAIN && d >= 0 && d <= LAST_DAY) return moment(a, f.kind, d, from_1904);
    const char *text = strlen(number) <= 15 && !number[strspn(number, "0123456789")]
        ? number : plain(a, d);
    if (!f.sign) return text;
    return *text == '-' ? arena_printf(a, "-%s%s", f.sign, text + 1)
        : arena_printf(a, "%s%s", f.sign, text);
}

/*
 * fn_format — numbers and dates as formatted text, and amounts in Chinese capital figures.
 */
#include "expr/tree.h"
#include "base/decimal.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Digits with thousands parted: 1234567 → 1,234,567. */
static void add_grouped(Str *s, const char *digits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) str_add_char(s, ',');
        str_add_char(s, digits[i]);
    }
}

typedef struct NumberShape {
    const char *from, *to;
    int least, digits, fixed;
    bool group, percent;
} NumberShape;

/* The run of 0 # , . in the format; what stands around it is kept as it is. */
static bool number_shape(const char *format, NumberShape *out)
{
    size_t lead = strcspn(format, "0#"), n = strspn(format + lead, "0#,.");
    *out = (NumberShape){ .from = format + lead, .to = format + lead + n };
    bool point = false;
    for (const char *p = out->from; p < out->to; p++) {
        if (*p == '.') point = true;
        if (*p == ',') out->group = true;
        if (*p == '0' && !point) out->least++;
        if (point && (*p == '0' || *p == '#')) out->digits++;
        if (point && *p == '0') out->fixed = out->digits;
    }
    out->percent = strchr(format, '%') != NULL;
    return n > 0 && out->digits <= DECIMAL_MAX_SCALE && out->least <= 15;
}

static Val format_number(Call *c, Val v, const char *format)
{
    NumberShape f;
    int64_t scaled;
    char buf[64];
    if (!number_shape(format, &f)) return val_text(value_text(c, v));
    if (f.percent) v = val_real(val_number(v) * 100);
    if (!val_scaled(v, f.digits, &scaled)) return val_blank();
    decimal_show(buf, sizeof buf, scaled < 0 ? -scaled : scaled, f.digits);
    char *point = strchr(buf, '.');
    size_t n = point ? (size_t)(point - buf) : strlen(buf);
    Str digits = str_begin(c->a), s = str_begin(c->a);
    for (size_t i = n; i < (size_t)f.least; i++) str_add_char(&digits, '0');
    if (!(n == 1 && buf[0] == '0' && f.least == 0)) str_add_n(&digits, buf, n);
    if (point) {
        size_t keep = strlen(point);
        while (keep > (size_t)f.fixed + 1 && point[keep - 1] == '0') keep--;
        point[keep == 1 ? 0 : keep] = '\0';
    }
    str_add_n(&s, format, (size_t)(f.from - format));
    if (scaled < 0) str_add_char(&s, '-');
    if (f.group) add_grouped(&s, str_show(&digits), digits.n);
    else str_add(&s, str_show(&digits));
    str_add(&s, point ? point : "");
    str_add(&s, f.to);
    return val_text(arena_dup(c->a, str_show(&s)));
}

/* y m d h s runs; m means minutes behind h or before s. */
static Val format_moment(Call *c, int64_t day, int seconds, const char *format)
{
    Ymd d = day_split(day);
    Str s = str_begin(c->a);
    bool after_hour = false;
    for (const char *p = format; *p; ) {
        int k = tolower((unsigned char)*p);
        int n = 0;
        while (p[n] && tolower((unsigned char)p[n]) == k) n++;
        const char *rest = p + n;
        while (*rest && !isalpha((unsigned char)*rest)) rest++;
        bool minute = k == 'm' && (after_hour || (*rest | 32) == 's');
        switch (k) {
        case 'y': str_printf(&s, "%0*d", n <= 2 ? 2 : 4, n <= 2 ? d.year % 100 : d.year); break;
        case 'm': str_printf(&s, "%0*d", n > 1 ? 2 : 1, minute ? seconds / 60 % 60 : d.month);
            break;
        case 'd': str_printf(&s, "%0*d", n > 1 ? 2 : 1, d.day); break;
        case 'h': str_printf(&s, "%0*d", n > 1 ? 2 : 1, seconds / 3600); break;
        case 's': str_printf(&s, "%0*d", n > 1 ? 2 : 1, seconds % 60); break;
        default:  str_add_n(&s, p, (size_t)n); break;
        }
        if (isalpha(k)) after_hour = k == 'h';
        p += n;
    }
    return val_text(arena_dup(c->a, str_show(&s)));
}

Val text_format(Call *c, Val v, const char *format)
{
    switch (v.kind) {
    case VAL_INT: case VAL_DEC: case VAL_REAL:
        return format_number(c, v, format);
    case VAL_DATE:
        return format_moment(c, v.i, 0, format);
    case VAL_TIME:
        return format_moment(c, 0, (int)v.i, format);
    case VAL_DATETIME: {
        int64_t local = v.i + zone_offset(c->zone, v.i), day = local_day(v.i, c->zone);
        return format_moment(c, day, (int)(local - day * 86400), format);
    }
    default:
        return val_text(value_text(c, v));
    }
}

/* One group of four digits; `gap` says that a zero stands before it. */
static void rmb_group(Str *s, int n, bool *gap, bool *any)
{
    static const char *const digit[] =
        { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
    static const char *const unit[] = { "仟", "佰", "拾", "" };
    int d[] = { n / 1000, n / 100 % 10, n / 10 % 10, n % 10 };
    for (int i = 0; i < 4; i++) {
        if (!d[i]) {
            *gap = true;
            continue;
        }
        if (*gap && *any) str_add(s, digit[0]);
        str_add(s, digit[d[i]]);
        str_add(s, unit[i]);
        *gap = false;
        *any = true;
    }
}

char *rmb_upper(Arena *a, double amount)
{
    static const char *const big[] = { "兆", "亿", "万", "元" };
    static const char *const digit[] =
        { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
    int64_t fen;
    if (!decimal_from_real(amount, 2, &fen) || fen <= -INT64_C(10000000000000000)
        || fen >= INT64_C(10000000000000000))
        return arena_dup(a, "");
    Str s = str_begin(a);
    if (fen < 0) { str_add(&s, "负"); fen = -fen; }
    int64_t yuan = fen / 100, part = INT64_C(1000000000000);
    bool gap = false, any = false;
    for (int i = 0; i < 4; i++, part /= 10000) {
        int n = (int)(yuan / part % 10000);
        if (n) {
            rmb_group(&s, n, &gap, &any);
            str_add(&s, big[i]);
        } else {
            gap = gap || any;
            if (i == 3 && any) str_add(&s, big[i]);
        }
    }
    int jiao = (int)(fen / 10 % 10), cent = (int)(fen % 10);
    if (!jiao && !cent) {
        str_add(&s, any ? "整" : "零元整");
        return arena_dup(a, str_show(&s));
    }
    if (jiao) str_printf(&s, "%s角", digit[jiao]);
    else if (any) str_add(&s, digit[0]);
    if (cent) str_printf(&s, "%s分", digit[cent]);
    else str_add(&s, "整");
    return arena_dup(a, str_show(&s));
}

/*
 * Numbers are taken apart into decimal digits, rounded there and put together again: no
 * product of a double with a power of ten decides a rounding. Doubles whose scaled value is
 * far from a half take a short cut.
 */
#include "base/decimal.h"
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGNIFICANT 15        /* digits that a double holds for certain */
#define KEPT 40               /* more than an int64 or any rounding can need */

/* 0.d1d2d3… times 10^exp; d1 is not 0. n = 0 is zero. */
typedef struct Digits { bool negative; int n; long exp; char d[KEPT]; } Digits;

static const int64_t power[] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
    100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
    10000000000000000, 100000000000000000, 1000000000000000000
};

static int64_t power_of_ten(int n)
{
    BUG_IF(n < 0 || n >= LEN(power));
    return power[n];
}

/* Reads digits with an optional point; false if there is no digit. */
static bool read_digits(const char **p, Digits *out)
{
    bool any = false, point = false;

    for (;; (*p)++) {
        char c = **p;
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            return any;
        any = true;
        if (c == '0' && !out->n) {            /* before the first digit that counts */
            out->exp -= point;
            continue;
        }
        if (out->n < KEPT)
            out->d[out->n++] = (char)(c - '0');
        out->exp += !point;
    }
}

static bool read_exponent(const char **p, long *exp)
{
    bool negative = false;
    long e = 0;

    (*p)++;
    if (**p == '+' || **p == '-')
        negative = *(*p)++ == '-';
    if (!isdigit((unsigned char)**p))
        return false;
    for (; isdigit((unsigned char)**p); (*p)++)
        if (e < 100000)
            e = e * 10 + (**p - '0');
    *exp += negative ? -e : e;
    return true;
}

static bool digits_read(const char *text, Digits *out)
{
    *out = (Digits){ 0 };
    if (*text == '+' || *text == '-')
        out->negative = *text++ == '-';
    if (!read_digits(&text, out))
        return false;
    if ((*text == 'e' || *text == 'E') && !read_exponent(&text, &out->exp))
        return false;
    return *text == '\0';
}

/* Half away from zero, so the first digit that goes decides. */
static void keep_digits(Digits *g, long keep)
{
    bool up;

    if (keep >= g->n)
        return;
    if (keep < 0) {
        g->n = 0;
        return;
    }
    up = g->d[keep] >= 5;
    g->n = (int)keep;
    if (!up)
        return;
    while (g->n && g->d[g->n - 1] == 9)
        g->n--;
    if (g->n) {
        g->d[g->n - 1]++;
    } else {
        g->d[g->n++] = 1;
        g->exp++;
    }
}

/* To `scale` digits after the point. 15 significant digits come first, unless the rounding
   keeps as many anyway. */
static void digits_round(Digits *g, long scale)
{
    if (g->exp + scale < SIGNIFICANT)
        keep_digits(g, SIGNIFICANT);
    keep_digits(g, g->exp + scale);
}

static bool digits_scaled(const Digits *g, int scale, int64_t *out)
{
    long count = g->exp + scale;
    int64_t v = 0;

    if (!g->n) {
        *out = 0;
        return true;
    }
    for (long i = 0; i < count; i++)
        if (i > 19 || __builtin_mul_overflow(v, 10, &v)
            || __builtin_add_overflow(v, i < g->n ? g->d[i] : 0, &v))
            return false;
    *out = g->negative ? -v : v;
    return true;
}

bool decimal_parse(const char *text, int scale, int64_t *out)
{
    Digits g;

    if (!digits_read(text, &g))
        return false;
    digits_round(&g, scale);
    return digits_scaled(&g, scale, out);
}

static void real_digits(double d, Digits *out)
{
    char buf[64];

    snprintf(buf, sizeof buf, "%.30e", d);
    digits_read(buf, out);
}

/* The scaled integer where 15 digits cannot change it; false: take the long way. */
static bool scaled_fast(double d, int scale, int64_t *out)
{
    double x = fabs(d) * (double)power_of_ten(scale), whole = floor(x);

    if (!(x < 1e12) || fabs(x - whole - 0.5) <= x * 1e-14 + 1e-300)
        return false;
    whole += x - whole > 0.5;
    *out = d < 0 ? -(int64_t)whole : (int64_t)whole;
    return true;
}

bool decimal_from_real(double d, int scale, int64_t *out)
{
    Digits g;

    if (!isfinite(d))
        return false;
    if (scaled_fast(d, scale, out))
        return true;
    real_digits(d, &g);
    digits_round(&g, scale);
    return digits_scaled(&g, scale, out);
}

double decimal_real(int64_t scaled, int scale)
{
    return (double)scaled / (double)power_of_ten(scale);
}

bool decimal_rescale(int64_t in, int from, int to, int64_t *out)
{
    int64_t by, rest;

    if (to >= from)
        return !__builtin_mul_overflow(in, power_of_ten(to - from), out);
    by = power_of_ten(from - to);
    rest = in % by;
    *out = in / by;
    if (rest >= by - rest)                    /* 2 * rest >= by without overflow */
        ++*out;
    else if (-rest >= by + rest)
        --*out;
    return true;
}

bool decimal_add(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

double decimal_round(double d, int scale)
{
    char buf[KEPT + 32];
    int64_t scaled;
    Digits g;
    int n = 0;

    if (!isfinite(d) || scale > 400)
        return d;
    if (scale < -400)
        return 0;
    if (scale >= 0 && scale <= DECIMAL_MAX_SCALE && scaled_fast(d, scale, &scaled))
        return decimal_real(scaled, scale);
    real_digits(d, &g);
    if (g.exp + scale >= SIGNIFICANT)
        return d;
    digits_round(&g, scale);
    if (!g.n)
        return 0;
    n = snprintf(buf, sizeof buf, "%s0.", g.negative ? "-" : "");
    for (int i = 0; i < g.n; i++)
        buf[n++] = (char)('0' + g.d[i]);
    snprintf(buf + n, sizeof buf - (size_t)n, "e%ld", g.exp);
    return strtod(buf, NULL);
}

/* Backwards from the end, a point after `scale` digits; the first character. */
static char *write_back(char *end, int64_t scaled, int scale)
{
    uint64_t v = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;

    for (int i = 0; i < scale; i++, v /= 10)
        *--end = (char)('0' + v % 10);
    if (scale)
        *--end = '.';
    do *--end = (char)('0' + v % 10); while (v /= 10);
    if (scaled < 0)
        *--end = '-';
    return end;
}

int int_show(char out[INT_SHOWN], int64_t i)
{
    char buf[INT_SHOWN], *end = buf + sizeof buf - 1, *p = write_back(end, i, 0);

    *end = '\0';
    memcpy(out, p, (size_t)(end - p) + 1);
    return (int)(end - p);
}

int decimal_show(char *out, size_t cap, int64_t scaled, int scale)
{
    char buf[INT_SHOWN + KEPT], *end = buf + sizeof buf;
    BUG_IF(scale < 0 || scale > KEPT);
    char *p = write_back(end, scaled, scale);
    size_t n = (size_t)(end - p), fits = n < cap ? n : cap - 1;

    if (!cap)
        return (int)n;
    memcpy(out, p, fits);
    out[fits] = '\0';
    return (int)n;
}

int real_show(char *out, size_t cap, double d)
{
    if (!isfinite(d))
        return snprintf(out, cap, "%s", "");
    return snprintf(out, cap, "%.*g", SIGNIFICANT, d == 0 ? 0 : d);
}

bool val_scaled(Val v, int scale, int64_t *out)
{
    switch (v.kind) {
    case VAL_INT:  return decimal_rescale(v.i, 0, scale, out);
    case VAL_DEC:  return decimal_rescale(v.i, v.scale, scale, out);
    case VAL_REAL: return decimal_from_real(v.d, scale, out);
    default:       return false;
    }
}

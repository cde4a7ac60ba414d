/*
 * Years are counted from March, so that the leap day is the last of its year and months have
 * a regular pattern (153 days in five); eras of 400 years make every quotient non-negative.
 */
#include "base/day.h"

int64_t day_of(Ymd d)
{
    int64_t y = d.year - (d.month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Ymd day_split(int64_t day)
{
    int64_t z = day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t n = z - era * 146097;
    int64_t y = (n - n / 1460 + n / 36524 - n / 146096) / 365;
    int64_t of_year = n - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    int month = (int)(m < 10 ? m + 3 : m - 9);

    return (Ymd){ (int)(y + era * 400 + (month <= 2)), month,
                  (int)(of_year - (153 * m + 2) / 5 + 1) };
}

int day_month_length(int year, int month)
{
    static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : length[month - 1];
}

bool day_valid(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12
        && day >= 1 && day <= day_month_length(year, month);
}

int day_weekday(int64_t day)
{
    int64_t w = (day + 3) % 7;                /* 1970-01-01 was a Thursday */

    return (int)(w < 0 ? w + 7 : w) + 1;
}

int day_iso_week(int64_t day)
{
    int64_t thursday = day - day_weekday(day) + 4;    /* it decides the week's year */
    int64_t first = day_of((Ymd){ day_split(thursday).year, 1, 1 });

    return (int)((thursday - first) / 7) + 1;
}

int64_t day_add_months(int64_t day, int months)
{
    Ymd d = day_split(day);
    int64_t m = (int64_t)d.year * 12 + d.month - 1 + months;
    int64_t year = (m >= 0 ? m : m - 11) / 12;
    int last;

    d.year = (int)year;
    d.month = (int)(m - year * 12) + 1;
    last = day_month_length(d.year, d.month);
    if (d.day > last)
        d.day = last;
    return day_of(d);
}

/*
 * day — the calendar: days since 1970-01-01 (proleptic Gregorian) to year, month, day and back.
 */
#ifndef BASE_DAY_H
#define BASE_DAY_H
#include "base/mem.h"

typedef struct Ymd { int year, month, day; } Ymd;             /* month, day from 1 */

#define DAY_MIN (-719162)                                     /* 0001-01-01 */
#define DAY_MAX 2932896                                       /* 9999-12-31 */

int64_t day_of(Ymd d);
Ymd day_split(int64_t day);
bool day_valid(int year, int month, int day);                 /* year 1 … 9999 */
int day_weekday(int64_t day);                                 /* 1 = Monday … 7 = Sunday */
int day_iso_week(int64_t day);
int64_t day_add_months(int64_t day, int months);              /* clamps to the month's end */
int day_month_length(int year, int month);
#endif

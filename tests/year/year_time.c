/*
 * year_time.c — a calendar of its own, by walking days and seconds: slow and plain, so that it
 * errs in other places than the engine's, if it does.
 */
#include "year.h"

#define ZONE (8 * HOUR)

int64_t day_at(int64_t at)
{
    return (at + ZONE) / DAY;
}

int64_t at_of(int64_t day, int64_t second)
{
    return day * DAY + second - ZONE;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int length(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && leap(year));
}

int64_t ymd(int year, int month, int day)
{
    int64_t n = 0;

    for (int y = 1970; y < year; y++) n += 365 + leap(y);
    for (int y = year; y < 1970; y++) n -= 365 + leap(y);
    for (int m = 1; m < month; m++) n += length(year, m);
    return n + day - 1;
}

void ymd_of(int64_t day, int *year, int *month, int *date)
{
    for (*year = 1970; day >= 365 + leap(*year); (*year)++) day -= 365 + leap(*year);
    for (*month = 1; day >= length(*year, *month); (*month)++) day -= length(*year, *month);
    *date = (int)day + 1;
}

int weekday(int64_t day)
{
    return (int)((day + 3) % 7) + 1;          /* 1970-01-01 was a Thursday */
}

/* As app.yaml has them; holidays from … to. */
bool works(int64_t day)
{
    static const int off[][5] = { { 2027, 4, 5, 4, 5 }, { 2027, 5, 1, 5, 5 },
        { 2027, 10, 1, 10, 7 }, { 2028, 1, 26, 2, 2 } };
    static const int on[][3] = { { 2027, 4, 24 }, { 2027, 5, 8 }, { 2027, 9, 25 },
        { 2027, 10, 9 }, { 2028, 1, 22 }, { 2028, 2, 5 } };

    for (int i = 0; i < LEN(on); i++)
        if (day == ymd(on[i][0], on[i][1], on[i][2])) return true;
    for (int i = 0; i < LEN(off); i++)
        if (day >= ymd(off[i][0], off[i][1], off[i][2])
            && day <= ymd(off[i][0], off[i][3], off[i][4])) return false;
    return weekday(day) <= 5;
}

static const int64_t hours[2][2] = { { 9 * HOUR, 12 * HOUR }, { 13 * HOUR, 18 * HOUR } };

bool open_at(int64_t at)
{
    int64_t s = at - at_of(day_at(at), 0);

    return works(day_at(at)) && ((s >= hours[0][0] && s < hours[0][1])
        || (s >= hours[1][0] && s < hours[1][1]));
}

int64_t work_between(int64_t from, int64_t to)
{
    int64_t sum = 0;

    for (int64_t day = day_at(from); day <= day_at(to); day++)
        for (int i = 0; works(day) && i < 2; i++) {
            int64_t a = at_of(day, hours[i][0]), b = at_of(day, hours[i][1]);
            if (a < from) a = from;
            if (b > to) b = to;
            if (b > a) sum += b - a;
        }
    return sum;
}

int64_t add_work(int64_t at, int64_t seconds)
{
    for (int64_t day = day_at(at);; day++)
        for (int i = 0; works(day) && i < 2; i++) {
            int64_t a = at_of(day, hours[i][0]), b = at_of(day, hours[i][1]);
            if (a < at) a = at;
            if (b <= a) continue;
            if (seconds <= b - a) return a + seconds;
            seconds -= b - a;
        }
}

int64_t add_workdays(int64_t at, int n)
{
    int64_t day = day_at(at), second = at - at_of(day, 0);

    while (n) n -= works(++day);
    return at_of(day, second);
}

int64_t next_work(int64_t at)
{
    while (!open_at(at)) {
        int64_t day = day_at(at), s = at - at_of(day, 0);
        if (!works(day) || s >= hours[1][1]) at = at_of(day + 1, 0);
        else at = at_of(day, s < hours[0][0] ? hours[0][0] : hours[1][0]);
    }
    return at;
}

/* ---- the generator's dice: splitmix64, the same on every machine ---- */
static uint64_t dice_state;

void seed_with(uint64_t seed)
{
    dice_state = seed;
}

int dice(int n)
{
    uint64_t z = dice_state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (int)((z ^ (z >> 31)) % (uint64_t)n);
}

bool chance(int percent)
{
    return dice(100) < percent;
}

/*
 * calendar_days — the days a calendar shows, and the records that stand on them.
 */
#ifndef HTTP_CALENDAR_DAYS_H
#define HTTP_CALENDAR_DAYS_H
#include "http/list_page.h"

typedef struct CalEvent { const Record *r; int64_t from, to; } CalEvent;   /* days, both included */
typedef struct CalDay {
    int64_t day;
    CalEvent *event; int n, cap;       /* at most as many as fit */
    int64_t rest;                      /* how many more there are; counted up to 100 */
} CalDay;
typedef struct Cal {
    const ListLook *look;
    const Field *date, *end;           /* end NULL: none, or not for this person */
    bool week, moment;                 /* a week; dates are moments */
    int64_t today, at;                 /* at: the first of the month, or of the week */
    CalDay *day; int n;
    bool unsure;                       /* `rest` may be more than it says */
} Cal;

/* The weekday a week begins with in that language: 1 Monday … 7 Sunday. */
int calendar_first(const char *lang);
/* Which days: those of the address, else this month. */
void calendar_days(Work *w, const ListLook *x, Cal *c);
/* The records of all of them: one query where few stand there, one bounded query a day where
   there are many. */
MUST bool calendar_fill(Work *w, Cal *c);
/* The condition for days from … to, as an expression; what was typed comes with it. */
const char *calendar_filter(Work *w, const Cal *c, int64_t from, int64_t to);
#endif

/*
 * dash_ask — what the filters of a dashboard are set to, and what a card asks for with it.
 *
 * A filter's name in a card becomes what it is set to, as one would write it: `closed_on in period`
 * becomes `closed_on in period('2026-01-01', '2026-03-31')`. So a number and the list of the records
 * it counts are asked with one text. Conditions that name a filter which is not set are left out.
 */
#ifndef DATA_DASH_ASK_H
#define DATA_DASH_ASK_H
#include "data/query.h"
#include "def/dashboard.h"

typedef struct DashSet {
    const DashFilter *filter;
    const char *value;         /* as asked: a word, "2026-01-01..2026-03-31", an id, an option; "": not set */
    const char *literal;       /* in expressions; NULL: not set */
    int64_t from, to;          /* PERIOD: first and last day */
    int64_t id;                /* DEPARTMENT, USER */
} DashSet;
typedef struct DashAsk { const Dashboard *dashboard; DashSet *set; int n; } DashAsk;

/* May this person open it: one of its roles, or without roles who may read one of its forms;
   one of words alone: everybody. */
bool dash_may(Work *w, const Dashboard *d);
/* `asked` gives what is asked for under a name, NULL: nothing is said, so the filter's default. A
   period's ends may stand apart, as NAME.from and NAME.to. E_INPUT with an issue on the filter. */
MUST bool dash_ask(Work *w, const Dashboard *d, const char *(*asked)(void *ctx, const char *name), void *ctx,
    DashAsk *out);
/* The filter of a card as text; NULL: it asks for all records. */
const char *dash_filter(Work *w, const DashAsk *ask, const Card *c);
/* The same with the card's period as it was before (`compare`); *from, *to: its days. False: there is
   no period to go back from. */
bool dash_before(Work *w, const DashAsk *ask, const Card *c, const char **filter, int64_t *from, int64_t *to);
/* What the period of a card is set to, or NULL: none, or not set. */
const DashSet *dash_period(const DashAsk *ask, const Card *c);
/* The days of one of period_words, as of today there; false: no such word. */
bool period_days(const char *word, int64_t today, int64_t *from, int64_t *to);
#endif

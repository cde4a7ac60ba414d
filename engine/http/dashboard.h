/*
 * dashboard — a dashboard as the tree that its page shows and the API answers with.
 *
 * {dashboard, label, help, filters, cards}; see docs/api.md for what stands in it. Every number has its
 * text as people read it, and the address of the list of the records it counts.
 */
#ifndef HTTP_DASHBOARD_H
#define HTTP_DASHBOARD_H
#include "http/page.h"
#include "data/chart.h"

/* The dashboard of the path's last segment, and its filters as the address sets them. E_MISSING when
   there is none that this person may open. */
MUST bool dashboard_ask(Work *w, const Request *q, const char *key, DashAsk *out);
/* A card that fails has `problem`; the others stand. */
MUST bool dashboard_node(Work *w, const DashAsk *ask, Node **out);
const char *dashboard_label(const Dashboard *d, const char *lang);

/* dashboard_words.c */
/* A key of a group, as people read it. */
const char *dim_shown(Work *w, const Dim *d, Val key);
const char *dim_label(Work *w, const Dim *d);
const char *measure_shown(Work *w, const Measure *m, Val v);
const char *measure_label(Work *w, const Measure *m);
/* The condition that a record is of this group. */
const char *dim_condition(Work *w, const Dim *d, Val key);
/* The condition that it is of none of these. */
const char *dim_others(Work *w, const Dim *d, const Val *key, int n);
/* The colour or status of an option or stage, or NULL. */
const char *dim_color(const Dim *d, Val key);
const char *dim_status(const Dim *d, Val key);
/* "12.5 %"; sign: with + or −. */
const char *share_shown(Work *w, double share, bool sign);

/* One card of each kind: what is its own, into `card`. dashboard_chart.c, dashboard_funnel.c */
typedef struct CardAsk { const DashAsk *ask; const Card *card; const char *filter; } CardAsk;
bool card_metric(Work *w, const CardAsk *c, Node *card);
bool card_gauge(Work *w, const CardAsk *c, Node *card);
bool card_matrix(Work *w, const CardAsk *c, Node *card);
bool card_funnel(Work *w, const CardAsk *c, Node *card);
bool card_table(Work *w, const CardAsk *c, Node *card);
/* The list of all records of a filter, whatever its views show. */
const char *records_href(Work *w, const Form *f, const char *filter);
/* A number or NULL. */
Node *number_node(Arena *a, Val v);
#endif

/*
 * dashboard — cards with figures and charts of the records one may read, and filters above them.
 *
 * The expressions of a card are checked when it is loaded and kept as texts: a card asks what a
 * person could ask by typing them, with that person's rights, and leads to the same filter of a
 * list. The names of filters stand in them; asked with, they become literals (data/dash_ask).
 */
#ifndef DEF_DASHBOARD_H
#define DEF_DASHBOARD_H
#include "def/app.h"

typedef enum FilterKind { FILTER_PERIOD, FILTER_DEPARTMENT, FILTER_USER, FILTER_CHOICE } FilterKind;
typedef struct DashFilter {
    const char *key; Label label; FilterKind kind;
    const char *preset;        /* what it is set to at first: see filter_variants; NULL: nothing */
    const Field *field;        /* choice: whose options */
} DashFilter;

typedef enum ChartKind {
    CHART_METRIC, CHART_GAUGE, CHART_BAR, CHART_LINE, CHART_AREA, CHART_PIE, CHART_FUNNEL,
    CHART_RADAR, CHART_HEATMAP, CHART_PIVOT, CHART_TABLE, CHART_LEADERBOARD, CHART_TEXT, CHARTS
} ChartKind;
/* AUTO: names and people by size, all else by what they are of. */
typedef enum CardOrder { ORDER_AUTO, ORDER_KEY, ORDER_VALUE } CardOrder;
typedef enum Compare { COMPARE_NONE, COMPARE_PREVIOUS, COMPARE_YEAR } Compare;
enum {
    SHOW_COUNT = 1, SHOW_AMOUNT = 2, SHOW_CONVERSION = 4, SHOW_LOSS = 8, SHOW_REASON = 16,
    SHOW_MEDIAN = 32
};

/* A condition of a card's filter, and where it names filters of the dashboard. */
typedef struct Piece { const char *text; const Expr *expr; ExprParam *param; int nparam; } Piece;
typedef struct Card {
    ChartKind chart; Label label, help, text; const Node *at;
    int width;                 /* of twelve columns */
    const Form *form;          /* NULL: text */
    Piece *piece; int npiece;  /* which records: all of these hold; none: all */
    const char **by; int nby;  /* what makes the groups; pivot: the rows */
    const char *across;        /* pivot: what makes the columns, or NULL */
    const char **value; int nvalue;            /* aggregates; funnel: the amount */
    const char *target;        /* gauge: an aggregate or a number */
    const DashFilter *period;  /* metric with compare, funnel: which one; NULL: none */
    Compare compare;
    int limit;                 /* rows or groups at most */
    bool limited;              /* the file says so */
    bool stack; CardOrder order;
    unsigned show;             /* funnel */
    const Workflow *flow;      /* funnel */
    const View *view;          /* table */
    Sort *sort; int nsort;     /* table; none: the view's */
} Card;

struct Dashboard {
    const char *key, *file; Label label, help; const Node *at;
    Role **role; int nrole;    /* who may open it; none: who may read one of its forms */
    DashFilter *filter; int nfilter;
    Card *card; int ncard;
};

extern const char *const chart_names[CHARTS];
/* After forms and workflows were bound. */
Dashboard *dashboard_load(Cx *cx, App *app, const char *file, const Node *n);
void cards_load(Cx *cx, App *app, Dashboard *d, const Node *list);
const DashFilter *dashboard_filter(const Dashboard *d, const char *key);        /* NULL if absent */
/* The app as expressions over the records of its cards see it: the filters are named. */
const App *dashboard_named(Cx *cx, const App *app, const Dashboard *d);
/* The words that a date_range may be set to, such as this_quarter. */
int period_words(const char *const **out);
#endif

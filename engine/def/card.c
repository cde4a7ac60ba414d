/*
 * card.c — the cards of a dashboard: which keys each chart has, and whether what they say fits.
 */
#include "def/dashboard.h"
#include "def/value.h"
#include "def/view.h"
#include "expr/shape.h"

#include <string.h>

const char *const chart_names[CHARTS] = { "metric", "gauge", "bar", "line", "area", "pie", "funnel",
    "radar", "heatmap", "pivot", "table", "leaderboard", "text" };
static const char *const compare_words[] = { "previous", "year" };
static const char *const order_words[] = { "key", "value" };
/* In the order of the bits SHOW_…. */
static const char *const show_words[] = { "count", "amount", "conversion", "loss", "loss_reason", "median_days" };

#define CARD_HEAD(kind) \
    { "chart", ATTR_CHOICE, "how it is drawn", "chart: " kind, ATTR_WORDS(chart_names), \
      .flags = ATTR_NEEDED }, \
    { "label", ATTR_LABEL, "what stands above it; without it what it counts", \
      "label: {en: Won, zh: 已成交}" }, \
    { "help", ATTR_LABEL, "a line below the label", "help: Signed in the period", \
      .label = "What it shows" }, \
    { "w", ATTR_INT, "how many of twelve columns it is wide", "w: 6", .least = 1, .most = 12, \
      .flags = ATTR_NUMBERED, .label = "Width" }
#define CARD_OVER \
    { "form", ATTR_FORM, "whose records it counts", "form: test", .flags = ATTR_NEEDED }, \
    { "filter", ATTR_EXPR, "which of them; it may name filters of the dashboard", \
      "filter: \"amount > 100\"" }
#define CARD_VALUE \
    { "value", ATTR_EXPR, "what is computed of the records", "value: \"sum(amount)\"", \
      .flags = ATTR_NEEDED }
#define CARD_VALUES \
    { "value", ATTR_EXPRS, "what is computed of each group, or several", "value: \"sum(amount)\"", \
      .flags = ATTR_NEEDED }
#define CARD_BY(help, example) \
    { "by", ATTR_EXPRS, help, example, .flags = ATTR_NEEDED, .label = "Groups by" }
#define CARD_LIMIT(help) \
    { "limit", ATTR_INT, help, "limit: 10", .least = 1, .most = 200, .flags = ATTR_NUMBERED }
#define CARD_ORDER \
    { "order", ATTR_CHOICE, "`value`: the largest first, `key`: by what they are of; without it names and people by size, " \
      "options, stages and days in their own order", "order: value", \
      ATTR_WORDS(order_words) }
#define CARD_STACK { "stack", ATTR_BOOL, "one upon another", "stack: true", .label = "Stacked" }
#define CARD_PERIOD(help) \
    { "period", ATTR_TEXT, help, "period: period", .pattern = "^[a-z][a-z0-9_]*$", \
      .label = "Filter of the period" }
#define BY_ONE CARD_BY("what makes the groups", "by: kind")
#define BY_TWO CARD_BY("what makes the groups; a second one makes series", "by: [\"start_of(due, 'month')\", kind]")

static const Attr metric_attrs[] = {
    CARD_HEAD("metric"), CARD_OVER, CARD_VALUE,
    { "compare", ATTR_CHOICE, "with the period before, or the same one a year before", "compare: previous",
      ATTR_WORDS(compare_words), .label = "Compared with" },
    CARD_PERIOD("which filter says the period that is compared; without it the only one"),
    { 0 },
};
static const Attr gauge_attrs[] = {
    CARD_HEAD("gauge"), CARD_OVER, CARD_VALUE,
    { "target", ATTR_EXPR, "what would be full: a number, or computed of the same records",
      "target: 1000000", .flags = ATTR_NEEDED },
    { 0 },
};
static const Attr bar_attrs[] = {
    CARD_HEAD("bar"), CARD_OVER, BY_TWO, CARD_VALUES, CARD_STACK, CARD_ORDER,
    CARD_LIMIT("groups at most; the rest is one"), { 0 },
};
static const Attr line_attrs[] = { CARD_HEAD("line"), CARD_OVER, BY_TWO, CARD_VALUES, { 0 } };
static const Attr area_attrs[] = { CARD_HEAD("area"), CARD_OVER, BY_TWO, CARD_VALUES, CARD_STACK, { 0 } };
static const Attr pie_attrs[] = {
    CARD_HEAD("pie"), CARD_OVER, BY_ONE, CARD_VALUE, CARD_LIMIT("parts at most; the rest is one"), { 0 },
};
static const Attr funnel_attrs[] = {
    CARD_HEAD("funnel"), CARD_OVER,
    { "workflow", ATTR_TEXT, "whose stages", "workflow: test", .flags = ATTR_NEEDED },
    { "show", ATTR_TEXTS, "count, amount, conversion, loss, loss_reason, median_days; without it count, "
      "conversion and loss", "show: [count, median_days]", ATTR_WORDS(show_words),
      .pattern = "^(count|amount|conversion|loss|loss_reason|median_days)$", .label = "Shows" },
    { "value", ATTR_EXPR, "what `amount` is", "value: \"sum(amount)\"" },
    CARD_PERIOD("which filter says when records entered; without it whenever"),
    { 0 },
};
static const Attr radar_attrs[] = { CARD_HEAD("radar"), CARD_OVER, BY_TWO, CARD_VALUES, { 0 } };
static const Attr heatmap_attrs[] = {
    CARD_HEAD("heatmap"), CARD_OVER,
    CARD_BY("what makes the rows, and the columns", "by: [\"weekday(born_on)\", kind]"), CARD_VALUE, { 0 },
};
static const Attr pivot_attrs[] = {
    CARD_HEAD("pivot"), CARD_OVER,
    CARD_BY("what makes the rows, one to three", "by: [customer, kind]"),
    { "across", ATTR_EXPR, "what makes the columns", "across: kind", .label = "Columns by" },
    CARD_VALUES, CARD_LIMIT("rows at most"), { 0 },
};
static const Attr table_card_attrs[] = {
    CARD_HEAD("table"), CARD_OVER,
    { "view", ATTR_TEXT, "the view of the form whose columns, order and filter it has; without it the "
      "first", "view: all" },
    { "sort", ATTR_TEXTS, "fields in order of weight, - before one is downwards; without it as the view is",
      "sort: [-amount, name]", .pattern = "^-?[a-z][a-z0-9_]*$" },
    CARD_LIMIT("records at most"), { 0 },
};
static const Attr leaderboard_attrs[] = {
    CARD_HEAD("leaderboard"), CARD_OVER, BY_ONE, CARD_VALUE, CARD_LIMIT("places at most"), { 0 },
};
static const Attr text_attrs[] = {
    CARD_HEAD("text"),
    { "text", ATTR_LABEL, "Markdown", "text: {en: \"**Read this first**\", zh: \"**请先阅读**\"}",
      .flags = ATTR_NEEDED, .label = "What it says" },
    { 0 },
};

/* In the order of ChartKind. */
const AttrVariant card_variants[] = {
    [CHART_METRIC] = { "metric", "one number, and how it was before", metric_attrs, "Metric" },
    [CHART_GAUGE] = { "gauge", "how far a number is on its way to a target", gauge_attrs, "Gauge" },
    [CHART_BAR] = { "bar", "groups side by side", bar_attrs, "Bars" },
    [CHART_LINE] = { "line", "how numbers change over time", line_attrs, "Lines" },
    [CHART_AREA] = { "area", "how parts add up over time", area_attrs, "Areas" },
    [CHART_PIE] = { "pie", "shares of a whole", pie_attrs, "Pie" },
    [CHART_FUNNEL] = { "funnel", "how many come through the stages, and where others are lost",
        funnel_attrs, "Funnel" },
    [CHART_RADAR] = { "radar", "a profile of several sides", radar_attrs, "Radar" },
    [CHART_HEATMAP] = { "heatmap", "where in two directions it is much or little", heatmap_attrs, "Heat map" },
    [CHART_PIVOT] = { "pivot", "numbers by rows and columns, with totals", pivot_attrs, "Pivot table" },
    [CHART_TABLE] = { "table", "records of a view", table_card_attrs, "List" },
    [CHART_LEADERBOARD] = { "leaderboard", "who has the most", leaderboard_attrs, "Ranking" },
    [CHART_TEXT] = { "text", "words between the others", text_attrs, "Text" },
    [CHARTS] = { 0 },
};

static const struct { int width, limit, least, most; } shape[CHARTS] = {       /* of `by` */
    [CHART_METRIC] = { 3, 0, 0, 0 }, [CHART_GAUGE] = { 3, 0, 0, 0 }, [CHART_BAR] = { 6, 12, 1, 2 },
    [CHART_LINE] = { 6, 0, 1, 2 }, [CHART_AREA] = { 6, 0, 1, 2 }, [CHART_PIE] = { 4, 8, 1, 1 },
    [CHART_FUNNEL] = { 6, 0, 0, 0 }, [CHART_RADAR] = { 4, 12, 1, 2 }, [CHART_HEATMAP] = { 6, 60, 2, 2 },
    [CHART_PIVOT] = { 12, 100, 1, 3 }, [CHART_TABLE] = { 12, 10, 0, 0 },
    [CHART_LEADERBOARD] = { 4, 10, 1, 1 }, [CHART_TEXT] = { 12, 0, 0, 0 },
};

typedef struct Load { Cx *cx; App *app; const Dashboard *d; const Node *n; Card *card; } Load;

static bool is_grouped(const Card *c)
{
    return shape[c->chart].most > 0;
}

static bool is_empty(const Node *n)
{
    return node_blank(n) || (node_is(n, NODE_LIST) && !n->n);
}

/* Every key that must be there; a chart with none of them says which it wants. */
static void needed(Load *l)
{
    for (const Attr *a = card_variants[l->card->chart].attr; a->key; a++)
        if ((a->flags & ATTR_NEEDED) && is_empty(node_find(l->n, a->key)))
            cx_issue(l->cx, node_place(l->n), "missing_key", "the chart `%s` needs `%s`: %s",
                chart_names[l->card->chart], a->key, a->help);
}

/* An aggregate, or what makes groups. It names no filter: those only choose the records. */
static const char *computed(Load *l, const Node *n, bool aggregate)
{
    const struct StepName *named = l->app->named;
    Expr *e = NULL;

    l->app->named = NULL;
    ExprWhere where = app_where(l->app, l->card->form, aggregate ? USE_AGGREGATE : USE_FILTER);
    bool ok = expr_node(l->cx, n, where, T_ANY, &e);
    l->app->named = named;
    if (!ok) return NULL;
    TypeKind kind = expr_type(e).kind;
    if (aggregate && kind != T_NUMBER) {
        cx_issue(l->cx, node_place(n), "does_not_fit", "`%s` is no number", expr_text(e));
        return NULL;
    }
    if (!aggregate && (kind == T_LIST || kind == T_ANY)) {
        cx_issue(l->cx, node_place(n), "does_not_fit", "`%s` holds several values", expr_text(e));
        return NULL;
    }
    return expr_text(e);
}

static void computed_each(Load *l, const char *key, bool aggregate, const char ***out, int *nout)
{
    const Node **each;
    int n;

    ref_texts(l->cx, node_find(l->n, key), &each, &n);
    *out = ARENA_ARRAY(l->cx->a, const char *, n + 1);
    for (int i = 0; i < n; i++) {
        const char *text = computed(l, each[i], aggregate);
        if (text) (*out)[(*nout)++] = text;
    }
}

static void load_groups(Load *l)
{
    Card *c = l->card;
    const Node *by = node_find(l->n, "by"), *across = node_find(l->n, "across");
    int least = shape[c->chart].least, most = shape[c->chart].most;

    if (!is_grouped(c)) return;
    computed_each(l, "by", false, &c->by, &c->nby);
    int n = node_is(by, NODE_LIST) ? by->n : by != NULL;
    if (n && (n < least || n > most))
        cx_issue(l->cx, node_place(by), "does_not_fit", least == most
            ? "the chart `%s` has %d expressions in `by`" : "the chart `%s` has at most %d expressions in `by`",
            chart_names[c->chart], most);
    if (across) c->across = computed(l, across, false);
    if (c->nby == 2 && c->chart != CHART_PIVOT && c->nvalue > 1)
        cx_issue(l->cx, node_place(node_find(l->n, "value")), "does_not_fit",
            "with two expressions in `by` there is one `value`");
}

/* One condition, which stands at `from` in the whole text. */
static void load_piece(Load *l, const Node *n, const ExprWhere *where, const char *text, int from)
{
    const Expr *e = expr_load_piece(l->cx, n, node_text(n), from, from + (int)strlen(text), where);
    Piece *p = &l->card->piece[l->card->npiece++];

    *p = (Piece){ .text = text, .expr = e };
    if (e) p->nparam = expr_params(l->cx->a, e, &p->param);
    for (int i = 0; i < p->nparam; i++) p->param[i].pos -= from;
}

/* Each condition by itself; of a text that is no expression the loader of the whole tells why. */
static void load_filter(Load *l)
{
    ExprWhere where = app_where(l->app, l->card->form, USE_FILTER);
    const Node *n = node_find(l->n, "filter");
    const char *whole = node_text(n), *at = whole;
    const char **text;
    Cx before = *l->cx;
    Expr *all;

    if (!n) return;
    int count = whole ? expr_pieces(l->cx, whole, &text) : -1;
    if (count <= 0) {
        *l->cx = before;
        (void)expr_node(l->cx, n, where, T_BOOL, &all);
        return;
    }
    where.want = (Type){ .kind = T_BOOL };
    l->card->piece = ARENA_ARRAY(l->cx->a, Piece, count + 1);
    for (int i = 0; i < count; i++) {
        at = strstr(at, text[i]);
        BUG_IF(!at);
        load_piece(l, n, &where, text[i], (int)(at - whole));
        at += strlen(text[i]);
    }
}

/* A filter of the dashboard is read by its name where no field has it. */
static void check_names(Load *l)
{
    for (int i = 0; l->card->form && i < l->d->nfilter; i++)
        if (form_field(l->card->form, l->d->filter[i].key))
            cx_issue(l->cx, node_place(node_find(l->n, "form")), "name_taken",
                "`%s` is a field of `%s`; take another name for the filter", l->d->filter[i].key,
                l->card->form->key);
}

static void load_period(Load *l)
{
    const Node *n = node_find(l->n, "period");
    const DashFilter *found = NULL;
    int count = 0;

    for (int i = 0; i < l->d->nfilter; i++)
        if (l->d->filter[i].kind == FILTER_PERIOD && (!n || str_eq(node_text(n), l->d->filter[i].key))) {
            found = &l->d->filter[i];
            count++;
        }
    int how = ref_word(l->cx, l->n, "compare", compare_words, LEN(compare_words), -1);
    l->card->compare = (Compare)(how + 1);
    if (n && !found)
        cx_issue(l->cx, node_place(n), "unknown_filter", "the dashboard has no date_range `%s`", node_text(n));
    else if (how >= 0 && count != 1)
        cx_issue(l->cx, node_place(node_find(l->n, "compare")), "no_period", count
            ? "say with `period` which date_range is compared" : "to compare, the dashboard needs a filter of the type date_range");
    if (n || how >= 0) l->card->period = found;
}

static void load_funnel(Load *l)
{
    Card *c = l->card;
    const Node *flow = node_find(l->n, "workflow"), **each;
    int n;

    ref_texts(l->cx, node_find(l->n, "show"), &each, &n);
    for (int i = 0; i < n; i++) {
        int k = 0;
        while (k < LEN(show_words) && !str_eq(show_words[k], node_text(each[i]))) k++;
        if (k < LEN(show_words)) c->show |= 1u << k;
        else cx_issue(l->cx, node_place(each[i]), "unknown_word", "a funnel cannot show `%s`",
            node_text(each[i]));
    }
    if (!n) c->show = SHOW_COUNT | SHOW_CONVERSION | SHOW_LOSS;
    if ((c->show & SHOW_AMOUNT) && !node_find(l->n, "value"))
        cx_issue(l->cx, node_place(l->n), "missing_key", "to show the amount, a funnel needs `value`");
    if (!flow) return;
    c->flow = app_workflow(l->app, node_text(flow));
    if (!c->flow) cx_issue(l->cx, node_place(flow), "unknown_workflow", "unknown workflow `%s`", node_text(flow));
    else if (c->form && c->flow->form != c->form)
        cx_issue(l->cx, node_place(flow), "does_not_fit", "the workflow `%s` is of the form `%s`",
            c->flow->key, c->flow->form->key);
}

static void load_view(Load *l)
{
    const Node *n = node_find(l->n, "view");

    if (!l->card->form) return;
    l->card->view = form_view(l->card->form, node_text(n));
    if (n && !l->card->view)
        cx_issue(l->cx, node_place(n), "unknown_view", "`%s` has no view `%s`", l->card->form->key,
            node_text(n));
    sort_load(l->cx, l->card->form, node_find(l->n, "sort"), &l->card->sort, &l->card->nsort);
}

static void load_numbers(Load *l)
{
    int64_t width = shape[l->card->chart].width, limit = shape[l->card->chart].limit;
    const Node *w = node_find(l->n, "w"), *most = node_find(l->n, "limit");

    if (node_read_int(l->cx, l->n, "w", &width) && (width < 1 || width > 12))
        cx_issue(l->cx, node_place(w), "out_of_range", "`w` is 1 to 12 of twelve columns");
    if (node_read_int(l->cx, l->n, "limit", &limit) && most && (limit < 1 || limit > 200))
        cx_issue(l->cx, node_place(most), "out_of_range", "`limit` is 1 to 200");
    node_read_bool(l->cx, l->n, "stack", &l->card->stack);
    l->card->order = (CardOrder)(ref_word(l->cx, l->n, "order", order_words, LEN(order_words), -1) + 1);
    if (l->card->chart == CHART_LEADERBOARD) l->card->order = ORDER_VALUE;
    l->card->limited = most != NULL;
    l->card->width = (int)width;
    l->card->limit = (int)limit;
}

static void load_values(Load *l)
{
    const Node *target = node_find(l->n, "target");

    if (node_find(l->n, "value"))
        computed_each(l, "value", true, &l->card->value, &l->card->nvalue);
    if (target) l->card->target = computed(l, target, true);
}

static bool load_card(Cx *cx, App *app, const Dashboard *d, const Node *n, Card *c)
{
    Load l = { cx, app, d, n, c };

    *c = (Card){ .at = n };
    if (!node_is(n, NODE_MAP) || !node_find(n, "chart"))
        return cx_issue(cx, node_place(n), "no_chart",
            "a card is a map such as {chart: metric, form: …, value: \"count()\"}");
    int chart = ref_word(cx, n, "chart", chart_names, CHARTS, -1);
    if (chart < 0) return false;
    c->chart = (ChartKind)chart;
    attr_check_keys(cx, n, card_variants[chart].attr);
    needed(&l);
    label_load(cx, n, "label", &c->label);
    label_load(cx, n, "help", &c->help);
    if (chart == CHART_TEXT) label_load(cx, n, "text", &c->text);
    load_numbers(&l);
    if (node_find(n, "form") && !(c->form = ref_form(cx, app, node_find(n, "form")))) return false;
    if (!c->form || c->form->broken) return chart == CHART_TEXT;
    check_names(&l);
    load_filter(&l);
    load_values(&l);
    load_groups(&l);
    if (chart == CHART_METRIC || chart == CHART_FUNNEL) load_period(&l);
    if (chart == CHART_FUNNEL) load_funnel(&l);
    if (chart == CHART_TABLE) load_view(&l);
    return true;
}

void cards_load(Cx *cx, App *app, Dashboard *d, const Node *list)
{
    if (!ref_list(cx, list)) return;
    d->card = ARENA_ARRAY(cx->a, Card, list->n + 1);
    for (int i = 0; i < list->n; i++)
        if (load_card(cx, app, d, list->item[i], &d->card[d->ncard])) d->ncard++;
}

/*
 * filter_page.c — the filter of a list as rows: field, operator, value; or an expression typed.
 *
 * A form that is sent by GET: each choice draws it anew with what can be said next, "apply"
 * leads back to the list with the expression of all rows. Nothing of it is asked for before
 * someone opens it.
 */
#include "http/list_page.h"
#include "http/handlers.h"
#include "data/filter_build.h"
#include "data/record_row.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 20, MOST_VALUES = 100, OFFERED = 100 };

typedef struct Draft {
    const Field *field;            /* NULL: typed */
    const FilterOp *op;
    const char **value; int n;
    const char *text, *find;
    const char *issue, *source;
} Draft;
typedef struct Panel { ListLook look; Draft row[MOST_ROWS]; int n; bool applied, bad; } Panel;

static const char *arg_of(Work *w, const Request *q, const char *name, int i)
{
    return request_arg(q, arena_printf(w->cx.a, "%s%d", name, i));
}

/* What the context says, as the mistake of this row. */
static void take_issue(Work *w, Draft *d)
{
    const Issue *issue = w->cx.nissue ? &w->cx.issue[0] : NULL;

    d->issue = issue ? issue->text : w->cx.text;
    d->source = issue ? issue->source : NULL;
    cx_clear(&w->cx);
}

static void first_op(Work *w, Draft *d)
{
    const FilterOp **op;

    if (filter_ops(w, d->field, &op)) d->op = op[0];
}

static void from_filter(Work *w, Panel *p)
{
    FilterRow *row;
    int n = filter_rows(w, p->look.form, p->look.filter, &row);

    if (n < 0) {
        Draft *d = &p->row[p->n++];
        d->text = p->look.filter;
        take_issue(w, d);
        p->bad = true;
    }
    for (int i = 0; i < n && i < MOST_ROWS; i++) {
        Draft *d = &p->row[p->n++];
        bool mine = row[i].field && filter_offered(w, p->look.form, row[i].field);
        *d = (Draft){ .field = mine ? row[i].field : NULL, .op = mine ? row[i].op : NULL,
            .value = (const char **)row[i].value, .n = row[i].nvalue, .text = row[i].text };
        if (i == MOST_ROWS - 1 && n > MOST_ROWS) d->text = filter_join(w->cx.a, row + i, n - i, -1);
    }
}

static void read_values(Work *w, const Request *q, Draft *d, int i)
{
    d->value = ARENA_ARRAY(w->cx.a, const char *, MOST_VALUES);
    if (d->op && d->op->takes == TAKES_LIST) {
        const char *start = arena_printf(w->cx.a, "v%d.", i);
        for (int k = 0; k < q->narg && d->n < MOST_VALUES; k++)
            if (str_starts(q->arg[k].name, start)) d->value[d->n++] = q->arg[k].value;
        return;
    }
    const char *first = arg_of(w, q, "v", i), *second = arg_of(w, q, "w", i);
    if (first || second) d->value[d->n++] = first ? first : "";
    if (second) d->value[d->n++] = second;
}

static void read_row(Work *w, const Request *q, Panel *p, int i)
{
    const char *key = arg_of(w, q, "f", i);
    const Field *field = key ? form_field(p->look.form, key) : NULL;
    Draft d = { .text = arg_of(w, q, "t", i), .find = arg_of(w, q, "q", i) };

    if (p->n == MOST_ROWS || (!field && !d.text)) return;
    if (field && !filter_offered(w, p->look.form, field)) return;
    d.field = field;
    if (field) {
        const char *op = arg_of(w, q, "o", i);
        d.op = op ? filter_op(field, op) : NULL;
        if (!d.op) first_op(w, &d);
        read_values(w, q, &d, i);
    }
    p->row[p->n++] = d;
}

static void add_row(Work *w, const Request *q, Panel *p)
{
    const char *key = request_arg(q, "add");
    const Field *field = key ? form_field(p->look.form, key) : NULL;
    Draft d = { .text = "" };

    if (!key || !*key || p->n == MOST_ROWS) return;
    if (field && filter_offered(w, p->look.form, field)) {
        d.field = field;
        first_op(w, &d);
    } else if (!str_eq(key, ":")) return;
    p->row[p->n++] = d;
}

static void read_panel(Work *w, const Request *q, Panel *p)
{
    const char *n = request_arg(q, "n"), *drop = request_arg(q, "drop");
    int count = n ? atoi(n) : 0, without = drop ? atoi(drop) : -1;

    p->applied = request_arg(q, "apply") != NULL;
    if (!n) {
        from_filter(w, p);
        return;
    }
    for (int i = 0; i < count && i <= MOST_ROWS; i++)
        if (i != without) read_row(w, q, p, i);
    add_row(w, q, p);
}

/* The filter of all rows; false: a row tells what is wrong. */
static bool compose(Work *w, Panel *p)
{
    FilterRow row[MOST_ROWS] = { 0 };
    int n = 0;

    for (int i = 0; i < p->n; i++) {
        Draft *d = &p->row[i];
        const char *text = d->field ? filter_row_text(w, d->field, d->op, d->value, d->n)
            : str_trim(w->cx.a, d->text);
        if (text && !*text) continue;
        if (text && filter_check(w, p->look.form, text)) {
            row[n++].text = text;
            continue;
        }
        take_issue(w, d);
        p->bad = true;
    }
    p->look.filter = filter_join(w->cx.a, row, n, -1);
    return !p->bad;
}

/* ---- what it shows ---- */

static const Form *target(const Field *f)
{
    const Names *names = f->name.type.form;
    return names ? names->form : NULL;
}

static bool has(const Draft *d, const char *value)
{
    for (int i = 0; i < d->n; i++)
        if (str_eq(d->value[i], value)) return true;
    return false;
}

static void add_stages_of(Work *w, Node *options, const Draft *d, const Workflow *flow)
{
    for (int k = 0; k < flow->nstage; k++) {
        const Stage *s = &flow->stage[k];
        bool there = false;
        for (int m = 0; m < options->n; m++)
            there |= str_eq(node_text(node_find(options->item[m], "value")), s->key);
        if (!there)
            page_option(w->cx.a, options, s->key, label_show(&s->label, w->cx.lang, s->key),
                has(d, s->key));
    }
}

static void add_stages(Work *w, Node *options, const Draft *d)
{
    const Form *f = d->field->form;

    for (int i = 0; i < f->nworkflow; i++) {
        const Workflow *flow = f->workflow[i];
        add_stages_of(w, options, d, flow);
        for (int k = 0; k < flow->nolder; k++) add_stages_of(w, options, d, flow->older[k]);
    }
}

/* The first records by title, those that hold what is looked for; what is chosen stays. */
static void add_records(Work *w, Node *options, const Draft *d)
{
    Arena *a = w->cx.a;
    const Form *to = target(d->field);
    ListAsk ask = { .form = to, .q = d->find, .limit = OFFERED };
    Sort by = { 0 };
    List list = { 0 };
    bool found = !d->n || !*d->value[0];

    if (to->ntitle_field && field_has_column(to->title_field[0])
        && perm_filterable(w, to, to->title_field[0])) {
        by.field = to->title_field[0];
        ask.sorts = &by;
        ask.nsort = 1;
    }
    if (perm_may(w, to, ACT_READ) && !query_list(w, &ask, &list)) {
        cx_clear(&w->cx);
        list.n = 0;
    }
    for (int i = 0; i < list.n; i++) {
        const char *id = arena_printf(a, "%lld", (long long)record_id(list.record[i]));
        page_option(a, options, id, record_title(w, list.record[i]), has(d, id));
        found |= has(d, id);
    }
    if (found) return;
    FilterRow row = { d->field, d->op, d->value, d->n, NULL };
    const char *said = list_chip(w, &row);
    page_option(a, options, d->value[0], said, true);
}

static const char *control_of(const Field *f, const FilterOp *op)
{
    const Field *like = f->like ? f->like : f;

    if (op->takes == TAKES_NONE) return NULL;
    if (op->takes == TAKES_DAYS) return "days";
    if (op->takes == TAKES_LIST) return "checks";
    if (target(f)) return "record";
    if (like->noption || str_eq(f->key, "stage")) return "select";
    switch (f->name.type.kind) {
    case T_DATE: return "date";
    case T_DATETIME: return "datetime-local";
    case T_TIME: return "time";
    default: return "text";
    }
}

/* A control for times shows no day alone. */
static const char *as_control(Work *w, const char *control, const char *value)
{
    if (str_eq(control, "datetime-local") && value && strlen(value) == 10)
        return arena_printf(w->cx.a, "%sT00:00", value);
    return value;
}

static void add_control(Work *w, Node *one, const Draft *d)
{
    Arena *a = w->cx.a;
    const char *control = control_of(d->field, d->op);
    const Field *like = d->field->like ? d->field->like : d->field;
    Node *options = node_put(a, one, "options", node_list(a));

    node_put_text(a, one, "control", control);
    node_put_text(a, one, "value", as_control(w, control, d->n ? d->value[0] : ""));
    node_put_text(a, one, "second", d->op->takes != TAKES_TWO ? NULL
        : as_control(w, control, d->n > 1 ? d->value[1] : ""));
    node_put_bool(a, one, "two", d->op->takes == TAKES_TWO);
    node_put_text(a, one, "find", d->find);
    if (!control) return;
    if (str_eq(control, "record")) add_records(w, options, d);
    else if (str_eq(d->field->key, "stage")) add_stages(w, options, d);
    for (int i = 0; i < like->noption; i++)
        page_option(a, options, like->option[i].value,
            label_show(&like->option[i].label, w->cx.lang, like->option[i].value),
            has(d, like->option[i].value));
    node_put_bool(a, one, "many", str_eq(control, "record") && options->n >= OFFERED);
}

static void add_draft(Work *w, Node *rows, const Draft *d, int i)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, rows, node_map(a)), *ops = node_put(a, one, "ops", node_list(a));
    const FilterOp **op;
    int n = d->field ? filter_ops(w, d->field, &op) : 0;

    node_put_int(a, one, "index", i);
    node_put_text(a, one, "field", d->field ? d->field->key : NULL);
    node_put_text(a, one, "label", d->field ? field_label(d->field, w->cx.lang) : NULL);
    node_put_text(a, one, "text", d->text);
    node_put_text(a, one, "issue", d->issue);
    node_put_text(a, one, "source", d->source);
    for (int k = 0; k < n; k++)
        page_option(a, ops, op[k]->key, i18n_text(w->cx.lang, op[k]->label), op[k] == d->op);
    if (d->field) add_control(w, one, d);
}

static bool show(Work *w, const Request *q, Response *r, const Panel *p)
{
    static const char *const without[] = { "filter", "after", NULL };
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Filter"));
    Node *rows = node_put(a, page, "rows", node_list(a));
    Node *fields = node_put(a, page, "fields", node_list(a));
    const Field **field;
    int n = filter_fields(w, p->look.form, &field);

    page_crumbs(w, page, p->look.form, NULL);
    node_put_text(a, page, "action", arena_printf(a, "/f/%s/filter", p->look.form->key));
    node_put_text(a, page, "cancel_href", list_url(a, &p->look, NULL));
    node_put(a, page, "state", list_state(a, &p->look, without));
    node_put_int(a, page, "count", p->n);
    for (int i = 0; i < p->n; i++) add_draft(w, rows, &p->row[i], i);
    for (int i = 0; i < n; i++)
        page_option(a, fields, field[i]->key, field_label(field[i], w->cx.lang), false);
    node_put_text(a, page, "last", p->n ? arena_printf(a, "%s%d",
        p->row[p->n - 1].field ? "o" : "t", p->n - 1) : "add");
    page_end(w, q, r, "filter", page);
    if (p->bad) r->status = 422;
    return !w->cx.err;
}

bool page_filter(Work *w, const Request *q, Response *r)
{
    Panel p = { 0 };

    if (!list_look(w, q, &p.look)) return false;
    read_panel(w, q, &p);
    if (!p.applied || !compose(w, &p)) return show(w, q, r, &p);
    response_redirect(&w->cx, r, list_url(w->cx.a, &p.look, NULL));
    return true;
}

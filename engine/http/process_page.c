/*
 * process_page.c — how records go through a workflow: where they stand, what became of those of a
 * period, whom they wait for. Each number opens the records it counts.
 */
#include "http/flow_draw.h"
#include "http/handlers.h"
#include "http/page.h"
#include "http/process_ask.h"
#include "http/process_groups.h"
#include "base/i18n.h"
#include "data/passed.h"

#include <string.h>

enum { PATHS = 10, DAYS = 90 };

typedef struct Look {
    Work *w;
    ProcessAsk ask;
    const char *from, *to;             /* days; `to` is the last one; NULL: without bound */
    const char *end;                   /* the day after */
    Process p;
} Look;

/* ---- what is asked ---- */

/* A day, or the end of it; *text NULL: without bound. */
MUST static bool bound(Look *x, const Request *q, const char *name, const char **text, int64_t *at)
{
    Work *w = x->w;
    int64_t day;

    *text = request_arg(q, name);
    if (*text && !**text) *text = NULL;
    if (!*text) return true;
    if (!date_parse(*text, &day))
        return cx_fail(&w->cx, E_SYNTAX, "`%s` is a day such as 2026-03-02", name);
    if (at == &x->ask.to) x->end = date_text(w->cx.a, ++day);
    *at = local_midnight(day, page_zone(w));
    return true;
}

MUST static bool look(Work *w, const Request *q, Look *x)
{
    static const char *const known[] = { "from", "to", "by", NULL };
    const Workflow *flow = app_workflow(w->app, q->segment[0]);

    *x = (Look){ .w = w, .ask = { .flow = flow, .to = INT64_MAX } };
    if (!request_args_only(&w->cx, q, known)) return false;
    if (!flow || !perm_may(w, flow->form, ACT_READ))
        return cx_fail(&w->cx, E_MISSING, "there is no workflow %s", q->segment[0]);
    if (!bound(x, q, "from", &x->from, &x->ask.from) || !bound(x, q, "to", &x->to, &x->ask.to))
        return false;
    if (request_arg(q, "from") || request_arg(q, "to")) return true;
    int64_t day = local_day(w->now, page_zone(w)) - DAYS + 1;
    x->from = date_text(w->cx.a, day);
    x->ask.from = local_midnight(day, page_zone(w));
    return true;
}

/* ---- words ---- */

static const char *number(Look *x, int64_t n)
{
    return arena_printf(x->w->cx.a, "%lld", (long long)n);
}

static const char *share(Look *x, int64_t part, int64_t whole)
{
    int64_t tenths = whole ? (part * 2000 + whole) / (2 * whole) : 0;

    if (!whole) return NULL;
    return arena_printf(x->w->cx.a, "%lld.%lld %%", (long long)(tenths / 10),
        (long long)(tenths % 10));
}

static const char *stage_label(Look *x, const char *key)
{
    const Stage *s = workflow_any_stage(x->ask.flow, key);
    return s ? label_show(&s->label, x->w->cx.lang, key) : key;
}

/* The list of the records of a way; of a period where `how` has one. */
static const char *href(Look *x, PassedHow how, const char *stage, const char *filter)
{
    Arena *a = x->w->cx.a;
    const Workflow *flow = x->ask.flow;
    bool timed = how < PASSED_HERE;
    const char *way = arena_printf(a, "%s,%s,%s", flow->key, passed_how[how], stage ? stage : "");

    if (timed && (x->from || x->end))
        way = arena_printf(a, "%s,%s,%s", way, x->from ? x->from : "", x->end ? x->end : "");
    return page_url(a, arena_printf(a, "/f/%s", flow->form->key), "passed", way, "filter", filter,
        NULL);
}

/* A count with its records: {text, href}; of none there is nothing to open. */
static void put_count(Look *x, Node *one, const char *name, int64_t n, const char *at)
{
    Arena *a = x->w->cx.a;
    Node *c = node_put(a, one, name, node_map(a));

    node_put_text(a, c, "text", number(x, n));
    node_put_text(a, c, "href", n ? at : NULL);
}

/* ---- parts ---- */

static void add_stops(Look *x, Node *page)
{
    Arena *a = x->w->cx.a;
    Node *list = node_put(a, page, "stops", node_list(a));

    for (int i = 0; i < x->p.nstage; i++) {
        const StageUse *u = &x->p.stage[i];
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label", stage_label(x, u->stage));
        node_put_text(a, one, "status", u->now && u->now->status ? u->now->status : "open");
        put_count(x, one, "now", u->standing, href(x, PASSED_HERE, u->stage, NULL));
        put_count(x, one, "late", u->overdue, href(x, PASSED_LATE, u->stage, NULL));
        node_put_bool(a, one, "any_late", u->overdue > 0);
    }
    flow_draw(x->w, page, x->ask.flow, &x->p);
}

static void add_reasons(Look *x, Node *row, const StageUse *u)
{
    Arena *a = x->w->cx.a;
    const Field *f = x->p.reason;
    Node *list = node_put(a, row, "reasons", node_list(a));

    for (int i = 0; i < u->nreason; i++) {
        const char *key = u->reason[i].key;
        const Option *o = field_option(f, key);
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label", !*key ? i18n_text(x->w->cx.lang, "no reason given")
            : o ? label_show(&o->label, x->w->cx.lang, key) : key);
        put_count(x, one, "n", u->reason[i].n, href(x, PASSED_LOST, u->stage,
            *key ? arena_printf(a, "%s = '%s'", f->key, key)
                : arena_printf(a, "%s = blank", f->key)));
    }
}

static void add_stages(Look *x, Node *page)
{
    Work *w = x->w;
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "stages", node_list(a));
    int64_t most = 1;

    for (int i = 0; i < x->p.nstage; i++)
        if (x->p.stage[i].came > most) most = x->p.stage[i].came;
    for (int i = 0; i < x->p.nstage; i++) {
        const StageUse *u = &x->p.stage[i];
        const Stage *s = workflow_any_stage(x->ask.flow, u->stage);
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label", stage_label(x, u->stage));
        put_count(x, one, "came", u->came, href(x, PASSED_CAME, u->stage, NULL));
        put_count(x, one, "went", u->went, href(x, PASSED_WENT, u->stage, NULL));
        put_count(x, one, "lost", u->gone, href(x, PASSED_LOST, u->stage, NULL));
        node_put_text(a, one, "conversion", share(x, u->went, u->came));
        node_put_text(a, one, "loss", share(x, u->gone, u->came));
        node_put_int(a, one, "bar", u->came * 100 / most);
        node_put_text(a, one, "median", u->seconds.n ? page_span(w, u->seconds.median) : NULL);
        node_put_text(a, one, "p90", u->seconds.n ? page_span(w, u->seconds.p90) : NULL);
        node_put_text(a, one, "late", s && due_is(&s->due) ? share(x, u->late, u->entered) : NULL);
        add_reasons(x, one, u);
    }
}

static void add_moves(Look *x, Node *page)
{
    Work *w = x->w;
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "moves", node_list(a));

    for (int i = 0; i < x->p.nmove; i++) {
        const MoveUse *m = &x->p.move[i];
        const Transition *t = m->transition ? workflow_transition(x->ask.flow, m->transition) : NULL;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label", t ? label_show(&t->label, w->cx.lang, t->key)
            : m->transition ? m->transition : i18n_text(w->cx.lang, m->from ? "by itself" : "Entered"));
        node_put_text(a, one, "from", m->from ? stage_label(x, m->from) : NULL);
        node_put_text(a, one, "to", stage_label(x, m->to));
        node_put_text(a, one, "n", number(x, m->n));
        node_put_text(a, one, "median",
            m->from && m->seconds.n ? page_span(w, m->seconds.median) : NULL);
    }
}

static void add_paths(Look *x, Node *page)
{
    Arena *a = x->w->cx.a;
    Node *list = node_put(a, page, "paths", node_list(a));

    for (int i = 0; i < x->p.npath && i < PATHS; i++) {
        Node *one = node_add(a, list, node_map(a));
        Node *steps = node_put(a, one, "steps", node_list(a));
        for (const char *at = x->p.path[i].key; *at;) {
            const char *end = strstr(at, " > ");
            size_t n = end ? (size_t)(end - at) : strlen(at);
            node_put_text(a, node_add(a, steps, node_map(a)), "label",
                stage_label(x, arena_dup_n(a, at, n)));
            at += end ? n + 3 : n;
        }
        node_put_text(a, one, "n", number(x, x->p.path[i].n));
        node_put_text(a, one, "share", share(x, x->p.path[i].n, x->p.cases));
        node_put_int(a, one, "bar", x->p.path[i].n * 100 / x->p.path[0].n);
    }
    node_put_text(a, page, "more_paths", x->p.npath <= PATHS ? NULL
        : page_say(x->w, "%d more paths", x->p.npath - PATHS));
}

static void add_people(Look *x, Node *page)
{
    Work *w = x->w;
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "people", node_list(a));

    node_put_bool(a, page, "approves", x->ask.flow->form->approves);
    for (int i = 0; i < x->p.nawaited; i++) {
        const Awaited *p = &x->p.awaited[i];
        const char *name = record_title_of(w, app_form(w->app, "user"), p->user);
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "name", name && *name ? name : number(x, p->user));
        put_count(x, one, "n", p->n, href(x, PASSED_ASKED, number(x, p->user), NULL));
        node_put_text(a, one, "late", p->late ? number(x, p->late) : NULL);
    }
}

static void add_levels(Look *x, Node *page, const ServiceRow *row, int n)
{
    Work *w = x->w;
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "levels", node_list(a));

    for (int i = 0; i < n; i++) {
        if (!due_is(&row[i].stage->due)) continue;
        Node *one = node_add(a, list, node_map(a));
        int64_t timed = row[i].in_time + row[i].late;
        node_put_text(a, one, "label", stage_label(x, row[i].stage->key));
        node_put_text(a, one, "left", number(x, row[i].left));
        node_put_text(a, one, "in_time", number(x, row[i].in_time));
        node_put_text(a, one, "late", number(x, row[i].late));
        node_put_text(a, one, "kept", share(x, row[i].in_time, timed));
        node_put_text(a, one, "median", val_is_blank(row[i].median) ? NULL
            : page_hours(w, row[i].median.i));
        node_put_text(a, one, "p90", val_is_blank(row[i].p90) ? NULL : page_hours(w, row[i].p90.i));
        put_count(x, one, "open_late", row[i].open_late,
            href(x, PASSED_LATE, row[i].stage->key, NULL));
    }
}

/* Below the stages: decisions have no working time. */
MUST static bool add_decisions(Look *x, Node *page)
{
    Work *w = x->w;
    Node *list = node_find(page, "levels");
    ServiceApproval *row;
    int n;

    if (!service_approvals(w, x->ask.flow, x->ask.from,
            x->ask.to == INT64_MAX ? w->now + 1 : x->ask.to, &row, &n)) return false;
    for (int i = 0; i < n; i++) {
        const Transition *t = row[i].transition;
        Node *one = node_add(w->cx.a, list, node_map(w->cx.a));
        int64_t timed = row[i].in_time + row[i].late;
        node_put_text(w->cx.a, one, "label", label_show(&t->approve[row[i].step].label, w->cx.lang,
            label_show(&t->label, w->cx.lang, t->key)));
        node_put_text(w->cx.a, one, "left", number(x, timed));
        node_put_text(w->cx.a, one, "in_time", number(x, row[i].in_time));
        node_put_text(w->cx.a, one, "late", number(x, row[i].late));
        node_put_text(w->cx.a, one, "kept", share(x, row[i].in_time, timed));
        put_count(x, one, "open_late", row[i].open_late, NULL);
    }
    return true;
}

static void add_period(Look *x, Node *page)
{
    static const struct { int days; const char *label; } spans[] = {
        { 30, "30 days" }, { 90, "90 days" }, { 365, "A year" }, { 0, "All" } };
    Work *w = x->w;
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "spans", node_list(a));
    const char *here = arena_printf(a, "/workflows/%s", x->ask.flow->key);

    for (int i = 0; i < LEN(spans); i++) {
        const char *from = spans[i].days
            ? date_text(a, local_day(w->now, page_zone(w)) - spans[i].days + 1) : NULL;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label", i18n_text(w->cx.lang, spans[i].label));
        node_put_text(a, one, "href", arena_printf(a, "%s?from=%s", here, from ? from : ""));
        node_put_bool(a, one, "current", !x->to && str_eq(x->from ? x->from : "", from ? from : ""));
    }
    node_put_text(a, page, "action", here);
    node_put_text(a, page, "from", x->from ? x->from : "");
    node_put_text(a, page, "to", x->to ? x->to : "");
}

static void add_frame(Look *x, Node *page)
{
    Work *w = x->w;
    Arena *a = w->cx.a;
    const Form *f = x->ask.flow->form;
    Node *flows = node_put(a, page, "flows", node_list(a));
    const char *log = arena_printf(a, "/api/v1/workflows/%s/log", x->ask.flow->key);

    page_crumbs(w, page, f, NULL);
    for (int i = 0; f->nworkflow > 1 && i < f->nworkflow; i++) {
        Node *one = node_add(a, flows, node_map(a));
        node_put_text(a, one, "label",
            label_show(&f->workflow[i]->label, w->cx.lang, f->workflow[i]->key));
        node_put_text(a, one, "href", arena_printf(a, "/workflows/%s?from=%s&to=%s",
            f->workflow[i]->key, x->from ? x->from : "", x->to ? x->to : ""));
        node_put_bool(a, one, "current", f->workflow[i] == x->ask.flow);
    }
    put_count(x, page, "cases", x->p.cases, href(x, PASSED_ENTERED, NULL, NULL));
    bool may = perm_may(w, f, ACT_EXPORT);
    node_put_text(a, page, "csv_href", !may ? NULL : page_url(a, log, "format", "csv", "bom", "true",
        "from", x->from, "to", x->end, NULL));
    node_put_text(a, page, "xes_href", !may ? NULL
        : page_url(a, log, "format", "xes", "from", x->from, "to", x->end, NULL));
}

bool page_workflow(Work *w, const Request *q, Response *r)
{
    ServiceRow *level;
    Look x;
    int n;

    if (!look(w, q, &x) || !process_whole(w, &x.ask, &x.p, &level, &n)) return false;
    Node *page = page_begin(w, q,
        label_show(&x.ask.flow->label, w->cx.lang, x.ask.flow->key));
    add_frame(&x, page);
    add_period(&x, page);
    add_stops(&x, page);
    add_stages(&x, page);
    add_moves(&x, page);
    add_paths(&x, page);
    add_people(&x, page);
    add_levels(&x, page, level, n);
    const char *by = request_arg(q, "by");
    if (!add_decisions(&x, page)
        || !process_groups(w, page, &x.ask, by && *by ? by : NULL)) return false;
    return !w->cx.err && page_end(w, q, r, "workflow", page);
}

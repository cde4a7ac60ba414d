/*
 * api_process_log.c — how records went through a workflow, event by event: as CSV, or as XES 1.0
 * (IEEE 1849) with its extensions concept, time, org and lifecycle; the columns are named as its
 * attributes are. Written to a file without a name first, as exports are.
 */
#include "http/api.h"
#include "http/export.h"
#include "http/process_ask.h"
#include "base/i18n.h"
#include "data/process_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct Log {
    const ProcessAsk *ask;
    FILE *to;
    Arena *a;                          /* of one record */
    Field **field; int nfield;
    const Zone *zone;
} Log;

MUST static bool put(Work *w, Log *l, const Str *s)
{
    if (fwrite(s->p, 1, s->n, l->to) == s->n) return true;
    return cx_fail(&w->cx, E_SYS, "cannot write the export: %s", strerror(errno));
}

/* 2026-03-02T09:00:05+08:00 */
static const char *stamp(const Log *l, int64_t at)
{
    int east = zone_offset(l->zone, at), minutes = abs(east) / 60;
    char text[40];

    datetime_show(text, sizeof text, at + east);
    text[strcspn(text, "Z")] = 0;
    return arena_printf(l->a, "%s%c%02d:%02d", text, east < 0 ? '-' : '+', minutes / 60,
        minutes % 60);
}

/* What was done: the transition; a move without one, the stage it led into. */
static const char *activity(const Log *l, const LogEvent *e)
{
    const char *name = e->transition ? e->transition : e->to ? e->to : "";
    return e->act ? arena_printf(l->a, "%s:%s", name, e->act) : name;
}

static const char *act_word(Work *w, const char *act)
{
    static const char *const words[][2] = { { "asked", "asked" }, { "approved", "approved" },
        { "rejected", "refused" }, { "returned", "sent back" }, { "transferred", "transferred" } };

    for (int i = 0; i < LEN(words); i++)
        if (str_eq(act, words[i][0])) return i18n_text(w->cx.lang, words[i][1]);
    return act;
}

/* The same in words. */
static const char *words(Work *w, const Log *l, const LogEvent *e)
{
    const Workflow *flow = l->ask->flow, *into = app_workflow(w->app, e->flow);
    const Transition *t = e->transition ? workflow_transition(flow, e->transition) : NULL;
    const Stage *s = !e->transition && e->to && into ? workflow_any_stage(into, e->to) : NULL;
    const char *name = t ? label_show(&t->label, w->cx.lang, t->key)
        : s ? label_show(&s->label, w->cx.lang, s->key) : activity(l, &(LogEvent){
            .transition = e->transition, .to = e->to });

    return e->act ? arena_printf(l->a, "%s: %s", name, act_word(w, e->act)) : name;
}

static const char *resource(Work *w, const LogEvent *e)
{
    const char *name = e->user ? record_title_of(w, app_form(w->app, "user"), e->user) : NULL;
    return name ? name : "";
}

/* A stage of another workflow says whose it is. */
static const char *target(const Log *l, const LogEvent *e)
{
    if (!e->to || str_eq(e->flow, l->ask->flow->key)) return e->to ? e->to : "";
    return arena_printf(l->a, "%s.%s", e->flow, e->to);
}

static const char *count(const Log *l, int64_t n)
{
    return n < 0 ? "" : arena_printf(l->a, "%lld", (long long)n);
}

static const char *in_time(const LogEvent *e)
{
    return e->in_time < 0 ? "" : e->in_time ? "true" : "false";
}

/* ---- CSV ---- */

static void csv_row(Str *s, const char *const *cell, int n, bool end)
{
    for (int i = 0; i < n; i++) {
        if (i) str_add_char(s, ',');
        csv_cell(s, cell[i]);
    }
    if (end) str_add(s, "\r\n");
}

MUST static bool csv_top(Work *w, Log *l)
{
    static const char *const column[] = { "case:concept:name", "concept:name", "time:timestamp",
        "org:resource", "lifecycle:transition", "label", "from", "to", "seconds", "working_seconds", "in_time" };
    Str s = str_begin(l->a);

    csv_row(&s, column, LEN(column), false);
    for (int i = 0; i < l->nfield; i++) {
        str_add_char(&s, ',');
        csv_cell(&s, l->field[i]->key);
    }
    str_add(&s, "\r\n");
    return put(w, l, &s);
}

static bool csv_case(Work *w, const Record *r, const LogEvent *e, int n, void *arg)
{
    Log *l = arg;

    arena_reset(l->a);
    Str s = str_begin(l->a), own = str_begin(l->a);
    for (int i = 0; i < l->nfield; i++) {
        str_add_char(&own, ',');
        csv_cell(&own, export_cell(w, l->a, r, l->field[i]));
    }
    for (int i = 0; i < n; i++) {
        const char *cell[] = { count(l, record_id(r)), activity(l, &e[i]), stamp(l, e[i].at),
            resource(w, &e[i]), e[i].lifecycle, words(w, l, &e[i]), e[i].from ? e[i].from : "",
            target(l, &e[i]), count(l, e[i].seconds), count(l, e[i].working), in_time(&e[i]) };
        csv_row(&s, cell, LEN(cell), false);
        str_add(&s, str_show(&own));
        str_add(&s, "\r\n");
    }
    return !w->cx.err && put(w, l, &s);
}

/* ---- XES ---- */

/* What is empty is left out. */
static void xes(Str *s, const char *type, const char *key, const char *value)
{
    if (!value || !*value) return;
    str_printf(s, "<%s key=\"", type);
    xml_attr(s, key);
    str_add(s, "\" value=\"");
    xml_attr(s, value);
    str_add(s, "\"/>");
}

MUST static bool xes_top(Work *w, Log *l)
{
    Str s = str_begin(l->a);
    const Workflow *flow = l->ask->flow;

    str_add(&s, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<log xes.version=\"1.0\" xes.features=\"\" xmlns=\"http://www.xes-standard.org/\">\n");
    static const char *const known[][2] = { { "Concept", "concept" }, { "Time", "time" },
        { "Organizational", "org" }, { "Lifecycle", "lifecycle" } };
    for (int i = 0; i < LEN(known); i++)
        str_printf(&s, "<extension name=\"%s\" prefix=\"%s\" "
            "uri=\"http://www.xes-standard.org/%s.xesext\"/>\n", known[i][0], known[i][1], known[i][1]);
    str_add(&s, "<global scope=\"trace\"><string key=\"concept:name\" value=\"\"/></global>\n"
        "<global scope=\"event\"><string key=\"concept:name\" value=\"\"/>"
        "<date key=\"time:timestamp\" value=\"1970-01-01T00:00:00+00:00\"/>"
        "<string key=\"lifecycle:transition\" value=\"complete\"/></global>\n"
        "<classifier name=\"Activity\" keys=\"concept:name\"/>\n"
        "<classifier name=\"Activity and lifecycle\" "
        "keys=\"concept:name lifecycle:transition\"/>\n");
    xes(&s, "string", "concept:name", label_show(&flow->label, w->cx.lang, flow->key));
    xes(&s, "string", "lifecycle:model", "standard");
    str_add_char(&s, '\n');
    return put(w, l, &s);
}

static void xes_event(Work *w, Log *l, const LogEvent *e, Str *s)
{
    str_add(s, "<event>");
    xes(s, "string", "concept:name", activity(l, e));
    xes(s, "date", "time:timestamp", stamp(l, e->at));
    xes(s, "string", "org:resource", resource(w, e));
    xes(s, "string", "lifecycle:transition", e->lifecycle);
    xes(s, "string", "label", words(w, l, e));
    xes(s, "string", "from", e->from);
    xes(s, "string", "to", target(l, e));
    xes(s, "int", "seconds", count(l, e->seconds));
    xes(s, "int", "working_seconds", count(l, e->working));
    xes(s, "boolean", "in_time", in_time(e));
    str_add(s, "</event>\n");
}

/* A number or a truth that is not masked keeps its kind. */
static const char *kind_of(Work *w, const Record *r, const Field *f, Val v)
{
    if (perm_field(w, r->form, f, r) == RIGHT_MASKED) return "string";
    switch (v.kind) {
    case VAL_INT: return "int";
    case VAL_DEC: return v.scale ? "float" : "int";
    case VAL_REAL: return "float";
    case VAL_BOOL: return "boolean";
    default: return "string";
    }
}

static bool xes_case(Work *w, const Record *r, const LogEvent *e, int n, void *arg)
{
    Log *l = arg;

    arena_reset(l->a);
    Str s = str_begin(l->a);
    str_add(&s, "<trace>");
    xes(&s, "string", "concept:name", count(l, record_id(r)));
    for (int i = 0; i < l->nfield; i++) {
        const Field *f = l->field[i];
        xes(&s, kind_of(w, r, f, record_get(r, f)), f->key, export_cell(w, l->a, r, f));
    }
    str_add_char(&s, '\n');
    for (int i = 0; i < n; i++) xes_event(w, l, &e[i], &s);
    str_add(&s, "</trace>\n");
    return !w->cx.err && put(w, l, &s);
}

MUST static bool write_log(Work *w, Log *l, bool csv)
{
    bool ok = csv ? csv_top(w, l) : xes_top(w, l);

    ok = ok && process_log(w, l->ask, l->field, l->nfield, csv ? csv_case : xes_case, l);
    if (!ok || csv) return ok;
    arena_reset(l->a);
    Str end = str_begin(l->a);
    str_add(&end, "</log>\n");
    return put(w, l, &end);
}

bool api_workflow_log(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "format", "fields", "from", "to", "filter", "bom", NULL };
    const char *format = request_arg(q, "format");
    bool csv = !format || !*format || str_eq(format, "csv");
    Log l = { .zone = w->who.zone ? w->who.zone : w->app->zone };
    ProcessAsk ask;

    if (!request_args_only(&w->cx, q, known) || !process_ask(w, q, &ask)
        || !api_fields(w, q, "fields", ask.flow->form, &l.field, &l.nfield)) return false;
    if (!csv && !str_eq(format, "xes"))
        return cx_fail(&w->cx, E_SYNTAX, "`format` is csv or xes");
    r->file = tmpfile();
    if (!r->file) return cx_fail(&w->cx, E_SYS, "cannot write the export: %s", strerror(errno));
    if (csv && str_eq(request_arg(q, "bom"), "true")) fputs("\xef\xbb\xbf", r->file);
    l.ask = &ask;
    l.to = r->file;
    l.a = arena_new();
    bool ok = write_log(w, &l, csv);
    arena_free(l.a);
    if (!ok) return false;
    if (fflush(r->file))
        return cx_fail(&w->cx, E_SYS, "cannot write the export: %s", strerror(errno));
    r->type = csv ? "text/csv; charset=utf-8" : "application/xml";
    response_header(&w->cx, r, "Content-Disposition", arena_printf(w->cx.a,
        "attachment; filename=\"%s.%s\"", ask.flow->key, csv ? "csv" : "xes"));
    return true;
}

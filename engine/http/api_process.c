/*
 * api_process.c — how records went through a workflow.
 */
#include "http/handlers.h"
#include "http/process_ask.h"

#include <string.h>

enum { PATHS = 100 };

static void put_spread(Json *j, const Spread *s)
{
    json_map(j);
    json_key(j, "count"); json_int(j, s->n);
    json_key(j, "median");
    if (s->n) json_int(j, s->median);
    else json_null(j);
    json_key(j, "p90");
    if (s->n) json_int(j, s->p90);
    else json_null(j);
    json_key(j, "mean");
    if (s->n) json_int(j, s->mean);
    else json_null(j);
    json_map_end(j);
}

/* In percent with one decimal; null of nothing. */
static void put_share(Json *j, int64_t part, int64_t whole)
{
    if (whole) json_val(j, val_dec((part * 2000 + whole) / (2 * whole), 1));
    else json_null(j);
}

static void put_reasons(Work *w, Json *j, const Process *p, const StageUse *u)
{
    json_list(j);
    for (int i = 0; i < u->nreason; i++) {
        const Counted *t = &u->reason[i];
        const char *label = t->key;
        for (int k = 0; k < p->reason->noption; k++)
            if (str_eq(p->reason->option[k].value, t->key))
                label = label_show(&p->reason->option[k].label, w->cx.lang, t->key);
        json_map(j);
        json_key(j, "value"); json_text(j, *t->key ? t->key : NULL);
        json_key(j, "label"); json_text(j, *t->key ? label : NULL);
        json_key(j, "count"); json_int(j, t->n);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_stage(Work *w, Json *j, const Workflow *flow, const Process *p,
    const StageUse *u)
{
    const Stage *s = u->now ? u->now : workflow_any_stage(flow, u->stage);

    json_map(j);
    json_key(j, "stage"); json_text(j, u->stage);
    json_key(j, "label");
    json_text(j, s ? label_show(&s->label, w->cx.lang, s->key) : u->stage);
    json_key(j, "entered"); json_int(j, u->entered);
    json_key(j, "left"); json_int(j, u->left);
    json_key(j, "current"); json_int(j, u->current);
    json_key(j, "now"); json_int(j, u->standing);
    json_key(j, "late_now"); json_int(j, u->overdue);
    json_key(j, "records");
    json_map(j);
    json_key(j, "entered"); json_int(j, u->came);
    json_key(j, "went_on"); json_int(j, u->went);
    json_key(j, "lost"); json_int(j, u->gone);
    json_map_end(j);
    json_key(j, "conversion"); put_share(j, u->left - u->lost, u->entered);
    json_key(j, "lost"); json_int(j, u->lost);
    json_key(j, "loss"); put_share(j, u->lost, u->entered);
    json_key(j, "reasons"); put_reasons(w, j, p, u);
    json_key(j, "late");
    if (s && due_is(&s->due)) json_int(j, u->late);
    else json_null(j);
    json_key(j, "seconds"); put_spread(j, &u->seconds);
    json_key(j, "working_seconds"); put_spread(j, &u->working);
    json_map_end(j);
}

static void put_move(Json *j, const MoveUse *m)
{
    json_map(j);
    json_key(j, "from"); json_text(j, m->from);
    json_key(j, "to"); json_text(j, m->to);
    json_key(j, "transition"); json_text(j, m->transition);
    json_key(j, "count"); json_int(j, m->n);
    json_key(j, "seconds"); put_spread(j, &m->seconds);
    json_map_end(j);
}

static void put_awaited(Work *w, Json *j, const Process *p)
{
    json_list(j);
    for (int i = 0; i < p->nawaited; i++) {
        const Awaited *x = &p->awaited[i];
        json_map(j);
        json_key(j, "user");
        json_map(j);
        json_key(j, "id"); json_int(j, x->user);
        json_key(j, "title");
        json_text(j, record_title_of(w, app_form(w->app, "user"), x->user));
        json_map_end(j);
        json_key(j, "records"); json_int(j, x->n);
        json_key(j, "late"); json_int(j, x->late);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put(Work *w, Json *j, const Workflow *flow, const Process *p, const ServiceRow *level,
    int n)
{
    json_map(j);
    json_key(j, "workflow"); json_text(j, flow->key);
    json_key(j, "form"); json_text(j, flow->form->key);
    json_key(j, "records"); json_int(j, p->cases);
    json_key(j, "reason"); json_text(j, p->reason ? p->reason->name.key : NULL);
    json_key(j, "stages");
    json_list(j);
    for (int i = 0; i < p->nstage; i++) put_stage(w, j, flow, p, &p->stage[i]);
    json_list_end(j);
    json_key(j, "moves");
    json_list(j);
    for (int i = 0; i < p->nmove; i++) put_move(j, &p->move[i]);
    json_list_end(j);
    json_key(j, "paths");
    json_list(j);
    for (int i = 0; i < p->npath && i < PATHS; i++) {
        json_map(j);
        json_key(j, "path"); json_text(j, p->path[i].key);
        json_key(j, "count"); json_int(j, p->path[i].n);
        json_map_end(j);
    }
    json_list_end(j);
    json_key(j, "paths_in_all"); json_int(j, p->npath);
    json_key(j, "waiting"); put_awaited(w, j, p);
    json_key(j, "levels");
    json_list(j);
    for (int i = 0; i < n; i++) service_put(w, &level[i], j);
    json_list_end(j);
    json_map_end(j);
}

bool api_workflow_report(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "from", "to", "filter", NULL };
    ProcessAsk ask;
    ServiceRow *level;
    Process p;
    int n;

    if (!request_args_only(&w->cx, q, known) || !process_ask(w, q, &ask)
        || !process_whole(w, &ask, &p, &level, &n)) return false;
    Json j = response_json(r, 200);
    put(w, &j, ask.flow, &p, level, n);
    return true;
}

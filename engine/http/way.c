/*
 * way.c — a stop is two moves: the one that led into the stage and the one that left it.
 */
#include "http/way.h"
#include "http/task_show.h"
#include "base/i18n.h"
#include "data/approval.h"
#include "data/recent.h"

enum { REQUESTS = 50 };

typedef struct Way {
    Work *w;
    Passage *p; int n;                 /* newest first */
    Approval *request; int nrequest;   /* newest first */
    Task *task; int ntask;
} Way;

static const char *person(Work *w, int64_t id)
{
    return id ? record_title_of(w, app_form(w->app, "user"), id) : NULL;
}

static void add_tasks(Way *x, Node *to, const Approval *ap)
{
    Arena *a = x->w->cx.a;
    Node *list = node_put(a, to, "tasks", node_list(a));

    for (int i = 0; i < x->ntask; i++) {
        const Task *t = &x->task[i];
        if (t->approval != ap->id || !str_eq(t->kind, "approve") || !t->decided_at) continue;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "user", person(x->w, t->decided_by ? t->decided_by : t->user));
        node_put_text(a, one, "state", task_word(x->w, t->state));
        node_put_text(a, one, "tone", task_tone(t->state));
        node_put_text(a, one, "comment", t->comment);
        node_put_text(a, one, "when", page_moment(x->w, t->decided_at));
    }
}

/* What was asked while it stood there. */
static void add_requests(Way *x, Node *stop, const char *stage, int64_t since, int64_t until)
{
    Work *w = x->w;
    Arena *a = w->cx.a;
    Node *list = node_put(a, stop, "requests", node_list(a));

    for (int i = x->nrequest - 1; i > 0; i--) {
        const Approval *ap = &x->request[i];
        if (!str_eq(ap->stage, stage) || ap->at < since || ap->at > until) continue;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "move", ap->move
            ? label_show(&ap->move->label, w->cx.lang, ap->transition) : ap->transition);
        node_put_text(a, one, "state", task_word(w, ap->state));
        node_put_text(a, one, "tone", task_tone(ap->state));
        node_put_text(a, one, "who", person(w, ap->by));
        node_put_text(a, one, "comment", ap->comment);
        node_put_text(a, one, "when", page_moment(w, ap->at));
        add_tasks(x, one, ap);
    }
}

static const char *stage_name(Way *x, const Passage *p)
{
    const Workflow *f = p->workflow ? app_workflow(x->w->app, p->workflow) : NULL;
    const Stage *s = f && p->to ? workflow_any_stage(f, p->to) : NULL;
    return s ? label_show(&s->label, x->w->cx.lang, p->to) : p->to;
}

/* How it came on: the transition; NULL: made there, or moved as an admin may. */
static const char *sent(Way *x, const Passage *p)
{
    const char *key = p->before ? p->before : p->workflow;
    const Workflow *f = key ? app_workflow(x->w->app, key) : NULL;
    const Transition *t = f && p->transition ? workflow_transition(f, p->transition) : NULL;
    return t ? label_show(&t->label, x->w->cx.lang, t->key) : p->transition;
}

static void add_stop(Way *x, Node *list, const Passage *in, const Passage *out)
{
    Work *w = x->w;
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));
    int64_t took = out ? out->seconds : w->now - in->at;

    node_put_text(a, one, "label", stage_name(x, in));
    node_put_text(a, one, "entered", page_moment(w, in->at));
    node_put_text(a, one, "left", out ? page_moment(w, out->at) : NULL);
    node_put_text(a, one, "took", took < 0 ? NULL : page_span(w, took));
    node_put_text(a, one, "worked", out && out->working >= 0 ? page_hours(w, out->working) : NULL);
    node_put_bool(a, one, "kept", out && out->in_time > 0);
    node_put_bool(a, one, "late", out && out->in_time == 0);
    node_put_text(a, one, "sent", sent(x, in));
    node_put_text(a, one, "who", in->by ? person(w, in->by) : i18n_text(w->cx.lang, "by itself"));
    node_put_text(a, one, "comment", in->comment);
    add_requests(x, one, in->to, in->at, out ? out->at : INT64_MAX);
}

bool way_show(Work *w, Node *page, const Record *r)
{
    Way x = { .w = w };
    Arena *a = w->cx.a;
    int64_t id = record_id(r);

    Node *list = node_put(a, page, "way", node_list(a));
    node_put_text(a, page, "way_words", NULL);
    if (!r->stage) return true;
    if (!recent_passages(w, r->form, id, &x.p, &x.n)) return false;
    if (r->form->approves && (!approval_list(w, r->form, id, REQUESTS, &x.request, &x.nrequest)
        || (x.nrequest > 1 && !approval_tasks_of(w, r->form, id, &x.task, &x.ntask)))) return false;
    /* It was made here: the timeline says all there is to say. */
    if (!x.n || (x.n < 2 && x.nrequest < 2)) return !w->cx.err;
    for (int i = x.n - 1; i >= 0; i--) add_stop(&x, list, &x.p[i], i ? &x.p[i - 1] : NULL);
    const char *all = page_span(w, w->now - x.p[x.n - 1].at);
    node_put_text(a, page, "way_words",
        x.n == 1 ? all : page_say(w, "%d stages in %s", x.n, all));
    return !w->cx.err;
}

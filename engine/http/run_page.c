/*
 * run_page.c — what automations did and which rules failed, for admins: the list, one run with its
 * steps, an automation once more.
 */
#include "http/handlers.h"
#include "http/page.h"
#include "base/i18n.h"
#include "base/node_json.h"
#include "data/automation.h"
#include "data/run_log.h"

#include <string.h>

static const char *const states[] = { "done", "stopped", "failed", "held" };

static const char *state_word(Work *w, const char *state)
{
    static const char *const words[][2] = { { "done", "Done" }, { "stopped", "Stopped" },
        { "failed", "Failed" }, { "held", "Held back" } };

    for (int i = 0; i < LEN(words); i++)
        if (str_eq(state, words[i][0])) return i18n_text(w->cx.lang, words[i][1]);
    return state;
}

/* What set it off, as a definition says it; `again`: an admin. */
static const char *event_word(Work *w, const char *event)
{
    static const char *const words[][2] = { { "created", "Created" }, { "updated", "Changed" },
        { "deleted", "Deleted" }, { "restored", "Restored" }, { "entered", "Came into a stage" },
        { "left", "Left a stage" }, { "at", "At its time" }, { "schedule", "On a schedule" },
        { "button", "Button" }, { "webhook", "Web call" }, { "again", "Run again" } };

    for (int i = 0; i < LEN(words); i++)
        if (str_eq(event, words[i][0])) return i18n_text(w->cx.lang, words[i][1]);
    return event;
}

static const char *person(Work *w, int64_t id)
{
    const char *name = id ? record_title_of(w, app_form(w->app, "user"), id) : NULL;

    return name && *name ? name : NULL;
}

static Node *show_run(Work *w, const Run *run)
{
    Arena *a = w->cx.a;
    Node *one = node_map(a);
    const Form *f = app_form(w->app, run->form);
    const struct Automation *what = f ? form_automation(f, run->automation) : NULL;

    node_put_text(a, one, "href", arena_printf(a, "/admin/runs/%lld", (long long)run->id));
    node_put_text(a, one, "when", page_moment(w, run->at));
    node_put_text(a, one, "automation", what
        ? label_show(&what->label, w->cx.lang, run->automation) : run->automation);
    node_put_text(a, one, "form", f ? form_label(f, w->cx.lang) : run->form);
    node_put_text(a, one, "record", f && run->record ? record_title_of(w, f, run->record) : NULL);
    node_put_text(a, one, "record_href", f && run->record ? page_href(a, f, run->record) : NULL);
    node_put_text(a, one, "event", event_word(w, run->event));
    node_put_text(a, one, "person", person(w, run->by));
    node_put_text(a, one, "took", arena_printf(a, "%.1f ms", (double)run->us / 1000));
    node_put_text(a, one, "state", state_word(w, run->state));
    node_put_bool(a, one, "bad", str_eq(run->state, "failed"));
    node_put_text(a, one, "error", run->error);
    node_put_bool(a, one, "again", !str_starts(run->automation, "plugins/"));
    return one;
}

static void add_states(Work *w, Node *page, const char *chosen)
{
    Node *options = node_put(w->cx.a, page, "states", node_list(w->cx.a));

    page_option(w->cx.a, options, "", i18n_text(w->cx.lang, "All"), !chosen || !*chosen);
    for (int i = 0; i < LEN(states); i++)
        page_option(w->cx.a, options, states[i], state_word(w, states[i]),
            str_eq(chosen, states[i]));
}

static void add_forms(Work *w, Node *page, const char *chosen)
{
    Node *options = node_put(w->cx.a, page, "forms", node_list(w->cx.a));

    page_option(w->cx.a, options, "", i18n_text(w->cx.lang, "All"), !chosen || !*chosen);
    for (int i = 0; i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        if (f->nautomation)
            page_option(w->cx.a, options, f->key, form_label(f, w->cx.lang),
                str_eq(chosen, f->key));
    }
}

bool page_runs(Work *w, const Request *q, Response *r)
{
    Arena *a = w->cx.a;
    RunAsk ask = { .form = request_arg(q, "form"), .automation = request_arg(q, "automation"),
        .state = request_arg(q, "state") };
    bool more;
    Run *run;
    int n;

    ask.before = request_arg_int(&w->cx, q, "before", 0, 0, INT64_MAX);
    ask.record = request_arg_int(&w->cx, q, "record", 0, 0, INT64_MAX);
    if (w->cx.err || !run_log_list(w, &ask, &run, &n, &more)) return false;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Automations' runs"));
    Node *list = node_put(a, page, "runs", node_list(a));
    for (int i = 0; i < n; i++) node_add(a, list, show_run(w, &run[i]));
    add_states(w, page, ask.state);
    add_forms(w, page, ask.form);
    node_put_text(a, page, "next", !more ? NULL : page_url(a, "/admin/runs", "form", ask.form,
        "automation", ask.automation, "state", ask.state, "before",
        arena_printf(a, "%lld", (long long)run[n - 1].id), NULL));
    return page_end(w, q, r, "runs", page);
}

MUST static bool find(Work *w, const Request *q, Run *run)
{
    int64_t id;
    bool found = false;

    if (!request_id(w, q, 0, &id) || !run_log_find(w, id, run, &found)) return false;
    return found || cx_fail(&w->cx, E_MISSING, "there is no such run");
}

/* What a step was given and did: one line for each thing. */
static void add_steps(Work *w, Node *page, const Node *steps)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "steps", node_list(a));

    for (int i = 0; node_is(steps, NODE_LIST) && i < steps->n; i++) {
        const Node *step = steps->item[i];
        Node *one = node_add(a, list, node_map(a)), *notes = node_list(a);
        node_put_text(a, one, "step", node_text(node_find(step, "step")));
        node_put_text(a, one, "line", node_text(node_find(step, "line")));
        for (int k = 0; node_is(step, NODE_MAP) && k < step->n; k++) {
            const Node *x = step->item[k];
            if (str_eq(x->key, "step") || str_eq(x->key, "line")) continue;
            Node *note = node_add(a, notes, node_map(a));
            node_put_text(a, note, "label", x->key);
            node_put_text(a, note, "text", node_text(x) ? node_text(x) : node_json(a, x));
        }
        node_put(a, one, "notes", notes);
    }
}

static Node *kept(Work *w, const char *json)
{
    Node *n = json ? json_parse(&w->cx, json, strlen(json)) : NULL;

    cx_clear(&w->cx);
    return n;
}

/* error: why it could not be run again; tried: shown in place of what it did. */
static bool show_one(Work *w, const Request *q, Response *r, const char *error, const Tried *tried)
{
    Arena *a = w->cx.a;
    Run run;

    if (!find(w, q, &run)) return false;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "A run"));
    node_put_text(a, page, "given", run.given);
    node_put(a, page, "run", show_run(w, &run));
    node_put_text(a, page, "refused", error ? error
        : tried && str_eq(tried->state, "failed") ? tried->message : NULL);
    if (tried) {
        node_put_text(a, page, "tried", state_word(w, tried->state));
        node_put_bool(a, page, "idle", !tried->holds);
    }
    add_steps(w, page, tried ? tried->steps : kept(w, run.steps));
    return page_end(w, q, r, "run", page);
}

bool page_run(Work *w, const Request *q, Response *r)
{
    return show_one(w, q, r, NULL, NULL);
}

MUST static bool find_both(Work *w, const Request *q, Run *run, const struct Automation **a)
{
    if (!find(w, q, run)) return false;
    const Form *f = app_form(w->app, run->form);
    *a = f ? form_automation(f, run->automation) : NULL;
    return *a || cx_fail(&w->cx, E_MISSING, "there is no such automation any more");
}

bool runs_again(Work *w, const Request *q, Run *run)
{
    const struct Automation *a;

    return find_both(w, q, run, &a)
        && automation_run(w, a, run->record, "again", w->who.id, kept(w, run->given));
}

bool page_run_try_post(Work *w, const Request *q, Response *r)
{
    const struct Automation *a;
    Tried tried;
    Run run;

    return find_both(w, q, &run, &a)
        && automation_try(w, a, run.record, kept(w, run.given), &tried)
        && show_one(w, q, r, NULL, &tried);
}

bool page_run_again_post(Work *w, const Request *q, Response *r)
{
    Run run;

    if (runs_again(w, q, &run)) {
        response_redirect(&w->cx, r, "/admin/runs");
        return true;
    }
    if (w->cx.err != E_RULE && w->cx.err != E_INPUT) return false;
    const char *error = w->cx.nissue ? w->cx.issue[0].text : w->cx.text;
    int status = err_status(w->cx.err);
    cx_clear(&w->cx);
    if (!show_one(w, q, r, error, NULL)) return false;
    r->status = status;
    return true;
}

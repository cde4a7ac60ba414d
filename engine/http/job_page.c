/*
 * job_page.c — jobs for admins: a tab each for what failed for good, what is tried again and what
 * waits, and the receivers that rest.
 */
#include "http/handlers.h"
#include "http/page.h"
#include "base/i18n.h"
#include "data/job_list.h"

enum { A_PAGE = 50 };

static const char *number(Work *w, int64_t n)
{
    return arena_printf(w->cx.a, "%lld", (long long)n);
}

static const char *kind_text(Work *w, const char *kind)
{
    static const char *const text[][2] = { { "mail", "E-mail" }, { "webhook", "Web call" },
        { "committed", "Rule after a change" }, { "schedule", "Rule on a schedule" },
        { "files", "Tidying of files" }, { "import", "Import" } };

    for (int i = 0; i < LEN(text); i++)
        if (str_eq(text[i][0], kind)) return i18n_text(w->cx.lang, text[i][1]);
    return kind;
}

static void add_job(Work *w, Node *list, const JobRow *x)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));

    node_put_text(a, one, "id", number(w, x->id));
    node_put_text(a, one, "kind", kind_text(w, x->kind));
    node_put_text(a, one, "receiver", x->lane);
    node_put_text(a, one, "since", x->created ? page_moment(w, x->created) : NULL);
    node_put_text(a, one, "attempts", number(w, x->attempts));
    node_put_text(a, one, "next", x->state != JOBS_DEAD ? page_moment(w, x->due) : NULL);
    node_put_text(a, one, "tried", x->tried ? page_moment(w, x->tried) : NULL);
    node_put_text(a, one, "status", x->status ? number(w, x->status) : NULL);
    node_put_text(a, one, "ms", x->tried ? number(w, x->ms) : NULL);
    node_put_text(a, one, "error", x->error);
    node_put_bool(a, one, "running", x->running);
}

static void add_tabs(Work *w, Node *page, JobState state)
{
    static const char *const label[JOBS_STATES] = { "Waiting", "Failing", "Dead letters" };
    static const JobState order[] = { JOBS_DEAD, JOBS_FAILING, JOBS_WAITING };
    Arena *a = w->cx.a;
    Node *tabs = node_put(a, page, "tabs", node_list(a));

    for (int i = 0; i < LEN(order); i++) {
        Node *one = node_add(a, tabs, node_map(a));
        node_put_text(a, one, "label", i18n_text(w->cx.lang, label[order[i]]));
        node_put_text(a, one, "href",
            page_url(a, "/admin/jobs", "state", job_state_name[order[i]], NULL));
        node_put_bool(a, one, "current", order[i] == state);
    }
}

MUST static bool add_lanes(Work *w, Node *page)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "lanes", node_list(a));
    Lane *lane;
    int n;

    if (!lane_list(w, &lane, &n)) return false;
    for (int i = 0; i < n; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "key", lane[i].key);
        node_put_text(a, one, "error", lane[i].error);
        node_put_text(a, one, "since", page_moment(w, lane[i].at));
        node_put_text(a, one, "until", lane[i].stopped ? NULL : page_moment(w, lane[i].until));
    }
    return true;
}

static JobState state_of(const char *name)
{
    for (int i = 0; i < JOBS_STATES; i++)
        if (str_eq(name, job_state_name[i])) return (JobState)i;
    return JOBS_DEAD;
}

bool page_jobs(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "state", "before", NULL };
    Arena *a = w->cx.a;
    JobState state = state_of(request_arg(q, "state"));
    JobRow *row;
    int n;

    if (!request_args_only(&w->cx, q, known)) return false;
    int64_t before = request_arg_int(&w->cx, q, "before", 0, 0, INT64_MAX);
    if (w->cx.err || !job_list(w, state, NULL, before, A_PAGE, &row, &n)) return false;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Jobs"));
    add_tabs(w, page, state);
    if (!add_lanes(w, page)) return false;
    Node *list = node_put(a, page, "jobs", node_list(a));
    for (int i = 0; i < n; i++) add_job(w, list, &row[i]);
    node_put_text(a, page, "state", job_state_name[state]);
    node_put_bool(a, page, "is_dead", state == JOBS_DEAD);
    node_put_text(a, page, "next", n < A_PAGE ? NULL : page_url(a, "/admin/jobs", "state",
        job_state_name[state], "before", number(w, row[n - 1].id), NULL));
    return page_end(w, q, r, "jobs", page);
}

static bool back(Work *w, const Request *q, Response *r)
{
    const char *state = node_text(node_find(q->form, "state"));

    response_redirect(&w->cx, r, page_url(w->cx.a, "/admin/jobs", "state",
        job_state_name[state_of(state)], NULL));
    return true;
}

/* What is gone meanwhile needs no word any more. */
static bool settled(Work *w)
{
    if (w->cx.err != E_MISSING) return false;
    cx_clear(&w->cx);
    return true;
}

bool page_job_retry_post(Work *w, const Request *q, Response *r)
{
    int64_t id;

    if (!request_id(w, q, 0, &id)) return false;
    return (job_retry(w, id) || settled(w)) && back(w, q, r);
}

bool page_job_drop_post(Work *w, const Request *q, Response *r)
{
    int64_t id;

    if (!request_id(w, q, 0, &id)) return false;
    return (job_drop(w, id) || settled(w)) && back(w, q, r);
}

bool page_jobs_retry_post(Work *w, const Request *q, Response *r)
{
    const char *kind = node_text(node_find(q->form, "kind"));
    int64_t n;

    return job_retry_dead(w, kind && *kind ? kind : NULL, &n) && back(w, q, r);
}

bool page_jobs_resume_post(Work *w, const Request *q, Response *r)
{
    const char *lane = node_text(node_find(q->form, "receiver"));

    return (lane_resume(w, lane ? lane : "") || settled(w)) && back(w, q, r);
}

/*
 * version_page.c — what was published: the list, one version with its diff, going back to one, and
 * the folder's plan that waits for a word.
 */
#include "http/definition.h"
#include "http/fill_form.h"
#include "http/flow_form.h"
#include "http/page.h"
#include "base/i18n.h"
#include "data/pins.h"
#include "data/version.h"

#include <string.h>

enum { A_PAGE = 30, MOST_LINES = 5000 };

static const char *number(Work *w, int64_t n)
{
    return arena_printf(w->cx.a, "%lld", (long long)n);
}

/* The lines of a diff or a plan, each with what it says: come, gone, head, same. */
static Node *lines(Work *w, const char *text)
{
    Arena *a = w->cx.a;
    Node *list = node_list(a);
    const char *kind;

    for (const char *p = text; p && *p && list->n < MOST_LINES; ) {
        size_t n = strcspn(p, "\n");
        Node *one = node_add(a, list, node_map(a));
        if (str_starts(p, "--- ") || str_starts(p, "+++ ") || str_starts(p, "@@ ")) kind = "head";
        else kind = *p == '+' ? "come" : *p == '-' ? "gone" : "same";
        node_put_text(a, one, "kind", kind);
        node_put_text(a, one, "text", arena_dup_n(a, p, n));
        p += n + (p[n] == '\n');
    }
    return list;
}

static Node *file_list(Work *w, const Version *v)
{
    static const char *const words[][2] = { { "added", "added" }, { "changed", "changed" },
        { "removed", "removed" } };
    Arena *a = w->cx.a;
    Node *list = node_list(a);

    for (int i = 0; i < v->nfile; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "path", v->file[i].path);
        for (int k = 0; k < LEN(words); k++)
            if (str_eq(words[k][0], v->file[i].what))
                node_put_text(a, one, "what", i18n_text(w->cx.lang, words[k][1]));
    }
    return list;
}

static Node *show_version(Work *w, const Version *v)
{
    Arena *a = w->cx.a;
    Node *one = node_map(a);

    node_put_text(a, one, "number", number(w, v->version));
    node_put_text(a, one, "href", arena_printf(a, "/admin/versions/%lld", (long long)v->version));
    node_put_text(a, one, "when", page_moment(w, v->at));
    node_put_text(a, one, "author", v->name ? v->name : v->author);
    node_put_text(a, one, "login", v->name ? v->author : NULL);
    node_put_text(a, one, "note", v->note);
    node_put_bool(a, one, "current", v->version == w->app->version);
    node_put(a, one, "files", file_list(w, v));
    return one;
}

/* ---- a proposal on the page ---- */

static Node *issues_of(Work *w, const Cx *failed)
{
    Arena *a = w->cx.a;
    Node *list = node_list(a);

    for (int i = 0; i < failed->nissue; i++) {
        const Issue *x = &failed->issue[i];
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "place", x->at.file && x->at.line ? arena_printf(a, "%s:%d:%d",
            x->at.file, x->at.line, x->at.col) : x->at.file);
        node_put_text(a, one, "text", x->text);
    }
    return list;
}

/* With the answers of the form; wrong ones are issues of `wrong`, and it is planned without them. */
MUST static bool plan_it(Work *w, const Request *q, Propose what, int64_t version, Proposal *p, Cx *failed, Cx *wrong)
{
    PublishAsk *answers = ARENA_NEW(w->cx.a, PublishAsk);
    Merge clash;

    *answers = (PublishAsk){ 0 };
    answers->nfill = fill_values(w, q, &answers->fill);
    for (int last = 0; last < 2; last++) {
        if (!proposal_open(w, what, version, p, &clash)) return false;
        p->answers = last || !answers->nfill ? NULL : answers;
        if (proposal_plan(w, p)) return true;
        if (w->cx.err != E_DEF && (last || w->cx.err != E_INPUT)) return false;
        cx_copy(w->cx.err == E_DEF ? failed : wrong, &w->cx);
        bool done = w->cx.err == E_DEF;
        cx_clear(&w->cx);
        if (done) return true;
    }
    return true;
}

/* {diff, issues, plan, loses, refused, ready, fills} under `planned`. */
MUST static bool add_proposal(Work *w, const Request *q, Node *page, Propose what, int64_t version)
{
    Arena *a = w->cx.a;
    Node *to = node_put(a, page, "planned", node_map(a));
    Cx failed = cx_begin(a, w->cx.lang), wrong = cx_begin(a, w->cx.lang);
    Proposal p;

    if (!plan_it(w, q, what, version, &p, &failed, &wrong)) return false;
    fill_inputs(w, q, to, &p, &wrong);
    node_put(a, to, "diff", lines(w, p.diff));
    node_put(a, to, "issues", issues_of(w, &failed));
    node_put(a, to, "plan", lines(w, p.plan));
    node_put(a, to, "rules", p.rules ? node_copy(a, p.rules) : node_list(a));
    node_put(a, to, "flows", p.flows ? node_copy(a, p.flows) : node_list(a));
    node_put_bool(a, to, "loses", p.loses);
    node_put_bool(a, to, "refused", p.refused);
    node_put_bool(a, to, "asks", p.asks);
    node_put_bool(a, to, "ready", p.plan && (!p.refused || p.asks) && (p.nchange || !p.empty));
    node_put_bool(a, to, "same", !p.nchange);
    return true;
}

static PublishAsk ask_of(Work *w, const Request *q)
{
    const char *note = node_text(node_find(q->form, "note"));
    const FlowMove *move;
    const PlanFill *fill;
    int n = flow_moves(w, q, &move), nfill = fill_values(w, q, &fill);

    return (PublishAsk){ .move = move, .nmove = n, .fill = fill, .nfill = nfill, .author = w->who.login, .note = note && *note ? note : NULL,
        .loss = node_text(node_find(q->form, "allow_loss")) != NULL };
}

/* The failure of a publication as a text on the page it came from. */
static const char *refusal(Work *w, const Merge *clash)
{
    Str s = str_begin(w->cx.a);

    if (w->cx.err == E_INPUT) return NULL;     /* said at the inputs */
    str_add(&s, w->cx.text);
    for (int i = 0; i < w->cx.nissue; i++) str_printf(&s, "\n%s", w->cx.issue[i].text);
    for (int i = 0; i < clash->n; i++) str_printf(&s, "\n%s", clash->clash[i].path);
    return str_show(&s);
}

/* ---- the list ---- */

MUST static bool add_list(Work *w, const Request *q, Node *page)
{
    Arena *a = w->cx.a;
    int64_t before = request_arg_int(&w->cx, q, "before", 0, 1, INT32_MAX);
    Node *list = node_put(a, page, "versions", node_list(a));
    Version *v;
    int n;

    if (w->cx.err || !version_list(&w->cx, w->db, before, A_PAGE, &v, &n)) return false;
    for (int i = 0; i < n; i++) node_add(a, list, show_version(w, &v[i]));
    node_put_text(a, page, "next", n < A_PAGE || v[n - 1].version < 2 ? NULL : page_url(a,
        "/admin/versions", "before", number(w, v[n - 1].version), NULL));
    return true;
}

static bool show_list(Work *w, const Request *q, Response *r, const char *error)
{
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Published versions"));
    char *waiting = engine_waiting(w->engine, a);

    node_put_text(a, page, "waiting", waiting);
    node_put_text(a, page, "reason", waiting ? arena_dup_n(a, waiting, strcspn(waiting, "\n"))
        : NULL);
    node_put_text(a, page, "error", error);
    node_put(a, page, "planned", node_map(a));
    node_put(a, page, "flows", pins_choices(a, w->cx.lang, w->app, false));
    flow_told(w, q, page);
    if (!add_list(w, q, page)) return false;
    if (waiting && !add_proposal(w, q, page, PROPOSE_FOLDER, 0)) return false;
    return page_end(w, q, r, "versions", page);
}

bool page_versions(Work *w, const Request *q, Response *r)
{
    return show_list(w, q, r, NULL);
}

bool page_versions_apply_post(Work *w, const Request *q, Response *r)
{
    PublishAsk ask = ask_of(w, q);
    Published out = { 0 };
    Merge clash = { 0 };

    if (proposal_publish(w, PROPOSE_FOLDER, 0, &ask, &out, &clash)) {
        response_redirect(&w->cx, r, "/admin/versions?published=1");
        return true;
    }
    if (w->cx.err != E_CONFLICT && w->cx.err != E_DEF && w->cx.err != E_INPUT) return false;
    const char *error = refusal(w, &clash);
    int status = err_status(w->cx.err);
    cx_clear(&w->cx);
    if (!show_list(w, q, r, error)) return false;
    r->status = status;
    return true;
}

/* ---- one version ---- */

MUST static bool get_version(Work *w, int64_t version, Version **out)
{
    int n;

    if (!version_list(&w->cx, w->db, version + 1, 1, out, &n)) return false;
    if (n && (*out)->version == version) return true;
    return cx_fail(&w->cx, E_MISSING, "there is no version %lld", (long long)version);
}

MUST static bool add_diff(Work *w, Node *page, int64_t from, int64_t to)
{
    Source *old = NULL, *new;
    int nold = 0, nnew;

    if (from && !version_sources(&w->cx, w->db, from, &old, &nold)) return false;
    if (!version_sources(&w->cx, w->db, to, &new, &nnew)) return false;
    node_put(w->cx.a, page, "diff", lines(w, version_diff(w->cx.a, old, nold, new, nnew)));
    return true;
}

static bool show_one(Work *w, const Request *q, Response *r, bool revert, const char *error)
{
    Arena *a = w->cx.a;
    int64_t version, against;
    Version *v;

    if (!request_id(w, q, 0, &version) || version > INT32_MAX - 1 || !get_version(w, version, &v))
        return w->cx.err ? false : cx_fail(&w->cx, E_MISSING, "there is no version %lld",
            (long long)version);
    against = request_arg_int(&w->cx, q, "with", version - 1, 1, INT32_MAX);
    if (w->cx.err) return false;
    Node *page = page_begin(w, q, revert
        ? page_say(w, "Back to version %lld", (long long)version)
        : page_say(w, "Version %lld", (long long)version));
    Node *one = node_put(a, page, "version", show_version(w, v));
    node_put(a, one, "plan", lines(w, v->plan));
    node_put_text(a, page, "error", error);
    node_put_text(a, page, "with", against ? number(w, against) : NULL);
    node_put_text(a, page, "most", number(w, w->app->version));
    if (revert ? !add_proposal(w, q, page, PROPOSE_VERSION, version)
        : !add_diff(w, page, against, version)) return false;
    return page_end(w, q, r, revert ? "revert" : "version", page);
}

bool page_version(Work *w, const Request *q, Response *r)
{
    return show_one(w, q, r, false, NULL);
}

bool page_revert(Work *w, const Request *q, Response *r)
{
    return show_one(w, q, r, true, NULL);
}

bool page_revert_post(Work *w, const Request *q, Response *r)
{
    PublishAsk ask = ask_of(w, q);
    Published out = { 0 };
    Merge clash = { 0 };
    int64_t version;

    if (!request_id(w, q, 0, &version)) return false;
    if (!ask.note) ask.note = page_say(w, "version %lld again", (long long)version);
    if (proposal_publish(w, PROPOSE_VERSION, version, &ask, &out, &clash)) {
        response_redirect(&w->cx, r, "/admin/versions?published=1");
        return true;
    }
    if (w->cx.err != E_CONFLICT && w->cx.err != E_DEF && w->cx.err != E_INPUT) return false;
    const char *error = refusal(w, &clash);
    int status = err_status(w->cx.err);
    cx_clear(&w->cx);
    if (!show_one(w, q, r, true, error)) return false;
    r->status = status;
    return true;
}

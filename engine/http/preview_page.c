/*
 * preview_page.c — the pages of a draft as somebody would see them: their rights, real records, the
 * draft's forms, stages and views. Only to look at.
 *
 * The handlers of the real pages run, and may only look (design_look). The answer carries no token of a
 * session and may run no script, send no form and lead nowhere.
 */
#include "http/design.h"
#include "http/handlers.h"
#include "http/page.h"
#include "base/i18n.h"
#include "data/query.h"

typedef struct PreviewPage {
    const char *name; bool (*run)(Work *, const Request *, Response *);
    const char *path;                          /* in front of its segments */
    bool record, all;                          /* of a record; all: it takes any argument */
} PreviewPage;

static const PreviewPage pages[] = {
    { "new", page_new, "/f", false, false }, { "record", page_record, "/f", true, false },
    { "list", page_list, "/f", false, false },
}, dashboard = { "dashboard", page_dashboard, "/dashboards", false, true };

typedef struct PreviewAsk {
    const Request *q; Response *r;
    const char *as;
    const PreviewPage *page;
} PreviewAsk;

/* The record that is asked for, or the newest that this person may read. */
MUST static bool find_record(Work *w, const char *form, const char *asked, const char **out)
{
    const Form *f = app_form(w->app, form);
    List list = { 0 };

    *out = asked;
    if (asked) return true;
    if (!f) return cx_fail(&w->cx, E_MISSING, "there is no form %s", form);
    if (!query_list(w, &(ListAsk){ .form = f, .limit = 1 }, &list)) return false;
    if (!list.n) return cx_fail(&w->cx, E_MISSING, "there is no record that this person may read");
    *out = arena_printf(w->cx.a, "%lld", (long long)record_id(list.record[0]));
    return true;
}

/* The same request as the page itself would get it, of nobody's session. */
static Request as_page(Work *w, const PreviewAsk *ask, const char *record)
{
    static const char *const kept[] = { "view", "tab", "before", "after", "sort", "q" };
    Arena *a = w->cx.a;
    Request in = *ask->q;

    in.session = in.token = in.live = NULL;
    in.query = "";
    in.segment[1] = record;
    in.nsegment = record ? 2 : 1;
    in.path = arena_printf(a, record ? "%s/%s/%s" : "%s/%s", ask->page->path, in.segment[0], record);
    in.arg = ARENA_ARRAY(a, Pair, ask->q->narg + 1);
    in.narg = 0;
    for (int i = 0; i < ask->q->narg; i++)
        if (ask->page->all ? !str_eq(ask->q->arg[i].name, "as") : str_in(ask->q->arg[i].name, kept, LEN(kept)))
            in.arg[in.narg++] = ask->q->arg[i];
    return in;
}

static bool shown(Work *w, void *arg)
{
    PreviewAsk *ask = arg;
    const char *record = NULL, *lang = w->cx.lang;

    if (!design_become(w, ask->as)) return false;
    w->cx.lang = lang;
    if (ask->page->record
        && !find_record(w, ask->q->segment[0], request_arg(ask->q, "record"), &record)) return false;
    Request in = as_page(w, ask, record);
    return ask->page->run(w, &in, ask->r);
}

static bool preview(Work *w, const Request *q, Response *r, const PreviewPage *page)
{
    const char *as = request_arg(q, "as");
    PreviewAsk ask = { q, r, as && *as ? as : w->who.login, page };

    if (!design_look(w, r, shown, &ask)) return false;
    r->csp = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox";
    return true;
}

bool page_preview(Work *w, const Request *q, Response *r)
{
    const char *name = request_arg(q, "page");
    int i = 0;

    while (i < LEN(pages) && !str_eq(pages[i].name, name ? name : "new")) i++;
    if (i == LEN(pages)) return cx_fail(&w->cx, E_MISSING, "there is no such page");
    return preview(w, q, r, &pages[i]);
}

/* Its filters are in the address, as those of the page itself. */
bool page_dashboard_preview(Work *w, const Request *q, Response *r)
{
    return preview(w, q, r, &dashboard);
}

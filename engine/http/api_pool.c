/*
 * api_pool.c — claims and returns, by API and by the buttons of the record's page.
 */
#include "http/api.h"
#include "http/several.h"
#include "base/i18n.h"
#include "data/pool.h"

enum { LONGEST_REASON = 1000 };

static const char *const none[] = { NULL };

static bool no_body(Work *w, const Request *q)
{
    return !q->form || request_object(&w->cx, q, none);
}

bool api_claim(Work *w, const Request *q, Response *r)
{
    const Form *f;
    int64_t id;
    Saved saved = { 0 };

    return request_args_only(&w->cx, q, none) && request_record(w, q, &f, &id) && no_body(w, q)
        && pool_claim(w, f, id, &saved) && api_saved(w, q, r, &saved);
}

static bool reason_fits(Work *w, const char *reason)
{
    return !reason || utf8_count(reason) <= LONGEST_REASON
        || cx_fail(&w->cx, E_INPUT, "at most %d characters", LONGEST_REASON);
}

bool api_release(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "pool", "reason", NULL };
    const char *pool = NULL, *reason = NULL;
    const Form *f;
    int64_t id;
    Saved saved = { 0 };

    if (!request_args_only(&w->cx, q, none) || !request_record(w, q, &f, &id)) return false;
    if (q->form) {
        const Node *body = request_object(&w->cx, q, known);
        if (!body) return false;
        if (!node_read_text(&w->cx, body, "pool", &pool)
            || !node_read_text(&w->cx, body, "reason", &reason)) return cx_check(&w->cx);
    }
    return reason_fits(w, reason) && pool_release(w, f, id, pool, reason, &saved)
        && api_saved(w, q, r, &saved);
}

MUST static bool claim_one(Work *w, const Form *f, int64_t id, const void *arg)
{
    Saved saved;

    (void)arg;
    return pool_claim(w, f, id, &saved);
}

bool api_claim_many(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "records", NULL };
    const Form *f = request_form(w, q);

    if (!f || !request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    return body && several_answer(w, r, f, node_find(body, "records"),
        &(Several){ .run = claim_one, .key = "claimed" });
}

/* ---- the buttons ---- */

bool page_claim_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    int64_t id;
    Saved saved;

    if (!request_record(w, q, &f, &id) || !pool_claim(w, f, id, &saved)) return false;
    response_redirect(&w->cx, r, page_url(w->cx.a, page_href(w->cx.a, f, id), "done", "1", NULL));
    return true;
}

/* The records that were ticked in a pool's list. */
bool page_claims_post(Work *w, const Request *q, Response *r)
{
    const Form *f = request_form(w, q);
    int64_t *id;
    int n;

    return f && several_ticked(w, q, "record", &id, &n)
        && several_page(w, q, r, f, id, n,
            &(Several){ .run = claim_one, .label = i18n_text(w->cx.lang, "Claim") });
}

/* Who puts a record back may not be able to read it any more. */
bool page_release_post(Work *w, const Request *q, Response *r)
{
    const char *reason = node_text(node_find(q->form, "reason"));
    const Form *f;
    int64_t id;
    Saved saved;

    if (!request_record(w, q, &f, &id) || !reason_fits(w, reason)
        || !pool_release(w, f, id, NULL, reason, &saved)) return false;
    response_redirect(&w->cx, r, arena_printf(w->cx.a, "/f/%s", f->key));
    return true;
}

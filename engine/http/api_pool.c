/*
 * api_pool.c — claims and returns, by API and by the buttons of the record's page.
 */
#include "http/api.h"
#include "http/page.h"
#include "data/pool.h"
#include "data/readable.h"

#include <stdlib.h>

enum { MOST_CLAIMS = 200, LONGEST_REASON = 1000 };

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

/* A refusal concerns one record; a failure of the program all. */
typedef struct Claim { bool ok; const char *code, *why; } Claim;

MUST static bool claim_one(Work *w, const Form *f, int64_t id, Claim *out)
{
    Saved saved;
    bool ok = pool_claim(w, f, id, &saved);
    Err err = w->cx.err;

    *out = (Claim){ .ok = ok };
    if (ok) return true;
    if (err != E_INPUT && err != E_DENIED && err != E_MISSING && err != E_CONFLICT) return false;
    out->code = w->cx.nissue ? w->cx.issue[0].code : err_code(err);
    out->why = w->cx.nissue ? w->cx.issue[0].text : w->cx.text;
    cx_clear(&w->cx);
    return true;
}

static void put_claim(Json *j, int64_t id, const Claim *c)
{
    json_map(j);
    json_key(j, "id"); json_int(j, id);
    json_key(j, "claimed"); json_bool(j, c->ok);
    if (!c->ok) {
        json_key(j, "code"); json_text(j, c->code);
        json_key(j, "message"); json_text(j, c->why);
    }
    json_map_end(j);
}

bool api_claim_many(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "records", NULL };
    const Form *f = request_form(w, q);
    int64_t *id;
    int n;

    if (!f || !request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    if (!api_ids(w, node_find(body, "records"), "records", &id, &n)) return cx_check(&w->cx);
    if (n > MOST_CLAIMS)
        return cx_fail(&w->cx, E_SIZE, "at most %d changes in one batch", MOST_CLAIMS);
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "results");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        Claim c;
        if (!claim_one(w, f, id[i], &c)) return false;
        put_claim(&j, id[i], &c);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
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

/* The records that were ticked in a pool's list: each by itself, and what became of it. */
bool page_claims_post(Work *w, const Request *q, Response *r)
{
    const Form *f = request_form(w, q);
    const Node *ticked = node_find(q->form, "record");
    Node one = { .kind = NODE_LIST, .n = 1, .item = (Node *[]){ (Node *)ticked } };
    Arena *a = w->cx.a;
    Node *list = node_list(a);
    int claimed = 0;

    if (!f) return false;
    if (ticked && !node_is(ticked, NODE_LIST)) ticked = &one;
    if (ticked && ticked->n > MOST_CLAIMS)
        return cx_fail(&w->cx, E_SIZE, "at most %d changes in one batch", MOST_CLAIMS);
    for (int i = 0; ticked && i < ticked->n; i++) {
        int64_t id = strtoll(node_text(ticked->item[i]), NULL, 10);
        Node *line = node_add(a, list, node_map(a));
        Claim c;
        if (!claim_one(w, f, id, &c)) return false;
        const char *title = readable_title(w, f, id);
        node_put_text(a, line, "title", title && *title ? title : page_say(w, "Record %lld",
            (long long)id));
        node_put_text(a, line, "href", title && *title ? page_href(a, f, id) : NULL);
        node_put_text(a, line, "why", c.why);
        claimed += c.ok;
    }
    Node *page = page_begin(w, q, page_say(w, "Claimed: %d of %d", claimed, list->n));
    page_crumbs(w, page, f, NULL);
    node_put_text(a, page, "back", page_back(node_text(node_find(q->form, "back")),
        arena_printf(a, "/f/%s", f->key)));
    node_put(a, page, "results", list);
    return page_end(w, q, r, "claims", page);
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

/*
 * webhook.c — what is asked for becomes a call, and its answer the end of a job.
 *
 * 2xx is success. 408, 429, 5xx and no answer at all mean that the receiver is away, so its lane
 * rests; 410 means that it wants no more. Anything else is about this one call.
 */
#include "data/webhook.h"
#include "data/channel.h"
#include "data/env_text.h"
#include "data/figures.h"
#include "data/guard.h"
#include "data/job_lane.h"
#include "data/outward.h"
#include "data/signature.h"
#include "base/node_json.h"
#include "base/out.h"
#include "base/sys.h"
#include "def/webhook.h"

#include <string.h>

enum { HEADERS = 24, SECRETS = 8 };

typedef struct Target {
    const Channel *channel;
    const char *url, *method;
    const char *secret[SECRETS]; int nsecret;
    const Node *headers;
    bool listed;
} Target;

const char *webhook_lane(Work *w, const char *kind, const char *name)
{
    return arena_printf(w->cx.a, "%s %s", kind, name);
}

/* A text, or {"env": text} with what the environment says in it. NULL after a failure. */
static const char *said(Work *w, const Node *n)
{
    const char *text;

    if (!node_is(n, NODE_MAP)) return node_text(n);
    text = node_text(node_find(n, "env"));
    if (text) text = env_text(w->cx.a, text);
    if (!text) cx_fail(&w->cx, E_INPUT, "an environment variable of this web call is not set");
    return text;
}

MUST static bool read_secrets(Work *w, const Node *n, Target *t)
{
    int count = node_is(n, NODE_LIST) ? n->n : n ? 1 : 0;

    for (int i = 0; i < count && t->nsecret < SECRETS; i++) {
        const char *text = said(w, node_is(n, NODE_LIST) ? n->item[i] : n);
        if (w->cx.err) return false;
        if (text && *text) t->secret[t->nsecret++] = text;
    }
    return true;
}

static void take_secrets(Target *t, const char *const *secret, int n)
{
    for (int i = 0; i < n && t->nsecret < SECRETS; i++) t->secret[t->nsecret++] = secret[i];
}

MUST static bool find_target(Work *w, const Node *body, Target *t)
{
    const char *hook = node_text(node_find(body, "webhook"));
    const char *channel = node_text(node_find(body, "channel"));
    const Webhook *h = hook ? app_webhook(w->app, hook) : NULL;

    *t = (Target){ .headers = node_find(body, "headers") };
    t->channel = channel ? app_channel(w->app, channel) : NULL;
    if ((hook && !h) || (channel && (!t->channel || !t->channel->webhook)))
        return cx_fail(&w->cx, E_INPUT, "the app has no receiver `%s` any more",
            hook ? hook : channel);
    if (h) take_secrets(t, h->secret, h->nsecret);
    if (t->channel && str_eq(t->channel->format, "json"))
        take_secrets(t, t->channel->secret, t->channel->nsecret);
    t->url = h ? h->url : t->channel ? channel_address(w->cx.a, t->channel, sys_now_ms())
        : said(w, node_find(body, "url"));
    if (w->cx.err || !read_secrets(w, node_find(body, "secret"), t)) return false;
    t->method = node_text(node_find(body, "method"));
    t->listed = t->url && guard_listed(w, t->url);
    return t->url || cx_fail(&w->cx, E_INPUT, "the web call has no address");
}

MUST static bool add_headers(Work *w, const Target *t, const char **header, int *n)
{
    for (int i = 0; t->headers && i < t->headers->n && *n < HEADERS; i++) {
        const Node *x = t->headers->item[i];
        const char *value = said(w, x);
        if (w->cx.err) return false;
        if (!value) continue;
        if (!outward_header_ok(x->key, value))
            return cx_fail(&w->cx, E_INPUT, "a web call cannot have the header `%s`", x->key);
        header[(*n)++] = arena_printf(w->cx.a, "%s: %s", x->key, value);
    }
    return true;
}

MUST static bool make_call(Work *w, const Target *t, const char *id, const char *text,
    OutwardAnswer *out)
{
    Arena *a = w->cx.a;
    const char *at = arena_printf(a, "%lld", (long long)sys_now()), *header[HEADERS + 4];
    int n = 0;

    if (text) header[n++] = "Content-Type: application/json; charset=utf-8";
    header[n++] = arena_printf(a, "webhook-id: %s", id);
    header[n++] = arena_printf(a, "webhook-timestamp: %s", at);
    if (t->nsecret)
        header[n++] = arena_printf(a, "webhook-signature: %s", signature_of(a, t->secret,
            t->nsecret, id, at, text ? text : "", text ? strlen(text) : 0));
    if (!add_headers(w, t, header, &n)) return false;
    return outward_call(&w->cx, &(OutwardCall){ .method = t->method, .url = t->url, .body = text,
        .header = header, .nheader = n, .listed = t->listed }, out);
}

/* An answer came: what it means. */
static bool judge(Work *w, const Target *t, const Job *job, const OutwardAnswer *answer)
{
    JobEnd *end = job->end;
    int status = end->status = answer->status;
    bool soon, fine = status >= 200 && status < 300;
    const char *why = fine && t->channel
        ? channel_refusal(w->cx.a, t->channel, answer->body, answer->n, &soon) : NULL;

    if (fine && !why) return true;
    end->wait_s = answer->retry_after;
    end->gone = status == 410;
    end->down = status == 408 || status == 429 || status >= 500 || (why && soon);
    cx_fail(&w->cx, E_SYS, "the web call failed");
    end->said = why;
    if (why) cx_detail(&w->cx, "%s", why);
    else cx_detail(&w->cx, "status %d", status);
    return false;
}

bool webhook_job(Work *w, const Job *job)
{
    Node *body = json_parse(&w->cx, job->body, strlen(job->body));
    Node *sent = node_find(body, "body");
    const char *id = node_text(node_find(body, "id"));
    OutwardAnswer answer = { 0 };
    Target t;

    if (!body || !find_target(w, body, &t)) {
        job->end->hopeless = w->cx.err == E_INPUT;
        return false;
    }
    if (!id) id = arena_printf(w->cx.a, "msg_%lld", (long long)job->id);
    if (t.channel && node_is(sent, NODE_MAP)) channel_sign(w->cx.a, t.channel, sent, sys_now());
    const char *text = str_eq(t.method, "GET") ? NULL : sent ? node_json(w->cx.a, sent) : "{}";
    bool came = make_call(w, &t, id, text, &answer);
    figures_answer(answer.status);
    if (came) return judge(w, &t, job, &answer);
    job->end->hopeless = w->cx.err == E_INPUT;
    job->end->down = w->cx.err == E_SYS;
    return false;
}

bool webhook_add(Work *w, Node *body, const char *key)
{
    Arena *a = w->cx.a;
    const char *hook = node_text(node_find(body, "webhook"));
    const char *channel = node_text(node_find(body, "channel"));
    const char *url = node_text(node_find(body, "url")), *host = url ? guard_host(a, url) : NULL;
    const char *lane = hook ? webhook_lane(w, "webhook", hook)
        : channel ? webhook_lane(w, "channel", channel) : host ? webhook_lane(w, "host", host) : NULL;

    node_put_text(a, body, "id", arena_printf(a, "msg_%.27s", sys_token(a)));
    return jobs_add_in(w, "webhook", node_json(a, body), lane, key);
}

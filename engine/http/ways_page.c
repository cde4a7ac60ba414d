/*
 * ways_page.c — by which channels one is told what, and when e-mails come: on the own profile and
 * by the API.
 */
#include "http/ways.h"
#include "http/api.h"
#include "base/i18n.h"
#include "data/ways.h"

#include <stdlib.h>

static const char *const kind_labels[WAY_KINDS] = { "Reminders", "Approvals", "Other messages" };
static const char *const way_labels[] = { "As the app says", "Always", "Never" };
static const char *const emails_labels[] = { "At once", "Gathered, once a day",
    "Gathered, once a week" };
static const char *const days[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
    "Saturday", "Sunday" };

static const char *channel_label(Work *w, const Channel *c)
{
    int smtp = 0;

    for (int i = 0; i < w->app->nchannel; i++) smtp += w->app->channel[i].smtp != NULL;
    return c->smtp && smtp == 1 ? page_say(w, "E-mail") : c->key;
}

static void add_choices(Work *w, Node *list, const char *const *values, const char *const *labels,
    int n, int chosen)
{
    for (int i = 0; i < n; i++)
        page_option(w->cx.a, list, values ? values[i]
            : arena_printf(w->cx.a, "%d", i + 1), i18n_text(w->cx.lang, labels[i]), i == chosen);
}

static const char *cell_name(Arena *a, int kind, const Channel *c)
{
    return arena_printf(a, "way.%s.%s", way_kinds[kind], c->key);
}

static void add_cell(Work *w, Node *cells, const Ways *x, int kind, int channel)
{
    Arena *a = w->cx.a;
    const Channel *c = &w->app->channel[channel];
    Node *cell = node_add(a, cells, node_map(a)), *options = node_list(a);
    Way way = x->way[kind * w->app->nchannel + channel];

    node_put_text(a, cell, "name", cell_name(a, kind, c));
    node_put_text(a, cell, "channel", channel_label(w, c));
    for (int i = 0; i < LEN(way_labels); i++)
        if (i != WAY_ON || c->smtp)
            page_option(a, options, way_words[i], i18n_text(w->cx.lang, way_labels[i]),
                (int)way == i);
    node_put(a, cell, "options", options);
}

bool ways_panel(Work *w, Node *page)
{
    Arena *a = w->cx.a;
    char time[16];
    bool smtp = false;
    Ways x;

    if (!w->app->nchannel || !ways_of(w, w->who.id, &x)) return !w->cx.err;
    Node *to = node_put(a, page, "ways", node_map(a)),
        *channels = node_put(a, to, "channels", node_list(a)),
        *kinds = node_put(a, to, "kinds", node_list(a));
    for (int i = 0; i < w->app->nchannel; i++) {
        node_put_text(a, node_add(a, channels, node_map(a)), "label",
            channel_label(w, &w->app->channel[i]));
        smtp |= w->app->channel[i].smtp != NULL;
    }
    for (int k = 0; k < WAY_KINDS; k++) {
        if (k == 1 && !app_approves(w->app)) continue;
        Node *kind = node_add(a, kinds, node_map(a));
        node_put_text(a, kind, "label", i18n_text(w->cx.lang, kind_labels[k]));
        Node *cells = node_put(a, kind, "cells", node_list(a));
        for (int i = 0; i < w->app->nchannel; i++) add_cell(w, cells, &x, k, i);
    }
    time_show(time, sizeof time, x.time);
    node_put_bool(a, to, "smtp", smtp);
    node_put_text(a, to, "time", arena_dup(a, time));
    node_put_bool(a, to, "quiet", x.quiet);
    add_choices(w, node_put(a, to, "emails", node_list(a)), emails_words, emails_labels,
        LEN(emails_words), (int)x.emails);
    add_choices(w, node_put(a, to, "days", node_list(a)), NULL, days, LEN(days), x.day - 1);
    return true;
}

static const char *posted(const Request *q, const char *name)
{
    const char *text = node_text(node_find(q->form, name));
    return text && *text ? text : NULL;
}

bool page_ways_post(Work *w, const Request *q, Response *r)
{
    static const char *const plain[] = { "emails", "time" };
    Arena *a = w->cx.a;
    Node *body = node_map(a), *kinds = node_put(a, body, "kinds", node_map(a));
    Ways x;

    for (int i = 0; i < LEN(plain); i++)
        if (posted(q, plain[i])) node_put_text(a, body, plain[i], posted(q, plain[i]));
    if (posted(q, "day")) node_put_int(a, body, "day", strtoll(posted(q, "day"), NULL, 10));
    node_put_bool(a, body, "quiet", posted(q, "quiet") != NULL);
    for (int k = 0; k < WAY_KINDS; k++) {
        Node *kind = node_put(a, kinds, way_kinds[k], node_map(a));
        for (int i = 0; i < w->app->nchannel; i++) {
            const Channel *c = &w->app->channel[i];
            const char *word = posted(q, cell_name(a, k, c));
            if (word) node_put_text(a, kind, c->key, word);
        }
    }
    if (!ways_read(w, body, &x) || !ways_save(w, &x)) return false;
    response_redirect(&w->cx, r, "/profile?saved=1");
    return true;
}

static const char *const none[] = { NULL };

bool api_ways(Work *w, const Request *q, Response *r)
{
    Ways x;

    if (!request_args_only(&w->cx, q, none) || !ways_of(w, w->who.id, &x)) return false;
    Json j = response_json(r, 200);
    json_node(&j, ways_show(w, &x));
    return true;
}

bool api_ways_put(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "emails", "time", "day", "quiet", "kinds", NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    Ways x;

    if (!body || !ways_read(w, body, &x) || !ways_save(w, &x)) return false;
    Json j = response_json(r, 200);
    json_node(&j, ways_show(w, &x));
    return true;
}

/*
 * design_channel.c — a channel of one's draft, tried: one message to oneself.
 */
#include "http/design.h"
#include "data/channel_try.h"

typedef struct TryChannel { const char *channel; Response *r; } TryChannel;

static bool try_channel(Work *w, void *arg)
{
    const TryChannel *ask = arg;
    const Channel *c = app_channel(w->app, ask->channel);
    ChannelTried tried;

    if (!c) return cx_fail(&w->cx, E_MISSING, "there is no channel %s", ask->channel);
    if (!channel_try(w, c, &tried)) return false;
    Json j = response_json(ask->r, 200);
    json_map(&j);
    json_key(&j, "sent"); json_bool(&j, tried.sent);
    json_key(&j, "to"); json_text(&j, tried.to);
    json_key(&j, "where"); json_text(&j, tried.where);
    json_key(&j, "message"); json_text(&j, tried.why);
    json_key(&j, "answer"); json_text(&j, tried.said);
    json_key(&j, "status");
    if (tried.status) json_int(&j, tried.status);
    else json_null(&j);
    json_key(&j, "ms"); json_int(&j, tried.ms);
    json_map_end(&j);
    return true;
}

bool api_definition_try_channel(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "channel", NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    TryChannel ask = { .r = r };

    if (!body) return false;
    if (!node_read_text(&w->cx, body, "channel", &ask.channel)) return cx_check(&w->cx);
    if (!ask.channel) return cx_fail(&w->cx, E_SYNTAX, "channel must be given");
    return design_draft(w, r, try_channel, &ask);
}

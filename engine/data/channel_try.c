/*
 * channel_try.c — a job of the channel, run here instead of being put into the queue: so what it tells
 * is what the real ones meet, fence and signatures included.
 */
#include "data/channel_try.h"
#include "data/channel.h"
#include "data/mail.h"
#include "data/webhook.h"
#include "base/i18n.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <string.h>

enum { SAID = 300 };          /* characters of an answer */

static const char *text_of(Work *w, Val v)
{
    return v.kind == VAL_TEXT && v.n ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

MUST static bool myself(Work *w, ChannelPerson *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v[3];

    sql_add(&q, "SELECT \"name\", \"email\", \"phone\" FROM \"user\" WHERE \"id\" = ");
    sql_bind(&q, val_int(w->who.id));
    if (!db_one(&w->cx, w->db, &q, v, LEN(v), &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    *out = (ChannelPerson){ w->who.id, text_of(w, v[0]), text_of(w, v[1]), text_of(w, v[2]) };
    return true;
}

/* `text` without what nobody may read: others' words may hold ours. */
static const char *without(Arena *a, const char *text, const char *secret)
{
    Str s = str_begin(a);
    const char *at;

    if (!text || !secret || strlen(secret) < 4) return text;
    for (; (at = strstr(text, secret)); text = at + strlen(secret)) {
        str_add_n(&s, text, (size_t)(at - text));
        str_add(&s, "…");
    }
    str_add(&s, text);
    return str_show(&s);
}

/* What stands between "//user:" and "@". */
static const char *password_of(Arena *a, const char *url)
{
    const char *user = url ? strstr(url, "//") : NULL, *at = user ? strrchr(user, '@') : NULL;
    const char *colon = at ? memchr(user + 2, ':', (size_t)(at - user - 2)) : NULL;

    return colon ? arena_dup_n(a, colon + 1, (size_t)(at - colon - 1)) : NULL;
}

static const char *safe(Work *w, const Channel *c, const char *text)
{
    Arena *a = w->cx.a;

    if (!text || !*text) return NULL;
    if (!utf8_valid(text, strlen(text))) return NULL;
    text = without(a, without(a, text, c->webhook), password_of(a, c->smtp));
    for (int i = 0; i < c->nsecret; i++) text = without(a, text, c->secret[i]);
    return utf8_sub(a, text, 0, SAID);
}

static Node *body_of(Work *w, const Channel *c, const ChannelPerson *me)
{
    Arena *a = w->cx.a;
    Node *body = node_map(a);
    const char *app = label_show(&w->app->label, w->cx.lang, w->app->key);
    const char *text = arena_printf(a, i18n_text(w->cx.lang,
        "This is a test: messages of %s come by the channel %s."), app, c->key);

    node_put_text(a, body, "channel", c->key);
    if (c->smtp) {
        node_put_text(a, body, "to", me->email);
        node_put_text(a, body, "subject", arena_printf(a, i18n_text(w->cx.lang, "%s: a test message"), app));
        node_put_text(a, body, "text", text);
    } else {
        node_put_text(a, body, "id", arena_printf(a, "msg_%.27s", sys_token(a)));
        node_put(a, body, "body", channel_body(a, c, text, me, NULL, 0));
    }
    return body;
}

bool channel_try(Work *w, const Channel *c, ChannelTried *out)
{
    ChannelPerson me;
    JobEnd end = { .hurry = true };
    int64_t start = sys_mono_us();

    *out = (ChannelTried){ 0 };
    if (!myself(w, &me)) return false;
    if (c->smtp && !me.email)
        return cx_fail(&w->cx, E_INPUT, "you have no e-mail address; your profile takes one");
    Job job = { .kind = c->smtp ? "mail" : "webhook", .body = node_json(w->cx.a, body_of(w, c, &me)),
        .end = &end };
    out->to = c->smtp ? me.email : me.name;
    out->sent = c->smtp ? mail_job(w, &job) : webhook_job(w, &job);
    out->ms = (sys_mono_us() - start) / 1000;
    out->status = end.status;
    if (!out->sent) {
        out->where = end.where ? end.where : end.hopeless ? "refused" : end.status ? "robot" : "connect";
        out->why = safe(w, c, w->cx.text);
        if (!end.said && !end.status) end.said = w->cx.detail;
        cx_clear(&w->cx);
    }
    out->said = safe(w, c, end.said);
    return true;
}

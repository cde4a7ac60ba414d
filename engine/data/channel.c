/*
 * channel.c — see channel.h. People are named by their number where a robot can ring them so.
 */
#include "data/channel.h"
#include "data/signature.h"
#include "base/node_json.h"
#include "base/out.h"

#include <string.h>

/* Whole characters only; what is too long for the robot ends in "…". */
static const char *cut(Arena *a, const char *text, size_t most)
{
    size_t n = strlen(text);

    if (n <= most) return text;
    for (n = most - 3; n && ((unsigned char)text[n] & 0xc0) == 0x80; n--) { }
    return arena_printf(a, "%.*s…", (int)n, text);
}

/* These two know the numbers of their own country without its code. */
static const char *mobile(const ChannelPerson *to)
{
    if (!to->phone || !*to->phone) return NULL;
    return str_starts(to->phone, "+86") ? to->phone + 3 : to->phone;
}

static Node *numbers(Arena *a, const char *phone)
{
    Node *list = node_list(a);

    if (phone) node_add(a, list, node_new_text(a, phone));
    return list;
}

static void put_wecom(Arena *a, Node *body, const char *text, const ChannelPerson *to)
{
    const char *phone = mobile(to);

    node_put_text(a, body, "msgtype", "text");
    Node *t = node_put(a, body, "text", node_map(a));
    if (!phone && to->name) text = arena_printf(a, "@%s %s", to->name, text);
    node_put_text(a, t, "content", cut(a, text, 2048));
    if (phone) node_put(a, t, "mentioned_mobile_list", numbers(a, phone));
}

/* Who is rung must stand in the text, too. */
static void put_dingtalk(Arena *a, Node *body, const char *text, const ChannelPerson *to)
{
    const char *phone = mobile(to), *who = phone ? phone : to->name;

    node_put_text(a, body, "msgtype", "text");
    if (who) text = arena_printf(a, "@%s %s", who, cut(a, text, 15000));
    node_put_text(a, node_put(a, body, "text", node_map(a)), "content", text);
    Node *at = node_put(a, body, "at", node_map(a));
    node_put(a, at, "atMobiles", numbers(a, phone));
    node_put_bool(a, at, "isAtAll", false);
}

/* A robot of a group cannot ring people by their number: they are called by name. What looks like
   a tag would be one. */
static const char *plain(Arena *a, const char *text, bool amp)
{
    Str s = str_begin(a);

    for (; *text; text++) {
        if (*text == '<') str_add(&s, "&lt;");
        else if (*text == '>') str_add(&s, "&gt;");
        else if (*text == '&' && amp) str_add(&s, "&amp;");
        else str_add_char(&s, *text);
    }
    return str_show(&s);
}

static void put_feishu(Arena *a, Node *body, const char *text, const ChannelPerson *to)
{
    node_put_text(a, body, "msg_type", "text");
    if (to->name) text = arena_printf(a, "@%s %s", to->name, text);
    node_put_text(a, node_put(a, body, "content", node_map(a)), "text",
        cut(a, plain(a, text, false), 15000));
}

static void put_slack(Arena *a, Node *body, const char *text, const ChannelPerson *to)
{
    if (to->name) text = arena_printf(a, "@%s %s", to->name, text);
    node_put_text(a, body, "text", plain(a, cut(a, text, 20000), true));
}

static void put_json(Arena *a, Node *body, const char *text, const ChannelPerson *to,
    const char *form, int64_t record)
{
    node_put_text(a, body, "text", text);
    Node *who = node_put(a, body, "to", node_map(a));
    node_put_int(a, who, "id", to->id);
    node_put_text(a, who, "name", to->name);
    node_put_text(a, who, "email", to->email);
    node_put_text(a, who, "phone", to->phone);
    node_put_text(a, body, "form", form);
    node_put(a, body, "record", form ? node_new_int(a, record) : node_new_null(a));
}

Node *channel_body(Arena *a, const Channel *c, const char *text, const ChannelPerson *to,
    const char *form, int64_t record)
{
    Node *body = node_map(a);

    if (!text || !*text) text = "…";
    if (str_eq(c->format, "wecom")) put_wecom(a, body, text, to);
    else if (str_eq(c->format, "dingtalk")) put_dingtalk(a, body, text, to);
    else if (str_eq(c->format, "feishu")) put_feishu(a, body, text, to);
    else if (str_eq(c->format, "slack")) put_slack(a, body, text, to);
    else put_json(a, body, text, to, form, record);
    return body;
}

const char *channel_address(Arena *a, const Channel *c, int64_t now_ms)
{
    Str s = str_begin(a);

    if (!str_eq(c->format, "dingtalk") || !c->nsecret) return c->webhook;
    const char *key = c->secret[0];
    const char *text = arena_printf(a, "%lld\n%s", (long long)now_ms, key);
    str_printf(&s, "%s%ctimestamp=%lld&sign=", c->webhook, strchr(c->webhook, '?') ? '&' : '?',
        (long long)now_ms);
    url_part(&s, signature_hmac(a, key, strlen(key), text, strlen(text)));
    return str_show(&s);
}

/* Here the text is the key, and what is signed is empty. */
void channel_sign(Arena *a, const Channel *c, Node *body, int64_t now)
{
    if (!str_eq(c->format, "feishu") || !c->nsecret) return;
    const char *at = arena_printf(a, "%lld", (long long)now);
    const char *key = arena_printf(a, "%s\n%s", at, c->secret[0]);
    node_put_text(a, body, "timestamp", at);
    node_put_text(a, body, "sign", signature_hmac(a, key, strlen(key), "", 0));
}

const char *channel_refusal(Arena *a, const Channel *c, const char *answer, size_t n, bool *soon)
{
    static const int64_t busy[] = { 45009, 45033, 90030, 130101, 130102, 410100, 11232, 99991400, -1 };
    static const char *const codes[] = { "errcode", "code", "StatusCode" };
    static const char *const words[] = { "errmsg", "msg", "StatusMessage" };
    Cx cx = cx_begin(a, NULL);
    const char *why = NULL;
    int64_t code = 0;

    *soon = false;
    if (str_eq(c->format, "json") || str_eq(c->format, "slack")) return NULL;
    Node *map = utf8_valid(answer, n) ? json_parse(&cx, answer, n) : NULL;
    if (!node_is(map, NODE_MAP)) return "the answer is no JSON";
    bool said = false;
    for (int i = 0; i < LEN(codes) && !code; i++) said |= node_int(node_find(map, codes[i]), &code);
    if (!said) return "the answer has no code";
    if (!code) return NULL;
    for (int i = 0; i < LEN(words) && !why; i++) why = node_text(node_find(map, words[i]));
    for (int i = 0; i < LEN(busy); i++) *soon |= code == busy[i];
    return arena_printf(a, "%lld %s", (long long)code, why ? utf8_sub(a, why, 0, 200) : "");
}

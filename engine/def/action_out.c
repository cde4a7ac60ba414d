/*
 * action_out.c — what calls and mails are made of.
 */
#include "def/action_out.h"
#include "def/form.h"
#include "def/value.h"

#include <string.h>

enum { DEEP = 8 };

static const char *const methods[] = { "POST", "PUT", "PATCH", "DELETE", "GET" };

const Attr step_webhook_attrs[] = {
    { "url", ATTR_VALUE, "where to: a text with {field}, =expression, or a text with ${env:NAME}",
      "url: \"https://example.com/orders/{name}\"", .flags = ATTR_NEEDED },
    { "method", ATTR_CHOICE, "how; POST without it", "method: PUT", ATTR_WORDS(methods) },
    { "headers", ATTR_MAP, "headers beside those of the signature",
      "headers: {Authorization: \"Bearer ${env:TOKEN}\"}" },
    { "body", ATTR_MAP, "what is sent as JSON: values as in `create`, in maps and lists; without it "
      "{form, id}", "body: {number: \"=amount\", who: \"{name}\"}" },
    { "secret", ATTR_TEXTS, "what the call is signed with, as Standard Webhooks say: ${env:NAME}",
      "secret: \"${env:ORDERS_SECRET}\"", .pattern = "\\$\\{env:" },
    { 0 },
};

const Attr step_email_attrs[] = {
    { "to", ATTR_PEOPLE, "whom, at the address that is known of them", "to: owner",
      .flags = ATTR_ONE },
    { "address", ATTR_VALUE, "or an address: a text with {field}, or =expression",
      "address: \"someone@example.com\"", .flags = ATTR_ONE },
    { "subject", ATTR_LABEL, "one line, with {field}", "subject: {en: \"About {name}\"}",
      .flags = ATTR_NEEDED },
    { "text", ATTR_LABEL, "the message, with {field}", "text: {en: \"Sent: {name}\"}",
      .flags = ATTR_NEEDED },
    { "via", ATTR_TEXT, "a channel for mail; without it the first", "via: email" },
    { 0 },
};

/* YAML hands plain scalars over untyped: 1, -2.5, true. */
static bool is_literal(const Node *n)
{
    const char *p = node_text(n) + (*node_text(n) == '-');
    size_t whole = strspn(p, "0123456789"), part = p[whole] == '.'
        ? strspn(p + whole + 1, "0123456789") : 0;
    bool b;

    if (!n->plain) return false;
    return node_bool(n, &b) || (whole && !p[whole]) || (whole && part && !p[whole + 1 + part]);
}

/* Braces beside those of ${env:NAME}. */
static bool names_field(const char *text)
{
    for (const char *p = text; *p; p++) {
        if (str_starts(p, "${env:")) p += 5;
        else if (*p == '{') return true;
    }
    return false;
}

static bool load_out(Cx *cx, App *app, Form *form, const Node *n, bool env, int depth,
    OutValue *out)
{
    const char *text = node_text(n);
    ExprWhere where = step_where(app, form);
    bool fine = true;

    *out = (OutValue){ .key = n->key, .kind = n->kind };
    if (n->kind == NODE_MAP || n->kind == NODE_LIST) {
        if (depth > DEEP)
            return cx_issue(cx, node_place(n), "too_deep", "this is nested too deep");
        out->item = ARENA_ARRAY(cx->a, OutValue, n->n + 1);
        for (int i = 0; i < n->n; i++)
            fine &= load_out(cx, app, form, n->item[i], env, depth + 1, &out->item[out->n++]);
        return fine;
    }
    if (node_blank(n) || !text) {
        out->kind = NODE_NULL;
        return true;
    }
    out->kind = NODE_TEXT;
    if (strstr(text, "${env:")) {
        out->env = text;
        if (names_field(text))
            return cx_issue(cx, node_place(n), "env_and_field",
                "a text with ${env:NAME} holds no {field}");
        return env || cx_issue(cx, node_place(n), "no_env_here",
            "the environment is named in `url`, `headers` and `secret` only");
    }
    out->value = *text == '=' ? expr_load(cx, n, text + 1, &where)
        : is_literal(n) ? expr_load(cx, n, text, &where) : expr_load_text(cx, n, text, &where);
    return out->value != NULL;
}

/* Secrets never stand in files. */
static bool load_secret(Cx *cx, App *app, Form *form, const Node *n, OutValue *out)
{
    const Node **each;
    int count;

    if (!n) return true;
    if (!ref_texts(cx, n, &each, &count)) return false;
    for (int i = 0; i < count; i++)
        if (!strstr(node_text(each[i]), "${env:"))
            return cx_issue(cx, node_place(each[i]), "open_secret",
                "a secret is named, as in ${env:NAME}; it never stands in a file");
    return load_out(cx, app, form, n, true, 0, out);
}

bool step_load_webhook(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    OutCall *c = s->own = ARENA_NEW(cx->a, OutCall);
    const Node *url, *body, *headers;

    *c = (OutCall){ 0 };
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_place(n), "wrong_kind", "`webhook` is {url: …, body: {…}}");
    attr_check_keys(cx, n, step_webhook_attrs);
    url = node_find(n, "url");
    body = node_find(n, "body");
    headers = node_find(n, "headers");
    if (!node_text(url))
        return cx_issue(cx, node_place(n), "no_url", "`webhook` needs `url`");
    const char *text = node_text(url);
    if (*text != '=' && !strstr(text, "${env:") && !str_starts(text, "https://")
            && !str_starts(text, "http://"))
        return cx_issue(cx, node_place(url), "bad_url", "`url` starts with https://");
    int method = ref_word(cx, n, "method", methods, LEN(methods), 0);
    c->method = methods[method < 0 ? 0 : method];
    bool fine = load_out(cx, app, form, url, true, 0, &c->url);
    if (headers && ref_map(cx, headers))
        fine &= load_out(cx, app, form, headers, true, 0, &c->headers);
    c->bodied = body != NULL;
    if (body && ref_map(cx, body)) fine &= load_out(cx, app, form, body, false, 0, &c->body);
    return fine & load_secret(cx, app, form, node_find(n, "secret"), &c->secret) && method >= 0;
}

static bool load_mail_channel(Cx *cx, const App *app, const Node *n, OutMail *m)
{
    const Node *via = node_find(n, "via");
    const Channel *c = via ? app_channel(app, node_text(via)) : NULL;

    for (int i = 0; !via && !c && i < app->nchannel; i++)
        if (app->channel[i].smtp) c = &app->channel[i];
    if (via && !c) return ref_channel(cx, app, via);
    if (!c || !c->smtp)
        return cx_issue(cx, node_place(via ? via : n), "no_mail_channel",
            "`email` needs a channel with `smtp` in app.yaml");
    m->via = c->key;
    return true;
}

bool step_load_email(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    OutMail *m = s->own = ARENA_NEW(cx->a, OutMail);
    const Node *address;
    bool fine;

    *m = (OutMail){ 0 };
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_place(n), "wrong_kind",
            "`email` is {to: …, subject: …, text: …}");
    attr_check_keys(cx, n, step_email_attrs);
    address = node_find(n, "address");
    if (!address == !node_find(n, "to"))
        return cx_issue(cx, node_place(n), "no_address", "`email` needs `to` or `address`");
    if (!node_find(n, "subject") || !node_find(n, "text"))
        return cx_issue(cx, node_place(n), "no_text", "`email` needs `subject` and `text`");
    m->to_address = address != NULL;
    fine = address ? load_out(cx, app, form, address, false, 0, &m->address)
        : people_load(cx, app, form, n, "to", false, &s->people);
    fine &= texts_load(cx, node_find(n, "subject"), step_where(app, form), &m->subject,
        &m->subjects, &m->nsubject);
    fine &= texts_load(cx, node_find(n, "text"), step_where(app, form), &m->text, &m->texts,
        &m->ntext);
    return fine & load_mail_channel(cx, app, n, m);
}

/*
 * action_out.c — see action_out.h.
 */
#include "data/action_out.h"
#include "data/jobs.h"
#include "data/move.h"
#include "data/reminder.h"
#include "data/webhook.h"
#include "base/out.h"
#include "def/action_out.h"

/* What the environment says is filled in when the call is made, so that no secret is stored. */
MUST static bool value_of(StepRun *run, const OutValue *v, Record *r, Node **out)
{
    Arena *a = run->w->cx.a;
    Node *item;
    Val got;

    if (v->env) {
        *out = node_map(a);
        node_put_text(a, *out, "env", v->env);
        return true;
    }
    if (v->kind != NODE_MAP && v->kind != NODE_LIST) {
        *out = node_new_null(a);
        if (!v->value) return true;
        if (!step_eval(run, v->value, r, &got)) return false;
        *out = value_node(run->w, got);
        return true;
    }
    *out = v->kind == NODE_MAP ? node_map(a) : node_list(a);
    for (int i = 0; i < v->n; i++) {
        if (!value_of(run, &v->item[i], r, &item)) return false;
        if (v->kind == NODE_MAP) node_put(a, *out, v->item[i].key, item);
        else node_add(a, *out, item);
    }
    return true;
}

/* A header or an address is a text, whatever it was computed from. */
static Node *as_text(Arena *a, Node *n)
{
    return node_is(n, NODE_MAP) || !node_text(n) ? n : node_new_text(a, node_text(n));
}

MUST static bool put_part(StepRun *run, const OutValue *v, Record *r, Node *body, const char *key)
{
    Node *made;

    if (v->kind == NODE_NULL && !v->value && !v->env && !v->n) return true;
    if (!value_of(run, v, r, &made)) return false;
    node_put(run->w->cx.a, body, key, made);
    return true;
}

bool step_webhook(StepRun *run, const Step *s, Record *r)
{
    const OutCall *c = s->own;
    Arena *a = run->w->cx.a;
    Node *body = node_map(a), *sent = node_map(a);

    if (!put_part(run, &c->url, r, body, "url") || !put_part(run, &c->headers, r, body, "headers")
        || !put_part(run, &c->secret, r, body, "secret")) return false;
    node_put(a, body, "url", as_text(a, node_find(body, "url")));
    Node *headers = node_find(body, "headers");
    for (int i = 0; headers && i < headers->n; i++) {
        const char *key = headers->item[i]->key;
        node_put(a, headers, key, as_text(a, headers->item[i]));
    }
    if (c->bodied && !value_of(run, &c->body, r, &sent)) return false;
    if (!c->bodied && r) {
        node_put_text(a, sent, "form", r->form->key);
        node_put_int(a, sent, "id", record_id(r));
    }
    node_put_text(a, body, "method", c->method);
    node_put(a, body, "body", sent);
    step_note(run, "body", sent);
    return webhook_add(run->w, body, NULL);
}

MUST static bool mail_to(StepRun *run, const Step *s, Record *r, int64_t user, const char *address)
{
    const OutMail *m = s->own;
    Work *w = run->w;
    Node *body = node_map(w->cx.a);
    const char *subject, *text;

    if (!reminder_text(w, &m->subject, m->subjects, m->nsubject, r, user, &subject)
        || !reminder_text(w, &m->text, m->texts, m->ntext, r, user, &text)) return false;
    size_t n = 0;
    while (subject[n] && subject[n] != '\n' && subject[n] != '\r') n++;
    node_put_text(w->cx.a, body, "channel", m->via);
    node_put_text(w->cx.a, body, "to", address);
    node_put_text(w->cx.a, body, "subject",
        utf8_sub(w->cx.a, arena_dup_n(w->cx.a, subject, n), 0, 200));
    node_put_text(w->cx.a, body, "text", text);
    return jobs_add(w, "mail", node_json(w->cx.a, body));
}

MUST static bool mail_user(StepRun *run, const Step *s, Record *r, int64_t user, int *sent)
{
    Work *w = run->w;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT \"email\" FROM \"user\" WHERE \"id\" = ");
    sql_bind(&q, val_int(user));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (!found || v.kind != VAL_TEXT) return true;       /* a person without an address */
    ++*sent;
    return mail_to(run, s, r, user, v.t);
}

bool step_email(StepRun *run, const Step *s, Record *r)
{
    const OutMail *m = s->own;
    Arena *a = run->w->cx.a;
    int64_t *user;
    Node *address;
    int n, sent = 0;

    if (m->to_address) {
        if (!value_of(run, &m->address, r, &address)) return false;
        const char *text = node_text(address);
        step_note(run, "address", node_copy(a, address));
        return !text || !*text || mail_to(run, s, r, 0, text);
    }
    if (!people_of(run->w, &s->people, r, &user, &n)) return false;
    for (int i = 0; i < n; i++)
        if (!mail_user(run, s, r, user[i], &sent)) return false;
    step_note(run, "people", node_new_int(a, sent));
    return true;
}

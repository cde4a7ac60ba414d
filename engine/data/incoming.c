/*
 * incoming.c — the id of a call goes into _incoming before anything else of it: of two that come at once,
 * one waits there for the other.
 */
#include "data/incoming.h"
#include "data/automation.h"
#include "data/engine.h"
#include "data/env_text.h"
#include "data/given.h"
#include "data/signature.h"
#include "base/sys.h"

#include <sodium.h>
#include <string.h>

enum { SECRETS = 8, ID_BYTES = 200, PORTION = 500 };

typedef struct Automation Automation;

const Automation *incoming_find(const App *app, const char *form, const char *automation)
{
    const Form *f = app_form(app, form);
    const Automation *a = f ? form_automation(f, automation) : NULL;

    return a && a->active && (a->kinds & ON_WEBHOOK) ? a : NULL;
}

static bool same(const char *x, const char *y)
{
    size_t n = strlen(x);

    return n == strlen(y) && !sodium_memcmp(x, y, n);
}

bool incoming_known(Work *w, const Automation *a, const Call *c)
{
    const char *secret[SECRETS];
    bool fits = false;
    int n = 0;

    for (int i = 0; i < a->nsecret && n < SECRETS; i++) {
        const char *text = env_text(w->cx.a, a->secret[i]);
        if (text && *text) secret[n++] = text;
    }
    if (!n)
        return cx_fail(&w->cx, E_SYS, "the secret of this address is not set in the environment");
    if (c->id && c->at && c->signature) {
        if (!signature_fits(w->cx.a, secret, n, c->id, c->at, c->body, c->n, c->signature))
            return cx_fail(&w->cx, E_LOGIN, "the signature does not fit");
        return signature_fresh(c->at, sys_now())
            || cx_fail(&w->cx, E_LOGIN, "the call was signed too long ago, or the clocks differ");
    }
    if (!c->token)
        return cx_fail(&w->cx, E_LOGIN,
            "a call is signed (webhook-id, webhook-timestamp, webhook-signature) or brings the secret "
            "as bearer token");
    for (int i = 0; i < n; i++) fits |= same(secret[i], c->token);
    return fits || cx_fail(&w->cx, E_LOGIN, "the bearer token is not the secret of this address");
}

static void of_call(Sql *q, const Automation *a, const char *id)
{
    sql_add(q, " WHERE \"form\" = ");
    sql_bind(q, val_text(a->form->key));
    sql_add(q, " AND \"automation\" = ");
    sql_bind(q, val_text(a->key));
    sql_add(q, " AND \"id\" = ");
    sql_bind(q, val_text(id));
}

/* *run: what the first call of that id came to; -1: this is the first. */
MUST static bool note_id(Work *w, const Automation *a, const char *id, int64_t *run)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db)), ask = sql_begin(w->cx.a, q.dialect);
    int64_t changed;
    bool found;
    Val v;

    *run = -1;
    sql_add(&q, "INSERT INTO \"_incoming\" (\"form\", \"automation\", \"id\", \"at\", \"run\") VALUES (");
    sql_bind(&q, val_text(a->form->key));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(a->key));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(id));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(w->now));
    sql_add(&q, ", 0) ON CONFLICT DO NOTHING");
    if (!db_run(&w->cx, w->db, &q, &changed)) return false;
    if (changed) return true;
    sql_add(&ask, "SELECT \"run\" FROM \"_incoming\"");
    of_call(&ask, a, id);
    if (!db_one(&w->cx, w->db, &ask, &v, 1, &found)) return false;
    *run = found ? v.i : 0;
    return true;
}

MUST static bool note_run(Work *w, const Automation *a, const char *id, int64_t run)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    if (!run) return true;
    sql_add(&q, "UPDATE \"_incoming\" SET \"run\" = ");
    sql_bind(&q, val_int(run));
    of_call(&q, a, id);
    return db_run(&w->cx, w->db, &q, NULL);
}

typedef struct In { const Automation *a; const Call *c; const Node *given; Incoming *out; } In;

static bool in_unit(Work *w, void *arg)
{
    In *in = arg;
    Ran ran = { 0 };
    int64_t before = -1;

    if (in->c->id && !note_id(w, in->a, in->c->id, &before)) return false;
    if (before >= 0) {
        *in->out = (Incoming){ .run = before, .again = true };
        return true;
    }
    if (!automation_called(w, in->a, in->given, &ran)) return false;
    if (in->c->id && !note_run(w, in->a, in->c->id, ran.run)) return false;
    *in->out = (Incoming){ .run = ran.run, .later = ran.later, .left = ran.left, .state = ran.state,
        .message = ran.message };
    return true;
}

bool incoming_run(Work *w, const Automation *a, const Call *c, const Node *body, Incoming *out)
{
    In in = { a, c, given_pick(w->cx.a, a->given, a->ngiven, body), out };

    *out = (Incoming){ 0 };
    if (c->id && (!*c->id || strlen(c->id) > ID_BYTES))
        return cx_fail(&w->cx, E_SYNTAX, "the id of a call has at most %d bytes", ID_BYTES);
    if (!work_write(w, in_unit, &in)) return false;
    engine_wake_after(w);
    return true;
}

bool incoming_sweep(Work *w, bool *more)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t gone;

    sql_add(&q, "DELETE FROM \"_incoming\" WHERE (\"form\", \"automation\", \"id\") IN (SELECT \"form\", "
        "\"automation\", \"id\" FROM \"_incoming\" WHERE \"at\" < ");
    sql_bind(&q, val_int(w->now - INCOMING_KEPT_S));
    sql_add(&q, " LIMIT ");
    sql_int(&q, PORTION);
    sql_add(&q, ")");
    if (!db_run(&w->cx, w->db, &q, &gone)) return false;
    *more |= gone == PORTION;
    return true;
}

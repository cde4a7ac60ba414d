/*
 * save_many.c — the other ways into save: many at once, by a unique value, by a button.
 */
#include "data/save_in.h"
#include "data/engine.h"
#include "data/history.h"
#include "data/link.h"
#include "data/perm.h"
#include "data/press.h"

typedef struct Batch { const SaveAsk *ask; int n; Saved *out; } Batch;

/* Which item an issue belongs to stands before its field: 3.name */
static void number_issues(Work *w, int item)
{
    for (int i = 0; i < w->cx.nissue; i++) {
        const char *field = w->cx.issue[i].at.field;
        w->cx.issue[i].at.field = arena_printf(w->cx.a, "%d%s%s", item, field ? "." : "",
            field ? field : "");
    }
}

static bool batch_unit(Work *w, void *arg)
{
    const Batch *b = arg;

    for (int i = 0; i < b->n; i++) {
        const SaveAsk *ask = &b->ask[i];
        bool gone = ask->id && !ask->body && !ask->transition && !ask->to;
        b->out[i] = (Saved){ .id = ask->id };
        if (gone ? save_delete(w, ask->form, ask->id, ask->version)
                : save_record(w, ask, &b->out[i])) continue;
        number_issues(w, i);
        return false;
    }
    return true;
}

bool save_batch(Work *w, const SaveAsk *ask, int n, Saved *out)
{
    Batch b = { ask, n, out };
    const char *turn = NULL;

    for (int i = 0; i < n && !turn; i++) turn = save_turn(w, &ask[i]);
    if (!work_write_turn(w, turn, batch_unit, &b)) return false;
    engine_wake_after(w);
    return true;
}

bool save_may_many(Work *w, const Form *f, Record *const *r, int n)
{
    bool may = perm_may(w, f, ACT_BATCH);

    for (int i = 0; may && i < n; i++) may = perm_on(w, ACT_BATCH, r[i]);
    if (may || w->cx.err) return !w->cx.err;
    return cx_fail(&w->cx, E_DENIED, "no right to change many records of %s at once", f->key);
}

typedef struct Upsert {
    const Form *f; const Field *by; const char *value; const Node *body; Saved *out;
} Upsert;

static bool upsert_unit(Work *w, void *arg)
{
    const Upsert *u = arg;
    Node *value = node_new_text(w->cx.a, u->value);
    SaveAsk ask = { .form = u->f, .body = u->body };

    if (!link_find(w, u->by, value, &ask.id)) return cx_check(&w->cx);
    if (!ask.id) {
        Node *body = u->body ? node_copy(w->cx.a, u->body) : node_map(w->cx.a);
        if (!node_find(body, u->by->key)) node_put(w->cx.a, body, u->by->key, value);
        ask.body = body;
    }
    return save_record(w, &ask, u->out);
}

bool save_upsert(Work *w, const Form *f, const Field *by, const char *value, const Node *body,
    Saved *out)
{
    Upsert u = { f, by, value, body, out };

    *out = (Saved){ 0 };
    if (!by->unique || by->within)
        return cx_fail(&w->cx, E_INPUT, "`%s` is no unique field", by->key);
    if (!w->as_app && !perm_filterable(w, f, by))
        return w->cx.err ? false
            : cx_fail(&w->cx, E_DENIED, "no right to look for `%s`", by->key);
    if (!work_write(w, upsert_unit, &u)) return false;
    engine_wake_after(w);
    return true;
}

typedef struct Pressed {
    const Form *f; int64_t id; const char *name; const Node *params; Saved *out;
} Pressed;

/* The issue stands on what the condition asks first of the record. */
static bool not_here(Work *w, const Press *p)
{
    const ExprRead *read;
    const Expr *e = press_visible(p);
    int n = e ? expr_reads(e, &read) : 0;
    const char *field = NULL;

    for (int i = 0; i < n && !field; i++)
        if (!read[i].other && !read[i].npath) field = read[i].name->key;
    cx_issue(&w->cx, at_field(field), "not_here", "%s", press_why(w, p));
    return cx_check(&w->cx);
}

static bool press_unit(Work *w, void *arg)
{
    const Pressed *p = arg;
    Press press;
    Frame frame;
    Record *r, *now = NULL;

    if (!record_load(w, p->f, p->id, false, &r)) return false;
    if (!r || !perm_on(w, ACT_READ, r))
        return w->cx.err ? false : cx_fail(&w->cx, E_MISSING, "there is no such record");
    if (!press_find(w, p->f, p->name, &press))
        return cx_fail(&w->cx, E_MISSING, "there is no such action");
    if (!press_mine(w, &press, r))
        return w->cx.err ? false
            : cx_fail(&w->cx, E_DENIED, "no right to change this record");
    if (!press_offered(w, &press, r)) return !w->cx.err && not_here(w, &press);
    if (!frame_begin(w, &frame, p->f)) return false;
    bool ok = press_run(w, &press, r, p->params) && cx_check(&w->cx)
        && history_add(w, "action", NULL, r, p->name)
        && record_load(w, p->f, p->id, false, &now);
    const char *said = frame_said(w, &frame);
    frame_end(w, &frame);
    if (ok) *p->out = (Saved){ .record = now, .id = p->id, .explained = said };
    return ok;
}

bool save_action(Work *w, const Form *f, int64_t id, const char *action, const Node *params,
    Saved *out)
{
    Pressed p = { f, id, action, params, out };

    *out = (Saved){ 0 };
    if (!work_write(w, press_unit, &p)) return false;
    engine_wake_after(w);
    return true;
}

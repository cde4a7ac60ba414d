/*
 * action_steps.c — a step writes through save like everyone, nested in the running write.
 */
#include "data/action_steps.h"
#include "data/assign.h"
#include "data/move.h"
#include "data/notice.h"
#include "data/reminder.h"
#include "data/rule_api.h"
#include "data/save.h"

Node *value_node(Work *w, Val v)
{
    Arena *a = w->cx.a;

    switch (v.kind) {
    case VAL_BLANK:
        return node_new_null(a);
    case VAL_BOOL:
        return node_new_bool(a, v.i != 0);
    case VAL_REC: case VAL_INT:
        return node_new_int(a, v.i);
    case VAL_LIST: {
        Node *list = node_list(a);
        for (int i = 0; i < v.n; i++) node_add(a, list, value_node(w, v.list[i]));
        return list;
    }
    case VAL_DEC: case VAL_REAL:
        return node_new_number(a, val_show(a, v));
    default:
        return node_new_text(a, val_show(a, v));
    }
}

/* The same for a field of several columns: by part. */
static Node *field_node(Work *w, const Field *f, Val v)
{
    if (v.kind != VAL_LIST || !f->npart) return value_node(w, v);
    Node *map = node_map(w->cx.a);
    for (int i = 0; i < f->npart; i++)
        node_put(w->cx.a, map, f->part[i]->name.key, value_node(w, v.list[i]));
    return map;
}

/* The values of a set or create, computed on the record the step runs for. */
MUST static bool body_of(Work *w, const Step *s, const Record *r, Node **out)
{
    Node *body = node_map(w->cx.a);

    for (int i = 0; i < s->nset; i++) {
        Val v = s->set[i].value.val;
        if (s->set[i].value.expr) {
            Eval env = record_eval(w, r, NULL);
            if (!expr_eval(s->set[i].value.expr, &env, &v)) return false;
        }
        const Field *f = s->set[i].field;
        node_put(w->cx.a, body, f->key, field_node(w, f, record_fit(w, f, v)));
    }
    *out = body;
    return true;
}

MUST static bool run_set(Work *w, const Step *s, const Record *r)
{
    SaveAsk ask = { .form = r->form, .id = record_id(r) };
    Node *body;
    Saved saved;

    if (!body_of(w, s, r, &body)) return false;
    ask.body = body;
    return save_record(w, &ask, &saved);
}

bool step_create(Work *w, const Step *s, const Record *r, Record **out)
{
    SaveAsk ask = { .form = s->form };
    Node *body;
    Saved saved;

    if (!body_of(w, s, r, &body)) return false;
    ask.body = body;
    if (!save_record(w, &ask, &saved)) return false;
    *out = saved.record;
    return true;
}

MUST static bool run_notify(Work *w, const Step *s, const Record *r)
{
    int64_t *user;
    int n;

    if (!people_of(w, &s->to, r, &user, &n)) return false;
    for (int i = 0; i < n; i++) {
        Notice note = { .to = user[i], .form = r->form->key, .record = record_id(r),
            .via = s->via, .nvia = s->nvia, .kind = "notify" };
        if (!reminder_text(w, &s->label_text, s->texts, s->ntext, r, user[i], &note.text))
            return false;
        if (!notice_send(w, &note)) return false;
    }
    return true;
}

MUST static bool run_one(Work *w, const Step *s, Record *r)
{
    Record *made;

    switch (s->kind) {
    case STEP_SET: return run_set(w, s, r);
    case STEP_CREATE: return step_create(w, s, r, &made);
    case STEP_NOTIFY: return run_notify(w, s, r);
    case STEP_ASSIGN: return assign_step(w, s->assign, r);
    case STEP_PLUGIN: break;
    }
    return rule_action(w, s->name, r, s->params);
}

bool steps_run(Work *w, const Step *step, int n, const Record *r, bool *changed)
{
    AsSaved saved = work_as_app(w, w->rule);
    const Form *f = r->form;
    int64_t id = record_id(r);
    bool ok = true;

    for (int i = 0; ok && i < n; i++) {
        Record *now;
        *changed = true;
        ok = record_load(w, f, id, false, &now);
        if (!ok || !now) break;               /* a step deleted it: the rest has no record */
        ok = run_one(w, &step[i], now);
    }
    work_as_back(w, saved);
    return ok;
}

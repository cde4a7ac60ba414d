/*
 * task_act.c — what people do with what they are asked. One write each: the task is looked at and
 * decided in it, so that nothing is decided twice.
 */
#include "data/task.h"
#include "data/approval_in.h"
#include "data/engine.h"
#include "data/perm.h"

#include <string.h>

static const char *person(Work *w, int64_t id)
{
    return record_title_of(w, app_form(w->app, "user"), id);
}

/* The entry that asks; NULL when the definition no longer has it. */
static const Approve *entry_of(const TaskRow *r)
{
    const Transition *t = r->approval.move;

    return t && r->task.step < t->napprove ? &t->approve[r->task.step] : NULL;
}

bool task_is_open(Work *w, const TaskRow *r)
{
    const Task *t = &r->task;

    if (str_eq(t->state, "open") && str_eq(r->approval.state, "waiting")) return true;
    if (t->decided_by)
        return cx_fail(&w->cx, E_CONFLICT, "%s has decided this already",
            person(w, t->decided_by));
    return cx_fail(&w->cx, E_CONFLICT, "this is not asked any more");
}

/* "for X", when somebody stands in. */
static const char *said(Work *w, const Task *t, const char *comment)
{
    Cx cx = cx_begin(w->cx.a, w->cx.lang);

    if (t->user == w->who.id) return comment;
    cx_fail(&cx, E_CONFLICT, "for %s", person(w, t->user));
    return comment && *comment ? arena_printf(w->cx.a, "%s: %s", cx.text, comment) : cx.text;
}

MUST static bool settle(Work *w, const TaskRow *r, const char *state, const TaskAct *a)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t changed;

    sql_add(&q, "UPDATE \"_task\" SET \"state\" = ");
    sql_bind(&q, val_text(state));
    sql_add(&q, ", \"decided_by\" = ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, ", \"decided_at\" = ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, ", \"comment\" = ");
    sql_bind(&q, val_text(a->comment));
    sql_add(&q, " WHERE \"state\" = 'open' AND \"id\" = ");
    sql_bind(&q, val_int(r->task.id));
    if (!db_run(&w->cx, w->db, &q, &changed)) return false;
    return changed == 1 || cx_fail(&w->cx, E_CONFLICT, "this is not asked any more");
}

static bool among(Field *const *list, int n, const char *key)
{
    for (int i = 0; i < n; i++)
        if (str_eq(list[i]->key, key)) return true;
    return false;
}

/* What a decision brings along. */
MUST static bool judge(Work *w, const TaskRow *r, const TaskAct *a)
{
    const Approve *e = entry_of(r);

    if (e && e->not_self && w->who.id && w->who.id == r->approval.by)
        return cx_fail(&w->cx, E_DENIED, "who asks for the move cannot approve it, for others either");
    if (e && e->comment && (!a->comment || !*a->comment))
        cx_issue(&w->cx, at_field("comment"), "required", "is required for this decision");
    for (int i = 0; a->values && i < a->values->n; i++) {
        const char *key = a->values->item[i]->key;
        if (!e || (!among(e->edit, e->nedit, key) && !among(e->require, e->nrequire, key)))
            cx_issue(&w->cx, at_field(key), "denied", "may not be changed here");
    }
    return cx_check(&w->cx);
}

MUST static bool edit(Work *w, const TaskRow *r, const TaskAct *a)
{
    SaveAsk ask = { .form = r->approval.form, .id = r->approval.record, .body = a->values,
        .approved = true, .force_warned = true };
    Saved saved;

    if (!a->values || !a->values->n) return true;
    AsSaved as = work_as_app(w, w->rule);
    bool ok = save_record(w, &ask, &saved);
    work_as_back(w, as);
    return ok;
}

MUST static bool filled(Work *w, const TaskRow *r)
{
    const Approve *e = entry_of(r);
    Record *now;

    if (!e || !e->nrequire) return true;
    if (!record_load(w, r->approval.form, r->approval.record, false, &now)) return false;
    for (int i = 0; now && i < e->nrequire; i++)
        if (val_is_blank(record_get(now, e->require[i])))
            cx_issue(&w->cx, at_field(e->require[i]->key), "required",
                "is required for this decision");
    return cx_check(&w->cx);
}

MUST static bool decide(Work *w, TaskRow *r, const TaskAct *a, const char *state)
{
    return judge(w, r, a) && settle(w, r, state, a) && edit(w, r, a)
        && (!str_eq(state, "approved") || filled(w, r))
        && approval_trace(w, &r->approval, state, said(w, &r->task, a->comment))
        && approval_weigh(w, &r->approval, a->comment);
}

/* An earlier stage is one that the record has been in. */
MUST static bool earlier_stage(Work *w, const TaskRow *r, const char *key, const Stage **out)
{
    const Approval *a = &r->approval;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool been;
    Val v;

    *out = NULL;
    if (!key) return true;
    *out = a->flow ? workflow_stage(a->flow, key) : NULL;
    sql_add(&q, "SELECT \"id\" FROM \"stage_history\" WHERE \"form\" = ");
    sql_bind(&q, val_text(a->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(a->record));
    sql_add(&q, " AND \"to\" = ");
    sql_bind(&q, val_text(key));
    sql_add(&q, " LIMIT 1");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &been)) return false;
    if (!*out || !been)
        cx_issue(&w->cx, at_field("stage"), "no_move", "the record has never been there");
    return cx_check(&w->cx);
}

MUST static bool send_back(Work *w, TaskRow *r, const TaskAct *a)
{
    Approval *ap = &r->approval;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Task revise = { .step = r->task.step, .kind = "revise", .user = ap->by, .state = "open" };
    const Stage *to;

    if (!judge(w, r, a) || !earlier_stage(w, r, a->stage, &to)) return false;
    if (!settle(w, r, "returned", a)) return false;
    sql_add(&q, "UPDATE \"_approval\" SET \"resume\" = ");
    sql_int(&q, a->straight_back ? r->task.step : -1);
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(ap->id));
    return db_run(&w->cx, w->db, &q, NULL)
        && approval_end(w, ap, "returned", a->comment)
        && approval_trace(w, ap, "returned", said(w, &r->task, a->comment))
        && (!to || approval_place(w, ap, to, a->comment))
        && (!ap->by || task_add(w, ap, &revise))
        && task_tell(w, ap, ap->by, "Sent back, please revise: %s – %s");
}

/* Somebody who can be asked, and is not asked here already. */
MUST static bool judge_person(Work *w, const TaskRow *r, int64_t to)
{
    bool active;
    Task *t;
    int n;

    if (!task_can_ask(w, to, &active)) return false;
    if (!active) {
        cx_issue(&w->cx, at_field("to"), "no_people", "choose an active user");
        return cx_check(&w->cx);
    }
    if (!approval_tasks(w, r->approval.id, &t, &n)) return false;
    for (int i = 0; i < n; i++)
        if (t[i].user == to && str_eq(t[i].kind, "approve")
            && (str_eq(t[i].state, "open") || str_eq(t[i].state, "waiting"))) {
            cx_issue(&w->cx, at_field("to"), "twice", "is asked already");
            break;
        }
    const Approve *e = entry_of(r);
    if (e && e->not_self && to == r->approval.by)
        cx_issue(&w->cx, at_field("to"), "does_not_fit", "asks for the move and cannot approve it");
    return cx_check(&w->cx);
}

MUST static bool transfer(Work *w, TaskRow *r, const TaskAct *a)
{
    Task t = { .step = r->task.step, .seat = r->task.seat, .place = r->task.place,
        .kind = "approve", .user = a->to, .state = "open", .due = r->task.due };

    return judge_person(w, r, a->to) && settle(w, r, "transferred", a)
        && task_add(w, &r->approval, &t)
        && approval_trace(w, &r->approval, "transferred",
            said(w, &r->task, arena_printf(w->cx.a, "→ %s%s%s", person(w, a->to),
                a->comment ? ": " : "", a->comment ? a->comment : "")));
}

/* Makes room on the seat: those after `place` move on. */
MUST static bool make_room(Work *w, const TaskRow *r, int place)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_task\" SET \"place\" = \"place\" + 1 WHERE \"approval\" = ");
    sql_bind(&q, val_int(r->approval.id));
    sql_add(&q, " AND \"kind\" = 'approve' AND \"step\" = ");
    sql_int(&q, r->task.step);
    sql_add(&q, " AND \"seat\" = ");
    sql_int(&q, r->task.seat);
    sql_add(&q, " AND \"place\" >= ");
    sql_int(&q, place);
    return db_run(&w->cx, w->db, &q, NULL);
}

MUST static bool last_seat(Work *w, const TaskRow *r, int *out)
{
    Task *t;
    int n;

    *out = 0;
    if (!approval_tasks(w, r->approval.id, &t, &n)) return false;
    for (int i = 0; i < n; i++)
        if (t[i].step == r->task.step && t[i].seat > *out) *out = t[i].seat;
    return true;
}

MUST static bool add(Work *w, TaskRow *r, const TaskAct *a)
{
    const char *where = a->where ? a->where : "before";
    Task t = { .step = r->task.step, .seat = r->task.seat, .place = r->task.place,
        .kind = "approve", .user = a->to, .state = "open", .due = r->task.due };

    if (!judge_person(w, r, a->to)) return false;
    if (str_eq(where, "beside")) {
        if (!last_seat(w, r, &t.seat)) return false;
        t.seat++;
        t.place = 0;
    } else if (str_eq(where, "after")) {
        t.place++;
        t.state = "waiting";
        if (!make_room(w, r, t.place)) return false;
    } else if (str_eq(where, "before")) {
        if (!make_room(w, r, t.place) || !task_set_state(w, &r->task, "waiting")) return false;
    } else {
        cx_issue(&w->cx, at_field("where"), "unknown_word", "is one of before, after and beside");
        return cx_check(&w->cx);
    }
    return task_add(w, &r->approval, &t)
        && approval_trace(w, &r->approval, "added",
            said(w, &r->task, arena_printf(w->cx.a, "+ %s%s%s", person(w, a->to),
                a->comment ? ": " : "", a->comment ? a->comment : "")));
}

static bool act_unit(Work *w, void *arg)
{
    const TaskAct *a = arg;
    TaskRow r;
    bool found;

    if (!task_find(w, a->task, &r, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no such task");
    if (str_eq(a->what, "read"))
        return !str_eq(r.task.kind, "cc") || task_set_state(w, &r.task, "read");
    if (!task_is_open(w, &r)) return false;
    if (!str_eq(r.task.kind, "approve"))
        return cx_fail(&w->cx, E_CONFLICT, "this task asks for no decision");
    if (str_eq(a->what, "approve")) return decide(w, &r, a, "approved");
    if (str_eq(a->what, "reject")) return decide(w, &r, a, "rejected");
    if (str_eq(a->what, "return")) return send_back(w, &r, a);
    if (str_eq(a->what, "transfer")) return transfer(w, &r, a);
    if (str_eq(a->what, "add")) return add(w, &r, a);
    return cx_fail(&w->cx, E_MISSING, "there is no such action");
}

bool task_act(Work *w, const TaskAct *a)
{
    if (!work_write(w, act_unit, (void *)a)) return false;
    engine_wake_after(w);
    return true;
}

/* ---- by whoever asked ---- */

typedef struct Own { const Form *f; int64_t record; const char *comment; } Own;

MUST static bool own_request(Work *w, const Own *o, Approval *a)
{
    Record *r;
    bool found;

    if (!record_load(w, o->f, o->record, false, &r)) return false;
    if (!r || !perm_on(w, ACT_READ, r))
        return w->cx.err ? false : cx_fail(&w->cx, E_MISSING, "there is no such record");
    if (!approval_waiting(w, o->f, o->record, a, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_CONFLICT, "the record waits for no approval");
    if (w->as_app || w->who.admin || a->by == w->who.id) return true;
    return cx_fail(&w->cx, E_DENIED, "only %s, who asked for it, or an admin may do this",
        person(w, a->by));
}

static bool withdraw_unit(Work *w, void *arg)
{
    const Own *o = arg;
    Approval a;

    return own_request(w, o, &a) && approval_end(w, &a, "withdrawn", o->comment)
        && approval_trace(w, &a, "withdrawn", o->comment);
}

bool task_withdraw(Work *w, const Form *f, int64_t record, const char *comment)
{
    return work_write(w, withdraw_unit, &(Own){ f, record, comment });
}

enum { NUDGE_S = 600 };

/* When somebody was last reminded stands as the request's last line of history of that kind. */
MUST static bool nudged_lately(Work *w, const Approval *a, bool *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v;

    sql_add(&q, "SELECT \"id\" FROM \"_history\" WHERE \"form\" = ");
    sql_bind(&q, val_text(a->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(a->record));
    sql_add(&q, " AND \"what\" = 'nudged' AND \"at\" > ");
    sql_bind(&q, val_text(val_show(w->cx.a, val_datetime(w->now - NUDGE_S))));
    sql_add(&q, " LIMIT 1");
    return db_one(&w->cx, w->db, &q, &v, 1, out);
}

static bool nudge_unit(Work *w, void *arg)
{
    const Own *o = arg;
    Approval a;
    bool lately;
    Task *t;
    int n;

    if (!own_request(w, o, &a) || !nudged_lately(w, &a, &lately)) return false;
    if (lately) return cx_fail(&w->cx, E_LIMIT, "they were reminded less than 10 minutes ago");
    if (!approval_tasks(w, a.id, &t, &n)) return false;
    for (int i = 0; i < n; i++)
        if (str_eq(t[i].state, "open") && str_eq(t[i].kind, "approve")
            && !task_ask(w, &a, &t[i], "Still waiting for you: %s – %s")) return false;
    return approval_trace(w, &a, "nudged", NULL);
}

bool task_nudge(Work *w, const Form *f, int64_t record)
{
    if (!work_write(w, nudge_unit, &(Own){ f, record, NULL })) return false;
    engine_wake_after(w);
    return true;
}

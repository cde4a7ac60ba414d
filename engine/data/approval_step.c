/*
 * approval_step.c — which entries are asked next, what decisions add up to, and the move at the end.
 */
#include "data/approval_in.h"
#include "data/approval_due.h"
#include "data/auth.h"
#include "data/history.h"
#include "data/move.h"
#include "base/node_json.h"

#include <string.h>

bool approval_trace(Work *w, const Approval *a, const char *what, const char *note)
{
    Record *r;
    const char *said = note && *note ? arena_printf(w->cx.a, "%s: %s", a->transition, note)
        : a->transition;

    if (!record_load(w, a->form, a->record, true, &r)) return false;
    return !r || history_add(w, what, NULL, r, said);
}

/* ---- asking ---- */

MUST static bool holds(Work *w, const Approve *e, const Record *will, const Record *old, bool *out)
{
    Eval env = record_eval(w, will, old);

    *out = !e->when || expr_true(e->when, &env);
    return !w->cx.err;
}

bool approval_any(Work *w, const Transition *t, const Record *will, const Record *old, int from,
    int *first)
{
    bool here = false;

    *first = -1;
    for (int i = from; i < t->napprove && !here; i++) {
        if (!holds(w, &t->approve[i], will, old, &here)) return false;
        if (here) *first = i;
    }
    return true;
}

MUST static bool copies(Work *w, const Approve *e, const Approval *a, const Record *will)
{
    int64_t *id;
    int n;

    if (!e->cc.n) return true;
    if (!people_of(w, &e->cc, will, &id, &n)) return false;
    for (int i = 0; i < n; i++) {
        Task t = { .step = e->index, .seat = i, .kind = "cc", .user = id[i], .state = "unread" };
        if (!task_add(w, a, &t)) return false;
    }
    return true;
}

/* Who has approved something in this request. */
static int decided_in(const Task *t, int n, int64_t *out)
{
    int count = 0;

    for (int i = 0; i < n; i++)
        if (str_eq(t[i].state, "approved")) out[count++] = t[i].user;
    return count;
}

MUST static bool ask(Work *w, const Approve *e, const Approval *a, const Record *will, bool *asked)
{
    Task *t;
    int n;
    Asked who;

    *asked = false;
    if (!approval_tasks(w, a->id, &t, &n)) return false;
    int64_t *decided = ARENA_ARRAY(w->cx.a, int64_t, n + 1);
    int count = decided_in(t, n, decided);
    if (!approval_people(w, e, a, will, decided, count, &who)) return false;
    if (who.pass) return true;
    *asked = true;
    for (int i = 0; i < who.n; i++) {
        Task one = { .step = e->index, .seat = i, .kind = "approve", .user = who.id[i],
            .state = e->in_order && i ? "waiting" : "open" };
        if (!task_add(w, a, &one)) return false;
    }
    return approval_due_begin(w, a, e->index) && copies(w, e, a, will);
}

MUST static bool set_step(Work *w, Approval *a, int step)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    a->step = step;
    sql_add(&q, "UPDATE \"_approval\" SET \"step\" = ");
    sql_int(&q, step);
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(a->id));
    return db_send(&w->cx, w->db, &q);
}

/* ---- the end ---- */

bool approval_place(Work *w, const Approval *a, const Stage *to, const char *because)
{
    SaveAsk ask = { .form = a->form, .id = a->record, .approved = true, .place = to,
        .comment = because };
    Saved saved;

    if (!to || str_eq(a->stage, to->key)) return true;
    AsSaved as = work_as_app(w, w->rule);
    bool ok = save_record(w, &ask, &saved);
    work_as_back(w, as);
    return ok;
}

static bool is_refusal(Err e)
{
    return e == E_INPUT || e == E_CONFLICT || e == E_DENIED || e == E_RULE;
}

/* The move as its asker made it; rights were asked then. */
MUST static bool make_move(Work *w, const Approval *a)
{
    Node *body = a->body ? json_parse(&w->cx, a->body, strlen(a->body)) : NULL;
    SaveAsk ask = { .form = a->form, .id = a->record, .body = body, .approved = true,
        .transition = a->transition, .comment = a->comment, .force_warned = true };
    Person who = w->who;
    Asker asker = w->asker;
    Saved saved;

    if (w->cx.err) return false;
    if (a->by && a->by != w->who.id && !auth_become(w, a->by)) cx_clear(&w->cx);
    AsSaved as = work_as_app(w, w->rule);
    (void)work_asker(w);
    bool ok = save_record(w, &ask, &saved);
    work_as_back(w, as);
    w->who = who;
    w->asker = asker;
    return ok;
}

static const char *why(Work *w)
{
    return w->cx.nissue ? arena_dup(w->cx.a, w->cx.issue[0].text)
        : arena_dup(w->cx.a, w->cx.text ? w->cx.text : "");
}

/* What the definition refuses now does not undo the decision: the request failed, and says why. */
MUST static bool finish(Work *w, Approval *a)
{
    if (!approval_end(w, a, "approved", NULL)) return false;
    if (make_move(w, a)) return task_tell(w, a, a->by, "Approved: %s – %s");
    if (!is_refusal(w->cx.err)) return false;
    const char *said = why(w);
    cx_clear(&w->cx);
    return approval_end(w, a, "failed", said) && approval_trace(w, a, "failed", said)
        && task_tell(w, a, a->by, "Approved, but it cannot be done now: %s – %s");
}

bool approval_go_on(Work *w, Approval *a, int from)
{
    Record *will;
    bool asked = false, one;
    int i = from;

    if (!a->move)
        return cx_fail(&w->cx, E_CONFLICT, "the move %s is no longer defined; withdraw the request",
            a->transition);
    if (!approval_will(w, a, &will)) return false;
    for (; i < a->move->napprove; i++) {
        const Approve *e = &a->move->approve[i];
        bool here;
        if (asked && !e->beside) break;
        if (!holds(w, e, will, NULL, &here)) return false;
        if (!here) continue;
        if (!asked && !set_step(w, a, i)) return false;
        if (!ask(w, e, a, will, &one)) return false;
        asked |= one;
    }
    return asked || finish(w, a);
}

/* ---- adding up ---- */

typedef enum Sum { SUM_OPEN, SUM_YES, SUM_NO } Sum;

MUST static bool ask_next(Work *w, const Approval *a, const Task *t, int *asked)
{
    (*asked)++;
    return task_set_state(w, t, "open") && task_ask(w, a, t, "Please approve: %s – %s");
}

/* A seat consents when all who sit on it do; its next one is asked when the one before has. */
MUST static bool seat_sum(Work *w, const Approval *a, Task *t, int n, int *asked, Sum *out)
{
    *out = SUM_YES;
    for (int i = 0; i < n; i++) {
        if (str_eq(t[i].state, "transferred") || str_eq(t[i].state, "approved")) continue;
        if (str_eq(t[i].state, "rejected")) { *out = SUM_NO; return true; }
        *out = SUM_OPEN;
        if (i && str_eq(t[i].state, "waiting") && !str_eq(t[i - 1].state, "waiting"))
            return ask_next(w, a, &t[i], asked);
        return true;
    }
    return true;
}

/* All who are asked now are asked just now: the entry's time begins anew. Some: it goes on. */
MUST static bool follow_due(Work *w, const Approval *a, const Task *t, int n, int asked)
{
    bool others = false;

    for (int i = 0; i < n; i++) others |= str_eq(t[i].state, "open");
    if (!asked) return true;
    return others ? approval_due_join(w, a, t->step) : approval_due_begin(w, a, t->step);
}

/* The tasks t[0..n) of one entry. */
MUST static bool entry_sum(Work *w, const Approval *a, const Approve *e, Task *t, int n, Sum *out)
{
    int seats = 0, yes = 0, no = 0, asked = 0;
    Task *next = NULL;
    bool open = false;

    for (int i = 0, to; i < n; i = to) {
        Sum one;
        for (to = i; to < n && t[to].seat == t[i].seat; ) to++;
        if (!seat_sum(w, a, &t[i], to - i, &asked, &one)) return false;
        seats++;
        yes += one == SUM_YES;
        no += one == SUM_NO;
        if (one != SUM_OPEN) continue;
        if (e->in_order && !open && !next && str_eq(t[i].state, "waiting")) next = &t[i];
        open = true;
    }
    int need = e->need && e->need < seats ? e->need : seats;
    *out = yes >= need ? SUM_YES : seats - no < need ? SUM_NO : SUM_OPEN;
    if (*out != SUM_OPEN) return true;
    if (next && !ask_next(w, a, next, &asked)) return false;
    return follow_due(w, a, t, n, asked);
}

/* Others of an entry that is decided are asked no longer. */
MUST static bool close_entry(Work *w, const Approval *a, const Task *t, int n)
{
    for (int i = 0; i < n; i++)
        if ((str_eq(t[i].state, "open") || str_eq(t[i].state, "waiting"))
            && !task_set_state(w, &t[i], "closed")) return false;
    return approval_due_end(w, a, t->step);
}

MUST static bool refused(Work *w, Approval *a, const Approve *e, const char *comment)
{
    return approval_end(w, a, "rejected", comment)
        && task_tell(w, a, a->by, "Refused: %s – %s")
        && approval_place(w, a, e->reject_to, comment);
}

bool approval_weigh(Work *w, Approval *a, const char *comment)
{
    Task *all;
    int n, last = a->step, kept = 0;
    bool open = false;

    if (!approval_tasks(w, a->id, &all, &n)) return false;
    for (int i = 0; i < n; i++)
        if (str_eq(all[i].kind, "approve") && all[i].step >= a->step) all[kept++] = all[i];
    for (int i = 0, to; i < kept; i = to) {
        Sum sum;
        for (to = i; to < kept && all[to].step == all[i].step; ) to++;
        if (!a->move || all[i].step >= a->move->napprove)
            return cx_fail(&w->cx, E_CONFLICT,
                "the move %s is no longer defined; withdraw the request", a->transition);
        const Approve *e = &a->move->approve[all[i].step];
        last = all[i].step;
        if (!entry_sum(w, a, e, &all[i], to - i, &sum)) return false;
        if (sum == SUM_NO) return refused(w, a, e, comment);
        if (sum == SUM_YES && !close_entry(w, a, &all[i], to - i)) return false;
        open |= sum == SUM_OPEN;
    }
    return open || approval_go_on(w, a, last + 1);
}

/*
 * approval_due.c — the kind of due time that approvals are. What the time decides is decided like by
 * a person, by nobody: the tasks say no `decided_by`, the history says why.
 */
#include "data/approval_due.h"
#include "data/approval_in.h"
#include "data/due.h"
#include "data/explain.h"
#include "data/history.h"
#include "data/move.h"
#include "data/task.h"
#include "data/timer_row.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

/* An entry that asks somebody now. */
typedef struct Turn { Approval a; const Approve *e; Task *open; int nopen; } Turn;

static const Approve *entry(const Approval *a, int step)
{
    return a->move && step >= 0 && step < a->move->napprove ? &a->move->approve[step] : NULL;
}

static bool is_asked(const Task *t, int step)
{
    return t->step == step && str_eq(t->kind, "approve") && str_eq(t->state, "open");
}

/* The record as it would be; as it is when what waits does not fit any more. */
MUST static bool seen(Work *w, const Approval *a, Record **out)
{
    if (approval_will(w, a, out)) return true;
    if (w->cx.err == E_DB || w->cx.err == E_BUSY || w->cx.err == E_MOVED) return false;
    cx_clear(&w->cx);
    return record_load(w, a->form, a->record, false, out);
}

/* out->r NULL: nobody is asked there, or it is not due. */
MUST static bool turn_thing(Work *w, const Approval *a, int step, DueThing *out)
{
    Turn *turn = ARENA_NEW(w->cx.a, Turn);
    Record *r;
    Task *t;
    int n;

    *turn = (Turn){ .a = *a, .e = entry(a, step) };
    if (!turn->e || !str_eq(a->state, "waiting") || !due_is(&turn->e->due)) return true;
    if (!approval_tasks(w, a->id, &t, &n)) return false;
    turn->open = t;
    for (int i = 0; i < n; i++)
        if (is_asked(&t[i], step)) turn->open[turn->nopen++] = t[i];
    if (!turn->nopen) return true;
    if (!seen(w, a, &r)) return false;
    *out = (DueThing){ .rule = arena_printf(w->cx.a, APPROVAL_DUE "%s.%s", a->flow->key,
            a->transition), .key = arena_printf(w->cx.a, "%lld.%d", (long long)a->id, step),
        .due = &turn->e->due, .r = r, .since = turn->open[0].asked_at, .via = turn->e->via,
        .nvia = turn->e->nvia, .own = turn };
    for (int i = 1; i < turn->nopen; i++)
        if (turn->open[i].asked_at < out->since) out->since = turn->open[i].asked_at;
    return true;
}

/* What the lists of tasks show; nothing while it stands still. */
MUST static bool mark(Work *w, const DueThing *d)
{
    const Turn *turn = d->own;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    DueState state;
    bool found;

    if (!due_state(w, d, &state, &found)) return false;
    sql_add(&q, "UPDATE \"_task\" SET \"due\" = ");
    sql_bind(&q, found && state.due && !state.since_pause ? val_int(state.due) : val_blank());
    sql_add(&q, " WHERE \"state\" = 'open' AND \"kind\" = 'approve' AND \"approval\" = ");
    sql_bind(&q, val_int(turn->a.id));
    sql_add(&q, " AND \"step\" = ");
    sql_int(&q, turn->e->index);
    return db_send(&w->cx, w->db, &q);
}

MUST static bool again(Work *w, const Approval *a, int step, bool anew)
{
    DueThing d = { 0 };

    if (!turn_thing(w, a, step, &d)) return false;
    if (!d.r) return true;
    if (anew) d.since = w->now;
    return (anew ? due_begin(w, &d) : due_follow(w, &d)) && mark(w, &d);
}

bool approval_due_begin(Work *w, const Approval *a, int step)
{
    return again(w, a, step, true);
}

bool approval_due_join(Work *w, const Approval *a, int step)
{
    return again(w, a, step, false);
}

/* A request may be over whose definition is gone: whatever it has. */
bool approval_due_end(Work *w, const Approval *a, int step)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_timer\" WHERE \"form\" = ");
    sql_bind(&q, timer_text(a->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(a->record));
    sql_add(&q, " AND \"rule\" LIKE '" APPROVAL_DUE "%'");
    if (step >= 0) {
        sql_add(&q, " AND \"occurrence\" = ");
        sql_bind(&q, val_text(arena_printf(w->cx.a, "%lld.%d", (long long)a->id, step)));
    }
    return db_send(&w->cx, w->db, &q);
}

/* Does a request from this stage ask the record when it is due? */
static bool depends(const Record *r)
{
    for (int i = 0; r->workflow && r->stage && i < r->workflow->ntransition; i++) {
        const Transition *t = &r->workflow->transition[i];
        for (int k = 0; k < t->napprove && transition_leaves(t, r->stage); k++)
            if (t->approve[k].due.due || t->approve[k].due.pause) return true;
    }
    return false;
}

bool approval_due_follow(Work *w, const Record *r)
{
    Approval a;
    bool found;

    if (!r->form->approves || !depends(r)) return true;
    if (!approval_waiting(w, r->form, record_id(r), &a, &found)) return false;
    for (int i = 0; found && a.move && i < a.move->napprove; i++)
        if ((a.move->approve[i].due.due || a.move->approve[i].due.pause)
            && !approval_due_join(w, &a, i)) return false;
    return true;
}

bool approval_due_things(Work *w, const Record *r, DueThing **out, int *n)
{
    Approval a;
    bool found = false;

    *n = 0;
    if (r->form->approves && !approval_waiting(w, r->form, record_id(r), &a, &found)) return false;
    int all = found && a.move ? a.move->napprove : 0;
    *out = ARENA_ARRAY(w->cx.a, DueThing, all + 1);
    for (int i = 0; i < all; i++) {
        DueThing d = { 0 };
        if (!turn_thing(w, &a, i, &d)) return false;
        if (d.r) (*out)[(*n)++] = d;
    }
    return true;
}

/* ---- what happens ---- */

static bool find(Work *w, const Timer *t, DueThing *out)
{
    char *step;
    int64_t id = strtoll(t->occurrence, &step, 10);
    DueThing now = { 0 };
    Approval a;
    bool found;

    if (!approval_get(w, id, &a, &found)) return false;
    if (!found || *step != '.' || !turn_thing(w, &a, atoi(step + 1), &now)) return !w->cx.err;
    if (now.r && str_eq(now.rule, t->rule)) *out = now;
    return true;
}

typedef struct Several { int64_t *id; int n, cap; } Several;

static bool has(const Several *s, int64_t id)
{
    for (int i = 0; i < s->n; i++)
        if (s->id[i] == id) return true;
    return false;
}

static void add(Work *w, Several *s, const int64_t *id, int n)
{
    for (int i = 0; i < n; i++)
        if (!has(s, id[i])) ARENA_PUSH(w->cx.a, s->id, s->n, s->cap, id[i]);
}

static bool people(Work *w, const DueThing *d, int64_t **user, int *n)
{
    const Turn *turn = d->own;
    Several all = { 0 };

    for (int i = 0; i < turn->nopen; i++) {
        int64_t *stand_in;
        int m;
        add(w, &all, &turn->open[i].user, 1);
        if (!delegates_of(w, turn->open[i].user, turn->a.form, &stand_in, &m)) return false;
        add(w, &all, stand_in, m);
    }
    *user = all.id;
    *n = all.n;
    return true;
}

static const char *name(Work *w, const DueThing *d, const char *lang)
{
    const Turn *turn = d->own;

    (void)w;
    return label_show(&turn->e->label, lang,
        label_show(&turn->a.move->label, lang, turn->a.transition));
}

static bool approver(void *ctx, const char *name, Val *out)
{
    if (!str_eq(name, LATE_APPROVER)) return false;
    *out = val_rec(*(const int64_t *)ctx);
    return true;
}

/* The people of a step, seen from one who is asked. */
MUST static bool people_from(Work *w, const LateStep *s, const DueThing *d, int64_t asked,
    int64_t **user, int *n)
{
    Asker *k = work_asker(w), was = *k;

    k->param = approver;
    k->ctx = &asked;
    bool ok = people_of(w, &s->to, d->r, user, n);
    w->asker.param = was.param;
    w->asker.ctx = was.ctx;
    return ok;
}

/* Who is told of it may read it, like those of `cc`. */
MUST static bool let_read(Work *w, const Turn *turn, const Several *told)
{
    Several know = { 0 };
    Task *t;
    int n;

    if (!approval_tasks(w, turn->a.id, &t, &n)) return false;
    for (int i = 0; i < n; i++)
        if (!str_eq(t[i].state, "waiting")) add(w, &know, &t[i].user, 1);
    for (int i = 0; i < told->n; i++) {
        Task one = { .step = turn->e->index, .seat = i, .kind = "cc", .user = told->id[i],
            .state = "unread" };
        if (!has(&know, told->id[i]) && !task_put(w, &turn->a, &one)) return false;
    }
    return true;
}

static bool escalate(Work *w, const DueThing *d, const LateStep *s, int64_t **user, int *n)
{
    const Turn *turn = d->own;
    Several all = { 0 };

    for (int i = 0; i < turn->nopen; i++) {
        int64_t *some;
        int m;
        if (!people_from(w, s, d, turn->open[i].user, &some, &m)) return false;
        add(w, &all, some, m);
    }
    *user = all.id;
    *n = all.n;
    return let_read(w, turn, &all);
}

/* ---- by nobody ---- */

MUST static bool settle(Work *w, const Task *t, const char *state, int seat)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_task\" SET \"state\" = ");
    sql_bind(&q, val_text(state));
    sql_add(&q, ", \"decided_at\" = ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, ", \"seat\" = ");
    sql_int(&q, seat);
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(t->id));
    return db_send(&w->cx, w->db, &q);
}

static const char *because(Work *w, const char *more)
{
    const char *text = i18n_text(w->cx.lang, "by the due time");

    return more ? arena_printf(w->cx.a, "%s: %s", text, more) : text;
}

MUST static bool decide(Work *w, Turn *turn, const char *state)
{
    for (int i = 0; i < turn->nopen; i++)
        if (!settle(w, &turn->open[i], state, turn->open[i].seat)) return false;
    return explain_say(w, turn->a.form, turn->a.record, str_eq(state, "approved")
            ? "approval %s: nobody decided by the due time; approved"
            : "approval %s: nobody decided by the due time; refused", approval_called(w, turn->e))
        && approval_trace(w, &turn->a, state, because(w, NULL))
        && approval_weigh(w, &turn->a, because(w, NULL));
}

/* ---- others are asked ---- */

/* Who has a part in the entry, with the seat of those that were asked just now instead. */
typedef struct Seats { Several taken; Several fresh; int *seat; int last; } Seats;

MUST static bool seats_of(Work *w, const Turn *turn, Seats *out)
{
    Task *t;
    int n;

    if (!approval_tasks(w, turn->a.id, &t, &n)) return false;
    *out = (Seats){ .seat = ARENA_ARRAY(w->cx.a, int, APPROVAL_MOST) };
    for (int i = 0; i < n; i++) {
        if (t[i].step != turn->e->index || !str_eq(t[i].kind, "approve")) continue;
        if (t[i].seat > out->last) out->last = t[i].seat;
        if (!str_eq(t[i].state, "transferred")) add(w, &out->taken, &t[i].user, 1);
    }
    if (turn->e->not_self && turn->a.by) add(w, &out->taken, &turn->a.by, 1);
    return true;
}

MUST static bool ask(Work *w, const Turn *turn, const Task *from, Seats *s, int64_t user, int seat)
{
    bool first = seat == from->seat;
    Task t = { .step = from->step, .seat = seat, .place = first ? from->place : 0,
        .kind = "approve", .user = user,
        .state = first || !turn->e->in_order ? "open" : "waiting" };

    if (s->fresh.n == APPROVAL_MOST) return true;
    s->seat[s->fresh.n] = seat;
    add(w, &s->fresh, &user, 1);
    add(w, &s->taken, &user, 1);
    return task_add(w, &turn->a, &t);
}

/* The first sits on the seat, others beside; nobody is asked twice. Where all are asked already
   instead of somebody else, the seat is theirs too. */
MUST static bool ask_instead(Work *w, const Turn *turn, const Task *from, Seats *s,
    const int64_t *user, int n)
{
    const Form *people = app_form(w->app, "user");
    const char *whom = record_title_of(w, people, from->user);
    bool asked = false;

    for (int i = 0; i < n; i++) {
        if (has(&s->taken, user[i])) continue;
        if (!ask(w, turn, from, s, user[i], asked ? ++s->last : from->seat)) return false;
        asked = true;
        if (!approval_trace(w, &turn->a, "transferred", because(w, arena_printf(w->cx.a, "%s → %s",
                whom, record_title_of(w, people, user[i]))))) return false;
    }
    if (asked) return settle(w, from, "transferred", from->seat);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < s->fresh.n; k++)
            if (s->fresh.id[k] == user[i]) return settle(w, from, "transferred", s->seat[k]);
    return explain_say(w, turn->a.form, turn->a.record,
        "approval %s: there is nobody else to ask instead of %s", approval_called(w, turn->e), whom);
}

MUST static bool reassign(Work *w, const DueThing *d, const LateStep *step)
{
    const Turn *turn = d->own;
    Seats s;

    if (!seats_of(w, turn, &s)) return false;
    for (int i = 0; i < turn->nopen; i++) {
        int64_t *user;
        int n;
        if (!people_from(w, step, d, turn->open[i].user, &user, &n)
            || !ask_instead(w, turn, &turn->open[i], &s, user, n)) return false;
    }
    return approval_due_join(w, &turn->a, turn->e->index);
}

static bool act(Work *w, const DueThing *d, const LateStep *s)
{
    if (s->kind == LATE_REASSIGN) return reassign(w, d, s);
    return decide(w, d->own, s->kind == LATE_APPROVE ? "approved" : "rejected");
}

bool approval_due_fire(Work *w, const Timer *t, int64_t late_s)
{
    static const DueKind kind = { .find = find, .people = people, .name = name, .act = act,
        .escalate = escalate };
    DueThing now = { .key = t->occurrence };

    if (!due_fire(w, &kind, t, late_s) || !find(w, t, &now)) return false;
    return !now.r || mark(w, &now);
}

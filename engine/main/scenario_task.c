/*
 * scenario_task.c — the steps about approvals. A record stands for the task that the acting person has
 * on it.
 */
#include "main/scenario.h"
#include "data/auth.h"
#include "data/task.h"

static const char *text(const Node *step, const char *key)
{
    return node_text(node_find(step, key));
}

/* The open task on that record; E_MISSING when there is none of this person. */
MUST static bool open_task(Work *w, const Form *f, int64_t id, int64_t *out)
{
    Approval a;
    Task *t;
    int n;
    bool found;

    *out = 0;
    if (!approval_waiting(w, f, id, &a, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_CONFLICT, "the record waits for no approval");
    if (!approval_tasks(w, a.id, &t, &n)) return false;
    for (int i = 0; i < n; i++) {
        TaskRow row;
        if (!str_eq(t[i].state, "open")) continue;
        if (!task_find(w, t[i].id, &row, &found)) return false;
        if (!found || (w->who.admin && !row.mine)) continue;
        *out = t[i].id;
        return true;
    }
    return cx_fail(&w->cx, E_MISSING, "there is no such task");
}

bool scenario_task(Scenario *s, Work *w, const Node *step, const char *what, const char *name)
{
    TaskAct a = { .what = what, .comment = text(step, "comment"), .where = text(step, "where") };
    const Form *f;
    int64_t id;
    const char *to = text(step, "to");

    if (!scenario_find(s, w, name, &f, &id)) return false;
    if (str_eq(what, "withdraw")) return task_withdraw(w, f, id, a.comment);
    if (str_eq(what, "nudge")) return task_nudge(w, f, id);
    if (!open_task(w, f, id, &a.task)) return false;
    if (node_find(step, "values")) a.values = scenario_body(s, w, f, node_find(step, "values"));
    if (str_eq(what, "return")) a.stage = to;
    else if (to && !auth_user_by_login(w, to, &a.to)) return false;
    node_bool(node_find(step, "straight_back"), &a.straight_back);
    return task_act(w, &a);
}

bool scenario_delegate(Work *w, const Node *step)
{
    Delegation d = { .user = w->who.id, .begins = w->now };
    int64_t id;
    Val length;

    if (!auth_user_by_login(w, text(step, "delegate"), &d.delegate)) return false;
    if (!duration_parse(text(step, "for"), &length))
        return cx_fail(&w->cx, E_INPUT, "`for` is a duration such as 7d");
    d.ends = when_add(w->now, length, app_calendar(w->app, NULL), w->app->zone);
    return delegation_add(w, &d, &id);
}

/*
 * api_task.c — tasks: what one is asked, has asked, has decided, was told; decisions; standing in.
 */
#include "http/api_person.h"
#include "data/task.h"

#include <string.h>

enum { PAGE_MOST = 200 };
static const char *const none[] = { NULL };

static void put_moment(Json *j, const char *key, int64_t at)
{
    json_name(j, key);
    if (at) json_val(j, val_datetime(at));
    else json_null(j);
}

static void put_request(Work *w, Json *j, const Approval *a)
{
    json_key(j, "approval"); json_int(j, a->id);
    json_key(j, "form"); json_text(j, a->form->key);
    json_key(j, "record");
    json_map(j);
    json_key(j, "id"); json_int(j, a->record);
    json_key(j, "title"); json_text(j, record_title_of(w, a->form, a->record));
    json_map_end(j);
    json_key(j, "transition"); json_text(j, a->transition);
    json_key(j, "label");
    json_text(j, a->move ? label_show(&a->move->label, w->cx.lang, a->transition) : a->transition);
    json_key(j, "stage"); json_text(j, a->stage);
    json_key(j, "by"); api_put_person(w, j, a->by);
    put_moment(j, "requested_at", a->at);
    json_key(j, "request"); json_text(j, a->comment);
    json_key(j, "outcome"); json_text(j, a->state);
    put_moment(j, "ended_at", a->ended_at);
    json_key(j, "note"); json_text(j, a->note);
}

static void put_task(Work *w, Json *j, const Task *t)
{
    json_key(j, "id"); json_int(j, t->id);
    json_key(j, "kind"); json_text(j, t->kind);
    json_key(j, "state"); json_text(j, t->state);
    json_key(j, "user"); api_put_person(w, j, t->user);
    json_key(j, "decided_by"); api_put_person(w, j, t->decided_by);
    put_moment(j, "decided_at", t->decided_at);
    put_moment(j, "asked_at", t->asked_at);
    put_moment(j, "due", t->due);
    json_key(j, "late"); json_bool(j, t->due && str_eq(t->state, "open") && t->due < w->now);
    json_key(j, "comment"); json_text(j, t->comment);
}

/* What of the record may be changed with the decision, and what it needs. */
static void put_entry(Json *j, const TaskRow *r)
{
    const Transition *t = r->approval.move;
    const Approve *e = t && r->task.step < t->napprove ? &t->approve[r->task.step] : NULL;

    json_key(j, "needs");
    json_list(j);
    if (e && e->comment) json_text(j, "comment");
    for (int i = 0; e && i < e->nrequire; i++) json_text(j, e->require[i]->key);
    json_list_end(j);
    json_key(j, "edit");
    json_list(j);
    for (int i = 0; e && i < e->nedit; i++) json_text(j, e->edit[i]->key);
    json_list_end(j);
}

static void put_row(Work *w, Json *j, const TaskRow *r)
{
    json_map(j);
    if (r->task.id) {
        put_task(w, j, &r->task);
        put_entry(j, r);
    }
    put_request(w, j, &r->approval);
    json_map_end(j);
}

bool api_tasks(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "list", "after", "limit", NULL };
    static const char *const lists[] = { "todo", "started", "done", "copied" };
    const char *list = request_arg(q, "list");
    int64_t after = request_arg_int(&w->cx, q, "after", 0, 0, INT64_MAX);
    int64_t limit = request_arg_int(&w->cx, q, "limit", 50, 1, PAGE_MOST);
    TaskRow *row;
    int n, which = 0;

    if (w->cx.err || !request_args_only(&w->cx, q, known)) return false;
    while (list && which < LEN(lists) && !str_eq(list, lists[which])) which++;
    if (which == LEN(lists))
        return cx_fail(&w->cx, E_SYNTAX, "list is one of todo, started, done and copied");
    if (!task_list(w, (TaskList)which, after, (int)limit, &row, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "tasks");
    json_list(&j);
    for (int i = 0; i < n; i++) put_row(w, &j, &row[i]);
    json_list_end(&j);
    json_key(&j, "next");
    if (n == limit) json_int(&j, row[n - 1].task.id ? row[n - 1].task.id : row[n - 1].approval.id);
    else json_null(&j);
    json_map_end(&j);
    return !w->cx.err;
}

bool api_task_counts(Work *w, const Request *q, Response *r)
{
    int64_t todo, copied;

    if (!request_args_only(&w->cx, q, none) || !task_counts(w, &todo, &copied)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "todo"); json_int(&j, todo);
    json_key(&j, "copied"); json_int(&j, copied);
    json_map_end(&j);
    return true;
}

MUST static bool show_task(Work *w, int64_t id, Response *r)
{
    TaskRow row;
    bool found;

    if (!task_find(w, id, &row, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no such task");
    Json j = response_json(r, 200);
    put_row(w, &j, &row);
    return !w->cx.err;
}

bool api_task(Work *w, const Request *q, Response *r)
{
    int64_t id;

    return request_args_only(&w->cx, q, none) && request_id(w, q, 0, &id) && show_task(w, id, r);
}

MUST static bool read_act(Work *w, const Request *q, TaskAct *a)
{
    static const char *const known[] = { "comment", "values", "to", "where", "stage",
        "straight_back", NULL };
    const Node *body = q->form ? request_object(&w->cx, q, known) : node_map(w->cx.a);

    if (!body || !api_read_person(w, body, "to", &a->to)) return false;
    node_read_text(&w->cx, body, "comment", &a->comment);
    node_read_text(&w->cx, body, "where", &a->where);
    node_read_text(&w->cx, body, "stage", &a->stage);
    node_read_bool(&w->cx, body, "straight_back", &a->straight_back);
    a->values = node_find(body, "values");
    if (a->values && a->values->kind != NODE_MAP)
        return cx_fail(&w->cx, E_SYNTAX, "values must be an object");
    return cx_check(&w->cx);
}

bool api_task_act(Work *w, const Request *q, Response *r)
{
    TaskAct a = { .what = q->segment[1] };

    return request_args_only(&w->cx, q, none) && request_id(w, q, 0, &a.task)
        && read_act(w, q, &a) && task_act(w, &a) && show_task(w, a.task, r);
}

/* Each by itself: what is refused does not keep the others. */
bool api_task_batch(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "ids", "action", "comment", NULL };
    TaskAct a = { 0 };
    int64_t *id;
    int n;

    if (!request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    if (!api_ids(w, node_find(body, "ids"), "ids", &id, &n)) return cx_check(&w->cx);
    a.what = node_text(node_find(body, "action"));
    node_read_text(&w->cx, body, "comment", &a.comment);
    if (!str_eq(a.what, "approve") && !str_eq(a.what, "reject"))
        return cx_fail(&w->cx, E_SYNTAX, "action is approve or reject");
    if (n > PAGE_MOST) return cx_fail(&w->cx, E_SIZE, "at most %d tasks at once", PAGE_MOST);
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "results");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        a.task = id[i];
        bool ok = task_act(w, &a);
        if (!ok && w->cx.err != E_INPUT && w->cx.err != E_CONFLICT && w->cx.err != E_MISSING)
            return false;
        json_map(&j);
        json_key(&j, "id"); json_int(&j, id[i]);
        json_key(&j, "done"); json_bool(&j, ok);
        json_key(&j, "why");
        json_text(&j, ok ? NULL : w->cx.nissue ? w->cx.issue[0].text : w->cx.text);
        json_map_end(&j);
        cx_clear(&w->cx);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

/* ---- of a record ---- */

bool api_approvals(Work *w, const Request *q, Response *r)
{
    const Form *f;
    int64_t id;
    Record *rec;
    Approval *a;
    int n, nt;

    if (!request_args_only(&w->cx, q, none) || !request_record(w, q, &f, &id)
        || !query_one(w, f, id, &rec) || !approval_list(w, f, id, 50, &a, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "approvals");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        Task *t;
        if (!approval_tasks(w, a[i].id, &t, &nt)) return false;
        json_map(&j);
        put_request(w, &j, &a[i]);
        json_key(&j, "tasks");
        json_list(&j);
        for (int k = 0; k < nt; k++) {
            json_map(&j);
            put_task(w, &j, &t[k]);
            json_key(&j, "step"); json_int(&j, t[k].step + 1);
            json_map_end(&j);
        }
        json_list_end(&j);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return !w->cx.err;
}

bool api_approval_act(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "comment", NULL };
    const Form *f;
    int64_t id;
    const char *comment = NULL, *what = q->segment[2];

    if (!request_args_only(&w->cx, q, none) || !request_record(w, q, &f, &id)) return false;
    const Node *body = q->form ? request_object(&w->cx, q, known) : node_map(w->cx.a);
    if (!body) return false;
    node_read_text(&w->cx, body, "comment", &comment);
    if (!cx_check(&w->cx)) return false;
    if (str_eq(what, "withdraw")) {
        if (!task_withdraw(w, f, id, comment)) return false;
    } else if (str_eq(what, "nudge")) {
        if (!task_nudge(w, f, id)) return false;
    } else {
        return cx_fail(&w->cx, E_MISSING, "there is no such action");
    }
    r->status = 204;
    return true;
}

/* ---- standing in ---- */

bool api_delegations(Work *w, const Request *q, Response *r)
{
    Delegation *d;
    int n;

    if (!request_args_only(&w->cx, q, none) || !delegation_list(w, w->who.id, &d, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "delegations");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        json_map(&j);
        json_key(&j, "id"); json_int(&j, d[i].id);
        json_key(&j, "delegate"); api_put_person(w, &j, d[i].delegate);
        put_moment(&j, "from", d[i].begins);
        put_moment(&j, "until", d[i].ends);
        json_key(&j, "form"); json_text(&j, d[i].form ? d[i].form->key : NULL);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return !w->cx.err;
}

static void read_moment(Work *w, const Node *body, const char *key, int64_t *out)
{
    const char *text = node_text(node_find(body, key));

    if (node_find(body, key) && (!text || !datetime_parse(text, w->app->zone, out)))
        cx_issue(&w->cx, at_field(key), "bad_time", "is no date and time");
}

bool api_delegate(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "user", "delegate", "from", "until", "form", NULL };
    Delegation d = { .user = w->who.id, .begins = w->now };
    int64_t id, other;

    if (!request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body || !api_read_person(w, body, "delegate", &d.delegate)
        || !api_read_person(w, body, "user", &other)) return false;
    if (other) d.user = other;
    read_moment(w, body, "from", &d.begins);
    read_moment(w, body, "until", &d.ends);
    const char *form = node_text(node_find(body, "form"));
    d.form = form ? app_form(w->app, form) : NULL;
    if (form && !d.form) cx_issue(&w->cx, at_field("form"), "unknown_form", "there is no such form");
    if (!cx_check(&w->cx) || !delegation_add(w, &d, &id)) return false;
    Json j = response_json(r, 201);
    json_map(&j);
    json_key(&j, "id"); json_int(&j, id);
    json_map_end(&j);
    return true;
}

bool api_delegation_end(Work *w, const Request *q, Response *r)
{
    int64_t id;

    if (!request_args_only(&w->cx, q, none) || !request_id(w, q, 0, &id)
        || !delegation_end(w, id)) return false;
    r->status = 204;
    return true;
}

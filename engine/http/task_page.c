/*
 * task_page.c — what one is asked, has asked, has decided, was told; and the small form a decision
 * asks for. The form is the one of moves, as a page or a dialog.
 */
#include "http/form_post.h"
#include "http/handlers.h"
#include "http/task_show.h"
#include "base/i18n.h"
#include "data/approval.h"
#include "data/move.h"
#include "data/task.h"
#include "data/task_link.h"

#include <stdlib.h>
#include <string.h>

#define LINK "/tasks/link/"

enum { A_PAGE = 50 };

static const struct { const char *key, *label, *hint; } lists[] = {
    { "todo", "To do", "What you are asked to approve comes here." },
    { "started", "Started by me", "Moves of yours that others must approve come here." },
    { "done", "Done by me", "What you have decided comes here." },
    { "copied", "Copied to me", "What you are told of without being asked comes here." },
};

/* What can be done with a task, in the order of its buttons. */
static const struct { const char *key, *label, *guide; } acts[] = {
    { "approve", "Approve", "The move goes on." },
    { "reject", "Refuse", "The move is not made; who asked for it is told." },
    { "return", "Send back", "Who asked for it revises it and asks again." },
    { "transfer", "Transfer", "Somebody else decides instead." },
    { "add", "Add an approver", "Somebody else is asked too." },
};

/* Can it be decided from the list? */
static bool add_row(Work *w, Node *list, const TaskRow *r, bool todo)
{
    Arena *a = w->cx.a;
    const Approval *ap = &r->approval;
    const Task *t = &r->task;
    Node *one = node_add(a, list, node_map(a));
    bool open = str_eq(t->state, "open");

    node_put_int(a, one, "id", t->id);
    node_put_text(a, one, "title", r->title && *r->title ? r->title
        : arena_printf(a, "#%lld", (long long)ap->record));
    node_put_text(a, one, "href", page_href(a, ap->form, ap->record));
    node_put_text(a, one, "form", form_label(ap->form, w->cx.lang));
    node_put_text(a, one, "move", ap->move
        ? label_show(&ap->move->label, w->cx.lang, ap->transition) : ap->transition);
    node_put_text(a, one, "by", ap->by ? record_title_of(w, app_form(w->app, "user"), ap->by) : NULL);
    node_put_text(a, one, "when", page_moment(w, t->decided_at ? t->decided_at : ap->at));
    node_put_text(a, one, "due", open && t->due ? page_moment(w, t->due) : NULL);
    node_put_bool(a, one, "late", open && t->due && t->due < w->now);
    node_put_text(a, one, "comment", todo ? ap->comment : t->comment);
    node_put_text(a, one, "standing_in", r->mine ? NULL
        : page_say(w, "for %s", record_title_of(w, app_form(w->app, "user"), t->user)));
    node_put_text(a, one, "state", task_word(w, t->id && !todo ? t->state : ap->state));
    node_put_text(a, one, "tone", task_tone(t->id && !todo ? t->state : ap->state));
    node_put_bool(a, one, "decides", todo && str_eq(t->kind, "approve"));
    node_put_bool(a, one, "revises", todo && str_eq(t->kind, "revise"));
    return todo && str_eq(t->kind, "approve");
}

bool page_tasks(Work *w, const Request *q, Response *r)
{
    Arena *a = w->cx.a;
    const char *list = request_arg(q, "list");
    int64_t after = request_arg_int(&w->cx, q, "after", 0, 0, INT64_MAX);
    int64_t todo, copied;
    int which = 0, n;
    TaskRow *row;

    while (list && which < LEN(lists) && !str_eq(list, lists[which].key)) which++;
    if (w->cx.err || which == LEN(lists))
        return w->cx.err ? false : cx_fail(&w->cx, E_MISSING, "there is no such list");
    if (!task_list(w, (TaskList)which, after, A_PAGE, &row, &n)
        || !task_counts(w, &todo, &copied)) return false;
    Node *page = page_begin(w, q, page_say(w, "Tasks"));
    Node *tabs = node_put(a, page, "tabs", node_list(a));
    for (int i = 0; i < LEN(lists); i++) {
        Node *one = node_add(a, tabs, node_map(a));
        int64_t count = i == TASKS_TODO ? todo : i == TASKS_COPIED ? copied : 0;
        node_put_text(a, one, "label", page_say(w, lists[i].label));
        node_put_text(a, one, "href", page_url(a, "/tasks", "list", i ? lists[i].key : NULL, NULL));
        node_put_bool(a, one, "current", i == which);
        node_put_text(a, one, "count", count ? arena_printf(a, "%lld", (long long)count) : NULL);
    }
    Node *rows = node_put(a, page, "rows", node_list(a));
    bool several = false;
    for (int i = 0; i < n; i++)
        several |= add_row(w, rows, &row[i], which == TASKS_TODO);
    node_put_bool(a, page, "several", several);
    node_put_text(a, page, "none", i18n_text(w->cx.lang,
        which == TASKS_TODO ? "Nothing waits for you." : "Nothing here yet."));
    node_put_text(a, page, "hint", i18n_text(w->cx.lang, lists[which].hint));
    if (n == A_PAGE)
        node_put_text(a, page, "next", page_url(a, "/tasks", "list", lists[which].key, "after",
            arena_printf(a, "%lld", (long long)(row[n - 1].task.id ? row[n - 1].task.id
                : row[n - 1].approval.id)), NULL));
    return !w->cx.err && page_end(w, q, r, "tasks", page);
}

/* ---- a decision ---- */

static int act_of(const char *key)
{
    for (int i = 0; i < LEN(acts); i++)
        if (str_eq(acts[i].key, key)) return i;
    return -1;
}

static const Approve *entry_of(const TaskRow *t)
{
    const Transition *m = t->approval.move;

    return m && t->task.step < m->napprove ? &m->approve[t->task.step] : NULL;
}

/* A choice of its own, drawn as any. */
static Node *choice(Work *w, const char *key, const char *label, bool required)
{
    Node *out = page_field_blank(w, key, NULL, label, "choice");

    node_put(w->cx.a, out, "options", node_list(w->cx.a));
    node_put_bool(w->cx.a, out, "required", required);
    if (!required) page_option(w->cx.a, node_find(out, "options"), "", "–", false);
    return out;
}

/* The stages that the record has been in. */
static Node *stages_been(Work *w, const TaskRow *t)
{
    const Workflow *flow = t->approval.flow;
    Node *out = choice(w, "_stage", page_say(w, "Back to the stage"), false);
    const Stage *now = flow ? workflow_stage(flow, t->approval.stage) : NULL;

    for (int i = 0; flow && now && i < now->index; i++)
        page_option(w->cx.a, node_find(out, "options"), flow->stage[i].key,
            label_show(&flow->stage[i].label, w->cx.lang, flow->stage[i].key), false);
    return out;
}

static Node *whom(Work *w, const Record *anybody)
{
    Field *manager = form_field(app_form(w->app, "user"), "manager");
    Node *one = page_field(w, &(FieldAsk){ .r = anybody, .f = manager, .always = true });

    if (one) node_put_text(w->cx.a, one, "label", page_say(w, "Whom"));
    return one;
}

static void put(Work *w, Node *fields, Node *one)
{
    if (one) node_add(w->cx.a, fields, one);
}

static void add_fields(Work *w, Node *fields, const TaskRow *t, Record *rec, int act,
    const Node *input, const Cx *failed)
{
    const Approve *e = entry_of(t);
    const char *key = acts[act].key;
    bool consent = str_eq(key, "approve");

    for (int i = 0; e && consent && i < e->nrequire; i++)
        put(w, fields, page_field(w, &(FieldAsk){ .r = rec, .f = e->require[i], .input = input,
            .issues = failed, .always = true }));
    for (int i = 0; e && (consent || str_eq(key, "reject")) && i < e->nedit; i++)
        put(w, fields, page_field(w, &(FieldAsk){ .r = rec, .f = e->edit[i], .input = input,
            .issues = failed }));
    if (str_eq(key, "transfer") || str_eq(key, "add"))
        put(w, fields, whom(w, record_new(w, app_form(w->app, "user"))));
    if (str_eq(key, "add")) {
        Node *where = choice(w, "_where", page_say(w, "When"), true);
        Node *options = node_find(where, "options");
        page_option(w->cx.a, options, "before", page_say(w, "Before me"), true);
        page_option(w->cx.a, options, "after", page_say(w, "After me"), false);
        page_option(w->cx.a, options, "beside", page_say(w, "Together with me"), false);
        put(w, fields, where);
    }
    if (str_eq(key, "return")) {
        Node *straight = choice(w, "_straight", page_say(w, "Asked again, it goes"), true);
        Node *options = node_find(straight, "options");
        page_option(w->cx.a, options, "", page_say(w, "through all again"), true);
        page_option(w->cx.a, options, "true", page_say(w, "straight back to me"), false);
        put(w, fields, stages_been(w, t));
        put(w, fields, straight);
    }
}

static bool show(Work *w, const Request *q, Response *r, const TaskRow *t, int act,
    const char *action, const Node *input, const Cx *failed)
{
    Arena *a = w->cx.a;
    Record *rec;

    if (!query_one(w, t->approval.form, t->approval.record, &rec)) return false;
    Node *page = page_begin(w, q, page_say(w, acts[act].label));
    AsSaved as = work_as_app(w, w->rule);     /* what the entry lets one change, whatever the role */
    page_crumbs(w, page, t->approval.form, rec);
    node_put_text(a, page, "action", action);
    node_put_text(a, page, "back", page_href(a, t->approval.form, t->approval.record));
    node_put_text(a, page, "guide", page_say(w, acts[act].guide));
    node_put_text(a, page, "submit", page_say(w, acts[act].label));
    node_put_bool(a, page, "multipart", form_of_files(t->approval.form));
    node_put_bool(a, page, "comment", true);
    node_put_text(a, page, "form", t->approval.form->key);
    node_put_int(a, page, "id", t->approval.record);
    add_fields(w, node_put(a, page, "fields", node_list(a)), t, rec, act, input, failed);
    work_as_back(w, as);
    node_put_text(a, page, "rules", "{}");
    node_put_text(a, page, "record", "{}");
    if (failed) node_put(a, page, "issues", page_issues(w, t->approval.form, failed));
    if (!page_end(w, q, r, "move", page)) return false;
    if (failed) r->status = err_status(failed->err ? failed->err : E_INPUT);
    return true;
}

/* The task of a link in an e-mail, or the one that is named. */
MUST static bool find(Work *w, const Request *q, TaskRow *t, int *act, const char **action)
{
    int64_t id;
    bool found;

    if (str_starts(q->path, LINK)) {
        TaskLink link;
        *action = q->path;
        if (!task_link_open(w, q->segment[0], &link, t)) return false;
        *act = act_of(link.act);
        return true;
    }

    *act = act_of(request_arg(q, "do"));
    if (!request_id(w, q, 0, &id) || !task_find(w, id, t, &found)) return false;
    if (!found || *act < 0) return cx_fail(&w->cx, E_MISSING, "there is no such task");
    *action = arena_printf(w->cx.a, "/tasks/%lld?do=%s", (long long)id, acts[*act].key);
    return true;
}

bool page_task(Work *w, const Request *q, Response *r)
{
    const char *action;
    TaskRow t;
    int act;

    return find(w, q, &t, &act, &action) && show(w, q, r, &t, act, action, NULL, NULL);
}

static const char *posted(const Request *q, const char *name)
{
    const char *text = node_text(node_find(q->form, name));
    return text && *text ? text : NULL;
}

/* The fields the entry asks for, as they were posted. */
static Node *values_of(Work *w, const Request *q, const TaskRow *t, int act)
{
    const Approve *e = entry_of(t);
    Node *all = form_body(w, t->approval.form, q->form, false), *out = node_map(w->cx.a);

    if (act > 1 || !e) return out;
    for (int i = 0; i < all->n; i++) {
        bool asked = false;
        for (int k = 0; k < e->nedit; k++) asked |= str_eq(e->edit[k]->key, all->item[i]->key);
        for (int k = 0; k < e->nrequire; k++) asked |= str_eq(e->require[k]->key, all->item[i]->key);
        if (asked) node_put(w->cx.a, out, all->item[i]->key, node_copy(w->cx.a, all->item[i]));
    }
    return out;
}

bool page_task_post(Work *w, const Request *q, Response *r)
{
    const char *action;
    TaskRow t;
    int act;
    Cx failed;

    if (!find(w, q, &t, &act, &action)) return false;
    const char *to = posted(q, "manager");
    TaskAct x = { .what = acts[act].key, .task = t.task.id, .comment = posted(q, "_comment"),
        .where = posted(q, "_where"), .stage = posted(q, "_stage"),
        .straight_back = posted(q, "_straight") != NULL, .to = to ? strtoll(to, NULL, 10) : 0,
        .values = values_of(w, q, &t, act) };
    if (task_act(w, &x)) {
        response_redirect(&w->cx, r, page_url(w->cx.a, page_href(w->cx.a, t.approval.form,
            t.approval.record), "decided", "1", NULL));
        return true;
    }
    if (w->cx.err != E_INPUT && w->cx.err != E_CONFLICT) return false;
    failed = cx_begin(w->cx.a, w->cx.lang);
    cx_copy(&failed, &w->cx);
    cx_clear(&w->cx);
    return show(w, q, r, &t, act, action, x.values, &failed);
}

/* Several at once, from the list: what is refused is said, the others go on. */
bool page_tasks_post(Work *w, const Request *q, Response *r)
{
    const Node *ids = node_find(q->form, "id");
    TaskAct a = { .what = posted(q, "do"), .comment = posted(q, "_comment") };
    int n = !ids ? 0 : ids->kind == NODE_LIST ? ids->n : 1, done = 0;

    if (!str_eq(a.what, "approve") && !str_eq(a.what, "reject"))
        return cx_fail(&w->cx, E_MISSING, "there is no such action");
    for (int i = 0; i < n; i++) {
        const char *id = node_text(ids->kind == NODE_LIST ? ids->item[i] : ids);
        a.task = id ? strtoll(id, NULL, 10) : 0;
        if (task_act(w, &a)) done++;
        else if (w->cx.err != E_INPUT && w->cx.err != E_CONFLICT && w->cx.err != E_MISSING) return false;
        cx_clear(&w->cx);
    }
    response_redirect(&w->cx, r, page_url(w->cx.a, "/tasks", "decided",
        arena_printf(w->cx.a, "%d", done), "open", arena_printf(w->cx.a, "%d", n - done), NULL));
    return true;
}

bool page_approval_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    int64_t id;
    const char *what = q->segment[2];

    if (!request_record(w, q, &f, &id)) return false;
    bool ok = str_eq(what, "withdraw") ? task_withdraw(w, f, id, posted(q, "_comment"))
        : str_eq(what, "nudge") ? task_nudge(w, f, id)
        : cx_fail(&w->cx, E_MISSING, "there is no such action");
    if (!ok) return false;
    response_redirect(&w->cx, r, page_url(w->cx.a, page_href(w->cx.a, f, id), what, "1", NULL));
    return true;
}

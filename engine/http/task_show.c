/*
 * task_show.c — the approvals of a record, on its page.
 */
#include "http/task_show.h"
#include "data/task.h"

static const struct { const char *state, *text, *tone; } words[] = {
    { "waiting", "waiting", "s-open" }, { "open", "asked", "s-open" }, { "approved", "approved", "s-won" },
    { "rejected", "refused", "s-lost" }, { "returned", "sent back", "s-lost" },
    { "transferred", "transferred", "" }, { "closed", "not needed any more", "" },
    { "withdrawn", "withdrawn", "" }, { "failed", "approved, but not done", "s-lost" },
    { "ended", "ended", "" }, { "unread", "not read yet", "s-open" }, { "read", "read", "" },
};

const char *task_word(Work *w, const char *state)
{
    for (int i = 0; i < LEN(words); i++)
        if (str_eq(words[i].state, state)) return page_say(w, words[i].text);
    return state;
}

const char *task_tone(const char *state)
{
    for (int i = 0; i < LEN(words); i++)
        if (str_eq(words[i].state, state)) return words[i].tone;
    return "";
}

static const char *person(Work *w, int64_t id)
{
    return id ? record_title_of(w, app_form(w->app, "user"), id) : NULL;
}

/* Who sits there; and who decided for them. */
static void add_task(Work *w, Node *list, const Approval *ap, const Task *t)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));
    const Approve *e = ap->move && t->step < ap->move->napprove ? &ap->move->approve[t->step] : NULL;
    bool other = t->decided_by && t->decided_by != t->user;
    int64_t at = t->decided_at ? t->decided_at : t->asked_at;

    node_put_text(a, one, "user", person(w, t->user));
    node_put_text(a, one, "by", other ? page_say(w, "by %s", person(w, t->decided_by)) : NULL);
    node_put_text(a, one, "step", str_eq(t->kind, "cc") ? page_say(w, "copy")
        : str_eq(t->kind, "revise") ? page_say(w, "revises")
        : e ? label_show(&e->label, w->cx.lang, NULL) : NULL);
    node_put_text(a, one, "state", str_eq(t->state, "waiting") ? page_say(w, "asked later")
        : task_word(w, t->state));
    node_put_text(a, one, "tone", task_tone(t->state));
    node_put_text(a, one, "comment", t->comment);
    node_put_text(a, one, "when", at ? page_moment(w, at) : NULL);
    node_put_text(a, one, "due", t->due && str_eq(t->state, "open") ? page_moment(w, t->due) : NULL);
    node_put_bool(a, one, "late", t->due && str_eq(t->state, "open") && t->due < w->now);
}

/* The buttons of whoever is asked here. */
MUST static bool add_buttons(Work *w, Node *to, const Task *t, int n)
{
    static const struct { const char *key, *label; } acts[] = {
        { "approve", "Approve" }, { "reject", "Refuse" }, { "return", "Send back" },
        { "transfer", "Transfer" }, { "add", "Add an approver" },
    };
    Arena *a = w->cx.a;
    Node *list = node_put(a, to, "buttons", node_list(a));

    for (int i = 0; i < n; i++) {
        TaskRow mine;
        bool found;
        if (!str_eq(t[i].state, "open") || !str_eq(t[i].kind, "approve")) continue;
        if (!task_find(w, t[i].id, &mine, &found)) return false;
        if (!found || list->n) continue;
        for (int k = 0; k < LEN(acts); k++) {
            Node *one = node_add(a, list, node_map(a));
            node_put_text(a, one, "label", page_say(w, acts[k].label));
            node_put_text(a, one, "href", arena_printf(a, "/tasks/%lld?do=%s",
                (long long)t[i].id, acts[k].key));
            node_put_bool(a, one, "main", k == 0);
        }
        node_put_text(a, to, "standing_in", mine.mine ? NULL : w->who.admin
            ? page_say(w, "as an admin, in place of %s", person(w, t[i].user))
            : page_say(w, "for %s", person(w, t[i].user)));
    }
    return true;
}

bool task_panel(Work *w, Node *page, const Record *r)
{
    Arena *a = w->cx.a;
    const Form *f = r->form;
    Approval *ap;
    Task *t;
    int n, nt;

    if (!f->approves || !approval_list(w, f, record_id(r), 5, &ap, &n)) return !w->cx.err;
    if (!n) return true;
    Node *to = node_put(a, page, "approval", node_map(a));
    bool waits = str_eq(ap[0].state, "waiting");
    if (!approval_tasks(w, ap[0].id, &t, &nt)) return false;
    node_put_text(a, to, "move", ap[0].move ? label_show(&ap[0].move->label, w->cx.lang,
        ap[0].transition) : ap[0].transition);
    node_put_text(a, to, "state", task_word(w, ap[0].state));
    node_put_text(a, to, "tone", task_tone(ap[0].state));
    node_put_text(a, to, "asked", page_say(w, "asked by %s", ap[0].by ? person(w, ap[0].by) : "–"));
    node_put_text(a, to, "when", page_moment(w, ap[0].at));
    node_put_text(a, to, "comment", ap[0].comment);
    node_put_text(a, to, "note", waits ? NULL : ap[0].note);
    Node *tasks = node_put(a, to, "tasks", node_list(a));
    for (int i = 0; i < nt; i++) add_task(w, tasks, &ap[0], &t[i]);
    if (waits && !add_buttons(w, to, t, nt)) return false;
    bool own = waits && (ap[0].by == w->who.id || w->who.admin);
    node_put_text(a, to, "withdraw", own ? page_below(a, f, record_id(r), "approval/withdraw") : NULL);
    node_put_text(a, to, "nudge", own ? page_below(a, f, record_id(r), "approval/nudge") : NULL);
    if (waits) {
        node_put_bool(a, page, "may_update", false);
        node_put_bool(a, page, "may_delete", false);
    }
    return !w->cx.err;
}

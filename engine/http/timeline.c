/*
 * timeline.c — history, moves and explanations woven together by time.
 */
#include "http/timeline.h"
#include "base/i18n.h"
#include "base/node_json.h"
#include "data/due_stage.h"
#include "data/history.h"
#include "data/press.h"
#include "data/recent.h"
#include "data/reminder.h"
#include "data/snooze.h"
#include "data/timer_row.h"

#include <string.h>

enum { A_PAGE = 20 };

static const char *person(Work *w, int64_t id)
{
    const Form *user = app_form(w->app, "user");
    return id && user ? record_title_of(w, user, id) : NULL;
}

static const char *flow_label(Work *w, const char *key)
{
    const Workflow *f = app_workflow(w->app, key);
    return f ? label_show(&f->label, w->cx.lang, key) : key;
}

static const char *stage_label(Work *w, const char *flow, const char *key)
{
    const Workflow *f = flow ? app_workflow(w->app, flow) : NULL;
    const Stage *s = f && key ? workflow_any_stage(f, key) : NULL;
    return s ? label_show(&s->label, w->cx.lang, key) : key;
}

static const char *action_label(Work *w, const Form *f, const char *name)
{
    Press p;
    const Action *x = w->box && name ? hooks_action(w->box, name) : NULL;
    if (name && press_find(w, f, name, &p)) return label_show(p.label, w->cx.lang, name);
    return x ? label_show(&x->label, w->cx.lang, name) : name;
}

/* The move that an entry tells of: made in the same moment, between the same stages. */
static const Passage *passage_of(Work *w, const Passage *p, int n, const Entry *e)
{
    if (!str_eq(e->what, "moved") || !e->note) return NULL;
    for (int i = 0; i < n; i++)
        if (p[i].at == e->at && p[i].from && p[i].to && str_starts(e->note,
                arena_printf(w->cx.a, "%s → %s", p[i].from, p[i].to))) return &p[i];
    return NULL;
}

static const char *move_text(Work *w, const Passage *p)
{
    const char *from = stage_label(w, p->before ? p->before : p->workflow, p->from);
    const char *to = stage_label(w, p->workflow, p->to);
    if (!p->before) return arena_printf(w->cx.a, "%s → %s", from, to);
    return arena_printf(w->cx.a, "%s: %s → %s: %s", flow_label(w, p->before), from,
        flow_label(w, p->workflow), to);
}

static const char *entry_text(Work *w, const Form *f, const Entry *e, const Passage *p)
{
    static const struct { const char *what, *text; } words[] = {
        { "created", "Created" }, { "updated", "Changed" }, { "deleted", "Deleted" },
        { "restored", "Restored" }, { "password", "Password set" }, { "moved", "Moved" }, { "comment", "Comment" },
        { "requested", "Asked for approval" }, { "approved", "Approved" }, { "rejected", "Refused" },
        { "returned", "Sent back" }, { "transferred", "Transferred" }, { "added", "Approver added" },
        { "withdrawn", "Withdrawn" }, { "failed", "Approved, but not done" },
        { "nudged", "Reminded" },
    };
    if (str_eq(e->what, "moved") && p && p->from)
        return move_text(w, p);
    if (str_eq(e->what, "action")) return action_label(w, f, e->note);
    for (int i = 0; i < LEN(words); i++)
        if (str_eq(e->what, words[i].what)) return i18n_text(w->cx.lang, words[i].text);
    return e->what;
}

/* Their note is "TRANSITION: what was said". */
static bool is_approval(const char *what)
{
    static const char *const words[] = { "requested", "approved", "rejected", "returned",
        "transferred", "added", "withdrawn", "failed" };
    return str_in(what, words, LEN(words));
}

static const char *via_text(Work *w, const Entry *e)
{
    static const struct { const char *via, *text; } words[] = {
        { "api", "by the API" }, { "import", "by import" }, { "timer", "by time" },
        { "cli", "by the command line" },
    };
    if (e->rule) return page_say(w, "rule %s", e->rule);
    for (int i = 0; i < LEN(words); i++)
        if (str_eq(e->via, words[i].via)) return i18n_text(w->cx.lang, words[i].text);
    return NULL;
}

static void add_changes(Work *w, Node *one, const Entry *e)
{
    Arena *a = w->cx.a;
    Node *changes = node_put(a, one, "changes", node_list(a));

    for (int i = 0; i < e->n && !str_eq(e->what, "created"); i++) {
        Node *c = node_add(a, changes, node_map(a));
        node_put_text(a, c, "label", field_label(e->change[i].field, w->cx.lang));
        node_put_text(a, c, "old", e->change[i].old);
        node_put_text(a, c, "now", e->change[i].now);
    }
}

static void add_entry(Work *w, const Form *f, Node *list, const Entry *e, const Passage *p)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));
    bool said = str_eq(e->what, "comment") || (p && p->comment);
    const char *colon = e->note && is_approval(e->what) ? strstr(e->note, ": ") : NULL;

    node_put_text(a, one, "what", e->what);
    node_put_text(a, one, "text", entry_text(w, f, e, p));
    node_put_text(a, one, "note", colon ? colon + 2 : !said ? NULL : str_eq(e->what, "comment") ? e->note
        : p->comment);
    node_put_text(a, one, "when", page_moment(w, e->at));
    node_put_text(a, one, "who", person(w, e->by));
    node_put_text(a, one, "via", via_text(w, e));
    add_changes(w, one, e);
}

static void add_said(Work *w, Node *list, const Explained *x)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));

    node_put_text(a, one, "what", "explained");
    node_put_text(a, one, "text", x->text);
    node_put(a, one, "note", node_new_null(a));
    node_put(a, one, "changes", node_list(a));
    node_put_text(a, one, "when", page_moment(w, x->at));
    node_put(a, one, "who", node_new_null(a));
    node_put_text(a, one, "via", x->rule ? page_say(w, "rule %s", x->rule) : NULL);
}

/* An explanation stands above the change it belongs to. */
static int latest_said(const Explained *x, const bool *done, int n, int64_t from)
{
    int best = -1;
    for (int i = 0; i < n; i++)
        if (!done[i] && x[i].at >= from && (best < 0 || x[i].at >= x[best].at)) best = i;
    return best;
}

bool timeline_list(Work *w, const Record *r, int64_t before, Node **out, int64_t *next)
{
    int64_t id = record_id(r);
    Explained *said;
    Passage *p;
    Entry *e;
    int n, nsaid, np, i;

    *out = node_list(w->cx.a);
    *next = 0;
    if (!history_list(w, r, before, A_PAGE + 1, &e, &n)
        || !history_explained(w, r->form, id, &said, &nsaid)
        || !recent_passages(w, r->form, id, &p, &np)) return false;
    bool *done = ARENA_ARRAY(w->cx.a, bool, nsaid + 1);
    if (n > A_PAGE) *next = e[--n].id + 1;
    for (int k = 0; k < n; k++) {
        int64_t from = e[k].at;
        while ((i = latest_said(said, done, nsaid, from)) >= 0) {
            bool newer_page = before && k == 0 && said[i].at > e[0].at;
            done[i] = true;
            if (!newer_page) add_said(w, *out, &said[i]);
        }
        add_entry(w, r->form, *out, &e[k], passage_of(w, p, np, &e[k]));
    }
    return !w->cx.err;
}

static const char *last_part(const char *rule)
{
    const char *dot = strrchr(rule, '.');
    return dot ? dot + 1 : rule;
}

static const char *reminder_words(Work *w, const Record *r, const char *key)
{
    const char *text = NULL;

    for (int i = 0; i < r->form->nreminder; i++) {
        const Reminder *rem = &r->form->reminder[i];
        if (!str_eq(rem->key, key)) continue;
        if (!rem->ntext) return page_say(w, "Reminder “%s”", key);
        if (!reminder_text(w, &rem->label_text, rem->texts, rem->ntext, r, w->who.id, &text))
            return NULL;
        return text;
    }
    return key;
}

static const char *said_words(Work *w, const char *payload)
{
    Node *n = payload ? json_parse(&w->cx, payload, strlen(payload)) : NULL;
    const char *text = node_text(node_find(n, "text"));
    return text ? text : i18n_text(w->cx.lang, "Reminder");
}

static const char *timer_words(Work *w, const Record *r, const Timer *t)
{
    const Transition *move = r->workflow ? workflow_transition(r->workflow, last_part(t->rule))
        : NULL;
    if (str_starts(t->rule, "reminder:")) return reminder_words(w, r, last_part(t->rule));
    /* What somebody put off is for nobody else, and may say what others may not read. */
    if (snooze_of(t) && snooze_of(t) != w->who.id) return NULL;
    if (str_starts(t->rule, "remind:")) return said_words(w, t->payload);
    if (str_starts(t->rule, "after:") && move)
        return page_say(w, "Moves on by itself: %s",
            label_show(&move->label, w->cx.lang, move->key));
    return NULL;
}

bool timeline_next(Work *w, const Record *r, Node **out)
{
    Arena *a = w->cx.a;
    Timer *t;
    int n;

    *out = node_list(a);
    if (!timer_of(w, r->form, record_id(r), &t, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (t[i].due >= TIMER_NOTE) continue;
        const char *text = timer_words(w, r, &t[i]);
        if (w->cx.err) return false;
        if (!text) continue;
        Node *one = node_add(a, *out, node_map(a));
        node_put_text(a, one, "text", text);
        node_put_text(a, one, "when", page_moment(w, t[i].due));
        node_put_bool(a, one, "late", t[i].due < w->now);
    }
    return true;
}

const char *timeline_stage_due(Work *w, const Record *r)
{
    DueThing d;
    DueState state;
    bool found = false;

    if (!stage_due(w, r, &d) || !due_state(w, &d, &state, &found) || !found || !state.due)
        return NULL;
    const char *when = page_moment(w, state.due);
    if (state.since_pause)
        return page_say(w, "The time stands still since %s", page_moment(w, state.since_pause));
    return state.late ? page_say(w, "Should have moved on by %s", when)
        : page_say(w, "To be moved on by %s", when);
}

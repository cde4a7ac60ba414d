/*
 * rule_try.c — one unit around the real write: it looks at what came of it, and says that it failed.
 */
#include "data/rule_try.h"
#include "data/save.h"
#include "base/node_json.h"
#include "rule/hooks.h"

#include <stdlib.h>
#include <string.h>

const char *const rule_try_events[] = { "create", "update", "delete", "transition", "action",
    "schedule", NULL };

typedef struct Trial { const RuleTry *ask; Node *out; int64_t id; TryMarks since; bool done; } Trial;

MUST static bool schedule(Work *w, const char *name)
{
    const char *dot = name ? strchr(name, '.') : NULL;
    const char *plugin = dot ? arena_dup_n(w->cx.a, name, (size_t)(dot - name)) : "";

    if (!dot || !hooks_schedule(w->box, plugin, dot + 1))
        return cx_fail(&w->cx, E_MISSING, "there is no schedule %s", name ? name : "");
    return rule_schedule(w, plugin, dot + 1);
}

/* Without a record a new one is made first: one that stands has the stages it began with. */
MUST static bool move(Work *w, SaveAsk save, const char *name, Saved *out)
{
    if (!save.id) {
        if (!save_record(w, &save, out)) return false;
        save = (SaveAsk){ .form = save.form, .id = out->id };
    }
    save.transition = name;
    return save_record(w, &save, out);
}

MUST static bool act(Work *w, void *arg)
{
    Trial *t = arg;
    const RuleTry *ask = t->ask;
    SaveAsk save = { .form = ask->form, .id = ask->id, .body = ask->values };
    Saved saved = { 0 };
    RuleHost *h = *box_slot(w->box, BOX_HOST);
    bool ok;

    h->more_ms = 0;
    if (str_eq(ask->event, "schedule")) {
        h->more_ms = TRY_MORE_MS;
        return schedule(w, ask->name) && work_finish(w);
    }
    if (str_eq(ask->event, "delete")) ok = save_delete(w, ask->form, ask->id, 0);
    else if (str_eq(ask->event, "action"))
        ok = save_action(w, ask->form, ask->id, ask->name, ask->values, &saved);
    else if (str_eq(ask->event, "transition")) ok = move(w, save, ask->name, &saved);
    else ok = save_record(w, &save, &saved);
    if (ok) t->id = saved.id ? saved.id : ask->id;
    return ok && work_finish(w);
}

/* ---- what became of it ---- */

/* "plugin:12: what": whose and where. */
static void put_place(Arena *a, Node *out, const char *text)
{
    const char *colon = text ? strchr(text, ':') : NULL;
    char *end;
    long line = colon ? strtol(colon + 1, &end, 10) : 0;

    if (!colon || line < 1 || *end != ':') return;
    node_put_text(a, out, "plugin", arena_dup_n(a, text, (size_t)(colon - text)));
    node_put_int(a, out, "line", line);
}

static Node *failure(Work *w)
{
    Arena *a = w->cx.a;
    Node *error = node_map(a);
    const char *text = w->cx.text ? w->cx.text : w->cx.nissue ? w->cx.issue[0].text : NULL;

    node_put_text(a, error, "code", err_code(w->cx.err));
    node_put_text(a, error, "message", text);
    node_put_text(a, error, "trace", w->cx.detail);
    if (w->cx.err == E_RULE) put_place(a, error, text);
    return error;
}

static void put_issues(Work *w, Node *out)
{
    Arena *a = w->cx.a;

    if (!w->cx.nissue) return;
    Node *list = node_put(a, out, "issues", node_list(a));
    for (int i = 0; i < w->cx.nissue; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "field", w->cx.issue[i].at.field);
        node_put_text(a, one, "message", w->cx.issue[i].text);
    }
}

/* Is it the answer to what was tried, or can it not be told at all? */
static bool is_answer(Err err)
{
    return err != E_BUSY && err != E_MOVED && err <= E_RULE;
}

typedef struct After { const char *body; } After;

static bool after_unit(Work *w, void *arg)
{
    const After *one = arg;
    Node *body = json_parse(&w->cx, one->body, strlen(one->body));
    const Form *f = body ? app_form(w->app, node_text(node_find(body, "form"))) : NULL;
    int64_t id;

    if (!body) return false;
    if (!f || !node_int(node_find(body, "id"), &id)) return true;
    return rule_committed(w, f, id, body) && work_finish(w);
}

/* What would run as jobs after the commit runs here, each for itself. */
MUST static bool committed(Work *w, Trial *t)
{
    RuleHost *h = *box_slot(w->box, BOX_HOST);
    Node *list = node_list(w->cx.a);
    const char **body;
    int n;

    if (!rule_try_committed(w, &t->since, &body, &n)) return false;
    h->more_ms = TRY_MORE_MS;
    for (int i = 0; i < n; i++) {
        After one = { body[i] };
        box_write_begin(w->box);
        if (work_write(w, after_unit, &one)) continue;
        if (!is_answer(w->cx.err)) return false;
        node_add(w->cx.a, list, failure(w));
        cx_clear(&w->cx);
    }
    if (list->n) node_put(w->cx.a, t->out, "after", list);
    return true;
}

MUST static bool tell_record(Work *w, Trial *t)
{
    Record *r;

    if (!t->id || !record_load(w, t->ask->form, t->id, true, &r)) return !w->cx.err;
    if (!r) return true;
    Node *one = node_put(w->cx.a, t->out, "record", node_map(w->cx.a));
    node_put_int(w->cx.a, one, "id", t->id);
    node_put_text(w->cx.a, one, "title", record_title(w, r));
    return true;
}

MUST static bool tell(Work *w, Trial *t)
{
    AsSaved saved = work_as_app(w, NULL);
    Person actor = w->who;

    w->who = t->ask->teller;
    w->cx.lang = t->ask->lang;
    w->readable = NULL;
    bool ok = tell_record(w, t) && rule_try_gather(w, &t->since, t->out);
    w->who = actor;
    work_as_back(w, saved);
    return ok;
}

/* The state of Lua is new: its filters are compiled at their first use, which at work took place long
   before. What only was too slow by that is not told. */
MUST static bool once_more(Work *w, Trial *t)
{
    RuleHost *h = *box_slot(w->box, BOX_HOST);

    cx_clear(&w->cx);
    h->log = node_list(w->cx.a);
    box_write_begin(w->box);
    return work_write(w, act, t);
}

/* Always undone: it says that it failed. */
static bool try_unit(Work *w, void *arg)
{
    Trial *t = arg;
    RuleHost *h = *box_slot(w->box, BOX_HOST);

    t->done = false;
    t->out = node_map(w->cx.a);
    h->log = node_list(w->cx.a);
    if (!rule_try_marks(w, &t->since)) return false;
    bool ok = work_write(w, act, t);
    if (!ok && w->cx.err == E_RULE) ok = once_more(w, t);
    if (!ok && !is_answer(w->cx.err)) return false;
    node_put_bool(w->cx.a, t->out, "ok", ok);
    if (!ok) node_put(w->cx.a, t->out, "error", failure(w));
    put_issues(w, t->out);
    cx_clear(&w->cx);
    if (!committed(w, t) || !tell(w, t)) return false;
    if (h->log->n) node_put(w->cx.a, t->out, "log", h->log);
    w->aside = w->aside_rule = NULL;
    t->done = true;
    return cx_fail(&w->cx, E_RULE, "tried");
}

bool rule_try(Work *w, const RuleTry *ask, Node **out)
{
    Trial t = { .ask = ask, .id = ask->id };
    WorkSaved saved = w->saved;

    bool ok = work_write(w, try_unit, &t);
    w->saved = saved;
    w->aside = w->aside_rule = NULL;
    w->cache = w->readable = NULL;
    if (ok || !t.done) return false;
    cx_clear(&w->cx);
    *out = t.out;
    return true;
}

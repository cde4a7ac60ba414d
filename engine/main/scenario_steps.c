/*
 * scenario_steps.c — the steps: acting as someone, looking as someone, time going on.
 */
#include "main/scenario.h"
#include "base/node_json.h"
#include "data/auth.h"
#include "data/history.h"
#include "data/notice.h"
#include "data/own_reminder.h"
#include "data/pool.h"
#include "data/incoming.h"
#include "data/save.h"
#include "data/tick.h"

#include <string.h>

static Outcome good(void)
{
    return (Outcome){ .ok = true };
}

static Outcome bad(const char *expected, const char *actual)
{
    return (Outcome){ .expected = expected, .actual = actual };
}

/* The step could never be refused: it says something that is not there. */
static Outcome mistake(Scenario *s, const char *expected, const char *actual)
{
    s->mistaken = true;
    return bad(expected, actual);
}

/* What went wrong, in one line. */
static const char *failure(Work *w)
{
    Str s = str_begin(w->cx.a);
    str_printf(&s, "%d %s", err_status(w->cx.err), w->cx.text ? w->cx.text : "");
    for (int i = 0; i < w->cx.nissue; i++)
        str_printf(&s, "; %s: %s", w->cx.issue[i].at.field ? w->cx.issue[i].at.field : "",
            w->cx.issue[i].text);
    if (w->cx.detail) str_printf(&s, " (%s)", w->cx.detail);
    return str_show(&s);
}

Outcome step_failed(Work *w)
{
    return bad("it works", failure(w));
}

static const char *text(const Node *step, const char *key)
{
    return node_text(node_find(step, key));
}

static void remember(Scenario *s, const Node *step, const Form *f, int64_t id)
{
    const char *name = text(step, "name");
    if (!name) return;
    Node *at = node_put(s->a, s->names, name, node_map(s->a));
    node_put_text(s->a, at, "form", f->key);
    node_put_int(s->a, at, "id", id);
}

/* ---- acting ---- */
static Outcome step_create(Scenario *s, Work *w, const Node *step)
{
    const Form *f = app_form(w->app, text(step, "create"));
    Saved saved = { 0 };
    if (!f) return mistake(s, "a form", text(step, "create"));
    SaveAsk ask = { .form = f, .body = scenario_body(s, w, f, node_find(step, "values")) };
    node_bool(node_find(step, "force"), &ask.force_warned);
    if (!save_record(w, &ask, &saved)) return step_failed(w);
    remember(s, step, f, saved.id);
    return good();
}

static Outcome save_named(Scenario *s, Work *w, const Node *step, const char *name,
    SaveAsk *ask)
{
    Saved saved = { 0 };
    if (!scenario_find(s, w, name, &ask->form, &ask->id)) return step_failed(w);
    ask->body = scenario_body(s, w, ask->form, node_find(step, "values"));
    ask->comment = text(step, "comment");
    node_bool(node_find(step, "force"), &ask->force_warned);
    return save_record(w, ask, &saved) ? good() : step_failed(w);
}

static Outcome step_update(Scenario *s, Work *w, const Node *step)
{
    SaveAsk ask = { .force_warned = false };
    return save_named(s, w, step, text(step, "update"), &ask);
}

static Outcome step_transition(Scenario *s, Work *w, const Node *step)
{
    SaveAsk ask = { .transition = text(step, "name"), .to = text(step, "to") };
    return save_named(s, w, step, text(step, "transition"), &ask);
}

static Outcome step_claim(Scenario *s, Work *w, const Node *step)
{
    const Form *f;
    int64_t id;
    Saved saved;
    return scenario_find(s, w, text(step, "claim"), &f, &id) && pool_claim(w, f, id, &saved)
        ? good() : step_failed(w);
}

static Outcome step_release(Scenario *s, Work *w, const Node *step)
{
    const Form *f;
    int64_t id;
    Saved saved;
    return scenario_find(s, w, text(step, "release"), &f, &id)
        && pool_release(w, f, id, text(step, "pool"), text(step, "reason"), &saved)
        ? good() : step_failed(w);
}

static Outcome step_delete(Scenario *s, Work *w, const Node *step)
{
    const Form *f;
    int64_t id;
    return scenario_find(s, w, text(step, "delete"), &f, &id) && save_delete(w, f, id, 0)
        ? good() : step_failed(w);
}

static Outcome step_restore(Scenario *s, Work *w, const Node *step)
{
    const Form *f;
    int64_t id;
    Saved saved = { 0 };
    return scenario_find(s, w, text(step, "restore"), &f, &id) && save_restore(w, f, id, &saved)
        ? good() : step_failed(w);
}

static Outcome step_action(Scenario *s, Work *w, const Node *step)
{
    const Form *f;
    int64_t id, other;
    const char *run = text(step, "run");
    const Node *params = node_find(step, "params");
    Node *given = node_map(w->cx.a);
    Saved saved = { 0 };
    if (!scenario_find(s, w, text(step, "action"), &f, &id)) return step_failed(w);
    if (!run) return mistake(s, "run: NAME", "which action is not said");
    for (int i = 0; params && i < params->n; i++) {
        const Node *at = node_find(s->names, node_text(params->item[i])
            ? node_text(params->item[i]) : "");
        bool is_name = at && node_int(node_find(at, "id"), &other);
        node_put(w->cx.a, given, params->item[i]->key,
            is_name ? node_new_int(w->cx.a, other) : node_copy(w->cx.a, params->item[i]));
    }
    return save_action(w, f, id, run, given, &saved) ? good() : step_failed(w);
}

/* As from outside, but that nobody asks who calls. */
static Outcome step_call(Scenario *s, Work *w, const Node *step)
{
    const char *to = text(step, "web_call"), *dot = to ? strchr(to, '.') : NULL;
    const struct Automation *a = dot ? incoming_find(w->app,
        arena_dup_n(w->cx.a, to, (size_t)(dot - to)), dot + 1) : NULL;
    const Node *body = node_find(step, "body");
    Call call = { .body = "" };
    Incoming in;
    if (!a) return mistake(s, "web_call: FORM.AUTOMATION", "there is no such automation with `webhook`");
    return incoming_run(w, a, &call, body ? body : node_map(w->cx.a), &in) ? good() : step_failed(w);
}

static Outcome step_batch(Scenario *s, Work *w, const Node *step)
{
    const Form *f = app_form(w->app, text(step, "batch"));
    const Node *set = node_find(step, "set"), *create = node_find(step, "create");
    ListAsk ask = { .form = f, .filter = text(step, "filter"), .limit = 1000, .sort = "id" };
    List list = { 0 };
    Asker asker;
    if (!f) return mistake(s, "a form", text(step, "batch"));
    if (set) {
        ask.field = f->field;
        ask.nfield = f->nfield;
        scenario_params(s, w, &ask, &asker);
        if (!query_list(w, &ask, &list) || !save_may_many(w, f, list.record, list.n))
            return step_failed(w);
    }
    int n = create && create->kind == NODE_LIST ? create->n : 0;
    SaveAsk *item = ARENA_ARRAY(w->cx.a, SaveAsk, n + list.n + 1);
    Saved *saved = ARENA_ARRAY(w->cx.a, Saved, n + list.n + 1);
    for (int i = 0; i < n; i++)
        item[i] = (SaveAsk){ .form = f, .body = scenario_body(s, w, f, create->item[i]) };
    for (int i = 0; i < list.n; i++)
        item[n + i] = (SaveAsk){ .form = f, .id = record_id(list.record[i]),
            .body = scenario_body(s, w, f, set) };
    return save_batch(w, item, n + list.n, saved) ? good() : step_failed(w);
}

/* ---- looking ---- */
static Node *as_json(Work *w, const Record *r)
{
    Str out = str_begin(w->cx.a);
    Json j = json_begin(&out);
    record_json(w, r, NULL, 0, &j);
    return json_parse(&w->cx, str_show(&out), out.n);
}

static Outcome judge_record(Scenario *s, Work *w, const Node *step, const Record *r)
{
    const Node *values = node_find(step, "values"), *absent = node_find(step, "absent");
    Node *record = as_json(w, r);
    if (!record) return step_failed(w);
    const char *differs = scenario_differs(s, w, r->form, values, record);
    if (differs) return bad(node_json(w->cx.a, values), differs);
    for (int i = 0; absent && i < absent->n; i++)
        if (node_find(record, node_text(absent->item[i])))
            return bad(arena_printf(w->cx.a, "no %s", node_text(absent->item[i])),
                node_json(w->cx.a, node_find(record, node_text(absent->item[i]))));
    return good();
}

static Outcome step_read(Scenario *s, Work *w, const Node *step)
{
    const Form *f;
    int64_t id;
    Record *r;
    if (!scenario_find(s, w, text(step, "read"), &f, &id) || !query_one(w, f, id, &r))
        return step_failed(w);
    return judge_record(s, w, step, r);
}

static Outcome step_expect(Scenario *s, Work *w, const Node *step)
{
    const Form *f;
    int64_t id;
    Record *r;
    if (!scenario_find(s, w, text(step, "expect"), &f, &id) || !record_load(w, f, id, true, &r))
        return step_failed(w);
    if (!r) return bad("a record", "it is gone");
    return judge_record(s, w, step, r);
}

static Outcome judge_set(Scenario *s, Work *w, const Node *want, const List *list)
{
    Str got = str_begin(w->cx.a);
    int found = 0;
    for (int i = 0; i < list->n; i++) {
        const char *name = NULL;
        for (int k = 0; k < s->names->n; k++) {
            int64_t id = 0;
            const Node *at = s->names->item[k];
            node_int(node_find(at, "id"), &id);
            if (id == record_id(list->record[i])
                && str_eq(text(at, "form"), list->record[i]->form->key)) name = at->key;
        }
        str_printf(&got, "%s%s", i ? ", " : "", name ? name
            : arena_printf(w->cx.a, "#%lld", (long long)record_id(list->record[i])));
        for (int k = 0; name && k < want->n; k++)
            found += str_eq(node_text(want->item[k]), name);
    }
    if (found == list->n && found == want->n) return good();
    return bad(node_json(w->cx.a, want), str_show(&got));
}

static Outcome step_list(Scenario *s, Work *w, const Node *step)
{
    const Form *f = app_form(w->app, text(step, "list"));
    ListAsk ask = { .form = f, .filter = text(step, "filter"), .q = text(step, "q"),
        .sort = text(step, "sort"), .limit = 1000, .count = COUNT_EXACT };
    const Node *records = node_find(step, "records");
    int64_t count;
    List list;
    Asker asker;
    if (!f) return mistake(s, "a form", text(step, "list"));
    scenario_params(s, w, &ask, &asker);
    if (text(step, "view")) {
        const View *v = form_view(f, text(step, "view"));
        if (!v) return mistake(s, "a view", text(step, "view"));
        ask.also = v->filter;
    }
    if (!query_list(w, &ask, &list)) return step_failed(w);
    if (node_int(node_find(step, "count"), &count) && count != list.count)
        return bad(arena_printf(w->cx.a, "count %lld", (long long)count),
            arena_printf(w->cx.a, "count %lld", (long long)list.count));
    return records ? judge_set(s, w, records, &list) : good();
}

static Outcome step_messages(Scenario *s, Work *w, const Node *step)
{
    const Node *contains = node_find(step, "contains");
    Node one = { .kind = NODE_LIST, .n = 1, .item = (Node *[]){ (Node *)contains } };
    Message *list;
    int n;
    int64_t count;
    (void)s;
    if (contains && contains->kind != NODE_LIST) contains = &one;
    if (!auth_user_by_login(w, text(step, "expect_messages"), &w->who.id)
        || !notice_list(w, false, 0, 1000, &list, &n)) return step_failed(w);
    Str got = str_begin(w->cx.a);
    for (int i = 0; i < n; i++) str_printf(&got, "%s\"%s\"", i ? ", " : "", list[i].text);
    for (int i = 0; contains && i < contains->n; i++) {
        bool found = false;
        for (int k = 0; k < n; k++)
            found |= strstr(list[k].text, node_text(contains->item[i])) != NULL;
        if (!found) return bad(node_json(w->cx.a, contains->item[i]), str_show(&got));
    }
    if (node_int(node_find(step, "count"), &count) && count != n)
        return bad(arena_printf(w->cx.a, "%lld messages", (long long)count),
            arena_printf(w->cx.a, "%d: %s", n, str_show(&got)));
    return good();
}

/* ---- time ---- */
static Outcome step_advance(Scenario *s, Work *w, const Node *step)
{
    Val d;
    if (!duration_parse(text(step, "advance"), &d))
        return bad("a duration", text(step, "advance"));
    s->now = when_add(s->now, d, app_calendar(w->app, NULL), w->app->zone);
    return tick_until(w, s->now) ? good() : step_failed(w);
}

/* ---- approvals: the key of the step is what is done ---- */
#define TASK_STEP(fn, key) \
    static Outcome fn(Scenario *s, Work *w, const Node *step) \
    { \
        return scenario_task(s, w, step, key, text(step, key)) ? good() : step_failed(w); \
    }
TASK_STEP(step_approve, "approve")
TASK_STEP(step_reject, "reject")
TASK_STEP(step_return, "return")
TASK_STEP(step_transfer, "transfer")
TASK_STEP(step_withdraw, "withdraw")
TASK_STEP(step_nudge, "nudge")

static Outcome step_add_approver(Scenario *s, Work *w, const Node *step)
{
    return scenario_task(s, w, step, "add", text(step, "add_approver")) ? good() : step_failed(w);
}

static Outcome step_delegate(Scenario *s, Work *w, const Node *step)
{
    (void)s;
    return scenario_delegate(w, step) ? good() : step_failed(w);
}

static Outcome step_remind(Scenario *s, Work *w, const Node *step)
{
    OwnReminder x = { .text = text(step, "text") };
    int64_t id;
    if (!scenario_find(s, w, text(step, "remind"), &x.form, &x.record)) return step_failed(w);
    if (!datetime_parse(text(step, "at"), w->app->zone, &x.at))
        return mistake(s, "a time", text(step, "at"));
    return own_reminder_add(w, &x, &id) ? good() : step_failed(w);
}

static const ScenarioStep table[] = {
    { "batch", STEP_ACTS, step_batch },
    { "create", STEP_ACTS, step_create },
    { "update", STEP_ACTS, step_update },
    { "transition", STEP_ACTS, step_transition },
    { "delete", STEP_ACTS, step_delete },
    { "restore", STEP_ACTS, step_restore },
    { "action", STEP_ACTS, step_action },
    { "web_call", STEP_ACTS | STEP_BEYOND, step_call },
    { "approve", STEP_ACTS, step_approve },
    { "reject", STEP_ACTS, step_reject },
    { "return", STEP_ACTS, step_return },
    { "transfer", STEP_ACTS, step_transfer },
    { "add_approver", STEP_ACTS, step_add_approver },
    { "withdraw", STEP_ACTS, step_withdraw },
    { "nudge", STEP_ACTS, step_nudge },
    { "delegate", STEP_ACTS, step_delegate },
    { "remind", STEP_ACTS, step_remind },
    { "claim", STEP_ACTS, step_claim },
    { "release", STEP_ACTS, step_release },
    { "read", STEP_LOOKS, step_read },
    { "list", STEP_LOOKS, step_list },
    { "dashboard", STEP_LOOKS, step_dashboard },
    { "expect", STEP_BEYOND, step_expect },
    { "expect_messages", STEP_BEYOND, step_messages },
    { "advance", STEP_BEYOND, step_advance },
};

const char *step_mistake(Scenario *s, const ScenarioStep *kind, const Node *step)
{
    Cx cx = cx_begin(s->a, "en");
    for (int i = 0; i < scenario_nsteps; i++)
        if (str_eq(scenario_steps[i].name, kind->key))
            attr_check_keys(&cx, step, scenario_steps[i].attr);
    return cx.nissue ? cx.issue[0].text : NULL;
}

const ScenarioStep *step_kind(const Node *step)
{
    for (int i = 0; i < LEN(table); i++)
        if (node_find(step, table[i].key)) return &table[i];
    return NULL;
}

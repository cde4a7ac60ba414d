/*
 * scenario_judge.c — who acts in a step, and whether it ended as it should.
 *
 * A step that must be refused with a text is run in each of the app's languages until the text
 * is found: what was refused changed nothing, so it may be tried again. After each act what is
 * due at that moment fires, jobs too.
 */
#include "main/scenario.h"
#include "data/auth.h"
#include "data/save.h"
#include "data/tick.h"
#include "base/sys.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* How one try ended, in the scenario's arena. */
typedef struct Try { Outcome outcome; bool refused; int status; const char *text; Node *fields;
    } Try;

static void keep(Scenario *s, Work *w, Try *t)
{
    Str all = str_begin(s->a);
    t->outcome.expected = arena_dup(s->a, t->outcome.expected);
    t->outcome.actual = arena_dup(s->a, t->outcome.actual);
    t->refused = !t->outcome.ok && w->cx.err && !s->mistaken;
    t->status = err_status(w->cx.err);
    t->fields = node_list(s->a);
    str_add(&all, w->cx.text);
    for (int i = 0; i < w->cx.nissue; i++) {
        str_add(&all, "\n");
        str_add(&all, w->cx.issue[i].text);
        if (w->cx.issue[i].at.field)
            node_add(s->a, t->fields, node_new_text(s->a, w->cx.issue[i].at.field));
    }
    t->text = str_show(&all);
}

MUST static bool become_admin(Scenario *s, Work *w)
{
    int64_t id;
    if (auth_user_by_login(w, "admin", &id)) return auth_become(w, id);
    cx_clear(&w->cx);
    auth_become_app(w, "test");
    Node *body = node_map(w->cx.a);
    SaveAsk ask = { .form = app_form(w->app, "user"), .body = body };
    Saved saved = { 0 };
    (void)s;
    node_put_text(w->cx.a, body, "login", "admin");
    node_put_text(w->cx.a, body, "name", "Admin");
    node_put_bool(w->cx.a, body, "active", true);
    node_add(w->cx.a, node_put(w->cx.a, body, "roles", node_list(w->cx.a)),
        node_new_text(w->cx.a, "admin"));
    return save_record(w, &ask, &saved) && auth_become(w, saved.id);
}

MUST static bool become(Scenario *s, Work *w, const ScenarioStep *kind, const Node *step)
{
    const char *as = node_text(node_find(step, "as"));
    if (kind->flags & STEP_BEYOND) {
        auth_become_app(w, "test");
        return true;
    }
    if (!as) return become_admin(s, w);
    if (auth_become_login(w, as)) return true;
    s->mistaken = w->cx.err == E_MISSING;
    return false;
}

static Try try_step(Scenario *s, const ScenarioStep *kind, const Node *step, const char *lang)
{
    Cx cx = cx_begin(s->a, "en");
    Work *w = engine_take(s->e, &cx, lang);
    Try t = { .outcome = { .expected = "it works", .actual = cx.text } };
    if (!w) return t;
    w->via = "test";
    s->mistaken = false;
    if (!become(s, w, kind, step)) {
        t.outcome = (Outcome){ .expected = "someone to act as", .actual = w->cx.text };
    } else {
        w->cx.lang = lang;                    /* not the person's: each may be tried */
        t.outcome = kind->run(s, w, step);
    }
    keep(s, w, &t);
    engine_give(w);
    return t;
}

/* ---- refusals ---- */
static bool contains(const char *in, const char *part)
{
    Arena *a = arena_new();
    bool found = strstr(utf8_lower(a, in), utf8_lower(a, part)) != NULL;
    arena_free(a);
    return found;
}

static bool on_field(const Try *t, const char *name)
{
    size_t n = strlen(name);
    for (int i = 0; i < t->fields->n; i++) {
        const char *f = node_text(t->fields->item[i]);
        if (isdigit((unsigned char)*f) && strchr(f, '.')) f = strchr(f, '.') + 1;   /* a batch */
        if (!strncmp(f, name, n) && (!f[n] || f[n] == '.')) return true;
    }
    return false;
}

static bool as_refused(const Try *t, const Node *refuse)
{
    const char *field = node_text(node_find(refuse, "field"));
    const char *text = node_text(refuse);
    int64_t status;
    if (!t->refused) return false;
    if (field) return on_field(t, field);
    if (refuse->plain && node_int(refuse, &status)) return t->status == (int)status;
    return text ? contains(t->text, text) : true;
}

static const char *show_refuse(Scenario *s, const Node *refuse)
{
    const char *field = node_text(node_find(refuse, "field")), *text = node_text(refuse);
    if (field) return arena_printf(s->a, "refused with an issue on %s", field);
    return arena_printf(s->a, "refused: %s", text && *text ? text : "anything");
}

static Outcome must_refuse(Scenario *s, const ScenarioStep *kind, const Node *step,
    const Node *refuse)
{
    App *app = engine_app(s->e);
    Try first = { .refused = false };
    bool ok = false;
    for (int i = 0; i < app->nlanguage && !ok; i++) {
        Try t = try_step(s, kind, step, app->language[i]);
        if (!i) first = t;
        ok = as_refused(&t, refuse);
        if (!t.refused || node_is(refuse, NODE_MAP)) break;
    }
    app_give(app);
    if (ok) return (Outcome){ .ok = true };
    Outcome o = { .expected = show_refuse(s, refuse), .actual = "it works" };
    if (!first.outcome.ok) o.actual = first.outcome.actual;
    return o;
}

/* What became due by the step itself fires before the next one. */
static Outcome settle(Scenario *s)
{
    Cx cx = cx_begin(s->a, "en");
    Work *w = engine_take(s->e, &cx, "en");
    if (!w) return (Outcome){ .expected = "time goes on", .actual = cx.text };
    auth_become_app(w, "timer");
    Outcome o = { .ok = tick_until(w, s->now) };
    if (!o.ok) {
        o.expected = "what is due fires";
        o.actual = arena_dup(s->a, w->cx.text);
    }
    engine_give(w);
    return o;
}

Outcome step_run(Scenario *s, const Node *step)
{
    const ScenarioStep *kind = step_kind(step);
    const Node *refuse = node_find(step, "refuse");
    if (!kind)
        return (Outcome){ .expected = "a step that is known", .actual = node_json(s->a, step) };
    const char *wrong = step_mistake(s, kind, step);
    if (wrong) return (Outcome){ .expected = "keys of this step", .actual = wrong };
    if (refuse) return must_refuse(s, kind, step, refuse);
    App *app = engine_app(s->e);
    Try t = try_step(s, kind, step, app->nlanguage ? app->language[0] : "en");
    app_give(app);
    return t.outcome.ok && kind->flags & STEP_ACTS ? settle(s) : t.outcome;
}

/* ---- given ---- */

static bool name_it(Scenario *s, const Form *f, const char *name, int64_t id)
{
    Node *at = node_put(s->a, s->names, name, node_map(s->a));
    node_put_text(s->a, at, "form", f->key);
    node_put_int(s->a, at, "id", id);
    return true;
}

/* One department or user. Links to those that come later are set in a second round. */
MUST static bool give_one(Scenario *s, Work *w, const Form *f, const Node *item)
{
    const char *name = node_text(node_find(item, f == app_form(w->app, "user") ? "login"
        : "name"));
    Node *values = node_copy(w->cx.a, item);
    Saved saved = { 0 };
    if (!name) return cx_issue(&w->cx, node_place(item), "name", "a name is missing here");
    node_remove(values, "manager");
    node_remove(values, "head");
    if (!node_find(values, "name")) node_put_text(w->cx.a, values, "name", name);
    if (form_field(f, "active") && !node_find(values, "active"))
        node_put_bool(w->cx.a, values, "active", true);
    SaveAsk ask = { .form = f, .body = scenario_body(s, w, f, values) };
    if (!save_record(w, &ask, &saved)) return false;
    const char *called = node_text(node_find(values, "name"));
    if (called && !node_find(s->names, called)) name_it(s, f, called, saved.id);
    return name_it(s, f, name, saved.id);
}

MUST static bool link_one(Scenario *s, Work *w, const Form *f, const Node *item)
{
    static const char *const late[] = { "manager", "head" };
    const char *name = node_text(node_find(item, f == app_form(w->app, "user") ? "login"
        : "name"));
    Node *values = node_map(w->cx.a);
    Saved saved = { 0 };
    SaveAsk ask = { .form = f };
    for (int i = 0; i < LEN(late); i++)
        if (node_find(item, late[i]))
            node_put(w->cx.a, values, late[i], node_copy(w->cx.a, node_find(item, late[i])));
    if (!values->n) return true;
    if (!node_int(node_find(node_find(s->names, name), "id"), &ask.id)) return false;
    ask.body = scenario_body(s, w, f, values);
    return save_record(w, &ask, &saved);
}

MUST static bool give_all(Scenario *s, Work *w, const Node *given)
{
    static const char *const lists[] = { "departments", "users" }, *const forms[] = {
        "department", "user" };
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < LEN(lists); i++) {
            const Node *list = node_find(given, lists[i]);
            const Form *f = app_form(w->app, forms[i]);
            for (int k = 0; list && k < list->n; k++)
                if (!(round ? link_one(s, w, f, list->item[k]) : give_one(s, w, f,
                    list->item[k])))
                    return cx_check(&w->cx);
        }
    return true;
}

bool steps_given(Scenario *s, Cx *cx, const Node *given)
{
    if (!given) return true;
    attr_check_keys(cx, given, given_attrs);
    if (!cx_check_as(cx, E_DEF)) return false;
    Work *w = engine_take(s->e, cx, "en");
    if (!w) return false;
    auth_become_app(w, "test");
    bool ok = give_all(s, w, given);
    if (!ok) cx_copy(cx, &w->cx);
    engine_give(w);
    return ok;
}

/*
 * due.c — `within`, `due`, `calendar`, `pause` and `late`.
 */
#include "def/due.h"
#include "def/form.h"
#include "def/value.h"

#include <stdlib.h>
#include <string.h>

#define THEN \
    { "after", ATTR_DURATION, "so long after the due time, or after the step before; without it " \
      "at once", "after: 1bd" }, \
    { "remind", ATTR_BOOL, "tells those it waits for", "remind: true", \
      .flags = ATTR_ONE }, \
    { "every", ATTR_DURATION, "reminds again, so often", "every: 1bd", .with = "remind" }, \
    { "escalate", ATTR_PEOPLE, "tells others", "escalate: \"manager_of(owner)\"", \
      .flags = ATTR_ONE }, \
    { "do", ATTR_LIST, "runs steps", "do: [{set: {kind: other}}]", .shape = "step", \
      .flags = ATTR_ONE }

static const Attr stage_then_attrs[] = {
    THEN,
    { "reassign", ATTR_PEOPLE, "makes the first of these the owner", "reassign: sales",
      .flags = ATTR_ONE },
    { "move", ATTR_TEXT, "makes this transition, as the app", "move: go",
      .flags = ATTR_ONE, .label = "Make a transition" },
    { 0 },
};

static const Attr approval_then_attrs[] = {
    THEN,
    { "reassign", ATTR_PEOPLE, "asks these instead; `approver` is who was asked",
      "reassign: \"manager_of(approver)\"", .flags = ATTR_ONE },
    { "approve", ATTR_BOOL, "counts as approved", "approve: true",
      .flags = ATTR_ONE, .label = "Count as approved" },
    { "reject", ATTR_BOOL, "counts as rejected", "reject: true",
      .flags = ATTR_ONE, .label = "Count as rejected" },
    { 0 },
};

#define LATE(then_attrs, words) \
    { "warn", ATTR_TEXT, "warns those it waits for when so much of the time is gone", "warn: 80%", \
      .pattern = "^[1-9][0-9]?%$", .label = "Warn early" }, \
    { "remind", ATTR_BOOL, "tells those it waits for when it is due; true without it", \
      "remind: false" }, \
    { "then", ATTR_LIST, "what happens then, one after another; each is one of " words, \
      "then: [{after: 4h, remind: true}, {after: 1bd, escalate: \"manager_of(owner)\"}]", \
      .of = then_attrs, .flags = ATTR_ALONE, .label = "Steps when late" }

const Attr stage_late_attrs[] = {
    LATE(stage_then_attrs, "remind, escalate, reassign, move and do"), { 0 },
};

const Attr approval_late_attrs[] = {
    LATE(approval_then_attrs, "remind, escalate, reassign, approve, reject and do"), { 0 },
};

static const char *const kinds[] = {
    [LATE_REMIND] = "remind", [LATE_ESCALATE] = "escalate", [LATE_REASSIGN] = "reassign",
    [LATE_APPROVE] = "approve", [LATE_REJECT] = "reject", [LATE_MOVE] = "move", [LATE_DO] = "do",
};

const char *late_kind(LateKind kind)
{
    return kinds[kind];
}

bool due_is(const Due *d)
{
    return d->due || !val_is_blank(d->within);
}

static void load_calendar(Cx *cx, const App *app, const Node *n, Due *d)
{
    const char *key = node_text(n);
    if (!n) return;
    d->calendar = key ? app_calendar(app, key) : NULL;
    if (d->calendar) return;
    const char **known = ARENA_ARRAY(cx->a, const char *, app->ncalendar + 1);
    for (int i = 0; i < app->ncalendar; i++) known[i] = app->calendar[i].name;
    ref_unknown(cx, node_place(n), "unknown_calendar", "unknown calendar `%s`",
        "unknown calendar `%s`; did you mean `%s`?", key ? key : "?", known, app->ncalendar);
}

static void load_moment(Cx *cx, App *app, Form *form, const Node *n, Due *d)
{
    Expr *e = NULL;
    if (!n || !expr_node(cx, n, app_where(app, form, USE_TIME), T_ANY, &e)) return;
    Type t = expr_type(e);
    if (t.kind == T_DATE || t.kind == T_DATETIME || t.kind == T_ANY) d->due = e;
    else
        cx_issue(cx, node_place(n), "wrong_type", "a date or a time is expected, this is %s",
            type_said(cx, t));
}

/* What does nothing when false (`remind: false`) is an issue rather than a step that is none. */
static void load_on(Cx *cx, const Node *n)
{
    bool on = false;
    if (!node_bool(n, &on) || !on)
        cx_issue(cx, node_place(n), "wrong_value", "`%s` is true here", n->key);
}

/* A field of the form with the name of what an approval gives goes first, as everywhere. */
static void load_people(Cx *cx, App *app, Form *form, const Node *n, bool approval, LateStep *s)
{
    struct StepName asked = { .name = LATE_APPROVER, .type = { .kind = T_RECORD, .of = T_ANY,
        .form = &app_form(app, "user")->names, .decimals = -1 }, .up = app->named };

    if (approval) app->named = &asked;
    people_load(cx, app, form, n, kinds[s->kind], s->kind == LATE_ESCALATE, &s->to);
    app->named = asked.up;
    if (s->kind == LATE_REASSIGN && !approval && !form->owner)
        cx_issue(cx, node_place(n), "no_owner", "form `%s` says no `owner`", form->key);
}

static void load_kind(Cx *cx, App *app, Form *form, const Node *n, bool approval, LateStep *s)
{
    switch (s->kind) {
    case LATE_REMIND: case LATE_APPROVE: case LATE_REJECT:
        load_on(cx, node_find(n, kinds[s->kind]));
        break;
    case LATE_ESCALATE: case LATE_REASSIGN:
        load_people(cx, app, form, n, approval, s);
        break;
    case LATE_MOVE:
        node_read_text(cx, n, "move", &s->move);
        break;
    case LATE_DO:
        steps_load(cx, app, form, node_find(n, "do"), &s->step, &s->nstep);
        break;
    }
}

static bool has_key(const Attr *table, const char *key)
{
    while (table->key && !str_eq(table->key, key)) table++;
    return table->key != NULL;
}

static void load_then(Cx *cx, App *app, Form *form, const Node *n, bool approval, Due *d)
{
    LateStep *s = &d->then[d->nthen];
    const Attr *table = approval ? approval_then_attrs : stage_then_attrs;
    int found = 0;
    *s = (LateStep){ .at = n };
    if (!node_is(n, NODE_MAP)) {
        cx_issue(cx, node_place(n), "wrong_kind",
            "a step of `then` is a map such as {after: 1d, escalate: role(x)}");
        return;
    }
    attr_check_keys(cx, n, table);
    for (int i = 0; i < LEN(kinds); i++)
        if (has_key(table, kinds[i]) && node_find(n, kinds[i])) {
            s->kind = (LateKind)i;
            found++;
        }
    ref_duration(cx, n, "after", &s->after);
    ref_duration(cx, n, "every", &s->every);
    if (found != 1) {
        cx_issue(cx, node_place(n), "bad_step",
            approval
                ? "a step of `then` has one of remind, escalate, reassign, approve, reject and do"
                : "a step of `then` has one of remind, escalate, reassign, move and do");
        return;
    }
    load_kind(cx, app, form, n, approval, s);
    d->nthen++;
}

static void check_last(Cx *cx, const Due *d)
{
    for (int i = 0; i + 1 < d->nthen; i++) {
        const LateStep *s = &d->then[i];
        if (!val_is_blank(s->every))
            cx_issue(cx, node_place(node_find(s->at, "every")), "does_not_fit",
                "nothing comes after a step that repeats; it stands last");
        if (s->kind == LATE_APPROVE || s->kind == LATE_REJECT)
            cx_issue(cx, node_place(node_find(s->at, kinds[s->kind])), "does_not_fit",
                "nothing comes after a decision; it stands last");
    }
}

static void load_late(Cx *cx, App *app, Form *form, const Node *n, bool approval, Due *d)
{
    const Node *warn = node_find(n, "warn"), *then = node_find(n, "then");
    const char *text = node_text(warn);
    if (!ref_map(cx, n)) return;
    attr_check_keys(cx, n, approval ? approval_late_attrs : stage_late_attrs);
    if (warn) {
        d->warn = text && strlen(text) <= 3 && strchr(text, '%') ? atoi(text) : 0;
        if (d->warn < 1 || d->warn > 99 || !str_ends(text, "%"))
            cx_issue(cx, node_place(warn), "out_of_range", "`warn` is 1%% to 99%%");
    }
    node_read_bool(cx, n, "remind", &d->remind);
    bool many = node_is(then, NODE_LIST);
    if (!then) return;
    int n_then = many ? then->n : 1;
    d->then = ARENA_ARRAY(cx->a, LateStep, n_then + 1);
    for (int i = 0; i < n_then; i++)
        load_then(cx, app, form, many ? then->item[i] : then, approval, d);
    check_last(cx, d);
}

bool due_load(Cx *cx, App *app, Form *form, const Node *map, bool approval, Due *out)
{
    static const char *const beside[] = { "calendar", "pause", "late" };
    const Node *within = node_find(map, "within"), *due = node_find(map, "due");
    int before = cx->nissue;
    *out = (Due){ .remind = true, .at = map };
    ref_duration(cx, map, "within", &out->within);
    load_moment(cx, app, form, due, out);
    load_calendar(cx, app, node_find(map, "calendar"), out);
    expr_attr(cx, map, "pause", app_where(app, form, USE_TIME), T_BOOL, &out->pause);
    load_late(cx, app, form, node_find(map, "late"), approval, out);
    if (within && due)
        cx_issue(cx, node_key_place(due), "does_not_fit",
            "there is either `within` or `due`, not both");
    for (int i = 0; i < LEN(beside) && !within && !due; i++)
        if (node_find(map, beside[i]))
            cx_issue(cx, node_key_place(node_find(map, beside[i])), "does_not_fit",
                "`%s` belongs to `within` or `due`", beside[i]);
    return cx->nissue == before;
}

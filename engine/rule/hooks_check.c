/*
 * hooks_check.c — names in plugins against names in the app, and steps against actions.
 */
#include "rule/hooks_in.h"
#include "def/prove.h"
#include "def/types.h"

#include <string.h>

#define BEFORE "sets fields of the record, may refuse with `fail`"
#define AFTER "it is stored: writes other records, in the same transaction"
#define REFUSE "fail({ en = \"Not now\" })"
#define TELL "explain({ en = \"Why it is so\" })"

static const HookKind kinds[] = {
    { "before_create", HOOK_RECORD, "record", BEFORE, REFUSE },
    { "before_update", HOOK_RECORD, "record, old", BEFORE, REFUSE },
    { "before_save", HOOK_RECORD, "record, old", BEFORE, REFUSE },
    { "before_delete", HOOK_RECORD, "record", "may refuse with `fail`", REFUSE },
    { "after_create", HOOK_RECORD, "record", AFTER, TELL },
    { "after_update", HOOK_RECORD, "record, old", AFTER, TELL },
    { "after_save", HOOK_RECORD, "record, old", AFTER, TELL },
    { "after_delete", HOOK_RECORD, "record", AFTER, "log(\"%s is gone\", record.id)" },
    { "before_transition", HOOK_TRANSITION, "record, old", "before a move; may refuse with `fail`",
      REFUSE },
    { "entered", HOOK_STAGE, "record, old", "with the move into a stage", TELL },
    { "left", HOOK_STAGE, "record, old", "with the move out of a stage", TELL },
    { "committed", HOOK_RECORD, "record, old",
      "a job after the commit, tried again when it fails", "log(\"saved: %s\", record.id)" },
    { "login", HOOK_APP, "person", "may refuse a sign-in with `fail`", "log(\"%s\", person.login)" },
    { "message", HOOK_APP, "message", "with every message that is sent",
      "log(\"%s\", message.text)" },
};

int hook_kinds(const HookKind **out)
{
    *out = kinds;
    return LEN(kinds);
}

/* Their names, of such things. */
static int kind_names(Cx *cx, bool record, const char ***out)
{
    int n = 0;

    *out = ARENA_ARRAY(cx->a, const char *, LEN(kinds));
    for (int i = 0; i < LEN(kinds); i++)
        if (kinds[i].of != HOOK_APP && (kinds[i].of == HOOK_RECORD) == record)
            (*out)[n++] = kinds[i].name;
    return n;
}

static const HookKind *kind_find(const char *name)
{
    for (int i = 0; i < LEN(kinds); i++)
        if (str_eq(kinds[i].name, name)) return &kinds[i];
    return NULL;
}

static Place place_of(Cx *cx, const char *plugin, int line)
{
    return at_line(arena_printf(cx->a, "plugins/%s.lua", plugin), line, 1);
}

/* An issue for a name that is not among the known ones. */
static void unknown(Cx *cx, Place at, const char *what, const char *name,
    const char *const *known, int n)
{
    const char *near = str_nearest(name, known, n);
    if (near)
        cx_issue(cx, at, "unknown_name", "unknown %s '%s': did you mean '%s'?", what, name,
            near);
    else
        cx_issue(cx, at, "unknown_name", "unknown %s '%s'", what, name);
}

static int form_names(Cx *cx, const App *app, const char ***out)
{
    *out = ARENA_ARRAY(cx->a, const char *, app->nform + 1);
    for (int i = 0; i < app->nform; i++) (*out)[i] = app->form[i]->key;
    return app->nform;
}

static void check_stage(Cx *cx, Place at, const Form *f, const char *stage)
{
    const char **name = NULL;
    int n = 0, cap = 0;
    for (int i = 0; i < f->nworkflow; i++)
        for (int k = 0; k < f->workflow[i]->nstage; k++)
            ARENA_PUSH(cx->a, name, n, cap, f->workflow[i]->stage[k].key);
    if (!str_in(stage, name, n)) unknown(cx, at, "stage", stage, name, n);
}

static void check_transition(Cx *cx, Place at, const Form *f, const char *transition)
{
    const char **name = NULL;
    int n = 0, cap = 0;
    for (int i = 0; i < f->nworkflow; i++)
        for (int k = 0; k < f->workflow[i]->ntransition; k++)
            ARENA_PUSH(cx->a, name, n, cap, f->workflow[i]->transition[k].key);
    if (!str_in(transition, name, n)) unknown(cx, at, "transition", transition, name, n);
}

static void check_event(Cx *cx, const App *app, const Handler *h)
{
    Place at = place_of(cx, h->plugin, h->line);
    const HookKind *kind = kind_find(h->event);
    if (kind && kind->of == HOOK_APP) return;
    char **part;
    int n = str_split(cx->a, h->event, '.', &part);
    kind = n > 1 ? kind_find(part[1]) : NULL;
    const Form *f = app_form(app, part[0]);
    const char **name;
    if (n < 2 || n > 3) {
        cx_issue(cx, at, "event",
            "'%s' is no event: FORM.before_create, FORM.entered.STAGE …", h->event);
    } else if (!f) {
        int nname = form_names(cx, app, &name);
        unknown(cx, at, "form", part[0], name, nname);
    } else if (!kind || kind->of == HOOK_APP || (kind->of == HOOK_RECORD) != (n == 2)) {
        int nname = kind_names(cx, n == 2, &name);
        unknown(cx, at, "event", part[1], name, nname);
    } else if (kind->of == HOOK_STAGE) {
        check_stage(cx, at, f, part[2]);
    } else if (kind->of == HOOK_TRANSITION) {
        check_transition(cx, at, f, part[2]);
    }
}

static void check_param(Cx *cx, const App *app, const Param *p, const Node *given)
{
    const char *text = node_text(given);
    if (node_blank(given)) {
        if (p->required) cx_issue(cx, node_place(given), "required", "is required");
    } else if (p->noption && !str_in(text ? text : "", p->option, p->noption)) {
        unknown(cx, node_place(given), "option", text ? text : "", p->option, p->noption);
    } else if (str_eq(p->type, "role") && text && !app_role(app, text)) {
        cx_issue(cx, node_place(given), "unknown_name", "unknown %s '%s'", "role", text);
    } else if (str_eq(p->type, "form") && text && !app_form(app, text)) {
        cx_issue(cx, node_place(given), "unknown_name", "unknown %s '%s'", "form", text);
    }
}

static void check_step(Cx *cx, const App *app, const Box *box, const Step *s, const Form *form)
{
    const Action *list, *act = hooks_action(box, s->name);
    int n = hooks_actions(box, &list);
    if (!act) {
        const char **name = ARENA_ARRAY(cx->a, const char *, n + 1);
        for (int i = 0; i < n; i++) name[i] = list[i].name;
        unknown(cx, node_key_place(s->at), "action", s->name, name, n);
        return;
    }
    if (act->form && form && !str_eq(act->form, form->key))
        cx_issue(cx, node_key_place(s->at), "action", "the action %s is for %s only", act->name,
            act->form);
    const char **key = ARENA_ARRAY(cx->a, const char *, act->nparam + 1);
    for (int i = 0; i < act->nparam; i++) key[i] = act->param[i].key;
    if (node_is(s->params, NODE_MAP)) node_check_keys(cx, s->params, key, NULL);
    else if (!node_blank(s->params))
        cx_issue(cx, node_place(s->params), "action", "parameters must be a map");
    for (int i = 0; i < act->nparam; i++) {
        const Node *given = node_find(s->params, act->param[i].key);
        if (given) check_param(cx, app, &act->param[i], given);
        else if (act->param[i].required)
            cx_issue(cx, node_key_place(s->at), "required", "%s: the parameter '%s' is needed",
                act->name, act->param[i].key);
    }
}

static void check_steps(Cx *cx, const App *app, const Box *box, const Step *step, int n,
    const Form *form)
{
    for (int i = 0; i < n; i++)
        if (step[i].kind == STEP_PLUGIN) check_step(cx, app, box, &step[i], form);
}

static void check_late(Cx *cx, const App *app, const Box *box, const Due *d, const Form *form)
{
    for (int i = 0; i < d->nthen; i++)
        check_steps(cx, app, box, d->then[i].step, d->then[i].nstep, form);
}

static void check_flow(Cx *cx, const App *app, const Box *box, const Workflow *w)
{
    for (int i = 0; i < w->ntransition; i++) {
        const Transition *t = &w->transition[i];
        check_steps(cx, app, box, t->step, t->nstep, w->form);
        for (int k = 0; k < t->napprove; k++) check_late(cx, app, box, &t->approve[k].due, w->form);
        if (t->wait) check_late(cx, app, box, &t->wait->due, w->form);
    }
    for (int i = 0; i < w->nstage; i++) check_late(cx, app, box, &w->stage[i].due, w->form);
}

static void check_button(Cx *cx, const App *app, const Box *box, const Form *form,
    const Field *f)
{
    const Action *same = hooks_action(box, f->key);
    check_steps(cx, app, box, f->step, f->nstep, form);
    if (same && str_eq(same->form, form->key) && !str_eq(f->run, f->key))
        cx_issue(cx, node_key_place(f->at), "action", "there is an action '%s' already", f->key);
    if (!f->run) return;
    const Node *run = node_find(f->at, "run");
    const Action *list, *act = hooks_action(box, f->run);
    int n = hooks_actions(box, &list);
    const char **name = ARENA_ARRAY(cx->a, const char *, n + 1);
    for (int i = 0; i < n; i++) name[i] = list[i].name;
    if (!act) unknown(cx, node_place(run), "action", f->run, name, n);
    else if (act->form && !str_eq(act->form, form->key))
        cx_issue(cx, node_place(run), "action", "the action %s is for %s only", act->name,
            act->form);
}

static void check_action(Cx *cx, const App *app, const Action *act)
{
    if (!act->form || app_form(app, act->form)) return;
    const char **name;
    int n = form_names(cx, app, &name);
    unknown(cx, place_of(cx, act->plugin, act->line), "form", act->form, name, n);
}

bool hooks_check(Cx *cx, const App *app, const Box *box)
{
    int before = cx->nissue;
    const Handler *handler;
    int n = hooks_handlers(box, &handler);
    for (int i = 0; i < n; i++) check_event(cx, app, &handler[i]);
    const Action *action;
    n = hooks_actions(box, &action);
    for (int i = 0; i < n; i++) check_action(cx, app, &action[i]);
    for (int i = 0; i < app->nworkflow; i++) check_flow(cx, app, box, app->workflow[i]);
    for (int i = 0; i < app->nform; i++)
        for (int k = 0; k < app->form[i]->nfield; k++)
            if (app->form[i]->field[k]->type == &type_button)
                check_button(cx, app, box, app->form[i], app->form[i]->field[k]);
    return cx->nissue == before;
}

void hooks_prove(Cx *cx, const App *app, const Box *box)
{
    const Action *act;
    int n = hooks_actions(box, &act);
    for (int i = 0; i < n; i++) {
        Place at = at_line(arena_printf(cx->a, "plugins/%s.lua", act[i].plugin), act[i].line, 1);
        prove_label(cx, app, at, &act[i].label);
        for (int k = 0; k < act[i].nparam; k++) prove_label(cx, app, at, &act[i].param[k].label);
    }
}

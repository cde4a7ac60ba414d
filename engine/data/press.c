/*
 * press.c — buttons of the form before those of plugins.
 */
#include "data/press.h"
#include "base/i18n.h"
#include "data/action_steps.h"
#include "data/automation.h"
#include "data/given.h"
#include "data/move.h"
#include "data/perm.h"
#include "data/record_check.h"
#include "data/rule_api.h"
#include "def/types.h"

static bool is_button(const Field *f)
{
    return f->type == &type_button;
}

static bool has_button(const Form *f, const Action *a)
{
    for (int i = f->nsystem; i < f->nfield; i++)
        if (is_button(f->field[i]) && str_eq(f->field[i]->run, a->name)) return true;
    return false;
}

static Press of_action(Press p, const Action *a)
{
    p.action = a;
    if (a) {
        p.param = a->param;
        p.nparam = a->nparam;
    }
    return p;
}

static Press of_field(Work *w, const Field *f)
{
    return of_action((Press){ .name = f->key, .label = &f->label, .button = f },
        f->run && w->box ? hooks_action(w->box, f->run) : NULL);
}

int press_list(Work *w, const Form *f, Press **out)
{
    const Action *action;
    int nactions = w->box ? hooks_actions(w->box, &action) : 0, n = 0;

    *out = ARENA_ARRAY(w->cx.a, Press, nactions + f->nfield + f->nautomation + 1);
    for (int i = f->nsystem; i < f->nfield; i++)
        if (is_button(f->field[i])) (*out)[n++] = of_field(w, f->field[i]);
    for (int i = 0; i < f->nautomation; i++) {
        const struct Automation *a = &f->automation[i];
        const On *on = a->active ? automation_on(a, ON_BUTTON) : NULL;
        if (on) (*out)[n++] = (Press){ .name = on->button, .label = &a->label, .automation = a,
            .param = a->given, .nparam = a->ngiven };
    }
    for (int i = 0; i < nactions; i++)
        if (str_eq(action[i].form, f->key) && !has_button(f, &action[i]))
            (*out)[n++] = of_action((Press){ .name = action[i].name, .label = &action[i].label },
                &action[i]);
    return n;
}

bool press_find(Work *w, const Form *f, const char *name, Press *out)
{
    Press *list;
    int n = press_list(w, f, &list);

    for (int i = 0; i < n; i++) {
        if (!str_eq(list[i].name, name)) continue;
        *out = list[i];
        return true;
    }
    return false;
}

const Expr *press_visible(const Press *p)
{
    if (p->automation) return p->automation->if_;
    return p->button ? p->button->visible.expr : p->action->visible;
}

bool press_offered(Work *w, const Press *p, const Record *r)
{
    if (p->automation) {
        Eval env = record_eval(w, r, NULL);
        return (!p->automation->if_ || expr_true(p->automation->if_, &env)) && !w->cx.err;
    }
    if (!p->button) return rule_offered(w, p->action, r);
    if (!w->as_app && perm_field(w, r->form, p->button, r) == RIGHT_HIDDEN) return false;
    Eval env = record_eval(w, r, NULL);
    return flag_holds(&env, &p->button->visible) && !w->cx.err;
}

bool press_mine(Work *w, const Press *p, const Record *r)
{
    if (w->as_app) return true;
    if (p->automation && p->automation->by.n) return people_has_me(w, &p->automation->by, r);
    return perm_on(w, ACT_UPDATE, r);
}

static bool asks_others(const Expr *e)
{
    const ExprRead *read;
    int n = e ? expr_reads(e, &read) : 0;

    for (int i = 0; i < n; i++)
        if (read[i].other || read[i].npath) return true;
    return false;
}

bool press_offered_to_any(Work *w, const Press *p, Record *const *r, int n)
{
    bool open = asks_others(press_visible(p));

    for (int i = 0; i < n && !w->cx.err; i++)
        if (press_mine(w, p, r[i]) && (open || press_offered(w, p, r[i]))) return !w->cx.err;
    return false;
}

bool press_fits(Work *w, const Press *p, const Node *params)
{
    StepValue *values;

    return given_values(w, p->param, p->nparam, params, &values);
}

const char *press_why(Work *w, const Press *p)
{
    const char *label = label_show(p->label, w->cx.lang, p->name);
    const Expr *e = press_visible(p);

    return e ? arena_printf(w->cx.a, i18n_text(w->cx.lang, "“%s” is possible only where %s"),
            label, expr_text(e))
        : arena_printf(w->cx.a, i18n_text(w->cx.lang, "“%s” is not offered here"), label);
}

bool press_run(Work *w, const Press *p, Record *r, const Node *params)
{
    bool changed = false;

    if (p->automation) return automation_press(w, p->automation, r, params);
    if (p->action) {
        AsSaved saved = work_as_app(w, w->rule);
        bool ok = rule_action(w, p->action->name, r, params);
        work_as_back(w, saved);
        return ok;
    }
    if (!p->button || p->button->run)
        return cx_fail(&w->cx, E_MISSING, "there is no action %s", p->button ? p->button->run
            : p->name);
    return steps_run(w, p->button->step, p->button->nstep, r, &changed);
}

/*
 * prove_use.c — what nothing names, what is never set, what stands there twice.
 *
 * A name is used when any key or text of the app, or a plugin, has it as a whole word: so a finding
 * is never wrong, though some of what is unused may not be found.
 */
#include "def/automation.h"
#include "def/dashboard.h"
#include "def/prove_in.h"
#include "def/types.h"

static void unused(Prove *p, const char *section)
{
    const Node *map = node_find(p->app->file, section);
    bool calendars = str_eq(section, "calendars");
    for (int i = calendars; node_is(map, NODE_MAP) && i < map->n; i++) {
        const Node *n = map->item[i];
        if (!prove_named(p, n->key, n, false))
            cx_issue(p->cx, node_key_place(n), "unused", "nothing uses `%s`", n->key);
    }
}

/* ---- options ---- */
/* 0: not there, 1: the literal of a step, 2: computed by a step. */
static int set_by(const Step *step, int n, const Field *x, const char *option)
{
    int found = 0;
    for (int m = 0; m < n; m++) {
        for (int s = 0; s < step[m].nset; s++) {
            const SetTo *to = &step[m].set[s];
            if (to->field != x) continue;
            if (to->value.expr) return 2;
            if (val_eq(to->value.val, val_text(option))) found = 1;
        }
        for (int b = 0; found < 2 && b < step[m].nbranch; b++) {
            int in = set_by(step[m].branch[b].step, step[m].branch[b].nstep, x, option);
            if (in > found) found = in;
        }
    }
    return found;
}

static int set_when_late(const Due *d, const Field *x, const char *option)
{
    int found = 0;
    for (int i = 0; found < 2 && i < d->nthen; i++)
        found |= set_by(d->then[i].step, d->then[i].nstep, x, option);
    return found;
}

static int set_by_steps(Prove *p, const Field *x, const char *option)
{
    int found = 0;
    for (int i = 0; found < 2 && i < p->app->nform; i++)
        for (int k = 0; found < 2 && k < p->app->form[i]->nautomation; k++)
            found |= set_by(p->app->form[i]->automation[k].step, p->app->form[i]->automation[k].nstep, x,
                option);
    for (int i = 0; found < 2 && i < p->app->nworkflow; i++) {
        const Workflow *w = p->app->workflow[i];
        for (int k = 0; found < 2 && k < w->ntransition; k++) {
            const Transition *t = &w->transition[k];
            found |= set_by(t->step, t->nstep, x, option);
            for (int l = 0; l < t->napprove; l++)
                found |= set_when_late(&t->approve[l].due, x, option);
            if (t->wait) found |= set_when_late(&t->wait->due, x, option);
        }
        for (int k = 0; found < 2 && k < w->nstage; k++)
            found |= set_when_late(&w->stage[k].due, x, option);
    }
    return found;
}

static bool filled_by_link(const Form *f, const Field *x)
{
    for (int i = f->nsystem; i < f->nfield; i++)
        for (int k = 0; k < f->field[i]->nfill; k++)
            if (str_eq(f->field[i]->fill_to[k], x->key)) return true;
    return false;
}

static void options(Prove *p, const Form *f, const Field *x)
{
    const Node *list = node_find(x->at, "options");
    bool fixed = x->type == &type_choice && x->readonly.on && !x->readonly.expr;
    if (!fixed || x->preset.expr || filled_by_link(f, x) || prove_named(p, x->key, NULL, true))
        return;
    for (int i = 0; i < x->noption && node_is(list, NODE_LIST) && i < list->n; i++) {
        const char *value = x->option[i].value;
        bool preset = x->preset.given && val_eq(x->preset.val, val_text(value));
        if (!preset && !set_by_steps(p, x, value))
            cx_issue(p->cx, node_place(list->item[i]), "option_unused",
                "`%s` is read-only and nothing sets it to `%s`", x->key, value);
    }
}

/* ---- twice ---- */
static bool same_fields(Field *const *x, int nx, Field *const *y, int ny)
{
    for (int i = 0; i < nx; i++) {
        bool found = false;
        for (int k = 0; k < ny; k++) found |= x[i] == y[k];
        if (!found) return false;
    }
    return nx == ny;
}

static void tell_twice(Prove *p, const Form *f, const char *key, int i)
{
    const Node *list = node_find(f->at, key);
    if (node_is(list, NODE_LIST) && i < list->n)
        cx_issue(p->cx, node_place(list->item[i]), "twice", "the same stands in `%s` before", key);
}

static void doubles(Prove *p, const Form *f)
{
    for (int i = 0; i < f->ncheck; i++)
        for (int k = 0; k < i; k++)
            if (str_eq(expr_text(f->check[i].that), expr_text(f->check[k].that))) {
                tell_twice(p, f, "checks", i);
                break;
            }
    for (int i = 0; i < f->nunique; i++)
        for (int k = 0; k < i; k++)
            if (same_fields(f->unique[i].field, f->unique[i].nfield, f->unique[k].field,
                    f->unique[k].nfield)) {
                tell_twice(p, f, "unique", i);
                break;
            }
    for (int i = 0; i < f->nduplicate; i++)
        for (int k = 0; k < i; k++)
            if (same_fields(f->duplicate[i].match, f->duplicate[i].nmatch, f->duplicate[k].match,
                    f->duplicate[k].nmatch)) {
                tell_twice(p, f, "duplicates", i);
                break;
            }
}

static void empty_views(Prove *p, const Form *f)
{
    for (int i = 0; i < f->nview; i++) {
        const View *v = &f->view[i];
        if (prove_truth(p, v->filter, TRUTH_ALWAYS) == TRUTH_NEVER)
            cx_issue(p->cx, node_place(node_find(v->at, "filter")), "view_empty",
                "the view `%s` shows no record: its filter never holds", v->key);
    }
}

static bool names_filter(const Card *c, const DashFilter *f)
{
    bool named = c->period == f;

    for (int i = 0; i < c->npiece; i++)
        for (int k = 0; k < c->piece[i].nparam; k++) named |= str_eq(c->piece[i].param[k].name, f->key);
    return named;
}

static void idle_filters(Prove *p, const Dashboard *d)
{
    for (int i = 0; i < d->nfilter; i++) {
        bool named = false;
        for (int k = 0; k < d->ncard; k++) named |= names_filter(&d->card[k], &d->filter[i]);
        if (!named)
            cx_issue(p->cx, node_key_place(node_find(node_find(d->at, "filters"), d->filter[i].key)), "unused",
                "nothing uses `%s`", d->filter[i].key);
    }
}

void prove_uses(Prove *p)
{
    unused(p, "roles");
    unused(p, "calendars");
    unused(p, "channels");
    for (int i = 0; i < p->app->nform; i++) {
        const Form *f = p->app->form[i];
        if (f->builtin) continue;
        for (int k = f->nsystem; k < f->nfield; k++) options(p, f, f->field[k]);
        doubles(p, f);
        empty_views(p, f);
    }
    for (int i = 0; i < p->app->ndashboard; i++) idle_filters(p, p->app->dashboard[i]);
}

/*
 * prove_expr.c — every expression of the app: is it settled before any record is looked at?
 *
 * A literal true or false is meant so. A condition that a finding of its own speaks of (a view
 * that is empty, a reminder that is dead) is told there, not twice.
 */
#include "def/dashboard.h"
#include "def/automation.h"
#include "def/prove_in.h"
#include "base/i18n.h"

static void parts(Prove *p, const Node *at, const Expr *e)
{
    Doubt *d;
    int n = e ? expr_doubts(&p->logic, e, &d) : 0;
    for (int i = 0; i < n; i++) {
        const char *lang = p->cx->lang;
        if (d[i].name)
            expr_tell(p->cx, at, e, d[i].pos, "no_option", arena_printf(p->cx->a,
                i18n_text(lang, "`%s` has no option `%s`"), d[i].name->key, d[i].value));
        else if (d[i].truth == TRUTH_ALWAYS)
            expr_tell(p->cx, at, e, d[i].pos, "always_true",
                i18n_text(lang, "this part always holds"));
        else
            expr_tell(p->cx, at, e, d[i].pos, "always_false",
                i18n_text(lang, "this part never holds"));
    }
}

static void condition(Prove *p, const Node *at, const Expr *e)
{
    Val literal;
    if (!e || expr_is_constant(e, &literal)) return;
    int before = p->cx->nissue;
    parts(p, at, e);
    Truth t = expr_truth(&p->logic, e);
    if (t == TRUTH_OPEN || p->cx->nissue > before) return;
    if (t == TRUTH_ALWAYS)
        expr_tell(p->cx, at, e, 0, "always_true", i18n_text(p->cx->lang, "this always holds"));
    else
        expr_tell(p->cx, at, e, 0, "always_false", i18n_text(p->cx->lang, "this never holds"));
}

/* Its own finding says that it never holds. */
static void told_elsewhere(Prove *p, const Node *at, const Expr *e)
{
    if (e && expr_truth(&p->logic, e) != TRUTH_NEVER) condition(p, at, e);
    else parts(p, at, e);
}

static void texts(Prove *p, const Node *at, const Label *label, Expr *const *text, int n)
{
    for (int i = 0; i < n; i++)
        parts(p, node_is(at, NODE_MAP) ? node_find(at, label->lang[i]) : at, text[i]);
}

static void assign(Prove *p, const Assign *a)
{
    if (node_find(a->at, "open")) condition(p, node_find(a->at, "open"), a->open);
    for (int i = 0; i < a->nrule; i++) {
        const AssignRule *r = &a->rule[i];
        condition(p, node_find(r->at, "if"), r->if_);
        if (r->table)
            condition(p, node_find(node_find(r->at, "table"), "where"), r->table->where);
        parts(p, node_find(r->at, "weight"), r->weight.expr);
        parts(p, node_find(r->at, "cap_day"), r->cap_day.expr);
        parts(p, node_find(r->at, "cap_open"), r->cap_open.expr);
    }
    if (a->ntext) texts(p, node_find(a->at, "text"), &a->label_text, a->texts, a->ntext);
}

static void steps(Prove *p, const Step *step, int n)
{
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < step[i].nset; k++)
            parts(p, step[i].set[k].value.at, step[i].set[k].value.expr);
        if (step[i].kind == STEP_ASSIGN) assign(p, step[i].own);
        texts(p, node_find(step[i].at, "text"), &step[i].label_text, step[i].texts, step[i].ntext);
        condition(p, node_find(step[i].at, "where"), step[i].where);
        for (int k = 0; k < step[i].nbranch; k++) {
            const Branch *b = &step[i].branch[k];
            condition(p, node_find(step[i].at, "if"), b->if_);
            steps(p, b->step, b->nstep);
        }
    }
}

static void fields(Prove *p, const Form *f)
{
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        condition(p, node_find(x->at, "required"), x->required.expr);
        condition(p, node_find(x->at, "readonly"), x->readonly.expr);
        condition(p, node_find(x->at, "visible"), x->visible.expr);
        condition(p, node_find(x->at, "check"), x->check);
        condition(p, node_find(x->at, "pick"), x->pick);
        condition(p, node_find(x->at, "among"), x->among);
        condition(p, node_find(x->at, "where"), x->where);
        parts(p, node_find(x->at, "default"), x->preset.expr);
        parts(p, node_find(x->at, "formula"), x->formula);
        parts(p, node_find(x->at, "do"), x->do_);
        if (x->rows) fields(p, x->rows);
    }
}

static void grants(Prove *p, const Form *f)
{
    for (int i = 0; i < f->ngrant; i++) {
        const Grant *g = &f->grant[i];
        const Node *map = node_find(g->at, "fields");
        for (int k = 0; k < ACT_COUNT; k++)
            if (g->scope[k].kind == SCOPE_EXPR) condition(p, g->scope[k].at, g->scope[k].expr);
        for (int k = 0; k < g->nright; k++)
            condition(p, node_find(node_find(map, g->right[k].field->key), "read"),
                g->right[k].read);
    }
}

static void reminders(Prove *p, const Form *f)
{
    for (int i = 0; i < f->nreminder; i++) {
        const Reminder *r = &f->reminder[i];
        const Node *at = node_find(r->at_node, "at"), *text = node_find(r->at_node, "text");
        for (int k = 0; k < r->nat; k++)
            parts(p, node_is(at, NODE_LIST) && k < at->n ? at->item[k] : at, r->at[k]);
        parts(p, node_find(r->at_node, "yearly"), r->yearly);
        told_elsewhere(p, node_find(r->at_node, "if"), r->if_);
        if (text) texts(p, text, &r->label_text, r->texts, r->ntext);
    }
}

static void automations(Prove *p, const Form *f)
{
    for (int i = 0; i < f->nautomation; i++) {
        const struct Automation *a = &f->automation[i];
        const Node *event = node_find(a->at, "event");
        condition(p, node_find(a->at, "if"), a->if_);
        for (int k = 0; k < a->non; k++)
            parts(p, node_is(event, NODE_LIST) && k < event->n ? event->item[k] : event, a->on[k].at);
        steps(p, a->step, a->nstep);
    }
}

static void pools(Prove *p, const Form *f)
{
    for (int i = 0; i < f->npool; i++) {
        const Pool *x = &f->pool[i];
        const Node *claim = node_find(x->at, "claim");
        condition(p, node_find(x->at, "when"), x->when);
        condition(p, node_find(x->at, "lock"), x->lock);
        if (node_find(x->at, "open")) condition(p, node_find(x->at, "open"), x->open);
        parts(p, node_find(claim, "per_day"), x->per_day.expr);
        parts(p, node_find(claim, "hold"), x->hold.expr);
        for (int k = 0; k < x->nrecycle; k++) {
            condition(p, node_find(x->recycle[k].at, "if"), x->recycle[k].if_);
            parts(p, node_find(x->recycle[k].at, "since"), x->recycle[k].since);
        }
    }
}

static void due(Prove *p, const Due *d)
{
    parts(p, node_find(d->at, "due"), d->due);
    condition(p, node_find(d->at, "pause"), d->pause);
    for (int i = 0; i < d->nthen; i++) steps(p, d->then[i].step, d->then[i].nstep);
}

static void workflow(Prove *p, const Workflow *w)
{
    condition(p, node_find(w->at, "when"), w->when);
    for (int i = 0; i < w->nstage; i++) due(p, &w->stage[i].due);
    for (int i = 0; i < w->ntransition; i++) {
        const Transition *t = &w->transition[i];
        condition(p, node_find(t->at, "if"), t->if_);
        for (int k = 0; k < t->napprove; k++) {
            condition(p, node_find(t->approve[k].at, "when"), t->approve[k].when);
            due(p, &t->approve[k].due);
        }
        steps(p, t->step, t->nstep);
        if (!t->wait) continue;
        steps(p, t->wait->create, 1);
        condition(p, node_find(t->wait->at, "until"), t->wait->until);
        condition(p, node_find(t->wait->at, "failed"), t->wait->failed);
        due(p, &t->wait->due);
    }
}

/* Each condition by itself; then, where nothing was found, all of them together. */
static void card(Prove *p, const App *named, const Card *c)
{
    const Node *at = node_find(c->at, "filter");
    int before = p->cx->nissue;

    for (int k = 0; k < c->npiece; k++) condition(p, at, c->piece[k].expr);
    if (c->npiece < 2 || p->cx->nissue > before) return;
    ExprWhere where = app_where(named, c->form, USE_FILTER);
    where.want = (Type){ .kind = T_BOOL };
    condition(p, at, expr_load(p->cx, at, node_text(at), &where));
}

static void dashboard(Prove *p, const Dashboard *d)
{
    const App *named = dashboard_named(p->cx, p->app, d);

    for (int i = 0; i < d->ncard; i++) card(p, named, &d->card[i]);
}

void prove_exprs(Prove *p)
{
    for (int i = 0; i < p->app->nform; i++) {
        const Form *f = p->app->form[i];
        const Node *checks = node_find(f->at, "checks"), *layout = node_find(f->at, "layout");
        if (f->builtin) continue;
        fields(p, f);
        for (int k = 0; k < f->ncheck && node_is(checks, NODE_LIST) && k < checks->n; k++)
            condition(p, node_find(checks->item[k], "that"), f->check[k].that);
        for (int k = 0; node_is(layout, NODE_LIST) && k < layout->n && k < f->nsection; k++)
            condition(p, node_find(layout->item[k], "visible"), f->section[k].visible);
        for (int k = 0; k < f->nview; k++)
            told_elsewhere(p, node_find(f->view[k].at, "filter"), f->view[k].filter);
        grants(p, f);
        reminders(p, f);
        automations(p, f);
        pools(p, f);
        if (f->assign) assign(p, f->assign);
    }
    for (int i = 0; i < p->app->nworkflow; i++) workflow(p, p->app->workflow[i]);
    for (int i = 0; i < p->app->ndashboard; i++) dashboard(p, p->app->dashboard[i]);
}

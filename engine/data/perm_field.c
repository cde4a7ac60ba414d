/*
 * perm_field.c — rights on fields.
 *
 * Of the grants that reach the record the best counts; then come what a computed field is made
 * of (a lookup shows what its source would, a formula over a hidden field is hidden too) and
 * the stage. Without a record the question is what holds for every record one may read.
 */
#include "data/perm_in.h"
#include "data/asked.h"
#include "data/readable.h"
#include "data/record_check.h"
#include "data/record_row.h"

/* best: the most any grant gives; sure: so for every record that one may read; staged: a stage
   hides it, so that it says nothing of new records but must not be asked of all. */
typedef struct Sight { Right best; bool sure, staged; } Sight;

static Sight see(Work *w, const Form *f, const Field *field);

static Right worse(Right a, Right b)
{
    return a > b ? a : b;
}

static const FieldRight *right_in(const Grant *g, const Field *field)
{
    for (int i = 0; i < g->nright; i++)
        if (g->right[i].field == field) return &g->right[i];
    return NULL;
}

static bool restricted(const Form *f, const Field *field)
{
    for (int i = 0; i < f->ngrant; i++)
        if (right_in(&f->grant[i], field)) return true;
    return false;
}

/* A pool shows its records to people, but says nothing of fields but for its own `fields`: those
   are as the person's roles have them, as if these reached the record. True: leave it out. */
static bool left_to_roles(Work *w, const Form *f, const Grant *g, const FieldRight *fr)
{
    for (int i = 0; g->pool && !fr && i < f->ngrant; i++)
        if (!f->grant[i].pool && f->grant[i].scope[ACT_READ].kind != SCOPE_NONE
            && perm_held(w, &f->grant[i])) return true;
    return false;
}

/* ---- without a record ---- */

static Sight see_grants(Work *w, const Form *f, const Field *field, Act act)
{
    Sight s = { .best = RIGHT_HIDDEN };
    bool all = true, open = false, any = false;

    for (int i = 0; i < f->ngrant; i++) {
        const Grant *g = &f->grant[i];
        if (g->scope[act].kind == SCOPE_NONE || !perm_held(w, g)) continue;
        const FieldRight *fr = right_in(g, field);
        if (left_to_roles(w, f, g, fr)) continue;
        Right right = fr && !fr->read ? fr->right : RIGHT_FULL;
        bool seen = right <= RIGHT_READONLY && !(fr && fr->read);
        any = true;
        all = all && seen;
        open = open || (seen && scope_open(&g->scope[act]));
        if (right < s.best) s.best = right;
    }
    s.sure = any && (all || open);
    return s;
}

static bool hides(const Workflow *w, const Field *field)
{
    for (int i = 0; i < w->nstage; i++)
        for (int h = 0; h < w->stage[i].nhide; h++)
            if (w->stage[i].hide[h] == field) return true;
    return false;
}

bool perm_stage_hides(const Form *f, const Field *field)
{
    for (int i = 0; i < f->nworkflow; i++) {
        const Workflow *w = f->workflow[i];
        if (hides(w, field)) return true;
        for (int k = 0; k < w->nolder; k++)
            if (hides(w->older[k], field)) return true;
    }
    return false;
}

static Sight see_reads(Work *w, const Expr *e, Sight s)
{
    const ExprRead *r;
    int n = e ? expr_reads(e, &r) : 0;

    for (int i = 0; i < n; i++) {
        const Form *form = r[i].form->form;
        if (!form || !r[i].name->field || r[i].name->kind == NAME_STAGE) continue;
        Sight in = see(w, form, r[i].name->field);
        if (in.best >= RIGHT_MASKED) s.best = RIGHT_HIDDEN;
        s.sure = s.sure && in.sure;
        s.staged = s.staged || in.staged;
    }
    return s;
}

/* Rows of a subform are seen where the subform is. */
static Sight see(Work *w, const Form *f, const Field *field)
{
    if (perm_free(w)) return (Sight){ .best = RIGHT_FULL, .sure = true };
    if (f->parent) return see(w, f->parent, f->in);
    Sight s = see_grants(w, f, field, perm_may(w, f, ACT_READ) ? ACT_READ : ACT_CREATE);
    if (s.best == RIGHT_HIDDEN) return s;
    s.staged = perm_stage_hides(f, field);
    if (field->do_) return see_reads(w, field->where, see_reads(w, field->do_, s));
    if (field->formula) return see_reads(w, field->formula, s);
    if (field->via && field->source) {
        Sight in = see(w, field->via->to, field->source);
        s.best = in.best >= RIGHT_MASKED ? worse(s.best, in.best) : s.best;
        s.sure = s.sure && in.sure && perm_all(w, field->via->to);
        s.staged = s.staged || in.staged;
    }
    return s;
}

bool perm_filterable(Work *w, const Form *f, const Field *field)
{
    Sight s = see(w, f, field);
    return s.sure && !s.staged && s.best <= RIGHT_READONLY;
}

/* ---- with one ---- */

/* The only grant by which this person reads at all; -1: there are more, or none. */
static int only_grant(Work *w, const Form *f)
{
    int only = -1;

    for (int i = 0; i < f->ngrant; i++) {
        if (f->grant[i].scope[ACT_READ].kind == SCOPE_NONE || !perm_held(w, &f->grant[i])) continue;
        if (only >= 0) return -1;
        only = i;
    }
    return only;
}

/* What a query found is reached by one of the grants it asked for: no need to ask again which
   one when there is one only. */
Reach perm_reach(Work *w, const Record *r)
{
    const Form *f = r->form;
    bool *grant = ARENA_ARRAY(w->cx.a, bool, f->ngrant + 1);
    bool found = r->found_by && r->found_by == w->who.id;
    int only = found && !perm_free(w) && !f->approves ? only_grant(w, f) : -1;
    bool any = false;

    if (only >= 0) {
        grant[only] = true;
        return (Reach){ .r = r, .grant = grant };
    }
    for (int i = 0; !perm_free(w) && i < f->ngrant; i++) {
        const Grant *g = &f->grant[i];
        if (!perm_held(w, g)) continue;
        bool fresh = !record_id(r) && g->scope[ACT_CREATE].kind != SCOPE_NONE;
        any |= grant[i] = fresh || scope_holds(w, &g->scope[ACT_READ], r);
    }
    return (Reach){ .r = r, .grant = grant,
        .asked = !any && !perm_free(w) && asked_on(w, r) };
}

static Right by_grant(Work *w, const FieldRight *fr, const Record *r)
{
    if (!fr || !fr->read) return fr ? fr->right : RIGHT_FULL;
    Eval env = record_eval(w, r, NULL);
    return expr_true(fr->read, &env) ? RIGHT_FULL : RIGHT_HIDDEN;
}

static Right by_roles(Work *w, const Form *f, const Field *field, const Record *r)
{
    Right best = RIGHT_HIDDEN;

    for (int i = 0; i < f->ngrant; i++) {
        const Grant *g = &f->grant[i];
        if (g->pool || g->scope[ACT_READ].kind == SCOPE_NONE || !perm_held(w, g)) continue;
        Right right = by_grant(w, right_in(g, field), r);
        if (right < best) best = right;
    }
    return best;
}

/* Who reads because of being asked: as their roles say of the field, whatever these reach; all of
   it without a role here. Nothing can be written. */
static Right by_grants(Work *w, const Form *f, const Field *field, const Reach *reach)
{
    Right best = RIGHT_HIDDEN;
    bool any = false;

    for (int i = 0; i < f->ngrant; i++) {
        if (!reach->grant[i] && !(reach->asked && perm_held(w, &f->grant[i]))) continue;
        const FieldRight *fr = right_in(&f->grant[i], field);
        Right right = left_to_roles(w, f, &f->grant[i], fr) ? by_roles(w, f, field, reach->r)
            : by_grant(w, fr, reach->r);
        if (right < best) best = right;
        any = true;
    }
    if (!reach->asked) return best;
    return any ? worse(best, RIGHT_READONLY) : RIGHT_READONLY;
}

/* A lookup: the source as this person would see it on the record linked to. */
static Right by_source(Work *w, const Field *field, const Record *r)
{
    const Form *to = field->via->to;
    Val link = record_get(r, field->via);
    Record *target;

    if (link.kind != VAL_REC) return RIGHT_FULL;
    if (!readable(w, to, link.i)) return RIGHT_HIDDEN;
    if (!restricted(to, field->source) && !field->source->computed) return RIGHT_FULL;
    if (!record_load_row(w, to, link.i, false, &target) || !target) return RIGHT_HIDDEN;
    return perm_field(w, to, field->source, target);
}

static Right by_reads(Work *w, const Expr *e, const Reach *reach)
{
    const ExprRead *r;
    int n = e ? expr_reads(e, &r) : 0;

    for (int i = 0; i < n; i++) {
        const Form *form = r[i].form->form;
        const Field *x = r[i].name->field;
        if (!form || !x || r[i].name->kind == NAME_STAGE) continue;
        bool here = form == reach->r->form && !r[i].npath && !r[i].other;
        Right in = here ? perm_field_reached(w, form, x, reach) : see(w, form, x).best;
        if (in >= RIGHT_MASKED) return RIGHT_HIDDEN;
    }
    return RIGHT_FULL;
}

static bool among(const Field *field, Field *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (list[i] == field) return true;
    return false;
}

static Right by_stage(const Work *w, const Field *field, const Stage *s)
{
    if (!s || w->as_app || field->system) return RIGHT_FULL;
    if (among(field, s->hide, s->nhide)) return RIGHT_HIDDEN;
    if (s->lock || among(field, s->locked, s->nlocked)) return RIGHT_READONLY;
    if (s->has_edit && !among(field, s->edit, s->nedit)) return RIGHT_READONLY;
    return RIGHT_FULL;
}

static Right by_rights(Work *w, const Form *f, const Field *field, const Reach *reach)
{
    if (perm_free(w)) return RIGHT_FULL;
    Right right = by_grants(w, f, field, reach);
    if (right == RIGHT_HIDDEN) return right;
    if (field->do_)
        return worse(right, worse(by_reads(w, field->do_, reach),
            by_reads(w, field->where, reach)));
    if (field->formula) return worse(right, by_reads(w, field->formula, reach));
    if (field->via && field->source) {
        Right in = by_source(w, field, reach->r);
        return in >= RIGHT_MASKED ? worse(right, in) : right;
    }
    return right;
}

/* A field of a row is asked of the record that the row belongs to. */
Right perm_field_reached(Work *w, const Form *f, const Field *field, const Reach *reach)
{
    if (f->parent) return perm_field_reached(w, f->parent, f->in, reach);
    Right right = by_rights(w, f, field, reach);
    return worse(right, by_stage(w, field, reach->r->stage));
}

Right perm_field(Work *w, const Form *f, const Field *field, const Record *r)
{
    if (!r) {
        Sight s = see(w, f, field);
        return s.best == RIGHT_FULL && !s.sure ? RIGHT_READONLY : s.best;
    }
    while (r->parent) r = r->parent;
    Reach reach = perm_reach(w, r);
    return perm_field_reached(w, f, field, &reach);
}

/* ---- writing ---- */

static bool refuse(Work *w, const Field *field)
{
    cx_issue(&w->cx, at_field(field->key), "denied", "may not be changed here");
    return cx_fail(&w->cx, E_DENIED, "no right to change %s", field_label(field, w->cx.lang));
}

static bool moved(const Record *r, const Record *old, const Field *field)
{
    return old ? record_differs(r, old, field) : !val_is_blank(record_get(r, field));
}

static bool readonly(Work *w, const Record *r, const Field *field)
{
    Eval env = record_eval(w, r, NULL);

    return (field->readonly.on || field->readonly.expr) && flag_holds(&env, &field->readonly);
}

static bool rows_written(Work *w, const Record *r, const Record *old, const Field *field)
{
    Val rows = record_get(r, field);

    for (int i = 0; rows.kind == VAL_LIST && i < rows.n; i++) {
        const Record *row = rows.list[i].p;
        const Record *was = row ? record_row(old, field, record_id(row)) : NULL;
        for (int k = ROW_COUNT; row && row->given && k < row->form->nfield; k++) {
            const Field *x = row->form->field[k];
            if (row->given[k] && moved(row, was, x) && readonly(w, row, x)) return refuse(w, x);
        }
    }
    return true;
}

bool perm_fields_written(Work *w, const Record *r, const Record *old)
{
    if (w->as_app || !r->given) return true;
    Reach reach = perm_reach(w, old ? old : r);
    const Stage *stage = old && old->stage == r->stage ? r->stage : NULL;

    reach.r = r;
    for (int i = 0; i < r->form->nfield; i++) {
        const Field *x = r->form->field[i];
        if (!r->given[i] || x->system) continue;
        Right right = worse(by_rights(w, r->form, x, &reach), by_stage(w, x, stage));
        if (right >= RIGHT_MASKED) return refuse(w, x);
        bool fixed = right == RIGHT_READONLY || readonly(w, r, x);
        if (fixed && moved(r, old, x)) return refuse(w, x);
        if (field_is_rows(x) && !rows_written(w, r, old, x)) return false;
    }
    return !w->cx.err;
}

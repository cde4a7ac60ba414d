/*
 * prove_right.c — rights that do nothing or contradict, fields and forms that nobody sees.
 */
#include "def/prove_in.h"

static bool never_shown(Prove *p, const Field *x)
{
    return x->visible.expr ? expr_truth(&p->logic, x->visible.expr) == TRUTH_NEVER
        : !x->visible.on;
}

/* ---- a role's acts ---- */
static void acts(Prove *p, const Form *f, const Grant *g)
{
    static const struct { Act act, needs; } pairs[] = {
        { ACT_UPDATE, ACT_READ }, { ACT_DELETE, ACT_READ }, { ACT_EXPORT, ACT_READ },
        { ACT_BATCH, ACT_READ }, { ACT_IMPORT, ACT_CREATE },
    };
    for (int i = 0; i < LEN(pairs); i++) {
        const Scope *s = &g->scope[pairs[i].act];
        if (!prove_scope(p, s, NULL) || prove_grants(p, f, g->role, pairs[i].needs, NULL)) continue;
        cx_issue(p->cx, node_key_place(s->at), "right_without",
            "`%s` of `%s` does nothing without `%s`", act_name[pairs[i].act], g->role->key,
            act_name[pairs[i].needs]);
    }
}

/* ---- rights on fields ---- */
static void field_rights(Prove *p, const Grant *g)
{
    const Node *map = node_find(g->at, "fields");
    bool reaches = false;
    for (int i = 0; i < ACT_COUNT; i++) reaches |= prove_scope(p, &g->scope[i], NULL);
    if (!reaches && g->nright) {
        cx_issue(p->cx, node_key_place(map), "right_unreached",
            "rights on fields count for records that `%s` reaches, and it reaches none",
            g->role->key);
        return;
    }
    for (int i = 0; i < g->nright; i++) {
        const FieldRight *r = &g->right[i];
        const Field *x = r->field;
        bool fixed = x->computed || x->system || (x->readonly.on && !x->readonly.expr);
        bool idle = (r->right == RIGHT_READONLY && !r->read && fixed)
            || (!r->read && r->right != RIGHT_FULL && never_shown(p, x));
        if (!idle) continue;
        const Node *at = node_find(map, x->key);
        if (never_shown(p, x))
            cx_issue(p->cx, node_key_place(at), "right_idle", "`%s` is shown to nobody anyway",
                x->key);
        else
            cx_issue(p->cx, node_key_place(at), "right_idle", "`%s` is read-only for everyone",
                x->key);
    }
}

static Right right_in(const Grant *g, const Field *x)
{
    for (int i = 0; i < g->nright; i++)
        if (g->right[i].field == x) return g->right[i].read ? RIGHT_FULL : g->right[i].right;
    return RIGHT_FULL;
}

/* The widest right on the field among the grants that let the role do it. */
static Right widest(Prove *p, const Form *f, const Role *role, Act act, const Field *x)
{
    const Role *all = app_role(p->app, "everyone");
    Right best = RIGHT_HIDDEN;
    for (int i = 0; i < f->ngrant; i++) {
        const Grant *g = &f->grant[i];
        bool counts = g->role == all || role_holds(role, g->role);
        if (!counts || !prove_scope(p, &g->scope[act], NULL)) continue;
        if (right_in(g, x) < best) best = right_in(g, x);
    }
    return best;
}

static void creates(Prove *p, const Form *f, const Grant *g)
{
    const Scope *s = &g->scope[ACT_CREATE];
    if (!prove_scope(p, s, NULL) || prove_named(p, f->key, NULL, true)) return;
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        bool filled = x->preset.given || x->computed || x->value->store == STORE_BOOL;
        bool required = x->required.on && !x->required.expr && x->visible.on && !x->visible.expr;
        if (!required || filled || (x->readonly.on && !x->readonly.expr)) continue;
        if (widest(p, f, g->role, ACT_CREATE, x) == RIGHT_FULL) continue;
        bool copied = false;
        for (int k = f->nsystem; k < f->nfield; k++)
            for (int m = 0; m < f->field[k]->nfill; m++)
                copied |= str_eq(f->field[k]->fill_to[m], x->key);
        if (!copied)
            cx_issue(p->cx, node_key_place(s->at), "create_impossible",
                "`%s` may create records but not fill `%s`, which is required", g->role->key,
                x->key);
    }
}

/* ---- who sees ---- */
static bool in_layout(const Form *f, const Field *x)
{
    for (int i = 0; i < f->nsection; i++)
        for (int k = 0; k < f->section[i].nfield; k++)
            if (f->section[i].field[k] == x) return true;
    return false;
}

static void fields(Prove *p, const Form *f)
{
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        bool hidden = f->ngrant > 0, any = false;
        for (int k = 0; k < f->ngrant; k++) {
            if (!prove_scope(p, &f->grant[k].scope[ACT_READ], NULL)) continue;
            any = true;
            hidden &= right_in(&f->grant[k], x) == RIGHT_HIDDEN;
        }
        bool shown = in_layout(f, x) && (x->visible.on || x->visible.expr);
        if (any && hidden)
            cx_issue(p->cx, node_key_place(x->at), "field_hidden",
                "`%s` is hidden from every role that may read `%s`", x->key, f->key);
        else if (!shown && !prove_named(p, x->key, x->at, false))
            cx_issue(p->cx, node_key_place(x->at), "field_unseen",
                "`%s` is shown nowhere, and nothing reads it", x->key);
    }
}

/* A form that others only count or look up is read through them. */
static void readers(Prove *p, const Form *f)
{
    const Node *rights = node_find(f->at, "permissions");
    for (int i = 0; i < f->ngrant; i++)
        if (prove_scope(p, &f->grant[i].scope[ACT_READ], NULL)) return;
    cx_issue(p->cx, node_key_place(rights ? rights : node_find(f->at, "form")), "form_unread",
        "nobody but admins may read `%s`", f->key);
}

void prove_rights(Prove *p)
{
    for (int i = 0; i < p->app->nform; i++) {
        const Form *f = p->app->form[i];
        if (f->builtin) continue;
        readers(p, f);
        fields(p, f);
        for (int k = 0; k < f->ngrant; k++) {
            acts(p, f, &f->grant[k]);
            field_rights(p, &f->grant[k]);
            creates(p, f, &f->grant[k]);
        }
    }
}

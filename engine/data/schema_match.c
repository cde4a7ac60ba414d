/*
 * schema_match.c — which form or field of the database a wanted one is.
 *
 * In this order, level by level: what had the name in the former version that this app is,
 * text for text; what `was:` names; what has the name now; what had it once and is wanted by
 * nobody (its name was taken back); what was removed under that name. What is left is new, and
 * what nobody wants is retired.
 *
 * `was:` counts once: it is remembered when it has been applied. While both names are in use
 * it counts only when the other one moves too, so two fields can swap names; else it is refused.
 */
#include "data/schema_in.h"
#include "data/record_row.h"

typedef struct Level {
    Want **want; int n;
    const Known *up;
} Level;

Want *plan_wanted_as(const Planner *p, const Known *k)
{
    for (int i = 0; i < p->nwant; i++)
        if (p->want[i]->is == k) return p->want[i];
    return NULL;
}

static bool free_(const Planner *p, const Known *k)
{
    return k && !plan_wanted_as(p, k);
}

static Want *named(const Level *l, const char *name)
{
    for (int i = 0; i < l->n; i++)
        if (str_eq(l->want[i]->name, name)) return l->want[i];
    return NULL;
}

static Known *removed(const Planner *p, const Known *up, const char *name)
{
    Known *last = NULL;

    for (int i = 0; i < p->known.n; i++) {
        Known *k = p->known.item[i];
        if (k->up != up || !k->retired || !str_eq(k->name, name)) continue;
        if (!last || k->retired >= last->retired) last = k;
    }
    return last;
}

/* Entered values under a computed field, or rows under a value, are not that field. */
static bool fits(const Want *w, const Known *k)
{
    bool computed = w->field && w->field->computed;

    return !(computed && !k->from) && str_eq(w->kind, "rows") == str_eq(k->kind, "rows");
}

static void take(const Planner *p, Want *w, Known *k)
{
    if (k && free_(p, k) && fits(w, k)) w->is = k;
}

/* Does another want, whose name is new, say that it was this one? */
static bool leaves(const Planner *p, const Level *l, const Known *k)
{
    for (int i = 0; i < l->n; i++)
        if (str_eq(l->want[i]->was, k->name) && !str_eq(l->want[i]->name, k->name)
            && !known_find(&p->known, l->up, l->want[i]->name)) return true;
    return false;
}

/* Does it name another one that is there and has not been told so before? */
static Known *renamed_from(const Planner *p, const Level *l, const Want *w)
{
    Known *from = w->was ? known_find(&p->known, l->up, w->was) : NULL;
    const Known *own = known_find(&p->known, l->up, w->name);

    if (!w->was || str_eq(w->was, w->name)) return NULL;
    if (own && str_eq(own->was, w->was) && !leaves(p, l, own)) return NULL;
    return from ? from : own ? NULL : removed(p, l->up, w->was);
}

/* A new word that would empty one field and put another aside is a mistake more often than not. */
static void refuse_both(Planner *p, const Want *w, const Known *from)
{
    PlanStep step = { .what = PLAN_REFUSED, .rows = -1, .form = w->form->key,
        .field = w->field ? w->field->key : NULL };

    plan_add(p, step, "%s says that it was %s, but both are in use; drop `was`, or publish the "
        "removal of one of them first", w->name, from->name);
}

static void by_was(Planner *p, const Level *l)
{
    for (int i = 0; i < l->n; i++) {
        Want *w = l->want[i];
        Known *from = w->is ? NULL : renamed_from(p, l, w);
        if (!from) continue;
        const Want *other = named(l, from->name);
        bool own = known_find(&p->known, l->up, w->name) != NULL;
        if (!own || !other || renamed_from(p, l, other)) take(p, w, from);
        else refuse_both(p, w, from);
    }
}

static void by_past(const Planner *p, const Level *l, Want *w)
{
    for (int i = p->known.n - 1; i >= 0 && !w->is; i--) {
        Known *k = p->known.item[i];
        if (k->up == l->up && !k->retired && !named(l, k->name) && str_eq(k->kind, w->kind)
            && known_had(&p->known, k, w->name)) take(p, w, k);
    }
}

static void match_level(Planner *p, const Level *l)
{
    for (int i = 0; p->plan->former && i < l->n; i++)
        take(p, l->want[i], known_at(&p->known, l->up, l->want[i]->name, p->plan->former));
    by_was(p, l);
    for (int i = 0; i < l->n; i++)
        if (!l->want[i]->is)
            take(p, l->want[i], known_find(&p->known, l->up, l->want[i]->name));
    for (int i = 0; i < l->n; i++)
        if (!l->want[i]->is) by_past(p, l, l->want[i]);
    for (int i = 0; i < l->n; i++)
        if (!l->want[i]->is) take(p, l->want[i], removed(p, l->up, l->want[i]->name));
}

static void match_in(Planner *p, const Want *up)
{
    Level l = { .up = up ? up->is : NULL };

    if (up && !up->is) return;                /* all of it is new */
    l.want = ARENA_ARRAY(p->cx->a, Want *, p->nwant + 1);
    for (int i = 0; i < p->nwant; i++)
        if (p->want[i]->up == up) l.want[l.n++] = p->want[i];
    match_level(p, &l);
    for (int i = 0; i < l.n; i++)
        if (!l.want[i]->field || str_eq(l.want[i]->kind, "rows")) match_in(p, l.want[i]);
}

/* ---- how it will be known ---- */

static void know(Planner *p, Known *now, const Known *was)
{
    PlanKnown k = { now, was };
    ARENA_PUSH(p->cx->a, p->plan->known, p->plan->nknown, p->plan->known_cap, k);
}

static const char *where(Planner *p, const Want *w)
{
    return w->up ? arena_printf(p->cx->a, "%s.%s", where(p, w->up), w->name) : w->name;
}

static void tell(Planner *p, const Want *w)
{
    PlanStep step = { .what = PLAN_NOTE, .rows = -1, .form = w->form->key,
        .field = w->field ? w->field->key : NULL };
    const Known *k = w->is;

    if (k && !str_eq(k->name, w->name)) {
        step.what = PLAN_RENAME;
        if (p->plan->former) plan_add(p, step, "rename %s to %s, its name in version %lld",
            known_show(p->cx->a, k), where(p, w), (long long)p->plan->former);
        else plan_add(p, step, "rename %s to %s", known_show(p->cx->a, k), where(p, w));
    } else if (k && k->retired && !w->field) {
        plan_add(p, step, "form %s is back with its data", w->name);
    }
    if (k && k->retired && w->field)
        plan_add(p, step, "field %s is back with its data", where(p, w));
}

static void know_want(Planner *p, Want *w)
{
    w->now = ARENA_NEW(p->cx->a, Known);
    *w->now = (Known){ .id = w->is ? w->is->id : 0, .up = w->up ? w->up->now : NULL,
        .name = w->name, .kind = w->kind, .from = w->from, .rules = w->rules,
        .required = w->required,
        .was = w->was ? w->was : w->is && !p->plan->former ? w->is->was : NULL };
    know(p, w->now, w->is);
    tell(p, w);
}

static Known *now_of(const Planner *p, const Known *k)
{
    for (int i = 0; k && i < p->plan->nknown; i++)
        if (p->plan->known[i].was == k) return p->plan->known[i].now;
    return NULL;
}

/* The SQL name of a field whose name another one has is its own number. */
static bool name_is_taken(const Planner *p, const Known *k, const Known *up)
{
    for (int i = 0; i < p->nwant; i++)
        if ((p->want[i]->up ? p->want[i]->up->now : NULL) == up
            && str_eq(p->want[i]->name, k->name)) return true;
    return false;
}

bool plan_newer(const Planner *p, const Known *k)
{
    const Want *up = k->up ? plan_wanted_as(p, k->up) : NULL;

    return up && !k->retired && up->form->builtin && !plan_wanted_as(p, k);
}

static void retire(Planner *p, Known *k)
{
    Known *now = ARENA_NEW(p->cx->a, Known);
    Known *up = now_of(p, k->up);
    PlanStep step = { .what = PLAN_NOTE, .rows = -1, .form = k->up ? k->up->name : k->name,
        .field = k->up ? k->name : NULL };

    *now = *k;
    now->up = up;
    now->parked = name_is_taken(p, k, up) || (k->parked && k->retired);
    know(p, now, k);
    if (k->retired || (up && up->retired)) return;      /* with its form */
    if (plan_newer(p, k)) return;
    now->retired = p->plan->version + 1;
    if (!k->up) plan_add(p, step, "retire form %s: its table and data stay", k->name);
    else if (k->from) plan_add(p, step, "retire field %s", known_show(p->cx->a, k));
    else plan_add(p, step, "retire field %s: its column and data stay",
        known_show(p->cx->a, k));
}

void plan_match(Planner *p)
{
    match_in(p, NULL);
    for (int i = 0; i < p->nwant; i++) know_want(p, p->want[i]);
    for (int i = 0; i < p->known.n; i++)
        if (!plan_wanted_as(p, p->known.item[i])) retire(p, p->known.item[i]);
}

/*
 * wait_due.c — the kind of due time that waiting is. It waits for the record's own owner, as a stage
 * does: those of the awaited records have the times of their own stages.
 */
#include "data/wait_due.h"
#include "data/due_stage.h"
#include "data/wait.h"

#include <string.h>

const char *wait_due_rule(Work *w, const Workflow *flow, const Transition *t)
{
    return arena_printf(w->cx.a, WAIT_DUE "%s.%s", flow->key, t->key);
}

static bool thing(Work *w, const Record *r, const Transition *t, DueThing *out)
{
    char since[32];
    Val at = r->val[SYS_STAGE_SINCE];

    if (at.kind != VAL_DATETIME || !due_is(&t->wait->due)) return false;
    datetime_show(since, sizeof since, at.i);
    *out = (DueThing){ .r = r, .due = &t->wait->due, .since = at.i, .own = (void *)t,
        .rule = wait_due_rule(w, r->workflow, t), .key = arena_dup(w->cx.a, since) };
    return true;
}

bool wait_due_begin(Work *w, const Record *r, const Transition *t)
{
    DueThing d;

    return !thing(w, r, t, &d) || due_follow(w, &d);
}

bool wait_due_thing(Work *w, const Record *r, DueThing *out, bool *found)
{
    Waits x = { 0 };

    *found = false;
    if (!wait_look(w, r, 1, &x)) return false;
    *found = x.by && thing(w, r, x.by, out);
    return true;
}

/* Is one of those that lead here asked for its time with each write? */
static bool depends(const Record *r)
{
    for (int i = 0; r->workflow && r->stage && i < r->workflow->ntransition; i++) {
        const Transition *t = &r->workflow->transition[i];
        if (t->wait && t->to == r->stage && (t->wait->due.due || t->wait->due.pause)) return true;
    }
    return false;
}

bool wait_due_follow(Work *w, const Record *r)
{
    DueThing d;
    bool found;

    if (!depends(r)) return true;
    if (!wait_due_thing(w, r, &d, &found)) return false;
    return !found || due_follow(w, &d);
}

static bool find(Work *w, const Timer *t, DueThing *out)
{
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;
    DueThing now;
    Record *r = NULL;
    bool found = false;

    if (f && !record_load(w, f, t->record, false, &r)) return false;
    if (r && !wait_due_thing(w, r, &now, &found)) return false;
    if (found && str_eq(now.rule, t->rule) && str_eq(now.key, t->occurrence)) *out = now;
    return true;
}

static const char *name(Work *w, const DueThing *d, const char *lang)
{
    const Transition *t = d->own;

    (void)w;
    return form_label(t->wait->create->form, lang);
}

bool wait_due_fire(Work *w, const Timer *t, int64_t late_s)
{
    static const DueKind kind = { .find = find, .people = stage_due_people, .name = name,
        .act = stage_due_act };

    return due_fire(w, &kind, t, late_s);
}

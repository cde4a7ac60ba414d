/*
 * dues.c — each kind in turn.
 */
#include "data/dues.h"
#include "data/approval_due.h"
#include "data/due_stage.h"
#include "data/wait_due.h"

bool dues_of(Work *w, const Record *r, DueThing **out, int *n)
{
    DueThing *more, stage, wait;
    bool found;
    int nmore;

    if (!approval_due_things(w, r, &more, &nmore) || !wait_due_thing(w, r, &wait, &found)) return false;
    *out = ARENA_ARRAY(w->cx.a, DueThing, nmore + 2);
    *n = 0;
    if (stage_due(w, r, &stage)) (*out)[(*n)++] = stage;
    if (found) (*out)[(*n)++] = wait;
    for (int i = 0; i < nmore; i++) (*out)[(*n)++] = more[i];
    return true;
}

bool dues_follow(Work *w, Record *r)
{
    return stage_due_follow(w, r) && wait_due_follow(w, r) && approval_due_follow(w, r);
}

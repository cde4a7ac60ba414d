/*
 * apart.c — the arena is changed, and with it all that points into it.
 */
#include "data/apart.h"

#include <string.h>

static void forget(Work *w)
{
    w->cache = NULL;
    w->pending = NULL;
    memset(&w->asker, 0, sizeof w->asker);
}

bool work_apart(Work *w, bool (*fn)(Work *w, void *arg), void *arg)
{
    Arena *mine = arena_new(), *outer = w->cx.a;

    w->cx.a = mine;
    forget(w);
    bool ok = fn(w, arg);
    Cx after = w->cx;
    w->cx = cx_begin(outer, after.lang);
    if (!ok) cx_copy(&w->cx, &after);
    forget(w);
    arena_free(mine);
    return ok;
}

/*
 * import_right.c — who may import where, and whose an import is.
 */
#include "data/import.h"
#include "data/perm.h"

static bool may(Work *w, const Form *f)
{
    return f && perm_may(w, f, ACT_IMPORT) && perm_may(w, f, ACT_CREATE);
}

bool import_offered(Work *w, const Form *f)
{
    return w->who.admin || may(w, f);
}

bool import_may(Work *w, const Form *f)
{
    if (import_offered(w, f)) return true;
    return w->cx.err ? false : cx_fail(&w->cx, E_DENIED, "you may not import into this form");
}

bool import_may_any(Work *w)
{
    bool any = w->who.admin;

    for (int i = 0; i < w->app->nform && !any && !w->cx.err; i++) any = may(w, w->app->form[i]);
    if (any || w->cx.err) return any;
    return cx_fail(&w->cx, E_DENIED, "you may not import into any form");
}

bool import_own(Work *w, int64_t id, Import *out)
{
    if (!import_find(w, id, out)) return false;
    return w->who.admin || out->by == w->who.id || cx_fail(&w->cx, E_MISSING, "there is no such import");
}

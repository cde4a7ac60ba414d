/*
 * design_draft.c — the app as one's draft would make it, for a while: to run what is looked at there.
 *
 * To look, the connection is only looked with (db_look): every unit is refused, and what the draft needs
 * and the database does not have is blank (shade.h). So nothing is made for it, and nobody at work waits.
 */
#include "http/design.h"
#include "data/auth.h"
#include "data/shade.h"

#include <string.h>

enum { MOST_MS = 5000 };

/* Who may not sign in is nobody to look as; it is not the admin who has to. */
bool design_become(Work *w, const char *login)
{
    if (auth_become_login(w, login)) return true;
    if (w->cx.err != E_LOGIN) return false;
    cx_clear(&w->cx);
    return cx_fail(&w->cx, E_MISSING, "this user is not active");
}

DesignAs design_as_begin(Work *w)
{
    DesignAs before = { w->who, w->cx.lang, w->as_app, w->readable };

    w->readable = NULL;
    return before;
}

void design_as_end(Work *w, const DesignAs *before)
{
    w->who = before->who;
    w->cx.lang = before->lang;
    w->as_app = before->as_app;
    w->readable = before->readable;
    memset(&w->asker, 0, sizeof w->asker);
}

bool design_draft(Work *w, Response *r, bool (*fn)(Work *w, void *arg), void *arg)
{
    const App *served = w->app;
    Merge clash = { 0 };
    App *app = draft_app(w, &clash);

    if (w->cx.err || w->cx.nissue) return definition_refused(w, r, &clash, NULL);
    DesignAs before = design_as_begin(w);
    if (app) w->app = app;
    bool ok = fn(w, arg);
    w->app = served;
    if (app) app_give(app);
    design_as_end(w, &before);
    return ok;
}

typedef struct Look { const App *served; bool (*fn)(Work *w, void *arg); void *arg; } Look;

/* The connection is as it was afterwards, whatever fn did. */
static bool looked(Work *w, void *arg)
{
    const Look *look = arg;

    db_look(w->db, shade_of(w->cx.a, look->served, w->app, db_dialect(w->db)));
    db_timeout(w->db, MOST_MS);
    bool ok = look->fn(w, look->arg);
    db_rest(w->db);
    db_timeout(w->db, 0);
    db_look(w->db, NULL);
    return ok;
}

bool design_look(Work *w, Response *r, bool (*fn)(Work *w, void *arg), void *arg)
{
    Look look = { w->app, fn, arg };

    if (design_draft(w, r, looked, &look)) return true;
    if (w->cx.err != E_DB) return false;
    cx_clear(&w->cx);
    return cx_fail(&w->cx, E_CONFLICT, "this page asks the database for what is made when the draft is published");
}

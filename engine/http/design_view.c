/*
 * design_view.c — a view as one's draft has it, on the records there are: the list page itself, drawn
 * while the draft stands for the app. Nothing of it can be pressed in the designer.
 */
#include "http/design.h"

typedef struct ViewAsk { const Request *q; Response *r; const App *served; } ViewAsk;

static bool draw(Work *w, void *arg)
{
    const ViewAsk *ask = arg;
    const char *key = ask->q->segment[0];
    const Form *f = app_form(w->app, key);

    if (!f) return cx_fail(&w->cx, E_MISSING, "there is no form %s", key);
    const Field *missing = design_unmade(f, app_form(ask->served, key));
    if (missing)
        return cx_fail(&w->cx, E_INPUT, "%s.%s is not in the database yet: publish it, then try",
            key, missing->key);
    return page_list(w, ask->q, ask->r);
}

bool page_design_view(Work *w, const Request *q, Response *r)
{
    ViewAsk ask = { q, r, w->app };

    return design_draft(w, r, draw, &ask);
}

/*
 * design_view.c — a view as one's draft has it, on the records there are: the list page itself, drawn
 * while the draft stands for the app. Nothing of it can be pressed in the designer.
 */
#include "http/design.h"

typedef struct ViewAsk { const Request *q; Response *r; } ViewAsk;

static bool draw(Work *w, void *arg)
{
    const ViewAsk *ask = arg;

    return page_list(w, ask->q, ask->r);
}

bool page_design_view(Work *w, const Request *q, Response *r)
{
    ViewAsk ask = { q, r };

    return design_look(w, r, draw, &ask);
}

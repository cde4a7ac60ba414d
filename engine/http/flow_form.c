/*
 * flow_form.c — the answers of publish_fields.html and versions.html, and the migration they ask for.
 */
#include "http/flow_form.h"
#include "data/flow_migrate.h"
#include "http/page.h"

#include <string.h>

enum { PORTION = 1000 };

/* "old:new,…" of the fields to.FLOW.OLD */
static const char *map_of(Work *w, const Request *q, const char *flow)
{
    const char *lead = arena_printf(w->cx.a, "to.%s.", flow);
    Str s = str_begin(w->cx.a);

    for (int i = 0; q->form && i < q->form->n; i++) {
        const Node *n = q->form->item[i];
        const char *to = node_text(n);
        if (!to || !*to || !str_starts(n->key, lead)) continue;
        str_printf(&s, "%s%s:%s", s.n ? "," : "", n->key + strlen(lead), to);
    }
    return s.n ? str_show(&s) : NULL;
}

int flow_moves(Work *w, const Request *q, const FlowMove **out)
{
    const Node *n = node_find(q->form, "migrate");
    bool list = node_is(n, NODE_LIST);
    int all = list ? n->n : n ? 1 : 0;
    FlowMove *move = ARENA_ARRAY(w->cx.a, FlowMove, all + 1);

    for (int i = 0; i < all; i++) {
        const char *flow = node_text(list ? n->item[i] : n);
        move[i] = (FlowMove){ flow ? flow : "", flow ? map_of(w, q, flow) : NULL };
    }
    *out = move;
    return all;
}

static void read_map(Work *w, const Request *q, const Workflow *flow, MigrateAsk *ask)
{
    char **pair;
    const char *text = map_of(w, q, flow->key);
    int n = text ? str_split(w->cx.a, text, ',', &pair) : 0;
    StageMap *map = ARENA_ARRAY(w->cx.a, StageMap, n + 1);

    for (int i = 0; i < n; i++) {
        char *colon = strchr(pair[i], ':');
        Stage *to = workflow_stage(flow, colon + 1);
        *colon = '\0';
        if (to) map[ask->nmap++] = (StageMap){ pair[i], to };
    }
    ask->map = map;
}

bool page_workflow_migrate_post(Work *w, const Request *q, Response *r)
{
    const Workflow *flow = app_workflow(w->app, q->segment[0]);
    MigrateAsk ask = { .flow = flow, .limit = PORTION };
    MigrateDone done;

    if (!flow) return cx_fail(&w->cx, E_MISSING, "there is no workflow %s", q->segment[0]);
    read_map(w, q, flow, &ask);
    if (!flow_migrate(w, &ask, &done)) return false;
    response_redirect(&w->cx, r, arena_printf(w->cx.a, "/admin/versions?taken=%lld&stay=%d%s",
        (long long)done.moved, done.nrefused, done.more ? "&more=1" : ""));
    return true;
}

void flow_told(Work *w, const Request *q, Node *page)
{
    const char *stay = request_arg(q, "stay");

    node_put_text(w->cx.a, page, "taken", request_arg(q, "taken"));
    node_put_text(w->cx.a, page, "stay", stay && !str_eq(stay, "0") ? stay : NULL);
    node_put_text(w->cx.a, page, "more", request_arg(q, "more"));
}

/*
 * flow_draw.c — each transition is a bow at the right of the list: the further it leads the wider,
 * so that longer ones enclose shorter ones and none crosses a name.
 */
#include "http/flow_draw.h"

enum { NEAR = 26, WIDER = 15, WIDEST = 122, THIN = 15, THICK = 50 };   /* the last two in tenths */

static int row_of(const Process *p, const Stage *s)
{
    for (int i = 0; i < p->nstage; i++)
        if (str_eq(p->stage[i].stage, s->key)) return i;
    return 0;
}

static int64_t made(const Process *p, const Stage *from, const Transition *t)
{
    for (int i = 0; i < p->nmove; i++)
        if (str_eq(p->move[i].from, from->key) && str_eq(p->move[i].to, t->to->key)
            && str_eq(p->move[i].transition, t->key)) return p->move[i].n;
    return 0;
}

static void add_line(Work *w, Node *list, int from, int to, const char *tone, int tenths)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));
    int far = from < to ? to - from : from - to, bow = NEAR + WIDER * (far ? far - 1 : 0);
    int y = from * FLOW_ROW + FLOW_ROW / 2, end = to * FLOW_ROW + FLOW_ROW / 2;

    if (bow > WIDEST) bow = WIDEST;
    y += from <= to ? 7 : -7;
    end += from <= to ? -7 : 7;
    node_put_text(a, one, "d", arena_printf(a, "M1 %d C%d %d %d %d 9 %d", y, bow, y, bow, end, end));
    node_put_text(a, one, "tone", tone);
    node_put_text(a, one, "width", arena_printf(a, "%d.%d", tenths / 10, tenths % 10));
}

void flow_draw(Work *w, Node *page, const Workflow *flow, const Process *p)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "lines", node_list(a));
    int64_t most = 1;

    for (int i = 0; i < p->nmove; i++)
        if (p->move[i].from && p->move[i].n > most) most = p->move[i].n;
    for (int i = 0; i < flow->ntransition; i++) {
        const Transition *t = &flow->transition[i];
        for (int k = 0; !t->into && k < t->nfrom; k++) {
            int from = row_of(p, t->from[k]), to = row_of(p, t->to);
            int64_t n = made(p, t->from[k], t);
            const char *tone = !n ? "unused" : str_eq(t->to->status, "lost") ? "lost"
                : to < from ? "back" : "on";
            add_line(w, list, from, to, tone, n ? THIN + (int)(n * (THICK - THIN) / most) : 10);
        }
    }
    node_put_int(a, page, "lines_high", p->nstage * FLOW_ROW);
}

/*
 * undo.c — the way back is an ordinary restore or move, judged again when it is made.
 */
#include "http/undo.h"
#include "data/move.h"

static void offer(Work *w, Node *page, const char *href, const char *label, const char *back)
{
    Arena *a = w->cx.a;
    Node *undo = node_put(a, page, "undo", node_map(a));

    node_put_text(a, undo, "href", href);
    node_put_text(a, undo, "label", label);
    node_put_text(a, undo, "back", back);
}

void undo_delete(Work *w, const Request *q, Node *page, const Form *f)
{
    Arena *a = w->cx.a;
    Cx before = w->cx;
    int64_t id = request_arg_int(&w->cx, q, "deleted", 0, 1, INT64_MAX);
    ListAsk ask = { .form = f, .binned = true, .limit = 1,
        .filter = arena_printf(a, "id = %lld", (long long)id) };
    List list;

    if (id && !w->cx.err && query_list(w, &ask, &list) && list.n
            && perm_on(w, ACT_DELETE, list.record[0]))
        offer(w, page, page_below(a, f, id, "restore"), page_say(w, "Undo"), NULL);
    if (w->cx.err) w->cx = before;
}

void undo_move(Work *w, const Request *q, Node *page, const Record *r, const char *back)
{
    const char *from = request_arg(q, "moved");
    Cx before = w->cx;
    MoveOffer *o;
    int n;

    if (!from || !r->stage) return;
    if (!move_offers(w, r, &o, &n)) {
        w->cx = before;
        return;
    }
    for (int i = 0; i < n; i++) {
        const Transition *t = o[i].transition;
        if (t->into || !str_eq(t->to->key, from) || !o[i].allowed || o[i].nmissing) continue;
        offer(w, page, page_below(w->cx.a, r->form, record_id(r),
            arena_printf(w->cx.a, "move/%s", t->key)),
            label_show(&t->label, w->cx.lang, t->key), back);
        return;
    }
}

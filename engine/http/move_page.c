/*
 * move_page.c — what a move asks for. The page and the dialog of the board are the same markup.
 */
#include "http/form_post.h"
#include "http/handlers.h"
#include "http/small_form.h"
#include "data/move.h"
#include "data/save.h"

MUST static bool find_offer(Work *w, const Request *q, Record *r, MoveOffer *out)
{
    MoveOffer *offer;
    int n;

    if (!move_offers(w, r, &offer, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (!str_eq(offer[i].transition->key, q->segment[2])) continue;
        *out = offer[i];
        return true;
    }
    return cx_fail(&w->cx, E_INPUT, "there is no such move from here");
}

static bool show_move(Work *w, const Request *q, Response *r, Record *rec, const MoveOffer *o,
    const Node *input, const Cx *failed)
{
    Arena *a = w->cx.a;
    const Transition *t = o->transition;
    const char *label = label_show(&t->label, w->cx.lang, t->key);
    Cx refused = cx_begin(a, w->cx.lang);
    SmallForm x = { .form = rec->form, .r = rec, .title = label, .submit = label,
        .action = page_below(a, rec->form, record_id(rec), arena_printf(a, "move/%s", t->key)),
        .back = small_form_back(q), .comment = true,
        .guide = page_say(w, "Moves on to “%s”.",
            transition_target(w->cx.a, t, w->cx.lang)),
        .fields = node_list(a), .failed = failed };

    if (!o->allowed && !failed) {
        refused.err = E_INPUT;
        refused.text = o->why;
        x.failed = &refused;
        x.submit = NULL;
        x.comment = false;
    }
    for (int i = 0; o->allowed && i < t->nrequire; i++) {
        Node *field = page_field(w, &(FieldAsk){ .r = rec, .f = t->require[i], .input = input,
            .issues = failed, .always = true });
        if (field) node_add(a, x.fields, field);
    }
    return small_form_show(w, q, r, &x);
}

bool page_move(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Record *rec;
    MoveOffer offer;
    int64_t id;

    return request_record(w, q, &f, &id) && query_one(w, f, id, &rec)
        && find_offer(w, q, rec, &offer) && show_move(w, q, r, rec, &offer, NULL, NULL);
}

/* What was left as it stands needs no right to be written. */
static void drop_unchanged(Work *w, Node *body, const Record *r)
{
    for (int i = body->n - 1; i >= 0; i--) {
        const Field *f = form_field(r->form, body->item[i]->key);
        const char *text = node_text(body->item[i]);
        if (f && text && str_eq(text, page_value_text(w, f, record_get(r, f))))
            node_remove(body, f->key);
    }
}

/* Back to the record or to the board; `moved` tells what could be taken back. */
static const char *after_move(Work *w, const Form *f, int64_t id, const char *back,
    const char *from)
{
    Arena *a = w->cx.a;
    const char *here = page_href(a, f, id);

    if (!back || str_eq(back, here)) return page_url(a, here, "moved", from, NULL);
    return page_url(a, back, "moved", from, "record",
        arena_printf(a, "%lld", (long long)id), NULL);
}

bool page_move_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Record *rec;
    MoveOffer offer;
    Saved saved;
    Cx failed;
    int64_t id;

    if (!request_record(w, q, &f, &id) || !query_one(w, f, id, &rec)) return false;
    Node *input = form_body(w, f, q->form, false), *body = node_copy(w->cx.a, input);
    drop_unchanged(w, body, rec);
    SaveAsk ask = { .form = f, .id = id, .body = body, .transition = q->segment[2],
        .comment = node_text(node_find(q->form, "_comment")), .force_warned = true };
    const char *from = rec->stage ? rec->stage->key : "1";
    if (save_record(w, &ask, &saved)) {
        const char *there = page_back(small_form_back(q), page_href(w->cx.a, f, id));
        if (saved.waits)
            response_redirect(&w->cx, r, page_url(w->cx.a, there, "waits", "1", NULL));
        else response_redirect(&w->cx, r, after_move(w, f, id, page_back(small_form_back(q), NULL), from));
        return true;
    }
    if (!small_form_keep(w, &failed)) return false;
    if (find_offer(w, q, rec, &offer)) return show_move(w, q, r, rec, &offer, input, &failed);
    cx_clear(&w->cx);
    cx_copy(&w->cx, &failed);
    return false;
}

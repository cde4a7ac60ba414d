/*
 * several.c — see several.h.
 */
#include "http/several.h"
#include "http/api.h"
#include "data/readable.h"
#include "data/save.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 200 };

typedef struct Done { bool ok; const char *code, *why; } Done;

MUST static bool do_one(Work *w, const Form *f, int64_t id, const Several *x, Done *out)
{
    bool ok = x->run(w, f, id, x->arg);
    Err err = w->cx.err;

    *out = (Done){ .ok = ok };
    if (ok) return true;
    if (err != E_INPUT && err != E_DENIED && err != E_MISSING && err != E_CONFLICT
        && err != E_RULE) return false;
    out->code = w->cx.nissue ? w->cx.issue[0].code : err_code(err);
    out->why = w->cx.nissue ? w->cx.issue[0].text : w->cx.text;
    cx_clear(&w->cx);
    return true;
}

static bool too_many(Work *w, int n)
{
    return n > MOST && !cx_fail(&w->cx, E_SIZE, "at most %d changes in one batch", MOST);
}

bool several_press(Work *w, const Form *f, int64_t id, const void *arg)
{
    const Pressing *p = arg;
    Saved saved;

    return save_action(w, f, id, p->name, p->params, &saved);
}

bool several_answer(Work *w, Response *r, const Form *f, const Node *records, const Several *x)
{
    int64_t *id;
    int n;

    if (!api_ids(w, records, "records", &id, &n)) return cx_check(&w->cx);
    if (too_many(w, n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "results");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        Done one;
        if (!do_one(w, f, id[i], x, &one)) return false;
        json_map(&j);
        json_key(&j, "id"); json_int(&j, id[i]);
        json_name(&j, x->key); json_bool(&j, one.ok);
        if (!one.ok) {
            json_key(&j, "code"); json_text(&j, one.code);
            json_key(&j, "message"); json_text(&j, one.why);
        }
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

/* ---- the page ---- */

bool several_ticked(Work *w, const Request *q, const char *name, int64_t **id, int *n)
{
    const Node *list = node_find(q->form, name);
    int all = !list ? 0 : list->kind == NODE_LIST ? list->n : 1;

    *n = 0;
    *id = ARENA_ARRAY(w->cx.a, int64_t, MOST + 1);
    if (too_many(w, all)) return false;
    for (int i = 0; i < all; i++) {
        const char *text = node_text(list->kind == NODE_LIST ? list->item[i] : list);
        int64_t one = text ? strtoll(text, NULL, 10) : 0;
        bool twice = one <= 0;
        for (int k = 0; k < *n; k++) twice |= (*id)[k] == one;
        if (!twice) (*id)[(*n)++] = one;
    }
    return true;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

bool several_titles(Work *w, const Form *f, const int64_t *id, int n)
{
    int64_t *sorted = ARENA_ARRAY(w->cx.a, int64_t, n + 1);

    for (int i = 0; i < n; i++) sorted[i] = id[i];
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    return !n || query_titles_of(w, f, sorted, n);
}

static void add_line(Work *w, Node *list, const Form *f, int64_t id, const char *why)
{
    Arena *a = w->cx.a;
    Node *line = node_add(a, list, node_map(a));
    const char *title = readable_title(w, f, id);
    bool seen = title && *title;

    node_put_text(a, line, "title", seen ? title : page_say(w, "Record %lld", (long long)id));
    node_put_text(a, line, "href", seen ? page_href(a, f, id) : NULL);
    node_put_text(a, line, "why", why);
}

bool several_page(Work *w, const Request *q, Response *r, const Form *f, const int64_t *id, int n,
    const Several *x)
{
    Arena *a = w->cx.a;
    Done *done = ARENA_ARRAY(a, Done, n + 1);
    Node *refused = node_list(a), *well = node_list(a);
    const char *back = node_text(node_find(q->form, "_back"));

    for (int i = 0; i < n; i++)
        if (!do_one(w, f, id[i], x, &done[i])) return false;
    if (!several_titles(w, f, id, n)) return false;
    for (int i = 0; i < n && !w->cx.err; i++)
        add_line(w, done[i].ok ? well : refused, f, id[i], done[i].why);
    if (w->cx.err) return false;
    Node *page = page_begin(w, q, page_say(w, "%s: done for %d of %d", x->label, well->n, n));
    page_crumbs(w, page, f, NULL);
    node_put_text(a, page, "back", page_back(back ? back : node_text(node_find(q->form, "back")),
        arena_printf(a, "/f/%s", f->key)));
    node_put_bool(a, page, "none", n == 0);
    node_put_int(a, page, "nrefused", refused->n);
    node_put(a, page, "refused", refused);
    node_put(a, page, "well", well);
    return page_end(w, q, r, "several", page);
}

/*
 * small_form.c — see small_form.h.
 */
#include "http/small_form.h"

bool small_form_show(Work *w, const Request *q, Response *r, const SmallForm *x)
{
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, x->title);
    Node *records = node_put(a, page, "records", node_list(a));
    const char *here = x->r ? page_href(a, x->form, record_id(x->r))
        : arena_printf(a, "/f/%s", x->form->key);

    page_crumbs(w, page, x->form, x->r);
    for (int i = 0; i < x->nid; i++) node_put_int(a, node_add(a, records, node_map(a)), "id", x->id[i]);
    node_put_text(a, page, "title", x->title);
    node_put_text(a, page, "action", x->action);
    node_put_text(a, page, "back", page_back(x->back, here));
    node_put_text(a, page, "guide", x->guide);
    node_put_text(a, page, "submit", x->submit);
    node_put_bool(a, page, "multipart", x->r && form_of_files(x->form));
    node_put_bool(a, page, "comment", x->comment);
    node_put(a, page, "fields", x->fields);
    node_put_text(a, page, "rules", "{}");
    node_put_text(a, page, "record", "{}");
    if (x->failed)
        node_put(a, page, "issues", x->issues ? x->issues : page_issues(w, x->form, x->failed));
    if (w->cx.err && w->cx.err != E_INPUT) return false;
    cx_clear(&w->cx);
    page_end(w, q, r, "move", page);
    if (x->failed) r->status = err_status(x->failed->err ? x->failed->err : E_INPUT);
    return true;
}

const char *small_form_back(const Request *q)
{
    const char *posted = node_text(node_find(q->form, "_back"));

    if (!posted) posted = node_text(node_find(q->form, "back"));
    return posted ? posted : request_arg(q, "back");
}

bool small_form_keep(Work *w, Cx *failed)
{
    if (w->cx.err == E_MISSING || w->cx.err == E_LOGIN) return false;
    *failed = cx_begin(w->cx.a, w->cx.lang);
    cx_copy(failed, &w->cx);
    cx_clear(&w->cx);
    return true;
}

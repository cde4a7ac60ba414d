/*
 * related.c — a few records of each form that points here, newest or as its first table sorts.
 */
#include "http/list_page.h"
#include "http/related.h"
#include "def/types.h"

enum { A_FEW = 6, COLUMNS = 5 };

static const View *table_of(const Form *f)
{
    for (int i = 0; i < f->nview; i++)
        if (f->view[i].type == VIEW_TABLE) return &f->view[i];
    return NULL;
}

static int columns_of(Work *w, const Form *f, const Field *link, Field **out)
{
    const View *v = table_of(f);
    int n = 0;

    for (int i = 0; v && i < v->ncolumn && n < COLUMNS; i++)
        if (v->column[i] != link && perm_field(w, f, v->column[i], NULL) != RIGHT_HIDDEN)
            out[n++] = v->column[i];
    return n;
}

static bool is_link(const Field *f)
{
    return f->type == &type_link || f->type == &type_links;
}

static const char *label_of(Work *w, const Form *f, const Field *link)
{
    int links = 0;

    for (int i = f->nsystem; i < f->nfield; i++)
        links += f->field[i]->to == link->to && is_link(f->field[i]);
    if (links < 2) return form_label(f, w->cx.lang);
    return arena_printf(w->cx.a, "%s · %s", form_label(f, w->cx.lang),
        field_label(link, w->cx.lang));
}

MUST static bool add_list(Work *w, Node *lists, const Record *r, const Form *f,
    const Field *link)
{
    Arena *a = w->cx.a;
    Field *field[COLUMNS];
    int n = columns_of(w, f, link, field);
    const char *id = arena_printf(a, "%lld", (long long)record_id(r));
    const View *v = table_of(f);
    int nsort;
    const Sort *sorts = list_sorts(w, v, &nsort);
    ListAsk ask = { .form = f, .related = link->key, .related_id = record_id(r),
        .limit = A_FEW, .field = field, .nfield = n, .sorts = sorts,
        .nsort = nsort };
    List list;

    if (!n) return true;
    if (!query_list(w, &ask, &list) || !query_titles(w, list.record, list.n, field, n))
        return false;
    Node *one = node_add(a, lists, node_map(a));
    Node *columns = node_put(a, one, "columns", node_list(a));
    Node *rows = node_put(a, one, "rows", node_list(a));
    node_put_text(a, one, "form", f->key);
    node_put_text(a, one, "label", label_of(w, f, link));
    for (int i = 0; i < n; i++) node_add(a, columns, page_column(w, field[i]));
    for (int i = 0; i < list.n; i++) node_add(a, rows, list_row(w, list.record[i], field, n));
    const char *at = arena_printf(a, "/f/%s", f->key);
    node_put_text(a, one, "more", !list.next ? NULL : page_url(a, at, "view",
        v ? v->key : NULL, "filter", arena_printf(a, link->name.kind == NAME_LIST ? "%s contains %s" : "%s = %s", link->key, id), NULL));
    node_put_text(a, one, "new_href", !perm_may(w, f, ACT_CREATE) ? NULL
        : page_url(a, arena_printf(a, "%s/new", at), link->key, id, NULL));
    return true;
}

bool related_lists(Work *w, const Record *r, Node **out)
{
    const App *app = w->app;

    *out = node_list(w->cx.a);
    for (int i = 0; i < app->nform; i++) {
        const Form *f = app->form[i];
        if (!perm_may(w, f, ACT_READ)) continue;
        for (int k = f->nsystem; k < f->nfield; k++) {
            const Field *link = f->field[k];
            if (!is_link(link) || link->to != r->form
                || !perm_filterable(w, f, link)) continue;
            if (!add_list(w, *out, r, f, link)) return false;
        }
    }
    return true;
}

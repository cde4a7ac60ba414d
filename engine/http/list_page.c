/*
 * list_page.c — a table of records: view tabs, sort, filter, search, the next page; and the
 * recycle bin.
 *
 * A filter that is wrong shows the page with the mistake under it: what was typed stays.
 */
#include "http/list_page.h"
#include "http/handlers.h"
#include "http/undo.h"
#include "base/i18n.h"
#include "data/auth.h"
#include "data/record_row.h"

#include <string.h>

enum { A_PAGE = 50 };

const char *list_url(Arena *a, const ListLook *x, const char *filter, const char *q,
    const char *sort, const char *after)
{
    return page_url(a, arena_printf(a, "/f/%s", x->form->key), "view", x->view_key,
        "workflow", x->workflow, "filter", filter, "q", q, "sort", sort, "after", after, NULL);
}

static const char *arg(const Request *q, const char *name)
{
    const char *text = request_arg(q, name);
    return text && *text ? text : NULL;
}

bool list_look(Work *w, const Request *q, ListLook *x)
{
    *x = (ListLook){ .form = request_form(w, q) };
    if (!x->form) return false;
    if (!perm_may(w, x->form, ACT_READ))
        return cx_fail(&w->cx, E_MISSING, "there is no form %s", x->form->key);
    x->view = form_view(x->form, arg(q, "view"));
    if (!x->view) x->view = form_view(x->form, NULL);
    x->view_key = x->view ? x->view->key : NULL;
    x->filter = arg(q, "filter");
    x->q = arg(q, "q");
    x->sort = arg(q, "sort");
    x->workflow = arg(q, "workflow");
    return true;
}

/* A filter to begin with, made of the form's own fields. */
static const char *example(Work *w, const Form *f)
{
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        if (x->noption && perm_filterable(w, f, x))
            return arena_printf(w->cx.a, x->name.kind == NAME_LIST ? "%s contains '%s'"
                : "%s = '%s'", x->key, x->option[0].value);
    }
    return "created_at >= today() - 7";
}

static void add_filter_help(Work *w, Node *page, const Form *f)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "filter_help", node_list(a));

    if (f->staged) node_add(a, list, node_new_text(a, "stage.status = 'open'"));
    if (f->owner)
        node_add(a, list, node_new_text(a, arena_printf(a, f->owner->name.kind == NAME_LIST
            ? "%s contains me()" : "%s = me()", f->owner->key)));
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        if (field_is_rows(x) || !perm_filterable(w, f, x)) continue;
        node_add(a, list, node_new_text(a, x->key));
    }
}

void list_frame(Work *w, Node *page, const ListLook *x)
{
    Arena *a = w->cx.a;
    const Form *f = x->form;
    const char *here = arena_printf(a, "/f/%s", f->key);
    Node *views = node_put(a, page, "views", node_list(a));

    page_crumbs(w, page, f, NULL);
    node_put_text(a, page, "list_at", here);
    node_put_text(a, page, "search_at", here);
    node_put_text(a, page, "view", x->view_key);
    node_put_text(a, page, "filter", x->filter);
    node_put_text(a, page, "filter_example", example(w, f));
    node_put_bool(a, page, "filter_bad", false);
    node_put_text(a, page, "q", x->q);
    node_put_text(a, page, "sort", x->sort);
    node_put_text(a, page, "workflow", x->workflow);
    node_put_text(a, page, "unfiltered", list_url(a, x, NULL, x->q, x->sort, NULL));
    node_put_text(a, page, "unsearched", list_url(a, x, x->filter, NULL, x->sort, NULL));
    node_put_bool(a, page, "may_create", perm_may(w, f, ACT_CREATE));
    node_put_text(a, page, "new_href", arena_printf(a, "/f/%s/new", f->key));
    node_put_text(a, page, "bin_href", arena_printf(a, "/bin/%s", f->key));
    add_filter_help(w, page, f);
    for (int i = 0; i < f->nview; i++) {
        Node *one = node_add(a, views, node_map(a));
        node_put_text(a, one, "label",
            label_show(&f->view[i].label, w->cx.lang, f->view[i].key));
        node_put_text(a, one, "href", page_url(a, here, "view", f->view[i].key, NULL));
        node_put_bool(a, one, "current", &f->view[i] == x->view);
    }
}

bool list_refused(Work *w, Node *page)
{
    Arena *a = w->cx.a;
    const Issue *issue = w->cx.nissue ? &w->cx.issue[0] : NULL;

    if (w->cx.err != E_INPUT && w->cx.err != E_DENIED && w->cx.err != E_SYNTAX) return false;
    node_put_text(a, page, "error", issue ? issue->text : w->cx.text);
    node_put_text(a, page, "error_source", issue ? issue->source : NULL);
    node_put_bool(a, page, "filter_bad", true);
    cx_clear(&w->cx);
    return true;
}

const Sort *list_sorts(Work *w, const View *v, int *n)
{
    Sort *out = ARENA_ARRAY(w->cx.a, Sort, (v ? v->nsort : 0) + 1);

    *n = 0;
    for (int i = 0; v && i < v->nsort; i++)
        if (perm_filterable(w, v->sort[i].field->form, v->sort[i].field))
            out[(*n)++] = v->sort[i];
    return *n ? out : NULL;
}

/* The columns of the view that this person may see at all. */
static void columns_of(Work *w, const ListLook *x, Field ***out, int *n)
{
    const View *v = x->view;

    *n = 0;
    *out = ARENA_ARRAY(w->cx.a, Field *, (v ? v->ncolumn : 0) + 1);
    for (int i = 0; v && i < v->ncolumn; i++)
        if (perm_field(w, x->form, v->column[i], NULL) != RIGHT_HIDDEN)
            (*out)[(*n)++] = v->column[i];
}

/* How the list is sorted by this column now: 1 up, -1 down, 0 not. */
static int sorted_by(const ListLook *x, const Field *f)
{
    const char *s = x->sort;

    if (!s) {
        const View *v = x->view;
        return v && v->nsort && v->sort[0].field == f ? v->sort[0].down ? -1 : 1 : 0;
    }
    bool down = *s == '-';
    size_t n = strlen(f->key);
    s += down;
    if (strncmp(s, f->key, n) || (s[n] && s[n] != ',')) return 0;
    return down ? -1 : 1;
}

static void add_columns(Work *w, Node *page, const ListLook *x, Field *const *field, int n)
{
    Arena *a = w->cx.a;
    Node *columns = node_put(a, page, "columns", node_list(a));

    for (int i = 0; i < n; i++) {
        Node *c = node_add(a, columns, page_column(w, field[i]));
        int now = sorted_by(x, field[i]);
        bool may = !field_is_rows(field[i]) && !field_is_list(field[i])
            && perm_filterable(w, x->form, field[i]);
        node_put_text(a, c, "sorted", now > 0 ? "ascending" : now < 0 ? "descending" : NULL);
        node_put_text(a, c, "href", !may ? NULL : list_url(a, x, x->filter, x->q,
            now > 0 ? arena_printf(a, "-%s", field[i]->key) : field[i]->key, NULL));
    }
}

Node *list_row(Work *w, const Record *r, Field *const *field, int n)
{
    Arena *a = w->cx.a;
    Node *row = node_map(a), *cells = node_put(a, row, "cells", node_list(a));
    Reach reach = perm_reach(w, r);

    node_put_text(a, row, "href", page_href(a, r->form, record_id(r)));
    node_put_text(a, row, "title", record_title(w, r));
    for (int i = 0; i < n; i++) {
        Right right = perm_field_reached(w, r->form, field[i], &reach);
        Node *cell = page_value_with(w, r, field[i], right);
        if (!cell) {
            cell = page_column(w, field[i]);
            node_put_bool(a, cell, "blank", true);
            node_put_text(a, cell, "text", "");
        }
        if (i == 0) node_put_bool(a, cell, "first", true);
        node_add(a, cells, cell);
    }
    return row;
}

static void add_export(Work *w, Node *page, const ListLook *x)
{
    Arena *a = w->cx.a;

    if (!perm_may(w, x->form, ACT_EXPORT)) return;
    Node *export = node_put(a, page, "export", node_map(a));
    const char *at = arena_printf(a, "/api/v1/forms/%s/export", x->form->key);
    node_put_text(a, export, "csv", page_url(a, arena_printf(a, "%s.csv", at), "filter",
        x->filter, "q", x->q, NULL));
    node_put_text(a, export, "json", page_url(a, arena_printf(a, "%s.json", at), "filter",
        x->filter, "q", x->q, NULL));
}

/* Whom an admin still has to give a password. */
MUST static bool add_locked_out(Work *w, Node *page, const ListLook *x)
{
    enum { NAMED = 20 };
    Arena *a = w->cx.a;
    Locked *who;
    int n;

    if (!w->who.admin || !str_eq(x->form->key, "user")) return true;
    if (!auth_without_password(w, NAMED, &who, &n)) return false;
    Node *list = node_put(a, page, "locked_out", node_list(a));
    for (int i = 0; i < n; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "name", who[i].name);
        node_put_text(a, one, "href", page_below(a, x->form, who[i].user, "password"));
    }
    return true;
}

static bool show_list(Work *w, const Request *q, Response *r, const ListLook *x)
{
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, form_label(x->form, w->cx.lang));
    page_computing(w, page, x->form);
    Node *rows = node_list(a);
    Field **field;
    int n, nsort;
    const Sort *sorts = list_sorts(w, x->view, &nsort);
    List list = { 0 };

    list_frame(w, page, x);
    undo_delete(w, q, page, x->form);
    columns_of(w, x, &field, &n);
    ListAsk ask = { .form = x->form, .filter = x->filter,
        .also = x->view ? x->view->filter : NULL, .sort = x->sort, .sorts = sorts,
        .nsort = nsort, .q = x->q, .after = arg(q, "after"), .limit = A_PAGE,
        .field = field, .nfield = n };
    bool ok = query_list(w, &ask, &list) && query_titles(w, list.record, list.n, field, n);
    if (!ok && !list_refused(w, page)) return false;
    for (int i = 0; ok && i < list.n; i++)
        node_add(a, rows, list_row(w, list.record[i], field, n));
    add_columns(w, page, x, field, n);
    add_export(w, page, x);
    node_put(a, page, "rows", rows);
    node_put_bool(a, page, "narrowed", x->filter || x->q || ask.also);
    node_put_text(a, page, "all_href", page_url(a, arena_printf(a, "/f/%s", x->form->key),
        "view", x->view_key, NULL));
    if (ok && list.next)
        node_put_text(a, page, "next", list_url(a, x, x->filter, x->q, x->sort, list.next));
    if (w->cx.err || !add_locked_out(w, page, x)) return false;
    page_end(w, q, r, "list", page);
    if (!ok) r->status = 422;
    return true;
}

bool page_list(Work *w, const Request *q, Response *r)
{
    ListLook x;

    if (!list_look(w, q, &x)) return false;
    return x.view && x.view->type == VIEW_KANBAN ? board_show(w, q, r, &x)
        : show_list(w, q, r, &x);
}

bool page_bin(Work *w, const Request *q, Response *r)
{
    Arena *a = w->cx.a;
    ListLook x;
    List list;

    if (!list_look(w, q, &x)) return false;
    const Field *when = x.form->field[SYS_DELETED_AT];
    ListAsk ask = { .form = x.form, .binned = true, .sort = "-id", .after = arg(q, "after"),
        .limit = A_PAGE };
    if (!query_list(w, &ask, &list)) return false;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Recycle bin"));
    page_crumbs(w, page, x.form, NULL);
    Node *rows = node_put(a, page, "rows", node_list(a));
    for (int i = 0; i < list.n; i++) {
        const Record *rec = list.record[i];
        Val at = record_get(rec, when);
        Node *row = node_add(a, rows, node_map(a));
        node_put_text(a, row, "title", record_title(w, rec));
        node_put_text(a, row, "when", at.kind == VAL_DATETIME ? page_moment(w, at.i) : "");
        node_put_text(a, row, "restore", page_below(a, x.form, record_id(rec), "restore"));
        node_put_bool(a, row, "may", perm_on(w, ACT_DELETE, rec));
    }
    if (list.next)
        node_put_text(a, page, "next",
            page_url(a, arena_printf(a, "/bin/%s", x.form->key), "after", list.next, NULL));
    return page_end(w, q, r, "bin", page);
}

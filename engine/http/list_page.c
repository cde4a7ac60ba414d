/*
 * list_page.c — a table of records: its columns, its order, the next page; and the recycle bin.
 *
 * A filter that is wrong shows the page with the mistake under it: what was typed stays.
 */
#include "http/list_page.h"
#include "http/handlers.h"
#include "http/undo.h"
#include "base/i18n.h"
#include "data/auth.h"
#include "data/pool.h"
#include "data/press.h"
#include "data/import.h"
#include "data/record_row.h"

#include <string.h>

enum { A_PAGE = 50 };

static const char *arg(const Request *q, const char *name)
{
    const char *text = request_arg(q, name);
    return text && *text ? text : NULL;
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

/* Of a saved order only what still holds for this person. */
static const char *sort_that_holds(Work *w, const ListLook *x)
{
    Str s = str_begin(w->cx.a);
    char **piece;
    int n = str_split(w->cx.a, x->sort, ',', &piece);

    for (int i = 0; i < n; i++) {
        const Field *f = form_field(x->form, piece[i] + (*piece[i] == '-'));
        bool path = strchr(piece[i], '.') || strchr(piece[i], '(');
        if (path || (f && field_has_column(f) && perm_filterable(w, x->form, f)))
            str_printf(&s, "%s%s", s.n ? "," : "", piece[i]);
    }
    return s.n ? str_show(&s) : NULL;
}

void list_order(Work *w, const ListLook *x, ListAsk *ask)
{
    ask->sort = x->saved && x->sort == x->saved->sort && x->sort ? sort_that_holds(w, x)
        : x->sort;
    ask->sorts = list_sorts(w, x->view, &ask->nsort);
}

static Field *column_named(Work *w, const Form *f, const char *key)
{
    Field *x = form_field(f, key);
    bool may = x && !field_is_rows(x) && perm_field(w, f, x, NULL) != RIGHT_HIDDEN;

    return may ? x : NULL;
}

int list_columns(Work *w, const ListLook *x, Field ***out, int *lost)
{
    const View *v = x->view;
    char **piece;
    int asked = x->columns ? str_split(w->cx.a, x->columns, ',', &piece) : 0, n = 0;

    *lost = 0;
    *out = ARENA_ARRAY(w->cx.a, Field *, asked + (v ? v->ncolumn : 0) + 1);
    for (int i = 0; i < asked; i++) {
        Field *f = column_named(w, x->form, str_trim(w->cx.a, piece[i]));
        bool twice = false;
        for (int k = 0; k < n; k++) twice |= (*out)[k] == f;
        if (f && !twice) (*out)[n++] = f;
        *lost += !f;
    }
    bool own = n == 0;
    for (int i = 0; own && v && i < v->ncolumn; i++)
        if (perm_field(w, x->form, v->column[i], NULL) != RIGHT_HIDDEN)
            (*out)[n++] = v->column[i];
    return n;
}

const View *list_table(const Form *f)
{
    for (int i = 0; i < f->nview; i++)
        if (f->view[i].type == VIEW_TABLE && !f->view[i].filter) return &f->view[i];
    for (int i = 0; i < f->nview; i++)
        if (f->view[i].type == VIEW_TABLE) return &f->view[i];
    return NULL;
}

/* The order as in an address, wherever it comes from. */
static const char *order_text(Work *w, const ListAsk *ask)
{
    Str s = str_begin(w->cx.a);

    if (ask->sort) return ask->sort;
    for (int i = 0; i < ask->nsort; i++)
        str_printf(&s, "%s%s%s", i ? "," : "", ask->sorts[i].down ? "-" : "",
            ask->sorts[i].field->key);
    return str_show(&s);
}

/* Which place this column has in the order, from 1; 0: none. */
static int place_in(const char *order, const char *key, bool *down, int *of)
{
    size_t n = strlen(key);
    int place = 0;

    *of = 0;
    for (const char *p = order; *p; p += *p == ',') {
        size_t len = strcspn(p, ",");
        bool minus = *p == '-';
        ++*of;
        if (len - minus == n && !strncmp(p + minus, key, n)) {
            place = *of;
            *down = minus;
        }
        p += len;
    }
    return place;
}

static void add_columns(Work *w, Node *page, const ListLook *x, const char *order,
    Field *const *field, int n)
{
    Arena *a = w->cx.a;
    Node *columns = node_put(a, page, "columns", node_list(a));
    ListLook other = *x;

    node_put_text(a, page, "order", order);
    for (int i = 0; i < n; i++) {
        Node *c = node_add(a, columns, page_column(w, field[i]));
        bool down = false;
        int of, place = place_in(order, field[i]->key, &down, &of);
        bool may = !field_is_rows(field[i]) && !field_is_list(field[i])
            && perm_filterable(w, x->form, field[i]);
        other.sort = place == 1 && !down ? arena_printf(a, "-%s", field[i]->key)
            : field[i]->key;
        node_put_text(a, c, "sorted", !place ? NULL : down ? "descending" : "ascending");
        node_put_text(a, c, "place", place && of > 1 ? arena_printf(a, "%d", place) : NULL);
        node_put_text(a, c, "href", may ? list_url(a, &other, NULL) : NULL);
    }
}

Node *list_row(Work *w, const Record *r, Field *const *field, int n)
{
    Arena *a = w->cx.a;
    Node *row = node_map(a), *cells = node_put(a, row, "cells", node_list(a));
    Reach reach = perm_reach(w, r);

    node_put_int(a, row, "id", record_id(r));
    node_put_int(a, row, "version", record_version(r));
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
        x->filter, "q", x->q, "passed", x->passed, NULL));
    node_put_text(a, export, "json", page_url(a, arena_printf(a, "%s.json", at), "filter",
        x->filter, "q", x->q, "passed", x->passed, NULL));
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

/* A saved view that asks for what is gone, or not for this person's eyes, says so. */
static bool saved_fails(Work *w, Node *page, const ListLook *x)
{
    ListLook less = *x;

    if (!x->saved || !x->filter || x->filter != x->saved->filter) return false;
    less.filter = NULL;
    node_put_text(w->cx.a, page, "view_note", page_say(w,
        "This view filters by something that is gone or that you may not see."));
    node_put_text(w->cx.a, page, "without_href", list_url(w->cx.a, &less, NULL));
    return true;
}

/* The tab of a pool, for who may claim from it: a button beside each. */
static void add_claims(Work *w, Node *page, const ListLook *x, const List *list)
{
    const Pool *pool = x->view ? x->view->pool : NULL;
    Node *rows = node_find(page, "rows");

    if (!pool || !list->n || !pool_claims(w, pool, list->record[0])) return;
    node_put_text(w->cx.a, page, "claims_href", arena_printf(w->cx.a, "/f/%s/claim", x->form->key));
    for (int i = 0; i < list->n; i++)
        node_put_text(w->cx.a, rows->item[i], "claim_href",
            page_below(w->cx.a, x->form, record_id(list->record[i]), "claim"));
}

/* What may be done to several that are ticked: the buttons that one of these offers. */
static void add_actions(Work *w, Node *page, const ListLook *x, const List *list)
{
    Arena *a = w->cx.a;
    Node *actions = node_put(a, page, "actions", node_list(a));
    Press *press;
    int n = list->n ? press_list(w, x->form, &press) : 0;

    for (int i = 0; i < n; i++) {
        if (!press_offered_to_any(w, &press[i], list->record, list->n)) continue;
        Node *one = node_add(a, actions, node_map(a));
        node_put_text(a, one, "label", label_show(press[i].label, w->cx.lang, press[i].name));
        node_put_text(a, one, "href",
            arena_printf(a, "/several/%s/%s", x->form->key, press[i].name));
    }
    node_put_text(a, page, "tick_count", "{n}");         /* the script fills it in */
    node_put_bool(a, page, "ticks", actions->n || node_find(page, "claims_href"));
}

static void add_rows(Work *w, Node *page, const ListLook *x, const List *list,
    Field *const *field, int n)
{
    Arena *a = w->cx.a;
    Node *rows = node_put(a, page, "rows", node_list(a));
    ListLook all = { .form = x->form, .view = x->view, .view_key = x->view_key };

    for (int i = 0; i < list->n; i++) node_add(a, rows, list_row(w, list->record[i], field, n));
    add_claims(w, page, x, list);
    add_actions(w, page, x, list);
    node_put_bool(a, page, "narrowed", x->filter || x->q || x->passed);
    node_put_bool(a, page, "viewed", x->view && x->view->filter);
    node_put_text(a, page, "all_href", list_url(a, &all, NULL));
    if (list->next) node_put_text(a, page, "next", list_url(a, x, list->next));
}

static bool show_list(Work *w, const Request *q, Response *r, const ListLook *x)
{
    Node *page = page_begin(w, q, form_label(x->form, w->cx.lang));
    Field **field;
    int lost, n = list_columns(w, x, &field, &lost), status = 200;
    List list = { 0 };

    list_frame(w, page, x);
    undo_delete(w, q, page, x->form);
    if (lost)
        node_put_text(w->cx.a, page, "view_note", page_say(w,
            "Some of its columns are gone or not for you to see: %d.", lost));
    ListAsk ask = { .form = x->form, .filter = x->filter,
        .also = x->view && !x->whole ? x->view->filter : NULL, .q = x->q,
        .passed = x->passed ? &x->way : NULL, .after = arg(q, "after"),
        .limit = A_PAGE, .field = field, .nfield = n };
    list_order(w, x, &ask);
    if (!query_list(w, &ask, &list) || !query_titles(w, list.record, list.n, field, n)) {
        if (!list_refused(w, page)) return false;
        status = saved_fails(w, page, x) ? 200 : 422;
        list = (List){ 0 };
    }
    add_rows(w, page, x, &list, field, n);
    add_columns(w, page, x, order_text(w, &ask), field, n);
    add_export(w, page, x);
    if (import_offered(w, x->form))
        node_put_text(w->cx.a, page, "import_href", arena_printf(w->cx.a, "/f/%s/import", x->form->key));
    if (w->cx.err || !add_locked_out(w, page, x)) return false;
    page_end(w, q, r, "list", page);
    r->status = status;
    return true;
}

bool page_list(Work *w, const Request *q, Response *r)
{
    ListLook x;

    if (!list_look(w, q, &x)) return false;
    switch (x.view ? x.view->type : VIEW_TABLE) {
    case VIEW_KANBAN: return board_show(w, q, r, &x);
    case VIEW_CALENDAR: return calendar_show(w, q, r, &x);
    case VIEW_GALLERY: return gallery_show(w, q, r, &x);
    default: return show_list(w, q, r, &x);
    }
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

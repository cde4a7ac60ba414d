/*
 * columns_page.c — which columns a list shows, in which order, and what it is sorted by. A form
 * sent by GET that leads back to the list.
 */
#include "http/list_page.h"
#include "http/handlers.h"
#include "data/record_row.h"
#include "def/types.h"
#include "base/i18n.h"

#include <string.h>

enum { SORTS = 3 };

typedef struct Chosen { Field *field; bool on; } Chosen;
typedef struct Panel { ListLook look; Chosen *column; int n; char *sort[SORTS]; } Panel;

static bool is_column(Work *w, const Form *f, const Field *x)
{
    return !field_is_rows(x) && x->type != &type_none && perm_field(w, f, x, NULL) != RIGHT_HIDDEN
        && (!x->system || x->name.index == SYS_ID || x->name.index == SYS_STAGE
            || x->name.index == SYS_STAGE_DUE
            || (x->name.index >= SYS_POOL && x->name.index <= SYS_OWNER_SINCE)
            || x->name.index == SYS_CREATED_AT || x->name.index == SYS_CREATED_BY
            || x->name.index == SYS_UPDATED_AT || x->name.index == SYS_UPDATED_BY);
}

static bool is_there(const Panel *p, const Field *f)
{
    for (int i = 0; i < p->n; i++)
        if (p->column[i].field == f) return true;
    return false;
}

static void add(Panel *p, Field *f, bool on)
{
    if (f && !is_there(p, f)) p->column[p->n++] = (Chosen){ f, on };
}

static void add_rest(Work *w, Panel *p)
{
    const Form *f = p->look.form;

    for (int i = f->nsystem; i < f->nfield; i++)
        if (is_column(w, f, f->field[i])) add(p, f->field[i], false);
    for (int i = 0; i < f->nsystem; i++)
        if (is_column(w, f, f->field[i])) add(p, f->field[i], false);
}

static void from_list(Work *w, Panel *p)
{
    Field **field;
    int lost, n = list_columns(w, &p->look, &field, &lost);
    ListAsk ask = { .form = p->look.form };
    char **piece;

    for (int i = 0; i < n; i++) add(p, field[i], true);
    add_rest(w, p);
    list_order(w, &p->look, &ask);
    n = ask.sort ? str_split(w->cx.a, ask.sort, ',', &piece) : 0;
    for (int i = 0; i < n && i < SORTS; i++) p->sort[i] = piece[i];
    for (int i = 0; !n && i < ask.nsort && i < SORTS; i++)
        p->sort[i] = arena_printf(w->cx.a, "%s%s", ask.sorts[i].down ? "-" : "",
            ask.sorts[i].field->key);
}

/* Changes places of the column named and its neighbour. */
static void move(Panel *p, const char *key, int by)
{
    for (int i = 0; key && i < p->n; i++) {
        int k = i + by;
        if (!str_eq(p->column[i].field->key, key) || k < 0 || k >= p->n) continue;
        Chosen c = p->column[i];
        p->column[i] = p->column[k];
        p->column[k] = c;
        return;
    }
}

static void from_form(Work *w, const Request *q, Panel *p)
{
    const Form *f = p->look.form;
    char **key;
    int n = str_split(w->cx.a, request_arg(q, "order"), ',', &key);

    for (int i = 0; i < n && i < f->nfield; i++) {
        Field *x = form_field(f, key[i]);
        if (x && is_column(w, f, x))
            add(p, x, request_arg(q, arena_printf(w->cx.a, "c.%s", key[i])) != NULL);
    }
    add_rest(w, p);
    move(p, request_arg(q, "up"), -1);
    move(p, request_arg(q, "down"), 1);
    for (int i = 0; i < SORTS; i++) {
        const char *by = request_arg(q, arena_printf(w->cx.a, "s%d", i));
        const char *way = request_arg(q, arena_printf(w->cx.a, "d%d", i));
        if (by && *by)
            p->sort[i] = arena_printf(w->cx.a, "%s%s", str_eq(way, "down") ? "-" : "", by);
    }
}

/* What differs from the view goes into the address. */
static void apply(Work *w, Panel *p)
{
    Str columns = str_begin(w->cx.a), sort = str_begin(w->cx.a);

    for (int i = 0; i < p->n; i++)
        if (p->column[i].on)
            str_printf(&columns, "%s%s", columns.n ? "," : "", p->column[i].field->key);
    for (int i = 0; i < SORTS; i++)
        if (p->sort[i]) str_printf(&sort, "%s%s", sort.n ? "," : "", p->sort[i]);
    p->look.columns = str_show(&columns);
    p->look.sort = str_show(&sort);
}

static bool is_sortable(Work *w, const Form *f, const Field *x)
{
    return field_has_column(x) && perm_filterable(w, f, x);
}

static void add_sorts(Work *w, Node *page, const Panel *p)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "sorts", node_list(a));

    for (int i = 0; i < SORTS; i++) {
        const char *now = p->sort[i] ? p->sort[i] : "";
        bool down = *now == '-', known = false;
        Node *one = node_add(a, list, node_map(a));
        Node *options = node_put(a, one, "options", node_list(a));
        node_put_int(a, one, "index", i);
        node_put_int(a, one, "number", i + 1);
        node_put_bool(a, one, "down", down);
        for (int k = 0; k < p->n; k++) {
            const Field *f = p->column[k].field;
            if (!is_sortable(w, p->look.form, f)) continue;
            bool mine = str_eq(f->key, now + down);
            known |= mine;
            page_option(a, options, f->key, field_label(f, w->cx.lang), mine);
        }
        if (*now && !known) page_option(a, options, now + down, now + down, true);
    }
}

static bool show(Work *w, const Request *q, Response *r, const Panel *p)
{
    static const char *const without[] = { "columns", "sort", "after", NULL };
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Columns and order"));
    Node *list = node_put(a, page, "columns", node_list(a));
    Str order = str_begin(a);

    page_crumbs(w, page, p->look.form, NULL);
    node_put_text(a, page, "action", arena_printf(a, "/f/%s/columns", p->look.form->key));
    node_put_text(a, page, "cancel_href", list_url(a, &p->look, NULL));
    node_put(a, page, "state", list_state(a, &p->look, without));
    for (int i = 0; i < p->n; i++) {
        const Field *f = p->column[i].field;
        Node *one = node_add(a, list, node_map(a));
        str_printf(&order, "%s%s", i ? "," : "", f->key);
        node_put_text(a, one, "key", f->key);
        node_put_text(a, one, "label", field_label(f, w->cx.lang));
        node_put_bool(a, one, "on", p->column[i].on);
        node_put_bool(a, one, "is_first", i == 0);
        node_put_bool(a, one, "is_last", i == p->n - 1);
    }
    node_put_text(a, page, "order", str_show(&order));
    add_sorts(w, page, p);
    return page_end(w, q, r, "columns", page) && !w->cx.err;
}

bool page_columns(Work *w, const Request *q, Response *r)
{
    Panel p = { 0 };

    if (!list_look(w, q, &p.look)) return false;
    p.column = ARENA_ARRAY(w->cx.a, Chosen, p.look.form->nfield + 1);
    if (request_arg(q, "order")) from_form(w, q, &p);
    else from_list(w, &p);
    if (!request_arg(q, "apply")) return show(w, q, r, &p);
    apply(w, &p);
    response_redirect(&w->cx, r, list_url(w->cx.a, &p.look, NULL));
    return true;
}

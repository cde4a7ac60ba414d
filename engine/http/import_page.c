/*
 * import_page.c — an import as whose it is, and admins, see it: which column goes where and one button; how far it
 * is; what came in, what was refused as a file to mend, and the way back.
 */
#include "http/import.h"
#include "base/i18n.h"
#include "base/out.h"

#include <string.h>

enum { SHOWN = 20 };

static const char *state_word(Work *w, const char *state)
{
    static const char *const words[][2] = { { "waiting", "Waits to be loaded" },
        { "running", "Loading" }, { "done", "Loaded" }, { "undoing", "Being taken back" },
        { "undone", "Taken back" }, { "failed", "Stopped" } };

    for (int i = 0; i < LEN(words); i++)
        if (str_eq(state, words[i][0])) return i18n_text(w->cx.lang, words[i][1]);
    return state;
}

static const char *number(Work *w, int64_t n)
{
    return arena_printf(w->cx.a, "%lld", (long long)n);
}

static Node *show_import(Work *w, const Import *x)
{
    Arena *a = w->cx.a;
    Node *one = node_map(a);
    const Form *f = app_form(w->app, x->form);
    bool back = str_eq(x->state, "undoing") || str_eq(x->state, "undone");

    node_put_text(a, one, "id", number(w, x->id));
    node_put_text(a, one, "href", arena_printf(a, "/admin/imports/%lld", (long long)x->id));
    node_put_text(a, one, "name", x->name);
    node_put_text(a, one, "form", f ? form_label(f, w->cx.lang) : x->form);
    node_put_text(a, one, "form_href", f ? arena_printf(a, "/f/%s", f->key) : NULL);
    node_put_text(a, one, "design_href", f ? NULL : arena_printf(a, "/design/%s", x->form));
    node_put_text(a, one, "when", page_moment(w, x->at));
    node_put_text(a, one, "state", state_word(w, x->state));
    node_put_text(a, one, "rows", number(w, x->rows));
    node_put_text(a, one, "did", number(w, back ? x->undone + x->kept : x->made + x->refused));
    node_put_text(a, one, "most", number(w, back ? x->made : x->rows));
    node_put_text(a, one, "made", number(w, x->made));
    node_put_text(a, one, "refused", x->refused ? number(w, x->refused) : NULL);
    node_put_text(a, one, "undone", back ? number(w, x->undone) : NULL);
    node_put_text(a, one, "kept", back && x->kept ? number(w, x->kept) : NULL);
    node_put_text(a, one, "error", x->error);
    return one;
}

bool page_imports(Work *w, const Request *q, Response *r)
{
    Arena *a = w->cx.a;
    Import *x;
    int n;

    if (!import_may_any(w) || !import_list(w, NULL, NULL, &x, &n)) return false;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Imports"));
    Node *list = node_put(a, page, "imports", node_list(a));
    for (int i = 0; i < n; i++) node_add(a, list, show_import(w, &x[i]));
    return page_end(w, q, r, "imports", page);
}

static const char *order_of(Work *w, const Node *posted, const ImportColumn *c)
{
    const char *text = node_text(node_find(posted, arena_printf(w->cx.a, "order_%d", c->column)));

    return str_eq(text, "day") || str_eq(text, "month") ? text : c->order;
}

/* Which order dates of the column have that could be read in two. */
static void add_orders(Work *w, Node *one, const ImportColumn *c, const Node *posted)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, one, "orders", node_list(a));
    const char *now = order_of(w, posted, c);

    node_put_text(a, one, "order_name", arena_printf(a, "order_%d", c->column));
    page_option(a, list, "day", i18n_text(w->cx.lang, "3/4 is the 3rd of April"), str_eq(now, "day"));
    page_option(a, list, "month", i18n_text(w->cx.lang, "3/4 is the 4th of March"), str_eq(now, "month"));
}

/* Which field each column goes to, to be changed as long as nothing was loaded. */
static void add_columns(Work *w, Node *page, const Import *x, const Node *posted)
{
    Arena *a = w->cx.a;
    const Form *f = app_form(w->app, x->form);
    Node *list = node_put(a, page, "columns", node_list(a));

    for (int i = 0; i < x->ncolumn; i++) {
        const ImportColumn *c = &x->column[i];
        const char *name = arena_printf(a, "column_%d", c->column);
        const Field *to = f ? import_field(f, c) : NULL;
        const char *now = posted ? node_text(node_find(posted, name)) : to ? to->key : "";
        Node *one = node_add(a, list, node_map(a)), *options = node_list(a);
        node_put_text(a, one, "name", name);
        node_put_text(a, one, "label", c->label);
        node_put(a, one, "options", options);
        if (c->order) add_orders(w, one, c, posted);
        page_option(a, options, "", i18n_text(w->cx.lang, "left out"), !now || !*now);
        for (int k = f ? f->nsystem : 0; f && k < f->nfield; k++) {
            const Field *x1 = f->field[k];
            if (import_field(f, &(ImportColumn){ .field = x1->key }) == x1
                && perm_field(w, f, x1, NULL) != RIGHT_HIDDEN)
                page_option(a, options, x1->key, field_label(x1, w->cx.lang), str_eq(x1->key, now));
        }
    }
}

MUST static bool add_refused(Work *w, Node *page, const Import *x)
{
    Arena *a = w->cx.a;
    ImportRefused *list;
    int n;

    if (!import_refused(w, x->id, 0, SHOWN, &list, &n)) return false;
    Node *out = node_put(a, page, "lines", node_list(a));
    for (int i = 0; i < n; i++) {
        Node *one = node_add(a, out, node_map(a));
        node_put_text(a, one, "row", number(w, list[i].row));
        node_put_text(a, one, "error", list[i].error);
    }
    return true;
}

/* failed: why it could not be begun. */
static bool show(Work *w, const Request *q, Response *r, const Import *x, const Cx *failed)
{
    static const char *const is[] = { "waiting", "running", "done", "undoing", "undone", "failed" };
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Import")), *issues = node_list(a);

    node_put(a, page, "import", show_import(w, x));
    for (int i = 0; i < LEN(is); i++)
        node_put_bool(a, page, arena_printf(a, "is_%s", is[i]), str_eq(x->state, is[i]));
    node_put_bool(a, page, "busy", str_eq(x->state, "running") || str_eq(x->state, "undoing"));
    node_put_bool(a, page, "may_run", app_form(w->app, x->form)
        && (str_eq(x->state, "waiting") || str_eq(x->state, "failed")));
    node_put_bool(a, page, "may_undo", x->made && (str_eq(x->state, "done") || str_eq(x->state, "failed")));
    for (int i = 0; failed && i < failed->nissue; i++)
        node_put_text(a, node_add(a, issues, node_map(a)), "text", failed->issue[i].text);
    if (failed && !failed->nissue)
        node_put_text(a, node_add(a, issues, node_map(a)), "text", failed->text);
    node_put(a, page, "issues", issues);
    add_columns(w, page, x, failed ? q->form : NULL);
    if (!add_refused(w, page, x) || !page_end(w, q, r, "import", page)) return false;
    if (failed) r->status = err_status(failed->err);
    return true;
}

bool page_import(Work *w, const Request *q, Response *r)
{
    Import x;

    return import_asked(w, q, &x) && show(w, q, r, &x, NULL);
}

static bool back(Work *w, const Request *q, Response *r, const Import *x, bool ok)
{
    if (ok) {
        response_redirect(&w->cx, r, arena_printf(w->cx.a, "/admin/imports/%lld", (long long)x->id));
        return true;
    }
    if (w->cx.err != E_INPUT && w->cx.err != E_CONFLICT) return false;
    Cx failed = w->cx;
    cx_clear(&w->cx);
    return show(w, q, r, x, &failed);
}

bool page_import_run_post(Work *w, const Request *q, Response *r)
{
    ImportColumn *column;
    Import x;
    int n = 0;

    if (!import_asked(w, q, &x)) return false;
    column = ARENA_ARRAY(w->cx.a, ImportColumn, x.ncolumn + 1);
    for (int i = 0; i < x.ncolumn; i++) {
        const char *field = node_text(node_find(q->form,
            arena_printf(w->cx.a, "column_%d", x.column[i].column)));
        if (field && *field)
            column[n++] = (ImportColumn){ x.column[i].column, field, x.column[i].label,
                order_of(w, q->form, &x.column[i]) };
    }
    return back(w, q, r, &x, import_run(w, x.id, column, n));
}

bool page_import_undo_post(Work *w, const Request *q, Response *r)
{
    Import x;

    return import_asked(w, q, &x) && back(w, q, r, &x, import_undo(w, x.id));
}

bool page_import_drop_post(Work *w, const Request *q, Response *r)
{
    Import x;

    if (!import_asked(w, q, &x)) return false;
    if (!import_drop(w, x.id)) return back(w, q, r, &x, false);
    response_redirect(&w->cx, r, "/admin/imports");
    return true;
}

/* ---- the file of what was refused ---- */

typedef struct Mend {
    const Import *x; Str out; ImportRefused *list; int n, at;
} Mend;

static bool one_row(void *arg, const SheetRow *row)
{
    Mend *m = arg;

    if (row->no < m->x->data) return true;
    while (m->at < m->n && m->list[m->at].row < row->no) m->at++;
    if (m->at == m->n) return false;
    if (m->list[m->at].row != row->no) return true;
    for (int i = 0; i < m->x->ncolumn; i++) {
        int c = m->x->column[i].column;
        csv_cell(&m->out, c < row->n ? row->cell[c] : "");
        str_add_char(&m->out, ',');
    }
    csv_cell(&m->out, m->list[m->at].error);
    str_add(&m->out, "\r\n");
    return true;
}

/* The rows as they were, with the reason behind each: mended, it can be loaded again. */
bool page_import_refused(Work *w, const Request *q, Response *r)
{
    Mend m = { .out = str_begin(w->cx.a) };
    Import x;
    Sheet *s;

    if (!import_asked(w, q, &x) || !import_sheet(w, &x, &s)) return false;
    if (!import_refused(w, x.id, 0, SHEET_ROWS, &m.list, &m.n)) return false;
    m.x = &x;
    str_add(&m.out, "\xEF\xBB\xBF");
    for (int i = 0; i < x.ncolumn; i++) {
        csv_cell(&m.out, x.column[i].label ? x.column[i].label : x.column[i].field);
        str_add_char(&m.out, ',');
    }
    csv_cell(&m.out, i18n_text(w->cx.lang, "Error"));
    str_add(&m.out, "\r\n");
    if (!sheet_each(&w->cx, s, x.sheet, one_row, &m)) return false;
    r->status = 200;
    r->type = "text/csv; charset=utf-8";
    str_add(&r->body, str_show(&m.out));
    response_header(&w->cx, r, "Content-Disposition",
        arena_printf(w->cx.a, "attachment; filename=\"refused-%lld.csv\"", (long long)x.id));
    return true;
}

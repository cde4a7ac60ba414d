/*
 * import_begin.c — a sheet for a form that is there: chosen on a page of its own. Its columns go to the
 * fields that are called so; what of that is wrong is changed on the import's page, before it is loaded.
 */
#include "http/import.h"
#include "http/handlers.h"
#include "http/upload.h"
#include "data/perm.h"
#include "data/sheet_guess.h"
#include "base/i18n.h"

static bool form_of(Work *w, const Request *q, const Form **out)
{
    *out = app_form(w->app, q->segment[0]);
    if (!*out) return cx_fail(&w->cx, E_MISSING, "there is no form %s", q->segment[0]);
    return import_may(w, *out);
}

static bool show(Work *w, const Request *q, Response *r, const Form *f, const Cx *failed)
{
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Import"));

    page_crumbs(w, page, f, NULL);
    if (failed)
        node_put_text(w->cx.a, page, "issue", failed->nissue ? failed->issue[0].text : failed->text);
    if (!page_end(w, q, r, "import_begin", page)) return false;
    if (failed) r->status = err_status(failed->err);
    return true;
}

bool page_import_begin(Work *w, const Request *q, Response *r)
{
    const Form *f;

    return form_of(w, q, &f) && show(w, q, r, f, NULL);
}

/* "" where none is called so, or an earlier column goes there. */
static const char *field_for(Work *w, const Form *f, const char *label, const ImportColumn *taken, int n)
{
    ImportColumn c = { .field = utf8_lower(w->cx.a, label), .label = label };
    const Field *field = import_field(f, &c);

    if (!field || perm_field(w, f, field, NULL) == RIGHT_HIDDEN) return "";
    for (int i = 0; i < n; i++)
        if (str_eq(taken[i].field, field->key)) return "";
    return field->key;
}

static bool keep(Work *w, const Request *q, const Form *f, int64_t *id)
{
    Import x = { .form = f->key };
    Guess seen;
    Sheet *s;

    if (q->nupload != 1 || !q->upload[0].file) {
        cx_issue(&w->cx, at_field("file"), "required", "choose a file");
        return cx_check(&w->cx);
    }
    x.file = q->upload[0].file;
    if (!import_file(w, x.file, &s) || !sheet_guess(w, s, 0, -1, &seen)) return false;
    x.data = seen.data;
    x.rows = seen.rows;
    x.column = ARENA_ARRAY(w->cx.a, ImportColumn, seen.ncolumn + 1);
    for (int i = 0; i < seen.ncolumn; i++) {
        const GuessColumn *g = &seen.column[i];
        const char *field = field_for(w, f, g->label, x.column, x.ncolumn);
        x.column[x.ncolumn++] = (ImportColumn){ g->column, field, g->label, g->order };
    }
    return import_keep(w, &x, id);
}

bool page_import_begin_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    int64_t id;

    if (!form_of(w, q, &f)) return false;
    if (keep(w, q, f, &id)) {
        response_redirect(&w->cx, r, arena_printf(w->cx.a, "/admin/imports/%lld", (long long)id));
        return true;
    }
    if (w->cx.err == E_SYS || w->cx.err == E_DENIED) return false;
    Cx failed = w->cx;
    cx_clear(&w->cx);
    return show(w, q, r, f, &failed);
}

/*
 * api_export.c — exports: written to a file without a name first, so that a slow reader holds
 * no Work and a failure is still an error, then sent in pieces.
 */
#include "http/api.h"
#include "http/export.h"

#include <errno.h>
#include <string.h>

static bool run(Work *w, const Request *q, Response *r, bool json)
{
    static const char *const known[] = { "filter", "q", "passed", "fields", "bom", NULL };
    const char *way = request_arg(q, "passed");
    Passed passed;
    ExportAsk ask = { .form = request_form(w, q), .json = json };
    if (!ask.form || !request_args_only(&w->cx, q, known)
        || !api_fields(w, q, "fields", ask.form, &ask.field, &ask.nfield)) return false;
    ask.filter = request_arg(q, "filter");
    if (ask.filter && !*ask.filter) ask.filter = NULL;
    ask.q = request_arg(q, "q");
    if (way && *way) {
        if (!passed_of(w, ask.form, way, &passed)) return false;
        ask.passed = &passed;
    }
    ask.bom = str_eq(request_arg(q, "bom"), "true");
    r->file = tmpfile();
    if (!r->file) return cx_fail(&w->cx, E_SYS, "cannot write the export: %s", strerror(errno));
    if (!export_write(w, &ask, r->file)) return false;
    r->type = json ? "application/json" : "text/csv; charset=utf-8";
    response_header(&w->cx, r, "Content-Disposition", arena_printf(w->cx.a,
        "attachment; filename=\"%s.%s\"", ask.form->key, json ? "json" : "csv"));
    return true;
}

bool api_export_csv(Work *w, const Request *q, Response *r)
{
    return run(w, q, r, false);
}

bool api_export_json(Work *w, const Request *q, Response *r)
{
    return run(w, q, r, true);
}

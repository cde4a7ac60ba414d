/*
 * api_import.c — a spreadsheet looked at, kept, loaded, taken back.
 */
#include "http/import.h"
#include "data/sheet_guess.h"

enum { REFUSED = 200 };

static const char *const none[] = { NULL };

bool import_asked(Work *w, const Request *q, Import *out)
{
    int64_t id;

    return request_id(w, q, 0, &id) && import_own(w, id, out);
}

/* A whole number of the body; absent: as it is. */
static bool number(Work *w, const Node *body, const char *key, int64_t least, int64_t most, int64_t *out)
{
    const Node *n = node_find(body, key);

    if (!n || node_is(n, NODE_NULL)) return true;
    if (node_int(n, out) && *out >= least && *out <= most) return true;
    return cx_issue(&w->cx, at_field(key), "range", "must be a whole number from %lld to %lld",
        (long long)least, (long long)most);
}

/* ---- looking ---- */

static void put_cells(Json *j, const GuessCell *cell, int n)
{
    json_list(j);
    for (int i = 0; i < n; i++) {
        json_map(j);
        json_key(j, "row"); json_int(j, cell[i].no);
        json_key(j, "text"); json_text(j, cell[i].text);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_texts(Json *j, const char *const *text, int n)
{
    json_list(j);
    for (int i = 0; i < n; i++) json_text(j, text[i]);
    json_list_end(j);
}

static void put_column(Json *j, const GuessColumn *c)
{
    json_map(j);
    json_key(j, "column"); json_int(j, c->column);
    json_key(j, "label"); json_text(j, c->label);
    json_key(j, "type"); json_text(j, c->type);
    json_key(j, "filled"); json_int(j, c->filled);
    json_key(j, "first"); put_cells(j, c->first, c->nfirst);
    json_key(j, "decimals"); json_int(j, c->decimals);
    json_key(j, "currency"); json_text(j, c->currency);
    json_key(j, "order"); json_text(j, c->order);
    json_key(j, "sure"); json_bool(j, c->sure);
    json_key(j, "required"); json_bool(j, c->required);
    json_key(j, "unique"); json_bool(j, c->unique);
    json_key(j, "options"); put_texts(j, c->option, c->noption);
    json_key(j, "pieces"); put_texts(j, c->piece, c->npiece);
    json_key(j, "types");
    json_list(j);
    for (int i = 0; i < c->nfit; i++) {
        const GuessFit *f = &c->fit[i];
        int64_t n = f->misfits < 0 || f->misfits > GUESS_FIRST ? GUESS_FIRST : f->misfits;
        json_map(j);
        json_key(j, "type"); json_text(j, f->type);
        json_key(j, "misfits");
        if (f->misfits < 0) json_null(j);
        else json_int(j, f->misfits);
        json_key(j, "cells"); put_cells(j, f->cell, (int)n);
        json_map_end(j);
    }
    json_list_end(j);
    json_map_end(j);
}

static void put_guess(Json *j, const Sheet *s, const Guess *g)
{
    json_map(j);
    json_key(j, "sheets");
    json_list(j);
    for (int i = 0; i < sheet_count(s); i++) json_text(j, sheet_name(s, i));
    json_list_end(j);
    json_key(j, "sheet"); json_int(j, g->sheet);
    json_key(j, "header"); json_int(j, g->header);
    json_key(j, "data"); json_int(j, g->data);
    json_key(j, "rows"); json_int(j, g->rows);
    json_key(j, "looked"); json_int(j, g->looked);
    json_key(j, "title"); json_int(j, g->title);
    json_key(j, "columns");
    json_list(j);
    for (int i = 0; i < g->ncolumn; i++) put_column(j, &g->column[i]);
    json_list_end(j);
    json_map_end(j);
}

bool api_import_look(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "file", "sheet", "header", NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    int64_t file = 0, sheet = 0, header = -1;
    Sheet *s;
    Guess g;

    if (!body || !import_may_any(w)) return false;
    number(w, body, "file", 1, INT64_MAX, &file);
    number(w, body, "sheet", 0, SHEET_NAMES, &sheet);
    number(w, body, "header", 0, INT32_MAX, &header);
    if (!cx_check(&w->cx) || !import_file(w, file, &s)) return false;
    if (!sheet_guess(w, s, (int)sheet, header, &g)) return false;
    Json j = response_json(r, 200);
    put_guess(&j, s, &g);
    return true;
}

/* ---- one import ---- */

static void put(Json *j, const Import *x)
{
    json_map(j);
    json_key(j, "id"); json_int(j, x->id);
    json_key(j, "form"); json_text(j, x->form);
    json_key(j, "name"); json_text(j, x->name);
    json_key(j, "by"); json_int(j, x->by);
    json_key(j, "at"); json_val(j, val_datetime(x->at));
    json_key(j, "state"); json_text(j, x->state);
    json_key(j, "rows"); json_int(j, x->rows);
    json_key(j, "made"); json_int(j, x->made);
    json_key(j, "refused"); json_int(j, x->refused);
    json_key(j, "undone"); json_int(j, x->undone);
    json_key(j, "kept"); json_int(j, x->kept);
    json_key(j, "error"); json_text(j, x->error);
    json_key(j, "columns");
    json_list(j);
    for (int i = 0; i < x->ncolumn; i++) {
        json_map(j);
        json_key(j, "column"); json_int(j, x->column[i].column);
        json_key(j, "field"); json_text(j, x->column[i].field);
        json_key(j, "label"); json_text(j, x->column[i].label);
        json_key(j, "order"); json_text(j, x->column[i].order);
        json_map_end(j);
    }
    json_list_end(j);
    json_map_end(j);
}

static bool answer(Work *w, Response *r, int64_t id, int status)
{
    Import x;

    if (!import_find(w, id, &x)) return false;
    Json j = response_json(r, status);
    put(&j, &x);
    return true;
}

bool api_imports(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "form", "state", NULL };
    Import *x;
    int n;

    if (!request_args_only(&w->cx, q, known) || !import_may_any(w)) return false;
    if (!import_list(w, request_arg(q, "form"), request_arg(q, "state"), &x, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "imports");
    json_list(&j);
    for (int i = 0; i < n; i++) put(&j, &x[i]);
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

bool api_import(Work *w, const Request *q, Response *r)
{
    Import x;

    if (!request_args_only(&w->cx, q, none) || !import_asked(w, q, &x)) return false;
    Json j = response_json(r, 200);
    put(&j, &x);
    return true;
}

/* [{column, field, label, order}] */
MUST static bool read_columns(Work *w, const Node *list, ImportColumn **out, int *n)
{
    *n = 0;
    if (!node_is(list, NODE_LIST) || !list->n || list->n > SHEET_COLUMNS) {
        cx_issue(&w->cx, at_field("columns"), "required", "must be a list of columns");
        return cx_check(&w->cx);
    }
    *out = ARENA_ARRAY(w->cx.a, ImportColumn, list->n);
    for (int i = 0; i < list->n; i++) {
        const Node *one = list->item[i];
        const char *field = node_text(node_find(one, "field"));
        int64_t column = -1;
        if (!field || !node_int(node_find(one, "column"), &column) || column < 0
            || column >= SHEET_COLUMNS)
            cx_issue(&w->cx, at_field("columns"), "type", "a column has a number and a field");
        const char *order = node_text(node_find(one, "order"));
        if (order && !str_eq(order, "day") && !str_eq(order, "month"))
            cx_issue(&w->cx, at_field("columns"), "no_option", "the order of dates is day or month");
        (*out)[(*n)++] = (ImportColumn){ (int)column, field, node_text(node_find(one, "label")), order };
    }
    return cx_check(&w->cx);
}

bool api_import_keep(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "file", "sheet", "header", "form", "columns", NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    int64_t sheet = 0, header = -1, id;
    Import x = { 0 };
    SheetHead head;
    Sheet *s;

    if (!body) return false;
    number(w, body, "file", 1, INT64_MAX, &x.file);
    number(w, body, "sheet", 0, SHEET_NAMES, &sheet);
    number(w, body, "header", 0, INT32_MAX, &header);
    x.form = node_text(node_find(body, "form"));
    if (!x.form || !*x.form) cx_issue(&w->cx, at_field("form"), "required", "is required");
    if (!cx_check(&w->cx) || !read_columns(w, node_find(body, "columns"), &x.column, &x.ncolumn))
        return false;
    if (!import_file(w, x.file, &s) || !sheet_head(&w->cx, s, (int)sheet, header, &head)) return false;
    x.sheet = (int)sheet;
    x.data = head.data;
    x.rows = head.rows;
    return import_keep(w, &x, &id) && answer(w, r, id, 201);
}

bool api_import_run(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "columns", NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    const Node *list = node_find(body, "columns");
    ImportColumn *column = NULL;
    Import x;
    int n = 0;

    if (!body || !import_asked(w, q, &x)) return false;
    if (list && !read_columns(w, list, &column, &n)) return false;
    return import_run(w, x.id, column, n) && answer(w, r, x.id, 202);
}

bool api_import_undo(Work *w, const Request *q, Response *r)
{
    Import x;

    return request_args_only(&w->cx, q, none) && import_asked(w, q, &x) && import_undo(w, x.id)
        && answer(w, r, x.id, 202);
}

bool api_import_drop(Work *w, const Request *q, Response *r)
{
    Import x;

    if (!request_args_only(&w->cx, q, none) || !import_asked(w, q, &x) || !import_drop(w, x.id))
        return false;
    r->status = 204;
    return true;
}

bool api_import_refused(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "after", NULL };
    int64_t after = request_arg_int(&w->cx, q, "after", 0, 0, INT64_MAX);
    ImportRefused *list;
    Import x;
    int n;

    if (!request_args_only(&w->cx, q, known) || w->cx.err || !import_asked(w, q, &x)) return false;
    if (!import_refused(w, x.id, after, REFUSED, &list, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "refused");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        json_map(&j);
        json_key(&j, "row"); json_int(&j, list[i].row);
        json_key(&j, "error"); json_text(&j, list[i].error);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

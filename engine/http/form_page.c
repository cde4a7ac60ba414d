/*
 * form_page.c — a new record and the change of one, as an HTML form that posts.
 *
 * What was typed is never lost: whatever a save refuses comes back in the form, with the
 * issues beside the fields and in a summary. Two people on one record merge by field; where
 * both changed the same one, the form shows what stands there now and asks again.
 */
#include "http/form_post.h"
#include "http/handlers.h"
#include "base/node_json.h"
#include "data/record_check.h"
#include "data/save.h"

#include <stdlib.h>
#include <string.h>

typedef struct Shown {
    const Form *form;
    const Record *stored;          /* NULL: a new one */
    Record *r;                     /* with what was typed */
    Node *input;                   /* NULL: nothing yet */
    const Cx *failed;
    Node *clash;
    int status;
} Shown;

static bool is_warning(const Issue *i)
{
    return str_eq(i->code, "duplicate_warning");
}

static void add_issues(Work *w, Node *page, const Shown *s)
{
    Arena *a = w->cx.a;
    Cx issues = cx_begin(a, w->cx.lang);
    Node *warnings = node_list(a);

    if (!s->failed) return;
    issues.text = s->failed->text;
    for (int i = 0; i < s->failed->nissue; i++) {
        const Issue *x = &s->failed->issue[i];
        if (is_warning(x))
            node_put_text(a, node_add(a, warnings, node_map(a)), "text", x->text);
        else
            ARENA_PUSH(a, issues.issue, issues.nissue, issues.issue_cap, *x);
    }
    node_put(a, page, "warnings", warnings);
    if (issues.nissue || !warnings->n)
        node_put(a, page, "issues", page_issues(w, s->form, &issues));
}

static void add_sections(Work *w, Node *page, const Shown *s)
{
    Arena *a = w->cx.a;
    const Form *f = s->form;
    Node **section = ARENA_ARRAY(a, Node *, f->nsection + 1);
    Eval env = record_eval(w, s->r, s->stored);

    for (int i = 0; i < f->nsection; i++) {
        const Section *x = &f->section[i];
        Node *fields = node_list(a);
        for (int k = 0; k < x->nfield; k++) {
            Node *field = page_field(w, &(FieldAsk){ .r = s->r, .f = x->field[k],
                .input = s->input, .issues = s->failed, .clash = s->clash,
                .now = s->stored });
            if (field) node_add(a, fields, field);
        }
        if (page_section_empty(x, fields)) continue;
        section[i] = node_map(a);
        node_put_int(a, section[i], "index", i);
        node_put_int(a, section[i], "columns", x->columns ? x->columns : 2);
        node_put_bool(a, section[i], "hidden", x->visible && !expr_true(x->visible, &env));
        node_put(a, section[i], "fields", fields);
    }
    page_layout(w, page, f, section);
}

static bool show_form(Work *w, const Request *q, Response *r, const Shown *s)
{
    Arena *a = w->cx.a;
    const Form *f = s->form;
    int64_t id = s->stored ? record_id(s->stored) : 0;
    const char *name = form_label(f, w->cx.lang);
    const char *title = id ? page_say(w, "Edit %s", name) : page_say(w, "New %s", name);
    Node *page = page_begin(w, q, title);

    page_crumbs(w, page, f, s->stored);
    node_put_text(a, page, "title", title);
    node_put_text(a, page, "action",
        id ? page_below(a, f, id, "edit") : arena_printf(a, "/f/%s/new", f->key));
    node_put_text(a, page, "cancel_href",
        id ? page_href(a, f, id) : arena_printf(a, "/f/%s", f->key));
    if (id) {
        node_put_int(a, page, "version", record_version(s->stored));
        node_put_text(a, page, "was", node_json(a, form_was(w, s->stored)));
    }
    node_put_bool(a, page, "multipart", form_of_files(f));
    node_put_bool(a, page, "may_more", !id);
    node_put_bool(a, page, "clash", s->clash != NULL);
    node_put_text(a, page, "rules", page_form_rules(w, f, s->r));
    node_put_text(a, page, "record", page_form_record(w, s->r));
    add_issues(w, page, s);
    add_sections(w, page, s);
    if (w->cx.err && w->cx.err != E_INPUT) return false;
    cx_clear(&w->cx);
    page_end(w, q, r, "form", page);
    r->status = s->status ? s->status : 200;
    return true;
}

/* What was typed, as a record: for conditions, offers and formulas. Wrong values are left. */
MUST static bool draft(Work *w, const Form *f, const Record *stored, const Node *input,
    Record **out)
{
    Record *r = stored ? record_copy(w, stored) : record_new(w, f);

    r->given = ARENA_ARRAY(w->cx.a, bool, f->nfield);
    if (input && !record_read(w, r, input) && w->cx.err && w->cx.err != E_INPUT
        && w->cx.err != E_DENIED) return false;
    cx_clear(&w->cx);
    if (!record_defaults(w, r, stored) || !record_compute(w, r)) {
        if (w->cx.err != E_INPUT) return false;
        cx_clear(&w->cx);
    }
    *out = r;
    return true;
}

/* The files of a record are its own; a copy gets none. */
static void leave_files(Record *row)
{
    for (int i = row->form->nsystem; i < row->form->nfield; i++)
        if (field_of_files(row->form->field[i])) row->val[i] = val_blank();
}

/* A copy: what its reader sees of the other record, without what must be its own. */
MUST static bool copy_of(Work *w, const Form *f, int64_t id, Record *to)
{
    Record *from;

    if (!query_one(w, f, id, &from)) return false;
    from = record_copy(w, from);
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        if (x->computed || x->unique || field_of_files(x) || perm_field(w, f, x, from) != RIGHT_FULL) continue;
        Val v = record_get(from, x);
        for (int k = 0; x->rows && v.kind == VAL_LIST && k < v.n; k++) {
            leave_files((Record *)v.list[k].p);
            ((Record *)v.list[k].p)->val[ROW_ID] = val_blank();
            ((Val *)v.list)[k].i = 0;
        }
        record_set(to, x, v);
        to->given[i] = !val_is_blank(v);
    }
    return true;
}

/* ?FIELD=value fills the form in. */
static Node *prefill(Work *w, const Form *f, const Request *q)
{
    Node *body = node_map(w->cx.a);

    for (int i = 0; i < q->narg; i++) {
        const Field *x = form_field(f, q->arg[i].name);
        if (x && !x->system && !x->computed && x->type->store != STORE_ROWS)
            node_put_text(w->cx.a, body, x->key, q->arg[i].value);
    }
    return body;
}

bool page_new(Work *w, const Request *q, Response *r)
{
    Shown s = { .form = request_form(w, q) };
    int64_t copy = request_arg_int(&w->cx, q, "copy", 0, 0, INT64_MAX);

    if (!s.form || w->cx.err) return false;
    if (!perm_may(w, s.form, ACT_CREATE))
        return cx_fail(&w->cx, E_DENIED, "no right to create %s",
            form_label(s.form, w->cx.lang));
    s.r = record_new(w, s.form);
    s.r->given = ARENA_ARRAY(w->cx.a, bool, s.form->nfield);
    if (copy && !copy_of(w, s.form, copy, s.r)) return false;
    if (!record_read(w, s.r, prefill(w, s.form, q)) && w->cx.err && w->cx.err != E_INPUT)
        return false;
    cx_clear(&w->cx);
    if (!record_defaults(w, s.r, NULL) || !record_compute(w, s.r)) {
        if (w->cx.err != E_INPUT) return false;
        cx_clear(&w->cx);
    }
    return show_form(w, q, r, &s);
}

bool page_edit(Work *w, const Request *q, Response *r)
{
    Shown s = { 0 };
    Record *stored;
    int64_t id;

    if (!request_record(w, q, &s.form, &id) || !query_one(w, s.form, id, &stored))
        return false;
    if (!perm_on(w, ACT_UPDATE, stored))
        return cx_fail(&w->cx, E_DENIED, "no right to change this record");
    s.stored = stored;
    s.r = stored;
    return show_form(w, q, r, &s);
}

/* The form again, with all that was typed. */
static bool again(Work *w, const Request *q, Response *r, Shown *s)
{
    Cx failed = cx_begin(w->cx.a, w->cx.lang);

    if (w->cx.err == E_MISSING || w->cx.err == E_LOGIN) return false;
    cx_copy(&failed, &w->cx);
    if (failed.err || failed.nissue) s->failed = &failed;
    if (!s->status) s->status = err_status(failed.err ? failed.err : E_INPUT);
    cx_clear(&w->cx);
    if (!draft(w, s->form, s->stored, s->input, &s->r)) return false;
    return show_form(w, q, r, s);
}

/* Without script: the button that asks for another row. */
static bool add_row(Work *w, const Request *q, Shown *s)
{
    const char *key = node_text(node_find(q->form, "_add"));
    const Field *f = key ? form_field(s->form, key) : NULL;

    if (!f || !f->rows) return false;
    Node *rows = node_find(s->input, key);
    if (!rows) rows = node_put(w->cx.a, s->input, key, node_list(w->cx.a));
    node_add(w->cx.a, rows, node_map(w->cx.a));
    s->status = 200;
    return true;
}

/* A control that cannot be changed is sent too, with the default that it showed. */
MUST static bool leave_readonly(Work *w, const Form *f, Node *input)
{
    Node *rest = node_copy(w->cx.a, input);
    Record *untouched;
    int all = rest->n;

    for (int i = f->nsystem; i < f->nfield; i++)
        if (f->field[i]->readonly.on) node_remove(rest, f->field[i]->key);
    if (rest->n == all) return true;
    if (!draft(w, f, NULL, rest, &untouched)) return false;
    form_leave(w, input, untouched);
    return true;
}

bool page_new_post(Work *w, const Request *q, Response *r)
{
    Shown s = { .form = request_form(w, q) };
    Arena *a = w->cx.a;
    Record *seen;
    Saved saved;

    if (!s.form) return false;
    s.input = form_body(w, s.form, q->form, true);
    if (add_row(w, q, &s)) return again(w, q, r, &s);
    if (!leave_readonly(w, s.form, s.input)) return false;
    SaveAsk ask = { .form = s.form, .body = s.input,
        .force_warned = node_find(q->form, "_force") != NULL };
    if (!save_record(w, &ask, &saved)) return again(w, q, r, &s);
    const char *list = arena_printf(a, "/f/%s", s.form->key);
    if (node_find(q->form, "_more")) {
        response_redirect(&w->cx, r, page_url(a, arena_printf(a, "%s/new", list),
            "created", "1", NULL));
    } else if (query_one(w, s.form, saved.id, &seen)) {
        response_redirect(&w->cx, r,
            page_url(a, page_href(a, s.form, saved.id), "created", "1", NULL));
    } else {
        cx_clear(&w->cx);
        response_redirect(&w->cx, r, page_url(a, list, "handed", "1", NULL));
    }
    return true;
}

/* The body less what its person left alone; false: both changed the same field. */
MUST static bool merged(Work *w, const Request *q, Shown *s, Node *body)
{
    const char *text = node_text(node_find(q->form, "_was"));
    Node *was = text ? json_parse(&w->cx, text, strlen(text)) : NULL;

    cx_clear(&w->cx);
    if (!was || was->kind != NODE_MAP) return true;
    form_merge(w, body, was, s->stored, &s->clash);
    if (!s->clash) return true;
    s->status = 412;
    return cx_fail(&w->cx, E_STALE,
        "Someone else changed this record meanwhile. "
        "Look at the fields marked and save again.");
}

bool page_edit_post(Work *w, const Request *q, Response *r)
{
    Shown s = { 0 };
    Record *stored;
    Saved saved;
    int64_t id, version = 0;

    if (!request_record(w, q, &s.form, &id) || !query_one(w, s.form, id, &stored))
        return false;
    s.stored = stored;
    s.input = form_body(w, s.form, q->form, false);
    if (add_row(w, q, &s)) return again(w, q, r, &s);
    Node *body = node_copy(w->cx.a, s.input);
    if (!merged(w, q, &s, body)) return again(w, q, r, &s);
    const char *text = node_text(node_find(q->form, "_version"));
    if (node_find(q->form, "_was")) version = record_version(stored);
    else if (text) version = strtoll(text, NULL, 10);
    SaveAsk ask = { .form = s.form, .id = id, .body = body, .version = version,
        .force_warned = node_find(q->form, "_force") != NULL };
    if (!save_record(w, &ask, &saved)) {
        Cx failed = w->cx;
        cx_clear(&w->cx);
        if (query_one(w, s.form, id, &stored)) s.stored = stored;
        w->cx = failed;
        return again(w, q, r, &s);
    }
    response_redirect(&w->cx, r,
        page_url(w->cx.a, page_href(w->cx.a, s.form, id), "saved", "1", NULL));
    return true;
}

/*
 * api_preview.c — a record while it is typed: what the formulas give, what is asked for, and
 * which records a link may choose. Nothing is written.
 */
#include "http/api.h"
#include "data/choice.h"
#include "data/option.h"
#include "base/node_json.h"

#include <string.h>

enum { OPTIONS = 20 };

/* The record as it would be: stored values, then what was typed. Wrong values are told, not
   refused: someone is still typing. */
static bool draft(Work *w, const Form *f, int64_t id, const Node *values, Record **out,
    Record **old)
{
    *old = NULL;
    if (id) {
        if (!query_one(w, f, id, old)) return false;
        *out = record_copy(w, *old);
        (*out)->given = ARENA_ARRAY(w->cx.a, bool, f->nfield);
    } else {
        if (!perm_may(w, f, ACT_CREATE) && !perm_may(w, f, ACT_READ))
            return cx_fail(&w->cx, E_DENIED, "no right to create %s", f->key);
        *out = record_new(w, f);
    }
    if (values && !record_read(w, *out, values) && w->cx.err && w->cx.err != E_INPUT)
        return false;
    w->cx.err = E_NONE;
    return record_defaults(w, *out, *old);
}

static bool flag(const Flag *f, Eval *env)
{
    return f->expr ? expr_true(f->expr, env) : f->on;
}

static void put_flags(Work *w, Record *rec, const Record *old, Json *j)
{
    const Form *f = rec->form;
    Eval env = record_eval(w, rec, old);
    json_key(j, "flags");
    json_map(j);
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *field = f->field[i];
        Right right = perm_field(w, f, field, rec);
        if (right == RIGHT_HIDDEN) continue;
        bool visible = flag(&field->visible, &env);
        json_name(j, field->key);
        json_map(j);
        json_key(j, "visible"); json_bool(j, visible);
        json_key(j, "required"); json_bool(j, visible && flag(&field->required, &env));
        json_key(j, "readonly");
        json_bool(j, right != RIGHT_FULL || field->computed || flag(&field->readonly, &env));
        json_map_end(j);
    }
    json_map_end(j);
    json_key(j, "sections");
    json_list(j);
    for (int i = 0; i < f->nsection; i++)
        json_bool(j, !f->section[i].visible || expr_true(f->section[i].visible, &env));
    json_list_end(j);
}

static void put_issues(const Cx *cx, Json *j)
{
    json_key(j, "issues");
    json_map(j);
    for (int i = 0; i < cx->nissue; i++) {
        const Issue *is = &cx->issue[i];
        bool seen = !is->at.field;
        for (int k = 0; k < i; k++) seen |= str_eq(cx->issue[k].at.field, is->at.field);
        if (seen) continue;
        json_name(j, is->at.field);
        json_map(j);
        json_key(j, "code"); json_text(j, is->code);
        json_key(j, "message"); json_text(j, is->text);
        json_map_end(j);
    }
    json_map_end(j);
}

bool api_preview(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "id", "values", NULL };
    const Form *f = request_form(w, q);
    Record *rec, *old;
    int64_t id = 0;
    if (!f || !request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    if (node_find(body, "id") && !node_int(node_find(body, "id"), &id))
        return cx_fail(&w->cx, E_SYNTAX, "id must be a number");
    if (!draft(w, f, id, node_find(body, "values"), &rec, &old)) return false;
    if (!record_compute(w, rec) && w->cx.err != E_INPUT) return false;
    record_check(w, rec, old);
    if (w->cx.err && w->cx.err != E_INPUT) return false;
    w->cx.err = E_NONE;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "values");
    record_json(w, rec, NULL, 0, &j);
    put_flags(w, rec, old, &j);
    put_issues(&w->cx, &j);
    json_map_end(&j);
    if (w->cx.err && w->cx.err != E_INPUT) return false;
    cx_clear(&w->cx);
    return true;
}

static const Field *option_field(Work *w, const Form *f, const char *key)
{
    const char *dot = key ? strchr(key, '.') : NULL;
    const Field *field = key ? form_field(f,
        dot ? arena_dup_n(w->cx.a, key, (size_t)(dot - key)) : key) : NULL;
    if (field && dot) field = field->rows ? form_field(field->rows, dot + 1) : NULL;
    if (field && !field->to && !option_from_records(field)) field = NULL;
    if (field && !field->form->parent && perm_field(w, f, field, NULL) == RIGHT_HIDDEN)
        field = NULL;
    if (!field) cx_fail(&w->cx, E_SYNTAX, "field must name a link of this form, or a choice of records");
    return field;
}

static void put_option(Json *j, const char *value, const char *title)
{
    json_map(j);
    json_key(j, "value"); json_text(j, value);
    json_key(j, "title"); json_text(j, title);
    json_map_end(j);
}

/* Texts: the options of the definition first, then what records have. */
static bool put_texts(Work *w, Json *j, const Field *f, const Record *self, const char *q)
{
    const char **text, *key = q ? str_fold(w->cx.a, q) : NULL;
    int n;
    bool more;
    if (!option_list(w, f, self, q, OPTIONS, &text, &n, &more)) return false;
    json_key(j, "options");
    json_list(j);
    for (int i = 0; i < f->noption; i++) {
        const Option *o = &f->option[i];
        const char *label = label_show(&o->label, w->cx.lang, o->value);
        bool fits = !f->option_by || option_fits(o, record_get(self, f->option_by));
        if (fits && (!key || strstr(str_fold(w->cx.a, label), key)))
            put_option(j, o->value, label);
    }
    for (int i = 0; i < n; i++)
        if (!field_option(f, text[i])) put_option(j, text[i], text[i]);
    json_list_end(j);
    json_key(j, "more"); json_bool(j, more);
    return true;
}

static bool put_records(Work *w, Json *j, const Field *f, const Record *self, const char *q)
{
    Choice *found;
    int n;
    bool more;
    if (!choice_list(w, f, self, q, OPTIONS, &found, &n, &more)) return false;
    json_key(j, "options");
    json_list(j);
    for (int i = 0; i < n; i++) {
        json_map(j);
        json_key(j, "id"); json_int(j, found[i].id);
        json_key(j, "title"); json_text(j, found[i].title);
        json_map_end(j);
    }
    json_list_end(j);
    json_key(j, "more"); json_bool(j, more);
    return true;
}

bool api_options(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "field", "q", "id", "values", NULL };
    const Form *f = request_form(w, q);
    const char *text = request_arg(q, "q"), *typed = request_arg(q, "values");
    Record *self, *old;
    if (!f || !request_args_only(&w->cx, q, known)) return false;
    const Field *field = option_field(w, f, request_arg(q, "field"));
    int64_t id = request_arg_int(&w->cx, q, "id", 0, 0, INT64_MAX);
    if (!field || w->cx.err) return false;
    const Node *values = typed && *typed ? json_parse(&w->cx, typed, strlen(typed)) : NULL;
    if (w->cx.err) return false;
    if (values && values->kind != NODE_MAP)
        return cx_fail(&w->cx, E_SYNTAX, "values must be an object");
    if (!draft(w, f, id, values, &self, &old)) return false;
    cx_clear(&w->cx);
    if (text && !*text) text = NULL;
    Json j = response_json(r, 200);
    json_map(&j);
    if (!(field->to ? put_records : put_texts)(w, &j, field, self, text)) return false;
    json_map_end(&j);
    return !w->cx.err;
}

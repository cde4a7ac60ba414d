/*
 * scenario_values.c — names for records, and values compared as a person would read them.
 *
 * What is expected goes through the field's own reader and writer, so `5`, `5.00` and "5" are
 * one number and +08:00 is the same instant as Z.
 */
#include "main/scenario.h"
#include "base/node_json.h"
#include "data/auth.h"

#include <stdlib.h>
#include <string.h>

static bool named(Scenario *s, const char *name, const char **form, int64_t *id)
{
    const Node *at = name ? node_find(s->names, name) : NULL;
    if (!at) return false;
    *form = node_text(node_find(at, "form"));
    return node_int(node_find(at, "id"), id);
}

bool scenario_find(Scenario *s, Work *w, const char *name, const Form **f, int64_t *id)
{
    const char *form;
    if (named(s, name, &form, id)) {
        *f = app_form(w->app, form);
        return true;
    }
    *f = app_form(w->app, "user");
    if (name && auth_user_by_login(w, name, id)) return true;
    cx_clear(&w->cx);
    s->mistaken = true;
    return cx_fail(&w->cx, E_INPUT, "no record was named %s", name ? name : "");
}

static const Form *target(const Field *f)
{
    if (f->to) return f->to;
    const Names *form = f->name.type.form;
    return form ? form->form : NULL;
}

static Node *body_value(Scenario *s, Work *w, const Field *f, const Node *v);

static Node *body_list(Scenario *s, Work *w, const Field *f, const Node *v)
{
    Node *list = node_list(w->cx.a);
    for (int i = 0; i < v->n; i++)
        node_add(w->cx.a, list, f->rows ? scenario_body(s, w, f->rows, v->item[i])
            : body_value(s, w, f, v->item[i]));
    return list;
}

static Node *body_value(Scenario *s, Work *w, const Field *f, const Node *v)
{
    const Form *to = target(f);
    const char *form;
    int64_t id;
    if (v->kind == NODE_LIST) return body_list(s, w, f, v);
    if (to && named(s, node_text(v), &form, &id) && str_eq(form, to->key))
        return node_new_int(w->cx.a, id);
    return node_copy(w->cx.a, v);
}

Node *scenario_body(Scenario *s, Work *w, const Form *f, const Node *values)
{
    Node *body = node_map(w->cx.a);
    for (int i = 0; values && i < values->n; i++) {
        const Node *v = values->item[i];
        const Field *field = form_field(f, v->key);
        node_put(w->cx.a, body, v->key, field ? body_value(s, w, field, v)
            : node_copy(w->cx.a, v));
    }
    return body;
}

static bool is_number(const char *t, double *out)
{
    char *end;
    if (!t || !*t) return false;
    *out = strtod(t, &end);
    return !*end;
}

static bool blank(const Node *n)
{
    return node_blank(n) || ((n->kind == NODE_LIST || n->kind == NODE_MAP) && !n->n);
}

/* got: as record_json writes it. */
static bool same(const Node *want, const Node *got)
{
    static const char *const parts[] = { "id", "title", "name", "value" };
    const char *a = node_text(want), *b = node_text(got);
    double x, y;
    if (blank(want) || blank(got)) return blank(want) && blank(got);
    if (got->kind == NODE_MAP && want->kind == NODE_MAP)
        return node_find(want, "id") ? node_eq(node_find(want, "id"), node_find(got, "id"))
            : node_eq(want, got);
    if (got->kind == NODE_MAP) {
        for (int i = 0; i < LEN(parts); i++)
            if (a && str_eq(a, node_text(node_find(got, parts[i])))) return true;
        return false;
    }
    if (want->kind == NODE_LIST) {
        if (got->kind != NODE_LIST || got->n != want->n) return false;
        for (int i = 0; i < want->n; i++)
            if (!same(want->item[i], got->item[i])) return false;
        return true;
    }
    if (is_number(a, &x) && is_number(b, &y)) return x == y;
    return str_eq(a, b);
}

/* The expected value as the field itself would write it; as written when it cannot be read. */
static Node *normal(Work *w, const Field *f, Node *want)
{
    Cx cx = cx_begin(w->cx.a, "en");
    Val v;
    if (blank(want) || want->kind == NODE_LIST || (want->kind == NODE_MAP && !f->npart)
            || !f->type)
        return want;
    if (!field_read(&cx, f, want, w->app->zone, &v) || cx.nissue || v.kind == VAL_BLANK)
        return want;
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);
    if (v.kind == VAL_REC) json_int(&j, v.i);
    else if (f->npart) field_json(f, v, &j);
    else json_val(&j, v);
    Node *read = json_parse(&cx, str_show(&s), s.n);
    return read ? read : want;
}

static bool rows_differ(Scenario *s, Work *w, const Field *f, const Node *want, const Node *got)
{
    int n = got && got->kind == NODE_LIST ? got->n : 0;
    if (want->kind != NODE_LIST || want->n != n) return true;
    for (int i = 0; i < n; i++)
        if (scenario_differs(s, w, f->rows, want->item[i], got->item[i])) return true;
    return false;
}

/* Logins, also in a list, as ids. */
static Node *by_login(Work *w, Node *want)
{
    int64_t id;
    Cx kept = w->cx;
    for (int i = 0; want->kind == NODE_LIST && i < want->n; i++)
        want->item[i] = by_login(w, want->item[i]);
    if (node_is(want, NODE_TEXT) && auth_user_by_login(w, node_text(want), &id))
        want = node_new_int(w->cx.a, id);
    w->cx = kept;
    return want;
}

const char *scenario_differs(Scenario *s, Work *w, const Form *f, const Node *values,
    const Node *record)
{
    Str all = str_begin(w->cx.a);
    int64_t id;
    for (int i = 0; values && i < values->n; i++) {
        const Node *v = values->item[i], *got = node_find(record, v->key);
        const Field *field = form_field(f, v->key);
        const char *form;
        bool differs = true;
        if (field && field->rows && !blank(v)) {
            differs = rows_differ(s, w, field, v, got);
        } else if (field) {
            Node *want = body_value(s, w, field, v);
            const Form *to = target(field);
            if (to && str_eq(to->key, "user")) want = by_login(w, want);
            differs = !same(to ? want : normal(w, field, want), got);
            if (differs && named(s, node_text(v), &form, &id))
                differs = !same(node_new_int(w->cx.a, id), got);
        }
        if (!differs) continue;
        str_printf(&all, "%s%s: %s", all.n ? ", " : "", v->key,
            !field ? "there is no such field" : got ? node_json(w->cx.a, got) : "not there");
    }
    return all.n ? str_show(&all) : NULL;
}

/* ---- record('a') in filters ---- */
typedef struct Params { Scenario *s; Work *w; } Params;

static bool param_name(const Params *p, const char *text, const char **form, int64_t *id)
{
    size_t n = strlen(text);
    if (!str_starts(text, "record('") || n < 11 || strcmp(text + n - 2, "')")) return false;
    return named(p->s, arena_dup_n(p->w->cx.a, text + 8, n - 10), form, id);
}

static bool param_type(void *ctx, const char *name, Type *type)
{
    const Params *p = ctx;
    const char *form;
    int64_t id;
    if (!param_name(p, name, &form, &id)) return false;
    *type = (Type){ .kind = T_RECORD, .form = &app_form(p->w->app, form)->names };
    return true;
}

static bool param_value(void *ctx, const char *name, Val *out)
{
    const char *form;
    int64_t id;
    if (!param_name(ctx, name, &form, &id)) return false;
    *out = val_rec(id);
    return true;
}

void scenario_params(Scenario *s, Work *w, ListAsk *ask, Asker *asker)
{
    Params *p = ARENA_NEW(w->cx.a, Params);
    *p = (Params){ s, w };
    *asker = *work_asker(w);
    asker->param = param_value;
    asker->ctx = p;
    ask->asker = asker;
    ask->param = param_type;
    ask->ctx = p;
}

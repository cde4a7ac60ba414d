/*
 * given.c — see given.h.
 */
#include "data/given.h"
#include "data/link.h"

#include <stdlib.h>
#include <string.h>

static bool wrong(Work *w, const Param *p, const char *text)
{
    return cx_issue(&w->cx, at_field(p->key), "wrong_kind", "%s", text);
}

static void read_number(Work *w, const Param *p, const Node *n, Val *out)
{
    const char *text = node_text(n);
    char *end = NULL;
    int64_t whole;
    double d = text ? strtod(text, &end) : 0;

    if (!text || end == text || *end || d != d || d - d != 0) wrong(w, p, "a number is expected");
    else *out = node_int(n, &whole) ? val_int(whole) : val_real(d);
}

static void read_record(Work *w, const Param *p, const Node *n, Val *out)
{
    const Form *f = app_form(w->app, p->type);
    const Field *login = form_field(f, "login");
    Record *r = NULL;
    int64_t id = 0;

    if (!node_int(n, &id) && node_text(n) && login && !link_find(w, login, n, &id)) return;
    if (id > 0 && !record_load(w, f, id, false, &r)) return;
    if (r) *out = (Val){ .kind = VAL_REC, .i = id };
    else wrong(w, p, "there is no such record");
}

void given_read(Work *w, const Param *p, const Node *n, Val *out)
{
    const Zone *zone = w->who.zone ? w->who.zone : w->app->zone;
    const char *text = node_text(n);
    int64_t at;
    bool b;

    *out = val_blank();
    if (node_blank(n)) {
        if (p->required) cx_issue(&w->cx, at_field(p->key), "required", "is required");
    } else if (str_eq(p->type, "number")) {
        read_number(w, p, n, out);
    } else if (str_eq(p->type, "boolean")) {
        if (node_bool(n, &b)) *out = val_bool(b);
        else wrong(w, p, "true or false is expected");
    } else if (str_eq(p->type, "date")) {
        if (text && date_parse(text, &at)) *out = val_date(at);
        else wrong(w, p, "a date is expected");
    } else if (str_eq(p->type, "datetime")) {
        if (text && datetime_parse(text, zone, &at)) *out = val_datetime(at);
        else wrong(w, p, "a date with a time is expected");
    } else if (str_eq(p->type, "user") || str_eq(p->type, "department")) {
        read_record(w, p, n, out);
    } else if (!text) {
        wrong(w, p, "a text is expected");
    } else if (p->noption && !str_in(text, p->option, p->noption)) {
        cx_issue(&w->cx, at_field(p->key), "option", "is not one of the options");
    } else {
        *out = val_text(text);
    }
}

static void refuse_unknown(Work *w, const Param *p, int count, const Node *n)
{
    const char **key = ARENA_ARRAY(w->cx.a, const char *, count + 1);

    for (int i = 0; i < count; i++) key[i] = p[i].key;
    for (int i = 0; i < n->n; i++) {
        if (str_in(n->item[i]->key, key, count)) continue;
        const char *near = str_nearest(n->item[i]->key, key, count);
        if (near)
            cx_issue(&w->cx, at_field(n->item[i]->key), "unknown_field",
                "there is no such field; did you mean %s?", near);
        else
            cx_issue(&w->cx, at_field(n->item[i]->key), "unknown_field", "there is no such field");
    }
}

bool given_values(Work *w, const Param *p, int count, const Node *n, StepValue **out)
{
    int before = w->cx.nissue;

    *out = NULL;
    for (int i = 0; i < count; i++) {
        Val v = val_blank();
        if (n) given_read(w, &p[i], node_find(n, p[i].key), &v);
        if (w->cx.err) return false;
        StepValue *one = ARENA_NEW(w->cx.a, StepValue);
        *one = (StepValue){ arena_printf(w->cx.a, "given.%s", p[i].key), val_copy(w->cx.a, v), *out };
        *out = one;
    }
    if (n) refuse_unknown(w, p, count, n);
    return w->cx.nissue == before || cx_check(&w->cx);
}

static const Node *place_of(Arena *a, const Node *n, const char *path)
{
    char **step;
    int count = str_split(a, path, '.', &step);

    for (int i = 0; n && i < count; i++) {
        size_t digits = strspn(step[i], "0123456789");
        bool nth = digits && !step[i][digits] && digits < 6;
        if (n->kind == NODE_LIST) n = nth && atoi(step[i]) < n->n ? n->item[atoi(step[i])] : NULL;
        else n = n->kind == NODE_MAP ? node_find(n, step[i]) : NULL;
    }
    return n;
}

Node *given_pick(Arena *a, const Param *p, int count, const Node *body)
{
    Node *out = node_map(a);

    for (int i = 0; i < count; i++) {
        const Node *n = place_of(a, body, p[i].from ? p[i].from : p[i].key);
        if (n) node_put(a, out, p[i].key, node_copy(a, n));
    }
    return out;
}

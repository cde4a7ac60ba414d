/*
 * api.c — shared by the files of the JSON API.
 */
#include "http/api.h"
#include "base/i18n.h"
#include "data/pending.h"
#include "data/readable.h"

#include <string.h>

bool api_fields(Work *w, const Request *q, const char *arg, const Form *f, Field ***out, int *n)
{
    const char *text = request_arg(q, arg);
    char **part;
    *out = NULL;
    *n = 0;
    if (!text || !*text) return true;
    int parts = str_split(w->cx.a, text, ',', &part);
    *out = ARENA_ARRAY(w->cx.a, Field *, parts);
    for (int i = 0; i < parts; i++) {
        const char *key = str_trim(w->cx.a, part[i]);
        Field *field = form_field(f, key);
        if (!field) return cx_fail(&w->cx, E_SYNTAX, "%s: there is no field %s", arg, key);
        if (perm_field(w, f, field, NULL) == RIGHT_HIDDEN && !field->system)
            return cx_fail(&w->cx, E_DENIED, "no right to see %s", key);
        (*out)[(*n)++] = field;
    }
    return true;
}

bool api_ids(Work *w, const Node *list, const char *name, int64_t **out, int *n)
{
    *n = 0;
    *out = NULL;
    if (!list) return true;
    if (list->kind != NODE_LIST)
        return cx_issue(&w->cx, at_field(name), "list", "must be a list of ids");
    *out = ARENA_ARRAY(w->cx.a, int64_t, list->n + 1);
    for (int i = 0; i < list->n; i++)
        if (!node_int(list->item[i], &(*out)[(*n)++]))
            return cx_issue(&w->cx, at_field(name), "list", "must be a list of ids");
    return true;
}

/* Fields whose values are not final: "total,sum; done=300; total=5000". */
static void add_computing(Work *w, Response *r, const Form *f)
{
    const char *text = pending_text(w, f);
    if (text) response_header(&w->cx, r, "Tenon-Computing", text);
}

bool api_show(Work *w, const Request *q, Response *r, const Record *rec, int status)
{
    Field **field;
    int n;
    if (!api_fields(w, q, "fields", rec->form, &field, &n)) return false;
    Json j = response_json(r, status);
    record_json(w, rec, n ? field : NULL, n, &j);
    response_etag(&w->cx, r, record_version(rec));
    add_computing(w, r, rec->form);
    return !w->cx.err;
}

/* Members beside the record's fields would clash with fields: so they travel in headers. */
static void add_notes(Work *w, Response *r, const Saved *saved)
{
    if (saved->explained && *saved->explained) {
        Str s = str_begin(w->cx.a);
        url_part(&s, saved->explained);
        response_header(&w->cx, r, "Tenon-Explained", str_show(&s));
    }
    for (int i = 0; i < saved->nwarning; i++) {
        Str s = str_begin(w->cx.a);
        url_part(&s, saved->warning[i].text);
        response_header(&w->cx, r, "Tenon-Warning", str_show(&s));
    }
}

bool api_saved(Work *w, const Request *q, Response *r, const Saved *saved)
{
    const Record *rec = saved->record;
    const Form *f = rec ? rec->form : request_form(w, q);
    Record *now = NULL;
    if (!f) return false;
    int status = saved->created ? 201 : saved->waits ? 202 : 200;
    bool readable = query_one(w, f, saved->id, &now);
    if (!readable && w->cx.err != E_MISSING && w->cx.err != E_DENIED) return false;
    cx_clear(&w->cx);
    if (saved->created)
        response_header(&w->cx, r, "Location", arena_printf(w->cx.a,
            "/api/v1/forms/%s/records/%lld", f->key, (long long)saved->id));
    if (saved->waits)
        response_header(&w->cx, r, "Location", arena_printf(w->cx.a,
            "/api/v1/forms/%s/records/%lld/approvals", f->key, (long long)saved->id));
    add_notes(w, r, saved);
    if (readable) return api_show(w, q, r, now, status);
    Json j = response_json(r, status);
    json_map(&j);
    json_key(&j, "id");
    json_int(&j, saved->id);
    json_key(&j, "why");
    json_text(&j, i18n_text(w->cx.lang, "it was saved, but you may not read it"));
    json_map_end(&j);
    return true;
}

bool api_stale(Work *w, const Form *f, int64_t id, Response *r)
{
    Cx failed = w->cx;
    Record *now;
    if (failed.err != E_STALE) return false;
    cx_clear(&w->cx);
    if (query_one(w, f, id, &now)) {
        Str s = str_begin(w->cx.a);
        str_add(&s, "\"current\":");
        Json j = json_begin(&s);
        record_json(w, now, NULL, 0, &j);
        r->extra = str_show(&s);
        response_etag(&w->cx, r, record_version(now));
    }
    w->cx = failed;
    return false;
}

void api_params(Work *w, const Param *param, int n, Json *j)
{
    json_key(j, "params");
    json_list(j);
    for (int i = 0; i < n; i++) {
        json_map(j);
        json_key(j, "name"); json_text(j, param[i].key);
        json_key(j, "label"); json_text(j, label_show(&param[i].label, w->cx.lang, param[i].key));
        json_key(j, "type"); json_text(j, param[i].type);
        json_key(j, "required"); json_bool(j, param[i].required);
        json_map_end(j);
    }
    json_list_end(j);
}

void api_value(Work *w, const Expr *e, Val v, Json *out)
{
    Type t = e ? expr_type(e) : (Type){ 0 };

    if (t.kind != T_RECORD || v.kind == VAL_BLANK || !t.form) {
        json_val(out, v);
        return;
    }
    json_map(out);
    json_key(out, "id");
    json_int(out, v.i);
    json_key(out, "title");
    json_text(out, readable_title(w, t.form->form, v.i));
    json_map_end(out);
}

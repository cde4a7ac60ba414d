/*
 * record_eval.c — what expressions ask of a record: values, links, stages, titles.
 *
 * A record that was loaded without lists gets them when an expression first asks.
 */
#include "data/frame.h"
#include "data/record_row.h"
#include "data/titles.h"

static bool get_value(Eval *env, const void *record, const Name *name, Val *out)
{
    Record *r = (Record *)record;             /* lists are loaded when first asked for */
    bool list = name->kind == NAME_LIST || name->kind == NAME_ROWS;

    *out = val_blank();
    if (!r) return true;
    if (r->parent && name->type.form == &r->parent->form->names
        && str_eq(name->key, "record")) {
        *out = (Val){ .kind = VAL_REC, .i = record_id(r->parent), .p = r->parent };
        return true;
    }
    if (list && !r->full && !record_fill(env->host, r)) return false;
    if (name->index >= 0 && name->index < r->form->nfield) *out = r->val[name->index];
    if (name->whole) *out = out->kind == VAL_LIST ? out->list[name->nth] : val_blank();
    return true;
}

static const void *follow(Eval *env, const Names *form, int64_t id)
{
    Work *w = env->host;
    Record *r = frame_seen(w, form->form, id);

    if (r || id <= 0) return r;
    if (!record_load_row(w, form->form, id, false, &r)) return NULL;
    if (r) frame_see(w, r);
    return r;
}

static const char *status(Eval *env, const void *record)
{
    const Record *r = record;
    Record by_values;

    if (!r) return NULL;
    if (r->stage) return r->stage->status;
    by_values = *r;
    record_find_stage(env->host, &by_values);
    return by_values.stage ? by_values.stage->status : NULL;
}

static bool query(Eval *env, const Sql *q, Val *out)
{
    Work *w = env->host;
    bool found;

    *out = val_blank();
    return db_one(&w->cx, w->db, q, out, 1, &found);
}

static const char *title(Eval *env, const Names *form, int64_t id)
{
    return record_title_of(env->host, form->form, id);
}

Eval record_eval(Work *w, const Record *r, const Record *old)
{
    return (Eval){
        .cx = &w->cx, .asker = work_asker(w), .record = r, .old = old, .self = r,
        .get = get_value, .follow = follow, .status = status, .query = query, .title = title,
        .dialect = db_dialect(w->db), .host = w,
    };
}

const char *record_title(Work *w, const Record *r)
{
    Val v = val_blank();

    if (r->form->title) {
        Eval env = record_eval(w, r, NULL);
        if (!expr_eval(r->form->title, &env, &v)) return "";
    }
    if (v.kind == VAL_TEXT) return arena_dup(w->cx.a, v.t);
    return arena_printf(w->cx.a, "#%lld", (long long)record_id(r));
}

const char *record_title_of(Work *w, const Form *f, int64_t id)
{
    const char *known = titles_find(w, f, id);
    Record *r;
    Val v;

    if (known || id <= 0) return known ? known : "";
    Recall recall = titles_recall(w, f, id);
    if (!recall_row(&recall, &v, 1)) {
        if (!record_load_row(w, f, id, true, &r)) return "";
        v = val_text(r ? record_title(w, r) : "");
        if (!w->cx.err) recall_keep(&recall, &v, 1);
    }
    known = v.kind == VAL_TEXT ? v.t : "";
    titles_put(w, f, id, known);
    return known;
}

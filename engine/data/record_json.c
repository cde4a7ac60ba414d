/*
 * record_json.c — a record as this person may see it: hidden fields are not there, masked ones
 * are masks, links carry the title if the record behind them may be read.
 */
#include "data/file.h"
#include "data/query.h"
#include "data/readable.h"
#include "data/record_row.h"

static const char *title(void *ctx, const Field *f, int64_t id)
{
    Work *w = ctx;
    const Form *to = f->name.type.form ? f->name.type.form->form : NULL;
    const char *text = to ? readable_title(w, to, id) : NULL;

    return text ? text : "";
}

static void link_out(Work *w, const Field *f, Val v, Json *out)
{
    const Form *to = f->name.type.form ? f->name.type.form->form : NULL;

    if (v.kind != VAL_REC || !to) {
        json_val(out, v);
        return;
    }
    if (to == w->app->files) {
        file_json(w, v.i, out);
        return;
    }
    json_map(out);
    json_key(out, "id");
    json_int(out, v.i);
    json_key(out, "title");
    json_text(out, readable_title(w, to, v.i));
    json_map_end(out);
}

static void rows_out(Work *w, Val v, Json *out);

static void value_out(Work *w, const Field *f, Val v, Json *out)
{
    if (field_is_rows(f)) {
        rows_out(w, v, out);
    } else if (field_is_list(f) && f->name.type.of == T_RECORD) {
        json_list(out);
        for (int i = 0; v.kind == VAL_LIST && i < v.n; i++) link_out(w, f, v.list[i], out);
        json_list_end(out);
    } else if (field_is_list(f) && v.kind != VAL_LIST) {
        json_list(out);
        json_list_end(out);
    } else if (field_val(f) == VAL_REC && !field_is_list(f)) {
        link_out(w, f, v, out);
    } else if (field_has_shown(f) && v.kind == VAL_TEXT && v.p) {
        json_text(out, v.p);
    } else {
        field_json(f, v, out);
    }
}

static void rows_out(Work *w, Val v, Json *out)
{
    json_list(out);
    for (int i = 0; v.kind == VAL_LIST && i < v.n; i++) {
        const Record *row = v.list[i].p;
        if (!row) continue;
        json_map(out);
        for (int k = 0; k < row->form->nfield; k++) {
            const Field *x = row->form->field[k];
            if (x->system && x->name.index == ROW_POSITION) continue;
            json_name(out, x->key);
            value_out(w, x, row->val[k], out);
        }
        json_map_end(out);
    }
    json_list_end(out);
}

static void masked_out(Work *w, const Field *f, Val v, Json *out)
{
    Show show = { .lang = w->cx.lang, .currency = w->app->currency, .title = title, .ctx = w,
        .zone = w->who.zone ? w->who.zone : w->app->zone };

    if (val_is_blank(v)) json_null(out);
    else json_text(out, field_mask(w->cx.a, f, field_show(w->cx.a, f, v, &show)));
}

void record_json(Work *w, const Record *r, Field *const *field, int nfield, Json *out)
{
    const Form *f = r->form;
    Reach reach = perm_reach(w, r);

    if (!field) {
        field = f->field;
        nfield = f->nfield;
    }
    json_map(out);
    json_key(out, "id");
    json_int(out, record_id(r));
    for (int i = 0; i < nfield; i++) {
        const Field *x = field[i];
        if (x == f->field[SYS_ID] || field_store(x) == STORE_NONE) continue;
        bool bin = x->system && x->name.index == SYS_DELETED_AT;
        if (bin && val_is_blank(record_get(r, x))) continue;
        Right right = perm_field_reached(w, f, x, &reach);
        if (right == RIGHT_HIDDEN) continue;
        json_name(out, x->key);
        if (right == RIGHT_MASKED) masked_out(w, x, record_get(r, x), out);
        else value_out(w, x, record_get(r, x), out);
    }
    json_map_end(out);
}

/*
 * history_value.c — kept values are as the API writes them, links as ids alone.
 */
#include "data/history_value.h"
#include "data/readable.h"
#include "data/record_row.h"
#include "base/decimal.h"
#include "base/i18n.h"

static void row_json(Work *w, const Record *row, Json *out)
{
    const Form *f = row->form;

    json_map(out);
    json_key(out, "id");
    json_int(out, record_id(row));
    for (int i = f->nsystem; i < f->nfield; i++) {
        if (val_is_blank(row->val[i])) continue;
        json_name(out, f->field[i]->key);
        history_value_json(w, f->field[i], row->val[i], out);
    }
    json_map_end(out);
}

void history_value_json(Work *w, const Field *f, Val v, Json *out)
{
    if (field_is_parts(f)) {
        field_json(f, v, out);
        return;
    }
    if (v.kind != VAL_LIST) {
        json_val(out, v);
        return;
    }
    json_list(out);
    for (int i = 0; i < v.n; i++) {
        if (field_is_rows(f)) row_json(w, v.list[i].p, out);
        else json_val(out, v.list[i]);
    }
    json_list_end(out);
}

static const char *title(void *ctx, const Field *f, int64_t id)
{
    return readable_title(ctx, f->to, id);
}

static Val scalar(const Field *f, const Node *n)
{
    ValKind kind = field_is_list(f) ? (f->name.type.of == T_RECORD ? VAL_REC : VAL_TEXT)
        : field_val(f);
    int64_t i;

    if (n->kind == NODE_BOOL) return val_bool(n->b);
    if (kind == VAL_DEC && n->text)
        return decimal_parse(n->text, field_scale(f), &i) ? val_dec(i, field_scale(f))
            : val_blank();
    if (kind == VAL_REC) return node_int(n, &i) ? val_rec(i) : val_blank();
    return db_typed(val_text(node_text(n)), kind, 0);
}

static const char *rows_show(Work *w, const Node *list)
{
    int n = list->n;
    return n == 1 ? i18n_text(w->cx.lang, "1 row")
        : arena_printf(w->cx.a, i18n_text(w->cx.lang, "%d rows"), n);
}

const char *history_value_show(Work *w, const Field *f, const Node *kept)
{
    Show as = { .lang = w->cx.lang, .zone = w->who.zone ? w->who.zone : w->app->zone,
        .currency = w->app->currency, .title = title, .ctx = w };
    Val v;

    if (!kept || kept->kind == NODE_NULL) return NULL;
    if (field_is_rows(f)) return node_is(kept, NODE_LIST) ? rows_show(w, kept) : NULL;
    if (node_is(kept, NODE_LIST)) {
        Val *item = ARENA_ARRAY(w->cx.a, Val, kept->n);
        for (int i = 0; i < kept->n; i++) item[i] = scalar(f, kept->item[i]);
        v = val_list(item, kept->n);
    } else if (field_is_parts(f)) {
        Cx inner = cx_begin(w->cx.a, w->cx.lang);
        if (!field_read(&inner, f, kept, as.zone, &v)) return NULL;
    } else {
        v = scalar(f, kept);
    }
    return val_is_blank(v) ? NULL : field_show(w->cx.a, f, v, &as);
}

/*
 * query_order.c — the order of a list: "-amount,customer,id" as keys in SQL.
 *
 * Plain fields are read from their column (the folded key for text), so that an index can give
 * the order; paths are expressions; a link sorts by its title where one may read them all. The
 * id ends every order, in the direction of the key before it, so that places are exact.
 */
#include "data/query_in.h"
#include "data/record_row.h"

static bool full(const Order *o)
{
    return o->n >= LEN(o->key) - 1;
}

static SortKey *next_key(Work *w, Order *o, bool down)
{
    SortKey *k = &o->key[o->n++];

    k->sql = sql_begin(w->cx.a, db_dialect(w->db));
    k->down = down;
    return k;
}

MUST static bool add_path(Work *w, const Form *f, const char *text, bool down, Order *o)
{
    Expr *e = query_expr(w, f, text, USE_FILTER, (Type){ 0 }, NULL);

    if (!e) return cx_check(&w->cx);
    ExprSql how = query_sql(w, NULL);
    return expr_sql_sort(&w->cx, e, &how, &next_key(w, o, down)->sql);
}

/* The path to the title of a link: "customer.name"; NULL to sort by the id. */
static const char *title_path(Work *w, const Field *x)
{
    const Form *to = x->like && x->like->to ? x->like->to : x->to;
    const Field *title = to && to->ntitle_field ? to->title_field[0] : NULL;

    if (field_val(x) != VAL_REC || !title || !field_has_column(title)) return NULL;
    if (title->name.type.kind == T_RECORD || !perm_may(w, to, ACT_READ))
        return NULL;
    if (!perm_filterable(w, to, title)) return NULL;
    return arena_printf(w->cx.a, "%s.%s", x->key, title->key);
}

MUST static bool add_field(Work *w, const Form *f, const Field *x, bool down, Order *o)
{
    if (!w->as_app && !perm_filterable(w, f, x))
        return cx_fail(&w->cx, E_DENIED, "no right to sort by %s", field_label(x, w->cx.lang));
    const char *path = title_path(w, x);
    if (path) return add_path(w, f, path, down, o);
    SortKey *k = next_key(w, o, down);
    sql_column(&k->sql, "r", x->name.folded ? arena_printf(w->cx.a, "%s__key", x->name.column)
        : x->name.column);
    return true;
}

MUST static bool add_text(Work *w, const Form *f, const char *text, bool down, Order *o)
{
    const Field *x = form_field(f, text);

    if (x && field_has_column(x)) return add_field(w, f, x, down, o);
    if (x && !field_is_parts(x)) {
        cx_issue(&w->cx, at_field("sort"), "does_not_fit", "`%s` holds several values", text);
        return cx_check(&w->cx);
    }
    return add_path(w, f, text, down, o);
}

static void end(Work *w, Order *o, bool down)
{
    SortKey *k = next_key(w, o, down);
    sql_add(&k->sql, "r.\"id\"");
}

static bool is_id(const char *text)
{
    return str_eq(text, "id");
}

bool query_order(Work *w, const ListAsk *ask, Order *out)
{
    char **piece;
    int n = ask->sort ? query_split(w->cx.a, ask->sort, &piece) : 0;
    bool down = true, ended = false;
    Str text = str_begin(w->cx.a);

    *out = (Order){ 0 };
    for (int i = 0; i < n && !ended && !full(out); i++) {
        down = piece[i][0] == '-';
        const char *key = piece[i] + down;
        str_printf(&text, "%s%s,", down ? "-" : "", key);
        ended = is_id(key);
        if (!ended && !add_text(w, ask->form, key, down, out)) return false;
    }
    for (int i = 0; !ask->sort && i < ask->nsort && !ended && !full(out); i++) {
        const Sort *s = &ask->sorts[i];
        down = s->down;
        str_printf(&text, "%s%s,", down ? "-" : "", s->field->key);
        ended = is_id(s->field->key);
        if (!ended && !add_text(w, ask->form, s->field->key, down, out)) return false;
    }
    end(w, out, down);
    out->text = str_show(&text);
    return true;
}

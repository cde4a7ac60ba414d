/*
 * convert_value.c — one value, from any kind to any field.
 *
 * The way is through text: what a person would have written, read by the field's own type. A
 * pair that has a better way has a line in the table. A new type needs a line only when its
 * stored text is not what its reader takes.
 */
#include "data/convert_in.h"
#include "data/record.h"
#include "data/record_row.h"
#include "base/decimal.h"
#include "base/node_json.h"
#include "base/out.h"

#include <string.h>

/* ---- links are known by a unique field, else by a title that is one field ---- */

static const Field *key_of(const Form *f)
{
    if (f->builtin) return form_field(f, str_eq(f->key, "user") ? "login" : "name");
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        if (x->unique && !x->within && field_has_column(x) && field_val(x) == VAL_TEXT)
            return x;
    }
    const Field *title = f->ntitle_field == 1 ? f->title_field[0] : NULL;
    return title && field_has_column(title) && field_val(title) == VAL_TEXT ? title : NULL;
}

static const char *link_text(Work *w, const Form *f, int64_t id)
{
    const Field *key = f ? key_of(f) : NULL;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found = false;
    Val v;

    if (!key) return f ? record_title_of(w, f, id) : arena_printf(w->cx.a, "%lld", (long long)id);
    sql_add(&q, "SELECT ");
    sql_name(&q, key->name.column);
    sql_add(&q, " FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return NULL;
    return found && v.kind == VAL_TEXT ? v.t : arena_printf(w->cx.a, "#%lld", (long long)id);
}

MUST static bool link_read(Work *w, const Form *f, const char *text, Val *out, Fit *fit)
{
    const Field *key = key_of(f);
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t id = 0;
    int n = 0;
    Rows rows;
    Val v;

    if (!key) return true;
    const char *normal = field_normal(w->cx.a, key, text);
    sql_add(&q, "SELECT \"id\" FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " WHERE ");
    sql_name(&q, key->name.folded ? arena_printf(w->cx.a, "%s__key", key->name.column)
        : key->name.column);
    sql_add(&q, " = ");
    sql_bind(&q, val_text(key->name.folded ? str_fold(w->cx.a, normal ? normal : text)
        : normal ? normal : text));
    sql_add(&q, " AND \"deleted_at\" IS NULL LIMIT 2");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) {
        id = v.i;
        n++;
    }
    db_rows_end(&rows);
    if (n == 1) {
        *out = val_rec(id);
        *fit = FIT_EXACT;
    }
    return !w->cx.err;
}

/* ---- text ---- */

static const char *one_text(Work *w, const Kind *k, Val v)
{
    if (val_is_blank(v)) return NULL;
    if (v.kind == VAL_REC) return link_text(w, k->to ? app_form(w->app, k->to) : NULL, v.i);
    if (v.kind == VAL_BOOL) return v.i ? "true" : "false";
    return val_show(w->cx.a, v);
}

const char *kind_text(Work *w, const Kind *k, Val v)
{
    if (v.kind != VAL_LIST) return one_text(w, k, v);
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);
    json_list(&j);
    for (int i = 0; i < v.n; i++) json_text(&j, one_text(w, k, v.list[i]));
    json_list_end(&j);
    return str_show(&s);
}

static const Option *option_called(Work *w, const Field *f, const char *text)
{
    const char *want = str_fold(w->cx.a, text);

    for (int i = 0; i < f->noption; i++) {
        const Option *o = &f->option[i];
        if (str_eq(str_fold(w->cx.a, o->value), want)) return o;
        for (int k = 0; k < o->label.n; k++)
            if (str_eq(str_fold(w->cx.a, o->label.text[k]), want)) return o;
    }
    return NULL;
}

static bool yes_or_no(Work *w, const char *text, Val *out)
{
    static const char *const yes[] = { "true", "yes", "y", "1", "x", "是", "对", "有" };
    static const char *const no[] = { "false", "no", "n", "0", "否", "不", "无" };
    const char *t = str_fold(w->cx.a, text);

    *out = val_bool(str_in(t, yes, LEN(yes)));
    return str_in(t, yes, LEN(yes)) || str_in(t, no, LEN(no));
}

/* More digits than the field has, or than fit at all. */
static Fit number_read(const Field *to, const char *text, Val *out)
{
    int64_t exact, fine, again;
    int scale = field_scale(to);

    if (!decimal_parse(text, scale, &exact)) return FIT_NONE;
    *out = val_dec(exact, scale);
    if (!decimal_parse(text, DECIMAL_MAX_SCALE, &fine)) return FIT_EXACT;
    return decimal_rescale(exact, scale, DECIMAL_MAX_SCALE, &again) && again == fine
        ? FIT_EXACT : FIT_NEAR;
}

/* By the field's own reader; its issues say no more than that it does not fit. */
static Fit read_by_type(Work *w, const Field *to, Node *n, Val *out)
{
    Cx inner = cx_begin(w->cx.a, NULL);

    if (!to->value->read || !to->value->read(&inner, to, n, w->app->zone, out) || inner.nissue)
        return FIT_NONE;
    if (to->noption && to->value->check && !val_is_blank(*out)) to->value->check(&inner, to, *out);
    if (inner.nissue) *out = val_blank();
    return val_is_blank(*out) ? FIT_NONE : FIT_EXACT;
}

static Fit option_read(Work *w, const Field *to, const char *text, Val *out)
{
    const Option *o = field_option(to, text);

    if (!o) o = option_called(w, to, text);
    if (!o) return FIT_NONE;
    *out = val_text(o->value);
    return FIT_EXACT;
}

MUST static bool item_read(Work *w, const Field *to, const char *text, Val *out, Fit *fit)
{
    Kind k = kind_of_field(to);

    *fit = FIT_NONE;
    *out = val_blank();
    text = str_trim(w->cx.a, text);
    if (!*text) return true;
    if (k.val == VAL_REC)
        return !to->name.target || link_read(w, to->name.target->form, text, out, fit);
    if (k.val == VAL_DEC) *fit = number_read(to, text, out);
    else if (k.val == VAL_BOOL) *fit = yes_or_no(w, text, out) ? FIT_EXACT : FIT_NONE;
    else if (to->noption) *fit = option_read(w, to, text, out);
    else if (k.list) {
        *out = val_text(text);
        *fit = FIT_EXACT;
    } else *fit = read_by_type(w, to, node_new_text(w->cx.a, text), out);
    if (*fit == FIT_NONE) *out = val_blank();
    return true;
}

/* ---- lists ---- */

static bool has(const Val *list, int n, Val v)
{
    for (int i = 0; i < n; i++)
        if (val_eq(list[i], v)) return true;
    return false;
}

MUST static bool list_read(Work *w, const Field *to, const char *const *text, int n, Val *out,
    Fit *fit)
{
    Val *item = ARENA_ARRAY(w->cx.a, Val, n + 1), v;
    int count = 0;
    Fit one;

    *fit = FIT_EXACT;
    for (int i = 0; i < n; i++) {
        if (!item_read(w, to, text[i], &v, &one)) return false;
        if (one == FIT_NONE) *fit = FIT_NEAR;
        else if (!has(item, count, v)) item[count++] = v;
    }
    *out = val_list(item, count);
    if (!count) *fit = FIT_NONE;
    return true;
}

static const char *joined(Work *w, const char *const *text, int n)
{
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < n; i++) {
        if (i) str_add(&s, ", ");
        str_add(&s, text[i]);
    }
    return str_show(&s);
}

static bool plain_text(const Field *to)
{
    return field_val(to) == VAL_TEXT && !to->noption && !to->name.normal && !field_is_list(to);
}

MUST static bool texts_read(Work *w, const Field *to, const char *const *text, int n, Val *out,
    Fit *fit)
{
    if (field_is_list(to)) return list_read(w, to, text, n, out, fit);
    if (n > 1 && plain_text(to)) return item_read(w, to, joined(w, text, n), out, fit);
    if (!item_read(w, to, n ? text[0] : "", out, fit)) return false;
    if (n > 1 && *fit == FIT_EXACT) *fit = FIT_NEAR;
    return true;
}

bool value_read(Work *w, const Field *to, const char *text, Val *out, Fit *fit)
{
    Cx inner = cx_begin(w->cx.a, NULL);
    Node *n = *text == '[' ? json_parse(&inner, text, strlen(text)) : NULL;

    if (!node_is(n, NODE_LIST)) return texts_read(w, to, &text, 1, out, fit);
    const char **item = ARENA_ARRAY(w->cx.a, const char *, n->n + 1);
    int count = 0;
    for (int i = 0; i < n->n; i++)
        if (node_text(n->item[i])) item[count++] = node_text(n->item[i]);
    return texts_read(w, to, item, count, out, fit);
}

/* ---- pairs with a way of their own ---- */

static Fit date_to_datetime(Work *w, const Field *to, Val in, Val *out)
{
    (void)to;
    *out = val_datetime(local_midnight(in.i, w->app->zone));
    return FIT_EXACT;
}

static Fit datetime_to_date(Work *w, const Field *to, Val in, Val *out)
{
    (void)to;
    int64_t day = local_day(in.i, w->app->zone);

    *out = val_date(day);
    return local_midnight(day, w->app->zone) == in.i ? FIT_EXACT : FIT_NEAR;
}

static Fit number_to_boolean(Work *w, const Field *to, Val in, Val *out)
{
    (void)w, (void)to;
    double d = val_number(in);

    *out = val_bool(d != 0);
    return d == 0 || d == 1 ? FIT_EXACT : FIT_NEAR;
}

static Fit boolean_to_number(Work *w, const Field *to, Val in, Val *out)
{
    (void)w;
    int64_t i;

    if (!val_scaled(val_int(in.i), field_scale(to), &i)) return FIT_NONE;
    *out = val_dec(i, field_scale(to));
    return FIT_EXACT;
}

/* Options called yes and no in any of the ways. */
static Fit boolean_to_choice(Work *w, const Field *to, Val in, Val *out)
{
    Val meant;

    for (int i = 0; i < to->noption; i++) {
        bool hit = yes_or_no(w, to->option[i].value, &meant) && meant.i == in.i;
        for (int k = 0; !hit && k < to->option[i].label.n; k++)
            hit = yes_or_no(w, to->option[i].label.text[k], &meant) && meant.i == in.i;
        if (!hit) continue;
        *out = val_text(to->option[i].value);
        return FIT_EXACT;
    }
    if (to->noption) return FIT_NONE;
    *out = val_text(in.i ? "true" : "false");
    return FIT_EXACT;
}

static Fit real_to_number(Work *w, const Field *to, Val in, Val *out)
{
    (void)w;
    int64_t i;

    if (!val_scaled(in, field_scale(to), &i)) return FIT_NONE;
    *out = val_dec(i, field_scale(to));
    return decimal_real(i, field_scale(to)) == val_number(in) ? FIT_EXACT : FIT_NEAR;
}

typedef Fit (*Way)(Work *w, const Field *to, Val in, Val *out);
static const struct { const char *from; const char *to; Way way; } ways[] = {
    { "date", "datetime", date_to_datetime },
    { "datetime", "date", datetime_to_date },
    { "number", "boolean", number_to_boolean },
    { "integer", "boolean", number_to_boolean },
    { "boolean", "number", boolean_to_number },
    { "boolean", "text", boolean_to_choice },
    { "real", "number", real_to_number },
};

MUST static bool same_links(Work *w, const Kind *from, const Field *to, Val in, Val *out,
    Fit *fit)
{
    (void)w, (void)from;
    *fit = FIT_EXACT;
    *out = in;
    if (field_is_list(to) && in.kind != VAL_LIST) {
        Val *one = ARENA_ARRAY(w->cx.a, Val, 1);
        one[0] = in;
        *out = val_list(one, 1);
    } else if (!field_is_list(to) && in.kind == VAL_LIST) {
        *out = in.list[0];
        if (in.n > 1) *fit = FIT_NEAR;
    }
    return true;
}

MUST static bool convert_any(Work *w, const Kind *from, const Field *to, Val in, Val *out,
    Fit *fit)
{
    Kind now = kind_of_field(to);

    *out = val_blank();
    *fit = FIT_EXACT;
    if (val_is_blank(in)) return true;
    if (from->val == VAL_REC && now.val == VAL_REC && str_eq(from->to, now.to))
        return same_links(w, from, to, in, out, fit);
    for (int i = 0; i < LEN(ways); i++)
        if (!from->list && !now.list && str_eq(from->family, ways[i].from)
            && str_eq(now.family, ways[i].to)) {
            *fit = ways[i].way(w, to, in, out);
            return true;
        }
    int n = in.kind == VAL_LIST ? in.n : 1;
    const char **text = ARENA_ARRAY(w->cx.a, const char *, n + 1);
    for (int i = 0; i < n; i++) {
        text[i] = one_text(w, from, in.kind == VAL_LIST ? in.list[i] : in);
        if (w->cx.err) return false;
        if (!text[i]) text[i] = "";
    }
    return texts_read(w, to, text, n, out, fit);
}

bool value_convert(Work *w, const Kind *from, const Field *to, Val in, Val *out, Fit *fit)
{
    if (!convert_any(w, from, to, in, out, fit)) return false;
    /* A yes-or-no field is never blank. */
    if (*fit == FIT_NONE && field_val(to) == VAL_BOOL) *out = val_bool(false);
    return true;
}

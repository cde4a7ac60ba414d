/*
 * record_fit.c — values of expressions and rules, brought to what a field can hold.
 */
#include "base/decimal.h"
#include "data/record_row.h"

static const Zone *zone_of(const Work *w)
{
    return w->who.zone ? w->who.zone : w->app->zone;
}

static Val fit_date(Work *w, Val v)
{
    int64_t day;

    if (v.kind == VAL_DATE) return v;
    if (v.kind == VAL_DATETIME) return val_date(local_day(v.i, zone_of(w)));
    if (v.kind == VAL_TEXT && date_parse(v.t, &day)) return val_date(day);
    return val_blank();
}

static Val fit_datetime(Work *w, Val v)
{
    int64_t at;

    if (v.kind == VAL_DATETIME) return v;
    if (v.kind == VAL_DATE) return val_datetime(local_midnight(v.i, zone_of(w)));
    if (v.kind == VAL_TEXT && datetime_parse(v.t, zone_of(w), &at)) return val_datetime(at);
    return val_blank();
}

static Val fit_text(Work *w, Val v)
{
    if (v.kind == VAL_TEXT) return val_copy(w->cx.a, v);
    if (val_is_blank(v) || v.kind == VAL_LIST || v.kind == VAL_REC) return val_blank();
    return val_text(val_show(w->cx.a, v));
}

static Val fit_one(Work *w, const Field *f, ValKind kind, Val v)
{
    int64_t scaled;
    Val duration;

    switch (kind) {
    case VAL_DEC:
        if (!val_is_number(v) || !val_scaled(v, field_scale(f), &scaled)) return val_blank();
        return val_dec(scaled, field_scale(f));
    case VAL_INT:
        return val_scaled(v, 0, &scaled) ? val_int(scaled) : val_blank();
    case VAL_BOOL:
        return val_bool(v.kind == VAL_BOOL && v.i);
    case VAL_DATE:
        return fit_date(w, v);
    case VAL_DATETIME:
        return fit_datetime(w, v);
    case VAL_TEXT:
        return fit_text(w, v);
    case VAL_DURATION:
        if (v.kind == VAL_TEXT && duration_parse(v.t, &duration)) v = duration;
        return v.kind == VAL_DURATION ? duration_of(duration_seconds(v)) : val_blank();
    case VAL_TIME:
        if (v.kind == VAL_TEXT && time_parse(v.t, &scaled)) return val_time(scaled);
        return v.kind == VAL_TIME ? v : val_blank();
    case VAL_REC:
        if (v.kind == VAL_REC) return v;
        return val_is_number(v) && val_scaled(v, 0, &scaled) ? val_rec(scaled) : val_blank();
    default:
        return v.kind == kind ? v : val_blank();
    }
}

static Val fit_list(Work *w, const Field *f, Val v)
{
    ValKind kind = f->name.type.of == T_RECORD ? VAL_REC : VAL_TEXT;
    int n = v.kind == VAL_LIST ? v.n : 1, count = 0;
    Val *item = ARENA_ARRAY(w->cx.a, Val, n);

    for (int i = 0; i < n; i++) {
        Val one = fit_one(w, f, kind, v.kind == VAL_LIST ? v.list[i] : v);
        bool again = val_is_blank(one);
        for (int k = 0; k < count && !again; k++) again = val_eq(item[k], one);
        if (!again) item[count++] = one;
    }
    return val_list(item, count);
}

Val record_fit(Work *w, const Field *f, Val v)
{
    if (field_is_rows(f)) return v;
    if (field_is_parts(f))
        return v.kind == VAL_LIST && v.n == f->npart ? v : val_blank();
    if (field_is_list(f)) return val_is_blank(v) ? v : fit_list(w, f, v);
    if (v.kind == VAL_LIST) v = v.n ? v.list[0] : val_blank();
    Val fit = fit_one(w, f, field_val(f), v);
    if (fit.kind == VAL_TEXT && !f->computed && !fit.p) {
        const char *normal = field_normal(w->cx.a, f, fit.t);
        if (normal && !str_eq(normal, fit.t)) {
            const char *typed = fit.t;
            fit = val_text(normal);
            if (field_has_shown(f)) fit.p = typed;
        }
    }
    return fit;
}

/*
 * serial.c — one counter for each field and period; the period is that of the app's day.
 */
#include "data/serial.h"
#include "data/record_row.h"

static const char *period(Work *w, const Field *f, Ymd d)
{
    if (str_eq(f->reset, "year")) return arena_printf(w->cx.a, "%04d", d.year);
    if (str_eq(f->reset, "month")) return arena_printf(w->cx.a, "%04d%02d", d.year, d.month);
    if (str_eq(f->reset, "day"))
        return arena_printf(w->cx.a, "%04d%02d%02d", d.year, d.month, d.day);
    return "";
}

MUST static bool next_number(Work *w, const Field *f, Ymd day, int64_t *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *key = arena_printf(w->cx.a, "%s.%s:%s", f->form->key, f->key,
        period(w, f, day));
    bool found;
    Val v;

    sql_add(&q, "INSERT INTO \"_serial\" (\"key\", \"value\") VALUES (");
    sql_bind(&q, val_text(key));
    sql_add(&q, ", 1) ON CONFLICT (\"key\") DO UPDATE SET \"value\" = "
        "\"_serial\".\"value\" + 1 RETURNING \"value\"");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    BUG_IF(!found);
    *out = v.i;
    return true;
}

static void add_field(Work *w, Str *s, const Record *r, const Field *f)
{
    Show as = { .lang = w->app->nlanguage ? w->app->language[0] : NULL, .zone = w->app->zone };
    Val v = record_get(r, f);

    if (v.kind == VAL_REC) str_add(s, record_title_of(w, f->to, v.i));
    else if (v.kind == VAL_TEXT) str_add(s, v.t);
    else if (!val_is_blank(v)) str_add(s, field_show(w->cx.a, f, v, &as));
}

MUST static bool make(Work *w, const Record *r, const Field *f, Val *out)
{
    Ymd d = day_split(local_day(w->now, w->app->zone));
    Str s = str_begin(w->cx.a);
    int64_t number = 0;

    for (int i = 0; i < f->nserial; i++) {
        const SerialPart *p = &f->serial[i];
        switch (p->kind) {
        case SERIAL_TEXT: str_add(&s, p->text); break;
        case SERIAL_YEAR: str_printf(&s, "%04d", d.year); break;
        case SERIAL_MONTH: str_printf(&s, "%02d", d.month); break;
        case SERIAL_DAY: str_printf(&s, "%02d", d.day); break;
        case SERIAL_FIELD: add_field(w, &s, r, p->field); break;
        case SERIAL_SEQ:
            if (!number && !next_number(w, f, d, &number)) return false;
            str_printf(&s, "%0*lld", p->width, (long long)number);
            break;
        }
    }
    *out = val_text(str_show(&s));
    return true;
}

bool serial_set(Work *w, Record *r)
{
    for (int i = r->form->nsystem; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        if (field_is_rows(f)) {
            for (int k = 0; r->val[i].kind == VAL_LIST && k < r->val[i].n; k++) {
                Record *row = (Record *)r->val[i].list[k].p;
                if (!record_id(row) && !serial_set(w, row)) return false;
            }
        }
        if (f->nserial && val_is_blank(r->val[i]) && !make(w, r, f, &r->val[i])) return false;
    }
    return true;
}

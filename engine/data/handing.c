/*
 * handing.c — one row for each time a record changes hands.
 */
#include "data/handing.h"
#include "data/notice.h"
#include "data/reminder.h"
#include "base/i18n.h"

static const char *today(Work *w)
{
    char text[16];

    date_show(text, sizeof text, local_day(w->now, w->app->zone));
    return arena_dup(w->cx.a, text);
}

static Val user_in(const Record *r, const Field *f)
{
    Val v = r ? record_get(r, f) : val_blank();

    return v.kind == VAL_REC ? val_int(v.i) : val_blank();
}

/* The one it went into, or came out of. */
static Val pool_of(const Record *old, const Record *now)
{
    Val v = now->val[SYS_POOL];

    return val_is_blank(v) && old ? old->val[SYS_POOL] : v;
}

MUST static bool keep_row(Work *w, const Handing *h, Val from, Val user, const Record *old,
    const Record *now)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const Form *f = now->form;
    const Val value[] = { val_text(f->key), val_int(record_id(now)), val_text(h->field->key),
        val_text(h->kind), user, from, f->npool ? pool_of(old, now) : val_blank(),
        w->who.id ? val_int(w->who.id) : val_blank(), val_datetime(w->now),
        val_text(today(w)), val_text(h->rule), val_text(h->reason) };

    sql_add(&q, "INSERT INTO \"_assigned\" (\"form\", \"record\", \"field\", \"kind\", \"user\", "
        "\"from\", \"pool\", \"by\", \"at\", \"day\", \"rule\", \"reason\") VALUES (");
    for (int i = 0; i < LEN(value); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, value[i]);
    }
    sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q);
}

MUST static bool handed_text(Work *w, const Record *r, int64_t user, const char **out)
{
    const char *lang;

    if (!reader_language(w, user, &lang)) return false;
    *out = arena_printf(w->cx.a, i18n_text(lang, "%s was handed to you"), record_title(w, r));
    return !w->cx.err;
}

bool handing_keep(Work *w, const Handing *h, const Record *old, const Record *now)
{
    Val user = user_in(now, h->field);
    Notice note = { .to = user.i, .form = now->form->key, .record = record_id(now),
        .kind = "notify" };

    if (!keep_row(w, h, user_in(old, h->field), user, old, now)) return false;
    bool handed = str_eq(h->kind, "transferred");
    if (!(h->ntext || handed) || user.kind != VAL_INT || user.i == w->who.id) return true;
    if (handed ? !handed_text(w, now, user.i, &note.text)
        : !reminder_text(w, &h->text, h->texts, h->ntext, now, user.i, &note.text)) return false;
    return notice_send(w, &note);
}

static void among(Sql *q, const Tally *of, int n)
{
    sql_add(q, " IN (");
    for (int i = 0; i < n; i++) {
        if (i) sql_add(q, ", ");
        sql_bind(q, val_int(of[i].user));
    }
    sql_add(q, ")");
}

MUST static bool read_tally(Work *w, const Sql *q, Tally *of, int n)
{
    Rows rows;
    Val v[2];

    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (db_next(&w->cx, &rows, v))
        for (int i = 0; i < n; i++)
            if (of[i].user == v[0].i) of[i].n = v[1].i;
    db_rows_end(&rows);
    return !w->cx.err;
}

bool handing_today(Work *w, const Field *field, const char *kind, const char *pool, Tally *of,
    int n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    for (int i = 0; i < n; i++) of[i].n = 0;
    if (!n) return true;
    sql_add(&q, "SELECT \"user\", count(*) FROM \"_assigned\" WHERE \"form\" = ");
    sql_bind(&q, val_text(field->form->key));
    sql_add(&q, " AND \"day\" = ");
    sql_bind(&q, val_text(today(w)));
    sql_add(&q, " AND \"kind\" = ");
    sql_bind(&q, val_text(kind));
    sql_add(&q, " AND \"field\" = ");
    sql_bind(&q, val_text(field->key));
    if (pool) {
        sql_add(&q, " AND \"pool\" = ");
        sql_bind(&q, val_text(pool));
    }
    sql_add(&q, " AND \"user\"");
    among(&q, of, n);
    sql_add(&q, " GROUP BY \"user\"");
    return read_tally(w, &q, of, n);
}

bool handing_held(Work *w, const Field *field, const Expr *open, int64_t without, Tally *of,
    int n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    ExprSql ask = { .asker = work_asker(w), .alias = "t" };

    for (int i = 0; i < n; i++) of[i].n = 0;
    if (!n) return true;
    sql_add(&q, "SELECT ");
    sql_column(&q, "t", field->name.column);
    sql_add(&q, ", count(*) FROM ");
    sql_name(&q, field->form->names.table);
    sql_add(&q, " AS t WHERE \"t\".\"deleted_at\" IS NULL AND \"t\".\"id\" <> ");
    sql_bind(&q, val_int(without));
    sql_add(&q, " AND ");
    sql_column(&q, "t", field->name.column);
    among(&q, of, n);
    if (open) {
        sql_add(&q, " AND ");
        if (!expr_sql(&w->cx, open, &ask, &q)) return false;
    }
    sql_add(&q, " GROUP BY ");
    sql_column(&q, "t", field->name.column);
    return read_tally(w, &q, of, n);
}

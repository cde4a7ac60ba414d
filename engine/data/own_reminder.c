/*
 * own_reminder.c — the row is the truth, its timer only says when to look: whatever became of
 * the record or the person meanwhile is asked then.
 */
#include "data/own_reminder.h"
#include "data/notice.h"
#include "data/readable.h"
#include "data/reminder.h"
#include "data/snooze.h"
#include "data/timer_row.h"
#include "base/i18n.h"

enum { TEXT_MOST = 500, YEARS = 10 };

static const char *text_of(Work *w, Val v)
{
    return v.kind == VAL_TEXT && v.n ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

#define COLUMNS "SELECT \"id\", \"at\", \"record\", \"form\", \"text\", \"user\" FROM \"_reminder\""

bool own_reminders(Work *w, const Form *f, int64_t record, OwnReminder **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int cap = 0;
    Rows rows;
    Val v[6];

    *out = NULL;
    *n = 0;
    sql_add(&q, COLUMNS " WHERE \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    if (f) {
        sql_add(&q, " AND \"form\" = ");
        sql_bind(&q, val_text(f->key));
        sql_add(&q, " AND \"record\" = ");
        sql_bind(&q, val_int(record));
    }
    sql_add(&q, " ORDER BY \"at\", \"id\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        const char *form = text_of(w, v[3]);
        OwnReminder r = { .id = v[0].i, .at = v[1].i, .record = v[2].i,
            .form = form ? app_form(w->app, form) : NULL, .text = text_of(w, v[4]) };
        if (r.form) ARENA_PUSH(w->cx.a, *out, *n, cap, r);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool judge(Work *w, int64_t at, const char *text)
{
    snooze_judge(w, "at", at, YEARS);
    if (text && utf8_count(text) > TEXT_MOST)
        cx_issue(&w->cx, at_field("text"), "too_long", "at most %d characters", TEXT_MOST);
    return cx_check(&w->cx);
}

MUST static bool set_timer(Work *w, int64_t id, int64_t at)
{
    return timer_set(w, OWN_RULE, NULL, id, "", at, NULL);
}

typedef struct Adding { const OwnReminder *r; int64_t *id; } Adding;

MUST static bool room(Work *w)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT count(*) FROM \"_reminder\" WHERE \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    return !found || v.i < OWN_MOST || cx_fail(&w->cx, E_LIMIT, "at most %d reminders at once; "
        "delete some first", OWN_MOST);
}

static bool add_unit(Work *w, void *arg)
{
    const Adding *x = arg;
    const OwnReminder *r = x->r;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const Val v[] = { val_int(w->who.id), val_text(r->form->key), val_int(r->record),
        val_int(r->at), val_text(r->text), val_datetime(w->now) };
    bool found;
    Val id;

    if (!room(w)) return false;
    sql_add(&q, "INSERT INTO \"_reminder\" (\"user\", \"form\", \"record\", \"at\", \"text\", "
        "\"made_at\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ") RETURNING \"id\"");
    if (!db_one(&w->cx, w->db, &q, &id, 1, &found)) return false;
    *x->id = id.i;
    return set_timer(w, id.i, r->at);
}

bool own_reminder_add(Work *w, const OwnReminder *r, int64_t *id)
{
    bool reads;

    if (!w->who.id) return cx_fail(&w->cx, E_LOGIN, "please sign in");
    if (!readable_now(w, r->form, r->record, &reads)) return false;
    if (!reads) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    return judge(w, r->at, r->text) && work_write(w, add_unit, &(Adding){ r, id });
}

static void mine(Work *w, Sql *q, int64_t id)
{
    sql_add(q, " WHERE \"id\" = ");
    sql_bind(q, val_int(id));
    sql_add(q, " AND \"user\" = ");
    sql_bind(q, val_int(w->who.id));
}

MUST static bool changed(Work *w, const Sql *q)
{
    int64_t n;

    return db_run(&w->cx, w->db, q, &n)
        && (n > 0 || cx_fail(&w->cx, E_MISSING, "there is no such reminder"));
}

typedef struct Moving { int64_t id, at; const char *text; } Moving;

static bool move_unit(Work *w, void *arg)
{
    const Moving *m = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_reminder\" SET \"at\" = ");
    sql_bind(&q, val_int(m->at));
    if (m->text) {
        sql_add(&q, ", \"text\" = ");
        sql_bind(&q, val_text(*m->text ? m->text : NULL));
    }
    mine(w, &q, m->id);
    return changed(w, &q) && set_timer(w, m->id, m->at);
}

bool own_reminder_move(Work *w, int64_t id, int64_t at, const char *text)
{
    Moving m = { id, at, text };

    return judge(w, at, text) && work_write(w, move_unit, &m);
}

static bool drop_unit(Work *w, void *arg)
{
    int64_t id = *(const int64_t *)arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_reminder\"");
    mine(w, &q, id);
    return changed(w, &q) && timer_drop(w, OWN_RULE, NULL, id, "");
}

bool own_reminder_drop(Work *w, int64_t id)
{
    return work_write(w, drop_unit, &id);
}

/* ---- its time has come ---- */

MUST static bool take(Work *w, int64_t id, OwnReminder *r, int64_t *user, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db)), done = sql_begin(w->cx.a, q.dialect);
    Val v[6];

    sql_add(&q, COLUMNS " WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    if (!db_one(&w->cx, w->db, &q, v, LEN(v), found) || !*found) return !w->cx.err;
    const char *form = text_of(w, v[3]);
    *r = (OwnReminder){ .id = id, .at = v[1].i, .record = v[2].i,
        .form = form ? app_form(w->app, form) : NULL, .text = text_of(w, v[4]) };
    *user = v[5].i;
    sql_add(&done, "DELETE FROM \"_reminder\" WHERE \"id\" = ");
    sql_bind(&done, val_int(id));
    return db_run(&w->cx, w->db, &done, NULL);
}

bool own_reminder_fire(Work *w, const Timer *t, int64_t late_s)
{
    OwnReminder r = { 0 };
    int64_t user = 0;
    bool found, reads;
    const char *lang;

    if (!take(w, t->record, &r, &user, &found)) return false;
    if (!found || !r.form) return true;
    if (!readable_by(w, user, r.form, r.record, &reads)) return false;
    if (!reads) return true;
    const char *title = record_title_of(w, r.form, r.record);
    if (!reader_language(w, user, &lang)) return false;
    Notice note = { .to = user, .form = r.form->key, .record = r.record, .kind = "reminder",
        .late_s = late_s, .text = r.text ? arena_printf(w->cx.a, "%s — %s", r.text, title)
            : arena_printf(w->cx.a, i18n_text(lang, "Reminder: %s"), title) };
    return notice_send(w, &note);
}

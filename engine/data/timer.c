/*
 * timer.c — rows of _timer.
 *
 * A reminder that has fired stays as a row that is never due, so that saving the record again
 * does not set the same occurrence anew.
 */
#include "data/automation.h"
#include "data/timer.h"
#include "data/timer_row.h"

#include <string.h>

static void where_rule(Sql *q, const char *rule, const char *form, int64_t record)
{
    sql_add(q, " WHERE \"rule\" = ");
    sql_bind(q, val_text(rule));
    sql_add(q, " AND \"form\" = ");
    sql_bind(q, timer_text(form));
    sql_add(q, " AND \"record\" = ");
    sql_bind(q, val_int(record));
}

/* Columns of the key are never NULL: NULLs would not be unique. */
Val timer_text(const char *text)
{
    return (Val){ .kind = VAL_TEXT, .n = text ? (int)strlen(text) : 0, .t = text ? text : "" };
}

bool timer_set(Work *w, const char *rule, const char *form, int64_t record,
    const char *occurrence, int64_t due, const char *payload)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    if (due == WHEN_NEVER) return true;
    sql_add(&q, "INSERT INTO \"_timer\" (\"rule\", \"form\", \"record\", \"occurrence\", "
        "\"due\", \"payload\") VALUES (");
    sql_bind(&q, val_text(rule));
    sql_add(&q, ", ");
    sql_bind(&q, timer_text(form));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(record));
    sql_add(&q, ", ");
    sql_bind(&q, timer_text(occurrence));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(due));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(payload));
    sql_add(&q, ") ON CONFLICT (\"rule\", \"form\", \"record\", \"occurrence\") DO UPDATE SET "
        "\"due\" = excluded.\"due\", \"payload\" = excluded.\"payload\" "
        "WHERE \"_timer\".\"due\" <> ");
    sql_bind(&q, val_int(TIMER_FIRED));
    return db_send(&w->cx, w->db, &q);
}

bool timer_clear(Work *w, const char *rule, const char *form, int64_t record)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_timer\"");
    where_rule(&q, rule, form, record);
    return db_send(&w->cx, w->db, &q);
}

bool timer_keep(Work *w, const char *rule, const char *form, int64_t record,
    const char *const *occurrence, int n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_timer\"");
    where_rule(&q, rule, form, record);
    sql_add(&q, " AND \"due\" <> ");
    sql_bind(&q, val_int(TIMER_FIRED));
    for (int i = 0; i < n; i++) {
        sql_add_n(&q, i ? ", " : " AND \"occurrence\" NOT IN (", i ? 2 : 26);
        sql_bind(&q, timer_text(occurrence[i]));
    }
    if (n) sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q);
}

bool timer_drop(Work *w, const char *rule, const char *form, int64_t record,
    const char *occurrence)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_timer\"");
    where_rule(&q, rule, form, record);
    sql_add(&q, " AND \"occurrence\" = ");
    sql_bind(&q, timer_text(occurrence));
    return db_send(&w->cx, w->db, &q);
}

bool timer_drop_rule(Work *w, const char *rule)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_timer\" WHERE \"rule\" = ");
    sql_bind(&q, val_text(rule));
    return db_send(&w->cx, w->db, &q);
}

bool timer_drop_record(Work *w, const char *form, int64_t record)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_timer\" WHERE \"form\" = ");
    sql_bind(&q, timer_text(form));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record));
    return db_send(&w->cx, w->db, &q);
}

static const char *text(Work *w, Val v)
{
    return v.kind == VAL_TEXT && v.n ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

static Timer timer_of_row(Work *w, const Val *v)
{
    return (Timer){ .id = v[0].i, .rule = text(w, v[1]), .form = text(w, v[2]),
        .record = val_is_blank(v[3]) ? 0 : v[3].i,
        .occurrence = v[4].kind == VAL_TEXT ? arena_dup(w->cx.a, v[4].t) : "",
        .due = v[5].i, .payload = text(w, v[6]) };
}

#define TIMER_COLUMNS "SELECT \"id\", \"rule\", \"form\", \"record\", \"occurrence\", " \
    "\"due\", \"payload\" FROM \"_timer\""

bool timer_last(Work *w, int64_t *id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    *id = 0;
    sql_add(&q, "SELECT max(\"id\") FROM \"_timer\"");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (found && v.kind == VAL_INT) *id = v.i;
    return true;
}

bool timer_due(Work *w, int64_t now, int64_t last, int64_t after, Moment *out, int most, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[2];

    *n = 0;
    /* The plus keeps the database off the range of ids: all but a few wait for later. */
    sql_add(&q, "SELECT \"id\", \"due\" FROM \"_timer\" WHERE \"due\" <= ");
    sql_bind(&q, val_int(now));
    sql_add(&q, " AND (\"id\" + 0 <= ");
    sql_bind(&q, val_int(last));
    sql_add(&q, " OR \"due\" + 0 > ");
    sql_bind(&q, val_int(after));
    sql_add(&q, ") ORDER BY \"due\", \"id\" LIMIT ");
    sql_int(&q, most);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (*n < most && db_next(&w->cx, &rows, v)) out[(*n)++] = (Moment){ v[0].i, v[1].i };
    db_rows_end(&rows);
    return !w->cx.err;
}

bool timer_claim(Work *w, int64_t id, int64_t now, Timer *out, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db)), done;
    Val v[7];

    sql_add(&q, TIMER_COLUMNS " WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " AND \"due\" <= ");
    sql_bind(&q, val_int(now));
    sql_claim(&q);
    if (!db_one(&w->cx, w->db, &q, v, 7, found)) return false;
    if (!*found) return true;
    *out = timer_of_row(w, v);
    done = sql_begin(w->cx.a, db_dialect(w->db));
    bool once = str_starts(out->rule, "reminder:") || str_starts(out->rule, AUTOMATION_AT);
    if (once && out->record) {
        sql_add(&done, "UPDATE \"_timer\" SET \"due\" = ");
        sql_bind(&done, val_int(TIMER_FIRED));
    } else {
        sql_add(&done, "DELETE FROM \"_timer\"");
    }
    sql_add(&done, " WHERE \"id\" = ");
    sql_bind(&done, val_int(out->id));
    return db_run(&w->cx, w->db, &done, NULL);
}

bool timer_later(Work *w, const Timer *t, int64_t due)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_timer\" SET \"due\" = ");
    sql_bind(&q, val_int(due));
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(t->id));
    sql_add(&q, " AND \"due\" = ");          /* nobody else has fired it since */
    sql_bind(&q, val_int(t->due));
    return db_run(&w->cx, w->db, &q, NULL);
}

bool timer_next(Work *w, int64_t *due)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    *due = 0;
    sql_add(&q, "SELECT min(\"due\") FROM \"_timer\" WHERE \"due\" < ");
    sql_bind(&q, val_int(TIMER_NOTE));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (found && v.kind == VAL_INT) *due = v.i;
    return true;
}

MUST static bool read_timers(Work *w, const Sql *q, Timer **out, int *n)
{
    int cap = 0;
    Rows rows;
    Val v[7];

    *out = NULL;
    *n = 0;
    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (db_next(&w->cx, &rows, v))
        ARENA_PUSH(w->cx.a, *out, *n, cap, timer_of_row(w, v));
    db_rows_end(&rows);
    return !w->cx.err;
}

bool timer_of(Work *w, const Form *f, int64_t id, Timer **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, TIMER_COLUMNS " WHERE \"form\" = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " AND \"due\" < ");
    sql_bind(&q, val_int(TIMER_NOTE));
    sql_add(&q, " ORDER BY \"due\", \"id\" LIMIT 20");
    return read_timers(w, &q, out, n);
}

bool timer_app_all(Work *w, Timer **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, TIMER_COLUMNS " WHERE \"record\" = 0");
    return read_timers(w, &q, out, n);
}

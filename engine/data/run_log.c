/*
 * run_log.c — rows of _run.
 */
#include "data/run_log.h"

#include <string.h>

enum { STEPS_MOST = 64 * 1024, PORTION = 500 };

#define COLUMNS "\"id\", \"form\", \"automation\", \"record\", \"event\", \"at\", \"by\", \"us\", " \
    "\"state\", \"error\""
enum { NCOLUMN = 10 };

static void bind(Sql *q, Val v)
{
    sql_add(q, ", ");
    sql_bind(q, v);
}

static Val text_or_blank(const char *text)
{
    return text ? val_text(text) : val_blank();
}

MUST static bool put(Work *w, Sql *q, int64_t *id)
{
    bool found;
    Val v;

    if (!id) return db_run(&w->cx, w->db, q, NULL);
    sql_add(q, " RETURNING \"id\"");
    if (!db_one(&w->cx, w->db, q, &v, 1, &found)) return false;
    *id = v.i;
    return true;
}

bool run_log_add(Work *w, const Run *run, int64_t *id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *steps = run->steps;

    if (steps && strlen(steps) > STEPS_MOST) steps = "[]";
    sql_add(&q, "INSERT INTO \"_run\" (\"form\", \"automation\", \"record\", \"event\", \"at\", "
        "\"by\", \"us\", \"state\", \"steps\", \"error\", \"given\") VALUES (");
    sql_bind(&q, val_text(run->form));
    bind(&q, val_text(run->automation));
    bind(&q, val_int(run->record));
    bind(&q, val_text(run->event));
    bind(&q, val_int(run->at));
    bind(&q, run->by ? val_int(run->by) : val_blank());
    bind(&q, val_int(run->us));
    bind(&q, val_text(run->state));
    bind(&q, text_or_blank(steps));
    bind(&q, text_or_blank(run->error));
    bind(&q, text_or_blank(run->given));
    sql_add(&q, ")");
    if (!str_eq(run->state, "failed")) return put(w, &q, id);
    w->aside = ARENA_NEW(w->cx.a, Sql);
    *w->aside = q;
    return true;
}

static void add_and(Sql *q, const char *column, Val v)
{
    sql_add(q, " AND ");
    sql_name(q, column);
    sql_add(q, " = ");
    sql_bind(q, v);
}

/* Is there room for one more in this hour? By the index, whatever came before. */
MUST static bool has_room(Work *w, const Run *run, bool *yes)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT \"at\" FROM \"_run\" WHERE \"form\" = ");
    sql_bind(&q, val_text(run->form));
    add_and(&q, "automation", val_text(run->automation));
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT 1 OFFSET ");
    sql_int(&q, RUN_RULE_MOST - 1);
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *yes = !found || v.i < run->at - 3600;
    return true;
}

static bool rule_unit(Work *w, void *arg)
{
    Sql *aside = w->aside;
    bool ok = run_log_add(w, arg, NULL) && db_run(&w->cx, w->db, w->aside, NULL);

    w->aside = aside;
    return ok;
}

bool run_log_rule(Work *w, const Run *run)
{
    Sql *aside = w->aside;
    bool yes;

    if (!has_room(w, run, &yes)) return false;
    if (!yes) return true;
    if (!db_in_write(w->db)) return work_note(w, rule_unit, (void *)(uintptr_t)run);
    bool ok = run_log_add(w, run, NULL);
    w->aside_rule = w->aside;
    w->aside = aside;
    return ok;
}

static const char *text_of(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup(w->cx.a, v.t) : NULL;
}

static Run run_of(Work *w, const Val *v)
{
    return (Run){ .id = v[0].i, .form = text_of(w, v[1]), .automation = text_of(w, v[2]),
        .record = v[3].i, .event = text_of(w, v[4]), .at = v[5].i,
        .by = v[6].kind == VAL_INT ? v[6].i : 0, .us = v[7].i, .state = text_of(w, v[8]),
        .error = text_of(w, v[9]) };
}

bool run_log_list(Work *w, const RunAsk *ask, Run **out, int *n, bool *more)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v[NCOLUMN];
    Rows rows;

    *out = ARENA_ARRAY(w->cx.a, Run, RUN_PAGE + 1);
    *n = 0;
    sql_add(&q, "SELECT " COLUMNS " FROM \"_run\" WHERE \"id\" < ");
    sql_bind(&q, val_int(ask->before ? ask->before : INT64_MAX));
    if (ask->formless) add_and(&q, "form", val_text(""));
    else if (ask->form && *ask->form) add_and(&q, "form", val_text(ask->form));
    if (ask->automation && *ask->automation)
        add_and(&q, "automation", val_text(ask->automation));
    if (ask->record) add_and(&q, "record", val_int(ask->record));
    if (ask->state && *ask->state) add_and(&q, "state", val_text(ask->state));
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT ");
    sql_int(&q, RUN_PAGE + 1);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (*n <= RUN_PAGE && db_next(&w->cx, &rows, v)) (*out)[(*n)++] = run_of(w, v);
    db_rows_end(&rows);
    *more = *n > RUN_PAGE;
    if (*more) *n = RUN_PAGE;
    return !w->cx.err;
}

bool run_log_find(Work *w, int64_t id, Run *out, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v[NCOLUMN + 2];

    sql_add(&q, "SELECT " COLUMNS ", \"steps\", \"given\" FROM \"_run\" WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    if (!db_one(&w->cx, w->db, &q, v, NCOLUMN + 2, found)) return false;
    if (!*found) return true;
    *out = run_of(w, v);
    out->steps = text_of(w, v[NCOLUMN]);
    out->given = text_of(w, v[NCOLUMN + 1]);
    return true;
}

bool run_log_since(Work *w, const char *form, const char *automation, int64_t record,
    int64_t at, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT count(*) FROM \"_run\" WHERE \"form\" = ");
    sql_bind(&q, val_text(form));
    add_and(&q, "record", val_int(record));
    add_and(&q, "automation", val_text(automation));
    sql_add(&q, " AND \"at\" > ");
    sql_bind(&q, val_int(at));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *n = (int)v.i;
    return true;
}

bool run_log_sweep(Work *w, bool *more)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t gone;

    sql_add(&q, "DELETE FROM \"_run\" WHERE \"id\" IN (SELECT \"id\" FROM \"_run\" WHERE \"at\" < ");
    sql_bind(&q, val_int(w->now - RUN_KEPT_S));
    sql_add(&q, " LIMIT ");
    sql_int(&q, PORTION);
    sql_add(&q, ")");
    if (!db_run(&w->cx, w->db, &q, &gone)) return false;
    *more |= gone == PORTION;
    return true;
}

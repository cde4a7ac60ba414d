/*
 * migrate.c — a plan and the definition it belongs to go into the database together: after a
 * crash it has wholly the old or wholly the new.
 *
 * _source keeps a text only in the versions that changed it (NULL: the file went away).
 */
#include "data/migrate.h"
#include "data/pins.h"
#include "data/progress.h"
#include "data/version.h"
#include "base/sys.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Apply {
    App *app; const Plan *plan; const char *author, *note;
    int64_t version;
} Apply;

static void debug_kill(int i)
{
    const char *kill_at = sys_env("TENON_KILL_AT_STEP");

    if (kill_at && atoi(kill_at) == i) raise(SIGKILL);
}

/* For tests: dies, fails, or waits as long as a file is there (STEP:FILE), before the step of that
   number. */
static bool debug_step(Cx *cx, int i)
{
    const char *fail_at = sys_env("TENON_FAIL_AT_STEP");

    const char *hold = sys_env("TENON_HOLD_AT_STEP"), *file = hold ? strchr(hold, ':') : NULL;
    debug_kill(i);
    while (file && atoi(hold) == i && !access(file + 1, F_OK)) usleep(5000);
    return !fail_at || atoi(fail_at) != i || cx_fail(cx, E_SYS, "stopped at step %d", i);
}

MUST static bool run_step(Cx *cx, Db *db, const Apply *x, PlanStep *s)
{
    if (s->what == PLAN_CONVERT) {
        s->convert->progress = x->plan->progress;
        if (!convert_run(cx, db, x->app, s->convert, x->version)) return false;
        if (!s->convert->lost || x->plan->loses) return true;
        return cx_fail(cx, E_CONFLICT, "%s: values that do not convert were written meanwhile; "
            "plan again", s->text);
    }
    if (!s->sql || db_script(cx, db, s->sql)) return true;
    if (s->what == PLAN_INDEX && cx->err == E_INPUT) {
        cx_clear(cx);
        return cx_fail(cx, E_CONFLICT, "%s: some values are there more than once", s->text);
    }
    return false;
}

/* The steps stand in the order in which they run; computed fields are one walk for all. */
MUST static bool run_steps(Cx *cx, Db *db, const Apply *x, bool first)
{
    for (int i = 0; i < x->plan->n; i++) {
        PlanStep *s = &x->plan->step[i];
        if ((s->what < PLAN_COMPUTE) != first || s->what == PLAN_COMPUTE) continue;
        progress_step(x->plan->progress, s->text, s->rows);
        if (!debug_step(cx, i) || !run_step(cx, db, x, s)) return false;
    }
    return true;
}

/* A note without text is forgotten. */
MUST static bool put_note(Cx *cx, Db *db, const char *name, const char *text)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    if (!*text) {
        sql_add(&q, "DELETE FROM _schema WHERE name = ");
        sql_bind(&q, val_text(name));
        return db_run(cx, db, &q, NULL);
    }
    sql_add(&q, "INSERT INTO _schema (name, text) VALUES (");
    sql_bind(&q, val_text(name));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(text));
    sql_add(&q, ") ON CONFLICT (name) DO UPDATE SET text = excluded.text");
    return db_run(cx, db, &q, NULL);
}

bool migrate_notes(Cx *cx, Db *db, const Plan *plan)
{
    for (int i = 0; i < plan->nnote; i++)
        if (!put_note(cx, db, plan->note[i].name, plan->note[i].text)) return false;
    return true;
}

MUST static bool next_version(Cx *cx, Db *db, int64_t *version)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    bool found;
    Val v;

    sql_add(&q, "SELECT coalesce(max(version), 0) + 1 FROM _definition");
    if (!db_one(cx, db, &q, &v, 1, &found)) return false;
    *version = v.i;
    return true;
}

MUST static bool put_definition(Cx *cx, Db *db, const Apply *x)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    char at[40];

    datetime_show(at, sizeof at, sys_now());
    sql_add(&q, "INSERT INTO _definition (version, at, author, note, hash, plan) VALUES (");
    sql_bind(&q, val_int(x->version));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(at));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(x->author));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(x->note));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(x->app->hash));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(plan_show(cx->a, x->plan)));
    sql_add(&q, ")");
    return db_run(cx, db, &q, NULL);
}

MUST static bool put_source(Cx *cx, Db *db, int64_t version, const char *path, Val text)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "INSERT INTO _source (version, path, text) VALUES (");
    sql_bind(&q, val_int(version));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(path));
    sql_add(&q, ", ");
    sql_bind(&q, text);
    sql_add(&q, ")");
    return db_run(cx, db, &q, NULL);
}

MUST static bool put_sources(Cx *cx, Db *db, const Apply *x)
{
    Source *old;
    int n;
    int64_t version;
    const char *hash;

    if (!migrate_stored(cx, db, &old, &n, &version, &hash)) return false;
    for (int i = 0; i < x->app->nsource; i++) {
        const Source *s = &x->app->source[i], *was = app_source(old, n, s->path);
        if (was && str_eq(was->text, s->text)) continue;
        if (!put_source(cx, db, x->version, s->path, val_text(s->text))) return false;
    }
    for (int i = 0; i < n; i++)
        if (!app_source(x->app->source, x->app->nsource, old[i].path)
            && !put_source(cx, db, x->version, old[i].path, val_blank())) return false;
    return true;
}

/* A workflow's version is the definition's that gave it its meaning (def/pinned.h). */
void migrate_is(App *app, int64_t version)
{
    app->version = version;
    for (int i = 0; i < app->nworkflow; i++)
        if (app->workflow[i]->fresh) app->workflow[i]->version = version;
}

static bool apply(Cx *cx, Db *db, void *arg)
{
    Apply x = *(Apply *)arg;

    if (!next_version(cx, db, &x.version)) return false;
    migrate_is(x.app, x.version);
    if (!migrate_names(cx, db, x.plan, x.version) || !migrate_views(cx, db, x.plan)) return false;
    if (!run_steps(cx, db, &x, true)) return false;
    if (!migrate_fill(cx, db, x.app, x.plan)) return false;
    if (!migrate_stages(cx, db, x.app, x.plan)) return false;
    if (!run_steps(cx, db, &x, false)) return false;
    if (!put_sources(cx, db, &x) || !put_definition(cx, db, &x) || !pins_put(cx, db, x.app))
        return false;
    return migrate_notes(cx, db, x.plan) && debug_step(cx, x.plan->n);
}

bool migrate_apply(Cx *cx, Db *db, App *app, const Plan *plan, const char *author,
    const char *note)
{
    Apply x = { app, plan, author, note, 0 };

    BUG_IF(plan->app != app);
    if (plan->refused) {
        for (int i = 0; i < plan->n; i++)
            if (plan->step[i].what == PLAN_REFUSED)
                cx_issue(cx, at_field(plan->step[i].form), "refused", "%s", plan->step[i].text);
        return cx_check_as(cx, E_CONFLICT);
    }
    DbGround ground = { .table = "_definition", .alone = true,
        .truth = sql_begin(cx->a, db_dialect(db)) };
    sql_add(&ground.truth, "SELECT coalesce(max(version), 0) = ");
    sql_int(&ground.truth, plan->version);
    sql_add(&ground.truth, " FROM _definition");
    if (!db_write_on(cx, db, &ground, apply, &x)) return false;
    debug_kill(plan->n + 1);
    return true;
}

/* ---- what was published ---- */

bool migrate_newest(Cx *cx, Db *db, int64_t *version, const char **hash)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    const char **table;
    int n;
    bool found;
    Val row[2];

    *version = 0;
    *hash = NULL;
    if (!db_tables(cx, db, &table, &n)) return false;
    if (!str_in("_definition", table, n)) return true;
    sql_add(&q, "SELECT version, hash FROM _definition ORDER BY version DESC LIMIT 1");
    if (!db_one(cx, db, &q, row, 2, &found)) return false;
    if (found) {
        *version = row[0].i;
        *hash = row[1].t;
    }
    return true;
}

bool migrate_known(Cx *cx, Db *db, App *app, bool *stored)
{
    int64_t version;
    const char *hash;

    if (!migrate_newest(cx, db, &version, &hash)) return false;
    *stored = hash && str_eq(hash, app->hash);
    if (*stored) migrate_is(app, version);
    return true;
}

bool migrate_stored(Cx *cx, Db *db, Source **out, int *n, int64_t *version, const char **hash)
{
    *out = NULL;
    *n = 0;
    if (!migrate_newest(cx, db, version, hash)) return false;
    return !*version || version_sources(cx, db, *version, out, n);
}

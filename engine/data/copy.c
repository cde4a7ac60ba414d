/*
 * copy.c — the order of battle:
 *
 *     hold the source → what there is → the target's tables → rows → contents of files
 *     → indexes, views, references, last ids → compare → the target is whole
 *
 * Each step finds by itself what a run before it has done. While rows come in nothing refers to
 * anything and there are no indexes; both are made over what is there, as publishing makes them.
 */
#include "data/copy_in.h"
#include "data/migrate.h"
#include "data/statistics.h"

#include <sodium.h>

/* ---- files ---- */

typedef struct FileList { const char **hash, **name; int n, cap, cap_name; } FileList;

MUST static bool list_files(Cx *cx, Db *db, FileList *out)
{
    Err before = cx->err;
    Sql q = sql_begin(cx->a, db_dialect(db));
    Rows rows;
    Val v[2];

    sql_add(&q, "SELECT hash, min(name) FROM _file GROUP BY hash ORDER BY hash");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, v)) {
        int n = out->n;
        ARENA_PUSH(cx->a, out->hash, n, out->cap, arena_dup(cx->a, v[0].t));
        ARENA_PUSH(cx->a, out->name, out->n, out->cap_name, val_show(cx->a, val_copy(cx->a, v[1])));
    }
    db_rows_end(&rows);
    return cx->err == before;
}

/* What the source has lost already is told, and is no reason to leave the rest behind. */
MUST static bool copy_files(Cx *cx, Copy *c, Copied *out)
{
    const CopyAsk *ask = c->ask;
    FileList l = { 0 };
    int cap = 0;

    if (!list_files(cx, c->from, &l)) return false;
    for (int i = 0; i < l.n; i++) {
        if (ask->progress) ask->progress(ask->ctx, NULL, i, l.n);
        ContentStore *from = ask->from_files ? ask->from_files : ask->to_files;
        bool there = false, has = false;
        if (ask->from_files && !content_there(cx, ask->to_files, l.hash[i], &there)) return false;
        if (!there && !content_there(cx, from, l.hash[i], &has)) return false;
        if (!there && !has) {
            ARENA_PUSH(cx->a, out->missing, out->nmissing, cap, l.name[i]);
            continue;
        }
        if (!there && ask->from_files
            && !content_copy(cx, ask->from_files, ask->to_files, l.hash[i])) return false;
        out->files++;
    }
    if (ask->progress && l.n) ask->progress(ask->ctx, NULL, l.n, l.n);
    return true;
}

/* ---- the end ---- */

/* The source's notes of views are in its own words, and none is made here yet. */
MUST static bool forget_views(Cx *cx, Db *db, const Copy *c)
{
    for (int i = 0; i < c->spec.nview; i++) {
        Sql q = sql_begin(cx->a, db_dialect(db));
        sql_add(&q, "DELETE FROM _schema WHERE name = ");
        sql_bind(&q, val_text(c->spec.view[i].name));
        if (!db_run(cx, db, &q, NULL)) return false;
    }
    return true;
}

MUST static bool refer(Cx *cx, Db *db, const Copy *c)
{
    for (int i = 0; i < c->spec.ntable; i++) {
        const char *sql = spec_references(cx->a, &c->spec, &c->spec.table[i], NULL);
        if (sql && !db_script(cx, db, sql)) return false;
    }
    return true;
}

MUST static bool set_ids(Cx *cx, Db *db, const Copy *c)
{
    for (int i = 0; i < c->n; i++)
        if (c->table[i].last_id && !db_set_last_id(cx, db, c->table[i].name, c->table[i].last_id))
            return false;
    return true;
}

/* The plan of what the copy was made for: indexes, views and policies only, then nothing. */
MUST static bool plan_rest(Cx *cx, Db *db, const Copy *c)
{
    Plan plan;

    if (!schema_plan(cx, db, c->app, &plan)) return false;
    for (int i = 0; i < plan.n; i++) {
        const PlanStep *s = &plan.step[i];
        if (s->what != PLAN_INDEX && s->what != PLAN_VIEW && s->what != PLAN_DROP_VIEW
            && s->what != PLAN_GUARD)
            return cx_fail(cx, E_DB, "the copy is not what the definition asks for:\n%s",
                plan_show(cx->a, &plan));
        if (!db_script(cx, db, s->sql)) return false;
    }
    return migrate_notes(cx, db, &plan);
}

#define FINISHED ".finished"  /* no table is called so */

static bool finish(Cx *cx, Db *db, void *arg)
{
    const Copy *c = arg;
    CopyState s;

    if (!copy_state(cx, db, FINISHED, &s) || s.done) return !cx->err;
    s.done = true;
    if (!forget_views(cx, db, c) || !plan_rest(cx, db, c) || !refer(cx, db, c)
        || !set_ids(cx, db, c)) return false;
    if (db_dialect(db) == DIALECT_PG && !db_script(cx, db, "ANALYZE")) return false;
    return copy_note(cx, db, FINISHED, &s);
}

static bool whole(Cx *cx, Db *db, void *arg)
{
    (void)arg;
    return copy_end(cx, db);
}

MUST static bool conclude(Cx *cx, Copy *c, Copied *out)
{
    Plan plan;

    if (!db_rebuild(cx, c->to, finish, c) || !copy_check(cx, c, out)) return false;
    if (!schema_plan(cx, c->to, c->app, &plan)) return false;
    if (!plan_empty(&plan))
        return cx_fail(cx, E_DB, "the copy is not what the definition asks for:\n%s",
            plan_show(cx->a, &plan));
    if (out->differences) return true;
    return statistics_follow(cx, c->to) && db_write(cx, c->to, whole, NULL);
}

MUST static bool run(Cx *cx, Copy *c, Copied *out)
{
    return db_hold(cx, c->from) && copy_shape(cx, c) && copy_count(cx, c) && copy_begin(cx, c)
        && copy_rows(cx, c, out) && copy_files(cx, c, out) && conclude(cx, c, out);
}

bool copy_run(Cx *cx, const CopyAsk *ask, Copied *out)
{
    Copy c = { .ask = ask };

    BUG_IF(sodium_init() < 0);
    *out = (Copied){ 0 };
    bool ok = db_open(cx, ask->from, &c.from) && db_open(cx, ask->to, &c.to) && run(cx, &c, out);
    app_give(c.app);
    db_close(c.from);
    db_close(c.to);
    return ok;
}

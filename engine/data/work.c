/*
 * work.c — a write runs with w->db being the transaction; who asks is told to expressions.
 */
#include "data/work.h"
#include "data/auth.h"
#include "base/sys.h"

#include <string.h>

typedef struct Run { Work *w; bool (*fn)(Work *, void *); void *arg; bool outer; } Run;

bool work_finish(Work *w)
{
    while (w->at_end) {
        bool (*end)(Work *) = w->at_end;
        w->at_end = NULL;
        if (!end(w)) return false;
    }
    return !w->ntold || w->cx.err || w->closing(w);
}

static bool run_unit(Cx *cx, Db *db, void *arg)
{
    (void)cx;
    Run *u = arg;
    Work *w = u->w;
    Db *was = w->db;
    int told = w->ntold;

    w->db = db;
    if (u->outer) {
        w->now = w->clock ? w->clock : sys_now();
        w->rippled = w->jobs = w->ntold = 0;
        w->told = NULL;
        w->firing = w->computed = NULL;
        w->at_end = NULL;
        w->aside = w->aside_rule = NULL;
        w->cache = NULL;                      /* what a run that was undone had read */
        if (w->box) box_write_begin(w->box);
    }
    bool ok = u->fn(w, u->arg);
    if (!ok && !u->outer) w->ntold = told;
    if (ok && u->outer) ok = work_finish(w);
    w->db = was;
    w->readable = NULL;
    return ok;
}

static bool aside_unit(Cx *cx, Db *db, void *arg)
{
    return db_run(cx, db, arg, NULL);
}

/* What is to be known of a write that was refused. */
static void keep_aside(Work *w, const Sql *q)
{
    Cx own = cx_begin(w->cx.a, NULL);

    if (!q || db_write(&own, w->db, aside_unit, (void *)(uintptr_t)q)) return;
    sys_log(LOG_WARN, "a failed run could not be logged", "error", own.text ? own.text : "", NULL);
}

/* An app that was not published has nothing to be compared with. */
bool work_write_turn(Work *w, const char *turn, bool (*fn)(Work *w, void *arg), void *arg)
{
    DbGround ground = { .turn = turn };
    bool outer = !db_in_write(w->db);
    Run u = { w, fn, arg, outer };

    if (outer && w->app && w->app->version) {
        ground.table = "_definition";
        ground.truth = sql_begin(w->cx.a, db_dialect(w->db));
        sql_add(&ground.truth, "SELECT max(version) = ");
        sql_int(&ground.truth, w->app->version);
        sql_add(&ground.truth, " FROM _definition");
    }
    bool ok = db_write_on(&w->cx, w->db, &ground, run_unit, &u);
    if (!ok && outer) w->cache = NULL;
    if (outer && w->cx.err != E_MOVED && w->cx.err != E_BUSY) {
        keep_aside(w, w->aside);
        keep_aside(w, w->aside_rule);
    }
    if (outer) w->aside = w->aside_rule = NULL;
    w->writes += ok && outer;
    return ok;
}

bool work_write(Work *w, bool (*fn)(Work *w, void *arg), void *arg)
{
    return work_write_turn(w, NULL, fn, arg);
}

bool work_note(Work *w, bool (*fn)(Work *w, void *arg), void *arg)
{
    Run u = { w, fn, arg, !db_in_write(w->db) };

    return db_write(&w->cx, w->db, run_unit, &u);
}

static void fill_roles(Work *w)
{
    Asker *k = &w->asker;
    const char **role = ARENA_ARRAY(w->cx.a, const char *, w->who.nrole + 1);
    int n = 0;
    for (int i = 0; i < w->who.nrole; i++) role[n++] = w->who.role[i];
    if (w->who.id) role[n++] = "everyone";
    k->role = role;
    k->nrole = n;
}

/* On failure the person reaches nobody; the failure stands in cx. */
static void reach(Asker *k)
{
    Work *w = k->host;

    if (w->who.id && !w->who.reach && !auth_reach(w)) w->who.nsubtree = w->who.npeople = 0;
    k->subtree = w->who.subtree;
    k->nsubtree = w->who.nsubtree;
    k->people = w->who.people;
    k->npeople = w->who.npeople;
    k->reach = NULL;
}

Asker *work_asker(Work *w)
{
    Asker *k = &w->asker;
    if (!k->role || k->me != w->who.id) {
        fill_roles(w);
        k->reach = reach;
        k->host = w;
    }
    k->me = w->who.id;
    k->department = w->who.department;
    k->now = w->now;
    k->zone = w->who.zone ? w->who.zone : w->app->zone;
    k->calendar = app_calendar(w->app, NULL);
    return k;
}

bool work_has_role(const Work *w, const char *role)
{
    if (w->who.admin) return true;
    if (!w->who.id) return str_eq(role, "public");
    if (str_eq(role, "everyone")) return true;
    for (int i = 0; i < w->who.nrole; i++)
        if (str_eq(w->who.role[i], role)) return true;
    return false;
}

AsSaved work_as_app(Work *w, const char *rule)
{
    AsSaved saved = { w->as_app, w->rule };
    w->as_app = true;
    w->rule = rule;
    return saved;
}

void work_as_back(Work *w, AsSaved saved)
{
    w->as_app = saved.as_app;
    w->rule = saved.rule;
}

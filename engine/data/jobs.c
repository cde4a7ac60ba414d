/*
 * jobs.c — rows of _job: claimed by a lease, run outside any write, then settled.
 *
 * Who looks for a job takes the first few that are due, outside of any write, and claims the first
 * of them that nobody else holds: so nodes pass each other without waiting, and none reads what
 * another is writing. A program that dies while a job runs leaves the lease; when it is over the
 * job runs again, so what a job does may happen twice, never not at all. Who lost the lease
 * meanwhile settles nothing: the number of the attempt tells.
 */
#include "data/jobs.h"
#include "data/automation.h"
#include "data/figures.h"
#include "data/file.h"
#include "data/import.h"
#include "data/job_lane.h"
#include "data/mail.h"
#include "data/rule_api.h"
#include "data/webhook.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <string.h>

#define LOOK 20               /* candidates */

bool jobs_add_in(Work *w, const char *kind, const char *body, const char *lane, const char *key)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    w->jobs++;
    sql_add(&q, "INSERT INTO \"_job\" (\"kind\", \"body\", \"lane\", \"key\", \"state\", "
        "\"attempts\", \"due\", \"created_at\") VALUES (");
    sql_bind(&q, val_text(kind));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(body));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(lane));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(key));
    sql_add(&q, ", 'waiting', 0, ");
    sql_bind(&q, val_int(w->now));
    sql_add(&q, ", ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q);
}

bool jobs_add(Work *w, const char *kind, const char *body)
{
    return jobs_add_in(w, kind, body, NULL, NULL);
}

typedef struct Claim { int64_t now, id; Job job; bool found; } Claim;

static void where_due(Sql *q, int64_t now)
{
    sql_add(q, " \"state\" = 'waiting' AND \"due\" <= ");
    sql_bind(q, val_int(now));
    sql_add(q, " AND (\"lease_until\" IS NULL OR \"lease_until\" < ");
    sql_bind(q, val_int(now));
    sql_add(q, ")");
}

static bool claim_unit(Work *w, void *arg)
{
    Claim *c = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db)), take = sql_begin(w->cx.a, q.dialect);
    Val v[5];

    sql_add(&q, "SELECT \"id\", \"kind\", \"body\", \"attempts\", \"lane\" FROM \"_job\" "
        "WHERE \"id\" = ");
    sql_bind(&q, val_int(c->id));
    sql_add(&q, " AND");
    where_due(&q, c->now);
    sql_claim(&q);
    if (!db_one(&w->cx, w->db, &q, v, 5, &c->found)) return false;
    if (!c->found) return true;
    sql_add(&take, "UPDATE \"_job\" SET \"attempts\" = \"attempts\" + 1, \"lease_until\" = ");
    sql_bind(&take, val_int(c->now + JOBS_LEASE_S));
    sql_add(&take, " WHERE \"id\" = ");
    sql_bind(&take, v[0]);
    if (!db_run(&w->cx, w->db, &take, NULL)) return false;
    c->job = (Job){ v[0].i, v[1].t, v[2].t, (int)v[3].i + 1,
        v[4].kind == VAL_TEXT ? v[4].t : NULL, NULL };
    return true;
}

bool jobs_claim(Work *w, int64_t now, Job *job, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t id[LOOK];
    Rows rows;
    int n = 0;
    Val v;

    *found = false;
    sql_add(&q, "SELECT \"id\" FROM \"_job\" AS j WHERE");
    where_due(&q, now);
    lane_where_open(&q, now);
    sql_add(&q, " AND (\"key\" IS NULL OR NOT EXISTS (SELECT 1 FROM \"_job\" AS b WHERE "
        "b.\"key\" = j.\"key\" AND b.\"id\" < j.\"id\" AND b.\"state\" = 'waiting'))");
    sql_add(&q, " ORDER BY \"due\", \"id\" LIMIT ");
    sql_int(&q, LOOK);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (n < LOOK && db_next(&w->cx, &rows, &v)) id[n++] = v.i;
    db_rows_end(&rows);
    if (w->cx.err) return false;
    for (int i = 0; i < n && !*found; i++) {
        Claim c = { .now = now, .id = id[i] };
        if (!work_write(w, claim_unit, &c)) return false;
        *found = c.found;
        *job = c.job;
    }
    return true;
}

typedef struct Renew { int64_t id, now; int attempts; } Renew;

static bool renew_unit(Cx *cx, Db *db, void *arg)
{
    const Renew *r = arg;
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "UPDATE \"_job\" SET \"lease_until\" = ");
    sql_bind(&q, val_int(r->now + JOBS_LEASE_S));
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(r->id));
    sql_add(&q, " AND \"attempts\" = ");
    sql_bind(&q, val_int(r->attempts));
    return db_run(cx, db, &q, NULL);
}

bool jobs_renew(Cx *cx, Db *db, int64_t id, int attempts, int64_t now)
{
    Renew r = { id, now, attempts };

    return db_write(cx, db, renew_unit, &r);
}

static bool committed_job(Work *w, const Job *job)
{
    Node *body = json_parse(&w->cx, job->body, strlen(job->body));
    const char *form = node_text(node_find(body, "form"));
    const Form *f = form ? app_form(w->app, form) : NULL;
    int64_t id = 0;

    if (!body) return false;
    if (!f || !node_int(node_find(body, "id"), &id)) return true;    /* the form is gone */
    return rule_committed(w, f, id, body);
}

/* Once per due time: what failed halfway is told in the log, not said again to people. */
static bool schedule_job(Work *w, const Job *job)
{
    Node *body = json_parse(&w->cx, job->body, strlen(job->body));
    const char *plugin = node_text(node_find(body, "plugin"));
    const char *name = node_text(node_find(body, "name"));

    int writes = w->writes;

    if (!body) return false;
    if (!plugin || !name || rule_schedule(w, plugin, name)) return true;
    if (w->cx.err == E_MOVED && w->writes == writes) return false;    /* nothing of it was done */
    sys_log(LOG_ERROR, "a schedule failed", "plugin", plugin, "name", name, "error",
        w->cx.text ? w->cx.text : "", "detail", w->cx.detail ? w->cx.detail : "", NULL);
    return true;
}

static bool files_job(Work *w, const Job *job)
{
    (void)job;
    return files_sweep(w);
}

static const JobKind kinds[] = {
    { "mail", mail_job },
    { "webhook", webhook_job },
    { "committed", committed_job },
    { "schedule", schedule_job },
    { "files", files_job },
    { "automation", automation_job },
    { "import", import_job },
};

int jobs_kinds(const JobKind **out)
{
    *out = kinds;
    return LEN(kinds);
}

static bool run(Work *w, const Job *job)
{
    bool outward = str_eq(job->kind, "mail") || str_eq(job->kind, "webhook");
    if (outward && str_eq(w->via, JOBS_QUIET)) return true;
    for (int i = 0; i < LEN(kinds); i++) {
        if (!str_eq(kinds[i].kind, job->kind)) continue;
        int64_t start = sys_mono_us();
        bool ok = kinds[i].run(w, job);
        figures_job(i, ok, sys_mono_us() - start);
        return ok;
    }
    return cx_fail(&w->cx, E_SYS, "there is no job of the kind %s", job->kind);
}

bool jobs_run_one(Work *w, int64_t now, bool *found)
{
    Job job;

    return jobs_claim(w, now, &job, found) && (!*found || jobs_run(w, now, &job));
}

bool jobs_run(Work *w, int64_t now, const Job *claimed)
{
    AsSaved saved = work_as_app(w, NULL);
    JobEnd end = { 0 };
    Job job = *claimed;
    int64_t start = sys_mono_us();

    job.end = &end;
    end.done = run(w, &job);
    end.ms = (sys_mono_us() - start) / 1000;
    work_as_back(w, saved);
    bool moved = end.moved = w->cx.err == E_MOVED;
    if (!end.done && !moved) {
        end.error = arena_printf(w->cx.a, "%s%s%s", w->cx.text ? w->cx.text : "invalid",
            w->cx.detail ? ": " : "", w->cx.detail ? w->cx.detail : "");
        sys_log(LOG_WARN, "a job failed", "kind", job.kind, "error", end.error, NULL);
    }
    cx_clear(&w->cx);
    if (!job_settle(w, &job, now)) return false;
    return !moved || cx_fail(&w->cx, E_MOVED, "the definitions were changed meanwhile; please "
        "try again");
}

bool jobs_counts(Work *w, int64_t *waiting, int64_t *dead)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v[2];

    sql_add(&q, "SELECT count(CASE WHEN \"state\" = 'waiting' THEN 1 END), "
        "count(CASE WHEN \"state\" = 'dead' THEN 1 END) FROM \"_job\"");
    if (!db_one(&w->cx, w->db, &q, v, 2, &found)) return false;
    *waiting = found ? v[0].i : 0;
    *dead = found ? v[1].i : 0;
    return true;
}

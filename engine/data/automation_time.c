/*
 * automation_time.c — automations at a time: of a record (`at`), of the clock (`schedule`), and
 * those put off until after a commit. All of them run as jobs, so what fails is tried again.
 *
 * A schedule with a condition takes the records that match a portion a job, each in a write of
 * its own; one that fails is in the log of runs and does not hold up the others.
 */
#include "data/action_steps.h"
#include "data/automation.h"
#include "data/run_log.h"
#include "data/timer_row.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <string.h>

enum { PORTION = 100, NINE = 9 * 3600 };

typedef struct Automation Automation;

static const char *rule_of(Work *w, const Automation *a, const char *prefix)
{
    return arena_printf(w->cx.a, "%s%s.%s", prefix, a->form->key, a->key);
}

MUST static bool follow(Work *w, const Record *r, const Automation *a, bool fresh)
{
    const char **kept = ARENA_ARRAY(w->cx.a, const char *, a->non + 1);
    int64_t *due = ARENA_ARRAY(w->cx.a, int64_t, a->non + 1);
    const char *rule = rule_of(w, a, AUTOMATION_AT);
    Eval env = record_eval(w, r, NULL);
    char text[32];
    int n = 0;

    for (int i = 0; i < a->non; i++) {
        Val v;
        if (a->on[i].kind != ON_AT) continue;
        if (!expr_eval(a->on[i].at, &env, &v)) return false;
        if (v.kind == VAL_DATE) v = val_datetime(local_at(v.i, NINE, w->app->zone));
        if (v.kind != VAL_DATETIME) continue;
        due[n] = v.i;
        datetime_show(text, sizeof text, v.i);
        kept[n++] = arena_printf(w->cx.a, "%d@%s", i, text);
    }
    if (!fresh && !timer_keep(w, rule, r->form->key, record_id(r), kept, n)) return false;
    for (int i = 0; i < n; i++)
        if (!timer_set(w, rule, r->form->key, record_id(r), kept[i], due[i], NULL)) return false;
    return true;
}

bool automation_follow(Work *w, const Record *now, bool fresh)
{
    const Form *f = now->form;

    if (!(f->automated & ON_AT)) return true;
    for (int i = 0; i < f->nautomation; i++) {
        const Automation *a = &f->automation[i];
        if (a->active && (a->kinds & ON_AT) && !follow(w, now, a, fresh)) return false;
    }
    return true;
}

/* "at:FORM.KEY", "cron:FORM.KEY"; NULL: there is none any more. */
static const Automation *automation_of(Work *w, const char *form, const char *rule)
{
    const Form *f = form ? app_form(w->app, form) : NULL;
    const char *dot = rule ? strrchr(rule, '.') : NULL;
    const Automation *a = f && dot ? form_automation(f, dot + 1) : NULL;

    return a && a->active ? a : NULL;
}

MUST static bool add_job(Work *w, const Automation *a, int64_t record, const char *event,
    int64_t after)
{
    Node *body = node_map(w->cx.a);

    node_put_text(w->cx.a, body, "form", a->form->key);
    node_put_text(w->cx.a, body, "automation", a->key);
    node_put_int(w->cx.a, body, "record", record);
    node_put_text(w->cx.a, body, "event", event);
    if (after >= 0) node_put_int(w->cx.a, body, "after", after);
    return jobs_add(w, "automation", node_json(w->cx.a, body));
}

bool automation_fire_at(Work *w, const Timer *t)
{
    const Automation *a = automation_of(w, t->form, t->rule);
    Record *r;

    if (!a) return true;
    if (!record_load(w, a->form, t->record, false, &r)) return false;
    if (!r) return true;
    Eval env = record_eval(w, r, NULL);
    if (a->if_ && !expr_true(a->if_, &env)) return !w->cx.err;
    return add_job(w, a, t->record, "at", -1);
}

bool automation_fire_cron(Work *w, const Timer *t)
{
    const Automation *a = automation_of(w, t->form, t->rule);
    const On *on = a ? automation_on(a, ON_SCHEDULE) : NULL;
    int64_t after = w->now > t->due ? w->now : t->due;

    if (!on) return true;
    return timer_set(w, t->rule, t->form, 0, t->occurrence,
            cron_next(&on->cron, after, w->app->zone), on->cron_text)
        && add_job(w, a, 0, "schedule", a->if_ ? 0 : -1);
}

MUST static bool matching(Work *w, const Automation *a, int64_t after, int64_t *id, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    ExprSql ask = { .asker = work_asker(w), .alias = "t" };
    Rows rows;
    Val v;

    *n = 0;
    sql_add(&q, "SELECT \"t\".\"id\" FROM ");
    sql_name(&q, a->form->names.table);
    sql_add(&q, " AS \"t\" WHERE \"t\".\"deleted_at\" IS NULL AND \"t\".\"id\" > ");
    sql_bind(&q, val_int(after));
    sql_add(&q, " AND (");
    if (!expr_sql(&w->cx, a->if_, &ask, &q)) return false;
    sql_add(&q, ") ORDER BY \"t\".\"id\" LIMIT ");
    sql_int(&q, PORTION);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (*n < PORTION && db_next(&w->cx, &rows, &v)) id[(*n)++] = v.i;
    db_rows_end(&rows);
    return !w->cx.err;
}

typedef struct Next { const Automation *a; int64_t after; } Next;

static bool next_unit(Work *w, void *arg)
{
    const Next *next = arg;

    return add_job(w, next->a, 0, "schedule", next->after);
}

MUST static bool on_each(Work *w, const Automation *a, int64_t after)
{
    int64_t id[PORTION];
    int n;

    if (!matching(w, a, after, id, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (automation_run(w, a, id[i], "schedule", 0, NULL)) continue;
        if (w->cx.err == E_MOVED && !i) return false;     /* nothing of it was done */
        sys_log(LOG_ERROR, "an automation failed", "automation", a->key, "error",
            w->cx.text ? w->cx.text : "", NULL);
        cx_clear(&w->cx);
    }
    return n < PORTION || work_write(w, next_unit, &(Next){ a, id[n - 1] });
}

bool automation_job(Work *w, const Job *job)
{
    Node *body = json_parse(&w->cx, job->body, strlen(job->body));
    const char *form = node_text(node_find(body, "form")),
        *key = node_text(node_find(body, "automation")),
        *event = node_text(node_find(body, "event"));
    const Form *f = form ? app_form(w->app, form) : NULL;
    const Automation *a = f && key ? form_automation(f, key) : NULL;
    int64_t record = 0, by = 0, after;

    if (!body) return false;
    if (!a || !a->active) return true;        /* gone, or resting */
    if (!node_int(node_find(body, "record"), &record)) record = 0;
    if (!node_int(node_find(body, "by"), &by)) by = 0;
    if (node_int(node_find(body, "after"), &after)) return on_each(w, a, after);
    return automation_run(w, a, record, event ? event : "job", by, node_find(body, "given"));
}

/*
 * migrate_stage.c — records of a form that gets its first workflow enter it, and those that
 * stand on an older version of theirs go on in another as the plan says. Who comes to another stage
 * has a row of stage_history; timers are those of the version. Neither version nor history of the
 * record changes: nobody changed it.
 */
#include "data/apart.h"
#include "data/approval.h"
#include "data/migrate.h"
#include "data/auth.h"
#include "data/move_part.h"
#include "data/record_row.h"
#include "data/wait.h"
#include "base/sys.h"

#include <string.h>

#define PAGE 200

MUST static bool put_stage(Work *w, const Record *r)
{
    static const SysField fields[] = { SYS_WORKFLOW, SYS_WORKFLOW_VERSION, SYS_STAGE,
        SYS_STAGE_SINCE, SYS_STAGE_DUE };

    return record_put_system(w, r, fields, LEN(fields));
}

bool migrate_record(Work *w, Record *r, const Workflow *on, const Stage *stage)
{
    const Record *old = record_copy(w, r);
    bool stays = r->val[SYS_STAGE].kind == VAL_TEXT && str_eq(r->val[SYS_STAGE].t, stage->key);

    move_to(w, r, on, stage);
    if (stays) r->val[SYS_STAGE_SINCE] = old->val[SYS_STAGE_SINCE];
    if (!put_stage(w, r) || !stage_forget(w, r) || !wait_migrate(w, r, stays)) return false;
    if (!val_is_blank(r->val[SYS_DELETED_AT])) return true;
    return stays ? stage_timers(w, r) : move_record(w, old, r, NULL, "migrate");
}

/* A request is judged by the version it was made on: it is decided or withdrawn first. */
MUST static bool approves(Work *w, const Record *r)
{
    Approval a;
    bool found;

    if (!approval_waiting(w, r->form, record_id(r), &a, &found)) return false;
    return !found || cx_fail(&w->cx, E_CONFLICT, "%s %lld: %s", r->form->key,
        (long long)record_id(r), approval_words(w, &a));
}

MUST static bool move_one(Work *w, const PlanStage *s, int64_t id)
{
    Record *r;

    if (!record_load(w, s->form, id, true, &r)) return false;
    if (!r) return true;
    if (s->now) return approves(w, r) && migrate_record(w, r, s->on, s->now);
    if (!val_is_blank(r->val[SYS_STAGE])) return true;
    if (!move_enter(w, r)) {
        const char *why = w->cx.nissue ? w->cx.issue[0].text : w->cx.text;
        cx_clear(&w->cx);
        return cx_fail(&w->cx, E_CONFLICT, "%s %lld: %s", s->form->key, (long long)id, why);
    }
    return put_stage(w, r)
        && (!val_is_blank(r->val[SYS_DELETED_AT]) || move_record(w, NULL, r, NULL, NULL));
}

MUST static bool page_of(Work *w, const PlanStage *s, int64_t after, int64_t *id, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v;

    *n = 0;
    sql_add(&q, "SELECT \"id\" FROM ");
    sql_name(&q, s->form->names.table);
    sql_add(&q, " WHERE \"id\" > ");
    sql_bind(&q, val_int(after));
    if (s->was) {
        sql_add(&q, " AND \"workflow\" = ");
        sql_bind(&q, val_text(s->flow));
        sql_add(&q, " AND coalesce(\"workflow_version\", 0) = ");
        sql_int(&q, s->version);
        sql_add(&q, " AND \"stage\" = ");
        sql_bind(&q, val_text(s->was));
    }
    sql_add(&q, " ORDER BY \"id\" LIMIT ");
    sql_int(&q, PAGE);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) id[(*n)++] = v.i;
    db_rows_end(&rows);
    return !w->cx.err;
}

typedef struct Page { const PlanStage *stage; int64_t after; int n; } Page;

static bool move_page(Work *w, void *arg)
{
    Page *p = arg;
    int64_t id[PAGE];

    if (!page_of(w, p->stage, p->after, id, &p->n)) return false;
    if (p->n && p->stage->was && !p->stage->now)
        return cx_fail(&w->cx, E_CONFLICT, "records entered stage %s meanwhile, which goes; plan "
            "again", p->stage->was);
    for (int i = 0; i < p->n; i++)
        if (!move_one(w, p->stage, id[i])) return false;
    if (p->n) p->after = id[p->n - 1];
    return true;
}

MUST static bool move_all(Work *w, const PlanStage *s)
{
    Page p = { .stage = s };

    do
        if (!work_apart(w, move_page, &p)) return false;
    while (p.n);
    return true;
}

bool migrate_stages(Cx *cx, Db *db, const App *app, const Plan *plan)
{
    Work w = { .cx = cx_begin(cx->a, cx->lang), .app = app, .db = db, .now = sys_now() };

    auth_become_app(&w, "publish");
    for (int i = 0; i < plan->nstage; i++) {
        if (move_all(&w, &plan->stage[i])) continue;
        cx_copy(cx, &w.cx);
        return false;
    }
    return true;
}

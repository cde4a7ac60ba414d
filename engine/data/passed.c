/*
 * passed.c — a record's way as conditions on stage_history; a period is first looked up by time,
 * so that only its records are looked at one by one.
 */
#include "data/passed.h"

#include <stdlib.h>
#include <string.h>

const char *const passed_how[] = { "entered", "came", "reached", "went", "lost", "here",
    "late", "asked" };

bool stage_is_step(const Stage *s)
{
    return s && !str_eq(s->status, "lost");
}

static void bind_keys(const Passed *p, Sql *q)
{
    sql_add(q, "\"form\" = ");
    sql_bind(q, val_text(p->flow->form->key));
}

static void add_at(const Passed *p, const char *alias, bool end, Sql *q)
{
    if (p->from > 0) {
        sql_add(q, " AND ");
        sql_column(q, alias, "at");
        sql_add(q, " >= ");
        sql_bind(q, val_datetime(p->from));
    }
    if (!end || p->to == INT64_MAX) return;
    sql_add(q, " AND ");
    sql_column(q, alias, "at");
    sql_add(q, " < ");
    sql_bind(q, val_datetime(p->to));
}

/* Enters the workflow: made in it, or led into it from another. */
static void entering(const Passed *p, Sql *q)
{
    sql_add(q, " AND p.\"workflow\" = ");
    sql_bind(q, val_text(p->flow->key));
    sql_add(q, " AND (p.\"from\" IS NULL OR p.\"from_workflow\" IS NOT NULL)");
    add_at(p, "p", true, q);
}

static void a_case(const Passed *p, Sql *q)
{
    if (p->from > 0 || p->to != INT64_MAX) {
        sql_add(q, " AND r.\"id\" IN (SELECT p.\"record\" FROM \"stage_history\" AS p WHERE p.");
        bind_keys(p, q);
        entering(p, q);
        sql_add(q, ")");
    }
    sql_add(q, " AND EXISTS (SELECT 1 FROM \"stage_history\" AS p WHERE p.");
    bind_keys(p, q);
    sql_add(q, " AND p.\"record\" = r.\"id\" AND p.\"id\" = (SELECT min(f.\"id\") FROM "
        "\"stage_history\" AS f WHERE f.");
    bind_keys(p, q);
    sql_add(q, " AND f.\"record\" = r.\"id\" AND (f.\"workflow\" = ");
    sql_bind(q, val_text(p->flow->key));
    sql_add(q, " OR f.\"from_workflow\" = ");
    sql_bind(q, val_text(p->flow->key));
    sql_add(q, ")");
    add_at(p, "f", false, q);
    sql_add(q, ")");
    entering(p, q);
    sql_add(q, ")");
}

/* It led into a stage of this workflow that is lost. */
static void to_lost(const Passed *p, Sql *q)
{
    const char *sign = "";
    bool any = false;

    for (int i = 0; i < p->flow->nstage; i++) any |= str_eq(p->flow->stage[i].status, "lost");
    if (!any) {
        sql_add(q, "1 = 0");
        return;
    }
    sql_add(q, "(p.\"workflow\" = ");
    sql_bind(q, val_text(p->flow->key));
    sql_add(q, " AND p.\"to\" IN (");
    for (int i = 0; i < p->flow->nstage; i++) {
        const Stage *s = &p->flow->stage[i];
        if (!str_eq(s->status, "lost")) continue;
        if (*sign) sql_add(q, ", ");
        sql_bind(q, val_text(s->key));
        sign = ", ";
    }
    sql_add(q, "))");
}

void passed_late(const Workflow *flow, Sql *q)
{
    sql_add(q, "EXISTS (SELECT 1 FROM \"_timer\" AS t WHERE t.\"form\" = ");
    sql_bind(q, val_text(flow->form->key));
    sql_add(q, " AND t.\"record\" = r.\"id\" AND t.\"rule\" = 'within:' || ");
    sql_bind(q, val_text(flow->key));
    sql_add(q, " || '.' || r.\"stage\" AND substr(t.\"payload\", 1, 5) = 'late ')");
}

static void standing(const Passed *p, Sql *q)
{
    sql_add(q, " AND r.\"workflow\" = ");
    sql_bind(q, val_text(p->flow->key));
    sql_add(q, " AND r.\"stage\" = ");
    sql_bind(q, val_text(p->stage));
    if (p->how != PASSED_LATE) return;
    sql_add(q, " AND ");
    passed_late(p->flow, q);
}

static void asked(const Passed *p, Sql *q)
{
    sql_add(q, " AND EXISTS (SELECT 1 FROM \"_approval\" AS p JOIN \"_task\" AS t "
        "ON t.\"approval\" = p.\"id\" WHERE p.");
    bind_keys(p, q);
    sql_add(q, " AND p.\"record\" = r.\"id\" AND p.\"state\" = 'waiting' AND p.\"workflow\" = ");
    sql_bind(q, val_text(p->flow->key));
    sql_add(q, " AND t.\"state\" = 'open' AND t.\"kind\" = 'approve' AND t.\"user\" = ");
    sql_bind(q, val_int(p->user));
    sql_add(q, ")");
}

/* " = 'offer'", or with those after it. */
static void to_stage(const Passed *p, Sql *q)
{
    const Stage *at = p->how == PASSED_REACHED ? workflow_stage(p->flow, p->stage) : NULL;

    sql_add(q, " AND p.\"to\" IN (");
    sql_bind(q, val_text(p->stage));
    for (const Stage *s = at; stage_is_step(at) && s < p->flow->stage + p->flow->nstage; s++) {
        if (s == at || !stage_is_step(s)) continue;
        sql_add(q, ", ");
        sql_bind(q, val_text(s->key));
    }
    sql_add(q, ")");
}

void passed_where(const Passed *p, Sql *q)
{
    bool into = p->how == PASSED_CAME || p->how == PASSED_REACHED;


    if (p->how == PASSED_ASKED) {
        asked(p, q);
        return;
    }
    if (p->how == PASSED_HERE || p->how == PASSED_LATE) {
        standing(p, q);
        return;
    }
    a_case(p, q);
    if (p->how == PASSED_ENTERED) return;
    sql_add(q, " AND EXISTS (SELECT 1 FROM \"stage_history\" AS p WHERE p.");
    bind_keys(p, q);
    sql_add(q, " AND p.\"record\" = r.\"id\"");
    add_at(p, "p", false, q);
    if (into) sql_add(q, " AND p.\"workflow\" = ");
    else sql_add(q, " AND coalesce(p.\"from_workflow\", p.\"workflow\") = ");
    sql_bind(q, val_text(p->flow->key));
    if (into) to_stage(p, q);
    else {
        sql_add(q, " AND p.\"from\" = ");
        sql_bind(q, val_text(p->stage));
        sql_add(q, " AND ");
        if (p->how == PASSED_WENT) sql_add(q, "NOT ");
        to_lost(p, q);
    }
    sql_add(q, ")");
}

static const Workflow *flow_of(const Form *f, const char *key)
{
    for (int i = 0; i < f->nworkflow; i++)
        if (str_eq(f->workflow[i]->key, key)) return f->workflow[i];
    return NULL;
}

static bool read_way(Arena *a, const Form *f, const char *text, const Zone *zone, Passed *out)
{
    char **part;
    int n = str_split(a, text, ',', &part), how = 0;
    int64_t day;

    *out = (Passed){ .flow = n ? flow_of(f, part[0]) : NULL, .to = INT64_MAX };
    if (!out->flow || n > 5) return false;
    while (n > 1 && how < PASSED_HOWS && !str_eq(part[1], passed_how[how])) how++;
    if (how == PASSED_HOWS) return false;
    out->how = (PassedHow)how;
    out->stage = n > 2 && *part[2] ? part[2] : NULL;
    if (out->how == PASSED_ASKED)
        return out->stage && (out->user = strtoll(out->stage, NULL, 10)) > 0;
    if (out->how != PASSED_ENTERED && (!out->stage || !workflow_any_stage(out->flow, out->stage)))
        return false;
    if (n > 3 && *part[3]) {
        if (!date_parse(part[3], &day)) return false;
        out->from = local_midnight(day, zone);
    }
    if (n > 4 && *part[4]) {
        if (!date_parse(part[4], &day)) return false;
        out->to = local_midnight(day, zone);
    }
    return true;
}

bool passed_of(Work *w, const Form *f, const char *text, Passed *out)
{
    return read_way(w->cx.a, f, text, w->who.zone ? w->who.zone : w->app->zone, out)
        || cx_fail(&w->cx, E_SYNTAX, "`passed` names no way of these records: %s", text);
}

/*
 * schema_flow.c — what a changed workflow means for the records that are on their way.
 *
 * They finish on the version they entered, unless the workflow says `migrate` or whoever publishes
 * does: then open ones go on in the new version, and those of a stage that went need a place.
 * Either way no record loses its stage. Records are counted only when a workflow has changed.
 *
 * The stages of a workflow are noted when it is published, for when the workflow itself goes.
 */
#include "data/schema_in.h"
#include "data/pins.h"
#include "data/record_row.h"

#include <string.h>

static const Stage *goes_to(const Workflow *w, const char *stage)
{
    for (int i = 0; w && i < w->nmigrate; i++)
        if (str_eq(w->migrate[i].was, stage)) return w->migrate[i].now;
    return NULL;
}

static void push(Planner *p, PlanStage s)
{
    ARENA_PUSH(p->cx->a, p->plan->stage, p->plan->nstage, p->plan->stage_cap, s);
}

static void refuse(Planner *p, const Form *f, const char *flow, const char *stage, int64_t n)
{
    PlanStep step = { .what = PLAN_REFUSED, .form = f->key, .rows = n };

    plan_add(p, step, "stage %s of workflow %s still holds %lld records; move them first, or "
        "say where they go with `migrate: {%s: STAGE}`", stage, flow, (long long)n, stage);
}

/* ---- versions ---- */

static const Pin *pin_of(const Planner *p, const Workflow *w, int64_t version)
{
    const Pins *pins = p->app->pins;

    for (int i = 0; pins && i < pins->n; i++)
        if ((version ? pins->pin[i].version == version : pins->pin[i].current)
            && pin_workflow(p->app, &pins->pin[i]) == w) return &pins->pin[i];
    return NULL;
}

static const Workflow *older_of(const Workflow *w, int64_t version)
{
    for (int i = 0; i < w->nolder; i++)
        if (w->older[i]->version == version) return w->older[i];
    return NULL;
}

/* The records of a stage go to another, or on in another version. */
static void plan_go(Planner *p, PlanStage s, int64_t n)
{
    PlanStep step = { .what = PLAN_COMPUTE, .form = s.form->key, .field = "stage", .rows = n };

    push(p, s);
    if (!n) return;
    if (!str_eq(s.was, s.now->key)) plan_add(p, step, "move records of stage %s to %s", s.was,
        s.now->key);
    else if (s.on == app_workflow(p->app, s.flow))
        plan_add(p, step, "records in stage %s of workflow %s, version %lld, go on in the new "
            "version", s.was, s.flow, (long long)s.version);
    else plan_add(p, step, "records in stage %s of workflow %s, version %lld, stay on the version "
        "before this", s.was, s.flow, (long long)s.version);
}

static void plan_follow(Planner *p, const Workflow *w, PlanStage s, int64_t n)
{
    const Stage *here = workflow_stage(w, s.was), *to = goes_to(w, s.was);
    const Pin *pin = pin_of(p, w, s.version);

    s.on = w;
    s.now = to ? to : here;
    if (to || (here && pin && str_eq(pin_status(pin, s.was), "open"))) plan_go(p, s, n);
    else if (!here && n) refuse(p, s.form, w->key, s.was, n);
    else if (!here) push(p, s);
}

static void plan_stay(Planner *p, const Workflow *w, PlanStage s, int64_t n)
{
    PlanStep step = { .what = PLAN_NOTE, .form = s.form->key, .field = "stage", .rows = n };
    const Pin *former = pin_of(p, w, 0);
    const Stage *there;

    s.on = workflow_of(w, s.version, s.was, &there);
    if (there && s.on == w) return;
    if (there) {
        if (w->changed) plan_add(p, step, "%lld records in stage %s finish on version %lld of "
            "workflow %s", (long long)n, s.was, (long long)s.version, w->key);
        return;
    }
    s.on = former ? older_of(w, former->version) : NULL;
    s.now = s.on ? workflow_stage(s.on, s.was) : NULL;
    if (s.now) plan_go(p, s, n);
    else refuse(p, s.form, w->key, s.was, n);
}

static bool changes(const Planner *p, const Workflow *w)
{
    const Pins *pins = p->app->pins;
    bool older = false;

    for (int i = 0; pins && i < pins->n; i++)
        older |= pins->pin[i].version != w->version && pin_workflow(p->app, &pins->pin[i]) == w;
    return w->changed || (w->follows && older);
}

/* Stages in which nobody stands now may be entered until this is published. */
static void plan_late(Planner *p, const Workflow *w, const PinUse *use, int n)
{
    const Pin *former = pin_of(p, w, 0);
    const Node *stages = former ? node_find(former->at, "stages") : NULL;

    if (!w->follows || !former || former->version == w->version) return;
    for (int i = 0; i < stages->n; i++) {
        PlanStage s = { .form = w->form, .flow = w->key, .was = stages->item[i]->key,
            .version = former->version };
        bool counted = false;
        for (int k = 0; k < n; k++)
            counted |= use[k].version == s.version && str_eq(use[k].stage, s.was)
                && str_eq(use[k].flow, former->flow);
        if (!counted) plan_follow(p, w, s, 0);
    }
}

static const Workflow *flow_now(const Planner *p, const char *flow, const char *former);

/* The name it had when it was published as another: "FORM stages FORMER". */
static const Workflow *flow_of_rows(Planner *p, const char *flow)
{
    char **part;
    const char *note = plan_noted(p, arena_printf(p->cx->a, "flow:%s", flow));
    int n = note ? str_split(p->cx->a, note, ' ', &part) : 0;

    return flow_now(p, flow, n > 2 ? part[2] : NULL);
}

MUST static bool plan_versions(Planner *p, const Form *f, const Moved *m)
{
    bool any = false;
    PinUse *use;
    int n;

    for (int i = 0; i < f->nworkflow; i++) any |= changes(p, f->workflow[i]);
    if (!any) return true;
    if (!pins_use(p->cx, p->db, m->was, &use, &n)) return false;
    for (int i = 0; i < n; i++) {
        const Workflow *w = flow_of_rows(p, use[i].flow);
        if (!w || w->form != f || !changes(p, w)) continue;
        PlanStage s = { .form = f, .flow = w->key, .was = use[i].stage,
            .version = use[i].version };
        if (s.version == w->version) continue;
        if (w->follows) plan_follow(p, w, s, use[i].n);
        else plan_stay(p, w, s, use[i].n);
    }
    for (int i = 0; i < f->nworkflow; i++) plan_late(p, f->workflow[i], use, n);
    return true;
}

/* ---- workflows: "FORM stage,stage, FORMER-NAME" ---- */

static const char *flow_stages(Arena *a, const Workflow *w)
{
    Str s = str_begin(a);

    for (int i = 0; i < w->nstage; i++) str_printf(&s, "%s,", w->stage[i].key);
    return str_show(&s);
}

/* Of a workflow that went. */
MUST static bool check_stage(Planner *p, const Form *f, const char *flow, const char *stage)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    const Moved *m = plan_moved(p, f->names.table);
    int64_t n;

    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, m->was);
    sql_add(&q, " WHERE \"workflow\" = ");
    sql_bind(&q, val_text(flow));
    sql_add(&q, " AND \"stage\" = ");
    sql_bind(&q, val_text(stage));
    if (!plan_count(p, &q, &n)) return false;
    if (n) refuse(p, f, flow, stage, n);
    return true;
}

/* The form that was called so when it was noted, when it still has stages. */
static const Form *form_noted(const Planner *p, const char *key)
{
    const Known *k = known_find(&p->known, NULL, key);
    const Want *w = k ? plan_wanted_as(p, k) : NULL;
    const Moved *m = w ? plan_moved(p, w->form->names.table) : NULL;

    return m && moved_column(m, "stage") && w->form->staged ? w->form : NULL;
}

/* What the workflow of that name is called now: by its `was:`, or by taking the name back that
   was `former`. NULL: it went. */
static const Workflow *flow_now(const Planner *p, const char *flow, const char *former)
{
    const Workflow *w = app_workflow(p->app, flow);

    for (int i = 0; !w && i < p->app->nworkflow; i++) {
        const Workflow *x = p->app->workflow[i];
        const char *note = plan_noted(p, arena_printf(p->cx->a, "flow:%s", x->key));
        bool noted = note && !str_eq(note, "-");
        if (str_eq(x->was, flow) || (former && !noted && str_eq(x->key, former))) w = x;
    }
    return w;
}

/* Records, their past and their timers name it. */
static void rename_flow(Planner *p, const Form *f, const char *was, const char *now)
{
    Arena *a = p->cx->a;
    PlanStep step = { .what = PLAN_FILL, .form = f->key, .rows = -1 };
    const char *old = spec_quote(a, was), *new_ = spec_quote(a, now);
    Str s = str_begin(a);

    str_printf(&s, "UPDATE \"%s\" SET \"workflow\" = %s WHERE \"workflow\" = %s;\n",
        f->names.table, new_, old);
    str_printf(&s, "UPDATE stage_history SET workflow = %s WHERE workflow = %s;\n", new_, old);
    str_printf(&s, "UPDATE stage_history SET from_workflow = %s WHERE from_workflow = %s", new_,
        old);
    static const char *const kinds[] = { "after", "within", "wait", "awaited", "approval" };
    for (int i = 0; i < LEN(kinds); i++) {
        const char *kind = kinds[i];
        str_printf(&s, ";\nUPDATE _timer SET rule = '%s:%s.' || substr(rule, %d) WHERE "
            "substr(rule, 1, %d) = '%s:%s.'", kind, now, (int)(strlen(kind) + strlen(was) + 3),
            (int)(strlen(kind) + strlen(was) + 2), kind, was);
    }
    step.sql = s.p;
    plan_add(p, step, "rename workflow %s to %s", was, now);
    plan_note(p, arena_printf(a, "flow:%s", was), "-");
}

/* known: "FORM stage,stage, FORMER-NAME" of a workflow as published last. */
MUST static bool check_flow(Planner *p, const char *flow, const char *known)
{
    char **part, **stage;
    int parts = str_split(p->cx->a, known, ' ', &part);

    if (parts < 2) return true;
    const Form *f = form_noted(p, part[0]);
    const Workflow *w = flow_now(p, flow, parts > 2 ? part[2] : NULL);
    if (f && w && !str_eq(w->key, flow)) rename_flow(p, f, flow, w->key);
    int n = str_split(p->cx->a, part[1], ',', &stage);
    for (int i = 0; f && !w && i < n; i++)
        if (*stage[i] && !check_stage(p, f, flow, stage[i])) return false;
    return true;
}

/* A form that gets its first workflow, or whose workflows have changed. */
MUST static bool plan_form(Planner *p, const Form *f)
{
    const Moved *m = plan_moved(p, f->names.table);
    PlanStep step = { .what = PLAN_COMPUTE, .form = f->key, .field = "stage" };

    if (!f->staged || !m) return true;
    if (moved_column(m, "stage")) return plan_versions(p, f, m);
    if (!plan_rows(p, m->was, &step.rows)) return false;
    if (!step.rows) return true;
    plan_add(p, step, "records of %s enter the first stage of their workflow", f->key);
    push(p, (PlanStage){ .form = f });
    return true;
}

bool plan_stages(Planner *p)
{
    Arena *a = p->cx->a;

    for (int i = 0; i < p->nnote; i++)
        if (str_starts(p->note[i].name, "flow:")
            && !check_flow(p, p->note[i].name + 5, p->note[i].text)) return false;
    for (int i = 0; i < p->app->nform; i++)
        if (!plan_form(p, p->app->form[i])) return false;
    for (int i = 0; i < p->app->nworkflow; i++) {
        const Workflow *w = p->app->workflow[i];
        plan_note(p, arena_printf(a, "flow:%s", w->key),
            arena_printf(a, "%s %s%s%s", w->form->key, flow_stages(a, w), w->was ? " " : "",
                w->was ? w->was : ""));
    }
    return true;
}

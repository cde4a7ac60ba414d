/*
 * process.c — one pass over the history in the order of the records; the spreads are sorted at
 * the end, so a report costs a number a move.
 */
#include "data/process.h"
#include "data/passed.h"
#include "data/query_in.h"

#include <stdlib.h>
#include <string.h>

typedef struct Row {
    int64_t record, at, seconds, working, in_time;       /* -1: not known */
    const char *from, *to, *transition, *flow, *before, *reason;
} Row;
typedef struct Pass {
    Work *w; const ProcessAsk *ask; Process *out;
    int64_t record, since; bool counts;        /* the case one is in; whether it is of the period */
    Str path; StageUse *in;
    const char **paths; int npaths, paths_cap;
} Pass;

static const char *text(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

StageUse *process_stage(Work *w, const Workflow *flow, Process *p, const char *key)
{
    for (int i = 0; i < p->nstage; i++)
        if (str_eq(p->stage[i].stage, key)) return &p->stage[i];
    StageUse one = { .stage = key, .now = workflow_stage(flow, key) };
    ARENA_PUSH(w->cx.a, p->stage, p->nstage, p->stage_cap, one);
    return &p->stage[p->nstage - 1];
}

static StageUse *stage_use(Pass *p, const char *key)
{
    return process_stage(p->w, p->ask->flow, p->out, key);
}

enum { CAME, WENT, GONE, REACHED };

/* A record counts once, however often it goes that way. */
static bool first_time(Pass *p, StageUse *u, int what)
{
    if (u->seen[what] == p->record) return false;
    u->seen[what] = p->record;
    return true;
}

static void spread_add(Work *w, Spread *s, int64_t value)
{
    if (value >= 0) ARENA_PUSH(w->cx.a, s->item, s->n, s->cap, value);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void spread_end(Spread *s)
{
    int64_t sum = 0;

    if (!s->n) return;
    qsort(s->item, (size_t)s->n, sizeof *s->item, by_number);
    for (int i = 0; i < s->n; i++) sum += s->item[i];
    s->mean = sum / s->n;
    s->median = (s->item[(s->n - 1) / 2] + s->item[s->n / 2]) / 2;
    s->p90 = s->item[((int64_t)s->n * 9 + 9) / 10 - 1];
}

static void tally(Work *w, Counted **list, int *n, int *cap, const char *key)
{
    for (int i = 0; i < *n; i++)
        if (str_eq((*list)[i].key, key)) { (*list)[i].n++; return; }
    Counted one = { key, 1 };
    ARENA_PUSH(w->cx.a, *list, *n, *cap, one);
}

static void count_move(Pass *p, const Row *r)
{
    Process *o = p->out;
    MoveUse *m = NULL;

    for (int i = 0; i < o->nmove && !m; i++)
        if (str_eq(o->move[i].from, r->from) && str_eq(o->move[i].to, r->to)
            && str_eq(o->move[i].transition, r->transition)) m = &o->move[i];
    if (!m) {
        MoveUse one = { .from = r->from, .to = r->to, .transition = r->transition };
        ARENA_PUSH(p->w->cx.a, o->move, o->nmove, o->move_cap, one);
        m = &o->move[o->nmove - 1];
    }
    m->n++;
    spread_add(p->w, &m->seconds, r->seconds);
}

/* Of rows that do not say it (data/due_stage.h): as the stage is now. */
static bool is_late(Pass *p, const StageUse *u, int64_t until)
{
    const App *app = p->w->app;
    const Due *d = u->now ? &u->now->due : NULL;

    return d && !val_is_blank(d->within) && until > when_add(p->since, d->within,
        d->calendar ? d->calendar : app_calendar(app, NULL), app->zone);
}

static void leave(Pass *p, const Row *r, const StageUse *to)
{
    StageUse *u = stage_use(p, r->from);

    u->left++;
    spread_add(p->w, &u->seconds, r->seconds);
    spread_add(p->w, &u->working, r->working);
    if (r->in_time < 0 ? is_late(p, u, r->at) : !r->in_time) u->late++;
    if (!to || !to->now || !str_eq(to->now->status, "lost")) {
        u->went += first_time(p, u, WENT);
        return;
    }
    u->lost++;
    if (!first_time(p, u, GONE)) return;
    u->gone++;
    if (p->out->reason)
        tally(p->w, &u->reason, &u->nreason, &u->reason_cap, r->reason ? r->reason : "");
}

/* A stage that was left out on the way was reached, too. */
static void reach(Pass *p, StageUse *to)
{
    Process *o = p->out;
    bool known = stage_is_step(to->now);

    for (StageUse *u = o->stage; known && u < to; u++)
        if (stage_is_step(u->now)) u->reached += first_time(p, u, REACHED);
    to->reached += first_time(p, to, REACHED);
}

static void case_end(Pass *p)
{
    if (!p->record || !p->counts) return;
    p->out->cases++;
    if (p->in) {
        p->in->current++;
        if (is_late(p, p->in, p->w->now)) p->in->late++;
    }
    const char *path = arena_dup(p->w->cx.a, p->path.p ? p->path.p : "");
    ARENA_PUSH(p->w->cx.a, p->paths, p->npaths, p->paths_cap, path);
}

static void take(Pass *p, const Row *r)
{
    bool here = str_eq(r->flow, p->ask->flow->key);

    if (r->record != p->record) {
        case_end(p);
        p->record = r->record;
        p->in = NULL;
        p->counts = here && (!r->from || r->before) && r->at < p->ask->to;
        p->path.n = 0;
    }
    if (!p->counts) return;
    StageUse *to = here && r->to ? stage_use(p, r->to) : NULL;
    bool stood = r->from && (r->before ? str_eq(r->before, p->ask->flow->key) : here);
    if (stood) leave(p, r, r->to && here ? stage_use(p, r->to) : NULL);
    p->in = r->to && here ? stage_use(p, r->to) : NULL;       /* the list may have moved */
    p->since = r->at;
    if (!to) return;
    p->in->entered++;
    p->in->came += first_time(p, p->in, CAME);
    reach(p, p->in);
    count_move(p, r);
    str_printf(&p->path, "%s%s", p->path.n ? " > " : "", r->to);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_count(const void *a, const void *b)
{
    const Counted *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->key, y->key);
}

static void finish(Pass *p)
{
    Process *o = p->out;

    case_end(p);
    if (p->npaths) qsort(p->paths, (size_t)p->npaths, sizeof *p->paths, by_text);
    for (int i = 0; i < p->npaths; i++) {
        if (i && str_eq(p->paths[i], p->paths[i - 1])) { o->path[o->npath - 1].n++; continue; }
        Counted one = { p->paths[i], 1 };
        ARENA_PUSH(p->w->cx.a, o->path, o->npath, o->path_cap, one);
    }
    if (o->npath) qsort(o->path, (size_t)o->npath, sizeof *o->path, by_count);
    for (int i = 0; i < o->nmove; i++) spread_end(&o->move[i].seconds);
    for (int i = 0; i < o->nstage; i++) {
        StageUse *u = &o->stage[i];
        spread_end(&u->seconds);
        spread_end(&u->working);
        if (u->nreason) qsort(u->reason, (size_t)u->nreason, sizeof *u->reason, by_count);
    }
}

/* Why records are lost is said by the first choice that a transition to a lost stage requires. */
static const Field *reason_of(Work *w, const Workflow *flow)
{
    for (int i = 0; i < flow->ntransition; i++) {
        const Transition *t = &flow->transition[i];
        if (t->into || !t->to || !str_eq(t->to->status, "lost")) continue;
        for (int k = 0; k < t->nrequire; k++)
            if (str_eq(t->require[k]->type->name, "choice"))
                return perm_filterable(w, flow->form, t->require[k]) ? t->require[k] : NULL;
    }
    return NULL;
}

MUST static bool build(Work *w, const ProcessAsk *ask, const Field *reason, Sql *q)
{
    ListAsk where = { .form = ask->flow->form, .filter = ask->filter };

    sql_add(q, "SELECT h.\"record\", h.\"at\", h.\"seconds\", h.\"working_seconds\", "
        "h.\"from\", h.\"to\", h.\"transition\", h.\"workflow\", h.\"from_workflow\", h.\"in_time\", ");
    if (reason) {
        sql_add(q, "r.");
        sql_name(q, reason->name.column);
    } else sql_add(q, "NULL");
    sql_add(q, " FROM \"stage_history\" AS h JOIN ");
    sql_name(q, ask->flow->form->names.table);
    sql_add(q, " AS r ON r.\"id\" = h.\"record\" WHERE h.\"form\" = ");
    sql_bind(q, val_text(ask->flow->form->key));
    sql_add(q, " AND (h.\"workflow\" = ");
    sql_bind(q, val_text(ask->flow->key));
    sql_add(q, " OR h.\"from_workflow\" = ");
    sql_bind(q, val_text(ask->flow->key));
    sql_add(q, ") AND h.\"at\" >= ");
    sql_bind(q, val_datetime(ask->from));
    sql_add(q, " AND ");
    if (!query_where(w, &where, q)) return false;
    sql_add(q, " ORDER BY h.\"record\", h.\"id\"");
    return true;
}

bool process_report(Work *w, const ProcessAsk *ask, Process *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Pass p = { .w = w, .ask = ask, .out = out, .path = str_begin(w->cx.a) };
    Rows rows;
    Val v[11];

    *out = (Process){ .reason = reason_of(w, ask->flow) };
    for (int i = 0; i < ask->flow->nstage; i++) stage_use(&p, ask->flow->stage[i].key);
    if (!build(w, ask, out->reason, &q) || !db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Row r = { .record = v[0].i, .at = db_typed(v[1], VAL_DATETIME, 0).i,
            .seconds = v[2].kind == VAL_INT ? v[2].i : -1,
            .working = v[3].kind == VAL_INT ? v[3].i : -1, .from = text(w, v[4]),
            .to = text(w, v[5]), .transition = text(w, v[6]), .flow = text(w, v[7]),
            .before = text(w, v[8]), .in_time = v[9].kind == VAL_INT ? v[9].i : -1,
            .reason = text(w, v[10]) };
        take(&p, &r);
    }
    db_rows_end(&rows);
    if (w->cx.err) return false;
    finish(&p);
    return true;
}

/*
 * action_write.c — a step writes through save like everyone, nested in the running write.
 */
#include "data/action_steps.h"
#include "data/frame.h"
#include "data/query.h"
#include "data/reminder.h"
#include "data/save.h"

Node *value_node(Work *w, Val v)
{
    Arena *a = w->cx.a;

    switch (v.kind) {
    case VAL_BLANK:
        return node_new_null(a);
    case VAL_BOOL:
        return node_new_bool(a, v.i != 0);
    case VAL_REC: case VAL_INT:
        return node_new_int(a, v.i);
    case VAL_LIST: {
        Node *list = node_list(a);
        for (int i = 0; i < v.n; i++) node_add(a, list, value_node(w, v.list[i]));
        return list;
    }
    case VAL_DEC: case VAL_REAL:
        return node_new_number(a, val_show(a, v));
    default:
        return node_new_text(a, val_show(a, v));
    }
}

/* The same for a field of several columns: by part. */
static Node *field_node(Work *w, const Field *f, Val v)
{
    if (v.kind != VAL_LIST || !f->npart) return value_node(w, v);
    Node *map = node_map(w->cx.a);
    for (int i = 0; i < f->npart; i++)
        node_put(w->cx.a, map, f->part[i]->name.key, value_node(w, v.list[i]));
    return map;
}

bool step_body(StepRun *run, const Step *s, const Record *r, Node **out)
{
    Work *w = run->w;
    Node *body = node_map(w->cx.a);

    for (int i = 0; i < s->nset; i++) {
        Val v = s->set[i].value.val;
        if (s->set[i].value.expr && !step_eval(run, s->set[i].value.expr, r, &v)) return false;
        const Field *f = s->set[i].field;
        node_put(w->cx.a, body, f->key, field_node(w, f, record_fit(w, f, v)));
    }
    step_note(run, "values", body);
    *out = body;
    return true;
}

bool step_set(StepRun *run, const Step *s, Record *r)
{
    SaveAsk ask = { .form = r->form, .id = record_id(r) };
    Node *body;
    Saved saved;

    if (!step_body(run, s, r, &body)) return false;
    ask.body = body;
    return save_record(run->w, &ask, &saved);
}

/* What a step made, for the log and for those behind it. */
static void made(StepRun *run, const Step *s, int64_t id)
{
    step_note(run, "result", node_new_int(run->w->cx.a, id));
    step_keep(run, s->as, (Val){ .kind = VAL_REC, .i = id });
}

bool step_create(StepRun *run, const Step *s, Record *r)
{
    SaveAsk ask = { .form = s->form };
    Node *body;
    Saved saved;

    if (!step_body(run, s, r, &body)) return false;
    ask.body = body;
    if (!save_record(run->w, &ask, &saved)) return false;
    made(run, s, saved.id);
    return true;
}

bool step_upsert(StepRun *run, const Step *s, Record *r)
{
    Node *body;
    Saved saved;

    if (!step_body(run, s, r, &body)) return false;
    const char *value = node_text(node_find(body, s->by->key));
    if (!value || !*value) {
        cx_issue(&run->w->cx, at_field(s->by->key), "required", "is required");
        return cx_check(&run->w->cx);
    }
    if (!save_upsert(run->w, s->form, s->by, value, body, &saved)) return false;
    made(run, s, saved.id);
    return true;
}

/* The ids of what a step's `where` matches, by SQL, in order of id. */
MUST static bool matching(StepRun *run, const Step *s, const Record *r, int64_t **id, int *n)
{
    Work *w = run->w;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Eval self = record_eval(w, r, run->old);
    ExprSql ask = { .asker = work_asker(w), .alias = "t", .self = &self };
    int cap = 0;
    Rows rows;
    Val v;

    *id = NULL;
    *n = 0;
    sql_add(&q, "SELECT \"t\".\"id\" FROM ");
    sql_name(&q, s->form->names.table);
    sql_add(&q, " AS \"t\" WHERE \"t\".\"deleted_at\" IS NULL");
    if (s->where) {
        sql_add(&q, " AND (");
        if (!expr_sql(&w->cx, s->where, &ask, &q)) return false;
        sql_add(&q, ")");
    }
    sql_add(&q, " ORDER BY \"t\".\"id\" LIMIT ");
    sql_bind(&q, val_int(STEP_LOOP_MOST + 1));
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) ARENA_PUSH(w->cx.a, *id, *n, cap, v.i);
    db_rows_end(&rows);
    return !w->cx.err;
}

/* Those a step is for: `record`, `in`, or `where`. Blank records are none. */
MUST static bool chosen(StepRun *run, const Step *s, const Record *r, int64_t **id, int *n)
{
    Work *w = run->w;
    Val v;

    if (!s->record && !s->in) {
        if (!matching(run, s, r, id, n)) return false;
    } else {
        if (!step_eval(run, s->record ? s->record : s->in, r, &v)) return false;
        *id = ARENA_ARRAY(w->cx.a, int64_t, v.kind == VAL_LIST ? v.n + 1 : 1);
        *n = 0;
        if (v.kind == VAL_REC) (*id)[(*n)++] = v.i;
        for (int i = 0; v.kind == VAL_LIST && i < v.n; i++)
            if (v.list[i].kind == VAL_REC) (*id)[(*n)++] = v.list[i].i;
    }
    step_note(run, "count", node_new_int(w->cx.a, *n));
    return *n <= STEP_LOOP_MOST || cx_fail(&w->cx, E_RULE,
        "the step `%s` finds more than %d records; make its `where` narrower", s->name,
        STEP_LOOP_MOST);
}

MUST static bool each_saved(StepRun *run, const Step *s, Record *r, bool gone)
{
    Node *body = NULL;
    int64_t *id;
    int n;

    if (!gone && !step_body(run, s, r, &body)) return false;
    if (!chosen(run, s, r, &id, &n)) return false;
    for (int i = 0; i < n; i++) {
        SaveAsk ask = { .form = s->form, .id = id[i], .body = body };
        Saved saved;
        Record *now;
        if (!record_load(run->w, s->form, id[i], false, &now)) return false;
        if (!now) continue;                   /* one before took it along, or it is in the bin */
        if (gone ? !save_delete(run->w, s->form, id[i], 0)
                : !save_record(run->w, &ask, &saved)) return false;
    }
    return true;
}

bool step_update(StepRun *run, const Step *s, Record *r)
{
    return each_saved(run, s, r, false);
}

bool step_delete(StepRun *run, const Step *s, Record *r)
{
    return each_saved(run, s, r, true);
}

/* Where it stands already, nothing is to be done. */
bool step_transition(StepRun *run, const Step *s, Record *r)
{
    Work *w = run->w;
    SaveAsk ask = { .form = s->form, .transition = s->move, .to = s->to };
    Record *now = r;
    Node *body;
    Saved saved;
    Val v;

    if (s->record) {
        if (!step_eval(run, s->record, r, &v)) return false;
        if (v.kind != VAL_REC) return true;
        if (!record_load(w, s->form, v.i, false, &now)) return false;
    }
    if (!now || (s->to && now->stage && str_eq(now->stage->key, s->to))) return true;
    step_note(run, "from", node_new_text(w->cx.a, now->stage ? now->stage->key : ""));
    step_note(run, "to", node_new_text(w->cx.a, s->to ? s->to : s->move));
    if (!step_body(run, s, r, &body)) return false;
    if (s->ntext && !reminder_text(w, &s->label_text, s->texts, s->ntext, r, w->who.id,
            &ask.comment)) return false;
    ask.id = record_id(now);
    ask.body = s->nset ? body : NULL;
    return save_record(w, &ask, &saved);
}

MUST static bool found(StepRun *run, const Step *s, const Record *r, List *list)
{
    Work *w = run->w;
    Eval self = record_eval(w, r, run->old);
    ListAsk ask = { .form = s->form, .also = s->where, .self = &self, .sorts = s->sort,
        .nsort = s->nsort, .limit = s->limit };

    if (!s->nsort) ask.sort = "id";
    if (!query_list(w, &ask, list)) return false;
    for (int i = 0; i < list->n; i++) frame_see(w, list->record[i]);
    return true;
}

bool step_find(StepRun *run, const Step *s, Record *r)
{
    List list;

    if (!found(run, s, r, &list)) return false;
    made(run, s, list.n ? record_id(list.record[0]) : 0);
    if (!list.n) run->named->value = val_blank();
    return true;
}

bool step_query(StepRun *run, const Step *s, Record *r)
{
    Val *item;
    List list;

    if (!found(run, s, r, &list)) return false;
    item = ARENA_ARRAY(run->w->cx.a, Val, list.n + 1);
    for (int i = 0; i < list.n; i++)
        item[i] = (Val){ .kind = VAL_REC, .i = record_id(list.record[i]) };
    step_note(run, "count", node_new_int(run->w->cx.a, list.n));
    step_keep(run, s->as, val_list(item, list.n));
    return true;
}

/* `stop` inside ends all steps, not the turn. */
bool step_for_each(StepRun *run, const Step *s, Record *r)
{
    const Record *old = run->old;
    bool binned = run->binned;
    int64_t *id;
    int n;
    bool ok = true;

    if (!chosen(run, s, r, &id, &n)) return false;
    run->old = NULL;
    run->binned = false;
    for (int i = 0; ok && i < n && !run->stopped; i++)
        ok = steps_go(run, s->branch->step, s->branch->nstep, s->form, id[i]);
    run->old = old;
    run->binned = binned;
    return ok;
}

/*
 * schema.c — the plan: what the app wants against what is there.
 *
 *     who is who → tables and columns move → what is new, converted, gone → what the data says
 *     → indexes and views
 *
 * Nothing is lost by a removal: what nobody wants any more stays where it is, unread. What needs
 * a decision about data is refused, with the way out.
 */
#include "data/schema.h"
#include "data/schema_in.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

void plan_add(Planner *p, PlanStep step, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    step.text = arena_vprintf(p->cx->a, i18n_text(p->cx->lang, fmt), args);
    va_end(args);
    if (step.what == PLAN_REFUSED) p->plan->refused = true;
    ARENA_PUSH(p->cx->a, p->plan->step, p->plan->n, p->plan->cap, step);
}

void plan_note(Planner *p, const char *name, const char *text)
{
    const char *noted = plan_noted(p, name);

    if (noted && str_eq(noted, text)) return;
    PlanNote note = { arena_dup(p->cx->a, name), text };
    ARENA_PUSH(p->cx->a, p->plan->note, p->plan->nnote, p->plan->note_cap, note);
}

const char *plan_noted(const Planner *p, const char *name)
{
    for (int i = 0; i < p->nnote; i++)
        if (str_eq(p->note[i].name, name)) return p->note[i].text;
    return NULL;
}

bool plan_count(Planner *p, const Sql *q, int64_t *n)
{
    Val v;
    bool found;

    *n = 0;
    if (!db_one(p->cx, p->db, q, &v, 1, &found)) return false;
    if (found && v.kind == VAL_INT) *n = v.i;
    return true;
}

bool plan_rows(Planner *p, const char *table, int64_t *n)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));

    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, table);
    return plan_count(p, &q, n);
}

/* ---- what is there ---- */

MUST static bool read_notes(Planner *p)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    Val row[2];
    Rows rows;
    int cap = 0;

    if (!str_in("_schema", p->table, p->ntable)) return true;
    sql_add(&q, "SELECT name, text FROM _schema");
    if (!db_query(p->cx, p->db, &q, &rows)) return false;
    while (db_next(p->cx, &rows, row)) {
        PlanNote n = { arena_dup(p->cx->a, row[0].t), arena_dup(p->cx->a, row[1].t) };
        ARENA_PUSH(p->cx->a, p->note, p->nnote, cap, n);
    }
    db_rows_end(&rows);
    return !p->cx->err;
}

/* The version that is published, and the former one that this app is. */
MUST static bool read_version(Planner *p)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    Plan *plan = p->plan;
    bool found;
    Val v[4];

    if (!str_in("_definition", p->table, p->ntable)) return true;
    sql_add(&q, "SELECT d.version, d.at, d.author, (SELECT max(f.version) FROM _definition f "
        "WHERE f.hash = ");
    sql_bind(&q, val_text(p->app->hash));
    sql_add(&q, ") FROM _definition d ORDER BY d.version DESC LIMIT 1");
    if (!db_one(p->cx, p->db, &q, v, 4, &found)) return false;
    if (!found) return true;
    plan->version = v[0].i;
    plan->at = v[1].kind == VAL_TEXT ? v[1].t : NULL;
    plan->author = v[2].kind == VAL_TEXT ? v[2].t : NULL;
    plan->same = v[3].kind == VAL_INT && v[3].i == plan->version;
    if (v[3].kind == VAL_INT && !plan->same) plan->former = v[3].i;
    return true;
}

/* ---- indexes ---- */

static bool ours(const char *index)
{
    return str_starts(index, "ix_") || str_starts(index, "ux_");
}

/* An index of the database under today's names: "table(columns)". */
static const char *index_now(Planner *p, const Index *x)
{
    Str s = str_begin(p->cx->a);
    const Moved *m = NULL;

    for (int i = 0; i < p->nmoved && !m; i++)
        if (str_eq(p->moved[i].was, x->table)) m = &p->moved[i];
    str_printf(&s, "%s%s(", x->unique ? "unique " : "", m ? m->now : x->table);
    for (const char *c = x->columns; *c; ) {
        size_t n = strcspn(c, "\"");
        str_add_n(&s, c, n);
        if (!*(c += n)) break;
        n = strcspn(++c, "\"");
        const char *name = arena_dup_n(p->cx->a, c, n);
        for (int i = 0; m && i < m->n; i++)
            if (str_eq(m->column_was[i], name)) {
                name = m->column[i].name;
                break;
            }
        str_printf(&s, "\"%s\"", name);
        c += n + (c[n] == '"');
    }
    str_add(&s, ")");
    return s.p;
}

static const char *index_wanted(Arena *a, const IndexSpec *x)
{
    return arena_printf(a, "%s%s(%s)", x->unique ? "unique " : "", x->table, x->columns);
}

static bool is_wanted(Planner *p, const char *now)
{
    for (int i = 0; i < p->spec->nindex; i++)
        if (str_eq(index_wanted(p->cx->a, &p->spec->index[i]), now)) return true;
    return false;
}

static const char *free_name(Planner *p, const char *name, const bool *kept)
{
    for (int i = 0; i < p->nindex; i++)
        if (kept[i] && str_eq(p->index[i].name, name))
            return arena_printf(p->cx->a, "%.52s__%08x", name,
                (unsigned)str_hash(arena_printf(p->cx->a, "%s %lld", name,
                    (long long)p->plan->version)));
    return name;
}

MUST static bool add_index(Planner *p, const IndexSpec *x, const bool *kept)
{
    const char *name = free_name(p, x->name, kept);
    PlanStep step = { .what = PLAN_INDEX, .form = x->form->key, .rows = -1, .sql = x->sql };

    if (x->unique && !plan_unique(p, x)) return false;
    if (name != x->name) {
        const char *on = strstr(x->sql, "\" ON ");
        step.sql = arena_printf(p->cx->a, "CREATE %sINDEX \"%s%s", x->unique ? "UNIQUE " : "",
            name, on);
    }
    plan_add(p, step, "add index %s (%s)", name, x->columns);
    return true;
}

/* Over a column that a newer program added, or what is kept beside it. */
static bool is_of_newer(const Planner *p, const Index *x)
{
    Arena *a = p->cx->a;

    for (int i = 0; i < p->known.n; i++) {
        const Known *k = p->known.item[i];
        if (!plan_newer(p, k) || !str_eq(known_table(a, k->up), x->table)) continue;
        const char *place = known_place(a, k);
        if (strstr(x->columns, arena_printf(a, "\"%s\"", place))
            || strstr(x->columns, arena_printf(a, "\"%s__", place))) return true;
    }
    return false;
}

/* An index serves as long as it is over the right columns, whatever it is called. */
MUST static bool plan_indexes(Planner *p)
{
    const char **now;
    bool *kept = ARENA_ARRAY(p->cx->a, bool, p->nindex + 1);

    now = ARENA_ARRAY(p->cx->a, const char *, p->nindex + 1);
    for (int i = 0; i < p->nindex; i++) {
        const Index *x = &p->index[i];
        now[i] = index_now(p, x);
        bool system = x->table[0] == '_' || str_eq(x->table, "stage_history");
        kept[i] = !ours(x->name) || system || is_of_newer(p, x)
            || (is_wanted(p, now[i]) && !str_in(now[i], now, i));
        if (kept[i]) continue;
        PlanStep step = { .what = PLAN_DROP_INDEX, .rows = -1,
            .sql = arena_printf(p->cx->a, "DROP INDEX \"%s\"", x->name) };
        plan_add(p, step, "drop index %s", x->name);
    }
    for (int k = 0; k < p->spec->nindex; k++) {
        const char *wanted = index_wanted(p->cx->a, &p->spec->index[k]);
        if (!str_in(wanted, now, p->nindex) && !add_index(p, &p->spec->index[k], kept))
            return false;
    }
    return true;
}

/* ---- views ---- */

#define GONE "-"              /* of a view that was */

static void drop_view(Planner *p, const char *name)
{
    PlanStep step = { .what = PLAN_DROP_VIEW, .rows = -1,
        .sql = arena_printf(p->cx->a, "DROP VIEW IF EXISTS \"%s\"", name) };

    plan_add(p, step, "drop view %s", name);
}

/* SQLite looks at every view when a column goes. */
static bool drops(const Plan *plan)
{
    for (int i = 0; i < plan->n; i++)
        if (plan->step[i].what == PLAN_DROP) return true;
    return false;
}

/* The view of a built-in form with fields of a newer program is that one's. */
static bool of_newer(const Planner *p, const Form *f)
{
    for (int i = 0; f->builtin && i < p->known.n; i++)
        if (plan_newer(p, p->known.item[i])
            && str_eq(p->known.item[i]->up->name, f->key)) return true;
    return false;
}

static void plan_views(Planner *p)
{
    bool all = drops(p->plan);

    for (int i = 0; i < p->spec->nview; i++) {
        const ViewSpec *v = &p->spec->view[i];
        const char *noted = plan_noted(p, v->name);
        if (!all && noted && str_eq(noted, v->sql)) continue;
        if (!all && noted && of_newer(p, v->form)) continue;
        PlanStep step = { .what = PLAN_VIEW, .form = v->form->key, .rows = -1, .sql = v->sql };
        if (noted && !str_eq(noted, GONE)) drop_view(p, v->name);
        plan_add(p, step, "make view %s", v->name);
        plan_note(p, v->name, v->sql);
    }
    for (int i = 0; i < p->nnote; i++) {
        const char *name = p->note[i].name;
        bool there = !str_ends(name, "_v") || strchr(name, '.') || strchr(name, ':')
            || str_eq(p->note[i].text, GONE);
        for (int k = 0; !there && k < p->spec->nview; k++)
            there = str_eq(p->spec->view[k].name, name);
        if (there) continue;
        drop_view(p, name);
        plan_note(p, name, GONE);
    }
}

/* ---- the whole ---- */

MUST static bool plan_tables(Planner *p)
{
    for (int i = 0; i < p->spec->ntable; i++) {
        const TableSpec *t = &p->spec->table[i];
        const Moved *m = plan_moved(p, t->name);
        if (!m) plan_new_table(p, t);
        else if (!plan_columns(p, t, m)) return false;
    }
    return true;
}

static int by_order(const void *a, const void *b)
{
    const PlanStep *x = *(PlanStep *const *)a, *y = *(PlanStep *const *)b;

    return x->what != y->what ? (int)x->what - (int)y->what : x < y ? -1 : x > y;
}

static void sort_steps(Planner *p)
{
    Plan *plan = p->plan;
    PlanStep **at = ARENA_ARRAY(p->cx->a, PlanStep *, plan->n + 1);
    PlanStep *sorted = ARENA_ARRAY(p->cx->a, PlanStep, plan->n + 1);

    for (int i = 0; i < plan->n; i++) at[i] = &plan->step[i];
    qsort(at, (size_t)plan->n, sizeof *at, by_order);
    for (int i = 0; i < plan->n; i++) sorted[i] = *at[i];
    plan->step = sorted;
    plan->cap = plan->n + 1;
}

/* They follow the last step that adds a table or a column. */
static void put_references(Planner *p)
{
    PlanStep *last = NULL;

    for (int i = 0; i < p->plan->n; i++) {
        StepWhat what = p->plan->step[i].what;
        if (what == PLAN_TABLE || what == PLAN_COLUMN) last = &p->plan->step[i];
    }
    if (p->references.n)
        last->sql = arena_printf(p->cx->a, "%s%s", last->sql, str_show(&p->references));
}

bool schema_plan_with(Cx *cx, Db *db, const App *app, const PlanAsk *ask, Plan *out)
{
    Spec spec;
    Planner p = { .cx = cx, .db = db, .app = app, .ask = ask, .plan = out, .spec = &spec };

    *out = (Plan){ .app = app, .hash = app->hash };
    p.references = str_begin(cx->a);
    spec_of(cx->a, app, db_dialect(db), &spec);
    if (!db_tables(cx, db, &p.table, &p.ntable) || !db_indexes(cx, db, &p.index, &p.nindex)
        || !read_notes(&p) || !read_version(&p) || !known_load(cx, db, &p.known)) return false;
    plan_wants(&p);
    if (!plan_fills_known(&p) || !plan_adopt(&p)) return false;
    plan_match(&p);
    if (!plan_moves(&p) || !plan_tables(&p) || !plan_converts(&p) || !plan_rules_changed(&p)
        || !plan_level_changes(&p)) return false;
    plan_fills(&p);
    if (!plan_stages(&p) || !plan_indexes(&p)) return false;
    plan_views(&p);
    if (!plan_guards(&p)) return false;
    sort_steps(&p);
    put_references(&p);
    return !cx->err;
}

bool schema_plan(Cx *cx, Db *db, const App *app, Plan *out)
{
    return schema_plan_with(cx, db, app, NULL, out);
}

/* ---- whose index is that ---- */

static const char *columns_of(Cx *cx, Db *db, const char *index)
{
    Index *x;
    int n;

    if (!db_indexes(cx, db, &x, &n)) return NULL;
    for (int i = 0; i < n; i++)
        if (str_eq(x[i].name, index))
            return arena_printf(cx->a, "%s%s(%s)", x[i].unique ? "unique " : "", x[i].table,
                x[i].columns);
    return NULL;
}

bool schema_unique(Cx *cx, Db *db, const App *app, const char *index, const Form **form,
    Field *const **field, int *n)
{
    Cx inner = cx_begin(cx->a, cx->lang);
    const char *is = index ? columns_of(&inner, db, index) : NULL;
    Spec spec;

    if (!is) return false;
    spec_of(cx->a, app, db_dialect(db), &spec);
    for (int i = 0; i < spec.nindex; i++) {
        if (!spec.index[i].unique || !str_eq(index_wanted(cx->a, &spec.index[i]), is)) continue;
        *form = spec.index[i].form;
        *field = spec.index[i].field;
        *n = spec.index[i].nfield;
        return true;
    }
    return false;
}

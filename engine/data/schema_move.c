/*
 * schema_move.c — tables and columns get the names of today.
 *
 * All renames of one kind are known before the first is planned. Each waits until nothing has
 * the name it goes to; when all wait for each other, one steps aside under a name of its own:
 * so two fields can swap names.
 */
#include "data/schema_in.h"
#include "data/record_row.h"

#include <string.h>

const char *plan_aside(Arena *a, const Known *k)
{
    return arena_printf(a, "_old_%s", k->name);
}

/* ---- a place of another shape ---- */

/* "link to x", where x has another name now. */
static const char *kind_now(Planner *p, const char *kind)
{
    const char *to = strstr(kind, " to ");

    for (int i = 0; to && i < p->nwant; i++) {
        const Want *w = p->want[i];
        if (w->up || !w->is || !str_eq(known_table(p->cx->a, w->is), to + 4)) continue;
        return arena_printf(p->cx->a, "%.*s to %s", (int)(to - kind), kind, w->name);
    }
    return kind;
}

const char *plan_kind(Planner *p, const Want *w)
{
    return w->is ? kind_now(p, w->is->kind) : w->kind;
}

static const ColumnSpec *spec_column(const Planner *p, const Field *f)
{
    for (int i = 0; i < p->spec->ntable; i++) {
        const TableSpec *t = &p->spec->table[i];
        for (int k = 0; k < t->n && t->form == f->form; k++)
            if (t->column[k].field == f && t->column[k].kind) return &t->column[k];
    }
    return NULL;
}

static const char *table_now(Planner *p, const char *was)
{
    const char *kind = kind_now(p, arena_printf(p->cx->a, "link to %s", was));
    return kind + strlen("link to ");
}

bool plan_reshapes(Planner *p, const Want *w)
{
    Arena *a = p->cx->a;
    const Known *k = w->is;
    Column *c;
    int n;

    if (!k || !w->field || !w->up || str_eq(w->kind, "rows")) return false;
    if (str_eq(plan_kind(p, w), w->kind)) return false;
    /* Yes-or-no columns have a default. */
    if (str_eq(k->kind, "boolean") || str_eq(w->kind, "boolean")) return true;
    bool side = str_starts(k->kind, "list");
    const ColumnSpec *to = spec_column(p, w->field);
    if (side != (w->field->name.table != NULL)) return true;
    if (!db_columns(p->cx, p->db, side ? known_table(a, k) : known_table(a, k->up), &c, &n))
        return false;
    for (int i = 0; to && i < n; i++) {
        if (!str_eq(c[i].name, side ? "value" : known_place(a, k))) continue;
        if (!str_eq(c[i].type, to->type)) return true;
        return !str_eq(c[i].references ? table_now(p, c[i].references) : NULL, to->references);
    }
    return false;
}

/* ---- where everything goes ---- */

static bool has_table(const Known *k)
{
    return !k->up || str_eq(k->kind, "rows") || str_starts(k->kind, "list");
}

static const char *place_now(Planner *p, const PlanKnown *k)
{
    const Want *w = plan_wanted_as(p, k->was);

    return w && plan_reshapes(p, w) ? plan_aside(p->cx->a, k->was)
        : known_place(p->cx->a, k->now);
}

/* Is it the column of that field, or one beside it: FIELD, FIELD__key …? */
static bool belongs(const char *column, const char *place)
{
    size_t n = strlen(place);
    return str_starts(column, place) && (!column[n] || str_starts(column + n, "__"));
}

/* The longest place counts: a part of a field is itself FIELD__PART. */
static const char *column_now(Planner *p, const Known *up, const char *column)
{
    const PlanKnown *found = NULL;
    size_t n = 0;

    for (int i = 0; i < p->plan->nknown; i++) {
        const PlanKnown *k = &p->plan->known[i];
        if (!k->was || k->was->up != up || has_table(k->was)) continue;
        const char *place = known_place(p->cx->a, k->was);
        if (!belongs(column, place) || strlen(place) < n) continue;
        found = k;
        n = strlen(place);
    }
    return found ? arena_printf(p->cx->a, "%s%s", place_now(p, found), column + n) : column;
}

MUST static bool add_moved(Planner *p, const PlanKnown *k)
{
    Arena *a = p->cx->a;
    Moved m = { .was = known_table(a, k->was), .now = known_table(a, k->now) };
    const Want *w = plan_wanted_as(p, k->was);

    if (w && w->up && plan_reshapes(p, w))
        m.now = arena_printf(a, "%s__%s", known_table(a, k->now->up), plan_aside(a, k->was));
    if (!str_in(m.was, p->table, p->ntable)) return true;
    if (!db_columns(p->cx, p->db, m.was, &m.column, &m.n)) return false;
    m.column_was = ARENA_ARRAY(a, const char *, m.n + 1);
    for (int i = 0; i < m.n; i++) {
        m.column_was[i] = m.column[i].name;
        m.column[i].name = column_now(p, k->was, m.column[i].name);
    }
    ARENA_PUSH(a, p->moved, p->nmoved, p->moved_cap, m);
    return true;
}

const Moved *plan_moved(const Planner *p, const char *now)
{
    for (int i = 0; i < p->nmoved; i++)
        if (str_eq(p->moved[i].now, now)) return &p->moved[i];
    return NULL;
}

const char *moved_column(const Moved *m, const char *now)
{
    for (int i = 0; m && i < m->n; i++)
        if (str_eq(m->column[i].name, now)) return m->column_was[i];
    return NULL;
}

/* ---- renames in an order in which none is in the way ---- */

typedef struct Rename { const char *was, *now; bool done; } Rename;

static void rename_sql(Planner *p, const char *table, const char *was, const char *now)
{
    PlanStep step = { .what = PLAN_RENAME, .rows = -1, .form = table };

    if (table) {
        step.sql = arena_printf(p->cx->a, "ALTER TABLE \"%s\" RENAME COLUMN \"%s\" TO \"%s\"",
            table, was, now);
        plan_add(p, step, "column %s.%s becomes %s", table, was, now);
    } else {
        step.sql = arena_printf(p->cx->a, "ALTER TABLE \"%s\" RENAME TO \"%s\"", was, now);
        plan_add(p, step, "table %s becomes %s", was, now);
    }
}

static bool in_the_way(const Rename *r, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (!r[i].done && str_eq(r[i].was, name)) return true;
    return false;
}

static void rename_all(Planner *p, const char *table, Rename *r, int n)
{
    int left = 0;

    for (int i = 0; i < n; i++) {
        r[i].done = str_eq(r[i].was, r[i].now);
        left += !r[i].done;
    }
    for (int step = 0; left; step++) {
        bool moved = false;
        for (int i = 0; i < n; i++) {
            if (r[i].done || in_the_way(r, n, r[i].now)) continue;
            rename_sql(p, table, r[i].was, r[i].now);
            r[i].done = moved = true;
            left--;
        }
        for (int i = 0; !moved && i < n; i++) {
            if (r[i].done) continue;
            const char *aside = arena_printf(p->cx->a, "_moving_%d", step);
            rename_sql(p, table, r[i].was, aside);
            r[i].was = aside;
            moved = true;
        }
    }
}

static void rename_tables(Planner *p)
{
    Rename *r = ARENA_ARRAY(p->cx->a, Rename, p->nmoved + 1);

    for (int i = 0; i < p->nmoved; i++) r[i] = (Rename){ p->moved[i].was, p->moved[i].now, false };
    rename_all(p, NULL, r, p->nmoved);
}

static void rename_columns(Planner *p, const Moved *m)
{
    Rename *r = ARENA_ARRAY(p->cx->a, Rename, m->n + 1);

    for (int i = 0; i < m->n; i++) r[i] = (Rename){ m->column_was[i], m->column[i].name, false };
    rename_all(p, m->now, r, m->n);
}

/* Rows of the engine's tables name forms and fields. */
static void pairs(Planner *p)
{
    Arena *a = p->cx->a;

    for (int i = 0; i < p->plan->nknown; i++) {
        const PlanKnown *k = &p->plan->known[i];
        if (!k->was || !k->was->id) continue;
        bool form = !k->was->up || str_eq(k->was->kind, "rows");
        PlanPair pair = { form ? NULL : known_table(a, k->now->up),
            form ? known_table(a, k->was) : known_place(a, k->was),
            form ? known_table(a, k->now) : known_place(a, k->now) };
        if (!str_eq(pair.was, pair.now))
            ARENA_PUSH(a, p->plan->pair, p->plan->npair, p->plan->pair_cap, pair);
    }
}

bool plan_moves(Planner *p)
{
    for (int i = 0; i < p->plan->nknown; i++) {
        const PlanKnown *k = &p->plan->known[i];
        if (k->was && has_table(k->was) && !add_moved(p, k)) return false;
    }
    rename_tables(p);
    for (int i = 0; i < p->nmoved; i++) rename_columns(p, &p->moved[i]);
    pairs(p);
    return true;
}

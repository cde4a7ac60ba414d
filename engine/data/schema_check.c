/*
 * schema_check.c — what the data says to a change: values that are there twice, a value that
 * would become rows.
 */
#include "data/schema_in.h"
#include "data/record_row.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN 5

/* A column as it is called now; one that will be the folded key of another is that, folded. */
typedef struct Part { const char *column; bool fold; } Part;

static Part part_of(Planner *p, const Moved *m, const char *column)
{
    Part part = { moved_column(m, column), false };

    if (part.column || !str_ends(column, "__key")) return part;
    const char *base = arena_dup_n(p->cx->a, column, strlen(column) - strlen("__key"));
    return (Part){ moved_column(m, base), true };
}

/* False when one is not there yet. */
static bool columns_of(Planner *p, const IndexSpec *x, const Moved *m, Part *out)
{
    for (int i = 0; i < x->n; i++) {
        out[i] = part_of(p, m, x->column[i]);
        if (!out[i].column) return false;
    }
    for (int i = 0; i < x->nfield; i++) {
        const Want *w = plan_want(p, x->field[i]);
        if (w && w->is && !convert_idle(plan_kind(p, w), w->kind)) return false;
    }
    return true;
}

static void add_columns(Sql *q, const Part *part, int n, const char *joint)
{
    for (int i = 0; i < n; i++) {
        if (i) sql_add_n(q, joint, strlen(joint));
        if (part[i].fold) sql_add(q, "tn_fold(");
        sql_name(q, part[i].column);
        if (part[i].fold) sql_add(q, ")");
    }
}

static void add_live(Sql *q, const IndexSpec *x, const char *table, const Part *part)
{
    sql_add(q, " FROM ");
    sql_name(q, table);
    sql_add(q, " WHERE \"deleted_at\" IS NULL");
    for (int i = 0; i < x->n; i++) {
        sql_add(q, " AND ");
        sql_name(q, part[i].column);
        sql_add(q, " IS NOT NULL");
    }
    sql_add(q, " GROUP BY ");
    add_columns(q, part, x->n, ", ");
    sql_add(q, " HAVING count(*) > 1");
}

enum { IDS = 100 };           /* characters of a list of ids */

/* The ids of a list that may be cut off at its end. */
static void add_records(Planner *p, const char *list, PlanStep *step, int *cap)
{
    char **id;
    int n = str_split(p->cx->a, list, ',', &id);

    if (strlen(list) >= IDS) n--;
    for (int i = 0; i < n; i++)
        ARENA_PUSH(p->cx->a, step->record, step->nrecord, *cap, strtoll(id[i], NULL, 10));
}

/* "7, 12, 31 (tea); 8, 9 (milk)" */
MUST static bool duplicates(Planner *p, const IndexSpec *x, const char *table,
    const Part *part, PlanStep *step, const char **out)
{
    int cap = 0;
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    Str s = str_begin(p->cx->a);
    Rows rows;
    Val v[2];

    if (q.dialect == DIALECT_PG)
        sql_add(&q, "SELECT substr(string_agg(\"id\"::text, ', ' ORDER BY \"id\"), 1, 100), ");
    else sql_add(&q, "SELECT substr(group_concat(\"id\", ', '), 1, 100), ");
    add_columns(&q, part, x->n, " || ' / ' || ");
    add_live(&q, x, table, part);
    sql_add(&q, " ORDER BY min(\"id\") LIMIT ");
    sql_int(&q, SHOWN);
    if (!db_query(p->cx, p->db, &q, &rows)) return false;
    while (db_next(p->cx, &rows, v)) {
        const char *ids = val_show(p->cx->a, v[0]);
        add_records(p, ids, step, &cap);
        str_printf(&s, "%s%s (", s.n ? "; " : "", ids);
        str_printf(&s, "%.60s)", val_show(p->cx->a, v[1]));
    }
    db_rows_end(&rows);
    *out = str_show(&s);
    return !p->cx->err;
}

bool plan_unique(Planner *p, const IndexSpec *x)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    const Moved *m = plan_moved(p, x->table);
    Part *part = ARENA_ARRAY(p->cx->a, Part, x->n + 1);
    const char *list;
    int64_t twice;

    if (!m || !columns_of(p, x, m, part)) return true;
    sql_add(&q, "SELECT count(*) FROM (SELECT 1");
    add_live(&q, x, m->was, part);
    sql_add(&q, ") d");
    if (!plan_count(p, &q, &twice)) return false;
    if (!twice) return true;
    PlanStep step = { .what = PLAN_REFUSED, .form = x->form->key, .rows = twice,
        .field = x->nfield ? x->field[x->nfield - 1]->key : NULL };
    if (!duplicates(p, x, m->was, part, &step, &list)) return false;
    plan_add(p, step, "%s: %lld values are there more than once, so (%s) cannot be unique; "
        "merge or change those records first: %s", x->form->key, (long long)twice, x->columns,
        list);
    return true;
}

/* ---- into a subform, or out of one ---- */

MUST static bool has_values(Planner *p, const Known *k, int64_t *n)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    bool list = str_starts(k->kind, "list");

    *n = 0;
    if (!str_in(known_table(p->cx->a, list ? k : k->up), p->table, p->ntable)) return true;
    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, known_table(p->cx->a, list ? k : k->up));
    sql_add(&q, " WHERE ");
    sql_name(&q, list ? "value" : known_place(p->cx->a, k));
    sql_add(&q, " IS NOT NULL");
    return plan_count(p, &q, n);
}

/* A new field of the same name and kind, one level up or down. */
static const Want *moved_to(const Planner *p, const Known *k)
{
    for (int i = 0; i < p->nwant; i++) {
        const Want *w = p->want[i], *up = w->up;
        if (!up || w->is || !str_eq(w->name, k->name) || !str_eq(w->kind, k->kind)) continue;
        if (up->up ? up->up->is == k->up : up->is && up->is == k->up->up) return w;
    }
    return NULL;
}

bool plan_level_changes(Planner *p)
{
    for (int i = 0; i < p->known.n; i++) {
        const Known *k = p->known.item[i];
        int64_t n;
        if (!k->up || k->retired || k->from || str_eq(k->kind, "rows")) continue;
        if (plan_wanted_as(p, k)) continue;
        const Want *w = moved_to(p, k);
        if (!w || !has_values(p, k, &n)) { if (p->cx->err) return false; continue; }
        if (!n) continue;
        PlanStep step = { .what = PLAN_REFUSED, .form = w->form->key, .field = w->name,
            .rows = n };
        plan_add(p, step, "%s holds %lld values, which cannot move into or out of a subform; "
            "give the new field another name, or publish its removal first",
            known_show(p->cx->a, k), (long long)n);
    }
    return true;
}

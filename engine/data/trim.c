/*
 * trim.c — columns first, because a retired link may refer to a retired form.
 *
 * The plan is made inside of the write that runs it: what a publication brings back meanwhile
 * is not dropped. History stays; it no longer shows the field.
 */
#include "data/trim.h"

#include <string.h>

typedef struct Trim {
    Cx *cx; Db *db; Plan *plan;
    KnownAll known;
    const char **table; int ntable;
} Trim;

static bool gone(const Known *k)
{
    for (; k; k = k->up)
        if (k->retired) return true;
    return false;
}

/* Is all that it is in retired, too? Then it goes with that. */
static bool goes_with(const Known *k)
{
    return k->up && gone(k->up);
}

MUST static bool add(Trim *t, const Known *k, const char *sql, const char *text, const Sql *count)
{
    PlanStep step = { .what = PLAN_DROP, .sql = sql, .text = text, .rows = -1,
        .form = k->up ? known_show(t->cx->a, k->up) : k->name, .field = k->up ? k->name : NULL };
    bool found;
    Val v;

    if (!db_one(t->cx, t->db, count, &v, 1, &found)) return false;
    step.rows = v.i;
    ARENA_PUSH(t->cx->a, t->plan->step, t->plan->n, t->plan->cap, step);
    return true;
}

MUST static bool drop_column(Trim *t, const Known *k)
{
    Arena *a = t->cx->a;
    const char *table = known_table(a, k->up), *place = known_place(a, k);
    size_t len = strlen(place);
    Column *c;
    int n;

    if (!db_columns(t->cx, t->db, table, &c, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (strncmp(c[i].name, place, len)) continue;
        if (c[i].name[len] && strncmp(c[i].name + len, "__", 2)) continue;
        Sql q = sql_begin(a, db_dialect(t->db));
        sql_add(&q, "SELECT count(");
        sql_name(&q, c[i].name);
        sql_add(&q, ") FROM ");
        sql_name(&q, table);
        if (!add(t, k, arena_printf(a, "ALTER TABLE \"%s\" DROP COLUMN \"%s\"", table, c[i].name),
                arena_printf(a, "drop column %s.%s", table, c[i].name), &q)) return false;
    }
    return true;
}

/* Its table and all that hang on it: those with longer names first. */
MUST static bool drop_tables(Trim *t, const Known *k)
{
    Arena *a = t->cx->a;
    const char *table = known_table(a, k), *inside = arena_printf(a, "%s__", table);

    for (int i = t->ntable - 1; i >= 0; i--) {
        const char *name = t->table[i];
        if (!str_eq(name, table) && !str_starts(name, inside)) continue;
        Sql q = sql_begin(a, db_dialect(t->db));
        sql_add(&q, "SELECT count(*) FROM ");
        sql_name(&q, name);
        if (!add(t, k, arena_printf(a, "DROP TABLE \"%s\"", name),
                arena_printf(a, "drop table %s", name), &q)) return false;
    }
    return true;
}

static bool has_table(const Known *k)
{
    return !k->up || str_eq(k->kind, "rows") || str_starts(k->kind, "list");
}

MUST static bool plan(Trim *t)
{
    *t->plan = (Plan){ 0 };
    if (!db_tables(t->cx, t->db, &t->table, &t->ntable)) return false;
    if (!known_load(t->cx, t->db, &t->known)) return false;
    for (int tables = 0; tables < 2; tables++)
        for (int i = 0; i < t->known.n; i++) {
            const Known *k = t->known.item[i];
            if (!k->retired || goes_with(k) || has_table(k) != tables) continue;
            if (tables ? !drop_tables(t, k) : !drop_column(t, k)) return false;
        }
    return true;
}

/* Columns of retired forms that stay a moment longer refer to nothing that is gone before them. */
MUST static bool forget(Trim *t, const Known *k)
{
    Arena *a = t->cx->a;
    static const char *const table[] = { "_field", "_name" };

    for (int i = 0; i < LEN(table); i++) {
        Sql q = sql_begin(a, db_dialect(t->db));
        sql_add(&q, "DELETE FROM ");
        sql_name(&q, table[i]);
        sql_add(&q, " WHERE id = ");
        sql_bind(&q, val_int(k->id));
        if (!db_run(t->cx, t->db, &q, NULL)) return false;
    }
    if (!k->up) return true;
    Sql q = sql_begin(a, db_dialect(t->db));
    sql_add(&q, "DELETE FROM _unconverted WHERE form = ");
    sql_bind(&q, val_text(known_table(a, k->up)));
    sql_add(&q, " AND field = ");
    sql_bind(&q, val_text(known_place(a, k)));
    return db_run(t->cx, t->db, &q, NULL);
}

static bool run(Cx *cx, Db *db, void *arg)
{
    Trim t = { .cx = cx, .db = db, .plan = arg };

    if (!plan(&t)) return false;
    for (int i = 0; i < t.plan->n; i++)
        if (!db_script(cx, db, t.plan->step[i].sql)) return false;
    for (int i = 0; i < t.known.n; i++)
        if (gone(t.known.item[i]) && !forget(&t, t.known.item[i])) return false;
    return true;
}

bool trim_plan(Cx *cx, Db *db, Plan *out)
{
    Trim t = { .cx = cx, .db = db, .plan = out };

    return plan(&t);
}

bool trim_run(Cx *cx, Db *db, Plan *out)
{
    return db_rebuild(cx, db, run, out);
}

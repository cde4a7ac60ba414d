/*
 * known.c — _field and _name, read and written.
 *
 * A row of _name ends when its owner gets another name or is retired; with the version stands
 * the last row of history then, because history tells its time by its own numbers.
 */
#include "data/known.h"

#include <string.h>

static const char *text(Cx *cx, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(cx->a, v.t, (size_t)v.n) : NULL;
}

static Known *by_id(const KnownAll *all, int64_t id)
{
    for (int i = 0; id && i < all->n; i++)
        if (all->item[i]->id == id) return all->item[i];
    return NULL;
}

/* Parents have smaller numbers than what is in them. */
MUST static bool load_fields(Cx *cx, Db *db, KnownAll *out)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Rows rows;
    Val v[10];

    sql_add(&q, "SELECT id, parent, name, kind, source, was, rules, required, retired, parked "
        "FROM _field ORDER BY id");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, v)) {
        Known *k = ARENA_NEW(cx->a, Known);
        *k = (Known){ .id = v[0].i, .up = by_id(out, val_is_blank(v[1]) ? 0 : v[1].i),
            .name = text(cx, v[2]), .kind = text(cx, v[3]), .from = text(cx, v[4]),
            .was = text(cx, v[5]), .rules = text(cx, v[6]), .required = v[7].i != 0,
            .retired = val_is_blank(v[8]) ? 0 : v[8].i, .parked = v[9].i != 0 };
        ARENA_PUSH(cx->a, out->item, out->n, out->cap, k);
    }
    db_rows_end(&rows);
    return !cx->err;
}

MUST static bool load_names(Cx *cx, Db *db, KnownAll *out)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Rows rows;
    Val v[4];

    sql_add(&q, "SELECT id, name, since, until FROM _name ORDER BY since");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, v)) {
        KnownName n = { by_id(out, v[0].i), text(cx, v[1]), v[2].i,
            val_is_blank(v[3]) ? 0 : v[3].i };
        if (n.of) ARENA_PUSH(cx->a, out->name, out->nname, out->name_cap, n);
    }
    db_rows_end(&rows);
    return !cx->err;
}

bool known_load(Cx *cx, Db *db, KnownAll *out)
{
    const char **table;
    int n;

    *out = (KnownAll){ 0 };
    if (!db_tables(cx, db, &table, &n)) return false;
    if (!str_in("_field", table, n) || !str_in("_name", table, n)) return true;
    return load_fields(cx, db, out) && load_names(cx, db, out);
}

Known *known_find(const KnownAll *all, const Known *up, const char *name)
{
    for (int i = 0; i < all->n; i++)
        if (all->item[i]->up == up && !all->item[i]->retired && str_eq(all->item[i]->name, name))
            return all->item[i];
    return NULL;
}

Known *known_at(const KnownAll *all, const Known *up, const char *name, int64_t version)
{
    for (int i = 0; i < all->nname; i++) {
        const KnownName *n = &all->name[i];
        if (n->of->up != up || !str_eq(n->name, name)) continue;
        if (n->since <= version && (!n->until || n->until > version)) return n->of;
    }
    return NULL;
}

bool known_had(const KnownAll *all, const Known *k, const char *name)
{
    for (int i = 0; i < all->nname; i++)
        if (all->name[i].of == k && str_eq(all->name[i].name, name)) return true;
    return false;
}

const char *known_place(Arena *a, const Known *k)
{
    return k->parked ? arena_printf(a, "_retired_%lld", (long long)k->id) : k->name;
}

const char *known_table(Arena *a, const Known *k)
{
    if (!k->up) return known_place(a, k);
    return arena_printf(a, "%s__%s", known_table(a, k->up), known_place(a, k));
}

const char *known_show(Arena *a, const Known *k)
{
    return k->up ? arena_printf(a, "%s.%s", known_show(a, k->up), k->name) : k->name;
}

/* ---- writing ---- */

MUST static bool end_name(Cx *cx, Db *db, int64_t id, int64_t version)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "UPDATE _name SET until = ");
    sql_bind(&q, val_int(version));
    sql_add(&q, ", upto = (SELECT coalesce(max(id), 0) FROM _history) "
        "WHERE until IS NULL AND id = ");
    sql_bind(&q, val_int(id));
    return db_run(cx, db, &q, NULL);
}

MUST static bool begin_name(Cx *cx, Db *db, const Known *k, int64_t version)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "INSERT INTO _name (id, name, since) VALUES (");
    sql_bind(&q, val_int(k->id));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(k->name));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(version));
    sql_add(&q, ")");
    return db_run(cx, db, &q, NULL);
}

MUST static bool put_row(Cx *cx, Db *db, Known *k)
{
    static const char insert[] = "INSERT INTO _field (parent, name, kind, source, was, rules, "
        "required, retired, parked) VALUES (";
    static const char *const set[] = { "parent", "name", "kind", "source", "was", "rules",
        "required", "retired", "parked" };
    const Val v[] = { k->up ? val_int(k->up->id) : val_blank(), val_text(k->name),
        val_text(k->kind), val_text(k->from), val_text(k->was), val_text(k->rules),
        val_int(k->required), k->retired ? val_int(k->retired) : val_blank(),
        val_int(k->parked) };
    Sql q = sql_begin(cx->a, db_dialect(db));
    bool found;
    Val id;

    if (k->id) sql_add(&q, "UPDATE _field SET ");
    else sql_add_n(&q, insert, sizeof insert - 1);
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        if (k->id) {
            sql_name(&q, set[i]);
            sql_add(&q, " = ");
        }
        sql_bind(&q, v[i]);
    }
    if (k->id) {
        sql_add(&q, " WHERE id = ");
        sql_bind(&q, val_int(k->id));
        return db_run(cx, db, &q, NULL);
    }
    sql_add(&q, ") RETURNING id");
    if (!db_one(cx, db, &q, &id, 1, &found)) return false;
    k->id = id.i;
    return true;
}

static bool same(const Known *a, const Known *b)
{
    return str_eq(a->name, b->name) && str_eq(a->kind, b->kind) && str_eq(a->from, b->from)
        && str_eq(a->was, b->was) && str_eq(a->rules, b->rules) && a->required == b->required
        && a->retired == b->retired && a->parked == b->parked;
}

bool known_put(Cx *cx, Db *db, Known *now, const Known *was, int64_t version)
{
    bool live = was && !was->retired, goes_on = live && !now->retired
        && str_eq(was->name, now->name);

    if (was && was->id && same(now, was)) return true;
    if (!put_row(cx, db, now)) return false;
    if (was && was->id && live && !goes_on && !end_name(cx, db, now->id, version)) return false;
    if (now->retired || (goes_on && was->id)) return true;
    return begin_name(cx, db, now, version);
}

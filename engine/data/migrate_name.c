/*
 * migrate_name.c — what the engine's own tables say of forms and fields is said under today's
 * names.
 *
 * Any table of the engine with a column `form` follows, and with `form` and `field` too: a new
 * one needs nothing here. Names go by a mark first (*NAME), because two may swap theirs. The
 * exceptions are keys and rules that have a name inside. History is sealed under the name of
 * its time, see history_verify.
 */
#include "data/migrate.h"

#include <string.h>

typedef struct Swap { Cx *cx; Db *db; const PlanPair *pair; } Swap;

static Sql begin(const Swap *s)
{
    return sql_begin(s->cx->a, db_dialect(s->db));
}

MUST static bool has_column(Cx *cx, Db *db, const char *table, const char *column, bool *has)
{
    Column *c;
    int n;

    *has = false;
    if (!db_columns(cx, db, table, &c, &n)) return false;
    for (int i = 0; i < n; i++) *has = *has || str_eq(c[i].name, column);
    return true;
}

MUST static bool mark(const Swap *s, const char *table)
{
    Sql q = begin(s);
    const PlanPair *p = s->pair;

    sql_add(&q, "UPDATE ");
    sql_name(&q, table);
    sql_add(&q, " SET ");
    sql_name(&q, p->form ? "field" : "form");
    sql_add(&q, " = ");
    sql_bind(&q, val_text(arena_printf(s->cx->a, "*%s", p->now)));
    sql_add(&q, " WHERE form = ");
    sql_bind(&q, val_text(p->form ? p->form : p->was));
    if (p->form) {
        sql_add(&q, " AND field = ");
        sql_bind(&q, val_text(p->was));
    }
    return db_run(s->cx, s->db, &q, NULL);
}

/* Only rows that are marked: an index on the column finds them. */
MUST static bool unmark(Cx *cx, Db *db, const char *table, const char *column)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "UPDATE ");
    sql_name(&q, table);
    sql_add(&q, " SET ");
    sql_name(&q, column);
    sql_add(&q, " = substr(");
    sql_name(&q, column);
    sql_add(&q, ", 2) WHERE ");
    sql_name(&q, column);
    sql_add(&q, " >= '*' AND ");
    sql_name(&q, column);
    sql_add(&q, " < '+'");
    return db_run(cx, db, &q, NULL);
}

/* ---- PREFIX:FORM.KEY in a rule, FORM.FIELD:PERIOD in a counter ---- */

MUST static bool mark_key(const Swap *s, const char *table, const char *column,
    const char *was, const char *now)
{
    Sql q = begin(s);

    sql_add(&q, "UPDATE ");
    sql_name(&q, table);
    sql_add(&q, " SET ");
    sql_name(&q, column);
    sql_add(&q, " = ");
    sql_bind(&q, val_text(arena_printf(s->cx->a, "*%s", now)));
    sql_add(&q, " || substr(");
    sql_name(&q, column);
    sql_add(&q, ", ");
    sql_int(&q, (int64_t)strlen(was) + 1);
    sql_add(&q, ") WHERE substr(");
    sql_name(&q, column);
    sql_add(&q, ", 1, ");
    sql_int(&q, (int64_t)strlen(was));
    sql_add(&q, ") = ");
    sql_bind(&q, val_text(was));
    return db_run(s->cx, s->db, &q, NULL);
}

MUST static bool mark_keys(const Swap *s)
{
    static const char *const rules[] = { "reminder:", "once:reminder:" };
    Arena *a = s->cx->a;
    const PlanPair *p = s->pair;

    if (p->form)
        return mark_key(s, "_serial", "key", arena_printf(a, "%s.%s:", p->form, p->was),
            arena_printf(a, "%s.%s:", p->form, p->now));
    if (!mark_key(s, "_serial", "key", arena_printf(a, "%s.", p->was),
            arena_printf(a, "%s.", p->now))) return false;
    for (int i = 0; i < LEN(rules); i++)
        if (!mark_key(s, "_timer", "rule", arena_printf(a, "%s%s.", rules[i], p->was),
                arena_printf(a, "%s%s.", rules[i], p->now))) return false;
    return mark_key(s, "_timer", "rule", arena_printf(a, "midnight:%s", p->was),
        arena_printf(a, "midnight:%s", p->now));
}

/* The body of a job is JSON. */
static void get_form(Sql *q)
{
    if (q->dialect == DIALECT_PG) sql_add(q, "(body::jsonb ->> 'form')");
    else sql_add(q, "json_extract(body, '$.form')");
}

static void put_form(Sql *q)
{
    if (q->dialect == DIALECT_PG) sql_add(q, "jsonb_set(body::jsonb, '{form}', to_jsonb((");
    else sql_add(q, "json_set(body, '$.form', (");
}

static void end_form(Sql *q)
{
    if (q->dialect == DIALECT_PG) sql_add(q, ")::text))::text WHERE ");
    else sql_add(q, ")) WHERE ");
}

/* Jobs that wait name the form of their record. */
MUST static bool move_jobs(const Swap *s)
{
    Sql q = begin(s);

    if (s->pair->form) return true;
    sql_add(&q, "UPDATE _job SET body = ");
    put_form(&q);
    sql_bind(&q, val_text(arena_printf(s->cx->a, "*%s", s->pair->now)));
    end_form(&q);
    get_form(&q);
    sql_add(&q, " = ");
    sql_bind(&q, val_text(s->pair->was));
    return db_run(s->cx, s->db, &q, NULL);
}

/* Awaited records name their form, too. */
MUST static bool move_awaited(const Swap *s)
{
    Sql q = begin(s);

    if (s->pair->form) return true;
    sql_add(&q, "UPDATE _wait SET child_form = ");
    sql_bind(&q, val_text(arena_printf(s->cx->a, "*%s", s->pair->now)));
    sql_add(&q, " WHERE child_form = ");
    sql_bind(&q, val_text(s->pair->was));
    return db_run(s->cx, s->db, &q, NULL);
}

MUST static bool unmark_jobs(Cx *cx, Db *db)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "UPDATE _job SET body = ");
    put_form(&q);
    sql_add(&q, "substr(");
    get_form(&q);
    sql_add(&q, ", 2)");
    end_form(&q);
    get_form(&q);
    sql_add(&q, " LIKE '*%'");
    return db_run(cx, db, &q, NULL);
}

static bool of_engine(const char *table)
{
    return str_eq(table, "stage_history")
        || (table[0] == '_' && !str_starts(table, "_retired_"));
}

/* Forms first: the pairs of fields name their forms as they are called now. */
MUST static bool move_rows(Cx *cx, Db *db, const Plan *plan, const char *table, bool fields)
{
    bool form, field, any = false;

    if (!has_column(cx, db, table, "form", &form)) return false;
    if (!has_column(cx, db, table, "field", &field)) return false;
    if (!form || (fields && !field)) return true;
    for (int i = 0; i < plan->npair; i++) {
        Swap s = { cx, db, &plan->pair[i] };
        if ((s.pair->form != NULL) != fields) continue;
        if (!mark(&s, table)) return false;
        any = true;
    }
    return !any || unmark(cx, db, table, fields ? "field" : "form");
}

MUST static bool move_keys(Cx *cx, Db *db, const Plan *plan, bool fields)
{
    for (int i = 0; i < plan->npair; i++) {
        Swap s = { cx, db, &plan->pair[i] };
        if ((s.pair->form != NULL) == fields && (!mark_keys(&s) || !move_jobs(&s) || !move_awaited(&s)))
            return false;
    }
    return unmark(cx, db, "_serial", "key") && unmark(cx, db, "_timer", "rule")
        && (fields || (unmark_jobs(cx, db) && unmark(cx, db, "_wait", "child_form")));
}

bool migrate_names(Cx *cx, Db *db, const Plan *plan, int64_t version)
{
    const char **table;
    int n;

    if (plan->npair) {
        if (!db_tables(cx, db, &table, &n)) return false;
        for (int fields = 0; fields < 2; fields++) {
            for (int i = 0; i < n; i++)
                if (of_engine(table[i]) && !move_rows(cx, db, plan, table[i], fields))
                    return false;
            if (!move_keys(cx, db, plan, fields)) return false;
        }
    }
    /* The write may run again: ids of the first time were undone with it. */
    for (int i = 0; i < plan->nknown; i++)
        if (!plan->known[i].was || !plan->known[i].was->id) plan->known[i].now->id = 0;
    for (int i = 0; i < plan->nknown; i++)
        if (!known_put(cx, db, plan->known[i].now, plan->known[i].was, version)) return false;
    return true;
}

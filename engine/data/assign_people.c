/*
 * assign_people.c — whom a rule is about: a clause, logins, or the people of a table's records.
 */
#include "data/assign_in.h"
#include "data/move.h"
#include "data/query_in.h"
#include "data/record_row.h"

#include <stdlib.h>

#define MOST_RULES 200                        /* records of a table that are looked at */

static void add(Work *w, Round *round, int64_t id, int64_t weight)
{
    for (int i = 0; i < round->n; i++)
        if (round->who[i].id == id) return;
    Candidate c = { .id = id, .weight = weight };
    if (id > 0) ARENA_PUSH(w->cx.a, round->who, round->n, round->cap, c);
}

MUST static bool add_people(Work *w, Round *round, const People *p, const Record *r)
{
    int64_t *id;
    int n;

    if (!people_of(w, p, r, &id, &n)) return false;
    for (int i = 0; i < n; i++) add(w, round, id[i], 1);
    return true;
}

MUST static bool add_members(Work *w, Round *round, const AssignRule *rule)
{
    for (int i = 0; i < rule->nmember; i++) {
        Sql q = sql_begin(w->cx.a, db_dialect(w->db));
        bool found;
        Val v;
        sql_add(&q, "SELECT \"id\" FROM \"user\" WHERE \"deleted_at\" IS NULL AND \"login\" = ");
        sql_bind(&q, val_text(rule->login[i]));
        if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
        if (found) add(w, round, v.i, rule->share[i]);
    }
    return true;
}

static int by_id(const void *a, const void *b)
{
    const Candidate *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

MUST static bool read_users(Work *w, Round *round, const Form *f)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t *id = ARENA_ARRAY(w->cx.a, int64_t, round->n);
    Rows rows;

    for (int i = 0; i < round->n; i++) id[i] = round->who[i].id;
    sql_add(&q, "SELECT ");
    int columns = record_columns(&q, f, "t");
    Val *row = ARENA_ARRAY(w->cx.a, Val, columns);
    sql_add(&q, " FROM \"user\" AS t WHERE \"t\".\"deleted_at\" IS NULL AND \"t\".\"active\" = ");
    sql_truth(&q, true);
    sql_add(&q, " AND ");
    query_ids(&q, "t", "id", id, round->n);
    if (round->rule->role) {
        sql_add(&q, " AND \"t\".\"id\" IN (SELECT \"record\" FROM \"user__roles\" WHERE "
            "\"value\" = ");
        sql_bind(&q, val_text(round->rule->role->key));
        sql_add(&q, ")");
    }
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row)) {
        Record *user = record_of_row(w, f, row);
        for (int i = 0; i < round->n; i++)
            if (round->who[i].id == record_id(user)) round->who[i].user = user;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

bool assign_load_people(Work *w, Round *round)
{
    int kept = 0;

    if (!round->n) return true;
    if (!read_users(w, round, app_form(w->app, "user"))) return false;
    for (int i = 0; i < round->n; i++)
        if (round->who[i].user) round->who[kept++] = round->who[i];
    round->n = kept;
    qsort(round->who, (size_t)kept, sizeof *round->who, by_id);
    for (int i = 0; i < kept; i++) round->who[i].name = record_title(w, round->who[i].user);
    return !w->cx.err;
}

/* ---- a table ---- */

MUST static bool table_query(Work *w, const AssignTable *t, const Record *r, Sql *q, int *columns)
{
    Eval self = record_eval(w, r, NULL);
    ExprSql ask = { .asker = work_asker(w), .alias = "t", .self = &self };

    *q = sql_begin(w->cx.a, db_dialect(w->db));
    sql_add(q, "SELECT ");
    *columns = record_columns(q, t->form, "t");
    sql_add(q, " FROM ");
    sql_name(q, t->form->names.table);
    sql_add(q, " AS t WHERE \"t\".\"deleted_at\" IS NULL");
    if (t->where) {
        sql_add(q, " AND ");
        if (!expr_sql(&w->cx, t->where, &ask, q)) return false;
    }
    sql_add(q, " ORDER BY ");
    for (int i = 0; i < t->nsort; i++) {
        sql_column(q, "t", t->sort[i]->name.column);
        if (t->down[i]) sql_add(q, " DESC");
        sql_add(q, ", ");
    }
    sql_add(q, "\"t\".\"id\" LIMIT ");
    sql_int(q, MOST_RULES);
    return true;
}

MUST static bool table_records(Work *w, const AssignTable *t, const Record *r, Record ***out,
    int *n)
{
    int columns, cap = 0;
    Rows rows;
    Sql q;

    *out = NULL;
    *n = 0;
    if (!table_query(w, t, r, &q, &columns)) return false;
    Val *row = ARENA_ARRAY(w->cx.a, Val, columns);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row))
        ARENA_PUSH(w->cx.a, *out, *n, cap, record_of_row(w, t->form, row));
    db_rows_end(&rows);
    for (int i = 0; !w->cx.err && i < *n; i++)
        if (!record_fill(w, (*out)[i])) return false;
    return !w->cx.err;
}

static int64_t number_or(Val v, int64_t otherwise)
{
    return val_is_number(v) ? (int64_t)val_number(v) : otherwise;
}

static void add_rows(Work *w, Round *round, const AssignTable *t, const Field *f, const Record *row)
{
    Val list = record_get(row, t->rows);

    for (int i = 0; list.kind == VAL_LIST && i < list.n; i++) {
        const Record *one = list.list[i].p;
        Val who = one ? record_get(one, f) : val_blank();
        int64_t weight = t->weight && one ? number_or(record_get(one, t->weight), 1) : 1;
        if (who.kind == VAL_REC) add(w, round, who.i, weight < 0 ? 0 : weight);
    }
}

static AssignBy by_of(const AssignTable *t, const Record *row, AssignBy otherwise)
{
    Val v = t->by ? record_get(row, t->by) : val_blank();

    for (int i = 0; v.kind == VAL_TEXT && i < LEN(assign_words); i++)
        if (str_eq(v.t, assign_words[i])) return (AssignBy)i;
    return otherwise;
}

MUST static bool round_of_row(Work *w, const Assign *a, const AssignRule *rule, Record *row,
    Round *out)
{
    const AssignTable *t = rule->table;
    const char *title = record_title(w, row);

    *out = (Round){ .a = a, .rule = rule, .by = by_of(t, row, rule->by),
        .key = arena_printf(w->cx.a, "%s/%lld", t->form->key, (long long)record_id(row)),
        .cap_day = t->cap_day ? number_or(record_get(row, t->cap_day), -1) : -1,
        .cap_open = t->cap_open ? number_or(record_get(row, t->cap_open), -1) : -1 };
    out->label.n = 1;
    out->label.lang = ARENA_ARRAY(w->cx.a, const char *, 1);
    out->label.text = ARENA_ARRAY(w->cx.a, const char *, 1);
    out->label.lang[0] = "";
    out->label.text[0] = title;
    for (int i = 0; i < t->npeople && !out->n; i++) {
        Who who = { .kind = WHO_FIELD, .field = t->people[i] };
        if (t->people[i]->form != t->form) add_rows(w, out, t, t->people[i], row);
        else if (!add_people(w, out, &(People){ .who = &who, .n = 1 }, row)) return false;
    }
    return assign_load_people(w, out);
}

bool assign_rounds(Work *w, const Assign *a, const AssignRule *rule, const Record *r,
    Round **out, int *n)
{
    Record **row = NULL;

    *n = 1;
    if (rule->table && !table_records(w, rule->table, r, &row, n)) return false;
    *out = ARENA_ARRAY(w->cx.a, Round, *n + 1);
    for (int i = 0; rule->table && i < *n; i++)
        if (!round_of_row(w, a, rule, row[i], &(*out)[i])) return false;
    if (rule->table) return true;
    **out = (Round){ .a = a, .rule = rule, .key = arena_printf(w->cx.a, "%s.%s/%s", a->form->key,
            a->field->key, rule->key), .label = rule->label, .by = rule->by,
        .cap_day = -1, .cap_open = -1 };
    return add_people(w, *out, &rule->among, r) && add_members(w, *out, rule)
        && assign_load_people(w, *out);
}

/*
 * people.c — a clause such as `by: [sales, this.helper]` becomes users of a record.
 *
 * Only active users count. Departments stand for the people in them.
 */
#include "data/move.h"
#include "data/recall.h"
#include "data/record_row.h"

typedef struct Found { int64_t *id; int n, cap; } Found;

static void add(Work *w, Found *out, int64_t id)
{
    for (int i = 0; i < out->n; i++)
        if (out->id[i] == id) return;
    if (id > 0) ARENA_PUSH(w->cx.a, out->id, out->n, out->cap, id);
}

/* A board asks the same of each of its cards. */
MUST static bool add_users(Work *w, const Sql *q, Found *out)
{
    static const char *const tables[] = { "user", "user__roles", "department" };
    Recall kept = recall_begin(w, "people",
        db_in_write(w->db) ? "" : sql_explain(w->cx.a, q), tables, LEN(tables));
    Val v, *list = NULL;
    int n = recall_list(&kept, &list), cap = 0;
    Rows rows;

    if (n < 0) {
        n = 0;
        if (!db_query(&w->cx, w->db, q, &rows)) return false;
        while (db_next(&w->cx, &rows, &v)) ARENA_PUSH(w->cx.a, list, n, cap, v);
        db_rows_end(&rows);
        if (w->cx.err) return false;
        recall_keep(&kept, list, n);
    }
    for (int i = 0; i < n; i++) add(w, out, list[i].i);
    return true;
}

static bool includes(const Role *r, const Role *wanted)
{
    if (r == wanted) return true;
    for (int i = 0; i < r->ninclude; i++)
        if (r->include[i] == wanted) return true;
    return false;
}

static Sql users(Work *w)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT \"id\" FROM \"user\" WHERE \"active\" = ");
    sql_truth(&q, true);
    sql_add(&q, " AND \"deleted_at\" IS NULL");
    return q;
}

MUST static bool add_role(Work *w, const Role *role, Found *out)
{
    Sql q = users(w);
    bool first = true;

    if (!str_eq(role->key, "everyone")) {
        sql_add(&q, " AND \"id\" IN (SELECT \"record\" FROM \"user__roles\" "
            "WHERE \"value\" IN (");
        for (int i = 0; i < w->app->nrole; i++) {
            if (!includes(&w->app->role[i], role)) continue;
            if (!first) sql_add(&q, ", ");
            first = false;
            sql_bind(&q, val_text(w->app->role[i].key));
        }
        sql_add(&q, "))");
    }
    sql_add(&q, " ORDER BY \"id\"");
    return add_users(w, &q, out);
}

MUST static bool add_department(Work *w, int64_t id, const char *name, Found *out)
{
    Sql q = users(w);

    if (name) {
        sql_add(&q, " AND \"department\" IN (SELECT \"id\" FROM \"department\" WHERE "
            "\"deleted_at\" IS NULL AND \"name\" = ");
        sql_bind(&q, val_text(name));
        sql_add(&q, ")");
    } else {
        sql_add(&q, " AND \"department\" = ");
        sql_bind(&q, val_int(id));
    }
    sql_add(&q, " ORDER BY \"id\"");
    return add_users(w, &q, out);
}

MUST static bool add_user(Work *w, int64_t id, Found *out)
{
    Sql q = users(w);

    sql_add(&q, " AND \"id\" = ");
    sql_bind(&q, val_int(id));
    return add_users(w, &q, out);
}

/* `type` tells whether the ids are users or departments. */
MUST static bool add_value(Work *w, Type type, Val v, Found *out)
{
    const Form *f = type.form ? type.form->form : NULL;
    bool department = f && str_eq(f->key, "department");

    if (v.kind == VAL_LIST) {
        for (int i = 0; i < v.n; i++)
            if (!add_value(w, type, v.list[i], out)) return false;
        return true;
    }
    if (v.kind != VAL_REC && v.kind != VAL_INT) return true;
    return department ? add_department(w, v.i, NULL, out) : add_user(w, v.i, out);
}

/* Of a field or an expression. */
MUST static bool value_of(Work *w, const Who *who, const Record *r, Type *type, Val *v)
{
    if (who->kind == WHO_FIELD) {
        if (!record_fill(w, (Record *)r)) return false;
        *type = who->field->name.type;
        *v = record_get(r, who->field);
        return true;
    }
    Eval env = record_eval(w, r, NULL);
    *type = expr_type(who->expr);
    return expr_eval(who->expr, &env, v);
}

MUST static bool add_who(Work *w, const Who *who, const Record *r, Found *out)
{
    Type type;
    Val v;

    switch (who->kind) {
    case WHO_ROLE:
        return add_role(w, who->role, out);
    case WHO_DEPARTMENT:
        return add_department(w, 0, who->department, out);
    case WHO_FIELD: case WHO_EXPR:
        break;
    }
    return value_of(w, who, r, &type, &v) && add_value(w, type, v, out);
}

bool people_of(Work *w, const People *p, const Record *r, int64_t **out, int *n)
{
    Found found = { 0 };

    for (int i = 0; i < p->n; i++)
        if (!add_who(w, &p->who[i], r, &found)) return false;
    *out = found.id;
    *n = found.n;
    return true;
}

/* ---- a department ---- */

MUST static bool first_id(Work *w, const Sql *q, int64_t *out)
{
    bool found;
    Val v;

    if (!db_one(&w->cx, w->db, q, &v, 1, &found)) return false;
    *out = found && v.kind == VAL_INT ? v.i : 0;
    return true;
}

MUST static bool department_named(Work *w, const char *name, int64_t *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT \"id\" FROM \"department\" WHERE \"deleted_at\" IS NULL AND \"name\" = ");
    sql_bind(&q, val_text(name));
    sql_add(&q, " ORDER BY \"id\" LIMIT 1");
    return first_id(w, &q, out);
}

MUST static bool department_of_user(Work *w, int64_t user, int64_t *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT \"department\" FROM \"user\" WHERE \"id\" = ");
    sql_bind(&q, val_int(user));
    return first_id(w, &q, out);
}

MUST static bool department_from(Work *w, const Who *who, const Record *r, int64_t *out)
{
    Found found = { 0 };
    Type type;
    Val v;

    if (who->kind == WHO_DEPARTMENT) return department_named(w, who->department, out);
    if (who->kind == WHO_ROLE)
        return add_role(w, who->role, &found) && (!found.n || department_of_user(w, found.id[0], out));
    if (!value_of(w, who, r, &type, &v)) return false;
    if (v.kind == VAL_LIST) v = v.n ? v.list[0] : val_blank();
    if (v.kind != VAL_REC && v.kind != VAL_INT) return true;
    const Form *f = type.form ? type.form->form : NULL;
    if (!f || !str_eq(f->key, "department")) return department_of_user(w, v.i, out);
    *out = v.i;
    return true;
}

bool people_department(Work *w, const People *p, const Record *r, int64_t *out)
{
    *out = 0;
    for (int i = 0; i < p->n && !*out; i++)
        if (!department_from(w, &p->who[i], r, out)) return false;
    return true;
}

bool people_has_me(Work *w, const People *p, const Record *r)
{
    if (w->who.admin || w->as_app) return true;
    if (!w->who.id) return false;
    for (int i = 0; i < p->n; i++) {
        Found found = { 0 };
        if (p->who[i].kind == WHO_ROLE) {
            if (work_has_role(w, p->who[i].role->key)) return true;
            continue;
        }
        if (!add_who(w, &p->who[i], r, &found)) return false;
        for (int k = 0; k < found.n; k++)
            if (found.id[k] == w->who.id) return true;
    }
    return false;
}

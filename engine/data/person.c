/*
 * person.c — one row of the user table becomes w->who: roles follow their includes, an admin
 * has them all, and the language is that person's if the app speaks it.
 */
#include "data/person.h"
#include "data/auth.h"
#include "data/recall.h"

#include <string.h>

void person_columns(Sql *q)
{
    sql_add(q, "u.\"id\", u.\"name\", u.\"login\", u.\"language\", u.\"time_zone\", "
        "u.\"department\", u.\"manager\", u.\"active\", (SELECT ");
    if (q->dialect == DIALECT_PG) sql_add(q, "string_agg(\"value\", ' ')");
    else sql_add(q, "group_concat(\"value\", ' ')");
    sql_add(q, " FROM \"user__roles\" WHERE \"record\" = u.\"id\")");
}

static void add_role(Person *who, const char *key)
{
    for (int i = 0; i < who->nrole; i++)
        if (str_eq(who->role[i], key)) return;
    who->role[who->nrole++] = key;
}

static void read_roles(Work *w, const char *keys)
{
    Person *who = &w->who;
    char **key;
    int n = keys && *keys ? str_split(w->cx.a, keys, ' ', &key) : 0;

    who->role = ARENA_ARRAY(w->cx.a, const char *, w->app->nrole);
    for (int i = 0; i < n; i++) {
        const Role *r = app_role(w->app, key[i]);
        if (!r || str_eq(r->key, "everyone")) continue;
        if (str_eq(r->key, "admin")) who->admin = true;
        add_role(who, r->key);
        for (int k = 0; k < r->ninclude; k++) {
            if (str_eq(r->include[k]->key, "everyone")) continue;
            add_role(who, r->include[k]->key);
            if (str_eq(r->include[k]->key, "admin")) who->admin = true;
        }
    }
    for (int i = 0; who->admin && i < w->app->nrole; i++)
        if (!str_eq(w->app->role[i].key, "everyone")) add_role(who, w->app->role[i].key);
}

static const char *text(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

bool person_read(Work *w, const Val *row)
{
    if (row[7].kind != VAL_INT || !row[7].i) return false;
    const char *zone = text(w, row[4]);

    w->who = (Person){
        .id = row[0].i, .name = text(w, row[1]), .login = text(w, row[2]),
        .lang = text(w, row[3]), .zone = zone ? zone_find(zone) : NULL,
        .department = row[5].kind == VAL_INT ? row[5].i : 0,
        .manager = row[6].kind == VAL_INT ? row[6].i : 0,
    };
    read_roles(w, text(w, row[8]));
    memset(&w->asker, 0, sizeof w->asker);
    w->as_app = false;
    if (w->who.lang && str_in(w->who.lang, w->app->language, w->app->nlanguage))
        w->cx.lang = w->who.lang;
    return true;
}

/* ---- acting as somebody else ---- */

bool auth_become(Work *w, int64_t user)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val row[PERSON_COLUMNS];
    bool found;

    sql_add(&q, "SELECT ");
    person_columns(&q);
    sql_add(&q, " FROM \"user\" u WHERE u.\"deleted_at\" IS NULL AND u.\"id\" = ");
    sql_bind(&q, val_int(user));
    if (!db_one(&w->cx, w->db, &q, row, PERSON_COLUMNS, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no such user");
    if (!person_read(w, row)) return cx_fail(&w->cx, E_LOGIN, "this user is not active");
    return true;
}

bool auth_user_by_login(Work *w, const char *login, int64_t *id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const Form *f = app_form(w->app, "user");
    const Field *x = f ? form_field(f, "login") : NULL;
    Val row;
    bool found;

    sql_add(&q, "SELECT \"id\" FROM \"user\" WHERE \"deleted_at\" IS NULL AND ");
    if (x && x->name.folded) {
        sql_add(&q, "\"login__key\" = ");
        sql_bind(&q, val_text(str_fold(w->cx.a, login)));
    } else {
        sql_add(&q, "\"login\" = ");
        sql_bind(&q, val_text(login));
    }
    if (!db_one(&w->cx, w->db, &q, &row, 1, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no user `%s`", login);
    *id = row.i;
    return true;
}

bool auth_become_login(Work *w, const char *login)
{
    int64_t id;
    return auth_user_by_login(w, login, &id) && auth_become(w, id);
}

void auth_become_app(Work *w, const char *via)
{
    w->who = (Person){ 0 };
    memset(&w->asker, 0, sizeof w->asker);
    w->as_app = true;
    w->via = via;
}

/* ---- whom the person reaches ---- */

static void numbers(Work *w, const Val *list, int n, int64_t **out, int *nout)
{
    *out = ARENA_ARRAY(w->cx.a, int64_t, n + 1);
    *nout = n;
    for (int i = 0; i < n; i++) (*out)[i] = list[i].i;
}

/* `use` and the number `of` say what is asked for. */
MUST static bool ids(Work *w, const char *use, int64_t of, const Sql *q, int64_t **out, int *n)
{
    static const char *const tables[] = { "user", "department" };
    char *key = arena_printf(w->cx.a, "%lld", (long long)of);
    Recall r = recall_begin(w, use, key, tables, LEN(tables));
    Val one, *list = NULL;
    int found = recall_list(&r, &list), cap = 0;
    Rows rows;

    if (found < 0) {
        found = 0;
        if (!db_query(&w->cx, w->db, q, &rows)) return false;
        while (db_next(&w->cx, &rows, &one))
            if (one.kind == VAL_INT) ARENA_PUSH(w->cx.a, list, found, cap, one);
        db_rows_end(&rows);
        if (w->cx.err) return false;
        recall_keep(&r, list, found);
    }
    numbers(w, list, found, out, n);
    return true;
}

/* UNION, not UNION ALL: a ring of managers or departments must end. */
static void below(Sql *q, int64_t department)
{
    sql_add(q, "d(\"id\") AS (SELECT ");
    sql_bind(q, val_int(department));
    sql_add(q, " UNION SELECT c.\"id\" FROM \"department\" c JOIN d ON c.\"parent\" = d.\"id\" "
        "WHERE c.\"deleted_at\" IS NULL)");
}

bool auth_below(Work *w, int64_t department, int64_t **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "WITH RECURSIVE ");
    below(&q, department);
    sql_add(&q, " SELECT \"id\" FROM d");
    return ids(w, "departments below", department, &q, out, n);
}

bool auth_reach(Work *w)
{
    Person *who = &w->who;
    if (who->reach) return true;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    const char *line = arena_printf(w->cx.a, "people with department %lld",
        (long long)who->department);
    if (who->department && !auth_below(w, who->department, &who->subtree, &who->nsubtree))
        return false;
    sql_add(&q, "WITH RECURSIVE p(\"id\") AS (SELECT ");
    sql_bind(&q, val_int(who->id));
    sql_add(&q, " UNION SELECT u.\"id\" FROM \"user\" u JOIN p ON u.\"manager\" = p.\"id\" "
        "WHERE u.\"deleted_at\" IS NULL), ");
    below(&q, who->department);
    sql_add(&q, " SELECT \"id\" FROM p UNION SELECT \"id\" FROM \"user\" WHERE "
        "\"deleted_at\" IS NULL AND \"department\" IN (SELECT \"id\" FROM d)");
    if (!ids(w, line, who->id, &q, &who->people, &who->npeople)) return false;
    who->reach = true;
    return true;
}

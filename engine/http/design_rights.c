/*
 * design_rights.c — who can do what with a form, as the admin's draft has it: each role, and people a
 * page at a time. What is told is asked of the same compiler of permissions that decides later.
 *
 * No record is looked at: what depends on it is told as the expression or as "depends".
 */
#include "http/design.h"
#include "base/i18n.h"
#include "data/person.h"
#include "data/perm.h"

#include <string.h>

enum { PEOPLE = 20, PEOPLE_MOST = 100 };

/* ---- which records ---- */

/* The widest scope of the acting person's grants, and the expressions beside it. */
static void put_act(Work *w, const Form *f, Act act, Json *j)
{
    static const char *const word[] = { "none", "own", "department", "subtree", "all" };
    ScopeKind most = w->who.admin ? SCOPE_ALL : SCOPE_NONE;

    json_name(j, act_name[act]);
    json_map(j);
    json_key(j, "when");
    json_list(j);
    for (int i = 0; !w->who.admin && i < f->ngrant; i++) {
        const Scope *s = &f->grant[i].scope[act];
        if (!work_has_role(w, f->grant[i].role->key)) continue;
        if (s->kind >= SCOPE_EXPR) json_text(j, expr_text(s->expr));
        else if (s->kind > most) most = s->kind;
    }
    json_list_end(j);
    json_key(j, "scope"); json_text(j, word[most]);
    json_map_end(j);
}

/* ---- which fields ---- */

static const char *const sight[] = { "hidden", "masked", "readonly", "depends" };

/* NULL: all of it. What a stage hides or an expression shows depends on the record. */
static const char *seen(Work *w, const Form *f, const Field *field)
{
    Right right = perm_field(w, f, field, NULL);

    if (right == RIGHT_HIDDEN) return sight[0];
    if (right == RIGHT_MASKED) return sight[1];
    if (!perm_filterable(w, f, field)) return sight[3];
    return right == RIGHT_READONLY && !field->computed ? sight[2] : NULL;
}

static void put_fields(Work *w, const Form *f, Json *j)
{
    bool any = perm_may(w, f, ACT_READ) || perm_may(w, f, ACT_CREATE);

    json_key(j, "fields");
    json_map(j);
    for (int k = 0; k < LEN(sight); k++) {
        json_name(j, sight[k]);
        json_list(j);
        for (int i = f->nsystem; any && i < f->nfield; i++)
            if (seen(w, f, f->field[i]) == sight[k]) json_text(j, f->field[i]->key);
        json_list_end(j);
    }
    json_map_end(j);
}

static void put_may(Work *w, const Form *f, Json *j)
{
    json_key(j, "may");
    json_map(j);
    for (int i = 0; i < ACT_COUNT; i++) put_act(w, f, (Act)i, j);
    json_map_end(j);
    put_fields(w, f, j);
}

/* ---- of whom ---- */

/* Somebody who has this role and no other. */
static void become_role(Work *w, const Role *role)
{
    Person who = { .id = -1, .name = "", .admin = str_eq(role->key, "admin") };

    who.role = ARENA_ARRAY(w->cx.a, const char *, role->ninclude + 1);
    who.role[who.nrole++] = role->key;
    for (int i = 0; i < role->ninclude; i++) {
        who.role[who.nrole++] = role->include[i]->key;
        who.admin |= str_eq(role->include[i]->key, "admin");
    }
    w->who = who;
    w->as_app = false;
}

/* External pages without a login are not there yet: nothing is said of `public`. */
static void put_roles(Work *w, const Form *f, Json *j)
{
    json_key(j, "roles");
    json_list(j);
    for (int i = 0; i < w->app->nrole; i++) {
        const Role *role = &w->app->role[i];
        if (str_eq(role->key, "public")) continue;
        become_role(w, role);
        json_map(j);
        json_key(j, "role"); json_text(j, role->key);
        json_key(j, "label"); json_text(j, label_show(&role->label, w->cx.lang, role->key));
        put_may(w, f, j);
        json_map_end(j);
    }
    json_list_end(j);
}

static void put_person(Work *w, const Form *f, Json *j)
{
    json_map(j);
    json_key(j, "id"); json_int(j, w->who.id);
    json_key(j, "login"); json_text(j, w->who.login);
    json_key(j, "name"); json_text(j, w->who.name);
    json_key(j, "roles");
    json_list(j);
    for (int i = 0; i < w->who.nrole; i++) json_text(j, w->who.role[i]);
    json_list_end(j);
    put_may(w, f, j);
    json_map_end(j);
}

typedef struct RightsAsk { const Request *q; Response *r; int64_t after; int limit; } RightsAsk;

static bool put_people(Work *w, const Form *f, const RightsAsk *ask, Json *j)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *lang = w->cx.lang;
    Val row[PERSON_COLUMNS];
    int64_t last = 0;
    int n = 0;
    Rows rows;

    sql_add(&q, "SELECT ");
    person_columns(&q);
    sql_add(&q, " FROM \"user\" u WHERE u.\"deleted_at\" IS NULL AND u.\"active\" = ");
    sql_bind(&q, val_bool(true));
    sql_add(&q, " AND u.\"id\" > ");
    sql_bind(&q, val_int(ask->after));
    sql_add(&q, " ORDER BY u.\"id\" LIMIT ");
    sql_bind(&q, val_int(ask->limit + 1));
    json_key(j, "users");
    json_list(j);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row) && n++ < ask->limit) {
        if (!person_read(w, row)) continue;
        w->cx.lang = lang;
        last = w->who.id;
        put_person(w, f, j);
    }
    db_rows_end(&rows);
    json_list_end(j);
    json_key(j, "next");
    if (n > ask->limit) json_int(j, last);
    else json_null(j);
    return !w->cx.err;
}

static bool rights(Work *w, void *arg)
{
    const RightsAsk *ask = arg;
    const Form *f = app_form(w->app, ask->q->segment[0]);

    if (!f) return cx_fail(&w->cx, E_MISSING, "there is no form %s", ask->q->segment[0]);
    Json j = response_json(ask->r, 200);
    json_map(&j);
    json_key(&j, "form"); json_text(&j, f->key);
    put_roles(w, f, &j);
    if (!put_people(w, f, ask, &j)) return false;
    json_map_end(&j);
    return true;
}

bool api_definition_rights(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "after", "limit", NULL };
    RightsAsk ask = { .q = q, .r = r };

    if (!request_args_only(&w->cx, q, known)) return false;
    ask.after = request_arg_int(&w->cx, q, "after", 0, 0, INT64_MAX);
    ask.limit = (int)request_arg_int(&w->cx, q, "limit", PEOPLE, 1, PEOPLE_MOST);
    return !w->cx.err && design_draft(w, r, rights, &ask);
}

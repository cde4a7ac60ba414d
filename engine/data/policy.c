/*
 * policy.c — scopes as functions, functions as policies. All is text for DDL: names are checked
 * keys, everything else goes through sql_quote.
 */
#include "data/policy.h"
#include "data/perm_in.h"

#include <string.h>

/* The owner's functions look at the owner's schema alone, whatever the caller's path is. */
static void add_function(Arena *a, Str *s, const char *name, const char *returns,
    const char *body)
{
    str_printf(s, "CREATE OR REPLACE FUNCTION \"%s\"() RETURNS %s LANGUAGE sql STABLE "
        "SECURITY DEFINER AS %s;\n", name, returns, sql_quote(a, body));
    str_printf(s, "DO $$ BEGIN EXECUTE format('ALTER FUNCTION %%1$I.\"%s\"() SET search_path = "
        "%%1$I, pg_temp', current_schema()); END $$;\n", name);
}

/* The database itself says what it has, after a restore or a copy as well. */
static void mark(Arena *a, Policy *p, Str *s)
{
    p->mark = arena_printf(a, "tenon %016llx", (unsigned long long)str_hash(str_show(s)));
    str_printf(s, "COMMENT ON FUNCTION \"%s\"() IS '%s'", p->reader, p->mark);
    p->sql = arena_dup(a, str_show(s));
}

/* ---- who asks ---- */

static void add_pair(Arena *a, Str *s, int *n, const char *x, const char *y)
{
    str_printf(s, "%s(%s, %s)", (*n)++ ? ", " : "", sql_quote(a, x), sql_quote(a, y));
}

/* Each role and what comes with it; an admin has all. */
static const char *roles_body(Arena *a, const App *app)
{
    Str s = str_begin(a);
    int n = 0;

    str_add(&s, "SELECT coalesce(array_agg(DISTINCT x.b), '{}') FROM (SELECT i.b FROM "
        "\"user__roles\" u JOIN (VALUES ");
    for (int i = 0; i < app->nrole; i++) {
        const Role *r = &app->role[i];
        bool admin = str_eq(r->key, "admin");
        for (int k = 0; k < r->ninclude; k++) admin |= str_eq(r->include[k]->key, "admin");
        add_pair(a, &s, &n, r->key, r->key);
        for (int k = 0; !admin && k < r->ninclude; k++)
            add_pair(a, &s, &n, r->key, r->include[k]->key);
        for (int k = 0; admin && k < app->nrole; k++)
            if (k != i) add_pair(a, &s, &n, r->key, app->role[k].key);
    }
    str_add(&s, ") AS i(a, b) ON i.a = u.\"value\" AND u.\"record\" = tn_me() "
        "UNION SELECT 'everyone' WHERE tn_me() IS NOT NULL) AS x");
    return str_show(&s);
}

#define BELOW "d(id) AS (SELECT tn_department() UNION SELECT c.\"id\" FROM \"department\" c " \
    "JOIN d ON c.\"parent\" = d.id WHERE c.\"deleted_at\" IS NULL)"

Policy policy_people(Arena *a, const App *app)
{
    Str s = str_begin(a);

    add_function(a, &s, "tn_me", "bigint", "SELECT \"id\" FROM \"user\" WHERE \"login\" = "
        "session_user::text COLLATE \"C\" AND \"active\" AND \"deleted_at\" IS NULL");
    add_function(a, &s, "tn_department", "bigint",
        "SELECT \"department\" FROM \"user\" WHERE \"id\" = tn_me()");
    add_function(a, &s, "tn_departments", "bigint[]",
        "WITH RECURSIVE " BELOW " SELECT array_agg(id) FROM d WHERE id IS NOT NULL");
    add_function(a, &s, "tn_people", "bigint[]",
        "WITH RECURSIVE p(id) AS (SELECT tn_me() UNION SELECT u.\"id\" FROM \"user\" u JOIN p "
        "ON u.\"manager\" = p.id WHERE u.\"deleted_at\" IS NULL), " BELOW
        " SELECT array_agg(id) FROM (SELECT id FROM p WHERE id IS NOT NULL UNION SELECT \"id\" FROM \"user\" "
        "WHERE \"deleted_at\" IS NULL AND \"department\" IN (SELECT id FROM d)) AS x");
    add_function(a, &s, "tn_roles", "text[]", roles_body(a, app));
    Policy p = { .reader = "tn_me" };
    mark(a, &p, &s);
    return p;
}

/* ---- which rows ---- */

static char *reader(Arena *a, const char *table)
{
    if (strlen(table) <= 54) return arena_printf(a, POLICY_READER "%s", table);
    return arena_printf(a, POLICY_READER "%.36s_%016llx", table, (unsigned long long)str_hash(table));
}

/* Does the asker hold a role that reads all? Once for a statement. */
static void add_open(Arena *a, Str *s, const Form *f)
{
    str_add(s, "(SELECT tn_roles() && ARRAY['admin'");
    for (int i = 0; i < f->ngrant; i++)
        if (scope_open(&f->grant[i].scope[ACT_READ]))
            str_printf(s, ", %s", sql_quote(a, f->grant[i].role->key));
    str_add(s, "]::text[])");
}

static const char *scope_sql(Cx *cx, const Scope *s, const char **why)
{
    Cx own = cx_begin(cx->a, cx->lang);
    Asker nobody = { 0 };
    Sql q = sql_begin(cx->a, DIALECT_PG);
    ExprSql ask = { .asker = &nobody, .alias = "r", .later = true };

    if (expr_sql(&own, s->expr, &ask, &q) && !own.err) return sql_kept(cx->a, &q);
    *why = own.text;
    return NULL;
}

static void add_grant(Cx *cx, Policy *p, int *cap, Str *s, const Grant *g)
{
    const Scope *scope = &g->scope[ACT_READ];
    PolicyGap gap = { .grant = g };

    if (!scope->expr || scope_open(scope)) return;
    const char *sql = scope_sql(cx, scope, &gap.why);
    if (!sql) {
        ARENA_PUSH(cx->a, p->gap, p->ngap, *cap, gap);
        return;
    }
    str_printf(s, "\n    OR ((SELECT %s = ANY (tn_roles())) AND (%s))",
        sql_quote(cx->a, g->role->key), sql);
}

/* Who is asked for consent, or told, and who stands in for them now (data/asked.h). */
static void add_asked(Arena *a, Str *s, const Form *f)
{
    const char *form = sql_quote(a, f->key);

    if (!f->approves) return;
    str_printf(s, "\n    OR r.\"id\" IN (SELECT k.\"record\" FROM \"_task\" k WHERE k.\"form\" = %s AND "
        "k.\"state\" <> 'waiting' AND k.\"user\" IN (SELECT tn_me() UNION SELECT d.\"user\" "
        "FROM \"_delegation\" d WHERE d.\"delegate\" = tn_me() AND d.\"begins\" <= "
        "extract(epoch FROM now()) AND d.\"ends\" > extract(epoch FROM now()) "
        "AND (d.\"form\" IS NULL OR d.\"form\" = %s)))", form, form);
}

static const char *rows_body(Cx *cx, Policy *p, const Form *f)
{
    Str s = str_begin(cx->a);
    int cap = 0;

    str_printf(&s, "SELECT r.\"id\" FROM \"%s\" AS r WHERE ", f->names.table);
    if (f->parent) {
        str_printf(&s, "r.\"record\" IN (SELECT \"%s\"())",
            reader(cx->a, f->parent->names.table));
        return str_show(&s);
    }
    str_add(&s, "r.\"deleted_at\" IS NULL AND (");
    add_open(cx->a, &s, f);
    for (int i = 0; i < f->ngrant; i++) add_grant(cx, p, &cap, &s, &f->grant[i]);
    add_asked(cx->a, &s, f);
    str_add(&s, ")");
    return str_show(&s);
}

static void add_policy(Str *s, const char *table, const char *rule)
{
    str_printf(s, "ALTER TABLE \"%s\" ENABLE ROW LEVEL SECURITY;\n"
        "DROP POLICY IF EXISTS tenon_read ON \"%s\";\n"
        "CREATE POLICY tenon_read ON \"%s\" FOR SELECT USING (%s);\n", table, table, table, rule);
}

Policy policy_of(Cx *cx, const Spec *spec, const Form *f)
{
    const char *name = reader(cx->a, f->names.table);
    Policy p = { .reader = name };
    Str s = str_begin(cx->a), rule = str_begin(cx->a);

    str_printf(&s, "%s;\n", policy_drop(cx->a, name));
    add_function(cx->a, &s, name, "SETOF bigint", rows_body(cx, &p, f));
    if (!f->parent) {
        str_add(&rule, "(\"deleted_at\" IS NULL AND ");
        add_open(cx->a, &rule, f);
        str_add(&rule, ") OR ");
    }
    str_printf(&rule, "\"id\" IN (SELECT \"%s\"())", name);
    for (int i = 0; i < spec->ntable; i++) {
        const TableSpec *t = &spec->table[i];
        if (t->form != f) continue;
        add_policy(&s, t->name, !t->side ? str_show(&rule)
            : arena_printf(cx->a, "\"record\" IN (SELECT \"%s\"())", name));
    }
    mark(cx->a, &p, &s);
    return p;
}

const char *policy_drop(Arena *a, const char *name)
{
    return arena_printf(a, "DROP FUNCTION IF EXISTS \"%s\"() CASCADE", name);
}

/* ---- columns ---- */

static bool is_restricted(const Field *f)
{
    const Form *form = f->form;

    for (int i = 0; i < form->ngrant; i++)
        for (int k = 0; k < form->grant[i].nright; k++) {
            const FieldRight *r = &form->grant[i].right[k];
            if (r->field == f && (r->right >= RIGHT_MASKED || r->read)) return true;
        }
    return false;
}

bool policy_is_plain(const Field *f)
{
    const ExprRead *r;

    if (f->form->parent && !policy_is_plain(f->form->in)) return false;
    if (f->via || f->from || is_restricted(f) || perm_stage_hides(f->form, f)) return false;
    int n = f->formula ? expr_reads(f->formula, &r) : 0;
    for (int i = 0; i < n; i++) {
        const Field *x = r[i].name ? r[i].name->field : NULL;
        if (r[i].npath || r[i].other || (x && !x->system && !policy_is_plain(x))) return false;
    }
    return true;
}

/*
 * cmd_rls.c — what the database is told of who reads which rows, what it cannot be told, and the
 * grants an administrator may give for it.
 */
#include "main/cmd.h"
#include "data/policy.h"

#include <stdio.h>

static void add_column(Str *s, int *n, const char *name)
{
    str_printf(s, "%s\"%s\"", (*n)++ ? ", " : "", name);
}

/* The columns that nobody who reads the row is kept from. */
static const char *grant_of(Arena *a, const TableSpec *t)
{
    Str s = str_begin(a);
    int n = 0;

    if (t->side && !policy_is_plain(t->side)) return NULL;
    if (t->form->parent && !policy_is_plain(t->form->in)) return NULL;
    for (int i = 0; i < t->n; i++)
        if (!t->column[i].field || policy_is_plain(t->column[i].field))
            add_column(&s, &n, t->column[i].name);
    return arena_printf(a, "GRANT SELECT (%s) ON \"%s\" TO readers", str_show(&s), t->name);
}

static void put_gaps(Cmd *c, Node *one, const Policy *p)
{
    Node *list = node_put(c->a, one, "missing", node_list(c->a));
    for (int i = 0; i < p->ngap; i++) {
        Node *gap = node_add(c->a, list, node_map(c->a));
        const Grant *g = p->gap[i].grant;
        node_put_text(c->a, gap, "role", g->role->key);
        node_put_text(c->a, gap, "scope", expr_text(g->scope[ACT_READ].expr));
        node_put_text(c->a, gap, "why", p->gap[i].why);
    }
}

static void show_form(Cmd *c, Node *all, const Spec *spec, const Form *f)
{
    Policy p = policy_of(&c->cx, spec, f);
    Node *one = node_add(c->a, all, node_map(c->a));

    node_put_text(c->a, one, "form", f->names.table);
    node_put_text(c->a, one, "sql", p.sql);
    put_gaps(c, one, &p);
    Node *grants = node_put(c->a, one, "grants", node_list(c->a));
    if (!c->json) printf("-- %s\n%s;\n", f->names.table, p.sql);
    for (int i = 0; !c->json && i < p.ngap; i++)
        printf("-- missing: %s reads nothing by: %s (%s)\n", p.gap[i].grant->role->key,
            expr_text(p.gap[i].grant->scope[ACT_READ].expr), p.gap[i].why);
    for (int i = 0; i < spec->ntable; i++) {
        const char *sql = spec->table[i].form == f ? grant_of(c->a, &spec->table[i]) : NULL;
        if (!sql) continue;
        node_add(c->a, grants, node_new_text(c->a, sql));
        if (!c->json) printf("-- %s;\n", sql);
    }
    if (!c->json) printf("\n");
}

static bool debug_rls(Work *w, void *arg)
{
    Cmd *c = arg;
    const Form *only = c->narg ? cmd_form(w, c->arg[0]) : NULL, **form;
    Node *all = node_list(c->a);
    Spec spec;

    if (c->narg && !only) return false;
    spec_of(c->a, w->app, DIALECT_PG, &spec);
    int n = spec_forms(c->a, w->app, &form);
    for (int i = 0; i < n; i++)
        if (!only || form[i] == only || form[i]->parent == only) show_form(c, all, &spec, form[i]);
    if (c->json) printf("%s\n", node_json(c->a, all));
    return true;
}

int run_debug_rls(Cmd *c)
{
    Engine *e;
    if (!cmd_open(c, true, &e)) return cmd_failed(c);
    bool ok = cmd_with(c, e, debug_rls, c);
    engine_close(e);
    return ok ? EXIT_DONE : cmd_failed(c);
}

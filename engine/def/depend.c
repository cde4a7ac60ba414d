/*
 * depend.c — what must be computed after what, and what a change elsewhere touches.
 *
 * All computed fields of the app are nodes of one graph; a depth-first walk gives the rings,
 * and an order that, cut down to one form and its rows, is the order of one record. A read
 * through links leaves an edge at every form on the way.
 */
#include "def/form.h"
#include "def/types.h"

typedef struct Graph {
    Cx *cx;
    Field **node; int n, cap;          /* all computed fields */
    Field **done; int ndone;           /* in order */
    Field **stack; int depth;
} Graph;

typedef void (*OnRead)(Graph *g, Field *f, const ExprRead *r);

static Form *form_of(const Names *names)
{
    return (Form *)names->form;
}

static void each_expr(Graph *g, Field *f, const Expr *e, OnRead visit)
{
    const ExprRead *read;
    int n = e ? expr_reads(e, &read) : 0;
    for (int i = 0; i < n; i++)
        if (read[i].name->field) visit(g, f, &read[i]);
}

static void one_read(Graph *g, Field *f, Field *reads, const Name *const *path, int npath,
    OnRead visit)
{
    ExprRead r = { .form = &reads->form->names, .name = &reads->name, .path = path,
        .npath = npath };
    visit(g, f, &r);
}

/* Everything a computed field reads, whatever its type. */
static void each_read(Graph *g, Field *f, OnRead visit)
{
    if (f->type == &type_lookup && f->source) {
        const Name **path = ARENA_ARRAY(g->cx->a, const Name *, 1);
        path[0] = &f->via->name;
        one_read(g, f, f->via, NULL, 0, visit);
        one_read(g, f, f->source, path, 1, visit);
    }
    if (f->type == &type_rollup) {
        each_expr(g, f, f->do_, visit);
        each_expr(g, f, f->where, visit);
    }
    each_expr(g, f, f->formula, visit);
    for (int i = 0; i < f->nserial; i++)
        if (f->serial[i].field) one_read(g, f, f->serial[i].field, NULL, 0, visit);
}

static void visit_field(Graph *g, Field *f);

static void visit_read(Graph *g, Field *f, const ExprRead *r)
{
    Field *other = (Field *)r->name->field;
    (void)f;
    if (other->computed) visit_field(g, other);
}

static void tell_ring(Graph *g, const Field *f)
{
    int from = 0;
    while (g->stack[from] != f) from++;
    Str ring = str_begin(g->cx->a);
    for (int i = from; i < g->depth; i++)
        str_printf(&ring, "%s.%s → ", g->stack[i]->form->key, g->stack[i]->key);
    str_printf(&ring, "%s.%s", f->form->key, f->key);
    cx_issue(g->cx, node_key_place(f->at), "ring", "computed fields go in a ring: %s",
        str_show(&ring));
}

/* state 2 is what linking left, 3 being walked, 4 walked. */
static void visit_field(Graph *g, Field *f)
{
    if (f->state == 4) return;
    if (f->state == 3) {
        tell_ring(g, f);
        return;
    }
    if (f->broken) {
        f->state = 4;
        return;
    }
    f->state = 3;
    g->stack[g->depth++] = f;
    each_read(g, f, visit_read);
    g->depth--;
    f->state = 4;
    g->done[g->ndone++] = f;
}

static bool same_path(const Depend *d, Field *const *path, int npath)
{
    if (d->npath != npath) return false;
    for (int i = 0; i < npath; i++)
        if (d->path[i] != path[i]) return false;
    return true;
}

static void add_edge(Graph *g, Form *form, Depend edge, Field *reads)
{
    Depend *d = NULL;
    for (int i = 0; i < form->ndepend && !d; i++) {
        Depend *old = &form->depend[i];
        if (old->kind == edge.kind && old->into == edge.into && old->via == edge.via
                && same_path(old, edge.path, edge.npath)) d = old;
    }
    if (!d) {
        form->depend = arena_grow(g->cx->a, form->depend, (size_t)form->ndepend,
            (size_t)form->ndepend + 1, sizeof edge);
        d = &form->depend[form->ndepend++];
        *d = edge;
    }
    for (int i = 0; i < d->nreads; i++)
        if (d->reads[i] == reads) return;
    Field **all = ARENA_ARRAY(g->cx->a, Field *, d->nreads + 1);
    for (int i = 0; i < d->nreads; i++) all[i] = d->reads[i];
    all[d->nreads++] = reads;
    d->reads = all;
}

/* A lookup or formula that reads through links. What stays in the record (its rows, the
   record of a row) is the record's own order. */
static void link_edge(Graph *g, Field *f, const ExprRead *r)
{
    int skip = 0;
    Field *reads = (Field *)r->name->field;
    while (skip < r->npath && (r->path[skip]->kind == NAME_ROWS || !r->path[skip]->field))
        skip++;
    if (r->other || skip == r->npath) return;
    Field **path = ARENA_ARRAY(g->cx->a, Field *, r->npath);
    int n = 0;
    for (int i = skip + 1; i < r->npath; i++) path[n++] = (Field *)r->path[i]->field;
    Depend edge = { .kind = DEPEND_LINK, .into = f, .via = (Field *)r->path[skip]->field,
        .path = path, .npath = n };
    add_edge(g, form_of(r->form), edge, reads);
}

static void rollup_edge(Graph *g, Field *f, const ExprRead *r)
{
    Depend edge = { .kind = DEPEND_ROLLUP, .into = f, .via = f->via };
    const Name *first = r->npath ? r->path[0] : r->name;
    if (first->field) add_edge(g, f->from, edge, (Field *)first->field);
}

static void add_edges(Graph *g, Field *f)
{
    if (f->broken) return;
    if (f->type == &type_rollup) {
        add_edge(g, f->from, (Depend){ .kind = DEPEND_ROLLUP, .into = f, .via = f->via },
            f->via);
        each_read(g, f, rollup_edge);
    } else each_read(g, f, link_edge);
}

static void collect(Graph *g, Form *f)
{
    for (int i = 0; i < f->nfield; i++) {
        Field *field = f->field[i];
        if (field->computed) ARENA_PUSH(g->cx->a, g->node, g->n, g->cap, field);
        if (field->rows) collect(g, field->rows);
    }
}

static void take_order(Graph *g, Form *f)
{
    int n = 0;
    f->order = ARENA_ARRAY(g->cx->a, Field *, g->ndone + 1);
    for (int i = 0; i < g->ndone; i++)
        if (g->done[i]->form == f || g->done[i]->form->parent == f) f->order[n++] = g->done[i];
    f->norder = n;
    for (int i = 0; i < f->nfield; i++)
        if (f->field[i]->rows) take_order(g, f->field[i]->rows);
}

bool form_order(Cx *cx, App *app)
{
    int issues = cx->nissue;
    Graph g = { .cx = cx };
    for (int i = 0; i < app->nform; i++) collect(&g, app->form[i]);
    g.done = ARENA_ARRAY(cx->a, Field *, g.n + 1);
    g.stack = ARENA_ARRAY(cx->a, Field *, g.n + 1);
    for (int i = 0; i < g.n; i++) visit_field(&g, g.node[i]);
    for (int i = 0; i < g.n; i++) add_edges(&g, g.node[i]);
    for (int i = 0; i < app->nform; i++) take_order(&g, app->form[i]);
    return cx->nissue == issues;
}

/* ---- who reads whom, once the order is known ---- */

typedef struct Reached { Arena *a; const Field **field; int n, cap; } Reached;

static void reach(Reached *r, const Field *f)
{
    for (int i = 0; i < r->n; i++)
        if (r->field[i] == f) return;
    ARENA_PUSH(r->a, r->field, r->n, r->cap, f);
}

/* Elsewhere: along the edges of its form. A rollup's edge names the first field of its path. */
static void reach_elsewhere(Reached *r, const Field *f)
{
    for (int i = 0; i < f->form->ndepend; i++) {
        const Depend *d = &f->form->depend[i];
        bool hit = !d->nreads;
        for (int k = 0; k < d->nreads && !hit; k++) hit = d->reads[k] == f;
        if (hit) reach(r, d->into);
    }
}

/* In the record itself: its rows read it, it reads its rows. */
static void reach_inside(Reached *r, const Field *f)
{
    const Form *whole = f->form->parent ? f->form->parent : f->form;
    for (int i = 0; i < whole->norder; i++) {
        const ExprRead *read;
        const Field *x = whole->order[i];
        int n = x->formula ? expr_reads(x->formula, &read) : 0;
        for (int k = 0; k < n; k++)
            if (read[k].name == &f->name) reach(r, x);
    }
}

int field_dependents(Arena *a, const Field *f, const Field *const **out)
{
    Reached r = { .a = a };
    reach(&r, f);
    for (int i = 0; i < r.n; i++) {
        reach_elsewhere(&r, r.field[i]);
        reach_inside(&r, r.field[i]);
    }
    *out = r.field;
    return r.n;
}

/*
 * migrate_view.c — saved views say the new names of fields that were renamed.
 *
 * Their filters are expressions: they are bound to the new app, and where a name is none of it
 * but a pair of the plan knows it, that very word is replaced. A filter that means nothing for
 * another reason stays as it is; who opens it is told.
 */
#include "data/migrate.h"

#include <stdlib.h>
#include <string.h>

typedef struct Spot { size_t at; const char *was, *now; } Spot;
/* The context is first: the binder gives it back. */
typedef struct Renaming {
    Cx cx;
    const Plan *plan;
    const char *text;
    Spot *spot; int n, cap;
} Renaming;

static const PlanPair *pair_of(const Plan *plan, const Form *f, const char *key)
{
    for (int i = 0; i < plan->npair; i++) {
        const PlanPair *p = &plan->pair[i];
        if (p->form && str_eq(p->form, f->names.table) && str_eq(p->was, key)) return p;
    }
    return NULL;
}

static const Name *renamed(Cx *cx, const Names *form, const char *key, const Node *at,
    const char *text, int pos)
{
    Renaming *r = (Renaming *)cx;
    const Form *f = form->form;
    const PlanPair *p = f ? pair_of(r->plan, f, key) : NULL;
    const Field *field = p ? form_field(f, p->now) : NULL;

    (void)at;
    if (!field) return NULL;
    Spot s = { (size_t)(text - r->text) + (size_t)pos, p->was, p->now };
    ARENA_PUSH(cx->a, r->spot, r->n, r->cap, s);
    return &field->name;
}

static int by_place(const void *x, const void *y)
{
    const Spot *a = x, *b = y;
    return (a->at > b->at) - (a->at < b->at);
}

static const char *new_filter(Cx *cx, const Plan *plan, const Form *f,
    const char *text)
{
    Renaming r = { .cx = cx_begin(cx->a, cx->lang), .plan = plan, .text = text };
    ExprWhere where = app_where(plan->app, f, USE_FILTER);
    size_t from = 0;
    Str s = str_begin(cx->a);

    where.renamed = renamed;
    where.renamed_form = NULL;
    where.renamed_role = NULL;
    if (!text || !expr_load(&r.cx, NULL, text, &where) || !r.n) return text;
    qsort(r.spot, (size_t)r.n, sizeof *r.spot, by_place);
    for (int i = 0; i < r.n; i++) {
        size_t n = strlen(r.spot[i].was);
        if (r.spot[i].at < from || strncmp(text + r.spot[i].at, r.spot[i].was, n)) return text;
        str_add_n(&s, text + from, r.spot[i].at - from);
        str_add(&s, r.spot[i].now);
        from = r.spot[i].at + n;
    }
    str_add(&s, text + from);
    return str_show(&s);
}

/* "-amount,name" */
static const char *new_list(Cx *cx, const Plan *plan, const Form *f, const char *text)
{
    char **part;
    Str s = str_begin(cx->a);

    if (!text) return NULL;
    int n = str_split(cx->a, text, ',', &part);
    for (int i = 0; i < n; i++) {
        const char *word = part[i] + (*part[i] == '-');
        const PlanPair *p = form_field(f, word) ? NULL : pair_of(plan, f, word);
        str_printf(&s, "%s%.*s%s", i ? "," : "", (int)(word - part[i]), part[i], p ? p->now : word);
    }
    return str_show(&s);
}

typedef struct Saved { int64_t id; const Form *form; const char *filter, *sort, *columns; } Saved;

MUST static bool put(Cx *cx, Db *db, const Plan *plan, const Saved *v)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    const char *filter = new_filter(cx, plan, v->form, v->filter);
    const char *sort = new_list(cx, plan, v->form, v->sort);
    const char *columns = new_list(cx, plan, v->form, v->columns);

    if (str_eq(filter, v->filter) && str_eq(sort, v->sort) && str_eq(columns, v->columns))
        return true;
    sql_add(&q, "UPDATE _view SET filter = ");
    sql_bind(&q, val_text(filter));
    sql_add(&q, ", sort = ");
    sql_bind(&q, val_text(sort));
    sql_add(&q, ", columns = ");
    sql_bind(&q, val_text(columns));
    sql_add(&q, " WHERE id = ");
    sql_bind(&q, val_int(v->id));
    return db_run(cx, db, &q, NULL);
}

static const char *text_of(Arena *a, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup(a, v.t) : NULL;
}

bool migrate_views(Cx *cx, Db *db, const Plan *plan)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Saved *all = NULL;
    int n = 0, cap = 0;
    Val row[5];
    Rows rows;

    if (!plan->npair) return true;
    sql_add(&q, "SELECT id, form, filter, sort, columns FROM _view");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, row)) {
        Saved v = { row[0].i, app_form(plan->app, row[1].t), text_of(cx->a, row[2]),
            text_of(cx->a, row[3]), text_of(cx->a, row[4]) };
        if (v.form) ARENA_PUSH(cx->a, all, n, cap, v);
    }
    db_rows_end(&rows);
    for (int i = 0; i < n && !cx->err; i++)
        if (!put(cx, db, plan, &all[i])) return false;
    return !cx->err;
}

/*
 * ripple_later.c — what is too much for one write follows it, a portion a write.
 *
 * A row of _ripple says what changed (form, record), along which Depend its readers are found,
 * and how far they are done, in order of id. A second change of the same record begins anew. A
 * publish computes what it changes itself; where it only renamed what was being followed, the
 * rest is left to `tenon recompute`, and the log says so.
 */
#include "data/ripple_in.h"
#include "base/sys.h"

#include <stdlib.h>

#define PORTION 300

static const char *name_of(Work *w, const Depend *d)
{
    Str s = str_begin(w->cx.a);

    str_printf(&s, "%s.%s %s", d->into->form->key, d->into->key, d->via->key);
    for (int i = 0; i < d->npath; i++) str_printf(&s, ".%s", d->path[i]->key);
    return str_show(&s);
}

static const Form *form_or_rows(const App *app, const char *key)
{
    for (int i = 0; i < app->nform; i++) {
        const Form *f = app->form[i];
        if (str_eq(f->key, key)) return f;
        for (int k = 0; k < f->nfield; k++)
            if (f->field[k]->rows && str_eq(f->field[k]->rows->key, key))
                return f->field[k]->rows;
    }
    return NULL;
}

const Depend *ripple_depend(Work *w, const char *form, const char *depend)
{
    const Form *f = form_or_rows(w->app, form);

    for (int i = 0; f && i < f->ndepend; i++)
        if (f->depend[i].kind == DEPEND_LINK && str_eq(name_of(w, &f->depend[i]), depend))
            return &f->depend[i];
    return NULL;
}

/* How many there are in all: for the progress that people see. */
MUST static bool count(Work *w, const Depend *d, int64_t id, int64_t *n)
{
    Ids ids = { 0 };

    if (!ripple_linked(w, d, id, 0, INT32_MAX, &ids)) return false;
    *n = ids.n;
    return true;
}

bool ripple_later(Work *w, const Form *form, const Depend *d, int64_t id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t total;

    if (!count(w, d, id, &total)) return false;
    sql_add(&q, "INSERT INTO \"_ripple\" (\"form\", \"record\", \"depend\", \"after\", \"done\", "
        "\"total\") VALUES (");
    sql_bind(&q, val_text(form->key));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(id));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(name_of(w, d)));
    sql_add(&q, ", 0, 0, ");
    sql_bind(&q, val_int(total));
    sql_add(&q, ") ON CONFLICT (\"form\", \"record\", \"depend\") DO UPDATE SET \"after\" = 0, "
        "\"done\" = 0, \"total\" = excluded.\"total\"");
    return db_run(&w->cx, w->db, &q, NULL)
        && timer_set(w, RIPPLE_RULE, NULL, 0, "", w->now, NULL);
}

typedef struct Left { int64_t row, id, after; const char *form, *depend; } Left;

MUST static bool first(Work *w, Left *left, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v[5];

    sql_add(&q, "SELECT \"id\", \"record\", \"after\", \"form\", \"depend\" FROM \"_ripple\" "
        "ORDER BY \"id\" LIMIT 1");
    if (!db_one(&w->cx, w->db, &q, v, 5, found)) return false;
    if (*found)
        *left = (Left){ v[0].i, v[1].i, v[2].i, arena_dup(w->cx.a, v[3].t),
            arena_dup(w->cx.a, v[4].t) };
    return true;
}

MUST static bool settle(Work *w, const Left *left, const Ids *ids)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    if (ids->n < PORTION) {
        sql_add(&q, "DELETE FROM \"_ripple\"");
    } else {
        sql_add(&q, "UPDATE \"_ripple\" SET \"after\" = ");
        sql_bind(&q, val_int(ids->id[ids->n - 1]));
        sql_add(&q, ", \"done\" = \"done\" + ");
        sql_bind(&q, val_int(ids->n));
    }
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(left->row));
    q.minor = true;                           /* only that there is nothing is kept (pending.c) */
    return db_run(&w->cx, w->db, &q, NULL);
}

bool ripple_fire(Work *w, const Timer *t)
{
    Left left;
    bool found;
    Ids ids = { 0 };

    if (!first(w, &left, &found) || !found) return !w->cx.err;
    const Depend *d = ripple_depend(w, left.form, left.depend);
    if (!d)
        sys_log(LOG_WARN, "a change was not followed to its end, for the definition changed: run "
            "tenon recompute", "form", left.form, "reads", left.depend, NULL);
    if (d && !ripple_linked(w, d, left.id, left.after, PORTION, &ids)) return false;
    const Form *into = !d ? NULL : d->into->form->parent ? d->into->form->parent : d->into->form;
    for (int i = 0; i < ids.n; i++)
        if (!ripple_one(w, into, ids.id[i], d->into, 0)) return false;
    return settle(w, &left, &ids) && timer_set(w, t->rule, NULL, 0, "", w->now, NULL);
}

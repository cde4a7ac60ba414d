/*
 * file_right.c — a file may be seen through any record and field that holds or held it.
 */
#include "data/file.h"
#include "data/query.h"
#include "data/record_row.h"

#include <string.h>

typedef struct Use { const char *form, *field; int64_t record; } Use;

MUST static bool uses_of(Work *w, int64_t id, Use **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[3];
    int cap = 0;

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT \"form\", \"field\", \"record\" FROM \"_file_use\" WHERE \"file\" = ");
    sql_bind(&q, val_int(id));
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Use u = { arena_dup(w->cx.a, v[0].t), arena_dup(w->cx.a, v[1].t), v[2].i };
        ARENA_PUSH(w->cx.a, *out, *n, cap, u);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

static bool holds(const Record *r, const Field *f, int64_t id)
{
    Val v = record_get(r, f);

    if (v.kind == VAL_REC) return field_of_files(f) && v.i == id;
    for (int i = 0; v.kind == VAL_LIST && i < v.n; i++) {
        const Record *row = v.list[i].p;
        if (!field_is_rows(f)) {
            if (field_of_files(f) && v.list[i].i == id) return true;
            continue;
        }
        for (int k = 0; row && k < row->form->nfield; k++)
            if (holds(row, row->form->field[k], id)) return true;
    }
    return false;
}

static bool shows(Work *w, const Record *r, const Field *f)
{
    Right right = perm_field(w, r->form, f, r);
    return right == RIGHT_FULL || right == RIGHT_READONLY;
}

/* Through the field it was put into; or, should that have another name by now, through one
   that holds it. */
static bool shown_by(Work *w, const Use *u, int64_t id)
{
    const Form *f = app_form(w->app, u->form);
    const Field *x = f ? form_field(f, u->field) : NULL;
    Record *r;

    if (!f) return false;
    if (!query_one(w, f, u->record, &r)) {
        if (w->cx.err == E_MISSING || w->cx.err == E_DENIED) cx_clear(&w->cx);
        return false;
    }
    if (x) return shows(w, r, x);
    for (int i = f->nsystem; i < f->nfield; i++)
        if (holds(r, f->field[i], id) && shows(w, r, f->field[i])) return true;
    return false;
}

bool file_readable(Work *w, int64_t id, const FileInfo **out)
{
    Use *u;
    int n;

    *out = file_info(w, id);
    if (w->cx.err || (*out && !uses_of(w, id, &u, &n))) return false;
    bool may = *out && !n && (*out)->by && (*out)->by == w->who.id;
    for (int i = 0; *out && !may && i < n && !w->cx.err; i++) may = shown_by(w, &u[i], id);
    if (may || w->cx.err) return may;
    return cx_fail(&w->cx, E_MISSING, "there is no such file");
}

/*
 * record_row.c — the columns of a form in field order, and raw rows given their types.
 */
#include "data/record_row.h"
#include "def/pinned.h"
#include "def/types.h"

bool field_is_list(const Field *f) { return f->name.kind == NAME_LIST; }
bool field_is_rows(const Field *f) { return f->name.kind == NAME_ROWS; }
bool field_is_parts(const Field *f) { return f->name.kind == NAME_PARTS; }
bool field_in_row(const Field *f) { return field_is_parts(f) || field_has_column(f); }

bool field_has_column(const Field *f)
{
    return (f->name.kind == NAME_COLUMN || f->name.kind == NAME_STAGE) && f->name.column;
}

bool field_has_shown(const Field *f)
{
    bool copy = f->via && f->source && !f->do_;

    return f->value == &type_phone && (copy || !f->computed) && field_has_column(f);
}

static void add_column(Sql *q, int n, const char *alias, const char *column)
{
    if (n) sql_add(q, ", ");
    sql_column(q, alias, column);
}

static const char *shown_column(const Sql *q, const Field *f)
{
    return arena_printf(q->text.a, "%s__shown", f->name.column);
}

int record_columns(Sql *q, const Form *f, const char *alias)
{
    int n = 0;

    for (int i = 0; i < f->nfield; i++) {
        const Field *x = f->field[i];
        for (int k = 0; k < x->npart; k++)
            add_column(q, n++, alias, x->part[k]->name.column);
        if (!field_has_column(x)) continue;
        add_column(q, n++, alias, x->name.column);
        if (field_has_shown(x)) add_column(q, n++, alias, shown_column(q, x));
    }
    return n;
}

static Val parts_of_row(Work *w, const Field *f, const Val *row)
{
    Val *item = ARENA_ARRAY(w->cx.a, Val, f->npart);
    bool any = false;

    for (int k = 0; k < f->npart; k++) {
        item[k] = db_typed(row[k], field_val(f->part[k]), field_scale(f->part[k]));
        if (item[k].kind == VAL_TEXT) item[k] = val_copy(w->cx.a, item[k]);
        any |= !val_is_blank(item[k]);
    }
    return any ? val_list(item, f->npart) : val_blank();
}

Record *record_of_row(Work *w, const Form *f, const Val *row)
{
    Record *r = ARENA_NEW(w->cx.a, Record);
    int n = 0;

    r->form = f;
    r->val = ARENA_ARRAY(w->cx.a, Val, f->nfield);
    for (int i = 0; i < f->nfield; i++) {
        const Field *x = f->field[i];
        if (field_is_parts(x)) r->val[i] = parts_of_row(w, x, &row[n]);
        n += x->npart;
        if (!field_has_column(x)) continue;
        Val v = db_typed(row[n++], field_val(x), field_scale(x));
        if (v.kind == VAL_TEXT) v = val_copy(w->cx.a, v);
        if (v.kind == VAL_BLANK && field_val(x) == VAL_BOOL) v = val_bool(false);
        if (field_has_shown(x)) {
            Val shown = row[n++];
            if (v.kind == VAL_TEXT && shown.kind == VAL_TEXT)
                v.p = arena_dup_n(w->cx.a, shown.t, (size_t)shown.n);
        }
        r->val[i] = v;
    }
    record_find_stage(w, r);
    return r;
}

void record_find_stage(Work *w, Record *r)
{
    r->workflow = NULL;
    r->stage = NULL;
    if (r->form->nsystem <= SYS_STAGE) return;
    Val flow = r->val[SYS_WORKFLOW], stage = r->val[SYS_STAGE];
    Val version = r->val[SYS_WORKFLOW_VERSION];
    if (flow.kind == VAL_TEXT) r->workflow = app_workflow(w->app, flow.t);
    if (r->workflow && stage.kind == VAL_TEXT)
        r->workflow = workflow_of(r->workflow, val_is_blank(version) ? 0 : version.i, stage.t,
            &r->stage);
}

MUST static bool load_list(Work *w, Record *r, const Field *f)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val one, *item = NULL;
    int n = 0, cap = 0;
    bool links = f->name.type.of == T_RECORD;

    sql_add(&q, "SELECT \"value\" FROM ");
    sql_name(&q, f->name.table);
    sql_add(&q, " WHERE \"record\" = ");
    sql_bind(&q, val_int(record_id(r)));
    sql_add(&q, " ORDER BY \"position\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &one)) {
        Val v = db_typed(one, links ? VAL_REC : VAL_TEXT, 0);
        ARENA_PUSH(w->cx.a, item, n, cap, val_copy(w->cx.a, v));
    }
    db_rows_end(&rows);
    r->val[f->name.index] = val_list(item, n);
    return !w->cx.err;
}

MUST static bool load_rows(Work *w, Record *r, const Field *f)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val *item = NULL;
    int n = 0, cap = 0;

    sql_add(&q, "SELECT ");
    int columns = record_columns(&q, f->rows, NULL);
    sql_add(&q, " FROM ");
    sql_name(&q, f->name.table);
    sql_add(&q, " WHERE \"record\" = ");
    sql_bind(&q, val_int(record_id(r)));
    sql_add(&q, " ORDER BY \"position\", \"id\"");
    Val *row = ARENA_ARRAY(w->cx.a, Val, columns);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row)) {
        Record *child = record_of_row(w, f->rows, row);
        child->parent = r;
        Val v = val_rec(record_id(child));
        v.p = child;
        ARENA_PUSH(w->cx.a, item, n, cap, v);
    }
    db_rows_end(&rows);
    r->val[f->name.index] = val_list(item, n);
    for (int i = 0; i < n && !w->cx.err; i++)
        if (!record_fill(w, (Record *)item[i].p)) return false;
    return !w->cx.err;
}

bool record_fill(Work *w, Record *r)
{
    if (r->full) return true;
    r->full = true;
    for (int i = 0; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        if (field_is_list(f) && !load_list(w, r, f)) return false;
        if (field_is_rows(f) && !load_rows(w, r, f)) return false;
    }
    return true;
}

bool record_load_row(Work *w, const Form *f, int64_t id, bool binned, Record **out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;

    *out = NULL;
    sql_add(&q, "SELECT ");
    int columns = record_columns(&q, f, NULL);
    sql_add(&q, " FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    if (!binned && f->names.binned) sql_add(&q, " AND \"deleted_at\" IS NULL");
    Val *row = ARENA_ARRAY(w->cx.a, Val, columns);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    if (db_next(&w->cx, &rows, row)) *out = record_of_row(w, f, row);
    db_rows_end(&rows);
    return !w->cx.err;
}

bool record_load(Work *w, const Form *f, int64_t id, bool binned, Record **out)
{
    if (!record_load_row(w, f, id, binned, out)) return false;
    return !*out || record_fill(w, *out);
}

bool record_ids(Work *w, const Form *f, int64_t after, bool binned, int64_t *id, int max, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v;

    *n = 0;
    sql_add(&q, "SELECT \"id\" FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " WHERE \"id\" > ");
    sql_bind(&q, val_int(after));
    if (!binned) sql_add(&q, " AND \"deleted_at\" IS NULL");
    sql_add(&q, " ORDER BY \"id\" LIMIT ");
    sql_bind(&q, val_int(max));
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) id[(*n)++] = v.i;
    db_rows_end(&rows);
    return !w->cx.err;
}

bool record_put_system(Work *w, const Record *r, const SysField *field, int n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE ");
    sql_name(&q, r->form->names.table);
    sql_add(&q, " SET ");
    for (int i = 0; i < n; i++) {
        if (i) sql_add(&q, ", ");
        sql_name(&q, r->form->field[field[i]]->name.column);
        sql_add(&q, " = ");
        sql_bind(&q, r->val[field[i]]);
    }
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(record_id(r)));
    return db_run(&w->cx, w->db, &q, NULL);
}

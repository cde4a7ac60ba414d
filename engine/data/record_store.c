/*
 * record_store.c — a record becomes rows: its own, those of side tables and subforms.
 *
 * Beside a text that is searched or unique stands its folded key, beside a phone what was
 * typed. An update writes only what changed.
 */
#include "data/file.h"
#include "data/frame.h"
#include "data/record_row.h"
#include "data/store.h"
#include "data/titles.h"

typedef struct Columns { const char **name; Val *val; int n; } Columns;

static Columns columns_new(Work *w, const Form *f)
{
    int cap = f->nfield * 3 + 4;
    for (int i = 0; i < f->nfield; i++) cap += f->field[i]->npart * 2;
    return (Columns){ .name = ARENA_ARRAY(w->cx.a, const char *, cap),
        .val = ARENA_ARRAY(w->cx.a, Val, cap) };
}

static void column_add(Columns *c, const char *name, Val v)
{
    c->name[c->n] = name;
    c->val[c->n++] = v;
}

/* The column of a field with its companions. */
static void column_field(Work *w, Columns *c, const Field *f, Val v)
{
    const char *column = f->name.column;
    bool text = v.kind == VAL_TEXT;

    for (int k = 0; k < f->npart; k++)
        column_field(w, c, f->part[k], v.kind == VAL_LIST ? v.list[k] : val_blank());
    if (field_is_parts(f)) return;
    column_add(c, column, v);
    if (f->name.folded)
        column_add(c, arena_printf(w->cx.a, "%s__key", column),
            text ? val_text(str_fold(w->cx.a, v.t)) : val_blank());
    if (field_has_shown(f))
        column_add(c, arena_printf(w->cx.a, "%s__shown", column),
            text && v.p ? val_text(v.p) : val_blank());
}

static void add_names(Sql *q, const Columns *c)
{
    for (int i = 0; i < c->n; i++) {
        if (i) sql_add(q, ", ");
        sql_name(q, c->name[i]);
    }
}

static void add_values(Sql *q, const Columns *c)
{
    for (int i = 0; i < c->n; i++) {
        if (i) sql_add(q, ", ");
        sql_bind(q, c->val[i]);
    }
}

MUST static bool insert_row(Work *w, const char *table, const Columns *c, int64_t *id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "INSERT INTO ");
    sql_name(&q, table);
    sql_add(&q, " (");
    add_names(&q, c);
    sql_add(&q, ") VALUES (");
    add_values(&q, c);
    sql_add(&q, ") RETURNING \"id\"");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    BUG_IF(!found);
    *id = v.i;
    return true;
}

/* `version` 0: rows and computed columns, which have none to hold. */
MUST static bool update_row(Work *w, const char *table, const Columns *c, int64_t id,
    int64_t version, bool *there)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t changed = 0;

    *there = true;
    if (!c->n) return true;
    sql_add(&q, "UPDATE ");
    sql_name(&q, table);
    sql_add(&q, " SET ");
    for (int i = 0; i < c->n; i++) {
        if (i) sql_add(&q, ", ");
        sql_name(&q, c->name[i]);
        sql_add(&q, " = ");
        sql_bind(&q, c->val[i]);
    }
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    if (version) {
        sql_add(&q, " AND \"version\" = ");
        sql_bind(&q, val_int(version));
    }
    if (!db_run(&w->cx, w->db, &q, &changed)) return false;
    *there = changed == 1;
    return true;
}

bool store_forget(Work *w, const char *table, const char *column, int64_t id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM ");
    sql_name(&q, table);
    sql_add(&q, " WHERE ");
    sql_name(&q, column);
    sql_add(&q, " = ");
    sql_bind(&q, val_int(id));
    return db_send(&w->cx, w->db, &q);
}

MUST static bool store_list(Work *w, const Field *f, int64_t id, Val v)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    if (v.kind != VAL_LIST) return true;
    sql_add(&q, "INSERT INTO ");
    sql_name(&q, f->name.table);
    sql_add(&q, " (\"record\", \"value\", \"position\") VALUES ");
    for (int i = 0; i < v.n; i++) {
        sql_add_n(&q, i ? ", (" : "(", i ? 3 : 1);
        sql_bind(&q, val_int(id));
        sql_add(&q, ", ");
        sql_bind(&q, v.list[i]);
        sql_add(&q, ", ");
        sql_int(&q, i + 1);
        sql_add(&q, ")");
    }
    return db_send(&w->cx, w->db, &q);
}

MUST static bool drop_row(Work *w, const Record *row)
{
    const Form *f = row->form;

    for (int i = 0; i < f->nfield; i++)
        if (field_is_list(f->field[i])
            && !store_forget(w, f->field[i]->name.table, "record", record_id(row)))
            return false;
    return store_forget(w, f->names.table, "id", record_id(row));
}

static const Record *row_of(Val rows, int64_t id)
{
    for (int i = 0; id && rows.kind == VAL_LIST && i < rows.n; i++)
        if (rows.list[i].i == id) return rows.list[i].p;
    return NULL;
}

static bool store_sides(Work *w, Record *r, const Record *old);

MUST static bool store_row(Work *w, Record *row, const Record *old, int64_t owner, int place)
{
    Columns c = columns_new(w, row->form);
    bool there;
    int64_t id;

    row->val[ROW_POSITION] = val_int(place);
    if (!old || !val_eq(old->val[ROW_POSITION], val_int(place)))
        column_add(&c, "position", val_int(place));
    if (!old) column_add(&c, "record", val_int(owner));
    for (int i = row->form->nsystem; i < row->form->nfield; i++) {
        const Field *f = row->form->field[i];
        if (field_in_row(f) && (!old || record_differs(row, old, f)))
            column_field(w, &c, f, row->val[i]);
    }
    if (old) {
        if (!update_row(w, row->form->names.table, &c, record_id(row), 0, &there)) return false;
    } else {
        if (!insert_row(w, row->form->names.table, &c, &id)) return false;
        row->val[ROW_ID] = val_int(id);
    }
    return store_sides(w, row, old);
}

MUST static bool store_rows(Work *w, Record *r, const Record *old, const Field *f)
{
    Val now = record_get(r, f), was = old ? record_get(old, f) : val_blank();

    for (int i = 0; was.kind == VAL_LIST && i < was.n; i++)
        if (!row_of(now, was.list[i].i) && !drop_row(w, was.list[i].p)) return false;
    for (int i = 0; now.kind == VAL_LIST && i < now.n; i++) {
        Record *row = (Record *)now.list[i].p;
        const Record *before = row_of(was, record_id(row));
        if (!store_row(w, row, before, record_id(r), i + 1)) return false;
        ((Val *)now.list)[i].i = record_id(row);
    }
    return true;
}

static bool store_sides(Work *w, Record *r, const Record *old)
{
    for (int i = r->form->nsystem; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        bool changed = !old || record_differs(r, old, f);
        if (field_is_rows(f) && !store_rows(w, r, old, f)) return false;
        if (!field_is_list(f) || !changed) continue;
        if (old && !store_forget(w, f->name.table, "record", record_id(r))) return false;
        if (!store_list(w, f, record_id(r), r->val[i])) return false;
    }
    return true;
}

static void stored(Work *w, const Record *r)
{
    frame_stale(w);
    titles_forget(w, r->form, record_id(r));
}

bool record_insert(Work *w, Record *r)
{
    Columns c = columns_new(w, r->form);
    Val now = val_datetime(w->now), me = val_rec(w->who.id);
    int64_t id;

    r->val[SYS_VERSION] = val_int(1);
    r->val[SYS_CREATED_AT] = r->val[SYS_UPDATED_AT] = now;
    r->val[SYS_CREATED_BY] = r->val[SYS_UPDATED_BY] = me;
    for (int i = 0; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        if (i != SYS_ID && field_in_row(f)) column_field(w, &c, f, r->val[i]);
    }
    if (!insert_row(w, r->form->names.table, &c, &id)) return false;
    r->val[SYS_ID] = val_int(id);
    stored(w, r);
    return store_sides(w, r, NULL) && file_used(w, r);
}

bool record_update(Work *w, Record *r, const Record *old)
{
    Columns c = columns_new(w, r->form);
    bool there;

    r->val[SYS_VERSION] = val_int(record_version(old) + 1);
    r->val[SYS_UPDATED_AT] = val_datetime(w->now);
    r->val[SYS_UPDATED_BY] = val_rec(w->who.id);
    for (int i = 0; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        if (i != SYS_ID && field_in_row(f) && record_differs(r, old, f))
            column_field(w, &c, f, r->val[i]);
    }
    if (!update_row(w, r->form->names.table, &c, record_id(r), record_version(old), &there))
        return false;
    if (!there) return cx_fail(&w->cx, E_STALE, "the record was changed meanwhile");
    stored(w, r);
    return store_sides(w, r, old) && file_used(w, r);
}

/* Rows of a record whose computed columns changed; which rows there are does not change. */
MUST static bool store_computed_rows(Work *w, const Record *r, const Record *old, bool *any)
{
    for (int i = 0; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        for (int k = 0; field_is_rows(f) && k < r->val[i].n; k++) {
            const Record *row = r->val[i].list[k].p;
            bool changed = false;
            if (!store_computed(w, row, row_of(record_get(old, f), record_id(row)), &changed))
                return false;
            *any |= changed;
        }
    }
    return true;
}

bool store_computed(Work *w, const Record *r, const Record *old, bool *changed)
{
    Columns c = columns_new(w, r->form);
    bool there;

    *changed = false;
    for (int i = 0; i < r->form->norder; i++) {
        const Field *f = r->form->order[i];
        if (f->form != r->form || !record_differs(r, old, f)) continue;
        *changed = true;
        if (field_in_row(f)) column_field(w, &c, f, record_get(r, f));
        if (!field_is_list(f)) continue;
        if (!store_forget(w, f->name.table, "record", record_id(r))) return false;
        if (!store_list(w, f, record_id(r), record_get(r, f))) return false;
    }
    if (!update_row(w, r->form->names.table, &c, record_id(r), 0, &there)) return false;
    if (r->full && !store_computed_rows(w, r, old, changed)) return false;
    if (*changed) stored(w, r);
    return true;
}

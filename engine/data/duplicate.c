/*
 * duplicate.c — all fields of a rule must be filled and equal in another live record. It is
 * asked when one of them changed. Whoever asks may not be allowed to read what was found.
 */
#include "data/duplicate.h"
#include "data/record_row.h"

static bool applies(const Duplicate *d, const Record *r, const Record *old)
{
    bool changed = !old;

    for (int i = 0; i < d->nmatch; i++) {
        const Field *f = d->match[i];
        if (!field_has_column(f) || val_is_blank(record_get(r, f))) return false;
        changed |= old && record_differs(r, old, f);
    }
    return changed && d->nmatch;
}

static void add_match(Work *w, Sql *q, const Record *r, const Field *f)
{
    Val v = record_get(r, f);

    sql_add(q, " AND ");
    if (f->name.folded && v.kind == VAL_TEXT) {
        sql_name(q, arena_printf(w->cx.a, "%s__key", f->name.column));
        v = val_text(str_fold(w->cx.a, v.t));
    } else {
        sql_name(q, f->name.column);
    }
    sql_add(q, " = ");
    sql_bind(q, v);
}

MUST static bool find(Work *w, const Duplicate *d, const Record *r, int64_t *id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT \"id\" FROM ");
    sql_name(&q, r->form->names.table);
    sql_add(&q, " WHERE \"deleted_at\" IS NULL AND \"id\" <> ");
    sql_bind(&q, val_int(record_id(r)));
    for (int i = 0; i < d->nmatch; i++) add_match(w, &q, r, d->match[i]);
    sql_add(&q, " ORDER BY \"id\" LIMIT 1");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *id = found ? v.i : 0;
    return true;
}

MUST static bool holder(Work *w, const Form *f, int64_t id, const char **name)
{
    Record *other;
    Val owner;

    *name = NULL;
    if (!f->owner || !w->who.id) return true;  /* who has no account is told no names */
    if (!record_load(w, f, id, false, &other)) return false;
    owner = other ? record_get(other, f->owner) : val_blank();
    if (owner.kind == VAL_LIST && owner.n) owner = owner.list[0];
    if (owner.kind == VAL_REC) *name = record_title_of(w, f->owner->to, owner.i);
    if (*name && !**name) *name = NULL;
    return !w->cx.err;
}

bool duplicate_check(Work *w, const Record *r, const Record *old, Issue **warning, int *n)
{
    const Form *f = r->form;
    int64_t id;
    int cap = 0;

    *warning = NULL;
    *n = 0;
    for (int i = 0; i < f->nduplicate; i++) {
        const Duplicate *d = &f->duplicate[i];
        const char *who;
        if (!applies(d, r, old)) continue;
        if (!find(w, d, r, &id)) return false;
        if (!id) continue;
        if (!holder(w, f, id, &who)) return false;
        Place at = at_field(d->match[0]->key);
        int before = w->cx.nissue;
        if (who) cx_issue(&w->cx, at, "duplicate", "exists already, held by %s", who);
        else cx_issue(&w->cx, at, "duplicate", "exists already");
        if (d->then == DUP_BLOCK) continue;
        Issue said = w->cx.issue[before];
        said.code = "duplicate_warning";
        w->cx.nissue = before;
        ARENA_PUSH(w->cx.a, *warning, *n, cap, said);
    }
    return true;
}

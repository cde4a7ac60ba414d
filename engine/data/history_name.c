/*
 * history_name.c — a name belongs to who had it first until an entry at or after this one.
 */
#include "data/history_name.h"

MUST static bool names_of(Work *w, Sql *q, OldNames *out)
{
    Rows rows;
    Val v[3];

    *out = (OldNames){ 0 };
    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        OldName n = { arena_dup(w->cx.a, v[0].t),
            v[1].kind == VAL_TEXT ? arena_dup(w->cx.a, v[1].t) : NULL, v[2].i };
        ARENA_PUSH(w->cx.a, out->item, out->n, out->cap, n);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

bool history_names(Work *w, const Form *f, OldNames *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT n.name, CASE WHEN f.retired IS NULL THEN f.name END, n.upto FROM _name n "
        "JOIN _field f ON f.id = n.id JOIN _field p ON p.id = f.parent WHERE n.upto IS NOT NULL "
        "AND p.parent IS NULL AND p.retired IS NULL AND p.name = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " ORDER BY n.upto");
    return names_of(w, &q, out);
}

bool history_form_names(Work *w, const Form *f, OldNames *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT n.name, f.name, n.upto FROM _name n JOIN _field f ON f.id = n.id WHERE "
        "n.upto IS NOT NULL AND f.parent IS NULL AND f.retired IS NULL AND f.name = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " ORDER BY n.upto");
    return names_of(w, &q, out);
}

const char *history_name(const OldNames *names, const char *name, int64_t entry)
{
    for (int i = 0; i < names->n; i++)
        if (names->item[i].upto >= entry && str_eq(names->item[i].was, name))
            return names->item[i].now;
    return name;
}

const char *history_form_name(const OldNames *names, const Form *f, int64_t entry)
{
    for (int i = 0; i < names->n; i++)
        if (names->item[i].upto >= entry) return names->item[i].was;
    return f->key;
}

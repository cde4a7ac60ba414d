/*
 * readable.c — a small table in the request's arena, by form and id; forgotten after a write.
 */
#include "data/readable.h"
#include "data/auth.h"
#include "data/query_in.h"
#include "data/record.h"

typedef struct Known { const Form *form; int64_t id; bool yes; } Known;
typedef struct Table { Known *slot; size_t n, cap; } Table;

static Known *slot_of(const Table *t, const Form *f, int64_t id)
{
    size_t h = ((uintptr_t)f >> 4) * 31 + (size_t)id * 2654435761u;

    for (;; h++) {
        Known *k = &t->slot[h & (t->cap - 1)];
        if (!k->form || (k->form == f && k->id == id)) return k;
    }
}

static void grow(Work *w, Table *t)
{
    Table old = *t;

    t->cap = old.cap ? old.cap * 2 : 64;
    t->slot = ARENA_ARRAY(w->cx.a, Known, t->cap);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slot[i].form) *slot_of(t, old.slot[i].form, old.slot[i].id) = old.slot[i];
}

void readable_put(Work *w, const Form *f, int64_t id, bool yes)
{
    Table *t = w->readable;

    if (!t) w->readable = t = ARENA_NEW(w->cx.a, Table);
    if (t->n * 2 >= t->cap) grow(w, t);
    Known *k = slot_of(t, f, id);
    if (!k->form) t->n++;
    *k = (Known){ f, id, yes };
}

static const Known *find(const Work *w, const Form *f, int64_t id)
{
    const Table *t = w->readable;
    const Known *k = t && t->cap ? slot_of(t, f, id) : NULL;

    return k && k->form ? k : NULL;
}

/* The ids of those asked for that are there and may be read. */
MUST static bool ask_for(Work *w, const Form *f, const int64_t *id, int n, Sql *q)
{
    sql_add(q, "SELECT r.\"id\" FROM ");
    sql_name(q, f->names.table);
    sql_add(q, " AS r WHERE ");
    query_ids(q, "r", "id", id, n);
    sql_add(q, " AND r.\"deleted_at\" IS NULL AND ");
    return perm_where(w, f, ACT_READ, "r", q);
}

bool readable_load(Work *w, const Form *f, const int64_t *id, int n)
{
    int64_t *ask = ARENA_ARRAY(w->cx.a, int64_t, n + 1);
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v;
    int k = 0;

    if (perm_all(w, f)) return true;
    for (int i = 0; i < n; i++)
        if (id[i] > 0 && !find(w, f, id[i])) ask[k++] = id[i];
    for (int i = 0; i < k; i++) readable_put(w, f, ask[i], false);
    if (!k || !perm_sees(w, f)) return true;
    if (!ask_for(w, f, ask, k, &q)) return false;
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) readable_put(w, f, v.i, true);
    db_rows_end(&rows);
    return !w->cx.err;
}

bool readable(Work *w, const Form *f, int64_t id)
{
    if (perm_all(w, f)) return true;
    const Known *k = find(w, f, id);
    if (!k && readable_load(w, f, &id, 1)) k = find(w, f, id);
    return k && k->yes;
}

bool readable_now(Work *w, const Form *f, int64_t id, bool *yes)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v;

    *yes = false;
    return !perm_sees(w, f)
        || (ask_for(w, f, &id, 1, &q) && db_one(&w->cx, w->db, &q, &v, 1, yes));
}

bool readable_by(Work *w, int64_t user, const Form *f, int64_t id, bool *yes)
{
    Person who = w->who;
    Asker asker = w->asker;
    const char *lang = w->cx.lang;
    bool as_app = w->as_app, ok;

    *yes = false;
    if (auth_become(w, user)) ok = readable_now(w, f, id, yes);
    else if ((ok = w->cx.err == E_MISSING || w->cx.err == E_LOGIN)) cx_clear(&w->cx);
    w->who = who;
    w->asker = asker;
    w->as_app = as_app;
    w->cx.lang = lang;
    return ok;
}

const char *readable_title(Work *w, const Form *f, int64_t id)
{
    return readable(w, f, id) ? record_title_of(w, f, id) : NULL;
}

/*
 * event_pick.c — changes, gathered by record; a query for each form; then in their order.
 */
#include "data/event_pick.h"
#include "data/query_in.h"
#include "data/record.h"

typedef struct Touched {
    const Form *form; const Logged *last; const char *what;
    bool readable, binned; int64_t version;
} Touched;

/* Comments are told; that a password was given changes no record. */
static const char *what_of(const char *before, const char *now)
{
    return before && str_eq(before, "created") ? before : now;
}

static Touched *gather(Work *w, const Logged *c, int n, int *count)
{
    Touched *t = ARENA_ARRAY(w->cx.a, Touched, n + 1);
    int k = 0;

    for (int i = 0; i < n; i++) {
        const Form *f = str_eq(c[i].what, "password") ? NULL : app_form(w->app, c[i].form);
        const char *before = NULL;
        if (!f) continue;
        for (int j = 0; j < k; j++) {
            if (t[j].form != f || t[j].last->record != c[i].record) continue;
            before = t[j].what;                          /* it is told where it was last */
            for (k--; j < k; j++) t[j] = t[j + 1];
        }
        t[k++] = (Touched){ .form = f, .last = &c[i], .what = what_of(before, c[i].what) };
    }
    *count = k;
    return t;
}

static Touched *find(Touched *t, int n, const Form *f, int64_t id)
{
    for (int i = 0; i < n; i++)
        if (t[i].form == f && t[i].last->record == id) return &t[i];
    return NULL;
}

MUST static bool ask(Work *w, const Form *f, Touched *t, int n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t *id = ARENA_ARRAY(w->cx.a, int64_t, n + 1);
    int k = 0;
    Rows rows;
    Val v[3];

    for (int i = 0; i < n; i++)
        if (t[i].form == f) id[k++] = t[i].last->record;
    if (!f->names.binned) return true;        /* rows of a record */
    sql_add(&q, "SELECT r.\"id\", r.\"version\", r.\"deleted_at\" FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " AS r WHERE ");
    query_ids(&q, "r", "id", id, k);
    sql_add(&q, " AND ");
    if (!perm_where(w, f, ACT_READ, "r", &q)) return false;
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Touched *one = find(t, n, f, v[0].i);
        if (!one) continue;
        one->readable = true;
        one->version = v[1].i;
        one->binned = !val_is_blank(v[2]);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool ask_all(Work *w, Touched *t, int n)
{
    for (int i = 0; i < n; i++) {
        bool first = true;
        for (int k = 0; k < i; k++) first &= t[k].form != t[i].form;
        if (first && perm_sees(w, t[i].form) && !ask(w, t[i].form, t, n)) return false;
    }
    return true;
}

static bool was_told(const EventTold *told, const Touched *t)
{
    return told && told->told(told->ctx, t->form->key, t->last->record);
}

bool event_pick(Work *w, const Logged *c, int n, const EventTold *told, Event **out, int *nout)
{
    const Form *user = app_form(w->app, "user");
    int count, cap = 0;
    Touched *t = gather(w, c, n, &count);

    *out = NULL;
    *nout = 0;
    if (!ask_all(w, t, count)) return false;
    for (int i = 0; i < count; i++) {
        Event e = { .kind = t[i].readable && !t[i].binned ? EVENT_RECORD : EVENT_GONE,
            .form = t[i].form->key, .id = t[i].last->record };
        if (!t[i].readable && !was_told(told, &t[i])) continue;
        if (e.kind == EVENT_RECORD) {
            e.version = t[i].version;
            e.what = t[i].what;
            e.by = user ? t[i].last->by : 0;
            e.by_name = e.by ? record_title_of(w, user, e.by) : NULL;
        }
        ARENA_PUSH(w->cx.a, *out, *nout, cap, e);
    }
    return !w->cx.err;
}

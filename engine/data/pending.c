/*
 * pending.c — the rows of _ripple, and every field that reads what they have not reached yet.
 */
#include "data/pending.h"
#include "data/perm.h"
#include "data/recall.h"
#include "data/ripple.h"

typedef struct UnderWay { const Field *const *field; int nfield; int64_t done, total; } UnderWay;
typedef struct Pending { UnderWay *item; int n, cap; } Pending;

enum { COLUMNS = 4 };

MUST static bool read_rows(Work *w, Val **out, int *n)
{
    static const char *const tables[] = { "_ripple" };
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Recall kept = recall_begin(w, "ripple", "", tables, 1);
    Val row[COLUMNS];
    int cap = 0;
    Rows rows;

    *out = NULL;
    if ((*n = recall_list(&kept, out)) >= 0) return true;
    *n = 0;
    sql_add(&q, "SELECT \"form\", \"depend\", \"done\", \"total\" FROM \"_ripple\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row))
        for (int i = 0; i < COLUMNS; i++) {
            if (row[i].kind == VAL_TEXT) row[i].t = arena_dup(w->cx.a, row[i].t);
            ARENA_PUSH(w->cx.a, *out, *n, cap, row[i]);
        }
    db_rows_end(&rows);
    if (w->cx.err) return false;
    if (!*n) recall_keep(&kept, *out, 0);     /* how far it has come changes all the time */
    return true;
}

static Pending *load(Work *w)
{
    Pending *p = ARENA_NEW(w->cx.a, Pending);
    Cx before = w->cx;
    Val *row;
    int n;

    if (!read_rows(w, &row, &n)) {
        w->cx = before;                       /* who asks goes on, and meets the failure itself */
        return p;
    }
    for (int i = 0; i < n; i += COLUMNS) {
        const Depend *d = ripple_depend(w, row[i].t, row[i + 1].t);
        UnderWay u = { .done = row[i + 2].i, .total = row[i + 3].i };
        if (!d) continue;
        u.nfield = field_dependents(w->cx.a, d->into, &u.field);
        ARENA_PUSH(w->cx.a, p->item, p->n, p->cap, u);
    }
    return p;
}

static const Pending *get(Work *w)
{
    if (!w->pending) w->pending = load(w);
    return w->pending;
}

bool pending_any(Work *w)
{
    return get(w)->n > 0;
}

/* A subform is as final as the fields of its rows. */
static bool holds(const UnderWay *u, const Field *f)
{
    for (int i = 0; i < u->nfield; i++)
        if (u->field[i] == f || (f->rows && u->field[i]->form == f->rows)) return true;
    return false;
}

bool pending_field(Work *w, const Field *f)
{
    const Pending *p = get(w);

    for (int i = 0; i < p->n; i++)
        if (holds(&p->item[i], f)) return true;
    return false;
}

static bool concerns(const UnderWay *u, const Form *f)
{
    for (int i = 0; i < u->nfield; i++)
        if (u->field[i]->form == f || u->field[i]->form->parent == f) return true;
    return !f;
}

bool pending_progress(Work *w, const Form *f, int64_t *done, int64_t *total)
{
    const Pending *p = get(w);

    *done = *total = 0;
    for (int i = 0; i < p->n; i++) {
        if (!concerns(&p->item[i], f)) continue;
        *done += p->item[i].done;
        *total += p->item[i].total;
    }
    return *total > 0;
}

static bool named(Work *w, const Form *f, const Field *x)
{
    return pending_field(w, x) && perm_field(w, f, x, NULL) != RIGHT_HIDDEN;
}

void pending_json(Work *w, const Form *f, Json *out)
{
    int64_t done, total;

    if (!pending_progress(w, f, &done, &total)) return;
    json_key(out, "computing");
    json_map(out);
    json_key(out, "fields");
    json_list(out);
    for (int i = 0; i < f->nfield; i++)
        if (named(w, f, f->field[i])) json_text(out, f->field[i]->key);
    json_list_end(out);
    json_key(out, "done");
    json_int(out, done);
    json_key(out, "total");
    json_int(out, total);
    json_map_end(out);
}

const char *pending_text(Work *w, const Form *f)
{
    Str s = str_begin(w->cx.a);
    int64_t done, total;
    bool first = true;

    if (!pending_progress(w, f, &done, &total)) return NULL;
    for (int i = 0; i < f->nfield; i++) {
        if (!named(w, f, f->field[i])) continue;
        str_printf(&s, "%s%s", first ? "" : ",", f->field[i]->key);
        first = false;
    }
    str_printf(&s, "; done=%lld; total=%lld", (long long)done, (long long)total);
    return str_show(&s);
}

/*
 * draft_settle.c — drafts that somebody's publication collided with: told, and brought to an end by
 * a word for each clash. Until then they stay as they were written.
 */
#include "data/draft.h"

static MergeAsk ask_of(Work *w, const Draft *d)
{
    const Source *s = app_source(w->app->source, w->app->nsource, d->path);

    return (MergeAsk){ .file = d->path, .base = d->base, .mine = d->text, .ops = d->ops,
        .theirs = s ? arena_dup_n(w->cx.a, s->text, s->n) : NULL };
}

typedef struct Choose { const char *path; const Node *choice; Draft *out; Merge *clash; } Choose;

static bool choose(Work *w, void *arg)
{
    const Choose *x = arg;
    Draft *list;
    int n, i = 0;

    *x->clash = (Merge){ 0 };
    if (!draft_list(w, &list, &n)) return false;
    while (i < n && !str_eq(list[i].path, x->path)) i++;
    if (i == n) return cx_fail(&w->cx, E_MISSING, "there is no draft of %s", x->path);
    MergeAsk ask = ask_of(w, &list[i]);
    if (!merge_chosen(&w->cx, &ask, x->choice, x->clash)) return false;
    *x->out = (Draft){ .path = x->path, .base = ask.theirs, .text = x->clash->text, .at = w->now };
    return draft_keep(w, x->out);
}

bool draft_choose(Work *w, const char *path, const Node *choice, Draft *out, Merge *clash)
{
    Choose x = { path, choice, out, clash };

    return work_write(w, choose, &x);
}

bool draft_others(Work *w, DraftOther **out, int *n)
{
    Cx *cx = &w->cx;
    Sql q = sql_begin(cx->a, db_dialect(w->db));
    Rows rows;
    Val row[3];
    int cap = 0;

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT d.path, u.\"name\", d.at FROM _draft d JOIN \"user\" u ON u.\"id\" = d.\"user\" "
        "WHERE d.\"user\" <> ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, " ORDER BY d.path, d.at DESC LIMIT 500");
    if (!db_query(cx, w->db, &q, &rows)) return false;
    while (db_next(cx, &rows, row)) {
        DraftOther o = { .path = arena_dup(cx->a, row[0].t),
            .name = row[1].kind == VAL_TEXT ? arena_dup(cx->a, row[1].t) : "" };
        if (!datetime_parse(row[2].t, zone_utc(), &o.at)) o.at = 0;
        ARENA_PUSH(cx->a, *out, *n, cap, o);
    }
    db_rows_end(&rows);
    return !cx->err;
}

/*
 * draft.c — keeps, fits and edits drafts. The text an edit was made on is looked for by its etag:
 * in the draft, in what is published, in older versions.
 */
#include "data/draft.h"
#include "data/version.h"
#include "def/yaml_edit.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <string.h>

/* ---- rows ---- */

static const char *text_or_null(Arena *a, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(a, v.t, (size_t)v.n) : NULL;
}

bool draft_list(Work *w, Draft **out, int *n)
{
    Cx *cx = &w->cx;
    Sql q = sql_begin(cx->a, db_dialect(w->db));
    Rows rows;
    Val row[5];
    int cap = 0;

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT path, base, text, ops, at FROM _draft WHERE \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, " ORDER BY path");
    if (!db_query(cx, w->db, &q, &rows)) return false;
    while (db_next(cx, &rows, row)) {
        Draft d = { .path = text_or_null(cx->a, row[0]), .base = text_or_null(cx->a, row[1]),
            .text = text_or_null(cx->a, row[2]) };
        if (row[3].kind == VAL_TEXT) d.ops = json_parse(cx, row[3].t, (size_t)row[3].n);
        if (!datetime_parse(row[4].t, zone_utc(), &d.at)) d.at = 0;
        ARENA_PUSH(cx->a, *out, *n, cap, d);
    }
    db_rows_end(&rows);
    return !cx->err;
}

static bool drop(Work *w, void *arg)
{
    const char *path = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM _draft WHERE \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    if (path) {
        sql_add(&q, " AND path = ");
        sql_bind(&q, val_text(path));
    }
    return db_run(&w->cx, w->db, &q, NULL);
}

bool draft_drop(Work *w, const char *path)
{
    return work_write(w, drop, (void *)(uintptr_t)path);
}

static bool keep(Work *w, void *arg)
{
    const Draft *d = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    char at[40];

    datetime_show(at, sizeof at, w->now);
    sql_add(&q, "INSERT INTO _draft (\"user\", path, base, text, ops, at) VALUES (");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(d->path));
    sql_add(&q, ", ");
    sql_bind(&q, d->base ? val_text(d->base) : val_blank());
    sql_add(&q, ", ");
    sql_bind(&q, d->text ? val_text(d->text) : val_blank());
    sql_add(&q, ", ");
    sql_bind(&q, d->ops ? val_text(node_json(w->cx.a, d->ops)) : val_blank());
    sql_add(&q, ", ");
    sql_bind(&q, val_text(at));
    sql_add(&q, ") ON CONFLICT (\"user\", path) DO UPDATE SET base = excluded.base, "
        "text = excluded.text, ops = excluded.ops, at = excluded.at");
    return db_run(&w->cx, w->db, &q, NULL);
}

bool draft_keep(Work *w, const Draft *d)
{
    if (str_eq(d->base, d->text)) return draft_drop(w, d->path);
    return work_write(w, keep, (void *)(uintptr_t)d);
}

/* ---- on what is published now ---- */

static const char *published(const Work *w, const char *path)
{
    const Source *s = app_source(w->app->source, w->app->nsource, path);

    return s ? arena_dup_n(w->cx.a, s->text, s->n) : NULL;
}

MUST static bool fit(Work *w, Draft *d, Merge *clash)
{
    const char *now = published(w, d->path);
    MergeAsk ask = { .file = d->path, .base = d->base, .theirs = now, .mine = d->text,
        .ops = d->ops };

    if (!merge_texts(&w->cx, &ask, clash)) return false;
    d->base = now;
    d->text = clash->text;
    return true;
}

/* *found false: as it is published. */
MUST static bool find(Work *w, const char *path, Draft *out, bool *found)
{
    Draft *list;
    int n;

    *found = false;
    if (!draft_list(w, &list, &n)) return false;
    for (int i = 0; i < n && !*found; i++)
        if (str_eq(list[i].path, path)) {
            *out = list[i];
            *found = true;
        }
    if (*found) return true;
    *out = (Draft){ .path = path, .base = published(w, path), .text = published(w, path) };
    return true;
}

bool draft_open(Work *w, const char *path, Draft *out, Merge *clash)
{
    bool found;

    *clash = (Merge){ 0 };
    if (!find(w, path, out, &found)) return false;
    if (found) return fit(w, out, clash);
    return out->text || cx_fail(&w->cx, E_MISSING, "there is no file %s", path);
}

bool draft_changes(Work *w, Source **out, int *n, Merge *clash)
{
    Draft *list;
    int count;

    *n = 0;
    *clash = (Merge){ 0 };
    if (!draft_list(w, &list, &count)) return false;
    *out = ARENA_ARRAY(w->cx.a, Source, count + 1);
    for (int i = 0; i < count; i++) {
        Draft *d = &list[i];
        if (!fit(w, d, clash)) return false;
        if (str_eq(d->base, d->text)) continue;
        (*out)[(*n)++] = (Source){ d->path, d->text, d->text ? strlen(d->text) : 0 };
    }
    return true;
}

/* ---- edits ---- */

static bool is(Arena *a, const char *text, const char *etag)
{
    return str_eq(version_etag(a, text), etag);
}

/* The text the editor looked at. *over: it is what is published while the draft holds something
   else, which the editor means to replace. */
MUST static bool text_seen(Work *w, const DraftEdit *e, const Draft *kept, bool fits,
    const char **out, bool *over)
{
    Arena *a = w->cx.a;
    char *old = NULL;

    *over = false;
    *out = e->base;
    if (e->based) return true;
    *out = kept->text;
    if (fits && is(a, kept->text, e->etag)) return true;
    *out = published(w, e->path);
    *over = is(a, *out, e->etag);
    if (*over) return true;
    *out = kept->base;
    if (is(a, kept->base, e->etag)) return true;
    if (e->etag && !version_text(&w->cx, w->db, e->path, e->etag, &old)) return false;
    *out = old;
    if (old) return true;
    if (!e->etag) return cx_fail(&w->cx, E_STALE, "the file is there already; say its etag");
    return cx_fail(&w->cx, E_STALE, "nobody knows this etag any more; read the file again");
}

/* The new text by the edit. */
MUST static bool edited(Work *w, const DraftEdit *e, const char *seen, const char **out)
{
    if (e->whole) {
        *out = e->text;
        return true;
    }
    if (!seen) return cx_fail(&w->cx, E_MISSING, "there is no file %s", e->path);
    if (str_eq(app_path_kind(e->path), "plugin"))
        return cx_fail(&w->cx, E_INPUT, "%s is no YAML: write it whole", e->path);
    *out = yaml_edit_apply(&w->cx, e->path, seen, e->ops);
    return *out || cx_check(&w->cx);
}

/* What makes the new draft of its base, as far as it was made by operations only. */
static const Node *all_ops(Work *w, const DraftEdit *e, const Draft *kept)
{
    Node *all = node_list(w->cx.a);

    if (e->whole || (!kept->ops && !str_eq(kept->base, kept->text))) return NULL;
    for (int i = 0; kept->ops && i < kept->ops->n; i++) node_add(w->cx.a, all, kept->ops->item[i]);
    for (int i = 0; i < e->ops->n; i++) node_add(w->cx.a, all, e->ops->item[i]);
    return all;
}

/* As merge_texts, with what the edit says where both said something. */
MUST static bool insisted(Work *w, const MergeAsk *ask, Merge *clash)
{
    Node *choice = node_map(w->cx.a);

    for (int i = 0; i < 3 && clash->n; i++) {
        for (int k = 0; k < clash->n; k++)
            if (!node_find(choice, clash->clash[k].path))
                node_put_text(w->cx.a, choice, clash->clash[k].path, "mine");
        cx_clear(&w->cx);
        if (merge_chosen(&w->cx, ask, choice, clash)) return true;
    }
    return false;
}

MUST static bool edit(Work *w, const DraftEdit *e, bool try, Draft *out, Merge *clash)
{
    const char *seen = NULL, *mine = NULL;
    Draft kept;
    bool found, over;

    *clash = (Merge){ 0 };
    if (!find(w, e->path, &kept, &found)) return false;
    bool fits = fit(w, &kept, clash);
    if (!fits && !clash->n) return false;
    if (!fits) cx_clear(&w->cx);
    if (!text_seen(w, e, &kept, fits, &seen, &over)) return false;
    /* A whole text on what is published takes the place of a draft that does not fit. */
    if (!fits && !(over && e->whole))
        return cx_fail(&w->cx, E_CONFLICT, "%s was changed in two ways", e->path);
    if (!fits) kept = (Draft){ .path = e->path, .base = seen, .text = seen };
    if (!edited(w, e, seen, &mine)) return false;
    MergeAsk ask = { .file = e->path, .base = seen, .theirs = kept.text, .mine = mine,
        .ops = e->ops };
    if (!merge_texts(&w->cx, &ask, clash) && !(e->insist && insisted(w, &ask, clash))) return false;
    *out = (Draft){ .path = e->path, .base = kept.base, .text = clash->text, .at = w->now,
        .ops = all_ops(w, e, &kept), .was = kept.text, .moved = !str_eq(seen, kept.text) };
    return try || draft_keep(w, out);
}

typedef struct Edits { const DraftEdit *e; int n; bool try; Draft *out; Merge *clash; } Edits;

static bool edit_all(Work *w, void *arg)
{
    const Edits *x = arg;

    for (int i = 0; i < x->n; i++)
        if (!edit(w, &x->e[i], x->try, &x->out[i], x->clash)) return false;
    return true;
}

/* Two edits of one person at once: each sees what the other kept. */
bool draft_edit_all(Work *w, const DraftEdit *e, int n, bool try, Draft *out, Merge *clash)
{
    Edits x = { e, n, try, out, clash };

    return try ? edit_all(w, &x) : work_write(w, edit_all, &x);
}

bool draft_edit(Work *w, const DraftEdit *e, Draft *out, Merge *clash)
{
    return draft_edit_all(w, e, 1, false, out, clash);
}

static bool settle(Work *w, void *arg)
{
    (void)arg;
    Merge clash;
    Draft *list;
    int n;

    if (!draft_list(w, &list, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (fit(w, &list[i], &clash)) {
            if (!draft_keep(w, &list[i])) return false;
        } else if (clash.n) {
            cx_clear(&w->cx);
        } else {
            return false;
        }
    }
    return true;
}

bool draft_settle(Work *w)
{
    return work_note(w, settle, NULL);        /* on whatever was published since */
}

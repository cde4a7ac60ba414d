/*
 * convert.c — all values of a field, a page of records at a time.
 *
 * Counting and converting are one walk: what the plan says is what will happen, as long as
 * nobody writes between. Memory does not grow with the table.
 */
#include "data/convert_in.h"
#include "data/progress.h"
#include "data/auth.h"
#include "data/record_row.h"
#include "base/sys.h"

#include <string.h>

static Work app_work(Cx *cx, Db *db, const App *app)
{
    Work w = { .cx = cx_begin(cx->a, cx->lang), .app = app, .db = db, .now = sys_now() };

    auth_become_app(&w, "publish");
    return w;
}

/* ---- reading ---- */

static void select_page(Walk *k, int64_t after, Sql *q)
{
    *q = sql_begin(k->w.cx.a, db_dialect(k->w.db));
    if (k->column) {
        sql_add(q, "SELECT \"id\", ");
        sql_name(q, k->column);
        sql_add(q, " FROM ");
        sql_name(q, k->table);
        sql_add(q, " WHERE ");
        sql_name(q, k->column);
        sql_add(q, " IS NOT NULL AND \"id\" > ");
        sql_bind(q, val_int(after));
        sql_add(q, " ORDER BY \"id\" LIMIT ");
    } else {
        sql_add(q, "SELECT \"record\", \"value\" FROM ");
        sql_name(q, k->table);
        sql_add(q, " WHERE \"record\" IN (SELECT DISTINCT \"record\" FROM ");
        sql_name(q, k->table);
        sql_add(q, " WHERE \"record\" > ");
        sql_bind(q, val_int(after));
        sql_add(q, " ORDER BY \"record\" LIMIT ");
    }
    sql_int(q, WALK_PAGE);
    if (!k->column) sql_add(q, ") ORDER BY \"record\", \"position\"");
}

static void gather(Walk *k, Old *old, int *n, int64_t id, Val v)
{
    Arena *a = k->w.cx.a;

    v = val_copy(a, db_typed(v, k->kind.val, k->kind.scale));
    if (k->column) {
        old[(*n)++] = (Old){ id, v };
        return;
    }
    if (!*n || old[*n - 1].id != id) old[(*n)++] = (Old){ id, val_list(&v, 1) };
    Val *list = &old[*n - 1].v;
    int count = list->list == &v ? 0 : list->n;
    Val *grown = arena_grow(a, count ? (void *)(uintptr_t)list->list : NULL, (size_t)count,
        (size_t)count + 1, sizeof v);
    grown[count] = v;
    *list = val_list(grown, count + 1);
}

bool walk_page(Walk *k, int64_t after, Old *old, int *n)
{
    Sql q;
    Rows rows;
    Val v[2];

    *n = 0;
    select_page(k, after, &q);
    if (!db_query(&k->w.cx, k->w.db, &q, &rows)) return false;
    while (db_next(&k->w.cx, &rows, v)) gather(k, old, n, v[0].i, v[1]);
    db_rows_end(&rows);
    return !k->w.cx.err;
}

/* ---- writing ---- */

MUST static bool put_column(Walk *k, int64_t id, Val v)
{
    const Field *f = k->c->field;
    Arena *a = k->w.cx.a;
    Sql q = sql_begin(a, db_dialect(k->w.db));
    bool text = v.kind == VAL_TEXT;

    sql_add(&q, "UPDATE ");
    sql_name(&q, f->form->names.table);
    sql_add(&q, " SET ");
    sql_name(&q, f->name.column);
    sql_add(&q, " = ");
    sql_bind(&q, v);
    if (f->name.folded) {
        sql_add(&q, ", ");
        sql_name(&q, arena_printf(a, "%s__key", f->name.column));
        sql_add(&q, " = ");
        sql_bind(&q, text ? val_text(str_fold(a, v.t)) : val_blank());
    }
    if (field_has_shown(f)) {
        sql_add(&q, ", ");
        sql_name(&q, arena_printf(a, "%s__shown", f->name.column));
        sql_add(&q, " = ");
        sql_bind(&q, text && v.p ? val_text(v.p) : val_blank());
    }
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    return db_run(&k->w.cx, k->w.db, &q, NULL);
}

MUST static bool put_list(Walk *k, int64_t id, Val v)
{
    const char *table = k->c->field->name.table;
    Sql q = sql_begin(k->w.cx.a, db_dialect(k->w.db));

    sql_add(&q, "DELETE FROM ");
    sql_name(&q, table);
    sql_add(&q, " WHERE \"record\" = ");
    sql_bind(&q, val_int(id));
    if (!db_run(&k->w.cx, k->w.db, &q, NULL)) return false;
    for (int i = 0; v.kind == VAL_LIST && i < v.n; i++) {
        Sql one = sql_begin(k->w.cx.a, db_dialect(k->w.db));
        sql_add(&one, "INSERT INTO ");
        sql_name(&one, table);
        sql_add(&one, " (\"record\", \"position\", \"value\") VALUES (");
        sql_bind(&one, val_int(id));
        sql_add(&one, ", ");
        sql_int(&one, i + 1);
        sql_add(&one, ", ");
        sql_bind(&one, v.list[i]);
        sql_add(&one, ")");
        if (!db_run(&k->w.cx, k->w.db, &one, NULL)) return false;
    }
    return true;
}

bool walk_put(Walk *k, int64_t id, Val v)
{
    return field_is_list(k->c->field) ? put_list(k, id, v) : put_column(k, id, v);
}

MUST static bool keep_lost(Walk *k, int64_t id, const char *was, const char *now)
{
    const Field *f = k->c->field;
    const Val v[] = { val_text(f->form->names.table), val_int(id), val_text(f->key),
        val_text(was), val_text(now), val_int(k->version) };
    Sql q = sql_begin(k->w.cx.a, db_dialect(k->w.db));

    sql_add(&q, "INSERT INTO _unconverted (form, record, field, old_value, new_value, version) "
        "VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ") ON CONFLICT (form, field, record) DO UPDATE SET old_value = "
        "excluded.old_value, new_value = excluded.new_value, version = excluded.version");
    return db_run(&k->w.cx, k->w.db, &q, NULL);
}

/* ---- one ---- */

MUST static bool lose(Walk *k, const Old *old, Val now)
{
    Kind kind = kind_of_field(k->c->field);
    const char *was = kind_text(&k->w, &k->kind, old->v), *text = kind_text(&k->w, &kind, now);

    if (k->w.cx.err) return false;
    if (k->c->nsample < CONVERT_SAMPLE)
        k->c->sample[k->c->nsample++] = (Lost){ old->id, arena_dup(k->keep, was),
            arena_dup(k->keep, text) };
    k->c->lost++;
    return !k->version || keep_lost(k, old->id, was, text);
}

static bool is_unfit(Walk *k, Val v)
{
    Cx inner = cx_begin(k->w.cx.a, NULL);

    field_check(&inner, k->c->field, v);
    return inner.nissue > 0;
}

MUST static bool one(Walk *k, const Old *old)
{
    Val now;
    Fit fit;

    k->c->rows++;
    if (k->unfit) {
        k->c->lost += is_unfit(k, old->v);
        return true;
    }
    if (!value_convert(&k->w, &k->kind, k->c->field, old->v, &now, &fit)) return false;
    if (fit != FIT_EXACT && !lose(k, old, now)) return false;
    if (!k->version || (k->c->reshaped && val_is_blank(now))) return true;
    return walk_put(k, old->id, now);
}

MUST static bool walk(Walk *k)
{
    Arena *mine = arena_new(), *outer = k->w.cx.a;
    int64_t after = 0;
    int n = 1;
    bool ok = true;

    k->keep = outer;
    while (ok && n) {
        arena_reset(mine);
        k->w.cx.a = mine;
        k->w.cache = NULL;
        memset(&k->w.asker, 0, sizeof k->w.asker);
        Old *old = ARENA_ARRAY(mine, Old, WALK_PAGE);
        ok = walk_page(k, after, old, &n);
        for (int i = 0; ok && i < n; i++) ok = one(k, &old[i]);
        if (n) after = old[n - 1].id;
        progress_rows(k->c->progress, n);
    }
    Cx failed = k->w.cx;
    k->w.cx = cx_begin(outer, failed.lang);
    if (!ok) cx_copy(&k->w.cx, &failed);
    arena_free(mine);
    return ok;
}

/* ---- from outside ---- */

bool convert_sensible(const char *kind, const Field *to)
{
    Kind from = kind_parse(kind), now = kind_of_field(to);

    return kind_sensible(&from, &now);
}

bool convert_takes_all(const Field *to)
{
    return field_has_column(to) && field_val(to) == VAL_TEXT && !to->noption && !to->name.normal
        && kind_of_field(to).val == VAL_TEXT && !to->name.target;
}

bool convert_idle(const char *kind, const char *now)
{
    static const char *const texts[] = { "email", "url", "choice", "phone" };

    return str_eq(kind, now) || (str_eq(now, "text") && str_in(kind, texts, LEN(texts)));
}

static Walk begin_walk(Cx *cx, Db *db, const App *app, Convert *c)
{
    c->rows = c->lost = 0;
    c->nsample = 0;
    return (Walk){ .w = app_work(cx, db, app), .c = c, .kind = kind_parse(c->kind) };
}

MUST static bool end_walk(Cx *cx, const Walk *k, bool ok)
{
    if (!ok) cx_copy(cx, &k->w.cx);
    return ok;
}

bool convert_count(Cx *cx, Db *db, const App *app, Convert *c)
{
    Walk k = begin_walk(cx, db, app, c);

    k.table = c->table_was;
    k.column = c->column_was;
    return end_walk(cx, &k, walk(&k));
}

bool convert_run(Cx *cx, Db *db, const App *app, Convert *c, int64_t version)
{
    Walk k = begin_walk(cx, db, app, c);

    k.table = c->table;
    k.column = c->column;
    k.version = version;
    return end_walk(cx, &k, walk(&k) && walk_restore(&k));
}

bool convert_unfit(Cx *cx, Db *db, const App *app, Convert *c, int64_t *n)
{
    Walk k = begin_walk(cx, db, app, c);

    k.table = c->table_was;
    k.column = c->column_was;
    k.unfit = true;
    bool ok = end_walk(cx, &k, walk(&k));
    *n = c->lost;
    return ok;
}

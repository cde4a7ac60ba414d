/*
 * saved_view.c — three small tables: the views, the roles they are shared with, what opens first.
 *
 * Every list asks for them, so they are recalled; roles are looked at after that, by the person.
 * What is saved is checked as its writer: it must hold now. Whether it still does is asked again
 * whenever it is opened.
 */
#include "data/saved_view.h"
#include "data/query_in.h"
#include "data/recall.h"
#include "data/record_row.h"

#include <string.h>

enum { COLUMNS = 8, MOST_ROWS = 400 };

static const char *const tables[] = { "_view", "_view_role", "_view_default" };

static const char *text_of(Arena *a, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(a, v.t, (size_t)v.n) : NULL;
}

MUST static bool read_preset(Work *w, const Form *f, Val *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;

    sql_add(&q, "SELECT \"view\", \"key\" FROM \"_view_default\" WHERE \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, " AND \"form\" = ");
    sql_bind(&q, val_text(f->key));
    if (!db_one(&w->cx, w->db, &q, out, 2, &found)) return false;
    if (!found) out[0] = out[1] = val_blank();
    return true;
}

/* Own ones and shared ones, a row for each role. */
MUST static bool read_rows(Work *w, const Form *f, Val **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val row[COLUMNS], *all = ARENA_ARRAY(w->cx.a, Val, 2);
    int count = 2, cap = 2;
    Rows rows;

    if (!read_preset(w, f, all)) return false;
    sql_add(&q, "SELECT v.\"id\", v.\"user\", v.\"name\", v.\"view\", v.\"filter\", v.\"sort\", "
        "v.\"columns\", r.\"role\" FROM \"_view\" v LEFT JOIN \"_view_role\" r "
        "ON r.\"view\" = v.\"id\" WHERE v.\"form\" = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND (v.\"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, " OR r.\"role\" IS NOT NULL) ORDER BY v.\"id\", r.\"role\" LIMIT ");
    sql_int(&q, MOST_ROWS);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, row))
        for (int i = 0; i < COLUMNS; i++)
            ARENA_PUSH(w->cx.a, all, count, cap, val_copy(w->cx.a, row[i]));
    db_rows_end(&rows);
    *out = all;
    *n = count;
    return !w->cx.err;
}

/* Those of the person, of the rows of all. */
static void gather(Work *w, const Val *v, int n, SavedViews *out)
{
    Arena *a = w->cx.a;
    int64_t last;

    *out = (SavedViews){ .preset = v[0].kind == VAL_INT ? v[0].i : 0,
        .preset_key = text_of(a, v[1]) };
    out->view = ARENA_ARRAY(a, SavedView, n / COLUMNS + 1);
    for (int i = 2, from; i < n; ) {
        bool seen = v[i + 1].i == w->who.id;
        for (from = i, last = v[i].i; i < n && v[i].i == last; i += COLUMNS)
            seen |= v[i + 7].kind == VAL_TEXT && work_has_role(w, text_of(a, v[i + 7]));
        if (!seen) continue;
        const Val *r = &v[from];
        SavedView *s = &out->view[out->n++];
        *s = (SavedView){ .id = r[0].i, .user = r[1].i, .name = text_of(a, r[2]),
            .view = text_of(a, r[3]), .filter = text_of(a, r[4]), .sort = text_of(a, r[5]),
            .columns = text_of(a, r[6]) };
        s->role = ARENA_ARRAY(a, const char *, (i - from) / COLUMNS);
        for (int k = from; k < i; k += COLUMNS)
            if (v[k + 7].kind == VAL_TEXT) s->role[s->nrole++] = text_of(a, v[k + 7]);
    }
}

bool saved_views(Work *w, const Form *f, SavedViews *out)
{
    const char *key = arena_printf(w->cx.a, "%s %lld", f->key, (long long)w->who.id);
    Recall r = recall_begin(w, "views", key, tables, LEN(tables));
    Val *v;
    int n = recall_list(&r, &v);

    if (n < 2) {
        if (!read_rows(w, f, &v, &n)) return false;
        recall_keep(&r, v, n);
    }
    gather(w, v, n, out);
    return true;
}

bool saved_get(Work *w, const Form *f, int64_t id, SavedView *out)
{
    SavedViews all;

    if (!saved_views(w, f, &all)) return false;
    for (int i = 0; i < all.n; i++)
        if (all.view[i].id == id) {
            *out = all.view[i];
            return true;
        }
    return cx_fail(&w->cx, E_MISSING, "there is no such view");
}

bool saved_mine(const Work *w, const SavedView *v)
{
    return v->user == w->who.id || w->who.admin;
}

/* ---- does it hold? ---- */

static void check_text(Work *w, const char *key, const char *text)
{
    if (text && strlen(text) > SAVED_TEXT_MAX)
        cx_issue(&w->cx, at_field(key), "too_long", "at most %d characters", SAVED_TEXT_MAX);
}

MUST static bool check_columns(Work *w, const Form *f, const char *columns)
{
    char **piece;
    int n = columns ? query_split(w->cx.a, columns, &piece) : 0;

    for (int i = 0; i < n; i++) {
        const Field *x = form_field(f, piece[i]);
        if (!x || field_is_rows(x))
            cx_issue(&w->cx, at_field("columns"), "unknown_field", "unknown field `%s`",
                piece[i]);
        else if (perm_field(w, f, x, NULL) == RIGHT_HIDDEN)
            return cx_fail(&w->cx, E_DENIED, "no right to ask for %s",
                field_label(x, w->cx.lang));
    }
    return true;
}

/* The list it would show, without a row: filter and order are compiled as its writer. */
MUST static bool check_list(Work *w, const Form *f, const SavedView *v)
{
    Sql where = sql_begin(w->cx.a, db_dialect(w->db));
    Order order;
    ListAsk ask = { .form = f, .filter = v->filter, .sort = v->sort };

    return query_where(w, &ask, &where) && query_order(w, &ask, &order);
}

MUST static bool check_shared(Work *w, const Form *f, const SavedView *v)
{
    for (int i = 0; i < v->nrole; i++)
        if (!app_role(w->app, v->role[i]) || str_eq(v->role[i], "public"))
            cx_issue(&w->cx, at_field("shared"), "unknown_role", "there is no role `%s`",
                v->role[i]);
    return !v->nrole || perm_may(w, f, ACT_SHARE)
        || cx_fail(&w->cx, E_DENIED, "no right to share views of %s",
            form_label(f, w->cx.lang));
}

MUST static bool check(Work *w, const Form *f, const SavedView *v)
{
    const char *name = v->name ? str_trim(w->cx.a, v->name) : "";

    if (!*name) cx_issue(&w->cx, at_field("name"), "required", "is required");
    if (utf8_count(name) > SAVED_NAME_MAX)
        cx_issue(&w->cx, at_field("name"), "too_long", "at most %d characters",
            SAVED_NAME_MAX);
    if (v->view && !form_view(f, v->view))
        cx_issue(&w->cx, at_field("view"), "unknown_view", "there is no view `%s`", v->view);
    check_text(w, "filter", v->filter);
    check_text(w, "sort", v->sort);
    check_text(w, "columns", v->columns);
    return cx_check(&w->cx) && check_shared(w, f, v) && check_columns(w, f, v->columns)
        && cx_check(&w->cx) && check_list(w, f, v);
}

/* ---- writing ---- */

typedef struct Write { const Form *form; SavedView *v; int64_t id; const char *key; } Write;

static Val or_blank(const char *text)
{
    return text && *text ? val_text(text) : val_blank();
}

MUST static bool put_roles(Work *w, const SavedView *v)
{
    Sql gone = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&gone, "DELETE FROM \"_view_role\" WHERE \"view\" = ");
    sql_bind(&gone, val_int(v->id));
    if (!db_run(&w->cx, w->db, &gone, NULL)) return false;
    for (int i = 0; i < v->nrole; i++) {
        Sql q = sql_begin(w->cx.a, db_dialect(w->db));
        if (str_in(v->role[i], v->role, i)) continue;
        sql_add(&q, "INSERT INTO \"_view_role\" (\"view\", \"role\") VALUES (");
        sql_bind(&q, val_int(v->id));
        sql_add(&q, ", ");
        sql_bind(&q, val_text(v->role[i]));
        sql_add(&q, ")");
        if (!db_run(&w->cx, w->db, &q, NULL)) return false;
    }
    return true;
}

static void bind_texts(Sql *q, const SavedView *v)
{
    const char *text[] = { v->name, v->view, v->filter, v->sort, v->columns };

    for (int i = 0; i < LEN(text); i++) {
        if (i) sql_add(q, ", ");
        sql_bind(q, or_blank(text[i]));
    }
}

MUST static bool too_many(Work *w, const Form *f)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val n;

    sql_add(&q, "SELECT count(*) FROM \"_view\" WHERE \"form\" = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    if (!db_one(&w->cx, w->db, &q, &n, 1, &found)) return true;
    return n.i >= SAVED_MOST && !cx_fail(&w->cx, E_INPUT,
        "at most %d views of one's own; delete one first", SAVED_MOST);
}

static bool unit_new(Work *w, void *arg)
{
    Write *x = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    SavedView v = *x->v;
    bool found;
    Val id;

    if (too_many(w, x->form)) return false;
    sql_add(&q, "INSERT INTO \"_view\" (\"name\", \"view\", \"filter\", \"sort\", \"columns\", "
        "\"form\", \"user\", \"at\") VALUES (");
    bind_texts(&q, &v);
    sql_add(&q, ", ");
    sql_bind(&q, val_text(x->form->key));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, ", ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, ") RETURNING \"id\"");
    if (!db_one(&w->cx, w->db, &q, &id, 1, &found)) return false;
    v.id = id.i;
    if (!put_roles(w, &v)) return false;
    x->v->id = v.id;
    return true;
}

static bool unit_change(Work *w, void *arg)
{
    const Write *x = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_view\" SET (\"name\", \"view\", \"filter\", \"sort\", \"columns\") = (");
    bind_texts(&q, x->v);
    sql_add(&q, ") WHERE \"id\" = ");
    sql_bind(&q, val_int(x->v->id));
    return db_run(&w->cx, w->db, &q, NULL) && put_roles(w, x->v);
}

bool saved_write(Work *w, const Form *f, SavedView *v)
{
    Write x = { .form = f, .v = v };
    SavedView old;

    if (v->id && !saved_get(w, f, v->id, &old)) return false;
    if (v->id && !saved_mine(w, &old))
        return cx_fail(&w->cx, E_DENIED, "only its owner changes this view");
    if (v->name) v->name = str_trim(w->cx.a, v->name);
    return check(w, f, v) && work_write(w, v->id ? unit_change : unit_new, &x);
}

static bool unit_delete(Work *w, void *arg)
{
    const Write *x = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_view\" WHERE \"id\" = ");
    sql_bind(&q, val_int(x->id));
    return db_run(&w->cx, w->db, &q, NULL);
}

bool saved_delete(Work *w, const Form *f, int64_t id)
{
    Write x = { .form = f, .id = id };
    SavedView old;

    if (!saved_get(w, f, id, &old)) return false;
    if (!saved_mine(w, &old))
        return cx_fail(&w->cx, E_DENIED, "only its owner changes this view");
    return work_write(w, unit_delete, &x);
}

static bool unit_preset(Work *w, void *arg)
{
    const Write *x = arg;
    Sql gone = sql_begin(w->cx.a, db_dialect(w->db)), q;

    sql_add(&gone, "DELETE FROM \"_view_default\" WHERE \"user\" = ");
    sql_bind(&gone, val_int(w->who.id));
    sql_add(&gone, " AND \"form\" = ");
    sql_bind(&gone, val_text(x->form->key));
    if (!db_run(&w->cx, w->db, &gone, NULL)) return false;
    if (!x->id && !x->key) return true;
    q = sql_begin(w->cx.a, db_dialect(w->db));
    sql_add(&q, "INSERT INTO \"_view_default\" (\"user\", \"form\", \"view\", \"key\") VALUES (");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(x->form->key));
    sql_add(&q, ", ");
    sql_bind(&q, x->id ? val_int(x->id) : val_blank());
    sql_add(&q, ", ");
    sql_bind(&q, x->id ? val_blank() : val_text(x->key));
    sql_add(&q, ")");
    return db_run(&w->cx, w->db, &q, NULL);
}

bool saved_preset(Work *w, const Form *f, int64_t id, const char *key)
{
    Write x = { .form = f, .id = id, .key = key };
    SavedView v;

    if (id && !saved_get(w, f, id, &v)) return false;
    if (!id && key && !form_view(f, key))
        return cx_fail(&w->cx, E_MISSING, "there is no such view");
    return work_write(w, unit_preset, &x);
}

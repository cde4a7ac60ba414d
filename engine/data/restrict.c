/*
 * restrict.c — restrict is asked everywhere first; only then are links cleared and records
 * that cascade binned. All of it goes through save, as the app.
 *
 * A row of a subform links for its record: its record is counted, its row loses the link
 * (clear) or goes (cascade).
 */
#include "data/restrict.h"
#include "data/action_steps.h"
#include "data/record_row.h"
#include "data/save.h"

/* A link of the app that leads to the form; `rows`: the field of the top form it stands in. */
typedef struct Link { const Form *top; const Field *rows, *field; } Link;
typedef bool (*LinkFn)(Work *w, const Link *l, const Record *r, void *arg);

MUST static bool each_of(Work *w, const Form *f, const Form *top, const Field *rows,
    const Record *r, LinkFn fn, void *arg)
{
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        if (field_is_rows(x) && !rows) {
            if (!each_of(w, x->rows, top, x, r, fn, arg)) return false;
            continue;
        }
        if (x->to != r->form || x->computed) continue;
        Link l = { top, rows, x };
        if (!fn(w, &l, r, arg)) return false;
    }
    return true;
}

MUST static bool each_link(Work *w, const Record *r, LinkFn fn, void *arg)
{
    for (int i = 0; i < w->app->nform; i++)
        if (!each_of(w, w->app->form[i], w->app->form[i], NULL, r, fn, arg)) return false;
    return true;
}

/* Live records of the top form that hold the link. */
static void add_holders(Sql *q, const Link *l, const Record *r)
{
    const Field *x = l->field;

    sql_add(q, " FROM ");
    sql_name(q, l->top->names.table);
    sql_add(q, " WHERE \"deleted_at\" IS NULL");
    if (l->top == r->form) {
        sql_add(q, " AND \"id\" <> ");
        sql_bind(q, val_int(record_id(r)));
    }
    sql_add(q, " AND ");
    if (l->rows) {
        sql_add(q, "\"id\" IN (SELECT \"record\" FROM ");
        sql_name(q, l->rows->name.table);
        sql_add(q, " WHERE ");
    }
    if (field_is_list(x)) {
        sql_add(q, "\"id\" IN (SELECT \"record\" FROM ");
        sql_name(q, x->name.table);
        sql_add(q, " WHERE \"value\" = ");
    } else {
        sql_name(q, x->name.column);
        sql_add(q, " = ");
    }
    sql_bind(q, val_int(record_id(r)));
    if (field_is_list(x)) sql_add(q, ")");
    if (l->rows) sql_add(q, ")");
}

static bool count_restrict(Work *w, const Link *l, const Record *r, void *arg)
{
    Str *in_use = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    if (l->field->on_delete != ON_DELETE_RESTRICT) return true;
    sql_add(&q, "SELECT count(*)");
    add_holders(&q, l, r);
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (found && v.i)
        str_printf(in_use, "%s%s: %lld", in_use->n ? ", " : "",
            form_label(l->top, w->cx.lang), (long long)v.i);
    return true;
}

static bool leads(Val v, int64_t id)
{
    if (v.kind == VAL_REC) return v.i == id;
    for (int i = 0; v.kind == VAL_LIST && i < v.n; i++)
        if (v.list[i].i == id) return true;
    return false;
}

/* A list goes with the last of its links. */
static bool takes_along(const Field *f, Val v)
{
    return f->on_delete == ON_DELETE_CASCADE && (v.kind != VAL_LIST || v.n == 1);
}

/* The value without the link. */
static Node *cleared(Work *w, Val v, int64_t id)
{
    Node *list = node_list(w->cx.a);

    if (v.kind != VAL_LIST) return node_new_null(w->cx.a);
    for (int i = 0; i < v.n; i++)
        if (v.list[i].i != id) node_add(w->cx.a, list, value_node(w, v.list[i]));
    return list;
}

static Node *cleared_rows(Work *w, const Link *l, Val rows, int64_t id)
{
    Node *list = node_list(w->cx.a);

    for (int i = 0; rows.kind == VAL_LIST && i < rows.n; i++) {
        const Record *row = rows.list[i].p;
        Val v = record_get(row, l->field);
        bool hit = leads(v, id);
        if (hit && takes_along(l->field, v)) continue;
        Node *map = node_add(w->cx.a, list, node_map(w->cx.a));
        node_put_int(w->cx.a, map, "id", record_id(row));
        if (hit) node_put(w->cx.a, map, l->field->key, cleared(w, v, id));
    }
    return list;
}

MUST static bool release_one(Work *w, const Link *l, const Record *r, int64_t holder)
{
    Node *body = node_map(w->cx.a);
    SaveAsk ask = { .form = l->top, .id = holder, .body = body };
    Record *h;
    Saved saved;

    if (!record_load(w, l->top, holder, false, &h)) return false;
    if (!h) return true;                      /* it went with another one */
    if (!l->rows && takes_along(l->field, record_get(h, l->field)))
        return save_delete(w, l->top, holder, 0);
    if (l->rows)
        node_put(w->cx.a, body, l->rows->key,
            cleared_rows(w, l, record_get(h, l->rows), record_id(r)));
    else
        node_put(w->cx.a, body, l->field->key,
            cleared(w, record_get(h, l->field), record_id(r)));
    if (save_record(w, &ask, &saved)) return true;
    if (w->cx.err != E_INPUT) return false;
    cx_clear(&w->cx);                         /* it must not be blank, or a check says no */
    return cx_fail(&w->cx, E_CONFLICT, "still in use: %s", arena_printf(w->cx.a, "%s: %s",
        form_label(l->top, w->cx.lang), record_title_of(w, l->top, holder)));
}

static bool release(Work *w, const Link *l, const Record *r, void *arg)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t *id = NULL;
    int n = 0, cap = 0;
    Rows rows;
    Val v;

    (void)arg;
    if (l->field->on_delete == ON_DELETE_RESTRICT) return true;
    sql_add(&q, "SELECT \"id\"");
    add_holders(&q, l, r);
    sql_add(&q, " ORDER BY \"id\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) ARENA_PUSH(w->cx.a, id, n, cap, v.i);
    db_rows_end(&rows);
    for (int i = 0; i < n && !w->cx.err; i++)
        if (!release_one(w, l, r, id[i])) return false;
    return !w->cx.err;
}

bool links_allow(Work *w, const Record *r)
{
    Str in_use = str_begin(w->cx.a);

    if (!each_link(w, r, count_restrict, &in_use)) return false;
    return !in_use.n || cx_fail(&w->cx, E_CONFLICT, "still in use: %s", str_show(&in_use));
}

bool links_release(Work *w, const Record *r)
{
    AsSaved saved = work_as_app(w, w->rule);
    bool ok = each_link(w, r, release, NULL);
    work_as_back(w, saved);
    return ok;
}

MUST static bool target_stands(Work *w, const Field *f, int64_t id)
{
    Record *target;

    if (!record_load_row(w, f->to, id, true, &target)) return false;
    if (target && val_is_blank(target->val[SYS_DELETED_AT])) return true;
    return cx_fail(&w->cx, E_CONFLICT, "%s: what it links to is in the recycle bin",
        field_label(f, w->cx.lang));
}

bool links_stand(Work *w, const Record *r)
{
    for (int i = r->form->nsystem; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        Val v = r->val[i];
        for (int k = 0; field_is_rows(f) && k < v.n; k++)
            if (!links_stand(w, v.list[k].p)) return false;
        if (!f->to || f->computed || field_is_rows(f)) continue;
        if (v.kind == VAL_REC && !target_stands(w, f, v.i)) return false;
        for (int k = 0; field_is_list(f) && k < v.n; k++)
            if (!target_stands(w, f, v.list[k].i)) return false;
    }
    return true;
}

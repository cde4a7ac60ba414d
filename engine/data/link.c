/*
 * link.c — a record is named by its id, a user by login, a department by name, any record by
 * the value of a unique field. What a person may not read does not exist for them.
 */
#include "data/link.h"
#include "data/perm.h"
#include "data/record_row.h"

#include <string.h>

static const Zone *zone_of(const Work *w)
{
    return w->who.zone ? w->who.zone : w->app->zone;
}

bool link_find(Work *w, const Field *by, const Node *value, int64_t *id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const Form *f = by->form;
    bool found;
    Val v, row;

    *id = 0;
    if (!field_read(&w->cx, by, value, zone_of(w), &v)) return false;
    if (val_is_blank(v) || !field_has_column(by)) return true;
    sql_add(&q, "SELECT \"id\" FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " WHERE ");
    if (by->name.folded && v.kind == VAL_TEXT) {
        sql_name(&q, arena_printf(w->cx.a, "%s__key", by->name.column));
        v = val_text(str_fold(w->cx.a, v.t));
    } else {
        sql_name(&q, by->name.column);
    }
    sql_add(&q, " = ");
    sql_bind(&q, v);
    if (f->names.binned) sql_add(&q, " AND \"deleted_at\" IS NULL");
    sql_add(&q, " ORDER BY \"id\" LIMIT 1");
    if (!db_one(&w->cx, w->db, &q, &row, 1, &found)) return false;
    if (found) *id = row.i;
    return true;
}

static Node *no_such(Work *w, const Field *f)
{
    cx_issue(&w->cx, at_field(f->key), "unknown_record", "there is no such record");
    return NULL;
}

static Node *find_node(Work *w, const Field *f, const Field *by, Node *value)
{
    int64_t id;

    if (!link_find(w, by, value, &id)) return NULL;
    return id ? node_new_int(w->cx.a, id) : no_such(w, f);
}

static Node *resolve_by(Work *w, const Field *f, const Node *map)
{
    if (!node_is(map, NODE_MAP) || map->n != 1) {
        cx_issue(&w->cx, at_field(f->key), "bad_link", "names a record by one unique field");
        return NULL;
    }
    Node *value = map->item[0];
    const Field *by = form_field(f->to, value->key);
    if (!by || !by->unique || by->within) {
        cx_issue(&w->cx, at_field(f->key), "bad_link", "`%s` is no unique field", value->key);
        return NULL;
    }
    if (!w->as_app && !perm_filterable(w, f->to, by)) {
        cx_fail(&w->cx, E_DENIED, "no right to look for `%s`", by->key);
        return NULL;
    }
    return find_node(w, f, by, value);
}

static bool is_number(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

Node *link_resolve(Work *w, const Field *f, Node *in)
{
    const Field *by = NULL;

    if (node_blank(in)) return in;
    if (node_is(in, NODE_MAP) && node_find(in, "by"))
        return resolve_by(w, f, node_find(in, "by"));
    if (!node_is(in, NODE_TEXT) || is_number(in->text)) return in;
    if (f->to && f->to->builtin && f->to != w->app->files)
        by = form_field(f->to, str_eq(f->to->key, "user") ? "login" : "name");
    return by ? find_node(w, f, by, in) : no_such(w, f);
}

bool link_exists(Work *w, const Field *f, int64_t id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found = false;
    Val row;

    if (!perm_may(w, f->to, ACT_READ)) return no_such(w, f) != NULL;
    sql_add(&q, "SELECT 1 FROM ");
    sql_name(&q, f->to->names.table);
    sql_add(&q, " AS \"t\" WHERE \"t\".\"id\" = ");
    sql_bind(&q, val_int(id));
    if (f->to->names.binned) sql_add(&q, " AND \"t\".\"deleted_at\" IS NULL");
    sql_add(&q, " AND (");
    if (!perm_where(w, f->to, ACT_READ, "t", &q)) return false;
    sql_add(&q, ")");
    if (!db_one(&w->cx, w->db, &q, &row, 1, &found)) return false;
    return found || no_such(w, f);
}

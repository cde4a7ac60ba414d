/*
 * history_list.c — history as a person may see it: by the rights on the record of today.
 */
#include "data/history.h"
#include "data/history_name.h"
#include "data/history_value.h"
#include "data/perm.h"
#include "base/node_json.h"

#include <string.h>

MUST static bool read_changes(Work *w, const Record *r, const OldNames *names, const char *json,
    Entry *e)
{
    Node *map = json ? json_parse(&w->cx, json, strlen(json)) : NULL;
    int cap = 0;

    if (json && !map) return false;
    for (int i = 0; map && i < map->n; i++) {
        const Node *pair = map->item[i];
        const Field *f = form_field(r->form, history_name(names, pair->key, e->id));
        Right right = f ? perm_field(w, r->form, f, r) : RIGHT_HIDDEN;
        if (right == RIGHT_HIDDEN || pair->n != 2) continue;
        Change c = { f, history_value_show(w, f, pair->item[0]),
            history_value_show(w, f, pair->item[1]) };
        if (right == RIGHT_MASKED) {
            c.old = c.old ? field_mask(w->cx.a, f, c.old) : NULL;
            c.now = c.now ? field_mask(w->cx.a, f, c.now) : NULL;
        }
        ARENA_PUSH(w->cx.a, e->change, e->n, cap, c);
    }
    return true;
}

static const char *text(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

typedef struct Raw { Entry e; const char *changes; } Raw;

MUST static bool read_rows(Work *w, const Sql *q, Raw **out, int *n)
{
    Raw *raw = NULL;
    int cap = 0;
    Rows rows;
    Val v[8];

    *n = 0;
    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Val at = db_typed(v[1], VAL_DATETIME, 0);
        Raw one = { .e = { .id = v[0].i, .at = at.i, .by = val_is_blank(v[2]) ? 0 : v[2].i,
            .via = text(w, v[3]), .rule = text(w, v[4]), .what = text(w, v[5]),
            .note = text(w, v[6]) }, .changes = text(w, v[7]) };
        ARENA_PUSH(w->cx.a, raw, *n, cap, one);
    }
    db_rows_end(&rows);
    *out = raw;
    return !w->cx.err;
}

bool history_list(Work *w, const Record *r, int64_t before, int limit, Entry **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    OldNames names;
    Raw *raw;

    sql_add(&q, "SELECT \"id\", \"at\", \"by\", \"via\", \"rule\", \"what\", \"note\", "
        "\"changes\" FROM \"_history\" WHERE \"form\" = ");
    sql_bind(&q, val_text(r->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record_id(r)));
    if (before) {
        sql_add(&q, " AND \"id\" < ");
        sql_bind(&q, val_int(before));
    }
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT ");
    sql_bind(&q, val_int(limit));
    if (!read_rows(w, &q, &raw, n) || !history_names(w, r->form, &names)) return false;
    *out = ARENA_ARRAY(w->cx.a, Entry, *n + 1);
    for (int i = 0; i < *n; i++) {
        (*out)[i] = raw[i].e;
        if (!read_changes(w, r, &names, raw[i].changes, &(*out)[i])) return false;
    }
    return true;
}

/*
 * session_list.c — where a person is signed in, and being signed out elsewhere.
 */
#include "data/session.h"
#include "base/sys.h"

#include <string.h>

enum { SHOWN = 50 };

bool session_list(Work *w, const char *current, Session **out, int *n)
{
    const char *mine = current ? sys_sha256_hex(w->cx.a, current, strlen(current)) : NULL;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int cap = 0;
    Rows rows;
    Val v[4];

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT \"created_at\", \"seen_at\", \"address\", \"hash\" FROM \"_session\" "
        "WHERE \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, " AND NOT ");
    session_over(w, &q);
    sql_add(&q, " ORDER BY \"created_at\" DESC LIMIT ");
    sql_bind(&q, val_int(SHOWN));
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Session s = { .begun = v[0].i, .seen = v[1].i,
            .address = v[2].kind == VAL_TEXT ? arena_dup(w->cx.a, v[2].t) : "",
            .current = mine && v[3].kind == VAL_TEXT && str_eq(v[3].t, mine) };
        ARENA_PUSH(w->cx.a, *out, *n, cap, s);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

static bool only_unit(Work *w, void *keep)
{
    return session_end_others(w, w->who.id, keep);
}

bool session_only(Work *w, const char *keep)
{
    return work_write(w, only_unit, (void *)keep);
}

static bool is_on(const Record *r)
{
    const Field *f = form_field(r->form, "active");
    Val v = f ? record_get(r, f) : val_bool(true);
    return v.kind == VAL_BOOL && v.i;
}

bool session_follow(Work *w, const Record *old, const Record *now)
{
    if (!old || !str_eq(old->form->key, "user")) return true;
    if (now && (is_on(now) || !is_on(old))) return true;
    return session_end_all(w, record_id(old));
}

/*
 * file_sweep.c — deletes uploads that nobody attached, and contents that no file names.
 *
 * Safe beside people who attach and upload, here and on other nodes: rows go inside a write that
 * asks once more whether anything holds them, and the foreign keys of every file field stand
 * behind that. A content that came last a day ago and that no row names is marked (swept.h)
 * before it is removed, and a file that is added looks for the mark.
 */
#include "data/file.h"
#include "data/engine.h"
#include "data/swept.h"
#include "data/timer.h"
#include "base/sys.h"

enum { PORTION = 100 };

typedef struct Sweep { Work *w; int64_t before, n; const char *hash, *mark; } Sweep;

static bool rows_unit(Work *w, void *arg)
{
    Sweep *s = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    if (!swept_trim(w, w->now - FILE_KEPT_S)) return false;
    sql_add(&q, "DELETE FROM \"_file\" WHERE \"id\" IN (SELECT f.\"id\" FROM \"_file\" f "
        "WHERE f.\"created_at\" < ");
    sql_bind(&q, val_datetime(s->before));
    sql_add(&q, " AND NOT EXISTS (SELECT 1 FROM \"_file_use\" u WHERE u.\"file\" = f.\"id\") "
        "ORDER BY f.\"id\" LIMIT ");
    sql_int(&q, PORTION);
    sql_add(&q, ")");
    return db_run(&w->cx, w->db, &q, &s->n);
}

static bool mark_unit(Work *w, void *arg)
{
    Sweep *s = arg;
    const char *mark;

    if (!swept_begin(w, s->hash, &mark)) return false;
    s->mark = mark;
    return true;
}

/* Looked at without a write first: most contents are named. */
static bool look_at(Sweep *s, const char *hash)
{
    Work *w = s->w;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    s->hash = hash;
    sql_add(&q, "SELECT 1 FROM \"_file\" WHERE \"hash\" = ");
    sql_bind(&q, val_text(hash));
    sql_add(&q, " LIMIT 1");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (found) return true;
    if (!work_write(w, mark_unit, s)) return false;
    return !s->mark || (content_remove(&w->cx, engine_contents(w->engine), hash)
        && swept_over(w, hash, s->mark));
}

/* There may be millions: nothing of one is kept for the next. */
static bool one_content(void *arg, const char *hash)
{
    Sweep *s = arg;
    ArenaMark mark = arena_mark(s->w->cx.a);

    if (!look_at(s, hash)) return false;
    arena_rewind(s->w->cx.a, mark);
    return true;
}

/* Where nothing is there is nothing old before a day has passed. */
static bool rest_unit(Work *w, void *arg)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    (void)arg;
    sql_add(&q, "SELECT 1 FROM \"_file\" LIMIT 1");
    return db_one(&w->cx, w->db, &q, &v, 1, &found)
        && (found || timer_set(w, FILE_SWEEP, NULL, 0, "", w->now + FILE_KEPT_S, NULL));
}

bool files_sweep(Work *w)
{
    Sweep s = { .w = w, .before = w->now - FILE_KEPT_S };
    bool any;

    do
        if (!work_write(w, rows_unit, &s)) return false;
    while (s.n == PORTION);
    return contents_old(&w->cx, engine_contents(w->engine), s.before, one_content, &s, &any)
        && (any || work_write(w, rest_unit, NULL));
}

bool files_copy(Work *w, const char *folder, int64_t *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    ContentStore *to;
    const char **hash = NULL;
    int count = 0, cap = 0;
    Rows rows;
    Val v;

    *n = 0;
    if (!contents_open(&w->cx, folder, folder, &to)) return false;
    sql_add(&q, "SELECT DISTINCT \"hash\" FROM \"_file\"");
    bool ok = db_query(&w->cx, w->db, &q, &rows);
    while (ok && db_next(&w->cx, &rows, &v))
        ARENA_PUSH(w->cx.a, hash, count, cap, arena_dup(w->cx.a, v.t));
    if (ok) db_rows_end(&rows);
    for (int i = 0; ok && !w->cx.err && i < count; i++)
        ok = content_copy(&w->cx, engine_contents(w->engine), to, hash[i]);
    contents_close(to);
    *n = count;
    return ok && !w->cx.err;
}

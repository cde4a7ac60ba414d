/*
 * file_sweep.c — deletes uploads that nobody attached, and contents that no file names.
 *
 * Safe beside people who attach and upload: rows go inside a write that asks once more whether
 * anything holds them, and the foreign keys of every file field stand behind that. A content
 * goes inside a write too, when no row names its hash and it was not made new for a day; an
 * upload makes it new, and looks for it again inside its own write (file_add).
 */
#include "data/file.h"
#include "data/engine.h"
#include "base/sys.h"

enum { PORTION = 100 };

typedef struct Sweep { Work *w; int64_t before, n; const char *hash; } Sweep;

static bool rows_unit(Work *w, void *arg)
{
    Sweep *s = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_file\" WHERE \"id\" IN (SELECT f.\"id\" FROM \"_file\" f "
        "WHERE f.\"created_at\" < ");
    sql_bind(&q, val_datetime(s->before));
    sql_add(&q, " AND NOT EXISTS (SELECT 1 FROM \"_file_use\" u WHERE u.\"file\" = f.\"id\") "
        "ORDER BY f.\"id\" LIMIT ");
    sql_int(&q, PORTION);
    sql_add(&q, ")");
    return db_run(&w->cx, w->db, &q, &s->n);
}

static bool content_unit(Work *w, void *arg)
{
    const Sweep *s = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    ContentStore *store = engine_contents(w->engine);
    bool found;
    Val v;

    sql_add(&q, "SELECT 1 FROM \"_file\" WHERE \"hash\" = ");
    sql_bind(&q, val_text(s->hash));
    sql_add(&q, " LIMIT 1");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (!found) content_remove(store, s->hash);
    return true;
}

/* Looked at without the writer first: most contents are named. */
static bool one_content(void *arg, const char *hash)
{
    Sweep *s = arg;
    Work *w = s->w;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    s->hash = hash;
    sql_add(&q, "SELECT 1 FROM \"_file\" WHERE \"hash\" = ");
    sql_bind(&q, val_text(hash));
    sql_add(&q, " LIMIT 1");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    return found || work_write(w, content_unit, s);
}

bool files_sweep(Work *w)
{
    Sweep s = { .w = w, .before = w->now - FILE_KEPT_S };

    do
        if (!work_write(w, rows_unit, &s)) return false;
    while (s.n == PORTION);
    return contents_old(&w->cx, engine_contents(w->engine), s.before, one_content, &s);
}

bool files_copy(Work *w, const char *folder, int64_t *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    ContentStore *to = contents_open(folder);
    const char **hash = NULL;
    int count = 0, cap = 0;
    Rows rows;
    Val v;

    *n = 0;
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

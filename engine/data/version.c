/*
 * version.c — reads _definition and _source. A text stands in _source only in the versions that
 * changed it; NULL says the file went away.
 */
#include "data/version.h"
#include "base/diff.h"
#include "base/sys.h"

#include <string.h>

MUST static bool there(Cx *cx, Db *db, const char *name, bool *any)
{
    const char **table;
    int n;

    if (!db_tables(cx, db, &table, &n)) return false;
    *any = str_in(name, table, n);
    return true;
}

MUST static bool is_published(Cx *cx, Db *db, bool *any)
{
    return there(cx, db, "_definition", any);
}

/* What each version of the list changed; the list is newest first, without gaps. */
MUST static bool add_files(Cx *cx, Db *db, Version *list, int n)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    int cap = 0, at = 0;
    Rows rows;
    Val row[4];

    if (!n) return true;
    sql_add(&q, "SELECT version, path, text IS NULL, EXISTS (SELECT 1 FROM _source o WHERE o.path = s.path "
        "AND o.version = (SELECT max(version) FROM _source WHERE path = s.path AND version < s.version"
        ") AND o.text IS NOT NULL) FROM _source s WHERE version BETWEEN ");
    sql_bind(&q, val_int(list[n - 1].version));
    sql_add(&q, " AND ");
    sql_bind(&q, val_int(list[0].version));
    sql_add(&q, " ORDER BY version DESC, path");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, row)) {
        VersionFile f = { arena_dup(cx->a, row[1].t),
            row[2].i ? "removed" : row[3].i ? "changed" : "added" };
        while (at < n && list[at].version > row[0].i) { at++; cap = 0; }
        if (at < n && list[at].version == row[0].i)
            ARENA_PUSH(cx->a, list[at].file, list[at].nfile, cap, f);
    }
    db_rows_end(&rows);
    return !cx->err;
}

static const char *text_of(Arena *a, Val v)
{
    return v.kind == VAL_TEXT && *v.t ? arena_dup(a, v.t) : NULL;
}

/* Who published, as they are called today. A login that is taken again after its owner went to the bin
   is that of who has it now: those come last. */
MUST static bool add_names(Cx *cx, Db *db, Version *list, int n)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Rows rows;
    Val row[2];
    int asked = 0;
    bool any;

    if (!there(cx, db, "user", &any)) return false;
    sql_add(&q, "SELECT \"login\", \"name\" FROM \"user\" WHERE \"login\" IN (");
    for (int i = 0; any && i < n; i++) {
        if (!list[i].author || (i && str_eq(list[i].author, list[i - 1].author))) continue;
        if (asked++) sql_add(&q, ", ");
        sql_bind(&q, val_text(list[i].author));
    }
    sql_add(&q, ") ORDER BY \"deleted_at\" IS NULL, \"id\"");
    if (!asked) return true;
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, row)) {
        const char *name = text_of(cx->a, row[1]);
        for (int i = 0; i < n; i++)
            if (str_eq(list[i].author, row[0].t)) list[i].name = name;
    }
    db_rows_end(&rows);
    return !cx->err;
}

bool version_list(Cx *cx, Db *db, int64_t before, int limit, Version **out, int *n)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Rows rows;
    Val row[5];
    int cap = 0;
    bool any;

    *out = NULL;
    *n = 0;
    if (!is_published(cx, db, &any)) return false;
    if (!any) return true;
    sql_add(&q, "SELECT version, at, author, note, plan FROM _definition WHERE version < ");
    sql_bind(&q, val_int(before ? before : INT64_MAX));
    sql_add(&q, " ORDER BY version DESC LIMIT ");
    sql_int(&q, limit);
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, row)) {
        Version v = { .version = row[0].i, .author = text_of(cx->a, row[2]),
            .note = text_of(cx->a, row[3]), .plan = text_of(cx->a, row[4]) };
        if (!datetime_parse(row[1].t, zone_utc(), &v.at)) v.at = 0;
        ARENA_PUSH(cx->a, *out, *n, cap, v);
    }
    db_rows_end(&rows);
    return !cx->err && add_files(cx, db, *out, *n) && add_names(cx, db, *out, *n);
}

bool version_newest(Cx *cx, Db *db, int64_t *version)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    bool found;
    Val v;

    sql_add(&q, "SELECT coalesce(max(version), 0) FROM _definition");
    if (!db_one(cx, db, &q, &v, 1, &found)) return false;
    *version = found && v.kind == VAL_INT ? v.i : 0;
    return true;
}

MUST static bool exists(Cx *cx, Db *db, int64_t version, bool *found)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Val v;

    sql_add(&q, "SELECT 1 FROM _definition WHERE version = ");
    sql_bind(&q, val_int(version));
    return db_one(cx, db, &q, &v, 1, found);
}

bool version_sources(Cx *cx, Db *db, int64_t version, Source **out, int *n)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Rows rows;
    Val row[2];
    int cap = 0;
    bool found;

    *out = NULL;
    *n = 0;
    if (!is_published(cx, db, &found) || (found && !exists(cx, db, version, &found)))
        return false;
    if (!found)
        return cx_fail(cx, E_MISSING, "there is no version %lld", (long long)version);
    sql_add(&q, "SELECT path, text FROM _source s WHERE text IS NOT NULL AND version = "
        "(SELECT max(version) FROM _source WHERE path = s.path AND version <= ");
    sql_bind(&q, val_int(version));
    sql_add(&q, ") ORDER BY path");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, row)) {
        Source s = { .path = arena_dup(cx->a, row[0].t), .n = (size_t)row[1].n,
            .text = arena_dup_n(cx->a, row[1].t, (size_t)row[1].n) };
        ARENA_PUSH(cx->a, *out, *n, cap, s);
    }
    db_rows_end(&rows);
    return !cx->err;
}

bool version_files(Cx *cx, Db *db, FileVersion **out, int *n)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    int cap = 0;
    Rows rows;
    Val v[2];

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT path, max(version) FROM _source GROUP BY path ORDER BY path");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, v)) {
        FileVersion one = { arena_dup(cx->a, v[0].t), v[1].i };
        ARENA_PUSH(cx->a, *out, *n, cap, one);
    }
    db_rows_end(&rows);
    return !cx->err;
}

int64_t version_file(const FileVersion *list, int n, const char *path)
{
    for (int i = 0; i < n; i++)
        if (str_eq(list[i].path, path)) return list[i].version;
    return 0;
}

char *version_etag(Arena *a, const char *text)
{
    return text ? arena_dup_n(a, sys_sha256_hex(a, text, strlen(text)), 16) : NULL;
}

bool version_text(Cx *cx, Db *db, const char *path, const char *etag, char **text)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Rows rows;
    Val v;

    *text = NULL;
    sql_add(&q, "SELECT text FROM _source WHERE text IS NOT NULL AND path = ");
    sql_bind(&q, val_text(path));
    sql_add(&q, " ORDER BY version DESC");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (!*text && db_next(cx, &rows, &v)) {
        ArenaMark mark = arena_mark(cx->a);
        bool same = str_eq(version_etag(cx->a, v.t), etag);
        arena_rewind(cx->a, mark);
        if (same) *text = arena_dup_n(cx->a, v.t, (size_t)v.n);
    }
    db_rows_end(&rows);
    return !cx->err;
}

char *version_diff(Arena *a, const Source *old, int nold, const Source *new, int nnew)
{
    Str s = str_begin(a);

    for (int i = 0; i < nold; i++) {
        const Source *now = app_source(new, nnew, old[i].path);
        str_add(&s, diff_unified(a, old[i].path, old[i].text, now ? now->text : NULL));
    }
    for (int i = 0; i < nnew; i++)
        if (!app_source(old, nold, new[i].path))
            str_add(&s, diff_unified(a, new[i].path, NULL, new[i].text));
    return (char *)str_show(&s);
}

void version_json(const Version *v, Json *out)
{
    json_map(out);
    json_key(out, "version"); json_int(out, v->version);
    json_key(out, "at"); json_val(out, val_datetime(v->at));
    json_key(out, "author"); json_text(out, v->author);
    json_key(out, "author_name"); json_text(out, v->name);
    json_key(out, "note"); json_text(out, v->note);
    json_key(out, "files");
    json_list(out);
    for (int i = 0; i < v->nfile; i++) {
        json_map(out);
        json_key(out, "path"); json_text(out, v->file[i].path);
        json_key(out, "what"); json_text(out, v->file[i].what);
        json_map_end(out);
    }
    json_list_end(out);
    json_key(out, "plan"); json_text(out, v->plan);
    json_map_end(out);
}

/*
 * file.c — rows of `_file`. They never change; what is read of them holds for the request.
 */
#include "data/file.h"
#include "data/swept.h"
#include "data/engine.h"
#include "data/query_in.h"
#include "data/record_row.h"
#include "data/titles.h"
#include "base/media.h"

/* seen: the mark of a sweep after which the content was put there; or NULL. */
typedef struct Add {
    Arrival *arrival; const char *name, *seen;
    int64_t id;
    Swept swept;              /* another sweep took the content, or is about to */
} Add;

/* What nobody attaches takes room for a day: of one person only so much. */
MUST static bool room_left(Work *w, int64_t size)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t most = w->app->limits.file * FILE_LOOSE;
    bool found;
    Val v;

    if (most <= 0) return true;
    sql_add(&q, "SELECT coalesce(sum(f.\"size\"), 0) FROM \"_file\" f WHERE f.\"created_by\" = ");
    sql_bind(&q, val_rec(w->who.id));
    sql_add(&q, " AND f.\"created_at\" > ");
    sql_bind(&q, val_datetime(w->now - FILE_KEPT_S));
    sql_add(&q, " AND NOT EXISTS (SELECT 1 FROM \"_file_use\" u WHERE u.\"file\" = f.\"id\")");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    return v.i + size <= most
        || cx_fail(&w->cx, E_LIMIT, "too many of your uploads are in no record yet");
}

MUST static bool insert(Work *w, const Add *add, Val *id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;

    sql_add(&q, "INSERT INTO \"_file\" (\"created_at\", \"created_by\", \"name\", \"size\", "
        "\"type\", \"hash\") VALUES (");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, ", ");
    sql_bind(&q, w->who.id ? val_rec(w->who.id) : val_blank());
    sql_add(&q, ", ");
    sql_bind(&q, val_text(add->name));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(arrival_size(add->arrival)));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(arrival_type(add->arrival)));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(arrival_hash(add->arrival)));
    sql_add(&q, ") RETURNING \"id\"");
    return db_one(&w->cx, w->db, &q, id, 1, &found);
}

static bool add_unit(Work *w, void *arg)
{
    Add *add = arg;
    Swept swept;
    Val id = val_int(0);

    if (!swept_find(w, arrival_hash(add->arrival), &swept)) return false;
    bool go = !swept.mark || str_eq(swept.mark, add->seen);
    if (go && (!room_left(w, arrival_size(add->arrival))
            || !swept_forget(w, arrival_hash(add->arrival)) || !insert(w, add, &id)))
        return false;
    add->swept = go ? (Swept){ 0 } : swept;
    add->id = id.i;
    return true;
}

/* Swept away lately, perhaps after it was put there: it is put there once more, and nobody can
   take it before the row stands, unless another mark says so. */
bool file_add(Work *w, Arrival *d, const char *name, const FileInfo **out)
{
    Add add = { .arrival = d, .name = media_name(w->cx.a, name, arrival_type(d)) };

    *out = NULL;
    if (!arrival_size(d)) return cx_fail(&w->cx, E_SYNTAX, "the file is empty");
    if (!arrival_kept(d) && !arrival_keep(&w->cx, d)) return false;
    if (!work_note(w, add_unit, &add)) return false;
    if (add.swept.mark && add.swept.over) {
        add.seen = add.swept.mark;
        if (!arrival_keep(&w->cx, d) || !work_note(w, add_unit, &add)) return false;
    }
    if (add.swept.mark)
        return cx_fail(&w->cx, E_BUSY, "the server is busy; try again in a moment");
    *out = file_info(w, add.id);
    return *out || w->cx.err ? *out != NULL
        : cx_fail(&w->cx, E_BUSY, "the server is busy; try again in a moment");
}

bool files_load(Work *w, const int64_t *id, int n)
{
    int64_t *ask = ARENA_ARRAY(w->cx.a, int64_t, n + 1);
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[7];
    int k = 0;

    for (int i = 0; i < n; i++)
        if (id[i] > 0 && !titles_more(w, w->app->files, id[i])) ask[k++] = id[i];
    if (!k) return true;
    sql_add(&q, "SELECT t.\"id\", t.\"name\", t.\"size\", t.\"type\", t.\"hash\", "
        "t.\"created_by\", t.\"created_at\" FROM \"_file\" AS t WHERE ");
    query_ids(&q, "t", "id", ask, k);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        FileInfo *f = ARENA_NEW(w->cx.a, FileInfo);
        *f = (FileInfo){ .id = v[0].i, .name = arena_dup(w->cx.a, v[1].t), .size = v[2].i,
            .type = arena_dup(w->cx.a, v[3].t), .hash = arena_dup(w->cx.a, v[4].t),
            .by = v[5].kind == VAL_INT ? v[5].i : 0,
            .at = db_typed(v[6], VAL_DATETIME, 0).i };
        titles_put_more(w, w->app->files, f->id, f);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

const FileInfo *file_info(Work *w, int64_t id)
{
    return files_load(w, &id, 1) ? titles_more(w, w->app->files, id) : NULL;
}

void file_json(Work *w, int64_t id, Json *out)
{
    const FileInfo *f = file_info(w, id);

    json_map(out);
    json_key(out, "id");
    json_int(out, id);
    if (f) {
        json_key(out, "name");
        json_text(out, f->name);
        json_key(out, "size");
        json_int(out, f->size);
        json_key(out, "type");
        json_text(out, f->type);
        json_key(out, "url");
        json_text(out, arena_printf(w->cx.a, "/api/v1/files/%lld", (long long)id));
    }
    json_map_end(out);
}

/* ---- attaching ---- */

/* The field of the whole form that a row's field stands in. */
static const Field *top_field(const Field *f)
{
    return f->form->parent ? f->form->in : f;
}

static const Record *top_record(const Record *r)
{
    return r->parent ? r->parent : r;
}

MUST static bool was_there(Work *w, const Record *r, const Field *f, int64_t id, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v;

    sql_add(&q, "SELECT 1 FROM \"_file_use\" WHERE \"file\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " AND \"form\" = ");
    sql_bind(&q, val_text(top_record(r)->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record_id(top_record(r))));
    sql_add(&q, " AND \"field\" = ");
    sql_bind(&q, val_text(top_field(f)->key));
    return db_one(&w->cx, w->db, &q, &v, 1, found);
}

bool file_attach(Work *w, const Record *r, const Field *f, int64_t id)
{
    const FileInfo *file = file_info(w, id);
    bool mine = file && (w->as_app || (file->by && file->by == w->who.id));

    if (w->cx.err) return false;
    if (file && !mine && !was_there(w, r, f, id, &mine)) return false;
    if (!mine)
        return cx_issue(&w->cx, at_field(f->key), "unknown_file",
            "there is no such file; upload it first");
    if (!file_accepts(f, file->type)) {
        const char *accept = file_accept(w->cx.a, f);
        return cx_issue(&w->cx, at_field(f->key), "wrong_type",
            "does not take `%s`, which is %s; it takes %s", file->name, file->type,
            accept ? accept : "");
    }
    if (f->max_size && file->size > f->max_size)
        return cx_issue(&w->cx, at_field(f->key), "too_large",
            "`%s` is larger than %lld KB", file->name, (long long)(f->max_size / 1024));
    return true;
}

MUST static bool use(Work *w, const Record *r, const Field *f, int64_t id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "INSERT INTO \"_file_use\" (\"file\", \"form\", \"record\", \"field\") VALUES (");
    sql_bind(&q, val_int(id));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(r->form->key));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(record_id(r)));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, ") ON CONFLICT DO NOTHING");
    return db_run(&w->cx, w->db, &q, NULL);
}

MUST static bool used_by(Work *w, const Record *top, const Record *r)
{
    for (int i = r->form->nsystem; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        Val v = record_get(r, f);
        if (field_is_rows(f)) {
            for (int k = 0; v.kind == VAL_LIST && k < v.n; k++)
                if (v.list[k].p && !used_by(w, top, v.list[k].p)) return false;
            continue;
        }
        if (f->computed || !field_of_files(f)) continue;
        if (v.kind == VAL_REC && !use(w, top, top_field(f), v.i)) return false;
        for (int k = 0; v.kind == VAL_LIST && k < v.n; k++)
            if (!use(w, top, top_field(f), v.list[k].i)) return false;
    }
    return true;
}

bool file_used(Work *w, const Record *r)
{
    return used_by(w, r, r);
}

/*
 * import.c — what is kept of an import: a row of _import. Its file is held by a row of _file_use,
 * so that it is not swept away with other uploads.
 */
#include "data/import.h"
#include "data/draft.h"
#include "data/engine.h"
#include "data/perm.h"
#include "base/node_json.h"
#include "base/out.h"

#include <string.h>

#define HELD_BY "_import"

static const char *text_of(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

/* ---- the file ---- */

MUST static bool read_content(Work *w, const FileInfo *f, char **bytes)
{
    Content *c;
    size_t at = 0, got = 1;

    if (!content_open(&w->cx, engine_contents(w->engine), f->hash, NULL, 0, 0, &c)) return false;
    if (!c) return cx_fail(&w->cx, E_MISSING, "the file is not there any more");
    *bytes = arena_alloc(w->cx.a, (size_t)f->size + 1);
    while (got && at < (size_t)f->size && content_read(&w->cx, c, *bytes + at, (size_t)f->size - at, &got))
        at += got;
    content_close(c);
    return !w->cx.err && (at == (size_t)f->size
        || cx_fail(&w->cx, E_SYS, "the file could not be read to its end"));
}

MUST static bool open_file(Work *w, const FileInfo *f, Sheet **out)
{
    char *bytes = NULL;

    if (f->size > SHEET_BYTES)
        return cx_fail(&w->cx, E_SIZE, "the file is larger than %d MB; leave out what is not needed, "
            "or take it in parts", SHEET_BYTES >> 20);
    return read_content(w, f, &bytes) && sheet_open(&w->cx, bytes, (size_t)f->size, out);
}

bool import_file(Work *w, int64_t file, Sheet **out)
{
    const FileInfo *f = file_info(w, file);

    if (w->cx.err) return false;
    if (!f || f->by != w->who.id) return cx_fail(&w->cx, E_MISSING, "there is no such file");
    return open_file(w, f, out);
}

bool import_sheet(Work *w, const Import *x, Sheet **out)
{
    const FileInfo *f = file_info(w, x->file);

    if (w->cx.err) return false;
    return f ? open_file(w, f, out) : cx_fail(&w->cx, E_MISSING, "the file is not there any more");
}

/* ---- columns ---- */

static const char *columns_json(Work *w, const ImportColumn *c, int n)
{
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);

    json_list(&j);
    for (int i = 0; i < n; i++) {
        json_map(&j);
        json_key(&j, "column"); json_int(&j, c[i].column);
        json_key(&j, "field"); json_text(&j, c[i].field);
        json_key(&j, "label"); json_text(&j, c[i].label);
        if (c[i].order) { json_key(&j, "order"); json_text(&j, c[i].order); }
        json_map_end(&j);
    }
    json_list_end(&j);
    return str_show(&s);
}

static void read_columns(Work *w, Import *x, const char *json)
{
    const Node *list = json ? json_parse(&w->cx, json, strlen(json)) : NULL;
    int64_t column;

    x->column = ARENA_ARRAY(w->cx.a, ImportColumn, list ? list->n + 1 : 1);
    for (int i = 0; node_is(list, NODE_LIST) && i < list->n; i++)
        if (node_int(node_find(list->item[i], "column"), &column))
            x->column[x->ncolumn++] = (ImportColumn){ (int)column,
                node_text(node_find(list->item[i], "field")),
                node_text(node_find(list->item[i], "label")),
                node_text(node_find(list->item[i], "order")) };
}

static bool takes_values(const Field *f)
{
    return !f->system && !f->computed && f->type->read && !field_is_bare(f)
        && !field_of_files(f) && field_store(f) != STORE_ROWS
        && field_store(f) != STORE_PARTS;
}

static bool is_called(const Field *f, const char *label)
{
    for (int i = 0; i < f->label.n; i++)
        if (str_eq(f->label.text[i], label)) return true;
    return false;
}

const Field *import_field(const Form *f, const ImportColumn *c)
{
    const Field *x = c->field ? form_field(f, c->field) : NULL;

    if (x && takes_values(x)) return x;
    for (int i = f->nsystem; c->label && i < f->nfield; i++)
        if (takes_values(f->field[i]) && is_called(f->field[i], c->label)) return f->field[i];
    return NULL;
}

/* ---- rows of _import ---- */

#define COLUMNS "SELECT \"id\", \"by\", \"at\", \"file\", \"form\", \"name\", \"sheet\", \"data\", \"columns\", " \
    "\"state\", \"rows\", \"row\", \"made\", \"refused\", \"undone\", \"kept\", \"error\" FROM \"_import\""
enum { NCOLUMNS = 17 };

static Import read_row(Work *w, const Val *v)
{
    Import x = { .id = v[0].i, .by = v[1].i, .at = db_typed(v[2], VAL_DATETIME, 0).i, .file = v[3].i,
        .form = text_of(w, v[4]), .name = text_of(w, v[5]), .sheet = (int)v[6].i, .data = v[7].i,
        .state = text_of(w, v[9]), .rows = v[10].i, .row = v[11].i, .made = v[12].i,
        .refused = v[13].i, .undone = v[14].i, .kept = v[15].i, .error = text_of(w, v[16]) };

    read_columns(w, &x, text_of(w, v[8]));
    return x;
}

bool import_find(Work *w, int64_t id, Import *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v[NCOLUMNS];
    bool found;

    sql_add(&q, COLUMNS " WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    if (!db_one(&w->cx, w->db, &q, v, NCOLUMNS, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no such import");
    *out = read_row(w, v);
    return true;
}

bool import_list(Work *w, const char *form, const char *state, Import **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v[NCOLUMNS];
    int cap = 0;
    Rows rows;

    *out = NULL;
    *n = 0;
    sql_add(&q, COLUMNS " WHERE TRUE");
    if (form) {
        sql_add(&q, " AND \"form\" = ");
        sql_bind(&q, val_text(form));
    }
    if (!w->who.admin) {
        sql_add(&q, " AND \"by\" = ");
        sql_bind(&q, val_int(w->who.id));
    }
    if (state) {
        sql_add(&q, " AND \"state\" = ");
        sql_bind(&q, val_text(state));
    }
    sql_add(&q, " ORDER BY \"id\" DESC");
    sql_limit(&q, IMPORT_LISTED);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Import x = read_row(w, v);
        ARENA_PUSH(w->cx.a, *out, *n, cap, x);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

typedef struct Keep { const Import *x; int64_t id; } Keep;

MUST static bool hold_file(Work *w, int64_t file, int64_t id)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "INSERT INTO \"_file_use\" (\"file\", \"form\", \"record\", \"field\") VALUES (");
    sql_bind(&q, val_int(file));
    sql_add(&q, ", '" HELD_BY "', ");
    sql_bind(&q, val_int(id));
    sql_add(&q, ", 'file')");
    return db_run(&w->cx, w->db, &q, NULL);
}

static bool keep_unit(Work *w, void *arg)
{
    Keep *k = arg;
    const Import *x = k->x;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const Val v[] = { val_text(x->form), val_int(w->who.id), val_datetime(w->now), val_int(x->file),
        val_text(x->name), val_int(x->sheet), val_int(x->data), val_int(x->rows),
        val_text(columns_json(w, x->column, x->ncolumn)) };
    bool found;
    Val id;

    sql_add(&q, "INSERT INTO \"_import\" (\"form\", \"by\", \"at\", \"file\", \"name\", \"sheet\", \"data\", "
        "\"rows\", \"columns\", \"state\", \"row\", \"made\", \"refused\", \"undone\", \"kept\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        sql_bind(&q, v[i]);
        sql_add(&q, ", ");
    }
    sql_add(&q, "'waiting', 0, 0, 0, 0, 0) RETURNING \"id\"");
    if (!db_one(&w->cx, w->db, &q, &id, 1, &found) || !hold_file(w, x->file, id.i)) return false;
    k->id = id.i;
    return true;
}

bool import_keep(Work *w, const Import *what, int64_t *id)
{
    const FileInfo *f = file_info(w, what->file);
    Import x = *what;
    Keep k = { .x = &x };

    if (w->cx.err || !import_may(w, app_form(w->app, x.form))) return false;
    if (!f || f->by != w->who.id) return cx_fail(&w->cx, E_MISSING, "there is no such file");
    x.name = f->name;
    if (!work_write(w, keep_unit, &k)) return false;
    *id = k.id;
    return true;
}

/* ---- from one state to the next ---- */

typedef struct Turn {
    int64_t id;
    const char *from, *other, *to;             /* states */
    const char *columns;      /* JSON, or NULL: as they are */
} Turn;

static bool step_unit(Work *w, void *arg)
{
    const Turn *s = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t changed;

    sql_add(&q, "UPDATE \"_import\" SET \"error\" = NULL, \"state\" = ");
    sql_bind(&q, val_text(s->to));
    if (s->columns) {
        sql_add(&q, ", \"columns\" = ");
        sql_bind(&q, val_text(s->columns));
    }
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(s->id));
    sql_add(&q, " AND \"state\" IN (");
    sql_bind(&q, val_text(s->from));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(s->other));
    sql_add(&q, ")");
    if (!db_run(&w->cx, w->db, &q, &changed)) return false;
    if (!changed) return cx_fail(&w->cx, E_CONFLICT, "this import is under way, or over already");
    return jobs_add(w, "import", arena_printf(w->cx.a, "{\"import\":%lld}", (long long)s->id));
}

MUST static bool step(Work *w, const Turn *s)
{
    if (!work_write(w, step_unit, (void *)s)) return false;
    engine_wake_after(w);
    return true;
}

MUST static bool columns_fit(Work *w, const Form *f, ImportColumn *c, int n)
{
    for (int i = 0; i < n; i++) {
        const Field *x = import_field(f, &c[i]);
        Place at = at_field(arena_printf(w->cx.a, "column_%d", c[i].column));
        if (!x || perm_field(w, f, x, NULL) == RIGHT_HIDDEN) {
            cx_issue(&w->cx, at, "unknown_field", "the column `%s` goes to no field of the form",
                c[i].label ? c[i].label : "");
            continue;
        }
        c[i].field = x->key;
        for (int k = 0; k < i; k++)
            if (str_eq(c[k].field, x->key))
                cx_issue(&w->cx, at, "twice", "two columns go to the field %s",
                    field_label(x, w->cx.lang));
    }
    return cx_check(&w->cx);
}

bool import_run(Work *w, int64_t id, const ImportColumn *column, int n)
{
    Import x;

    if (!import_find(w, id, &x)) return false;
    const Form *f = app_form(w->app, x.form);
    if (!import_may(w, f)) return false;
    if (!f) return cx_fail(&w->cx, E_INPUT, "the form is not published yet");
    if (!column) {
        column = x.column;
        n = x.ncolumn;
    }
    if (!n) return cx_fail(&w->cx, E_INPUT, "no column goes to a field");
    ImportColumn *own = ARENA_ARRAY(w->cx.a, ImportColumn, n);
    memcpy(own, column, sizeof *own * (size_t)n);
    if (!columns_fit(w, f, own, n)) return false;
    return step(w, &(Turn){ id, "waiting", "failed", "running", columns_json(w, own, n) });
}

bool import_undo(Work *w, int64_t id)
{
    Import x;

    return import_find(w, id, &x) && step(w, &(Turn){ id, "done", "failed", "undoing", NULL });
}

static bool drop_unit(Work *w, void *arg)
{
    int64_t id = *(int64_t *)arg, changed;
    Sql hold = sql_begin(w->cx.a, db_dialect(w->db)), q = hold;

    sql_add(&hold, "DELETE FROM \"_file_use\" WHERE \"form\" = '" HELD_BY "' AND \"record\" = ");
    sql_bind(&hold, val_int(id));
    q = sql_begin(w->cx.a, hold.dialect);
    sql_add(&q, "DELETE FROM \"_import\" WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " AND \"state\" NOT IN ('running', 'undoing')");
    if (!db_run(&w->cx, w->db, &q, &changed)) return false;
    if (!changed) return cx_fail(&w->cx, E_CONFLICT, "this import is under way");
    return db_run(&w->cx, w->db, &hold, NULL);
}

bool import_drop(Work *w, int64_t id)
{
    Import x;

    return import_find(w, id, &x) && work_write(w, drop_unit, &id);
}

bool imports_settle(Work *w)
{
    Import *x;
    Draft *draft;
    int n, ndraft;

    if (!import_list(w, NULL, "waiting", &x, &n) || !draft_list(w, &draft, &ndraft)) return false;
    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(w->cx.a, "forms/%s.yaml", x[i].form);
        bool meant = x[i].by != w->who.id || app_form(w->app, x[i].form);
        for (int k = 0; k < ndraft && !meant; k++)
            meant = draft[k].text && str_eq(draft[k].path, path);
        if (!meant && !import_drop(w, x[i].id)) return false;
    }
    return true;
}

bool import_refused(Work *w, int64_t id, int64_t after, int limit, ImportRefused **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int cap = 0;
    Rows rows;
    Val v[2];

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT \"row\", \"error\" FROM \"_import_row\" WHERE \"import\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " AND \"row\" > ");
    sql_bind(&q, val_int(after));
    sql_add(&q, " AND \"error\" IS NOT NULL ORDER BY \"row\"");
    sql_limit(&q, limit);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        ImportRefused x = { v[0].i, text_of(w, v[1]) };
        ARENA_PUSH(w->cx.a, *out, *n, cap, x);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

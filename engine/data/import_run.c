/*
 * import_run.c — the job of an import: PORTION rows a write, until it took BUDGET_US or BUDGET_BYTES;
 * then it stands behind the other jobs again until all are done.
 *
 * The rows of a portion, what became of each, and how far it came are one write. A failure of the
 * program undoes the portion, and the job comes again; a row that the form refuses is written down
 * with its reason.
 */
#include "data/import.h"
#include "data/auth.h"
#include "data/cell.h"
#include "data/engine.h"
#include "data/perm.h"
#include "data/save_in.h"
#include "def/types.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <string.h>

enum { PORTION = 100, BUDGET_US = 4000000, BUDGET_BYTES = 32 << 20, TRIES = 3, ERROR_MOST = 2000 };

typedef struct Line { int64_t no; const char **cell; int n; } Line;
typedef struct Run {
    Work *w; Import *x; const Form *form;
    const Field **field;      /* of each column */
    Line line[PORTION]; int n;
    int64_t start; size_t held;
    bool over;                /* its time is, not its rows */
} Run;

/* ---- one row ---- */

MUST static bool body_of(const Run *r, const Line *line, Node **out)
{
    Work *w = r->w;

    *out = node_map(w->cx.a);
    for (int i = 0; i < r->x->ncolumn; i++) {
        int at = r->x->column[i].column;
        Node *value;
        if (at >= line->n || !*line->cell[at]) continue;
        const char *text = line->cell[at], *order = r->x->column[i].order;
        if (order && (r->field[i]->type == &type_date || r->field[i]->type == &type_datetime))
            text = cell_dated(w->cx.a, text, str_eq(order, "month"));
        if (!cell_node(w, r->field[i], text, &value)) return false;
        node_put(w->cx.a, *out, r->field[i]->key, value);
    }
    return true;
}

/* What a person could do something about; anything else undoes the portion. */
static bool refuses(Err err)
{
    return err == E_INPUT || err == E_DENIED || err == E_CONFLICT || err == E_RULE || err == E_MISSING
        || err == E_STALE;
}

static const char *reasons(const Run *r, const Cx *failed)
{
    Str s = str_begin(failed->a);

    for (int i = 0; i < failed->nissue; i++) {
        const Issue *x = &failed->issue[i];
        const Field *f = x->at.field ? form_field(r->form, x->at.field) : NULL;
        if (s.n) str_add(&s, "; ");
        if (f) str_printf(&s, "%s: ", field_label(f, failed->lang));
        str_add(&s, x->text);
    }
    if (!s.n) str_add(&s, failed->text);
    return utf8_sub(failed->a, str_show(&s), 0, ERROR_MOST);
}

MUST static bool note(const Run *r, int64_t row, const Record *made, const char *error)
{
    Work *w = r->w;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "INSERT INTO \"_import_row\" (\"import\", \"row\", \"record\", \"version\", \"error\") VALUES (");
    sql_bind(&q, val_int(r->x->id));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(row));
    sql_add(&q, ", ");
    sql_bind(&q, made ? val_int(record_id(made)) : val_blank());
    sql_add(&q, ", ");
    sql_bind(&q, made ? val_int(record_version(made)) : val_blank());
    sql_add(&q, ", ");
    sql_bind(&q, val_text(error));
    sql_add(&q, ")");
    return db_run(&w->cx, w->db, &q, NULL);
}

typedef struct Row { const SaveAsk *ask; Saved *saved; } Row;

/* `import` may be a condition on the record, as `create` is. */
static bool row_unit(Work *w, void *arg)
{
    Row *row = arg;

    if (!save_record(w, row->ask, row->saved)) return false;
    if (perm_on(w, ACT_IMPORT, row->saved->record)) return true;
    return w->cx.err ? false : cx_fail(&w->cx, E_DENIED, "you may not import such a record");
}

MUST static bool keep_row(Work *w, const SaveAsk *ask, Saved *saved)
{
    return w->who.admin ? save_record(w, ask, saved) : work_write(w, row_unit, &(Row){ ask, saved });
}

MUST static bool take_row(const Run *r, const Line *line, bool *made)
{
    Work *w = r->w;
    SaveAsk ask = { .form = r->form };
    Saved saved;
    Node *body;

    if (!body_of(r, line, &body)) return false;
    ask.body = body;
    Cx outer = w->cx;
    w->cx = cx_begin(outer.a, outer.lang);
    *made = keep_row(w, &ask, &saved);
    Cx failed = w->cx;
    w->cx = outer;
    if (*made) return note(r, line->no, saved.record, NULL);
    if (refuses(failed.err)) return note(r, line->no, NULL, reasons(r, &failed));
    cx_copy(&w->cx, &failed);
    return false;
}

/* ---- a portion ---- */

MUST static bool progress(const Run *r, int64_t row, int made, int refused)
{
    Work *w = r->w;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_import\" SET \"row\" = ");
    sql_bind(&q, val_int(row));
    sql_add(&q, ", \"made\" = \"made\" + ");
    sql_bind(&q, val_int(made));
    sql_add(&q, ", \"refused\" = \"refused\" + ");
    sql_bind(&q, val_int(refused));
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(r->x->id));
    return db_run(&w->cx, w->db, &q, NULL);
}

/* Another run of the same may have been here since the file was read. */
MUST static bool still(const Run *r, bool *yes)
{
    Import now;

    if (!import_find(r->w, r->x->id, &now)) return false;
    *yes = str_eq(now.state, "running") && now.row < r->line[0].no;
    return true;
}

static bool portion_unit(Work *w, void *arg)
{
    Run *r = arg;
    int made = 0;
    bool yes, one;

    (void)w;
    if (!still(r, &yes)) return false;
    for (int i = 0; yes && i < r->n; i++) {
        if (!take_row(r, &r->line[i], &one)) return false;
        made += one;
    }
    return !yes || progress(r, r->line[r->n - 1].no, made, r->n - made);
}

/* What a write leaves in the Work is given back with it, not before. */
static bool spent(const Run *r)
{
    return sys_mono_us() - r->start > BUDGET_US
        || arena_size(r->w->cx.a) > r->held + BUDGET_BYTES;
}

MUST static bool flush(Run *r)
{
    Work *w = r->w;
    SaveAsk ask = { .form = r->form };

    if (!r->n) return true;
    if (!work_write_turn(w, save_turn(w, &ask), portion_unit, r)) return false;
    engine_wake_after(w);
    r->n = 0;
    r->over = spent(r);
    return true;
}

static bool on_row(void *arg, const SheetRow *row)
{
    Run *r = arg;
    Arena *a = r->w->cx.a;
    Line *line = &r->line[r->n];

    if (row->no < r->x->data || row->no <= r->x->row) return true;
    *line = (Line){ row->no, ARENA_ARRAY(a, const char *, row->n), row->n };
    for (int i = 0; i < row->n; i++) line->cell[i] = arena_dup(a, row->cell[i]);
    r->n++;
    return r->n < PORTION || (flush(r) && !r->over);
}

/* ---- taking back ---- */

typedef struct Back { Run *run; int n; } Back;

MUST static bool take_back(const Run *r, int64_t record, int64_t version, bool *gone)
{
    Work *w = r->w;
    Cx outer = w->cx;

    w->cx = cx_begin(outer.a, outer.lang);
    *gone = save_delete(w, r->form, record, version) || w->cx.err == E_MISSING;
    Cx failed = w->cx;
    w->cx = outer;
    if (*gone || refuses(failed.err)) return true;
    cx_copy(&w->cx, &failed);
    return false;
}

MUST static bool settle_back(const Run *r, int gone, int kept, int64_t upto)
{
    Work *w = r->w;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db)), drop = sql_begin(w->cx.a, q.dialect);

    sql_add(&q, "UPDATE \"_import\" SET \"undone\" = \"undone\" + ");
    sql_bind(&q, val_int(gone));
    sql_add(&q, ", \"kept\" = \"kept\" + ");
    sql_bind(&q, val_int(kept));
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(r->x->id));
    sql_add(&drop, "DELETE FROM \"_import_row\" WHERE \"record\" IS NOT NULL AND \"import\" = ");
    sql_bind(&drop, val_int(r->x->id));
    sql_add(&drop, " AND \"row\" <= ");
    sql_bind(&drop, val_int(upto));
    return db_run(&w->cx, w->db, &q, NULL) && db_run(&w->cx, w->db, &drop, NULL);
}

static bool back_unit(Work *w, void *arg)
{
    Back *b = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int64_t row[PORTION][3], upto = 0;
    int n = 0, gone = 0;
    Rows rows;
    Val v[3];

    sql_add(&q, "SELECT \"row\", \"record\", \"version\" FROM \"_import_row\" WHERE \"record\" IS NOT NULL "
        "AND \"import\" = ");
    sql_bind(&q, val_int(b->run->x->id));
    sql_add(&q, " ORDER BY \"row\"");
    sql_limit(&q, PORTION);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    for (; db_next(&w->cx, &rows, v); n++)
        for (int k = 0; k < 3; k++) row[n][k] = v[k].i;
    db_rows_end(&rows);
    for (int i = 0; !w->cx.err && i < n; i++) {
        bool one;
        if (!take_back(b->run, row[i][1], row[i][2], &one)) return false;
        gone += one;
        upto = row[i][0];
    }
    if (w->cx.err || (n && !settle_back(b->run, gone, n - gone, upto))) return false;
    b->n = n;
    return true;
}

MUST static bool back_all(Run *r)
{
    Back b = { r, PORTION };

    while (b.n == PORTION && !r->over) {
        if (!work_write(r->w, back_unit, &b)) return false;
        r->over = spent(r);
    }
    r->over = b.n == PORTION;
    return true;
}

/* ---- the job ---- */

typedef struct End { const Run *r; const char *state, *error; bool again; } End;

static bool end_unit(Work *w, void *arg)
{
    const End *e = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    if (e->again)
        return jobs_add(w, "import", arena_printf(w->cx.a, "{\"import\":%lld}", (long long)e->r->x->id));
    sql_add(&q, "UPDATE \"_import\" SET \"ended_at\" = ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, ", \"state\" = ");
    sql_bind(&q, val_text(e->state));
    sql_add(&q, ", \"error\" = ");
    sql_bind(&q, val_text(e->error));
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(e->r->x->id));
    return db_run(&w->cx, w->db, &q, NULL);
}

MUST static bool load(Run *r)
{
    Import *x = r->x;
    Sheet *sheet;

    if (!import_sheet(r->w, x, &sheet)) return false;
    r->field = ARENA_ARRAY(r->w->cx.a, const Field *, x->ncolumn + 1);
    for (int i = 0; i < x->ncolumn; i++) {
        r->field[i] = import_field(r->form, &x->column[i]);
        if (!r->field[i])
            return cx_fail(&r->w->cx, E_INPUT, "the column `%s` goes to no field of the form",
                x->column[i].label ? x->column[i].label : "");
    }
    r->held = arena_size(r->w->cx.a);
    return sheet_each(&r->w->cx, sheet, x->sheet, on_row, r) && flush(r);
}

/* What another try may mend: it is tried again, but nobody waits for days. */
static bool try_again(Err err, int attempts)
{
    if (err == E_MOVED || err == E_BUSY) return true;
    return !refuses(err) && err != E_LOGIN && err != E_SIZE && attempts < TRIES;
}

/* As who began it. What is not tried again ends it, and says so on its page; one may go on from there. */
MUST static bool run_as(Work *w, Import *x, int attempts)
{
    bool back = str_eq(x->state, "undoing");
    Run *r = ARENA_NEW(w->cx.a, Run);

    *r = (Run){ .w = w, .x = x, .form = app_form(w->app, x->form), .start = sys_mono_us() };
    bool ok = auth_become(w, x->by);
    w->cx.lang = w->who.lang ? w->who.lang : w->cx.lang;
    if (ok && !r->form) ok = cx_fail(&w->cx, E_INPUT, "the form is not there any more");
    if (ok) ok = back ? back_all(r) : load(r);
    End e = { .r = r, .state = back ? "undone" : "done", .again = ok && r->over };
    if (!ok && try_again(w->cx.err, attempts)) return false;
    if (!ok) {
        e.state = "failed";
        e.error = arena_dup(w->cx.a, w->cx.text);
        cx_clear(&w->cx);
    }
    if (!work_write(w, end_unit, &e)) return false;
    engine_wake_after(w);
    return true;
}

bool import_job(Work *w, const Job *job)
{
    const Node *body = json_parse(&w->cx, job->body, strlen(job->body));
    struct { Person who; const char *via, *lang; bool as_app; } before = { w->who, w->via, w->cx.lang,
        w->as_app };
    int64_t id = 0;
    Import x;

    if (!body || !node_int(node_find(body, "import"), &id)) return false;
    if (!import_find(w, id, &x)) {
        bool gone = w->cx.err == E_MISSING;
        if (gone) cx_clear(&w->cx);
        return gone;
    }
    if (!str_eq(x.state, "running") && !str_eq(x.state, "undoing")) return true;
    w->via = "import";
    w->as_app = false;
    bool ok = run_as(w, &x, job->attempts);
    w->who = before.who;
    w->via = before.via;
    w->cx.lang = before.lang;
    w->as_app = before.as_app;
    return ok;
}

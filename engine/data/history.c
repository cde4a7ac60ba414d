/*
 * history.c — changes as rows, each sealed over the record's last one.
 *
 * changes: {"field": [old, new]} with values as the API writes them; rows of a subform are
 * lists of such objects. The seal is SHA-256 over the previous seal and all columns, so a row
 * that was altered, added or taken away breaks the chain from there on.
 */
#include "data/history.h"
#include "data/history_name.h"
#include "data/history_value.h"
#include "data/record_row.h"
#include "base/sys.h"

static const char *at_text(Work *w, int64_t at)
{
    char text[32];
    datetime_show(text, sizeof text, at);
    return arena_dup(w->cx.a, text);
}

static const char *changes_json(Work *w, const Record *old, const Record *now)
{
    const Form *f = (now ? now : old)->form;
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);
    int n = 0;

    json_map(&j);
    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        Val a = old ? old->val[i] : val_blank(), b = now ? now->val[i] : val_blank();
        bool same = old && now ? !record_differs(old, now, x)
            : val_is_blank(a) && val_is_blank(b);
        if (x->computed || same) continue;
        n++;
        json_name(&j, x->key);
        json_list(&j);
        history_value_json(w, x, a, &j);
        history_value_json(w, x, b, &j);
        json_list_end(&j);
    }
    json_map_end(&j);
    return n ? str_show(&s) : NULL;
}

typedef struct Sealed {
    const char *form; int64_t record; const char *at; int64_t by;
    const char *via, *rule, *what, *note, *changes;
} Sealed;

static char *seal(Work *w, const char *before, const Sealed *e)
{
    const char *part[] = { before, e->form, e->at, e->via, e->rule, e->what, e->note,
        e->changes };
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < LEN(part); i++) {
        str_add_json(&s, part[i] ? part[i] : "");
        str_add_char(&s, part[i] ? ',' : ';');
    }
    str_printf(&s, "%lld,%lld", (long long)e->record, (long long)e->by);
    return sys_sha256_hex(w->cx.a, s.p, s.n);
}

MUST static bool last_seal(Work *w, const char *form, int64_t record, const char **out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT \"hash\" FROM \"_history\" WHERE \"form\" = ");
    sql_bind(&q, val_text(form));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record));
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT 1");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *out = found && v.kind == VAL_TEXT ? v.t : NULL;
    return true;
}

MUST static bool add_entry(Work *w, const Sealed *e)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *before = NULL;
    bool first = str_eq(e->what, "created");  /* ids are never used again */

    if (!first && !last_seal(w, e->form, e->record, &before)) return false;
    const Val v[] = {
        val_text(e->form), val_int(e->record), val_text(e->at), val_rec(e->by),
        val_text(e->via), val_text(e->rule), val_text(e->what), val_text(e->note),
        val_text(e->changes), val_text(seal(w, before, e)),
    };
    sql_add(&q, "INSERT INTO \"_history\" (\"form\", \"record\", \"at\", \"by\", \"via\", "
        "\"rule\", \"what\", \"note\", \"changes\", \"hash\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q);
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

bool history_add(Work *w, const char *what, const Record *old, const Record *now,
    const char *note)
{
    const Record *r = now ? now : old;
    const char *changes = old && now ? changes_json(w, old, now)
        : str_eq(what, "created") ? changes_json(w, NULL, now) : NULL;

    if (str_eq(what, "updated") && !changes && !note) return true;
    return add_entry(w, &(Sealed){
        .form = r->form->key, .record = record_id(r), .at = at_text(w, w->now),
        .by = w->who.id, .via = or_null(w->via), .rule = or_null(w->rule), .what = what,
        .note = or_null(note), .changes = changes });
}

bool history_comment(Work *w, const Record *r, const char *text)
{
    return add_entry(w, &(Sealed){
        .form = r->form->key, .record = record_id(r), .at = at_text(w, w->now),
        .by = w->who.id, .via = or_null(w->via), .rule = or_null(w->rule), .what = "comment",
        .note = text });
}

static const char *text_or_null(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

bool history_verify(Work *w, const Form *f, int64_t id, int64_t *broken)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *before = NULL;
    OldNames names;
    Rows rows;
    Val v[9];

    *broken = 0;
    if (!history_form_names(w, f, &names)) return false;
    sql_add(&q, "SELECT \"id\", \"at\", \"by\", \"via\", \"rule\", \"what\", \"note\", "
        "\"changes\", \"hash\" FROM \"_history\" WHERE \"form\" = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " ORDER BY \"id\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (!*broken && db_next(&w->cx, &rows, v)) {
        Sealed e = { .form = history_form_name(&names, f, v[0].i), .record = id, .at = text_or_null(w, v[1]),
            .by = val_is_blank(v[2]) ? 0 : v[2].i, .via = text_or_null(w, v[3]),
            .rule = text_or_null(w, v[4]), .what = text_or_null(w, v[5]),
            .note = text_or_null(w, v[6]), .changes = text_or_null(w, v[7]) };
        const char *hash = text_or_null(w, v[8]);
        if (!str_eq(hash, seal(w, before, &e))) *broken = v[0].i;
        before = hash;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

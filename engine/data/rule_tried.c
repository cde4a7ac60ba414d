/*
 * rule_tried.c — what a trial did: the rows that came into the engine's tables since it began.
 *
 * They are read before the trial is undone, so whatever did it — a rule, a step, a reminder — is
 * told by the same rows that would have stood there.
 */
#include "data/rule_try.h"
#include "data/history.h"
#include "base/node_json.h"
#include "base/when.h"

#include <string.h>

enum { MOST = 30, ENTRIES = 40 };

bool rule_try_marks(Work *w, TryMarks *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v[5];

    sql_add(&q, "SELECT (SELECT coalesce(max(\"id\"), 0) FROM \"_history\"), "
        "(SELECT coalesce(max(\"id\"), 0) FROM \"_message\"), "
        "(SELECT coalesce(max(\"id\"), 0) FROM \"_explain\"), "
        "(SELECT coalesce(max(\"id\"), 0) FROM \"_job\"), "
        "(SELECT coalesce(max(\"id\"), 0) FROM \"_timer\")");
    if (!db_one(&w->cx, w->db, &q, v, LEN(v), &found)) return false;
    *out = (TryMarks){ v[0].i, v[1].i, v[2].i, v[3].i, v[4].i };
    return true;
}

typedef struct Table { Val (*row)[5]; int n; } Table;

/* Rows since `after`, texts copied; `what` selects five columns of the table. */
MUST static bool read(Work *w, Sql *q, int64_t after, const char *kind, Table *out)
{
    Rows rows;
    Val v[5];

    *out = (Table){ .row = (Val (*)[5])ARENA_ARRAY(w->cx.a, Val, 5 * MOST) };
    sql_bind(q, val_int(after));
    if (kind) {
        sql_add(q, " AND \"kind\" = ");
        sql_bind(q, val_text(kind));
    }
    sql_add(q, " ORDER BY \"id\" LIMIT ");
    sql_int(q, MOST);
    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (out->n < MOST && db_next(&w->cx, &rows, v)) {
        for (int i = 0; i < 5; i++)
            if (v[i].kind == VAL_TEXT) v[i] = val_text(arena_dup_n(w->cx.a, v[i].t, (size_t)v[i].n));
        memcpy(out->row[out->n++], v, sizeof v);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

static const char *text_of(Val v)
{
    return v.kind == VAL_TEXT ? v.t : NULL;
}

static const char *moment(Work *w, int64_t at)
{
    return val_show(w->cx.a, val_datetime(at));
}

/* ---- records ---- */

static void put_fields(Work *w, Node *out, const Entry *e)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, out, "fields", node_list(a));

    for (int i = 0; i < e->n; i++) {
        const Field *f = e->change[i].field;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "field", f->key);
        node_put_text(a, one, "label", label_show(&f->label, w->cx.lang, f->key));
        node_put_text(a, one, "old", e->change[i].old);
        node_put_text(a, one, "new", e->change[i].now);
    }
}

MUST static bool put_record(Work *w, const Form *f, int64_t id, int64_t since, Node *list)
{
    Arena *a = w->cx.a;
    Record *r;
    Entry *e;
    int n;

    if (!record_load(w, f, id, true, &r)) return false;
    if (!r) return true;
    if (!history_list(w, r, 0, ENTRIES, &e, &n)) return false;
    for (int i = n - 1; i >= 0; i--) {
        if (e[i].id <= since) continue;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "form", f->key);
        node_put_text(a, one, "form_label", form_label(f, w->cx.lang));
        node_put_int(a, one, "record", id);
        node_put_text(a, one, "title", record_title(w, r));
        node_put_text(a, one, "what", e[i].what);
        node_put_text(a, one, "rule", e[i].rule);
        node_put_text(a, one, "note", e[i].note);
        put_fields(w, one, &e[i]);
    }
    return true;
}

MUST static bool put_changes(Work *w, int64_t since, Node *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Node *list = node_list(w->cx.a);
    Val row[MOST][2], v[3];
    int n = 0;
    Rows rows;

    sql_add(&q, "SELECT \"form\", \"record\", min(\"id\") FROM \"_history\" WHERE \"id\" > ");
    sql_bind(&q, val_int(since));
    sql_add(&q, " GROUP BY \"form\", \"record\" ORDER BY 3 LIMIT ");
    sql_int(&q, MOST);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (n < MOST && db_next(&w->cx, &rows, v)) {
        row[n][0] = val_text(arena_dup_n(w->cx.a, v[0].t, (size_t)v[0].n));
        row[n++][1] = v[1];
    }
    db_rows_end(&rows);
    if (w->cx.err) return false;
    for (int i = 0; i < n; i++) {
        const Form *f = app_form(w->app, row[i][0].t);
        if (f && !put_record(w, f, row[i][1].i, since, list)) return false;
    }
    if (list->n) node_put(w->cx.a, out, "changes", list);
    return true;
}

/* ---- the rest ---- */

MUST static bool put_messages(Work *w, int64_t since, Node *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Node *list = node_list(w->cx.a);
    Table t;

    sql_add(&q, "SELECT \"user\", \"text\", \"kind\", NULL, NULL FROM \"_message\" WHERE \"id\" > ");
    if (!read(w, &q, since, NULL, &t)) return false;
    for (int i = 0; i < t.n; i++) {
        Node *one = node_add(w->cx.a, list, node_map(w->cx.a));
        node_put_text(w->cx.a, one, "to",
            record_title_of(w, app_form(w->app, "user"), t.row[i][0].i));
        node_put_text(w->cx.a, one, "text", text_of(t.row[i][1]));
    }
    if (list->n) node_put(w->cx.a, out, "messages", list);
    return !w->cx.err;
}

MUST static bool put_explained(Work *w, int64_t since, Node *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Node *list = node_list(w->cx.a);
    Table t;

    sql_add(&q, "SELECT \"rule\", \"text\", NULL, NULL, NULL FROM \"_explain\" WHERE \"id\" > ");
    if (!read(w, &q, since, NULL, &t)) return false;
    for (int i = 0; i < t.n; i++) {
        const char *text = text_of(t.row[i][1]);
        Node *one = node_add(w->cx.a, list, node_map(w->cx.a));
        node_put_text(w->cx.a, one, "rule", text_of(t.row[i][0]));
        node_put_text(w->cx.a, one, "text", text ? label_stored(w->cx.a, text, w->cx.lang) : NULL);
    }
    if (list->n) node_put(w->cx.a, out, "explained", list);
    return true;
}

static const char *first_of(const Node *body, const char *const *key)
{
    for (; *key; key++) {
        const char *text = node_text(node_find(body, *key));
        if (text && *text) return text;
    }
    return NULL;
}

MUST static bool put_jobs(Work *w, int64_t since, Node *out)
{
    static const char *const whom[] = { "to", "url", "channel", NULL },
        *const about[] = { "subject", "text", "title", "event", "name", NULL };
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Node *list = node_list(w->cx.a);
    Table t;

    sql_add(&q, "SELECT \"kind\", \"body\", NULL, NULL, NULL FROM \"_job\" WHERE \"id\" > ");
    if (!read(w, &q, since, NULL, &t)) return false;
    for (int i = 0; i < t.n; i++) {
        const char *kind = text_of(t.row[i][0]), *json = text_of(t.row[i][1]);
        if (str_eq(kind, "committed")) continue;           /* it ran here */
        const Node *body = json ? json_parse(&w->cx, json, strlen(json)) : NULL;
        Node *one = node_add(w->cx.a, list, node_map(w->cx.a));
        node_put_text(w->cx.a, one, "kind", kind);
        node_put_text(w->cx.a, one, "to", first_of(body, whom));
        node_put_text(w->cx.a, one, "about", first_of(body, about));
    }
    cx_clear(&w->cx);
    if (list->n) node_put(w->cx.a, out, "jobs", list);
    return true;
}

/* Those that a rule set by remind(): others are in the definition. */
MUST static bool put_reminders(Work *w, int64_t since, Node *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Node *list = node_list(w->cx.a);
    Table t;

    sql_add(&q, "SELECT \"due\", \"payload\", NULL, NULL, NULL FROM \"_timer\" "
        "WHERE \"rule\" = 'remind:' AND \"id\" > ");
    if (!read(w, &q, since, NULL, &t)) return false;
    for (int i = 0; i < t.n; i++) {
        const char *json = text_of(t.row[i][1]);
        const Node *body = json ? json_parse(&w->cx, json, strlen(json)) : NULL;
        const char *text = node_text(node_find(body, "text"));
        Node *one = node_add(w->cx.a, list, node_map(w->cx.a));
        node_put_text(w->cx.a, one, "at", moment(w, t.row[i][0].i));
        node_put_text(w->cx.a, one, "text", text ? label_stored(w->cx.a, text, w->cx.lang) : NULL);
    }
    cx_clear(&w->cx);
    if (list->n) node_put(w->cx.a, out, "reminders", list);
    return true;
}

bool rule_try_gather(Work *w, const TryMarks *since, Node *out)
{
    return put_changes(w, since->history, out) && put_messages(w, since->message, out)
        && put_explained(w, since->explain, out) && put_jobs(w, since->job, out)
        && put_reminders(w, since->timer, out);
}

bool rule_try_committed(Work *w, const TryMarks *since, const char ***body, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Table t;

    *n = 0;
    sql_add(&q, "SELECT \"body\", NULL, NULL, NULL, NULL FROM \"_job\" WHERE \"id\" > ");
    if (!read(w, &q, since->job, "committed", &t)) return false;
    *body = ARENA_ARRAY(w->cx.a, const char *, t.n + 1);
    for (int i = 0; i < t.n; i++)
        if (text_of(t.row[i][0])) (*body)[(*n)++] = text_of(t.row[i][0]);
    return true;
}

/*
 * notice.c — a message is a row of the inbox, and for every other channel a job.
 */
#include "data/notice.h"
#include "data/channel.h"
#include "data/digest.h"
#include "data/jobs.h"
#include "data/rule_api.h"
#include "data/webhook.h"
#include "base/i18n.h"

static const char *text(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

MUST static bool to_inbox(Work *w, const Notice *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const Val v[] = { val_rec(n->to), val_datetime(w->now),
        val_text(n->text && *n->text ? n->text : "…"), val_text(n->form),
        n->form ? val_int(n->record) : val_blank(), val_text(n->kind), val_int(n->late_s) };

    sql_add(&q, "INSERT INTO \"_message\" (\"user\", \"at\", \"text\", \"form\", \"record\", "
        "\"kind\", \"late_s\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q);
}

/* What goes out says itself how late it is; the inbox shows it from the row. */
MUST static bool late_text(Work *w, const Notice *n, const char **text)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    *text = n->text;
    if (n->late_s < 3600) return true;
    sql_add(&q, "SELECT \"language\" FROM \"user\" WHERE \"id\" = ");
    sql_bind(&q, val_int(n->to));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    const char *lang = found && v.kind == VAL_TEXT ? v.t
        : w->app->nlanguage ? w->app->language[0] : NULL;
    const char *late = arena_printf(w->cx.a, i18n_text(lang, "%lld h late"),
        (long long)(n->late_s / 3600));
    *text = arena_printf(w->cx.a, "%s\n%s", n->text, late);
    return true;
}

/* One line: what stands before the first line break, for the subject. */
static const char *subject(Work *w, const char *text)
{
    size_t n = 0;
    while (text[n] && text[n] != '\n' && text[n] != '\r') n++;
    return utf8_sub(w->cx.a, arena_dup_n(w->cx.a, text, n), 0, 120);
}

bool notice_mail(Work *w, const Channel *c, const char *email, const char *title,
    const char *text)
{
    Node *body = node_map(w->cx.a);

    node_put_text(w->cx.a, body, "channel", c->key);
    node_put_text(w->cx.a, body, "to", email);
    node_put_text(w->cx.a, body, "subject", subject(w, title));
    node_put_text(w->cx.a, body, "text", text);
    return jobs_add(w, "mail", node_json(w->cx.a, body));
}

/* Where the record is that it is about. */
static const char *link_to(Work *w, const Notice *n, const char *lang)
{
    if (!w->app->url || !n->form || !n->record) return NULL;
    if (!lang && w->app->nlanguage) lang = w->app->language[0];
    return arena_printf(w->cx.a, "%s: %s/f/%s/%lld", i18n_text(lang, "Look at it"), w->app->url,
        n->form, (long long)n->record);
}

/* Without an address the inbox has it, or nobody can. */
MUST static bool to_email(Work *w, const Notice *n, const Channel *c, const Ways *ways,
    const Val *row)
{
    const char *email = text(w, row[0]), *place = text(w, row[3]);
    const Zone *zone = place ? zone_find(place) : NULL;

    if (!email) return true;
    int64_t due = ways_due(w, ways, zone ? zone : w->app->zone, w->now);
    const char *links = n->links ? n->links : link_to(w, n, text(w, row[4]));
    const char *said = links ? arena_printf(w->cx.a, "%s\n\n%s\n", n->text, links) : n->text;
    return due > w->now ? digest_hold(w, n, c->key, said, due) : notice_mail(w, c, email, n->text, said);
}

MUST static bool to_webhook(Work *w, const Notice *n, const Channel *c, const ChannelPerson *to)
{
    Node *body = node_map(w->cx.a);

    node_put_text(w->cx.a, body, "channel", c->key);
    node_put(w->cx.a, body, "body", channel_body(w->cx.a, c, n->text, to, n->form, n->record));
    return webhook_add(w, body, NULL);
}

MUST static bool send_via(Work *w, const Notice *n, const Ways *ways, const char *via)
{
    const Channel *c = app_channel(w->app, via);
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v[5];

    if (str_eq(via, "inbox")) return to_inbox(w, n);
    if (!c) return to_inbox(w, n);            /* a channel that went: the message must not */
    sql_add(&q, "SELECT \"email\", \"phone\", \"name\", \"time_zone\", \"language\" "
        "FROM \"user\" WHERE \"id\" = ");
    sql_bind(&q, val_int(n->to));
    if (!db_one(&w->cx, w->db, &q, v, LEN(v), &found)) return false;
    if (!found) return true;
    if (c->smtp) return to_email(w, n, c, ways, v);
    const ChannelPerson to = { n->to, text(w, v[2]), text(w, v[0]), text(w, v[1]) };
    return to_webhook(w, n, c, &to);
}

bool notice_send(Work *w, const Notice *n)
{
    Notice out = *n;
    const char *const *via;
    Ways ways;
    int nvia;

    if (!ways_of(w, n->to, &ways)) return false;
    ways_choose(w, &ways, n, &via, &nvia);
    if (!late_text(w, n, &out.text)) return false;
    for (int i = 0; i < nvia; i++)
        if (!send_via(w, app_channel(w->app, via[i]) ? &out : n, &ways, via[i])) return false;
    return rule_message(w, n);
}

static int64_t instant(Val v)
{
    Val t = db_typed(v, VAL_DATETIME, 0);
    return t.kind == VAL_DATETIME ? t.i : 0;
}

bool notice_list(Work *w, bool unread, int64_t before, int limit, Message **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int cap = 0;
    Rows rows;
    Val v[8];

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT \"id\", \"at\", \"read_at\", \"record\", \"late_s\", \"text\", "
        "\"form\", \"kind\" FROM \"_message\" WHERE \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    if (unread) sql_add(&q, " AND \"read_at\" IS NULL");
    if (before) {
        sql_add(&q, " AND \"id\" < ");
        sql_bind(&q, val_int(before));
    }
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT ");
    sql_bind(&q, val_int(limit));
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Message m = { .id = v[0].i, .at = instant(v[1]), .read_at = instant(v[2]),
            .record = val_is_blank(v[3]) ? 0 : v[3].i,
            .late_s = val_is_blank(v[4]) ? 0 : v[4].i, .text = text(w, v[5]),
            .form = text(w, v[6]), .kind = text(w, v[7]) };
        ARENA_PUSH(w->cx.a, *out, *n, cap, m);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

typedef struct Marks { const int64_t *id; int n; } Marks;

static bool mark_unit(Work *w, void *arg)
{
    const Marks *m = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_message\" SET \"read_at\" = ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, " WHERE \"read_at\" IS NULL AND \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    for (int i = 0; i < m->n; i++) {
        sql_add_n(&q, i ? ", " : " AND \"id\" IN (", i ? 2 : 14);
        sql_bind(&q, val_int(m->id[i]));
    }
    if (m->n) sql_add(&q, ")");
    return db_run(&w->cx, w->db, &q, NULL);
}

bool notice_read(Work *w, const int64_t *id, int n)
{
    Marks m = { id, n };
    return work_write(w, mark_unit, &m);
}

bool notice_unread(Work *w, int64_t *count)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT count(*) FROM \"_message\" WHERE \"read_at\" IS NULL AND \"user\" = ");
    sql_bind(&q, val_int(w->who.id));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *count = found ? v.i : 0;
    return true;
}

bool notice_unread_of(Work *w, Unread *of, int n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int asked = 1;
    Rows rows;
    Val v[3];

    if (!n) return true;
    while (asked < n) asked *= 2;             /* few different statements */
    sql_add(&q, "SELECT \"user\", count(*), max(\"id\") FROM \"_message\" "
        "WHERE \"read_at\" IS NULL AND \"user\" IN (");
    for (int i = 0; i < asked; i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, val_int(of[i < n ? i : 0].user));
    }
    sql_add(&q, ") GROUP BY \"user\"");
    for (int i = 0; i < n; i++) of[i].count = of[i].newest = 0;
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v))
        for (int i = 0; i < n; i++)
            if (of[i].user == v[0].i) {
                of[i].count = v[1].i;
                of[i].newest = v[2].i;
            }
    db_rows_end(&rows);
    return !w->cx.err;
}

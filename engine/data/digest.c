/*
 * digest.c — rows go by the statement that reads them, so that what is added meanwhile by another
 * node stays for the next time.
 */
#include "data/digest.h"
#include "data/timer_row.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum { LISTED = 200 };

typedef struct Held {
    int64_t id, at, record; const char *channel, *text, *form;
} Held;

/* Whom it is for; no address: nobody can be written to. */
typedef struct Reader { const char *email, *lang; const Zone *zone; } Reader;

static const char *text_of(Work *w, Val v)
{
    return v.kind == VAL_TEXT && v.n ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

bool digest_hold(Work *w, const Notice *n, const char *channel, const char *text, int64_t due)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const Val v[] = { val_int(n->to), val_int(w->now), val_text(channel), val_text(text),
        val_text(n->form), n->form ? val_int(n->record) : val_blank() };

    sql_add(&q, "INSERT INTO \"_digest\" (\"user\", \"at\", \"channel\", \"text\", \"form\", "
        "\"record\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q) && timer_set(w, DIGEST_RULE, NULL, n->to, "", due, NULL);
}

MUST static bool reader_of(Work *w, int64_t user, Reader *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v[3];

    *out = (Reader){ .lang = w->app->nlanguage ? w->app->language[0] : NULL,
        .zone = w->app->zone };
    sql_add(&q, "SELECT \"email\", \"language\", \"time_zone\" FROM \"user\" "
        "WHERE \"deleted_at\" IS NULL AND \"active\" = ");
    sql_truth(&q, true);
    sql_add(&q, " AND \"id\" = ");
    sql_bind(&q, val_int(user));
    if (!db_one(&w->cx, w->db, &q, v, LEN(v), &found)) return false;
    if (!found) return true;
    const char *zone = text_of(w, v[2]), *lang = text_of(w, v[1]);
    out->email = text_of(w, v[0]);
    if (lang) out->lang = lang;
    if (zone && zone_find(zone)) out->zone = zone_find(zone);
    return true;
}

bool digest_again(Work *w, int64_t user, const Ways *ways)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Reader r;
    bool found;
    Val v;

    sql_add(&q, "SELECT \"id\" FROM \"_digest\" WHERE \"user\" = ");
    sql_bind(&q, val_int(user));
    sql_add(&q, " LIMIT 1");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found) || !found) return !w->cx.err;
    return reader_of(w, user, &r)
        && timer_set(w, DIGEST_RULE, NULL, user, "", ways_due(w, ways, r.zone, w->now), NULL);
}

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const Held *)a)->id, y = ((const Held *)b)->id;
    return x < y ? -1 : x > y;
}

MUST static bool take(Work *w, int64_t user, Held **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int cap = 0;
    Rows rows;
    Val v[6];

    *out = NULL;
    *n = 0;
    sql_add(&q, "DELETE FROM \"_digest\" WHERE \"user\" = ");
    sql_bind(&q, val_int(user));
    sql_add(&q, " RETURNING \"id\", \"at\", \"record\", \"channel\", \"text\", \"form\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Held h = { v[0].i, v[1].i, val_is_blank(v[2]) ? 0 : v[2].i, text_of(w, v[3]),
            text_of(w, v[4]), text_of(w, v[5]) };
        ARENA_PUSH(w->cx.a, *out, *n, cap, h);
    }
    db_rows_end(&rows);
    if (*n) qsort(*out, (size_t)*n, sizeof **out, by_id);
    return !w->cx.err;
}

/* "2026-03-02 09:30  the text"; further lines of it stand below. */
static void add_line(Str *s, const Held *h, const Zone *zone)
{
    char when[40];
    int n = datetime_show_local(when, sizeof when, h->at, zone);

    for (int i = 0; i < n; i++) if (when[i] == 'T') when[i] = ' ';
    str_printf(s, "%s  ", when);
    for (const char *p = h->text ? h->text : ""; *p; p++) {
        str_add_char(s, *p);
        if (*p == '\n') str_add(s, "                  ");
    }
    str_add_char(s, '\n');
}

/* All of one channel; `done` marks them. */
MUST static bool send(Work *w, const Channel *c, const Reader *r, const Held *h, int n, bool *done)
{
    Str s = str_begin(w->cx.a);
    const char *first = NULL, *app = label_show(&w->app->label, r->lang, w->app->key);
    int count = 0;

    for (int i = 0; i < n; i++) {
        if (!str_eq(h[i].channel, c->key)) continue;
        done[i] = true;
        if (!count++) first = h[i].text ? h[i].text : "";
        if (count <= LISTED) add_line(&s, &h[i], r->zone);
    }
    if (!count) return true;
    if (count == 1) return notice_mail(w, c, r->email, first, first);
    if (count > LISTED)
        str_printf(&s, i18n_text(r->lang, "and %d more"), count - LISTED);
    return notice_mail(w, c, r->email,
        arena_printf(w->cx.a, i18n_text(r->lang, "%s: %d messages"), app, count), str_show(&s));
}

bool digest_fire(Work *w, const Timer *t)
{
    Reader r;
    Held *h;
    int n;

    if (!take(w, t->record, &h, &n) || !reader_of(w, t->record, &r)) return false;
    bool *done = ARENA_ARRAY(w->cx.a, bool, n + 1);
    for (int i = 0; r.email && i < w->app->nchannel; i++)
        if (w->app->channel[i].smtp && !send(w, &w->app->channel[i], &r, h, n, done)) return false;
    for (int i = 0; r.email && i < n; i++)               /* a channel that went: the message must not */
        if (!done[i] && !notice_send(w, &(Notice){ .to = t->record, .text = h[i].text,
                .form = h[i].form, .record = h[i].record, .kind = "notify" })) return false;
    return true;
}

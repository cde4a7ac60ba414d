/*
 * ways.c — the choice is small and read with every message, so it is one text by the person's id.
 */
#include "data/ways.h"
#include "data/digest.h"
#include "base/node_json.h"
#include "base/out.h"

#include <string.h>

#define NINE (9 * 3600)

const char *const way_kinds[WAY_KINDS] = { "reminder", "task", "notice" };
const char *const way_words[3] = { "as_said", "on", "off" };
const char *const emails_words[3] = { "at_once", "daily", "weekly" };

static int kind_of(const Notice *n)
{
    for (int i = 0; i < WAY_KINDS; i++)
        if (str_eq(n->kind, way_kinds[i])) return i;
    return WAY_KINDS - 1;
}

static int word_of(const Node *n, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (str_eq(node_text(n), words[i])) return i;
    return -1;
}

static Ways unchosen(Work *w)
{
    return (Ways){ .way = ARENA_ARRAY(w->cx.a, Way, WAY_KINDS * w->app->nchannel + 1),
        .time = NINE, .day = 1 };
}

/* ---- as it is written ---- */

static void read_kind(Work *w, const Node *map, const char *kind, Way *way)
{
    for (int i = 0; map && i < map->n; i++) {
        const Channel *c = app_channel(w->app, map->item[i]->key);
        int word = word_of(map->item[i], way_words, LEN(way_words));
        const char *at = arena_printf(w->cx.a, "kinds.%s.%s", kind, map->item[i]->key);
        if (!c) cx_issue(&w->cx, at_field(at), "unknown_channel", "there is no such channel");
        else if (word < 0) cx_issue(&w->cx, at_field(at), "choice", "must be as_said, on or off");
        else if (word == WAY_ON && !c->smtp)
            cx_issue(&w->cx, at_field(at), "choice", "only e-mail can be added");
        else way[c - w->app->channel] = (Way)word;
    }
}

MUST static bool read_kinds(Work *w, const Node *kinds, Ways *out)
{
    if (!kinds) return true;
    if (!node_is(kinds, NODE_MAP)) {
        cx_issue(&w->cx, at_field("kinds"), "type", "is no map");
        return cx_check(&w->cx);
    }
    for (int i = 0; i < kinds->n; i++) {
        int kind = -1;
        for (int k = 0; k < WAY_KINDS; k++)
            if (str_eq(kinds->item[i]->key, way_kinds[k])) kind = k;
        if (kind < 0 || !node_is(kinds->item[i], NODE_MAP))
            cx_issue(&w->cx, at_field("kinds"), "choice",
                "has maps for reminder, task and notice");
        else read_kind(w, kinds->item[i], way_kinds[kind], out->way + kind * w->app->nchannel);
    }
    return cx_check(&w->cx);
}

bool ways_read(Work *w, const Node *body, Ways *out)
{
    const Node *emails = node_find(body, "emails"), *time = node_find(body, "time"),
        *day = node_find(body, "day"), *quiet = node_find(body, "quiet");
    int when = emails ? word_of(emails, emails_words, LEN(emails_words)) : EMAILS_NOW;
    int64_t number = 1;

    *out = unchosen(w);
    if (when < 0)
        cx_issue(&w->cx, at_field("emails"), "choice", "must be at_once, daily or weekly");
    if (time && (!node_text(time) || !time_parse(node_text(time), &out->time)))
        cx_issue(&w->cx, at_field("time"), "type", "is no time such as 09:00");
    if (day && (!node_int(day, &number) || number < 1 || number > 7))
        cx_issue(&w->cx, at_field("day"), "out_of_range", "must be 1 for Monday to 7 for Sunday");
    if (quiet && !node_bool(quiet, &out->quiet))
        cx_issue(&w->cx, at_field("quiet"), "type", "must be true or false");
    out->emails = (EmailsWhen)when;
    out->day = (int)number;
    return read_kinds(w, node_find(body, "kinds"), out) && cx_check(&w->cx);
}

Node *ways_show(Work *w, const Ways *ways)
{
    Arena *a = w->cx.a;
    Node *body = node_map(a);
    char time[16];

    time_show(time, sizeof time, ways->time);
    node_put_text(a, body, "emails", emails_words[ways->emails]);
    node_put_text(a, body, "time", arena_dup(a, time));
    node_put_int(a, body, "day", ways->day);
    node_put_bool(a, body, "quiet", ways->quiet);
    Node *kinds = node_put(a, body, "kinds", node_map(a));
    for (int k = 0; k < WAY_KINDS; k++) {
        Node *kind = node_put(a, kinds, way_kinds[k], node_map(a));
        for (int i = 0; i < w->app->nchannel; i++)
            node_put_text(a, kind, w->app->channel[i].key,
                way_words[ways->way[k * w->app->nchannel + i]]);
    }
    return body;
}

/* ---- kept ---- */

/* A channel that went was no mistake when it was chosen. */
static void forgive(Work *w, Node *body)
{
    Node *kinds = node_find(body, "kinds");

    for (int i = 0; kinds && i < kinds->n; i++) {
        Node *kind = kinds->item[i], *kept = node_map(w->cx.a);
        for (int k = 0; k < kind->n; k++) {
            const Channel *c = app_channel(w->app, kind->item[k]->key);
            if (c && (c->smtp || !str_eq(node_text(kind->item[k]), "on")))
                node_put(w->cx.a, kept, kind->item[k]->key, kind->item[k]);
        }
        node_put(w->cx.a, kinds, kind->key, kept);
    }
}

bool ways_of(Work *w, int64_t user, Ways *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    *out = unchosen(w);
    sql_add(&q, "SELECT \"choice\" FROM \"_way\" WHERE \"user\" = ");
    sql_bind(&q, val_int(user));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (!found || v.kind != VAL_TEXT) return true;
    Node *body = json_parse(&w->cx, v.t, (size_t)v.n);
    if (!body) return false;
    forgive(w, body);
    return ways_read(w, body, out);
}

typedef struct Saving { const Ways *ways; const char *text; } Saving;

static bool save_unit(Work *w, void *arg)
{
    const Saving *s = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "INSERT INTO \"_way\" (\"user\", \"choice\") VALUES (");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(s->text));
    sql_add(&q, ") ON CONFLICT (\"user\") DO UPDATE SET \"choice\" = excluded.\"choice\"");
    return db_run(&w->cx, w->db, &q, NULL) && digest_again(w, w->who.id, s->ways);
}

bool ways_save(Work *w, const Ways *ways)
{
    Saving s = { ways, node_json(w->cx.a, ways_show(w, ways)) };

    return work_write(w, save_unit, &s);
}

/* ---- used ---- */

void ways_choose(Work *w, const Ways *ways, const Notice *n, const char *const **via, int *nvia)
{
    const Way *way = ways->way + kind_of(n) * w->app->nchannel;
    const char **out = ARENA_ARRAY(w->cx.a, const char *, n->nvia + w->app->nchannel + 1);
    int count = 0;

    for (int i = 0; i < n->nvia; i++) {
        const Channel *c = app_channel(w->app, n->via[i]);
        if (!c || way[c - w->app->channel] != WAY_OFF) out[count++] = n->via[i];
    }
    if (!count) out[count++] = "inbox";
    for (int i = 0; i < w->app->nchannel; i++)
        if (way[i] == WAY_ON && !str_in(w->app->channel[i].key, out, count))
            out[count++] = w->app->channel[i].key;
    *via = out;
    *nvia = count;
}

/* What comes in the very minute of the gathering is in it: many reminders have that time. */
static int64_t gathering(const Ways *ways, const Zone *zone, int64_t now)
{
    int64_t day = local_day(now, zone);

    for (int i = 0; i <= 7; i++, day++) {
        int64_t at = local_at(day, ways->time, zone) + 59;
        if (at > now && (ways->emails == EMAILS_DAILY || day_weekday(day) == ways->day)) return at;
    }
    return now;
}

int64_t ways_due(const Work *w, const Ways *ways, const Zone *zone, int64_t now)
{
    int64_t at = ways->emails == EMAILS_NOW ? now : gathering(ways, zone, now);
    int64_t open = ways->quiet ? calendar_next_work(app_calendar(w->app, NULL), w->app->zone, at)
        : at;

    return open == WHEN_NEVER ? at : open;
}

/*
 * pool_recycle.c — a record comes back when its owner does nothing about it for too long.
 *
 * Each rule of the pool it would go into has one row of _timer for the record: the next of its
 * moments, a warning or the return. The payload is the time of the return: while that stays,
 * a save leaves the row alone, so nothing fires twice; when it moves, the row starts anew. A
 * return whose conditions do not hold is tried again daily.
 */
#include "data/pool.h"
#include "data/explain.h"
#include "data/notice.h"
#include "data/record_row.h"
#include "data/reminder.h"
#include "data/timer_row.h"
#include "base/i18n.h"
#include "base/sys.h"

#include <stdlib.h>
#include <string.h>

#define NINE (9 * 3600)
#define DAY_S 86400

static int64_t later(Work *w, int64_t at, Val by, int sign)
{
    by.i *= sign;
    return when_add(at, by, app_calendar(w->app, NULL), w->app->zone);
}

/* When the record comes back; WHEN_NEVER: it has no owner. A date counts from 09:00. */
MUST static bool return_of(Work *w, const Recycle *x, const Record *r, int64_t *at)
{
    Eval env = record_eval(w, r, NULL);
    Val since = val_blank(), got = r->val[SYS_OWNER_SINCE];

    *at = WHEN_NEVER;
    if (got.kind != VAL_DATETIME || val_is_blank(record_get(r, r->form->owner))) return true;
    if (x->since && !expr_eval(x->since, &env, &since)) return false;
    int64_t from = since.kind == VAL_DATETIME ? since.i
        : since.kind == VAL_DATE ? local_at(since.i, NINE, w->app->zone) : got.i;
    *at = later(w, from > got.i ? from : got.i, x->after, 1);
    return true;
}

/* The first of its moments after now. */
static int64_t next_of(Work *w, const Recycle *x, int64_t at)
{
    for (int i = 0; i < x->nwarn; i++) {
        int64_t warn = later(w, at, x->warn[i], -1);
        if (warn > w->now) return warn;
    }
    return at;
}

static const char *rule_of(Work *w, const Form *f, const Pool *p, int i)
{
    return arena_printf(w->cx.a, RECYCLE_RULE "%s.%s.%d", f->key, p->key, i);
}

/* A row with the same time of return stays as it is. */
MUST static bool put(Work *w, const char *rule, const Record *r, int64_t due, const char *at)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "INSERT INTO \"_timer\" (\"rule\", \"form\", \"record\", \"occurrence\", \"due\", "
        "\"payload\") VALUES (");
    sql_bind(&q, val_text(rule));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(r->form->key));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(record_id(r)));
    sql_add(&q, ", '', ");
    sql_bind(&q, val_int(due));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(at));
    sql_add(&q, ") ON CONFLICT (\"rule\", \"form\", \"record\", \"occurrence\") DO UPDATE SET "
        "\"due\" = excluded.\"due\", \"payload\" = excluded.\"payload\" WHERE "
        "coalesce(\"_timer\".\"payload\", '') <> excluded.\"payload\"");
    return db_send(&w->cx, w->db, &q);
}

/* Those of other pools, and of rules that are no more. */
MUST static bool drop_others(Work *w, const Record *r, const char *const *keep, int n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_timer\" WHERE \"form\" = ");
    sql_bind(&q, val_text(r->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record_id(r)));
    sql_add(&q, " AND \"rule\" LIKE '" RECYCLE_RULE "%'");
    for (int i = 0; i < n; i++) {
        sql_add_n(&q, i ? ", " : " AND \"rule\" NOT IN (", i ? 2 : 20);
        sql_bind(&q, val_text(keep[i]));
    }
    if (n) sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q);
}

static bool holds(Work *w, const Expr *e, const Record *r, bool otherwise)
{
    Eval env = record_eval(w, r, NULL);

    return e ? expr_true(e, &env) : otherwise;
}

static bool any_recycles(const Form *f)
{
    for (int i = 0; i < f->npool; i++)
        if (f->pool[i].nrecycle) return true;
    return false;
}

bool recycle_follow(Work *w, const Record *r)
{
    const Pool *p = any_recycles(r->form) ? pool_for(w, r) : NULL;
    int n = 0, nrule = p ? p->nrecycle : 0;
    const char **rule = ARENA_ARRAY(w->cx.a, const char *, nrule + 1);

    if (!any_recycles(r->form)) return true;
    for (int i = 0; i < nrule; i++) {
        int64_t at;
        if (!return_of(w, &p->recycle[i], r, &at)) return false;
        if (at == WHEN_NEVER || !holds(w, p->open, r, true)) continue;
        rule[n] = rule_of(w, r->form, p, i);
        if (!put(w, rule[n++], r, next_of(w, &p->recycle[i], at),
                arena_printf(w->cx.a, "%lld", (long long)at))) return false;
    }
    return !w->cx.err && drop_others(w, r, rule, n);
}

/* ---- its time has come ---- */

typedef struct Told { const Pool *pool; const Recycle *rule; const char *title, *day; } Told;

static const char *reason(Work *w, const char *lang, const Recycle *x)
{
    char text[32];

    duration_show(text, sizeof text, x->after);
    return label_show(&x->label, lang,
        arena_printf(w->cx.a, i18n_text(lang, "%s have passed"), text));
}

static const char *warn_text(Work *w, const char *lang, const void *what)
{
    const Told *t = what;

    return arena_printf(w->cx.a, i18n_text(lang, "%s goes to “%s” on %s: %s"), t->title,
        label_show(&t->pool->label, lang, t->pool->key), t->day, reason(w, lang, t->rule));
}

static const char *gone_text(Work *w, const char *lang, const void *what)
{
    const Told *t = what;

    return arena_printf(w->cx.a, i18n_text(lang, "%s went to “%s”: %s"), t->title,
        label_show(&t->pool->label, lang, t->pool->key), reason(w, lang, t->rule));
}

static const char *recycled_text(Work *w, const char *lang, const void *what)
{
    const Told *t = what;

    return arena_printf(w->cx.a, i18n_text(lang, "recycled into “%s”: %s"),
        label_show(&t->pool->label, lang, t->pool->key), reason(w, lang, t->rule));
}

MUST static bool tell(Work *w, const Record *r, Telling text, const Told *told, int64_t late_s)
{
    int64_t owner = record_get(r, r->form->owner).i;
    const char *lang;

    if (!reader_language(w, owner, &lang)) return false;
    return notice_send(w, &(Notice){ .to = owner, .text = text(w, lang, told),
        .form = r->form->key, .record = record_id(r), .kind = "reminder", .late_s = late_s });
}

/* A record that its own checks refuse stays, and is tried again daily. */
MUST static bool go_back(Work *w, const Record *r, const Told *t, bool *gone)
{
    Node *body = node_map(w->cx.a);
    Saved saved;
    Handing h = { .kind = "recycled", .field = r->form->owner, .rule = t->pool->key,
        .reason = reason(w, w->app->nlanguage ? w->app->language[0] : NULL, t->rule),
        .pool = t->pool->key };

    node_put(w->cx.a, body, r->form->owner->key, node_new_null(w->cx.a));
    *gone = save_record(w, &(SaveAsk){ .form = r->form, .id = record_id(r), .body = body,
        .handing = &h }, &saved);
    if (*gone) return tell(w, r, gone_text, t, 0) && explain_tell(w, r, "pool", recycled_text, t);
    if (w->cx.err != E_INPUT) return false;
    sys_log(LOG_WARN, "a record could not be recycled", "form", r->form->key, "record",
        arena_printf(w->cx.a, "%lld", (long long)record_id(r)), "cause",
        w->cx.nissue ? w->cx.issue[0].text : w->cx.text, NULL);
    cx_clear(&w->cx);
    return true;
}

MUST static bool fire(Work *w, const Timer *t, const Pool *p, const Recycle *x, const Record *r)
{
    Told told = { p, x, record_title(w, r), NULL };
    bool gone = false;
    char day[16];
    int64_t at;

    if (!return_of(w, x, r, &at)) return false;
    if (at == WHEN_NEVER || !holds(w, p->open, r, true)) return !w->cx.err;
    date_show(day, sizeof day, local_day(at, w->app->zone));
    told.day = day;
    bool due = holds(w, x->if_, r, true) && !holds(w, p->lock, r, false);
    if (w->cx.err) return false;
    if (w->now >= at && t->due < at)          /* a warning, too late; the return has its own turn */
        return put(w, t->rule, r, at, arena_printf(w->cx.a, "%lld", (long long)at));
    if (w->now >= at && due && (!go_back(w, r, &told, &gone) || gone)) return !w->cx.err;
    bool warned = w->now < at && due && t->payload && strtoll(t->payload, NULL, 10) == at;
    if (warned && !tell(w, r, warn_text, &told, w->now - t->due > 60 ? w->now - t->due : 0))
        return false;
    return put(w, t->rule, r, w->now < at ? next_of(w, x, at) : w->now + DAY_S,
        arena_printf(w->cx.a, "%lld", (long long)at));
}

/* "recycle:FORM.POOL.N" */
bool recycle_fire(Work *w, const Timer *t)
{
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;
    const char *dot = strrchr(t->rule, '.');
    const Pool *p;
    Record *r;

    if (!f || !f->npool || !dot) return true;
    if (!record_load(w, f, t->record, false, &r)) return false;
    p = r ? pool_for(w, r) : NULL;
    int i = (int)strtol(dot + 1, NULL, 10);
    if (!p || i < 0 || i >= p->nrecycle || !str_eq(t->rule, rule_of(w, f, p, i)))
        return !w->cx.err;
    return fire(w, t, p, &p->recycle[i], r);
}

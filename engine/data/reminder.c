/*
 * reminder.c — a reminder's time has come: is it still wanted, for whom, in which words.
 */
#include "data/reminder.h"
#include "data/move.h"
#include "data/notice.h"
#include "data/record_row.h"
#include "data/timer_row.h"
#include "base/i18n.h"
#include "base/node_json.h"

#include <stdlib.h>
#include <string.h>

bool reader_language(Work *w, int64_t user, const char **lang)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT \"language\" FROM \"user\" WHERE \"id\" = ");
    sql_bind(&q, val_int(user));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *lang = found && v.kind == VAL_TEXT ? v.t
        : w->app->nlanguage ? w->app->language[0] : NULL;
    return true;
}

bool reminder_text(Work *w, const Label *label, Expr *const *texts, int ntext,
    const Record *r, int64_t user, const char **out)
{
    const char *lang;
    int pick = 0;
    Val v;

    if (!reader_language(w, user, &lang)) return false;
    if (!ntext) {
        *out = arena_printf(w->cx.a, i18n_text(lang, "Reminder: %s"), record_title(w, r));
        return !w->cx.err;
    }
    for (int i = 0; i < ntext && i < label->n; i++)
        if (label->lang && str_eq(label->lang[i], lang)) pick = i;
    Eval env = record_eval(w, r, NULL);
    if (!expr_eval(texts[pick], &env, &v)) return false;
    *out = v.kind == VAL_TEXT ? arena_dup(w->cx.a, v.t) : record_title(w, r);
    return true;
}

static const Reminder *reminder_of(Work *w, const Timer *t, const Form **f)
{
    const char *dot = strchr(t->rule, '.');

    *f = t->form ? app_form(w->app, t->form) : NULL;
    if (!*f || !dot) return NULL;
    for (int i = 0; i < (*f)->nreminder; i++)
        if (str_eq((*f)->reminder[i].key, dot + 1)) return &(*f)->reminder[i];
    return NULL;
}

/* `once_per`: the last time is kept as a timer that is never due. */
MUST static bool said_lately(Work *w, const char *rule, const Record *r, Val period,
    bool *lately)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const char *once = arena_printf(w->cx.a, "once:%s", rule);
    bool found;
    int64_t last;
    Val v;

    *lately = false;
    sql_add(&q, "SELECT \"payload\" FROM \"_timer\" WHERE \"rule\" = ");
    sql_bind(&q, val_text(once));
    sql_add(&q, " AND \"form\" = ");
    sql_bind(&q, val_text(r->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record_id(r)));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (found && v.kind == VAL_TEXT) {
        last = strtoll(v.t, NULL, 10);
        *lately = w->now < when_add(last, period, app_calendar(w->app, NULL), w->app->zone);
    }
    if (*lately) return true;
    return timer_clear(w, once, r->form->key, record_id(r))
        && timer_set(w, once, r->form->key, record_id(r), "", TIMER_NOTE,
            arena_printf(w->cx.a, "%lld", (long long)w->now));
}

MUST static bool tell(Work *w, const Reminder *rem, const Record *r, int64_t late_s)
{
    int64_t *user;
    int n;

    if (!people_of(w, &rem->to, r, &user, &n)) return false;
    for (int i = 0; i < n; i++) {
        Notice note = { .to = user[i], .form = r->form->key, .record = record_id(r),
            .via = rem->via, .nvia = rem->nvia, .kind = "reminder", .late_s = late_s };
        if (!reminder_text(w, &rem->label_text, rem->texts, rem->ntext, r, user[i], &note.text))
            return false;
        if (!notice_send(w, &note)) return false;
    }
    return true;
}

MUST static bool fire_on(Work *w, const Reminder *rem, const char *rule, const Record *r,
    int64_t late_s)
{
    bool lately = false;

    if (rem->if_) {
        Eval env = record_eval(w, r, NULL);
        if (!expr_true(rem->if_, &env)) return !w->cx.err;
    }
    if (rem->once_per.kind == VAL_DURATION
        && !said_lately(w, rule, r, rem->once_per, &lately)) return false;
    return lately || tell(w, rem, r, late_s);
}

MUST static bool next_ids(Work *w, const Form *f, const Reminder *rem, int64_t after,
    int64_t *id, int max, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    ExprSql ask = { .asker = work_asker(w), .alias = "t" };
    Rows rows;
    Val v;

    *n = 0;
    sql_add(&q, "SELECT \"t\".\"id\" FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " AS \"t\" WHERE \"t\".\"deleted_at\" IS NULL AND \"t\".\"id\" > ");
    sql_bind(&q, val_int(after));
    if (rem->if_ && !(expr_uses(rem->if_) & EXPR_REGEX)) {
        sql_add(&q, " AND (");
        if (!expr_sql(&w->cx, rem->if_, &ask, &q)) return false;
        sql_add(&q, ")");
    }
    sql_add(&q, " ORDER BY \"t\".\"id\" LIMIT ");
    sql_bind(&q, val_int(max));
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) id[(*n)++] = v.i;
    db_rows_end(&rows);
    return !w->cx.err;
}

/* `every`: one timer for the reminder; its run walks the records that match. */
MUST static bool fire_every(Work *w, const Form *f, const Reminder *rem, const Timer *t,
    int64_t late_s)
{
    int64_t id[200], after = 0;
    int n = LEN(id);

    while (n == LEN(id)) {
        if (!next_ids(w, f, rem, after, id, LEN(id), &n)) return false;
        for (int i = 0; i < n; i++) {
            Record *r;
            if (!record_load(w, f, id[i], false, &r)) return false;
            if (r && !fire_on(w, rem, t->rule, r, late_s)) return false;
            after = id[i];
        }
    }
    return timer_set(w, t->rule, f->key, 0, "", reminder_next_run(w, rem, w->now),
        reminder_mark(w, rem));
}

bool reminder_fire(Work *w, const Timer *t, int64_t late_s)
{
    const Form *f;
    const Reminder *rem = reminder_of(w, t, &f);
    Record *r;

    if (!rem) return true;
    if (!t->record) return fire_every(w, f, rem, t, late_s);
    if (!record_load(w, f, t->record, false, &r)) return false;
    if (!r) return true;
    if (!fire_on(w, rem, t->rule, r, late_s)) return false;
    return !rem->yearly || timer_follow(w, r, false);
}

MUST static bool send_said(Work *w, const Timer *t, const Node *payload, const Node *to,
    int64_t late_s)
{
    const Node *via = node_find(payload, "via");
    int64_t user;
    const char **name = ARENA_ARRAY(w->cx.a, const char *, via ? via->n + 1 : 1);
    int n = 0;

    const char *lang;

    if (!node_int(to, &user)) return true;
    if (!reader_language(w, user, &lang)) return false;
    for (int i = 0; node_is(via, NODE_LIST) && i < via->n; i++)
        if (node_text(via->item[i])) name[n++] = node_text(via->item[i]);
    if (via && node_text(via)) name[n++] = node_text(via);
    return notice_send(w, &(Notice){ .to = user, .text = label_stored(w->cx.a,
            node_text(node_find(payload, "text")), lang),
        .form = t->form, .record = t->record, .via = name, .nvia = n, .kind = "reminder",
        .late_s = late_s });
}

bool reminder_fire_said(Work *w, const Timer *t, int64_t late_s)
{
    Node *payload = t->payload ? json_parse(&w->cx, t->payload, strlen(t->payload)) : NULL;
    const Node *to = node_find(payload, "to");
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;
    Record *r = NULL;

    if (!payload) return !w->cx.err;
    if (f && t->record && (!record_load_row(w, f, t->record, false, &r) || !r))
        return !w->cx.err;
    if (!node_is(to, NODE_LIST)) return send_said(w, t, payload, to, late_s);
    for (int i = 0; i < to->n; i++)
        if (!send_said(w, t, payload, to->item[i], late_s)) return false;
    return true;
}

/*
 * approval_task.c — rows of _task, and what people are told of them.
 */
#include "data/approval_in.h"
#include "data/notice.h"
#include "data/reminder.h"
#include "data/task_link.h"
#include "base/i18n.h"

bool task_put(Work *w, const Approval *a, Task *t)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val id;
    bool open = str_eq(t->state, "open");
    const Val v[] = { val_int(a->id), val_text(a->form->key), val_int(a->record),
        val_int(t->step), val_int(t->seat), val_int(t->place), val_text(t->kind),
        val_int(t->user), val_text(t->state), t->decided_by ? val_int(t->decided_by) : val_blank(),
        t->decided_at ? val_datetime(t->decided_at) : val_blank(), val_text(t->comment),
        open || str_eq(t->state, "unread") ? val_datetime(w->now) : val_blank(),
        t->due ? val_int(t->due) : val_blank() };

    sql_add(&q, "INSERT INTO \"_task\" (\"approval\", \"form\", \"record\", \"step\", \"seat\", "
        "\"place\", \"kind\", \"user\", \"state\", \"decided_by\", \"decided_at\", \"comment\", "
        "\"asked_at\", \"due\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ") RETURNING \"id\"");
    if (!db_one(&w->cx, w->db, &q, &id, 1, &found)) return false;
    t->id = id.i;
    return true;
}

bool task_add(Work *w, const Approval *a, Task *t)
{
    if (!task_put(w, a, t)) return false;
    if (str_eq(t->state, "open") && str_eq(t->kind, "approve"))
        return task_ask(w, a, t, "Please approve: %s – %s");
    if (str_eq(t->kind, "cc")) return task_tell(w, a, t->user, "For your information: %s – %s");
    return true;
}

bool task_set_state(Work *w, const Task *t, const char *state)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_task\" SET \"state\" = ");
    sql_bind(&q, val_text(state));
    if (str_eq(state, "open")) {
        sql_add(&q, ", \"asked_at\" = ");
        sql_bind(&q, val_datetime(w->now));
    }
    sql_add(&q, " WHERE \"id\" = ");
    sql_bind(&q, val_int(t->id));
    return db_run(&w->cx, w->db, &q, NULL);
}

static const char *move_label(const Approval *a, const char *lang)
{
    return a->move ? label_show(&a->move->label, lang, a->transition) : a->transition;
}

/* `t` is what they are asked; NULL: they are told only. */
MUST static bool tell_one(Work *w, const Approval *a, int64_t user, const Task *t,
    const char *english)
{
    const Approve *e = t && a->move && t->step < a->move->napprove ? &a->move->approve[t->step] : NULL;
    const char *lang;

    if (!reader_language(w, user, &lang)) return false;
    Notice n = { .to = user, .form = a->form->key, .record = a->record, .kind = "task",
        .text = arena_printf(w->cx.a, i18n_text(lang, english),
            record_title_of(w, a->form, a->record), move_label(a, lang)) };
    if (e) {
        n.via = e->via;
        n.nvia = e->nvia;
        n.links = task_link_text(w, a, t, user, lang);
    }
    return notice_send(w, &n);
}

/* And who stands in for them. */
MUST static bool tell_all(Work *w, const Approval *a, int64_t user, const Task *t,
    const char *english)
{
    int64_t *stand_in;
    int n;

    if (!user) return true;
    if (!tell_one(w, a, user, t, english) || !delegates_of(w, user, a->form, &stand_in, &n))
        return false;
    for (int i = 0; i < n; i++)
        if (!tell_one(w, a, stand_in[i], t, english)) return false;
    return true;
}

bool task_tell(Work *w, const Approval *a, int64_t user, const char *english)
{
    return tell_all(w, a, user, NULL, english);
}

bool task_ask(Work *w, const Approval *a, const Task *t, const char *english)
{
    return tell_all(w, a, t->user, t, english);
}

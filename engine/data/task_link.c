/*
 * task_link.c — "TASK USER UNTIL ACT", sealed.
 */
#include "data/task_link.h"
#include "data/approval_in.h"
#include "data/record_row.h"
#include "data/seal.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define USE "task"

static const char *link(Work *w, const Task *t, int64_t user, const char *act)
{
    const char *text = arena_printf(w->cx.a, "%lld %lld %lld %s", (long long)t->id,
        (long long)user, (long long)(w->now + TASK_LINK_S), act);

    return arena_printf(w->cx.a, "%s/tasks/link/%s", w->app->url, seal_write(w, USE, text));
}

const char *task_link_text(Work *w, const Approval *a, const Task *t, int64_t user, const char *lang)
{
    Str s = str_begin(w->cx.a);

    if (!w->app->url || !w->engine) return NULL;
    str_printf(&s, "%s: %s\n", i18n_text(lang, "Approve"), link(w, t, user, "approve"));
    str_printf(&s, "%s: %s\n", i18n_text(lang, "Refuse"), link(w, t, user, "reject"));
    str_printf(&s, "%s: %s/f/%s/%lld\n\n", i18n_text(lang, "Look at it"), w->app->url,
        a->form->key, (long long)a->record);
    str_add(&s, i18n_text(lang, "These links are yours alone: you sign in, and decide on the page."));
    return str_show(&s);
}

static bool parse(const char *text, TaskLink *out)
{
    long long task, user, until;
    int at = 0;

    if (!text || sscanf(text, "%lld %lld %lld %n", &task, &user, &until, &at) != 3 || !at) return false;
    *out = (TaskLink){ task, user, until, text + at };
    return str_eq(out->act, "approve") || str_eq(out->act, "reject");
}

bool task_link_open(Work *w, const char *key, TaskLink *out, TaskRow *row)
{
    bool found;

    if (!parse(seal_read(w, USE, key), out))
        return cx_fail(&w->cx, E_MISSING, "this link is not whole, or none of ours; what waits for you "
            "stands under Tasks");
    if (out->user != w->who.id)
        return cx_fail(&w->cx, E_DENIED, "this link is for %s; you are signed in as %s",
            record_title_of(w, app_form(w->app, "user"), out->user), w->who.name);
    if (!task_find(w, out->task, row, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no such task");
    if (!task_is_open(w, row)) return false;
    return out->until >= w->now
        || cx_fail(&w->cx, E_CONFLICT, "this link is too old; what waits for you stands under Tasks");
}

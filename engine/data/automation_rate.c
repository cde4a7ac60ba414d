/*
 * automation_rate.c — runs behind writes that set each other off again and again, a few at a time, and so
 * pass under the guard of a chain. What is held back is a job, and is tried again later.
 */
#include "data/automation.h"
#include "data/move.h"
#include "data/notice.h"
#include "data/run_log.h"
#include "base/i18n.h"

#define HELD "held"
enum { TELL_S = 3600 };

typedef struct Automation Automation;
typedef struct Held { const Automation *a; int64_t record; const char *text; } Held;

bool automation_rate(Work *w, const Automation *a, int64_t record, bool *often)
{
    int n;

    if (!run_log_since(w, a->form->key, a->key, record, w->now - 60, &n)) return false;
    *often = n >= AUTOMATION_RATE;
    return !*often || cx_fail(&w->cx, E_RULE,
        "the automation “%s” ran %d times in a minute on one record; it is held back", a->key,
        AUTOMATION_RATE);
}

MUST static bool told(Work *w, const Held *h, bool *yes)
{
    RunAsk ask = { .form = h->a->form->key, .automation = h->a->key, .record = h->record,
        .state = HELD };
    bool more;
    Run *run;
    int n;

    *yes = false;
    if (!run_log_list(w, &ask, &run, &n, &more)) return false;
    *yes = n && run[0].at > w->now - TELL_S;
    return true;
}

static bool tell_unit(Work *w, void *arg)
{
    const Held *h = arg;
    Who admin = { .kind = WHO_ROLE, .role = app_role(w->app, "admin") };
    People people = { .who = &admin, .n = 1 };
    Run row = { .form = h->a->form->key, .automation = h->a->key, .record = h->record, .event = "rate",
        .at = w->now, .state = HELD, .error = h->text };
    int64_t *user;
    bool done;
    int n;

    if (!told(w, h, &done)) return false;
    if (done) return true;
    if (!run_log_add(w, &row, NULL) || !people_of(w, &people, NULL, &user, &n)) return false;
    for (int i = 0; i < n; i++) {
        Notice note = { .to = user[i], .text = h->text, .form = h->a->form->key, .record = h->record,
            .kind = "notify" };
        if (!notice_send(w, &note)) return false;
    }
    return true;
}

bool automation_held(Work *w, const Automation *a, int64_t record)
{
    Held h = { a, record, w->cx.text };
    Cx failed = cx_begin(w->cx.a, w->cx.lang);

    cx_copy(&failed, &w->cx);
    cx_clear(&w->cx);
    if (!work_write(w, tell_unit, &h)) cx_clear(&w->cx);
    cx_copy(&w->cx, &failed);
    return false;
}

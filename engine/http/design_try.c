/*
 * design_try.c — an automation and a reminder of one's draft, tried on the records there are.
 *
 * An automation runs as it would, and is undone: so the database must have what its steps write. A
 * reminder only looks: its records are read as the app that is served has them, and carried to the
 * draft's form.
 */
#include "http/api.h"
#include "http/design.h"
#include "data/move.h"
#include "data/query.h"
#include "data/reminder.h"
#include "data/save.h"

#include <stdlib.h>

enum { LOOKED = 200, SHOWN = 10, NAMED = 5 };

typedef struct TryAsk {
    const char *form, *name;
    int64_t record;
    const Node *given;
    const App *served;
    List list;                                 /* the newest records, as they are served */
    Response *r;
} TryAsk;

MUST static bool read_ask(Work *w, const Request *q, const char *const *known, TryAsk *ask)
{
    static const char *const none[] = { NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    if (!body) return false;
    const Node *id = node_find(body, "record");

    ask->form = node_text(node_find(body, "form"));
    ask->name = node_text(node_find(body, "name"));
    ask->given = node_find(body, "given");
    if (!ask->form || !ask->name || (id && (!node_int(id, &ask->record) || ask->record < 1))
        || (ask->given && !node_is(ask->given, NODE_MAP)))
        return cx_fail(&w->cx, E_SYNTAX, "form and name must be given, record be a number and given "
            "an object");
    return true;
}

static const Form *asked_form(Work *w, const TryAsk *ask)
{
    const Form *f = app_form(w->app, ask->form);

    if (!f) cx_fail(&w->cx, E_MISSING, "there is no form %s", ask->form);
    return f;
}

/* ---- automations ---- */

/* Any step may write anywhere. */
MUST static bool made(Work *w, const App *served)
{
    for (int i = 0; i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        const Field *missing = design_unmade(f, app_form(served, f->key));
        if (missing)
            return cx_fail(&w->cx, E_INPUT, "%s.%s is not in the database yet: publish it, then try",
                f->key, missing->key);
    }
    return true;
}

static bool try_automation(Work *w, void *arg)
{
    const TryAsk *ask = arg;
    const Form *f = asked_form(w, ask);
    const struct Automation *a = f ? form_automation(f, ask->name) : NULL;
    Tried tried;

    if (!f) return false;
    if (!a) return cx_fail(&w->cx, E_MISSING, "there is no such automation");
    if (!made(w, ask->served) || !automation_try(w, a, ask->record, ask->given, &tried)) return false;
    api_tried(w, &tried, ask->r);
    return true;
}

bool api_definition_try_automation(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "form", "name", "record", "given", NULL };
    TryAsk ask = { .served = w->app, .r = r };

    if (!read_ask(w, q, known, &ask)) return false;
    if (!ask.given) ask.given = node_map(w->cx.a);
    return design_draft(w, r, try_automation, &ask);
}

/* ---- reminders ---- */

typedef struct Soon { const Record *r; int64_t at; bool holds; } Soon;

static int sooner(const void *a, const void *b)
{
    const Soon *x = a, *y = b;

    return x->at != y->at ? (x->at < y->at ? -1 : 1) : record_id(x->r) < record_id(y->r) ? -1 : 1;
}

MUST static bool look(Work *w, const Form *f, const Reminder *rem, const TryAsk *ask, Soon *soon,
    int *n)
{
    for (int i = 0; i < ask->list.n; i++) {
        Record *r = design_carried(w, f, ask->list.record[i]);
        Soon *s = &soon[*n];
        *s = (Soon){ .r = r, .at = WHEN_NEVER, .holds = true };
        if (!record_compute_own(w, r)) cx_clear(&w->cx);
        if (!reminder_next_due(w, rem, r, &s->at)) return false;
        Eval env = record_eval(w, r, NULL);
        if (rem->if_) s->holds = expr_true(rem->if_, &env);
        if (w->cx.err) return false;
        if (rem->nat || rem->yearly ? s->at != WHEN_NEVER : s->holds) ++*n;
    }
    qsort(soon, (size_t)*n, sizeof *soon, sooner);
    return true;
}

static void put_people(Work *w, const Reminder *rem, const Record *r, Json *j)
{
    int64_t *user;
    int n = 0;

    json_key(j, "to");
    json_list(j);
    if (!people_of(w, &rem->to, r, &user, &n)) cx_clear(&w->cx);
    for (int i = 0; i < n && i < NAMED; i++)
        json_text(j, record_title_of(w, app_form(w->app, "user"), user[i]));
    json_list_end(j);
    json_key(j, "people"); json_int(j, n);
}

static void put_soon(Work *w, const Reminder *rem, const Soon *s, Json *j)
{
    json_map(j);
    json_key(j, "record"); json_int(j, record_id(s->r));
    json_key(j, "title"); json_text(j, record_title(w, s->r));
    json_key(j, "at");
    if (s->at == WHEN_NEVER) json_null(j);
    else json_val(j, val_datetime(s->at));
    json_key(j, "holds"); json_bool(j, s->holds);
    put_people(w, rem, s->r, j);
    json_map_end(j);
}

static const Reminder *reminder_named(const Form *f, const char *name)
{
    for (int i = 0; i < f->nreminder; i++)
        if (str_eq(f->reminder[i].key, name)) return &f->reminder[i];
    return NULL;
}

static bool try_reminder(Work *w, void *arg)
{
    const TryAsk *ask = arg;
    const Form *f = asked_form(w, ask);
    const Reminder *rem = f ? reminder_named(f, ask->name) : NULL;
    Soon *soon = ARENA_ARRAY(w->cx.a, Soon, ask->list.n + 1);
    int n = 0;

    if (!f) return false;
    if (!rem) return cx_fail(&w->cx, E_MISSING, "there is no such reminder");
    if (!look(w, f, rem, ask, soon, &n)) return false;
    bool each = rem->nat || rem->yearly;
    Json j = response_json(ask->r, 200);
    json_map(&j);
    json_key(&j, "run");
    if (each) json_null(&j);
    else json_val(&j, val_datetime(reminder_next_run(w, rem, w->now)));
    json_key(&j, "looked"); json_int(&j, ask->list.n);
    json_key(&j, "more"); json_bool(&j, ask->list.next != NULL);
    json_key(&j, "found"); json_int(&j, n);
    json_key(&j, "next");
    json_list(&j);
    for (int i = 0; i < n && i < SHOWN; i++) put_soon(w, rem, &soon[i], &j);
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

bool api_definition_try_reminder(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "form", "name", NULL };
    TryAsk ask = { .served = w->app, .r = r };

    if (!read_ask(w, q, known, &ask)) return false;
    const Form *f = app_form(w->app, ask.form);
    ListAsk list = { .form = f, .sort = "-id", .limit = LOOKED };
    if (f && !query_list(w, &list, &ask.list)) return false;
    return design_draft(w, r, try_reminder, &ask);
}

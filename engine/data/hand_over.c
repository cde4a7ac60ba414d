/*
 * hand_over.c — a portion of records is read and saved in one write, each with the other person in the
 * field; what a form's own checks refuse undoes itself alone, is remembered and passed by, so that one bad
 * record does not keep the rest.
 */
#include "data/hand_over.h"
#include "data/explain.h"
#include "data/query.h"
#include "data/record_row.h"
#include "data/save.h"
#include "data/task.h"

enum { PORTION = 100 };

/* The n-th place; NULL after the last. */
static const Field *place_of(const Form *f)
{
    if (f->owner) return f->owner;
    if (f->builtin) return form_field(f, str_eq(f->key, "user") ? "manager" : "head");
    return NULL;
}

static ListAsk asked(const Form *f, const Field *field, int64_t user, bool closed)
{
    return (ListAsk){ .form = f, .related = field->key, .related_id = user, .sort = "id",
        .filter = f->nworkflow && !closed ? "stage.status = 'open'" : NULL };
}

MUST static bool count(Work *w, const Held *h, int64_t user, bool closed, int64_t *out)
{
    ListAsk ask = asked(h->form, h->field, user, closed);
    List list;

    ask.count = COUNT_EXACT;
    ask.limit = 1;
    if (!query_list(w, &ask, &list)) return false;
    *out = list.count;
    return true;
}

bool hand_over_held(Work *w, int64_t user, Held **out, int *n)
{
    AsSaved saved = work_as_app(w, w->rule);
    bool ok = true;

    *out = ARENA_ARRAY(w->cx.a, Held, w->app->nform + 1);
    *n = 0;
    for (int i = 0; ok && i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        const Field *field = place_of(f);
        if (!field) continue;
        Held *h = &(*out)[(*n)++];
        *h = (Held){ .form = f, .field = field, .closes = f->nworkflow > 0,
            .place = arena_printf(w->cx.a, "%s.%s", f->key, field->key) };
        ok = count(w, h, user, false, &h->open);
        if (ok && h->closes) ok = count(w, h, user, true, &h->all);
        else h->all = h->open;
    }
    work_as_back(w, saved);
    if (!ok) return false;
    Held *tasks = &(*out)[(*n)++];
    *tasks = (Held){ .place = HELD_TASKS };
    if (!task_open_of(w, user, &tasks->open)) return false;
    tasks->all = tasks->open;
    return true;
}

typedef struct One {
    const HandOver *ask; const Field *field; Record *r; const char *from, *to;
} One;

/* The field with the other person in it; of several, who is there already is not doubled. */
static Node *body_of(Work *w, const One *o)
{
    Arena *a = w->cx.a;
    Node *body = node_map(a);
    Val v = record_get(o->r, o->field);

    if (v.kind != VAL_LIST) {
        node_put_int(a, body, o->field->key, o->ask->to);
        return body;
    }
    Node *list = node_put(a, body, o->field->key, node_list(a));
    for (int i = 0; i < v.n; i++)
        if (v.list[i].i != o->ask->from && v.list[i].i != o->ask->to)
            node_add(a, list, node_new_int(a, v.list[i].i));
    node_add(a, list, node_new_int(a, o->ask->to));
    return body;
}

static bool one_unit(Work *w, void *arg)
{
    const One *o = arg;
    SaveAsk ask = { .form = o->r->form, .id = record_id(o->r), .force_warned = true };
    Saved saved;

    ask.body = body_of(w, o);
    return save_record(w, &ask, &saved)
        && explain_say(w, ask.form, ask.id, "handed over from %s to %s", o->from, o->to);
}

/* What its form says against it, and nothing that is wrong with the system. */
static bool is_refusal(Err e)
{
    return e == E_INPUT || e == E_CONFLICT || e == E_DENIED || e == E_RULE;
}

static const char *why(Work *w)
{
    return w->cx.nissue ? arena_dup(w->cx.a, w->cx.issue[0].text)
        : arena_dup(w->cx.a, w->cx.text ? w->cx.text : "");
}

MUST static bool one(Work *w, One *o, HandedOver *out)
{
    if (work_write(w, one_unit, o)) {
        out->done++;
        return true;
    }
    if (!is_refusal(w->cx.err)) return false;
    if (out->nkept < KEPT_SHOWN)
        out->kept[out->nkept++] = (Kept){ o->r->form, record_id(o->r), why(w) };
    out->refused++;
    cx_clear(&w->cx);
    return true;
}

typedef struct Portion { const One *o; const List *list; int most; HandedOver *out; } Portion;

/* It may run again: what is counted is told at its end. */
static bool portion_unit(Work *w, void *arg)
{
    const Portion *p = arg;
    HandedOver out = *p->out;
    One o = *p->o;

    for (int i = 0; i < p->list->n && i < p->most; i++) {
        o.r = p->list->record[i];
        if (!one(w, &o, &out)) return false;
    }
    *p->out = out;
    return true;
}

MUST static bool place(Work *w, const One *o, const Form *f, HandedOver *out)
{
    Field *fields[] = { (Field *)o->field };
    ListAsk ask = asked(f, o->field, o->ask->from, o->ask->closed);
    List list = { 0 };

    ask.field = fields;
    ask.nfield = 1;
    ask.limit = PORTION;
    do {
        ask.after = list.next;
        if (!query_list(w, &ask, &list)) return false;
        int64_t most = HAND_OVER_MOST - out->done - out->refused;
        if (most < list.n) out->left = list.n - most;
        Portion p = { o, &list, (int)(most < list.n ? most : list.n), out };
        if (p.most && !work_write(w, portion_unit, &p)) return false;
    } while (list.next && !out->left);
    return true;
}

/* The name of somebody; NULL with an issue on `at` when there is none such. */
MUST static bool name_of(Work *w, int64_t id, bool active, const char **out)
{
    Record *r = NULL;
    const Form *f = app_form(w->app, "user");

    *out = NULL;
    if (id > 0 && !record_load_row(w, f, id, false, &r)) return false;
    if (r && (!active || record_get(r, form_field(f, "active")).i)) *out = record_title(w, r);
    return !w->cx.err;
}

MUST static bool check(Work *w, const HandOver *ask, One *o)
{
    if (!name_of(w, ask->from, false, &o->from) || !name_of(w, ask->to, true, &o->to)) return false;
    if (!o->from) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    if (!o->to)
        cx_issue(&w->cx, at_field("to"), "no_people", "choose an active user");
    else if (ask->to == ask->from)
        cx_issue(&w->cx, at_field("to"), "does_not_fit", "choose somebody else");
    for (int i = 0; i < ask->nplace; i++) {
        bool known = str_eq(ask->place[i], HELD_TASKS);
        for (int k = 0; !known && k < w->app->nform; k++) {
            const Field *field = place_of(w->app->form[k]);
            known = field && str_eq(ask->place[i],
                arena_printf(w->cx.a, "%s.%s", w->app->form[k]->key, field->key));
        }
        if (!known)
            cx_issue(&w->cx, at_field("places"), "unknown_field",
                "nothing is held by a place %s", ask->place[i]);
    }
    return cx_check(&w->cx);
}

static bool wanted(const HandOver *ask, const char *place)
{
    return !ask->nplace || str_in(place, ask->place, ask->nplace);
}

MUST static bool tasks(Work *w, const HandOver *ask, HandedOver *out)
{
    int64_t moved;

    if (!wanted(ask, HELD_TASKS)) return true;
    if (!task_hand_over(w, ask->from, ask->to, &moved)) return false;
    out->done += moved;
    return true;
}

bool hand_over(Work *w, const HandOver *ask, HandedOver *out)
{
    One o = { .ask = ask };
    bool ok = true;

    *out = (HandedOver){ .kept = ARENA_ARRAY(w->cx.a, Kept, KEPT_SHOWN) };
    if (!check(w, ask, &o)) return false;
    AsSaved saved = work_as_app(w, w->rule);
    for (int i = 0; ok && !out->left && i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        o.field = place_of(f);
        ok = !o.field || !wanted(ask, arena_printf(w->cx.a, "%s.%s", f->key, o.field->key))
            || place(w, &o, f, out);
    }
    work_as_back(w, saved);
    return ok && tasks(w, ask, out);
}

/*
 * automation.c — which automations a write sets off, and one run of one of them.
 *
 * What runs now stands in w->firing, each with the one that set it off: the chain an error tells.
 */
#include "data/action_steps.h"
#include "data/automation.h"
#include "data/frame.h"
#include "data/given.h"
#include "data/move.h"
#include "data/run_log.h"
#include "base/i18n.h"
#include "base/node_json.h"
#include "base/sys.h"

typedef struct Automation Automation;
typedef struct Firing { const Automation *what; struct Firing *up; int level; } Firing;
typedef struct Late { Record *old; const Form *form; int64_t id; Firing *up; struct Late *next; } Late;
typedef struct Fire {
    const Automation *what; const char *event; int64_t by;
    const Record *old; const Form *form; int64_t id;      /* form NULL: no record */
    bool binned; const Node *given; Node *log;
    Ran *ran; bool often;
} Fire;

static const char *chain_of(Work *w, const Firing *f)
{
    const char *text = "";

    for (; f; f = f->up)
        text = arena_printf(w->cx.a, "%s.%s%s%s", f->what->form->key, f->what->key,
            *text ? " → " : "", text);
    return text;
}

static const char *given_text(Work *w, const Fire *fire)
{
    return fire->given && fire->given->n ? node_json(w->cx.a, fire->given) : NULL;
}

/* A refusal by values stays one (422), whatever else is the automation's fault. */
static bool failed(Work *w, const Fire *fire, const StepRun *run, int64_t us)
{
    const Automation *a = fire->what;
    const Step *s = run->at;
    Err err = w->cx.err;
    const char *why = w->cx.nissue ? w->cx.issue[0].text : w->cx.text, *field =
        w->cx.nissue ? w->cx.issue[0].at.field : NULL;
    Firing *firing = w->firing;

    if (err == E_BUSY || err == E_MOVED || err >= E_RULE + 1 || w->aside) return false;
    const char *text = arena_printf(w->cx.a, "%s%s%s", field ? field : "", field ? ": " : "",
        why ? why : "");
    const char *at = !s ? "" : arena_printf(w->cx.a, " (%s, %s:%d)", s->name, s->at->file,
        s->at->line);
    Run row = { .form = a->form->key, .automation = a->key, .record = fire->id,
        .event = fire->event, .at = w->now, .by = fire->by, .us = us, .state = "failed",
        .steps = node_json(w->cx.a, run->log), .error = arena_printf(w->cx.a, "%s%s", text, at),
        .given = given_text(w, fire) };
    bool chained = firing && firing->level > AUTOMATION_DEPTH;
    cx_clear(&w->cx);
    if (!run_log_add(w, &row, NULL)) return false;
    if (err == E_INPUT && !chained) {
        cx_issue(&w->cx, at_field(NULL), "automation", "the automation “%s” refuses it: %s%s",
            label_show(&a->label, w->cx.lang, a->key), text, at);
        return cx_check(&w->cx);
    }
    return cx_fail(&w->cx, E_RULE, "the automation “%s” failed: %s%s",
        label_show(&a->label, w->cx.lang, a->key), text, at);
}

MUST static bool too_deep(Work *w)
{
    return cx_fail(&w->cx, E_RULE,
        "automations set each other off more than %d times: %s", AUTOMATION_DEPTH,
        chain_of(w, w->firing));
}

MUST static bool run_now(Work *w, Fire *fire)
{
    const Automation *a = fire->what;
    Firing *up = w->firing, *now = ARENA_NEW(w->cx.a, Firing);
    const char *rule = w->rule;
    StepRun run = { .w = w, .old = fire->old, .log = node_list(w->cx.a), .binned = fire->binned,
        .as_person = a->as_person && w->who.id };
    int64_t start = sys_mono_us();

    if (!given_values(w, a->given, a->ngiven, fire->given, &run.named)) return false;
    *now = (Firing){ a, up, up ? up->level + 1 : 1 };
    w->firing = now;
    w->rule = a->key;
    bool ok = (now->level <= AUTOMATION_DEPTH && w->depth < FRAME_DEPTH) || too_deep(w);
    ok = ok && steps_go(&run, a->step, a->nstep, fire->form, fire->id) && cx_check(&w->cx);
    int64_t us = sys_mono_us() - start;
    fire->log = run.log;
    if (!ok) failed(w, fire, &run, us);
    w->firing = up;
    w->rule = rule;
    if (!ok) return false;
    Run row = { .form = a->form->key, .automation = a->key, .record = fire->id,
        .event = fire->event, .at = w->now, .by = fire->by, .us = us,
        .state = run.stopped ? "stopped" : "done", .steps = node_json(w->cx.a, run.log),
        .error = run.message, .given = given_text(w, fire) };
    if (!fire->ran) return run_log_add(w, &row, NULL);
    *fire->ran = (Ran){ .state = row.state, .message = row.error };
    return run_log_add(w, &row, &fire->ran->run);
}

static bool one_differs(const On *on, const Record *old, const Record *now)
{
    for (int i = 0; i < on->nfield; i++)
        if (record_differs(old, now, on->field[i])) return true;
    return !on->nfield;
}

static const char *happened(const Automation *a, int what, const Record *old, const Record *now)
{
    static const struct { OnKind kind; const char *name; } names[] = {
        { ON_CREATED, "created" }, { ON_UPDATED, "updated" }, { ON_DELETED, "deleted" },
        { ON_RESTORED, "restored" }, { ON_ENTERED, "entered" }, { ON_LEFT, "left" },
    };

    for (int i = 0; i < a->non; i++) {
        const On *on = &a->on[i];
        bool yes = (what & (int)on->kind) != 0;
        if (yes && on->kind == ON_UPDATED) yes = one_differs(on, old, now);
        if (yes && on->kind == ON_ENTERED)
            yes = now->stage && str_eq(now->stage->key, on->stage);
        if (yes && on->kind == ON_LEFT) yes = old->stage && str_eq(old->stage->key, on->stage);
        for (int k = 0; yes && k < LEN(names); k++)
            if (names[k].kind == on->kind) return names[k].name;
    }
    return NULL;
}

MUST static bool put_off(Work *w, const Automation *a, const char *event, int64_t record,
    const Node *given)
{
    Node *body = node_map(w->cx.a);

    node_put_text(w->cx.a, body, "form", a->form->key);
    node_put_text(w->cx.a, body, "automation", a->key);
    node_put_int(w->cx.a, body, "record", record);
    node_put_text(w->cx.a, body, "event", event);
    node_put_int(w->cx.a, body, "by", w->who.id);
    if (given) node_put(w->cx.a, body, "given", node_copy(w->cx.a, given));
    return jobs_add(w, "automation", node_json(w->cx.a, body));
}

bool automations_fire(Work *w, int what, const Record *old, const Record *now, bool *changed)
{
    const Form *f = now->form;

    if (!(f->automated & what)) return true;
    for (int i = 0; i < f->nautomation; i++) {
        const Automation *a = &f->automation[i];
        const char *event = a->active ? happened(a, what, old, now) : NULL;
        if (!event) continue;
        Eval env = record_eval(w, now, old);
        if (a->if_ && !expr_true(a->if_, &env)) {
            if (w->cx.err) return false;
            continue;
        }
        Fire fire = { .what = a, .event = event, .by = w->who.id, .form = f,
            .id = record_id(now), .old = what & ON_CREATED ? NULL : old,
            .binned = what & ON_DELETED };
        if (a->after_commit ? !put_off(w, a, event, fire.id, NULL) : !run_now(w, &fire)) return false;
        *changed |= !a->after_commit;
    }
    return true;
}

/* Last in the write: the records whose computed fields moved, each once, as it is now. */
static bool fire_late(Work *w)
{
    Firing *up = w->firing;
    Late *late = w->computed;
    bool ok = true, changed = false;

    w->computed = NULL;
    for (; ok && late; late = late->next) {
        Record *now;
        if (!record_load(w, late->form, late->id, false, &now)) return false;
        w->firing = late->up;
        ok = !now || automations_fire(w, ON_UPDATED, late->old, now, &changed);
    }
    w->firing = up;
    return ok;
}

void automations_later(Work *w, const Record *old, const Record *now)
{
    if (!(now->form->automated & ON_UPDATED)) return;
    for (Late *l = w->computed; l; l = l->next)
        if (l->form == now->form && l->id == record_id(now)) return;
    Late *late = ARENA_NEW(w->cx.a, Late);
    *late = (Late){ record_copy(w, old), now->form, record_id(now), w->firing, w->computed };
    w->computed = late;
    w->at_end = fire_late;
}

/* What is wrong with what was given is told at once, not to a job. */
MUST static bool put_off_given(Work *w, const Automation *a, const char *event, int64_t record,
    const Node *given)
{
    StepValue *values;

    return given_values(w, a->given, a->ngiven, given, &values)
        && put_off(w, a, event, record, given);
}

bool automation_press(Work *w, const Automation *a, const Record *r, const Node *given)
{
    Fire fire = { .what = a, .event = "button", .by = w->who.id, .form = r->form,
        .id = record_id(r), .given = given };

    if (a->after_commit) return put_off_given(w, a, "button", fire.id, given);
    return run_now(w, &fire);
}

/* Its `if` speaks of what was given, for there is no record. */
MUST static bool wanted(Work *w, const Automation *a, const Node *given, bool *yes)
{
    StepRun run = { .w = w };
    Val v = val_bool(true);

    *yes = true;
    if (!a->if_) return true;
    if (!given_values(w, a->given, a->ngiven, given, &run.named)) return false;
    if (!steps_ask(&run, a->if_, &v)) return false;
    *yes = v.kind == VAL_BOOL && v.i;
    return true;
}

bool automation_called(Work *w, const Automation *a, const Node *given, Ran *out)
{
    Fire fire = { .what = a, .event = "webhook", .given = given, .ran = out };
    bool yes;

    *out = (Ran){ 0 };
    if (!wanted(w, a, given, &yes)) return false;
    out->left = !yes;
    out->later = yes && a->after_commit;
    if (out->left) return true;
    return out->later ? put_off_given(w, a, "webhook", 0, given) : run_now(w, &fire);
}

static bool run_unit(Work *w, void *arg)
{
    Fire *fire = arg;
    Record *r = NULL;

    if (fire->id) {
        if (!record_load(w, fire->what->form, fire->id, true, &r)) return false;
        if (!r) return true;                  /* it is gone */
        fire->form = fire->what->form;
        fire->binned = !val_is_blank(r->val[SYS_DELETED_AT]);
    }
    if (fire->id && !automation_rate(w, fire->what, fire->id, &fire->often)) return false;
    return run_now(w, fire);
}

bool automation_run(Work *w, const Automation *a, int64_t record, const char *event, int64_t by,
    const Node *given)
{
    Fire fire = { .what = a, .event = event, .by = by, .id = record, .given = given };

    return work_write(w, run_unit, &fire)
        || (fire.often ? automation_held(w, a, record) : false);
}

typedef struct Trial { Fire fire; Ran ran; Tried *out; } Trial;

MUST static bool holds(Work *w, const Automation *a, int64_t record, const Node *given, bool *yes)
{
    Record *r;

    *yes = true;
    if (!record) return !(a->kinds & ON_WEBHOOK) || wanted(w, a, given, yes);
    if (!record_load(w, a->form, record, true, &r)) return false;
    if (!r) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    Eval env = record_eval(w, r, NULL);
    *yes = !a->if_ || expr_true(a->if_, &env);
    return !w->cx.err;
}

/* Always undone: it says that it failed. */
static bool try_unit(Work *w, void *arg)
{
    Trial *t = arg;
    Tried *out = t->out;

    *out = (Tried){ .state = "failed", .steps = node_list(w->cx.a) };
    if (!holds(w, t->fire.what, t->fire.id, t->fire.given, &out->holds)) return false;
    if (run_unit(w, &t->fire)) {
        out->state = t->ran.state;
        out->message = t->ran.message;
        cx_fail(&w->cx, E_RULE, "tried");
    } else out->message = w->cx.nissue ? w->cx.issue[0].text : w->cx.text;
    if (t->fire.log) out->steps = t->fire.log;
    w->aside = w->aside_rule = NULL;
    return false;
}

bool automation_try(Work *w, const Automation *a, int64_t record, const Node *given, Tried *out)
{
    Trial t = { .fire = { .what = a, .event = "try", .by = w->who.id, .id = record, .given = given },
        .out = out };

    t.fire.ran = &t.ran;
    if (work_write(w, try_unit, &t)) return true;
    if (w->cx.err != E_RULE && w->cx.err != E_INPUT) return false;
    cx_clear(&w->cx);
    return true;
}

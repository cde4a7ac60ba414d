/*
 * why.c — which role and rule allow or refuse each action, what rules said, which moves stand
 * open and what is in their way.
 */
#include "data/why.h"
#include "data/due_why.h"
#include "data/history.h"
#include "data/why_runs.h"
#include "data/move.h"
#include "data/perm.h"
#include "data/press.h"
#include "data/query.h"
#include "data/readable.h"
#include "data/wait.h"
#include "base/i18n.h"

static const Act asked[] = { ACT_READ, ACT_UPDATE, ACT_DELETE };

MUST static bool act_json(Work *w, Act act, const Record *r, Json *out)
{
    Because *b;
    int n;

    json_key(out, "action");
    json_text(out, act_name[act]);
    json_key(out, "allowed");
    json_bool(out, perm_on(w, act, r));
    json_key(out, "because");
    if (w->cx.err || !perm_explain(w, act, r, &b, &n)) return false;
    json_list(out);
    for (int i = 0; i < n; i++) {
        json_map(out);
        json_key(out, "allowed");
        json_bool(out, b[i].allowed);
        json_key(out, "role");
        json_text(out, b[i].role);
        json_key(out, "rule");
        json_text(out, b[i].rule);
        json_key(out, "text");
        json_text(out, b[i].text);
        json_map_end(out);
    }
    json_list_end(out);
    return true;
}

MUST static bool explained_json(Work *w, const Record *r, Json *out)
{
    Explained *e;
    char at[32];
    int n;

    if (!history_explained(w, r->form, record_id(r), &e, &n)) return false;
    json_key(out, "explained");
    json_list(out);
    for (int i = 0; i < n; i++) {
        json_map(out);
        datetime_show(at, sizeof at, e[i].at);
        json_key(out, "at");
        json_text(out, at);
        json_key(out, "rule");
        json_text(out, e[i].rule);
        json_key(out, "text");
        json_text(out, e[i].text);
        json_map_end(out);
    }
    json_list_end(out);
    return true;
}

/* What a name stands for when no move of that name leads away from here. */
typedef struct Other { const Transition *move; bool pressed; Press press; } Other;

MUST static bool other_of(Work *w, const Record *r, const char *name, Other *out)
{
    *out = (Other){ .move = r->workflow ? workflow_transition(r->workflow, name) : NULL };
    for (int i = 0; r->workflow && !out->move && i < r->workflow->ntransition; i++)
        if (str_eq(r->workflow->transition[i].to->key, name))
            out->move = &r->workflow->transition[i];
    out->pressed = !out->move && press_find(w, r->form, name, &out->press);
    if (out->move || out->pressed) return true;
    return cx_fail(&w->cx, E_MISSING, "there is no action and no move `%s` here", name);
}

/* May this person press the button here, and what must hold? */
static bool may_press(Work *w, const Record *r, const Press *p, const char **why)
{
    *why = NULL;
    if (!press_mine(w, p, r))
        *why = i18n_text(w->cx.lang, "no right to change this record");
    else if (!press_offered(w, p, r))
        *why = press_why(w, p);
    return !*why;
}

static const char *no_way(Work *w, const Record *r, const Transition *t)
{
    return arena_printf(w->cx.a, i18n_text(w->cx.lang, "there is no way from %s to %s"),
        label_show(&r->stage->label, w->cx.lang, r->stage->key),
        transition_target(w->cx.a, t, w->cx.lang));
}

static void offer_json(Work *w, const MoveOffer *o, Json *out)
{
    const Transition *t = o->transition;

    json_map(out);
    json_key(out, "name");
    json_text(out, t->key);
    json_key(out, "label");
    json_text(out, label_show(&t->label, w->cx.lang, t->key));
    json_key(out, "to");
    json_text(out, t->to->key);
    if (t->into) {
        json_key(out, "workflow");
        json_text(out, t->into->key);
    }
    json_key(out, "allowed");
    json_bool(out, o->allowed);
    json_key(out, "why");
    json_text(out, o->why);
    json_key(out, "missing");
    json_list(out);
    for (int i = 0; i < o->nmissing; i++) json_text(out, o->missing[i]->key);
    json_list_end(out);
    json_map_end(out);
}

static bool asked_for(const Transition *t, const char *name)
{
    return !name || str_eq(t->key, name) || str_eq(t->to->key, name);
}

/* name NULL: all. */
bool why_moves_json(Work *w, const Record *r, const char *name, Json *out)
{
    MoveOffer *o;
    Other other = { 0 };
    const char *why;
    int n, shown = 0;

    if (!move_offers(w, r, &o, &n)) return false;
    for (int i = 0; i < n; i++) shown += asked_for(o[i].transition, name);
    if (name && !shown && !other_of(w, r, name, &other)) return false;
    if (other.pressed) {
        json_key(out, "action");
        json_text(out, name);
        json_key(out, "allowed");
        json_bool(out, may_press(w, r, &other.press, &why));
        json_key(out, "why");
        json_text(out, why);
    }
    json_key(out, "transitions");
    json_list(out);
    for (int i = 0; i < n; i++)
        if (asked_for(o[i].transition, name)) offer_json(w, &o[i], out);
    if (other.move)
        offer_json(w, &(MoveOffer){ .transition = other.move, .why = no_way(w, r, other.move) },
            out);
    json_list_end(out);
    return true;
}

static int act_of(const char *name)
{
    for (int i = 0; name && i < ACT_COUNT; i++)
        if (str_eq(act_name[i], name)) return i;
    return -1;
}

MUST static bool body_json(Work *w, const Record *r, const char *action, Json *out)
{
    int act = act_of(action);

    if (act >= 0 && !act_json(w, (Act)act, r, out)) return false;
    if (!action) {
        json_key(out, "actions");
        json_list(out);
        for (int i = 0; i < LEN(asked); i++) {
            json_map(out);
            if (!act_json(w, asked[i], r, out)) return false;
            json_map_end(out);
        }
        json_list_end(out);
    }
    return explained_json(w, r, out) && why_runs_json(w, r, out)
        && why_moves_json(w, r, act >= 0 ? NULL : action, out);
}

MUST static bool load(Work *w, const Form *f, int64_t id, Record **r)
{
    if (!record_load(w, f, id, true, r)) return false;
    return *r || cx_fail(&w->cx, E_MISSING, "there is no such record");
}

enum { WAITS = 100 };

/* Which workflow the moves are of: an older version goes by its own rules. */
static void flow_json(const Record *r, Json *out)
{
    const Workflow *flow = r->workflow;

    if (!flow || !r->stage) return;
    json_key(out, "workflow");
    json_map(out);
    json_key(out, "name"); json_text(out, flow->key);
    json_key(out, "version"); json_int(out, flow->version);
    json_key(out, "current"); json_bool(out, app_workflow(r->form->app, flow->key) == flow);
    json_map_end(out);
}

/* The records it waits for; titles of those that may be read. */
MUST static bool waits_json(Work *w, const Record *r, Json *out)
{
    int64_t id[WAITS];
    Waits x;

    if (!wait_look(w, r, WAITS, &x)) return false;
    if (!x.by) return true;
    for (int i = 0; i < x.n; i++) id[i] = x.item[i].record;
    if (x.n && !query_titles_of(w, x.item[0].form, id, x.n)) return false;
    json_key(out, "waits");
    json_map(out);
    json_key(out, "by"); json_text(out, x.by->key);
    json_key(out, "text"); json_text(out, wait_text(w, &x));
    json_key(out, "records");
    json_list(out);
    for (int i = 0; i < x.n; i++) {
        json_map(out);
        json_key(out, "form"); json_text(out, x.item[i].form->key);
        json_key(out, "id"); json_int(out, x.item[i].record);
        json_key(out, "title");
        json_text(out, readable_title(w, x.item[i].form, x.item[i].record));
        json_key(out, "state"); json_text(out, x.item[i].state);
        json_map_end(out);
    }
    json_list_end(out);
    json_map_end(out);
    return !w->cx.err;
}

bool why_json(Work *w, const Form *f, int64_t id, const char *action, Json *out)
{
    Record *r;

    if (!load(w, f, id, &r)) return false;
    json_map(out);
    flow_json(r, out);
    bool ok = body_json(w, r, action, out) && waits_json(w, r, out) && due_why_json(w, r, out);
    json_map_end(out);
    return ok;
}

MUST static bool act_text(Work *w, Act act, const Record *r, Str *out)
{
    bool allowed = perm_on(w, act, r);
    Because *b;
    int n;

    if (w->cx.err || !perm_explain(w, act, r, &b, &n)) return false;
    str_printf(out, "%s: %s\n", act_name[act],
        i18n_text(w->cx.lang, allowed ? "allowed" : "refused"));
    for (int i = 0; i < n; i++)
        str_printf(out, "  %s %s%s%s%s%s\n", b[i].allowed ? "+" : "-",
            b[i].role ? b[i].role : "", b[i].rule ? " " : "", b[i].rule ? b[i].rule : "",
            b[i].text ? ": " : "", b[i].text ? b[i].text : "");
    return true;
}

static void offer_text(Work *w, const MoveOffer *o, Str *out)
{
    const Transition *t = o->transition;

    str_printf(out, "%s → %s%s%s: %s", t->key, t->into ? t->into->key : "", t->into ? "." : "",
        t->to->key,
        i18n_text(w->cx.lang, o->allowed ? "allowed" : "refused"));
    if (o->why) str_printf(out, " (%s)", o->why);
    for (int k = 0; k < o->nmissing; k++)
        str_printf(out, "%s%s", k ? ", " : "; missing: ", o->missing[k]->key);
    str_add_char(out, '\n');
}

MUST static bool moves_text(Work *w, const Record *r, const char *name, Str *out)
{
    MoveOffer *o;
    Other other = { 0 };
    const char *why;
    Waits x;
    int n, shown = 0;

    if (!move_offers(w, r, &o, &n)) return false;
    if (r->stage && app_workflow(w->app, r->workflow->key) != r->workflow)
        str_add(out, arena_printf(w->cx.a, i18n_text(w->cx.lang, "workflow %s, version %lld, which "
            "this record entered"), r->workflow->key, (long long)r->workflow->version));
    if (out->n && out->p[out->n - 1] != '\n') str_add_char(out, '\n');
    if (!wait_look(w, r, 1, &x)) return false;
    if (x.by) str_printf(out, "%s\n", wait_text(w, &x));
    for (int i = 0; i < n; i++) {
        if (!asked_for(o[i].transition, name)) continue;
        offer_text(w, &o[i], out);
        shown++;
    }
    if (!name || shown) return true;
    if (!other_of(w, r, name, &other)) return false;
    if (other.move)
        offer_text(w, &(MoveOffer){ .transition = other.move, .why = no_way(w, r, other.move) },
            out);
    else if (may_press(w, r, &other.press, &why))
        str_printf(out, "%s: %s\n", name, i18n_text(w->cx.lang, "allowed"));
    else
        str_printf(out, "%s: %s (%s)\n", name, i18n_text(w->cx.lang, "refused"), why);
    return true;
}

char *why_text(Work *w, const Form *f, int64_t id, const char *action)
{
    int act = act_of(action), n;
    Str s = str_begin(w->cx.a);
    const char **due;
    Explained *e;
    Record *r;

    if (!load(w, f, id, &r)) return NULL;
    for (int i = 0; !action && i < LEN(asked); i++)
        if (!act_text(w, asked[i], r, &s)) return NULL;
    if (act >= 0 && !act_text(w, (Act)act, r, &s)) return NULL;
    if (act < 0 && !moves_text(w, r, action, &s)) return NULL;
    if (!due_why_lines(w, r, &due, &n)) return NULL;
    for (int i = 0; i < n; i++) str_printf(&s, "%s\n", due[i]);
    if (!history_explained(w, f, id, &e, &n)) return NULL;
    for (int i = 0; i < n; i++)
        str_printf(&s, "%s%s%s\n", e[i].rule ? e[i].rule : "", e[i].rule ? ": " : "",
            e[i].text);
    return why_runs_text(w, r, &s) ? (char *)str_show(&s) : NULL;
}

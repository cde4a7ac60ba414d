/*
 * rule_run.c — from the engine into Lua: events of records, actions, schedules, jobs.
 */
#include "data/notice.h"
#include "data/record_row.h"
#include "data/given.h"
#include "data/rule_in.h"
#include "base/sys.h"
#include "rule/hooks.h"

#include <stdlib.h>
#include <string.h>

typedef struct Run {
    Work *w;
    Record *r; const Record *old;
    ProxyKind kind;           /* live: fields may be set; fixed: gone from the table */
    const Action *action; const Node *params;
    const Node *was;          /* committed: old, as a document */
} Run;

static int push_records(lua_State *L, void *arg)
{
    const Run *run = arg;
    run->w->rule = box_plugin(box_of(L));
    if (!run->r) lua_pushnil(L);
    else rule_push_record(L, run->kind, run->r->form, record_id(run->r), run->r);
    if (run->was) rule_push_node(L, run->was);
    else if (run->old)
        rule_push_record(L, PROXY_FIXED, run->old->form, record_id(run->old),
            (Record *)run->old);
    else lua_pushnil(L);
    return 2;
}

/* Everything that must come back whatever the rules do. */
typedef struct Outside { AsSaved rights; Record *subject; } Outside;

static Outside begin(Work *w, Record *subject)
{
    RuleHost *h = *box_slot(w->box, BOX_HOST);
    Outside o = { work_as_app(w, w->rule), h->subject };
    if (!h->depth++) h->call++;
    h->wrote++;                               /* a save between rules changed something */
    h->subject = subject;
    return o;
}

static void end(Work *w, Outside o)
{
    RuleHost *h = *box_slot(w->box, BOX_HOST);
    h->depth--;
    h->wrote++;
    h->subject = o.subject;
    work_as_back(w, o.rights);
}

/* A record of thousands of rows takes long to hand over and to walk: 100 µs a row. */
static int for_rows(const Record *r)
{
    int rows = 0;

    for (int i = 0; r && i < r->form->nfield; i++)
        if (field_is_rows(r->form->field[i]) && r->val[i].kind == VAL_LIST) rows += r->val[i].n;
    return rows / 10;
}

static int more_ms(Work *w)
{
    const RuleHost *h = *box_slot(w->box, BOX_HOST);
    return h->more_ms;
}

static BoxCall call_of(Run *run, int (*push)(lua_State *, void *))
{
    return (BoxCall){ .host = run->w, .in_write = db_in_write(run->w->db),
        .more_ms = for_rows(run->r) + more_ms(run->w),
        .seed = (uint64_t)run->w->now, .push = push, .arg = run };
}

static const char *event_name(char *out, size_t cap, const Form *f, const char *event,
    const char *name)
{
    int n = snprintf(out, cap, "%s%s%s%s%s", f ? f->key : "", f ? "." : "", event,
        name ? "." : "", name ? name : "");
    return n > 0 && (size_t)n < cap ? out : "";
}

bool rule_has(Work *w, const char *event, const Form *f)
{
    char name[256];
    return w->box && hooks_has(w->box, event_name(name, sizeof name, f, event, NULL));
}

bool rule_event_named(Work *w, const Form *f, const char *event, const char *name, Record *r,
    const Record *old)
{
    char full[256];
    if (!w->box || !hooks_has(w->box, event_name(full, sizeof full, f, event, name)))
        return true;
    Run run = { .w = w, .r = r, .old = old, .kind = PROXY_LINK };
    if (str_eq(event, "before_delete") || str_eq(event, "after_delete")) run.kind = PROXY_FIXED;
    else if (str_starts(event, "before_")) run.kind = PROXY_LIVE;
    Outside o = begin(w, r);
    BoxCall call = call_of(&run, push_records);
    bool ok = hooks_run(&w->cx, w->box, full, &call);
    end(w, o);
    if (!ok) rule_failed(w, f, record_id(r), full + strlen(f->key) + 1);
    return ok;
}

bool rule_event(Work *w, const char *event, Record *r, const Record *old)
{
    return rule_event_named(w, r->form, event, NULL, r, old);
}

/* --- actions ------------------------------------------------------------------------- */

static void push_param(lua_State *L, Work *w, const Param *p, const Node *given)
{
    int64_t id = 0;
    bool b = false;

    if (node_blank(given)) {
        lua_pushnil(L);
    } else if (str_eq(p->type, "number")) {
        if (!lua_stringtonumber(L, node_text(given))) lua_pushnil(L);
    } else if (str_eq(p->type, "boolean")) {
        lua_pushboolean(L, node_bool(given, &b) && b);
    } else if (str_eq(p->type, "user") || str_eq(p->type, "department")) {
        if (!node_int(given, &id)) id = 0;
        rule_push_record(L, PROXY_LINK, app_form(w->app, p->type), id, NULL);
    } else {
        lua_pushstring(L, node_text(given));
    }
}

static int push_action(lua_State *L, void *arg)
{
    const Run *run = arg;
    const Action *act = run->action;
    run->w->rule = box_plugin(box_of(L));
    if (run->r) rule_push_record(L, PROXY_LINK, run->r->form, record_id(run->r), run->r);
    else lua_pushnil(L);
    lua_createtable(L, 0, act->nparam);
    for (int i = 0; i < act->nparam; i++) {
        push_param(L, run->w, &act->param[i], node_find(run->params, act->param[i].key));
        lua_setfield(L, -2, act->param[i].key);
    }
    return 2;
}

bool rule_action(Work *w, const char *action, Record *r, const Node *params)
{
    const Action *act = w->box ? hooks_action(w->box, action) : NULL;
    int before = w->cx.nissue;
    Val v;

    if (!act) return cx_fail(&w->cx, E_MISSING, "there is no action %s", action);
    if (act->form && r && !str_eq(act->form, r->form->key))
        return cx_fail(&w->cx, E_INPUT, "the action %s is for %s only", action, act->form);
    for (int i = 0; i < act->nparam; i++)
        given_read(w, &act->param[i], node_find(params, act->param[i].key), &v);
    if (w->cx.err) return false;
    if (w->cx.nissue > before) return cx_check(&w->cx);
    Run run = { .w = w, .r = r, .action = act, .params = params };
    Outside o = begin(w, r);
    BoxCall call = call_of(&run, push_action);
    bool ok = box_call(&w->cx, w->box, act->ref, act->plugin, &call);
    end(w, o);
    if (!ok) rule_failed(w, r ? r->form : NULL, r ? record_id(r) : 0, action);
    return ok;
}

bool rule_offered(Work *w, const Action *act, const Record *r)
{
    if (!act->form || !str_eq(act->form, r->form->key)) return false;
    if (!act->visible) return true;
    Eval env = record_eval(w, r, NULL);
    return expr_true(act->visible, &env) && !w->cx.err;
}

bool rule_schedule(Work *w, const char *plugin, const char *name)
{
    const Schedule *s = w->box ? hooks_schedule(w->box, plugin, name) : NULL;
    if (!s) return true;                      /* the plugin no longer has it */
    Run run = { .w = w };
    Outside o = begin(w, NULL);
    BoxCall call = call_of(&run, push_records);
    bool ok = box_call(&w->cx, w->box, s->ref, s->plugin, &call);
    end(w, o);
    if (!ok) rule_failed(w, NULL, 0, name);
    return ok;
}

bool rule_committed(Work *w, const Form *f, int64_t id, const Node *body)
{
    Record *r = NULL;
    if (!rule_has(w, "committed", f)) return true;
    if (!record_load(w, f, id, true, &r)) return false;
    Run run = { .w = w, .r = r, .was = node_find(body, "old"), .kind = PROXY_LINK };
    char full[256];
    if (r && !val_is_blank(r->val[SYS_DELETED_AT])) run.kind = PROXY_FIXED;
    Outside o = begin(w, r);
    BoxCall call = call_of(&run, push_records);
    bool ok = hooks_run(&w->cx, w->box, event_name(full, sizeof full, f, "committed", NULL),
        &call);
    end(w, o);
    if (!ok) rule_failed(w, f, id, "committed");
    return ok;
}

/* --- events without a record of their own ---------------------------------------------- */

static int push_person(lua_State *L, void *arg)
{
    Work *w = arg;
    w->rule = box_plugin(box_of(L));
    rule_push_record(L, PROXY_LINK, app_form(w->app, "user"), w->who.id, NULL);
    return 1;
}

bool rule_login(Work *w)
{
    if (!rule_has(w, "login", NULL)) return true;
    Outside o = begin(w, NULL);
    BoxCall call = { .host = w, .in_write = db_in_write(w->db), .seed = (uint64_t)w->now,
        .push = push_person, .arg = w };
    bool ok = hooks_run(&w->cx, w->box, "login", &call);
    end(w, o);
    if (!ok) rule_failed(w, NULL, 0, "login");
    if (ok || w->cx.err != E_RULE) return ok;
    sys_log(LOG_ERROR, "a login rule failed", "error", w->cx.text, NULL);
    cx_clear(&w->cx);
    return true;
}

typedef struct Said { Work *w; const Notice *n; } Said;

static int push_message(lua_State *L, void *arg)
{
    const Said *s = arg;
    const Form *about = s->n->form ? app_form(s->w->app, s->n->form) : NULL;
    s->w->rule = box_plugin(box_of(L));
    lua_createtable(L, 0, 4);
    rule_push_record(L, PROXY_LINK, app_form(s->w->app, "user"), s->n->to, NULL);
    lua_setfield(L, -2, "to");
    lua_pushstring(L, s->n->text);
    lua_setfield(L, -2, "text");
    lua_pushstring(L, s->n->kind);
    lua_setfield(L, -2, "kind");
    if (about) {
        rule_push_record(L, PROXY_LINK, about, s->n->record, NULL);
        lua_setfield(L, -2, "record");
    }
    return 1;
}

bool rule_message(Work *w, const Notice *n)
{
    if (!rule_has(w, "message", NULL)) return true;
    RuleHost *h = *box_slot(w->box, BOX_HOST);
    if (h->in_message) return true;
    Said said = { w, n };
    Outside o = begin(w, NULL);
    h->in_message = true;
    BoxCall call = { .host = w, .in_write = db_in_write(w->db), .seed = (uint64_t)w->now,
        .push = push_message, .arg = &said };
    bool ok = hooks_run(&w->cx, w->box, "message", &call);
    h->in_message = false;
    end(w, o);
    if (!ok) rule_failed(w, NULL, 0, "message");
    return ok;
}

/*
 * pinned.c — what means the same is the same version; the rest is loaded as it was published.
 */
#include "def/pinned.h"
#include "base/i18n.h"
#include "base/node_yaml.h"
#include "def/attr.h"
#include "def/ref.h"

#include <stdlib.h>
#include <string.h>

/* ---- what a text means ---- */

static bool only_said(const Attr *table, const char *key)
{
    for (; table && table->key; table++)
        if (str_eq(table->key, key)) return table->flags & ATTR_SAID;
    return false;
}

static int by_key(const void *x, const void *y)
{
    return strcmp((*(Node *const *)x)->key, (*(Node *const *)y)->key);
}

static void say(Arena *a, Str *s, const Node *n, const Attr *table);

static void say_map(Arena *a, Str *s, const Node *n, const Attr *table)
{
    Node **item = ARENA_ARRAY(a, Node *, n->n + 1);
    if (n->n) memcpy(item, n->item, (size_t)n->n * sizeof *item);
    qsort(item, (size_t)n->n, sizeof *item, by_key);
    str_add(s, "{");
    for (int i = 0; i < n->n; i++) {
        if (only_said(table, item[i]->key)) continue;
        str_printf(s, "%s:", item[i]->key);
        say(a, s, item[i], NULL);
    }
    str_add(s, "}");
}

static void say(Arena *a, Str *s, const Node *n, const Attr *table)
{
    const char *text = n ? node_text(n) : NULL;
    if (node_is(n, NODE_MAP)) {
        say_map(a, s, n, table);
    } else if (node_is(n, NODE_LIST)) {
        str_add(s, "[");
        for (int i = 0; i < n->n; i++) say(a, s, n->item[i], NULL);
        str_add(s, "]");
    } else if (text) {
        str_printf(s, "%zu'%s'", strlen(text), text);
    } else {
        str_add(s, "{}");
    }
}

static const Attr *attrs_of(const char *key)
{
    for (const Attr *x = workflow_attrs; x->key; x++)
        if (str_eq(x->key, key)) return x->of;
    return NULL;
}

const char *flow_meaning(Arena *a, const Node *flow)
{
    static const char *const parts[] = { "stages", "transitions" };
    Str s = str_begin(a);
    for (int i = 0; i < LEN(parts); i++) {
        const Node *part = node_find(flow, parts[i]);
        Node **item = ARENA_ARRAY(a, Node *, part ? part->n + 1 : 1);
        int n = node_is(part, NODE_MAP) ? part->n : 0;
        if (n) memcpy(item, part->item, (size_t)n * sizeof *item);
        qsort(item, (size_t)n, sizeof *item, by_key);
        for (int k = 0; k < n; k++) {
            str_printf(&s, "%s.%s:", parts[i], item[k]->key);
            say(a, &s, item[k], attrs_of(parts[i]));
        }
    }
    return str_show(&s);
}

/* ---- pins ---- */

static const char **words(Arena *a, const char *const *word, int n)
{
    const char **out = ARENA_ARRAY(a, const char *, n + 1);
    for (int i = 0; i < n; i++) out[i] = arena_dup(a, word[i]);
    return out;
}

Pins *pins_copy(Arena *a, const Pins *pins)
{
    Pins *out = ARENA_NEW(a, Pins);
    FlowMove *move = ARENA_ARRAY(a, FlowMove, pins->nmove + 1);
    PinName *name = ARENA_ARRAY(a, PinName, pins->nname + 1);
    *out = (Pins){ ARENA_ARRAY(a, Pin, pins->n + 1), pins->n, move, pins->nmove, name,
        pins->nname, arena_dup(a, pins->hash) };
    for (int i = 0; i < pins->n; i++) {
        const Pin *p = &pins->pin[i];
        out->pin[i] = (Pin){ arena_dup(a, p->flow), arena_dup(a, p->form), p->version, p->current,
            { arena_dup(a, p->source.path), arena_dup_n(a, p->source.text, p->source.n),
              p->source.n }, words(a, p->held, p->nheld), p->nheld, NULL };
    }
    for (int i = 0; i < pins->nmove; i++)
        move[i] = (FlowMove){ arena_dup(a, pins->move[i].flow), arena_dup(a, pins->move[i].map) };
    for (int i = 0; i < pins->nname; i++) {
        const PinName *x = &pins->name[i];
        name[i] = (PinName){ arena_dup(a, x->form), arena_dup(a, x->was), arena_dup(a, x->now) };
    }
    return out;
}

static bool in_pin(const App *app, Place at)
{
    return app->pins && at.file && strchr(at.file, '@');
}

Role *pin_role(const App *app, Place at, const char *key)
{
    Role *role = NULL;
    for (int i = 0; in_pin(app, at) && i < app->pins->nname && !role; i++) {
        const PinName *x = &app->pins->name[i];
        if (str_eq(x->form, PIN_ROLE) && str_eq(x->was, key)) role = app_role(app, x->now);
    }
    return role;
}

const char *pin_name(const App *app, Place at, const Form *form, const char *key)
{
    const char *only = NULL;
    if (!in_pin(app, at)) return NULL;
    for (int i = 0; i < app->pins->nname; i++) {
        const PinName *x = &app->pins->name[i];
        bool mine = form ? str_eq(x->form, form->key) || (form->was && str_eq(x->form, form->was))
            : !x->form;
        if (!mine || !str_eq(x->was, key)) continue;
        if (form ? !form_field(form, x->now) : !app_form(app, x->now)) continue;
        if (only && !str_eq(only, x->now)) return NULL;
        only = x->now;
    }
    return only;
}

Workflow *pin_workflow(const App *app, const Pin *pin)
{
    Workflow *w = app_workflow(app, pin->flow);
    for (int i = 0; !w && i < app->nworkflow; i++)
        if (str_eq(app->workflow[i]->was, pin->flow)) w = app->workflow[i];
    return w;
}

const char *pin_status(const Pin *pin, const char *stage)
{
    const Node *stages = node_find(pin->at, "stages"), *n = node_find(stages, stage);
    const char *status = n ? node_text(node_find(n, "status")) : NULL;
    return !n ? NULL : status ? status : "open";
}

/* Issues of a pin say whose it is: its file stands in no folder. */
static void name_issues(Cx *cx, const Pin *pin, int from)
{
    for (int i = from; i < cx->nissue; i++)
        cx->issue[i].text = arena_printf(cx->a, i18n_text(cx->lang, "%s (in version %lld of "
            "workflow %s, on which records still stand)"), cx->issue[i].text,
            (long long)pin->version, pin->flow);
}

static bool needed(const App *app, const Pin *pin, const Workflow *now)
{
    if (now->follows) return false;
    if (str_eq(app->hash, app->pins->hash)) return true;
    for (int i = 0; i < pin->nheld; i++)
        if (str_eq(pin_status(pin, pin->held[i]), "open")
                || !workflow_stage(now, pin->held[i])) return true;
    return pin->current;       /* others may enter it until the new one is published */
}

/* The published version that means the same: the current one before others, then the newest. */
static void find_version(Arena *a, const Pins *pins, Workflow *w, const App *app)
{
    const char *mine = flow_meaning(a, w->at);
    const Pin *found = NULL;
    for (int i = 0; i < pins->n; i++) {
        const Pin *p = &pins->pin[i];
        if (!p->at || pin_workflow(app, p) != w || !str_eq(flow_meaning(a, p->at), mine)) continue;
        if (!found || p->current || (!found->current && p->version > found->version)) found = p;
    }
    w->version = found ? found->version : 0;
    w->fresh = !found;
    w->changed = !found || !found->current;
}

/* `old:new,old:new` of an answer is more of `migrate`. */
static void add_moves(Cx *cx, Workflow *w, const FlowMove *m)
{
    char **pair;
    int n = m->map ? str_split(cx->a, m->map, ',', &pair) : 0;
    StageMap *all = ARENA_ARRAY(cx->a, StageMap, w->nmigrate + n + 1);
    int k = 0;
    for (int i = 0; i < n; i++) {
        char *colon = strchr(pair[i], ':');
        Stage *to = colon ? workflow_stage(w, colon + 1) : NULL;
        if (!*pair[i]) continue;
        if (to) all[k++] = (StageMap){ arena_dup_n(cx->a, pair[i], (size_t)(colon - pair[i])), to };
        else cx_issue(cx, at_field("migrate"), "unknown_stage", "`%s` is no move of workflow %s: "
            "OLD:NEW, and the new one is a stage of it", pair[i], w->key);
    }
    if (w->nmigrate) memcpy(all + k, w->migrate, (size_t)w->nmigrate * sizeof *all);
    w->migrate = all;
    w->nmigrate += k;
    w->follows = true;
}

static void ask_moves(Cx *cx, const App *app, const Pins *pins)
{
    for (int i = 0; i < pins->nmove; i++) {
        Workflow *w = app_workflow(app, pins->move[i].flow);
        if (w) add_moves(cx, w, &pins->move[i]);
        else cx_issue(cx, at_field("migrate"), "unknown_workflow", "there is no workflow %s",
            pins->move[i].flow);
    }
}

static void load_one(Cx *cx, App *app, const Pin *pin, Workflow *now)
{
    int before = cx->nissue;
    Workflow *w = workflow_load_older(cx, app, now, pin->source.path, pin->at);
    if (w) {
        w->version = pin->version;
        form_add_stages(cx, w->form, now, w);
        workflow_bind(cx, app, w);
        now->older = arena_grow(cx->a, now->older, (size_t)now->nolder, (size_t)now->nolder + 1,
            sizeof *now->older);
        now->older[now->nolder++] = w;
    }
    name_issues(cx, pin, before);
}

static int newest_first(const void *x, const void *y)
{
    const Pin *a = x, *b = y;
    return (a->version < b->version) - (a->version > b->version);
}

void pins_load(Cx *cx, App *app, const Pins *given)
{
    if (!given) {
        for (int i = 0; i < app->nworkflow; i++) app->workflow[i]->fresh = app->workflow[i]->changed = true;
        return;
    }
    Pins *pins = pins_copy(cx->a, given);
    app->pins = pins;
    qsort(pins->pin, (size_t)pins->n, sizeof *pins->pin, newest_first);
    ask_moves(cx, app, pins);
    for (int i = 0; i < pins->n; i++) {
        Pin *p = &pins->pin[i];
        if (pin_workflow(app, p)) p->at = yaml_parse(cx, p->source.path, p->source.text,
            p->source.n);
    }
    for (int i = 0; i < app->nworkflow; i++)
        find_version(cx->a, pins, app->workflow[i], app);
    for (int i = 0; i < pins->n; i++) {
        const Pin *p = &pins->pin[i];
        Workflow *w = p->at ? pin_workflow(app, p) : NULL;
        if (w && w->form && !w->form->broken && p->version != w->version && needed(app, p, w))
            load_one(cx, app, p, w);
    }
}

const Workflow *workflow_of(const Workflow *now, int64_t version, const char *stage,
    const Stage **out)
{
    *out = workflow_stage(now, stage);
    if (version == now->version) return now;
    for (int i = 0; i < now->nolder; i++) {
        const Workflow *w = now->older[i];
        const Stage *s = w->version == version ? workflow_stage(w, stage) : NULL;
        if (!s || (*out && !str_eq(s->status, "open"))) continue;
        *out = s;
        return w;
    }
    return now;
}

/*
 * workflow.c — stages first, because expressions of the form name them; transitions, with
 * their expressions, when all types are known.
 */
#include "def/form.h"
#include "def/rewrite.h"
#include "def/value.h"
#include "def/workflow_time.h"

#include <string.h>

static const char *const status_words[] = { "open", "won", "lost", "done" };

const Attr stage_attrs[] = {
    { "label", ATTR_LABEL, "what people call it", "label: {en: New, zh: 新建}",
      .flags = ATTR_SAID },
    { "guide", ATTR_LABEL, "what to do here, shown with the stage", "guide: Call within one day",
      .flags = ATTR_SAID },
    { "status", ATTR_CHOICE, "what stages of different workflows have in common: open, won, lost "
      "or done", "status: won", ATTR_WORDS(status_words) },
    { "probability", ATTR_INT, "how likely it is won, in percent", "probability: 30",
      .most = 100, .flags = ATTR_NUMBERED | ATTR_SAID },
    DUE_ATTRS(stage_late_attrs),
    { "edit", ATTR_FIELDS, "only these fields can be changed here", "edit: [amount]" },
    { "hide", ATTR_FIELDS, "fields not shown here", "hide: [budget]" },
    { "lock", ATTR_LOCK, "fields that cannot be changed here, or true for all", "lock: true",
      .label = "Locked fields" },
    { 0 },
};

const Attr transition_attrs[] = {
    { "label", ATTR_LABEL, "what its button says", "label: {en: Send, zh: 发货}",
      .flags = ATTR_SAID },
    { "from", ATTR_TEXTS, "the stage, or stages, it leaves", "from: [first, second]",
      .flags = ATTR_NEEDED, .label = "From stage" },
    { "to", ATTR_TEXT, "the stage it leads to; FLOW.STAGE: of another workflow of the form",
      "to: last", .flags = ATTR_NEEDED, .label = "To stage" },
    { "by", ATTR_PEOPLE, "who may make it", "by: [owner, sales]",
      .unless = "after", .flags = ATTR_NEEDED, .label = "Who may make it" },
    { "if", ATTR_EXPR, "must hold for the record as it would be", "if: \"count(items) > 0\"" },
    { "message", ATTR_LABEL, "what to say when `if` does not hold", "message: Add an item first",
      .with = "if", .flags = ATTR_SAID },
    { "require", ATTR_FIELDS, "fields that must be filled; the board and the page ask for them",
      "require: [amount]" },
    { "do", ATTR_LIST, "steps run with the move, in its transaction",
      "do: [{set: {phone: \"=blank\"}}]", .shape = "step" },
    { "after", ATTR_DURATION, "runs by itself after so long in the stage, then asked daily while "
      "`if` does not hold", "after: 60d", .label = "By itself after" },
    { "approve", ATTR_LIST, "who must agree first: steps one after another; meanwhile the record stays "
      "where it is and is locked", "approve: [{by: \"manager_of(owner)\", when: \"amount > 100\"}]",
      .of = approve_attrs, .label = "Approvals" },
    { "wait_for", ATTR_MAP, "makes records of another form and waits for them in the new stage",
      "wait_for: {create: {form: customer, values: {name: \"From {name}\"}}, "
      "until: \"name != blank\", then: finish}", .of = wait_attrs },
    { 0 },
};

const Attr workflow_attrs[] = {
    { "workflow", ATTR_NAME, "its name, as the file's", "workflow: test",
      .flags = ATTR_NEEDED, .label = "Name of the workflow" },
    { "form", ATTR_FORM, "whose records go through it", "form: test", .flags = ATTR_NEEDED },
    { "label", ATTR_LABEL, "what people call it", "label: {en: Sales, zh: 销售}" },
    { "when", ATTR_EXPR, "the first workflow (by `order`, then name) where it holds takes a new "
      "record", "when: \"kind = 'other'\"" },
    { "order", ATTR_INT, "its place among the workflows of the form", "order: 10" },
    { "stages", ATTR_EACH, "where a record can stand, the first one first",
      "stages: {first: {}, second: {}, last: {status: done}}", .of = stage_attrs,
      .flags = ATTR_NEEDED | ATTR_FILLED },
    { "transitions", ATTR_EACH, "how a record gets from stage to stage",
      "transitions: {go: {from: first, to: last, by: owner}}", .of = transition_attrs },
    { "was", ATTR_TEXT, "its former name: its records stay on renaming", "was: old_name" },
    { "migrate", ATTR_MAP, "open records of older versions go on in this one; where those go whose "
      "stage is gone: {old stage: stage}", "migrate: {waiting: first}" },
    { 0 },
};

Stage *workflow_stage(const Workflow *w, const char *key)
{
    for (int i = 0; i < w->nstage; i++)
        if (str_eq(w->stage[i].key, key)) return &w->stage[i];
    return NULL;
}

Transition *workflow_transition(const Workflow *w, const char *key)
{
    for (int i = 0; i < w->ntransition; i++)
        if (str_eq(w->transition[i].key, key)) return &w->transition[i];
    return NULL;
}

Stage *workflow_any_stage(const Workflow *w, const char *key)
{
    Stage *s = workflow_stage(w, key);
    for (int i = 0; !s && i < w->nolder; i++) s = workflow_stage(w->older[i], key);
    return s;
}

const Workflow *transition_flow(const Transition *t, const Workflow *now)
{
    return t->into ? t->into : now;
}

const char *transition_target(Arena *a, const Transition *t, const char *lang)
{
    const char *stage = label_show(&t->to->label, lang, t->to->key);
    return !t->into ? stage
        : arena_printf(a, "%s: %s", label_show(&t->into->label, lang, t->into->key), stage);
}

bool transition_leaves(const Transition *t, const Stage *s)
{
    for (int i = 0; i < t->nfrom; i++)
        if (t->from[i] == s) return true;
    return false;
}

static void load_stage(Cx *cx, const Node *n, Stage *s)
{
    int64_t probability = 0;
    s->status = "open";
    ref_name(cx, n, n->key, 63);
    if (!ref_map(cx, n)) return;
    attr_check_keys(cx, n, stage_attrs);
    label_load(cx, n, "label", &s->label);
    label_load(cx, n, "guide", &s->guide);
    int i = ref_word(cx, n, "status", status_words, LEN(status_words), 0);
    if (i > 0) s->status = status_words[i];
    s->has_probability = node_find(n, "probability") != NULL;
    if (node_read_int(cx, n, "probability", &probability)
            && (probability < 0 || probability > 100))
        cx_issue(cx, node_place(node_find(n, "probability")), "out_of_range",
            "`probability` is 0 to 100");
    s->probability = (int)probability;
}

static void load_stages(Cx *cx, Workflow *w, const Node *n)
{
    if (!node_is(n, NODE_MAP) || !n->n) {
        cx_issue(cx, node_place(n ? n : w->at), "no_stages", "a workflow needs `stages`");
        return;
    }
    w->stage = ARENA_ARRAY(cx->a, Stage, n->n);
    w->nstage = n->n;
    for (int i = 0; i < n->n; i++) {
        w->stage[i] = (Stage){ .key = n->item[i]->key, .index = i, .at = n->item[i] };
        load_stage(cx, n->item[i], &w->stage[i]);
    }
}

/* What all versions have. */
static Workflow *load_any(Cx *cx, App *app, const char *key, const char *file, const Node *n)
{
    Workflow *w = ARENA_NEW(cx->a, Workflow);
    w->file = file;
    w->at = n;
    w->key = key;
    if (!node_is(n, NODE_MAP)) {
        cx_issue(cx, node_place(n), "wrong_kind", "a map (key: value) is expected here");
        return NULL;
    }
    attr_check_keys(cx, n, workflow_attrs);
    label_load(cx, n, "label", &w->label);
    load_stages(cx, w, node_find(n, "stages"));
    const Node *form = node_find(n, "form");
    if (!form) cx_issue(cx, node_place(n), "no_form", "a workflow needs `form`");
    else w->form = ref_form(cx, app, form);
    if (w->form && w->form->builtin) {
        cx_issue(cx, node_place(form), "does_not_fit",
            "`%s` is built in and has no workflow", w->form->key);
        w->form = NULL;
    }
    return w;
}

Workflow *workflow_load(Cx *cx, App *app, const char *file, const Node *n)
{
    const char *key = app_file_key(cx->a, file);
    int64_t order = 0;
    if (node_is(n, NODE_MAP)) app_check_key(cx, n, "workflow", key);
    Workflow *w = load_any(cx, app, key, file, n);
    if (!w) return NULL;
    node_read_text(cx, n, "was", &w->was);
    node_read_int(cx, n, "order", &order);
    w->order = (int)order;
    w->follows = node_find(n, "migrate") != NULL;
    if (w->form) form_add_workflow(cx, w->form, w);
    return w;
}

Workflow *workflow_load_older(Cx *cx, App *app, const Workflow *now, const char *file,
    const Node *n)
{
    Workflow *w = load_any(cx, app, now->key, file, n);
    if (!w || w->form != now->form) return NULL;
    w->label = now->label;
    return w;
}

static void bind_stage(Cx *cx, Workflow *w, Stage *s)
{
    const Node *n = s->at;
    if (!node_is(n, NODE_MAP)) return;
    const Node *lock = node_find(n, "lock");
    s->has_edit = node_find(n, "edit") != NULL;
    ref_fields(cx, w->form, node_find(n, "edit"), &s->edit, &s->nedit);
    ref_fields(cx, w->form, node_find(n, "hide"), &s->hide, &s->nhide);
    if (lock && !node_bool(lock, &s->lock))
        ref_fields(cx, w->form, lock, &s->locked, &s->nlocked);
    if (s->lock && s->has_edit)
        cx_issue(cx, node_key_place(lock), "does_not_fit",
            "`lock: true` and `edit` contradict each other");
}

static Stage *ref_stage(Cx *cx, const Workflow *w, const Node *n)
{
    const char *key = node_text(n);
    Stage *s = key ? workflow_stage(w, key) : NULL;
    if (s) return s;
    const char **known = ARENA_ARRAY(cx->a, const char *, w->nstage + 1);
    for (int i = 0; i < w->nstage; i++) known[i] = w->stage[i].key;
    ref_unknown(cx, node_place(n), "unknown_stage", "unknown stage `%s`",
        "unknown stage `%s`; did you mean `%s`?", key ? key : "?", known, w->nstage);
    return NULL;
}

/* `migrate: {old_stage: new_stage}` */
static void load_migrate(Cx *cx, Workflow *w)
{
    const Node *map = node_find(w->at, "migrate");
    if (!ref_map(cx, map)) return;
    w->migrate = ARENA_ARRAY(cx->a, StageMap, map->n + 1);
    for (int i = 0; i < map->n; i++) {
        const Node *n = map->item[i];
        Stage *to = ref_stage(cx, w, n);
        if (workflow_stage(w, n->key))
            cx_issue(cx, node_key_place(n), "does_not_fit",
                "`%s` is still a stage; only stages that went have a place here", n->key);
        else if (to) w->migrate[w->nmigrate++] = (StageMap){ n->key, to };
    }
}

/* `to: flow.stage` */
static void load_into(Cx *cx, App *app, const Workflow *w, const Node *n, Transition *t)
{
    const char *text = node_text(n), *dot = strchr(text, '.');
    char *key = arena_dup_n(cx->a, text, (size_t)(dot - text));
    const Workflow *into = str_eq(key, w->key) ? w : app_workflow(app, key);
    if (!into) into = rewrite_flow_at(cx, app, node_place(n), key);
    if (!into || into->form != w->form) {
        const char **known = ARENA_ARRAY(cx->a, const char *, w->form->nworkflow + 1);
        for (int i = 0; i < w->form->nworkflow; i++) known[i] = w->form->workflow[i]->key;
        ref_unknown(cx, node_place(n), "unknown_workflow", "the form has no workflow `%s`",
            "the form has no workflow `%s`; did you mean `%s`?", key, known,
            w->form->nworkflow);
        return;
    }
    t->to = workflow_stage(into, dot + 1);
    if (!t->to)
        cx_issue(cx, node_place(n), "unknown_stage", "the workflow `%s` has no stage `%s`",
            into->key, dot + 1);
    if (into != w) t->into = into;
}

static void load_ends(Cx *cx, App *app, Workflow *w, const Node *n, Transition *t)
{
    const Node *from = node_find(n, "from"), *to = node_find(n, "to"), **each;
    int count;
    if (!from || !to)
        cx_issue(cx, node_key_place(n), "no_stages", "a transition needs `from` and `to`");
    ref_texts(cx, from, &each, &count);
    t->from = ARENA_ARRAY(cx->a, Stage *, count + 1);
    for (int i = 0; i < count; i++) {
        Stage *s = ref_stage(cx, w, each[i]);
        if (s && transition_leaves(t, s))
            cx_issue(cx, node_place(each[i]), "twice", "`%s` stands here twice", s->key);
        else if (s) t->from[t->nfrom++] = s;
    }
    if (node_text(to) && strchr(node_text(to), '.')) load_into(cx, app, w, to, t);
    else if (to) t->to = ref_stage(cx, w, to);
}

static void load_gate(Cx *cx, App *app, Workflow *w, const Node *n, Transition *t)
{
    const Node *require = node_find(n, "require");
    ExprWhere where = app_where(app, w->form, USE_CHECK);
    where.old = true;
    people_load(cx, app, w->form, n, "by", true, &t->by);
    ref_duration(cx, n, "after", &t->after);
    if (!node_find(n, "by") && !node_find(n, "after"))
        cx_issue(cx, node_key_place(n), "no_people",
            "a transition needs `by`, who may make it, or `after`, when it runs by itself");
    expr_attr(cx, n, "if", where, T_BOOL, &t->if_);
    label_load(cx, n, "message", &t->message);
    ref_fields(cx, w->form, require, &t->require, &t->nrequire);
    for (int i = 0; i < t->nrequire; i++)
        if (t->require[i]->system)
            cx_issue(cx, node_place(require), "does_not_fit",
                "`%s` is always filled; it cannot be required", t->require[i]->key);
        else if (field_is_bare(t->require[i]))
            cx_issue(cx, node_place(require), "does_not_fit",
                "the %s `%s` is never filled; it cannot be required",
                t->require[i]->type->name, t->require[i]->key);
    steps_load(cx, app, w->form, node_find(n, "do"), &t->step, &t->nstep);
    wait_load(cx, app, w->form, n, &t->wait);
}

static struct Stage *stage_at(Cx *cx, void *ctx, const Node *n)
{
    return ref_stage(cx, ctx, n);
}

static void load_transition(Cx *cx, App *app, Workflow *w, const Node *n)
{
    Transition *t = &w->transition[w->ntransition];
    *t = (Transition){ .key = n->key, .at = n, .index = w->ntransition++ };
    ref_name(cx, n, n->key, 63);
    if (!node_is(n, NODE_MAP)) {
        cx_issue(cx, node_key_place(n), "wrong_kind",
            "a transition is a map such as {from: a, to: b, by: owner}");
        return;
    }
    attr_check_keys(cx, n, transition_attrs);
    label_load(cx, n, "label", &t->label);
    load_ends(cx, app, w, n, t);
    load_gate(cx, app, w, n, t);
    if (approve_load(cx, app, w->form, node_find(n, "approve"), stage_at, w, &t->approve,
            &t->napprove) && t->napprove) w->form->approves = true;
}

bool workflow_bind(Cx *cx, App *app, Workflow *w)
{
    const Node *n = node_find(w->at, "transitions");
    if (!w->form || w->form->broken) return false;
    if (app_workflow(app, w->key) == w) {
        expr_attr(cx, w->at, "when", app_where(app, w->form, USE_CHECK), T_BOOL, &w->when);
        load_migrate(cx, w);
    }
    for (int i = 0; i < w->nstage; i++) bind_stage(cx, w, &w->stage[i]);
    if (ref_map(cx, n)) {
        w->transition = ARENA_ARRAY(cx->a, Transition, n->n + 1);
        for (int i = 0; i < n->n; i++) load_transition(cx, app, w, n->item[i]);
    }
    workflow_bind_times(cx, app, w);
    return true;
}

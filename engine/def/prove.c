/*
 * prove.c — the table of findings, and what its provers share.
 */
#include "def/prove_in.h"
#include "def/types.h"

#include <stdlib.h>
#include <string.h>

static const Finding findings[] = {
    { "always_true", "a condition, or a part of it, that always holds",
      "leave it out, or compare with what was meant", "if: \"kind != 'a' or kind != 'b'\"" },
    { "always_false", "a condition, or a part of it, that never holds",
      "leave it out, or compare with what was meant", "filter: \"amount > 5 and amount < 3\"" },
    { "no_option", "a choice is compared with a value that is none of its options",
      "add the option, or name one that is there", "if: \"kind = 'c'\"" },
    { "stage_unreached", "no transition leads from the first stage to this one",
      "add a transition to it, or take the stage out", "waiting: {status: open}" },
    { "stage_stuck", "an open stage that no transition leaves",
      "add a transition that leaves it, or give it the status won, lost or done",
      "waiting: {status: open}" },
    { "transition_nobody", "a transition that nobody but admins can make",
      "give those of `by` the right to read the record there, or name others",
      "send: {from: new, to: sent, by: auditor}" },
    { "workflow_shadowed", "a workflow before it takes every record",
      "give the one before a narrower `when`, or this one a lower `order`",
      "order: 20" },
    { "reminder_dead", "a reminder that is never sent",
      "correct `if` or `to`, or take the reminder out", "old: {at: due, if: \"false\", to: owner}" },
    { "step_unreached", "a step that never runs, for the one before it ends them all",
      "put it before, or into a branch", "do: [{stop: {}}, {set: {done: true}}]" },
    { "automation_circle", "automations that set each other off until they are refused",
      "give one of them an `if` that comes to an end",
      "up: {event: updated(a), do: [{set: {a: \"=a + 1\"}}]}" },
    { "pool_nobody", "a pool that nobody takes records out of", "name `members` or `admins`",
      "pools: {east: {when: \"region = 'east'\"}}" },
    { "pool_shadowed", "a pool before it takes every record",
      "give the one before a narrower `when`, or put this one before it",
      "pools: {all: {members: sales}, east: {when: \"region = 'east'\", members: sales}}" },
    { "view_empty", "a view that shows no record, whatever there is",
      "correct its `filter`, or take the view out", "none: {filter: \"false\"}" },
    { "form_unread", "a form that nobody but admins may read",
      "give a role `read` in `permissions`", "permissions: {sales: {create: true}}" },
    { "right_without", "a right that does nothing without another one",
      "grant the other right too, or take this one out", "sales: {update: own}" },
    { "right_unreached", "rights on fields for a role that reaches no record",
      "give the role `read`, or take its `fields` out",
      "sales: {read: none, fields: {cost: hidden}}" },
    { "right_idle", "a right on a field that changes nothing",
      "take it out: the field is so for everyone", "fields: {total: readonly}" },
    { "create_impossible", "a role may make records but not fill a required field",
      "give the field a default, or the role the right to fill it",
      "sales: {read: all, create: true, fields: {name: readonly}}" },
    { "field_unseen", "a field that is shown nowhere and that nothing reads",
      "put it into the layout or a view, or take it out", "note: {type: text, visible: false}" },
    { "field_hidden", "a field that is hidden from every role that may read the form",
      "show it to some role, or take it out", "sales: {read: all, fields: {cost: hidden}}" },
    { "option_unused", "an option that a read-only field never gets",
      "set it somewhere, or take it out", "result: {type: choice, readonly: true, options: [a, b]}" },
    { "unused", "a role, calendar, channel or filter of a dashboard that nothing names",
      "use it, or take it out", "roles: {helper: {label: Helper}}" },
    { "twice", "the same condition stands there a second time", "take one of them out",
      "checks: [{that: \"a > 0\"}, {that: \"a > 0\"}]" },
    { "no_translation", "a text lacks a language of the app; its first language is shown",
      "add the text in that language", "label: {en: Order}" },
    { "no_label", "something people see has no label in an app of several languages; its name is "
      "shown", "give it a label in each language", "price: {type: money}" },
};

int finding_list(const Finding **out)
{
    *out = findings;
    return LEN(findings);
}

const Finding *finding_find(const char *code)
{
    for (int i = 0; i < LEN(findings); i++)
        if (str_eq(findings[i].code, code)) return &findings[i];
    return NULL;
}

void findings_markdown(Str *out)
{
    str_add(out, "| finding | what it says | what to do | example |\n|---|---|---|---|\n");
    for (int i = 0; i < LEN(findings); i++)
        str_printf(out, "| `%s` | %s | %s | `%s` |\n", findings[i].code, findings[i].help,
            findings[i].advice, findings[i].example);
}

/* A choice holds its options only, unless it takes values of one's own. */
static bool holds(void *ctx, const Name *name, const char *value)
{
    const Field *f = name->field, *like = f && f->like ? f->like : f;
    bool other = false;
    (void)ctx;
    bool choice = like && (like->type == &type_choice || like->type == &type_choices);
    if (!choice || like->broken || !like->noption) return true;
    node_bool(node_find(like->at, "allow_other"), &other);
    return other || node_find(like->at, "options_from") || field_option(like, value);
}

Truth prove_truth(Prove *p, const Expr *e, Truth otherwise)
{
    return e ? expr_truth(&p->logic, e) : otherwise;
}

bool role_holds(const Role *role, const Role *other)
{
    if (role == other) return true;
    for (int i = 0; i < role->ninclude; i++)
        if (role->include[i] == other) return true;
    return false;
}

bool prove_scope(Prove *p, const Scope *s, const char *status)
{
    if (s->kind == SCOPE_NONE) return false;
    return !s->expr || expr_truth_in(&p->logic, s->expr, status) != TRUTH_NEVER;
}

bool prove_grants(Prove *p, const Form *f, const Role *role, Act act, const char *status)
{
    const Role *all = app_role(p->app, "everyone");
    for (int i = 0; i < f->ngrant; i++) {
        const Grant *g = &f->grant[i];
        bool counts = g->role == all || role_holds(role, g->role);
        if (counts && prove_scope(p, &g->scope[act], status)) return true;
    }
    return false;
}

static bool in_word(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool has_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *c = text; c && (c = strstr(c, word)); c += n)
        if (!in_word(c[n]) && (c == text || !in_word(c[-1]))) return true;
    return false;
}

/* Keys and texts of a tree: comments name nothing. */
static bool tree_has(const Node *n, const char *word, const Node *without)
{
    if (!n) return false;
    if (n != without && n->key && str_eq(n->key, word)) return true;
    if (n->kind != NODE_LIST && n->kind != NODE_MAP) return has_word(n->text, word);
    for (int i = 0; i < n->n; i++)
        if (tree_has(n->item[i], word, without)) return true;
    return false;
}

bool prove_named(Prove *p, const char *word, const Node *at, bool rules)
{
    const App *app = p->app;
    for (int i = 0; i < app->nsource; i++)
        if (str_starts(app->source[i].path, "plugins/") && has_word(app->source[i].text, word))
            return true;
    if (rules) return false;
    if (tree_has(app->file, word, at)) return true;
    for (int i = 0; i < app->nform; i++)
        if (!app->form[i]->builtin && tree_has(app->form[i]->at, word, at)) return true;
    for (int i = 0; i < app->nworkflow; i++)
        if (tree_has(app->workflow[i]->at, word, at)) return true;
    return false;
}

static int by_place(const void *x, const void *y)
{
    const Place *a = &((const Issue *)x)->at, *b = &((const Issue *)y)->at;
    int files = strcmp(a->file ? a->file : "", b->file ? b->file : "");
    if (files) return files;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return (a->col > b->col) - (a->col < b->col);
}

void prove_sort(Cx *cx)
{
    if (cx->nissue) qsort(cx->issue, (size_t)cx->nissue, sizeof(Issue), by_place);
}

void prove_app(Cx *cx, const App *app)
{
    Prove p = { cx, app, { .a = cx->a, .holds = holds } };
    prove_exprs(&p);
    prove_flows(&p);
    prove_automations(&p);
    prove_rights(&p);
    prove_pools(&p);
    prove_uses(&p);
    prove_texts(&p);
    prove_sort(cx);
}

/*
 * type_button.c — a button of the form: an action of a plugin by name, or steps of its own.
 *
 * It holds nothing. The record page draws it beside the actions of plugins, and the server
 * asks its `visible` again when it is pressed. Steps are those of a transition's `do`.
 */
#include "def/action.h"
#include "def/form.h"
#include "def/types.h"

static const char *const only[] = { "type", "label", "visible", NULL };

static bool button_load(Cx *cx, Field *f, const Node *n)
{
    const Node *run = node_find(n, "run");
    if (!run || node_blank(run))
        return cx_issue(cx, node_key_place(n), "no_run",
            "a button needs `run`: the name of a plugin's action, or steps such as "
            "[{set: {field: value}}]");
    f->run = node_text(run);
    return true;
}

static bool button_bind(Cx *cx, App *app, Field *f, const Node *n)
{
    const Node *run = node_find(n, "run");
    if (!run || f->run) return true;
    if (run->kind != NODE_MAP)
        return steps_load(cx, app, f->form, run, &f->step, &f->nstep);
    Node *list = node_list(cx->a);
    list->item = ARENA_ARRAY(cx->a, Node *, 1);
    list->item[0] = (Node *)run;
    list->n = 1;
    return steps_load(cx, app, f->form, list, &f->step, &f->nstep);
}

static const FieldAttr button_attrs[] = {
    { "run", ATTR_STEPS, "the name of an action that a plugin declares (its parameters are asked "
      "for), or steps as in the `do` of a transition",
      "run: [{set: {due: \"=today()\"}}]", .flags = ATTR_NEEDED, .label = "What it does" },
    { 0 },
};

const FieldType type_button = {
    .name = "button", .label = "Button",
    .help = "a button on the page of the record", .store = STORE_NONE,
    .type = T_ANY, .attr = button_attrs, .only = only, .not_in_rows = true, .load = button_load, .bind = button_bind,
};

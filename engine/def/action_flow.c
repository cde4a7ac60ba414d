/*
 * action_flow.c — steps that hold steps: loops, branches, an end; and names for values.
 *
 * In a loop bare names are those of the record of the turn, `this` too; what the record around
 * it holds is named before it, by `let`.
 */
#include "def/action.h"
#include "def/form.h"
#include "def/value.h"

const Attr step_for_each_attrs[] = {
    { "form", ATTR_FORM, "of which form", "form: payment", .flags = ATTR_NEEDED,
      .unless = "in" },
    { "where", ATTR_EXPR, "which records; `this` is the one the steps run on",
      "where: \"opportunity = this\"", .flags = ATTR_ONE },
    { "in", ATTR_EXPR, "instead of `where`: a list of records, such as that of a `query`",
      "in: customers", .flags = ATTR_ONE, .label = "List" },
    { "do", ATTR_LIST, "the steps, on each of them", "do: [{stop: {text: Enough}}]",
      .shape = "step", .flags = ATTR_NEEDED | ATTR_FILLED },
    { 0 },
};
const Attr step_when_attrs[] = {
    { "if", ATTR_EXPR, "the condition", "if: \"amount > 10\"", .flags = ATTR_NEEDED },
    { "do", ATTR_LIST, "the steps where it holds", "do: [{set: {amount: 1}}]", .shape = "step",
      .flags = ATTR_NEEDED | ATTR_FILLED },
    { "else", ATTR_LIST, "the steps where it does not", "else: [{set: {amount: 2}}]",
      .shape = "step" },
    { 0 },
};
const Attr step_stop_attrs[] = {
    { "text", ATTR_LABEL, "why, for the log of runs", "text: \"{name} is done\"",
      .label = "Reason" },
    { 0 },
};

bool step_load_let(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!node_is(n, NODE_MAP) || !n->n)
        return cx_issue(cx, node_place(n), "wrong_kind", "`let` is {name: value, …}");
    s->let = ARENA_ARRAY(cx->a, Named, n->n);
    for (int i = 0; i < n->n; i++) {
        const Node *x = n->item[i];
        const char *text = node_text(x);
        ExprWhere where = step_where(app, form);
        Named *to = &s->let[s->nlet];
        if (!text) return cx_issue(cx, node_place(x), "wrong_kind", "a value is expected");
        to->name = x->key;
        to->value = *text == '=' ? expr_load(cx, x, text + 1, &where)
            : x->plain && (x->kind == NODE_NUMBER || x->kind == NODE_BOOL)
                ? expr_load(cx, x, text, &where) : expr_load_text(cx, x, text, &where);
        if (!to->value
            || !step_name(cx, app, form, node_key_place(x), x->key, expr_type(to->value)))
            return false;
        s->nlet++;
    }
    return true;
}

static bool load_do(Cx *cx, App *app, Form *form, const Node *n, const char *key, Branch *b)
{
    const Node *list = node_find(n, key);
    if (!list || (list->kind == NODE_LIST && !list->n))
        return cx_issue(cx, node_place(n), "no_steps", "`%s` needs steps", key);
    return steps_load(cx, app, form, list, &b->step, &b->nstep);
}

static bool load_over(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    const Node *in = node_find(n, "in"), *of = node_find(n, "form");
    if (!in == !of)
        return cx_issue(cx, node_place(n), "no_records",
            "`for_each` needs `form` and `where`, or `in`, a list of records");
    if (of) {
        s->form = ref_form(cx, app, of);
        if (!s->form) return false;
        ExprWhere where = app_where(app, s->form, USE_FILTER);
        where.self = form ? &form->names : NULL;
        if (!node_find(n, "where"))
            return cx_issue(cx, node_place(n), "no_records", "`for_each` needs `where`");
        return expr_attr(cx, n, "where", where, T_BOOL, &s->where);
    }
    if (!expr_node(cx, in, step_where(app, form), T_ANY, &s->in)) return false;
    Type t = expr_type(s->in);
    s->form = t.form ? (Form *)t.form->form : NULL;
    if (t.kind == T_LIST && t.of == T_RECORD && s->form && !s->form->parent) return true;
    return cx_issue(cx, node_place(in), "wrong_type", "a list of records is expected, this is %s",
        type_said(cx, t));
}

bool step_load_for_each(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_place(n), "wrong_kind", "`for_each` is {form: …, where: …, do: […]}");
    attr_check_keys(cx, n, step_for_each_attrs);
    if (!load_over(cx, app, form, n, s)) return false;
    for (const struct StepName *k = app->named; k; k = k->up)
        if (form_field(s->form, k->name))
            return cx_issue(cx, node_place(n), "name_taken", "`%s` is a field of `%s`; take "
                "another name", k->name, s->form->key);
    s->branch = ARENA_NEW(cx->a, Branch);
    *s->branch = (Branch){ 0 };
    s->nbranch = 1;
    app->looped++;
    bool fine = load_do(cx, app, s->form, n, "do", s->branch);
    app->looped--;
    return fine;
}

static bool load_branch(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    Branch *b = &s->branch[s->nbranch++];
    *b = (Branch){ 0 };
    if (!node_find(n, "if"))
        return cx_issue(cx, node_place(n), "no_condition", "`when` needs `if`");
    bool fine = expr_attr(cx, n, "if", step_where(app, form), T_BOOL, &b->if_);
    return fine & load_do(cx, app, form, n, "do", b);
}

bool step_load_when(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_place(n), "wrong_kind", "`when` is {if: …, do: […], else: […]}");
    attr_check_keys(cx, n, step_when_attrs);
    s->branch = ARENA_ARRAY(cx->a, Branch, 2);
    if (!load_branch(cx, app, form, n, s)) return false;
    if (!node_find(n, "else")) return true;
    s->branch[s->nbranch] = (Branch){ 0 };
    return load_do(cx, app, form, n, "else", &s->branch[s->nbranch++]);
}

bool step_load_stop(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (node_blank(n)) return true;
    if (node_is(n, NODE_MAP)) {
        attr_check_keys(cx, n, step_stop_attrs);
        n = node_find(n, "text");
        if (!n) return true;
    }
    return texts_load(cx, n, step_where(app, form), &s->label_text, &s->texts, &s->ntext);
}

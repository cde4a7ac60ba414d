/*
 * wait.c — what is made is loaded like a step; what it waits for is an expression over that form.
 */
#include "def/wait.h"
#include "def/form.h"
#include "def/value.h"

static const Attr create_attrs[] = {
    { "form", ATTR_FORM, "of which form", "form: customer", .flags = ATTR_NEEDED },
    { "for_each", ATTR_FIELD, "a subform: one record for each of its rows; `record` is then this "
      "record, in `values`", "for_each: items", .label = "One for each row of" },
    { "values", ATTR_MAP, "its values: a literal, or =expression over this record, or over the row",
      "values: {name: Ann}", .flags = ATTR_NEEDED | ATTR_FILLED },
    { 0 },
};

const Attr wait_attrs[] = {
    { "create", ATTR_MAP, "the records it makes and waits for",
      "create: {form: customer, values: {name: \"From {name}\"}}", .of = create_attrs,
      .flags = ATTR_NEEDED, .label = "Records to make" },
    { "until", ATTR_EXPR, "what must hold for one of them", "until: \"name != blank\"",
      .flags = ATTR_NEEDED, .label = "Done when" },
    { "failed", ATTR_EXPR, "what holds for one that will not come so far any more",
      "failed: \"name = 'gone'\"", .label = "Given up when" },
    { "need", ATTR_TEXT, "how many: all, any or a number", "need: 2", .pattern = "^(all|any)$",
      .least = 1, .most = 1000000, .flags = ATTR_NUMBERED },
    { "then", ATTR_TEXT, "the transition that is made then, by itself", "then: finish",
      .flags = ATTR_NEEDED, .label = "Transition then" },
    { "else", ATTR_TEXT, "the transition that is made when it can no longer be", "else: finish",
      .label = "Transition when given up" },
    DUE_ATTRS(stage_late_attrs),
    { 0 },
};

static bool load_need(Cx *cx, const Node *n, Wait *x)
{
    const char *text = n ? node_text(n) : "all";
    if (str_eq(text, "any")) x->need = 1;
    if (str_eq(text, "all") || str_eq(text, "any")) return true;
    return (text && node_int(n, &x->need) && x->need > 0)
        || cx_issue(cx, node_place(n), "out_of_range", "`need` is all, any or a number from 1");
}

static bool load_made(Cx *cx, App *app, Form *form, const Node *n, Wait *x)
{
    Form *here = form;
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, n ? node_place(n) : node_key_place(x->at), "no_form",
            "`wait_for` needs `create: {form: …, values: {…}}`");
    attr_check_keys(cx, n, create_attrs);
    const Node *each = node_find(n, "for_each");
    if (each) x->each = ref_field(cx, form, each);
    if (x->each && !x->each->rows)
        return cx_issue(cx, node_place(each), "does_not_fit", "`%s` is no subform", x->each->key);
    if (x->each) here = x->each->rows;
    x->create = ARENA_NEW(cx->a, Step);
    *x->create = (Step){ .kind = STEP_CREATE, .name = "create", .at = n, .form = form };
    if (!create_load(cx, app, here, n, x->create)) return false;
    x->create->form->awaited = true;
    return true;
}

bool wait_load(Cx *cx, App *app, Form *form, const Node *transition, Wait **out)
{
    const Node *n = node_find(transition, "wait_for");
    *out = NULL;
    if (!ref_map(cx, n)) return !n;
    attr_check_keys(cx, n, wait_attrs);
    Wait *x = ARENA_NEW(cx->a, Wait);
    x->at = n;
    bool fine = load_need(cx, node_find(n, "need"), x);
    if (!load_made(cx, app, form, node_find(n, "create"), x)) return false;
    ExprWhere where = app_where(app, x->create->form, USE_CHECK);
    expr_attr(cx, n, "until", where, T_BOOL, &x->until);
    expr_attr(cx, n, "failed", where, T_BOOL, &x->failed);
    if (!node_find(n, "until") || !node_find(n, "then"))
        return cx_issue(cx, node_key_place(n), "no_until",
            "`wait_for` needs `until`, what must hold, and `then`, the transition made then");
    *out = x;
    return fine;
}

WaitVerdict wait_verdict(const Wait *x, WaitCount c)
{
    if (!x->need) return c.failed ? WAIT_LOST : c.open ? WAIT_ON : WAIT_MET;
    return c.done >= x->need ? WAIT_MET : c.done + c.open < x->need ? WAIT_LOST : WAIT_ON;
}

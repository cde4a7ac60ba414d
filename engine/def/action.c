/*
 * action.c — a step is a map with one key, its name.
 */
#include "def/action.h"
#include "def/form.h"
#include "def/value.h"

static const Attr create_attrs[] = {
    { "form", ATTR_FORM, "of which form", "form: customer", .flags = ATTR_NEEDED },
    { "values", ATTR_MAP, "its values: a literal, or =expression over this record",
      "values: {name: \"From {name}\", rank: \"=amount\"}", .flags = ATTR_NEEDED | ATTR_FILLED },
    { 0 },
};

static const Attr notify_attrs[] = {
    { "to", ATTR_PEOPLE, "whom", "to: owner", .flags = ATTR_NEEDED },
    { "text", ATTR_LABEL, "the message, with {field}", "text: {en: \"Sent: {name}\"}",
      .flags = ATTR_NEEDED },
    { "via", ATTR_TEXTS, "channels of the app; without it the inbox", "via: [inbox, email]" },
    { 0 },
};

/* Any other name is an action that a plugin declares. */
const Attr step_attrs[] = {
    { "set", ATTR_MAP, "gives fields of the record values: a literal, or =expression",
      "set: {amount: \"=amount + 1\", name: \"{name}!\"}",
      .flags = ATTR_FILLED },
    { "create", ATTR_MAP, "makes a record", "create: {form: customer, values: {name: Ann}}",
      .of = create_attrs },
    { "notify", ATTR_MAP, "sends a message", "notify: {to: owner, text: \"Sent: {name}\"}",
      .of = notify_attrs },
    { "assign", ATTR_SWITCH, "gives the record to somebody by rules; true: by those of the form", "assign: {rules: [{among: role(sales)}]}", .of = assign_attrs },
    { "update", ATTR_LATER, "changes other records", NULL },
    { "upsert", ATTR_LATER, "changes a record or makes it", NULL },
    { "delete", ATTR_LATER, "moves records to the bin", NULL },
    { "transition", ATTR_LATER, "moves a record to another stage", NULL },
    { "email", ATTR_LATER, "sends a mail", NULL },
    { "webhook", ATTR_LATER, "calls an address", NULL },
    { "for_each", ATTR_LATER, "runs steps for each of several records", NULL },
    { "when", ATTR_LATER, "runs steps where a condition holds", NULL },
    { "stop", ATTR_LATER, "ends the steps", NULL },
    { 0 },
};

static bool is_later(const char *name)
{
    for (const Attr *a = step_attrs; a->key; a++)
        if (a->kind == ATTR_LATER && str_eq(a->key, name)) return true;
    return false;
}

static ExprWhere where_of(const App *app, const Form *form)
{
    ExprWhere where = app_where(app, form, USE_CHECK);
    where.old = true;
    return where;
}

/* Values for fields of `target`, from expressions over a record of `form`. */
static bool load_values(Cx *cx, App *app, Form *form, Form *target, const Node *map, Step *s)
{
    if (!map || map->kind != NODE_MAP || !map->n)
        return cx_issue(cx, node_place(map ? map : s->at), "no_values",
            "a map of fields and values is expected");
    s->set = ARENA_ARRAY(cx->a, SetTo, map->n);
    for (int i = 0; i < map->n; i++) {
        const Node *n = map->item[i];
        SetTo *to = &s->set[s->nset];
        to->field = ref_field_name(cx, target, node_key_place(n), n->key);
        if (!to->field) continue;
        if (to->field->system || to->field->computed || to->field->type->store == STORE_ROWS
                || field_is_bare(to->field)) {
            cx_issue(cx, node_key_place(n), "cannot_set", "`%s` cannot be set", n->key);
            continue;
        }
        if (value_load(cx, to->field, n, where_of(app, form), true, &to->value)) s->nset++;
    }
    return true;
}

bool create_load(Cx *cx, App *app, Form *here, const Node *n, Step *s)
{
    if (!node_find(n, "form"))
        return cx_issue(cx, node_place(n), "no_form", "`create` needs `form`");
    s->form = ref_form(cx, app, node_find(n, "form"));
    if (!s->form) return false;
    if (s->form->builtin)
        return cx_issue(cx, node_place(node_find(n, "form")), "cannot_create",
            "records of `%s` cannot be made by a step", s->form->key);
    return load_values(cx, app, here, s->form, node_find(n, "values"), s);
}

static bool load_create(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_place(n), "wrong_kind",
            "`create` is {form: …, values: {…}}");
    attr_check_keys(cx, n, create_attrs);
    return create_load(cx, app, form, n, s);
}

static bool load_via(Cx *cx, const App *app, const Node *n, Step *s)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    s->via = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++)
        if (ref_channel(cx, app, each[i])) s->via[s->nvia++] = node_text(each[i]);
    return s->nvia == count;
}

static bool load_notify(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_place(n), "wrong_kind", "`notify` is {to: …, text: …}");
    attr_check_keys(cx, n, notify_attrs);
    if (!node_find(n, "to") || !node_find(n, "text"))
        return cx_issue(cx, node_place(n), "no_text", "`notify` needs `to` and `text`");
    bool fine = people_load(cx, app, form, n, "to", false, &s->to);
    fine &= texts_load(cx, node_find(n, "text"), where_of(app, form), &s->label_text,
        &s->texts, &s->ntext);
    s->text = s->ntext ? s->texts[0] : NULL;
    return fine & load_via(cx, app, node_find(n, "via"), s);
}

static bool load_assign(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    const Node *own = node_find(form->at, "assign");
    bool by_form = false;
    if (node_bool(n, &by_form) && by_form && !own)
        return cx_issue(cx, node_place(n), "no_rules", "the form has no `assign` of its own");
    s->assign = assign_load(cx, app, form, by_form ? own : n);
    return s->assign != NULL;
}

static bool load_step(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!node_is(n, NODE_MAP) || n->n != 1)
        return cx_issue(cx, node_place(n), "bad_step",
            "a step is a map with one key, such as {set: {field: value}}");
    const Node *body = n->item[0];
    *s = (Step){ .name = body->key, .at = body, .kind = STEP_PLUGIN, .form = form };
    if (str_eq(s->name, "set")) {
        s->kind = STEP_SET;
        return load_values(cx, app, form, form, body, s);
    }
    if (str_eq(s->name, "create")) {
        s->kind = STEP_CREATE;
        return load_create(cx, app, form, body, s);
    }
    if (str_eq(s->name, "notify")) {
        s->kind = STEP_NOTIFY;
        return load_notify(cx, app, form, body, s);
    }
    if (str_eq(s->name, "assign")) {
        s->kind = STEP_ASSIGN;
        return load_assign(cx, app, form, body, s);
    }
    if (is_later(s->name))
        return cx_issue(cx, node_key_place(body), "not_available_yet",
            "step `%s` is not available yet", s->name);
    s->params = body;
    return true;
}

bool steps_load(Cx *cx, App *app, Form *form, const Node *list, Step **out, int *n)
{
    *n = 0;
    *out = NULL;
    if (!ref_list(cx, list)) return !list;
    bool fine = true;
    *out = ARENA_ARRAY(cx->a, Step, list->n + 1);
    for (int i = 0; i < list->n; i++) {
        if (load_step(cx, app, form, list->item[i], &(*out)[*n])) (*n)++;
        else fine = false;
    }
    return fine;
}

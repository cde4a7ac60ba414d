/*
 * action.c — a step is a map with one key, its name; the tables of the engine's own.
 */
#include "def/action_out.h"
#include "def/form.h"
#include "def/value.h"

static const Attr notify_attrs[] = {
    { "to", ATTR_PEOPLE, "who gets it", "to: owner", .flags = ATTR_NEEDED },
    { "text", ATTR_LABEL, "the message, with {field}", "text: {en: \"Sent: {name}\"}",
      .flags = ATTR_NEEDED },
    { "via", ATTR_TEXTS, "channels of the app; without it the inbox", "via: [inbox, email]" },
    { 0 },
};

/* Any other name is an action that a plugin declares. */
const Attr step_attrs[] = {
    { "set", ATTR_MAP, "gives fields of the record values: a literal, or =expression",
      "set: {amount: \"=amount + 1\", name: \"{name}!\"}",
      .flags = ATTR_FILLED, .label = "Set fields" },
    { "create", ATTR_MAP, "makes a record", "create: {form: customer, values: {name: Ann}}",
      .of = step_create_attrs, .label = "Make a record" },
    { "update", ATTR_MAP, "changes other records: those that match, or one",
      "update: {form: payment, where: \"opportunity = this\", set: {status: open}}",
      .of = step_update_attrs, .label = "Change records" },
    { "upsert", ATTR_MAP, "changes the record with that unique value, or makes it",
      "upsert: {form: city, by: code, values: {code: \"=name\"}}", .of = step_upsert_attrs,
      .label = "Change or make a record" },
    { "delete", ATTR_MAP, "moves records to the bin",
      "delete: {form: payment, where: \"opportunity = this\"}", .of = step_delete_attrs,
      .label = "Delete records" },
    { "transition", ATTR_MAP, "moves the record, or another one, to another stage",
      "transition: {to: second}", .of = step_move_attrs, .label = "Move to a stage" },
    { "find", ATTR_MAP, "one record that matches, for the steps behind it",
      "find: {form: customer, where: \"name = this.name\", as: same}", .of = step_find_attrs,
      .label = "Find one record" },
    { "query", ATTR_MAP, "the records that match, for the steps behind it",
      "query: {form: payment, where: \"opportunity = this\", as: paid}", .of = step_query_attrs,
      .label = "Find records" },
    { "let", ATTR_MAP, "names values, for the steps behind it: a literal, or =expression",
      "let: {twice: \"=amount * 2\"}", .flags = ATTR_FILLED, .label = "Name values" },
    { "notify", ATTR_MAP, "sends a message", "notify: {to: owner, text: \"Sent: {name}\"}",
      .of = notify_attrs, .label = "Send a message" },
    { "for_each", ATTR_MAP, "runs steps on each of several records",
      "for_each: {form: payment, where: \"opportunity = this\", do: [{set: {status: open}}]}",
      .of = step_for_each_attrs, .label = "For each of several" },
    { "when", ATTR_MAP, "runs steps where a condition holds, or others",
      "when: {if: \"amount > 10\", do: [{set: {amount: 10}}], else: [{set: {amount: 1}}]}",
      .of = step_when_attrs, .label = "By condition" },
    { "assign", ATTR_SWITCH, "gives the record to somebody by rules; true: by those of the form",
      "assign: {rules: [{among: role(sales)}]}", .of = assign_attrs, .label = "Assign an owner" },
    { "stop", ATTR_MAP, "ends the steps", "stop: {text: Enough}", .of = step_stop_attrs,
      .label = "Stop here" },
    { "email", ATTR_MAP, "sends a mail, after the commit",
      "email: {to: owner, subject: \"About {name}\", text: \"Sent: {name}\"}",
      .of = step_email_attrs, .label = "Send an e-mail" },
    { "webhook", ATTR_MAP, "calls an address, after the commit",
      "webhook: {url: \"https://example.com/orders\", body: {number: \"=amount\"}}",
      .of = step_webhook_attrs, .label = "Call an address" },
    { 0 },
};

static bool load_notify(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_place(n), "wrong_kind", "`notify` is {to: …, text: …}");
    attr_check_keys(cx, n, notify_attrs);
    if (!node_find(n, "to") || !node_find(n, "text"))
        return cx_issue(cx, node_place(n), "no_text", "`notify` needs `to` and `text`");
    bool fine = people_load(cx, app, form, n, "to", false, &s->people);
    fine &= texts_load(cx, node_find(n, "text"), step_where(app, form), &s->label_text,
        &s->texts, &s->ntext);
    return fine & ref_channels(cx, app, node_find(n, "via"), &s->via, &s->nvia);
}

static const struct { const char *name; StepKind kind; StepLoad load; } kinds[] = {
    { "set", STEP_SET, step_load_set },
    { "create", STEP_CREATE, step_load_create },
    { "update", STEP_UPDATE, step_load_update },
    { "upsert", STEP_UPSERT, step_load_upsert },
    { "delete", STEP_DELETE, step_load_delete },
    { "transition", STEP_TRANSITION, step_load_transition },
    { "find", STEP_FIND, step_load_find },
    { "query", STEP_QUERY, step_load_query },
    { "let", STEP_LET, step_load_let },
    { "notify", STEP_NOTIFY, load_notify },
    { "for_each", STEP_FOR_EACH, step_load_for_each },
    { "when", STEP_WHEN, step_load_when },
    { "stop", STEP_STOP, step_load_stop },
    { "assign", STEP_ASSIGN, step_load_assign },
    { "email", STEP_EMAIL, step_load_email },
    { "webhook", STEP_WEBHOOK, step_load_webhook },
};

bool step_is_own(const char *name)
{
    for (const Attr *a = step_attrs; a->key; a++)
        if (str_eq(a->key, name)) return true;
    return false;
}

ExprWhere step_where(const App *app, const Form *form)
{
    ExprWhere where = app_where(app, form, USE_CHECK);
    where.old = form && !app->looped;
    return where;
}

static const struct StepName *name_find(const App *app, const char *name)
{
    for (const struct StepName *s = app->named; s; s = s->up)
        if (str_eq(s->name, name)) return s;
    return NULL;
}

bool app_named(void *ctx, const char *name, Type *type)
{
    const struct StepName *s = name_find(ctx, name);
    if (s) *type = s->type;
    return s != NULL;
}

bool step_name(Cx *cx, App *app, const Form *form, Place place, const char *name, Type type)
{
    if (!name) return cx_issue(cx, place, "wrong_kind", "a name is expected");
    if (!ref_name_at(cx, place, name, 60)) return false;
    if (form && form_field(form, name))
        return cx_issue(cx, place, "name_taken", "`%s` is a field of `%s`; take another name",
            name, form->key);
    if (name_find(app, name))
        return cx_issue(cx, place, "name_taken", "`%s` is named already", name);
    struct StepName *s = ARENA_NEW(cx->a, struct StepName);
    *s = (struct StepName){ name, type, app->named };
    app->named = s;
    return true;
}

void step_given(Cx *cx, App *app, const char *name, Type type)
{
    struct StepName *s = ARENA_NEW(cx->a, struct StepName);
    *s = (struct StepName){ arena_printf(cx->a, "given.%s", name), type, app->named };
    app->named = s;
}

static bool load_step(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    if (!node_is(n, NODE_MAP) || n->n != 1)
        return cx_issue(cx, node_place(n), "bad_step",
            "a step is a map with one key, such as {set: {field: value}}");
    const Node *body = n->item[0];
    *s = (Step){ .name = body->key, .at = body, .kind = STEP_PLUGIN, .form = form };
    for (int i = 0; i < LEN(kinds); i++)
        if (str_eq(s->name, kinds[i].name)) {
            s->kind = kinds[i].kind;
            return kinds[i].load(cx, app, form, body, s);
        }
    s->params = body;
    return true;
}

bool steps_load(Cx *cx, App *app, Form *form, const Node *list, Step **out, int *n)
{
    const struct StepName *named = app->named;
    *n = 0;
    *out = NULL;
    if (!ref_list(cx, list)) return !list;
    bool fine = true;
    *out = ARENA_ARRAY(cx->a, Step, list->n + 1);
    for (int i = 0; i < list->n; i++) {
        if (load_step(cx, app, form, list->item[i], &(*out)[*n])) (*n)++;
        else fine = false;
    }
    app->named = named;
    return fine;
}

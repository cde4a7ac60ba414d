/*
 * automation.c — an event is a word, or a word with what it is about in brackets.
 */
#include "def/automation.h"
#include "def/types.h"
#include "def/value.h"

#include <string.h>

static const char *const as_words[] = { "app", "person" };
static const char *const after_words[] = { "write", "commit" };

const Attr automation_attrs[] = {
    { "event", ATTR_TEXTS, "`created`, `updated`, `updated(field, …)`, `deleted`, `restored`, "
      "`entered(stage)`, `left(stage)`, `at(expression)`, `schedule(\"cron\")`, `button(name)` or "
      "`webhook`; or several", "event: [created, updated(amount), button(call)]", .flags = ATTR_NEEDED },
    { "if", ATTR_EXPR, "asked when it happens; a schedule with it runs on each record that matches, "
      "without it once, on none", "if: \"amount > 10\"" },
    { "do", ATTR_LIST, "the steps", "do: [{create: {form: customer, values: {name: Ann}}}]",
      .shape = "step",
      .flags = ATTR_NEEDED | ATTR_FILLED },
    { "label", ATTR_LABEL, "what it is called: on its button, in the log of runs",
      "label: {en: First call, zh: 首次联系}" },
    { "by", ATTR_PEOPLE, "with `button`: who may press it; without it who may change the record",
      "by: [owner, sales]", .label = "Who may press it" },
    { "given", ATTR_EACH, "with `button`: what is asked before it runs; with `webhook`: what the call "
      "brings; the steps read it as `given.NAME`", "given: {reason: {type: text, required: true}}",
      .of = param_attrs },
    { "secret", ATTR_TEXTS, "with `webhook`: what calls are signed with, as Standard Webhooks say, or "
      "sent as bearer token: ${env:NAME}; several while it is changed",
      "secret: \"${env:LEADS_SECRET}\"", .pattern = "\\$\\{env:" },
    { "as", ATTR_CHOICE, "with whose rights: the app's, or those of the person whose write it is",
      "as: person", ATTR_WORDS(as_words), .label = "With whose rights" },
    { "after", ATTR_CHOICE, "`write`: in its transaction, so a failure refuses it; `commit`: "
      "afterwards, and again until it succeeds", "after: commit", ATTR_WORDS(after_words),
      .label = "When it runs" },
    { "active", ATTR_BOOL, "false: it does not run", "active: false" },
    { 0 },
};

static const struct { const char *word; OnKind kind; } words[] = {
    { "created", ON_CREATED }, { "updated", ON_UPDATED }, { "deleted", ON_DELETED },
    { "restored", ON_RESTORED }, { "entered", ON_ENTERED }, { "left", ON_LEFT }, { "at", ON_AT },
    { "schedule", ON_SCHEDULE }, { "button", ON_BUTTON }, { "webhook", ON_WEBHOOK },
};

static bool unknown_event(Cx *cx, const Node *n, const char *word)
{
    const char *known[LEN(words)];
    for (int i = 0; i < LEN(words); i++) known[i] = words[i].word;
    return ref_unknown(cx, node_place(n), "unknown_event", "unknown event `%s`",
        "unknown event `%s`; did you mean `%s`?", word, known, LEN(words));
}

static bool load_fields(Cx *cx, Form *f, const Node *n, const char *in, On *on)
{
    char **each;
    int count = str_split(cx->a, in, ',', &each);
    on->field = ARENA_ARRAY(cx->a, Field *, count + 1);
    for (int i = 0; i < count; i++) {
        Field *x = ref_field_name(cx, f, node_place(n), str_trim(cx->a, each[i]));
        if (!x) return false;
        on->field[on->nfield++] = x;
    }
    return true;
}

static bool load_stage(Cx *cx, Form *f, const Node *n, const char *in, On *on)
{
    const char *known[100];
    int count = 0;
    on->stage = in;
    for (int i = 0; i < f->nworkflow; i++) {
        if (workflow_stage(f->workflow[i], in)) return true;
        for (int k = 0; k < f->workflow[i]->nstage && count < LEN(known); k++)
            known[count++] = f->workflow[i]->stage[k].key;
    }
    return ref_unknown(cx, node_place(n), "unknown_stage", "unknown stage `%s`",
        "unknown stage `%s`; did you mean `%s`?", in, known, count);
}

/* Where it stands in the text as written, so that names in it can be written anew. */
static bool load_time(Cx *cx, App *app, Form *f, const Node *n, On *on)
{
    ExprWhere where = app_where(app, f, USE_TIME);
    const char *text = node_text(n);
    int from = (int)(strchr(text, '(') - text) + 1, to = (int)(strrchr(text, ')') - text);
    on->at = expr_load_piece(cx, n, text, from, to, &where);
    if (!on->at) return false;
    TypeKind kind = expr_type(on->at).kind;
    if (kind == T_DATE || kind == T_DATETIME || kind == T_ANY) return true;
    return cx_issue(cx, node_place(n), "wrong_type", "a date or a time is expected, this is %s",
        type_said(cx, expr_type(on->at)));
}

static bool load_cron(Cx *cx, const Node *n, const char *in, On *on)
{
    size_t len = strlen(in);
    if (len > 1 && strchr("'\"", *in) && in[len - 1] == *in) in = arena_dup_n(cx->a, in + 1, len - 2);
    on->cron_text = in;
    return cron_parse(in, &on->cron) || cx_issue(cx, node_place(n), "bad_cron",
        "`%s` is no schedule; write minute, hour, day, month, weekday: 0 9 * * 1-5", in);
}

static bool load_button(Cx *cx, Form *f, const Node *n, const char *in, On *on)
{
    on->button = in;
    if (!ref_name_at(cx, node_place(n), in, 60)) return false;
    bool taken = form_field(f, in) != NULL;
    for (int i = 0; i < f->nautomation; i++) {
        const On *other = automation_on(&f->automation[i], ON_BUTTON);
        taken |= other && str_eq(other->button, in);
    }
    return !taken || cx_issue(cx, node_place(n), "name_taken",
        "there is a field or button `%s` already", in);
}

static bool load_event(Cx *cx, App *app, Form *f, const Node *n, On *on)
{
    const char *text = str_trim(cx->a, node_text(n)), *open = strchr(text, '(');
    size_t len = strlen(text);
    const char *word = open ? str_trim(cx->a, arena_dup_n(cx->a, text, (size_t)(open - text)))
        : text;
    const char *in = open && text[len - 1] == ')' ? str_trim(cx->a,
        arena_dup_n(cx->a, open + 1, (size_t)(text + len - 2 - open))) : NULL;
    *on = (On){ 0 };
    for (int i = 0; i < LEN(words); i++)
        if (str_eq(word, words[i].word)) on->kind = words[i].kind;
    if (!on->kind) return unknown_event(cx, n, word);
    bool must = on->kind >= ON_ENTERED && on->kind != ON_WEBHOOK, may = must || on->kind == ON_UPDATED;
    if ((open && !in) || (in && (!*in || !may)) || (must && !in))
        return cx_issue(cx, node_place(n), "bad_event", must || (may && open)
            ? "`%s` says in brackets what it is about" : "`%s` takes nothing in brackets", word);
    switch (on->kind) {
    case ON_UPDATED: return !in || load_fields(cx, f, n, in, on);
    case ON_ENTERED: case ON_LEFT: return load_stage(cx, f, n, in, on);
    case ON_AT: return load_time(cx, app, f, n, on);
    case ON_SCHEDULE: return load_cron(cx, n, in, on);
    case ON_BUTTON: return load_button(cx, f, n, in, on);
    default: return true;
    }
}

static bool load_events(Cx *cx, App *app, Form *f, const Node *n, struct Automation *a)
{
    const Node *event = node_find(n, "event"), **each;
    int count;
    if (!event)
        return cx_issue(cx, node_key_place(n), "no_event", "an automation needs `event`");
    bool fine = ref_texts(cx, event, &each, &count);
    a->on = ARENA_ARRAY(cx->a, On, count + 1);
    for (int i = 0; fine && i < count; i++) {
        fine = load_event(cx, app, f, each[i], &a->on[a->non]);
        if (fine) a->kinds |= (int)a->on[a->non++].kind;
    }
    for (int i = 0; fine && a->non > 1 && i < a->non; i++)
        if (a->on[i].kind & (ON_SCHEDULE | ON_WEBHOOK))
            fine = cx_issue(cx, node_place(event), "bad_event",
                "`%s` stands alone: it has no record of its own",
                a->on[i].kind == ON_WEBHOOK ? "webhook" : "schedule");
    if (node_find(n, "by") && !(a->kinds & ON_BUTTON))
        fine = cx_issue(cx, node_key_place(node_find(n, "by")), "no_button",
            "`by` belongs to the event `button`");
    return fine && a->non;
}

/* Who calls is known by a secret, which never stands in a file. */
static bool load_secret(Cx *cx, const Node *n, struct Automation *a)
{
    const Node *secret = node_find(n, "secret"), *as = node_find(n, "as"), **each;
    int count;

    if (!(a->kinds & ON_WEBHOOK))
        return !secret || cx_issue(cx, node_key_place(secret), "no_webhook",
            "`secret` belongs to the event `webhook`");
    if (as && a->as_person)
        return cx_issue(cx, node_place(as), "no_person", "nobody is signed in when a web call comes");
    if (!secret)
        return cx_issue(cx, node_key_place(n), "no_secret",
            "`webhook` needs `secret`: \"${env:NAME}\", so that not everybody can call it");
    if (!ref_texts(cx, secret, &each, &count)) return false;
    a->secret = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++) {
        if (!strstr(node_text(each[i]), "${env:"))
            return cx_issue(cx, node_place(each[i]), "open_secret",
                "a secret is named, as in ${env:NAME}; it never stands in a file");
        a->secret[a->nsecret++] = node_text(each[i]);
    }
    return true;
}

static bool load_given(Cx *cx, const Node *n, struct Automation *a)
{
    const Node *given = node_find(n, "given");

    if (given && !(a->kinds & (ON_BUTTON | ON_WEBHOOK)))
        return cx_issue(cx, node_key_place(given), "no_giver",
            "`given` belongs to the events `button` and `webhook`");
    if (given && form_field(a->form, "given"))
        return cx_issue(cx, node_key_place(given), "name_taken",
            "`%s` is a field of `%s`; take another name", "given", a->form->key);
    return params_load(cx, given, &a->given, &a->ngiven);
}

static void name_given(Cx *cx, App *app, const struct Automation *a)
{
    for (int i = 0; i < a->ngiven; i++)
        step_given(cx, app, a->given[i].key, param_type(app, &a->given[i]));
}

/* The condition of a schedule is asked by SQL, that of others on the record; of a web call, on what
   it brings. */
static bool load_condition(Cx *cx, App *app, Form *f, const Node *n, struct Automation *a)
{
    bool hook = a->kinds & ON_WEBHOOK;
    ExprWhere where = app_where(app, hook ? NULL : f, a->kinds & ON_SCHEDULE ? USE_FILTER : USE_CHECK);
    where.old = !hook && !(a->kinds & ON_SCHEDULE);
    return expr_attr(cx, n, "if", where, T_BOOL, &a->if_);
}

static bool load_one(Cx *cx, App *app, Form *f, const Node *n, struct Automation *a)
{
    *a = (struct Automation){ .key = n->key, .at = n, .form = f, .active = true };
    ref_name(cx, n, n->key, 60);
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_key_place(n), "wrong_kind",
            "an automation is a map such as {event: created, do: […]}");
    attr_check_keys(cx, n, automation_attrs);
    const Node *active = node_find(n, "active"), *steps = node_find(n, "do");
    if (active && !node_bool(active, &a->active))
        cx_issue(cx, node_place(active), "no_boolean", "is neither true nor false");
    label_load(cx, n, "label", &a->label);
    a->as_person = ref_word(cx, n, "as", as_words, LEN(as_words), 0) == 1;
    a->after_commit = ref_word(cx, n, "after", after_words, LEN(after_words), 0) == 1;
    if (!load_events(cx, app, f, n, a) || !load_secret(cx, n, a) || !load_given(cx, n, a)) return false;
    bool hook = a->kinds & ON_WEBHOOK;
    const struct StepName *named = app->named;
    if (hook) name_given(cx, app, a);
    bool fine = load_condition(cx, app, f, n, a);
    fine &= people_load(cx, app, f, n, "by", true, &a->by);
    if (!steps || (steps->kind == NODE_LIST && !steps->n))
        fine = cx_issue(cx, node_key_place(n), "no_steps", "`%s` needs steps", "do");
    if (!hook) name_given(cx, app, a);
    bool alone = hook || ((a->kinds & ON_SCHEDULE) && !node_find(n, "if"));
    fine &= steps_load(cx, app, alone ? NULL : f, steps, &a->step, &a->nstep);
    app->named = named;
    return fine;
}

bool automations_load(Cx *cx, App *app, Form *f, const Node *n)
{
    if (!ref_map(cx, n)) return !n;
    f->automation = ARENA_ARRAY(cx->a, struct Automation, n->n + 1);
    for (int i = 0; i < n->n; i++) {
        struct Automation *a = &f->automation[f->nautomation];
        if (!load_one(cx, app, f, n->item[i], a)) continue;
        f->nautomation++;
        if (a->active) f->automated |= a->kinds;
    }
    return true;
}

struct Automation *form_automation(const Form *f, const char *key)
{
    for (int i = 0; i < f->nautomation; i++)
        if (str_eq(f->automation[i].key, key)) return &f->automation[i];
    return NULL;
}

const On *automation_on(const struct Automation *a, OnKind kind)
{
    for (int i = 0; i < a->non; i++)
        if (a->on[i].kind == kind) return &a->on[i];
    return NULL;
}

/*
 * dashboard.c — the file of a dashboard, and its filters.
 */
#include "def/dashboard.h"
#include "def/action.h"
#include "def/ref.h"

#include <string.h>

static const char *const periods[] = {
    "today", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter",
    "this_year", "last_year", "last_7_days", "last_30_days", "last_90_days", "last_12_months",
};
static const char *const user_presets[] = { "me" };
static const char *const department_presets[] = { "mine" };

int period_words(const char *const **out)
{
    *out = periods;
    return LEN(periods);
}

#define EVERY(kind) \
    { "type", ATTR_CHOICE, "what one chooses", "type: " kind, ATTR_WORDS(filter_words), \
      .flags = ATTR_NEEDED, .label = "Kind" }, \
    { "label", ATTR_LABEL, "what stands beside it", "label: {en: Period, zh: 期间}" }

static const char *const filter_words[] = { "date_range", "department", "user", "choice" };

static const Attr period_attrs[] = {
    EVERY("date_range"),
    { "default", ATTR_CHOICE, "the days at first; without it any time", "default: this_quarter",
      ATTR_WORDS(periods), .label = "At first" },
    { 0 },
};
static const Attr department_attrs[] = {
    EVERY("department"),
    { "default", ATTR_CHOICE, "`mine`: the reader's; without it all", "default: mine",
      ATTR_WORDS(department_presets), .label = "At first" },
    { 0 },
};
static const Attr user_attrs[] = {
    EVERY("user"),
    { "default", ATTR_CHOICE, "`me`: who reads; without it everybody", "default: me",
      ATTR_WORDS(user_presets), .label = "At first" },
    { 0 },
};
static const Attr choice_attrs[] = {
    EVERY("choice"),
    { "form", ATTR_FORM, "the form of the field", "form: test", .flags = ATTR_NEEDED },
    { "field", ATTR_FIELD, "the choice whose options one chooses from", "field: kind",
      .flags = ATTR_NEEDED },
    { "default", ATTR_TEXT, "an option; without it all", "default: one", .label = "At first" },
    { 0 },
};

/* In the order of FilterKind. */
const AttrVariant filter_variants[] = {
    [FILTER_PERIOD] = { "date_range", "from one day to another; `closed_on in NAME`", period_attrs, "Period" },
    [FILTER_DEPARTMENT] = { "department", "a department with those below it; `owner.department in NAME`",
        department_attrs, "Department" },
    [FILTER_USER] = { "user", "a person; `owner = NAME`", user_attrs, "Person" },
    [FILTER_CHOICE] = { "choice", "an option of a field; `kind = NAME`", choice_attrs, "Choice" },
    { 0 },
};

const Attr dashboard_attrs[] = {
    { "dashboard", ATTR_NAME, "its name, as the file's", "dashboard: test", .flags = ATTR_NEEDED,
      .label = "Name of the dashboard" },
    { "label", ATTR_LABEL, "what people call it", "label: {en: Sales, zh: 销售}" },
    { "help", ATTR_LABEL, "a line on what it shows", "help: Signed this quarter", .label = "What it shows" },
    { "roles", ATTR_TEXTS, "who may open it; without it who may read one of its forms",
      "roles: [everyone]", .pattern = "^[a-z][a-z0-9_]*$", .label = "Who may open it" },
    { "filters", ATTR_EACH, "what one chooses above the cards; one that is not set restricts nothing: "
      "conditions of a card that name it are left out",
      "filters: {period: {type: date_range, default: this_quarter}}", .shape = "filter" },
    { "cards", ATTR_LIST, "what stands on it, in order", "cards: [{chart: metric, form: test, value: \"count()\"}]",
      .shape = "card" },
    { 0 },
};

const DashFilter *dashboard_filter(const Dashboard *d, const char *key)
{
    for (int i = 0; key && i < d->nfilter; i++)
        if (str_eq(d->filter[i].key, key)) return &d->filter[i];
    return NULL;
}

static Type type_of(const App *app, FilterKind kind)
{
    const char *form = kind == FILTER_USER ? "user" : "department";
    const Form *f = app_form(app, form);

    switch (kind) {
    case FILTER_PERIOD: return (Type){ .kind = T_LIST, .of = T_DATE };
    case FILTER_DEPARTMENT: return (Type){ .kind = T_LIST, .of = T_RECORD, .form = &f->names };
    case FILTER_USER: return (Type){ .kind = T_RECORD, .form = &f->names };
    case FILTER_CHOICE: break;
    }
    return (Type){ .kind = T_TEXT };
}

const App *dashboard_named(Cx *cx, const App *app, const Dashboard *d)
{
    App *own = ARENA_NEW(cx->a, App);

    *own = *app;
    own->named = NULL;
    for (int i = 0; i < d->nfilter; i++)
        (void)step_name(cx, own, NULL, (Place){ 0 }, d->filter[i].key, type_of(app, d->filter[i].kind));
    return own;
}

static void load_choice(Cx *cx, App *app, const Node *n, DashFilter *f)
{
    const Node *form = node_find(n, "form"), *field = node_find(n, "field");
    const Form *of = form ? ref_form(cx, app, form) : NULL;

    if (!form || !field)
        cx_issue(cx, node_key_place(n), "no_field", "a choice to filter by needs `form` and `field`");
    if (!of || !field || !(f->field = ref_field(cx, of, field)) || f->field->broken) return;
    const Field *like = f->field->like ? f->field->like : f->field;
    if (!like->noption)
        cx_issue(cx, node_place(field), "does_not_fit", "`%s` is no choice with options", f->field->key);
    else if (f->preset && !field_option(like, f->preset))
        cx_issue(cx, node_place(node_find(n, "default")), "unknown_option",
            "`%s` has no option `%s`", f->field->key, f->preset);
}

static bool load_filter(Cx *cx, App *app, const Node *n, DashFilter *f)
{
    const Attr *attr = NULL;

    *f = (DashFilter){ .key = n->key };
    if (!node_is(n, NODE_MAP) || !node_find(n, "type"))
        return cx_issue(cx, node_key_place(n), "no_type",
            "a filter is a map such as {type: date_range, default: this_month}");
    int kind = ref_word(cx, n, "type", filter_words, LEN(filter_words), -1);
    if (kind < 0) return false;
    f->kind = (FilterKind)kind;
    attr = filter_variants[kind].attr;
    attr_check_keys(cx, n, attr);
    label_load(cx, n, "label", &f->label);
    node_read_text(cx, n, "default", &f->preset);
    while (attr->key && !str_eq(attr->key, "default")) attr++;
    if (attr->words) ref_word(cx, n, "default", attr->words, attr->nword, -1);
    if (kind == FILTER_CHOICE) load_choice(cx, app, n, f);
    return step_name(cx, app, NULL, node_key_place(n), n->key, type_of(app, f->kind));
}

static void load_filters(Cx *cx, App *app, Dashboard *d, const Node *map)
{
    if (!ref_map(cx, map)) return;
    d->filter = ARENA_ARRAY(cx->a, DashFilter, map->n + 1);
    for (int i = 0; i < map->n; i++)
        if (load_filter(cx, app, map->item[i], &d->filter[d->nfilter])) d->nfilter++;
}

static void load_roles(Cx *cx, App *app, Dashboard *d, const Node *list)
{
    const Node **each;
    int n;

    ref_texts(cx, list, &each, &n);
    d->role = ARENA_ARRAY(cx->a, Role *, n + 1);
    for (int i = 0; i < n; i++) {
        Role *role = ref_role(cx, app, node_place(each[i]), node_text(each[i]));
        if (role) d->role[d->nrole++] = role;
    }
}

Dashboard *dashboard_load(Cx *cx, App *app, const char *file, const Node *n)
{
    Dashboard *d = ARENA_NEW(cx->a, Dashboard);

    *d = (Dashboard){ .key = app_file_key(cx->a, file), .file = file, .at = n };
    if (!ref_map(cx, n)) return d;
    attr_check_keys(cx, n, dashboard_attrs);
    app_check_key(cx, n, "dashboard", d->key);
    label_load(cx, n, "label", &d->label);
    label_load(cx, n, "help", &d->help);
    load_roles(cx, app, d, node_find(n, "roles"));
    load_filters(cx, app, d, node_find(n, "filters"));
    cards_load(cx, app, d, node_find(n, "cards"));
    app->named = NULL;
    return d;
}

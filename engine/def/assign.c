/*
 * assign.c — {field: owner, rules: [{if: …, among: …, by: …}, …], else: …}
 */
#include "def/assign.h"
#include "def/form.h"
#include "def/types.h"
#include "def/value.h"

#include <string.h>

const char *const assign_words[4] = { "round_robin", "least_open", "first", "random" };

static const Attr table_attrs[] = {
    { "form", ATTR_FORM, "whose records are rules", "form: team", .flags = ATTR_NEEDED },
    { "where", ATTR_EXPR, "which of them fit; `this.` is the record to assign",
      "where: \"active and region = this.kind\"" },
    { "sort", ATTR_TEXTS, "their order; - before a field is downwards", "sort: [rank]",
      .pattern = "^-?[a-z][a-z0-9_]*$" },
    { "people", ATTR_TEXTS, "fields with people or departments, `rows.person` in a subform; the "
      "first that names somebody counts", "people: [members.person, department]",
      .flags = ATTR_NEEDED, .pattern = "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)?$",
      .label = "Fields with people" },
    { "weight", ATTR_TEXT, "a number beside each person of a subform", "weight: members.weight",
      .pattern = "^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$" },
    { "by", ATTR_FIELD, "a choice that says `by` for each rule", "by: method",
      .label = "How one is chosen" },
    { "cap_day", ATTR_FIELD, "a number: `cap_day` of each rule", "cap_day: most_day" },
    { "cap_open", ATTR_FIELD, "a number: `cap_open` of each rule", "cap_open: most_open" },
    { 0 },
};

static const Attr rule_attrs[] = {
    { "label", ATTR_LABEL, "what the explanation calls it", "label: {en: East, zh: 华东}" },
    { "if", ATTR_EXPR, "which records it is for; without it all", "if: \"amount > 100\"" },
    { "among", ATTR_PEOPLE, "who may get it", "among: [role(sales), department(East)]",
      .flags = ATTR_ONE, .label = "Who may get it" },
    { "members", ATTR_MAP, "or people by login, with their weight", "members: {li: 2, wu: 1}",
      .flags = ATTR_ONE | ATTR_FILLED },
    { "table", ATTR_MAP, "or records of a form are the rules, which people change in its pages",
      "table: {form: team, people: members.person}", .of = table_attrs, .flags = ATTR_ONE,
      .label = "Rules from a form" },
    { "role", ATTR_TEXT, "only those of them who have this role themselves, not through one that includes it", "role: sales" },
    { "by", ATTR_CHOICE, "round_robin (in turn, by weight), least_open (who has the fewest open "
      "ones), first, or random (by weight)", "by: least_open", ATTR_WORDS(assign_words),
      .label = "How one is chosen" },
    { "weight", ATTR_VALUE, "how often a person's turn comes: a number, or =expression of the "
      "person", "weight: \"=if(login = 'li', 2, 1)\"" },
    { "cap_day", ATTR_VALUE, "the most a person is assigned in a day; `this.` is the record",
      "cap_day: 20" },
    { "cap_open", ATTR_VALUE, "the most open ones a person may have",
      "cap_open: \"=if(department.name = 'East', 50, 30)\"" },
    { "hours", ATTR_TEXT, "a calendar: nobody gets it outside its hours", "hours: office" },
    { 0 },
};

const Attr assign_attrs[] = {
    { "field", ATTR_FIELD, "the user field that is filled; without it the form's owner",
      "field: owner" },
    { "rules", ATTR_LIST, "in order: the first that fits and finds somebody decides; who is away "
      "is passed over", "rules: [{among: role(sales)}]", .of = rule_attrs, .flags = ATTR_NEEDED | ATTR_FILLED },
    { "open", ATTR_EXPR, "which records count for cap_open and least_open; without it those in an "
      "open stage", "open: \"amount > 0\"", .label = "Counts as open" },
    { "else", ATTR_PEOPLE, "who gets it, in turn, when no rule finds anybody; without it nobody",
      "else: role(boss)", .label = "When nobody is found" },
    { "text", ATTR_LABEL, "the message to who got it, with {field}; without it none",
      "text: {en: \"New: {name}\", zh: \"新：{name}\"}" },
    { 0 },
};

bool amount_load(Cx *cx, const App *app, const Form *form, const Node *map, const char *key,
    int64_t least, Value *out)
{
    const Node *n = node_find(map, key);
    const char *text = node_text(n);
    int64_t number;
    if (!n) return true;
    *out = (Value){ .given = true, .at = n };
    if (text && *text == '=') {
        ExprWhere where = app_where(app, app_form(app, "user"), USE_CHECK);
        where.self = &form->names;
        where.want = (Type){ .kind = T_NUMBER };
        out->expr = expr_load(cx, n, text + 1, &where);
        return out->expr != NULL;
    }
    if (!node_int(n, &number) || number < least || number > 1000000)
        return cx_issue(cx, node_place(n), "no_amount",
            "`%s` is a whole number of at least %lld, or =expression of the person", key,
            (long long)least);
    out->val = val_int(number);
    return true;
}

bool open_load(Cx *cx, const App *app, const Form *form, const Node *map, Expr **out)
{
    ExprWhere where = app_where(app, form, USE_FILTER);
    where.want = (Type){ .kind = T_BOOL };
    if (node_find(map, "open")) return expr_attr(cx, map, "open", where, T_BOOL, out);
    if (form->staged) *out = expr_load(cx, NULL, "stage.status = 'open'", &where);
    return true;
}

static bool gives_people(const Field *f, bool departments)
{
    const Type t = f->name.type;
    if (f->broken) return true;
    if ((t.kind != T_RECORD && !(t.kind == T_LIST && t.of == T_RECORD)) || !t.form) return false;
    return str_eq(t.form->key, "user") || (departments && str_eq(t.form->key, "department"));
}

/* `members.person`: a field of the rows of a subform; all such paths lead through the same one. */
static Field *row_field(Cx *cx, AssignTable *t, const Node *n, const char *text)
{
    const char *dot = strchr(text, '.');
    if (!dot) return ref_field_name(cx, t->form, node_place(n), text);
    Field *rows = ref_field_name(cx, t->form, node_place(n),
        arena_dup_n(cx->a, text, (size_t)(dot - text)));
    if (!rows) return NULL;
    if (!rows->rows || (t->rows && t->rows != rows)) {
        cx_issue(cx, node_place(n), "does_not_fit", t->rows
            ? "`%s` is another subform than `people` names" : "`%s` is no subform", rows->key);
        return NULL;
    }
    t->rows = rows;
    return ref_field_name(cx, rows->rows, node_place(n), dot + 1);
}

static void load_table_people(Cx *cx, const Node *n, AssignTable *t)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    t->people = ARENA_ARRAY(cx->a, Field *, count + 1);
    for (int i = 0; i < count; i++) {
        Field *f = row_field(cx, t, each[i], node_text(each[i]));
        if (f && !gives_people(f, true))
            cx_issue(cx, node_place(each[i]), "no_people", "`%s` holds no user", f->key);
        else if (f) t->people[t->npeople++] = f;
    }
}

static Field *of_kind(Cx *cx, const Node *map, const char *key, Field *f, TypeKind kind)
{
    if (!f || f->broken || f->name.type.kind == kind) return f;
    cx_issue(cx, node_place(node_find(map, key)), "does_not_fit", "`%s` does not fit here", f->key);
    return NULL;
}

static Field *table_field(Cx *cx, const AssignTable *t, const Node *map, const char *key,
    TypeKind kind)
{
    const Node *n = node_find(map, key);
    return n ? of_kind(cx, map, key, ref_field(cx, t->form, n), kind) : NULL;
}

static void load_sort(Cx *cx, const Node *n, AssignTable *t)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    t->sort = ARENA_ARRAY(cx->a, Field *, count + 1);
    t->down = ARENA_ARRAY(cx->a, bool, count + 1);
    for (int i = 0; i < count; i++) {
        const char *text = node_text(each[i]);
        bool down = *text == '-';
        Field *f = ref_field_name(cx, t->form, node_place(each[i]), text + down);
        if (!f) continue;
        if (f->name.kind != NAME_COLUMN)
            cx_issue(cx, node_place(each[i]), "does_not_fit",
                "`%s` holds several values; one cannot sort by it", f->key);
        t->down[t->nsort] = down;
        t->sort[t->nsort++] = f;
    }
}

static AssignTable *load_table(Cx *cx, App *app, const Form *form, const Node *map)
{
    AssignTable *t = ARENA_NEW(cx->a, AssignTable);
    if (!node_is(map, NODE_MAP)) {
        cx_issue(cx, node_place(map), "wrong_kind", "`table` is {form: …, people: …}");
        return NULL;
    }
    attr_check_keys(cx, map, table_attrs);
    if (!node_find(map, "form") || !node_find(map, "people")) {
        cx_issue(cx, node_key_place(map), "no_people", "`table` needs `form` and `people`");
        return NULL;
    }
    t->form = ref_form(cx, app, node_find(map, "form"));
    if (!t->form) return NULL;
    ExprWhere where = app_where(app, t->form, USE_FILTER);
    where.self = &form->names;
    expr_attr(cx, map, "where", where, T_BOOL, &t->where);
    load_sort(cx, node_find(map, "sort"), t);
    load_table_people(cx, node_find(map, "people"), t);
    const Node *weight = node_find(map, "weight");
    if (weight && node_text(weight))
        t->weight = of_kind(cx, map, "weight", row_field(cx, t, weight, node_text(weight)), T_NUMBER);
    t->by = table_field(cx, t, map, "by", T_TEXT);
    t->cap_day = table_field(cx, t, map, "cap_day", T_NUMBER);
    t->cap_open = table_field(cx, t, map, "cap_open", T_NUMBER);
    return t;
}

static void load_members(Cx *cx, const Node *map, AssignRule *r)
{
    if (!node_is(map, NODE_MAP) || !map->n) {
        cx_issue(cx, node_place(map), "no_people", "`members` is a map such as {li: 2, wu: 1}");
        return;
    }
    r->login = ARENA_ARRAY(cx->a, const char *, map->n);
    r->share = ARENA_ARRAY(cx->a, int64_t, map->n);
    for (int i = 0; i < map->n; i++) {
        int64_t share;
        if (!node_int(map->item[i], &share) || share < 0 || share > 1000000)
            cx_issue(cx, node_place(map->item[i]), "no_amount",
                "a weight is a whole number of at least 0");
        else r->share[r->nmember] = share, r->login[r->nmember++] = map->item[i]->key;
    }
}

static void load_rule(Cx *cx, App *app, Form *form, const Node *n, AssignRule *r)
{
    r->at = n;
    attr_check_keys(cx, n, rule_attrs);
    label_load(cx, n, "label", &r->label);
    expr_attr(cx, n, "if", app_where(app, form, USE_CHECK), T_BOOL, &r->if_);
    const Node *among = node_find(n, "among"), *members = node_find(n, "members"),
        *table = node_find(n, "table"), *role = node_find(n, "role"),
        *hours = node_find(n, "hours");
    if ((among != NULL) + (members != NULL) + (table != NULL) != 1)
        cx_issue(cx, node_place(n), "no_people",
            "a rule has either `among`, `members` or `table`");
    people_load(cx, app, form, n, "among", false, &r->among);
    if (members) load_members(cx, members, r);
    if (table) r->table = load_table(cx, app, form, table);
    if (role) r->role = ref_role(cx, app, node_place(role), node_text(role));
    int by = ref_word(cx, n, "by", assign_words, LEN(assign_words), ASSIGN_ROUND_ROBIN);
    r->by = by < 0 ? ASSIGN_FIRST : (AssignBy)by;
    amount_load(cx, app, form, n, "weight", 0, &r->weight);
    amount_load(cx, app, form, n, "cap_day", 0, &r->cap_day);
    amount_load(cx, app, form, n, "cap_open", 0, &r->cap_open);
    if (hours) r->hours = ref_calendar(cx, app, hours);
}

static Field *load_field(Cx *cx, Form *form, const Node *map)
{
    const Node *n = node_find(map, "field");
    Field *f = n ? ref_field(cx, form, n) : form->owner;
    if (!f) {
        if (!n && !node_find(form->at, "owner"))
            cx_issue(cx, node_place(map), "no_owner", "form `%s` says no `owner`", form->key);
        return NULL;
    }
    if (f->broken || (f->type == &type_user && !f->system)) return f;
    cx_issue(cx, n ? node_place(n) : node_place(map), "does_not_fit",
        "`%s` is no field that holds one user", f->key);
    return NULL;
}

Assign *assign_load(Cx *cx, App *app, Form *form, const Node *map)
{
    Assign *a = ARENA_NEW(cx->a, Assign);
    const Node *rules = node_find(map, "rules");
    int issues = cx->nissue;
    *a = (Assign){ .form = form, .at = map };
    if (!node_is(map, NODE_MAP)) {
        cx_issue(cx, node_place(map), "wrong_kind", "`assign` is {rules: […]}");
        return NULL;
    }
    attr_check_keys(cx, map, assign_attrs);
    a->field = load_field(cx, form, map);
    if (!ref_list(cx, rules) || !rules->n) {
        if (!rules || node_is(rules, NODE_LIST))
            cx_issue(cx, node_place(map), "no_rules", "`assign` needs `rules`");
        return NULL;
    }
    a->rule = ARENA_ARRAY(cx->a, AssignRule, rules->n);
    for (int i = 0; i < rules->n; i++) {
        if (!ref_map(cx, rules->item[i])) continue;
        a->rule[a->nrule].key = arena_printf(cx->a, "%d", i + 1);
        load_rule(cx, app, form, rules->item[i], &a->rule[a->nrule++]);
    }
    open_load(cx, app, form, map, &a->open);
    people_load(cx, app, form, map, "else", false, &a->other);
    texts_load(cx, node_find(map, "text"), app_where(app, form, USE_TIME), &a->label_text,
        &a->texts, &a->ntext);
    return cx->nissue == issues && a->field ? a : NULL;
}

bool step_load_assign(Cx *cx, App *app, Form *form, const Node *n, Step *s)
{
    const Node *own = form ? node_find(form->at, "assign") : NULL;
    bool by_form = false;

    if (!form) return cx_issue(cx, node_place(n), "no_record", "there is no record to assign here");
    if (node_bool(n, &by_form) && by_form && !own)
        return cx_issue(cx, node_place(n), "no_rules", "the form has no `assign` of its own");
    s->own = assign_load(cx, app, form, by_form ? own : n);
    return s->own != NULL;
}

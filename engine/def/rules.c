/*
 * rules.c — unique combinations, checks over several fields, duplicates.
 */
#include "def/rules.h"
#include "def/types.h"
#include "def/value.h"

static const char *const then_words[] = { "block", "warn" };

const Attr check_attrs[] = {
    { "that", ATTR_EXPR, "what must hold whenever a record is saved", "that: \"amount > 0\"",
      .flags = ATTR_NEEDED },
    { "message", ATTR_LABEL, "what to say when it does not", "message: Too little" },
    { "fields", ATTR_FIELDS, "where it is said", "fields: [amount]", .label = "Said at" },
    { 0 },
};

const Attr duplicate_attrs[] = {
    { "match", ATTR_FIELDS, "records alike in these fields are duplicates",
      "match: [name, customer]", .flags = ATTR_NEEDED },
    { "then", ATTR_CHOICE, "block refuses the record, warn asks first", "then: block",
      ATTR_WORDS(then_words), .label = "When one is found" },
    { 0 },
};

/* Fields that can be compared: one stored value each. */
static bool scalars(Cx *cx, const Node *at, Field *const *field, int n)
{
    for (int i = 0; i < n; i++)
        if (field[i]->name.kind == NAME_LIST || field[i]->name.kind == NAME_ROWS
                || field[i]->name.kind == NAME_PARTS || field_is_bare(field[i]))
            return cx_issue(cx, node_place(at), "does_not_fit",
                "`%s` holds several values and cannot be compared", field[i]->key);
    return n > 0;
}

static void load_unique(Cx *cx, Form *f, const Node *list)
{
    if (!ref_list(cx, list)) return;
    f->unique = ARENA_ARRAY(cx->a, Unique, list->n + 1);
    for (int i = 0; i < list->n; i++) {
        Unique *u = &f->unique[f->nunique];
        const Node *n = list->item[i];
        if (!node_is(n, NODE_LIST))
            cx_issue(cx, node_place(n), "wrong_kind",
                "`unique` is a list of lists of fields such as [[customer, name]]");
        else if (ref_fields(cx, f, n, &u->field, &u->nfield)
                && scalars(cx, n, u->field, u->nfield))
            f->nunique++;
    }
}

static void load_check(Cx *cx, App *app, Form *f, const Node *n)
{
    Check *c = &f->check[f->ncheck];
    ExprWhere where = app_where(app, f, USE_CHECK);
    where.old = true;
    if (!ref_map(cx, n)) return;
    attr_check_keys(cx, n, check_attrs);
    if (!node_find(n, "that")) {
        cx_issue(cx, node_place(n), "no_check", "a check needs `that`, an expression");
        return;
    }
    expr_attr(cx, n, "that", where, T_BOOL, &c->that);
    label_load(cx, n, "message", &c->message);
    ref_fields(cx, f, node_find(n, "fields"), &c->field, &c->nfield);
    if (c->that) f->ncheck++;
}

/* Texts are compared by their folded key, which must then be stored. */
static void fold(Field *f)
{
    if (f->value && f->value->store == STORE_TEXT && f->name.type.kind == T_TEXT && !f->noption)
        f->name.folded = true;
}

static void load_duplicate(Cx *cx, Form *f, const Node *n)
{
    Duplicate *d = &f->duplicate[f->nduplicate];
    if (!ref_map(cx, n)) return;
    attr_check_keys(cx, n, duplicate_attrs);
    const Node *match = node_find(n, "match");
    if (!match) {
        cx_issue(cx, node_place(n), "no_match", "`duplicates` needs `match`, a list of fields");
        return;
    }
    int then = ref_word(cx, n, "then", then_words, LEN(then_words), DUP_WARN);
    d->then = then == DUP_BLOCK ? DUP_BLOCK : DUP_WARN;
    if (!ref_fields(cx, f, match, &d->match, &d->nmatch)
        || !scalars(cx, match, d->match, d->nmatch)) return;
    for (int i = 0; i < d->nmatch; i++) fold(d->match[i]);
    f->nduplicate++;
}

bool form_rules_load(Cx *cx, App *app, Form *f, const Node *n)
{
    const Node *checks = node_find(n, "checks"), *duplicates = node_find(n, "duplicates");
    load_unique(cx, f, node_find(n, "unique"));
    if (ref_list(cx, checks)) {
        f->check = ARENA_ARRAY(cx->a, Check, checks->n + 1);
        for (int i = 0; i < checks->n; i++) load_check(cx, app, f, checks->item[i]);
    }
    if (ref_list(cx, duplicates)) {
        f->duplicate = ARENA_ARRAY(cx->a, Duplicate, duplicates->n + 1);
        for (int i = 0; i < duplicates->n; i++) load_duplicate(cx, f, duplicates->item[i]);
    }
    return true;
}

/*
 * prove_text.c — each text of the app in each of its languages.
 *
 * The tables of keys say where labels stand, so that a new one is looked at without a line here.
 * A text without languages is for all of them.
 */
#include "def/prove_in.h"
#include "def/types.h"

#include <string.h>

static void walk(Prove *p, const Node *map, const Attr *table);

void prove_label(Cx *cx, const App *app, Place at, const Label *label)
{
    for (int i = 0; i < app->nlanguage && label->n; i++) {
        bool there = false;
        for (int k = 0; k < label->n; k++)
            there |= !*label->lang[k] || str_eq(label->lang[k], app->language[i]);
        if (!there)
            cx_issue(cx, at, "no_translation", "the text in `%s` is missing", app->language[i]);
    }
}

static void one(Prove *p, const Node *n)
{
    Label label;
    Cx quiet = cx_begin(p->cx->a, NULL);
    if (node_is(n, NODE_MAP) && label_load_node(&quiet, n, &label))
        prove_label(p->cx, p->app, node_place(n), &label);
}

/* Of what people see by its name: without a label that name is all they get. */
static void has_label(Prove *p, const Node *n, const char *name)
{
    if (p->app->nlanguage > 1 && node_blank(node_find(n, "label")))
        cx_issue(p->cx, n->key_at ? node_key_place(n) : node_place(n), "no_label",
            "`%s` has no label", name);
}

static void field(Prove *p, const Node *n)
{
    const FieldType *type = field_type_find(node_text(node_find(n, "type")));
    has_label(p, n, n->key);
    walk(p, n, field_common_attrs());
    if (type && type->attr) walk(p, n, type->attr);
}

/* What stands in a list has no name that people would read instead of a label. */
static void variant(Prove *p, const AttrVariants *v, const Node *n)
{
    const AttrVariant *one = attr_variant_of(v, n);
    if (n->key) has_label(p, n, n->key);
    if (one) walk(p, n, one->attr);
}

/* One word that is a name (web, on_hold) has a meaning to translate; 2026, A4 or 50 % not. */
static void option(Prove *p, const Node *n)
{
    for (int i = 0; node_is(n, NODE_LIST) && i < n->n; i++) option(p, n->item[i]);
    const char *value = node_text(node_is(n, NODE_MAP) ? node_find(n, "value") : n);
    if (value && strspn(value, "abcdefghijklmnopqrstuvwxyz_") == strlen(value))
        has_label(p, n, value);
    walk(p, n, option_attrs);
}

static void item(Prove *p, const Attr *attr, const Node *n)
{
    bool named = attr->of == stage_attrs || attr->of == transition_attrs || attr->of == role_attrs;
    if (str_in(attr->shape, (const char *const[]){ "field", "row_field" }, 2)) field(p, n);
    else if (attr_variants(attr->shape)) variant(p, attr_variants(attr->shape), n);
    else if (str_eq(attr->shape, "step")) walk(p, n, step_attrs);
    if (named) has_label(p, n, n->key);
    if (attr->of) walk(p, n, attr->of);
}

static void walk(Prove *p, const Node *map, const Attr *table)
{
    for (const Attr *a = table; a->key && node_is(map, NODE_MAP); a++) {
        const Node *n = node_find(map, a->key);
        bool many = a->kind == ATTR_LIST || a->kind == ATTR_EACH || a->kind == ATTR_OPTIONS;
        if (a->kind == ATTR_LABEL) one(p, n);
        if (a->kind == ATTR_MAP && a->of) walk(p, n, a->of);
        for (int i = 0; n && many && i < n->n; i++) {
            if (a->kind == ATTR_OPTIONS) option(p, n->item[i]);
            else item(p, a, n->item[i]);
        }
    }
}

void prove_texts(Prove *p)
{
    walk(p, p->app->file, app_attrs);
    for (int i = 0; i < p->app->nform; i++) {
        const Form *f = p->app->form[i];
        if (f->builtin) continue;
        has_label(p, f->at, f->key);
        walk(p, f->at, form_attrs);
    }
    for (int i = 0; i < p->app->nworkflow; i++)
        walk(p, p->app->workflow[i]->at, workflow_attrs);
}

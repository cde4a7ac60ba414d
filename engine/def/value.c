/*
 * value.c — literals are read as the field reads what people send, so that a default can
 * never be a value that a person could not enter.
 */
#include "def/value.h"
#include "def/types.h"

#include <string.h>

bool expr_node(Cx *cx, const Node *n, ExprWhere where, TypeKind want, Expr **out)
{
    const char *text = node_text(n);
    if (!text || !*text)
        return cx_issue(cx, node_place(n), "wrong_kind", "an expression is expected here");
    where.want = (Type){ .kind = want };
    Expr *e = expr_load(cx, n, text, &where);
    if (!e) return false;
    *out = e;
    return true;
}

bool expr_attr(Cx *cx, const Node *map, const char *key, ExprWhere where, TypeKind want,
    Expr **out)
{
    const Node *n = node_find(map, key);
    return !n || expr_node(cx, n, where, want, out);
}

bool flag_load(Cx *cx, const Node *map, const char *key, ExprWhere where, Flag *out)
{
    const Node *n = node_find(map, key);
    if (!n) return true;
    if (node_bool(n, &out->on)) return true;
    out->on = true;
    return expr_node(cx, n, where, T_BOOL, &out->expr);
}

/* Issues stand on the field when people send values; here they stand at the line. */
static bool literal(Cx *cx, const Field *f, const Node *n, Val *out)
{
    Cx inner = cx_begin(cx->a, cx->lang);
    bool flag;
    if (f->value == &type_boolean && !node_bool(n, &flag))
        return cx_issue(cx, node_place(n), "no_boolean", "is neither true nor false");
    bool read = field_read(&inner, f, n, f->form->app->zone, out);
    if (read) field_check(&inner, f, *out);
    for (int i = 0; i < inner.nissue; i++)
        cx_issue(cx, node_place(n), inner.issue[i].code, "%s", inner.issue[i].text);
    return !inner.nissue;
}

/* A list is set by a list of its kind, or by one of its items. */
static bool gives_items(Cx *cx, const Field *f, const Node *n, Type t)
{
    Type want = f->name.type;
    TypeKind kind = t.kind == T_LIST ? t.of : t.kind;
    if (kind == T_ANY || (kind == want.of && (!t.form || !want.form || t.form == want.form)))
        return true;
    return cx_issue(cx, node_place(n), "wrong_type", "`%s` is %s, but this is %s", f->key,
        type_said(cx, want), type_said(cx, t));
}

bool value_load(Cx *cx, const Field *f, const Node *n, ExprWhere where, bool text, Value *out)
{
    const char *t = node_text(n);
    *out = (Value){ .given = true, .at = n };
    if (t && *t == '=' && f->type->store == STORE_PARTS)
        return cx_issue(cx, node_place(n), "does_not_fit",
            "the value of `%s` is a map of its parts, not an expression", f->key);
    if (t && *t == '=') {
        bool list = f->name.type.kind == T_LIST;
        if (!list) where.want = f->name.type;
        out->expr = expr_load(cx, n, t + 1, &where);
        return out->expr && (!list || gives_items(cx, f, n, expr_type(out->expr)));
    }
    if (text && t && strchr(t, '{') && f->name.type.kind == T_TEXT) {
        out->expr = expr_load_text(cx, n, t, &where);
        return out->expr != NULL;
    }
    return f->broken || literal(cx, f, n, &out->val);
}

static bool one_text(Cx *cx, const Node *n, const ExprWhere *where, const char *text,
    Expr **out)
{
    *out = expr_load_text(cx, n, text, where);
    return *out != NULL;
}

bool texts_load(Cx *cx, const Node *n, ExprWhere where, Label *label, Expr ***texts, int *count)
{
    *count = 0;
    if (!label_load_node(cx, n, label)) return false;
    *texts = ARENA_ARRAY(cx->a, Expr *, label->n + 1);
    bool fine = true;
    for (int i = 0; i < label->n; i++) {
        const Node *at = n->kind == NODE_MAP ? node_find(n, label->lang[i]) : n;
        fine &= one_text(cx, at, &where, label->text[i], &(*texts)[i]);
    }
    *count = label->n;
    return fine;
}

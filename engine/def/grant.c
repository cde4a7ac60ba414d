/*
 * grant.c — permissions of a form: scopes become expressions, so that one compiler serves all.
 *
 * A blank owner is nobody's: `blank = blank` is true in the language, so the scopes say that
 * the owner must be there.
 */
#include "def/form.h"
#include "def/value.h"

static const char *const scopes[] = { "none", "own", "department", "subtree", "all" };

static const char *scope_text(Arena *a, const Form *f, ScopeKind kind)
{
    const char *o = f->owner->key;
    bool list = f->owner->name.kind == NAME_LIST;
    if (kind == SCOPE_OWN)
        return list ? arena_printf(a, "%s contains me()", o)
            : arena_printf(a, "%s = me() and %s != blank", o, o);
    if (list)
        return arena_printf(a, "count_if(%s in my_people()) > 0", o);
    if (kind == SCOPE_SUBTREE) return arena_printf(a, "%s in my_people()", o);
    return arena_printf(a, "%s != blank and (%s = me() or (my_department() != blank and "
            "%s.department = my_department()))", o, o, o);
}

static bool load_scope(Cx *cx, App *app, Form *f, const Node *n, Scope *out)
{
    const char *text = node_text(n);
    bool flag;
    out->at = n;
    if (node_bool(n, &flag)) {
        out->kind = flag ? SCOPE_ALL : SCOPE_NONE;
        return true;
    }
    ExprWhere where = app_where(app, f, USE_PERMISSION);
    for (int i = 0; i < LEN(scopes); i++) {
        if (!str_eq(text, scopes[i])) continue;
        if (i == SCOPE_NONE || i == SCOPE_ALL) {
            out->kind = (ScopeKind)i;
            return true;
        }
        if (!f->owner && node_find(f->at, "owner")) return false;   /* told there */
        if (!f->owner)
            return cx_issue(cx, node_place(n), "no_owner", "`%s` needs an owner: say "
                "`owner: FIELD` in the form", text);
        where.want = (Type){ .kind = T_BOOL };
        out->expr = expr_load(cx, n, scope_text(cx->a, f, (ScopeKind)i), &where);
        if (out->expr) out->kind = (ScopeKind)i;
        return out->expr != NULL;
    }
    const char *near = text ? str_nearest(text, scopes, LEN(scopes)) : NULL;
    if (near && !form_field(f, text))
        return cx_issue(cx, node_place(n), "unknown_word", "unknown scope `%s`; did you "
            "mean `%s`?", text, near);
    if (!expr_node(cx, n, where, T_BOOL, &out->expr)) return false;
    out->kind = SCOPE_EXPR;
    return true;
}

static bool load_right(Cx *cx, App *app, Form *f, const Node *n, FieldRight *out)
{
    static const char *const words[] = { "full", "readonly", "masked", "hidden" };
    static const char *const known[] = { "read", NULL };
    out->field = ref_field_name(cx, f, node_key_place(n), n->key);
    if (n->kind == NODE_MAP) {
        node_check_keys(cx, n, known, NULL);
        if (!node_find(n, "read"))
            return cx_issue(cx, node_place(n), "no_right", "{read: expression} is expected");
        return expr_attr(cx, n, "read", app_where(app, f, USE_PERMISSION), T_BOOL, &out->read)
            && out->field;
    }
    const char *text = node_text(n);
    for (int i = 0; i < LEN(words); i++) {
        if (!str_eq(text, words[i])) continue;
        out->right = (Right)i;
        return out->field != NULL;
    }
    return ref_unknown(cx, node_place(n), "unknown_word",
        "`%s` is no right on a field; it is readonly, masked, hidden or {read: expression}",
        "`%s` is no right on a field; did you mean `%s`?", text ? text : "?", words,
        LEN(words));
}

static void load_grant(Cx *cx, App *app, Form *f, const Node *n, Grant *g)
{
    const char *known[ACT_COUNT + 2] = { "fields" };
    for (int i = 0; i < ACT_COUNT; i++) known[i + 1] = act_name[i];
    g->at = n;
    node_check_keys(cx, n, known, NULL);
    for (int i = 0; i < ACT_COUNT; i++) {
        const Node *at = node_find(n, act_name[i]);
        if (!at) continue;
        load_scope(cx, app, f, at, &g->scope[i]);
        if (i == ACT_SHARE && g->scope[i].expr)
            cx_issue(cx, node_place(at), "does_not_fit", "`share` is true or false");
    }
    const Node *fields = node_find(n, "fields");
    if (!ref_map(cx, fields)) return;
    g->right = ARENA_ARRAY(cx->a, FieldRight, fields->n + 1);
    for (int i = 0; i < fields->n; i++)
        if (load_right(cx, app, f, fields->item[i], &g->right[g->nright])) g->nright++;
}

bool grants_load(Cx *cx, App *app, Form *f, const Node *n)
{
    if (!ref_map(cx, n)) return !n;
    f->grant = ARENA_ARRAY(cx->a, Grant, n->n + 1);
    for (int i = 0; i < n->n; i++) {
        const Node *one = n->item[i];
        Role *role = ref_role(cx, app, node_key_place(one), one->key);
        if (role && role == app_role(app, "admin"))
            cx_issue(cx, node_key_place(one), "does_not_fit",
                "`admin` has every right; it needs no entry");
        if (!ref_map(cx, one) || !role) continue;
        f->grant[f->ngrant].role = role;
        load_grant(cx, app, f, one, &f->grant[f->ngrant++]);
    }
    return true;
}

/*
 * grant.c — permissions of a form: scopes become expressions, so that one compiler serves all.
 *
 * A blank owner is nobody's: `blank = blank` is true in the language, so the scopes say that
 * the owner must be there.
 */
#include "def/form.h"
#include "def/value.h"

static const char *const scopes[] = { "none", "own", "department", "subtree", "all" };
static const char *const rights[] = { "full", "readonly", "masked", "hidden" };

#define SCOPE ATTR_SHAPE, .shape = "scope", ATTR_WORDS(scopes)
/* The scopes in the order of Act, then the rights on single fields. */
const Attr grant_attrs[] = {
    { "read", SCOPE, .help = "which records may be read: none, own, department, subtree, all or an "
      "expression", .example = "read: own" },
    { "create", SCOPE, .help = "may records be made: true, false or an expression on the new one",
      .example = "create: true" },
    { "update", SCOPE, .help = "which records may be changed",
      .example = "update: \"owner = me() and amount < 1000\"", .label = "Change" },
    { "delete", SCOPE, .help = "which records may go to the bin", .example = "delete: own" },
    { "export", SCOPE, .help = "which records may be exported", .example = "export: subtree" },
    { "import", SCOPE, .help = "may files be imported", .example = "import: true" },
    { "batch", SCOPE, .help = "which records may be changed many at once",
      .example = "batch: department" },
    { "share", ATTR_BOOL, "may saved views be shared with roles", "share: true" },
    { "fields", ATTR_EACH, "rights on single fields: readonly, masked, hidden or {read: "
      "expression}", "fields: {amount: readonly, budget: hidden, phone: {read: \"owner = me()\"}}",
      .shape = "right", ATTR_WORDS(rights),
      .flags = ATTR_REFS },
    { 0 },
};

const Attr right_attrs[] = {
    { "read", ATTR_EXPR, "seen and changed only where it holds", "read: \"owner = me()\"",
      .flags = ATTR_NEEDED },
    { 0 },
};

static const char *scope_text(Arena *a, const Form *f, ScopeKind kind)
{
    const char *o = f->owner->key;
    bool list = f->owner->name.kind == NAME_LIST;
    if (kind == SCOPE_OWN)
        return list ? arena_printf(a, "%s contains me()", o)
            : arena_printf(a, "%s = me() and %s != blank", o, o);
    if (list && kind == SCOPE_SUBTREE)
        return arena_printf(a, "count_if(%s, id in my_people()) > 0", o);
    if (list)
        return arena_printf(a, "%s contains me() or (my_department() != blank and "
            "count_if(%s, department = my_department()) > 0)", o, o);
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
    out->field = ref_field_name(cx, f, node_key_place(n), n->key);
    if (n->kind == NODE_MAP) {
        attr_check_keys(cx, n, right_attrs);
        if (!node_find(n, "read"))
            return cx_issue(cx, node_place(n), "no_right", "{read: expression} is expected");
        return expr_attr(cx, n, "read", app_where(app, f, USE_PERMISSION), T_BOOL, &out->read)
            && out->field;
    }
    const char *text = node_text(n);
    for (int i = 0; i < LEN(rights); i++) {
        if (!str_eq(text, rights[i])) continue;
        out->right = (Right)i;
        return out->field != NULL;
    }
    return ref_unknown(cx, node_place(n), "unknown_word",
        "`%s` is no right on a field; it is readonly, masked, hidden or {read: expression}",
        "`%s` is no right on a field; did you mean `%s`?", text ? text : "?", rights,
        LEN(rights));
}

static void load_grant(Cx *cx, App *app, Form *f, const Node *n, Grant *g)
{
    g->at = n;
    attr_check_keys(cx, n, grant_attrs);
    for (int i = 0; i < ACT_COUNT; i++) {
        const Node *at = node_find(n, act_name[i]);
        if (!at) continue;
        load_scope(cx, app, f, at, &g->scope[i]);
        if (i == ACT_SHARE && g->scope[i].expr)
            cx_issue(cx, node_place(at), "does_not_fit", "`share` is true or false");
    }
    rights_load(cx, app, f, node_find(n, "fields"), g);
}

void rights_load(Cx *cx, App *app, Form *f, const Node *fields, Grant *g)
{
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

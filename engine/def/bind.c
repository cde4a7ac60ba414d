/*
 * bind.c — a field among other fields and forms: its type first, then its expressions.
 */
#include "def/form.h"
#include "def/types.h"

void field_set_type(Field *f)
{
    const FieldType *v = f->value;
    Type t = { .kind = T_ANY, .decimals = -1 };
    if (v && !f->broken) {
        const Field *like = f->like ? f->like : f;
        t.kind = v->type;
        t.of = v->of;
        if (t.kind == T_NUMBER) t.decimals = like->decimals;
        bool refers = v->store == STORE_REF || t.of == T_RECORD;
        if (refers && f->to) t.form = &f->to->names;
        if (v->store == STORE_ROWS && f->rows) t.form = &f->rows->names;
        else if (refers && !f->to) t.kind = T_ANY;
    }
    f->name.type = t;
    f->name.target = t.form;
    f->name.kind = NAME_COLUMN;
    if (f->type->store == STORE_LIST) f->name.kind = NAME_LIST;
    if (f->type->store == STORE_ROWS) f->name.kind = NAME_ROWS;
    if (f->type->store == STORE_PARTS) f->name.kind = NAME_PARTS;
    if (f->type == &type_stage) f->name.kind = NAME_STAGE;
    if (f->type->store == STORE_NONE && !f->computed) f->name.kind = NAME_NONE;
}

bool field_link(Cx *cx, App *app, Field *f)
{
    if (f->state == 2) return !f->broken;
    if (f->state == 1) {
        f->broken = true;
        return cx_issue(cx, node_key_place(f->at), "ring",
            "`%s` leads back to itself", f->key);
    }
    f->state = 1;
    int issues = cx->nissue;
    if (f->type->link && (f->system || node_find(f->at, "type")))
        f->type->link(cx, app, f, f->at);
    if (cx->nissue > issues) f->broken = true;
    if (!f->value) {
        f->broken = true;
        f->value = &type_text;
    }
    if (!f->like) f->like = f;
    bool folds = f->search || f->unique || f->index;
    if (f->computed)
        f->name.folded = folds && f->value->store == STORE_TEXT && f->value->type == T_TEXT
            && f->like->type != &type_choice && f->value != &type_stage;
    f->state = 2;
    field_set_type(f);
    return !f->broken;
}

static bool bind_unique(Cx *cx, Field *f, const Node *n)
{
    static const char *const known[] = { "within", NULL };
    if (!n || n->kind != NODE_MAP) return true;
    node_check_keys(cx, n, known, NULL);
    if (!node_find(n, "within"))
        return cx_issue(cx, node_place(n), "no_within",
            "`unique` is true or {within: field}");
    f->within = ref_field(cx, f->form, node_find(n, "within"));
    if (f->within == f)
        return cx_issue(cx, node_place(node_find(n, "within")), "within_itself",
            "`%s` cannot be unique within itself", f->key);
    NameKind kind = f->within ? f->within->name.kind : NAME_COLUMN;
    if (kind != NAME_COLUMN && kind != NAME_STAGE)
        return cx_issue(cx, node_place(node_find(n, "within")), "does_not_fit",
            "`%s` holds several values and cannot be compared", f->within->key);
    return f->within != NULL;
}

bool field_bind(Cx *cx, App *app, Field *f)
{
    const Node *n = f->at;
    if (f->system || !n || n->kind != NODE_MAP) return true;
    int issues = cx->nissue;
    ExprWhere where = app_where(app, f->form, USE_CHECK);
    where.old = true;
    flag_load(cx, n, "required", where, &f->required);
    flag_load(cx, n, "readonly", where, &f->readonly);
    flag_load(cx, n, "visible", where, &f->visible);
    expr_attr(cx, n, "check", where, T_BOOL, &f->check);
    bind_unique(cx, f, node_find(n, "unique"));
    const Node *preset = node_find(n, "default");
    if (preset && !f->type->computed && f->type->store != STORE_ROWS)
        value_load(cx, f, preset, app_where(app, f->form, USE_DEFAULT), false, &f->preset);
    if (f->type->bind && !f->broken) f->type->bind(cx, app, f, n);
    return cx->nissue == issues;
}

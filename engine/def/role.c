/*
 * role.c — roles of app.yaml after the three that every app has; includes are closed here, so
 * that nobody has to walk them later.
 */
#include "def/role.h"
#include "def/app.h"
#include "def/ref.h"

const char *const act_name[ACT_COUNT] = {
    "read", "create", "update", "delete", "export", "import", "batch", "share",
};

const Attr role_attrs[] = {
    { "label", ATTR_LABEL, "what people call it", "label: {en: Manager, zh: 经理}" },
    { "was", ATTR_TEXT, "its former name: people keep the role on renaming", "was: old_name" },
    { "includes", ATTR_TEXTS, "roles whose rights it has too", "includes: [sales]" },
    { 0 },
};

static const struct { const char *key, *en, *zh; } builtin[] = {
    { "admin", "Administrator", "管理员" }, { "everyone", "Everyone", "所有人" },
    { "public", "Public", "公众" },
};

static void add_builtin(Cx *cx, App *app)
{
    for (int i = 0; i < LEN(builtin); i++) {
        Role *r = &app->role[app->nrole++];
        *r = (Role){ .key = builtin[i].key, .builtin = true };
        label_pair(cx, &r->label, builtin[i].en, builtin[i].zh);
    }
}

static bool has(const Role *r, const Role *other)
{
    for (int i = 0; i < r->ninclude; i++)
        if (r->include[i] == other) return true;
    return false;
}

static void load_includes(Cx *cx, App *app, Role *r)
{
    const Node **each;
    int n;
    const Node *list = r->at->kind == NODE_MAP ? node_find(r->at, "includes") : NULL;
    r->include = ARENA_ARRAY(cx->a, Role *, app->nrole);
    if (!list) return;
    ref_texts(cx, list, &each, &n);
    for (int i = 0; i < n; i++) {
        Role *other = ref_role(cx, app, node_place(each[i]), node_text(each[i]));
        if (!other || has(r, other)) continue;
        if (other == r)
            cx_issue(cx, node_place(each[i]), "ring", "role `%s` includes itself", r->key);
        else if (other->builtin)
            cx_issue(cx, node_place(each[i]), "does_not_fit", "`%s` cannot be included",
                other->key);
        else r->include[r->ninclude++] = other;
    }
}

/* Adds what the included ones include until nothing is new. */
static void close_includes(App *app)
{
    for (bool changed = true; changed; ) {
        changed = false;
        for (int i = 0; i < app->nrole; i++) {
            Role *r = &app->role[i];
            for (int k = 0; k < r->ninclude; k++)
                for (int m = 0; m < r->include[k]->ninclude; m++) {
                    Role *more = r->include[k]->include[m];
                    if (has(r, more) || r->ninclude == app->nrole) continue;
                    r->include[r->ninclude++] = more;
                    changed = true;
                }
        }
    }
}

static void load_one(Cx *cx, App *app, const Node *n)
{
    if (app_role(app, n->key)) {
        cx_issue(cx, node_key_place(n), "twice", "role `%s` exists already", n->key);
        return;
    }
    Role *r = &app->role[app->nrole++];
    *r = (Role){ .key = n->key, .at = n };
    ref_name(cx, n, n->key, 63);
    if (!ref_map(cx, n)) return;
    attr_check_keys(cx, n, role_attrs);
    label_load(cx, n, "label", &r->label);
    node_read_text(cx, n, "was", &r->was);
}

bool roles_load(Cx *cx, App *app, const Node *n)
{
    int count = node_is(n, NODE_MAP) ? n->n : 0;
    app->role = ARENA_ARRAY(cx->a, Role, count + LEN(builtin));
    add_builtin(cx, app);
    ref_map(cx, n);
    for (int i = 0; i < count; i++) load_one(cx, app, n->item[i]);
    for (int i = LEN(builtin); i < app->nrole; i++) load_includes(cx, app, &app->role[i]);
    close_includes(app);
    for (int i = LEN(builtin); i < app->nrole; i++) {
        Role *r = &app->role[i];
        if (!has(r, r)) continue;
        cx_issue(cx, node_key_place(r->at), "ring", "role `%s` includes itself", r->key);
    }
    return true;
}

/*
 * people.c — a bare name is looked up as the header says; anything else is an expression that
 * must give users.
 */
#include "def/people.h"
#include "def/form.h"
#include "def/rewrite.h"
#include "def/value.h"

#include <string.h>

static bool is_word(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n && !text[n] && !(*text >= '0' && *text <= '9');
}

/* What stands between "NAME(" and ")", without quotes; NULL when it is something else. */
static const char *argument(Arena *a, const char *text, const char *name)
{
    size_t n = strlen(name), all = strlen(text);
    if (!str_starts(text, name) || text[n] != '(' || text[all - 1] != ')') return NULL;
    char *in = str_trim(a, arena_dup_n(a, text + n + 1, all - n - 2));
    size_t len = strlen(in);
    bool quoted = len > 1 && strchr("'\"", *in) && in[len - 1] == *in;
    if (quoted) in = arena_dup_n(a, in + 1, len - 2);
    if (!*in || strpbrk(in, "'\"()")) return NULL;
    return quoted || !strpbrk(in, ".,=") ? in : NULL;
}

/* Departments stand for the people in them. */
static bool gives_users(const App *app, Type t)
{
    const Names *user = &app_form(app, "user")->names, *part = &app_form(app, "department")->names;
    if (t.kind == T_ANY) return true;
    bool records = t.kind == T_RECORD || (t.kind == T_LIST && t.of == T_RECORD);
    return records && (!t.form || t.form == user || t.form == part);
}

static bool from_field(Cx *cx, const App *app, const Node *n, Field *f, Who *out)
{
    *out = (Who){ .kind = WHO_FIELD, .field = f };
    if (f->broken || gives_users(app, f->name.type)) return true;
    return cx_issue(cx, node_place(n), "no_people", "`%s` holds no user", f->key);
}

static bool from_expr(Cx *cx, const App *app, const Form *form, const Node *n, Who *out)
{
    ExprWhere where = app_where(app, form, USE_CHECK);
    *out = (Who){ .kind = WHO_EXPR };
    if (!expr_node(cx, n, where, T_ANY, &out->expr)) return false;
    if (gives_users(app, expr_type(out->expr))) return true;
    return cx_issue(cx, node_place(n), "no_people", "people are expected, this is %s",
        type_said(cx, expr_type(out->expr)));
}

static bool from_word(Cx *cx, const App *app, const Form *form, const Node *n,
    const char *word, bool roles_first, Who *out)
{
    Role *role = app_role(app, word);
    Field *f = form ? form_field(form, word) : NULL;
    if (!f && !role) f = rewrite_at(cx, form, node_place(n), word);
    if (!f && !role) role = rewrite_role_at(cx, app, node_place(n), word);
    if (str_eq(word, "owner") && form) {
        if (form->owner) return from_field(cx, app, n, form->owner, out);
        if (!f && !role && node_find(form->at, "owner")) return false;   /* told there */
        if (!f && !role)
            return cx_issue(cx, node_place(n), "no_owner", "form `%s` says no `owner`",
                form->key);
    }
    if (role && (roles_first || !f)) {
        *out = (Who){ .kind = WHO_ROLE, .role = role };
        return true;
    }
    if (f) return from_field(cx, app, n, f, out);
    if (form && form->broken) return false;
    Type named;
    if (!f && app_named((void *)(uintptr_t)app, word, &named)) return from_expr(cx, app, form, n, out);
    const char **known = ARENA_ARRAY(cx->a, const char *, app->nrole + (form ? form->names.n : 0) + 1);
    int count = 0;
    for (int i = 0; i < app->nrole; i++) known[count++] = app->role[i].key;
    for (int i = 0; form && i < form->names.n; i++)
        if (gives_users(app, form->names.name[i]->type))
            known[count++] = form->names.name[i]->key;
    return ref_unknown(cx, node_place(n), "unknown_people", "`%s` is neither a role nor a "
        "user field", "`%s` is neither a role nor a user field; did you mean `%s`?", word,
        known, count);
}

static bool one(Cx *cx, const App *app, const Form *form, const Node *n, bool roles_first,
    Who *out)
{
    const char *text = str_trim(cx->a, node_text(n)), *in;
    if (is_word(text)) return from_word(cx, app, form, n, text, roles_first, out);
    if (form && str_starts(text, "this.") && is_word(text + 5)) {
        Field *f = ref_field_name(cx, form, node_place(n), text + 5);
        return f && from_field(cx, app, n, f, out);
    }
    if ((in = argument(cx->a, text, "role"))) {
        *out = (Who){ .kind = WHO_ROLE, .role = ref_role(cx, app, node_place(n), in) };
        return out->role != NULL;
    }
    if ((in = argument(cx->a, text, "department"))) {
        *out = (Who){ .kind = WHO_DEPARTMENT, .department = in };
        return true;
    }
    return from_expr(cx, app, form, n, out);
}

bool people_load(Cx *cx, App *app, Form *form, const Node *map, const char *key,
    bool roles_first, People *out)
{
    const Node *n = node_find(map, key), **each;
    int count;
    *out = (People){ .at = n };
    if (!n) return true;
    bool fine = ref_texts(cx, n, &each, &count);
    if (fine && !count)
        return cx_issue(cx, node_place(n), "no_people", "`%s` names nobody", key);
    out->who = ARENA_ARRAY(cx->a, Who, count + 1);
    for (int i = 0; i < count; i++) {
        if (one(cx, app, form, each[i], roles_first, &out->who[out->n])) out->n++;
        else fine = false;
    }
    return fine;
}

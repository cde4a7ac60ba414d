/*
 * bind_record — who asks, other people, this record before, and other forms.
 */
#include "expr/tree.h"
#include <string.h>

static const Names *form_named(Binder *b, const char *key)
{
    return b->where->form ? b->where->form(b->where->ctx, key) : NULL;
}

static Type record_of(Binder *b, const char *form)
{
    return (Type){ .kind = T_RECORD, .decimals = -1, .form = form_named(b, form) };
}

static void *wrong_count(Binder *b, const Part *p, const Func *f)
{
    return source_issue(&b->src, p->pos, "arguments", "%s takes (%s)", f->doc.name, f->doc.args);
}

static Term *person(Binder *b, const Part *p, const Func *f, Type t)
{
    Term *x = term_new(b, TERM_CALL, t, p->pos);
    x->fn = f;
    return x;
}

static bool check_role(Binder *b, Term *t)
{
    const ExprWhere *w = b->where;
    if (!t->literal || t->value.kind != VAL_TEXT || !b->where->role) return true;
    if (b->where->role(b->where->ctx, t->value.t)) return true;
    const char *now = w->renamed_role ? w->renamed_role(b->src.cx, w->ctx, t->value.t, b->src.at,
        b->src.text, t->pos) : NULL;
    if (now) t->value = val_text(now);
    if (now) return true;
    source_issue(&b->src, t->pos, "unknown_role", "there is no role %s", t->value.t);
    return false;
}

/* The roles that count as this one, as a list of texts. */
static Term *roles_with(Binder *b, Term *role)
{
    int n = 0;
    const char *const *name = NULL;
    if (role->literal && role->value.kind == VAL_TEXT && b->where->roles_with)
        name = b->where->roles_with(b->where->ctx, role->value.t, &n);
    if (!n) {
        Term *list = term_new(b, TERM_LIST, type_list(role->type), role->pos);
        term_add(b, list, role);
        return list;
    }
    Val *v = ARENA_ARRAY(b->a, Val, n);
    for (int i = 0; i < n; i++) v[i] = val_text(arena_dup(b->a, name[i]));
    return term_value(b, val_list(v, n), type_list(type_plain(T_TEXT)), role->pos);
}

static bool is_subtree(const Part *p)
{
    if (p->kind == PART_PATH) return p->n == 1 && str_eq(p->arg[0]->name, "subtree");
    return p->kind == PART_VALUE && ((p->value.kind == VAL_BOOL && p->value.i)
        || (p->value.kind == VAL_TEXT && str_eq(p->value.t, "subtree")));
}

static Term *my_departments(Binder *b, const Part *p, const Func *f)
{
    Term *t = person(b, p, f, type_list(record_of(b, "department")));
    if (p->n > 1) return wrong_count(b, p, f);
    if (p->n && !is_subtree(p->arg[0]))
        return source_issue(&b->src, p->arg[0]->pos, "arguments",
            "write my_departments() or my_departments(subtree)");
    term_add(b, t, term_value(b, val_bool(p->n == 1), type_plain(T_BOOL), p->pos));
    return t;
}

Term *bind_person(Binder *b, const Part *p, const Func *f)
{
    const char *fn = f->doc.name;
    if (str_eq(fn, "my_departments")) return my_departments(b, p, f);
    if (str_eq(fn, "me") || str_eq(fn, "my_department")) {
        if (p->n) return wrong_count(b, p, f);
        return person(b, p, f, record_of(b, str_eq(fn, "me") ? "user" : "department"));
    }
    if (str_eq(fn, "my_people")) {
        if (p->n) return wrong_count(b, p, f);
        return person(b, p, f, type_list(record_of(b, "user")));
    }
    if (p->n != 1) return wrong_count(b, p, f);
    Term *x = bind_as(b, p->arg[0], type_plain(T_TEXT));
    if (!x) return NULL;
    if (!str_eq(fn, "user") && !check_role(b, x)) return NULL;
    if (str_eq(fn, "has_role")) {
        Term *t = person(b, p, f, type_plain(T_BOOL));
        term_add(b, t, x);
        return t;
    }
    Type user = record_of(b, "user");
    bool role = str_eq(fn, "role");
    if (!user.form)
        return source_issue(&b->src, p->pos, "not_here", "%s() cannot be used here", fn);
    Term *t = person(b, p, f, role ? type_list(user) : user);
    t->form = user.form;
    t->asks = true;
    if (role) x = roles_with(b, x);
    term_add(b, t, x);
    return t;
}

Term *bind_field_of(Binder *b, const Part *p, const Func *f)
{
    bool department = str_eq(f->doc.name, "head_of");
    const char *field = department ? "head"
        : str_eq(f->doc.name, "manager_of") ? "manager" : "department";
    if (p->n != 1) return wrong_count(b, p, f);
    Type want = record_of(b, department ? "department" : "user");
    if (!want.form)
        return source_issue(&b->src, p->pos, "not_here", "%s() cannot be used here",
            f->doc.name);
    Term *x = bind_as(b, p->arg[0], want);
    if (!x) return NULL;
    if (x->type.kind != T_RECORD) return bind_mismatch(b, x->pos, type_show(b->a, want), x->type);
    if (!x->type.form) x->type.form = want.form;
    const Name *name = names_find(want.form, field);
    if (!name)
        return source_issue(&b->src, p->pos, "unknown_field", "%s has no field %s",
            want.form->key, field);
    ExprRead r = { .form = want.form, .name = name };
    if (x->kind == TERM_FIELD && x->name) {
        const Name **path = ARENA_NEW(b->a, const Name *);
        *path = x->name;
        r.path = path;
        r.npath = 1;
    }
    ARENA_PUSH(b->a, b->e->read, b->e->nread, b->e->read_cap, r);
    return term_get(b, x, name, p->pos);
}

/* changed(x) is x != old.x. */
Term *bind_changed(Binder *b, const Part *p, const Func *f)
{
    const Part *x = p->n == 1 ? p->arg[0] : NULL;
    if (!x || x->kind != PART_PATH || x->n != 1)
        return source_issue(&b->src, p->pos, "arguments", "%s takes a field of this record",
            f->doc.name);
    if (!b->where->old)
        return source_issue(&b->src, p->pos, "old", "%s can only be used in checks and rules",
            f->doc.name);
    Part old = { .kind = PART_PATH, .pos = x->pos }, step = { .kind = PART_NAME, .name = "old",
        .pos = x->pos };
    ARENA_PUSH(b->a, old.arg, old.n, old.cap, &step);
    ARENA_PUSH(b->a, old.arg, old.n, old.cap, x->arg[0]);
    Term *before = bind_path(b, &old);
    if (!before || str_eq(f->doc.name, "old")) return before;
    Term *now = bind_path(b, x);
    return now ? term_call(b, "!=", type_plain(T_BOOL), p->pos, now, before) : NULL;
}

Term *bind_title_of(Binder *b, Term *record)
{
    Term *t = term_call(b, "title", type_plain(T_TEXT), record->pos, record, NULL);
    t->form = record->type.form;
    t->asks = true;
    return t;
}

Term *bind_title(Binder *b, const Part *p, const Func *f)
{
    if (p->n > 1) return wrong_count(b, p, f);
    if (!p->n && !b->self)
        return source_issue(&b->src, p->pos, "unknown_field", "there is no record here");
    Term *x = p->n ? bind_part(b, p->arg[0]) : term_row(b, ROOT_THIS, b->self, p->pos);
    if (!x) return NULL;
    if (x->type.kind != T_RECORD) return bind_mismatch(b, x->pos, "record", x->type);
    return bind_title_of(b, x);
}

static const Names *other_form(Binder *b, const Part *p)
{
    const char *key = p->kind == PART_PATH && p->n == 1 ? p->arg[0]->name
        : p->kind == PART_VALUE && p->value.kind == VAL_TEXT ? p->value.t : NULL;
    if (!key) return source_issue(&b->src, p->pos, "arguments", "the name of a form expected");
    const Names *form = form_named(b, key);
    if (!form && b->where->renamed_form)
        form = b->where->renamed_form(b->src.cx, b->where->ctx, key, b->src.at, b->src.text,
            p->pos);
    if (!form) return source_issue(&b->src, p->pos, "unknown_form", "there is no form %s", key);
    return form;
}

/* arg[0] the condition, arg[1] what is taken. */
Term *bind_other(Binder *b, const Part *p, const Func *f)
{
    bool sum = str_eq(f->doc.name, "sum_of"), lookup = str_eq(f->doc.name, "lookup");
    int at = sum || lookup ? 2 : 1;
    if (p->n < (lookup ? 3 : at) || p->n > at + 1) return wrong_count(b, p, f);
    Term *t = term_new(b, TERM_OTHER, type_plain(T_NUMBER), p->pos), *of = NULL;
    t->fn = f;
    t->asks = true;
    if (!(t->form = other_form(b, p->arg[0]))) return NULL;
    if (at == 2 && !(of = bind_inside(b, p->arg[1], t->form, true))) return NULL;
    Term *where = p->n > at ? bind_inside(b, p->arg[at], t->form, true)
        : term_value(b, val_bool(true), type_plain(T_BOOL), p->pos);
    if (!where) return NULL;
    if (where->type.kind != T_BOOL) return bind_mismatch(b, where->pos, "boolean", where->type);
    if (sum && of->type.kind != T_NUMBER) return bind_mismatch(b, of->pos, "number", of->type);
    if (of && of->type.kind == T_LIST) return bind_mismatch(b, of->pos, "one value", of->type);
    if (of) t->type = of->type;
    if (str_eq(f->doc.name, "exists")) t->type = type_plain(T_BOOL);
    term_add(b, t, where);
    if (of) term_add(b, t, of);
    return t;
}

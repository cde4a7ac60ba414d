/*
 * bind — parts to terms: every name is resolved and every type checked, once, at load.
 *
 * A path starts at the row (or `this`, `old`), walks links and ends at a field; after a list
 * (subform, links) the rest of it is taken for each item, so `items.sum` is a list.
 */
#include "expr/tree.h"
#include <string.h>

typedef struct Walk {
    const Name **link; int n, cap;          /* links walked so far */
    Root root;
} Walk;

static bool note_read(Binder *b, const Names *form, const Name *name, const Walk *w, int pos)
{
    Expr *e = b->e;
    if (b->where->allowed && !b->where->allowed(b->where->ctx, form, name)) {
        b->src.failed = true;
        return cx_fail(b->src.cx, E_DENIED, "the field %s may not be used here", name->key);
    }
    if (name->after && b->where->use & USE_STORED) {
        source_issue(&b->src, pos, "not_here",
            "a stored formula may not read %s: it changes with no change of the record", name->key);
        return false;
    }
    if (w->root == ROOT_HERE && !b->in_group && !b->in_other && !b->in_each && !b->loose)
        b->loose = pos + 1;
    ExprRead r = { .form = form, .name = name, .other = b->in_other && w->root == ROOT_HERE,
        .old = w->root == ROOT_OLD, .self = w->root == ROOT_THIS, .npath = w->n };
    if (w->n) {
        const Name **path = ARENA_ARRAY(b->a, const Name *, w->n);
        memcpy(path, w->link, sizeof *path * (size_t)w->n);
        r.path = path;
    }
    ARENA_PUSH(b->a, e->read, e->nread, e->read_cap, r);
    if (r.old) e->flags |= EXPR_OLD;
    return true;
}

static const Name *parent_name(Binder *b, const Names *form)
{
    Name *up = ARENA_NEW(b->a, Name);
    *up = (Name){ .key = "record", .kind = NAME_COLUMN, .column = "record", .index = -1,
        .type = { .kind = T_RECORD, .decimals = -1, .form = form->parent },
        .target = form->parent };
    return up;
}

static const Name *find_name(Binder *b, const Names *form, const char *key, int pos)
{
    const Name *name = names_find(form, key);
    if (name && name->kind == NAME_NONE) return NULL;
    if (!name && form && form->parent && str_eq(key, "record")) return parent_name(b, form);
    if (!name && form && b->where->renamed)
        name = b->where->renamed(b->src.cx, form, key, b->src.at, b->src.text, pos);
    return name;
}

static void *unknown_name(Binder *b, const Names *form, const Part *step)
{
    int n = form ? form->n : 0;
    if (!n)
        return source_issue(&b->src, step->pos, "unknown_field",
            "%s: no field can be named here", step->name);
    const char **key = ARENA_ARRAY(b->a, const char *, n);
    for (int i = 0; i < n; i++) key[i] = form->name[i]->key;
    const char *near = b->where->called ? b->where->called(form, step->name) : NULL;
    if (!near) near = str_nearest(step->name, key, n);
    if (near)
        return source_issue(&b->src, step->pos, "unknown_field",
            "%s has no field %s; did you mean %s?", form->key, step->name, near);
    if (b->in_other && names_find(b->self, step->name))
        return source_issue(&b->src, step->pos, "unknown_field",
            "%s has no field %s; for the current record write this.%s", form->key, step->name,
            step->name);
    return source_issue(&b->src, step->pos, "unknown_field", "%s has no field %s", form->key,
        step->name);
}

static Term *walk_on(Binder *b, Term *at, const Part *p, int i, Walk *w);

/* The same row's part instead of the whole. */
static Term *part_of(Binder *b, const Term *whole, const Name *part)
{
    return whole->kind == TERM_GET ? term_get(b, whole->arg[0], part, whole->pos)
        : term_field(b, whole->root, whole->form, part, whole->pos);
}

/* address.city, or all of them as one text. */
static Term *walk_parts(Binder *b, Term *at, const Part *p, int i, Walk *w)
{
    const Name *whole = at->name;
    if (i < p->n) {
        const char **key = ARENA_ARRAY(b->a, const char *, whole->npart);
        for (int k = 0; k < whole->npart; k++) {
            key[k] = whole->part[k]->key;
            if (str_eq(key[k], p->arg[i]->name))
                return walk_on(b, part_of(b, at, whole->part[k]), p, i + 1, w);
        }
        const char *near = str_nearest(p->arg[i]->name, key, whole->npart);
        return source_issue(&b->src, p->arg[i]->pos, "unknown_field",
            near ? "%s has no part %s; did you mean %s?" : "%s has no part %s", whole->key,
            p->arg[i]->name, near);
    }
    Term *line = term_call(b, "parts", type_plain(T_TEXT), at->pos, NULL, NULL);
    for (int k = 0; k < whole->npart; k++)
        if (!whole->part[k]->quiet) term_add(b, line, part_of(b, at, whole->part[k]));
    return line;
}

/* stage.due is a column of its own; stage.late is that it lies before now(). */
static Term *stage_due(Binder *b, const Term *stage, const Part *step, Walk *w)
{
    const Name *name = find_name(b, stage->form, "stage_due", step->pos);
    if (!name) return unknown_name(b, stage->form, step);
    if (!note_read(b, stage->form, name, w, step->pos)) return NULL;
    Term *due = part_of(b, stage, name);
    if (str_eq(step->name, "due")) return due;
    b->e->flags |= EXPR_NOW;
    return term_call(b, "<", type_plain(T_BOOL), step->pos, due,
        term_call(b, "now", type_plain(T_DATETIME), step->pos, NULL, NULL));
}

/* stage.status, stage.name, stage.due and stage.late */
static Term *walk_stage(Binder *b, Term *at, const Part *p, int i, Walk *w)
{
    static const char *const parts[] = { "name", "status", "due", "late" };
    if (i >= p->n) return at;
    const Part *step = p->arg[i];
    if (i + 1 < p->n || !str_in(step->name, parts, LEN(parts)))
        return source_issue(&b->src, step->pos, "unknown_field",
            "a stage has .name, .status, .due and .late, no %s", step->name);
    if (!str_in(step->name, parts, 2)) return stage_due(b, at, step, w);
    at->part = str_eq(step->name, "status") ? STAGE_STATUS : STAGE_NAME;
    return at;
}

/* The rest of the path for each item of the list. */
static Term *walk_each(Binder *b, Term *list, const Part *p, int i, Walk *w)
{
    const Names *form = list->type.form;
    const Name *name = find_name(b, form, p->arg[i]->name, p->arg[i]->pos);
    if (!name) return unknown_name(b, form, p->arg[i]);
    if (!note_read(b, form, name, w, p->arg[i]->pos)) return NULL;
    Term *inner = walk_on(b, term_field(b, ROOT_HERE, form, name, p->arg[i]->pos), p, i + 1, w);
    if (!inner) return NULL;
    if (inner->type.kind == T_LIST)
        return source_issue(&b->src, p->arg[i]->pos, "type", "this is a list of lists");
    Term *each = term_new(b, TERM_EACH, type_list(inner->type), p->pos);
    term_add(b, each, list);
    term_add(b, each, inner);
    return each;
}

static Term *walk_on(Binder *b, Term *at, const Part *p, int i, Walk *w)
{
    if (at->name && at->name->kind == NAME_STAGE) return walk_stage(b, at, p, i, w);
    if (at->name && at->name->kind == NAME_PARTS) return walk_parts(b, at, p, i, w);
    if (i >= p->n) return at;
    const Part *step = p->arg[i];
    bool list = at->type.kind == T_LIST && at->type.of == T_RECORD;
    if (at->type.kind != T_RECORD && !list)
        return source_issue(&b->src, step->pos, "type", "%s is %s and has no fields",
            p->arg[i - 1]->name, type_said(b->src.cx, at->type));
    if (!at->type.form)
        return source_issue(&b->src, step->pos, "type", "fields cannot be named behind this");
    if (at->name) ARENA_PUSH(b->a, w->link, w->n, w->cap, at->name);
    if (list) return walk_each(b, at, p, i, w);
    const Name *name = find_name(b, at->type.form, step->name, step->pos);
    if (!name) return unknown_name(b, at->type.form, step);
    if (!note_read(b, at->type.form, name, w, step->pos)) return NULL;
    return walk_on(b, term_get(b, at, name, step->pos), p, i + 1, w);
}

static Term *bind_param(Binder *b, const char *name, int pos)
{
    Type t = type_plain(T_ANY);
    if (!b->where->param || !b->where->param(b->where->ctx, name, &t)) return NULL;
    if (t.kind != T_NUMBER && t.of != T_NUMBER) t.decimals = -1;
    Term *x = term_new(b, TERM_PARAM, t, pos);
    x->param = arena_dup(b->a, name);
    b->e->flags |= EXPR_PARAM;
    return x;
}

static Term *bind_this(Binder *b, const Part *p, Root root)
{
    const Names *form = b->self;
    Walk w = { .root = root };
    if (!form)
        return source_issue(&b->src, p->pos, "unknown_field", "there is no record here");
    if (root == ROOT_OLD && !b->where->old)
        return source_issue(&b->src, p->pos, "old", "old can only be used in checks and rules");
    if (p->n == 1) return term_row(b, root, form, p->pos);
    const Name *name = find_name(b, form, p->arg[1]->name, p->arg[1]->pos);
    if (!name) return unknown_name(b, form, p->arg[1]);
    if (!note_read(b, form, name, &w, p->arg[1]->pos)) return NULL;
    return walk_on(b, term_field(b, root, form, name, p->arg[1]->pos), p, 2, &w);
}

/* given.NAME: a value that a form or a web call brought, a param of that name. */
static Term *bind_given(Binder *b, const Part *p, Walk *w)
{
    const Part *name = p->arg[1];
    Term *param = bind_param(b, arena_printf(b->a, "given.%s", name->name), p->pos);
    return param ? walk_on(b, param, p, 2, w) : source_issue(&b->src, name->pos, "unknown_field",
        "no value is given for %s", name->name);
}

Term *bind_path(Binder *b, const Part *p)
{
    const Part *first = p->arg[0];
    Walk w = { .root = ROOT_HERE };
    if (first->kind == PART_CALL) {
        Term *start = bind_call(b, first);
        return start ? walk_on(b, start, p, 1, &w) : NULL;
    }
    const Name *name = find_name(b, b->here, first->name, first->pos);
    if (!name && str_eq(first->name, "this")) return bind_this(b, p, ROOT_THIS);
    if (!name && str_eq(first->name, "old")) return bind_this(b, p, ROOT_OLD);
    if (!name) {
        Term *param = bind_param(b, first->name, p->pos);
        if (param) return walk_on(b, param, p, 1, &w);
        if (p->n > 1 && str_eq(first->name, "given")) return bind_given(b, p, &w);
        const Func *f = p->n == 1 ? func_find(first->name) : NULL;
        if (f && !(f->flags & FN_OP))
            return source_issue(&b->src, p->pos, "unknown_field",
                "there is no field %s; the function is written %s()", first->name, f->doc.name);
        return unknown_name(b, b->here, first);
    }
    if (!note_read(b, b->here, name, &w, p->pos)) return NULL;
    return walk_on(b, term_field(b, ROOT_HERE, b->here, name, p->pos), p, 1, &w);
}

Term *bind_inside(Binder *b, const Part *p, const Names *form, bool other)
{
    const Names *here = b->here;
    bool in_other = b->in_other, in_each = b->in_each;
    b->here = form;
    b->in_other = other || in_other;
    b->in_each = !other || in_each;
    Term *t = bind_part(b, p);
    b->here = here;
    b->in_other = in_other;
    b->in_each = in_each;
    return t;
}

static Term *bind_value(Binder *b, const Part *p)
{
    static const TypeKind kind[] = {
        [VAL_BLANK] = T_ANY, [VAL_BOOL] = T_BOOL, [VAL_INT] = T_NUMBER, [VAL_REAL] = T_NUMBER,
        [VAL_TEXT] = T_TEXT, [VAL_DURATION] = T_DURATION,
    };
    Term *t = term_value(b, p->value, type_plain(kind[p->value.kind]), p->pos);
    t->literal = true;
    return t;
}

static Term *bind_list(Binder *b, const Part *p)
{
    Term *t = term_new(b, TERM_LIST, type_plain(T_LIST), p->pos);
    Type item;
    for (int i = 0; i < p->n; i++) {
        Term *x = bind_part(b, p->arg[i]);
        if (!x) return NULL;
        if (x->type.kind == T_LIST)
            return source_issue(&b->src, x->pos, "type", "a list of lists");
        term_add(b, t, x);
    }
    if (!term_unify(b, t->arg, t->n, &item)) return NULL;
    t->type = type_list(item);
    return t;
}

Term *bind_part(Binder *b, const Part *p)
{
    switch (p->kind) {
    case PART_VALUE: return bind_value(b, p);
    case PART_LIST:  return bind_list(b, p);
    case PART_PATH:  return bind_path(b, p);
    case PART_CALL:  return bind_call(b, p);
    case PART_PARAM: {
        Term *t = bind_param(b, p->name, p->pos);
        return t ? t : source_issue(&b->src, p->pos, "unknown_field",
            "no value is given for %s", p->name);
    }
    case PART_NAME:  break;
    }
    return source_issue(&b->src, p->pos, "syntax", "a value expected");
}

Term *bind_as(Binder *b, const Part *p, Type want)
{
    Term *t = bind_part(b, p), *x = t ? term_coerce(b, t, want) : NULL;
    if (t && !x) {
        if (t->literal && t->type.kind == T_TEXT && want.kind != T_NUMBER && want.kind != T_BOOL)
            return source_issue(&b->src, t->pos, "type", "%s is no %s",
                val_show(b->a, t->value), type_said(b->src.cx, want));
        return bind_mismatch(b, t->pos, type_show(b->a, want), t->type);
    }
    return x;
}

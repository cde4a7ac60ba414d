/*
 * bind_call — functions: arguments by the table's grammar, and those with rules of their own.
 */
#include "expr/tree.h"
#include <string.h>
#include <strings.h>

static void *too_few(Binder *b, const Part *p, const Func *f)
{
    return source_issue(&b->src, p->pos, "arguments", "%s takes (%s)", f->doc.name, f->doc.args);
}

static Term *call_new(Binder *b, const Part *p, const Func *f, Type t)
{
    Term *x = term_new(b, TERM_CALL, t, p->pos);
    x->fn = f;
    return x;
}

/* ---- by the grammar of `args` ---- */

static const struct { const char *word; TypeKind kind; } words[] = {
    { "boolean", T_BOOL }, { "number", T_NUMBER }, { "text", T_TEXT }, { "date", T_DATE },
    { "datetime", T_DATETIME }, { "time", T_TIME }, { "duration", T_DURATION },
    { "record", T_RECORD }, { "list", T_LIST },
};

static Term *fit_unit(Binder *b, Term *t)
{
    static const char *const units[] = { "day", "week", "month", "quarter", "year" };
    if (t->type.kind != T_TEXT && t->type.kind != T_ANY) return NULL;
    if (!t->literal || t->value.kind != VAL_TEXT) return t;
    for (int i = 0; i < LEN(units); i++)
        if (!strcasecmp(units[i], t->value.t)) return t;
    return source_issue(&b->src, t->pos, "unit", "%s is no unit: day, week, month, quarter, year",
        t->value.t);
}

static Term *fit_moment(Binder *b, Term *t, bool clock)
{
    static const TypeKind kinds[] = { T_TIME, T_DATE, T_DATETIME };
    if (t->type.kind == T_DATE || t->type.kind == T_DATETIME) return t;
    if (t->type.kind == T_TIME) return clock ? t : NULL;
    for (int i = clock ? 0 : 1; i < 3; i++) {
        Term *x = term_coerce(b, t, type_plain(kinds[i]));
        if (x) return x;
    }
    return NULL;
}

static Term *fit_word(Binder *b, Term *t, const char *word)
{
    if (str_eq(word, "any")) return t;
    if (str_eq(word, "moment")) return fit_moment(b, t, false);
    if (str_eq(word, "clock")) return fit_moment(b, t, true);
    if (str_eq(word, "unit")) return fit_unit(b, t);
    if (str_eq(word, "list of number"))
        return (t->type.kind == T_LIST && (t->type.of == T_NUMBER || t->type.of == T_ANY))
            || t->type.kind == T_ANY ? t : NULL;
    if (str_eq(word, "list")) return t->type.kind == T_LIST || t->type.kind == T_ANY ? t : NULL;
    for (int i = 0; i < LEN(words); i++)
        if (str_eq(words[i].word, word)) return term_coerce(b, t, type_plain(words[i].kind));
    BUG_IF(true);
}

/* "unit or number" */
static Term *fit(Binder *b, Term *t, char *spec)
{
    char *rest = spec;
    for (char *word; rest; ) {
        word = rest;
        rest = strstr(rest, " or ");
        if (rest) {
            *rest = '\0';
            rest += 4;
        }
        Term *x = fit_word(b, t, word);
        if (rest) word[strlen(word)] = ' ';
        if (x || b->src.failed) return x;
    }
    return bind_mismatch(b, t->pos, spec, t->type);
}

typedef struct Spec { char *type; bool optional, many; } Spec;

static int specs_of(Arena *a, const char *args, Spec *out, int most)
{
    char **piece;
    int n = *args ? str_split(a, args, ',', &piece) : 0;
    BUG_IF(n > most);
    for (int i = 0; i < n; i++) {
        char *s = str_trim(a, piece[i]);
        size_t k = strlen(s);
        out[i] = (Spec){ .type = s };
        if (str_ends(s, "...")) {
            out[i].many = out[i].optional = true;
            s[k -= 3] = '\0';
        }
        if (str_ends(s, "?")) {
            out[i].optional = true;
            s[k - 1] = '\0';
        }
    }
    return n;
}

static Type result_of(const Func *f, const Term *t)
{
    if (str_eq(f->doc.result, "same")) return t->arg[0]->type;
    if (str_eq(f->doc.result, "list of text")) return type_list(type_plain(T_TEXT));
    for (int i = 0; i < LEN(words); i++)
        if (str_eq(words[i].word, f->doc.result)) return type_plain(words[i].kind);
    return type_plain(T_ANY);
}

static Term *bind_by_args(Binder *b, const Part *p, const Func *f)
{
    Spec spec[8];
    int n = specs_of(b->a, f->doc.args, spec, LEN(spec));
    Term *t = call_new(b, p, f, type_plain(T_ANY));
    for (int i = 0; i < n; i++)
        if (!spec[i].optional && i >= p->n) return too_few(b, p, f);
    for (int i = 0; i < p->n; i++) {
        Spec *s = i < n ? &spec[i] : n && spec[n - 1].many ? &spec[n - 1] : NULL;
        if (!s) return too_few(b, p, f);
        Term *x = bind_part(b, p->arg[i]);
        if (x) x = fit(b, x, arena_dup(b->a, s->type));
        if (!x) return NULL;
        term_add(b, t, x);
    }
    t->type = result_of(f, t);
    return t;
}

static void *unknown_function(Binder *b, const Part *p)
{
    const Function *list;
    int n = function_list(&list);
    const char **name = ARENA_ARRAY(b->a, const char *, n);
    for (int i = 0; i < n; i++) name[i] = list[i].name;
    const char *near = str_nearest(p->name, name, n);
    if (near)
        return source_issue(&b->src, p->pos, "unknown_function",
            "there is no function %s; did you mean %s?", p->name, near);
    return source_issue(&b->src, p->pos, "unknown_function", "there is no function %s", p->name);
}

/* record('a'): a value that has a name only in a scenario. */
static Term *bind_named_record(Binder *b, const Part *p)
{
    Type t = type_plain(T_ANY);
    const Part *x = p->n == 1 ? p->arg[0] : NULL;
    if (!b->where->param || !x || x->kind != PART_VALUE || x->value.kind != VAL_TEXT)
        return unknown_function(b, p);
    const char *name = arena_printf(b->a, "record('%s')", x->value.t);
    if (!b->where->param(b->where->ctx, name, &t))
        return source_issue(&b->src, p->pos, "unknown_record", "there is no record %s",
            x->value.t);
    Term *term = term_new(b, TERM_PARAM, t, p->pos);
    term->type.decimals = -1;
    term->param = name;
    b->e->flags |= EXPR_PARAM;
    return term;
}

static bool may_stand_here(Binder *b, const Part *p, const Func *f)
{
    ExprUse use = b->where->use;
    if ((use & USE_STORED) && (f->flags & FN_ME))
        source_issue(&b->src, p->pos, "not_here",
            "a stored formula may not ask %s(): it is the same for everyone", f->doc.name);
    else if ((use & USE_STORED) && (f->flags & FN_OTHER))
        source_issue(&b->src, p->pos, "not_here",
            "a stored formula may not ask %s(): use a rollup", f->doc.name);
    else if ((use & (USE_PERMISSION | USE_FILTER)) && (f->flags & FN_REGEX))
        source_issue(&b->src, p->pos, "not_here", "%s cannot be used in permissions and filters",
            f->doc.name);
    return !b->src.failed;
}

Term *bind_call(Binder *b, const Part *p)
{
    const Func *f = func_find(p->name);
    if (f && (f->flags & FN_OP) && p->called && !f->doc.args) f = NULL;    /* only a sign */
    if (!f && str_eq(p->name, "record")) return bind_named_record(b, p);
    if (!f) return unknown_function(b, p);
    if (!may_stand_here(b, p, f)) return NULL;
    if (f->flags & FN_NOW && !(str_eq(f->doc.name, "age") && p->n > 1)) b->e->flags |= EXPR_NOW;
    if (f->flags & FN_ME) b->e->flags |= EXPR_ME;
    if (f->flags & FN_OTHER) b->e->flags |= EXPR_OTHER;
    if (f->flags & FN_REGEX) b->e->flags |= EXPR_REGEX;
    return f->bind ? f->bind(b, p, f) : bind_by_args(b, p, f);
}

/* ---- choosing ---- */

/* Binds p->arg[i] into t and keeps the values to unify. */
static Term *add_part(Binder *b, Term *t, const Part *p)
{
    Term *x = bind_part(b, p);
    if (x) term_add(b, t, x);
    return x;
}

static bool add_condition(Binder *b, Term *t, const Part *p)
{
    Term *x = bind_as(b, p, type_plain(T_BOOL));
    if (x) term_add(b, t, x);
    return x != NULL;
}

/* The arguments at from, from+step …, and the last one when it stands alone, get one type. */
static bool unify_values(Binder *b, Term *t, int from, bool alone)
{
    Term **v = ARENA_ARRAY(b->a, Term *, t->n + 1);
    int n = 0, k = 0;
    for (int i = from; i < t->n; i += 2) v[n++] = t->arg[i];
    if (alone) v[n++] = t->arg[t->n - 1];
    if (!term_unify(b, v, n, &t->type)) return false;
    for (int i = from; i < t->n; i += 2) t->arg[i] = v[k++];
    if (alone) t->arg[t->n - 1] = v[k];
    return true;
}

Term *bind_if(Binder *b, const Part *p, const Func *f)
{
    bool otherwise = str_eq(f->doc.name, "if") && p->n % 2 == 1;
    if (p->n < 2 || (p->n % 2 && !otherwise)) return too_few(b, p, f);
    Term *t = call_new(b, p, f, type_plain(T_ANY));
    for (int i = 0; i < p->n; i++) {
        bool condition = i % 2 == 0 && !(otherwise && i == p->n - 1);
        if (condition ? !add_condition(b, t, p->arg[i]) : !add_part(b, t, p->arg[i])) return NULL;
    }
    return unify_values(b, t, 1, otherwise) ? t : NULL;
}

Term *bind_switch(Binder *b, const Part *p, const Func *f)
{
    bool otherwise = p->n % 2 == 0;
    if (p->n < 3) return too_few(b, p, f);
    Term *t = call_new(b, p, f, type_plain(T_ANY));
    for (int i = 0; i < p->n; i++)
        if (!add_part(b, t, p->arg[i])) return NULL;
    for (int i = 1; i + 1 < p->n; i += 2)
        if (!term_pair(b, &t->arg[0], &t->arg[i])) return NULL;
    return unify_values(b, t, 2, otherwise) ? t : NULL;
}

Term *bind_coalesce(Binder *b, const Part *p, const Func *f)
{
    Term *t = call_new(b, p, f, type_plain(T_ANY));
    if (!p->n) return too_few(b, p, f);
    for (int i = 0; i < p->n; i++)
        if (!add_part(b, t, p->arg[i])) return NULL;
    return term_unify(b, t->arg, t->n, &t->type) ? t : NULL;
}

Term *bind_regex(Binder *b, const Part *p, const Func *f)
{
    Term *t = bind_by_args(b, p, f);
    const char *why = "";
    if (!t || !t->arg[1]->literal || t->arg[1]->value.kind != VAL_TEXT) return t;
    if (regex_check(b->a, t->arg[1]->value.t, &why)) return t;
    return source_issue(&b->src, t->arg[1]->pos, "pattern", "the pattern is wrong: %s", why);
}

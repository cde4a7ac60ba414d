/*
 * term — building bound terms, and bringing two of them to one type.
 *
 * A text as written becomes a date, time or duration beside one; a date becomes an instant
 * beside one; a computed number is rounded where it meets a stored one. Nothing else is
 * changed silently.
 */
#include "expr/tree.h"
#include "base/decimal.h"
#include <string.h>

Term *term_new(Binder *b, TermKind kind, Type t, int pos)
{
    Term *x = ARENA_NEW(b->a, Term);
    x->kind = kind;
    x->type = t;
    x->pos = pos;
    return x;
}

Term *term_value(Binder *b, Val v, Type t, int pos)
{
    Term *x = term_new(b, TERM_VALUE, t, pos);
    x->value = v;
    return x;
}

/* The row that EACH and OTHER walk over is no row of the outside. */
void term_add(Binder *b, Term *t, Term *arg)
{
    bool inner = (t->kind == TERM_EACH && t->n == 1) || t->kind == TERM_OTHER;
    ARENA_PUSH(b->a, t->arg, t->n, t->cap, arg);
    t->here = t->here || (arg->here && !inner);
    t->self = t->self || arg->self;
    t->old = t->old || arg->old;
    t->asks = t->asks || arg->asks;
}

Term *term_call(Binder *b, const char *fn, Type type, int pos, Term *x, Term *y)
{
    Term *t = term_new(b, TERM_CALL, type, pos);
    t->fn = func_find(fn);
    BUG_IF(!t->fn);
    if (x) term_add(b, t, x);
    if (y) term_add(b, t, y);
    return t;
}

static void mark_root(Term *t, Root root)
{
    t->root = root;
    t->here = root == ROOT_HERE;
    t->self = root == ROOT_THIS;
    t->old = root == ROOT_OLD;
}

Term *term_field(Binder *b, Root root, const Names *form, const Name *name, int pos)
{
    Term *t = term_new(b, TERM_FIELD, name->type, pos);
    if (name->kind == NAME_STAGE) t->type = type_plain(T_TEXT);
    if (name->kind == NAME_ROWS)
        t->type = (Type){ .kind = T_LIST, .of = T_RECORD, .decimals = -1, .form = name->target };
    if (t->type.kind != T_NUMBER && t->type.of != T_NUMBER) t->type.decimals = -1;
    if ((t->type.kind == T_RECORD || t->type.of == T_RECORD) && !t->type.form)
        t->type.form = name->target;
    t->form = form;
    t->name = name;
    mark_root(t, root);
    return t;
}

Term *term_row(Binder *b, Root root, const Names *form, int pos)
{
    Term *t = term_new(b, TERM_FIELD,
        (Type){ .kind = T_RECORD, .decimals = -1, .form = form }, pos);
    t->form = form;
    mark_root(t, root);
    return t;
}

Term *term_get(Binder *b, Term *record, const Name *name, int pos)
{
    Term *t = term_field(b, ROOT_HERE, record->type.form, name, pos);
    t->kind = TERM_GET;
    t->here = false;
    term_add(b, t, record);
    return t;
}

static bool has_offset(const char *text)
{
    const char *t = strpbrk(text, "Tt ");
    return t && strpbrk(t, "Zz+-") != NULL;
}

/* NULL when the text is none of that kind. */
static Term *literal_as(Binder *b, Term *t, Type want)
{
    int64_t i;
    Val d;
    const char *text = val_is_blank(t->value) ? "" : t->value.t;
    if (!*text) return term_value(b, val_blank(), want, t->pos);
    switch (want.kind) {
    case T_DATE:
        return date_parse(text, &i) ? term_value(b, val_date(i), want, t->pos) : NULL;
    case T_DATETIME:
        if (!datetime_parse(text, zone_utc(), &i)) return NULL;
        if (has_offset(text)) return term_value(b, val_datetime(i), want, t->pos);
        return term_call(b, "as_datetime", want, t->pos, t, NULL);
    case T_TIME:
        return time_parse(text, &i) ? term_value(b, val_time(i), want, t->pos) : NULL;
    case T_DURATION:
        return duration_parse(text, &d) ? term_value(b, d, want, t->pos) : NULL;
    default:
        return NULL;
    }
}

static bool same_form(Type a, Type b)
{
    return !a.form || !b.form || a.form == b.form || str_eq(a.form->key, b.form->key);
}

static Term *list_as(Binder *b, Term *t, Type want)
{
    Type have = type_item(t->type), item = type_item(want);
    if (item.kind == T_ANY || have.kind == T_ANY) return t;
    if (have.kind == item.kind) return have.kind != T_RECORD || same_form(have, item) ? t : NULL;
    if (t->kind != TERM_LIST) return NULL;
    for (int i = 0; i < t->n; i++)
        if (!(t->arg[i] = term_coerce(b, t->arg[i], item))) return NULL;
    t->type = want;
    return t;
}

Term *term_coerce(Binder *b, Term *t, Type want)
{
    Type have = t->type;
    if (want.kind == T_ANY) return t;
    if (have.kind == T_ANY) {
        if (t->kind == TERM_VALUE) return term_value(b, t->value, want, t->pos);
        return t;
    }
    if (have.kind == T_LIST && want.kind == T_LIST) return list_as(b, t, want);
    if (have.kind == want.kind) return have.kind != T_RECORD || same_form(have, want) ? t : NULL;
    if (have.kind == T_TEXT && t->literal) return literal_as(b, t, want);
    if (have.kind == T_DATE && want.kind == T_DATETIME)
        return term_call(b, "as_datetime", want, t->pos, t, NULL);
    if (have.kind == T_NUMBER && want.kind == T_RECORD) return t;
    return NULL;
}

void *bind_mismatch(Binder *b, int pos, const char *want, Type have)
{
    return source_issue(&b->src, pos, "type", "%s expected, but this is %s",
        type_words(b->src.cx, want), type_said(b->src.cx, have));
}

static bool unify_two(Type *out, Type t)
{
    if (t.kind == T_ANY) return true;
    if (out->kind == T_ANY) {
        *out = t;
        return true;
    }
    if (out->kind == T_NUMBER && t.kind == T_NUMBER) {
        if (out->decimals != t.decimals) out->decimals = -1;
        return true;
    }
    if (out->kind == T_DATE && t.kind == T_DATETIME) *out = t;
    if (out->kind == T_NUMBER && t.kind == T_RECORD) *out = t;
    if (out->kind == T_RECORD && t.kind == T_NUMBER) return true;
    if (out->kind == T_DATETIME && t.kind == T_DATE) return true;
    if (out->kind == T_LIST && t.kind == T_LIST) {
        Type item = type_item(*out);
        if (!unify_two(&item, type_item(t))) return false;
        *out = type_list(item);
        return true;
    }
    if (out->kind == T_RECORD && t.kind == T_RECORD && !same_form(*out, t)) out->form = NULL;
    return out->kind == t.kind;
}

bool term_unify(Binder *b, Term **t, int n, Type *out)
{
    *out = type_plain(T_ANY);
    for (int pass = 0; pass < 2; pass++)          /* texts as written follow the others */
        for (int i = 0; i < n; i++) {
            bool text = t[i]->literal && t[i]->type.kind == T_TEXT;
            if (text != (pass == 1)) continue;
            if (text && out->kind != T_ANY && out->kind != T_TEXT) continue;
            if (!unify_two(out, t[i]->type)) {
                bind_mismatch(b, t[i]->pos, type_show(b->a, *out), t[i]->type);
                return false;
            }
        }
    for (int i = 0; i < n; i++) {
        Term *x = term_coerce(b, t[i], *out);
        if (!x) {
            if (t[i]->literal)
                source_issue(&b->src, t[i]->pos, "type", "%s is no %s",
                    val_show(b->a, t[i]->value), type_said(b->src.cx, *out));
            else
                bind_mismatch(b, t[i]->pos, type_show(b->a, *out), t[i]->type);
            return false;
        }
        t[i] = x;
    }
    return true;
}

static bool is_computed(const Term *t)
{
    return t->type.kind == T_NUMBER && t->type.decimals < 0 && t->kind != TERM_VALUE;
}

static Term *rounded(Binder *b, Term *t, int decimals)
{
    Type type = { .kind = T_NUMBER, .decimals = decimals };
    Term *digits = term_value(b, val_int(decimals), type_plain(T_NUMBER), t->pos);
    return term_call(b, "round_to", type, t->pos, t, digits);
}

void term_meet(Binder *b, Term **x, Term **y)
{
    if ((*x)->type.kind != T_NUMBER || (*y)->type.kind != T_NUMBER) return;
    if (is_computed(*x) && (*y)->type.decimals >= 0) *x = rounded(b, *x, (*y)->type.decimals);
    else if (is_computed(*y) && (*x)->type.decimals >= 0)
        *y = rounded(b, *y, (*x)->type.decimals);
}

/* A stage or status that there is not is a mistake; say which was probably meant. */
static bool check_stage(Binder *b, const Term *field, const Term *text)
{
    static const char *const status[] = { "open", "won", "lost", "done" };
    if (!field->name || field->name->kind != NAME_STAGE || !text->literal) return true;
    if (val_is_blank(text->value) || text->value.kind != VAL_TEXT) return true;
    const char *const *list = status;
    int n = LEN(status);
    if (field->part == STAGE_NAME) {
        n = field->form ? field->form->nstage : 0;
        const char **stage = ARENA_ARRAY(b->a, const char *, n + 1);
        for (int i = 0; i < n; i++) stage[i] = field->form->stage[i].stage;
        list = stage;
    }
    if (!n || str_in(text->value.t, list, n)) return true;
    const char *near = str_nearest(text->value.t, list, n);
    if (near)
        source_issue(&b->src, text->pos, "unknown_stage",
            "there is no stage or status %s; did you mean %s?", text->value.t, near);
    else
        source_issue(&b->src, text->pos, "unknown_stage", "there is no stage or status %s",
            text->value.t);
    return false;
}

static void normalise(Binder *b, const Term *field, Term **text)
{
    const Name *name = field->kind == TERM_FIELD || field->kind == TERM_GET ? field->name : NULL;
    if (!name || !name->normal || !(*text)->literal || (*text)->value.kind != VAL_TEXT) return;
    const char *t = name->normal(b->a, name, (*text)->value.t);
    if (!t || str_eq(t, (*text)->value.t)) return;
    Term *x = term_value(b, val_text(arena_dup(b->a, t)), (*text)->type, (*text)->pos);
    x->literal = true;
    *text = x;
}

bool term_pair(Binder *b, Term **x, Term **y)
{
    Term *both[2];
    Type out;
    TypeKind kx = (*x)->type.kind, ky = (*y)->type.kind;
    if (!check_stage(b, *x, *y) || !check_stage(b, *y, *x)) return false;
    normalise(b, *x, y);
    normalise(b, *y, x);
    if ((kx == T_RECORD && ky == T_NUMBER) || (kx == T_NUMBER && ky == T_RECORD)) return true;
    if (kx == T_RECORD && ky == T_RECORD && !same_form((*x)->type, (*y)->type)) {
        bind_mismatch(b, (*y)->pos, type_show(b->a, (*x)->type), (*y)->type);
        return false;
    }
    if ((kx == T_RECORD && ky == T_TEXT) || (kx == T_TEXT && ky == T_RECORD)) {
        source_issue(&b->src, (kx == T_TEXT ? *x : *y)->pos, "type",
            "a record is compared with a record or its id, not with text; "
            "for users write user('login')");
        return false;
    }
    both[0] = *x;
    both[1] = *y;
    if (!term_unify(b, both, 2, &out)) return false;
    *x = both[0];
    *y = both[1];
    term_meet(b, x, y);
    return true;
}

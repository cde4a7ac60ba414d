/*
 * rule_filter.c — filters of rules: compiled once per box, with :name filled from arguments.
 *
 * A Lua text may stand for a text or a date. It is bound as a text first and, when the filter
 * does not type-check so, as the date it reads as. The types are part of the key.
 */
#include "data/rule_in.h"
#include "data/perm.h"

#include <stdlib.h>
#include <string.h>

#define MOST_KEPT 256
#define LONGEST_KEPT 4096

/* kind: what each argument was bound as, when texts became dates; NULL: as they come. */
typedef struct Kept { const char *key; const Expr *e; const TypeKind *kind; } Kept;
struct Filters { Kept kept[MOST_KEPT * 2]; int n; };

typedef struct Binding { Work *w; ExprWhere base; Args *args; } Binding;

static const Names *bind_form(void *ctx, const char *name)
{
    Binding *b = ctx;
    return b->base.form(b->base.ctx, name);
}

static bool bind_role(void *ctx, const char *name)
{
    Binding *b = ctx;
    return !b->base.role || b->base.role(b->base.ctx, name);
}

static const char *const *bind_roles_with(void *ctx, const char *role, int *n)
{
    Binding *b = ctx;
    return b->base.roles_with(b->base.ctx, role, n);
}

static bool bind_allowed(void *ctx, const Names *form, const Name *name)
{
    Binding *b = ctx;
    return perm_filterable(b->w, form->form, name->field);
}

static const Arg *arg_find(const Args *args, const char *name)
{
    for (int i = 0; args && i < args->n; i++)
        if (str_eq(args->arg[i].name, name)) return &args->arg[i];
    return NULL;
}

static bool bind_param(void *ctx, const char *name, Type *type)
{
    Binding *b = ctx;
    const Arg *a = arg_find(b->args, name);
    if (a) *type = a->type;
    else *type = (Type){ .kind = T_ANY, .decimals = -1 };
    return *name == ':';                      /* nil is absent from the table: blank */
}

static bool give_param(void *ctx, const char *name, Val *out)
{
    const Arg *a = arg_find(ctx, name);
    *out = a ? a->val : val_blank();
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Arg *)a)->name, ((const Arg *)b)->name);
}

Args rule_args(lua_State *L, int at)
{
    Args args = { 0 };
    int cap = 0;
    if (lua_isnoneornil(L, at)) return args;
    luaL_checktype(L, at, LUA_TTABLE);
    Arena *a = rule_work(L)->cx.a;
    at = lua_absindex(L, at);
    lua_pushnil(L);
    while (lua_next(L, at)) {
        if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "arguments must have names");
        if (args.n >= 50) luaL_error(L, "too many arguments");
        Arg one = { .name = arena_printf(a, ":%s", rule_text(L, -2)) };
        one.val = rule_to_val(L, lua_gettop(L), &one.type);
        ARENA_PUSH(a, args.arg, args.n, cap, one);
        lua_pop(L, 1);
    }
    if (args.n) qsort(args.arg, (size_t)args.n, sizeof *args.arg, by_name);
    return args;
}

/* Texts that read as dates become dates. False when there are none. */
static bool args_as_dates(Work *w, Args *args)
{
    const Zone *zone = w->who.zone ? w->who.zone : w->app->zone;
    bool any = false;
    for (int i = 0; i < args->n; i++) {
        Arg *a = &args->arg[i];
        int64_t t;
        if (a->type.kind != T_TEXT || a->val.kind != VAL_TEXT) continue;
        if (date_parse(a->val.t, &t)) {
            a->val = val_date(t);
            a->type.kind = T_DATE;
        } else if (datetime_parse(a->val.t, zone, &t)) {
            a->val = val_datetime(t);
            a->type.kind = T_DATETIME;
        } else {
            continue;
        }
        any = true;
    }
    return any;
}

/* The same for a filter bound so before; what is no such date is blank. */
static void args_as_bound(Work *w, Args *args, const TypeKind *kind)
{
    const Zone *zone = w->who.zone ? w->who.zone : w->app->zone;
    for (int i = 0; i < args->n; i++) {
        Arg *a = &args->arg[i];
        int64_t day = 0, at = 0;
        bool dated, timed;
        if (a->type.kind != T_TEXT || (kind[i] != T_DATE && kind[i] != T_DATETIME)) continue;
        dated = a->val.kind == VAL_TEXT && date_parse(a->val.t, &day);
        timed = !dated && a->val.kind == VAL_TEXT && datetime_parse(a->val.t, zone, &at);
        a->type.kind = kind[i];
        a->val = val_blank();
        if (kind[i] == T_DATE && (dated || timed))
            a->val = val_date(dated ? day : local_day(at, zone));
        if (kind[i] == T_DATETIME && (dated || timed))
            a->val = val_datetime(timed ? at : local_midnight(day, zone));
    }
}

static const char *key_of(Work *w, const Form *f, const char *text, const Args *args)
{
    Str s = str_begin(w->cx.a);
    str_printf(&s, "%s\n%s", f->key, text);
    for (int i = 0; i < args->n; i++)
        str_printf(&s, "\n%s %d %d %s", args->arg[i].name, args->arg[i].type.kind,
            args->arg[i].type.of, args->arg[i].type.form ? args->arg[i].type.form->key : "");
    return str_show(&s);
}

static Kept *slot_of(Filters *all, const char *key)
{
    uint64_t at = str_hash(key);
    while (all->kept[at % (MOST_KEPT * 2)].key
        && !str_eq(all->kept[at % (MOST_KEPT * 2)].key, key))
        at++;
    return &all->kept[at % (MOST_KEPT * 2)];
}

static const Expr *compile(Work *w, Cx *cx, const Form *f, const char *text, ExprUse use,
    Args *args)
{
    Binding b = { .w = w, .base = app_where(w->app, f, use), .args = args };
    ExprWhere where = b.base;
    where.ctx = &b;
    if (b.base.form) where.form = bind_form;
    if (b.base.role) where.role = bind_role;
    if (b.base.roles_with) where.roles_with = bind_roles_with;
    where.param = bind_param;
    where.allowed = w->as_app ? NULL : bind_allowed;
    if (use == USE_FILTER) where.want = (Type){ .kind = T_BOOL };
    return expr_load(cx, NULL, text, &where);
}

/* *dated: only with texts as dates did it fit. */
static const Expr *compile_or_raise(lua_State *L, Work *w, Arena *into, const Form *f,
    const char *text, ExprUse use, Args *args, bool *dated)
{
    Cx own = cx_begin(into, NULL);
    const Expr *e = compile(w, &own, f, text, use, args);
    *dated = !e && own.err != E_DENIED && args_as_dates(w, args);
    if (*dated) {
        Cx again = cx_begin(into, NULL);
        e = compile(w, &again, f, text, use, args);
    }
    if (e) return e;
    if (own.err == E_DENIED) box_raise(L, &own);
    luaL_error(L, "%s: %s", text, own.nissue ? own.issue[0].text : own.text);
    return NULL;
}

const Expr *rule_expr(lua_State *L, Work *w, const Form *f, const char *text, ExprUse use,
    Args *args)
{
    bool dated;
    return compile_or_raise(L, w, w->cx.a, f, text, use, args, &dated);
}

const Expr *rule_filter(lua_State *L, Work *w, const Form *f, const char *text, Args *args)
{
    RuleHost *h = rule_host(L);
    Arena *keep = box_arena(box_of(L));
    if (!text || !*text) return NULL;
    if (!w->as_app) return rule_expr(L, w, f, text, USE_FILTER, args);
    if (!h->filters) h->filters = ARENA_NEW(keep, Filters);
    const char *key = key_of(w, f, text, args);
    Kept *slot = slot_of(h->filters, key);
    if (slot->key) {
        if (slot->kind) args_as_bound(w, args, slot->kind);
        return slot->e;
    }
    bool dated;
    const Expr *e = compile_or_raise(L, w, w->cx.a, f, text, USE_FILTER, args, &dated);
    if (h->filters->n >= MOST_KEPT || strlen(key) > LONGEST_KEPT) return e;
    /* Again, for the box: what fails must not fill its memory. */
    Cx own = cx_begin(keep, NULL);
    if (!(e = compile(w, &own, f, text, USE_FILTER, args))) luaL_error(L, "%s", own.text);
    TypeKind *kind = dated ? ARENA_ARRAY(keep, TypeKind, args->n + 1) : NULL;
    for (int i = 0; kind && i < args->n; i++) kind[i] = args->arg[i].type.kind;
    *slot = (Kept){ arena_dup(keep, key), e, kind };
    h->filters->n++;
    return e;
}

Asker rule_asker(Work *w, Args *args)
{
    Asker k = *work_asker(w);
    k.param = give_param;
    k.ctx = args;
    return k;
}

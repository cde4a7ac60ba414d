/*
 * js — the bound tree as JSON for web/js/expr.js. Short keys, since pages carry many:
 * k: kind (v f g e l c p o), t: type's sign, r: root (this, old), n: name, p: its part, s: status,
 * v: value, f: function, a: arguments. Kind o is asked of the server.
 */
#include "expr/tree.h"

#include <stdio.h>

static void sign(Json *j, Type t, Arena *a)
{
    Str s = str_begin(a);
    type_sign(&s, t);
    json_key(j, "t");
    json_text(j, str_show(&s));
}

static void value(Json *j, Arena *a, Val v)
{
    char buf[64];
    switch (v.kind) {
    case VAL_BLANK: json_null(j); break;
    case VAL_BOOL:  json_bool(j, v.i != 0); break;
    case VAL_INT: case VAL_REC: json_int(j, v.i); break;
    case VAL_DEC: case VAL_REAL:
        snprintf(buf, sizeof buf, "%.17g", val_number(v));
        json_raw(j, buf);
        break;
    case VAL_LIST:
        json_list(j);
        for (int i = 0; i < v.n; i++) value(j, a, v.list[i]);
        json_list_end(j);
        break;
    default:
        json_text(j, val_show(a, v));
        break;
    }
}

static void term(Json *j, Arena *a, const Term *t)
{
    static const char *const kind[] = { "v", "f", "g", "e", "l", "c", "p", "o", "o" };
    static const char *const root[] = { NULL, "this", "old" };
    json_map(j);
    json_key(j, "k");
    json_text(j, kind[t->kind]);
    sign(j, t->type, a);
    if (t->kind == TERM_VALUE) {
        json_key(j, "v");
        value(j, a, t->value);
    }
    if (t->kind == TERM_FIELD && root[t->root]) {
        json_key(j, "r");
        json_text(j, root[t->root]);
    }
    if (t->name || t->param) {
        const Name *whole = t->name ? t->name->whole : NULL;
        json_key(j, "n");
        json_text(j, whole ? whole->key : t->name ? t->name->key : t->param);
        if (whole) {
            json_key(j, "p");
            json_text(j, t->name->key);
        }
    }
    if (t->part == STAGE_STATUS) {
        json_key(j, "s");
        json_bool(j, true);
    }
    if (t->fn) {
        json_key(j, "f");
        json_text(j, t->fn->doc.name);
    }
    if (t->n) {
        json_key(j, "a");
        json_list(j);
        for (int i = 0; i < t->n; i++) term(j, a, t->arg[i]);
        json_list_end(j);
    }
    json_map_end(j);
}

void expr_json(const Expr *e, Json *out)
{
    Arena *a = arena_new();
    term(out, a, e->root);
    arena_free(a);
}

/*
 * query_filter.c — what people type: filters, words to look for, lists of expressions.
 *
 * Names are checked for rights while the text is bound. Through links and in other forms an
 * expression sees only the records this person may read: what one may not read must not be
 * told by counting.
 */
#include "data/query_in.h"
#include "data/passed.h"

#include <string.h>

typedef struct Typed {
    Work *w;
    const Form *form;
    ExprWhere base;
    const ListAsk *params;
} Typed;

static const Names *form_names(void *ctx, const char *name)
{
    const Typed *t = ctx;
    return t->base.form ? t->base.form(t->base.ctx, name) : NULL;
}

static bool known_role(void *ctx, const char *name)
{
    const Typed *t = ctx;
    return !t->base.role || t->base.role(t->base.ctx, name);
}

static bool known_param(void *ctx, const char *name, Type *type)
{
    const Typed *t = ctx;
    const ListAsk *p = t->params;
    return p && p->param && p->param(p->ctx, name, type);
}

static bool allowed(void *ctx, const Names *names, const Name *name)
{
    const Typed *t = ctx;
    const Form *f = names->form;

    if (!f || !name->field) return true;
    if (f->parent) {
        name = &f->in->name;
        f = f->parent;
    }
    if (f != t->form && !perm_may(t->w, f, ACT_READ)) return false;
    return perm_filterable(t->w, f, name->field);
}

Expr *query_expr(Work *w, const Form *f, const char *text, ExprUse use, Type want,
    const ListAsk *params)
{
    Typed t = { w, f, app_where(w->app, f, use), params };
    ExprWhere where = t.base;

    where.want = want;
    where.form = form_names;
    where.role = known_role;
    where.param = params && params->param ? known_param : NULL;
    where.allowed = w->as_app ? NULL : allowed;
    where.ctx = &t;
    return expr_load(&w->cx, NULL, text, &where);
}

int query_split(Arena *a, const char *text, char ***out)
{
    int n = 0, cap = 0, deep = 0;
    char quote = 0;
    const char *from = text;

    *out = NULL;
    for (const char *p = text;; p++) {
        if (!*p || (*p == ',' && !deep && !quote)) {
            char *piece = str_trim(a, arena_dup_n(a, from, (size_t)(p - from)));
            if (*piece) ARENA_PUSH(a, *out, n, cap, piece);
            from = p + 1;
            if (!*p) return n;
        } else if (quote) {
            if (*p == quote) quote = 0;
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else if (*p == '(' || *p == '[') {
            deep++;
        } else if (*p == ')' || *p == ']') {
            deep--;
        }
    }
}

void query_ids(Sql *q, const char *alias, const char *column, const int64_t *id, int n)
{
    sql_column(q, alias, column);
    if (n == 1) {
        sql_add(q, " = ");
        sql_bind(q, val_int(id[0]));
        return;
    }
    sql_add(q, " IN (");
    for (int i = 0; i < n; i++) {
        if (i) sql_add(q, ", ");
        sql_bind(q, val_int(id[i]));
    }
    sql_add(q, ")");
}

/* ---- q: every word in one of the searchable fields ---- */

static bool searched(Work *w, const Form *f, const Field *x, bool titles)
{
    if (x->name.kind != NAME_COLUMN || field_val(x) != VAL_TEXT) return false;
    bool title = false;
    for (int i = 0; i < f->ntitle_field; i++) title = title || f->title_field[i] == x;
    return (x->search || (titles && title)) && perm_filterable(w, f, x);
}

static void add_word(Work *w, const Field *x, const char *word, Sql *q)
{
    const char *column = x->name.column, *wanted = word;

    if (x->name.normal && !x->name.folded) {
        const char *normal = x->name.normal(w->cx.a, &x->name, word);
        if (normal && *normal) wanted = normal;
    }
    if (x->name.folded) column = arena_printf(w->cx.a, "%s__key", column);
    if (q->dialect == DIALECT_PG) sql_add(q, "strpos(");
    else sql_add(q, "instr(");
    sql_column(q, "r", column);
    sql_add(q, ", ");
    sql_bind(q, val_text(wanted));
    sql_add(q, ") > 0");
}

static bool add_fields(Work *w, const Form *f, const char *word, bool titles, Sql *q)
{
    int n = 0;

    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        for (int k = 0; x->npart && x->search && k < x->npart; k++) {
            if (!x->part[k]->search || !perm_filterable(w, f, x)) continue;
            if (n++) sql_add(q, " OR ");
            add_word(w, x->part[k], word, q);
        }
        if (!searched(w, f, x, titles)) continue;
        if (n++) sql_add(q, " OR ");
        add_word(w, x, word, q);
    }
    return n > 0;
}

static void add_search(Work *w, const ListAsk *ask, Sql *out)
{
    char **word;
    int n = str_split(w->cx.a, str_fold(w->cx.a, ask->q), ' ', &word), k = 0;

    for (int i = 0; i < n && k < 8; i++) {
        if (!*word[i]) continue;
        Sql any = sql_begin(w->cx.a, out->dialect);
        k++;
        if (!add_fields(w, ask->form, word[i], false, &any)
            && !add_fields(w, ask->form, word[i], true, &any)) sql_add(&any, "1 = 0");
        sql_add(out, " AND (");
        sql_join(out, &any);
        sql_add(out, ")");
    }
}

/* ---- WHERE ---- */

static bool readable(void *ctx, const Names *names, const char *alias, Sql *out)
{
    Work *w = ctx;
    const Form *f = names->form;

    if (perm_may(w, f, ACT_READ)) return perm_where(w, f, ACT_READ, alias, out);
    sql_add(out, "1 = 0");
    return true;
}

ExprSql query_sql(Work *w, const Asker *asker)
{
    return (ExprSql){ .asker = asker ? asker : work_asker(w), .alias = "r",
        .within = w->as_app ? NULL : readable, .ctx = w };
}

MUST static bool add_expr(Work *w, const ListAsk *ask, const Expr *e, Sql *out)
{
    ExprSql how = query_sql(w, ask->asker);

    if (w->cx.err) return false;
    how.self = e == ask->also ? ask->self : NULL;
    sql_add(out, " AND (");
    if (!expr_sql(&w->cx, e, &how, out)) return false;
    sql_add(out, ")");
    return true;
}

MUST static bool add_related(Work *w, const ListAsk *ask, Sql *out)
{
    const Field *x = form_field(ask->form, ask->related);

    if (!x || (x->name.type.kind != T_RECORD && x->name.type.of != T_RECORD)) {
        cx_issue(&w->cx, at_field("related"), "unknown_field", "`%s` is no link of this form",
            ask->related);
        return cx_check(&w->cx);
    }
    if (!w->as_app && !perm_filterable(w, ask->form, x))
        return cx_fail(&w->cx, E_DENIED, "no right to ask for %s", field_label(x, w->cx.lang));
    sql_add(out, " AND ");
    if (x->name.kind == NAME_LIST) {
        sql_add(out, "r.\"id\" IN (SELECT \"record\" FROM ");
        sql_name(out, x->name.table);
        sql_add(out, " WHERE \"value\" = ");
        sql_bind(out, val_int(ask->related_id));
        sql_add(out, ")");
    } else {
        sql_column(out, "r", x->name.column);
        sql_add(out, " = ");
        sql_bind(out, val_int(ask->related_id));
    }
    return true;
}

/* Grants that a view's filter leaves nothing of. */
static const bool *apart(const ListAsk *ask)
{
    for (int i = 0; ask->also && i < ask->form->nview; i++)
        if (ask->form->view[i].filter == ask->also) return ask->form->view[i].apart;
    return NULL;
}

bool query_where(Work *w, const ListAsk *ask, Sql *out)
{
    if (ask->binned) sql_add(out, "r.\"deleted_at\" IS NOT NULL AND ");
    else sql_add(out, "r.\"deleted_at\" IS NULL AND ");
    if (!perm_where_but(w, ask->form, ACT_READ, "r", apart(ask), out)) return false;
    if (ask->also && !add_expr(w, ask, ask->also, out)) return false;
    if (ask->filter && *ask->filter) {
        Expr *e = query_expr(w, ask->form, ask->filter, USE_FILTER, (Type){ .kind = T_BOOL },
            ask);
        if (!e) return cx_check(&w->cx);
        if (!add_expr(w, ask, e, out)) return false;
    }
    if (ask->related && !add_related(w, ask, out)) return false;
    if (ask->passed) passed_where(ask->passed, out);
    if (ask->q && *ask->q) add_search(w, ask, out);
    return true;
}

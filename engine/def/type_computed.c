/*
 * type_computed.c — lookup, rollup, formula: stored, and kept in step by the engine.
 *
 * A lookup has its source's type. The type of a rollup is told by the outermost call of its
 * `do`, before expressions are bound, because other fields need it; the bound expression must
 * then agree. A formula says its type itself.
 */
#include "base/decimal.h"
#include "def/form.h"
#include "def/rewrite.h"
#include "def/types.h"

#include <string.h>

static bool lookup_load(Cx *cx, Field *f, const Node *n)
{
    (void)f;
    if (node_find(n, "via") && node_find(n, "field")) return true;
    return cx_issue(cx, node_key_place(n), "no_source",
        "a lookup needs `via`, a link of this form, and `field`");
}

static void take_after(Field *f, Field *source)
{
    f->value = source->value;
    f->like = source->like;
    f->to = f->like->to;
    f->name.normal = source->name.normal;
    f->broken |= source->broken;
}

static bool lookup_link(Cx *cx, App *app, Field *f, const Node *n)
{
    const Node *field = node_find(n, "field");
    if (!field || !node_find(n, "via")) return false;
    f->via = ref_field(cx, f->form, node_find(n, "via"));
    if (!f->via || f->via->broken) return f->broken = true, false;
    if (f->via->computed || f->via->type->store != STORE_REF)
        return cx_issue(cx, node_place(node_find(n, "via")), "no_link",
            "`%s` is no link to another form", f->via->key);
    if (!field_link(cx, app, f->via)) return f->broken = true, false;
    f->source = ref_field(cx, f->via->to, field);
    if (!f->source) return f->broken = true, false;
    if (!field_link(cx, app, f->source)) return f->broken = true, false;
    Store store = f->source->value->store;
    if (store == STORE_LIST || store == STORE_ROWS || store == STORE_PARTS
            || store == STORE_NONE)
        return cx_issue(cx, node_place(field), "no_scalar",
            "`%s` holds several values; a lookup shows one", f->source->key);
    if (f->source->name.after)
        return cx_issue(cx, node_place(field), "not_here",
            "a lookup may not keep %s: it changes with no change of the record", f->source->key);
    take_after(f, f->source);
    return true;
}

static bool rollup_load(Cx *cx, Field *f, const Node *n)
{
    if (f->form->parent) return false;
    if (node_find(n, "from") && node_find(n, "do")) return true;
    return cx_issue(cx, node_key_place(n), "no_source",
        "a rollup needs `from`, a form, `via`, its link to this one, and `do`");
}

/* A link, or a list of them. */
static bool leads_on(const Field *f)
{
    return !f->computed && (f->type->store == STORE_REF || f->type->of == T_RECORD)
        && f->type->store != STORE_ROWS;
}

/* The link of `from` that leads here: named, or the only one. */
static Field *leads_here(Cx *cx, App *app, Field *f, const Node *n)
{
    const Node *via = node_find(n, "via");
    if (via) {
        Field *link = ref_field(cx, f->from, via);
        if (!link || link->broken) return NULL;
        bool links = leads_on(link);
        if (links && !field_link(cx, app, link)) return NULL;
        if (links && link->to == f->form) return link;
        cx_issue(cx, node_place(via), "no_link", "`%s` of form `%s` is no link to `%s`",
            link->key, f->from->key, f->form->key);
        return NULL;
    }
    Field *only = NULL;
    int n_links = 0;
    for (int i = f->from->nsystem; i < f->from->nfield; i++) {
        Field *link = f->from->field[i];
        if (!leads_on(link)) continue;
        if (!field_link(cx, app, link) || link->to != f->form) continue;
        only = link;
        n_links++;
    }
    if (n_links == 1) return only;
    cx_issue(cx, node_key_place(n), "no_link", n_links
        ? "form `%s` has several links to this one; say which with `via`"
        : "form `%s` has no link to this one", f->from->key);
    return NULL;
}

/* Splits "sum( amount )" into sum and amount; false when it is anything else. */
static bool simple_call(Arena *a, const char *text, const char **fn, const char **arg)
{
    static const char *const letters = "abcdefghijklmnopqrstuvwxyz_0123456789";
    const char *low = str_fold(a, text), *p = low;
    size_t n = strspn(p, letters);
    if (!n) return false;
    *fn = arena_dup_n(a, p, n);
    p += n + strspn(p + n, " ");
    if (*p++ != '(') return false;
    p += strspn(p, " ");
    n = strspn(p, letters);
    *arg = arena_dup_n(a, p, n);
    p += n + strspn(p + n, " ");
    return *p == ')' && !p[1];
}

static bool rollup_link(Cx *cx, App *app, Field *f, const Node *n)
{
    const char *text = node_text(node_find(n, "do")), *fn = "", *arg = "";
    if (f->form->parent || !node_find(n, "from")) return false;
    f->from = ref_form(cx, app, node_find(n, "from"));
    if (!f->from || f->from->broken) return f->broken = true, false;
    f->via = leads_here(cx, app, f, n);
    f->value = &type_number;
    f->like = f;
    if (!f->via) return f->broken = true, false;
    if (!text || !simple_call(cx->a, text, &fn, &arg)) {
        f->decimals = 2;
        return true;
    }
    if (!*arg || str_starts(fn, "count")) return true;
    f->source = form_field(f->from, arg);
    if (!f->source) f->source = rewrite_find(f->from, arg);
    if (!f->source) return true;                       /* the bound expression will tell */
    if (!field_link(cx, app, f->source)) return f->broken = true, false;
    bool averages = str_eq(fn, "average") || str_eq(fn, "avg");
    if (averages) f->decimals = f->source->like->decimals < 2 ? 2 : f->source->like->decimals;
    else take_after(f, f->source);
    return true;
}

/* A change in a third form would not be noticed, so only the form itself may be read. */
static void stays_in(Cx *cx, const Node *at, const Expr *e, const Form *from)
{
    const ExprRead *read;
    int n = e ? expr_reads(e, &read) : 0;
    for (int i = 0; i < n; i++) {
        bool own = !read[i].other && (!read[i].npath || (read[i].npath == 1
            && read[i].path[0]->kind == NAME_ROWS));
        if (own) continue;
        cx_issue(cx, node_place(at), "too_far", "a rollup reads only fields of form `%s`; "
            "give it a lookup of `%s` and use that", from->key, read[i].name->key);
        return;
    }
}

static bool rollup_bind(Cx *cx, App *app, Field *f, const Node *n)
{
    ExprWhere where = app_where(app, f->from, USE_AGGREGATE | USE_STORED);
    if (!expr_node(cx, node_find(n, "do"), where, T_ANY, &f->do_)) return false;
    Type t = expr_type(f->do_);
    if (t.kind != f->name.type.kind && t.kind != T_ANY)
        cx_issue(cx, node_place(node_find(n, "do")), "wrong_type",
            "`do` of a rollup is count() or a call like sum(field), not %s",
            type_said(cx, t));
    where.use = USE_STORED;
    expr_attr(cx, n, "where", where, T_BOOL, &f->where);
    stays_in(cx, node_find(n, "do"), f->do_, f->from);
    stays_in(cx, node_find(n, "where"), f->where, f->from);
    return true;
}

static const char *const results[] = {
    "number", "money", "percent", "text", "longtext", "boolean", "date", "datetime", "time",
    "duration", "markdown", "user", "department",
};

static bool formula_load(Cx *cx, Field *f, const Node *n)
{
    if (!node_find(n, "formula"))
        return cx_issue(cx, node_key_place(n), "no_formula",
            "a formula needs `formula`, an expression");
    if (!node_find(n, "of"))
        return cx_issue(cx, node_key_place(n), "no_result",
            "a formula needs `of`, the type of its result, such as number");
    int of = ref_word(cx, n, "of", results, LEN(results), -1);
    if (of < 0) return false;
    f->of = results[of];
    f->value = field_type_find(f->of);
    f->like = f;
    if (f->value->type != T_NUMBER) return true;
    return number_attrs(cx, f, n, f->value == &type_number ? 0 : 2);
}

static bool formula_link(Cx *cx, App *app, Field *f, const Node *n)
{
    return !f->value || !f->value->link || f->value->link(cx, app, f, n);
}

/* What a row's formula or a parent's reads through rows must stay in the rows. */
static bool formula_bind(Cx *cx, App *app, Field *f, const Node *n)
{
    ExprWhere where = app_where(app, f->form, USE_STORED);
    const Node *at = node_find(n, "formula");
    const char *text = node_text(at);
    if (!text || !*text)
        return cx_issue(cx, node_place(at), "wrong_kind", "an expression is expected here");
    where.want = f->name.type;
    f->formula = expr_load(cx, at, text, &where);
    const ExprRead *read;
    int reads = f->formula ? expr_reads(f->formula, &read) : 0;
    for (int i = 0; i < reads; i++) {
        bool rows = read[i].npath > 1 && read[i].path[0]->kind == NAME_ROWS;
        bool record = read[i].npath > 1 && !read[i].path[0]->field;
        if (rows)
            return cx_issue(cx, node_place(at), "too_far", "a formula cannot walk from rows "
                "to another form; give the subform a lookup of `%s` and use that",
                read[i].name->key);
        if (record)
            return cx_issue(cx, node_place(at), "too_far", "a formula cannot walk from a row's "
                "record to another form; give the form a lookup of `%s` and use that",
                read[i].name->key);
    }
    return f->formula != NULL;
}

static const FieldAttr lookup_attrs[] = {
    { "via", ATTR_FIELD, "the link to walk", "via: customer",
      .flags = ATTR_NEEDED, .label = "Through the link" },
    { "field", ATTR_FIELD, "the field there", "field: tier", .flags = ATTR_NEEDED },
    { 0 },
};

static const FieldAttr rollup_attrs[] = {
    { "from", ATTR_FORM, "the form whose records are counted or summed", "from: payment",
      .flags = ATTR_NEEDED, .label = "Form counted" },
    { "via", ATTR_FIELD, "its link or links to this form", "via: opportunity",
      .label = "Through the link" },
    { "do", ATTR_EXPR, "count(), sum(field), min, max or average", "do: \"sum(amount)\"",
      .flags = ATTR_NEEDED, .label = "What is computed" },
    { "where", ATTR_EXPR, "which of its records", "where: \"status = 'received'\"" },
    { 0 },
};

static const FieldAttr formula_attrs[] = {
    { "of", ATTR_CHOICE, "the type of the result", "of: money", .flags = ATTR_NEEDED,
      ATTR_WORDS(results) },
    { "formula", ATTR_EXPR, "how it is computed", "formula: \"quantity * price\"",
      .flags = ATTR_NEEDED },
    { "decimals", ATTR_INT, "of a number: digits after the point", "decimals: 2",
      .most = DECIMAL_MAX_SCALE, .flags = ATTR_NUMBERED },
    { "unit", ATTR_TEXT, "of a number: shown after it", "unit: kg" },
    { "currency", ATTR_TEXT, "of money: another currency than the app's", "currency: USD" },
    { 0 },
};

const FieldType type_lookup = {
    .name = "lookup", .label = "Field of a linked record",
    .help = "a field of a linked record", .computed = true,
    .attr = lookup_attrs, .load = lookup_load, .link = lookup_link,
};

const FieldType type_rollup = {
    .name = "rollup", .label = "Total of records",
    .help = "a count or total over the records that link here",
    .computed = true, .not_in_rows = true, .attr = rollup_attrs, .load = rollup_load, .link = rollup_link,
    .bind = rollup_bind,
};

const FieldType type_formula = {
    .name = "formula", .label = "Formula",
    .help = "computed from other fields", .computed = true,
    .attr = formula_attrs, .load = formula_load, .link = formula_link, .bind = formula_bind,
};

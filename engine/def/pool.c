/*
 * pool.c — {east: {when: …, members: …, admins: …, claim: {…}, recycle: […]}}
 */
#include "def/form.h"
#include "def/types.h"
#include "def/value.h"
#include "expr/prove.h"

#include <stdlib.h>

static const Attr claim_attrs[] = {
    { "per_day", ATTR_VALUE, "the most a person claims from it in a day: a number, or =expression of "
      "the person", "per_day: 10" },
    { "hold", ATTR_VALUE, "the most open ones a person may have to claim or be given another",
      "hold: \"=if(department.name = 'East', 100, 50)\"" },
    { "cool_down", ATTR_DURATION, "so long whose it was may not claim it again", "cool_down: 7d" },
    { 0 },
};

static const Attr recycle_attrs[] = {
    { "label", ATTR_LABEL, "what messages and the explanation call it",
      "label: {en: 15 days without contact, zh: 15 天未联系}" },
    { "after", ATTR_DURATION, "so long after `since` it comes back", "after: 15d",
      .flags = ATTR_NEEDED },
    { "since", ATTR_EXPR, "a date or time; never before the owner got it, which is meant without it",
      "since: due", .label = "Counted from" },
    { "if", ATTR_EXPR, "asked at its time, and then daily", "if: \"amount < 100000\"" },
    { "warn", ATTR_TEXTS, "so long before it the owner is told", "warn: [3d, 1d]",
      .pattern = "^0*[1-9][0-9]*(s|m|h|d|w|bd|bh)$", .label = "Warn before" },
    { 0 },
};

const Attr pool_attrs[] = {
    { "label", ATTR_LABEL, "what it is called", "label: {en: East, zh: 华东}" },
    { "when", ATTR_EXPR, "which records belong to it; without it all that no pool before takes",
      "when: \"kind = 'one'\"" },
    { "members", ATTR_PEOPLE, "who sees and claims them; nobody: admins hand them out",
      "members: [sales, department(East)]" },
    { "admins", ATTR_PEOPLE, "who also changes them, gives them to people and to other pools",
      "admins: boss" },
    { "fields", ATTR_EACH, "rights of members on fields before they claim",
      "fields: {phone: masked}", .shape = "right", .flags = ATTR_REFS },
    { "claim", ATTR_MAP, "how many one may claim and hold", "claim: {per_day: 10, hold: 100}",
      .of = claim_attrs, .label = "Limits of claiming" },
    { "open", ATTR_EXPR, "which records count as held and are recycled; without it those in an "
      "open stage", "open: \"amount > 0\"", .label = "Counts as open" },
    { "lock", ATTR_EXPR, "which are never recycled", "lock: \"kind = 'other'\"",
      .label = "Never recycled" },
    { "recycle", ATTR_LIST, "when a record leaves its owner by itself",
      "recycle: [{after: 15d, warn: [3d, 1d]}]", .of = recycle_attrs },
    { 0 },
};

Pool *form_pool(const Form *f, const char *key)
{
    for (int i = 0; key && i < f->npool; i++)
        if (str_eq(f->pool[i].key, key)) return &f->pool[i];
    return NULL;
}

/* ---- who asks is one of them ---- */

static const char *who_text(Arena *a, const Who *who)
{
    const char *text = who->kind == WHO_FIELD ? who->field->key
        : who->kind == WHO_EXPR ? expr_text(who->expr) : NULL;
    const Type type = who->kind == WHO_FIELD ? who->field->name.type
        : who->kind == WHO_EXPR ? expr_type(who->expr) : (Type){ .kind = T_ANY };
    const Form *of = type.form ? type.form->form : NULL;
    const char *me = of && str_eq(of->key, "department") ? "my_department()" : "me()";

    if (who->kind == WHO_ROLE) return arena_printf(a, "has_role('%s')", who->role->key);
    if (who->kind == WHO_DEPARTMENT)
        return arena_printf(a, "exists(department, name = %s and id = my_department())",
            sql_quote(a, who->department));
    return arena_printf(a, type.kind == T_LIST ? "(%s) contains %s" : "(%s) = %s", text, me);
}

static void people_text(Arena *a, const People *p, Str *s)
{
    for (int i = 0; i < p->n; i++) {
        if (s->n) str_add(s, " or ");
        str_add(s, who_text(a, &p->who[i]));
    }
}

static Expr *compile(Cx *cx, App *app, Form *form, const Node *at, const char *text)
{
    ExprWhere where = app_where(app, form, USE_PERMISSION);
    int noted = app->nrewrite;
    where.want = (Type){ .kind = T_BOOL };
    Expr *e = expr_load(cx, at, text, &where);
    app->nrewrite = noted;                     /* old names in it stand elsewhere in the file */
    return e;
}

/* Those of the pool read what is in it, its admins change it: as grants to everyone, whose scope
   says who they are. An admin's scope asks the record before only, for it may leave the pool. */
static void grant(Cx *cx, App *app, Form *form, Pool *p)
{
    Str all = str_begin(cx->a), admins = str_begin(cx->a);
    Grant *g = &form->grant[form->ngrant];
    const char *in = arena_printf(cx->a, "pool = '%s' and ", p->key);

    people_text(cx->a, &p->admins, &admins);
    if (admins.n) str_add(&all, str_show(&admins));
    people_text(cx->a, &p->members, &all);
    if (p->members.n) p->member = compile(cx, app, form, p->at, str_show(&all));
    if (p->admins.n) p->admin = compile(cx, app, form, p->at, str_show(&admins));
    for (int admin = 0; admin < 2; admin++) {
        const Str *who = admin ? &admins : &all;
        if (!who->n) continue;
        *g = (Grant){ .role = app_role(app, "everyone"), .at = p->at, .pool = p };
        const char *text = arena_printf(cx->a, "%s(%s)", in, str_show((Str *)who));
        g->scope[ACT_READ].expr = compile(cx, app, form, p->at, text);
        if (!g->scope[ACT_READ].expr) continue;
        g->scope[ACT_READ].kind = SCOPE_BEFORE;
        g->scope[ACT_READ].at = p->at;
        if (admin) g->scope[ACT_UPDATE] = g->scope[ACT_BATCH] = g->scope[ACT_READ];
        else rights_load(cx, app, form, node_find(p->at, "fields"), g);
        g = &form->grant[++form->ngrant];
    }
}

/* A tab of the list for each. */
static void add_view(Cx *cx, App *app, Form *form, Pool *p)
{
    const char *key = arena_printf(cx->a, "pool_%s", p->key);
    const View *first = &form->view[0];
    View *v = &form->view[form->nview];

    if (form_view(form, key)) return;
    ExprWhere where = app_where(app, form, USE_FILTER);
    where.want = (Type){ .kind = T_BOOL };
    *v = (View){ .key = key, .label = p->label, .at = p->at, .column = first->column,
        .ncolumn = first->ncolumn, .pool = p };
    if (!v->label.n) label_pair(cx, &v->label, p->key, p->key);
    v->filter = expr_load(cx, NULL, arena_printf(cx->a, "pool = '%s'", p->key), &where);
    v->sort = ARENA_NEW(cx->a, Sort);
    v->sort[v->nsort++] = (Sort){ .field = form->field[SYS_POOL_SINCE] };
    form->nview++;
}

/* A list of what people work on need not look into pools: where a filter and what a pool shows
   exclude each other, the database is spared an OR over both. */
static void part_views(Cx *cx, App *app, Form *form)
{
    const Prover logic = { .a = cx->a };
    int noted = app->nrewrite;
    Cx quiet = cx_begin(cx->a, NULL);
    ExprWhere where = app_where(app, form, USE_FILTER);
    where.want = (Type){ .kind = T_BOOL };
    for (int i = 0; i < form->nview; i++) {
        View *v = &form->view[i];
        bool *apart = ARENA_ARRAY(cx->a, bool, form->ngrant + 1), any = false;
        for (int k = 0; v->filter && !v->pool && k < form->ngrant; k++) {
            const Pool *p = form->grant[k].pool;
            if (!p) continue;
            const char *both = arena_printf(cx->a, "(%s) and pool = '%s'", expr_text(v->filter), p->key);
            Expr *e = expr_load(&quiet, NULL, both, &where);
            any |= apart[k] = e && expr_truth(&logic, e) == TRUTH_NEVER;
        }
        if (any) v->apart = apart;
    }
    app->nrewrite = noted;
}

/* ---- recycling ---- */

static int longest_first(const void *a, const void *b)
{
    int64_t x = duration_seconds(*(const Val *)a), y = duration_seconds(*(const Val *)b);
    return (y > x) - (y < x);
}

static void load_warn(Cx *cx, const Node *n, Recycle *r)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    r->warn = ARENA_ARRAY(cx->a, Val, count + 1);
    for (int i = 0; i < count; i++) {
        Val v;
        if (!duration_parse(node_text(each[i]), &v) || v.i <= 0)
            cx_issue(cx, node_place(each[i]), "no_duration",
                "`warn` is a duration such as 3d, or a list of them");
        else if (duration_seconds(v) >= duration_seconds(r->after))
            cx_issue(cx, node_place(each[i]), "does_not_fit",
                "a warning of %s comes before the time begins", node_text(each[i]));
        else r->warn[r->nwarn++] = v;
    }
    qsort(r->warn, (size_t)r->nwarn, sizeof *r->warn, longest_first);
}

static void load_recycle(Cx *cx, App *app, Form *form, const Node *n, Recycle *r)
{
    r->at = n;
    attr_check_keys(cx, n, recycle_attrs);
    label_load(cx, n, "label", &r->label);
    ref_duration(cx, n, "after", &r->after);
    if (!node_find(n, "after"))
        cx_issue(cx, node_place(n), "no_duration", "`recycle` needs `after`, such as 15d");
    ExprWhere where = app_where(app, form, USE_TIME);
    expr_attr(cx, n, "if", where, T_BOOL, &r->if_);
    const Node *since = node_find(n, "since");
    if (expr_attr(cx, n, "since", where, T_ANY, &r->since) && r->since) {
        Type t = expr_type(r->since);
        if (t.kind != T_DATE && t.kind != T_DATETIME && t.kind != T_ANY)
            cx_issue(cx, node_place(since), "wrong_type",
                "a date or a time is expected, this is %s", type_said(cx, t));
    }
    if (!val_is_blank(r->after)) load_warn(cx, node_find(n, "warn"), r);
}

/* ---- all of it ---- */

static void load_one(Cx *cx, App *app, Form *form, const Node *n, Pool *p)
{
    const Node *claim = node_find(n, "claim"), *recycle = node_find(n, "recycle");
    ExprWhere where = app_where(app, form, USE_CHECK);

    p->key = n->key;
    p->form = form->key;
    p->at = n;
    ref_name(cx, n, n->key, 50);
    attr_check_keys(cx, n, pool_attrs);
    label_load(cx, n, "label", &p->label);
    expr_attr(cx, n, "when", where, T_BOOL, &p->when);
    expr_attr(cx, n, "lock", where, T_BOOL, &p->lock);
    open_load(cx, app, form, n, &p->open);
    bool known = people_load(cx, app, form, n, "members", true, &p->members)
        & people_load(cx, app, form, n, "admins", true, &p->admins);
    if (ref_map(cx, claim)) {
        attr_check_keys(cx, claim, claim_attrs);
        amount_load(cx, app, form, claim, "per_day", 0, &p->per_day);
        amount_load(cx, app, form, claim, "hold", 0, &p->hold);
        ref_duration(cx, claim, "cool_down", &p->cool_down);
    }
    p->recycle = ARENA_ARRAY(cx->a, Recycle, node_is(recycle, NODE_LIST) ? recycle->n : 1);
    for (int i = 0; ref_list(cx, recycle) && i < recycle->n; i++)
        if (ref_map(cx, recycle->item[i]))
            load_recycle(cx, app, form, recycle->item[i], &p->recycle[p->nrecycle++]);
    if (!known) return;
    grant(cx, app, form, p);
    add_view(cx, app, form, p);
}

static bool owner_fits(Cx *cx, const Form *form, const Node *map)
{
    const Field *f = form->owner;
    if (!f && node_find(form->at, "owner")) return false;
    if (!f)
        return cx_issue(cx, node_key_place(map), "no_owner", "form `%s` says no `owner`", form->key);
    if (f->type != &type_user || f->system)
        return cx_issue(cx, node_key_place(map), "does_not_fit",
            "`%s` is no field that holds one user", f->key);
    if (f->required.on && !f->required.expr)
        return cx_issue(cx, node_key_place(map), "does_not_fit",
            "records in a pool have no owner, but `%s` is required", f->key);
    return true;
}

bool pools_load(Cx *cx, App *app, Form *form, const Node *map)
{
    if (!ref_map(cx, map)) return !map;
    if (!owner_fits(cx, form, map)) return false;
    form->grant = arena_grow(cx->a, form->grant, (size_t)form->ngrant,
        (size_t)(form->ngrant + 2 * map->n), sizeof *form->grant);
    form->view = arena_grow(cx->a, form->view, (size_t)form->nview,
        (size_t)(form->nview + map->n), sizeof *form->view);
    form->pool = ARENA_ARRAY(cx->a, Pool, map->n + 1);
    for (int i = 0; i < map->n; i++)
        if (ref_map(cx, map->item[i]))
            load_one(cx, app, form, map->item[i], &form->pool[form->npool++]);
    part_views(cx, app, form);
    return true;
}

/*
 * schema_rule.c — what data was held to, and what it is held to now: bounds, options, required.
 *
 * The rules of a field are remembered as text: bounds on the first line, then a line for each
 * option with the `was:` that has been applied. Only what changed is asked of the data, so
 * that records that were wrong before do not stand in the way of another change.
 */
#include "data/schema_in.h"
#include "data/record_row.h"

#include <string.h>

static const char *bound(Arena *a, bool given, Val v)
{
    return given ? val_show(a, v) : "";
}

const char *plan_rules(Arena *a, const Field *f)
{
    Str s = str_begin(a);

    str_printf(&s, "%s..%s %s", bound(a, f->has_min, f->min), bound(a, f->has_max, f->max),
        f->pattern ? f->pattern : "");
    for (char *p = s.p; *p; p++)
        if (*p == '\n') *p = ' ';
    for (int i = 0; i < f->noption; i++)
        str_printf(&s, "\n%s\t%s", f->option[i].value, f->option[i].was ? f->option[i].was : "");
    return s.p;
}

typedef struct OldRules { const char *bounds; const char **option, **was; int n; } OldRules;

static OldRules parse(Arena *a, const char *rules)
{
    char **line;
    int n = rules ? str_split(a, rules, '\n', &line) : 0;
    OldRules r = { .bounds = n ? line[0] : "", .option = ARENA_ARRAY(a, const char *, n + 1),
        .was = ARENA_ARRAY(a, const char *, n + 1) };

    for (int i = 1; i < n; i++) {
        char *tab = strchr(line[i], '\t');
        if (tab) *tab = '\0';
        r.option[r.n] = line[i];
        r.was[r.n++] = tab ? tab + 1 : "";
    }
    return r;
}

/* ---- options ---- */

typedef struct Swap { const char *was, *now; } Swap;      /* now NULL: cleared */

static bool applied(const OldRules *old, const Option *o)
{
    for (int i = 0; i < old->n; i++)
        if (str_eq(old->option[i], o->value) && str_eq(old->was[i], o->was)) return true;
    return false;
}

/* A former version has the option's former name again. */
static bool taken_back(const Field *f, const OldRules *old, int i)
{
    for (int k = 0; k < f->nremoved; k++)
        if (str_eq(f->removed[k].value, old->option[i])) return false;
    for (int k = 0; k < f->noption; k++)
        if (str_eq(f->option[k].was, old->option[i])) return false;
    return *old->was[i] && !field_option(f, old->option[i]) && field_option(f, old->was[i])
        && !str_in(old->was[i], old->option, old->n);
}

static int swaps_of(Arena *a, const Field *f, const OldRules *old, Swap **out)
{
    int n = 0;

    *out = ARENA_ARRAY(a, Swap, f->noption + f->nremoved + old->n + 1);
    for (int i = 0; i < f->noption; i++) {
        const Option *o = &f->option[i];
        if (o->was && !str_eq(o->was, o->value) && str_in(o->was, old->option, old->n)
            && !applied(old, o)) (*out)[n++] = (Swap){ o->was, o->value };
    }
    for (int i = 0; i < f->nremoved; i++)
        if (str_in(f->removed[i].value, old->option, old->n))
            (*out)[n++] = (Swap){ f->removed[i].value, f->removed[i].now };
    for (int i = 0; i < old->n; i++)
        if (taken_back(f, old, i)) (*out)[n++] = (Swap){ old->option[i], old->was[i] };
    return n;
}

static bool swapped(const Swap *s, int n, const char *option)
{
    for (int i = 0; i < n; i++)
        if (str_eq(s[i].was, option)) return true;
    return false;
}

static void select_option(Planner *p, const Want *w, const char *option, Sql *q)
{
    bool list = str_starts(w->is->kind, "list");

    *q = sql_begin(p->cx->a, db_dialect(p->db));
    sql_add(q, "SELECT count(*) FROM ");
    sql_name(q, known_table(p->cx->a, list ? w->is : w->is->up));
    sql_add(q, " WHERE ");
    sql_name(q, list ? "value" : known_place(p->cx->a, w->is));
    sql_add(q, " = ");
    sql_bind(q, val_text(option));
}

MUST static bool count_option(Planner *p, const Want *w, const char *option, int64_t *n)
{
    Sql q;

    select_option(p, w, option, &q);
    return plan_count(p, &q, n);
}

/* One statement for all, so that two options can swap. A list that would hold one twice keeps
   the first. */
static const char *swap_sql(Planner *p, const Want *w, const Swap *s, int n)
{
    Arena *a = p->cx->a;
    const Field *f = w->field;
    bool list = field_is_list(f);
    const char *table = list ? f->name.table : f->form->names.table;
    const char *column = list ? "value" : f->name.column;
    Str sql = str_begin(a), in = str_begin(a);

    str_printf(&sql, "UPDATE \"%s\" SET \"%s\" = CASE \"%s\"", table, column, column);
    for (int i = 0; i < n; i++) {
        const char *now = s[i].now ? spec_quote(a, s[i].now) : list ? "''" : "NULL";
        str_printf(&sql, " WHEN %s THEN %s", spec_quote(a, s[i].was), now);
        str_printf(&in, "%s%s", i ? ", " : "", spec_quote(a, s[i].was));
    }
    str_printf(&sql, " END WHERE \"%s\" IN (%s)", column, in.p);
    if (list) str_printf(&sql, ";\nDELETE FROM \"%s\" WHERE \"value\" = '' OR EXISTS (SELECT 1 "
        "FROM \"%s\" o WHERE o.\"record\" = \"%s\".\"record\" AND o.\"value\" = \"%s\".\"value\" "
        "AND o.\"position\" < \"%s\".\"position\")", table, table, table, table, table);
    return sql.p;
}

/* Views are shared with roles by their names; a view that has both keeps one. */
static const char *share_sql(Arena *a, const Swap *s, int n)
{
    Str sql = str_begin(a), in = str_begin(a), of = str_begin(a);

    for (int i = 0; i < n; i++) {
        if (!s[i].now) continue;
        str_printf(&of, " WHEN %s THEN %s", spec_quote(a, s[i].was), spec_quote(a, s[i].now));
        str_printf(&in, "%s%s", in.n ? ", " : "", spec_quote(a, s[i].was));
    }
    if (in.n) str_printf(&sql, ";\nUPDATE _view_role SET role = CASE role%s END WHERE role IN (%s)",
        str_show(&of), str_show(&in));
    return str_show(&sql);
}

MUST static bool swap(Planner *p, const Want *w, const Swap *s, int n)
{
    PlanStep step = { .what = PLAN_FILL, .form = w->form->key, .field = w->name };
    Str names = str_begin(p->cx->a);
    int64_t rows;

    for (int i = 0; i < n; i++) {
        if (!count_option(p, w, s[i].was, &rows)) return false;
        step.rows += rows;
        str_printf(&names, "%s%s → %s", i ? ", " : "", s[i].was, s[i].now ? s[i].now : "∅");
    }
    step.sql = swap_sql(p, w, s, n);
    if (w->field->form->builtin && str_eq(w->field->key, "roles"))
        step.sql = arena_printf(p->cx->a, "%s%s", step.sql, share_sql(p->cx->a, s, n));
    plan_add(p, step, "options of %s.%s: %s", w->form->key, w->name, names.p);
    plan_changed(p, w->field);
    return true;
}

MUST static bool options_gone(Planner *p, const Want *w, const OldRules *old, const Swap *s,
    int n)
{
    for (int i = 0; i < old->n; i++) {
        int64_t rows;
        if (field_option(w->field, old->option[i]) || swapped(s, n, old->option[i])) continue;
        if (!count_option(p, w, old->option[i], &rows)) return false;
        if (!rows) continue;
        PlanStep step = { .form = w->form->key, .field = w->name, .rows = rows,
            .what = w->field->form->builtin ? PLAN_NOTE : PLAN_REFUSED };
        plan_add(p, step, "%s.%s: %lld records still hold the option %s; say what takes its "
            "place with `removed: {%s: OTHER}`, or `was: %s` on the option it became",
            w->form->key, w->name, (long long)rows, old->option[i], old->option[i],
            old->option[i]);
    }
    return true;
}

MUST static bool options_changed(Planner *p, const Want *w, const OldRules *old)
{
    Swap *s;
    int n = swaps_of(p->cx->a, w->field, old, &s);

    if (!w->field->noption || !old->n) return true;
    if (!str_eq(plan_kind(p, w), w->kind)) return true;       /* converted: by its values */
    if (n && !swap(p, w, s, n)) return false;
    return options_gone(p, w, old, s, n);
}

/* ---- bounds ---- */

MUST static bool bounds_changed(Planner *p, const Want *w, const OldRules *old)
{
    Arena *a = p->cx->a;
    const char *now = parse(a, w->rules).bounds;
    int64_t n;

    if (str_eq(now, old->bounds) || !w->is->rules || !str_eq(plan_kind(p, w), w->kind)
        || field_is_list(w->field) || w->field->noption) return true;
    Convert c = { .field = w->field, .kind = w->kind, .table_was = known_table(a, w->is->up),
        .column_was = known_place(a, w->is) };
    if (!convert_unfit(p->cx, p->db, p->app, &c, &n)) return false;
    if (!n) return true;
    PlanStep step = { .what = PLAN_NOTE, .form = w->form->key, .field = w->name, .rows = n };
    plan_add(p, step, "%lld values of %s.%s are outside of the new bounds; they stay until the "
        "record is edited", (long long)n, w->form->key, w->name);
    return true;
}

/* ---- required ---- */

MUST static bool count_blank(Planner *p, const Want *w, int64_t *n)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));

    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, known_table(p->cx->a, w->is->up));
    sql_add(&q, " WHERE ");
    sql_name(&q, known_place(p->cx->a, w->is));
    sql_add(&q, " IS NULL");
    if (!w->up->up) sql_add(&q, " AND \"deleted_at\" IS NULL");
    return plan_count(p, &q, n);
}

MUST static bool required_now(Planner *p, const Want *w)
{
    const Field *f = w->field;
    const char *value;
    bool asked;
    int64_t n;

    if (!w->required || w->is->required || f->computed || !field_has_column(f)
        || str_starts(w->is->kind, "list")) return true;
    if (!count_blank(p, w, &n) || !plan_preset(p, f, &value, &asked)) return false;
    if (!n) return true;
    PlanStep step = { .what = value ? PLAN_FILL : PLAN_REFUSED, .form = w->form->key,
        .field = f->key, .rows = n, .fill = plan_fill_name(p->cx->a, f) };
    if (!value) {
        plan_add(p, step, "%s.%s becomes required, but %lld records have none; give it a "
            "`default`, or run `tenon apply --fill %s=VALUE`", w->form->key, f->key,
            (long long)n, step.fill);
        return true;
    }
    step.sql = arena_printf(p->cx->a, "UPDATE \"%s\" SET \"%s\" = %s%s WHERE \"%s\" IS NULL",
        f->form->names.table, f->name.column, value, f->name.folded ? arena_printf(p->cx->a,
        ", \"%s__key\" = tn_fold(%s)", f->name.column, value) : "", f->name.column);
    plan_add(p, step, "fill %s.%s with %s where it is blank", w->form->key, f->key, value);
    plan_changed(p, f);
    return true;
}

bool plan_rules_changed(Planner *p)
{
    for (int i = 0; i < p->nwant; i++) {
        const Want *w = p->want[i];
        if (!w->is || !w->field || str_eq(w->kind, "rows") || w->field->computed) continue;
        if (!w->is->rules && !w->is->id) continue;
        OldRules old = parse(p->cx->a, w->is->rules);
        if (!options_changed(p, w, &old) || !bounds_changed(p, w, &old)
            || !required_now(p, w)) return false;
    }
    return true;
}

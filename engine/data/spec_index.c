/*
 * spec_index.c — which indexes follow from a definition.
 *
 * Unique fields and sets; links, for related lists and deletions; `index:`; and for each
 * order a view asks for one that gives it without sorting: alone, and behind what narrows the
 * rows first, the owner where a role sees only its own, and the stage where the view asks for
 * it. With the figures of statistics.c the database then chooses well.
 * Live rows only. What is the beginning of another index is left out.
 */
#include "data/spec.h"
#include "data/record_row.h"

#include <string.h>

typedef struct Key { const char *column; bool down; } Key;
typedef struct Keys { Key key[10]; int n; } Keys;

static void push(Keys *k, const char *column, bool down)
{
    for (int i = 0; i < k->n; i++)
        if (str_eq(k->key[i].column, column)) return;
    if (k->n < LEN(k->key)) k->key[k->n++] = (Key){ column, down };
}

static void push_all(Keys *k, const Keys *more)
{
    for (int i = 0; i < more->n; i++) push(k, more->key[i].column, more->key[i].down);
}

/* ix_TABLE__a__b; a long one ends in a hash of the whole. */
static const char *index_name(Arena *a, const char *table, const Keys *k, bool unique)
{
    Str s = str_begin(a);

    str_printf(&s, "%s_%s", unique ? "ux" : "ix", table);
    for (int i = 0; i < k->n; i++)
        str_printf(&s, "__%s%s", k->key[i].column, k->key[i].down ? "_down" : "");
    if (s.n <= 63) return s.p;
    return arena_printf(a, "%.52s__%08x", s.p, (unsigned)str_hash(s.p));
}

/* Blank comes first, as on SQLite, whose indexes end with the row's id by themselves. The id is
   never blank: it stays as the key of the table has it. */
static const char *ordered(Arena *a, const char *columns)
{
    Str s = str_begin(a);
    char **one;
    int n = str_split(a, columns, ',', &one);

    for (int i = 0; i < n; i++) {
        bool down = str_ends(one[i], " DESC");
        str_printf(&s, "%s%s", i ? "," : "", one[i]);
        if (strstr(one[i], "\"id\"")) continue;
        str_add(&s, down ? " NULLS LAST" : " NULLS FIRST");
    }
    return str_show(&s);
}

static IndexSpec *add(Arena *a, Spec *s, const Form *f, const char *table, const Keys *k,
    bool unique)
{
    IndexSpec x = { .name = index_name(a, table, k, unique), .table = table, .form = f,
        .unique = unique };
    Str columns = str_begin(a), sql = str_begin(a);

    for (int i = 0; i < s->nindex; i++)
        if (str_eq(s->index[i].name, x.name)) return &s->index[i];
    x.column = ARENA_ARRAY(a, const char *, k->n);
    for (int i = 0; i < k->n; i++) {
        x.column[x.n++] = k->key[i].column;
        str_printf(&columns, "%s\"%s\"%s", i ? ", " : "", k->key[i].column,
            k->key[i].down ? " DESC" : "");
    }
    x.own = columns.n;
    if (s->dialect == DIALECT_PG && !unique && f && str_eq(table, f->names.table))
        str_printf(&columns, ", \"id\"%s", k->key[k->n - 1].down ? " DESC" : "");
    x.columns = columns.p;
    str_printf(&sql, "CREATE %sINDEX \"%s\" ON \"%s\" (%s)", unique ? "UNIQUE " : "", x.name,
        table, s->dialect == DIALECT_PG ? ordered(a, columns.p) : columns.p);
    if (f && !f->parent && str_eq(table, f->names.table))
        str_add(&sql, " WHERE \"deleted_at\" IS NULL");
    x.sql = sql.p;
    ARENA_PUSH(a, s->index, s->nindex, s->index_cap, x);
    return &s->index[s->nindex - 1];
}

static IndexSpec *add_one(Arena *a, Spec *s, const Form *f, const char *column)
{
    Keys k = { 0 };
    push(&k, column, false);
    return add(a, s, f, f->names.table, &k, false);
}

/* Binned records hold their files as well: a file is deleted only when no row names it. */
static void add_file(Arena *a, Spec *s, const Form *f, const char *column)
{
    Keys k = { 0 };
    push(&k, column, false);
    IndexSpec *x = add(a, s, f, f->names.table, &k, false);
    x->sql = arena_printf(a, "CREATE INDEX \"%s\" ON \"%s\" (%s) WHERE \"%s\" IS NOT NULL",
        x->name, x->table, x->columns, column);
}

static void add_unique(Arena *a, Spec *s, const Form *f, Field *const *field, int n)
{
    Keys k = { 0 };

    for (int i = 0; i < n; i++) push(&k, spec_sort_column(a, field[i]), false);
    IndexSpec *x = add(a, s, f, f->names.table, &k, true);
    x->field = ARENA_ARRAY(a, Field *, n);
    memcpy(x->field, field, sizeof *field * (size_t)n);
    x->nfield = n;
}

static void unique_of(Arena *a, Spec *s, const Form *f)
{
    for (int i = f->nsystem; i < f->nfield; i++) {
        Field *x = f->field[i], *both[2] = { x->within, x };
        if (!x->unique && !x->serial) continue;
        if (!field_has_column(x) || f->parent) continue;
        if (x->within) add_unique(a, s, f, both, 2);
        else add_unique(a, s, f, &x, 1);
    }
    for (int i = 0; i < f->nunique; i++)
        add_unique(a, s, f, f->unique[i].field, f->unique[i].nfield);
}

/* ---- what narrows the rows ---- */

static bool reads(const Expr *e, const Name *name)
{
    const ExprRead *r;
    int n = e ? expr_reads(e, &r) : 0;

    for (int i = 0; i < n; i++)
        if (r[i].name == name && !r[i].npath && !r[i].other) return true;
    return false;
}

static bool owner_narrows(const Form *f)
{
    if (!f->owner || !field_has_column(f->owner)) return false;
    for (int i = 0; i < f->ngrant; i++) {
        const Scope *s = &f->grant[i].scope[ACT_READ];
        if (s->kind == SCOPE_OWN || (s->kind == SCOPE_EXPR && reads(s->expr, &f->owner->name)))
            return true;
    }
    return false;
}

static bool stage_narrows(const Form *f, const View *v)
{
    if (f->nsystem <= SYS_STAGE) return false;
    const Name *stage = &f->field[SYS_STAGE]->name;

    return reads(v->filter, stage) || (v->by && &v->by->name == stage);
}

static Keys order_of(Arena *a, const View *v)
{
    Keys k = { 0 };

    for (int i = 0; i < v->nsort; i++) {
        if (!field_has_column(v->sort[i].field)) return (Keys){ 0 };
        if (v->sort[i].field->name.index == SYS_ID) break;
        push(&k, spec_sort_column(a, v->sort[i].field), v->sort[i].down);
    }
    /* An index is read backwards as well: one direction throughout needs no DESC. */
    bool down = true;
    for (int i = 0; i < k.n; i++) down = down && k.key[i].down;
    for (int i = 0; down && i < k.n; i++) k.key[i].down = false;
    return k;
}

/* Counts and sums by column of a board are read from the index alone: SQLite asks for
   deleted_at although the index holds only live rows. */
static void board_index(Arena *a, Spec *s, const Form *f, const View *v)
{
    Keys k = { 0 };

    if (!v->by || !field_has_column(v->by)) return;
    push(&k, v->by->name.column, false);
    if (v->sum && field_has_column(v->sum)) push(&k, v->sum->name.column, false);
    push(&k, "deleted_at", false);
    add(a, s, f, f->names.table, &k, false);
}

/* The days of a month are one range of it. What began earlier and goes on is told by its end,
   without a look at the row. */
static void calendar_index(Arena *a, Spec *s, const Form *f, const View *v)
{
    Keys k = { 0 };

    if (!v->date || !field_has_column(v->date)) return;
    push(&k, v->date->name.column, false);
    if (v->end && field_has_column(v->end)) push(&k, v->end->name.column, false);
    add(a, s, f, f->names.table, &k, false);
}

/* Who has waited longest in a pool comes first. */
static void pool_index(Arena *a, Spec *s, const Form *f, const View *v)
{
    Keys k = { 0 };

    if (!v->pool) return;
    push(&k, f->field[SYS_POOL]->name.column, false);
    add(a, s, f, f->names.table, &k, false)->kept = true;
    push(&k, f->field[SYS_POOL_SINCE]->name.column, false);
    add(a, s, f, f->names.table, &k, false);
}

static void order_indexes(Arena *a, Spec *s, const Form *f, const View *v)
{
    Keys order = order_of(a, v);
    bool own = owner_narrows(f), staged = stage_narrows(f, v);

    board_index(a, s, f, v);
    calendar_index(a, s, f, v);
    pool_index(a, s, f, v);
    if (v->pool) return;
    for (int narrow = 0; narrow < 4; narrow++) {
        bool by_owner = narrow & 1, by_stage = narrow & 2;
        Keys k = { 0 };
        if ((by_owner && !own) || (by_stage && !staged)) continue;
        if (by_owner) push(&k, f->owner->name.column, false);
        if (by_stage) push(&k, "stage", false);
        push_all(&k, &order);
        if (k.n) add(a, s, f, f->names.table, &k, false);
    }
}

/* Columns that conditions of rights and views name, where they tell rows apart. */
static void add_read(Arena *a, Spec *s, const Form *f, const Expr *e)
{
    const ExprRead *r;
    int n = e ? expr_reads(e, &r) : 0;

    for (int i = 0; i < n; i++) {
        const Field *x = r[i].name->field;
        if (r[i].npath || r[i].other || r[i].form != &f->names || !x || x->system) continue;
        ValKind kind = field_val(x);
        if (!field_has_column(x) || kind == VAL_BOOL || kind == VAL_DEC) continue;
        if (kind == VAL_TEXT && !x->noption) continue;
        add_one(a, s, f, x->name.column);
    }
}

static void indexes_of(Arena *a, Spec *s, const Form *f)
{
    unique_of(a, s, f);
    for (int i = 0; i < f->nfield; i++) {
        const Field *x = f->field[i];
        Keys k = { 0 };
        if (field_is_list(x)) {
            push(&k, "value", false);
            push(&k, "record", false);
            add(a, s, f, x->name.table, &k, false);
        } else if (field_has_column(x) && !x->system) {
            bool link = field_val(x) == VAL_REC && !x->computed;
            if (link && field_of_files(x)) add_file(a, s, f, x->name.column);
            else if (link) add_one(a, s, f, x->name.column);
            if (x->index) add_one(a, s, f, spec_sort_column(a, x));
        }
    }
    for (int i = 0; i < f->nduplicate; i++)
        if (field_has_column(f->duplicate[i].match[0]))
            add_one(a, s, f, spec_sort_column(a, f->duplicate[i].match[0]));
    if (f->npool) add_one(a, s, f, f->owner->name.column);     /* what each holds is counted */
    if (owner_narrows(f)) add_one(a, s, f, f->owner->name.column)->kept = true;
    if (f->assign) add_one(a, s, f, f->assign->field->name.column);
    for (int i = 0; i < f->nview; i++) {
        order_indexes(a, s, f, &f->view[i]);
        add_read(a, s, f, f->view[i].filter);
    }
    for (int i = 0; i < f->ngrant; i++)
        if (f->grant[i].scope[ACT_READ].kind == SCOPE_EXPR)
            add_read(a, s, f, f->grant[i].scope[ACT_READ].expr);
    if (f->parent) {
        Keys k = { 0 };
        push(&k, "record", false);
        push(&k, "position", false);
        add(a, s, f, f->names.table, &k, false);
    }
}

/* Is there another on that table which begins with all of its columns? One that gives rows by id,
   as lists are without a view, is `kept`: the longer one has another order. */
static bool covered(const Spec *s, int i)
{
    const IndexSpec *x = &s->index[i];
    size_t n = x->own;

    for (int k = 0; !x->unique && !x->kept && k < s->nindex; k++) {
        const IndexSpec *y = &s->index[k];
        if (k == i || !str_eq(x->table, y->table)) continue;
        if (strncmp(x->columns, y->columns, n)) continue;
        if (y->columns[n] == ',' || (!y->columns[n] && y->unique)) return true;
    }
    return false;
}

void spec_indexes(Arena *a, const App *app, Spec *s)
{
    const Form **form;
    int n = spec_forms(a, app, &form), kept = 0;

    for (int i = 0; i < n; i++) indexes_of(a, s, form[i]);
    IndexSpec *keep = ARENA_ARRAY(a, IndexSpec, s->nindex);
    for (int i = 0; i < s->nindex; i++)
        if (!covered(s, i)) keep[kept++] = s->index[i];
    s->index = keep;
    s->nindex = kept;
}

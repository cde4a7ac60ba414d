/*
 * spec.c — one table a form, one column a field, side tables for lists, child tables for rows.
 */
#include "data/spec.h"
#include "data/record_row.h"

static void add_forms(Arena *a, const Form *f, const Form ***list, int *n, int *cap)
{
    ARENA_PUSH(a, *list, *n, *cap, f);
    for (int i = 0; i < f->nfield; i++)
        if (field_is_rows(f->field[i])) add_forms(a, f->field[i]->rows, list, n, cap);
}

int spec_forms(Arena *a, const App *app, const Form ***out)
{
    int n = 0, cap = 0;

    *out = NULL;
    for (int i = 0; i < app->nform; i++) add_forms(a, app->form[i], out, &n, &cap);
    return n;
}

char *spec_quote(Arena *a, const char *text)
{
    Str s = str_begin(a);

    str_add_char(&s, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '\'') str_add_char(&s, '\'');
        str_add_char(&s, *p);
    }
    str_add_char(&s, '\'');
    return s.p;
}

const char *spec_sort_column(Arena *a, const Field *f)
{
    return f->name.folded ? arena_printf(a, "%s__key", f->name.column) : f->name.column;
}

static const char *column_type(const Field *f)
{
    switch (field_val(f)) {
    case VAL_BOOL: case VAL_INT: case VAL_DEC: case VAL_REC: case VAL_DURATION:
        return "INTEGER";
    case VAL_REAL: return "REAL";
    default: return "TEXT";
    }
}

/* Lookups of links, too: a copy of a reference is one. The engine's stamps are users. */
static const char *references(const Field *f)
{
    const Field *like = f->like ? f->like : f;

    if (field_val(f) != VAL_REC) return NULL;
    if (like->to) return like->to->names.table;
    return f->name.target ? f->name.target->table : NULL;
}

static const char *kind_of(Arena *a, const Field *f)
{
    const char *to = references(f);

    switch (field_val(f)) {
    case VAL_DEC: return arena_printf(a, "number %d", field_scale(f));
    case VAL_INT: return "integer";
    case VAL_REAL: return "real";
    case VAL_BOOL: return "boolean";
    case VAL_DATE: return "date";
    case VAL_DATETIME: return "datetime";
    case VAL_TIME: return "time";
    case VAL_DURATION: return "duration";
    case VAL_REC: return arena_printf(a, "link to %s", to ? to : "?");
    default: break;
    }
    /* Texts that are brought to a normal form differ from those that are not. */
    if ((f->name.normal && !f->computed) || (f->value && str_eq(f->value->name, "choice")))
        return f->value ? f->value->name : f->type->name;
    return "text";
}

static const char *computed_from(Arena *a, const Field *f)
{
    if (f->formula) return arena_printf(a, "formula %s", expr_text(f->formula));
    if (f->do_)
        return arena_printf(a, "rollup %s.%s %s where %s", f->from->key, f->via->key,
            expr_text(f->do_), f->where ? expr_text(f->where) : "");
    if (f->via && f->source)
        return arena_printf(a, "lookup %s.%s", f->via->key, f->source->key);
    return f->serial ? "serial" : NULL;
}

static const char *extra_of(const Form *f, const Field *x)
{
    if (x->name.index == SYS_ID) return "PRIMARY KEY AUTOINCREMENT";
    if (!f->parent && x->system && x->name.index == SYS_VERSION) return "NOT NULL DEFAULT 1";
    if (field_val(x) == VAL_BOOL) return "DEFAULT 0";
    return NULL;
}

static void add_field(Arena *a, TableSpec *t, const Form *f, const Field *x)
{
    ColumnSpec c = { .name = x->name.column, .type = column_type(x),
        .references = references(x), .extra = extra_of(f, x), .field = x };

    if (!x->system) {
        c.kind = kind_of(a, x);
        c.from = computed_from(a, x);
    }
    ARENA_PUSH(a, t->column, t->n, t->cap, c);
    ColumnSpec beside = { .type = "TEXT", .field = x, .beside = true };
    if (x->name.folded) {
        beside.name = arena_printf(a, "%s__key", x->name.column);
        ARENA_PUSH(a, t->column, t->n, t->cap, beside);
    }
    if (field_has_shown(x)) {
        beside.name = arena_printf(a, "%s__shown", x->name.column);
        ARENA_PUSH(a, t->column, t->n, t->cap, beside);
    }
}

static void add_side(Arena *a, Spec *s, const Form *f, const Field *x)
{
    bool links = x->name.type.of == T_RECORD;
    const char *to = links && x->name.target ? x->name.target->table : NULL;
    /* The key's columns first: else SQLite 3.40's integrity_check takes one for another. */
    ColumnSpec columns[] = {
        { .name = "record", .type = "INTEGER", .references = f->names.table,
          .extra = "NOT NULL" },
        { .name = "position", .type = "INTEGER", .extra = "NOT NULL" },
        { .name = "value", .type = links ? "INTEGER" : "TEXT", .references = to,
          .extra = "NOT NULL", .field = x,
          .kind = to ? arena_printf(a, "list of %s", to) : "list of text" },
    };
    TableSpec t = { .name = x->name.table, .form = f, .side = x,
        .tail = "PRIMARY KEY (\"record\", \"position\")" };

    for (int i = 0; i < LEN(columns); i++) ARENA_PUSH(a, t.column, t.n, t.cap, columns[i]);
    ARENA_PUSH(a, s->table, s->ntable, s->table_cap, t);
}

static void add_table(Arena *a, Spec *s, const Form *f)
{
    TableSpec t = { .name = f->names.table, .form = f };

    for (int i = 0; i < f->nfield; i++)
        if (field_has_column(f->field[i])) add_field(a, &t, f, f->field[i]);
        else for (int k = 0; k < f->field[i]->npart; k++)
            add_field(a, &t, f, f->field[i]->part[k]);
    if (f->parent) {
        ColumnSpec owner = { .name = "record", .type = "INTEGER",
            .references = f->parent->names.table, .extra = "NOT NULL" };
        ARENA_PUSH(a, t.column, t.n, t.cap, owner);
    }
    ARENA_PUSH(a, s->table, s->ntable, s->table_cap, t);
    for (int i = 0; i < f->nfield; i++)
        if (field_is_list(f->field[i])) add_side(a, s, f, f->field[i]);
}

void spec_of(Arena *a, const App *app, Dialect dialect, Spec *out)
{
    const Form **form;
    int n = spec_forms(a, app, &form);

    *out = (Spec){ .dialect = dialect };
    for (int i = 0; i < n; i++) add_table(a, out, form[i]);
    spec_indexes(a, app, out);
    spec_views(a, app, out);
}

static void add_definition(Str *s, const ColumnSpec *c)
{
    str_printf(s, "\"%s\" %s", c->name, c->type);
    if (c->extra) str_printf(s, " %s", c->extra);
    if (c->references) str_printf(s, " REFERENCES \"%s\"(\"id\")", c->references);
}

char *spec_create(Arena *a, const Spec *spec, const TableSpec *t)
{
    Str s = str_begin(a);

    str_printf(&s, "CREATE TABLE \"%s\" (", t->name);
    for (int i = 0; i < t->n; i++) {
        str_add(&s, i ? ",\n    " : "\n    ");
        add_definition(&s, &t->column[i]);
    }
    if (t->tail) str_printf(&s, ",\n    %s", t->tail);
    str_add(&s, "\n)");
    if (spec->dialect == DIALECT_SQLITE)
        str_add(&s, t->tail ? " STRICT, WITHOUT ROWID" : " STRICT");
    return s.p;
}

char *spec_add_column(Arena *a, const TableSpec *t, const ColumnSpec *c)
{
    Str s = str_begin(a);

    str_printf(&s, "ALTER TABLE \"%s\" ADD COLUMN ", t->name);
    add_definition(&s, c);
    return s.p;
}

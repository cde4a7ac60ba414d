/*
 * spec_view.c — FORM_v: the table as a person reads it, with decimals, titles and labels.
 *
 * Views take no values, so texts stand in them as quoted literals; names are checked keys.
 */
#include "data/spec.h"
#include "data/record_row.h"

static bool has_label(const Field *f)
{
    for (int i = 0; i < f->noption; i++)
        if (f->option[i].label.n) return true;
    return false;
}

static void add_labels(Arena *a, Str *s, const Field *f, const char *column)
{
    str_printf(s, "CASE %s", column);
    for (int i = 0; i < f->noption; i++) {
        const Option *o = &f->option[i];
        str_printf(s, " WHEN %s THEN %s", spec_quote(a, o->value),
            spec_quote(a, label_show(&o->label, NULL, o->value)));
    }
    str_printf(s, " ELSE %s END", column);
}

/* The title fields that are plain columns, one after the other; else #id. */
static void add_title(Str *s, const Form *to, const char *column)
{
    int n = 0;

    str_add(s, "(SELECT ");
    for (int i = 0; i < to->ntitle_field; i++) {
        const Field *x = to->title_field[i];
        if (!field_has_column(x) || field_val(x) != VAL_TEXT) continue;
        str_printf(s, "%scoalesce(t.\"%s\", '')", n++ ? " || ' ' || " : "", x->name.column);
    }
    if (!n) str_add(s, "'#' || t.\"id\"");
    str_printf(s, " FROM \"%s\" t WHERE t.\"id\" = %s)", to->names.table, column);
}

static const char *power(int scale)
{
    static const char *const tens[] = { "1.0", "10.0", "100.0", "1000.0", "10000.0", "100000.0",
        "1000000.0", "10000000.0", "100000000.0", "1000000000.0" };
    return tens[scale < LEN(tens) ? scale : LEN(tens) - 1];
}

static void add_column(Arena *a, Str *s, const Field *f, Dialect dialect)
{
    const Field *like = f->like ? f->like : f;
    const char *column = arena_printf(a, "r.\"%s\"", f->name.column);
    ValKind kind = field_val(f);

    if (kind == VAL_REC && like->to) add_title(s, like->to, column);
    else if (kind == VAL_DEC && field_scale(f) && dialect == DIALECT_SQLITE) str_printf(s, "%s / %s", column,
        power(field_scale(f)));
    else if (kind == VAL_TEXT && has_label(like)) add_labels(a, s, like, column);
    else if (field_has_shown(f)) str_printf(s, "coalesce(r.\"%s__shown\", %s)", f->name.column,
        column);
    else str_add(s, column);
    str_printf(s, " AS \"%s\"", f->name.column);
}

static void add_list(Arena *a, Str *s, const Field *f, Dialect dialect)
{
    bool links = f->name.type.of == T_RECORD && f->to;

    str_printf(s, "(SELECT %s(v, ', ') FROM (SELECT ",
        dialect == DIALECT_PG ? "string_agg" : "group_concat");
    if (field_of_files(f))
        str_add(s, "(SELECT t.\"name\" FROM \"_file\" t WHERE t.\"id\" = l.\"value\")");
    else if (links) add_title(s, f->to, "l.\"value\"");
    else if (has_label(f)) add_labels(a, s, f, "l.\"value\"");
    else str_add(s, "l.\"value\"");
    str_printf(s, " AS v FROM \"%s\" l WHERE l.\"record\" = r.\"id\" ORDER BY l.\"position\") x) "
        "AS \"%s\"", f->name.table, f->key);
}

/* Who reads the view sees no more than the tables show to that login; 14 has no word for it. */
static void add_invoker(Str *s, const char *name)
{
    str_printf(s, ";\nDO $$ BEGIN IF current_setting('server_version_num')::int >= 150000 THEN "
        "ALTER VIEW \"%s\" SET (security_invoker = true); END IF; END $$", name);
}

static const char *view_sql(Arena *a, const Form *f, const char *name, Dialect dialect)
{
    Str s = str_begin(a);
    int n = 0;

    str_printf(&s, "CREATE VIEW \"%s\" AS SELECT ", name);
    for (int i = 0; i < f->nfield; i++) {
        const Field *x = f->field[i];
        if (x->system && x->name.index == SYS_DELETED_AT) continue;
        for (int k = 0; k < x->npart; k++) {
            str_add(&s, n++ ? ",\n    " : "\n    ");
            add_column(a, &s, x->part[k], dialect);
        }
        bool list = field_is_list(x);
        if (!list && !field_has_column(x)) continue;
        str_add(&s, n++ ? ",\n    " : "\n    ");
        if (list) add_list(a, &s, x, dialect);
        else add_column(a, &s, x, dialect);
    }
    str_printf(&s, "\nFROM \"%s\" r WHERE r.\"deleted_at\" IS NULL", f->names.table);
    if (dialect == DIALECT_PG) add_invoker(&s, name);
    return s.p;
}

void spec_views(Arena *a, const App *app, Spec *s)
{
    for (int i = 0; i < app->nform; i++) {
        const Form *f = app->form[i];
        ViewSpec v = { .name = arena_printf(a, "%s_v", f->names.table), .form = f };
        v.sql = view_sql(a, f, v.name, s->dialect);
        ARENA_PUSH(a, s->view, s->nview, s->view_cap, v);
    }
}

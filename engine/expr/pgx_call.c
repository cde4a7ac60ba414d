/*
 * pgx_call — functions of the language as SQL of PostgreSQL: one line each.
 *
 *     @1 …  an argument in the form of its type     @*    all of them, numbers as doubles
 *     @f1   as a double          @d1   its date     @l1   its clock on the wall
 *     @s1   its seconds          @w1   a list's items as texts        @o1   its date at work
 *     @+2   ", argument" if it is given             @z @c @p   zone, calendar, decimals of the result
 *     ^…    a date: beside an instant it becomes that day at the instant's time; %… by the clock there
 * What depends on the types of the arguments has a function here.
 */
#include "expr/pgx.h"
#include <ctype.h>
#include <string.h>

typedef struct Form { const char *fn, *text; bool (*emit)(Emit *e, const Term *t); } Form;

static const Type real = { .kind = T_NUMBER, .decimals = -1 };

static bool as_double(Emit *e, const Term *t)
{
    return pgx_term_as(e, t, t->type.kind == T_NUMBER ? real : t->type);
}

/* The date of a date or an instant. */
static bool day_in(Emit *e, const Term *t, void (*zone)(Emit *e))
{
    if (t->type.kind != T_DATETIME) return pgx_term_as(e, t, type_plain(T_DATE));
    sql_add(e->q, "(");
    if (!pgx_term(e, t)) return false;
    sql_add(e->q, " AT TIME ZONE ");
    zone(e);
    sql_add(e->q, ")::date");
    return true;
}

static bool day_of_term(Emit *e, const Term *t)
{
    return day_in(e, t, pgx_zone);
}

static bool clock_of_term(Emit *e, const Term *t)
{
    sql_add(e->q, "(");
    if (t->type.kind == T_TIME) sql_add(e->q, "DATE '1970-01-01' + ");
    if (!pgx_term(e, t)) return false;
    if (t->type.kind == T_DATETIME) {
        sql_add(e->q, " AT TIME ZONE ");
        pgx_zone(e);
    }
    sql_add(e->q, ")::timestamp");
    return true;
}

/* ---- those that look at types ---- */

/* Each as text, one after the other. */
static bool joined(Emit *e, const Term *t)
{
    sql_add(e->q, "nullif(");
    for (int i = 0; i < t->n; i++) {
        if (i) sql_add(e->q, " || ");
        sql_add(e->q, "coalesce(");
        if (!pgx_shown(e, t->arg[i])) return false;
        sql_add(e->q, ", '')");
    }
    sql_add(e->q, ", '')");
    return true;
}

static bool parts(Emit *e, const Term *t)
{
    sql_add(e->q, "nullif(array_to_string(ARRAY[");
    for (int i = 0; i < t->n; i++) {
        if (i) sql_add(e->q, ", ");
        if (!pgx_shown(e, t->arg[i])) return false;
    }
    sql_add(e->q, "], ', '), '')");
    return true;
}

static bool shown(Emit *e, const Term *t)
{
    sql_add(e->q, "nullif(");
    if (!pgx_shown(e, t)) return false;
    sql_add(e->q, ", '')");
    return true;
}

/* text(v, format) */
static bool formatted(Emit *e, const Term *t)
{
    const Term *x = t->arg[0];
    TypeKind k = x->type.kind;
    bool clock = k == T_DATE || k == T_DATETIME || k == T_TIME;
    if (t->n < 2 || !(clock || k == T_NUMBER)) return shown(e, x);
    if (clock) {
        sql_add(e->q, "coalesce(x_format(");
        if (!clock_of_term(e, x)) return false;
    } else {
        bool exact = x->type.decimals >= 0;
        sql_add(e->q, "x_format(");
        if (!exact) sql_add(e->q, "NULL, ");
        if (!pgx_term(e, x)) return false;
        if (exact) sql_add(e->q, ", NULL");
        sql_add(e->q, ", ");
        if (!pgx_shown(e, x)) return false;
    }
    sql_add(e->q, ", ");
    if (!pgx_term(e, t->arg[1])) return false;
    sql_add(e->q, ")");
    if (!clock) return true;
    sql_add(e->q, ", ");
    if (!pgx_shown(e, x)) return false;
    sql_add(e->q, ")");
    return true;
}

static bool negated(Emit *e, const Term *t)
{
    if (t->type.kind == T_DURATION) sql_add(e->q, "x_less(");
    else sql_add(e->q, "(-");
    if (!as_double(e, t->arg[0])) return false;
    sql_add(e->q, ")");
    return true;
}

static bool compared(Emit *e, const Term *t)
{
    return pgx_compare(e, t->arg[0], t->arg[1], t->fn->doc.name);
}

static bool is_in(Emit *e, const Term *t)
{
    return pgx_in(e, t->arg[0], t->arg[1]);
}

static bool where(Emit *e, const Term *t)
{
    return pgx_where(e, t->arg[0], t->arg[1], t->arg[2]);
}

/* if, ifs, switch: each result in the form of the whole's type. */
static bool chosen(Emit *e, const Term *t)
{
    int i = str_eq(t->fn->doc.name, "switch");
    const Term *subject = i ? t->arg[0] : NULL;
    sql_add(e->q, "(CASE");
    for (; i + 1 < t->n; i += 2) {
        sql_add(e->q, " WHEN ");
        if (!(subject ? pgx_compare(e, subject, t->arg[i], "=") : emit_term(e, t->arg[i])))
            return false;
        sql_add(e->q, " THEN ");
        if (!pgx_term_as(e, t->arg[i + 1], t->type)) return false;
    }
    sql_add(e->q, " ELSE ");
    if (i < t->n && !pgx_term_as(e, t->arg[i], t->type)) return false;
    if (i >= t->n && t->type.kind == T_BOOL) sql_add(e->q, "FALSE");
    else if (i >= t->n) sql_add(e->q, "NULL");
    sql_add(e->q, " END)");
    return true;
}

static bool first_filled(Emit *e, const Term *t)
{
    sql_add(e->q, "coalesce(");
    for (int i = 0; i < t->n; i++) {
        if (i) sql_add(e->q, ", ");
        if (!pgx_term_as(e, t->arg[i], t->type)) return false;
    }
    sql_add(e->q, ")");
    return true;
}

static bool is_blank(Emit *e, const Term *t)
{
    (void)t;
    sql_truth(e->q, false);               /* a boolean never is */
    return true;
}

static bool number_of(Emit *e, const Term *t)
{
    TypeKind k = t->arg[0]->type.kind;
    if (k == T_NUMBER) return as_double(e, t->arg[0]);
    if (k != T_TEXT) {
        sql_add(e->q, "NULL::double precision");
        return true;
    }
    sql_add(e->q, "x_value(");
    if (!pgx_term(e, t->arg[0])) return false;
    sql_add(e->q, ")");
    return true;
}

static bool link_count(Emit *e, const Term *t)
{
    if (t->arg[0]->type.kind == T_LIST) sql_add(e->q, "coalesce(cardinality(");
    else sql_add(e->q, "num_nonnulls(");
    if (!pgx_term(e, t->arg[0])) return false;
    if (t->arg[0]->type.kind == T_LIST) sql_add(e->q, "), 0)::double precision");
    else sql_add(e->q, ")::double precision");
    return true;
}

static bool expand(Emit *e, const Term *t, const char *text);

static bool date(Emit *e, const Term *t)
{
    TypeKind k = t->arg[0]->type.kind;
    if (t->n == 3) return expand(e, t, "x_date(@f1, @f2, @f3)");
    if (k == T_TEXT) return expand(e, t, "x_date(@1, @z)");
    return expand(e, t, k == T_DATE || k == T_DATETIME ? "@d1" : "NULL::date");
}

static bool datetime(Emit *e, const Term *t)
{
    TypeKind k = t->arg[0]->type.kind;
    if (k == T_TEXT) return expand(e, t, "x_datetime(@1@+2, @z)");
    if (k == T_DATETIME && t->n == 1) return pgx_term(e, t->arg[0]);
    if (k != T_DATE && k != T_DATETIME) return expand(e, t, "NULL::timestamptz");
    return expand(e, t, t->n > 1 ? "x_at(@d1, @2, @z)" : "x_at(@d1::timestamp, @z)");
}

/* A moment and a number of days or a duration. */
static bool moved(Emit *e, const Term *t)
{
    bool minus = str_ends(t->fn->doc.name, "-"), instant = t->arg[0]->type.kind == T_DATETIME;
    if (t->arg[1]->type.kind == T_NUMBER)
        return expand(e, t, minus ? "^x_add_few(@d1, -@f2)" : "^x_add_few(@d1, @f2)");
    if (t->arg[1]->type.kind == T_ANY) {
        sql_add(e->q, "NULL");
        return true;
    }
    if (!instant && t->type.kind == T_DATETIME)
        return expand(e, t, minus ? "x_move(x_at(@d1::timestamp, @z), @2, -1, @z, @c)"
            : "x_move(x_at(@d1::timestamp, @z), @2, 1, @z, @c)");
    return expand(e, t, minus ? "x_move(@1, @2, -1, @z, @c)" : "x_move(@1, @2, 1, @z, @c)");
}

static bool age(Emit *e, const Term *t)
{
    if (t->n > 1) return expand(e, t, "x_age(@d1, @d2)");
    const Zone *zone = e->asker && e->asker->zone ? e->asker->zone : zone_utc();
    sql_add(e->q, "x_age(");
    if (!day_of_term(e, t->arg[0])) return false;
    sql_add(e->q, ", ");
    sql_bind(e->q, val_date(local_day(e->asker ? e->asker->now : 0, zone)));
    sql_add(e->q, "::date)");
    return true;
}

/* Those without text and function never come here: sql.c writes them, or knows their value. */
static const Form forms[] = {
    { "+", NULL, pgx_arithmetic }, { "-", NULL, pgx_arithmetic }, { "*", NULL, pgx_arithmetic },
    { "/", NULL, pgx_arithmetic }, { "%", "x_mod(@f1, @f2)", NULL }, { "mod", "x_mod(@*)", NULL },
    { "neg", NULL, negated }, { "&", NULL, joined }, { "concat", NULL, joined },
    { "=", NULL, compared }, { "!=", NULL, compared }, { "<", NULL, compared },
    { "<=", NULL, compared }, { ">", NULL, compared }, { ">=", NULL, compared },
    { "and", NULL, NULL }, { "or", NULL, NULL }, { "not", NULL, NULL }, { "between", NULL, NULL },
    { "contains", NULL, NULL }, { "within", NULL, NULL }, { "today", NULL, NULL },
    { "now", NULL, NULL }, { "in", NULL, is_in }, { "has", "x_has(@1, @2)", NULL },
    { "starts_with", "x_starts_with(@1, @2)", NULL }, { "[]", NULL, pgx_array },
    { "where", NULL, where }, { "keep", "x_keep(@1, @2)", NULL },
    { "round_to", "x_dec(@f1, @p)", NULL }, { "parts", NULL, parts },
    { "as_datetime", NULL, datetime }, { "moment+", NULL, moved }, { "moment-", NULL, moved },
    { "day-day", "(@1 - @2)::double precision", NULL },
    { "time-time", "(extract(epoch FROM @1 - @2)::bigint || 's')", NULL },
    { "span+", "x_spanned(@s1::double precision + @s2::double precision)", NULL },
    { "span-", "x_spanned(@s1::double precision - @s2::double precision)", NULL },
    { "span*", "x_spanned(x_mul(@s1::double precision, @f2))", NULL },
    { "span/", "x_spanned(x_div(@s1::double precision, @f2))", NULL },
    { "span/span", "x_div(@s1::double precision, @s2::double precision)", NULL },
    { "if", NULL, chosen }, { "ifs", NULL, chosen }, { "switch", NULL, chosen },
    { "coalesce", NULL, first_filled }, { "is_blank", NULL, is_blank },
    { "left", "x_left(@*)", NULL }, { "right", "x_right(@*)", NULL }, { "mid", "x_mid(@*)", NULL },
    { "len", "length(coalesce(@1, ''))::double precision", NULL },
    { "lower", "x_lower(@1)", NULL }, { "upper", "x_upper(@1)", NULL },
    { "trim", "x_trim(@1)", NULL }, { "replace", "x_replace(@*)", NULL },
    { "substitute", "x_substitute(@*)", NULL }, { "split", "x_split(@*)", NULL },
    { "join", "x_join(@w1@+2)", NULL }, { "text", NULL, formatted },
    { "value", NULL, number_of }, { "search", "x_search(@1, @2)", NULL },
    { "regex_match", NULL, pgx_regex }, { "rmb_upper", "x_rmb_upper(@f1)", NULL },
    { "sum", NULL, pgx_total }, { "sum_if", NULL, pgx_total }, { "average", NULL, pgx_total },
    { "min", NULL, pgx_total }, { "max", NULL, pgx_total }, { "count", NULL, pgx_total },
    { "count_if", NULL, pgx_total }, { "large", NULL, pgx_total }, { "small", NULL, pgx_total },
    { "sum_product", NULL, pgx_sum_product }, { "round", "x_round(@*)", NULL },
    { "floor", "x_floor(@*)", NULL }, { "ceiling", "x_ceiling(@*)", NULL },
    { "int", "x_floor(@f1)", NULL }, { "abs", "abs(@f1)", NULL },
    { "power", "x_power(@*)", NULL }, { "sqrt", "x_sqrt(@f1)", NULL },
    { "date", NULL, date }, { "datetime", NULL, datetime },
    { "year", "extract(year FROM @d1)::double precision", NULL },
    { "quarter", "extract(quarter FROM @d1)::double precision", NULL },
    { "month", "extract(month FROM @d1)::double precision", NULL },
    { "day", "extract(day FROM @d1)::double precision", NULL },
    { "hour", "extract(hour FROM @l1)::double precision", NULL },
    { "minute", "extract(minute FROM @l1)::double precision", NULL },
    { "weekday", "extract(isodow FROM @d1)::double precision", NULL },
    { "week_number", "extract(week FROM @d1)::double precision", NULL },
    { "days", "x_days(@d1, @d2@+3)", NULL }, { "age", NULL, age },
    { "add_days", "^x_add_days(@d1, @f2)", NULL },
    { "add_months", "^x_add_months(@d1, @f2)", NULL },
    { "add_years", "^x_add_months(@d1, @f2, 12)", NULL },
    { "start_of", "x_start_of(@d1, @2)", NULL }, { "end_of", "x_end_of(@d1@+2)", NULL },
    { "workdays", "x_workdays(@o1, @o2, @c)", NULL },
    { "add_workdays", "%x_add_workdays(@o1, @f2, @c)", NULL },
    { "work_hours", "x_work_hours(@1, @2, @c)", NULL },
    { "link_count", NULL, link_count },
};

static const Form *form_of(const char *fn)
{
    for (int i = 0; i < LEN(forms); i++)
        if (str_eq(forms[i].fn, fn)) return &forms[i];
    return NULL;
}

const char *pgx_form(const char *fn)
{
    const Form *f = form_of(fn);
    return !f ? NULL : f->text ? f->text : "";
}

/* One argument, as the letter before its number says. */
static bool argument(Emit *e, const Term *t, char how)
{
    switch (how) {
    case 'f': return pgx_term_as(e, t, real);
    case 'd': return day_of_term(e, t);
    case 'o': return day_in(e, t, pgx_work_zone);
    case 'l': return clock_of_term(e, t);
    case 's': return pgx_key(e, t);
    case 'w': return t->type.kind == T_LIST ? pgx_shown_list(e, t)
        : pgx_term_as(e, t, type_list(type_plain(T_TEXT)));
    default:  return pgx_term(e, t);
    }
}

static bool arguments(Emit *e, const Term *t)
{
    for (int i = 0; i < t->n; i++) {
        if (i) sql_add(e->q, ", ");
        if (!as_double(e, t->arg[i])) return false;
    }
    return true;
}

/* What stands behind @; *p moves to its last character. */
static bool placed(Emit *e, const Term *t, const char **p)
{
    switch (**p) {
    case '*': return arguments(e, t);
    case 'z': pgx_zone(e); return true;
    case 'c':
        if (!emit_is_placed(e, FN_PLACE)) return false;
        sql_bind(e->q, val_text(calendar_pack(e->cx->a, e->asker)));
        sql_add(e->q, "::text");
        return true;
    case 'p': sql_int(e->q, t->type.decimals); return true;
    default: break;
    }
    char how = isdigit((unsigned char)**p) ? 0 : *(*p)++;
    int i = **p - '1';
    if (how == '+' && i >= t->n) return true;
    if (how == '+') sql_add(e->q, ", ");
    BUG_IF(i < 0 || i >= t->n);
    return argument(e, t->arg[i], how);
}

static bool expand(Emit *e, const Term *t, const char *text)
{
    char day = *text == '^' || *text == '%' ? *text++ : 0;
    bool on = day && t->arg[0]->type.kind == T_DATETIME;
    if (on) sql_add(e->q, "x_on(");
    for (const char *p = text; *p; p++) {
        if (*p != '@') {
            sql_add_n(e->q, p, 1);
            continue;
        }
        p++;
        if (!placed(e, t, &p)) return false;
    }
    if (!on) return true;
    sql_add(e->q, ", ");
    if (!pgx_term(e, t->arg[0])) return false;
    sql_add(e->q, ", ");
    if (day == '%') pgx_work_zone(e);
    else pgx_zone(e);
    sql_add(e->q, ")");
    return true;
}

bool pgx_call(Emit *e, const Term *t)
{
    const Form *f = form_of(t->fn->doc.name);
    BUG_IF(!f || (!f->text && !f->emit));
    return f->emit ? f->emit(e, t) : expand(e, t, f->text);
}

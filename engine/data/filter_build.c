/*
 * filter_build.c — the table of operators, and rows to text and back by it.
 */
#include "data/filter_build.h"
#include "data/query_in.h"
#include "data/record_row.h"
#include "def/types.h"
#include "expr/shape.h"

#include <stdlib.h>
#include <string.h>

enum {
    OF_TEXT = 1, OF_NUMBER = 2, OF_DATE = 4, OF_MOMENT = 8, OF_TIME = 16, OF_BOOL = 32,
    OF_OPTION = 64, OF_OPTIONS = 128, OF_RECORD = 256, OF_PERSON = 512, OF_RECORDS = 1024,
    OF_PEOPLE = 2048, DAYS_AT_MOST = 36500
};
#define OF_ONE (OF_TEXT | OF_OPTION | OF_NUMBER | OF_RECORD | OF_PERSON)
#define OF_DAYS (OF_DATE | OF_MOMENT | OF_TIME)
#define OF_ORDER (OF_NUMBER | OF_DAYS)
#define OF_BLANK (OF_ONE | OF_DAYS)

static const FilterOp ops[] = {
    { "has", "contains", TAKES_ONE, OF_TEXT, "f contains v" },
    { "me", "is me", TAKES_NONE, OF_PERSON, "f = me()" },
    { "is", "is", TAKES_ONE, OF_ONE | OF_DATE, "f = v" },
    { "any", "is any of", TAKES_LIST, OF_OPTION, "f in l" },
    { "with", "holds", TAKES_ONE, OF_OPTIONS | OF_RECORDS | OF_PEOPLE, "f contains v" },
    { "with_me", "holds me", TAKES_NONE, OF_PEOPLE, "f contains me()" },
    { "yes", "yes", TAKES_NONE, OF_BOOL, "f" },
    { "no", "no", TAKES_NONE, OF_BOOL, "not f" },
    { "from", "at least", TAKES_ONE, OF_NUMBER, "f >= v" },
    { "to", "at most", TAKES_ONE, OF_NUMBER, "f <= v" },
    { "since", "on or after", TAKES_ONE, OF_DAYS, "f >= v" },
    { "until", "on or before", TAKES_ONE, OF_DAYS, "f <= v" },
    { "more", "more than", TAKES_ONE, OF_NUMBER, "f > v" },
    { "less", "less than", TAKES_ONE, OF_NUMBER, "f < v" },
    { "after", "after", TAKES_ONE, OF_DAYS, "f > v" },
    { "before", "before", TAKES_ONE, OF_DAYS, "f < v" },
    { "between", "between", TAKES_TWO, OF_ORDER, "f between v and w" },
    { "period", "in the period", TAKES_TWO, OF_DATE, "f in period(v, w)" },
    { "today", "today", TAKES_NONE, OF_DATE, "f = today()" },
    { "day", "today", TAKES_NONE, OF_MOMENT, "date(f) = today()" },
    { "past", "is past", TAKES_NONE, OF_DATE, "f < today()" },
    { "gone", "is past", TAKES_NONE, OF_MOMENT, "f < now()" },
    { "last", "in the last days", TAKES_DAYS, OF_DATE, "f between today() - v and today()" },
    { "next", "in the next days", TAKES_DAYS, OF_DATE, "f between today() and today() + v" },
    { "last_days", "in the last days", TAKES_DAYS, OF_MOMENT,
      "f between today() - v and now()" },
    { "next_days", "in the next days", TAKES_DAYS, OF_MOMENT,
      "f between now() and today() + v" },
    { "not", "is not", TAKES_ONE, OF_ONE, "f != v" },
    { "none", "is none of", TAKES_LIST, OF_OPTION, "f not in l" },
    { "without", "does not hold", TAKES_ONE, OF_OPTIONS | OF_RECORDS | OF_PEOPLE,
      "not f contains v" },
    { "hasnt", "does not contain", TAKES_ONE, OF_TEXT, "not f contains v" },
    { "starts", "starts with", TAKES_ONE, OF_TEXT, "starts_with(f, v)" },
    { "blank", "is blank", TAKES_NONE, OF_BLANK, "f = blank" },
    { "filled", "is filled", TAKES_NONE, OF_BLANK, "f != blank" },
};

static const Field *like_of(const Field *f)
{
    return f->like ? f->like : f;
}

static unsigned record_kind(const Field *f, bool list)
{
    const Names *names = f->name.type.form;
    const Form *to = names ? names->form : NULL;
    bool person = to && str_eq(to->key, "user");

    if (list) return person ? OF_PEOPLE : OF_RECORDS;
    return person ? OF_PERSON : OF_RECORD;
}

static unsigned kind_of(const Field *f)
{
    Type t = f->name.type;
    bool options = like_of(f)->noption || f->value == &type_stage;

    if (f->name.kind == NAME_ROWS) return 0;
    switch (t.kind) {
    case T_TEXT: return options ? OF_OPTION : OF_TEXT;
    case T_NUMBER: return OF_NUMBER;
    case T_BOOL: return OF_BOOL;
    case T_DATE: return OF_DATE;
    case T_DATETIME: return OF_MOMENT;
    case T_TIME: return OF_TIME;
    case T_RECORD: return record_kind(f, false);
    case T_LIST:
        if (t.of == T_RECORD) return record_kind(f, true);
        return t.of == T_TEXT ? OF_OPTIONS : 0;
    default: return f->name.kind == NAME_STAGE ? OF_OPTION : 0;
    }
}

/* Of the engine's own fields those that people think in. */
static bool is_plain(const Field *f)
{
    static const int offered[] = { SYS_CREATED_AT, SYS_CREATED_BY, SYS_UPDATED_AT, SYS_STAGE,
        SYS_STAGE_SINCE, SYS_STAGE_DUE, SYS_POOL_SINCE, SYS_OWNER_SINCE };

    for (int i = 0; f->system && i < LEN(offered); i++)
        if (f->name.index == offered[i]) return true;
    return !f->system;
}

bool filter_offered(Work *w, const Form *f, const Field *field)
{
    return kind_of(field) && is_plain(field) && perm_filterable(w, f, field);
}

int filter_fields(Work *w, const Form *f, const Field ***out)
{
    int n = 0;

    *out = ARENA_ARRAY(w->cx.a, const Field *, f->nfield + 1);
    for (int i = f->nsystem; i < f->nfield; i++)
        if (filter_offered(w, f, f->field[i])) (*out)[n++] = f->field[i];
    for (int i = 0; i < f->nsystem; i++)
        if (filter_offered(w, f, f->field[i])) (*out)[n++] = f->field[i];
    return n;
}

int filter_ops(Work *w, const Field *field, const FilterOp ***out)
{
    unsigned kind = kind_of(field);
    int n = 0;

    *out = ARENA_ARRAY(w->cx.a, const FilterOp *, LEN(ops));
    for (int i = 0; i < LEN(ops); i++)
        if (ops[i].kinds & kind) (*out)[n++] = &ops[i];
    return n;
}

const FilterOp *filter_op(const Field *field, const char *key)
{
    unsigned kind = kind_of(field);

    for (int i = 0; i < LEN(ops); i++)
        if (ops[i].kinds & kind && str_eq(ops[i].key, key)) return &ops[i];
    return NULL;
}

static bool is_quoted(const Field *f, const FilterOp *op)
{
    return op->takes != TAKES_DAYS
        && !(kind_of(f) & (OF_NUMBER | OF_RECORD | OF_PERSON | OF_RECORDS | OF_PEOPLE));
}

/* The kinds of the fields whose names stand in a text: only their operators can be meant. */
static unsigned kinds_in(Work *w, const Form *f, const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    unsigned kinds = 0;

    for (const char *p = text; *p; ) {
        size_t n = strspn(p, letters);
        const Field *field = n ? form_field(f, arena_dup_n(w->cx.a, p, n)) : NULL;
        if (field) kinds |= kind_of(field);
        p += n ? n : 1;
    }
    return kinds;
}

/* A piece is a row when it is just what picking would have made of it. */
static bool as_row(Work *w, const Form *f, FilterRow *row)
{
    unsigned kinds = kinds_in(w, f, row->text);

    for (int i = 0; i < LEN(ops); i++) {
        const FilterOp *op = &ops[i];
        Shape s;
        if (!(op->kinds & kinds) || !expr_shape(&w->cx, row->text, op->pattern, &s)) continue;
        const Field *field = form_field(f, s.field);
        if (!field || !(kind_of(field) & op->kinds) || !is_plain(field)) continue;
        if (s.n && s.quoted != is_quoted(field, op)) continue;
        *row = (FilterRow){ field, op, s.value, s.n, row->text };
        return true;
    }
    return false;
}

int filter_rows(Work *w, const Form *f, const char *text, FilterRow **out)
{
    const char **piece;
    int n = expr_pieces(&w->cx, text, &piece);

    *out = ARENA_ARRAY(w->cx.a, FilterRow, (n > 0 ? n : 0) + 1);
    for (int i = 0; i < n; i++) {
        (*out)[i].text = piece[i];
        as_row(w, f, &(*out)[i]);
    }
    return n;
}

/* Written as expressions write numbers. */
static bool is_number(const char *text)
{
    const char *p = text + (*text == '-');
    size_t n = strspn(p, "0123456789"), more = p[n] == '.' ? strspn(p + n + 1, "0123456789") : 0;

    return n > 0 && !p[n + (more ? more + 1 : 0)];
}

/* Numbers and days as the field reads them; other values are texts and may be any. */
static const char *value_of(Work *w, const Field *f, const FilterOp *op, const char *text)
{
    Arena *a = w->cx.a;
    const Field *like = like_of(f);
    Val v = val_blank();
    char *end;

    text = str_trim(a, text ? text : "");
    if (!*text) {
        cx_issue(&w->cx, at_field("value"), "required", "is required");
        return NULL;
    }
    if (op->takes == TAKES_DAYS) {
        long days = strtol(text, &end, 10);
        if (!*end && days >= 0 && days <= DAYS_AT_MOST) return arena_printf(a, "%ld", days);
        cx_issue(&w->cx, at_field("value"), "type", "is no number of days");
        return NULL;
    }
    if (kind_of(f) & (OF_RECORD | OF_PERSON | OF_RECORDS | OF_PEOPLE)) {
        long long id = strtoll(text, &end, 10);
        if (!*end && id > 0) return arena_printf(a, "%lld", id);
        cx_issue(&w->cx, at_field("value"), "type", "is no record");
        return NULL;
    }
    if (!(kind_of(f) & OF_ORDER)) return text;
    int issues = w->cx.nissue;
    const Zone *zone = w->who.zone ? w->who.zone : w->app->zone;
    const FieldType *type = f->value ? f->value : f->type;
    bool read = type->read && type->read(&w->cx, like, node_new_text(a, text), zone, &v);
    if (type->read && (!read || w->cx.nissue > issues)) return NULL;
    return kind_of(f) & OF_NUMBER && type->read && !is_number(text) ? val_show(a, v) : text;
}

const char *filter_row_text(Work *w, const Field *field, const FilterOp *op,
    const char *const *value, int n)
{
    static const int wants[] = { [TAKES_NONE] = 0, [TAKES_ONE] = 1, [TAKES_TWO] = 2,
        [TAKES_LIST] = -1, [TAKES_DAYS] = 1 };
    int want = wants[op->takes] < 0 ? n : wants[op->takes];
    Shape s = { .field = field->key, .quoted = is_quoted(field, op) };

    if (op->takes == TAKES_LIST && !n) want = 1;
    s.value = ARENA_ARRAY(w->cx.a, const char *, want + 1);
    for (int i = 0; i < want; i++) {
        const char *text = value_of(w, field, op, i < n ? value[i] : NULL);
        if (!text) return NULL;
        s.value[s.n++] = text;
    }
    return expr_of_shape(w->cx.a, op->pattern, &s);
}

bool filter_check(Work *w, const Form *f, const char *text)
{
    Expr *e = query_expr(w, f, text, USE_FILTER, (Type){ .kind = T_BOOL }, NULL);

    return e ? !w->cx.err : cx_check(&w->cx);
}

const char *filter_join(Arena *a, const FilterRow *row, int n, int without)
{
    const char **piece = ARENA_ARRAY(a, const char *, n + 1);
    int k = 0;

    for (int i = 0; i < n; i++)
        if (i != without) piece[k++] = row[i].text;
    return k ? expr_join(a, piece, k) : NULL;
}

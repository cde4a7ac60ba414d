/*
 * The text grows beside its values: a bind writes $n and keeps the value at n - 1. A part that
 * is joined brings its values along, so its numbers move up by how many are there already.
 */
#include "db/sql.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 63     /* PostgreSQL cuts longer names silently */

Sql sql_begin(Arena *a, Dialect dialect)
{
    return (Sql){ .text = str_begin(a), .dialect = dialect };
}

void sql_add_n(Sql *q, const char *literal, size_t n)
{
    str_add_n(&q->text, literal, n);
}

/* Bytes of a key; 0: it is none. */
static size_t key_length(const char *key)
{
    size_t n = 0;

    while ((key[n] >= 'a' && key[n] <= 'z') || (key[n] >= '0' && key[n] <= '9') || key[n] == '_')
        n++;
    return n <= NAME_MAX_BYTES && !key[n] && !isdigit((unsigned char)*key) ? n : 0;
}

void sql_name(Sql *q, const char *key)
{
    size_t n = key ? key_length(key) : 0;
    char quoted[NAME_MAX_BYTES + 2];

    BUG_IF(!n);
    quoted[0] = quoted[n + 1] = '"';
    memcpy(quoted + 1, key, n);
    str_add_n(&q->text, quoted, n + 2);
}

void sql_column(Sql *q, const char *alias, const char *key)
{
    if (alias) {
        sql_name(q, alias);
        str_add_char(&q->text, '.');
    }
    sql_name(q, key);
}

/* Every value of every statement passes here: no printf. */
static void add_number(Sql *q, int number)
{
    char digits[12], *p = digits + sizeof digits;
    do *--p = (char)('0' + number % 10); while (number /= 10);
    *--p = '$';
    str_add_n(&q->text, p, (size_t)(digits + sizeof digits - p));
}

void sql_bind(Sql *q, Val v)
{
    ARENA_PUSH(q->text.a, q->val, q->nval, q->cap, v);
    add_number(q, q->nval);
}

void sql_int(Sql *q, int64_t i)
{
    str_printf(&q->text, "%" PRId64, i);
}

void sql_limit(Sql *q, int64_t n)
{
    sql_add(q, " LIMIT ");
    if (q->dialect == DIALECT_PG) sql_int(q, n);
    else sql_bind(q, val_int(n));
}

void sql_claim(Sql *q)
{
    if (q->dialect == DIALECT_PG) sql_add(q, " FOR UPDATE SKIP LOCKED");
}

void sql_truth(Sql *q, bool v)
{
    if (q->dialect == DIALECT_PG)
        str_add(&q->text, v ? "TRUE" : "FALSE");
    else
        str_add_char(&q->text, v ? '1' : '0');
}

/* The length of what stands at p: a whole quoted text or name, "$n", or one character.
   *number is n of "$n", else 0. */
static size_t piece(const char *p, int *number)
{
    size_t n = 1;

    *number = 0;
    if (*p == '\'' || *p == '"') {
        const char *end = strchr(p + 1, *p);
        return end ? (size_t)(end - p) + 1 : strlen(p);
    }
    if (*p == '$' && isdigit((unsigned char)p[1]))
        for (; isdigit((unsigned char)p[n]) && *number < 1000000; n++)
            *number = *number * 10 + (p[n] - '0');
    return n;
}

void sql_join(Sql *q, const Sql *part)
{
    int before = q->nval, number;
    size_t n;

    for (int i = 0; i < part->nval; i++)
        ARENA_PUSH(q->text.a, q->val, q->nval, q->cap, part->val[i]);
    if (!before || !part->nval) {             /* the numbers stay as they are */
        str_add_n(&q->text, sql_text(part), part->text.n);
        return;
    }
    for (const char *p = sql_text(part); *p; p += n) {
        n = piece(p, &number);
        if (number)
            add_number(q, number + before);
        else
            str_add_n(&q->text, p, n);
    }
}

const char *sql_text(const Sql *q)
{
    return q->text.p ? q->text.p : "";
}

bool sql_empty(const Sql *q)
{
    return q->text.n == 0;
}

static void explain_value(Str *s, Val v)
{
    if (val_is_blank(v)) {
        str_add(s, "NULL");
    } else if (val_is_number(v) || v.kind == VAL_REC || v.kind == VAL_BOOL) {
        str_add(s, v.kind == VAL_BOOL ? (v.i ? "1" : "0") : val_show(s->a, v));
    } else {
        str_add_char(s, '\'');
        for (const char *p = val_show(s->a, v); *p; p++) {
            if (*p == '\'')
                str_add_char(s, '\'');
            str_add_char(s, *p);
        }
        str_add_char(s, '\'');
    }
}

char *sql_explain(Arena *a, const Sql *q)
{
    Str s = str_begin(a);
    int number;
    size_t n;

    for (const char *p = sql_text(q); *p; p += n) {
        n = piece(p, &number);
        if (number > 0 && number <= q->nval)
            explain_value(&s, q->val[number - 1]);
        else
            str_add_n(&s, p, n);
    }
    return arena_dup(a, str_show(&s));
}

/* With a backslash as E'…': what it means then hangs on no setting. */
char *sql_quote(Arena *a, const char *text)
{
    bool back = strchr(text, '\\') != NULL;
    Str s = str_begin(a);

    str_add(&s, back ? "E'" : "'");
    for (const char *p = text; *p; p++) {
        if (*p == '\'' || *p == '\\') str_add_char(&s, *p);
        str_add_char(&s, *p);
    }
    str_add_char(&s, '\'');
    return arena_dup(a, str_show(&s));
}

/* In parentheses what may begin with a sign. */
static void keep_value(Str *s, Arena *a, Val v)
{
    static const char *const types[] = { [VAL_DATE] = "::date", [VAL_DATETIME] = "::timestamptz",
        [VAL_TIME] = "::time", [VAL_REAL] = "::double precision" };
    char real[40];

    switch (v.kind) {
    case VAL_BLANK: str_add(s, "NULL"); break;
    case VAL_BOOL: str_add(s, v.i ? "TRUE" : "FALSE"); break;
    case VAL_INT: case VAL_REC: case VAL_DURATION: str_printf(s, "(%lld)", (long long)v.i); break;
    case VAL_DEC: str_printf(s, "(%s)", val_show(a, v)); break;
    case VAL_REAL:
        snprintf(real, sizeof real, "%.17g", v.d);
        str_printf(s, "'%s'%s", real, types[v.kind]);
        break;
    case VAL_DATE: case VAL_DATETIME: case VAL_TIME:
        str_printf(s, "'%s'%s", val_show(a, v), types[v.kind]);
        break;
    default: str_add(s, sql_quote(a, val_show(a, v))); break;
    }
}

char *sql_kept(Arena *a, const Sql *q)
{
    Str s = str_begin(a);
    int number;
    size_t n;

    for (const char *p = sql_text(q); *p; p += n) {
        n = piece(p, &number);
        if (number > 0 && number <= q->nval) keep_value(&s, a, q->val[number - 1]);
        else str_add_n(&s, p, n);
    }
    return arena_dup(a, str_show(&s));
}

uint64_t sql_hash(const char *text, size_t n)
{
    uint64_t h = n, word = 0;

    for (; n >= sizeof word; text += sizeof word, n -= sizeof word) {
        memcpy(&word, text, sizeof word);
        h = (h ^ word) * 0x9E3779B97F4A7C15u;
        h ^= h >> 32;
    }
    word = 0;
    memcpy(&word, text, n);
    h = (h ^ word) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

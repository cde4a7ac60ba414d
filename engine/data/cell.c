/*
 * cell.c — cells to values.
 */
#include "data/cell.h"
#include "data/record_row.h"

#include <ctype.h>
#include <string.h>

const char *cell_piece(Arena *a, const char **p)
{
    static const char *const parts[] = { ",", "，", "、", ";", "；", "|", "\n" };
    const char *from = *p;

    if (!from || !*from) return NULL;
    for (const char *q = from; *q; q++)
        for (int i = 0; i < LEN(parts); i++)
            if (str_starts(q, parts[i])) {
                *p = q + strlen(parts[i]);
                return str_trim(a, arena_dup_n(a, from, (size_t)(q - from)));
            }
    *p = NULL;
    return str_trim(a, from);
}

static const char *digits(const char *p, int most, int *out)
{
    int n = 0;

    for (*out = 0; n < most && isdigit((unsigned char)p[n]); n++) *out = *out * 10 + (p[n] - '0');
    return n && !isdigit((unsigned char)p[n]) ? p + n : NULL;
}

bool cell_date_parts(const char *text, int *first, int *second, int *year, const char **rest)
{
    const char *p = digits(text, 2, first);
    char mark = p ? *p : '\0';

    if (!mark || !strchr("/.-", mark) || !(p = digits(p + 1, 2, second)) || *p != mark) return false;
    if (!(*rest = digits(p + 1, 4, year)) || *rest - p != 5) return false;
    return *first && *second && *first <= 31 && *second <= 31 && (*first <= 12 || *second <= 12)
        && (!**rest || **rest == ' ');
}

const char *cell_dated(Arena *a, const char *text, bool month_first)
{
    int first, second, year;
    const char *rest;

    if (!cell_date_parts(text, &first, &second, &year, &rest)) return text;
    return arena_printf(a, "%04d-%02d-%02d%s", year, month_first ? first : second,
        month_first ? second : first, rest);
}

bool cell_read(Cx *cx, const Field *f, const char *text, const Zone *zone, Val *out)
{
    int before = cx->nissue;

    if (!field_read(cx, f, node_new_text(cx->a, text), zone, out)) return false;
    field_check(cx, f, *out);
    return cx->nissue == before;
}

/* The logins of the active users who are called so: *n, at most 2. */
MUST static bool logins_of(Work *w, const char *text, const char **login, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v;

    *n = 0;
    sql_add(&q, "SELECT \"login\" FROM \"user\" WHERE (\"login\" = ");
    sql_bind(&q, val_text(text));
    sql_add(&q, " OR \"name\" = ");
    sql_bind(&q, val_text(text));
    sql_add(&q, ") AND \"deleted_at\" IS NULL AND \"active\" = ");
    sql_truth(&q, true);
    sql_add(&q, " ORDER BY \"id\" LIMIT 2");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v))
        if (v.kind == VAL_TEXT && (*n)++ == 0) *login = arena_dup(w->cx.a, v.t);
    db_rows_end(&rows);
    return !w->cx.err;
}

static bool of_people(const Field *f)
{
    return f->to && str_eq(f->to->key, "user");
}

MUST static bool one_node(Work *w, const Field *f, const char *text, Node **out)
{
    const char *login = text;
    int n = 1;

    if (of_people(f) && !logins_of(w, text, &login, &n)) return false;
    *out = node_new_text(w->cx.a, n == 1 ? login : text);
    return true;
}

bool cell_node(Work *w, const Field *f, const char *text, Node **out)
{
    const char *piece;
    Node *one;

    if (!*text || !field_is_list(f)) return one_node(w, f, text, out);
    *out = node_list(w->cx.a);
    for (const char *p = text; (piece = cell_piece(w->cx.a, &p)); )
        if (*piece) {
            if (!one_node(w, f, piece, &one)) return false;
            node_add(w->cx.a, *out, one);
        }
    return true;
}

bool cell_all_people(Work *w, const char *const *text, int n, bool *all)
{
    const char *login;
    int found = 1;

    for (int i = 0; i < n && found == 1; i++)
        if (!logins_of(w, text[i], &login, &found)) return false;
    *all = n && found == 1;
    return true;
}

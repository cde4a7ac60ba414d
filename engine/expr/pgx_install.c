/*
 * pgx_install — puts the functions into a database, once for each text of theirs.
 *
 * What is there is told by a comment on one of them: its edition and a hash. A node of an older
 * version leaves a newer edition alone, so that two versions can work side by side: an edition
 * changes no meaning and takes no function away that the one before calls.
 */
#include "expr/pgx.h"
#include <stdlib.h>
#include <string.h>

#define EDITION 1             /* one more whenever the functions change after a release */
#define LOCK 8390876210413947 /* any number, the same in every version */

extern const char expr_pgx_number[], expr_pgx_text[], expr_pgx_time[], expr_pgx_work[];

const char *pgx_functions(Arena *a)
{
    Str s = str_begin(a);
    str_add(&s, "SET LOCAL check_function_bodies = off;\n");
    pgx_letters(&s);
    str_add(&s, expr_pgx_number);
    str_add(&s, expr_pgx_text);
    str_add(&s, expr_pgx_time);
    str_add(&s, expr_pgx_work);
    return arena_dup(a, str_show(&s));
}

static bool installed(Cx *cx, Db *db, Val *comment)
{
    Sql q = sql_begin(cx->a, DIALECT_PG);
    bool found;
    sql_add(&q, "SELECT obj_description(to_regprocedure('tn_fold(text)'), 'pg_proc')");
    return db_one(cx, db, &q, comment, 1, &found);
}

static bool take_lock(Cx *cx, Db *db)
{
    Sql q = sql_begin(cx->a, DIALECT_PG);
    Val none;
    bool found;
    sql_add(&q, "SELECT pg_advisory_xact_lock(");
    sql_int(&q, LOCK);
    sql_add(&q, ")");
    return db_one(cx, db, &q, &none, 1, &found);
}

/* "tenon 3 0123456789abcdef" */
static bool is_current(Val comment, const char *ours)
{
    if (comment.kind != VAL_TEXT || !str_starts(comment.t, "tenon ")) return false;
    return str_eq(comment.t, ours) || atoi(comment.t + strlen("tenon ")) > EDITION;
}

typedef struct Install { const char *text, *ours; } Install;

/* Another node may have been first: the lock is waited for. */
static bool install(Cx *cx, Db *db, void *arg)
{
    const Install *n = arg;
    Val comment;
    if (!take_lock(cx, db) || !installed(cx, db, &comment)) return false;
    return is_current(comment, n->ours) || db_script(cx, db,
        arena_printf(cx->a, "%s\nCOMMENT ON FUNCTION tn_fold(text) IS '%s'", n->text, n->ours));
}

bool expr_pg_install(Cx *cx, Db *db)
{
    Val comment;
    if (db_dialect(db) != DIALECT_PG) return true;
    Install n = { .text = pgx_functions(cx->a) };
    n.ours = arena_printf(cx->a, "tenon %d %016llx", EDITION,
        (unsigned long long)str_hash(n.text));
    if (!installed(cx, db, &comment)) return false;
    return is_current(comment, n.ours) || db_write(cx, db, install, &n);
}

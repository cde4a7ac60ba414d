/*
 * Statements are found by their text in a small cache of sets; the least used of a set gives
 * way. A text that is open already (a query inside the loop over the same query) gets a
 * statement of its own, which ends with its rows.
 */
#include "db/sqlite.h"
#include "base/decimal.h"
#include "base/sys.h"
#include "base/when.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stmt_drop(Stmt *s)
{
    sqlite3_finalize(s->handle);
    mem_free(s->text);
    mem_free(s->number);
    mem_free(s->table);
    *s = (Stmt){ 0 };
}

/* SQLite tells what a statement does while it is prepared, triggers and all. */
static int note_table(void *arg, int what, const char *table, const char *column,
    const char *schema, const char *trigger)
{
    SqliteDb *db = arg;
    Stmt *s = db->preparing;

    (void)column, (void)schema, (void)trigger;
    if (!s || (what != SQLITE_INSERT && what != SQLITE_UPDATE && what != SQLITE_DELETE))
        return SQLITE_OK;
    DbClock *clock = clock_of(db->clocks, table);
    for (int i = 0; i < s->ntable; i++)
        if (s->table[i] == clock)
            return SQLITE_OK;
    s->table = mem_resize(s->table, (size_t)(s->ntable + 1) * sizeof *s->table);
    s->table[s->ntable++] = clock;
    return SQLITE_OK;
}

void sqlite_note_tables(SqliteDb *db)
{
    sqlite3_set_authorizer(db->handle, note_table, db);
}

static int prepare(SqliteDb *db, Stmt *s, const char *text, const char **tail)
{
    int code;

    db->preparing = s;
    code = sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &s->handle, tail);
    db->preparing = NULL;
    return code;
}

static bool stmt_prepare(Cx *cx, SqliteDb *db, Stmt *s, const char *text, uint64_t hash)
{
    const char *tail = NULL;

    if (prepare(db, s, text, &tail) != SQLITE_OK) {
        sqlite_fail(cx, db, text);
        stmt_drop(s);
        return false;
    }
    BUG_IF(!s->handle || tail[strspn(tail, "; \n\t")]);   /* exactly one statement */
    s->hash = hash;
    s->text = mem_dup(text);
    s->changes = !sqlite3_stmt_readonly(s->handle);
    s->nparam = sqlite3_bind_parameter_count(s->handle);
    s->number = mem_alloc((size_t)(s->nparam + 1) * sizeof *s->number);
    for (int i = 0; i < s->nparam; i++) {
        const char *name = sqlite3_bind_parameter_name(s->handle, i + 1);
        BUG_IF(!name || *name != '$' || !isdigit((unsigned char)name[1]));
        s->number[i] = atoi(name + 1);
    }
    return true;
}

/* The place for this text: its statement, a free one, or the least used; NULL if all of the
   set are open, or the text's own is. */
static Stmt *cache_place(SqliteDb *db, const char *text, uint64_t hash)
{
    Stmt *set = db->cache[hash % CACHE_SETS], *best = NULL;

    for (int i = 0; i < CACHE_WAYS; i++) {
        Stmt *s = &set[i];
        if (s->handle && s->hash == hash && !strcmp(s->text, text))
            return s->open ? NULL : s;
        if (!s->open && (!best || s->used < best->used))
            best = s;
    }
    return best;
}

static Stmt *stmt_take(Cx *cx, SqliteDb *db, const Sql *q)
{
    const char *text = sql_text(q);
    uint64_t hash = sql_hash(text, q->text.n);
    Stmt *s = cache_place(db, text, hash);

    if (!s) {
        s = mem_alloc(sizeof *s);
        if (!stmt_prepare(cx, db, s, text, hash)) {
            mem_free(s);
            return NULL;
        }
        s->next = db->loose;
        db->loose = s;
    } else if (!s->handle || s->hash != hash || strcmp(s->text, text)) {
        stmt_drop(s);
        if (!stmt_prepare(cx, db, s, text, hash))
            return NULL;
    }
    s->used = ++db->clock;
    s->open = true;
    db->base.nopen++;
    return s;
}

static void stmt_end(SqliteDb *db, Stmt *s)
{
    sqlite3_reset(s->handle);
    sqlite3_clear_bindings(s->handle);
    db->base.nopen -= s->open;
    s->open = false;
    for (Stmt **p = &db->loose; *p; p = &(*p)->next) {
        if (*p != s)
            continue;
        *p = s->next;
        stmt_drop(s);
        mem_free(s);
        return;
    }
}

/* Texts are not copied: they live as long as the values of the query. */
static int bind_value(sqlite3_stmt *s, int i, Val v)
{
    char buf[64] = "";

    switch (v.kind) {
    case VAL_BLANK: return sqlite3_bind_null(s, i);
    case VAL_BOOL:
    case VAL_INT:
    case VAL_DEC:
    case VAL_REC:   return sqlite3_bind_int64(s, i, v.i);
    case VAL_DURATION: return sqlite3_bind_int64(s, i, duration_seconds(v));
    case VAL_REAL:  return sqlite3_bind_double(s, i, v.d);
    case VAL_TEXT:  return sqlite3_bind_text(s, i, v.t, v.n, SQLITE_STATIC);
    case VAL_DATE:     date_show(buf, sizeof buf, v.i); break;
    case VAL_DATETIME: datetime_show(buf, sizeof buf, v.i); break;
    case VAL_TIME:     time_show(buf, sizeof buf, v.i); break;
    case VAL_LIST:  BUG_IF(v.kind == VAL_LIST); break;
    }
    return sqlite3_bind_text(s, i, buf, -1, SQLITE_TRANSIENT);
}

static bool stmt_bind(Cx *cx, SqliteDb *db, Stmt *s, const Sql *q)
{
    for (int i = 0; i < s->nparam; i++) {
        BUG_IF(s->number[i] < 1 || s->number[i] > q->nval);
        if (bind_value(s->handle, i + 1, q->val[s->number[i] - 1]) != SQLITE_OK)
            return sqlite_fail(cx, db, s->text);
    }
    return true;
}

bool sqlite_query(Cx *cx, Db *base, const Sql *q, Rows *rows)
{
    SqliteDb *db = (SqliteDb *)base;
    Stmt *s;

    /* After a full disk the transaction is gone: nothing may run outside of it. */
    if (base->writing && sqlite3_get_autocommit(db->handle))
        return cx_fail(cx, E_DB, "the transaction was undone");
    if (!(s = stmt_take(cx, db, q)))
        return false;
    BUG_IF(s->changes && !base->writing);
    for (int i = 0; i < s->ntable; i++)
        clock_touch(db->clocks, s->table[i]);
    if (!stmt_bind(cx, db, s, q)) {
        stmt_end(db, s);
        return false;
    }
    if (!base->writing)
        db->deadline = db->timeout_ms ? sys_mono_us() + db->timeout_ms * INT64_C(1000) : 0;
    *rows = (Rows){ .db = base, .stmt = s, .n = sqlite3_column_count(s->handle) };
    return true;
}

/* Looked up once; a connection is one thread's, so its values need no protection. */
static Val column_value(sqlite3_stmt *s, int i)
{
    sqlite3_value *v = sqlite3_column_value(s, i);
    const char *text;

    switch (sqlite3_value_type(v)) {
    case SQLITE_NULL:    return val_blank();
    case SQLITE_INTEGER: return val_int(sqlite3_value_int64(v));
    case SQLITE_FLOAT:   return val_real(sqlite3_value_double(v));
    default:
        text = (const char *)sqlite3_value_text(v);
        return text ? val_text_n(text, (size_t)sqlite3_value_bytes(v)) : val_blank();
    }
}

bool sqlite_next(Cx *cx, Rows *rows, Val *row)
{
    SqliteDb *db = (SqliteDb *)rows->db;
    Stmt *s = rows->stmt;
    int code = sqlite3_step(s->handle);

    if (code == SQLITE_ROW) {
        for (int i = 0; i < rows->n; i++)
            row[i] = column_value(s->handle, i);
        return true;
    }
    rows->done = true;
    if (code != SQLITE_DONE)
        return sqlite_fail(cx, db, s->text);
    rows->changed = s->changes ? sqlite3_changes64(db->handle) : 0;
    sqlite3_reset(s->handle);                 /* a reader's snapshot ends here */
    return false;
}

void sqlite_rows_end(Rows *rows)
{
    stmt_end((SqliteDb *)rows->db, rows->stmt);
}

void sqlite_rest(Db *base)
{
    SqliteDb *db = (SqliteDb *)base;

    for (int i = 0; db->base.nopen && i < CACHE_SETS * CACHE_WAYS; i++) {
        Stmt *s = &db->cache[i / CACHE_WAYS][i % CACHE_WAYS];
        if (s->open)
            stmt_end(db, s);
    }
    while (db->loose)
        stmt_end(db, db->loose);
}

void sqlite_forget(SqliteDb *db)
{
    sqlite_rest(&db->base);
    for (int i = 0; i < CACHE_SETS * CACHE_WAYS; i++)
        stmt_drop(&db->cache[i / CACHE_WAYS][i % CACHE_WAYS]);
}

bool sqlite_script(Cx *cx, Db *base, const char *sql)
{
    SqliteDb *db = (SqliteDb *)base;

    if (sqlite3_get_autocommit(db->handle))
        return cx_fail(cx, E_DB, "the transaction was undone");
    clock_touch(db->clocks, NULL);
    return sqlite_exec(db, sql) || sqlite_fail(cx, db, sql);
}

/* "UNIQUE constraint failed: table.a, table.b" or "…: index 'name'" */
static void note_violated(SqliteDb *db, const char *message)
{
    char *out = db->base.violated;
    size_t cap = sizeof db->base.violated;
    const char *what = strstr(message, "failed: ");

    snprintf(out, cap, "%s", what ? what + 8 : message);
    if (str_starts(out, "index '")) {
        char *end = strrchr(out, '\'');
        memmove(out, out + 7, strlen(out + 7) + 1);
        end[-7] = '\0';
    } else if (what) {
        sqlite_index_of(db->handle, what + 8, out, cap);
    }
}

/* Expressions become SQL, whose parser has a stack of a hundred places. */
static bool is_too_deep(const char *message)
{
    return str_starts(message, "parser stack overflow")
        || str_starts(message, "Expression tree is too large");
}

static bool fail_as(Cx *cx, int code, const char *message)
{
    if (code == SQLITE_ERROR && is_too_deep(message))
        return cx_fail(cx, E_INPUT, "the expression is nested too deep for the database");
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return cx_fail(cx, E_INPUT, "this value is taken already");
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return cx_fail(cx, E_CONFLICT, "a record that belongs to it is missing or in use");
    }
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:    return cx_fail(cx, E_BUSY, "the database is busy");
    case SQLITE_INTERRUPT: return cx_fail(cx, E_LIMIT, "the query took too long");
    case SQLITE_TOOBIG:    return cx_fail(cx, E_SIZE, "too large for the database");
    case SQLITE_FULL:      return cx_fail(cx, E_DB, "the disk is full");
    default:               return cx_fail(cx, E_DB, "the database reported an error");
    }
}

bool sqlite_fail(Cx *cx, SqliteDb *db, const char *sql)
{
    int code = sqlite3_extended_errcode(db->handle);
    char *message = arena_dup(cx->a, sqlite3_errmsg(db->handle));
    bool first = cx->err == E_NONE;

    *db->base.violated = '\0';
    if ((code & 0xff) == SQLITE_CONSTRAINT)
        note_violated(db, message);
    fail_as(cx, code, message);
    if (first)
        cx_detail(cx, "%s (%d)%s%s", message, code, sql ? ": " : "", sql ? sql : "");
    return false;
}

/*
 * Reads on a connection of each thread; writes go through one thread with group commit (≤ 128
 * units), synchronous=FULL, as Tenon's do.
 */
#include "floor.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const read_sql[READS] = {
    "SELECT " FIELDS " FROM item WHERE id=?1",
    "SELECT " FIELDS " FROM item WHERE owner=?1 AND stage=?2 ORDER BY next_on, id LIMIT 20",
    "SELECT stage, count(*), sum(budget) FROM item GROUP BY stage",
};

static const char *file;

typedef struct Reader { sqlite3 *db; sqlite3_stmt *st[READS]; } Reader;
static __thread Reader *mine;

static sqlite3 *open_db(void)
{
    sqlite3 *db;

    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                        | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        fprintf(stderr, "floor: %s\n", sqlite3_errmsg(db));
        exit(3);
    }
    sqlite3_exec(db, "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL;"
                 "PRAGMA synchronous=FULL", NULL, NULL, NULL);
    return db;
}

static Reader *reader(void)
{
    if (mine) return mine;
    mine = calloc(1, sizeof *mine);
    mine->db = open_db();
    for (int i = 0; i < READS; i++)
        sqlite3_prepare_v3(mine->db, read_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &mine->st[i],
                           NULL);
    return mine;
}

/* The writer: a queue, one connection, one commit for what waits. */
typedef struct Unit {
    const char *const *body;
    long id;                   /* 0: create */
    bool done;
    struct Unit *next;
} Unit;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some = PTHREAD_COND_INITIALIZER, over = PTHREAD_COND_INITIALIZER;
static Unit *head, **tail = &head;

static void run_unit(sqlite3 *db, sqlite3_stmt *insert, sqlite3_stmt *update, Unit *u)
{
    sqlite3_stmt *st = u->id ? update : insert;

    for (int i = 0; i < 8; i++) sqlite3_bind_text(st, i + 1, u->body[i], -1, SQLITE_STATIC);
    if (u->id) sqlite3_bind_int64(st, 9, u->id);
    sqlite3_step(st);
    sqlite3_reset(st);
    if (!u->id) u->id = (long)sqlite3_last_insert_rowid(db);
}

static void *writer(void *arg)
{
    sqlite3 *db = open_db();
    sqlite3_stmt *insert, *update;

    (void)arg;
    sqlite3_prepare_v2(db, "INSERT INTO item(name,company,mobile,source,region,stage,owner,"
                       "next_on,number,budget) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,'N-1',100)", -1,
                       &insert, NULL);
    sqlite3_prepare_v2(db, "UPDATE item SET name=?1, company=?2 WHERE id=?9", -1, &update, NULL);
    for (;;) {
        pthread_mutex_lock(&lock);
        while (!head) pthread_cond_wait(&some, &lock);
        Unit *batch = head;
        head = NULL;
        tail = &head;
        pthread_mutex_unlock(&lock);
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (Unit *u = batch; u; u = u->next) run_unit(db, insert, update, u);
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        pthread_mutex_lock(&lock);
        for (Unit *u = batch, *next; u; u = next) { next = u->next; u->done = true; }
        pthread_cond_broadcast(&over);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

long store_write(const char *const value[8], long id)
{
    Unit u = { .body = value, .id = id };

    pthread_mutex_lock(&lock);
    *tail = &u;
    tail = &u.next;
    pthread_cond_signal(&some);
    while (!u.done) pthread_cond_wait(&over, &lock);
    pthread_mutex_unlock(&lock);
    return u.id;
}

void store_read(int what, long id, RowFn *row, void *ctx)
{
    sqlite3_stmt *st = reader()->st[what];
    const char *cell[16];

    if (what == ONE) sqlite3_bind_int64(st, 1, id);
    if (what == LIST) {
        sqlite3_bind_int64(st, 1, 3);
        sqlite3_bind_text(st, 2, "talking", -1, SQLITE_STATIC);
    }
    while (sqlite3_step(st) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(st); i++)
            cell[i] = (const char *)sqlite3_column_text(st, i);
        row(ctx, cell);
    }
    sqlite3_reset(st);
}

static bool has_rows(sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    bool yes = sqlite3_prepare_v2(db, "SELECT 1 FROM item LIMIT 1", -1, &st, NULL) == SQLITE_OK
        && sqlite3_step(st) == SQLITE_ROW;

    sqlite3_finalize(st);
    return yes;
}

static void fill(void)
{
    sqlite3 *db = open_db();

    sqlite3_exec(db, "CREATE TABLE IF NOT EXISTS item(id INTEGER PRIMARY KEY AUTOINCREMENT,"
        "number TEXT, name TEXT, company TEXT, mobile TEXT, source TEXT, region TEXT,"
        "stage TEXT, owner INTEGER, next_on TEXT, budget INTEGER)", NULL, NULL, NULL);
    if (has_rows(db)) {
        sqlite3_close(db);
        return;
    }
    sqlite3_exec(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE "
        "i<100000) INSERT INTO item SELECT i, 'N-'||i, 'Name '||i, 'Company '||(i%5000),"
        "'+86138'||printf('%08d',i), 'web', 'east', CASE i%4 WHEN 0 THEN 'fresh' WHEN 1 THEN "
        "'talking' WHEN 2 THEN 'won' ELSE 'lost' END, 2+i%10, date('2036-01-01', '+'||(i%365)"
        "||' days'), i%1000*100 FROM n WHERE NOT EXISTS (SELECT 1 FROM item)", NULL, NULL, NULL);
    sqlite3_exec(db, "CREATE INDEX IF NOT EXISTS item_list ON item(owner, stage, next_on, id);"
        "CREATE INDEX IF NOT EXISTS item_stage ON item(stage, budget);"
        "CREATE UNIQUE INDEX IF NOT EXISTS item_mobile ON item(mobile, id)", NULL, NULL, NULL);
    sqlite3_close(db);
}

void store_open(const char *where)
{
    pthread_t t;

    file = where;
    fill();
    pthread_create(&t, NULL, writer, NULL);
}

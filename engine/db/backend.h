/*
 * backend — what a database must be able to do. Callers use db.h and never see this.
 *
 * Every slot's contract is that of the db_ function of its name.
 */
#ifndef DB_BACKEND_H
#define DB_BACKEND_H
#include "db/db.h"

/* How a unit is run: db_write, db_rebuild, db_bulk. */
typedef enum DbWrite { DB_UNIT, DB_REBUILD, DB_BULK } DbWrite;

typedef struct DbBackend {
    const char *scheme;       /* of the url: "sqlite" */
    Dialect dialect;
    bool (*pool_open)(Cx *cx, const char *rest, bool readonly, DbPool **out);
    void (*pool_close)(DbPool *pool);
    bool (*open)(Cx *cx, DbPool *pool, Db **out);
    void (*close)(Db *db);
    bool (*query)(Cx *cx, Db *db, const Sql *q, Rows *rows);
    bool (*send)(Cx *cx, Db *db, const Sql *q);           /* NULL: as a query without rows */
    bool (*next)(Cx *cx, Rows *rows, Val *row);
    void (*rows_end)(Rows *rows);
    void (*rest)(Db *db);
    bool (*script)(Cx *cx, Db *db, const char *sql);
    /* ground: NULL for none */
    bool (*write)(Cx *cx, Db *db, const DbGround *ground, DbUnit unit, void *arg, DbWrite how);
    void (*timeout)(Db *db, int ms);
    bool (*columns)(Cx *cx, Db *db, const char *table, Column **out, int *n);
    bool (*tables)(Cx *cx, Db *db, const char ***out, int *n);
    bool (*indexes)(Cx *cx, Db *db, Index **out, int *n);
    bool (*key)(Cx *cx, Db *db, const char *table, const char ***out, int *n);
    bool (*load)(Cx *cx, Db *db, const char *table, const char *const *column, int n,
        DbNextRow next, void *arg, int64_t *rows);
    bool (*last_id)(Cx *cx, Db *db, const char *table, int64_t *id);
    bool (*set_last_id)(Cx *cx, Db *db, const char *table, int64_t id);
    bool (*hold)(Cx *cx, Db *db);
    bool (*backup)(Cx *cx, DbPool *pool, const char *path, void (*progress)(int percent));
    DbStats (*stats)(const DbPool *pool);
    const DbClock *(*clock)(DbPool *pool, const char *table);
    void (*seldom)(DbPool *pool, const char *counts, const char *const *table, int n); /* or NULL */
    void (*reshaped)(DbPool *pool);                       /* NULL: it sees by itself */
} DbBackend;

/* Both are the first member of the backend's own struct. */
struct DbPool {
    const DbBackend *backend;
    struct { void (*heard)(void *ctx); void *ctx; } listener[4]; int nlistener;
};
struct Db {
    const DbBackend *backend;
    DbPool *pool;
    bool writing;             /* this is the connection of a running unit */
    const char *look;         /* db_look */
    int nopen;                /* statements whose rows are being read */
    char violated[128];       /* "" for none */
};

extern const DbBackend sqlite_backend, pg_backend;
void db_ring(DbPool *pool);   /* calls all listeners */
#endif

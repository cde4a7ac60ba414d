/*
 * floor — what CivetWeb, SQLite and the disk can do with hand-written C for one fixed table.
 *
 * The same data and the same answers' size as the bench app, no login, no rights, no history,
 * no schema layer: a ceiling that Tenon is measured against in the same run. Writes go through
 * one thread with group commit (≤ 128 units), synchronous=FULL, as Tenon's do.
 *
 *     floor FILE PORT        serves GET /one/ID /list /group /page, POST /create /update/ID
 */
#include <civetweb.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIELDS "id,number,name,company,mobile,source,region,stage,owner,next_on,budget"
enum { ONE, LIST, GROUP, READS };
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
    const char *body[8];
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

static void write_unit(Unit *u)
{
    pthread_mutex_lock(&lock);
    *tail = u;
    tail = &u->next;
    pthread_cond_signal(&some);
    while (!u->done) pthread_cond_wait(&over, &lock);
    pthread_mutex_unlock(&lock);
}

/* Answers: head and body in one write. */
typedef struct Out { char p[32768]; int n; } Out;

static void put(Out *o, const char *text)
{
    while (*text && o->n < (int)sizeof o->p - 8) {
        if (*text == '"' || *text == '\\') o->p[o->n++] = '\\';
        o->p[o->n++] = *text++;
    }
}

static void put_row(Out *o, sqlite3_stmt *st, const char *const *names, int n)
{
    for (int i = 0; i < n; i++) {
        o->n += snprintf(o->p + o->n, 64, "%s\"%s\":\"", i ? "," : "{", names[i]);
        put(o, sqlite3_column_text(st, i) ? (const char *)sqlite3_column_text(st, i) : "");
        o->p[o->n++] = '"';
    }
    o->p[o->n++] = '}';
}

static int answer(struct mg_connection *c, const char *type, const Out *o)
{
    char *all = malloc((size_t)o->n + 256);
    int n = sprintf(all, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
                    type, o->n);

    memcpy(all + n, o->p, (size_t)o->n);
    mg_write(c, all, (size_t)(n + o->n));
    free(all);
    return 200;
}

static const char *const names[] = { "id", "number", "name", "company", "mobile", "source",
    "region", "stage", "owner", "next_on", "budget" };
static const char *const group_names[] = { "stage", "count", "sum" };

static int one(struct mg_connection *c, void *arg)
{
    Out o = { .n = 0 };
    sqlite3_stmt *st = reader()->st[ONE];

    (void)arg;
    sqlite3_bind_int64(st, 1, atol(mg_get_request_info(c)->local_uri + 5));
    if (sqlite3_step(st) == SQLITE_ROW) put_row(&o, st, names, 11);
    sqlite3_reset(st);
    return answer(c, "application/json", &o);
}

static int list(struct mg_connection *c, void *arg)
{
    Out o = { .n = 0 };
    sqlite3_stmt *st = reader()->st[LIST];

    sqlite3_bind_int64(st, 1, 3);
    sqlite3_bind_text(st, 2, "talking", -1, SQLITE_STATIC);
    o.p[o.n++] = '[';
    while (sqlite3_step(st) == SQLITE_ROW) {
        if (o.n > 1) o.p[o.n++] = ',';
        if (!arg) { put_row(&o, st, names, 11); continue; }
        o.n += sprintf(o.p + o.n, "<tr>");
        for (int i = 1; i < 9; i++)
            o.n += snprintf(o.p + o.n, 200, "<td>%s</td>", sqlite3_column_text(st, i));
        o.n += sprintf(o.p + o.n, "</tr>");
    }
    o.p[o.n++] = ']';
    sqlite3_reset(st);
    return answer(c, arg ? "text/html" : "application/json", &o);
}

static int group(struct mg_connection *c, void *arg)
{
    Out o = { .n = 0 };
    sqlite3_stmt *st = reader()->st[GROUP];

    (void)arg;
    o.p[o.n++] = '[';
    while (sqlite3_step(st) == SQLITE_ROW) {
        if (o.n > 1) o.p[o.n++] = ',';
        put_row(&o, st, group_names, 3);
    }
    o.p[o.n++] = ']';
    sqlite3_reset(st);
    return answer(c, "application/json", &o);
}

static int store(struct mg_connection *c, void *arg)
{
    static const char *const keys[8] = { "name", "company", "mobile", "source", "region",
        "stage", "owner", "next_on" };
    const struct mg_request_info *ri = mg_get_request_info(c);
    char body[8192];
    Out o = { .n = 0 };
    Unit u = { .id = arg ? atol(ri->local_uri + 8) : 0 };
    int n = mg_read(c, body, sizeof body);
    json_t *in = json_loadb(body, n > 0 ? (size_t)n : 0, 0, NULL);

    for (int i = 0; i < 8; i++) u.body[i] = json_string_value(json_object_get(in, keys[i]));
    write_unit(&u);
    json_decref(in);
    o.n = sprintf(o.p, "{\"id\":%ld}", u.id);
    return answer(c, "application/json", &o);
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

int main(int argc, char **argv)
{
    pthread_t t;

    if (argc != 3) return 2;
    file = argv[1];
    fill();
    char port[64];
    snprintf(port, sizeof port, "127.0.0.1:%s", argv[2]);
    const char *options[] = { "listening_ports", port, "num_threads", "64", "tcp_nodelay", "1",
        "enable_keep_alive", "yes", "keep_alive_timeout_ms", "3000", NULL };
    mg_init_library(0);
    pthread_create(&t, NULL, writer, NULL);
    struct mg_context *ctx = mg_start(NULL, NULL, options);
    if (!ctx) return 3;
    mg_set_request_handler(ctx, "/one/", one, NULL);
    mg_set_request_handler(ctx, "/list", list, NULL);
    mg_set_request_handler(ctx, "/page", list, "html");
    mg_set_request_handler(ctx, "/group", group, NULL);
    mg_set_request_handler(ctx, "/create", store, NULL);
    mg_set_request_handler(ctx, "/update/", store, "update");
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    int got;
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    sigwait(&stop, &got);
    _exit(0);
}

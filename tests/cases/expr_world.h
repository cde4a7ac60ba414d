/*
 * expr_world — the tables that expression cases run over: an app of no trade. Records come
 * from JSON (expr/world.json, and the case's own), and are kept in memory and in databases: one
 * of SQLite, and one of PostgreSQL on the server that TENON_TEST_PG names.
 */
#ifndef EXPR_WORLD_H
#define EXPR_WORLD_H
#include "base/node_json.h"
#include "db/scratch.h"
#include "expr/expr.h"

typedef struct Rec { const Names *form; int64_t id; Val *val; const Node *from; bool gone; } Rec;

typedef struct World {
    Cx *cx;
    struct Base { const char *name; DbPool *pool; Db *db; Dialect dialect; } base[2];
    int nbase;
    struct Base *now;         /* the one that is asked */
    Scratch scratch;          /* PostgreSQL's */
    const Node *json;         /* world.json */
    Rec *rec[200]; int nrec;
    Rec *thing, *old;         /* the record of the case, and before */
    Asker asker;
    ExprWhere where;
} World;

extern const Names names_thing, names_item, names_shop, names_user, names_department;
void world_open(World *w, Cx *cx, const char *folder);
void world_close(World *w);
/* The case's record; NULL leaves none. */
void world_given(World *w, const Node *given, const Node *old);
Eval world_eval(World *w);
#endif

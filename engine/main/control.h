/*
 * control — the running server's side door: a Unix socket beside the database, for its owner
 * only. One request is one line, "OPERATION {JSON}\n"; the answer is one line of JSON:
 * {"ok": true, "result": …} or {"ok": false, "code", "detail", "issues"}.
 */
#ifndef MAIN_CONTROL_H
#define MAIN_CONTROL_H
#include "data/engine.h"

typedef struct Control Control;
/* db: the database's file. */
MUST bool control_start(Cx *cx, Engine *e, const char *db, Control **out);
void control_stop(Control *c);
/* Asks a running server. *answered false when there is none. */
MUST bool control_ask(Cx *cx, const char *db, const char *name, const Node *args, Node **out,
    bool *answered);
#endif

/*
 * ops — what verbs do that writes, as requests: run in the server when one holds the database,
 * else here. Arguments and results are plain trees, so both ways are the same.
 */
#ifndef MAIN_OPS_H
#define MAIN_OPS_H
#include "main/cmd.h"

/* Runs an operation by name on an open engine; a JSON value goes into out. */
MUST bool ops_run(Engine *e, Cx *cx, const char *name, const Node *args, Str *out);
/* The same from a verb: asks the running server over its socket, or opens the database. */
MUST bool ops_call(Cmd *c, const char *name, const Node *args, Node **out);
/* cmd_version.c: what `--migrate` says, as {FLOW: all or "old:new,…"}. */
Node *cmd_moves(Cmd *c);
#endif

/*
 * restored — is this database older than what was published here before? Then somebody put a
 * backup back, and the newer folder is not applied before somebody says so.
 *
 * Known in two ways: a copy made by `tenon backup` says that it is one, wherever it is put; and
 * FILE.version beside the database names the version published last, whatever is put there.
 * Where several nodes share a database, the mark is the folder's: it names the version that the
 * folder was last a copy of.
 */
#ifndef DATA_RESTORED_H
#define DATA_RESTORED_H
#include "data/engine_parts.h"

/* *why: what to tell; NULL when it is no restored backup. */
MUST bool restored_look(Engine *e, Cx *cx, char **why);
/* Is the folder the copy of that version, or was made from it by hand? Version 0: of the one that
   is published. */
MUST bool restored_ours(Engine *e, Cx *cx, int64_t version, const char *hash, bool *ours);
/* The database and the folder are one now: what is published here is this. */
MUST bool restored_settle(Engine *e, Cx *cx, int64_t version, const char *hash);
#endif

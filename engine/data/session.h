/*
 * session — login sessions as rows: begun at login, ended by logout, time or a new password.
 */
#ifndef DATA_SESSION_H
#define DATA_SESSION_H
#include "data/auth.h"
#include "data/record.h"

MUST bool session_begin(Work *w, int64_t user, const char *address, char **session);
/* The condition on rows of _session that have run out. */
void session_over(const Work *w, Sql *q);
/* All sessions of a user. Only inside a write. */
MUST bool session_end_all(Work *w, int64_t user);
/* All but this one (NULL: none stays). Only inside a write. */
MUST bool session_end_others(Work *w, int64_t user, const char *keep);
/* The same in a write of its own, for the acting person. */
MUST bool session_only(Work *w, const char *keep);
/* Where the acting person is signed in, newest first; `current`: the session asked with. */
typedef struct Session { int64_t begun, seen; const char *address; bool current; } Session;
MUST bool session_list(Work *w, const char *current, Session **out, int *n);
/* A user who was switched off or binned is signed out, also when they come back; now NULL: to
   the bin. Other forms: nothing. Only inside a write. */
MUST bool session_follow(Work *w, const Record *old, const Record *now);
#endif

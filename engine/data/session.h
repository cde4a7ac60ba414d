/*
 * session — login sessions as rows: begun at login, ended by logout, time or a new password.
 */
#ifndef DATA_SESSION_H
#define DATA_SESSION_H
#include "data/auth.h"

MUST bool session_begin(Work *w, int64_t user, const char *address, char **session);
/* All sessions of a user. Only inside a write. */
MUST bool session_end_all(Work *w, int64_t user);
#endif

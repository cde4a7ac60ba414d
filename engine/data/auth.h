/*
 * auth — people, passwords, login sessions, tokens, CSRF.
 *
 * Passwords: argon2id (2 passes, 19 MiB), at most two at once, never inside a write. Sessions
 * and tokens are 256 random bits, stored as SHA-256. A new session at each login; idle 12 h,
 * absolute 7 d; ended when the user is disabled or the password changes.
 */
#ifndef DATA_AUTH_H
#define DATA_AUTH_H
#include "data/work.h"

/* Checks login and password (same time whether or not the login exists), makes a session.
   E_LOGIN with one text for all causes; E_LIMIT after too many tries per address or account. */
MUST bool auth_login(Work *w, const char *login, const char *password, const char *address, char **session);
MUST bool auth_logout(Work *w, const char *session);
/* Fills w->who. E_LOGIN when the session or token is unknown, expired or its user disabled. */
MUST bool auth_session(Work *w, const char *session);
MUST bool auth_token(Work *w, const char *token);
/* The CSRF token of a session: HMAC of it, stable while it lives. */
char *auth_csrf(Work *w, const char *session);
bool auth_csrf_ok(Work *w, const char *session, const char *given);
/* Acts as this user from here on (tests, `why --as`, as_user, rules). */
MUST bool auth_become(Work *w, int64_t user);
MUST bool auth_become_login(Work *w, const char *login);
void auth_become_app(Work *w, const char *via);          /* nobody, all rights */

/* ≥ 8 characters, at most 256, not among the common ones. An issue on `password` otherwise. */
bool auth_password_ok(Cx *cx, const char *password);
MUST bool auth_set_password(Work *w, int64_t user, const char *password);   /* ends all sessions */
/* The acting person's own: asks the old one; issues on `old` and `new`. Ends their other
   sessions; `session` stays (NULL: none does). */
MUST bool auth_change_password(Work *w, const char *session, const char *old, const char *password);
typedef struct Locked { int64_t user; const char *name; } Locked;
/* Active users without a password, by name. */
MUST bool auth_without_password(Work *w, int limit, Locked **out, int *n);
/* Who has none cannot sign in. */
MUST bool auth_has_password(Work *w, int64_t user, bool *has);
MUST bool auth_token_new(Work *w, int64_t user, const char *name, char **token);
MUST bool auth_user_by_login(Work *w, const char *login, int64_t *id);      /* E_MISSING */
/* The department and those below it. */
MUST bool auth_below(Work *w, int64_t department, int64_t **out, int *n);
/* Fills who->subtree and who->people once. */
MUST bool auth_reach(Work *w);
#endif

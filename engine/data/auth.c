/*
 * auth.c — logging in.
 *
 * Every login costs one argon2id run, known or not, so that its time tells nothing. Only then
 * the session is written.
 */
#include "data/auth.h"
#include "data/password.h"
#include "data/rule_api.h"
#include "data/session.h"
#include "data/tries.h"

/* The stored hash of an active user; NULL when there is none. */
MUST static bool find_login(Work *w, const char *login, int64_t *user, const char **stored)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val row[2];
    bool found;

    *stored = NULL;
    if (!auth_user_by_login(w, login, user)) {
        if (w->cx.err != E_MISSING) return false;
        w->cx.err = E_NONE;
        w->cx.text = w->cx.detail = w->cx.from = NULL;
        *user = 0;
        return true;
    }
    sql_add(&q, "SELECT l.\"password\", u.\"active\" FROM \"_login\" l JOIN \"user\" u "
        "ON u.\"id\" = l.\"user\" WHERE u.\"id\" = ");
    sql_bind(&q, val_int(*user));
    if (!db_one(&w->cx, w->db, &q, row, 2, &found)) return false;
    if (found && row[0].kind == VAL_TEXT && row[1].kind == VAL_INT && row[1].i)
        *stored = row[0].t;
    return true;
}

bool auth_login(Work *w, const char *login, const char *password, const char *address,
    char **session)
{
    int64_t user, most = w->app->limits.logins_per_min;
    const char *stored, *account = str_fold(w->cx.a, login ? login : "");

    BUG_IF(db_in_write(w->db));
    bool few = tries_add("address", address, w->now, most);
    few = tries_add("account", account, w->now, most) && few;
    if (!few) return cx_fail(&w->cx, E_LIMIT, "too many tries; wait a minute");
    if (!find_login(w, login ? login : "", &user, &stored)) return false;
    if (!password_right(stored, password))
        return cx_fail(&w->cx, E_LOGIN, "login or password is wrong");
    tries_forgive("address", address, w->now);
    tries_forgive("account", account, w->now);
    return auth_become(w, user) && rule_login(w) && session_begin(w, user, address, session);
}

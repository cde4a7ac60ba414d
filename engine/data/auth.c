/*
 * auth.c — passwords and logging in.
 *
 * Every login costs one argon2id run, known or not, so that its time tells nothing; a
 * semaphore lets two run at once, for each takes 19 MiB. Only then the session is written.
 */
#include "data/auth.h"
#include "data/rule_api.h"
#include "data/session.h"
#include "data/tries.h"
#include "base/sys.h"

#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <string.h>

#define PASSES 2
#define MEMORY ((size_t)19 * 1024 * 1024)
#define PASSWORD_MAX 256

static sem_t at_once;
static char nobody[crypto_pwhash_STRBYTES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool hash(const char *password, char out[crypto_pwhash_STRBYTES])
{
    while (sem_wait(&at_once)) { }
    int bad = crypto_pwhash_str(out, password, strlen(password), PASSES, MEMORY);
    sem_post(&at_once);
    return !bad;
}

static bool verify(const char *stored, const char *password)
{
    while (sem_wait(&at_once)) { }
    bool ok = !crypto_pwhash_str_verify(stored, password, strlen(password));
    sem_post(&at_once);
    return ok;
}

static void start(void)
{
    BUG_IF(sodium_init() < 0);
    BUG_IF(sem_init(&at_once, 0, 2));
    BUG_IF(!hash("nobody has this password", nobody));
}

/* The most used ones of at least eight characters. */
static const char *const common[] = {
    "password", "12345678", "123456789", "1234567890", "qwertyuiop", "iloveyou", "princess",
    "football", "baseball", "sunshine", "superman", "trustno1", "password1", "password123",
    "passw0rd", "p@ssw0rd", "11111111", "00000000", "88888888", "66666666", "123123123",
    "12341234", "87654321", "987654321", "qwerty123", "1q2w3e4r", "1qaz2wsx", "q1w2e3r4",
    "abcd1234", "abc12345", "a1234567", "a12345678", "asdfghjkl", "zxcvbnm1", "letmein1",
    "welcome1", "admin123", "administrator", "changeme", "computer", "internet", "whatever",
    "starwars", "michelle", "jennifer", "5201314a", "woaini1314", "woaini520", "qq123456",
    "asd123456", "123456789a", "1234qwer", "qazwsxedc", "dearbook", "hello123", "monkey123",
};

bool auth_password_ok(Cx *cx, const char *password)
{
    size_t n = password ? strlen(password) : 0;
    char *low = n <= PASSWORD_MAX ? utf8_lower(cx->a, password ? password : "") : NULL;

    if (!password || !utf8_valid(password, n))
        return cx_issue(cx, at_field("password"), "required", "is required");
    if (utf8_count(password) < 8)
        return cx_issue(cx, at_field("password"), "too_short", "at least %d characters", 8);
    if (n > PASSWORD_MAX)
        return cx_issue(cx, at_field("password"), "too_long", "at most %d characters",
            PASSWORD_MAX);
    if (str_in(low, common, LEN(common)))
        return cx_issue(cx, at_field("password"), "too_common",
            "is among the most used passwords");
    return true;
}

typedef struct NewPassword { int64_t user; const char *hash; } NewPassword;

static bool store_password(Work *w, void *arg)
{
    const NewPassword *p = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "INSERT INTO \"_login\"(\"user\", \"password\") VALUES (");
    sql_bind(&q, val_int(p->user));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(p->hash));
    sql_add(&q, ") ON CONFLICT (\"user\") DO UPDATE SET \"password\" = excluded.\"password\"");
    return db_run(&w->cx, w->db, &q, NULL) && session_end_all(w, p->user);
}

bool auth_set_password(Work *w, int64_t user, const char *password)
{
    char stored[crypto_pwhash_STRBYTES];

    pthread_once(&once, start);
    BUG_IF(db_in_write(w->db));
    if (!auth_password_ok(&w->cx, password)) return cx_check(&w->cx);
    if (!hash(password, stored))
        return cx_fail(&w->cx, E_BUSY, "not enough memory for a password just now");
    NewPassword p = { user, stored };
    return work_write(w, store_password, &p);
}

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

    pthread_once(&once, start);
    BUG_IF(db_in_write(w->db));
    bool few = tries_add("address", address, w->now, most);
    few = tries_add("account", account, w->now, most) && few;
    if (!few) return cx_fail(&w->cx, E_LIMIT, "too many tries; wait a minute");
    if (!find_login(w, login ? login : "", &user, &stored)) return false;
    bool short_enough = password && strlen(password) <= PASSWORD_MAX;
    bool right = verify(stored ? stored : nobody, short_enough ? password : "");
    if (!stored || !short_enough || !right)
        return cx_fail(&w->cx, E_LOGIN, "login or password is wrong");
    tries_forgive("address", address, w->now);
    tries_forgive("account", account, w->now);
    return auth_become(w, user) && rule_login(w) && session_begin(w, user, address, session);
}

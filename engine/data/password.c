/*
 * password.c — argon2id, what it is asked of, and where its result stands.
 *
 * A semaphore lets two run at once, for each takes 19 MiB; nothing is ever hashed while the
 * writer waits. A new password ends the sessions of its person, but for the one it was set in.
 */
#include "data/password.h"
#include "data/history.h"
#include "data/record_row.h"
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

bool password_right(const char *stored, const char *given)
{
    bool short_enough = given && strlen(given) <= PASSWORD_MAX;

    pthread_once(&once, start);
    bool right = verify(stored ? stored : nobody, short_enough ? given : "");
    return stored && short_enough && right;
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

bool password_fits(Cx *cx, const char *field, const char *password)
{
    size_t n = password ? strlen(password) : 0;
    char *low = n <= PASSWORD_MAX ? utf8_lower(cx->a, password ? password : "") : NULL;

    if (!n || !utf8_valid(password, n))
        return cx_issue(cx, at_field(field), "required", "is required");
    if (utf8_count(password) < 8)
        return cx_issue(cx, at_field(field), "too_short", "at least %d characters", 8);
    if (n > PASSWORD_MAX)
        return cx_issue(cx, at_field(field), "too_long", "at most %d characters",
            PASSWORD_MAX);
    if (str_in(low, common, LEN(common)))
        return cx_issue(cx, at_field(field), "too_common", "is among the most used passwords");
    return true;
}

bool auth_password_ok(Cx *cx, const char *password)
{
    return password_fits(cx, "password", password);
}

typedef struct NewPassword { int64_t user; const char *hash, *keep; } NewPassword;

static bool store_password(Work *w, void *arg)
{
    const NewPassword *p = arg;
    const Form *f = app_form(w->app, "user");
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Record *r = NULL;

    sql_add(&q, "INSERT INTO \"_login\"(\"user\", \"password\") VALUES (");
    sql_bind(&q, val_int(p->user));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(p->hash));
    sql_add(&q, ") ON CONFLICT (\"user\") DO UPDATE SET \"password\" = excluded.\"password\"");
    if (!db_run(&w->cx, w->db, &q, NULL) || !session_end_others(w, p->user, p->keep)
        || (f && !record_load_row(w, f, p->user, false, &r))) return false;
    return !r || history_add(w, "password", NULL, r, NULL);
}

MUST static bool set(Work *w, int64_t user, const char *password, const char *keep)
{
    char stored[crypto_pwhash_STRBYTES];

    pthread_once(&once, start);
    BUG_IF(db_in_write(w->db));
    if (!hash(password, stored))
        return cx_fail(&w->cx, E_BUSY, "not enough memory for a password just now");
    NewPassword p = { user, stored, keep };
    return work_write(w, store_password, &p);
}

bool auth_set_password(Work *w, int64_t user, const char *password)
{
    if (!auth_password_ok(&w->cx, password)) return cx_check(&w->cx);
    return set(w, user, password, NULL);
}

/* NULL: there is none. */
MUST static bool stored_of(Work *w, int64_t user, const char **out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT \"password\" FROM \"_login\" WHERE \"user\" = ");
    sql_bind(&q, val_int(user));
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *out = found && v.kind == VAL_TEXT ? v.t : NULL;
    return true;
}

bool auth_has_password(Work *w, int64_t user, bool *has)
{
    const char *stored;

    if (!stored_of(w, user, &stored)) return false;
    *has = stored != NULL;
    return true;
}

bool auth_change_password(Work *w, const char *session, const char *old, const char *password)
{
    const char *who = arena_printf(w->cx.a, "%lld", (long long)w->who.id), *stored;

    if (!old || !*old) cx_issue(&w->cx, at_field("old"), "required", "is required");
    password_fits(&w->cx, "new", password);
    if (!cx_check(&w->cx)) return false;
    if (!tries_add("password", who, w->now, w->app->limits.logins_per_min))
        return cx_fail(&w->cx, E_LIMIT, "too many tries; wait a minute");
    if (!stored_of(w, w->who.id, &stored)) return false;
    if (!password_right(stored, old)) {
        cx_issue(&w->cx, at_field("old"), "wrong", "is not your password");
        return cx_check(&w->cx);
    }
    tries_forgive("password", who, w->now);
    return set(w, w->who.id, password, session);
}

bool auth_without_password(Work *w, int limit, Locked **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int cap = 0;
    Rows rows;
    Val v[2];

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT \"id\", \"name\" FROM \"user\" WHERE \"active\" = ");
    sql_truth(&q, true);
    sql_add(&q, " AND \"deleted_at\" IS NULL AND NOT EXISTS (SELECT 1 FROM \"_login\" WHERE \"_login\".\"user\" = "
        "\"user\".\"id\") ORDER BY \"name\", \"id\" LIMIT ");
    sql_bind(&q, val_int(limit));
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Locked one = { v[0].i, v[1].kind == VAL_TEXT ? arena_dup(w->cx.a, v[1].t) : "" };
        ARENA_PUSH(w->cx.a, *out, *n, cap, one);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

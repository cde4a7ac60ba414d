/*
 * session.c — sessions and tokens: 256 random bits for the holder, their SHA-256 for the
 * database, so that a stolen copy of it opens nothing.
 *
 * When a session was seen is written every ten minutes at most: a page is no write.
 */
#include "data/session.h"
#include "data/engine.h"
#include "data/person.h"
#include "data/recall.h"
#include "base/sys.h"

#include <sodium.h>
#include <string.h>

#define IDLE (12 * 3600)
#define ABSOLUTE (7 * 24 * 3600)
#define SEEN_EVERY 600
#define USED_EVERY 60

typedef struct Begin { int64_t user; const char *hash, *address; } Begin;

static const char *hash_of(Work *w, const char *secret)
{
    return sys_sha256_hex(w->cx.a, secret, strlen(secret));
}

void session_over(const Work *w, Sql *q)
{
    sql_add(q, "(\"expires_at\" <= ");
    sql_bind(q, val_int(w->now));
    sql_add(q, " OR \"seen_at\" <= ");
    sql_bind(q, val_int(w->now - IDLE));
    sql_add(q, ")");
}

static bool begin(Work *w, void *arg)
{
    const Begin *b = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "INSERT INTO \"_session\"(\"hash\", \"user\", \"created_at\", \"seen_at\", "
        "\"expires_at\", \"address\") VALUES (");
    sql_bind(&q, val_text(b->hash));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(b->user));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(w->now));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(w->now));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(w->now + ABSOLUTE));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(b->address));
    sql_add(&q, ")");
    q.minor = true;                           /* what is not there is not kept */
    return db_run(&w->cx, w->db, &q, NULL);
}

bool session_begin(Work *w, int64_t user, const char *address, char **session)
{
    char *token = sys_token(w->cx.a);
    Begin b = { user, hash_of(w, token), address };

    if (!work_note(w, begin, &b)) return false;
    *session = token;
    return true;
}

bool session_end_others(Work *w, int64_t user, const char *keep)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_session\" WHERE \"user\" = ");
    sql_bind(&q, val_int(user));
    if (keep) {
        sql_add(&q, " AND \"hash\" <> ");
        sql_bind(&q, val_text(hash_of(w, keep)));
    }
    return db_run(&w->cx, w->db, &q, NULL);
}

bool session_end_all(Work *w, int64_t user)
{
    return session_end_others(w, user, NULL);
}

static bool end(Work *w, void *hash)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_session\" WHERE \"hash\" = ");
    sql_bind(&q, val_text(hash));
    return db_run(&w->cx, w->db, &q, NULL);
}

bool auth_logout(Work *w, const char *session)
{
    return work_note(w, end, (void *)hash_of(w, session));
}

static bool see_session(Work *w, void *hash)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_session\" SET \"seen_at\" = ");
    sql_bind(&q, val_int(w->now));
    sql_add(&q, " WHERE \"hash\" = ");
    sql_bind(&q, val_text(hash));
    q.minor = true;
    return db_run(&w->cx, w->db, &q, NULL);
}

static bool see_token(Work *w, void *hash)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    char at[40];

    datetime_show(at, sizeof at, w->now);
    sql_add(&q, "UPDATE \"_token\" SET \"used_at\" = ");
    sql_bind(&q, val_text(at));
    sql_add(&q, " WHERE \"hash\" = ");
    sql_bind(&q, val_text(hash));
    q.minor = true;
    return db_run(&w->cx, w->db, &q, NULL);
}

/* Not worth refusing a request for: a read-only database, a busy one. A page that asks by itself
   whether anything is new keeps nobody signed in. */
static void see(Work *w, bool (*fn)(Work *, void *), const char *hash)
{
    if (w->idle || !engine_writes(w->engine)) return;
    if (!work_note(w, fn, (void *)hash)) cx_clear(&w->cx);
}

/* The holder's row, and after it the columns of the session. */
MUST static bool session_row(Work *w, const char *hash, bool fresh, Val *row, bool *found)
{
    static const char *const tables[] = { "_session", "user", "user__roles" };
    Recall r = recall_begin(w, "session", hash, tables, LEN(tables));
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    *found = !fresh && recall_row(&r, row, PERSON_COLUMNS + 2);
    if (*found) return true;
    sql_add(&q, "SELECT ");
    person_columns(&q);
    sql_add(&q, ", s.\"seen_at\", s.\"expires_at\" FROM \"_session\" s JOIN \"user\" u "
        "ON u.\"id\" = s.\"user\" WHERE u.\"deleted_at\" IS NULL AND s.\"hash\" = ");
    sql_bind(&q, val_text(hash));
    if (!db_one(&w->cx, w->db, &q, row, PERSON_COLUMNS + 2, found)) return false;
    if (*found) recall_keep(&r, row, PERSON_COLUMNS + 2);
    return true;
}

bool auth_session(Work *w, const char *session)
{
    Val row[PERSON_COLUMNS + 2];
    bool found;
    const char *hash = hash_of(w, session);

    if (!session_row(w, hash, false, row, &found)) return false;
    /* That it was seen by another node is no news to ours. */
    if (found && w->now - row[PERSON_COLUMNS].i >= IDLE && !session_row(w, hash, true, row, &found))
        return false;
    int64_t seen = found ? row[PERSON_COLUMNS].i : 0;
    if (!found || w->now >= row[PERSON_COLUMNS + 1].i || w->now - seen >= IDLE
        || !person_read(w, row))
        return cx_fail(&w->cx, E_LOGIN, "please sign in");
    if (w->now - seen >= SEEN_EVERY) see(w, see_session, hash);
    return true;
}

MUST static bool token_row(Work *w, const char *hash, Val *row, bool *found)
{
    static const char *const tables[] = { "_token", "user", "user__roles" };
    Recall r = recall_begin(w, "token", hash, tables, LEN(tables));
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    *found = recall_row(&r, row, PERSON_COLUMNS + 1);
    if (*found) return true;
    sql_add(&q, "SELECT ");
    person_columns(&q);
    sql_add(&q, ", t.\"used_at\" FROM \"_token\" t JOIN \"user\" u ON u.\"id\" = t.\"user\" "
        "WHERE u.\"deleted_at\" IS NULL AND t.\"hash\" = ");
    sql_bind(&q, val_text(hash));
    if (!db_one(&w->cx, w->db, &q, row, PERSON_COLUMNS + 1, found)) return false;
    if (*found) recall_keep(&r, row, PERSON_COLUMNS + 1);
    return true;
}

bool auth_token(Work *w, const char *token)
{
    Val row[PERSON_COLUMNS + 1];
    bool found;
    int64_t used = 0;
    const char *hash = hash_of(w, token);

    if (!token_row(w, hash, row, &found)) return false;
    if (!found || !person_read(w, row)) return cx_fail(&w->cx, E_LOGIN, "please sign in");
    Val at = row[PERSON_COLUMNS];
    if (at.kind != VAL_TEXT || !datetime_parse(at.t, zone_utc(), &used)) used = 0;
    if (w->now - used >= USED_EVERY) see(w, see_token, hash);
    return true;
}

typedef struct NewToken { int64_t user; const char *hash, *name; } NewToken;

static bool store_token(Work *w, void *arg)
{
    const NewToken *t = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    char at[40];

    datetime_show(at, sizeof at, w->now);
    sql_add(&q, "INSERT INTO \"_token\"(\"hash\", \"user\", \"name\", \"created_at\") "
        "VALUES (");
    sql_bind(&q, val_text(t->hash));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(t->user));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(t->name));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(at));
    sql_add(&q, ")");
    q.minor = true;
    return db_run(&w->cx, w->db, &q, NULL);
}

bool auth_token_new(Work *w, int64_t user, const char *name, char **token)
{
    char *made = sys_token(w->cx.a);
    NewToken t = { user, hash_of(w, made), name };

    if (!work_write(w, store_token, &t)) return false;
    *token = made;
    return true;
}

/* ---- CSRF: a keyed hash of the session, so that nothing need be stored ---- */

char *auth_csrf(Work *w, const char *session)
{
    unsigned char sum[32];
    char out[64];

    engine_sign(w->engine, "csrf", session, sum);
    sodium_bin2base64(out, sizeof out, sum, sizeof sum,
        sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return arena_dup(w->cx.a, out);
}

bool auth_csrf_ok(Work *w, const char *session, const char *given)
{
    const char *want = auth_csrf(w, session);
    size_t n = strlen(want);

    return given && strlen(given) == n && !sodium_memcmp(given, want, n);
}

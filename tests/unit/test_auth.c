/* links: data */
/* auth: signing in, sessions, tokens, and whom a person reaches. */
#include "test_library.h"
#include "data/tries.h"

static int64_t add_user(const char *login, const char *values)
{
    Work *w = take(NULL);
    int64_t id = create(w, "user", arena_printf(w->cx.a,
        "{'name': '%s', 'login': '%s'%s%s}", login, login, *values ? ", " : "", values));

    OK(&w->cx, auth_set_password(w, id, "correct horse"));
    give(w);
    return id;
}

static bool sign_in(const char *login, const char *password, const char *address, Err *err,
    char **session)
{
    Work *w = take_plain();
    char *made = NULL;
    bool ok = auth_login(w, login, password, address, &made);

    *err = w->cx.err;
    if (session) *session = ok ? arena_dup(arena, made) : NULL;
    give(w);
    return ok;
}

static bool session_lives(const char *session)
{
    Work *w = take_plain();
    bool ok = auth_session(w, session);

    assert_int_equal(w->cx.err, ok ? E_NONE : E_LOGIN);
    give(w);
    return ok;
}

static int clock_back(void **st)
{
    sys_clock_clear();
    return without_app(st);
}

static void the_right_password_makes_a_session(void **st)
{
    (void)st;
    int64_t ann = add_user("ann", "'roles': ['chief']");
    char *session;
    Err err;

    assert_true(sign_in("ann", "correct horse", "10.0.0.1", &err, &session));
    Work *w = take_plain();
    OK(&w->cx, auth_session(w, session));
    assert_int_equal(w->who.id, ann);
    assert_string_equal(w->who.login, "ann");
    assert_true(work_has_role(w, "chief"));
    assert_true(work_has_role(w, "clerk"));              /* included */
    assert_true(work_has_role(w, "everyone"));
    assert_false(work_has_role(w, "auditor"));
    assert_false(w->as_app);
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM _session").i, 1);
    assert_false(str_eq(ask_sql(w, "SELECT hash FROM _session").t, session));
    give(w);
    assert_true(sign_in("ANN", "correct horse", "10.0.0.1", &err, NULL));
}

static void wrong_unknown_and_inactive_all_read_the_same(void **st)
{
    (void)st;
    static const char *const who[][2] = { { "ann", "wrong horse" }, { "nobody", "x" },
        { "off", "correct horse" }, { "", "" } };
    const char *text = NULL;

    add_user("ann", "");
    add_user("off", "'active': false");
    for (int i = 0; i < LEN(who); i++) {
        Work *w = take_plain();
        char *session;
        assert_false(auth_login(w, who[i][0], who[i][1], "10.0.0.2", &session));
        if (i < 3) {
            assert_int_equal(w->cx.err, E_LOGIN);
            if (text) assert_string_equal(w->cx.text, text);
            text = arena_dup(arena, w->cx.text);
        }
        give(w);
    }
}

static void too_many_tries_are_refused_and_right_ones_do_not_count(void **st)
{
    (void)st;
    Err err;

    sys_clock_set(1772413200);
    add_user("ann", "");
    for (int i = 0; i < 6; i++)
        assert_true(sign_in("ann", "correct horse", "10.0.0.3", &err, NULL));
    for (int i = 0; i < 3; i++) {
        assert_false(sign_in("ann", "wrong", "10.0.0.3", &err, NULL));
        assert_int_equal(err, E_LOGIN);
    }
    assert_false(sign_in("ann", "correct horse", "10.0.0.4", &err, NULL));
    assert_int_equal(err, E_LIMIT);                      /* the account */
    assert_false(sign_in("someone", "x", "10.0.0.3", &err, NULL));
    assert_int_equal(err, E_LIMIT);                      /* the address */
    sys_clock_set(1772413200 + 61);
    assert_true(sign_in("ann", "correct horse", "10.0.0.4", &err, NULL));
}

static void a_session_ends_idle_old_at_logout_and_with_a_new_password(void **st)
{
    (void)st;
    const int64_t start = 1773000000;
    char *s[4];
    Err err;

    sys_clock_set(start);
    int64_t ann = add_user("ann", "");
    for (int i = 0; i < 4; i++)
        assert_true(sign_in("ann", "correct horse", "10.0.1.1", &err, &s[i]));
    Work *w = take(NULL);
    OK(&w->cx, auth_logout(w, s[0]));
    give(w);
    assert_false(session_lives(s[0]));
    sys_clock_set(start + 11 * 3600);
    assert_true(session_lives(s[1]));
    sys_clock_set(start + 13 * 3600);
    assert_true(session_lives(s[1]));                    /* was seen two hours ago */
    assert_false(session_lives(s[2]));                   /* never since */
    for (int64_t at = start + 14 * 3600; at < start + 7 * 86400; at += 3600) {
        sys_clock_set(at);
        assert_true(session_lives(s[1]));
    }
    sys_clock_set(start + 7 * 86400);
    assert_false(session_lives(s[1]));
    assert_true(sign_in("ann", "correct horse", "10.0.1.1", &err, &s[3]));
    w = take(NULL);
    OK(&w->cx, auth_set_password(w, ann, "another horse"));
    give(w);
    assert_false(session_lives(s[3]));
}

static void a_disabled_user_has_no_session(void **st)
{
    (void)st;
    char *session;
    Err err;

    add_user("ann", "");
    assert_true(sign_in("ann", "correct horse", "10.0.1.2", &err, &session));
    Work *w = take(NULL);
    do_sql(w, "UPDATE \"user\" SET active = FALSE");
    give(w);
    assert_false(session_lives(session));
}

static void a_token_is_its_user(void **st)
{
    (void)st;
    int64_t ann = add_user("ann", "'roles': ['admin']");
    char *token;

    Work *w = take(NULL);
    OK(&w->cx, auth_token_new(w, ann, "script", &token));
    token = arena_dup(arena, token);
    give(w);
    w = take_plain();
    OK(&w->cx, auth_token(w, token));
    assert_int_equal(w->who.id, ann);
    assert_true(w->who.admin);
    assert_true(work_has_role(w, "auditor"));            /* an admin has them all */
    give(w);
    token[3] = token[3] == 'a' ? 'b' : 'a';
    w = take_plain();
    assert_false(auth_token(w, token));
    assert_int_equal(w->cx.err, E_LOGIN);
    give(w);
}

static void weak_passwords_are_refused(void **st)
{
    (void)st;
    static const char *const weak[] = { "short", "Password1", "12345678", "1234567" };

    for (int i = 0; i < LEN(weak); i++) {
        assert_false(auth_password_ok(&cx, weak[i]));
        assert_string_equal(cx.issue[cx.nissue - 1].at.field, "password");
    }
    char *longer = arena_alloc(arena, 300);
    memset(longer, 'x', 257);
    assert_false(auth_password_ok(&cx, longer));
    assert_true(auth_password_ok(&cx, "八个字的密码足够"));
}

static void a_csrf_token_belongs_to_its_session_and_stays(void **st)
{
    (void)st;
    Work *w = take(NULL);
    char *one = arena_dup(arena, auth_csrf(w, "session one"));

    assert_string_not_equal(one, auth_csrf(w, "session two"));
    assert_true(auth_csrf_ok(w, "session one", one));
    assert_false(auth_csrf_ok(w, "session two", one));
    assert_false(auth_csrf_ok(w, "session one", NULL));
    assert_false(auth_csrf_ok(w, "session one", ""));
    give(w);
    close_app();
    open_app_with((EngineOptions){ .works = 1 });        /* the key is kept */
    w = take(NULL);
    assert_true(auth_csrf_ok(w, "session one", one));
    give(w);
}

static bool in(const int64_t *list, int n, int64_t id)
{
    for (int i = 0; i < n; i++)
        if (list[i] == id) return true;
    return false;
}

static void departments_below_and_the_reporting_line_are_reached(void **st)
{
    (void)st;
    Work *w = take(NULL);
    create(w, "department", "{'name': 'East'}");
    create(w, "department", "{'name': 'East 1', 'parent': 1}");
    create(w, "department", "{'name': 'West'}");
    give(w);
    int64_t boss = add_user("boss", "'department': 1");
    int64_t li = add_user("li", "'department': 2");
    int64_t far = add_user("far", arena_printf(arena, "'department': 3, 'manager': %d",
        (int)boss));
    int64_t deep = add_user("deep", arena_printf(arena, "'manager': %d", (int)far));
    int64_t other = add_user("other", "'department': 3");
    w = take(NULL);
    do_sql(w, arena_printf(arena, "UPDATE \"user\" SET manager = %d WHERE id = %d",
        (int)deep, (int)boss));                          /* a ring must end */
    give(w);
    w = take("boss");
    OK(&w->cx, auth_reach(w));
    assert_int_equal(w->who.nsubtree, 2);
    assert_true(in(w->who.people, w->who.npeople, boss));
    assert_true(in(w->who.people, w->who.npeople, li));
    assert_true(in(w->who.people, w->who.npeople, far));
    assert_true(in(w->who.people, w->who.npeople, deep));
    assert_false(in(w->who.people, w->who.npeople, other));
    give(w);
}

#define C(test) cmocka_unit_test_setup_teardown(test, with_app, clock_back)
RUN(C(the_right_password_makes_a_session), C(wrong_unknown_and_inactive_all_read_the_same),
    C(too_many_tries_are_refused_and_right_ones_do_not_count),
    C(a_session_ends_idle_old_at_logout_and_with_a_new_password),
    C(a_disabled_user_has_no_session), C(a_token_is_its_user), T(weak_passwords_are_refused),
    C(a_csrf_token_belongs_to_its_session_and_stays),
    C(departments_below_and_the_reporting_line_are_reached))

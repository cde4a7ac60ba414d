/* links: data */
/* events: the ring and its cursors, ids out of order, who is told what, full places, slow ones. */
#include "test_library.h"
#include "data/event_pick.h"
#include "data/events.h"
#include "data/history.h"

#include <time.h>

/* ---- the ring ---- */

static void add(EventLog *l, int64_t id, int64_t at)
{
    Logged c = { .id = id, .record = id, .form = "book", .what = "updated" };
    event_log_add(l, &c, at);
}

static int take_all(EventLog *l, uint64_t place, Logged *out, bool *lost)
{
    return event_log_take(l, &place, out, EVENT_RING, lost);
}

static Logged got[EVENT_RING];

static void a_cursor_goes_on_where_it_was(void **state)
{
    (void)state;
    EventLog *l = event_log_new();
    uint64_t place;
    bool lost;

    for (int i = 1; i <= 10; i++) add(l, i, i * 1000000LL);
    place = event_log_next(l) - 3;
    char *cursor = event_log_cursor(l, arena, place);
    place = 0;
    assert_true(event_log_find(l, cursor, &place));
    assert_int_equal(take_all(l, place, got, &lost), 3);
    assert_int_equal(got[0].id, 8);
    assert_false(lost);
    const char *const bad[] = { "", "x", "1-2", "zz-1-1", "1-2-3-4", "99999999999999999999-1-1" };
    for (int i = 0; i < LEN(bad); i++) assert_false(event_log_find(l, bad[i], &place));
    event_log_free(l);
}

static void what_the_ring_forgot_is_lost(void **state)
{
    (void)state;
    EventLog *l = event_log_new();
    uint64_t place = event_log_next(l);
    char *cursor = event_log_cursor(l, arena, place);
    bool lost;

    for (int i = 1; i <= EVENT_RING; i++) add(l, i, 1);
    assert_int_equal(take_all(l, place, got, &lost), EVENT_RING);
    assert_false(lost);
    add(l, EVENT_RING + 1, 1);
    assert_int_equal(take_all(l, place, got, &lost), 0);
    assert_true(lost);
    assert_false(event_log_find(l, cursor, &place));
    event_log_free(l);
}

/* A node that read the same history in another order finds the place; a little is told again. */
static void another_node_understands_a_cursor(void **state)
{
    (void)state;
    EventLog *a = event_log_new(), *b = event_log_new();
    uint64_t place;
    bool lost;

    for (int i = 1; i <= 100; i++) {
        add(a, i, i * 1000000LL);
        if (i != 95) add(b, i, i * 1000000LL);
    }
    add(b, 95, 101 * 1000000LL);                         /* it saw that one late */
    char *cursor = event_log_cursor(a, arena, event_log_next(a) - 10);   /* all up to 90 */
    assert_true(event_log_find(b, cursor, &place));
    int n = take_all(b, place, got, &lost);
    bool seen[101] = { false };
    for (int i = 0; i < n; i++) seen[got[i].id] = true;
    for (int i = 91; i <= 100; i++) assert_true(seen[i]);
    assert_false(seen[70]);                              /* but not all of it */
    event_log_free(a);
    event_log_free(b);
}

static void write_history(Work *w, int from, int to)
{
    for (int i = from; i <= to; i++)
        do_sql(w, arena_printf(arena, "INSERT INTO _history (id, form, record, at, what) "
            "VALUES (%d, 'book', %d, '2026-01-01T00:00:00Z', 'updated')", i, i));
}

/* Two writers took ids 1001 and 1002; the second committed first. */
static void an_id_that_is_committed_late_is_found(void **state)
{
    (void)state;
    Work *w = take(NULL);
    EventLog *l = event_log_new();
    bool lost;

    OK(&w->cx, event_log_read(l, &w->cx, w->db));
    uint64_t place = event_log_next(l);
    write_history(w, 1002, 1002);
    write_history(w, 1010, 1011);
    OK(&w->cx, event_log_read(l, &w->cx, w->db));
    assert_int_equal(take_all(l, place, got, &lost), 3);
    place = event_log_next(l);
    write_history(w, 1001, 1001);
    write_history(w, 1005, 1006);
    write_history(w, 1012, 1012);
    OK(&w->cx, event_log_read(l, &w->cx, w->db));
    OK(&w->cx, event_log_read(l, &w->cx, w->db));        /* and told once */
    int n = take_all(l, place, got, &lost);
    assert_int_equal(n, 4);
    int64_t sum = 0;
    for (int i = 0; i < n; i++) sum += got[i].id;
    assert_int_equal(sum, 1001 + 1005 + 1006 + 1012);
    event_log_free(l);
    give(w);
}

static void a_flood_is_skipped_and_said_to_be_lost(void **state)
{
    (void)state;
    Work *w = take(NULL);
    EventLog *l = event_log_new();
    bool lost;

    OK(&w->cx, event_log_read(l, &w->cx, w->db));
    uint64_t place = event_log_next(l);
    do_sql(w, "INSERT INTO _history (form, record, at, what) WITH RECURSIVE n(i) AS (SELECT 1 "
        "UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT 'book', i, 'now', 'created' FROM n");
    OK(&w->cx, event_log_read(l, &w->cx, w->db));
    assert_int_equal(take_all(l, place, got, &lost), 0);
    assert_true(lost);
    place = event_log_next(l);
    do_sql(w, "INSERT INTO _history (form, record, at, what) VALUES ('book', 7, 'now', 'updated')");
    OK(&w->cx, event_log_read(l, &w->cx, w->db));
    assert_int_equal(take_all(l, place, got, &lost), 1);
    assert_int_equal(got[0].record, 7);
    event_log_free(l);
    give(w);
}

/* ---- who is told ---- */

static void people(Work *w)
{
    create(w, "department", "{'name': 'East'}");
    create(w, "department", "{'name': 'West'}");
    create(w, "user", "{'name': 'Ann', 'login': 'ann', 'roles': ['clerk'], 'department': 1}");
    create(w, "user", "{'name': 'Bob', 'login': 'bob', 'roles': ['clerk'], 'department': 2}");
    create(w, "user", "{'name': 'Eve', 'login': 'eve', 'department': 1}");
}

static void change(Work *w, int64_t id, const char *json)
{
    SaveAsk ask = { .form = app_form(w->app, "book"), .id = id, .body = body(w, json) };
    Saved saved;
    OK(&w->cx, save_record(w, &ask, &saved));
}

/* What this person is told of all that is in the ring, as a text: "+1.2created -3 …". */
static const char *told_to(const char *login)
{
    Work *w = take(login);
    uint64_t place = 0;
    bool lost;
    Heard heard;
    Str s = str_begin(arena);

    OK(&w->cx, events_place(w, NULL, &place, &lost));
    place = 2;                                           /* where every ring begins */
    OK(&w->cx, events_ask(w, &place, NULL, &heard));
    for (int i = 0; i < heard.n; i++) {
        const Event *e = &heard.event[i];
        if (!str_eq(e->form, "book")) continue;
        if (e->kind == EVENT_GONE) str_printf(&s, "-%d ", (int)e->id);
        else str_printf(&s, "+%d.%d%s ", (int)e->id, (int)e->version, e->what);
    }
    give(w);
    return str_show(&s);
}

static void changes_are_told_to_who_may_read_now(void **state)
{
    (void)state;
    Work *w = take(NULL);

    people(w);
    create(w, "book", "{'name': 'Hers', 'keeper': 1}");
    create(w, "book", "{'name': 'His', 'keeper': 2}");
    change(w, 1, "{'kind': 'novel'}");
    give(w);
    assert_string_equal(told_to("ann"), "+1.2created ");
    assert_string_equal(told_to("bob"), "+2.1created ");
    assert_string_equal(told_to("eve"), "");
    w = take(NULL);
    change(w, 1, "{'keeper': 2}");                       /* handed over */
    give(w);
    assert_string_equal(told_to("ann"), "");
    assert_string_equal(told_to("bob"), "+2.1created +1.3created ");
    w = take(NULL);
    OK(&w->cx, save_delete(w, app_form(w->app, "book"), 2, 0));
    give(w);
    assert_string_equal(told_to("bob"), "+1.3created -2 ");  /* who could read it: it went */
    assert_string_equal(told_to("ann"), "");
}

/* ---- listening ---- */

static void show(Arena *a, const Event *e, const char *cursor, Str *out)
{
    static const char *const kind[] = { "record", "gone", "messages", "tasks", "design", "app", "reset", "beat" };
    (void)a;
    str_printf(out, "%s", kind[e->kind]);
    if (e->kind <= EVENT_GONE) str_printf(out, " %s/%d", e->form, (int)e->id);
    if (e->kind == EVENT_MESSAGES) str_printf(out, " %d", (int)e->unread);
    str_add(out, cursor ? "!\n" : "\n");
}

static Listener *listen(const char *login, const char *token, const char *after)
{
    Work *w = take(login);
    ListenAsk ask = { .token = token, .after = after, .show = show };
    Listener *l;
    OK(&w->cx, events_join(w, &ask, &l));
    give(w);
    return l;
}

static char *token_of(const char *login)
{
    Work *w = take(NULL);
    int64_t id;
    char *token;
    OK(&w->cx, auth_user_by_login(w, login, &id));
    OK(&w->cx, auth_token_new(w, id, "t", &token));
    token = arena_dup(arena, token);
    give(w);
    return token;
}

/* Listens until the text was said; false after ten seconds, or when it is over. */
static bool hears(Listener *l, const char *want, Str *all)
{
    for (int i = 0; i < 100; i++) {
        if (!events_wait(l, 100, all)) return false;
        if (all->n && strstr(str_show(all), want)) return true;
    }
    print_error("did not hear %s: %s\n", want, str_show(all));
    return false;
}

static void a_change_is_heard_by_who_may_read_it(void **state)
{
    (void)state;
    Work *w = take(NULL);
    people(w);
    give(w);
    Listener *ann = listen("ann", token_of("ann"), NULL), *bob = listen("bob", token_of("bob"), NULL);
    Str a = str_begin(arena), b = str_begin(arena);

    assert_true(hears(ann, "app\nmessages 0\n", &a));
    w = take(NULL);
    create(w, "book", "{'name': 'Hers', 'keeper': 1}");
    create(w, "book", "{'name': 'His', 'keeper': 2}");
    give(w);
    assert_true(hears(ann, "record book/1", &a));
    assert_true(hears(bob, "record book/2", &b));
    w = take(NULL);
    change(w, 1, "{'keeper': 2}");                       /* she was told of it: now it went */
    give(w);
    assert_true(hears(ann, "gone book/1", &a));
    assert_true(hears(bob, "record book/1", &b));
    assert_null(strstr(str_show(&a), "book/2"));
    events_leave(ann);
    events_leave(bob);
}

static void messages_are_counted(void **state)
{
    (void)state;
    Work *w = take(NULL);
    people(w);
    give(w);
    Listener *ann = listen("ann", token_of("ann"), NULL);
    Str a = str_begin(arena);

    assert_true(hears(ann, "messages 0", &a));
    w = take(NULL);
    do_sql(w, "INSERT INTO _message (\"user\", at, text) VALUES (1, '2026-01-01T00:00:00Z', 'hello')");
    give(w);
    assert_true(hears(ann, "messages 1", &a));
    w = take("ann");
    OK(&w->cx, notice_read(w, NULL, 0));
    give(w);
    str_clear(&a);
    assert_true(hears(ann, "messages 0", &a));
    events_leave(ann);
}

static void other_roles_are_a_reset_and_no_sign_in_the_end(void **state)
{
    (void)state;
    Work *w = take(NULL);
    people(w);
    give(w);
    Listener *ann = listen("ann", token_of("ann"), NULL);
    Str a = str_begin(arena);
    SaveAsk ask = { .id = 1 };
    Saved saved;

    assert_true(hears(ann, "messages", &a));
    w = take(NULL);
    ask.form = app_form(w->app, "user");
    ask.body = body(w, "{'roles': ['auditor']}");
    OK(&w->cx, save_record(w, &ask, &saved));
    give(w);
    assert_true(hears(ann, "reset", &a));
    w = take(NULL);
    create(w, "book", "{'name': 'Rare', 'rare': true}");
    give(w);
    assert_true(hears(ann, "record book/1", &a));        /* an auditor reads it */
    w = take(NULL);
    ask.body = body(w, "{'active': false}");
    OK(&w->cx, save_record(w, &ask, &saved));
    create(w, "book", "{'name': 'Rarer', 'rare': true}");
    give(w);
    assert_false(hears(ann, "record book/2", &a));
    assert_null(strstr(str_show(&a), "book/2"));
    assert_false(events_wait(ann, 0, &a));
    events_leave(ann);
}

static void places_are_few_and_given_back(void **state)
{
    (void)state;
    Work *w = take(NULL);
    people(w);
    give(w);
    const char *token = token_of("ann");
    Listener *l[EVENTS_EACH], *more;
    ListenAsk ask = { .token = token, .show = show };

    for (int i = 0; i < EVENTS_EACH; i++) l[i] = listen("ann", token, NULL);
    w = take("ann");
    assert_false(events_join(w, &ask, &more));
    assert_int_equal(w->cx.err, E_BUSY);
    give(w);
    assert_int_equal(events_counts(engine_events(engine)).listening, EVENTS_EACH);
    assert_int_equal(events_counts(engine_events(engine)).refused, 1);
    events_leave(l[2]);
    l[2] = listen("ann", token, NULL);
    events_allow(engine_events(engine), EVENTS_EACH);    /* in all */
    w = take("bob");
    assert_false(events_join(w, &ask, &more));
    give(w);
    events_close(engine_events(engine));
    Str s = str_begin(arena);
    assert_false(events_wait(l[0], 0, &s));
    for (int i = 0; i < EVENTS_EACH; i++) events_leave(l[i]);
}

static void who_comes_back_goes_on_or_is_reset(void **state)
{
    (void)state;
    Work *w = take(NULL);
    people(w);
    give(w);
    w = take("ann");
    const char *here = arena_dup(arena, events_here(w));
    give(w);
    w = take(NULL);
    create(w, "book", "{'name': 'Hers', 'keeper': 1}");
    give(w);
    Str s = str_begin(arena);
    Listener *ann = listen("ann", token_of("ann"), here);
    assert_true(hears(ann, "record book/1!", &s));
    assert_null(strstr(str_show(&s), "reset"));
    events_leave(ann);
    str_clear(&s);
    ann = listen("ann", token_of("ann"), "0-1-999999");
    assert_true(hears(ann, "reset!", &s));
    events_leave(ann);
}

/* Nobody takes what is in the box: it stays bounded, and ends with the state of now. */
static void a_slow_one_is_reset(void **state)
{
    (void)state;
    EventBox *b = event_box_new(show);
    Event e = { .kind = EVENT_RECORD, .form = "book" };
    Event m = { .kind = EVENT_MESSAGES, .unread = 3 };
    Str s = str_begin(arena);

    event_box_put(b, arena, &m, NULL);
    for (int i = 0; i < 20000; i++) {
        e.id = i;
        event_box_put(b, arena, &e, "c");
        if (i == 6000) str_clear(&s);
    }
    assert_true(event_box_take(b, 0, 15, &s));
    assert_true(s.n <= EVENT_BOX_BYTES);
    assert_non_null(strstr(str_show(&s), "reset!\nmessages 3\n"));
    assert_null(strstr(str_show(&s), "book/5\n"));
    event_box_free(b);
}

static void silence_is_broken_by_a_beat(void **state)
{
    (void)state;
    EventBox *b = event_box_new(show);
    Str s = str_begin(arena);

    assert_true(event_box_take(b, 0, 15, &s));
    assert_int_equal(s.n, 0);
    assert_true(event_box_take(b, 0, 0, &s));
    assert_string_equal(str_show(&s), "beat!\n");
    event_box_end(b);
    assert_false(event_box_take(b, 1000, 0, &s));
    event_box_free(b);
}

/* A page that asks by itself whether anything is new keeps nobody signed in. */
static void listening_keeps_no_session_alive(void **state)
{
    (void)state;
    Work *w = take(NULL);
    people(w);
    OK(&w->cx, auth_set_password(w, 1, "a long password"));
    char *session;
    OK(&w->cx, auth_login(w, "ann", "a long password", "127.0.0.1", &session));
    session = arena_dup(arena, session);
    int64_t seen = ask_sql(w, "SELECT seen_at FROM _session").i;
    give(w);
    sys_clock_set(seen + 3600);
    w = take_plain();
    w->idle = true;
    OK(&w->cx, auth_session(w, session));
    assert_int_equal(ask_sql(w, "SELECT seen_at FROM _session").i, seen);
    give(w);
    w = take_plain();
    OK(&w->cx, auth_session(w, session));
    assert_int_equal(ask_sql(w, "SELECT seen_at FROM _session").i, seen + 3600);
    give(w);
    sys_clock_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_cursor_goes_on_where_it_was, begin, end),
        cmocka_unit_test_setup_teardown(what_the_ring_forgot_is_lost, begin, end),
        cmocka_unit_test_setup_teardown(another_node_understands_a_cursor, begin, end),
        cmocka_unit_test_setup_teardown(a_slow_one_is_reset, begin, end),
        cmocka_unit_test_setup_teardown(silence_is_broken_by_a_beat, begin, end),
        L(an_id_that_is_committed_late_is_found),
        L(a_flood_is_skipped_and_said_to_be_lost),
        L(changes_are_told_to_who_may_read_now),
        L(a_change_is_heard_by_who_may_read_it),
        L(messages_are_counted),
        L(other_roles_are_a_reset_and_no_sign_in_the_end),
        L(places_are_few_and_given_back),
        L(who_comes_back_goes_on_or_is_reset),
        L(listening_keeps_no_session_alive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* links: data */
/* engine: opening, Works, reloading, and what serves when a definition is wrong. */
#include "test_library.h"

#include <pthread.h>

static int64_t version(void)
{
    App *app = engine_app(engine);
    int64_t v = app->version;

    app_give(app);
    return v;
}

static bool has_field(const char *name)
{
    App *app = engine_app(engine);
    bool there = form_field(app_form(app, "shelf"), name) != NULL;

    app_give(app);
    return there;
}

static const char *shelf_with(const char *field)
{
    const char *at = strstr(shelf_yaml, "  floor:");
    return arena_printf(arena, "%.*s%s\n%s", (int)(at - shelf_yaml), shelf_yaml, field, at);
}

static void a_new_field_serves_after_a_reload(void **st)
{
    (void)st;
    change_file("forms/shelf.yaml", shelf_with("  wood: {type: text}"));
    OK(&cx, engine_reload(engine, &cx, false));
    assert_int_equal(version(), 2);
    assert_true(has_field("wood"));
    assert_null(engine_waiting(engine, arena));
    OK(&cx, engine_reload(engine, &cx, false));          /* nothing new: no new version */
    assert_int_equal(version(), 2);
}

static void a_mistake_is_told_with_its_place_and_the_old_version_serves(void **st)
{
    (void)st;
    change_file("forms/shelf.yaml", shelf_with("  wood: {type: text, requird: true}"));
    assert_false(engine_reload(engine, &cx, false));
    assert_int_equal(cx.err, E_DEF);
    assert_string_equal(cx.issue[0].at.file, "forms/shelf.yaml");
    assert_int_equal(cx.issue[0].at.line, 7);
    assert_false(has_field("wood"));
    assert_int_equal(version(), 1);
    assert_non_null(strstr(engine_waiting(engine, arena), "forms/shelf.yaml:7:"));
    cx_clear(&cx);
    change_file("forms/shelf.yaml", shelf_with("  wood: {type: text, required: false}"));
    OK(&cx, engine_reload(engine, &cx, false));
    assert_true(has_field("wood"));
    assert_null(engine_waiting(engine, arena));
}

static void a_plugin_that_does_not_load_keeps_the_old_version(void **st)
{
    (void)st;
    char sub[128];

    snprintf(sub, sizeof sub, "%s/plugins", folder);
    assert_true(dir_make(&cx, sub));
    change_file("plugins/bad.lua", "local x = = 1\n");
    assert_false(engine_reload(engine, &cx, false));
    assert_non_null(engine_waiting(engine, arena));
    assert_int_equal(version(), 1);
    Work *w = take(NULL);
    create(w, "shelf", "{'name': 'still'}");
    give(w);
}

static void a_request_keeps_the_snapshot_it_began_with(void **st)
{
    (void)st;
    Work *w = take(NULL);
    const App *before = w->app;

    change_file("forms/shelf.yaml", shelf_with("  wood: {type: text}"));
    OK(&cx, engine_reload(engine, &cx, false));
    assert_ptr_equal(w->app, before);
    assert_null(form_field(app_form(w->app, "shelf"), "wood"));
    /* Where several nodes write, a write of yesterday's app is not: its request runs again. */
    if (db_dialect(w->db) == DIALECT_SQLITE) {
        create(w, "shelf", "{'name': 'old'}");
    } else {
        SaveAsk ask = { .form = app_form(w->app, "shelf"), .body = body(w, "{'name': 'old'}") };
        Saved saved;
        assert_false(save_record(w, &ask, &saved));
        assert_int_equal(w->cx.err, E_MOVED);
        assert_true(engine_moved(w));
    }
    give(w);
    w = take(NULL);
    assert_ptr_not_equal(w->app, before);
    create(w, "shelf", "{'name': 'new', 'wood': 'oak'}");
    give(w);
}

static void a_request_that_runs_again_saves_nothing_twice(void **st)
{
    (void)st;
    Work *w = take(NULL);
    int64_t id = create(w, "shelf", "{'name': 'once'}");
    WorkSaved saved = w->saved;
    assert_int_equal(saved.n, 1);
    assert_int_equal(w->writes, 0);
    saved.again = 0;
    give(w);
    w = take(NULL);
    w->saved = saved;
    assert_int_equal(create(w, "shelf", "{'name': 'once'}"), id);
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM shelf").i, 1);
    assert_int_not_equal(create(w, "shelf", "{'name': 'twice'}"), id);
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM shelf").i, 2);
    give(w);
}

static void a_broken_folder_serves_what_was_published_before(void **st)
{
    (void)st;
    Work *w = take(NULL);
    create(w, "shelf", "{'name': 'kept'}");
    give(w);
    close_app();
    change_file("forms/shelf.yaml", "form: shelf\nfields: {\n");
    open_app_with((EngineOptions){ .works = 2 });
    assert_int_equal(version(), 1);
    assert_non_null(engine_waiting(engine, arena));
    w = take(NULL);
    assert_string_equal(ask_sql(w, "SELECT name FROM shelf").t, "kept");
    create(w, "shelf", "{'name': 'more'}");
    give(w);
}

static void a_broken_folder_without_a_past_does_not_open(void **st)
{
    (void)st;
    char path[128];
    EngineOptions o = { .dir = folder };

    close_app();
    snprintf(path, sizeof path, "rm -r %s/data", folder);
    assert_int_equal(system(path), 0);
    change_file("forms/shelf.yaml", "form: shelf\nfields: {\n");
    assert_false(engine_open(&cx, &o, &engine));
    assert_int_equal(cx.err, E_DEF);
    assert_true(cx.nissue > 0);
    assert_null(engine);
}

static bool soon(bool (*done)(void))
{
    for (int i = 0; i < 500; i++) {
        if (done()) return true;
        usleep(10000);
    }
    return false;
}

static bool wood_is_there(void) { return has_field("wood"); }
static bool something_waits(void) { return engine_waiting(engine, arena) != NULL; }
static bool nothing_waits(void) { return engine_waiting(engine, arena) == NULL; }

static void a_changed_file_is_seen_while_running(void **st)
{
    (void)st;
    close_app();
    open_app_with((EngineOptions){ .works = 2, .watch = true, .tick = true });
    change_file("forms/shelf.yaml", shelf_with("  wood: {type: text}"));
    assert_true(soon(wood_is_there));
    change_file("forms/shelf.yaml", shelf_with("  wood: {type: txt}"));
    assert_true(soon(something_waits));
    assert_true(has_field("wood"));
    change_file("forms/shelf.yaml", shelf_with("  wood: {type: text}\n  age: {type: number}"));
    assert_true(soon(nothing_waits));
    assert_true(has_field("age"));
}

static void a_reader_only_looks(void **st)
{
    (void)st;
    Work *w = take(NULL);
    create(w, "shelf", "{'name': 'kept'}");
    give(w);
    close_app();
    change_file("forms/shelf.yaml", shelf_with("  wood: {type: text}"));
    open_app_with((EngineOptions){ .works = 1, .readonly = true });
    assert_false(engine_writes(engine));
    assert_false(has_field("wood"));                     /* not yet in the database */
    w = take(NULL);
    assert_string_equal(ask_sql(w, "SELECT name FROM shelf").t, "kept");
    give(w);
}

/* ---- many at once ---- */

static void *use(void *arg)
{
    Arena *a = arena_new();
    Cx mine = cx_begin(a, NULL);
    int64_t done = 0;

    for (int i = 0; i < 40; i++) {
        Work *w = engine_take(engine, &mine, NULL);
        if (!w) break;
        auth_become_app(w, "test");
        Sql q = sql_begin(w->cx.a, db_dialect(w->db));
        Val v;
        sql_add(&q, "SELECT count(*) FROM \"shelf\"");
        done += form_field(app_form(w->app, "shelf"), "name")
            && db_one(&w->cx, w->db, &q, &v, 1, NULL);
        engine_give(w);
    }
    arena_free(a);
    *(int64_t *)arg = done;
    return NULL;
}

static void works_are_shared_by_many_threads_over_reloads(void **st)
{
    (void)st;
    pthread_t t[8];
    int64_t done[8] = { 0 };

    for (int i = 0; i < 8; i++) assert_int_equal(pthread_create(&t[i], NULL, use, &done[i]), 0);
    for (int i = 0; i < 3; i++) {
        change_file("forms/shelf.yaml", shelf_with(arena_printf(arena,
            "  wood: {type: text, max: %d}", 10 + i)));
        OK(&cx, engine_reload(engine, &cx, false));
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(done[i], 40);
    }
}

typedef struct Holder { Work *w; int64_t given, ok; pthread_barrier_t *both; } Holder;

/* Reads by the names of its snapshot until the last moment. */
static void *hold(void *arg)
{
    Holder *h = arg;
    Arena *a = arena_new();
    Cx mine = cx_begin(a, NULL);
    Work *w = engine_take(engine, &mine, NULL);
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v;

    pthread_barrier_wait(h->both);
    usleep(300000);
    sql_add(&q, "SELECT count(\"floor\") FROM \"shelf\"");
    h->ok = db_one(&w->cx, w->db, &q, &v, 1, NULL);
    h->given = sys_mono_us();
    engine_give(w);
    arena_free(a);
    return NULL;
}

static void a_rename_waits_for_requests_under_way_but_not_for_those_of_its_own_thread(void **st)
{
    (void)st;
    pthread_barrier_t both;
    Holder h = { .both = &both };
    pthread_t t;
    Work *mine = take(NULL);
    char *text = arena_dup(arena, shelf_yaml), *at = strstr(text, "  floor: {");

    pthread_barrier_init(&both, NULL, 2);
    assert_int_equal(pthread_create(&t, NULL, hold, &h), 0);
    pthread_barrier_wait(&both);
    change_file("forms/shelf.yaml", arena_printf(arena, "%.*s  level: {was: floor, %s",
        (int)(at - text), text, at + strlen("  floor: {")));
    char *book = arena_dup(arena, book_yaml), *lookup = strstr(book, "field: floor");
    memcpy(lookup, "field: level", strlen("field: level"));
    change_file("forms/book.yaml", book);
    OK(&cx, engine_reload(engine, &cx, false));
    int64_t done = sys_mono_us();
    pthread_join(t, NULL);
    pthread_barrier_destroy(&both);
    assert_true(h.ok);
    assert_true(h.given && h.given <= done);
    give(mine);
    Work *w = take(NULL);
    assert_non_null(form_field(app_form(w->app, "shelf"), "level"));
    assert_true(val_is_blank(ask_sql(w, "SELECT level FROM shelf")));
    give(w);
}

RUN(L(a_rename_waits_for_requests_under_way_but_not_for_those_of_its_own_thread),
    L(a_new_field_serves_after_a_reload),
    L(a_mistake_is_told_with_its_place_and_the_old_version_serves),
    L(a_plugin_that_does_not_load_keeps_the_old_version),
    L(a_request_keeps_the_snapshot_it_began_with),
    L(a_request_that_runs_again_saves_nothing_twice),
    L(a_broken_folder_serves_what_was_published_before),
    L(a_broken_folder_without_a_past_does_not_open), L(a_changed_file_is_seen_while_running),
    L(a_reader_only_looks), L(works_are_shared_by_many_threads_over_reloads))

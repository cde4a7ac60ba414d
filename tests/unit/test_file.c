/* links: data */
/* Contents by their hash; files attached, refused and swept away, also all at once. */
#include "test_library.h"
#include "data/file.h"
#include "data/timer.h"

#include <pthread.h>
#include <stdatomic.h>

static const char post_yaml[] =
    "form: post\ntitle: \"{name}\"\nfields:\n  name: {type: text}\n  paper: {type: file}\n"
    "  papers: {type: files}\n  lines: {type: subform, fields: {scan: {type: file}}}\n"
    "permissions:\n  clerk: {read: all, create: true, update: all}\n";

static int with_posts(void **state)
{
    begin(state);
    sys_log_level(LOG_ERROR + 1);
    write_app();
    change_file("forms/post.yaml", post_yaml);
    open_app_with((EngineOptions){ .works = 12 });
    Work *w = take(NULL);
    create(w, "user", "{'name': 'Ann', 'login': 'ann', 'roles': ['clerk']}");
    create(w, "user", "{'name': 'Bob', 'login': 'bob', 'roles': ['clerk']}");
    give(w);
    return 0;
}

#define F(test) cmocka_unit_test_setup_teardown(test, with_posts, without_app)

static Arrival *draft_of(Cx *c, const char *text)
{
    Arrival *d;
    OK(c, arrival_begin(c, engine_contents(engine), &d));
    OK(c, arrival_add(c, d, text, strlen(text)));
    OK(c, arrival_end(c, d));
    return d;
}

static int64_t add(Work *w, const char *text, const char *name)
{
    const FileInfo *f;
    Arrival *d = draft_of(&w->cx, text);
    OK(&w->cx, file_add(w, d, name, &f));
    arrival_drop(d);
    return f->id;
}

static bool save(Work *w, const char *values)
{
    SaveAsk ask = { .form = app_form(w->app, "post"), .body = body(w, values) };
    Saved saved;
    bool ok = save_record(w, &ask, &saved);
    return ok;
}

static bool is_there(const char *hash)
{
    bool there;
    OK(&cx, content_there(&cx, engine_contents(engine), hash, &there));
    return there;
}

static void a_draft_gets_its_name_only_when_it_is_kept(void **st)
{
    (void)st;
    Arrival *d = draft_of(&cx, "abc");
    const char *hash = arena_dup(arena, arrival_hash(d));
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(arrival_type(d), "text/plain");
    assert_false(is_there(hash));
    arrival_drop(d);
    assert_false(is_there(hash));
    d = draft_of(&cx, "abc");
    OK(&cx, arrival_keep(&cx, d));
    arrival_drop(d);
    assert_true(is_there(hash));
    d = draft_of(&cx, "abc");                     /* the same again is no mistake */
    OK(&cx, arrival_keep(&cx, d));
    arrival_drop(d);
}

static void what_is_no_hash_names_no_file(void **st)
{
    static const char *const bad[] = { "", "..", "../../etc/passwd",
        "../78/6bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD" };
    Content *c;
    (void)st;
    for (int i = 0; i < LEN(bad); i++) {
        OK(&cx, content_open(&cx, engine_contents(engine), bad[i], NULL, 0, 0, &c));
        assert_null(c);
        assert_false(is_there(bad[i]));
        OK(&cx, content_remove(&cx, engine_contents(engine), bad[i]));
    }
}

static void only_who_uploaded_a_file_attaches_it(void **st)
{
    (void)st;
    Work *ann = take("ann"), *bob = take("bob");
    int64_t id = add(ann, "hers", "hers.txt");
    const char *one = arena_printf(arena, "{'paper': %lld}", (long long)id);
    const char *many = arena_printf(arena, "{'papers': [%lld]}", (long long)id);
    const char *row = arena_printf(arena, "{'lines': [{'scan': %lld}]}", (long long)id);
    const char *all[] = { one, many, row };
    for (int i = 0; i < LEN(all); i++) {
        cx_clear(&bob->cx);
        assert_false(save(bob, all[i]));
        assert_string_equal(bob->cx.issue[0].code, "unknown_file");
        OK(&ann->cx, save(ann, all[i]));
    }
    give(ann);
    give(bob);
}

static void a_file_is_swept_when_nothing_holds_it_for_a_day(void **st)
{
    (void)st;
    Work *w = take("ann");
    int64_t loose = add(w, "loose", "a.txt"), held = add(w, "held", "b.txt");
    OK(&w->cx, save(w, arena_printf(arena, "{'paper': %lld}", (long long)held)));
    const char *loose_hash = arena_dup(arena, file_info(w, loose)->hash);
    const char *held_hash = arena_dup(arena, file_info(w, held)->hash);
    int64_t start = sys_now();
    w->now = start + FILE_KEPT_S - 60;
    OK(&w->cx, files_sweep(w));
    assert_true(is_there(loose_hash));
    w->now = start + FILE_KEPT_S + 60;
    OK(&w->cx, files_sweep(w));
    assert_false(is_there(loose_hash));
    assert_true(is_there(held_hash));
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM _file").i, 1);
    give(w);
}

static void a_content_stays_while_another_file_names_it(void **st)
{
    (void)st;
    Work *w = take("ann");
    int64_t loose = add(w, "same", "a.txt"), held = add(w, "same", "b.txt");
    OK(&w->cx, save(w, arena_printf(arena, "{'papers': [%lld]}", (long long)held)));
    const char *hash = arena_dup(arena, file_info(w, loose)->hash);
    w->now = sys_now() + 2 * FILE_KEPT_S;
    OK(&w->cx, files_sweep(w));
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM _file").i, 1);
    assert_true(is_there(hash));
    give(w);
}

/* As the timer that fires does. */
static bool set_sweep(Work *w, void *arg)
{
    (void)arg;
    return timer_set(w, FILE_SWEEP, NULL, 0, "", w->now + FILE_SWEEP_S, NULL);
}

static int64_t next_sweep(Work *w)
{
    OK(&w->cx, work_write(w, set_sweep, NULL));
    OK(&w->cx, files_sweep(w));
    return ask_sql(w, "SELECT due FROM _timer WHERE rule = '" FILE_SWEEP "'").i - w->now;
}

static void where_no_files_are_the_sweep_rests_for_a_day(void **st)
{
    (void)st;
    Work *w = take("ann");
    assert_int_equal(next_sweep(w), FILE_KEPT_S);
    const char *hash = arena_dup(arena, file_info(w, add(w, "loose", "a.txt"))->hash);
    assert_int_equal(next_sweep(w), FILE_SWEEP_S);
    w->now = sys_now() + FILE_KEPT_S + 60;
    OK(&w->cx, files_sweep(w));
    assert_false(is_there(hash));
    assert_int_equal(next_sweep(w), FILE_KEPT_S);
    give(w);
}

/* ---- sweeping beside people who upload and attach ---- */

enum { PEOPLE = 4, TIMES = 60 };
static _Atomic int attached, too_late;
static _Atomic bool sweeping;

/* A third of the contents are the same ones again and again: uploads meet on one hash too. */
static void *person(void *arg)
{
    int me = (int)(intptr_t)arg;
    Arena *a = arena_new();
    for (int i = 0; i < TIMES; i++) {
        Cx c = cx_begin(a, NULL);
        Work *w = engine_take(engine, &c, NULL);
        if (!w) continue;
        const FileInfo *f = NULL;
        Arrival *d = NULL;
        char text[32];
        snprintf(text, sizeof text, "text %d", i % 3 ? me * TIMES + i : i % 2);
        bool ok = auth_become_login(w, "ann")
            && arrival_begin(&w->cx, engine_contents(engine), &d)
            && arrival_add(&w->cx, d, text, strlen(text)) && arrival_end(&w->cx, d)
            && file_add(w, d, "a.txt", &f);
        SaveAsk ask = { .form = app_form(w->app, "post") };
        Saved saved;
        if (ok) {
            Node *map = node_map(w->cx.a);
            node_put_int(w->cx.a, map, i % 2 ? "paper" : "papers", f->id);
            ask.body = map;
            ok = save_record(w, &ask, &saved);
        }
        if (ok) attached++;
        else too_late++;
        arrival_drop(d);
        engine_give(w);
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

/* A day and more ahead: nothing is young enough to be spared, only what is held. */
static void *sweeper(void *arg)
{
    Arena *a = arena_new();
    (void)arg;
    while (sweeping) {
        Cx c = cx_begin(a, NULL);
        Work *w = engine_take(engine, &c, NULL);
        if (!w) continue;
        auth_become_app(w, "job");
        w->now += 3 * FILE_KEPT_S;
        if (!files_sweep(w)) show_failure(&w->cx);
        engine_give(w);
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

static void a_sweep_never_takes_what_a_record_got_meanwhile(void **st)
{
    pthread_t people[PEOPLE], sweeps[2];
    Rows rows;
    Val hash;
    (void)st;
    attached = too_late = 0;
    sweeping = true;
    for (int i = 0; i < LEN(sweeps); i++) pthread_create(&sweeps[i], NULL, sweeper, NULL);
    for (int i = 0; i < PEOPLE; i++)
        pthread_create(&people[i], NULL, person, (void *)(intptr_t)i);
    for (int i = 0; i < PEOPLE; i++) pthread_join(people[i], NULL);
    sweeping = false;
    for (int i = 0; i < LEN(sweeps); i++) pthread_join(sweeps[i], NULL);
    assert_int_equal(attached + too_late, PEOPLE * TIMES);
    Work *w = take(NULL);
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM post").i, attached);
    assert_int_equal(ask_sql(w, "SELECT (SELECT count(*) FROM post WHERE paper IS NOT NULL) + "
        "(SELECT count(*) FROM post__papers)").i, attached);
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM _file WHERE id IN (SELECT paper FROM post "
        "UNION SELECT value FROM post__papers)").i, attached);
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    sql_add(&q, "SELECT DISTINCT hash FROM _file");
    OK(&w->cx, db_query(&w->cx, w->db, &q, &rows));
    while (db_next(&w->cx, &rows, &hash)) assert_true(is_there(hash.t));
    db_rows_end(&rows);
    give(w);
}

RUN(
    F(a_draft_gets_its_name_only_when_it_is_kept),
    F(what_is_no_hash_names_no_file),
    F(only_who_uploaded_a_file_attaches_it),
    F(a_file_is_swept_when_nothing_holds_it_for_a_day),
    F(a_content_stays_while_another_file_names_it),
    F(where_no_files_are_the_sweep_rests_for_a_day),
    F(a_sweep_never_takes_what_a_record_got_meanwhile)
)

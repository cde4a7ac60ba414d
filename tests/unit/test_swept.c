/* links: data */
/* Sweeps and uploads of the same content, each step of one between any two of the other. */
#include "test_library.h"
#include "data/file.h"
#include "data/swept.h"

static const char post_yaml[] =
    "form: post\ntitle: \"{name}\"\nfields:\n  name: {type: text}\n  paper: {type: file}\n"
    "permissions:\n  clerk: {read: all, create: true, update: all}\n";

static int with_posts(void **state)
{
    begin(state);
    sys_log_level(LOG_ERROR + 1);
    write_app();
    change_file("forms/post.yaml", post_yaml);
    open_app_with((EngineOptions){ .works = 4 });
    return 0;
}

static int without_clock(void **state)
{
    sys_clock_clear();
    return without_app(state);
}

static void later(Work *w, int64_t seconds)
{
    sys_clock_set(sys_now() + seconds);
    w->now = sys_now();
}

#define F(test) cmocka_unit_test_setup_teardown(test, with_posts, without_clock)

static Arrival *arrived(Work *w, bool kept)
{
    Arrival *d;
    OK(&w->cx, arrival_begin(&w->cx, engine_contents(engine), &d));
    OK(&w->cx, arrival_add(&w->cx, d, "same", 4));
    OK(&w->cx, arrival_end(&w->cx, d));
    if (kept) OK(&w->cx, arrival_keep(&w->cx, d));
    return d;
}

static bool is_there(Work *w, const char *hash)
{
    bool there;
    OK(&w->cx, content_there(&w->cx, engine_contents(engine), hash, &there));
    return there;
}

typedef struct Begun { const char *hash, *mark; } Begun;

static bool begin_unit(Work *w, void *arg)
{
    Begun *b = arg;
    return swept_begin(w, b->hash, &b->mark);
}

static const char *mark_of(Work *w, const char *hash)
{
    Begun b = { hash, NULL };
    OK(&w->cx, work_write(w, begin_unit, &b));
    return b.mark;
}

static void sweep_away(Work *w, const char *hash, const char *mark)
{
    OK(&w->cx, content_remove(&w->cx, engine_contents(engine), hash));
    OK(&w->cx, swept_over(w, hash, mark));
}

static bool added(Work *w, Arrival *d)
{
    const FileInfo *f = NULL;
    cx_clear(&w->cx);
    bool ok = file_add(w, d, "a.txt", &f);
    if (!ok) assert_int_equal(w->cx.err, E_BUSY);
    cx_clear(&w->cx);
    return ok;
}

static void what_a_file_names_is_not_marked(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Arrival *d = arrived(w, false);
    assert_true(added(w, d));
    assert_null(mark_of(w, arrival_hash(d)));
    arrival_drop(d);
    give(w);
}

/* keep, mark, add: whether it will be there is not known, so it is not said. */
static void a_file_is_not_added_while_its_content_is_being_removed(void **st)
{
    (void)st;
    Work *w = take(NULL), *sweep = take(NULL);
    Arrival *d = arrived(w, true);
    const char *mark = mark_of(sweep, arrival_hash(d));
    assert_non_null(mark);
    assert_false(added(w, d));
    sweep_away(sweep, arrival_hash(d), mark);
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM _file").i, 0);
    arrival_drop(d);
    give(w);
    give(sweep);
}

/* keep, mark, remove, over, add: it is gone, and what arrived in a folder is gone with it. */
static void a_content_that_was_swept_between_is_missed(void **st)
{
    (void)st;
    Work *w = take(NULL), *sweep = take(NULL);
    Arrival *d = arrived(w, true);
    sweep_away(sweep, arrival_hash(d), mark_of(sweep, arrival_hash(d)));
    assert_false(is_there(w, arrival_hash(d)));
    assert_false(added(w, d));
    arrival_drop(d);
    d = arrived(w, false);                        /* who tries again gets through */
    assert_true(added(w, d));
    assert_true(is_there(w, arrival_hash(d)));
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM _swept").i, 0);
    arrival_drop(d);
    give(w);
    give(sweep);
}

/* mark, keep, remove, over, add: the mark is over, but the content came before it was removed. */
static void a_content_that_came_before_the_removal_is_missed(void **st)
{
    (void)st;
    Work *w = take(NULL), *sweep = take(NULL);
    Arrival *first = arrived(w, true);
    const char *mark = mark_of(sweep, arrival_hash(first));
    Arrival *d = arrived(w, true);
    sweep_away(sweep, arrival_hash(d), mark);
    assert_false(added(w, d));
    /* Another brings it in the meantime: then this one is there too. */
    Arrival *other = arrived(w, true);
    assert_true(added(w, d));
    assert_true(is_there(w, arrival_hash(d)));
    arrival_drop(first);
    arrival_drop(d);
    arrival_drop(other);
    give(w);
    give(sweep);
}

static void one_sweep_marks_a_content_at_a_time(void **st)
{
    (void)st;
    Work *w = take(NULL), *other = take(NULL);
    Arrival *d = arrived(w, true);
    const char *hash = arrival_hash(d), *mark = mark_of(w, hash);
    assert_non_null(mark);
    assert_null(mark_of(other, hash));
    later(other, SWEPT_STALE_S + 1);              /* the first died on its way */
    const char *next = mark_of(other, hash);
    assert_non_null(next);
    assert_string_not_equal(mark, next);
    OK(&w->cx, swept_over(w, hash, mark));        /* says nothing of the second */
    assert_int_equal(ask_sql(w, "SELECT done FROM _swept").i, 0);
    arrival_drop(d);
    give(w);
    give(other);
}

static void a_sweep_that_died_keeps_nobody_from_uploading(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Arrival *d = arrived(w, true);
    assert_non_null(mark_of(w, arrival_hash(d)));
    assert_false(added(w, d));
    later(w, SWEPT_STALE_S + 1);
    assert_true(added(w, d));
    assert_true(is_there(w, arrival_hash(d)));
    arrival_drop(d);
    give(w);
}

static void marks_go_after_a_day(void **st)
{
    (void)st;
    Work *w = take(NULL);
    Arrival *d = arrived(w, true);
    assert_non_null(mark_of(w, arrival_hash(d)));
    later(w, FILE_KEPT_S - 60);
    OK(&w->cx, files_sweep(w));
    assert_int_equal(ask_sql(w, "SELECT count(*) FROM _swept").i, 1);
    later(w, 120);
    OK(&w->cx, files_sweep(w));                   /* forgets it, then sweeps the content itself */
    assert_false(is_there(w, arrival_hash(d)));
    assert_int_equal(ask_sql(w, "SELECT done FROM _swept").i, 1);
    arrival_drop(d);
    give(w);
}

RUN(
    F(what_a_file_names_is_not_marked),
    F(a_file_is_not_added_while_its_content_is_being_removed),
    F(a_content_that_was_swept_between_is_missed),
    F(a_content_that_came_before_the_removal_is_missed),
    F(one_sweep_marks_a_content_at_a_time),
    F(a_sweep_that_died_keeps_nobody_from_uploading),
    F(marks_go_after_a_day)
)

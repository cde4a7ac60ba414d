/*
 * year_world.c — the engine: opened and closed on one database, time going on, calls as people.
 */
#include "year.h"
#include "../unit/test_url.h"
#include "base/node_json.h"
#include "base/out.h"
#include "base/sys.h"
#include "data/jobs.h"
#include "data/pool.h"

#include <stdarg.h>
#include <unistd.h>

static char folder[64];
static const char *url;
static Engine *engine;
static Arena *own;
Work *w;
int64_t now;

static void show_failure(const char *what)
{
    fprintf(stderr, "%s: %s %s %s\n", what, err_code(w->cx.err), w->cx.text ? w->cx.text : "",
        w->cx.detail ? w->cx.detail : "");
    for (int i = 0; i < w->cx.nissue; i++)
        fprintf(stderr, "  %s %s\n", w->cx.issue[i].at.field ? w->cx.issue[i].at.field : "",
            w->cx.issue[i].text);
}

void fine(bool ok, const char *what)
{
    if (ok) return;
    show_failure(what);
    fail_msg("%s", what);
}

static void remove_folder(void)
{
    char command[100];

    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command)) perror(command);
}

/* The clock of both worlds. */
static void clock_at(int64_t at)
{
    now = at;
    sys_clock_set(at);
    if (w) w->now = at;
}

void world_open(int64_t at)
{
    Cx c = cx_begin(own ? own : (own = arena_new()), NULL);

    sys_log_level(LOG_ERROR);
    clock_at(at);
    if (!url) {
        /* In memory where that can be: what survives a crash is told by other tests. */
        strcpy(folder, access("/dev/shm", W_OK) ? "/tmp/year.XXXXXX" : "/dev/shm/year.XXXXXX");
        assert_non_null(mkdtemp(folder));
        atexit(remove_folder);
        url = test_url(arena_printf(own, "sqlite:%s/year.db", folder));
    }
    EngineOptions o = { .dir = TESTS "/apps/company", .db = url, .works = 2, .fleeting = true };
    if (!engine_open(&c, &o, &engine)) {
        for (int i = 0; i < c.nissue; i++) fprintf(stderr, "%s\n", c.issue[i].text);
        fail_msg("the company does not open: %s %s", c.text, c.detail ? c.detail : "");
    }
    as(NOBODY);
}

void world_close(void)
{
    cx_clear(&w->cx);
    engine_give(w);
    engine_close(engine);
    w = NULL;
}

void world_end(void)
{
    world_close();
    sys_clock_clear();
    arena_free(own);
}

/* A Work of its own, as each request has. */
static void fresh(void)
{
    Cx c = cx_begin(own, NULL);

    if (w) engine_give(w);
    w = engine_take(engine, &c, "en");
    assert_non_null(w);
}

void as(int p)
{
    fresh();
    auth_become_app(w, JOBS_QUIET);
    if (p == NOBODY) return;
    fine(auth_become(w, human[p].id), "becoming somebody");
    w->as_app = false;
}

void world_until(int64_t at)
{
    as(NOBODY);
    if (at == now || number_of(say("SELECT CASE WHEN EXISTS (SELECT 1 FROM \"_timer\" WHERE \"due\" <= %" PRId64
            ") OR EXISTS (SELECT 1 FROM \"_job\" WHERE \"state\" = 'waiting') THEN 1 END", at)))
        fine(tick_until(w, at), "time goes on");
    clock_at(at);
}

void world_wake(int64_t at)
{
    clock_at(at);
    world_until(at);
}

static const Form *form_of(const char *key)
{
    const Form *f = app_form(w->app, key);

    assert_non_null(f);
    return f;
}

static Node *body_of(const char *json)
{
    Node *n = json ? json_parse(&w->cx, json, strlen(json)) : NULL;

    fine(!json || n, json);
    return n;
}

int64_t make(const char *form, const char *json)
{
    Saved saved = { 0 };
    SaveAsk ask = { .form = form_of(form), .body = body_of(json) };

    fine(save_record(w, &ask, &saved), json);
    return saved.id;
}

bool change(const char *form, int64_t id, const char *move, const char *json)
{
    Saved saved;

    return save_record(w, &(SaveAsk){ .form = form_of(form), .id = id, .transition = move,
        .body = body_of(json) }, &saved);
}

bool claim_lead(int64_t id)
{
    Saved saved;

    return pool_claim(w, form_of("lead"), id, &saved);
}

bool release_lead(int64_t id)
{
    Saved saved;

    return pool_release(w, form_of("lead"), id, NULL, "no time", &saved);
}

bool decide(const char *what, int64_t task, int to)
{
    return task_act(w, &(TaskAct){ .what = what, .task = task, .comment = "seen",
        .to = to == NOBODY ? 0 : human[to].id });
}

bool withdraw_deal(int64_t id)
{
    return task_withdraw(w, form_of("deal"), id, "not now");
}

void refused(const char *why)
{
    bool so = w->cx.text && strstr(w->cx.text, why);

    for (int i = 0; i < w->cx.nissue; i++) so |= strstr(w->cx.issue[i].text, why) != NULL;
    if (!so) show_failure("another refusal");
    if (!so) fail_msg("it should have been refused: %s", why);
    cx_clear(&w->cx);
}

void rows_of(const char *sql, int columns, Row row, void *arg)
{
    const char *text[16];
    Val v[16];
    Rows rows;

    cx_clear(&w->cx);
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    sql_add_n(&q, sql, strlen(sql));
    fine(db_query(&w->cx, w->db, &q, &rows), sql);
    while (db_next(&w->cx, &rows, v)) {
        for (int i = 0; i < columns; i++)
            text[i] = val_is_blank(v[i]) ? "" : val_show(w->cx.a, as_stored(w->cx.a, v[i]));
        row(text, arg);
    }
    db_rows_end(&rows);
    fine(!w->cx.err, sql);
}

static void first(const char *const *value, void *arg)
{
    *(int64_t *)arg = strtoll(value[0], NULL, 10);
}

int64_t number_of(const char *sql)
{
    int64_t n = 0;

    rows_of(sql, 1, first, &n);
    return n;
}

/* A text for the next call; some stay good at a time. */
const char *say(const char *format, ...)
{
    static char text[8][700];
    static int turn;
    va_list args;

    turn = (turn + 1) % 8;
    va_start(args, format);
    vsnprintf(text[turn], sizeof text[turn], format, args);
    va_end(args);
    return text[turn];
}

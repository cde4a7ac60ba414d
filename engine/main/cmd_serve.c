/*
 * cmd_serve.c — serve: the app, its timers, its side door, until a signal says stop.
 *
 * SIGTERM and SIGINT let requests finish; SIGHUP reads the folder again. The service manager is
 * told of each of these moments.
 */
#include "main/cmd.h"
#include "main/control.h"
#include "main/demo.h"
#include "data/content.h"
#include "main/notify.h"
#include "http/server.h"
#include "http/template.h"
#include "base/asset.h"
#include "base/sys.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_folder(Cmd *c, const char *db)
{
    const char *slash = str_starts(db, "sqlite:") ? strrchr(db, '/') : NULL;
    return !slash || dir_make(&c->cx, arena_dup_n(c->a, db + 7, (size_t)(slash - db - 7) + 1));
}

static bool count_users(Work *w, void *arg)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val n;
    bool found;
    sql_add(&q, "SELECT count(*) FROM \"user\"");
    if (!db_one(&w->cx, w->db, &q, &n, 1, &found)) return false;
    *(bool *)arg = found && n.i > 0;
    return true;
}

static void greet(Cmd *c, Engine *e, const char *listen, int port, bool demo)
{
    App *app = engine_app(e);
    char *waiting = engine_waiting(e, c->a);
    bool users = true;
    printf("%s is served on http://%.*s:%d\n", label_show(&app->label, "en", app->key),
        (int)(strrchr(listen, ':') - listen), listen, port);
    if (demo) printf("demo data is loaded: every user's password is " DEMO_PASSWORD "\n");
    if (cmd_with(c, e, count_users, &users) && !users)
        printf("nobody can sign in yet: tenon user add %s --login NAME --roles admin "
            "--password-stdin\n", c->app);
    if (waiting) printf("the folder is not what is served:\n%s\n", waiting);
    fflush(stdout);
    app_give(app);
}

static void wait_for_end(Cmd *c, Engine *e, const sigset_t *set)
{
    int sig = 0;
    while (!sigwait(set, &sig) && sig == SIGHUP) {
        cx_clear(&c->cx);
        notify_reloading();
        if (!engine_reload(e, &c->cx, false))
            sys_log(LOG_ERROR, "reload refused", "text", c->cx.text ? c->cx.text : "", NULL);
        notify_send("READY=1");
    }
    notify_send("STOPPING=1");
    sys_log(LOG_INFO, "stopping", NULL);
}

/* A store that refuses us will refuse people too; one that is away comes back. */
static bool look_for_files(Cmd *c, Engine *e)
{
    if (!cmd_option(c, "files") || contents_ready(&c->cx, engine_contents(e))) return true;
    if (c->cx.err != E_BUSY) return false;
    sys_log(LOG_ERROR, "served without files for now", "text", c->cx.text, NULL);
    cx_clear(&c->cx);
    return true;
}

/* The locks everybody needs can be had: the engine's, and the writing thread's. */
static void look_alive(void *arg)
{
    app_give(engine_app(arg));
    (void)db_stats(engine_pool(arg));
}

int run_serve(Cmd *c)
{
    const char *listen = cmd_option(c, "listen"), *db = cmd_db(c);
    const char *threads = cmd_option(c, "threads"), *works = cmd_option(c, "works");
    EngineOptions o = { .dir = c->app, .db = db, .files = cmd_option(c, "files"), .watch = true,
        .tick = true };
    const char *drain = cmd_option(c, "drain");
    ServerOptions so = { .listen = listen ? listen : "127.0.0.1:8080" };
    Engine *e = NULL;
    Server *server = NULL;
    Control *control = NULL;
    bool demo = false;
    sigset_t set;

    /* Before any thread: all inherit the mask, and only this one waits for signals. */
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);     /* a limit on files is a failed write, not the end */
    sys_log_level(cmd_flag(c, "verbose") ? LOG_DEBUG : LOG_INFO);
    if (threads) so.threads = atoi(threads);
    if (works) o.works = atoi(works);
    if (cmd_option(c, "web")) asset_dir(cmd_option(c, "web"));
    if (!template_init(&c->cx) || !make_folder(c, db)) return cmd_failed(c);
    if (cmd_flag(c, "demo") && !demo_load(c, &demo)) return cmd_failed(c);
    bool ok = engine_open(&c->cx, &o, &e) && look_for_files(c, e)
        && server_start(&c->cx, e, &so, &server);
    if (ok && str_starts(db, "sqlite:")) ok = control_start(&c->cx, e, db + 7, &control);
    if (ok) {
        greet(c, e, so.listen, server_port(server), demo);
        notify_watch(look_alive, e);
        notify_send("READY=1");
        wait_for_end(c, e, &set);
    }
    control_stop(control);
    if (server) server_stop(server, drain ? atoi(drain) : 0);
    notify_end();
    engine_close(e);
    return ok ? EXIT_DONE : cmd_failed(c);
}

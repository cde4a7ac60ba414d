/*
 * control.c — one thread that answers one request after another.
 */
#include "main/control.h"
#include "main/ops.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_LINE = 1 << 20 };

struct Control { Engine *engine; char *path; int fd, stop[2]; pthread_t thread; };

/* A socket's path may have 107 bytes: go through the folder's descriptor. */
static bool address(Cx *cx, const char *db, struct sockaddr_un *at, int *dir)
{
    const char *slash = strrchr(db, '/');
    const char *name = slash ? slash + 1 : db;
    const char *folder = slash ? arena_dup_n(cx->a, db, (size_t)(slash - db) + 1) : ".";
    *dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    *at = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (*dir < 0) return false;
    int n = snprintf(at->sun_path, sizeof at->sun_path, "/proc/self/fd/%d/%s.sock", *dir, name);
    return n > 0 && n < (int)sizeof at->sun_path;
}

static bool send_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

/* Up to the line's end, which is cut off. NULL: nothing whole came. */
static char *read_line(Arena *a, int fd)
{
    Str s = str_begin(a);
    char part[4096];
    while (s.n < MAX_LINE) {
        ssize_t k = recv(fd, part, sizeof part, 0);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return NULL;
        str_add_n(&s, part, (size_t)k);
        char *end = memchr(s.p, '\n', s.n);
        if (!end) continue;
        *end = 0;
        return s.p;
    }
    return NULL;
}

static void put_failure(const Cx *cx, Json *j)
{
    json_map(j);
    json_key(j, "ok"); json_bool(j, false);
    json_key(j, "err"); json_int(j, (int)cx->err);
    json_key(j, "detail"); json_text(j, cx->text);
    json_key(j, "issues");
    json_list(j);
    for (int i = 0; i < cx->nissue; i++) {
        const Issue *is = &cx->issue[i];
        json_map(j);
        json_key(j, "file"); json_text(j, is->at.file);
        json_key(j, "line"); json_int(j, is->at.line);
        json_key(j, "column"); json_int(j, is->at.col);
        json_key(j, "field"); json_text(j, is->at.field);
        json_key(j, "code"); json_text(j, is->code);
        json_key(j, "message"); json_text(j, is->text);
        json_map_end(j);
    }
    json_list_end(j);
    json_map_end(j);
}

static void answer(Control *c, int fd)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    Str out = str_begin(a), result = str_begin(a);
    char *line = read_line(a, fd), *space = line ? strchr(line, ' ') : NULL;
    if (!space) { arena_free(a); return; }
    *space = 0;
    const Node *args = json_parse(&cx, space + 1, strlen(space + 1));
    Json j = json_begin(&out);
    if (args && ops_run(c->engine, &cx, line, args, &result)) {
        json_map(&j);
        json_key(&j, "ok"); json_bool(&j, true);
        json_key(&j, "result"); json_raw(&j, str_show(&result));
        json_map_end(&j);
    } else {
        put_failure(&cx, &j);
    }
    str_add_char(&out, '\n');
    send_all(fd, out.p, out.n);
    arena_free(a);
}

/* Permissions of the file say the same; not every system asks them for sockets. */
static bool is_owner(int fd)
{
    struct ucred who;
    socklen_t n = sizeof who;
    return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n)
        && (who.uid == geteuid() || who.uid == 0);
}

static void *run(void *arg)
{
    Control *c = arg;
    struct pollfd wait[2] = { { .fd = c->fd, .events = POLLIN },
        { .fd = c->stop[0], .events = POLLIN } };
    while (poll(wait, 2, -1) >= 0 || errno == EINTR) {
        if (wait[1].revents) break;
        int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) continue;
        struct timeval patience = { .tv_sec = 5 };
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (is_owner(fd)) answer(c, fd);
        close(fd);
    }
    return NULL;
}

bool control_start(Cx *cx, Engine *e, const char *db, Control **out)
{
    struct sockaddr_un at;
    int dir;
    if (!address(cx, db, &at, &dir))
        return cx_fail(cx, E_SYS, "cannot make a socket beside %s: %s", db, strerror(errno));
    Control *c = mem_alloc(sizeof *c);
    c->engine = e;
    c->path = mem_dup(arena_printf(cx->a, "%s.sock", db));
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* Who holds the database's lock is the only server: an old socket is a leftover. */
    unlink(c->path);
    mode_t mask = umask(0177);
    bool ok = c->fd >= 0 && !bind(c->fd, (struct sockaddr *)&at, sizeof at) && !listen(c->fd, 8)
        && !pipe2(c->stop, O_CLOEXEC);
    umask(mask);
    close(dir);
    if (ok && !pthread_create(&c->thread, NULL, run, c)) {
        *out = c;
        return true;
    }
    cx_fail(cx, E_SYS, "cannot make a socket beside %s: %s", db, strerror(errno));
    if (c->fd >= 0) close(c->fd);
    mem_free(c->path);
    mem_free(c);
    return false;
}

void control_stop(Control *c)
{
    if (!c) return;
    if (write(c->stop[1], "", 1) == 1) pthread_join(c->thread, NULL);
    close(c->fd);
    close(c->stop[0]);
    close(c->stop[1]);
    unlink(c->path);
    mem_free(c->path);
    mem_free(c);
}

static bool take_failure(Cx *cx, const Node *answer)
{
    int64_t err = E_SYS, line = 0, col = 0;
    const Node *issues = node_find(answer, "issues");
    node_int(node_find(answer, "err"), &err);
    for (int i = 0; issues && i < issues->n; i++) {
        const Node *is = issues->item[i];
        Place at = { .file = node_text(node_find(is, "file")),
            .field = node_text(node_find(is, "field")) };
        node_int(node_find(is, "line"), &line);
        node_int(node_find(is, "column"), &col);
        at.line = (int)line;
        at.col = (int)col;
        cx_issue(cx, at, node_text(node_find(is, "code")), "%s",
            node_text(node_find(is, "message")));
    }
    return cx_fail(cx, err > 0 && err < E_COUNT ? (Err)err : E_SYS, "%s",
        node_text(node_find(answer, "detail")));
}

bool control_ask(Cx *cx, const char *db, const char *name, const Node *args, Node **out,
    bool *answered)
{
    struct sockaddr_un at;
    int dir = -1;
    *answered = false;
    *out = NULL;
    bool ok = address(cx, db, &at, &dir);
    int fd = ok ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    bool there = fd >= 0 && !connect(fd, (struct sockaddr *)&at, sizeof at);
    if (dir >= 0) close(dir);
    if (!there) {
        if (fd >= 0) close(fd);
        return true;
    }
    *answered = true;
    char *line = arena_printf(cx->a, "%s %s\n", name, node_json(cx->a, args));
    char *got = send_all(fd, line, strlen(line)) ? read_line(cx->a, fd) : NULL;
    close(fd);
    if (!got) return cx_fail(cx, E_SYS, "the running server gave no answer");
    Node *answer = json_parse(cx, got, strlen(got));
    bool done = false;
    if (!answer) return false;
    if (!node_bool(node_find(answer, "ok"), &done) || !done) return take_failure(cx, answer);
    *out = node_find(answer, "result");
    return true;
}

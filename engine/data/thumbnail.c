/*
 * thumbnail.c — fork, limits, exec, wait. The child writes a file of its own; kept when whole.
 */
#include "data/thumbnail.h"
#include "base/media.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 8000, CPU_S = 6, MEMORY_MB = 1024, AT_ONCE = 2, NO_PROGRAM = 127 };

static sem_t free_places;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic bool no_program;

static void start(void)
{
    sem_init(&free_places, 0, AT_ONCE);
}

/* Does its head say that it is worth trying? */
MUST static bool fits(Cx *cx, ContentStore *s, const char *hash, bool *yes)
{
    char *head = arena_alloc(cx->a, MEDIA_HEAD);
    int64_t width, height;
    size_t n = 0, got = 1;
    Content *c;

    *yes = false;
    if (!content_open(cx, s, hash, NULL, 0, MEDIA_HEAD, &c)) return false;
    if (!c) return true;
    while (got && content_read(cx, c, head + n, MEDIA_HEAD - n, &got)) n += got;
    content_close(c);
    *yes = media_size(head, n, &width, &height) && width > 0 && height > 0
        && width * height <= THUMBNAIL_PIXELS;
    return !cx->err;
}

static void limit(int what, rlim_t most)
{
    setrlimit(what, &(struct rlimit){ most, most });
}

/* After fork: only what is safe in a signal handler. */
static _Noreturn void child(char *const *argv)
{
    static char *const env[] = { (char *)"PATH=/usr/local/bin:/usr/bin:/bin", (char *)"HOME=/tmp",
        (char *)"LC_ALL=C", (char *)"VIPS_BLOCK_UNTRUSTED=1", (char *)"VIPS_CONCURRENCY=1",
        NULL };
    int null = open("/dev/null", O_RDWR);

    for (int i = 0; i < 3; i++) dup2(null, i);
    close_range(3, ~0u, 0);
    limit(RLIMIT_CPU, CPU_S);
    limit(RLIMIT_AS, (rlim_t)MEMORY_MB << 20);
    limit(RLIMIT_FSIZE, (rlim_t)8 << 20);
    limit(RLIMIT_CORE, 0);
    execvpe(argv[0], argv, env);
    _exit(NO_PROGRAM);
}

/* Its exit status; -1: it was stopped. */
static int run(char *const *argv)
{
    int status;
    pid_t pid = fork();

    if (pid < 0) return -1;
    if (!pid) child(argv);
    for (int waited = 0; waited < WAIT_MS; waited += 5) {
        pid_t done = waitpid(pid, &status, WNOHANG);
        if (done == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        if (done < 0 && errno != EINTR) return -1;
        nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    return -1;
}

/* From one file of this machine to another. */
static bool make(Cx *cx, const char *from, const char *to)
{
    char *size = arena_printf(cx->a, "%dx%d>", THUMBNAIL_SIDE, THUMBNAIL_SIDE);
    char *out = arena_printf(cx->a, "%s[Q=80,strip]", to);
    char *argv[] = { (char *)"vipsthumbnail", (char *)from, (char *)"--size", size,
        (char *)"-o", out, NULL };
    int status = run(argv);

    if (status == NO_PROGRAM) {
        no_program = true;
        sys_log(LOG_INFO, "no thumbnails: vipsthumbnail is not installed", NULL);
    }
    return !status;
}

/* Made in the folder for what arrives, kept when it is whole. */
MUST static bool make_and_keep(Cx *cx, ContentStore *s, const char *hash)
{
    char *from, *to;
    bool copied;

    if (!content_local(cx, s, hash, &from, &copied)) return false;
    bool ok = from && content_scratch(cx, s, ".webp", &to);
    if (ok && make(cx, from, to)) {
        if (!content_put_made(cx, s, hash, CONTENT_SMALL, to)) {      /* the whole one will do */
            sys_log(LOG_WARN, "a thumbnail could not be kept", "reason", cx->text, NULL);
            cx_clear(cx);
        }
    } else if (ok) {
        unlink(to);
    }
    if (copied) unlink(from);
    return !cx->err;
}

bool thumbnail_open(Cx *cx, ContentStore *s, const char *hash, Content **out)
{
    bool may;

    pthread_once(&once, start);
    if (!content_open(cx, s, hash, CONTENT_SMALL, 0, 0, out)) return false;
    if (*out || no_program) return true;
    if (!fits(cx, s, hash, &may)) return false;
    if (!may || sem_trywait(&free_places)) return true;
    bool ok = make_and_keep(cx, s, hash);
    sem_post(&free_places);
    return ok && content_open(cx, s, hash, CONTENT_SMALL, 0, 0, out);
}

/*
 * sys.c — files, clock, random, log. Every system call of the lower layers is here.
 */
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

char *path_join(Arena *a, const char *dir, const char *name)
{
    if (name[0] == '/' || !*dir) return arena_dup(a, name);
    return arena_printf(a, str_ends(dir, "/") ? "%s%s" : "%s/%s", dir, name);
}

bool file_read(Cx *cx, const char *path, size_t max, char **out, size_t *n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cx_fail(cx, errno == ENOENT ? E_MISSING : E_SYS, "cannot open %s: %s", path,
            strerror(errno));
    Str s = str_begin(cx->a);
    char part[65536];
    ssize_t k = 0;
    while (s.n <= max) {
        k = read(fd, part, sizeof part);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) break;
        str_add_n(&s, part, (size_t)k);
    }
    int why = errno;
    close(fd);
    if (k < 0) return cx_fail(cx, E_SYS, "cannot read %s: %s", path, strerror(why));
    if (s.n > max) return cx_fail(cx, E_SIZE, "%s is larger than %zu bytes", path, max);
    *out = s.p ? s.p : arena_dup_n(cx->a, "", 0);
    if (n) *n = s.n;
    return true;
}

/* A rename is on disk only when its folder is. */
static bool dir_sync(Arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
    const char *dir = slash ? arena_dup_n(a, path, len) : ".";
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    bool ok = fsync(fd) == 0;
    close(fd);
    return ok;
}

bool file_write(Cx *cx, const char *path, const char *data, size_t n)
{
    char *tmp = arena_printf(cx->a, "%s.XXXXXX", path);
    bool ok = false;
    int fd = mkstemp(tmp);
    if (fd < 0) return cx_fail(cx, E_SYS, "cannot create %s: %s", tmp, strerror(errno));
    for (size_t done = 0; done < n; ) {
        ssize_t k = write(fd, data + done, n - done);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) {
            cx_fail(cx, E_SYS, "cannot write %s: %s", tmp, strerror(errno));
            goto out;
        }
        done += (size_t)k;
    }
    if (fchmod(fd, 0644) || fsync(fd) || rename(tmp, path) || !dir_sync(cx->a, path)) {
        cx_fail(cx, E_SYS, "cannot save %s: %s", path, strerror(errno));
        goto out;
    }
    ok = true;
out:
    close(fd);
    if (!ok) unlink(tmp);
    return ok;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool file_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

uint64_t file_stamp(const char *path)
{
    struct stat st;
    uint64_t h = 14695981039346656037u;
    if (stat(path, &st)) return 0;
    const uint64_t part[] = { (uint64_t)st.st_ino, (uint64_t)st.st_size,
        (uint64_t)st.st_mtim.tv_sec, (uint64_t)st.st_mtim.tv_nsec,
        (uint64_t)st.st_ctim.tv_sec, (uint64_t)st.st_ctim.tv_nsec };
    for (int i = 0; i < LEN(part); i++) h = (h ^ part[i]) * 1099511628211u;
    return h ? h : 1;
}

bool file_writable(const char *path)
{
    return access(path, W_OK) == 0;
}

bool file_remove(Cx *cx, const char *path)
{
    if (!unlink(path)) return dir_sync(cx->a, path)
        || cx_fail(cx, E_SYS, "cannot remove %s: %s", path, strerror(errno));
    return errno == ENOENT || cx_fail(cx, E_SYS, "cannot remove %s: %s", path, strerror(errno));
}

bool dir_make(Cx *cx, const char *path)
{
    char *p = arena_dup(cx->a, path);
    for (char *slash = p + (*p == '/'); ; slash++) {
        slash += strcspn(slash, "/");
        char c = *slash;
        *slash = 0;
        if (*p && mkdir(p, 0755) && errno != EEXIST)
            return cx_fail(cx, E_SYS, "cannot create %s: %s", p, strerror(errno));
        *slash = c;
        if (!c) break;
    }
    if (file_is_dir(path)) return true;
    return cx_fail(cx, E_SYS, "cannot create %s: %s", path, strerror(ENOTDIR));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool dir_list(Cx *cx, const char *path, const char *ending, const char ***out, int *n)
{
    const char **list = NULL;
    int count = 0, cap = 0;
    DIR *dir = opendir(path);
    if (!dir && errno != ENOENT)
        return cx_fail(cx, E_SYS, "cannot open %s: %s", path, strerror(errno));
    for (struct dirent *e; dir && (e = readdir(dir)); )
        if (e->d_name[0] != '.' && str_ends(e->d_name, ending))
            ARENA_PUSH(cx->a, list, count, cap, arena_dup(cx->a, e->d_name));
    if (dir) closedir(dir);
    if (count) qsort(list, (size_t)count, sizeof *list, by_name);
    *out = list;
    *n = count;
    return true;
}

static _Atomic bool clock_set;
static _Atomic int64_t clock_now;

static int64_t read_clock(clockid_t which, int64_t per_second)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * per_second + t.tv_nsec / (1000000000 / per_second);
}

int64_t sys_now(void)
{
    return clock_set ? clock_now : read_clock(CLOCK_REALTIME, 1);
}

int64_t sys_now_ms(void)
{
    return clock_set ? clock_now * 1000 : read_clock(CLOCK_REALTIME, 1000);
}

void sys_clock_set(int64_t now)
{
    clock_now = now;
    clock_set = true;
}

void sys_clock_clear(void)
{
    clock_set = false;
}

int64_t sys_cpu_us(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID, 1000000);
}

static _Thread_local int64_t waited_us;

int64_t sys_waited_us(void)
{
    return waited_us;
}

void sys_waited(int64_t us)
{
    waited_us += us;
}

void sys_cond_init(pthread_cond_t *c)
{
    pthread_condattr_t mono;

    pthread_condattr_init(&mono);
    pthread_condattr_setclock(&mono, CLOCK_MONOTONIC);
    pthread_cond_init(c, &mono);
    pthread_condattr_destroy(&mono);
}

struct timespec sys_in_ms(int ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000L;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000L;
    }
    return t;
}

int64_t sys_mono_us(void)
{
    return read_clock(CLOCK_MONOTONIC, 1000000);
}

static void sodium_ready(void)
{
    BUG_IF(sodium_init() < 0);
}

void sys_random(void *out, size_t n)
{
    sodium_ready();
    randombytes_buf(out, n);
}

char *sys_token(Arena *a)
{
    unsigned char bits[32];
    int how = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    size_t n = sodium_base64_encoded_len(sizeof bits, how);
    sys_random(bits, sizeof bits);
    return sodium_bin2base64(arena_alloc(a, n), n, bits, sizeof bits, how);
}

char *sys_sha256_hex(Arena *a, const void *data, size_t n)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    sodium_ready();
    crypto_hash_sha256(hash, data, n);
    return sodium_bin2hex(arena_alloc(a, 2 * sizeof hash + 1), 2 * sizeof hash + 1, hash,
        sizeof hash);
}

static _Atomic int log_least = LOG_INFO;

void sys_log_level(LogLevel least)
{
    log_least = (int)least;
}

bool sys_logs(LogLevel level)
{
    return (int)level >= log_least;
}

static void log_pair(Str *s, const char *key, const char *text)
{
    str_add_char(s, s->n ? ',' : '{');
    str_add_json(s, key);
    str_add_char(s, ':');
    if (text) str_add_json(s, text);
    else str_add(s, "null");
}

/* One write a line, so that lines of threads do not mix. The clock is the real one. */
void sys_log(LogLevel level, const char *message, ...)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    if (!sys_logs(level)) return;
    Arena *a = arena_new();
    Str s = str_begin(a);
    struct timespec t;
    struct tm tm;
    char when[64];

    clock_gettime(CLOCK_REALTIME, &t);
    gmtime_r(&t.tv_sec, &tm);
    size_t len = strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(when + len, sizeof when - len, ".%03ldZ", t.tv_nsec / 1000000);
    log_pair(&s, "time", when);
    log_pair(&s, "level", names[level]);
    log_pair(&s, "message", message);
    va_list args;
    va_start(args, message);
    for (const char *key; (key = va_arg(args, const char *)); )
        log_pair(&s, key, va_arg(args, const char *));
    va_end(args);
    str_add(&s, "}\n");
    ssize_t ignored = write(STDERR_FILENO, s.p, s.n);
    (void)ignored;
    arena_free(a);
}

const char *sys_env(const char *name)
{
    return getenv(name);
}

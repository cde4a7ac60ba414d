/*
 * notify.c — datagrams to a socket whose name may be a path, or abstract ("@…").
 */
#include "main/notify.h"
#include "base/sys.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    bool on, stop;
    int64_t every_ms;
    void (*alive)(void *arg);
    void *arg;
} watch = { .lock = PTHREAD_MUTEX_INITIALIZER };

bool notify_send(const char *state)
{
    const char *name = sys_env("NOTIFY_SOCKET");
    const struct timeval patience = { .tv_sec = 1 };   /* a manager that hears nothing holds nobody */
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    size_t n = name ? strlen(name) : 0;

    if (n < 2 || n >= sizeof to.sun_path || (*name != '/' && *name != '@')) return false;
    memcpy(to.sun_path, name, n);
    if (*name == '@') to.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    bool ok = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to,
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) >= 0;
    if (!ok) sys_log(LOG_WARN, "the service manager cannot be told", "error", strerror(errno), NULL);
    close(fd);
    return ok;
}

bool notify_reloading(void)
{
    char text[80];

    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)sys_mono_us());
    return notify_send(text);
}

static void *feed(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&watch.lock);
    while (!watch.stop) {
        struct timespec until;
        pthread_mutex_unlock(&watch.lock);
        watch.alive(watch.arg);
        notify_send("WATCHDOG=1");
        until = sys_in_ms(watch.every_ms);
        pthread_mutex_lock(&watch.lock);
        while (!watch.stop
            && pthread_cond_timedwait(&watch.stopped, &watch.lock, &until) != ETIMEDOUT) continue;
    }
    pthread_mutex_unlock(&watch.lock);
    return NULL;
}

/* Is this process the one that is to say it? */
static int64_t wanted_us(void)
{
    const char *us = sys_env("WATCHDOG_USEC"), *pid = sys_env("WATCHDOG_PID");

    if (!us || (pid && strtoll(pid, NULL, 10) != getpid())) return 0;
    return strtoll(us, NULL, 10);
}

void notify_watch(void (*alive)(void *arg), void *arg)
{
    int64_t us = wanted_us();

    if (us <= 0 || watch.on) return;
    watch.every_ms = us / 2000 > 0 ? us / 2000 : 1;
    watch.alive = alive;
    watch.arg = arg;
    sys_cond_init(&watch.stopped);
    watch.on = !pthread_create(&watch.thread, NULL, feed, NULL);
}

void notify_end(void)
{
    if (!watch.on) return;
    pthread_mutex_lock(&watch.lock);
    watch.stop = true;
    pthread_cond_signal(&watch.stopped);
    pthread_mutex_unlock(&watch.lock);
    pthread_join(watch.thread, NULL);
    watch.on = false;
}

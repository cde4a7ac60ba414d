/*
 * fence.c — five functions of the C library, replaced for this program.
 */
#include "http/fence.h"
#include "base/sys.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Sanitizers make frames several times larger. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LEAST_STACK ((size_t)8 << 20)
#else
#define LEAST_STACK ((size_t)1 << 20)
#endif

typedef struct Transfer {
    bool on, waits;
    int64_t start, grace, rate, passed, since;
} Transfer;
static _Thread_local Transfer transfer;
static _Thread_local int sent_to = -1;

#define QUEUE_MS 1000         /* connections that are made have so long to be taken */

static _Atomic int listening[4], nlistening;

enum { POLLED = 4 };          /* CivetWeb asks for fewer at once */
static _Thread_local bool idle;
static _Atomic int bell = -1; /* readable once nobody shall wait */

typedef int (*Listen)(int, int);
typedef int (*Poll)(struct pollfd *, nfds_t, int);
typedef int (*SetStack)(pthread_attr_t *, size_t);
typedef ssize_t (*Receive)(int, void *, size_t, int);
typedef ssize_t (*Send)(int, const void *, size_t, int);

void fence_transfer(int64_t grace_ms, int64_t bytes_per_s)
{
    transfer = (Transfer){ .on = true, .start = sys_mono_us(), .grace = grace_ms * 1000,
        .rate = bytes_per_s };
}

void fence_off(void)
{
    transfer.on = false;
}

void fence_wait(bool wait)
{
    if (wait) transfer.since = sys_mono_us();
    else transfer.start += sys_mono_us() - transfer.since;
    transfer.waits = wait;
}

bool fence_closed(void)
{
    char c;
    ssize_t k = sent_to < 0 ? 1 : recv(sent_to, &c, 1, MSG_PEEK | MSG_DONTWAIT);
    return k == 0 || (k < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

static bool too_slow(void)
{
    if (!transfer.on || transfer.waits) return false;
    int64_t late = sys_mono_us() - transfer.start - transfer.grace;
    if (late < 0 || (transfer.rate && transfer.passed >= late * transfer.rate / 1000000))
        return false;
    errno = ECONNABORTED;
    return true;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size)
{
    static _Atomic(SetStack) next;
    if (!next) next = (SetStack)dlsym(RTLD_NEXT, "pthread_attr_setstacksize");
    return next(attr, size < LEAST_STACK ? LEAST_STACK : size);
}

ssize_t recv(int fd, void *buf, size_t n, int flags)
{
    static _Atomic(Receive) next;
    if (!next) next = (Receive)dlsym(RTLD_NEXT, "recv");
    if (too_slow()) return -1;
    ssize_t k = next(fd, buf, n, flags);
    if (k > 0 && !transfer.waits) transfer.passed += k;
    return k;
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
    static _Atomic(Send) next;
    if (!next) next = (Send)dlsym(RTLD_NEXT, "send");
    sent_to = fd;
    if (too_slow()) return -1;
    ssize_t k = next(fd, buf, n, flags);
    if (k > 0 && !transfer.waits) transfer.passed += k;
    return k;
}

static int tells(int fd, int option)
{
    int value = 0;
    socklen_t n = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &n) ? 0 : value;
}

int listen(int fd, int backlog)
{
    static _Atomic(Listen) next;
    if (!next) next = (Listen)dlsym(RTLD_NEXT, "listen");
    int error = next(fd, backlog);
    if (!error && tells(fd, SO_DOMAIN) == AF_INET && nlistening < LEN(listening))
        listening[nlistening++] = fd;
    if (bell < 0) bell = eventfd(0, EFD_CLOEXEC);            /* no thread waits before this */
    return error;
}

/* Packets for new connections are not heard from now on; they will be sent again. Those that are
   made already, and not taken yet, are given a moment: closing would reset them. */
static void let_queue_out(int fd)
{
    struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
    struct sock_fprog filter = { LEN(none), none };
    struct tcp_info info = { .tcpi_unacked = 1 };
    socklen_t n = sizeof info;

    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
    for (int i = 0; i < QUEUE_MS && info.tcpi_unacked; i += 5, n = sizeof info) {
        if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n)) break;
        if (info.tcpi_unacked) nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
    }
}

/* In the place of each such socket goes a file that is never ready, for CivetWeb polls it on and
   closes it in the end. Shutting down wakes the poll that still holds the old one. */
void fence_deafen(void)
{
    while (nlistening > 0) {
        int fd = listening[--nlistening];
        if (!tells(fd, SO_ACCEPTCONN)) continue;         /* it is something else by now */
        int old = dup(fd), quiet = eventfd(0, EFD_CLOEXEC);
        let_queue_out(fd);
        if (old >= 0 && quiet >= 0 && dup2(quiet, fd) >= 0) shutdown(old, SHUT_RDWR);
        if (quiet >= 0) close(quiet);
        if (old >= 0) close(old);
    }
}

void fence_idle(bool on)
{
    idle = on;
}

void fence_wake(void)
{
    if (bell >= 0) eventfd_write(bell, 1);
}

int poll(struct pollfd *fd, nfds_t n, int ms)
{
    static _Atomic(Poll) next;
    if (!next) next = (Poll)dlsym(RTLD_NEXT, "poll");
    if (!idle || bell < 0 || n > POLLED || ms <= 0) return next(fd, n, ms);
    struct pollfd all[POLLED + 1];
    memcpy(all, fd, n * sizeof *fd);
    all[n] = (struct pollfd){ .fd = bell, .events = POLLIN };
    int ready = next(all, n + 1, ms);
    memcpy(fd, all, n * sizeof *fd);
    return ready > 0 && all[n].revents ? ready - 1 : ready;
}

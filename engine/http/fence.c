/*
 * fence.c — three functions of the C library, replaced for this program.
 */
#include "http/fence.h"
#include "base/sys.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>

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
    if (too_slow()) return -1;
    ssize_t k = next(fd, buf, n, flags);
    if (k > 0 && !transfer.waits) transfer.passed += k;
    return k;
}

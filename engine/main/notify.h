/*
 * notify — tells the service manager how it goes (sd_notify's protocol, over NOTIFY_SOCKET).
 *
 * Without a NOTIFY_SOCKET everything here does nothing.
 */
#ifndef MAIN_NOTIFY_H
#define MAIN_NOTIFY_H
#include "base/mem.h"

/* Lines like "READY=1\nSTATUS=…". False: nobody asked for it, or it could not be sent. */
bool notify_send(const char *state);
/* "RELOADING=1" with the moment it wants. */
bool notify_reloading(void);
/* A thread that says WATCHDOG=1 twice as often as WATCHDOG_USEC wants it, as long as alive(arg)
   returns, which it does not when what it looks at is stuck. Once; before notify_end. */
void notify_watch(void (*alive)(void *arg), void *arg);
void notify_end(void);
#endif

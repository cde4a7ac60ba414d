/*
 * fence — what CivetWeb's library cannot be told: larger stacks, a least rate for bodies, to
 * take no more connections while those that are there are served, and not to wait at its end.
 *
 * The executable's own pthread_attr_setstacksize, listen, recv, send and poll stand before the C
 * library's (the linker exports them because libcivetweb asks for them). Stacks below 1 MiB become 1 MiB:
 * Lua's C-stack limit then works as an error, not as a crash. recv and send give up for a
 * thread whose transfer is slower than its limit; all other threads pass through. They also know
 * the socket, which CivetWeb does not tell.
 */
#ifndef HTTP_FENCE_H
#define HTTP_FENCE_H
#include "base/mem.h"

/* From now on this thread's recv and send fail once, after `grace_ms`, fewer than
   `bytes_per_s` have passed a second. 0 bytes: all fail after the grace. */
void fence_transfer(int64_t grace_ms, int64_t bytes_per_s);
void fence_off(void);
/* Between the two, what passes and the time it takes are not the transfer's: it waits for
   something else. */
void fence_wait(bool wait);
/* Sockets that listen do so no more: who connects is refused at once, as by a machine on which
   nothing runs, and may ask another. Connections stay. */
void fence_deafen(void);
/* Does this thread wait for nobody but clients? Its waits then end with fence_wake(), as if their
   time had passed. */
void fence_idle(bool idle);
/* Ends the waits of all idle threads, now and from now on: CivetWeb, which is to stop, else looks
   for it every two seconds. */
void fence_wake(void);
/* Has the other side closed the connection that this thread sent to last? */
bool fence_closed(void);
#endif

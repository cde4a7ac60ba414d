/*
 * guard — which addresses the program may call by itself.
 *
 * What lies inside a network of ours (private, loopback, link-local, shared, multicast, reserved,
 * and all of these written as IPv6) is refused, whatever name led there: the address is judged
 * when the socket opens, so what a name means is asked once.
 */
#ifndef DATA_GUARD_H
#define DATA_GUARD_H
#include "data/work.h"

#include <sys/socket.h>

bool guard_inside(const struct sockaddr *to);
/* Ports that no web service has: below 1024, but for 80 and 443. */
bool guard_port_odd(const struct sockaddr *to);
/* Does app.yaml name host and port of the address: under `internal`, or as the address of a
   channel or of a subscription? Names and numbers in curl's own spelling. */
bool guard_listed(Work *w, const char *url);
/* "host:port" of an address; NULL when it is none. */
const char *guard_host(Arena *a, const char *url);
#endif

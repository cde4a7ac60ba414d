/*
 * server — sockets ↔ Request: the only file that knows CivetWeb.
 *
 * Before anything else it refuses what two readers could take differently: two lengths, a
 * length beside a transfer coding, no Host or two, 64 headers or more, control characters.
 * Bodies are read whole, those with files to disk, with a limit, a total deadline and a least rate. TLS is the proxy's.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H
#include "data/engine.h"

typedef struct ServerOptions {
    const char *listen;       /* ADDR:PORT */
    int threads;              /* 0: 256 */
} ServerOptions;
typedef struct Server Server;
MUST bool server_start(Cx *cx, Engine *e, const ServerOptions *o, Server **out);
/* Where it listens: port 0 asks for any free one. */
int server_port(const Server *s);
/* Stops so that nobody notices who asks through something that watches /readyz or asks another
   node when one refuses. For drain_s seconds all goes on, but /readyz says no and connections end
   with their answer. Then no more are taken; those that are there are served until they have run
   out (drain_s 0: until the requests under way are answered), at most 10 s. */
void server_stop(Server *s, int drain_s);
#endif

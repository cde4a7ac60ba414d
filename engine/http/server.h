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
/* Lets the requests under way finish (at most 10 s), then closes. */
void server_stop(Server *s);
#endif

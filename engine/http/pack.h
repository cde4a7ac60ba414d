/*
 * pack — long answers go out gzipped, to who takes that.
 *
 * Only those whose route says that they hold no secret (ROUTE_PACK): the length of what is packed
 * tells of a secret that stands beside something a stranger may choose. Pages hold tokens.
 */
#ifndef HTTP_PACK_H
#define HTTP_PACK_H
#include "http/request.h"

/* Packs the body and says so in the headers; leaves alone what is short, a file, or not wanted. */
void response_pack(const Request *q, Response *r);
#endif

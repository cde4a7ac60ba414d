/*
 * file_body — the body of an answer that is a file: one written for it, or a stored content.
 *
 * A content is looked for after the Work has been given back: it may lie across a network, and
 * who waits for a slow store then holds up nobody else.
 */
#ifndef HTTP_FILE_BODY_H
#define HTTP_FILE_BODY_H
#include "http/request.h"

/* Before the head is written: n bytes will come. A problem becomes the answer instead of the file;
   its own headers are added then. */
void file_body_open(Engine *e, const Request *q, Response *r, Arena *a);
bool file_body_is(const Response *r);
size_t file_body_size(const Response *r);
/* 0: it ends here, before all has come. */
size_t file_body_read(Response *r, void *buf, size_t n, Arena *a);
void file_body_close(Response *r);
#endif

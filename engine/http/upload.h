/*
 * upload — bodies that go to disk as they come: a raw file, or a form with files in it.
 *
 * Files become drafts of the content store, values of a form a map as urlencoded ones do. What
 * was received is dropped with the request, unless it was kept as files meanwhile.
 */
#ifndef HTTP_UPLOAD_H
#define HTTP_UPLOAD_H
#include "http/request.h"
#include "data/content.h"

enum { UPLOAD_FILES = 50, UPLOAD_TIMES = 4 };  /* files of one form; × limits.file in all */

struct Upload { const char *field, *name; Arrival *arrival; int64_t file; };   /* file: once kept */

typedef struct Receiver Receiver;
/* How much the whole body may hold; INT64_MAX: any. */
int64_t upload_limit(const App *app, bool parts);
/* q's Content-Type says which; the request, store and app outlive it. */
Receiver *upload_begin(Arena *a, Request *q, ContentStore *store, const App *app);
/* E_SIZE above limits.file, E_SYNTAX for broken parts. */
MUST bool upload_add(Cx *cx, Receiver *r, const char *data, size_t n);
/* All has come and is in the store. */
MUST bool upload_end(Cx *cx, Receiver *r);
/* After the request. */
void upload_drop(Request *q);
/* The files of a page's form as files of this person; their ids are the fields' values then,
   behind those that came as text. */
MUST bool upload_keep(Work *w, Request *q);
#endif

/*
 * import — what the API and the pages of imports share.
 */
#ifndef HTTP_IMPORT_H
#define HTTP_IMPORT_H
#include "http/api.h"
#include "http/page.h"
#include "data/import.h"

/* The import of the route's number, one's own or for an admin any. E_MISSING. */
MUST bool import_asked(Work *w, const Request *q, Import *out);
#endif

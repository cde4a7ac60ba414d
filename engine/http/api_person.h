/*
 * api_person — people as the API writes and reads them.
 */
#ifndef HTTP_API_PERSON_H
#define HTTP_API_PERSON_H
#include "http/api.h"

/* {id, title}; nobody (0): null. */
void api_put_person(Work *w, Json *j, int64_t id);
/* A user of that key, named as in any field that holds one; absent: 0. */
MUST bool api_read_person(Work *w, const Node *body, const char *key, int64_t *out);
#endif

/*
 * titles — the titles of linked records, remembered for the request (w->cache).
 */
#ifndef DATA_TITLES_H
#define DATA_TITLES_H
#include "data/work.h"

const char *titles_find(const Work *w, const Form *f, int64_t id);    /* NULL: not known yet */
void titles_put(Work *w, const Form *f, int64_t id, const char *title);
void titles_forget(Work *w, const Form *f, int64_t id);               /* the record changed */
#endif

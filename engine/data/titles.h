/*
 * titles — the titles of linked records, remembered for the request (w->cache).
 */
#ifndef DATA_TITLES_H
#define DATA_TITLES_H
#include "data/recall.h"

const char *titles_find(const Work *w, const Form *f, int64_t id);    /* NULL: not known yet */
void titles_put(Work *w, const Form *f, int64_t id, const char *title);
/* What else is known of a record that never changes, such as a file; NULL: nothing yet. */
const void *titles_more(const Work *w, const Form *f, int64_t id);
void titles_put_more(Work *w, const Form *f, int64_t id, const void *more);
/* Titles that are made of their own row's texts alone are kept for all Works: begun before the
   title is read, kept after it. */
Recall titles_recall(Work *w, const Form *f, int64_t id);
void titles_forget(Work *w, const Form *f, int64_t id);               /* the record changed */
#endif

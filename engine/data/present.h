/*
 * present — which admins have which file open in the designer, for each other to see. A row a tab,
 * which ends by itself unless it is said again.
 */
#ifndef DATA_PRESENT_H
#define DATA_PRESENT_H
#include "data/work.h"

enum { PRESENT_S = 90 };      /* seconds for which it counts */

/* The acting person's tab shows that file; NULL: none any more. Who listens is told (data/events.h). */
MUST bool present_say(Work *w, const char *tab, const char *path);
/* The others, each once for a file, by name. */
typedef struct Present { int64_t user; const char *name, *path; } Present;
MUST bool present_list(Work *w, Present **out, int *n);
/* Another number when somebody came or left. */
MUST bool present_mark(Work *w, uint64_t *mark);
#endif

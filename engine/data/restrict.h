/*
 * restrict — what links to a record says when it goes to the bin: on_delete.
 */
#ifndef DATA_RESTRICT_H
#define DATA_RESTRICT_H
#include "data/record.h"

/* E_CONFLICT naming forms and counts where a link restricts. */
MUST bool links_allow(Work *w, const Record *r);
/* Clears the other links to a record that is in the bin by now, and bins what cascades. */
MUST bool links_release(Work *w, const Record *r);
/* A record that comes back must find what it links to: E_CONFLICT otherwise. */
MUST bool links_stand(Work *w, const Record *r);
#endif

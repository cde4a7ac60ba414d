/*
 * saved_view — lists that people keep: filter, order and columns over a view of the definition,
 * under a name; one's own, or shared with roles.
 *
 * A saved view is what stood in the address, no more: whoever opens it sees by their own rights.
 */
#ifndef DATA_SAVED_VIEW_H
#define DATA_SAVED_VIEW_H
#include "data/query.h"

enum { SAVED_NAME_MAX = 60, SAVED_TEXT_MAX = 4000, SAVED_MOST = 50 };

typedef struct SavedView {
    int64_t id, user;              /* whose */
    const char *name;
    const char *view;              /* key of the definition's view it is based on; NULL: the first */
    const char *filter, *sort, *columns;           /* as in an address; NULL: the view's */
    const char **role; int nrole;  /* shared with; none: personal */
} SavedView;
typedef struct SavedViews {
    SavedView *view; int n;        /* one's own and those shared with one, oldest first */
    int64_t preset;                /* what opens without being asked for: a saved one, */
    const char *preset_key;        /* or one of the definition; 0 and NULL: the first */
} SavedViews;

/* What this person sees of them. Remembered until one changes. */
MUST bool saved_views(Work *w, const Form *f, SavedViews *out);
/* E_MISSING when it is not there or neither one's own nor shared with one. */
MUST bool saved_get(Work *w, const Form *f, int64_t id, SavedView *out);
/* May this person change or delete it: the owner, or an admin. */
bool saved_mine(const Work *w, const SavedView *v);
/* A new one (id 0; its id is then set) or the change of one: all of it. Issues on name, view,
   filter, sort, columns, shared; E_DENIED for sharing without the right `share`. */
MUST bool saved_write(Work *w, const Form *f, SavedView *v);
MUST bool saved_delete(Work *w, const Form *f, int64_t id);
/* What opens first for this person: a saved view, one of the definition, or (0, NULL) none. */
MUST bool saved_preset(Work *w, const Form *f, int64_t id, const char *key);
#endif

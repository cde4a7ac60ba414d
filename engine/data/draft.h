/*
 * draft — an admin's edits of definitions, kept on the server until they are published or
 * dropped. One row a person and file: the text it began with and the text it became.
 *
 * A draft always stands on a published text. When another is published meanwhile the draft is
 * fitted to it: both changes, or clashes; then the draft stays as it was written.
 */
#ifndef DATA_DRAFT_H
#define DATA_DRAFT_H
#include "data/work.h"
#include "def/merge.h"

typedef struct Draft {
    const char *path, *base, *text;            /* NULL: not there, to be removed */
    const Node *ops;                           /* what made text of base; NULL: written whole */
    int64_t at;
    const char *was; bool moved;               /* after an edit that met another text than it was
                                                  made on: that text */
} Draft;

/* This person's, by path, as they were kept. */
MUST bool draft_list(Work *w, Draft **out, int *n);
/* One of them, fitted to what w->app has; a file without a draft: its published text, at = 0.
   E_MISSING when there is neither. E_CONFLICT with clashes. */
MUST bool draft_open(Work *w, const char *path, Draft *out, Merge *clash);
/* All as changes over w->app, fitted. Drafts that changed nothing any more are left out. */
MUST bool draft_changes(Work *w, Source **out, int *n, Merge *clash);
/* Keeps it; one that changes nothing is dropped. */
MUST bool draft_keep(Work *w, const Draft *d);
MUST bool draft_drop(Work *w, const char *path);         /* NULL: all of this person's */
/* After a publication: fits all, drops what is published. Those that clash stay. */
MUST bool draft_settle(Work *w);

/* An edit of a file made by somebody who looked at the text that `etag` names (NULL: there was
   no file): a whole new text, or ops. It is merged with what the file is now and kept. E_STALE
   when nobody knows the etag's text; E_CONFLICT with clashes. */
typedef struct DraftEdit {
    const char *path, *etag;
    bool based; const char *base;              /* the text itself instead of its etag */
    bool whole; const char *text;              /* whole; NULL text: the file goes */
    const Node *ops;
    bool insist;                               /* what collides is as the edit says it */
} DraftEdit;
MUST bool draft_edit(Work *w, const DraftEdit *edit, Draft *out, Merge *clash);
/* Several files, each once: all or none. try: nothing is kept. out: n of them. */
MUST bool draft_edit_all(Work *w, const DraftEdit *edit, int n, bool try, Draft *out, Merge *clash);

/* draft_settle.c: fits a draft that collides by what was chosen for each clash (merge_chosen) and keeps it. E_CONFLICT with those
   that are still to be chosen. */
MUST bool draft_choose(Work *w, const char *path, const Node *choice, Draft *out, Merge *clash);
/* Who else has a draft of which file, and when it was last edited; by path. */
typedef struct DraftOther { const char *path, *name; int64_t at; } DraftOther;
MUST bool draft_others(Work *w, DraftOther **out, int *n);
#endif

/*
 * import — the rows of a sheet become records of a form: kept, run in portions behind the request,
 * told, and taken back.
 *
 *     import_file → import_keep → import_run … done → import_undo
 *
 * What is kept may wait: for a form that is to be published first, for whoever closed the window.
 * Each row goes through the one write path as a write of its own within a portion, so one that is
 * refused leaves the others; how far it came is written with the rows themselves, and a program
 * that dies goes on where it was. Whoever ran it is who made the records.
 */
#ifndef DATA_IMPORT_H
#define DATA_IMPORT_H
#include "data/file.h"
#include "data/jobs.h"
#include "data/sheet.h"

enum { IMPORT_LISTED = 100 };

/* field: its key; label: what stands above the column. */
typedef struct ImportColumn {
    int column; const char *field, *label;
    const char *order;        /* of dates with the year last: "day" or "month" first; NULL: as read */
} ImportColumn;
typedef struct Import {
    int64_t id, by, at, file;
    const char *form, *name;  /* name: of the file */
    int sheet; int64_t data;  /* which sheet, from 0; the first row that holds data */
    ImportColumn *column; int ncolumn;
    const char *state;        /* waiting running done undoing undone failed */
    int64_t rows, row;        /* to be done; the last that was, as the file counts */
    int64_t made, refused;    /* rows that became records, or did not */
    int64_t undone, kept;     /* records taken back, and those changed since */
    const char *error;        /* of `failed` */
} Import;

/* May this person import into the form (NULL: one that is not there yet, which only admins do)? That
   asks for `import` and `create`; each record that is made is asked for both again. E_DENIED. */
MUST bool import_may(Work *w, const Form *f);
/* The same, without a failure: is it offered? */
bool import_offered(Work *w, const Form *f);
/* The same of any form. */
MUST bool import_may_any(Work *w);
/* The sheet of a file that this person uploaded. E_MISSING: there is none of theirs. */
MUST bool import_file(Work *w, int64_t file, Sheet **out);
MUST bool import_sheet(Work *w, const Import *x, Sheet **out);     /* of one that is kept */
/* state, counts and times are its own. The form need not be there yet. */
MUST bool import_keep(Work *w, const Import *what, int64_t *id);
/* E_MISSING. Whose it is, and whether the acting person may see it, is not asked: import_own. */
MUST bool import_find(Work *w, int64_t id, Import *out);
/* One's own; admins find all. */
MUST bool import_own(Work *w, int64_t id, Import *out);
/* Newest first, at most IMPORT_LISTED; form, state NULL: any. One's own; to admins all. */
MUST bool import_list(Work *w, const char *form, const char *state, Import **out, int *n);
/* The field a column goes to: by its key or, when that was changed meanwhile, by its label. NULL:
   there is none, or it takes no values. */
const Field *import_field(const Form *f, const ImportColumn *c);
/* Begins what is waiting or failed. column NULL: as it was kept. E_INPUT: a column without a field,
   two with the same, a form that is not there. */
MUST bool import_run(Work *w, int64_t id, const ImportColumn *column, int n);
/* Takes back what is done: its records go to the bin, but for those changed since. */
MUST bool import_undo(Work *w, int64_t id);
/* Forgets what is not under way; its records stay. */
MUST bool import_drop(Work *w, int64_t id);
/* After a draft was dropped: forgets what of this person's waits for a form that will not be. */
MUST bool imports_settle(Work *w);

typedef struct ImportRefused { int64_t row; const char *error; } ImportRefused;
MUST bool import_refused(Work *w, int64_t id, int64_t after, int limit, ImportRefused **out, int *n);
bool import_job(Work *w, const Job *job);
#endif

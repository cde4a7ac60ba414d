/*
 * folder — the app's folder as the working copy of what is published.
 *
 * Files that a publication changes are written after its commit; what is to be written is noted
 * in the same transaction, so that a crash in between is made good at the next start. An edit
 * by hand that was not published yet is kept: both changes go into the file.
 */
#ifndef DATA_FOLDER_H
#define DATA_FOLDER_H
#include "data/schema.h"
#include "def/merge.h"

/* One file that a publication changes: as it was published, as it shall be, and as the folder
   has it. NULL: not there. */
typedef struct FolderFile { const char *path, *was, *text, *found, *write; } FolderFile;

/* Looks into the folder: `found` and `write` are filled in. False with clashes when an edit by
   hand collides; E_CONFLICT when the folder may not be written. */
MUST bool folder_fit(Cx *cx, const char *dir, FolderFile *file, int n, Merge *out);
/* The note for the plan's transaction (see Plan.note). Where several programs write, each folder
   has its own. */
PlanNote folder_note(Arena *a, Dialect dialect, const char *dir, const FolderFile *file, int n);
/* Writes what is noted, then forgets the note. Nothing noted is true. */
MUST bool folder_finish(Cx *cx, Db *db, const char *dir);
/* Makes the files of one version those of another. E_CONFLICT, and nothing written, when they are
   not as the first has them. */
MUST bool folder_bring(Cx *cx, const char *dir, const Source *from, int nfrom, const Source *to,
    int nto);
#endif

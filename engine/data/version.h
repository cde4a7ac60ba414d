/*
 * version — what was published: every version with who, when, why and what changed. Reading only;
 * migrate writes them.
 */
#ifndef DATA_VERSION_H
#define DATA_VERSION_H
#include "data/schema.h"

typedef struct VersionFile { const char *path, *what; } VersionFile;     /* added changed removed */
typedef struct Version {
    int64_t version, at;
    const char *author, *note;                 /* NULL: not known, not given; the author's login */
    const char *name;                          /* of who has that login, in the bin too; NULL: nobody */
    const char *plan;                          /* its steps as lines; NULL: none kept */
    VersionFile *file; int nfile;
} Version;

/* Newest first, those below `before` (0: all), at most `limit`. None when nothing was published. */
MUST bool version_list(Cx *cx, Db *db, int64_t before, int limit, Version **out, int *n);
/* 0 when nothing was published. */
MUST bool version_newest(Cx *cx, Db *db, int64_t *version);
/* The app's files as version N had them. E_MISSING when there is no such version. */
MUST bool version_sources(Cx *cx, Db *db, int64_t version, Source **out, int *n);
/* The text of a file in a published version whose hash (version_etag) is this, newest first;
   *text NULL: in none. */
MUST bool version_text(Cx *cx, Db *db, const char *path, const char *etag, char **text);
/* The version that changed each file last, by path; files that went are among them. */
typedef struct FileVersion { const char *path; int64_t version; } FileVersion;
MUST bool version_files(Cx *cx, Db *db, FileVersion **out, int *n);
/* That of one file; 0: none did. */
int64_t version_file(const FileVersion *list, int n, const char *path);
/* What names one state of a file; NULL for a text that is not there. */
char *version_etag(Arena *a, const char *text);
/* All files of two versions compared; "" when they are the same. */
char *version_diff(Arena *a, const Source *old, int nold, const Source *new, int nnew);
void version_json(const Version *v, Json *out);
#endif

/*
 * file — what was uploaded: rows of `_file`, who may attach them, who may see them.
 *
 * A file belongs to its uploader until a record holds it; from then on the rights to the record
 * and its field decide. `_file_use` remembers every record and field that holds or held a file:
 * history and undo go on showing it, so a replaced file stays. What nothing ever held is swept
 * away after a day, and contents (content.h) that no file names.
 */
#ifndef DATA_FILE_H
#define DATA_FILE_H
#include "data/content.h"
#include "data/record.h"

enum { FILE_KEPT_S = 86400,                   /* unattached uploads */
    FILE_SWEEP_S = 3600, FILE_LOOSE = 20 };    /* × limits.file: unattached of one person */
#define FILE_SWEEP "files:sweep"              /* the timer, there when the app has file fields */

typedef struct FileInfo {
    int64_t id, size, by, at;
    const char *name, *type, *hash;
} FileInfo;

/* Keeps what has arrived as a file of this person, under a name that fits its content. */
MUST bool file_add(Work *w, Arrival *d, const char *name, const FileInfo **out);
/* Fetches what is not known yet of many, for this request. */
MUST bool files_load(Work *w, const int64_t *id, int n);
/* NULL: there is none, or a failure in cx. No right is asked. */
const FileInfo *file_info(Work *w, int64_t id);
/* {"id", "name", "size", "type", "url"} */
void file_json(Work *w, int64_t id, Json *out);
/* May this person put the file into the field: is it their own upload, or was it in this field
   of this record before; is it what the field accepts? An issue on f otherwise. */
bool file_attach(Work *w, const Record *r, const Field *f, int64_t id);
/* Remembers which files the record holds. Inside its write. */
MUST bool file_used(Work *w, const Record *r);
/* May this person see the content? E_MISSING, whether there is none or it is another's. */
MUST bool file_readable(Work *w, int64_t id, const FileInfo **out);
/* Deletes what nothing held for FILE_KEPT_S, and contents that no file names. Where there are
   neither, the timer waits that long. */
MUST bool files_sweep(Work *w);
/* Copies the contents of all files into another folder, for a backup. */
MUST bool files_copy(Work *w, const char *folder, int64_t *n);
#endif

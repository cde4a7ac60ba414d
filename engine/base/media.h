/*
 * media — what kind of content a file has, told by its bytes, and what it may be called.
 *
 * The sent type and the ending of a name are hearsay. A name whose ending does not belong to
 * the content gets the right one behind it: run.pdf that is HTML becomes run.pdf.html.
 */
#ifndef BASE_MEDIA_H
#define BASE_MEDIA_H
#include "base/mem.h"

enum { MEDIA_HEAD = 262144, MEDIA_NAME = 200 };

/* "image/png" of the first bytes of a file (MEDIA_HEAD are plenty); what cannot be told is
   "application/octet-stream". */
const char *media_type(Arena *a, const void *head, size_t n);
/* A name to keep: without folders, control characters and marks that turn the reading
   direction, at most MEDIA_NAME bytes, with an ending that fits the type. */
char *media_name(Arena *a, const char *sent, const char *type);
/* Does what a field accepts take it: "image/png", "image/ *" (without the space) or ".pdf"? */
bool media_fits(const char *accept, const char *type);
/* Is it something that media_fits could ever take? */
bool media_known(const char *accept);
/* Pictures that every browser shows, as one sees them: PNG, JPEG, GIF, WebP. */
bool media_picture(const char *type);

/* Width and height of a picture by its head, without decoding it. False: cannot be told. */
bool media_size(const void *head, size_t n, int64_t *width, int64_t *height);
#endif

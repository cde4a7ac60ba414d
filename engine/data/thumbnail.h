/*
 * thumbnail — small pictures, made by `vipsthumbnail` where it is installed.
 *
 * Decoders of pictures have holes, so they run in a process of their own: bounded in time,
 * memory and pixels, two at once. What was made is kept beside the content, in its store.
 */
#ifndef DATA_THUMBNAIL_H
#define DATA_THUMBNAIL_H
#include "data/content.h"

enum { THUMBNAIL_SIDE = 480, THUMBNAIL_PIXELS = 50000000 };

/* A WebP of at most THUMBNAIL_SIDE. NULL in *out and true: none can be made (no program, too
   many pixels, a broken picture, busy): show the original. */
MUST bool thumbnail_open(Cx *cx, ContentStore *s, const char *hash, Content **out);
#endif

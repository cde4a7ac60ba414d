/*
 * seal — text that goes out and comes back unchanged: signed with the secret of this database, as one
 * word for URLs. It can be read by whoever holds it.
 *
 *     base64url( text + 16 bytes of keyed hash )
 */
#ifndef DATA_SEAL_H
#define DATA_SEAL_H
#include "data/work.h"

/* `use` keeps what is sealed for one thing apart from any other. */
char *seal_write(Work *w, const char *use, const char *text);
/* The text; NULL when it is none of ours, or was changed. */
char *seal_read(Work *w, const char *use, const char *sealed);
#endif

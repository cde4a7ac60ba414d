/*
 * tries — how often somebody tried within this minute, in memory, for the whole process.
 */
#ifndef DATA_TRIES_H
#define DATA_TRIES_H
#include "base/mem.h"

/* Counts one try of this key. False when more than `most` were made this minute (0: no limit). */
bool tries_add(const char *kind, const char *key, int64_t now, int64_t most);
/* It was right: it does not count. */
void tries_forgive(const char *kind, const char *key, int64_t now);
#endif

/*
 * diff — two texts compared line by line: what changed, as people read it, and three texts made
 * one. A line ends with its \n; the last one may lack it. \r belongs to the line.
 */
#ifndef BASE_DIFF_H
#define BASE_DIFF_H
#include "base/str.h"

/* nold lines from line `old` on were replaced by nnew lines from line `new` on (from 0). */
typedef struct DiffEdit { int old, nold, new, nnew; } DiffEdit;
typedef struct DiffLine { const char *p; size_t n; uint64_t hash; } DiffLine;
typedef struct Diff {
    const DiffLine *old, *new; int nold, nnew;
    const DiffEdit *edit; int n;                         /* in order, never touching */
} Diff;

/* The shortest one (Myers). NULL is the text that is not there. */
Diff diff_lines(Arena *a, const char *old, const char *new);
/* As `diff -u` writes it, three lines around each change; "" when nothing changed. A text that
   is NULL is /dev/null. */
char *diff_unified(Arena *a, const char *path, const char *old, const char *new);
/* Both changes of `base` in one text. NULL when they change the same lines in two ways; then
   *line is where in `base`, from 1. `touching`: changes may touch, and lines that both put at one
   place follow one another, theirs first: for who checks what comes of it. */
char *diff_merge(Arena *a, const char *base, const char *mine, const char *theirs, bool touching,
    int *line);
#endif

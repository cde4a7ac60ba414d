/*
 * rotate — whose turn it is: the next of a list, by weight, exact under concurrent writers.
 */
#ifndef DATA_ROTATE_H
#define DATA_ROTATE_H
#include "data/work.h"

/* Those of one key take turns; who has no weight is passed over. */
typedef struct Rotate {
    const char *key;
    const char **name; double *weight; int n;
    int chosen;               /* result: index, -1 for none */
} Rotate;

/* A unit of a write, its argument a Rotate. */
MUST bool rotate_unit(Work *w, void *arg);
#endif

/*
 * progress — how far a publication is, for who asks while it runs. It is told by the thread that
 * publishes and looked at by any other, without a Work: none is given out meanwhile.
 */
#ifndef DATA_PROGRESS_H
#define DATA_PROGRESS_H
#include "base/cx.h"

typedef struct Progress Progress;
typedef struct ProgressSeen {
    int step, steps;          /* from 0 on; step = steps: it is being committed */
    int64_t rows, of;         /* of the step; 0: it does not say */
    char text[200];
} ProgressSeen;

Progress *progress_new(void);
void progress_free(Progress *p);
/* A publication of so many steps that `key` asks about; whoever knows the key. NULL p or key: nobody. */
void progress_begin(Progress *p, const char *key, int steps);
/* The next step; `of` rows. */
void progress_step(Progress *p, const char *text, int64_t of);
void progress_rows(Progress *p, int64_t more);
void progress_end(Progress *p);
/* False: nothing with this key is being published here. */
bool progress_look(Progress *p, const char *key, ProgressSeen *out);
#endif

/*
 * recall — rows that are read again and again and change seldom, kept for all Works: who holds a
 * token, whom a person reaches, what a record is called.
 *
 *     Recall r = recall_begin(w, "token", key, tables, ntable);
 *     if (!recall_row(&r, row, n)) { …ask the database…; recall_keep(&r, row, n); }
 *
 * A row holds until a commit changes one of the tables it was read from; that is known before
 * the commit is answered. Inside a write nothing is recalled and nothing kept. What depends on
 * definitions needs them in its key.
 */
#ifndef DATA_RECALL_H
#define DATA_RECALL_H
#include "data/work.h"

typedef struct Memory Memory;
Memory *memory_new(DbPool *pool);
void memory_free(Memory *m);

/* use and key are borrowed until the end of the Recall. */
typedef struct Recall {
    Work *w;
    Memory *memory;           /* NULL: nothing is kept here */
    const char *use, *key;
    uint64_t hash, stamp;     /* of use and key; of the tables when it began */
    bool late;                /* among open rows one sees what was before: nothing is kept */
} Recall;
Recall recall_begin(Work *w, const char *use, const char *key, const char *const *table,
    int ntable);
/* Copied into the Work's arena. n must be what was kept. */
bool recall_row(const Recall *r, Val *row, int n);
/* How many values were kept: for lists of any length; -1: nothing. */
int recall_list(const Recall *r, Val **list);
void recall_keep(const Recall *r, const Val *row, int n);
#endif

/*
 * shade — what stands for the tables of an app that is not published yet, so that its queries can
 * be run on the database as it is: nothing is made, nobody waits.
 */
#ifndef DATA_SHADE_H
#define DATA_SHADE_H
#include "data/work.h"

/* For db_look: each table that `draft` has otherwise than `served`. What is renamed has its values;
   what the database does not have, or holds as another kind, is blank; a new table has no rows. "" where
   all is there. */
const char *shade_of(Arena *a, const App *served, const App *draft, Dialect dialect);
#endif

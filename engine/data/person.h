/*
 * person — the acting user as the engine knows one: name, roles, department, language.
 */
#ifndef DATA_PERSON_H
#define DATA_PERSON_H
#include "data/work.h"

/* Appends the columns that person_read takes, of the user table under the alias u. */
void person_columns(Sql *q);
#define PERSON_COLUMNS 9
/* Makes them the Work's person, roles followed. False: the user is not active. */
MUST bool person_read(Work *w, const Val *row);
#endif

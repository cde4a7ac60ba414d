/*
 * people_check — what holds for users and departments beyond what their fields say: nobody is
 * their own superior, no department part of itself, however long the way; a time zone exists.
 */
#ifndef DATA_PEOPLE_CHECK_H
#define DATA_PEOPLE_CHECK_H
#include "data/record.h"

/* Issues on the fields; false only when the database fails. Other forms have none. */
MUST bool people_check(Work *w, const Record *r, const Record *old);
#endif

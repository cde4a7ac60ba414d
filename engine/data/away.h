/*
 * away — who is on leave: the days of a user from away_from to away_until, both included.
 */
#ifndef DATA_AWAY_H
#define DATA_AWAY_H
#include "data/record.h"

bool away_on(const Record *user, int64_t day);
#endif

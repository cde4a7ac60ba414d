/*
 * record_check — conditions on fields, shared by checking and by what pages are told.
 */
#ifndef DATA_RECORD_CHECK_H
#define DATA_RECORD_CHECK_H
#include "data/record.h"

/* true, false or what the expression says; false too when the host failed (see cx). */
bool flag_holds(Eval *env, const Flag *flag);
#endif

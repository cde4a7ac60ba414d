/*
 * env_text — texts of a definition that name the environment: ${env:NAME}. They are filled in when
 * they are used, so that what they say stands neither in a file nor in the database.
 */
#ifndef DATA_ENV_TEXT_H
#define DATA_ENV_TEXT_H
#include "base/str.h"

/* NULL: a variable it names is not set. */
const char *env_text(Arena *a, const char *text);
#endif

/*
 * password — what a password must be, and whether one is right.
 */
#ifndef DATA_PASSWORD_H
#define DATA_PASSWORD_H
#include "data/auth.h"

/* As long whether or not there is a stored one (NULL: nobody's). Never inside a write. */
bool password_right(const char *stored, const char *given);
/* auth_password_ok with its issue on this field. */
bool password_fits(Cx *cx, const char *field, const char *password);
#endif

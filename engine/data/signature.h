/*
 * signature — web calls signed and verified as Standard Webhooks say: HMAC-SHA256 over
 * "id.timestamp.body", as "v1,BASE64". Several secrets while they are changed: signed with each,
 * accepted with any.
 *
 * A secret is "whsec_" and its bytes in base64, or any other text, taken as it is.
 */
#ifndef DATA_SIGNATURE_H
#define DATA_SIGNATURE_H
#include "base/str.h"

#include <stdint.h>

#define SIGNATURE_DRIFT_S 300 /* so far a timestamp may lie from now */

/* "v1,… v1,…" for the header webhook-signature. */
char *signature_of(Arena *a, const char *const *secret, int n, const char *id, const char *at,
    const char *body, size_t nbody);
/* Does one of the signatures in the header match one of the secrets? In constant time. */
bool signature_fits(Arena *a, const char *const *secret, int n, const char *id, const char *at,
    const char *body, size_t nbody, const char *header);
/* A timestamp in seconds that is close enough to now? */
bool signature_fresh(const char *at, int64_t now);
/* BASE64 of HMAC-SHA256, for robots that sign in their own way. */
char *signature_hmac(Arena *a, const void *key, size_t nkey, const void *text, size_t ntext);
#endif

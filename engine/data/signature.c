/*
 * signature.c — see signature.h.
 */
#include "data/signature.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

char *signature_hmac(Arena *a, const void *key, size_t nkey, const void *text, size_t ntext)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char out[sodium_base64_ENCODED_LEN(sizeof mac, sodium_base64_VARIANT_ORIGINAL)];

    crypto_auth_hmacsha256_init(&state, key, nkey);
    crypto_auth_hmacsha256_update(&state, text, ntext);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(out, sizeof out, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
    return arena_dup(a, out);
}

/* Bytes of a whsec_ secret that is no base64: none fit, so its text counts. */
static const unsigned char *key_of(Arena *a, const char *secret, size_t *n)
{
    unsigned char *key = arena_alloc(a, strlen(secret) + 1);
    size_t len = strlen(secret);

    if (str_starts(secret, "whsec_") && !sodium_base642bin(key, len, secret + 6, len - 6, "=", n,
            NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)) return key;
    memcpy(key, secret, len);
    *n = len;
    return key;
}

static char *one(Arena *a, const char *secret, const char *id, const char *at, const char *body,
    size_t nbody)
{
    Str s = str_begin(a);
    size_t n;
    const unsigned char *key = key_of(a, secret, &n);

    str_printf(&s, "%s.%s.", id, at);
    str_add_n(&s, body, nbody);
    return signature_hmac(a, key, n, s.p, s.n);
}

char *signature_of(Arena *a, const char *const *secret, int n, const char *id, const char *at,
    const char *body, size_t nbody)
{
    Str s = str_begin(a);

    for (int i = 0; i < n; i++)
        str_printf(&s, "%sv1,%s", i ? " " : "", one(a, secret[i], id, at, body, nbody));
    return (char *)str_show(&s);
}

bool signature_fits(Arena *a, const char *const *secret, int n, const char *id, const char *at,
    const char *body, size_t nbody, const char *header)
{
    char **given;
    int count = str_split(a, header, ' ', &given);
    bool fits = false;

    for (int i = 0; i < n; i++) {
        const char *right = one(a, secret[i], id, at, body, nbody);
        size_t len = strlen(right);
        for (int k = 0; k < count && k < 16; k++)
            fits |= str_starts(given[k], "v1,") && strlen(given[k] + 3) == len
                && !sodium_memcmp(given[k] + 3, right, len);
    }
    return fits;
}

bool signature_fresh(const char *at, int64_t now)
{
    char *end;
    long long t = strtoll(at, &end, 10);

    return end > at && !*end && t > 0 && strlen(at) < 14
        && llabs(t - (long long)now) <= SIGNATURE_DRIFT_S;
}

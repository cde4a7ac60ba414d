/*
 * seal.c — see seal.h.
 */
#include "data/seal.h"
#include "data/engine.h"

#include <sodium.h>
#include <string.h>

#define MAC 16
#define LONGEST 8192
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

static void sign(Work *w, const char *use, const char *text, unsigned char mac[MAC])
{
    unsigned char sum[32];

    engine_sign(w->engine, use, text, sum);
    memcpy(mac, sum, MAC);
}

char *seal_write(Work *w, const char *use, const char *text)
{
    size_t n = strlen(text), cap = sodium_base64_encoded_len(n + MAC, VARIANT);
    unsigned char *raw = arena_alloc(w->cx.a, n + MAC);
    char *out = arena_alloc(w->cx.a, cap);

    memcpy(raw, text, n);
    sign(w, use, text, raw + n);
    return sodium_bin2base64(out, cap, raw, n + MAC, VARIANT);
}

char *seal_read(Work *w, const char *use, const char *sealed)
{
    size_t n = strlen(sealed), len;
    unsigned char mac[MAC];

    if (n > LONGEST) return NULL;
    char *raw = arena_alloc(w->cx.a, n + 1);
    if (sodium_base642bin((unsigned char *)raw, n, sealed, n, NULL, &len, NULL, VARIANT)
        || len <= MAC) return NULL;
    char *text = arena_dup_n(w->cx.a, raw, len - MAC);
    sign(w, use, text, mac);
    return sodium_memcmp(mac, raw + len - MAC, MAC) ? NULL : text;
}

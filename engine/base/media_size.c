/*
 * media_size.c — how large a picture would be, before anything decodes it: a file of a few
 * bytes can claim a square of 60,000.
 */
#include "base/media.h"

#include <string.h>

typedef const unsigned char *Bytes;

static int64_t big(Bytes p, int n)
{
    int64_t v = 0;
    for (int i = 0; i < n; i++) v = v << 8 | p[i];
    return v;
}

static int64_t little(Bytes p, int n)
{
    int64_t v = 0;
    while (n--) v = v << 8 | p[n];
    return v;
}

/* Segments up to the frame header; all but FFD0–FFD9 have a length. */
static bool jpeg(Bytes p, size_t n, int64_t *width, int64_t *height)
{
    for (size_t i = 2; i + 9 < n; ) {
        if (p[i] != 0xff) return false;
        int mark = p[i + 1];
        if (mark == 0xff) { i++; continue; }
        bool frame = mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8
            && mark != 0xcc;
        if (frame) {
            *height = big(p + i + 5, 2);
            *width = big(p + i + 7, 2);
            return true;
        }
        if (mark >= 0xd0 && mark <= 0xd9) { i += 2; continue; }
        size_t length = (size_t)big(p + i + 2, 2);
        if (length < 2) return false;
        i += 2 + length;
    }
    return false;
}

static bool webp(Bytes p, int64_t *width, int64_t *height)
{
    if (!memcmp(p + 12, "VP8X", 4)) {
        *width = little(p + 24, 3) + 1;
        *height = little(p + 27, 3) + 1;
    } else if (!memcmp(p + 12, "VP8L", 4)) {
        int64_t bits = little(p + 21, 4);
        *width = (bits & 0x3fff) + 1;
        *height = (bits >> 14 & 0x3fff) + 1;
    } else if (!memcmp(p + 12, "VP8 ", 4)) {
        *width = little(p + 26, 2) & 0x3fff;
        *height = little(p + 28, 2) & 0x3fff;
    } else return false;
    return true;
}

bool media_size(const void *head, size_t n, int64_t *width, int64_t *height)
{
    Bytes p = head;

    *width = *height = 0;
    if (n >= 24 && !memcmp(p, "\x89PNG\r\n\x1a\n", 8)) {
        *width = big(p + 16, 4);
        *height = big(p + 20, 4);
        return true;
    }
    if (n >= 10 && (!memcmp(p, "GIF87a", 6) || !memcmp(p, "GIF89a", 6))) {
        *width = little(p + 6, 2);
        *height = little(p + 8, 2);
        return true;
    }
    if (n >= 4 && p[0] == 0xff && p[1] == 0xd8) return jpeg(p, n, width, height);
    if (n >= 30 && !memcmp(p, "RIFF", 4) && !memcmp(p + 8, "WEBP", 4))
        return webp(p, width, height);
    return false;
}

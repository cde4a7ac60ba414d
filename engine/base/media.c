/*
 * media.c — libmagic tells the type; one table says which endings belong to it.
 */
#include "base/media.h"
#include "base/str.h"

#include <magic.h>
#include <pthread.h>
#include <string.h>

typedef struct Kind { const char *type; const char *ending[12]; } Kind;

/* The first ending is the one that is added. Containers keep what is made of them. */
static const Kind kinds[] = {
    { "image/png", { "png" } },
    { "image/jpeg", { "jpg", "jpeg", "jpe", "jfif" } },
    { "image/gif", { "gif" } },
    { "image/webp", { "webp" } },
    { "image/bmp", { "bmp" } },
    { "image/tiff", { "tif", "tiff" } },
    { "image/heic", { "heic", "heif" } },
    { "image/avif", { "avif" } },
    { "image/svg+xml", { "svg" } },
    { "application/pdf", { "pdf" } },
    { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", { "docx" } },
    { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", { "xlsx" } },
    { "application/vnd.openxmlformats-officedocument.presentationml.presentation",
      { "pptx" } },
    { "application/vnd.oasis.opendocument.text", { "odt" } },
    { "application/vnd.oasis.opendocument.spreadsheet", { "ods" } },
    { "application/vnd.oasis.opendocument.presentation", { "odp" } },
    { "application/zip", { "zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "ofd" } },
    { "application/msword", { "doc" } },
    { "application/vnd.ms-excel", { "xls" } },
    { "application/vnd.ms-powerpoint", { "ppt" } },
    { "application/vnd.ms-outlook", { "msg" } },
    { "application/CDFV2", { "ole", "doc", "xls", "ppt", "msg" } },
    { "application/gzip", { "gz", "tgz" } },
    { "application/x-7z-compressed", { "7z" } },
    { "application/x-rar", { "rar" } },
    { "application/x-tar", { "tar" } },
    { "application/json", { "json" } },
    { "text/html", { "html", "htm" } },
    { "text/xml", { "xml", "svg", "xsl" } },
    { "text/csv", { "csv", "txt" } },
    { "text/rtf", { "rtf" } },
    { "text/calendar", { "ics" } },
    { "text/vcard", { "vcf" } },
    { "message/rfc822", { "eml" } },
    { "text/plain", { "txt", "csv", "tsv", "md", "log", "json", "yaml", "yml", "sql", "ics",
      "vcf", "eml" } },
    { "audio/mpeg", { "mp3" } },
    { "audio/x-wav", { "wav" } },
    { "audio/x-m4a", { "m4a" } },
    { "video/mp4", { "mp4", "m4v" } },
    { "video/quicktime", { "mov" } },
    { "application/x-dosexec", { "exe", "dll" } },
    { "application/x-executable", { "elf" } },
    { "application/x-pie-executable", { "elf" } },
    { "application/x-sharedlib", { "so" } },
    { "text/x-shellscript", { "sh" } },
    { "application/javascript", { "js" } },
    { "application/octet-stream", { "bin" } },
};

static const Kind *kind_of(const char *type)
{
    for (int i = 0; i < LEN(kinds); i++)
        if (str_eq(kinds[i].type, type)) return &kinds[i];
    return NULL;
}

static bool kind_ends(const Kind *k, const char *ending)
{
    for (int i = 0; i < LEN(k->ending) && k->ending[i]; i++)
        if (str_eq(k->ending[i], ending)) return true;
    return false;
}

/* libmagic takes the shortest texts for data. */
static bool is_text(const char *head, size_t n)
{
    if (n >= MEDIA_HEAD || !utf8_valid(head, n)) return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)head[i] < ' ' && !strchr("\t\r\n\f", head[i] ? head[i] : 1))
            return false;
    return true;
}

/* One handle for all: it is not for several threads, and its data is large. */
const char *media_type(Arena *a, const void *head, size_t n)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static magic_t magic;
    const char *type = NULL;

    if (!n) return "application/octet-stream";
    pthread_mutex_lock(&lock);
    if (!magic) {
        magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF);
        BUG_IF(!magic || magic_load(magic, NULL));
    }
    type = magic_buffer(magic, head, n);
    char *out = arena_dup(a, type && strchr(type, '/') ? type : "application/octet-stream");
    pthread_mutex_unlock(&lock);
    if (str_eq(out, "application/octet-stream") && is_text(head, n)) return "text/plain";
    return out;
}

/* Bidirectional marks, and zero-width ones: "annexe[RLO]fdp.exe" is read as annexexe.pdf. */
static bool misleads(uint32_t rune)
{
    return rune < 32 || rune == 127 || (rune >= 0x80 && rune < 0xa0)
        || (rune >= 0x200b && rune <= 0x200f) || (rune >= 0x2028 && rune <= 0x202e)
        || (rune >= 0x2060 && rune <= 0x206f) || rune == 0xfeff;
}

static void add_clean(Str *out, const char *sent)
{
    const char *p = sent;

    for (const char *c = sent; *c; c++)
        if (*c == '/' || *c == '\\') p = c + 1;
    while (*p) {
        uint32_t rune = utf8_next(&p);
        if (misleads(rune)) continue;
        if (rune < 128 && strchr("<>:\"|?*", (int)rune)) rune = '_';
        str_add_rune(out, rune);
    }
}

/* Without spaces and dots at its ends: .hidden, "x.exe ." */
static char *trimmed(Arena *a, const char *text)
{
    while (*text == ' ' || *text == '.') text++;
    size_t n = strlen(text);
    while (n && (text[n - 1] == ' ' || text[n - 1] == '.')) n--;
    return arena_dup_n(a, text, n);
}

static char *shortened(Arena *a, char *name, size_t room)
{
    size_t n = strlen(name);
    const char *dot = strrchr(name, '.');

    if (n <= room) return name;
    size_t tail = dot && strlen(dot) <= 12 ? strlen(dot) : 0;
    size_t keep = room - tail;
    while (keep && ((unsigned char)name[keep] & 0xc0) == 0x80) keep--;
    return arena_printf(a, "%.*s%s", (int)keep, name, tail ? dot : "");
}

char *media_name(Arena *a, const char *sent, const char *type)
{
    Str clean = str_begin(a);
    const Kind *k = kind_of(type);

    add_clean(&clean, sent ? sent : "");
    char *name = shortened(a, trimmed(a, str_show(&clean)), MEDIA_NAME - 8);
    const char *dot = strrchr(name, '.');
    char *ending = dot ? arena_dup(a, dot + 1) : NULL;
    for (char *p = ending; p && *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p += 'a' - 'A';
    if (!*name) name = arena_dup(a, "file");
    if (!k) {
        /* Of a type we have no ending for: not under one that means something else. */
        for (int i = 0; ending && i < LEN(kinds); i++)
            if (kind_ends(&kinds[i], ending)) return arena_printf(a, "%s.bin", name);
        return name;
    }
    if (ending && kind_ends(k, ending)) return name;
    bool claims = false;
    for (int i = 0; ending && i < LEN(kinds); i++) claims |= kind_ends(&kinds[i], ending);
    bool plain = str_eq(type, "application/octet-stream") || str_eq(type, "text/plain");
    if (plain && ending && !claims) return name;
    return arena_printf(a, "%s.%s", name, k->ending[0]);
}

bool media_known(const char *accept)
{
    size_t n = strlen(accept);

    if (*accept != '.') {
        const char *slash = strchr(accept, '/');
        return slash && slash > accept && slash[1] && !strchr(slash + 1, '/')
            && n == strspn(accept, "abcdefghijklmnopqrstuvwxyz0123456789+-./*")
            && (!strchr(accept, '*') || (strchr(accept, '*') > slash && str_eq(slash, "/*")));
    }
    for (int i = 0; i < LEN(kinds); i++)
        if (kind_ends(&kinds[i], accept + 1)) return true;
    return false;
}

bool media_fits(const char *accept, const char *type)
{
    const char *star = strstr(accept, "/*");
    const Kind *k = kind_of(type);

    if (*accept == '.') return k && kind_ends(k, accept + 1);
    if (star && !star[2]) return !strncmp(accept, type, (size_t)(star - accept) + 1);
    return str_eq(accept, type);
}

bool media_picture(const char *type)
{
    static const char *const shown[] = { "image/png", "image/jpeg", "image/gif", "image/webp" };
    return str_in(type, shown, LEN(shown));
}

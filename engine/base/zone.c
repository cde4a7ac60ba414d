/*
 * A zone is a list of instants at which its offset changed, and a rule (POSIX TZ text) for
 * all time after the last of them. Names are file names below the system's folder; a name
 * with anything but words and slashes is unknown, so none leaves that folder.
 */
#include "base/zone.h"
#include "base/day.h"
#include "base/sys.h"
#include "base/zone_rule.h"
#include <ctype.h>
#include <pthread.h>
#include <string.h>

#define FOLDER "/usr/share/zoneinfo/"
#define FILE_MAX (1 << 20)

struct Zone {
    Zone *next;
    char *name;
    int n;                    /* changes */
    int64_t *at;              /* when, rising */
    int *offset;              /* from then on */
    int first;                /* offset before the first change */
    bool has_rule;
    ZoneRule rule;            /* after the last change */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Zone *known;
static const Zone utc = { .name = (char *)"UTC" };

/* The file in memory, read from the front; `left` never goes below zero. */
typedef struct Bytes { const unsigned char *p; size_t left; } Bytes;

static bool skip(Bytes *b, size_t n)
{
    if (n > b->left)
        return false;
    b->p += n;
    b->left -= n;
    return true;
}

static int64_t big_endian(const unsigned char *p, int n)
{
    uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;

    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return (int64_t)v;
}

typedef struct Head { int version; size_t isut, isstd, leap, time, type, chars; } Head;

static bool read_head(Bytes *b, Head *h)
{
    const unsigned char *p = b->p;
    size_t *count[] = { &h->isut, &h->isstd, &h->leap, &h->time, &h->type, &h->chars };

    if (!skip(b, 44) || memcmp(p, "TZif", 4))
        return false;
    h->version = p[4];
    for (int i = 0; i < LEN(count); i++) {
        int64_t n = big_endian(p + 20 + 4 * i, 4);
        if (n < 0 || n > FILE_MAX)
            return false;
        *count[i] = (size_t)n;
    }
    return true;
}

static size_t body_size(const Head *h, size_t width)
{
    return h->time * (width + 1) + h->type * 6 + h->chars + h->leap * (width + 4)
         + h->isstd + h->isut;
}

/* The block of 64-bit times: instants, the type each begins, then the types. */
static bool read_changes(Bytes *b, const Head *h, Zone *z)
{
    const unsigned char *times = b->p, *which = times + h->time * 8;
    const unsigned char *types = which + h->time;

    if (!h->type || !skip(b, body_size(h, 8)))
        return false;
    z->n = (int)h->time;
    z->at = mem_alloc((h->time + 1) * sizeof *z->at);
    z->offset = mem_alloc((h->time + 1) * sizeof *z->offset);
    z->first = (int)big_endian(types, 4);
    for (int i = 0; i < z->n; i++) {
        z->at[i] = big_endian(times + 8 * i, 8);
        if (which[i] >= h->type || (i && z->at[i] < z->at[i - 1]))
            return false;
        z->offset[i] = (int)big_endian(types + 6 * which[i], 4);
    }
    return true;
}

/* "\nRULE\n" ends the file; an empty rule says nothing. */
static bool read_footer(Bytes *b, Zone *z)
{
    char text[256];
    const unsigned char *end;

    if (!b->left || *b->p != '\n' || !skip(b, 1) || !b->left
        || !(end = memchr(b->p, '\n', b->left)))
        return false;
    size_t n = (size_t)(end - b->p);
    if (n >= sizeof text)
        return false;
    memcpy(text, b->p, n);
    text[n] = '\0';
    z->has_rule = n > 0;
    return !n || zone_rule_parse(text, &z->rule);
}

static bool zone_load(Bytes b, Zone *z)
{
    Head h;

    return read_head(&b, &h) && h.version >= '2' && skip(&b, body_size(&h, 4))
        && read_head(&b, &h) && read_changes(&b, &h, z) && read_footer(&b, z);
}

static void zone_drop(Zone *z)
{
    mem_free(z->name);
    mem_free(z->at);
    mem_free(z->offset);
    mem_free(z);
}

static Zone *zone_read(const char *name)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    Zone *z = NULL;
    char *data;
    size_t n;

    if (file_read(&cx, arena_printf(a, "%s%s", FOLDER, name), FILE_MAX, &data, &n)) {
        z = mem_alloc(sizeof *z);
        z->name = mem_dup(name);
        if (!zone_load((Bytes){ (const unsigned char *)data, n }, z)) {
            zone_drop(z);
            z = NULL;
        }
    }
    arena_free(a);
    return z;
}

static bool is_name(const char *name)
{
    if (!isupper((unsigned char)*name) || strlen(name) > 64)
        return false;
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_-+/", *p))
            return false;
    return true;
}

const Zone *zone_find(const char *name)
{
    Zone *z;

    if (!name || !is_name(name))
        return NULL;
    if (!strcmp(name, utc.name))
        return &utc;
    pthread_mutex_lock(&lock);
    for (z = known; z && strcmp(z->name, name); )
        z = z->next;
    if (!z && (z = zone_read(name))) {
        z->next = known;
        known = z;
    }
    pthread_mutex_unlock(&lock);
    return z;
}

const Zone *zone_utc(void)
{
    return &utc;
}

const char *zone_name(const Zone *z)
{
    return z ? z->name : utc.name;
}

/* How many of its changes have come by then. */
static int changes_by(const Zone *z, int64_t at)
{
    int low = 0;

    for (int high = z->n; low < high; ) {
        int mid = (low + high) / 2;
        if (z->at[mid] <= at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

int zone_offset(const Zone *z, int64_t at)
{
    if (!z)
        return 0;
    if (z->has_rule && (!z->n || at >= z->at[z->n - 1]))
        return zone_rule_offset(&z->rule, at);
    int n = changes_by(z, at);

    return n ? z->offset[n - 1] : z->first;
}

int64_t zone_change(const Zone *z, int64_t at, int way)
{
    int64_t never = way > 0 ? INT64_MAX : INT64_MIN, listed = never, ruled = never;

    if (!z)
        return never;
    int n = changes_by(z, at);
    if (way > 0 ? n < z->n : n > 0)
        listed = z->at[way > 0 ? n : n - 1];
    if (z->has_rule && n == z->n)
        ruled = zone_rule_change(&z->rule, at, way);
    if (way > 0)
        return listed < ruled ? listed : ruled;
    return listed > ruled ? listed : ruled;
}

/* Offsets lie within a day of UTC, so a day before and after bracket any one change. */
int64_t zone_to_utc(const Zone *z, int64_t local)
{
    int before = zone_offset(z, local - 86400), after = zone_offset(z, local + 86400);

    if (zone_offset(z, local - before) == before || before == after)
        return local - before;
    if (zone_offset(z, local - after) == after)
        return local - after;
    return local - before;    /* the clock skipped it: what it shows that much later */
}

int64_t zone_reach(const Zone *z, int64_t local)
{
    int64_t at = zone_to_utc(z, local);

    return at + zone_offset(z, at) == local ? at : zone_change(z, at, -1);
}

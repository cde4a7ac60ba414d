/*
 * i18n.c — one open-addressing hash table a language, filled once from JSON.
 *
 * The text returned is used as a printf format, so a translation is taken only when its
 * conversions are the key's, one by one and in order.
 */
#include "base/i18n.h"
#include "base/str.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define MAX_LANGUAGES 16

typedef struct Entry { uint64_t hash; const char *key, *text; } Entry;
typedef struct Catalogue { char *lang; Entry *entry; size_t size, n; } Catalogue;

static Catalogue catalogues[MAX_LANGUAGES];
static const char *languages[MAX_LANGUAGES + 1] = { "en" };
static int ncatalogue, nlanguage = 1;

static Entry *slot(const Catalogue *c, const char *key, uint64_t hash)
{
    size_t i = hash & (c->size - 1);
    while (c->entry[i].key && !(c->entry[i].hash == hash && !strcmp(c->entry[i].key, key)))
        i = (i + 1) & (c->size - 1);
    return &c->entry[i];
}

static void put(Catalogue *c, const char *key, const char *text)
{
    if (2 * (c->n + 1) > c->size) {
        Catalogue larger = { .size = c->size ? c->size * 2 : 256 };
        larger.entry = mem_alloc(larger.size * sizeof(Entry));
        for (size_t i = 0; i < c->size; i++)
            if (c->entry[i].key)
                *slot(&larger, c->entry[i].key, c->entry[i].hash) = c->entry[i];
        mem_free(c->entry);
        c->entry = larger.entry;
        c->size = larger.size;
    }
    uint64_t hash = str_hash(key);
    Entry *e = slot(c, key, hash);
    if (!e->key) {
        c->n++;
        *e = (Entry){ .hash = hash, .key = mem_dup(key) };
    }
    e->text = mem_dup(text);
}

/* The next conversion of a format: sets its start, returns its length, 0 at the end. */
static size_t conversion(const char **p, const char **start)
{
    for (; **p; (*p)++) {
        if (**p != '%') continue;
        if ((*p)[1] == '%') { (*p)++; continue; }
        *start = *p;
        size_t n = 1 + strspn(*p + 1, "-+ #0123456789.*hljztL");
        if ((*p)[n]) n++;
        *p += n;
        return n;
    }
    return 0;
}

static bool same_conversions(const char *a, const char *b)
{
    const char *x = NULL, *y = NULL;
    for (;;) {
        size_t n = conversion(&a, &x), m = conversion(&b, &y);
        if (n != m || (n && memcmp(x, y, n))) return false;
        if (!n) return true;
    }
}

static Catalogue *find(const char *lang)
{
    for (int i = 0; lang && i < ncatalogue; i++)
        if (str_eq(catalogues[i].lang, lang)) return &catalogues[i];
    return NULL;
}

static Catalogue *find_or_add(const char *lang)
{
    Catalogue *c = find(lang);
    if (c || ncatalogue == MAX_LANGUAGES) return c;
    c = &catalogues[ncatalogue++];
    c->lang = mem_dup(lang);
    if (!str_eq(lang, "en")) languages[nlanguage++] = c->lang;
    return c;
}

static bool wrong(const char **why, const char *what, const char *key)
{
    static char text[256];
    snprintf(text, sizeof text, "%s: %s", what, key);
    *why = text;
    return false;
}

bool i18n_load(const char *lang, const char *json, const char **why)
{
    json_error_t error;
    json_t *root = json_loads(json, JSON_REJECT_DUPLICATES, &error);
    bool ok = true;
    const char *key;
    json_t *value;

    if (!root) return wrong(why, "not JSON", error.text);
    if (!json_is_object(root)) ok = wrong(why, "not a map", lang);
    json_object_foreach(root, key, value) {
        if (!ok) break;
        if (!json_is_string(value)) ok = wrong(why, "not a text", key);
        else if (!same_conversions(key, json_string_value(value)))
            ok = wrong(why, "the conversions differ", key);
    }
    Catalogue *c = ok ? find_or_add(lang) : NULL;
    if (ok && !c) ok = wrong(why, "too many languages", lang);
    if (ok) {
        json_object_foreach(root, key, value)
            if (*json_string_value(value)) put(c, key, json_string_value(value));
    }
    json_decref(root);
    return ok;
}

const char *i18n_text(const char *lang, const char *english)
{
    const Catalogue *c = find(lang);
    if (!c || !c->n || !english) return english;
    const Entry *e = slot(c, english, str_hash(english));
    return e->key ? e->text : english;
}

int i18n_languages(const char *const **out)
{
    *out = languages;
    return nlanguage;
}

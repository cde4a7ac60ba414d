/*
 * pgx_letters — case and folding for PostgreSQL as tables of letters.
 *
 * The server's own idea of case hangs on collations and versions, so each letter's counterpart is
 * asked of the library that C uses. translate() is linear in its table: a class of the letters
 * concerned is looked for first, and the letters of Europe have a table of their own.
 */
#include "expr/pgx.h"
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define LAST 0x10FFFF
#define EUROPE 0x590          /* Latin, Greek, Cyrillic, Armenian */

/* One way to change texts: what becomes of a letter (another, several, nothing), and whether
   anything may, for there are a million of them. */
typedef struct Way {
    char *(*becomes)(Arena *a, const char *letter);
    bool (*may)(uint32_t r);
    bool normal;              /* on texts that are NFKC already */
} Way;

/* A class of a regular expression, from ranges. */
typedef struct Class { Str s; uint32_t from, to; } Class;

static void class_end(Class *c)
{
    if (!c->to) return;
    str_printf(&c->s, "\\U%08X", c->from);
    if (c->to > c->from) str_printf(&c->s, "-\\U%08X", c->to);
}

static void class_add(Class *c, uint32_t r)
{
    if (c->to && r == c->to + 1) {
        c->to = r;
        return;
    }
    class_end(c);
    c->from = c->to = r;
}

static const char *class_show(Class *c)
{
    class_end(c);
    c->to = 0;
    return str_show(&c->s);
}

static char *letter_of(Arena *a, uint32_t r)
{
    Str s = str_begin(a);
    str_add_rune(&s, r);
    return arena_dup(a, str_show(&s));
}

static bool may_lower(uint32_t r)
{
    return utf8proc_tolower((utf8proc_int32_t)r) != (utf8proc_int32_t)r;
}

static bool may_upper(uint32_t r)
{
    return utf8proc_toupper((utf8proc_int32_t)r) != (utf8proc_int32_t)r;
}

static bool may_fold(uint32_t r)
{
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)r);
    return p->casefold_seqindex != UINT16_MAX || p->ignorable;
}

static bool may_trim(uint32_t r)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)r);
    return c >= UTF8PROC_CATEGORY_ZS && c <= UTF8PROC_CATEGORY_CF;      /* separators, controls */
}

/* As the server's normalize(…, NFKC) leaves it? Others never meet the table. */
static bool is_normal(const char *letter)
{
    utf8proc_uint8_t *out = NULL;
    if (utf8proc_map((const utf8proc_uint8_t *)letter, 0, &out,
            UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE) < 0)
        return true;
    bool same = str_eq((char *)out, letter);
    free(out);
    return same;
}

static void quoted(Str *out, const char *text)
{
    str_add_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'') str_add_char(out, '\'');
        str_add_char(out, *text);
    }
    str_add_char(out, '\'');
}

/* The next one where there may be letters with case and signs that are ignored: not among those of
   Chinese and Korean, of private use or none yet. Each start of a program asks. */
static uint32_t next_rune(uint32_t r)
{
    static const struct { uint32_t from, to; } none[] = {
        { 0x3400, 0xA000 }, { 0xAC00, 0xF900 }, { 0x20000, 0xE0000 }, { 0xE1000, LAST + 1 },
    };
    r++;
    for (int i = 0; i < LEN(none); i++)
        if (r == none[i].from) return none[i].to;
    return r;
}

/* The letters from … to that a way concerns, one by one: false at the end. */
static bool next_letter(Arena *a, const Way *way, uint32_t *r, uint32_t to, char **letter, char **then)
{
    for (; *r <= to; *r = next_rune(*r)) {
        if (!way->may(*r)) continue;
        *letter = letter_of(a, *r);
        if (way->normal && !is_normal(*letter)) continue;
        *then = way->becomes(a, *letter);
        if (!str_eq(*letter, *then)) return true;
    }
    return false;
}

/* Those that become one other letter, or none, as a statement. */
static void add_single(Str *out, Arena *a, uint32_t from, uint32_t to, const Way *way)
{
    Class class = { .s = str_begin(a) };
    Str keys = str_begin(a), values = str_begin(a), gone = str_begin(a);
    char *letter, *then;
    for (uint32_t r = from; next_letter(a, way, &r, to, &letter, &then); r++) {
        if (utf8_count(then) > 1) continue;
        class_add(&class, r);
        str_add(*then ? &keys : &gone, letter);
        str_add(&values, then);
    }
    str_add(&keys, str_show(&gone));          /* translate drops what has no counterpart */
    str_printf(out, "    IF s COLLATE \"C\" ~ '[%s]' THEN\n        s := translate(s, ",
        class_show(&class));
    quoted(out, str_show(&keys));
    str_add(out, ", ");
    quoted(out, str_show(&values));
    str_add(out, ");\n    END IF;\n");
}

/* Letters that become several. */
static void add_several(Str *out, Arena *a, const Way *way)
{
    Class class = { .s = str_begin(a) };
    Str lines = str_begin(a);
    char *letter, *then;
    for (uint32_t r = 0x80; next_letter(a, way, &r, LAST, &letter, &then); r++) {
        if (utf8_count(then) < 2) continue;
        class_add(&class, r);
        str_add(&lines, "        s := replace(s, ");
        quoted(&lines, letter);
        str_add(&lines, ", ");
        quoted(&lines, then);
        str_add(&lines, ");\n");
    }
    str_printf(out, "    IF s COLLATE \"C\" ~ '[%s]' THEN\n%s    END IF;\n", class_show(&class),
        str_show(&lines));
}

/* All white space as a class, with the blank or without. */
static const char *spaces(Arena *a, bool blank)
{
    Class class = { .s = str_begin(a) };
    for (uint32_t r = 1; r <= 0xFFFF; r++)
        if ((r != ' ' || blank) && may_trim(r) && !*str_trim(a, letter_of(a, r)))
            class_add(&class, r);
    return class_show(&class);
}

static void begin(Str *out, const char *name)
{
    str_printf(out, "CREATE OR REPLACE FUNCTION %s(t text)\nRETURNS text LANGUAGE plpgsql IMMUTABLE "
        "STRICT PARALLEL SAFE AS $$\nDECLARE s text;\nBEGIN\n", name);
}

static void add_case(Str *out, Arena *a, const char *name, const char *ascii, const Way *way)
{
    begin(out, name);
    str_printf(out, "    s := %s(t COLLATE \"C\");\n"
        "    IF octet_length(s) = length(s) THEN RETURN nullif(s, ''); END IF;\n", ascii);
    add_single(out, a, 0x80, EUROPE - 1, way);
    add_single(out, a, EUROPE, LAST, way);
    str_add(out, "    RETURN s;\nEND $$;\n\n");
}

static void add_fold(Str *out, Arena *a, const char *space, const char *odd)
{
    static const Way fold = { str_fold, may_fold, true };
    begin(out, "tn_fold");
    str_add(out, "    s := lower(t COLLATE \"C\");\n"
        "    IF octet_length(s) > length(s) THEN\n"
        "    s := lower(normalize(s, NFKC) COLLATE \"C\");\n");
    add_single(out, a, 0x80, EUROPE - 1, &fold);
    add_single(out, a, EUROPE, LAST, &fold);
    add_several(out, a, &fold);
    str_add(out, "    s := normalize(s, NFKC);\n    END IF;\n");
    str_printf(out, "    IF s COLLATE \"C\" ~ '[%s]|  |^ | $' THEN\n"
        "        s := btrim(regexp_replace(s COLLATE \"C\", '[%s]+', ' ', 'g'), ' ');\n"
        "    END IF;\n    RETURN s;\nEND $$;\n\n", odd, space);
}

static void add_trim(Str *out, const char *space)
{
    begin(out, "x_trim");
    str_printf(out, "    s := t;\n    IF s COLLATE \"C\" ~ '^[%s]|[%s]$' THEN\n"
        "        s := regexp_replace(s COLLATE \"C\", '^[%s]+|[%s]+$', '', 'g');\n    END IF;\n"
        "    RETURN nullif(s, '');\nEND $$;\n\n", space, space, space, space);
}

void pgx_letters(Str *out)
{
    static const Way lower = { utf8_lower, may_lower, false };
    static const Way upper = { utf8_upper, may_upper, false };
    Arena *a = arena_new();
    const char *space = spaces(a, true);
    add_trim(out, space);
    add_case(out, a, "x_lower", "lower", &lower);
    add_case(out, a, "x_upper", "upper", &upper);
    add_fold(out, a, space, spaces(a, false));
    arena_free(a);
}

/*
 * phone.c — phone numbers by the country's own rules, as far as digits tell them.
 *
 * What is no number of the country's plan (short codes, service numbers, extensions) stays as
 * typed: a number kept is worth more than a number refused.
 */
#include "def/types.h"

#include <string.h>

typedef struct Plan { const char *country, *code, *trunk; int min, max; } Plan;

/* Lengths are of the number without trunk prefix. */
static const Plan plans[] = {
    { "AE", "971", "0", 8, 9 }, { "AR", "54", "0", 10, 11 }, { "AT", "43", "0", 7, 13 },
    { "AU", "61", "0", 9, 9 }, { "BE", "32", "0", 8, 9 }, { "BR", "55", "0", 10, 11 },
    { "CA", "1", "1", 10, 10 }, { "CH", "41", "0", 9, 9 }, { "CN", "86", "0", 9, 11 },
    { "CZ", "420", "", 9, 9 }, { "DE", "49", "0", 6, 12 }, { "DK", "45", "", 8, 8 },
    { "EG", "20", "0", 8, 10 }, { "ES", "34", "", 9, 9 }, { "FI", "358", "0", 6, 11 },
    { "FR", "33", "0", 9, 9 }, { "GB", "44", "0", 9, 10 }, { "GR", "30", "", 10, 10 },
    { "HK", "852", "", 8, 8 }, { "HU", "36", "06", 8, 9 }, { "ID", "62", "0", 8, 12 },
    { "IE", "353", "0", 7, 9 }, { "IL", "972", "0", 8, 9 }, { "IN", "91", "0", 10, 10 },
    { "IT", "39", "", 6, 11 }, { "JP", "81", "0", 9, 10 }, { "KR", "82", "0", 8, 10 },
    { "KZ", "7", "8", 10, 10 }, { "MO", "853", "", 8, 8 }, { "MX", "52", "", 10, 10 },
    { "MY", "60", "0", 8, 10 }, { "NL", "31", "0", 9, 9 }, { "NO", "47", "", 8, 8 },
    { "NZ", "64", "0", 8, 10 }, { "PH", "63", "0", 8, 10 }, { "PL", "48", "", 9, 9 },
    { "PT", "351", "", 9, 9 }, { "RU", "7", "8", 10, 10 }, { "SA", "966", "0", 8, 9 },
    { "SE", "46", "0", 7, 10 }, { "SG", "65", "", 8, 8 }, { "TH", "66", "0", 8, 9 },
    { "TR", "90", "0", 10, 10 }, { "TW", "886", "0", 8, 9 }, { "UA", "380", "0", 9, 9 },
    { "US", "1", "1", 10, 10 }, { "VN", "84", "0", 9, 10 }, { "ZA", "27", "0", 9, 9 },
};

static const Plan *plan_find(const char *country)
{
    for (int i = 0; i < LEN(plans); i++)
        if (str_eq(plans[i].country, country)) return &plans[i];
    return NULL;
}

/* Digits only, + in front kept (00 is one). NULL when anything else stands in the number. */
static char *digits_of(Arena *a, const char *text)
{
    Str s = str_begin(a);
    for (const char *p = text; *p; p++) {
        if (*p >= '0' && *p <= '9') str_add_char(&s, *p);
        else if (*p == '+' && !s.n) str_add_char(&s, '+');
        else if (!strchr(" -().,/\t", *p)) return NULL;
    }
    char *digits = s.n ? s.p : NULL;
    return digits && str_starts(digits, "00") ? arena_printf(a, "+%s", digits + 2) : digits;
}

/* China: mobiles have 11 digits and no trunk prefix; a landline has an area code after 0.
   Numbers of 7 or 8 digits lack their area code, 400 and 800 cannot be called from abroad. */
static bool chinese(const char *d)
{
    size_t n = strlen(d);
    if (n == 11 && d[0] == '1') return d[1] >= '3';
    return d[0] == '0' && d[1] >= '1' && n >= 10 && n <= 12;
}

static const char *national(Arena *a, const Plan *plan, const char *d)
{
    size_t n = strlen(d), trunk = strlen(plan->trunk), code = strlen(plan->code);
    if (str_eq(plan->country, "CN")) {
        if (chinese(d)) return arena_printf(a, "+86%s", *d == '0' ? d + 1 : d);
        return n == 13 && str_starts(d, "861") ? arena_printf(a, "+%s", d) : NULL;
    }
    if (trunk && str_starts(d, plan->trunk)) {
        d += trunk;
        n -= trunk;
    } else if (str_starts(d, plan->code) && n >= code + (size_t)plan->min
            && n > (size_t)plan->max) {
        return arena_printf(a, "+%s", d);
    } else if (trunk && !str_eq(plan->code, "1") && n < (size_t)plan->max) {
        return NULL;                       /* no area code */
    }
    if (n < (size_t)plan->min || n > (size_t)plan->max) return NULL;
    return arena_printf(a, "+%s%s", plan->code, d);
}

/* Some digits, and nothing that makes it no phone number; letters may name an extension. */
static bool plausible(const char *text)
{
    int digits = 0;
    for (const char *p = text; *p; p++) digits += *p >= '0' && *p <= '9';
    return digits >= 3 && strlen(text) <= 40 && !strpbrk(text, "<>\"'`=;@");
}

const char *phone_normal(Arena *a, const char *country, const char *text)
{
    const char *folded = str_fold(a, text);
    if (!plausible(folded)) return NULL;
    const char *digits = digits_of(a, folded);
    if (!digits) return folded;
    size_t n = strlen(digits);
    /* +86 (0)10 …: the trunk prefix does not belong there. */
    if (*digits == '+') {
        if (str_starts(digits, "+860")) return arena_printf(a, "+86%s", digits + 4);
        if (str_starts(digits, "+440")) return arena_printf(a, "+44%s", digits + 4);
        return n >= 8 && n <= 16 ? digits : NULL;
    }
    const Plan *plan = plan_find(country);
    const char *full = plan ? national(a, plan, digits) : NULL;
    return full && strlen(full) <= 16 ? full : digits;
}

const char *phone_national(Arena *a, const char *country, const char *stored)
{
    const Plan *plan = plan_find(country);
    if (!plan || *stored != '+' || !str_starts(stored + 1, plan->code)) return stored;
    const char *rest = stored + 1 + strlen(plan->code);
    if (str_eq(country, "CN"))
        return *rest == '1' && strlen(rest) == 11 ? rest : arena_printf(a, "0%s", rest);
    return str_eq(plan->code, "1") ? rest : arena_printf(a, "%s%s", plan->trunk, rest);
}

/*
 * fn_text — functions on text. Positions count characters from 1, as spreadsheets do; what is
 * outside of a text is cut off, not an error.
 */
#include "expr/tree.h"
#include "base/decimal.h"
#include <math.h>
#include <string.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define TEXT_MAX (1 << 20)    /* a result longer than this is blank */

static const char *text(Val v)
{
    return v.kind == VAL_TEXT ? v.t : "";
}

static int whole(Val v, int otherwise)
{
    double d = val_is_number(v) ? trunc(val_number(v)) : otherwise;
    return d < -1e9 ? -1000000000 : d > 1e9 ? 1000000000 : (int)d;
}

static Val run_left(Call *c, const Val *x, int n)
{
    return val_text(utf8_sub(c->a, text(x[0]), 0, n > 1 ? whole(x[1], 0) : 1));
}

static Val run_right(Call *c, const Val *x, int n)
{
    int all = utf8_count(text(x[0])), k = n > 1 ? whole(x[1], 0) : 1;
    if (k <= 0) return val_blank();
    return val_text(utf8_sub(c->a, text(x[0]), k >= all ? 0 : all - k, k));
}

static Val run_mid(Call *c, const Val *x, int n)
{
    (void)n;
    int from = whole(x[1], 0), k = whole(x[2], 0);
    if (from < 1 || k <= 0) return val_blank();
    return val_text(utf8_sub(c->a, text(x[0]), from - 1, k));
}

static Val run_len(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_int(utf8_count(text(x[0])));
}

static Val run_lower(Call *c, const Val *x, int n)
{
    (void)n;
    return val_text(utf8_lower(c->a, text(x[0])));
}

static Val run_upper(Call *c, const Val *x, int n)
{
    (void)n;
    return val_text(utf8_upper(c->a, text(x[0])));
}

static Val run_trim(Call *c, const Val *x, int n)
{
    (void)n;
    return val_text(str_trim(c->a, text(x[0])));
}

static Val run_replace(Call *c, const Val *x, int n)
{
    (void)n;
    int from = whole(x[1], 0), k = whole(x[2], 0), all = utf8_count(text(x[0]));
    if (from < 1 || k < 0) return val_blank();
    if (from > all) from = all + 1;
    int rest = from - 1 + (k > all ? all : k);
    return val_text(arena_printf(c->a, "%s%s%s", utf8_sub(c->a, text(x[0]), 0, from - 1),
        text(x[3]), utf8_sub(c->a, text(x[0]), rest, all)));
}

static Val run_substitute(Call *c, const Val *x, int n)
{
    (void)n;
    const char *t = text(x[0]), *old = text(x[1]), *hit;
    if (!*old) return x[0];
    Str s = str_begin(c->a);
    while ((hit = strstr(t, old))) {
        str_add_n(&s, t, (size_t)(hit - t));
        str_add(&s, text(x[2]));
        if (s.n > TEXT_MAX) return val_blank();
        t = hit + strlen(old);
    }
    str_add(&s, t);
    return val_text(arena_dup(c->a, str_show(&s)));
}

/* Pieces are trimmed of nothing; empty ones are left out, since a list holds no blanks. */
static Val run_split(Call *c, const Val *x, int n)
{
    (void)n;
    const char *t = text(x[0]), *by = text(x[1]), *hit;
    Val *item = NULL;
    int k = 0, cap = 0;
    if (!*by) return *t ? val_list(memcpy(ARENA_NEW(c->a, Val), x, sizeof *x), 1) : val_blank();
    for (; ; t = hit + strlen(by)) {
        hit = strstr(t, by);
        size_t len = hit ? (size_t)(hit - t) : strlen(t);
        if (len) ARENA_PUSH(c->a, item, k, cap, val_text(arena_dup_n(c->a, t, len)));
        if (!hit) break;
    }
    return val_list(item, k);
}

static Val run_join(Call *c, const Val *x, int n)
{
    Str s = str_begin(c->a);
    if (x[0].kind != VAL_LIST) return val_blank();
    for (int i = 0, any = 0; i < x[0].n; i++) {
        if (val_is_blank(x[0].list[i])) continue;
        if (any++) str_add(&s, n > 1 ? text(x[1]) : ", ");
        str_add(&s, value_text(c, x[0].list[i]));
    }
    return val_text(arena_dup(c->a, str_show(&s)));
}

static Val run_text(Call *c, const Val *x, int n)
{
    if (n > 1 && !val_is_blank(x[1])) return text_format(c, x[0], text(x[1]));
    return val_text(value_text(c, x[0]));
}

/* Digits with an optional sign, point, exponent; thousands may be parted by commas. */
static Val run_value(Call *c, const Val *x, int n)
{
    (void)n;
    if (val_is_number(x[0])) return val_real(val_number(x[0]));
    char *t = str_trim(c->a, text(x[0])), *end, *to = t;
    for (char *p = t; *p; p++)
        if (*p != ',') *to++ = *p;
    *to = '\0';
    if (!*t || strspn(t, "0123456789+-.eE") != strlen(t)) return val_blank();
    double d = strtod(t, &end);
    return *end ? val_blank() : val_real(d);
}

static Val run_starts(Call *c, const Val *x, int n)
{
    (void)n;
    const char *start = str_fold(c->a, text(x[1]));
    return val_bool(*start && str_starts(str_fold(c->a, text(x[0])), start));
}

/* Folding may change the length, so each place of the original is tried by itself. */
static Val run_search(Call *c, const Val *x, int n)
{
    (void)n;
    const char *what = str_fold(c->a, text(x[0])), *t = text(x[1]);
    int window = utf8_count(what) * 3 + 8, at = 1;
    if (!*what || strlen(t) > TEXT_MAX) return val_blank();
    while (*t) {
        const char *here = t;
        uint32_t r = utf8_next(&t);
        ArenaMark mark = arena_mark(c->a);
        bool hit = r > ' ' && str_starts(str_fold(c->a, utf8_sub(c->a, here, 0, window)), what);
        arena_rewind(c->a, mark);
        if (hit) return val_int(at);
        at++;
    }
    return val_blank();
}

static pcre2_code *regex_compile(const char *pattern, int *err)
{
    PCRE2_SIZE at;
    return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
        PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY, err, &at, NULL);
}

bool regex_check(Arena *a, const char *pattern, const char **why)
{
    int err = 0;
    char text_[128] = "";
    pcre2_code *re = regex_compile(pattern, &err);
    if (re) {
        pcre2_code_free(re);
        return true;
    }
    pcre2_get_error_message(err, (PCRE2_UCHAR *)text_, sizeof text_);
    *why = arena_dup(a, text_);
    return false;
}

/* Bounded work and stack: a pattern that backtracks without end does not match. */
static Val run_regex(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    int err, found = -1;
    if (val_is_blank(x[1])) return val_bool(false);
    pcre2_code *re = regex_compile(text(x[1]), &err);
    if (!re) return val_bool(false);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (data && limits) {
        pcre2_set_match_limit(limits, 100000);
        pcre2_set_depth_limit(limits, 1000);
        pcre2_set_heap_limit(limits, 4096);
        found = pcre2_match(re, (PCRE2_SPTR)text(x[0]), PCRE2_ZERO_TERMINATED, 0, 0, data, limits);
    }
    pcre2_match_context_free(limits);
    pcre2_match_data_free(data);
    pcre2_code_free(re);
    return val_bool(found >= 0);
}

static Val run_contains(Call *c, const Val *x, int n)
{
    (void)n;
    if (val_is_blank(x[0]) || val_is_blank(x[1])) return val_bool(false);
    return val_bool(text_has(c->a, x[0].t, x[1].t));
}

static Val run_concat(Call *c, const Val *x, int n)
{
    Str s = str_begin(c->a);
    for (int i = 0; i < n; i++) str_add(&s, value_text(c, x[i]));
    return val_text(arena_dup(c->a, str_show(&s)));
}

static Val run_rmb(Call *c, const Val *x, int n)
{
    (void)n;
    return val_is_blank(x[0]) ? x[0] : val_text(rmb_upper(c->a, val_number(x[0])));
}

#define TEXT(name, alias, args, result, ex, gives, help, run, bind, flags) \
    { { name, alias, "text", args, result, ex, gives, help }, run, bind, flags }
const Func fn_text[] = {
    TEXT("concat", "CONCATENATE", "any, any...", "text", "concat('a', 1, blank)", "a1",
        "The texts one after the other", run_concat, bind_concat, FN_PLACE),
    TEXT("left", NULL, "text, number?", "text", "left('Tenon', 2)", "Te",
        "The first characters", run_left, NULL, 0),
    TEXT("right", NULL, "text, number?", "text", "right('Tenon', 2)", "on",
        "The last characters", run_right, NULL, 0),
    TEXT("mid", NULL, "text, number, number", "text", "mid('Tenon', 2, 3)", "eno",
        "Characters from a place on", run_mid, NULL, 0),
    TEXT("len", NULL, "text", "number", "len('榫卯')", "2",
        "How many characters", run_len, NULL, 0),
    TEXT("lower", NULL, "text", "text", "lower('ÄB')", "äb",
        "In small letters", run_lower, NULL, 0),
    TEXT("upper", NULL, "text", "text", "upper('äb')", "ÄB",
        "In capital letters", run_upper, NULL, 0),
    TEXT("trim", NULL, "text", "text", "trim('  a b ')", "a b",
        "Without white space at both ends", run_trim, NULL, 0),
    TEXT("replace", NULL, "text, number, number, text", "text", "replace('abcd', 2, 2, 'X')",
        "aXd", "Puts a text in the place of characters", run_replace, NULL, 0),
    TEXT("substitute", NULL, "text, text, text", "text", "substitute('a-b-c', '-', '/')",
        "a/b/c", "Puts a text in the place of another", run_substitute, NULL, 0),
    TEXT("split", NULL, "text, text", "list of text", "split('a,b', ',')", "a, b",
        "The pieces between separators", run_split, NULL, 0),
    TEXT("join", "TEXTJOIN", "list, text?", "text", "join(['a', 'b'], '-')", "a-b",
        "The items of a list as one text", run_join, NULL, FN_PLACE),
    TEXT("text", NULL, "any, text?", "text", "text(1234.5, '#,##0.00')", "1,234.50",
        "As text; the format is made of 0 # , . and the percent sign, or of yyyy mm dd hh mm ss", run_text, NULL,
        FN_PLACE),
    TEXT("value", NULL, "any", "number", "value('1,234.5')", "1234.5",
        "The number a text shows, or blank", run_value, NULL, 0),
    TEXT("starts_with", NULL, "text, text", "boolean", "starts_with('Tenon', 'te')", "true",
        "Does the text start so? Upper and lower case are one", run_starts, NULL, 0),
    TEXT("contains", NULL, "any, any", "boolean", "contains('Tenon', 'NO')", "true",
        "Is the text in the text, or the item in the list?", run_contains, bind_contains, 0),
    TEXT("search", NULL, "text, text", "number", "search('no', 'Tenon')", "3",
        "Where the first text stands in the second, or blank", run_search, NULL, 0),
    TEXT("regex_match", NULL, "text, text", "boolean", "regex_match('AB-12', '^[A-Z]+-\\d+$')",
        "true", "Does the pattern match? Not in permissions and filters", run_regex,
        bind_regex, FN_REGEX),
    TEXT("rmb_upper", "RMBCAP", "number", "text", "rmb_upper(1234.5)", "壹仟贰佰叁拾肆元伍角整",
        "The amount in Chinese capital figures", run_rmb, NULL, 0),
};
const int fn_text_n = LEN(fn_text);

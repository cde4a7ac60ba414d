/*
 * type_number.c — number, money, percent, boolean. Numbers are exact: integers times
 * 10^decimals; more digits than the field has are rounded.
 */
#include "base/decimal.h"
#include "base/i18n.h"
#include "def/types.h"

#include <string.h>

static bool bound(Cx *cx, Field *f, const Node *n, const char *key, Val *out)
{
    const Node *at = node_find(n, key);
    int64_t scaled;
    if (!at) return false;
    const char *text = node_text(at);
    if (!text || !decimal_parse(text, f->decimals, &scaled))
        return cx_issue(cx, node_place(at), "wrong_kind", "`%s` is a number", key);
    *out = val_dec(scaled, f->decimals);
    return true;
}

bool number_attrs(Cx *cx, Field *f, const Node *n, int decimals)
{
    int64_t digits = decimals;
    const Node *at = node_find(n, "decimals");
    f->decimals = decimals;
    if (node_read_int(cx, n, "decimals", &digits)) {
        if (digits < 0 || digits > DECIMAL_MAX_SCALE)
            cx_issue(cx, node_place(at), "out_of_range", "`decimals` is 0 to %d",
                DECIMAL_MAX_SCALE);
        else f->decimals = (int)digits;
    }
    node_read_text(cx, n, "unit", &f->unit);
    node_read_text(cx, n, "currency", &f->currency);
    f->has_min = bound(cx, f, n, "min", &f->min);
    f->has_max = bound(cx, f, n, "max", &f->max);
    if (f->has_min && f->has_max && val_cmp(f->min, f->max) > 0)
        return cx_issue(cx, node_place(node_find(n, "min")), "min_over_max",
            "`min` is more than `max`");
    return true;
}

static bool number_load(Cx *cx, Field *f, const Node *n)
{
    return number_attrs(cx, f, n, 0);
}

static bool money_load(Cx *cx, Field *f, const Node *n)
{
    bool fine = number_attrs(cx, f, n, 2);
    const char *c = f->currency;
    if (c && (strlen(c) != 3 || strspn(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3))
        return cx_issue(cx, node_place(node_find(n, "currency")), "bad_currency",
            "`%s` is no currency code such as CNY or USD", c);
    return fine;
}

static bool percent_load(Cx *cx, Field *f, const Node *n)
{
    return number_attrs(cx, f, n, 2);
}

/* Commas that part thousands go; any other comma stays and is refused. */
static const char *without_commas(Arena *a, const char *text)
{
    if (!strchr(text, ',')) return text;
    const char *p = text + strspn(text, "+-");
    size_t first = strspn(p, "0123456789");
    if (!first || first > 3 || p[first] != ',') return text;
    for (const char *q = p + first; *q == ','; q += 4)
        if (strspn(q + 1, "0123456789") != 3) return text;
    Str s = str_begin(a);
    for (p = text; *p; p++)
        if (*p != ',') str_add_char(&s, *p);
    return str_show(&s);
}

/* The sign of a currency in front, where it is one of those people type for any, or the field's. */
static const char *without_sign(const Field *f, const char *s)
{
    const char *const any[] = { "¥", "$", money_sign(f->currency), f->currency };
    for (int i = 0; i < LEN(any); i++)
        if (any[i] && !strncasecmp(s, any[i], strlen(any[i]))) return s + strlen(any[i]);
    return s;
}

/* Full-width digits, thousands, a sign of percent or currency, as people type them. */
static const char *as_typed(Arena *a, const Field *f, const char *text)
{
    const char *s = str_fold(a, text);
    size_t n = strlen(s);
    if (f->type == &type_percent && n && s[n - 1] == '%') s = arena_dup_n(a, s, n - 1);
    if (f->type == &type_money) {
        bool minus = *s == '-';
        const char *rest = without_sign(f, s + minus);
        s = minus ? arena_printf(a, "-%s", rest) : rest;
        if (str_ends(s, "元")) s = arena_dup_n(a, s, strlen(s) - strlen("元"));
    }
    return without_commas(a, str_trim(a, s));
}

bool number_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    (void)zone;
    int64_t scaled;
    *out = val_blank();
    if (node_blank(in)) return true;
    const char *text = in->kind == NODE_BOOL ? NULL : node_text(in);
    if (text && in->kind != NODE_NUMBER) text = as_typed(cx->a, f, text);
    if (text && !*text) return true;
    if (!text || !decimal_parse(text, f->decimals, &scaled))
        return cx_issue(cx, at_field(f->key), "no_number", "is no number, or too large");
    *out = val_dec(scaled, f->decimals);
    return true;
}

void number_check(Cx *cx, const Field *f, Val v)
{
    if (f->has_min && val_cmp(v, f->min) < 0)
        cx_issue(cx, at_field(f->key), "too_small", "must be at least %s",
            val_show(cx->a, f->min));
    if (f->has_max && val_cmp(v, f->max) > 0)
        cx_issue(cx, at_field(f->key), "too_large", "must be at most %s",
            val_show(cx->a, f->max));
}

/* Digits in groups of three; English and Chinese write them alike. */
static const char *grouped(Arena *a, const Field *f, Val v, bool trim)
{
    char text[64];
    int64_t scaled;
    if (!val_scaled(v, f->decimals, &scaled)) return "";
    int n = decimal_show(text, sizeof text, scaled < 0 ? -scaled : scaled, f->decimals);
    char *point = strchr(text, '.');
    if (trim && point) {
        while (text[n - 1] == '0') text[--n] = 0;
        if (text[n - 1] == '.') text[--n] = 0;
    }
    int whole = (int)strcspn(text, ".");
    Str s = str_begin(a);
    if (scaled < 0) str_add_char(&s, '-');
    for (int i = 0; i < n; i++) {
        if (i && i < whole && (whole - i) % 3 == 0) str_add_char(&s, ',');
        str_add_char(&s, text[i]);
    }
    return str_show(&s);
}

static void number_show(const Field *f, Val v, const Show *as, Str *out)
{
    (void)as;
    str_add(out, grouped(out->a, f, v, false));
    if (f->unit) str_printf(out, " %s", f->unit);
}

static const struct { const char *code, *sign; } signs[] = {
    { "CNY", "¥" }, { "USD", "$" }, { "EUR", "€" }, { "GBP", "£" }, { "JPY", "JP¥" },
    { "HKD", "HK$" }, { "TWD", "NT$" }, { "KRW", "₩" }, { "INR", "₹" }, { "AUD", "A$" },
    { "CAD", "CA$" }, { "SGD", "S$" },
};

const char *money_sign(const char *code)
{
    for (int i = 0; i < LEN(signs); i++)
        if (str_eq(code, signs[i].code)) return signs[i].sign;
    return NULL;
}

static void money_show(const Field *f, Val v, const Show *as, Str *out)
{
    const char *code = f->currency ? f->currency : as->currency;
    const char *text = grouped(out->a, f, v, false), *sign = money_sign(code);
    if (*text == '-') str_add_char(out, *text++);
    if (sign) str_add(out, sign);
    else if (code) str_printf(out, "%s ", code);
    str_add(out, text);
}

static void percent_show(const Field *f, Val v, const Show *as, Str *out)
{
    (void)as;
    str_printf(out, "%s%%", grouped(out->a, f, v, true));
}

void number_json(const Field *f, Val v, Json *out)
{
    int64_t scaled;
    if (val_scaled(v, f->decimals, &scaled)) json_val(out, val_dec(scaled, f->decimals));
    else json_null(out);
}

/* A boolean is never blank. What a box that is not ticked sends is false. */
static bool boolean_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    static const char *const yes[] = { "true", "1", "on", "yes", "y", "是", "√", "✓" };
    static const char *const no[] = { "false", "0", "off", "no", "n", "否", "×", "✗" };
    (void)zone;
    *out = val_bool(false);
    if (node_blank(in)) return true;
    const char *text = node_text(in);
    if (!text)
        return cx_issue(cx, at_field(f->key), "no_boolean", "is neither true nor false");
    if (in->kind != NODE_BOOL) text = str_fold(cx->a, text);
    if (str_in(text, no, LEN(no))) return true;
    if (!str_in(text, yes, LEN(yes)))
        return cx_issue(cx, at_field(f->key), "no_boolean", "is neither true nor false");
    *out = val_bool(true);
    return true;
}

static void boolean_show(const Field *f, Val v, const Show *as, Str *out)
{
    (void)f;
    str_add(out, i18n_text(as->lang, v.i ? "yes" : "no"));
}

static void boolean_json(const Field *f, Val v, Json *out)
{
    (void)f;
    json_bool(out, v.i != 0);
}

static const FieldAttr number_own[] = {
    { "decimals", ATTR_INT, "digits after the point", "decimals: 2",
      .most = DECIMAL_MAX_SCALE, .flags = ATTR_NUMBERED },
    { "min", ATTR_NUMBER, "least value", "min: 0" },
    { "max", ATTR_NUMBER, "greatest value", "max: 100" },
    { "unit", ATTR_TEXT, "shown after the number", "unit: kg" },
    { 0 },
};

static const FieldAttr money_own[] = {
    { "decimals", ATTR_INT, "digits after the point", "decimals: 2",
      .most = DECIMAL_MAX_SCALE, .flags = ATTR_NUMBERED },
    { "min", ATTR_NUMBER, "least value", "min: 0" },
    { "max", ATTR_NUMBER, "greatest value", "max: 100000" },
    { "unit", ATTR_TEXT, "what one pays it for", "unit: per month" },
    { "currency", ATTR_TEXT, "another currency than the app's", "currency: USD",
      .pattern = "^[A-Z]{3}$" },
    { 0 },
};

const FieldType type_number = {
    .name = "number", .label = "Number",
    .help = "an exact number; whole unless `decimals` says otherwise",
    .store = STORE_NUMBER, .type = T_NUMBER, .attr = number_own, .load = number_load,
    .read = number_read, .check = number_check, .show = number_show, .json = number_json,
    .align = "end",
};

const FieldType type_money = {
    .name = "money", .label = "Money",
    .help = "an exact amount with two decimals", .store = STORE_NUMBER,
    .type = T_NUMBER, .attr = money_own, .load = money_load, .read = number_read,
    .check = number_check, .show = money_show, .json = number_json, .align = "end",
};

const FieldType type_percent = {
    .name = "percent", .label = "Percentage",
    .help = "a percentage: 30 is thirty per cent", .store = STORE_NUMBER,
    .type = T_NUMBER, .attr = number_own, .load = percent_load, .read = number_read,
    .check = number_check, .show = percent_show, .json = number_json, .align = "end",
};

const FieldType type_boolean = {
    .name = "boolean", .label = "Yes or no",
    .help = "yes or no; never blank", .store = STORE_BOOL, .type = T_BOOL,
    .read = boolean_read, .show = boolean_show, .json = boolean_json,
};

/*
 * type_text.c — text, longtext, email, phone, url: normalised on the way in, so that equal
 * things are equal texts.
 */
#include "def/pattern.h"
#include "def/types.h"

#include <ctype.h>
#include <string.h>

#define MAX_BYTES (1024 * 1024)

static bool text_load(Cx *cx, Field *f, const Node *n)
{
    int64_t min = 0, max = 0;
    node_read_text(cx, n, "pattern", &f->pattern);
    f->has_min = node_find(n, "min") && node_read_int(cx, n, "min", &min);
    f->has_max = node_find(n, "max") && node_read_int(cx, n, "max", &max);
    f->min = val_int(min);
    f->max = val_int(max);
    if (f->has_min && min < 0)
        cx_issue(cx, node_place(node_find(n, "min")), "out_of_range",
            "`min` cannot be below 0");
    if (f->has_max && max < 1)
        cx_issue(cx, node_place(node_find(n, "max")), "out_of_range", "`max` is at least 1");
    else if (f->has_min && f->has_max && min > max)
        cx_issue(cx, node_place(node_find(n, "min")), "min_over_max",
            "`min` is more than `max`");
    const char *why = NULL;
    if (f->pattern && !(f->regex = pattern_load(cx, f->pattern, &why)))
        cx_issue(cx, node_place(node_find(n, "pattern")), "bad_pattern",
            "`pattern` is no regular expression: %s", why);
    return true;
}

bool text_input(Cx *cx, const Field *f, const Node *in, const char **out)
{
    *out = NULL;
    if (node_blank(in)) return true;
    const char *text = node_text(in);
    if (!text || in->kind == NODE_BOOL)
        return cx_issue(cx, at_field(f->key), "wrong_kind", "a text is expected");
    size_t n = strlen(text);
    if (n > MAX_BYTES) return cx_issue(cx, at_field(f->key), "too_long", "is too long");
    if (!utf8_valid(text, n))
        return cx_issue(cx, at_field(f->key), "not_utf8", "is not valid UTF-8");
    const char *trimmed = str_trim(cx->a, text);
    *out = *trimmed ? trimmed : NULL;
    return true;
}

static bool has_control(const char *text, bool lines)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == 0x7f || (c < 0x20 && c != '\t' && !(lines && (c == '\n' || c == '\r'))))
            return true;
    }
    return false;
}

static bool text_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    (void)zone;
    const char *text;
    if (!text_input(cx, f, in, &text)) return false;
    bool lines = f->type == &type_longtext || f->type == &type_markdown;
    if (text && !lines && strpbrk(text, "\r\n"))
        return cx_issue(cx, at_field(f->key), "one_line", "must be one line");
    if (text && has_control(text, lines))
        return cx_issue(cx, at_field(f->key), "control_character",
            "holds a character that cannot be shown");
    *out = val_text(text);
    return true;
}

/* Browsers send CR LF; stored is LF, so that lengths and comparisons agree everywhere. */
static bool longtext_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    if (!text_read(cx, f, in, zone, out)) return false;
    if (val_is_blank(*out) || !strchr(out->t, '\r')) return true;
    Str s = str_begin(cx->a);
    for (const char *p = out->t; *p; p++) {
        if (*p != '\r') str_add_char(&s, *p);
        else if (p[1] != '\n') str_add_char(&s, '\n');
    }
    *out = val_text(str_show(&s));
    return true;
}

static void text_check(Cx *cx, const Field *f, Val v)
{
    int n = utf8_count(v.t);
    if (f->has_min && n < f->min.i)
        cx_issue(cx, at_field(f->key), "too_short", "must have at least %d characters",
            (int)f->min.i);
    if (f->has_max && n > f->max.i)
        cx_issue(cx, at_field(f->key), "too_long", "must have at most %d characters",
            (int)f->max.i);
    if (f->regex && !pattern_match(cx, f->regex, v.t))
        cx_issue(cx, at_field(f->key), "pattern", "does not have the expected form");
}

void text_show(const Field *f, Val v, const Show *as, Str *out)
{
    (void)f;
    (void)as;
    str_add(out, v.t);
}

void text_json(const Field *f, Val v, Json *out)
{
    (void)f;
    json_text(out, v.t);
}

static const char *email_normal(Arena *a, const char *text)
{
    char *s = str_fold(a, text), *typed = str_trim(a, text);
    const char *at = strrchr(typed, '@');
    if (!at) return s;       /* full-width or none: the folded form is all there is */
    return arena_printf(a, "%.*s@%s", (int)(at - typed), typed, utf8_lower(a, at + 1));
}

static bool is_domain(const char *d)
{
    size_t n = strlen(d);
    if (!n || n > 253 || !strchr(d, '.') || strstr(d, "..")) return false;
    if (*d == '.' || *d == '-' || d[n - 1] == '.' || d[n - 1] == '-') return false;
    for (; *d; d++)
        if (!isalnum((unsigned char)*d) && !strchr("-.", *d) && (unsigned char)*d < 0x80)
            return false;
    return true;
}

static bool is_email(const char *text)
{
    const char *at = strrchr(text, '@');
    if (!at || at == text || at - text > 64 || !is_domain(at + 1)) return false;
    for (const char *p = text; p < at; p++)
        if ((unsigned char)*p <= ' ' || strchr("@,;:<>()[]\\\"", *p)) return false;
    return text[0] != '.' && at[-1] != '.' && !strstr(text, "..");
}

static bool email_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    if (!text_read(cx, f, in, zone, out)) return false;
    if (val_is_blank(*out)) return true;
    const char *normal = email_normal(cx->a, out->t);
    if (!is_email(normal))
        return cx_issue(cx, at_field(f->key), "no_email", "is no e-mail address");
    *out = val_text(normal);
    return true;
}

static const char *country_of(const Field *f)
{
    return f->form && f->form->app ? f->form->app->country : NULL;
}

/* Kept is the normal form; as typed goes along for showing. */
static bool phone_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    if (!text_read(cx, f, in, zone, out)) return false;
    if (val_is_blank(*out)) return true;
    const char *normal = phone_normal(cx->a, country_of(f), out->t);
    if (!normal)
        return cx_issue(cx, at_field(f->key), "no_phone", "is no phone number");
    const char *typed = out->t;
    *out = val_text(normal);
    out->p = str_eq(typed, normal) ? NULL : typed;
    return true;
}

static void phone_show(const Field *f, Val v, const Show *as, Str *out)
{
    (void)as;
    str_add(out, v.p ? v.p : phone_national(out->a, country_of(f), v.t));
}

static bool has_scheme(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "0123456789+.-");
    return n && text[n] == ':' && !isdigit((unsigned char)text[n + 1]);
}

/* The scheme is lower case; one that is missing is https. */
static const char *url_normal(Arena *a, const char *text)
{
    const char *s = str_trim(a, text);
    if (!has_scheme(s)) return arena_printf(a, "https://%s", s);
    const char *colon = strchr(s, ':');
    char *scheme = arena_dup_n(a, s, (size_t)(colon - s));
    return arena_printf(a, "%s%s", utf8_lower(a, scheme), colon);
}

static bool is_url(const char *url)
{
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || strchr("<>\"`\\", *p)) return false;
    if (str_starts(url, "mailto:")) return strchr(url, '@') && url[7];
    if (str_starts(url, "tel:")) return strlen(url) > 6;
    const char *host = str_starts(url, "http://") ? url + 7
        : str_starts(url, "https://") ? url + 8 : NULL;
    if (!host || !*host || strchr("/?#:@", *host)) return false;
    return strcspn(host, "/?#") <= 300;
}

static bool url_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    if (!text_read(cx, f, in, zone, out)) return false;
    if (val_is_blank(*out)) return true;
    const char *url = url_normal(cx->a, out->t);
    if (!is_url(url))
        return cx_issue(cx, at_field(f->key), "no_url",
            "is no address that starts with http, https, mailto or tel");
    *out = val_text(url);
    return true;
}

const char *field_normal(Arena *a, const Field *f, const char *text)
{
    const FieldType *type = f->value;
    if (!text || !*text) return text;
    if (type == &type_email) return email_normal(a, text);
    if (type == &type_url) return url_normal(a, text);
    if (type != &type_phone) return text;
    const char *phone = phone_normal(a, country_of(f), text);
    return phone ? phone : text;
}

const char *phone_plain(Arena *a, const Field *f, const char *text)
{
    return phone_national(a, country_of(f), field_normal(a, f, text));
}

static const FieldAttr text_attrs[] = {
    { "min", ATTR_INT, "least number of characters", "min: 2",
      .most = INT32_MAX, .flags = ATTR_NUMBERED },
    { "max", ATTR_INT, "greatest number of characters", "max: 120",
      .most = INT32_MAX, .flags = ATTR_NUMBERED },
    { "pattern", ATTR_TEXT, "a regular expression that the whole text must match",
      "pattern: \"[A-Z]{2}[0-9]+\"" },
    { 0 },
};

const FieldType type_text = {
    .name = "text", .label = "Line of text",
    .help = "one line of text", .store = STORE_TEXT, .type = T_TEXT,
    .attr = text_attrs, .load = text_load, .read = text_read, .check = text_check,
    .show = text_show, .json = text_json,
};

const FieldType type_longtext = {
    .name = "longtext", .label = "Long text",
    .help = "text of several lines", .store = STORE_TEXT, .type = T_TEXT,
    .attr = text_attrs, .load = text_load, .read = longtext_read, .check = text_check,
    .show = text_show, .json = text_json,
};

const FieldType type_markdown = {
    .name = "markdown", .label = "Formatted text",
    .help = "text with headings, lists, links and tables, written as Markdown",
    .store = STORE_TEXT, .type = T_TEXT, .attr = text_attrs, .load = text_load,
    .read = longtext_read, .check = text_check, .show = text_show, .json = text_json,
};

const FieldType type_email = {
    .name = "email", .label = "E-mail address",
    .help = "an e-mail address; its domain in small letters",
    .store = STORE_TEXT, .type = T_TEXT, .attr = text_attrs, .load = text_load,
    .read = email_read, .check = text_check, .show = text_show, .json = text_json,
};

const FieldType type_phone = {
    .name = "phone", .label = "Phone number",
    .help = "a phone number, kept with its country code where it can be",
    .store = STORE_TEXT, .type = T_TEXT, .attr = text_attrs, .load = text_load,
    .read = phone_read, .check = text_check, .show = phone_show, .json = text_json,
};

const FieldType type_url = {
    .name = "url", .label = "Web address",
    .help = "an address on the web: http, https, mailto or tel",
    .store = STORE_TEXT, .type = T_TEXT, .attr = text_attrs, .load = text_load,
    .read = url_read, .check = text_check, .show = text_show, .json = text_json,
};

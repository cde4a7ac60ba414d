/*
 * cx.c — the first failure is kept, issues add up, texts are made in the reader's language.
 */
#include "base/cx.h"
#include "base/i18n.h"

#include <string.h>

static const struct { int status; const char *code; } errors[E_COUNT] = {
    [E_NONE] = { 200, "ok" },
    [E_INPUT] = { 422, "invalid" },
    [E_SYNTAX] = { 400, "bad_request" },
    [E_LOGIN] = { 401, "login_required" },
    [E_DENIED] = { 403, "denied" },
    [E_MISSING] = { 404, "not_found" },
    [E_CONFLICT] = { 409, "conflict" },
    [E_STALE] = { 412, "stale" },
    [E_SIZE] = { 413, "too_large" },
    [E_LIMIT] = { 429, "too_many" },
    [E_BUSY] = { 503, "busy" },
    [E_MOVED] = { 503, "moved" },
    [E_DEF] = { 422, "definition" },
    [E_RULE] = { 500, "rule_failed" },
    [E_DB] = { 500, "database" },
    [E_SYS] = { 500, "system" },
};

int err_status(Err err)
{
    BUG_IF(err < E_NONE || err >= E_COUNT);
    return errors[err].status;
}

const char *err_code(Err err)
{
    BUG_IF(err < E_NONE || err >= E_COUNT);
    return errors[err].code;
}

Cx cx_begin(Arena *a, const char *lang)
{
    return (Cx){ .a = a, .lang = lang };
}

void cx_clear(Cx *cx)
{
    *cx = cx_begin(cx->a, cx->lang);
}

bool cx_fail_at(Cx *cx, Err err, const char *file, int line, const char *fmt, ...)
{
    if (cx->err) return false;
    va_list args;
    va_start(args, fmt);
    cx->err = err;
    cx->text = arena_vprintf(cx->a, i18n_text(cx->lang, fmt), args);
    cx->from = arena_printf(cx->a, "%s:%d", file, line);
    va_end(args);
    return false;
}

void cx_detail(Cx *cx, const char *fmt, ...)
{
    if (cx->detail) return;
    va_list args;
    va_start(args, fmt);
    cx->detail = arena_vprintf(cx->a, fmt, args);
    va_end(args);
}

Place at_field(const char *field)
{
    return (Place){ .field = field };
}

Place at_line(const char *file, int line, int col)
{
    return (Place){ .file = file, .line = line, .col = col };
}

static void add_issue(Cx *cx, Issue issue)
{
    issue.at.field = arena_dup(cx->a, issue.at.field);
    issue.at.file = arena_dup(cx->a, issue.at.file);
    ARENA_PUSH(cx->a, cx->issue, cx->nissue, cx->issue_cap, issue);
}

bool cx_issue(Cx *cx, Place at, const char *code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *text = arena_vprintf(cx->a, i18n_text(cx->lang, fmt), args);
    va_end(args);
    add_issue(cx, (Issue){ .at = at, .code = code, .text = text });
    return false;
}

/* The line (without its end) and a caret below column col. Tabs stay tabs and wide
   characters count two, so that the caret stands right in a terminal. */
static const char *with_caret(Arena *a, const char *source, int col)
{
    size_t n = strcspn(source, "\r\n");
    Str s = str_begin(a);
    str_add_n(&s, source, n);
    str_add_char(&s, '\n');
    const char *p = source;
    for (int i = 1; i < col && p < source + n; i++) {
        uint32_t r = utf8_next(&p);
        bool wide = (r >= 0x1100 && r <= 0x115F) || (r >= 0x2E80 && r <= 0xA4CF)
            || (r >= 0xAC00 && r <= 0xD7A3) || (r >= 0xF900 && r <= 0xFAFF)
            || (r >= 0xFE30 && r <= 0xFE6F) || (r >= 0xFF00 && r <= 0xFF60)
            || (r >= 0xFFE0 && r <= 0xFFE6) || (r >= 0x20000 && r <= 0x3FFFD);
        str_add(&s, r == '\t' ? "\t" : wide ? "  " : " ");
    }
    str_add_char(&s, '^');
    return str_show(&s);
}

bool cx_issue_source(Cx *cx, Place at, const char *source, const char *code, const char *fmt,
    ...)
{
    va_list args;
    va_start(args, fmt);
    const char *text = arena_vprintf(cx->a, i18n_text(cx->lang, fmt), args);
    va_end(args);
    const char *shown = source ? with_caret(cx->a, source, at.col) : NULL;
    add_issue(cx, (Issue){ .at = at, .code = code, .text = text, .source = shown });
    return false;
}

bool cx_check_as(Cx *cx, Err err)
{
    if (cx->err) return false;
    if (!cx->nissue) return true;
    return cx_fail(cx, err, "please correct what is marked");
}

bool cx_check(Cx *cx)
{
    return cx_check_as(cx, E_INPUT);
}

void cx_copy(Cx *to, const Cx *from)
{
    if (from->err && !to->err) {
        to->err = from->err;
        to->text = arena_dup(to->a, from->text);
        to->detail = arena_dup(to->a, from->detail);
        to->from = arena_dup(to->a, from->from);
    }
    for (int i = 0; i < from->nissue; i++) {
        Issue issue = from->issue[i];
        issue.code = arena_dup(to->a, issue.code);
        issue.text = arena_dup(to->a, issue.text);
        issue.source = arena_dup(to->a, issue.source);
        add_issue(to, issue);
    }
}

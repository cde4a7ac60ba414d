/*
 * issue — where in the file an expression is wrong.
 *
 * The expression is a scalar of a document; its bytes are counted in characters from where the
 * scalar starts. A text typed by a person has no file: line 1, and columns of the text itself.
 */
#include "expr/tree.h"
#include "base/i18n.h"
#include <stdio.h>
#include <string.h>

static int chars(const char *from, const char *to)
{
    int n = 0;
    for (; from < to; from++)
        if (((unsigned char)*from & 0xC0) != 0x80) n++;
    return n;
}

/* The value may be a piece of the scalar ("=…", "{=…}"): then it points into its text. */
static const char *scalar_text(const Source *s)
{
    const char *whole = s->at ? s->at->text : NULL;
    if (!whole || s->text < whole || s->text > whole + strlen(whole)) return s->text;
    return whole;
}

void *source_issue(Source *s, int pos, const char *code, const char *fmt, ...)
{
    if (s->failed) return NULL;
    s->failed = true;
    if (s->quiet) return NULL;
    va_list args;
    va_start(args, fmt);
    char *text = arena_vprintf(s->cx->a, i18n_text(s->cx->lang, fmt), args);
    va_end(args);
    const char *whole = scalar_text(s), *at = s->text + pos, *line = whole, *end;
    int row = 0;
    for (const char *c = whole; c < at; c++)
        if (*c == '\n') { row++; line = c + 1; }
    end = strchr(line, '\n');
    size_t n = end ? (size_t)(end - line) : strlen(line);
    int col = chars(line, at) + 1, indent = 0;
    Place place = { .file = NULL, .line = 1 + row, .col = col };
    if (s->at) {
        bool block = strchr(whole, '\n') != NULL;
        indent = row || block ? 0 : s->at->col - 1 + (s->at->plain || !s->at->text ? 0 : 1);
        if (indent < 0) indent = 0;
        place = at_line(s->at->file, s->at->line + row + (block ? 1 : 0), indent + col);
    }
    Str source = str_begin(s->cx->a);
    const char *key = s->at && s->at->key ? s->at->key : "";
    int lead = (int)strlen(key) + 2 + (s->at && !s->at->plain ? 1 : 0);
    bool keyed = *key && indent >= lead;
    for (int i = 0; i < indent - (keyed ? lead : 0); i++) str_add_char(&source, ' ');
    if (keyed) str_printf(&source, "%s: %s", key, s->at->plain ? "" : "\"");
    str_add_n(&source, line, n);
    cx_issue_source(s->cx, place, str_show(&source), code, "%s", text);
    return NULL;
}

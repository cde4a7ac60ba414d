/*
 * sheet_csv.c — CSV as programs write it: UTF-8, UTF-16 or GB18030; comma, semicolon, tab or bar;
 * quotes around what holds any of these.
 */
#include "data/sheet_in.h"

#include <iconv.h>
#include <string.h>

enum { LINES = 20 };          /* looked at for what parts the cells */

/* NULL: it is not of that code. */
static char *decoded(Arena *a, const char *code, const char *bytes, size_t n)
{
    iconv_t c = iconv_open("UTF-8", code);
    char *in = (char *)bytes, *out = arena_alloc(a, n * 3 + 1), *to = out;
    size_t left = n, room = n * 3;

    if (c == (iconv_t)-1) return NULL;
    bool ok = iconv(c, &in, &left, &to, &room) != (size_t)-1 && !left;
    iconv_close(c);
    return ok && utf8_valid(out, (size_t)(to - out)) ? out : NULL;
}

static const char *text_of(Arena *a, const char *bytes, size_t n)
{
    if (n >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) bytes += 3, n -= 3;
    else if (n >= 2 && !memcmp(bytes, "\xFF\xFE", 2)) return decoded(a, "UTF-16LE", bytes + 2, n - 2);
    else if (n >= 2 && !memcmp(bytes, "\xFE\xFF", 2)) return decoded(a, "UTF-16BE", bytes + 2, n - 2);
    if (utf8_valid(bytes, n)) return arena_dup_n(a, bytes, n);
    return memchr(bytes, 0, n) ? NULL : decoded(a, "GB18030", bytes, n);
}

/* Those in each line outside of quotes; how many lines have as many as the commonest. */
static int alike(const char *text, char part, int *each)
{
    int count[LINES] = { 0 }, n = 0, best = 0;
    bool quoted = false;

    for (const char *p = text; *p && n < LINES; p++) {
        if (*p == '"') quoted = !quoted;
        else if (*p == part && !quoted) count[n]++;
        else if (*p == '\n' && !quoted) n++;
    }
    *each = 0;
    for (int i = 0; i < LINES; i++) {
        int same = 0;
        for (int k = 0; k < LINES; k++) same += count[k] == count[i];
        if (!count[i] || same < best || (same == best && count[i] < *each)) continue;
        best = same;
        *each = count[i];
    }
    return best;
}

static char part_of(const char *text)
{
    static const char parts[] = ",;\t|";
    int best = 0, most = 0;
    char part = ',';

    for (const char *p = parts; *p; p++) {
        int each, lines = alike(text, *p, &each);
        if (lines < best || (lines == best && each <= most)) continue;
        best = lines;
        most = each;
        part = *p;
    }
    return part;
}

bool csv_open(Cx *cx, Sheet *s, const char *bytes, size_t n)
{
    const char *text = text_of(cx->a, bytes, n);

    if (!text || strlen(text) < n / 4)
        return cx_fail(cx, E_INPUT, "this is no spreadsheet; an .xlsx file or a text with commas "
            "(.csv) in UTF-8 or GB18030 is needed");
    if (str_starts(text, "sep=") && text[4] && text[4] != '\n' && text[4] != '\r') {
        s->part = text[4];                    /* a first line by which programs tell each other */
        text += strcspn(text, "\n");
    } else {
        s->part = part_of(text);
    }
    s->text = text;
    s->page = ARENA_NEW(cx->a, SheetPage);
    s->page[0].name = "";
    s->npage = 1;
    return true;
}

/* The cell at *p; *p behind it. A quote within quotes is written twice. */
static const char *cell(Arena *a, const char **p, char part)
{
    Str s = str_begin(a);
    const char *q = *p;

    while (*q == ' ') q++;
    if (*q != '"') {
        size_t n = 0;
        for (q = *p; q[n] && q[n] != part && q[n] != '\n'; n++);
        *p = q + n;
        return str_trim(a, arena_dup_n(a, q, n));
    }
    for (q++; *q; q++) {
        if (*q == '"' && *++q != '"') break;
        str_add_char(&s, *q);
    }
    while (*q && *q != part && *q != '\n') str_add_char(&s, *q++);
    *p = q;
    return str_trim(a, str_show(&s));
}

bool csv_each(const Sheet *s, SheetOut *out)
{
    const char *p = s->text;

    for (int64_t no = 1; *p && !out->stop; no++) {
        for (int column = 0; ; column++) {
            sheet_out_cell(out, column, cell(out->a, &p, s->part));
            if (*p != s->part) break;
            p++;
        }
        if (*p == '\n') p++;
        sheet_out_row(out, no);
    }
    return !out->cx->err;
}

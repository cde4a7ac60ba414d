/*
 * multipart.c — one state at a time: before the first boundary, behind a boundary, in the
 * header of a part, in its data.
 *
 * Data is held back only as far as it might be the beginning of "\r\n--BOUNDARY"; what cannot
 * be goes on at once. Preamble and epilogue are skipped.
 */
#include "http/multipart.h"
#include "base/str.h"

#include <string.h>
#include <strings.h>

typedef enum State { S_PREAMBLE, S_AFTER, S_HEAD, S_DATA, S_DONE } State;

struct Multipart {
    Arena *a;
    MultipartTo to;
    State state;
    char mark[76];             /* "\r\n--BOUNDARY" */
    size_t nmark, seen;        /* how much of the mark has come */
    char after[2];             /* "--" or "\r\n" behind it */
    size_t nafter;
    char head[MULTIPART_HEAD];
    size_t nhead;
    int parts;
};

static bool boundary_fits(const char *b)
{
    size_t n = strlen(b);
    return n > 0 && n <= 70 && b[n - 1] != ' ' && n == strspn(b,
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ");
}

const char *multipart_boundary(Arena *a, const char *content_type)
{
    static const char type[] = "multipart/form-data";
    size_t n = sizeof type - 1;

    if (!content_type || strncasecmp(content_type, type, n)
        || !strchr("; \t", content_type[n]) || !content_type[n]) return NULL;
    const char *b = header_param(a, content_type, "boundary");
    return b && boundary_fits(b) ? b : NULL;
}

Multipart *multipart_begin(Arena *a, const char *boundary, const MultipartTo *to)
{
    Multipart *m = ARENA_NEW(a, Multipart);

    BUG_IF(!boundary_fits(boundary));
    m->a = a;
    m->to = *to;
    m->nmark = 4 + strlen(boundary);
    memcpy(m->mark, "\r\n--", 4);
    memcpy(m->mark + 4, boundary, m->nmark - 4);
    m->seen = 2;               /* the first boundary may stand at the very beginning */
    return m;
}

static bool broken(Cx *cx)
{
    return cx_fail(cx, E_SYNTAX, "the form's parts are broken");
}

/* The value of one header line of the part's head, or NULL; twice is broken. */
static const char *head_line(Multipart *m, const char *name, bool *twice)
{
    size_t len = strlen(name);
    const char *found = NULL, *end = m->head + m->nhead;

    for (const char *p = m->head; p < end; ) {
        const char *stop = memmem(p, (size_t)(end - p), "\r\n", 2);
        if (!stop) stop = end;
        if ((size_t)(stop - p) > len && !strncasecmp(p, name, len) && p[len] == ':') {
            *twice = found != NULL;
            found = arena_dup_n(m->a, p + len + 1, (size_t)(stop - p) - len - 1);
        }
        p = stop + 2;
    }
    return found;
}

static bool begin_part(Cx *cx, Multipart *m)
{
    bool twice = false;

    if (++m->parts > MULTIPART_PARTS) return cx_fail(cx, E_SYNTAX, "too many values");
    if (memchr(m->head, 0, m->nhead) || !utf8_valid(m->head, m->nhead)) return broken(cx);
    const char *line = head_line(m, "Content-Disposition", &twice);
    while (line && (*line == ' ' || *line == '\t')) line++;
    if (!line || twice || strncasecmp(line, "form-data", 9)) return broken(cx);
    const char *name = header_param(m->a, line, "name");
    const char *filename = header_param(m->a, line, "filename");
    if (!name) return broken(cx);
    return m->to.begin(cx, m->to.ctx, name, filename);
}

/* One byte behind a boundary. */
static bool after_byte(Cx *cx, Multipart *m, char c)
{
    /* Spaces may follow a boundary on its line. */
    if (!m->nafter && (c == ' ' || c == '\t')) return true;
    m->after[m->nafter++] = c;
    if (m->nafter < 2) return true;
    m->nafter = 0;
    if (!memcmp(m->after, "--", 2)) m->state = S_DONE;
    else if (!memcmp(m->after, "\r\n", 2)) {
        m->state = S_HEAD;
        m->nhead = 0;
    } else return broken(cx);
    return true;
}

static bool head_byte(Cx *cx, Multipart *m, char c)
{
    if (m->nhead == sizeof m->head)
        return cx_fail(cx, E_SYNTAX, "the head of a part is too long");
    m->head[m->nhead++] = c;
    bool empty = m->nhead == 2 && !memcmp(m->head, "\r\n", 2);
    if (!empty && (m->nhead < 4 || memcmp(m->head + m->nhead - 4, "\r\n\r\n", 4))) return true;
    m->state = S_DATA;
    m->seen = 0;
    return begin_part(cx, m);
}

static bool give(Cx *cx, Multipart *m, const char *data, size_t n)
{
    return !n || m->state == S_PREAMBLE || m->to.data(cx, m->to.ctx, data, n);
}

/* What was held back was no boundary. Its only "\r" is its first byte, so nothing inside it
   could begin one. */
static bool give_back(Cx *cx, Multipart *m)
{
    size_t n = m->seen;
    m->seen = 0;
    return give(cx, m, m->mark, n);
}

/* In data or preamble: up to and with the next boundary, or all. Returns what was taken. */
static bool scan(Cx *cx, Multipart *m, const char *p, size_t n, size_t *taken)
{
    size_t i = 0, from = 0;

    while (i < n && m->seen < m->nmark) {
        if (p[i] == m->mark[m->seen]) {
            if (!m->seen && !give(cx, m, p + from, i - from)) return false;
            m->seen++;
            from = ++i;
        } else if (m->seen) {
            if (!give_back(cx, m)) return false;
            from = i;
        } else {
            const char *next = memchr(p + i, '\r', n - i);
            i = next ? (size_t)(next - p) : n;
        }
    }
    *taken = i;
    if (m->seen < m->nmark) return m->seen || give(cx, m, p + from, i - from);
    bool part = m->state == S_DATA;
    m->state = S_AFTER;
    m->seen = 0;
    return !part || m->to.end(cx, m->to.ctx);
}

bool multipart_add(Cx *cx, Multipart *m, const char *data, size_t n)
{
    while (n && m->state != S_DONE) {
        size_t taken = 1;
        bool ok = m->state == S_AFTER ? after_byte(cx, m, *data)
            : m->state == S_HEAD ? head_byte(cx, m, *data)
            : scan(cx, m, data, n, &taken);
        if (!ok) return false;
        data += taken;
        n -= taken;
    }
    return true;
}

bool multipart_end(Cx *cx, Multipart *m)
{
    return m->state == S_DONE || broken(cx);
}

/* ---- parameters of headers ---- */

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* UTF-8'lang'percent-encoded */
static const char *extended(Arena *a, const char *text)
{
    Str out = str_begin(a);

    if (strncasecmp(text, "UTF-8'", 6) || !(text = strchr(text + 6, '\''))) return NULL;
    for (text++; *text; text++) {
        int high = *text == '%' ? hex(text[1]) : -1, low = high >= 0 ? hex(text[2]) : -1;
        if (*text == '%' && (low < 0 || !(high | low))) return NULL;
        str_add_char(&out, *text == '%' ? (char)(high * 16 + low) : *text);
        if (*text == '%') text += 2;
    }
    return utf8_valid(str_show(&out), out.n) ? str_show(&out) : NULL;
}

/* Browsers write %22 for a quote in a name, others \". */
static const char *quoted(Arena *a, const char **p)
{
    Str out = str_begin(a);

    for ((*p)++; **p && **p != '"'; (*p)++) {
        bool escape = **p == '\\' && ((*p)[1] == '"' || (*p)[1] == '\\');
        if (escape) (*p)++;
        if (!strncmp(*p, "%22", 3)) {
            str_add_char(&out, '"');
            *p += 2;
        } else str_add_char(&out, **p);
    }
    if (**p == '"') (*p)++;
    return str_show(&out);
}

const char *header_param(Arena *a, const char *header, const char *key)
{
    size_t len = strlen(key);
    const char *plain = NULL, *star = NULL;
    const char *p = header + strcspn(header, ";");

    while (*p == ';') {
        p += strspn(p, "; \t");
        size_t n = strcspn(p, "=; \t");
        bool extends = n == len + 1 && p[len] == '*' && !strncasecmp(p, key, len);
        bool mine = extends || (n == len && !strncasecmp(p, key, len));
        const char *value = NULL;
        p += n;
        p += strspn(p, " \t");
        if (*p == '=') {
            p += 1 + strspn(p + 1, " \t");
            if (*p == '"') value = quoted(a, &p);
            else {
                n = strcspn(p, "; \t");
                value = arena_dup_n(a, p, n);
                p += n;
            }
        }
        if (mine && extends) star = value ? extended(a, value) : NULL;
        else if (mine && !plain) plain = value;
        p += strcspn(p, ";");
    }
    return star ? star : plain;
}

const char *disposition(Arena *a, const char *how, const char *name)
{
    Str s = str_begin(a);

    str_printf(&s, "%s; filename=\"", how);
    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        str_add_char(&s, *p < ' ' || *p >= 127 || strchr("\"\\%;", *p) ? '_' : (char)*p);
    str_add(&s, "\"; filename*=UTF-8''");
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z')
            || (*p >= 'A' && *p <= 'Z') || (*p < 127 && strchr("!#$&+-.^_`|~", *p));
        if (plain) str_add_char(&s, (char)*p);
        else str_printf(&s, "%%%02X", *p);
    }
    return str_show(&s);
}

/*
 * s3_xml.c — the two answers of a store that are read: a page of names, and an error's code.
 */
#include "data/s3_in.h"
#include "base/str.h"
#include "base/when.h"

#include <expat.h>
#include <string.h>

typedef struct Reader {
    Arena *a;
    const char *prefix;
    S3Page *page;
    S3Name now;               /* of the <Contents> that is read */
    Str text;                 /* of the element that is read */
    const char *code;
    bool listed;
} Reader;

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attr)
{
    Reader *r = arg;

    (void)attr;
    str_clear(&r->text);
    r->listed |= str_eq(name, "ListBucketResult");
    if (str_eq(name, "Contents")) r->now = (S3Name){ 0 };
}

static void XMLCALL on_text(void *arg, const XML_Char *text, int n)
{
    Reader *r = arg;
    if (r->text.n < 4096) str_add_n(&r->text, text, (size_t)n);
}

/* 2026-03-02T09:00:00.000Z */
static int64_t moment(Arena *a, const char *text)
{
    int64_t at = 0;
    const char *plain = strlen(text) < 19 ? text : arena_printf(a, "%.19sZ", text);
    return datetime_parse(plain, zone_utc(), &at) ? at : 0;
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
    Reader *r = arg;
    const char *text = str_show(&r->text);

    if (r->page && str_eq(name, "Key") && str_starts(text, r->prefix))
        r->page->last = r->now.key = arena_dup(r->a, text + strlen(r->prefix));
    else if (str_eq(name, "LastModified")) r->now.at = moment(r->a, text);
    else if (r->page && str_eq(name, "IsTruncated")) r->page->more = str_eq(text, "true");
    else if (str_eq(name, "Code")) r->code = arena_dup(r->a, text);
    else if (r->page && str_eq(name, "Contents") && r->now.key && r->now.at)
        ARENA_PUSH(r->a, r->page->name, r->page->n, r->page->cap, r->now);
    str_clear(&r->text);
}

static bool read_xml(Reader *r, const char *xml, size_t n)
{
    XML_Parser p = XML_ParserCreate(NULL);

    BUG_IF(!p);
    r->text = str_begin(r->a);
    XML_SetUserData(p, r);
    XML_SetElementHandler(p, on_start, on_end);
    XML_SetCharacterDataHandler(p, on_text);
    bool ok = n <= S3_GATHERED && XML_Parse(p, xml, (int)n, 1) == XML_STATUS_OK;
    XML_ParserFree(p);
    return ok;
}

bool s3_list_parse(Arena *a, const char *xml, size_t n, const char *prefix, S3Page *out)
{
    Reader r = { .a = a, .prefix = prefix, .page = out };
    return read_xml(&r, xml, n) && r.listed;
}

const char *s3_error_code(Arena *a, const char *xml, size_t n)
{
    Reader r = { .a = a };
    bool ok = n && read_xml(&r, xml, n) && r.code && strlen(r.code) < 64;

    for (const char *p = ok ? r.code : ""; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9')))
            return "";
    return ok ? r.code : "";
}

/*
 * sheet_xlsx.c — the parts of an .xlsx: which sheets there are, the texts they share, the formats of
 * numbers, then a sheet row by row as it unpacks.
 *
 * One parser and one Reader serve all parts; what an element means depends on the part. Names
 * come with or without a prefix. A document type is refused: nothing of a workbook needs one.
 */
#include "data/sheet_in.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

typedef struct Code { int id; const char *code; } Code;
typedef struct Rel { const char *id, *target; } Rel;

typedef struct Reader {
    Cx *cx; Sheet *s;
    XML_Parser parser;
    void (*start)(struct Reader *r, const char *name, const char **attr);
    void (*end)(struct Reader *r, const char *name);
    Str text; bool keep;      /* text of the element, while it is of interest */
    Rel *rel; int nrel, caprel;
    Code *code; int ncode, capcode;
    int cap;                  /* of the list in s that grows */
    bool cells, skip;         /* inside of <cellXfs>, of a reading aid */
    SheetOut *out;
    int64_t no;
    int column, style; char type;
    bool stop;
} Reader;

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static const char *attr_of(const char **attr, const char *name)
{
    for (; *attr; attr += 2)
        if (str_eq(local(*attr), name)) return attr[1];
    return NULL;
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attr)
{
    Reader *r = arg;
    r->start(r, local(name), attr);
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
    Reader *r = arg;
    if (r->end) r->end(r, local(name));
    if (r->stop || r->cx->err) XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_text(void *arg, const XML_Char *text, int n)
{
    Reader *r = arg;
    if (r->keep && !r->skip) str_add_n(&r->text, text, (size_t)n);
}

static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *system,
    const XML_Char *id, int internal)
{
    Reader *r = arg;
    (void)name; (void)system; (void)id; (void)internal;
    XML_StopParser(r->parser, XML_FALSE);
}

static bool feed(void *arg, const char *data, size_t n)
{
    Reader *r = arg;

    for (; n && !r->stop && !r->cx->err; ) {
        int piece = n > 1 << 20 ? 1 << 20 : (int)n;
        if (XML_Parse(r->parser, data, piece, 0) == XML_STATUS_ERROR && !r->stop && !r->cx->err)
            return cx_fail(r->cx, E_INPUT, "the file is damaged; open and save it anew");
        data += piece;
        n -= (size_t)piece;
    }
    return !r->stop && !r->cx->err;
}

MUST static bool read_part(Reader *r, const char *path)
{
    r->parser = XML_ParserCreate(NULL);
    BUG_IF(!r->parser);
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    bool ok = zip_read(r->cx, r->s->zip, path, feed, r);
    if (ok && !r->stop && XML_Parse(r->parser, "", 0, 1) == XML_STATUS_ERROR && !r->cx->err)
        ok = cx_fail(r->cx, E_INPUT, "the file is damaged; open and save it anew");
    XML_ParserFree(r->parser);
    return ok && !r->cx->err;
}

/* ---- which sheets there are ---- */

static void on_rel(Reader *r, const char *name, const char **attr)
{
    Rel rel = { attr_of(attr, "Id"), attr_of(attr, "Target") };

    if (!str_eq(name, "Relationship") || !rel.id || !rel.target) return;
    rel.id = arena_dup(r->cx->a, rel.id);
    rel.target = *rel.target == '/' ? arena_dup(r->cx->a, rel.target + 1)
        : arena_printf(r->cx->a, "xl/%s", rel.target);
    ARENA_PUSH(r->cx->a, r->rel, r->nrel, r->caprel, rel);
}

static void add_sheet(Reader *r, const char **attr)
{
    const char *id = NULL, *state = attr_of(attr, "state"), *title = attr_of(attr, "name");
    SheetPage page = { arena_dup(r->cx->a, title ? title : ""), NULL };

    for (const char **p = attr; *p; p += 2)   /* r:id, not sheetId */
        if (strchr(*p, ':') && str_eq(local(*p), "id")) id = p[1];
    for (int i = 0; id && i < r->nrel; i++)
        if (str_eq(r->rel[i].id, id)) page.path = r->rel[i].target;
    bool sheet = page.path && strstr(page.path, "worksheets/");
    if (!sheet || str_eq(state, "hidden") || str_eq(state, "veryHidden")) return;
    if (r->s->npage < SHEET_NAMES) ARENA_PUSH(r->cx->a, r->s->page, r->s->npage, r->cap, page);
}

static void on_workbook(Reader *r, const char *name, const char **attr)
{
    const char *from = str_eq(name, "workbookPr") ? attr_of(attr, "date1904") : NULL;

    if (from) r->s->from_1904 = str_eq(from, "1") || str_eq(from, "true");
    if (str_eq(name, "sheet")) add_sheet(r, attr);
}

/* ---- texts that cells share; formats ---- */

static void on_shared(Reader *r, const char *name, const char **attr)
{
    (void)attr;
    if (str_eq(name, "si")) str_clear(&r->text);
    if (str_eq(name, "rPh")) r->skip = true;             /* how it is pronounced */
    r->keep = str_eq(name, "t");
}

static void on_shared_end(Reader *r, const char *name)
{
    r->keep = false;
    if (str_eq(name, "rPh")) r->skip = false;
    if (!str_eq(name, "si")) return;
    const char *text = str_trim(r->cx->a, str_show(&r->text));
    ARENA_PUSH(r->cx->a, r->s->shared, r->s->nshared, r->cap, text);
}

static int number_of(const char *text)
{
    return text ? atoi(text) : 0;
}

static void on_style(Reader *r, const char *name, const char **attr)
{
    if (str_eq(name, "cellXfs")) r->cells = true;
    if (str_eq(name, "numFmt")) {
        Code c = { number_of(attr_of(attr, "numFmtId")), attr_of(attr, "formatCode") };
        c.code = arena_dup(r->cx->a, c.code ? c.code : "");
        ARENA_PUSH(r->cx->a, r->code, r->ncode, r->capcode, c);
    }
    if (!str_eq(name, "xf") || !r->cells) return;
    int id = number_of(attr_of(attr, "numFmtId"));
    const char *code = NULL;
    for (int i = 0; i < r->ncode; i++)
        if (r->code[i].id == id) code = r->code[i].code;
    CellFormat f = format_of(id, code);
    ARENA_PUSH(r->cx->a, r->s->format, r->s->nformat, r->cap, f);
}

static void on_style_end(Reader *r, const char *name)
{
    if (str_eq(name, "cellXfs")) r->cells = false;
}

MUST static bool read_optional(Cx *cx, Sheet *s, const char *path,
    void (*start)(Reader *, const char *, const char **), void (*end)(Reader *, const char *))
{
    Reader r = { .cx = cx, .s = s, .start = start, .end = end, .text = str_begin(cx->a) };

    return !zip_has(s->zip, path) || read_part(&r, path);
}

bool xlsx_open(Cx *cx, Sheet *s)
{
    Reader r = { .cx = cx, .s = s, .start = on_rel, .text = str_begin(cx->a) };

    if (!zip_has(s->zip, "xl/workbook.xml") || !zip_has(s->zip, "xl/_rels/workbook.xml.rels"))
        return cx_fail(cx, E_INPUT, "this is no .xlsx workbook; save it as .xlsx or .csv");
    if (!read_part(&r, "xl/_rels/workbook.xml.rels")) return false;
    r.start = on_workbook;
    if (!read_part(&r, "xl/workbook.xml")) return false;
    if (!s->npage) return cx_fail(cx, E_INPUT, "the workbook has no sheet with cells");
    return read_optional(cx, s, "xl/sharedStrings.xml", on_shared, on_shared_end)
        && read_optional(cx, s, "xl/styles.xml", on_style, on_style_end);
}

/* ---- a sheet ---- */

/* "AB12": its column from 0, its row; -1 when there is none. */
static int place_of(const char *ref, int64_t *no)
{
    int column = 0;

    for (; ref && *ref >= 'A' && *ref <= 'Z' && column < 100000; ref++)
        column = column * 26 + (*ref - 'A' + 1);
    *no = ref ? strtoll(ref, NULL, 10) : 0;
    return column - 1;
}

static void add_merge(Reader *r, const char *ref)
{
    int64_t from, to;
    const char *colon = ref ? strchr(ref, ':') : NULL;
    int left = place_of(ref, &from), right = colon ? place_of(colon + 1, &to) : -1;

    if (right <= left || from > SHEET_HEAD || r->s->nmerge == SHEET_MERGED) return;
    r->s->merge[r->s->nmerge++] = (SheetMerge){ from, left, right };
}

static void begin_cell(Reader *r, const char **attr)
{
    const char *at = attr_of(attr, "r"), *type = attr_of(attr, "t");
    int64_t no;

    r->column = at ? place_of(at, &no) : r->column + 1;
    r->style = number_of(attr_of(attr, "s"));
    /* s shared, i written here, t a formula's text, b, d, e, n */
    r->type = !type ? 'n' : str_eq(type, "inlineStr") ? 'i' : str_eq(type, "str") ? 't' : *type;
    str_clear(&r->text);
}

static void on_sheet(Reader *r, const char *name, const char **attr)
{
    if (str_eq(name, "row")) {
        const char *no = attr_of(attr, "r");
        r->no = no ? strtoll(no, NULL, 10) : r->no + 1;
        r->column = -1;
    } else if (str_eq(name, "c")) begin_cell(r, attr);
    else if (str_eq(name, "mergeCell")) add_merge(r, attr_of(attr, "ref"));
    else if (str_eq(name, "rPh")) r->skip = true;
    if (str_eq(name, "v") || (str_eq(name, "t") && r->type == 'i')) r->keep = true;
}

static const char *value_of(Reader *r)
{
    Arena *a = r->out->a;
    const char *text = str_trim(a, str_show(&r->text));
    int i = atoi(text);

    if (r->type == 's') return i >= 0 && i < r->s->nshared ? r->s->shared[i] : "";
    if (r->type == 'b') return *text == '1' ? "true" : "false";
    if (r->type != 'n' || !*text) return text;
    CellFormat f = r->style >= 0 && r->style < r->s->nformat ? r->s->format[r->style]
        : (CellFormat){ 0 };
    return format_number(a, f, text, r->s->from_1904);
}

static void on_sheet_end(Reader *r, const char *name)
{
    if (str_eq(name, "rPh")) r->skip = false;
    if (str_eq(name, "v") || str_eq(name, "t")) r->keep = false;
    if (str_eq(name, "c") && r->column >= 0) sheet_out_cell(r->out, r->column, value_of(r));
    if (str_eq(name, "row")) sheet_out_row(r->out, r->no);
    r->stop = r->out->stop;
}

bool xlsx_each(const Sheet *s, int i, SheetOut *out)
{
    Arena *a = arena_new();
    Reader r = { .cx = out->cx, .s = (Sheet *)s, .start = on_sheet, .end = on_sheet_end,
        .text = str_begin(a), .out = out };

    r.s->nmerge = 0;
    bool ok = read_part(&r, s->page[i].path);
    arena_free(a);
    return ok;
}

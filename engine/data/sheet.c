/*
 * sheet.c — which kind of file it is, and the bounds all of them keep.
 */
#include "data/sheet_in.h"

#include <string.h>

/* The container of older programs: .xls, or an .xlsx that asks for a password. */
static const char old_office[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
static const char encrypted[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";

bool sheet_open(Cx *cx, const char *bytes, size_t n, Sheet **out)
{
    Sheet *s = *out = ARENA_NEW(cx->a, Sheet);

    if (!n) return cx_fail(cx, E_INPUT, "the file is empty");
    if (n > SHEET_BYTES)
        return cx_fail(cx, E_SIZE, "the file is larger than %d MB; leave out what is not needed, "
            "or take it in parts", SHEET_BYTES >> 20);
    if (n > 8 && !memcmp(bytes, old_office, 8))
        return memmem(bytes, n, encrypted, sizeof encrypted)
            ? cx_fail(cx, E_INPUT, "the file is protected by a password; save it without one")
            : cx_fail(cx, E_INPUT, "this is a file of an older program; save it as .xlsx or .csv");
    if (n < 4 || memcmp(bytes, "PK\3\4", 4)) return csv_open(cx, s, bytes, n);
    return zip_open(cx, bytes, n, &s->zip) && xlsx_open(cx, s);
}

int sheet_count(const Sheet *s)
{
    return s->npage;
}

const char *sheet_name(const Sheet *s, int i)
{
    return i >= 0 && i < s->npage ? s->page[i].name : "";
}

bool sheet_each(Cx *cx, const Sheet *s, int i, SheetFn fn, void *arg)
{
    SheetOut out;

    if (i < 0 || i >= s->npage)
        return cx_fail(cx, E_INPUT, "the file has no sheet number %d", i + 1);
    sheet_out_begin(&out, cx, fn, arg);
    bool ok = s->zip ? xlsx_each(s, i, &out) : csv_each(s, &out);
    return sheet_out_end(&out) && ok;
}

int sheet_merged(const Sheet *s, const SheetMerge **out)
{
    *out = s->merge;
    return s->nmerge;
}

void sheet_out_begin(SheetOut *o, Cx *cx, SheetFn fn, void *arg)
{
    *o = (SheetOut){ .cx = cx, .fn = fn, .arg = arg, .a = arena_new() };
}

void sheet_out_cell(SheetOut *o, int column, const char *text)
{
    if (!*text || o->stop) return;
    if (column >= SHEET_COLUMNS) {
        cx_fail(o->cx, E_SIZE, "the sheet has more than %d columns; leave out what is not needed",
            SHEET_COLUMNS);
        o->stop = true;
        return;
    }
    if (column >= o->cap) {
        o->cell = arena_grow(o->a, o->cell, (size_t)o->n, (size_t)column + 32, sizeof *o->cell);
        o->cap = column + 32;
    }
    while (o->n <= column) o->cell[o->n++] = "";
    o->cell[column] = text;
}

void sheet_out_row(SheetOut *o, int64_t no)
{
    SheetRow row = { no, o->n, o->cell };

    if (o->n && !o->stop) {
        if (o->rows++ == SHEET_ROWS) {
            cx_fail(o->cx, E_SIZE, "the sheet has more than %d rows; take it in parts",
                SHEET_ROWS);
            o->stop = true;
        } else {
            o->stop = !o->fn(o->arg, &row) || o->cx->err;
        }
    }
    arena_reset(o->a);
    o->cell = NULL;
    o->n = o->cap = 0;
}

bool sheet_out_end(SheetOut *o)
{
    arena_free(o->a);
    return !o->cx->err;
}

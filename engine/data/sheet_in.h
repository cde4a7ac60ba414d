/*
 * sheet_in — what the readers of sheets share.
 */
#ifndef DATA_SHEET_IN_H
#define DATA_SHEET_IN_H
#include "data/sheet.h"

enum { SHEET_MERGED = 64, SHEET_HEAD = 60 };  /* merged cells kept, of that many first rows */

typedef struct SheetPage { const char *name, *path; } SheetPage;         /* path: of an .xlsx */
struct Sheet {
    SheetPage *page; int npage;
    struct Zip *zip;          /* an .xlsx; NULL: a text */
    const char **shared; int nshared;
    struct CellFormat *format; int nformat;
    bool from_1904;
    const char *text; char part;              /* a text and what parts its cells */
    SheetMerge merge[SHEET_MERGED]; int nmerge;
};

/* One row after the other to fn, counted and bounded. */
typedef struct SheetOut {
    Cx *cx; SheetFn fn; void *arg;
    Arena *a;                 /* of the row that is read */
    const char **cell; int n, cap;
    int64_t no, rows;
    bool stop;                /* no more is wanted, or cx has a failure */
} SheetOut;
void sheet_out_begin(SheetOut *o, Cx *cx, SheetFn fn, void *arg);
void sheet_out_cell(SheetOut *o, int column, const char *text);          /* in o->a */
void sheet_out_row(SheetOut *o, int64_t no);
bool sheet_out_end(SheetOut *o);

/* sheet_zip.c: the files within a .zip. The bytes are borrowed. */
typedef struct Zip Zip;
typedef bool (*ZipFn)(void *arg, const char *data, size_t n);            /* false: no more */
MUST bool zip_open(Cx *cx, const char *bytes, size_t n, Zip **out);
bool zip_has(const Zip *z, const char *name);
/* Unpacked piece by piece; at most SHEET_UNPACKED bytes. */
enum { SHEET_UNPACKED = 400 << 20 };
MUST bool zip_read(Cx *cx, const Zip *z, const char *name, ZipFn fn, void *arg);

/* sheet_format.c: how a number is meant. */
typedef enum FormatKind { FORMAT_PLAIN, FORMAT_DATE, FORMAT_DATETIME, FORMAT_TIME, FORMAT_SPAN,
    FORMAT_PERCENT } FormatKind;
typedef struct CellFormat { FormatKind kind; const char *sign; } CellFormat;
CellFormat format_of(int id, const char *code);          /* code NULL: one every program knows */
const char *format_number(Arena *a, CellFormat f, const char *number, bool from_1904);

/* sheet_xlsx.c, sheet_csv.c */
MUST bool xlsx_open(Cx *cx, Sheet *s);
MUST bool xlsx_each(const Sheet *s, int i, SheetOut *out);
MUST bool csv_open(Cx *cx, Sheet *s, const char *bytes, size_t n);
MUST bool csv_each(const Sheet *s, SheetOut *out);
#endif

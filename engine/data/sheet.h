/*
 * sheet — a table made elsewhere, an .xlsx or .csv file, as rows of texts.
 *
 * A cell is the text a person would have typed: 2026-03-05, 2026-03-05 10:30, 1234.5, 12.5%, ¥99,
 * true. So it does not matter further on which kind of file it was, and what a text means is said
 * by the types of fields.
 *
 * Failures are E_INPUT and E_SIZE, in words for who chose the file.
 */
#ifndef DATA_SHEET_H
#define DATA_SHEET_H
#include "base/cx.h"

enum { SHEET_BYTES = 20 << 20, SHEET_COLUMNS = 200, SHEET_ROWS = 100000, SHEET_NAMES = 100 };

typedef struct Sheet Sheet;
/* no: as the file counts its rows, from 1. Blank cells are "", those at the end are left out. */
typedef struct SheetRow { int64_t no; int n; const char *const *cell; } SheetRow;
/* Cells that were made one, counted from 0. */
typedef struct SheetMerge { int64_t no; int from, to; } SheetMerge;
/* The row lives until the next. False: no more are wanted. */
typedef bool (*SheetFn)(void *arg, const SheetRow *row);

/* The bytes are borrowed until the end of the arena. */
MUST bool sheet_open(Cx *cx, const char *bytes, size_t n, Sheet **out);
int sheet_count(const Sheet *s);              /* at least 1; hidden ones are not counted */
const char *sheet_name(const Sheet *s, int i);           /* "": a file without names of sheets */
/* The rows that hold something, in order. True too when fn wanted no more. */
MUST bool sheet_each(Cx *cx, const Sheet *s, int i, SheetFn fn, void *arg);
/* Merged cells that reach over columns, of the first rows only; after sheet_each came to the end. */
int sheet_merged(const Sheet *s, const SheetMerge **out);
#endif

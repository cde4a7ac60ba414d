/* links: data */
/*
 * fuzz_sheet — any bytes as a spreadsheet: it ends; no row is empty, none wider
 * than the bound, and all cells are UTF-8; read again they are the same.
 */
#include "data/sheet.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

typedef struct Seen { int64_t rows; uint64_t hash; } Seen;

static bool row(void *arg, const SheetRow *r)
{
    Seen *s = arg;

    BUG_IF(r->n < 1 || r->n > SHEET_COLUMNS || !*r->cell[r->n - 1]);
    for (int i = 0; i < r->n; i++) {
        BUG_IF(!utf8_valid(r->cell[i], strlen(r->cell[i])));
        s->hash = s->hash * 31 + str_hash(r->cell[i]);
    }
    s->rows++;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    char *copy = mem_alloc(n + 1);              /* exactly as large, for AddressSanitizer */
    Seen one = { 0 }, again = { 0 };
    Sheet *s;

    memcpy(copy, data, n);
    if (sheet_open(&cx, copy, n, &s))
        for (int i = 0; i < sheet_count(s) && i < 3; i++) {
            bool ok = sheet_each(&cx, s, i, row, &one);
            cx_clear(&cx);
            BUG_IF(sheet_each(&cx, s, i, row, &again) != ok);
            cx_clear(&cx);
        }
    BUG_IF(one.hash != again.hash || one.rows != again.rows);
    mem_free(copy);
    arena_free(a);
    return 0;
}

/*
 * sheet_head.c — the row that names the columns: the first one that is about as wide as the table.
 *
 * What stands above (a title over all columns, a date, a blank line) is narrower. Where names are
 * merged over several columns, the row below parts them: `Contact` over `Phone` and `E-mail` names
 * `Contact Phone` and `Contact E-mail`.
 */
#include "data/sheet_guess.h"
#include "base/i18n.h"

#include <string.h>

enum { LOOK = 40, LABEL_MOST = 80 };

typedef struct Top { int64_t no; int n, filled; const char **cell; } Top;
typedef struct Look { Arena *a; Top top[LOOK]; int n; int64_t rows; int width; } Look;

static bool look_at(void *arg, const SheetRow *row)
{
    Look *k = arg;
    Top *t = &k->top[k->n];

    k->rows++;
    if (row->n > k->width) k->width = row->n;
    if (k->n == LOOK) return true;
    *t = (Top){ .no = row->no, .n = row->n, .cell = ARENA_ARRAY(k->a, const char *, row->n) };
    for (int i = 0; i < row->n; i++) {
        t->cell[i] = arena_dup(k->a, row->cell[i]);
        t->filled += *t->cell[i] != 0;
    }
    k->n++;
    return true;
}

static int find_top(const Look *k, int64_t names)
{
    int widest = 0;

    for (int i = 0; i < k->n; i++)
        if (k->top[i].filled > widest) widest = k->top[i].filled;
    for (int i = 0; i < k->n; i++)
        if (names > 0 ? k->top[i].no >= names : k->top[i].filled * 2 >= widest) return i;
    return -1;
}

static const char *cell_of(const Top *t, int i)
{
    return t && i < t->n ? t->cell[i] : "";
}

/* The merged cells of a row of names that the row below parts again. */
static bool is_parted(const Sheet *s, const Top *t, const Top *below)
{
    const SheetMerge *m;
    int n = sheet_merged(s, &m), parted = 0;

    for (int i = 0; below && below->no == t->no + 1 && i < n; i++)
        for (int c = m[i].from; m[i].no == t->no && c <= m[i].to; c++)
            parted += *cell_of(below, c) != 0;
    return parted > 1;
}

static const char *over(const Sheet *s, const Top *t, int column)
{
    const SheetMerge *m;
    int n = sheet_merged(s, &m);

    for (int i = 0; i < n; i++)
        if (m[i].no == t->no && column >= m[i].from && column <= m[i].to)
            return cell_of(t, m[i].from);
    return cell_of(t, column);
}

/* One line of sensible length. */
static const char *tidy(Arena *a, const char *text)
{
    char *line = arena_dup(a, text);

    for (char *p = line; *p; p++)
        if ((unsigned char)*p < ' ') *p = ' ';
    line = str_trim(a, line);
    return utf8_count(line) <= LABEL_MOST ? line
        : arena_printf(a, "%s…", utf8_sub(a, line, 0, LABEL_MOST - 1));
}

static bool is_taken(const SheetHead *h, int n, const char *label)
{
    for (int i = 0; i < n; i++)
        if (str_eq(h->label[i], label)) return true;
    return false;
}

static void name_columns(Cx *cx, const Sheet *s, SheetHead *h, const Top *t, const Top *below)
{
    for (int i = 0; i < h->ncolumn; i++) {
        const char *part = cell_of(below, i), *whole = !t ? "" : below ? over(s, t, i) : cell_of(t, i);
        const char *label = tidy(cx->a, *part && *whole ? arena_printf(cx->a, "%s %s", whole, part)
            : *part ? part : whole), *now = label;
        for (int n = 2; *label && is_taken(h, i, now); n++)
            now = arena_printf(cx->a, "%s %d", label, n);
        h->label[i] = now;
    }
}

bool sheet_head(Cx *cx, const Sheet *s, int sheet, int64_t names, SheetHead *out)
{
    Look *k = ARENA_NEW(cx->a, Look);

    k->a = cx->a;
    if (!sheet_each(cx, s, sheet, look_at, k)) return false;
    if (!k->rows) return cx_fail(cx, E_INPUT, "the sheet is empty");
    int at = names ? find_top(k, names) : 0;
    if (at < 0 || (names > 0 && k->top[at].no != names))
        return cx_fail(cx, E_INPUT, "row %lld holds no names of columns", (long long)names);
    const Top *t = names ? &k->top[at] : NULL, *next = at + 1 < k->n ? &k->top[at + 1] : NULL;
    const Top *below = t && is_parted(s, t, next) ? next : NULL;
    *out = (SheetHead){ .header = t ? t->no : 0, .ncolumn = k->width,
        .data = below ? below->no + 1 : t ? t->no + 1 : 1,
        .rows = k->rows - (t ? at + 1 : 0) - (below != NULL),
        .label = ARENA_ARRAY(cx->a, const char *, k->width + 1) };
    name_columns(cx, s, out, t, below);
    return true;
}

/*
 * sheet_guess — what the columns of a sheet could be as fields of a form.
 *
 * Each type of field that a cell may speak for reads it by its own reader; the most special type
 * wins that nearly all cells fit and enough of them speak for. A few that do not fit change nothing
 * about the guess; they are told. Looked at are the first GUESS_ROWS rows; all are counted.
 */
#ifndef DATA_SHEET_GUESS_H
#define DATA_SHEET_GUESS_H
#include "data/sheet.h"
#include "data/work.h"

enum { GUESS_ROWS = 5000, GUESS_FIRST = 3, GUESS_TYPES = 14, GUESS_OPTIONS = 100 };

typedef struct GuessCell { int64_t no; const char *text; } GuessCell;
/* misfits -1: far too many to go on counting. */
typedef struct GuessFit { const char *type; int64_t misfits; GuessCell cell[GUESS_FIRST]; } GuessFit;

typedef struct GuessColumn {
    int column;               /* from 0 */
    const char *label;        /* none is like another one */
    const char *type;         /* what it seems to be */
    GuessFit fit[GUESS_TYPES]; int nfit;      /* all it may be made, each with what does not fit */
    int64_t filled;
    GuessCell first[GUESS_FIRST]; int nfirst;
    int decimals; const char *currency;       /* a code; NULL: the app's */
    const char *order;        /* of dates with the year last: "day" or "month" first; NULL: has none */
    bool sure;                /* some row says so */
    bool required, unique;
    const char **option; int noption;         /* of a choice; none: too many values */
    const char **piece; int npiece;           /* of several choices in a cell */
} GuessColumn;

typedef struct Guess {
    int sheet;
    int64_t header, data;     /* rows: of the names, 0: none; the first that holds data */
    int64_t rows, looked;
    GuessColumn *column; int ncolumn;
    int title;                /* in column: what a record could be called by */
} Guess;

/* sheet_head.c: where the names stand, and what they are. `names`: their row, 0: there are
   none, -1: found out. labels[SHEET_COLUMNS]: "" where there is none. */
typedef struct SheetHead {
    int64_t header, data, rows; int ncolumn; const char **label;
} SheetHead;
MUST bool sheet_head(Cx *cx, const Sheet *s, int sheet, int64_t names, SheetHead *out);

MUST bool sheet_guess(Work *w, const Sheet *s, int sheet, int64_t header, Guess *out);
#endif

/*
 * val — one typed value.
 *
 * Blank is a value of its own; empty text is blank. Numbers come in three shapes: VAL_INT,
 * VAL_DEC (an integer scaled by 10^scale, exact: what number, money and percent fields hold)
 * and VAL_REAL (results of arithmetic). A record is its id and, once loaded, a pointer.
 * Values are small and passed by copy; texts and lists are borrowed from an arena.
 */
#ifndef BASE_VAL_H
#define BASE_VAL_H
#include "base/str.h"

typedef enum ValKind {
    VAL_BLANK, VAL_BOOL, VAL_INT, VAL_DEC, VAL_REAL, VAL_TEXT,
    VAL_DATE,                 /* i: days since 1970-01-01 */
    VAL_DATETIME,             /* i: seconds since 1970 UTC */
    VAL_TIME,                 /* i: seconds since midnight */
    VAL_DURATION,             /* i: amount, unit: see Unit */
    VAL_REC,                  /* i: id, p: the loaded record or NULL */
    VAL_LIST                  /* list of values */
} ValKind;

/* m h d w: minutes … weeks; bd bh: working days and hours; s only as a result. */
typedef enum Unit { UNIT_S, UNIT_M, UNIT_H, UNIT_D, UNIT_W, UNIT_BD, UNIT_BH } Unit;

typedef struct Val {
    ValKind kind;
    uint8_t scale;            /* VAL_DEC: digits after the point */
    uint8_t unit;             /* VAL_DURATION: Unit */
    int n;                    /* VAL_TEXT: bytes; VAL_LIST: items */
    union { int64_t i; double d; const char *t; const struct Val *list; };
    const void *p;            /* VAL_REC: the loaded record, when there is one */
} Val;

Val val_blank(void);
Val val_bool(bool b);
Val val_int(int64_t i);
Val val_dec(int64_t scaled, int scale);
Val val_real(double d);                       /* not finite becomes blank */
Val val_text(const char *t);                  /* NULL and "" become blank */
Val val_text_n(const char *t, size_t n);      /* must end with a NUL */
Val val_date(int64_t days);
Val val_datetime(int64_t seconds);
Val val_time(int64_t seconds);
Val val_duration(int64_t amount, Unit unit);
Val val_rec(int64_t id);                      /* 0 becomes blank */
Val val_list(const Val *items, int n);        /* none becomes blank */

bool val_is_blank(Val v);
bool val_is_number(Val v);
double val_number(Val v);                     /* INT, DEC, REAL; else 0 */
/* Equality as in the expression language: blank equals blank only, numbers by value,
   records by id, lists item by item. */
bool val_eq(Val a, Val b);
/* <0, 0, >0 by number, code point, time. Both must be of one family and not blank. */
int val_cmp(Val a, Val b);
Val val_copy(Arena *a, Val v);                /* deep: text and lists move to the arena */
/* Plain text for logs, history and tests: 12.50, 2026-03-02, 2026-03-02T01:00:00Z, 2d. */
char *val_show(Arena *a, Val v);
#endif

/*
 * decimal — exact scaled numbers, and the one rounding rule.
 *
 * A number with `scale` digits is stored as an int64 times 10^scale. Rounding is half away
 * from zero and first takes 15 significant digits, so that round(1.005, 2) is 1.01 in C, SQL
 * and JavaScript alike. What does not fit is refused (false), never wrapped.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H
#include "base/val.h"

#define DECIMAL_MAX_SCALE 9
#define INT_SHOWN 24          /* the longest int64, its sign and the NUL */

/* "-12.5", "1e3", "1,234.5" is not one. Excess digits are rounded. */
bool decimal_parse(const char *text, int scale, int64_t *out);
bool decimal_from_real(double d, int scale, int64_t *out);
double decimal_real(int64_t scaled, int scale);
bool decimal_rescale(int64_t in, int from, int to, int64_t *out);
bool decimal_add(int64_t a, int64_t b, int64_t *out);
double decimal_round(double d, int scale);           /* scale may be negative: tens */
/* These give the length, without printf: values of every answer pass here. */
int int_show(char out[INT_SHOWN], int64_t i);
int decimal_show(char *out, size_t cap, int64_t scaled, int scale);  /* always `scale` digits */
/* Shortest text of a double that reads back the same at 15 digits: 0.1, 12, 1e+20. */
int real_show(char *out, size_t cap, double d);
/* Any numeric Val as scaled integer of that scale, rounded. False: blank or too large. */
bool val_scaled(Val v, int scale, int64_t *out);
#endif

/*
 * Values go out as text with the type of their kind and come back in binary form, which depends
 * on no setting of the session.
 */
#include "db/pg.h"
#include "base/decimal.h"
#include "base/when.h"
#include <endian.h>
#include <stdio.h>
#include <string.h>

/* From the server's catalog (pg_type), where they never change. */
enum {
    OID_BOOL = 16, OID_BYTEA = 17, OID_CHAR = 18, OID_NAME = 19, OID_INT8 = 20, OID_INT2 = 21,
    OID_INT4 = 23, OID_TEXT = 25, OID_OID = 26, OID_JSON = 114, OID_FLOAT4 = 700,
    OID_FLOAT8 = 701, OID_UNKNOWN = 705, OID_BPCHAR = 1042, OID_VARCHAR = 1043, OID_DATE = 1082,
    OID_TIME = 1083, OID_TIMESTAMP = 1114, OID_TIMESTAMPTZ = 1184, OID_NUMERIC = 1700,
    OID_VOID = 2278
};
#define EPOCH_DAYS 10957      /* 2000-01-01, from where PostgreSQL counts */
#define DAY_S 86400

Oid pg_type_of(Val v)
{
    switch (v.kind) {
    case VAL_BOOL: return OID_BOOL;
    case VAL_INT: case VAL_REC: case VAL_DURATION: return OID_INT8;
    case VAL_DEC: return OID_NUMERIC;
    case VAL_REAL: return OID_FLOAT8;
    default: return 0;        /* moments go into columns of their type and, as ISO text, of text */
    }
}

const char *pg_value(Arena *a, Val v)
{
    char buf[64];

    switch (v.kind) {
    case VAL_BLANK: return NULL;
    case VAL_BOOL: return v.i ? "t" : "f";
    case VAL_INT: case VAL_REC:
        buf[int_show(buf, v.i)] = '\0';
        break;
    case VAL_DURATION:
        buf[int_show(buf, duration_seconds(v))] = '\0';
        break;
    case VAL_DEC: decimal_show(buf, sizeof buf, v.i, v.scale); break;
    case VAL_REAL: snprintf(buf, sizeof buf, "%.17g", v.d); break;
    case VAL_TEXT: return v.t;
    case VAL_DATE: date_show(buf, sizeof buf, v.i); break;
    case VAL_DATETIME: datetime_show(buf, sizeof buf, v.i); break;
    case VAL_TIME: time_show(buf, sizeof buf, v.i); break;
    case VAL_LIST: BUG_IF(v.kind == VAL_LIST); break;
    }
    return arena_dup(a, buf);
}

static int16_t int2(const char *p) { int16_t v; memcpy(&v, p, sizeof v); return (int16_t)be16toh((uint16_t)v); }
static int32_t int4(const char *p) { int32_t v; memcpy(&v, p, sizeof v); return (int32_t)be32toh((uint32_t)v); }
static int64_t int8(const char *p) { int64_t v; memcpy(&v, p, sizeof v); return (int64_t)be64toh((uint64_t)v); }

static double float8(const char *p)
{
    int64_t bits = int8(p);
    double d;

    memcpy(&d, &bits, sizeof d);
    return d;
}

static double float4(const char *p)
{
    int32_t bits = int4(p);
    float f;

    memcpy(&f, &bits, sizeof f);
    return f;
}

/* Digits of 10,000 from the weight down; the scale counts decimal digits after the point. What no
   scaled integer holds becomes a double. */
static Val numeric(const char *p, int n)
{
    enum { POSITIVE = 0, NEGATIVE = 0x4000 };
    int digits = int2(p), weight = int2(p + 2), sign = (uint16_t)int2(p + 4);
    int scale = int2(p + 6);
    __int128 whole = 0;
    bool fits = true;
    double real = 0;

    if (n < 8 || (sign != POSITIVE && sign != NEGATIVE)) return val_blank();
    int keep = scale > DECIMAL_MAX_SCALE ? DECIMAL_MAX_SCALE : scale;
    for (int i = 0; i < digits && 8 + 2 * i + 2 <= n; i++) {
        int digit = int2(p + 8 + 2 * i), power = (weight - i) * 4 + keep;
        double part = digit;
        for (int k = (weight - i) * 4; k > 0; k--) part *= 10;
        for (int k = (weight - i) * 4; k < 0; k++) part /= 10;
        real += part;
        __int128 value = digit;
        for (; power > 0 && value <= INT64_MAX; power--) value *= 10;
        for (; power < 0; power++) {
            fits = fits && value % 10 == 0;
            value /= 10;
        }
        whole += value;
        if (whole > INT64_MAX) fits = false, whole = 0;
    }
    if (!fits) return val_real(sign == NEGATIVE ? -real : real);
    return val_dec((int64_t)(sign == NEGATIVE ? -whole : whole), keep);
}

/* Seconds; a fraction is cut off, infinity is no moment. */
static Val moment(int64_t us)
{
    if (us == INT64_MAX || us == INT64_MIN) return val_blank();
    int64_t s = us / 1000000 - (us % 1000000 < 0);
    return val_datetime(s + (int64_t)EPOCH_DAYS * DAY_S);
}

bool pg_read(const PGresult *r, int row, int column, Val *out)
{
    const char *p = PQgetvalue(r, row, column);
    int n = PQgetlength(r, row, column);

    *out = val_blank();
    if (PQgetisnull(r, row, column)) return true;
    switch (PQftype(r, column)) {
    case OID_BOOL: *out = val_int(*p != 0); return true;
    case OID_INT8: *out = val_int(int8(p)); return true;
    case OID_INT4: *out = val_int(int4(p)); return true;
    case OID_INT2: *out = val_int(int2(p)); return true;
    case OID_OID: *out = val_int((uint32_t)int4(p)); return true;
    case OID_FLOAT8: *out = val_real(float8(p)); return true;
    case OID_FLOAT4: *out = val_real(float4(p)); return true;
    case OID_NUMERIC: *out = numeric(p, n); return true;
    case OID_DATE:
        if (int4(p) != INT32_MAX && int4(p) != INT32_MIN) *out = val_date(int4(p) + EPOCH_DAYS);
        return true;
    case OID_TIMESTAMPTZ: case OID_TIMESTAMP: *out = moment(int8(p)); return true;
    case OID_TIME: *out = val_time(int8(p) / 1000000); return true;
    case OID_TEXT: case OID_VARCHAR: case OID_BPCHAR: case OID_NAME: case OID_UNKNOWN:
    case OID_JSON: case OID_CHAR:
        *out = val_text_n(p, (size_t)n);
        return true;
    case OID_VOID: return true;
    default: return false;
    }
}

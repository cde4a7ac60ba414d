/*
 * away.c — one of the days alone means: from then on, until then.
 */
#include "data/away.h"

bool away_on(const Record *user, int64_t day)
{
    Val from = record_value(user, "away_from"), until = record_value(user, "away_until");

    if (from.kind != VAL_DATE && until.kind != VAL_DATE) return false;
    return (from.kind != VAL_DATE || from.i <= day) && (until.kind != VAL_DATE || day <= until.i);
}

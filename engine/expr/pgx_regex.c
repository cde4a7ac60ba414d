/* regex_match on PostgreSQL. */
#include "expr/pgx.h"

bool pgx_regex(Emit *e, const Term *t)
{
    (void)t;
    return cx_fail(e->cx, E_INPUT, "this expression cannot be asked of many records: %s", "regex_match");
}

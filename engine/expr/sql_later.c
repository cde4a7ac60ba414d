/*
 * sql_later — a condition that PostgreSQL keeps and asks for whoever comes: nothing about the
 * asker is known when it is written, so functions of the database say it, each once a statement.
 *
 * Zone and calendar are a person's and the app's, and no column holds what "today" is for one:
 * what needs them is refused.
 */
#include "expr/emit.h"

#define PLACED (FN_NOW | FN_PLACE)

bool emit_is_later(const Term *t)
{
    if (t->kind == TERM_CALL && t->fn->flags & (FN_ME | PLACED)) return true;
    for (int i = 0; i < t->n; i++)
        if (emit_is_later(t->arg[i])) return true;
    return false;
}

bool emit_is_placed(Emit *e, int flags)
{
    if (!e->later || !(flags & PLACED)) return true;
    return cx_fail(e->cx, E_INPUT, flags & FN_NOW ? "it depends on the time"
        : "it depends on a time zone or a calendar");
}

bool emit_asker(Emit *e, const Term *t)
{
    const char *fn = t->fn->doc.name;

    if (str_eq(fn, "me")) sql_add(e->q, "(SELECT tn_me())");
    else if (str_eq(fn, "my_department")) sql_add(e->q, "(SELECT tn_department())");
    else if (str_eq(fn, "my_people")) sql_add(e->q, "(SELECT tn_people())");
    else if (str_eq(fn, "my_departments") && t->arg[0]->value.i)
        sql_add(e->q, "(SELECT tn_departments())");
    else if (str_eq(fn, "my_departments"))
        sql_add(e->q, "(SELECT ARRAY[d] FROM tn_department() AS d WHERE d IS NOT NULL)");
    else if (str_eq(fn, "has_role")) {
        sql_add(e->q, "COALESCE(array_position((SELECT tn_roles()), ");
        if (!emit_term(e, t->arg[0])) return false;
        sql_add(e->q, ") IS NOT NULL, FALSE)");
    } else {
        return cx_fail(e->cx, E_INPUT, "it depends on who asks");
    }
    return true;
}

/*
 * perm — who may do what. The one compiler of permissions.
 *
 * A form's grants give each role and action a scope or an expression, bound at load. Per
 * request they become an SQL condition for many records or a yes/no for one. Both come from
 * one tree, so a list never shows what a page would refuse. Several roles add up; no entry, no
 * right; admin and w->as_app have all rights.
 */
#ifndef DATA_PERM_H
#define DATA_PERM_H
#include "data/record.h"

/* Could this person do it to some record? Cheap; use it to hide buttons. */
bool perm_may(Work *w, const Form *f, Act act);
/* The same for reading, counting what one is asked about (asked.h): for single records, not menus. */
bool perm_sees(Work *w, const Form *f);
/* The condition a row of `alias` must meet, ready for sql_join; "1" if all. E_DENIED if none
   could. */
MUST bool perm_where(Work *w, const Form *f, Act act, const char *alias, Sql *out);
/* The same, but for the grants so marked: none of their records would be found anyway. */
MUST bool perm_where_but(Work *w, const Form *f, Act act, const char *alias, const bool *without,
    Sql *out);
/* The same question for a record in memory, old or not yet saved. False + E_DENIED… nothing is
   set: the caller says why with perm_explain. */
bool perm_on(Work *w, const Act act, const Record *r);

/* May this person read every record of the form? */
bool perm_all(Work *w, const Form *f);
/* After a change: may `now` be, by a grant that held for `old`? A scope asks the record before
   only, so that `own` may hand a record over; an expression asks the result as well. */
bool perm_on_result(Work *w, Act act, const Record *old, const Record *now);

/* Right on one field of this record: hidden, masked, read-only or full. r NULL: the most that
   could hold for any record (for lists' columns, filters: RIGHT_FULL only if surely so).
   A role's field rights count only for records its own scope reaches. Stage edit, hide, lock
   are included for records with a stage. */
Right perm_field(Work *w, const Form *f, const Field *field, const Record *r);
/* May the field be named in a filter, sort or group by this person? */
bool perm_filterable(Work *w, const Form *f, const Field *field);
/* For many fields of one record: which grants reach it, once; then the right on each field. */
typedef struct Reach {
    const Record *r; const bool *grant;
    bool asked;               /* no grant reaches it, but the person is asked about it (asked.h) */
} Reach;
Reach perm_reach(Work *w, const Record *r);
Right perm_field_reached(Work *w, const Form *f, const Field *field, const Reach *reach);
/* E_DENIED naming the field, when a given field may not be written. Rights are those a grant
   gives that reaches `old` (new records: r); restrictions of a stage count while it stays the
   same: those of a move are move_lets'. */
bool perm_fields_written(Work *w, const Record *r, const Record *old);

/* One line of an explanation: which role and rule allowed or refused. */
typedef struct Because { bool allowed; const char *role, *rule, *text; } Because;
MUST bool perm_explain(Work *w, Act act, const Record *r, Because **out, int *n);
#endif

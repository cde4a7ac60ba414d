/*
 * policy — the second wall on PostgreSQL: which rows another login of the database may read.
 *
 * The engine owns the tables and is under no policy. A login of the server that is called as an
 * active user of the app reads, once it was granted SELECT, the rows that this user may read;
 * every other login reads none. Reading only. What nobody guards (the engine's own tables) has
 * row security without a policy.
 *
 *     tn_me() tn_department() tn_departments() tn_people() tn_roles()   who asks: session_user
 *     tn_read_FORM()    ids of the rows that one may read, by the scopes `read` of the form,
 *                       and while and after one is asked for consent to something in it
 *     policy tenon_read on the form's table, its lists and its rows: what those functions say
 *
 * They run as the owner with a fixed search path: a scope reads through a link what it needs, as
 * it does in the engine, and no policy asks another.
 */
#ifndef DATA_POLICY_H
#define DATA_POLICY_H
#include "data/spec.h"

/* A scope that cannot be asked of the database: through SQL the role has nothing by it. */
typedef struct PolicyGap { const Grant *grant; const char *why; } PolicyGap;
typedef struct Policy {
    const char *reader;       /* the function */
    const char *sql;          /* makes it and the policies anew, and marks it */
    const char *mark;         /* of this text: what the function's comment says of it */
    PolicyGap *gap; int ngap;
} Policy;

/* Of a form, or of a subform's rows. `cx` for language and arena only. */
Policy policy_of(Cx *cx, const Spec *spec, const Form *f);
/* The functions that say who asks; `reader` is one of them. */
Policy policy_people(Arena *a, const App *app);
/* What takes a form's function away, and the policies with it: nobody reads its rows then. */
const char *policy_drop(Arena *a, const char *reader);
#define POLICY_READER "tn_read_"
/* May everybody who reads a record of the form see this column of it, always? Fields computed from
   other forms count as no. */
bool policy_is_plain(const Field *f);
#endif

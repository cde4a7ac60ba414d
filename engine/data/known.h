/*
 * known — what the database remembers of each form and field, whatever they are called today.
 *
 * A form or field keeps its row in _field while its name changes, so that a rename, a swap, a
 * removal and a return are told apart from something new. _name keeps which name it had from
 * which version to which, so that a former version finds its fields again and history is read
 * under today's names. The tree is that of the definition: forms, fields, rows of subforms.
 */
#ifndef DATA_KNOWN_H
#define DATA_KNOWN_H
#include "db/db.h"

typedef struct Known Known;
struct Known {
    int64_t id;               /* 0: not in the database yet */
    Known *up;                /* the form, or the subform, it is a field of; NULL: a form */
    const char *name;
    const char *kind;         /* of its values: spec.h; "form" of forms, "rows" of subforms */
    const char *from;         /* what it is computed from; NULL: people fill it */
    const char *was;          /* the `was:` that has been applied */
    const char *rules;        /* bounds, then options a line each: what data was held to */
    bool required;
    int64_t retired;          /* the version that removed it; 0: in use */
    bool parked;              /* retired, and its name is another's: stored as _retired_ID */
};
typedef struct KnownName { Known *of; const char *name; int64_t since, until; } KnownName;
typedef struct KnownAll {
    Known **item; int n, cap;
    KnownName *name; int nname, name_cap;
} KnownAll;

MUST bool known_load(Cx *cx, Db *db, KnownAll *out);
/* In use, of that name; NULL: none. */
Known *known_find(const KnownAll *all, const Known *up, const char *name);
/* What had that name in a version. */
Known *known_at(const KnownAll *all, const Known *up, const char *name, int64_t version);
/* Had it that name at any time? */
bool known_had(const KnownAll *all, const Known *k, const char *name);
/* Where it is stored: its column, or its own table. */
const char *known_place(Arena *a, const Known *k);
const char *known_table(Arena *a, const Known *k);
/* "form.field", for people. */
const char *known_show(Arena *a, const Known *k);

/* Inside a write: its row of _field, and its names. `was`: as it was known before, NULL: not at
   all. Gives `now` its id. `version` is the one being published. */
MUST bool known_put(Cx *cx, Db *db, Known *now, const Known *was, int64_t version);
#endif

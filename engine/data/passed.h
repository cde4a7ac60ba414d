/*
 * passed — records by the way they took through a workflow, or by how they stand in it now: those
 * that a report counts.
 *
 * A case is a record that entered the workflow within a period: the first of its moves from `from`
 * on that concern the workflow leads into it, before `to`. All its moves until now count.
 */
#ifndef DATA_PASSED_H
#define DATA_PASSED_H
#include "data/work.h"

typedef enum PassedHow {
    PASSED_ENTERED,                    /* the cases, whatever became of them */
    PASSED_CAME,                       /* those that came into `stage` */
    PASSED_REACHED,                    /* into it, or into a later one that is a step of the way */
    PASSED_WENT,                       /* that left it, at least once, for a stage that is not lost */
    PASSED_LOST,                       /* for one that is */
    PASSED_HERE,                       /* stand in `stage` now, whenever they came */
    PASSED_LATE,                       /* of these: over its time */
    PASSED_ASKED,                      /* wait for the consent of `user` */
    PASSED_HOWS
} PassedHow;
extern const char *const passed_how[PASSED_HOWS];
typedef struct Passed {
    const Workflow *flow;
    int64_t from, to;                  /* instants: inclusive, exclusive; 0 and INT64_MAX: always */
    PassedHow how;
    const char *stage;                 /* its key, of older versions too; NULL: entered, asked */
    int64_t user;                      /* asked */
} Passed;
/* Stages where records are lost are ways out, no steps of the way; nor is NULL, one of an older version. */
bool stage_is_step(const Stage *s);
/* " AND …": a condition on the row `r` of the workflow's form. */
void passed_where(const Passed *p, Sql *out);
/* The condition alone: `r` is over the time of the stage it stands in. */
void passed_late(const Workflow *flow, Sql *out);
/* As in an address: "sales,lost,offer,2026-01-01,2026-02-01", for `asked` the user's number instead of
   the stage; parts at the end may be missing, days are of the reader's zone. E_SYNTAX when it names no
   way of this form's records. */
MUST bool passed_of(Work *w, const Form *f, const char *text, Passed *out);
#endif

/*
 * due — when something should be done, and what happens as that time comes and goes: of a stage,
 * of an approval, and of other records that one waits for (wait_for).
 *
 * The time is `within`, counted from when it began, or `due`, a date or time of the record. While
 * `pause` holds it stands still: in working time when `within` is bd or bh, else by the clock.
 */
#ifndef DEF_DUE_H
#define DEF_DUE_H
#include "def/action.h"

typedef enum LateKind {
    LATE_REMIND, LATE_ESCALATE, LATE_REASSIGN, LATE_APPROVE, LATE_REJECT, LATE_MOVE, LATE_DO
} LateKind;

typedef struct LateStep {
    Val after;                 /* since the due time, or since the step before; blank: at once */
    Val every;                 /* LATE_REMIND: again and again; blank: once */
    LateKind kind;
    People to;                 /* LATE_ESCALATE, LATE_REASSIGN */
    const char *move;          /* LATE_MOVE: a transition's name, checked by the workflow */
    Step *step; int nstep;     /* LATE_DO */
    const Node *at;
} LateStep;

typedef struct Due {
    Val within; Expr *due;     /* one of both; blank and NULL: there is no due time */
    const Calendar *calendar;  /* NULL: the app's first, or the default one */
    int warn;                  /* percent of the time gone when people are warned; 0: never */
    Expr *pause;               /* while it holds, time stands still; NULL: never */
    bool remind;               /* told when it is due (true unless the definition says no) */
    LateStep *then; int nthen; /* in order */
    const Node *at;            /* the map it was read from */
} Due;

bool due_is(const Due *d);     /* is there a due time? */
const char *late_kind(LateKind kind);          /* as it is written: remind, escalate … */
/* Its keys in the table of a stage or an approval, with the table of its `late`. */
extern const Attr stage_late_attrs[], approval_late_attrs[];
#define DUE_ATTRS(late_attrs) \
    { "within", ATTR_DURATION, "when it is due, from when it began; without `late` those it waits " \
      "for are told when it is over", "within: 2bd", .label = "Time allowed" }, \
    { "due", ATTR_EXPR, "instead of `within`: a date (until its end) or a time of the record", \
      "due: due", .label = "Due at" }, \
    { "calendar", ATTR_TEXT, "whose working time counts; without it the app's first calendar", \
      "calendar: office" }, \
    { "pause", ATTR_EXPR, "while it holds, the time to the due time stands still", \
      "pause: \"kind = 'other'\"" }, \
    { "late", ATTR_MAP, "what happens before and after it is due", \
      "late: {warn: 80%, then: {after: 1bd, escalate: \"manager_of(owner)\"}}", .of = late_attrs }
/* In the people of an approval's `late` this name is who is asked: a user. */
#define LATE_APPROVER "approver"
/* Reads these keys of a map (stage or approval); kinds a place does not allow are an issue. */
bool due_load(Cx *cx, App *app, Form *form, const Node *map, bool approval, Due *out);
#endif

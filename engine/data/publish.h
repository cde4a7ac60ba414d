/*
 * publish — what somebody means to publish: an admin's drafts, an older version, the folder. Looked
 * at first (diff, issues, plan), then done.
 */
#ifndef DATA_PUBLISH_H
#define DATA_PUBLISH_H
#include "data/draft.h"
#include "data/engine.h"

typedef struct Proposal {
    int64_t version;           /* PROPOSE_VERSION: which one */
    const PublishAsk *answers; /* its fill and move; set before proposal_plan; NULL: none */
    Source *change; int nchange;               /* over w->app */
    const char *diff;          /* of what is published to what would be; after proposal_plan
                                  with the names that follow a rename */
    const Node *rules;         /* lines of rules that mention what is renamed: {file, line, name,
                                  text}; they are not changed */
    const Node *flows;         /* workflows that change while records stand on them: pins_choices */
    const Node *fills;         /* values that records lack: {name: FORM.FIELD, form, label, rows, lacks, type,
                                  options: [{value, label}]}; lacks: it is refused without one */
    bool asks;                 /* it is refused for nothing else */
    const char *plan, *plan_json;              /* after proposal_plan; NULL: issues */
    bool refused, loses, empty;                /* the plan */
} Proposal;
typedef enum Propose { PROPOSE_DRAFT, PROPOSE_VERSION, PROPOSE_FOLDER } Propose;

/* change and diff. E_CONFLICT with clashes; E_MISSING for a version there is not. */
MUST bool proposal_open(Work *w, Propose what, int64_t version, Proposal *out, Merge *clash);
/* Only checks it: what an edit asks for. False with issues (E_DEF). */
MUST bool proposal_check(Work *w, const Proposal *p);
/* Checks and plans it. False with issues (E_DEF; E_INPUT: those of the answers). */
MUST bool proposal_plan(Work *w, Proposal *p);
/* Does it: author, note and loss are the ask's. E_CONFLICT with out->plan when it is
   refused or would lose data, with clashes, or when there is nothing to publish. */
MUST bool proposal_publish(Work *w, Propose what, int64_t version, const PublishAsk *ask,
    Published *out, Merge *clash);
#endif

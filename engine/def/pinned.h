/*
 * pinned — the versions of workflows that records still stand on.
 *
 * A record keeps the version of its workflow. Each time an app is loaded over a database, the
 * published texts of such versions come along as pins. One that means the same as the app's own
 * workflow gives it its version. The others are loaded beside it, as its `older`: with every
 * mistake told as in the app's own files (a field that is gone), and with renamed fields and forms
 * under their new names (rewrite.h).
 *
 * Two texts mean the same when their stages and transitions do, whatever order they stand in:
 * what is marked ATTR_SAID (labels, guides, messages, probability) is only for people to read, and
 * `when`, `order`, `was` and `migrate` are about new records and this publication.
 *
 * A record that has finished (its version has it in a stage that is not open) follows today's
 * version where that has a stage of the name. So a version is needed only while open records
 * stand on it, or finished ones in a stage that went. What is not needed is left out when another app is
 * loaded; the one that is published has all that are kept, on every node and at every start.
 */
#ifndef DEF_PINNED_H
#define DEF_PINNED_H
#include "def/app.h"

typedef struct Pin {
    const char *flow, *form;   /* as the database calls them */
    int64_t version;
    bool current;              /* it is the version published last */
    Source source;             /* its path: "workflows/deal.yaml@12" */
    const char **held; int nheld;              /* stages in which records of it stand */
    const Node *at;            /* its text as a tree, after loading; NULL: not read */
} Pin;
/* An answer to what a publication asks: open records of the workflow go on in the new version;
   map: "old:new,old:new", or NULL. */
typedef struct FlowMove { const char *flow, *map; } FlowMove;
/* What the database calls `was` had the name `now` before: a pin may say the one, and an app that is
   an earlier version again has the other. Of a form (its key), or NULL: a form's own name, or
   PIN_ROLE: a role's. */
#define PIN_ROLE "@role"
typedef struct PinName { const char *form, *was, *now; } PinName;
typedef struct Pins {
    Pin *pin; int n;
    const FlowMove *move; int nmove;
    const PinName *name; int nname;
    const char *hash;          /* of the app that was published last, or NULL */
} Pins;

/* Last pass of loading an app: versions of its workflows, and the older ones. */
void pins_load(Cx *cx, App *app, const Pins *pins);
Pins *pins_copy(Arena *a, const Pins *pins);
/* In a text that is a pin: the earlier name of `key` that this form, or NULL: the app's forms, has
   now; NULL: none, or several. */
const char *pin_name(const App *app, Place at, const Form *form, const char *key);
/* The same for a role. */
Role *pin_role(const App *app, Place at, const char *key);
/* The workflow that a pin is a version of: of that name, or renamed from it. NULL: it went. */
Workflow *pin_workflow(const App *app, const Pin *pin);
/* The status of a stage in a pin that was read; NULL: it has no such stage. */
const char *pin_status(const Pin *pin, const char *stage);
/* What a workflow means, as a text to be compared. */
const char *flow_meaning(Arena *a, const Node *flow);
/* The version a record stands on, and its stage there (NULL when it has none). `now`: today's. */
const Workflow *workflow_of(const Workflow *now, int64_t version, const char *stage,
    const Stage **out);
#endif

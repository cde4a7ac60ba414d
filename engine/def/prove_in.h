/*
 * prove_in — what the files of prove share.
 */
#ifndef DEF_PROVE_IN_H
#define DEF_PROVE_IN_H
#include "def/prove.h"
#include "def/value.h"
#include "expr/prove.h"

typedef struct Prove { Cx *cx; const App *app; Prover logic; } Prove;

void prove_exprs(Prove *p);    /* conditions that are settled, values that cannot be */
void prove_flows(Prove *p);    /* stages, transitions, workflows, reminders */
void prove_automations(Prove *p);               /* steps that never run, circles */
void prove_pools(Prove *p);    /* pools without records or people */
void prove_rights(Prove *p);   /* permissions, fields nobody sees */
void prove_uses(Prove *p);     /* what nothing names; the same twice */
void prove_texts(Prove *p);    /* translations */

/* What the expression says of itself; a NULL one is told by `otherwise`. */
Truth prove_truth(Prove *p, const Expr *e, Truth otherwise);
/* Some grant that counts for holders of the role (its own, those of roles it includes, of
   everyone) gives the right; with a status, for records in such a stage. */
bool prove_grants(Prove *p, const Form *f, const Role *role, Act act, const char *status);
bool prove_scope(Prove *p, const Scope *s, const char *status);
/* Does a key or text of the app, or a plugin, have the word, anywhere but as the key of `at`?
   `rules`: only plugins are asked. */
bool prove_named(Prove *p, const char *word, const Node *at, bool rules);
bool role_holds(const Role *role, const Role *other);    /* itself or includes it */
#endif

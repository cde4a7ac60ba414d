/*
 * role — named sets of rights, and what a form grants them.
 *
 * No entry, no right; several roles add up. Scopes own, department and subtree are expanded at
 * load to expressions over the form's owner field, so that one compiler serves them all.
 */
#ifndef DEF_ROLE_H
#define DEF_ROLE_H
#include "def/field.h"

typedef struct Role {
    const char *key, *was; Label label;                  /* was: its former name */
    bool builtin;                                        /* admin, everyone, public */
    struct Role **include; int ninclude;                 /* followed: transitively closed */
    const Node *at;
} Role;

typedef enum Act {
    ACT_READ, ACT_CREATE, ACT_UPDATE, ACT_DELETE, ACT_EXPORT, ACT_IMPORT, ACT_BATCH,
    ACT_SHARE,                 /* saved views with others: true or false */
    ACT_COUNT
} Act;
extern const char *const act_name[ACT_COUNT];            /* "read" … */

typedef enum ScopeKind {
    SCOPE_NONE, SCOPE_OWN, SCOPE_DEPARTMENT, SCOPE_SUBTREE, SCOPE_ALL, SCOPE_EXPR,
    SCOPE_BEFORE               /* an expression, asked of the record before a change only */
} ScopeKind;
/* expr: NULL for NONE and ALL. */
typedef struct Scope { ScopeKind kind; Expr *expr; const Node *at; } Scope;

typedef enum Right { RIGHT_FULL, RIGHT_READONLY, RIGHT_MASKED, RIGHT_HIDDEN } Right;
/* read: only where it holds. */
typedef struct FieldRight { Field *field; Right right; Expr *read; } FieldRight;

typedef struct Grant {
    const Role *role; Scope scope[ACT_COUNT];
    FieldRight *right; int nright;
    const struct Pool *pool;   /* made for who has to do with it: see pool.h; NULL: as written */
    const Node *at;
} Grant;

bool roles_load(Cx *cx, App *app, const Node *n);
/* `fields` of a grant or a pool. */
void rights_load(Cx *cx, App *app, Form *f, const Node *fields, Grant *g);
bool grants_load(Cx *cx, App *app, Form *f, const Node *n);
#endif

/*
 * pool — records without an owner that people take: who sees them, who may claim how many, and
 * when those of an owner come back.
 *
 * A form with pools has the columns pool, pool_since and owner_since. A record without an owner
 * is in the first pool whose `when` holds; one with an owner would go into that one. Members
 * read what is in their pool by a grant made here (grant.h), so that one compiler serves it too.
 */
#ifndef DEF_POOL_H
#define DEF_POOL_H
#include "def/assign.h"

typedef struct Recycle {
    Label label; const Node *at;
    Val after; Val *warn; int nwarn;           /* warn: before it, the longest first */
    Expr *since, *if_;                         /* since NULL: when the owner got it */
} Recycle;

typedef struct Pool {
    const char *key, *form; Label label; const Node *at;
    Expr *when;                                /* NULL: every record */
    People members, admins;
    Expr *member, *admin;                      /* is who asks one of them? NULL: nobody is */
    Value per_day, hold;                       /* of who claims; not given: no cap */
    Val cool_down;                             /* blank: none */
    Expr *open, *lock;                         /* which count for hold and are recycled; never */
    Recycle *recycle; int nrecycle;
} Pool;

bool pools_load(Cx *cx, App *app, Form *form, const Node *map);      /* after the grants */
Pool *form_pool(const Form *f, const char *key);         /* NULL if absent */
#endif

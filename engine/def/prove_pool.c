/*
 * prove_pool.c — pools that take no record, and those nobody has to do with.
 */
#include "def/prove_in.h"

static bool anybody(const People *p)
{
    for (int i = 0; i < p->n; i++)
        if (p->who[i].kind != WHO_ROLE || !str_eq(p->who[i].role->key, "public")) return true;
    return false;
}

static void shadowed(Prove *p, const Form *f, int i)
{
    const Pool *pool = &f->pool[i];
    const Node *when = node_find(pool->at, "when");
    for (int k = 0; k < i; k++) {
        const Pool *before = &f->pool[k];
        bool all = prove_truth(p, before->when, TRUTH_ALWAYS) == TRUTH_ALWAYS;
        bool same = pool->when && before->when
            && str_eq(expr_text(pool->when), expr_text(before->when));
        if (!all && !same) continue;
        cx_issue(p->cx, when ? node_place(when) : node_key_place(pool->at), "pool_shadowed",
            "the pool `%s` takes every record that `%s` would", before->key, pool->key);
        return;
    }
}

void prove_pools(Prove *p)
{
    for (int i = 0; i < p->app->nform; i++) {
        const Form *f = p->app->form[i];
        for (int k = 0; k < f->npool; k++) {
            const Pool *pool = &f->pool[k];
            if (!anybody(&pool->members) && !anybody(&pool->admins))
                cx_issue(p->cx, node_key_place(pool->at), "pool_nobody",
                    "nobody takes records out of the pool `%s`", pool->key);
            shadowed(p, f, k);
        }
    }
}

/*
 * pool_settle.c — records that were there before the pools were, or before they were as they are.
 *
 * After a publication that changed them a timer walks the form in portions. Those with an owner
 * are theirs from then on: nobody loses a record at once because a rule is new. Neither version
 * nor history changes: nobody changed the record.
 */
#include "data/pool.h"
#include "data/record_row.h"
#include "data/timer_row.h"
#include "base/out.h"

#include <stdlib.h>
#include <string.h>

#define PORTION 200

const char *pools_mark(Work *w, const Form *f)
{
    Str s = str_begin(w->cx.a);
    const Node *n = node_find(f->at, "pools"), *owner = node_find(f->at, "owner");

    str_add(&s, node_json(w->cx.a, n));
    str_add(&s, node_text(owner));
    return arena_printf(w->cx.a, "%016llx", (unsigned long long)str_hash(str_show(&s)));
}

MUST static bool store(Work *w, const Record *r)
{
    static const SysField fields[] = { SYS_POOL, SYS_POOL_SINCE, SYS_OWNER_SINCE };

    return record_put_system(w, r, fields, LEN(fields));
}

MUST static bool settle(Work *w, Record *r)
{
    bool owned = !val_is_blank(record_get(r, r->form->owner));
    const Pool *p = owned ? NULL : pool_kept(w, r);
    Val pool = p ? val_text(p->key) : val_blank();
    bool known = val_eq(r->val[SYS_POOL], pool)
        && (!owned || !val_is_blank(r->val[SYS_OWNER_SINCE]));

    if (w->cx.err) return false;
    if (!known) {
        r->val[SYS_POOL] = pool;
        r->val[SYS_POOL_SINCE] = p ? val_datetime(w->now) : val_blank();
        r->val[SYS_OWNER_SINCE] = owned ? val_datetime(w->now) : val_blank();
        if (!store(w, r)) return false;
    }
    return !val_is_blank(r->val[SYS_DELETED_AT]) || recycle_follow(w, r);
}

/* The payload: the mark, and behind it the last id that was done. */
bool pools_fire(Work *w, const Timer *t)
{
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;
    const char *mark = f && f->npool ? pools_mark(w, f) : "", *dot;
    int64_t id[PORTION], last = 0;
    int n;

    if (!*mark) return true;
    dot = t->payload && str_starts(t->payload, mark) ? strchr(t->payload, ':') : NULL;
    if (dot) last = strtoll(dot + 1, NULL, 10);
    if (!record_ids(w, f, last, true, id, PORTION, &n)) return false;
    for (int i = 0; i < n; i++) {
        Record *r;
        if (!record_load(w, f, id[i], true, &r)) return false;
        if (r && !settle(w, r)) return false;
    }
    if (n < PORTION) return timer_set(w, t->rule, t->form, 0, "", TIMER_NOTE, mark);
    return timer_set(w, t->rule, t->form, 0, "", w->now,
        arena_printf(w->cx.a, "%s:%lld", mark, (long long)id[n - 1]));
}

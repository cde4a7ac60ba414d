/*
 * save_pool.c — a record with an owner is in no pool; one without is in the one it was put into,
 * the one it is in as long as that takes it, or the first that does.
 *
 * By whichever way the owner changes, it is noticed here, and the row of _assigned follows.
 */
#include "data/save_in.h"
#include "data/pool.h"
#include "data/record_row.h"

static void set(Save *s, SysField at, Val v)
{
    s->r->val[at] = v;
}

MUST static bool has_owner(Work *w, Save *s, Val was, Val now)
{
    const Pool *p;

    set(s, SYS_POOL, val_blank());
    set(s, SYS_POOL_SINCE, val_blank());
    if (s->old && val_eq(was, now)) return true;
    set(s, SYS_OWNER_SINCE, val_datetime(w->now));
    if (!s->old) return true;
    if (!s->handing.kind)
        s->handing = (Handing){ .kind = "transferred", .field = s->form->owner };
    if (w->as_app || now.i == w->who.id) return true;
    p = pool_for(w, s->r);
    return !p || pool_room(w, p, s->r, now.i);
}

MUST static bool is_put(Work *w, Save *s, Val was, const Pool *p)
{
    Val now = p ? val_text(p->key) : val_blank();
    const Handing by_itself = { .kind = s->old && !val_is_blank(was) ? "released" : "pooled",
        .field = s->form->owner };

    set(s, SYS_OWNER_SINCE, val_blank());
    if (s->old && val_is_blank(was) && val_eq(now, s->old->val[SYS_POOL])) return true;
    set(s, SYS_POOL, now);
    set(s, SYS_POOL_SINCE, p ? val_datetime(w->now) : val_blank());
    if (!s->handing.kind && (p || !val_is_blank(was))) s->handing = by_itself;
    return true;
}

bool save_pool(Work *w, Save *s)
{
    const Form *f = s->form;
    const Pool *p;

    if (!f->npool) return true;
    Val now = record_get(s->r, f->owner), was = s->old ? record_get(s->old, f->owner) : val_blank();
    if (!val_is_blank(now)) return has_owner(w, s, was, now) && cx_check(&w->cx);
    p = form_pool(f, s->handing.pool);
    if (!p) p = pool_kept(w, s->r);
    return !w->cx.err && is_put(w, s, was, p);
}

/*
 * migrate_fill.c — computed fields of rows that were there before the field was, or before it
 * was computed so.
 *
 * Fields may read one another over forms: the walk is repeated until nothing changes. Records
 * are loaded a page at a time, so that memory does not grow with the table.
 */
#include "data/migrate.h"
#include "data/apart.h"
#include "data/progress.h"
#include "data/auth.h"
#include "data/record_row.h"
#include "data/store.h"
#include "base/sys.h"

#include <string.h>

#define PAGE 200
#define WALKS 20              /* longer chains of forms than any app has */

MUST static bool fill_one(Work *w, const Form *f, int64_t id, bool *changed)
{
    Record *r;
    bool moved = false;

    if (!record_load(w, f, id, true, &r)) return false;
    if (!r) return true;
    Record *old = record_copy(w, r);
    if (!record_compute(w, r) || !store_computed(w, r, old, &moved)) return false;
    *changed = *changed || moved;
    return true;
}

typedef struct Page { const Form *form; int64_t after; int n; bool changed; struct Progress *told; } Page;

static bool fill_page(Work *w, void *arg)
{
    Page *p = arg;
    int64_t id[PAGE];

    if (!record_ids(w, p->form, p->after, true, id, PAGE, &p->n)) return false;
    for (int i = 0; i < p->n; i++)
        if (!fill_one(w, p->form, id[i], &p->changed)) return false;
    if (p->n) p->after = id[p->n - 1];
    progress_rows(p->told, p->n);
    return true;
}

MUST static bool fill_form(Work *w, const Form *f, struct Progress *told, bool *changed)
{
    Page p = { .form = f, .told = told };

    do
        if (!work_apart(w, fill_page, &p)) return false;
    while (p.n);
    *changed = *changed || p.changed;
    return true;
}

static const Form *whole(const Form *f)
{
    while (f->parent) f = f->parent;
    return f;
}

bool migrate_fill(Cx *cx, Db *db, const App *app, const Plan *plan)
{
    Work w = { .cx = cx_begin(cx->a, cx->lang), .app = app, .db = db, .now = sys_now() };
    const Form **form = ARENA_ARRAY(cx->a, const Form *, plan->nfill + 1);
    int n = 0;
    bool changed = plan->nfill > 0;

    auth_become_app(&w, "publish");
    for (int i = 0; i < plan->nfill; i++) {
        const Form *f = whole(plan->fill[i]->form);
        bool known = false;
        for (int k = 0; k < n; k++) known = known || form[k] == f;
        if (!known) form[n++] = f;
    }
    for (int i = 0; changed && i < plan->n; i++)
        if (plan->step[i].what == PLAN_COMPUTE)
            progress_step(plan->progress, plan->step[i].text, plan->step[i].rows);
    for (int walk = 0; changed && walk < WALKS; walk++) {
        changed = false;
        for (int i = 0; i < n; i++) {
            if (fill_form(&w, form[i], plan->progress, &changed)) continue;
            cx_copy(cx, &w.cx);
            return false;
        }
    }
    return true;
}

/*
 * midnight.c — in portions, so that people's writes pass between: the timer's payload is the
 * last id that was done.
 */
#include "data/midnight.h"
#include "data/record_row.h"
#include "data/ripple.h"

#include <stdlib.h>

#define PORTION 300

bool midnight_wanted(const Form *f)
{
    for (int i = 0; i < f->nfield; i++) {
        const Field *x = f->field[i];
        if (x->formula && expr_uses(x->formula) & EXPR_NOW) return true;
        if (field_is_rows(x) && midnight_wanted(x->rows)) return true;
    }
    return false;
}

int64_t midnight_next(const Work *w, int64_t after)
{
    return local_midnight(local_day(after, w->app->zone) + 1, w->app->zone);
}

bool midnight_fire(Work *w, const Timer *t)
{
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;
    int64_t id[PORTION], due = t->due;
    const char *last = NULL;
    int n;

    if (!f || !midnight_wanted(f)) return true;
    if (!record_ids(w, f, t->payload ? strtoll(t->payload, NULL, 10) : 0, false, id, PORTION, &n))
        return false;
    for (int i = 0; i < n; i++)
        if (!ripple_again(w, f, id[i], false)) return false;
    if (n == PORTION) last = arena_printf(w->cx.a, "%lld", (long long)id[n - 1]);
    else due = midnight_next(w, w->now > due ? w->now : due);
    return timer_set(w, t->rule, t->form, 0, t->occurrence, due, last);
}

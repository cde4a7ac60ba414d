/*
 * prove_automation.c — steps that are never reached, and automations that set each other off without end.
 *
 * One sets another off for sure when, whatever the record holds, it gives a field another value for which
 * the other waits: nothing in the way is conditional. A circle in which all values are only handed on comes
 * to rest, so it is none.
 */
#include "def/prove_in.h"
#include "def/automation.h"

typedef struct Automation Automation;
enum { MOST = 60 };

static void unreached(Prove *p, const Step *step, int n)
{
    for (int i = 0; i < n; i++) {
        if (step[i].kind == STEP_STOP && i + 1 < n)
            cx_issue(p->cx, node_key_place(step[i + 1].at), "step_unreached",
                "no step behind `stop` runs");
        for (int k = 0; k < step[i].nbranch; k++)
            unreached(p, step[i].branch[k].step, step[i].branch[k].nstep);
    }
}

/* Does it give the record's own field a value, always; *moves: one that is computed, not handed on. */
static bool gives(const Automation *a, const Field *x, bool *moves)
{
    bool found = false;

    for (int i = 0; i < a->nstep && a->step[i].kind != STEP_STOP; i++) {
        const Step *s = &a->step[i];
        for (int k = 0; s->kind == STEP_SET && k < s->nset; k++) {
            const ExprRead *read;
            const Expr *e = s->set[k].value.expr;
            if (s->set[k].field != x || !e) continue;
            found = true;
            *moves |= !(expr_reads(e, &read) == 1 && str_eq(expr_text(e), read[0].name->key));
        }
    }
    return found;
}

static bool sets_off(const Automation *a, const Automation *b, bool *moves)
{
    if (!b->active || b->if_ || b->after_commit) return false;
    for (int i = 0; i < b->non; i++)
        for (int k = 0; b->on[i].kind == ON_UPDATED && k < b->on[i].nfield; k++)
            if (gives(a, b->on[i].field[k], moves)) return true;
    return false;
}

/* From the last of the chain back to its first. */
static bool circle(const Form *f, const Automation **chain, int n, bool moves)
{
    for (int i = 0; i < f->nautomation && n < MOST; i++) {
        const Automation *next = &f->automation[i];
        bool more = moves, seen = false;
        if (!sets_off(chain[n - 1], next, &more)) continue;
        if (next == chain[0]) {
            if (more) return true;
            continue;
        }
        for (int k = 1; k < n; k++) seen |= chain[k] == next;
        if (seen || next < chain[0]) continue;      /* told once, at its first */
        chain[n] = next;
        chain[n + 1] = NULL;
        if (circle(f, chain, n + 1, more)) return true;
    }
    chain[n] = NULL;
    return false;
}

static void circles(Prove *p, const Form *f)
{
    const Automation *chain[MOST + 2];

    for (int i = 0; i < f->nautomation; i++) {
        const Automation *a = chain[0] = &f->automation[i];
        Str s = str_begin(p->cx->a);
        chain[1] = NULL;
        if (!a->active || a->if_ || a->after_commit || !circle(f, chain, 1, false)) continue;
        for (int k = 0; chain[k]; k++) str_printf(&s, "%s → ", chain[k]->key);
        str_add(&s, a->key);
        cx_issue(p->cx, node_key_place(a->at), "automation_circle",
            "these set each other off without end: %s", str_show(&s));
    }
}

void prove_automations(Prove *p)
{
    for (int i = 0; i < p->app->nform; i++) {
        const Form *f = p->app->form[i];
        for (int k = 0; k < f->nautomation; k++)
            unreached(p, f->automation[k].step, f->automation[k].nstep);
        circles(p, f);
    }
    for (int i = 0; i < p->app->nworkflow; i++)
        for (int k = 0; k < p->app->workflow[i]->ntransition; k++)
            unreached(p, p->app->workflow[i]->transition[k].step, p->app->workflow[i]->transition[k].nstep);
}

/*
 * workflow_time.c — a transition that is made by itself leaves the very stage where the record is then.
 */
#include "def/workflow_time.h"
#include "def/form.h"
#include "def/value.h"

static void check_moves(Cx *cx, const Workflow *w, const Due *d, const Stage *s)
{
    for (int i = 0; i < d->nthen; i++) {
        const LateStep *l = &d->then[i];
        if (l->kind != LATE_MOVE || !l->move) continue;
        const Transition *t = workflow_transition(w, l->move);
        const char **known = ARENA_ARRAY(cx->a, const char *, w->ntransition + 1);
        int n = 0;
        for (int k = 0; k < w->ntransition; k++)
            if (transition_leaves(&w->transition[k], s)) known[n++] = w->transition[k].key;
        if (!t || !transition_leaves(t, s))
            ref_unknown(cx, node_place(node_find(l->at, "move")), "unknown_transition",
                "no transition `%s` leaves this stage",
                "no transition `%s` leaves this stage; did you mean `%s`?", l->move, known, n);
    }
}

static Transition *ref_then(Cx *cx, Workflow *w, const Transition *t, const char *key)
{
    const Node *n = node_find(t->wait->at, key);
    const char *name = n ? node_text(n) : NULL;
    Transition *then = name ? workflow_transition(w, name) : NULL;
    if (!n || (then && t->to && transition_leaves(then, t->to))) return then;
    if (then && t->to)
        cx_issue(cx, node_place(n), "does_not_fit", "`%s` does not leave the stage `%s`, where "
            "the record waits", name, t->to->key);
    else if (!then)
        cx_issue(cx, node_place(n), "unknown_transition", "unknown transition `%s`",
            name ? name : "?");
    return NULL;
}

static void bind_wait(Cx *cx, App *app, Workflow *w, Transition *t)
{
    if (!t->wait) return;
    if (t->into) {
        cx_issue(cx, node_key_place(t->wait->at), "does_not_fit",
            "who goes to another workflow cannot wait there");
        return;
    }
    t->wait->then = ref_then(cx, w, t, "then");
    t->wait->otherwise = ref_then(cx, w, t, "else");
    due_load(cx, app, w->form, t->wait->at, false, &t->wait->due);
    if (t->to) check_moves(cx, w, &t->wait->due, t->to);
}

void workflow_bind_times(Cx *cx, App *app, Workflow *w)
{
    for (int i = 0; i < w->ntransition; i++) bind_wait(cx, app, w, &w->transition[i]);
    for (int i = 0; i < w->nstage; i++) {
        Stage *s = &w->stage[i];
        if (!node_is(s->at, NODE_MAP)) continue;
        due_load(cx, app, w->form, s->at, false, &s->due);
        check_moves(cx, w, &s->due, s);
    }
}

/*
 * frame.c — the stack of running saves.
 */
#include "data/frame.h"

bool frame_begin(Work *w, Frame *f, const Form *form)
{
    *f = (Frame){ .up = w->write, .form = form };
    if (w->depth >= FRAME_DEPTH)
        return cx_fail(&w->cx, E_RULE, "a chain of more than %d writes inside writes: %s",
            FRAME_DEPTH, form->key);
    w->depth++;
    w->write = f;
    return true;
}

void frame_end(Work *w, Frame *f)
{
    BUG_IF(w->write != f);
    w->write = f->up;
    w->depth--;
}

Record *frame_seen(Work *w, const Form *f, int64_t id)
{
    Frame *top = w->write;

    for (int i = 0; top && i < top->nseen; i++)
        if (top->seen[i]->form == f && record_id(top->seen[i]) == id) return top->seen[i];
    return NULL;
}

void frame_see(Work *w, Record *r)
{
    Frame *top = w->write;

    if (!top) return;
    if (top->nseen == 64) top->nseen = 0;     /* a ripple over many records must stay quick */
    ARENA_PUSH(w->cx.a, top->seen, top->nseen, top->seen_cap, r);
}

void frame_stale(Work *w)
{
    for (Frame *f = w->write; f; f = f->up) f->nseen = 0;
}

void frame_say(Work *w, const Form *f, int64_t id, const char *text)
{
    Frame *top = w->write;
    Said s = { f, id, w->rule, arena_dup(w->cx.a, text) };

    if (top) ARENA_PUSH(w->cx.a, top->said, top->nsaid, top->said_cap, s);
}

const char *frame_said(Work *w, const Frame *f)
{
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < f->nsaid; i++) {
        if (i) str_add_char(&s, '\n');
        str_add(&s, label_stored(w->cx.a, f->said[i].text, w->cx.lang));
    }
    return f->nsaid ? str_show(&s) : NULL;
}

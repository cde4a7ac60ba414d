/*
 * titles.c — a small table in the request's arena, by form and id; behind it the memory of all.
 */
#include "data/titles.h"

typedef struct Title { const Form *form; int64_t id; const char *text; const void *more; } Title;
typedef struct Titles { Title *slot; size_t cap, n; } Titles;

static Title *slot_of(const Titles *t, const Form *f, int64_t id)
{
    size_t h = ((uintptr_t)f >> 4) * 31 + (size_t)id * 2654435761u;

    for (;; h++) {
        Title *s = &t->slot[h & (t->cap - 1)];
        if (!s->form || (s->form == f && s->id == id)) return s;
    }
}

const char *titles_find(const Work *w, const Form *f, int64_t id)
{
    const Titles *t = w->cache;
    return t && t->cap ? slot_of(t, f, id)->text : NULL;
}

static void grow(Work *w, Titles *t)
{
    Titles old = *t;

    t->cap = old.cap ? old.cap * 2 : 64;
    t->slot = ARENA_ARRAY(w->cx.a, Title, t->cap);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slot[i].form) *slot_of(t, old.slot[i].form, old.slot[i].id) = old.slot[i];
}

static Title *take_slot(Work *w, const Form *f, int64_t id)
{
    Titles *t = w->cache;

    if (!t) w->cache = t = ARENA_NEW(w->cx.a, Titles);
    if (t->n * 2 >= t->cap) grow(w, t);
    Title *s = slot_of(t, f, id);
    if (!s->form) t->n++;
    s->form = f;
    s->id = id;
    return s;
}

void titles_put(Work *w, const Form *f, int64_t id, const char *title)
{
    take_slot(w, f, id)->text = arena_dup(w->cx.a, title);
}

void titles_put_more(Work *w, const Form *f, int64_t id, const void *more)
{
    take_slot(w, f, id)->more = more;
}

const void *titles_more(const Work *w, const Form *f, int64_t id)
{
    const Titles *t = w->cache;
    return t && t->cap ? slot_of(t, f, id)->more : NULL;
}

static bool own_texts(const Expr *title)
{
    const ExprRead *r;
    int n = expr_reads(title, &r);

    for (int i = 0; i < n; i++)
        if (r[i].npath || r[i].other || r[i].name->kind != NAME_COLUMN
            || r[i].name->type.kind != T_TEXT) return false;
    return !expr_uses(title);
}

Recall titles_recall(Work *w, const Form *f, int64_t id)
{
    if (!f->title || !own_texts(f->title)) return (Recall){ .w = w };
    const char *lang = w->cx.lang ? w->cx.lang : "";
    const char *key = arena_printf(w->cx.a, "%lld %s %s", (long long)id, lang,
        expr_text(f->title));
    return recall_begin(w, f->names.table, key, &f->names.table, 1);
}

void titles_forget(Work *w, const Form *f, int64_t id)
{
    Titles *t = w->cache;
    if (t && t->cap) slot_of(t, f, id)->text = NULL;
}

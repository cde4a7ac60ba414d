/*
 * schema_compute.c — whatever reads a field that changes is computed anew as well.
 */
#include "data/schema_in.h"

#include <string.h>

void plan_fill_add(Planner *p, const Field *f)
{
    Plan *plan = p->plan;

    for (int i = 0; i < plan->nfill; i++)
        if (plan->fill[i] == f) return;
    ARENA_PUSH(p->cx->a, plan->fill, plan->nfill, plan->fill_cap, (Field *)f);
}

void plan_changed(Planner *p, const Field *f)
{
    const Field *const *reader;
    int n = field_dependents(p->cx->a, f, &reader);

    for (int i = 0; i < n; i++)
        if (reader[i] != f) plan_fill_add(p, reader[i]);
}

void plan_fills(Planner *p)
{
    Plan *plan = p->plan;

    for (int i = 0; i < plan->nfill; i++) plan_changed(p, plan->fill[i]);
    for (int i = 0; i < plan->nfill; i++) {
        const Field *f = plan->fill[i];
        PlanStep step = { .what = PLAN_COMPUTE, .form = f->form->key, .field = f->key,
            .rows = -1 };
        plan_add(p, step, "compute %s.%s", f->form->key, f->key);
    }
}

/* ---- computed from the same ---- */

static bool in_name(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Any name that a rename has changed; which field it means is told by the second line. */
static const char *word_now(Planner *p, const char *word)
{
    for (int i = 0; i < p->nwant; i++) {
        const Want *w = p->want[i];
        if (w->is && !str_eq(w->is->name, w->name) && str_eq(w->is->name, word)) return w->name;
    }
    return word;
}

static const char *text_now(Planner *p, const char *text, size_t n)
{
    Str s = str_begin(p->cx->a);

    for (size_t i = 0; i < n; ) {
        size_t end = i;
        while (end < n && in_name(text[end])) end++;
        if (end > i) str_add(&s, word_now(p, arena_dup_n(p->cx->a, text + i, end - i)));
        else str_add_char(&s, text[end++]);
        i = end;
    }
    return str_show(&s);
}

/* "form.field" of the past; what is not a field of ours (id, stage) keeps its name. */
static const char *read_now(Planner *p, const char *read)
{
    Arena *a = p->cx->a;
    const char *dot = strchr(read, '.');
    const char *table = dot ? arena_dup_n(a, read, (size_t)(dot - read)) : NULL;

    for (int i = 0; dot && i < p->nwant; i++) {
        const Want *w = p->want[i];
        if (!w->is) continue;
        if (w->up && str_eq(w->is->name, dot + 1) && str_eq(known_table(a, w->is->up), table))
            return arena_printf(a, "%s.%s", known_table(a, w->now->up), w->name);
    }
    for (int i = 0; dot && i < p->nwant; i++) {
        const Want *w = p->want[i];
        bool form = !w->up || str_eq(w->kind, "rows");
        if (form && w->is && str_eq(known_table(a, w->is), table))
            return arena_printf(a, "%s%s", known_table(a, w->now), dot);
    }
    return read;
}

bool plan_same_source(Planner *p, const char *was, const char *now)
{
    const char *line = was ? strchr(was, '\n') : NULL, *new_line = now ? strchr(now, '\n') : NULL;
    Str reads = str_begin(p->cx->a);
    char **read;

    if (!line || !new_line) return str_eq(was, now);
    if (!str_eq(text_now(p, was, (size_t)(line - was)),
            arena_dup_n(p->cx->a, now, (size_t)(new_line - now)))) return false;
    int n = str_split(p->cx->a, line + 1, ' ', &read);
    for (int i = 0; i < n; i++)
        if (*read[i]) str_printf(&reads, "%s ", read_now(p, read[i]));
    return str_eq(str_show(&reads), new_line + 1);
}

/*
 * process_groups.c — what the API's `by=` answers, with the names of people and records, which are
 * asked for at once.
 */
#include "http/process_groups.h"
#include "http/several.h"
#include "base/i18n.h"
#include "def/due.h"
#include "data/perm.h"
#include "data/readable.h"

static bool may_group(Work *w, const Form *form, const Field *f)
{
    static const char *const types[] = { "choice", "boolean", "user", "department", "link" };

    return str_in(f->type->name, types, LEN(types)) && !f->system
        && perm_field(w, form, f, NULL) != RIGHT_HIDDEN;
}

static void add_choices(Work *w, Node *page, const Form *form, const char *by)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "bys", node_list(a));

    page_option(a, list, "", "–", !by);
    page_option(a, list, "month", i18n_text(w->cx.lang, "Month"), str_eq(by, "month"));
    for (int i = form->nsystem; i < form->nfield; i++) {
        const Field *f = form->field[i];
        if (may_group(w, form, f))
            page_option(a, list, f->key, field_label(f, w->cx.lang), str_eq(by, f->key));
    }
}

/* Titles of the records that are keys. */
MUST static bool look_up(Work *w, const Field *f, const ServiceGroups *g)
{
    int64_t *id = ARENA_ARRAY(w->cx.a, int64_t, g->n + 1);
    int n = 0;

    if (!f || !f->to) return true;
    for (int i = 0; i < g->n; i++)
        if (g->group[i].key.kind == VAL_REC) id[n++] = g->group[i].key.i;
    return several_titles(w, f->to, id, n);
}

static const char *key_text(Work *w, const Field *f, Val key)
{
    Show show = page_show(w);

    if (val_is_blank(key)) return i18n_text(w->cx.lang, "blank");
    if (key.kind == VAL_REC && f && f->to) {
        const char *title = readable_title(w, f->to, key.i);
        return title && *title ? title : arena_printf(w->cx.a, "%lld", (long long)key.i);
    }
    return f ? field_show(w->cx.a, f, key, &show) : val_show(w->cx.a, key);
}

static void put_number(Work *w, Node *to, const char *key, int64_t n)
{
    node_put_text(w->cx.a, to, key, arena_printf(w->cx.a, "%lld", (long long)n));
}

static void put_group(Work *w, Node *list, const Field *f, const ServiceGroup *g)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));
    int64_t timed = g->in_time + g->late;

    node_put_text(a, one, "stage", label_show(&g->stage->label, w->cx.lang, g->stage->key));
    node_put_text(a, one, "label", key_text(w, f, g->key));
    put_number(w, one, "left", g->left);
    put_number(w, one, "in_time", g->in_time);
    put_number(w, one, "late", g->late);
    node_put_text(a, one, "kept", !timed ? NULL
        : arena_printf(a, "%lld %%", (long long)((g->in_time * 100 + timed / 2) / timed)));
    put_number(w, one, "open", g->open);
    put_number(w, one, "open_late", g->open_late);
    node_put_text(a, one, "mean", g->left ? page_hours(w, g->working / g->left) : NULL);
}

bool process_groups(Work *w, Node *page, const ProcessAsk *ask, const char *by)
{
    const Form *form = ask->flow->form;
    const Field *f = by ? form_field(form, by) : NULL;
    Node *list = node_put(w->cx.a, page, "groups", node_list(w->cx.a));
    ServiceGroups g;

    add_choices(w, page, form, by);
    node_put_text(w->cx.a, page, "by", by);
    if (!by) return true;
    if (!service_groups(w, ask->flow, ask->from, ask->to == INT64_MAX ? w->now + 1 : ask->to, by, &g)
        || !look_up(w, f, &g)) return false;
    for (int i = 0; i < g.n && !w->cx.err; i++)
        if (due_is(&g.group[i].stage->due)) put_group(w, list, f, &g.group[i]);
    return !w->cx.err;
}

/*
 * page_choice.c — what the control of a choice, a link or a list of them offers.
 *
 * Up to so many are options at once; of more, the script looks for them. What stands there
 * stays an option, readable or not, so that saving a form never takes away what it only showed.
 */
#include "http/page.h"
#include "def/types.h"
#include "data/choice.h"
#include "data/option.h"
#include "data/readable.h"
#include "data/record_row.h"

#include <stdlib.h>

enum { MAX_OPTIONS = 200 };

const char *page_control(const Field *f)
{
    if (f->type == &type_choice && f->other) return "choice_other";
    if (f->type == &type_choices && f->option_form) return "links";
    return f->type->control ? f->type->control : f->type->name;
}

void page_option(Arena *a, Node *options, const char *value, const char *label, bool selected)
{
    Node *o = node_add(a, options, node_map(a));
    node_put_text(a, o, "value", value);
    node_put_text(a, o, "label", label);
    node_put_bool(a, o, "selected", selected);
}

/* The values chosen, as their controls post them; taken: already drawn. */
typedef struct Chosen { const char *text; bool taken; } Chosen;
typedef struct ChosenSet { Chosen *one; int n; } ChosenSet;

static void choose(ChosenSet *set, const char *text)
{
    if (text && *text) set->one[set->n++] = (Chosen){ text, false };
}

/* What was typed, else what the record holds. */
static ChosenSet chosen_of(Work *w, const FieldAsk *ask)
{
    const Node *typed = node_find(ask->input, ask->f->key);
    Val v = record_get(ask->r, ask->f);
    int most = 1 + (typed ? typed->n : v.kind == VAL_LIST ? v.n : 0);
    ChosenSet set = { .one = ARENA_ARRAY(w->cx.a, Chosen, most) };

    if (typed && typed->kind == NODE_LIST)
        for (int i = 0; i < typed->n; i++) choose(&set, node_text(typed->item[i]));
    else if (typed)
        choose(&set, node_text(typed));
    else if (v.kind == VAL_LIST)
        for (int i = 0; i < v.n; i++) choose(&set, page_value_text(w, ask->f, v.list[i]));
    else if (!val_is_blank(v))
        choose(&set, v.kind == VAL_TEXT ? v.t : page_value_text(w, ask->f, v));
    return set;
}

static bool take(ChosenSet *set, const char *value)
{
    for (int i = 0; i < set->n; i++) {
        if (!str_eq(set->one[i].text, value) || set->one[i].taken) continue;
        return set->one[i].taken = true;
    }
    return false;
}

static const char *label_of(Work *w, const Field *f, const char *value)
{
    const Option *o = field_option(f, value);
    return o ? label_show(&o->label, w->cx.lang, value) : value;
}

/* ---- options of the definition ---- */

static void add_group(Work *w, Node *groups, const Field *f, const char *of, ChosenSet *set)
{
    Arena *a = w->cx.a;
    Node *g = node_map(a), *options = node_put(a, g, "options", node_list(a));

    node_put_text(a, g, "of", of);
    node_put_text(a, g, "label", label_of(w, f->option_by, of));
    for (int i = 0; i < f->noption; i++)
        if (str_in(of, f->option[i].of, f->option[i].nof))
            page_option(a, options, f->option[i].value, label_of(w, f, f->option[i].value),
                take(set, f->option[i].value));
    if (options->n) node_add(a, groups, g);
}

/* The group of what is chosen comes to its options first, then the others, in file order. */
static void add_groups(Work *w, Node *out, const FieldAsk *ask, ChosenSet *set)
{
    const Field *f = ask->f;
    Val by = record_get(ask->r, f->option_by);
    const char **of = NULL;
    int n = 0, cap = 0;
    Node *all = node_list(w->cx.a), *groups = node_put(w->cx.a, out, "groups", node_list(w->cx.a));

    node_put_text(w->cx.a, out, "within", f->option_by->key);
    for (int i = 0; i < f->noption; i++)
        for (int k = 0; k < f->option[i].nof; k++)
            if (!str_in(f->option[i].of[k], of, n))
                ARENA_PUSH(w->cx.a, of, n, cap, f->option[i].of[k]);
    Node **drawn = ARENA_ARRAY(w->cx.a, Node *, n + 1);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < n; i++) {
            bool now = by.kind == VAL_TEXT && str_eq(by.t, of[i]);
            if (now != (pass == 0)) continue;
            int before = all->n;
            add_group(w, all, f, of[i], set);
            if (all->n > before) drawn[i] = all->item[before];
        }
    for (int i = 0; i < n; i++)
        if (drawn[i]) node_add(w->cx.a, groups, drawn[i]);
}

static void add_defined(Work *w, Node *out, Node *options, const FieldAsk *ask, ChosenSet *set)
{
    const Field *f = ask->f;

    if (f->option_by) add_groups(w, out, ask, set);
    for (int i = 0; !f->option_by && i < f->noption; i++)
        page_option(w->cx.a, options, f->option[i].value, label_of(w, f, f->option[i].value),
            take(set, f->option[i].value));
}

/* ---- options that are records ---- */

/* What is chosen comes first, in the order it was chosen in. */
static void add_chosen(Work *w, Node *options, const Field *f, ChosenSet *set)
{
    Arena *a = w->cx.a;

    for (int i = 0; i < set->n; i++) {
        const char *text = set->one[i].text, *title = label_of(w, f, text);
        int64_t id = f->to ? strtoll(text, NULL, 10) : 0;
        if (!take(set, text)) continue;
        if (id) title = readable_title(w, f->to, id);
        page_option(a, options, text, title ? title : arena_printf(a, "#%s", text), true);
    }
}

static bool is_chosen(const ChosenSet *set, const char *text)
{
    for (int i = 0; i < set->n; i++)
        if (str_eq(set->one[i].text, text)) return true;
    return false;
}

/* A select keeps its order; there the chosen one is marked where it stands. */
static void offer(Work *w, Node *options, const Field *f, ChosenSet *set, const char *value,
    const char *label)
{
    if (!field_is_list(f)) page_option(w->cx.a, options, value, label, take(set, value));
    else if (!is_chosen(set, value)) page_option(w->cx.a, options, value, label, false);
}

static void add_texts(Work *w, Node *options, const FieldAsk *ask, ChosenSet *set, bool *more)
{
    Cx before = w->cx;
    const char **text;
    int n;

    if (!option_list(w, ask->f, ask->r, NULL, MAX_OPTIONS, &text, &n, more)) {
        w->cx = before;
        n = 0;
    }
    for (int i = 0; i < n; i++) offer(w, options, ask->f, set, text[i], text[i]);
}

static void add_records(Work *w, Node *options, const FieldAsk *ask, ChosenSet *set, bool *more)
{
    const Field *f = ask->f;
    Cx before = w->cx;
    Choice *list = NULL;
    int n = 0;

    if (!choice_list(w, f, ask->r, NULL, MAX_OPTIONS, &list, &n, more)) {
        w->cx = before;
        n = 0;
    }
    if (*more && !field_is_list(f)) n = 0;
    for (int i = 0; i < n; i++)
        offer(w, options, f, set, arena_printf(w->cx.a, "%lld", (long long)list[i].id),
            list[i].title);
}

static bool hangs(const Field *f)
{
    return f->pick || f->among || f->option_filter;
}

void page_choices(Work *w, Node *out, const FieldAsk *ask)
{
    Arena *a = w->cx.a;
    const Field *f = ask->f;
    bool more = false, lines = f->type == &type_tags || (f->type == &type_choice && f->other);

    if (!f->to && !f->noption && !option_from_records(f)) return;
    node_put_text(a, out, "path", f->form->parent
        ? arena_printf(a, "%s.%s", f->form->in->key, f->key) : f->key);
    node_put_bool(a, out, "picks", hangs(f));
    if (f->other) node_put_bool(a, out, "other", true);
    if (f->type == &type_tags) return;
    ChosenSet set = chosen_of(w, ask);
    Node *options = node_put(a, out, "options", node_list(a));
    bool listed = field_is_list(f) && (f->to || f->option_form);
    if (listed) add_chosen(w, options, f, &set);
    if (f->to) add_records(w, options, ask, &set, &more);
    else if (f->option_form) add_texts(w, options, ask, &set, &more);
    else add_defined(w, out, options, ask, &set);
    if (!lines && !f->other) add_chosen(w, options, f, &set);
    if (more) node_put_bool(a, out, "more", true);
}

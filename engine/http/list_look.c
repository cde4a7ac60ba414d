/*
 * list_look.c — what an address asks a list for, and the address of what is asked for.
 *
 * A saved view stands for what it keeps; what the address says besides it is more recent. So a
 * link says of the saved view only what differs from it, even when that is nothing.
 */
#include "http/list_page.h"
#include "data/filter_build.h"
#include "data/pool.h"
#include "data/readable.h"
#include "data/record_row.h"
#include "base/i18n.h"
#include "base/out.h"

#include <stdlib.h>
#include <string.h>

static const char *arg(const Request *q, const char *name)
{
    const char *text = request_arg(q, name);
    return text && *text ? text : NULL;
}

static const SavedView *saved_of(const SavedViews *all, int64_t id)
{
    for (int i = 0; i < all->n; i++)
        if (all->view[i].id == id) return &all->view[i];
    return NULL;
}

/* An address that asks for nothing is answered with what this person wants to see first. */
static const char *choose(const Request *q, ListLook *x)
{
    static const char *const asked[] = { "view", "filter", "q", "sort", "columns", "workflow",
        "month", "week", "passed", "whole" };
    const char *saved = arg(q, "saved");

    if (saved) x->saved = saved_of(&x->kept, strtoll(saved, NULL, 10));
    if (x->saved) return x->saved->view;
    for (int i = 0; i < LEN(asked); i++)
        if (arg(q, asked[i])) return arg(q, "view");
    if (x->kept.preset) x->saved = saved_of(&x->kept, x->kept.preset);
    return x->saved ? x->saved->view : x->kept.preset_key;
}

/* What a report or a card counts is shown as a table, and nothing of it is left out by a view. */
MUST static bool look_whole(Work *w, const char *passed, ListLook *x)
{
    if (passed && !passed_of(w, x->form, passed, &x->way)) return false;
    x->whole = true;
    x->passed = passed;
    x->saved = NULL;
    x->view = list_table(x->form);
    x->view_key = x->view ? x->view->key : NULL;
    return true;
}

bool list_look(Work *w, const Request *q, ListLook *x)
{
    *x = (ListLook){ .form = request_form(w, q) };
    if (!x->form) return false;
    if (!perm_may(w, x->form, ACT_READ))
        return cx_fail(&w->cx, E_MISSING, "there is no form %s", x->form->key);
    if (!saved_views(w, x->form, &x->kept)) return false;
    const char *view = choose(q, x);
    x->view = form_view(x->form, view);
    if (!x->view) x->view = form_view(x->form, NULL);
    x->view_key = x->view ? x->view->key : NULL;
    x->filter = request_arg(q, "filter") || !x->saved ? arg(q, "filter") : x->saved->filter;
    x->sort = request_arg(q, "sort") || !x->saved ? arg(q, "sort") : x->saved->sort;
    x->columns = request_arg(q, "columns") || !x->saved ? arg(q, "columns") : x->saved->columns;
    x->q = arg(q, "q");
    x->workflow = arg(q, "workflow");
    x->month = arg(q, "month");
    x->week = arg(q, "week");
    const char *passed = arg(q, "passed");
    return !(passed || arg(q, "whole")) || look_whole(w, passed, x);
}

typedef struct Said { Pair pair[14]; int n; } Said;

/* Left out: what the saved view says, and without one what says nothing. */
static void say(Said *s, const char *name, const char *value, const char *kept)
{
    bool said = value && *value;

    if (said ? !str_eq(value, kept) : kept != NULL)
        s->pair[s->n++] = (Pair){ name, said ? value : "" };
}

static Said said_of(Arena *a, const ListLook *x)
{
    const SavedView *v = x->saved;
    Said s = { 0 };

    if (v) say(&s, "saved", arena_printf(a, "%lld", (long long)v->id), NULL);
    else say(&s, "view", x->view_key, NULL);
    say(&s, "workflow", x->workflow, NULL);
    say(&s, "filter", x->filter, v ? v->filter : NULL);
    say(&s, "q", x->q, NULL);
    say(&s, "passed", x->passed, NULL);
    say(&s, "whole", x->whole && !x->passed ? "true" : NULL, NULL);
    say(&s, "sort", x->sort, v ? v->sort : NULL);
    say(&s, "columns", x->columns, v ? v->columns : NULL);
    say(&s, "month", x->month, NULL);
    say(&s, "week", x->week, NULL);
    return s;
}

static const char *url_at(Arena *a, const ListLook *x, const char *path, const char *after)
{
    Said said = said_of(a, x);
    Str s = str_begin(a);

    say(&said, "after", after, NULL);
    str_add(&s, path);
    for (int i = 0; i < said.n; i++) {
        str_add_char(&s, i ? '&' : '?');
        url_part(&s, said.pair[i].name);
        str_add_char(&s, '=');
        url_part(&s, said.pair[i].value);
    }
    return str_show(&s);
}

Node *list_state(Arena *a, const ListLook *x, const char *const *without)
{
    Said said = said_of(a, x);
    Node *list = node_list(a);

    for (int i = 0; i < said.n; i++) {
        bool left = false;
        for (const char *const *p = without; p && *p; p++) left |= str_eq(*p, said.pair[i].name);
        if (left) continue;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "name", said.pair[i].name);
        node_put_text(a, one, "value", said.pair[i].value);
    }
    return list;
}

const char *list_url(Arena *a, const ListLook *x, const char *after)
{
    return url_at(a, x, arena_printf(a, "/f/%s", x->form->key), after);
}

const char *list_url_below(Arena *a, const ListLook *x, const char *below)
{
    return url_at(a, x, arena_printf(a, "/f/%s/%s", x->form->key, below), NULL);
}

/* ---- chips ---- */

static const char *shown(Work *w, const FilterRow *row, const char *value)
{
    const Field *like = row->field->like ? row->field->like : row->field;
    const Names *names = row->field->name.type.form;
    const Option *o = field_option(like, value);

    if (o) return label_show(&o->label, w->cx.lang, value);
    if (str_eq(row->field->key, "stage"))
        for (int i = 0; i < row->field->form->nworkflow; i++) {
            const Stage *s = workflow_any_stage(row->field->form->workflow[i], value);
            if (s) return label_show(&s->label, w->cx.lang, value);
        }
    if (!names || row->op->takes == TAKES_DAYS) return value;
    Cx before = w->cx;
    const char *title = readable_title(w, names->form, strtoll(value, NULL, 10));
    if (w->cx.err) w->cx = before;
    return title && *title ? title : arena_printf(w->cx.a, "#%s", value);
}

const char *list_chip(Work *w, const FilterRow *row)
{
    Str s = str_begin(w->cx.a);

    if (!row->field) return NULL;
    str_printf(&s, "%s %s", field_label(row->field, w->cx.lang),
        i18n_text(w->cx.lang, row->op->label));
    for (int i = 0; i < row->nvalue; i++)
        str_printf(&s, "%s%s", !i ? " " : row->op->takes == TAKES_TWO ? " – " : ", ",
            shown(w, row, row->value[i]));
    return str_show(&s);
}

static void add_chip(Work *w, Node *list, const char *text, bool code, const char *href)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));

    node_put_text(a, one, "text", text);
    node_put_bool(a, one, "code", code);
    node_put_text(a, one, "href", href);
}

static const char *way_words(Work *w, const Passed *p)
{
    static const char *const text[] = { NULL, "Came into “%s”", "Reached “%s”",
        "Went on from “%s”", "Lost from “%s”", "Stands in “%s”", "Late in “%s”", "Waits for %s" };
    const char *flow = label_show(&p->flow->label, w->cx.lang, p->flow->key), *what = NULL;
    const Stage *s = p->stage ? workflow_any_stage(p->flow, p->stage) : NULL;

    if (p->how == PASSED_ASKED) what = record_title_of(w, app_form(w->app, "user"), p->user);
    else if (s) what = label_show(&s->label, w->cx.lang, s->key);
    if (text[p->how]) flow = arena_printf(w->cx.a, "%s: %s", flow,
        page_say(w, text[p->how], what ? what : "?"));
    const char *from = p->from ? page_day(w, local_day(p->from, page_zone(w))) : NULL;
    const char *to = p->to == INT64_MAX ? NULL : page_day(w, local_day(p->to - 1, page_zone(w)));
    if (!from && !to) return flow;
    return arena_printf(w->cx.a, "%s (%s)", flow, !to ? page_say(w, "since %s", from)
        : !from ? page_say(w, "until %s", to) : arena_printf(w->cx.a, "%s – %s", from, to));
}

static void add_chips(Work *w, Node *page, const ListLook *x)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "chips", node_list(a));
    ListLook less = *x;
    FilterRow *row;

    if (x->passed) {
        less.passed = NULL;
        less.whole = false;
        add_chip(w, list, way_words(w, &x->way), false, list_url(a, &less, NULL));
        less.passed = x->passed;
        less.whole = true;
    }
    if (x->whole && !x->passed && x->view && x->view->filter) {
        less.whole = false;
        add_chip(w, list, page_say(w, "Of all records"), false, list_url(a, &less, NULL));
        less.whole = true;
    }
    if (!x->filter) return;
    Cx before = w->cx;
    int n = filter_rows(w, x->form, x->filter, &row);
    if (n < 0) {                       /* the query tells what is wrong with it */
        w->cx = before;
        less.filter = NULL;
        add_chip(w, list, x->filter, true, list_url(a, &less, NULL));
    }
    for (int i = 0; i < n; i++) {
        const char *said = row[i].field && filter_offered(w, x->form, row[i].field)
            ? list_chip(w, &row[i]) : NULL;
        less.filter = filter_join(a, row, n, i);
        add_chip(w, list, said ? said : row[i].text, !said, list_url(a, &less, NULL));
    }
}

/* ---- the frame ---- */

static Node *add_tab(Work *w, Node *views, const char *label, const char *href, bool current)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, views, node_map(a));

    node_put_text(a, one, "label", label);
    node_put_text(a, one, "href", href);
    node_put_bool(a, one, "current", current);
    node_put_bool(a, one, "kept", false);
    node_put_bool(a, one, "shared", false);
    return one;
}

static void add_tabs(Work *w, Node *page, const ListLook *x)
{
    Arena *a = w->cx.a;
    const Form *f = x->form;
    const char *here = arena_printf(a, "/f/%s", f->key);
    Node *views = node_put(a, page, "views", node_list(a));

    for (int i = 0; i < f->nview; i++) {
        const View *v = &f->view[i];
        if (v->pool && v != x->view && !pool_sees(w, v->pool)) continue;
        add_tab(w, views, label_show(&v->label, w->cx.lang, v->key),
            page_url(a, here, "view", v->key, NULL), !x->saved && v == x->view);
    }
    for (int i = 0; i < x->kept.n; i++) {
        const SavedView *v = &x->kept.view[i];
        Node *one = add_tab(w, views, v->name,
            page_url(a, here, "saved", arena_printf(a, "%lld", (long long)v->id), NULL),
            v == x->saved);
        node_put_bool(a, one, "kept", true);
        node_put_bool(a, one, "shared", v->nrole > 0);
    }
}

/* How records go through each workflow, in the list's menu. */
static void add_flows(Work *w, Node *page, const Form *f)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "flow_pages", node_list(a));

    for (int i = 0; i < f->nworkflow; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label", f->nworkflow == 1 ? i18n_text(w->cx.lang, "Workflow")
            : page_say(w, "Workflow: %s",
                label_show(&f->workflow[i]->label, w->cx.lang, f->workflow[i]->key)));
        node_put_text(a, one, "href", arena_printf(a, "/workflows/%s", f->workflow[i]->key));
    }
}

static bool differs(const ListLook *x)
{
    const SavedView *v = x->saved;

    if (!v) return x->filter || x->sort || x->columns;
    return !str_eq(x->filter, v->filter) || !str_eq(x->sort, v->sort)
        || !str_eq(x->columns, v->columns);
}

void list_frame(Work *w, Node *page, const ListLook *x)
{
    Arena *a = w->cx.a;
    const Form *f = x->form;
    ListLook less = *x;

    page_crumbs(w, page, f, NULL);
    page_computing(w, page, x->form);
    node_put_text(a, page, "search_at", arena_printf(a, "/f/%s", f->key));
    node_put_text(a, page, "q", x->q);
    less.q = NULL;
    node_put_text(a, page, "unsearched", list_url(a, &less, NULL));
    node_put_text(a, page, "filter_href", list_url_below(a, x, "filter"));
    node_put_text(a, page, "columns_href",
        x->view && x->view->type == VIEW_TABLE ? list_url_below(a, x, "columns") : NULL);
    /* A saved view keeps a filter, not what a report counts. */
    node_put_text(a, page, "keep_href", x->passed ? NULL : list_url_below(a, x, "views"));
    node_put_bool(a, page, "changed", differs(x));
    node_put_bool(a, page, "may_create", perm_may(w, f, ACT_CREATE));
    node_put_text(a, page, "new_href", arena_printf(a, "/f/%s/new", f->key));
    node_put_text(a, page, "bin_href", arena_printf(a, "/bin/%s", f->key));
    node_put_text(a, page, "view_note", x->saved && x->saved->view
        && !form_view(f, x->saved->view)
        ? page_say(w, "The view this one was based on is gone; it shows the first one instead.")
        : NULL);
    add_tabs(w, page, x);
    add_flows(w, page, f);
    add_chips(w, page, x);
}

bool list_refused(Work *w, Node *page)
{
    Arena *a = w->cx.a;
    const Issue *issue = w->cx.nissue ? &w->cx.issue[0] : NULL;

    if (w->cx.err != E_INPUT && w->cx.err != E_DENIED && w->cx.err != E_SYNTAX) return false;
    node_put_text(a, page, "error", issue ? issue->text : w->cx.text);
    node_put_text(a, page, "error_source", issue ? issue->source : NULL);
    cx_clear(&w->cx);
    return true;
}

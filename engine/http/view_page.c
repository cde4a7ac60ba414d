/*
 * view_page.c — saved views: keep what the list shows, see and change those there are, choose
 * what opens first. Forms that post and lead back to the list.
 */
#include "http/list_page.h"
#include "http/handlers.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ROLES = 100 };

static const char *posted(const Request *q, const char *name)
{
    return node_text(node_find(q->form, name));
}

/* Roles as checkboxes; what it is shared with already is checked. */
static void add_roles(Work *w, Node *page, const ListLook *x, const SavedView *v)
{
    Arena *a = w->cx.a;
    Node *list;

    if (!perm_may(w, x->form, ACT_SHARE)) return;
    list = node_put(a, page, "roles", node_list(a));
    for (int i = 0; i < w->app->nrole; i++) {
        const Role *role = &w->app->role[i];
        if (str_eq(role->key, "public") || str_eq(role->key, "admin")) continue;
        page_option(a, list, role->key, label_show(&role->label, w->cx.lang, role->key),
            v && str_in(role->key, v->role, v->nrole));
    }
}

static const char *shared_text(Work *w, const SavedView *v)
{
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < v->nrole; i++) {
        const Role *role = app_role(w->app, v->role[i]);
        str_printf(&s, "%s%s", i ? ", " : "",
            role ? label_show(&role->label, w->cx.lang, role->key) : v->role[i]);
    }
    return v->nrole ? str_show(&s) : NULL;
}

static const char *id_text(Work *w, int64_t id)
{
    return arena_printf(w->cx.a, "%lld", (long long)id);
}

static const char *view_path(Work *w, const Form *f, int64_t id)
{
    return arena_printf(w->cx.a, "/f/%s/views/%lld", f->key, (long long)id);
}

static void add_kept(Work *w, Node *page, const ListLook *x)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "kept", node_list(a));
    Node *first = node_put(a, page, "presets", node_list(a));

    for (int i = 0; i < x->form->nview; i++) {
        const View *v = &x->form->view[i];
        page_option(a, first, v->key, label_show(&v->label, w->cx.lang, v->key),
            !x->kept.preset && str_eq(v->key, x->kept.preset_key));
    }
    for (int i = 0; i < x->kept.n; i++) {
        const SavedView *v = &x->kept.view[i];
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "name", v->name);
        node_put_text(a, one, "href", page_url(a, arena_printf(a, "/f/%s", x->form->key),
            "saved", id_text(w, v->id), NULL));
        node_put_text(a, one, "edit_href", saved_mine(w, v) ? view_path(w, x->form, v->id) : NULL);
        node_put_text(a, one, "shared", shared_text(w, v));
        page_option(a, first, id_text(w, v->id), v->name, x->kept.preset == v->id);
    }
}

static void add_issues(Work *w, Node *page)
{
    Arena *a = w->cx.a;
    const Issue *i = w->cx.nissue ? &w->cx.issue[0] : NULL;
    bool name = i && str_eq(i->at.field, "name");

    node_put_text(a, page, "issue", i ? i->text : w->cx.text);
    node_put_text(a, page, "source", i ? i->source : NULL);
    node_put_bool(a, page, "name_bad", name);
    cx_clear(&w->cx);
}

static bool show(Work *w, const Request *q, Response *r, const ListLook *x, bool failed)
{
    Arena *a = w->cx.a;
    const SavedView *v = x->saved;
    bool changed = v && (!str_eq(x->filter, v->filter) || !str_eq(x->sort, v->sort)
        || !str_eq(x->columns, v->columns));
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Saved views"));

    if (failed) add_issues(w, page);
    page_crumbs(w, page, x->form, NULL);
    node_put_text(a, page, "action", list_url_below(a, x, "views"));
    node_put_text(a, page, "cancel_href", list_url(a, x, NULL));
    node_put_text(a, page, "name", failed ? posted(q, "name") : NULL);
    node_put_text(a, page, "update", changed && saved_mine(w, v) ? v->name : NULL);
    node_put_text(a, page, "filter", x->filter);
    add_roles(w, page, x, NULL);
    add_kept(w, page, x);
    page_end(w, q, r, "views", page);
    if (failed) r->status = 422;
    return !w->cx.err;
}

bool page_views(Work *w, const Request *q, Response *r)
{
    ListLook x;

    return list_look(w, q, &x) && show(w, q, r, &x, false);
}

static void read_roles(Work *w, const Request *q, SavedView *v)
{
    v->role = ARENA_ARRAY(w->cx.a, const char *, MOST_ROLES);
    v->nrole = 0;
    for (int i = 0; q->form && i < q->form->n && v->nrole < MOST_ROLES; i++)
        if (str_starts(q->form->item[i]->key, "role."))
            v->role[v->nrole++] = q->form->item[i]->key + 5;
}

/* "": the first; a number: a saved one; else one of the definition. */
static bool set_preset(Work *w, const Form *f, const char *text)
{
    int64_t id = strtoll(text, NULL, 10);

    return saved_preset(w, f, id, id || !*text ? NULL : text);
}

static bool to_list(Work *w, Response *r, const ListLook *x, int64_t id)
{
    const char *list = arena_printf(w->cx.a, "/f/%s", x->form->key);

    response_redirect(&w->cx, r, page_url(w->cx.a, list, "saved", id ? id_text(w, id) : NULL,
        "done", "1", NULL));
    return true;
}

static bool refused(Work *w, const Request *q, Response *r, const ListLook *x)
{
    if (w->cx.err != E_INPUT && w->cx.err != E_DENIED && w->cx.err != E_SYNTAX) return false;
    return show(w, q, r, x, true);
}

bool page_views_post(Work *w, const Request *q, Response *r)
{
    const char *preset = posted(q, "preset");
    SavedView v = { 0 };
    ListLook x;

    if (!list_look(w, q, &x)) return false;
    if (posted(q, "set_preset")) {
        if (!set_preset(w, x.form, preset ? preset : "")) return refused(w, q, r, &x);
        return to_list(w, r, &x, 0);
    }
    if (posted(q, "update") && x.saved) {
        v = *x.saved;
    } else {
        v.view = x.view_key;
        v.name = posted(q, "name");
        read_roles(w, q, &v);
    }
    v.filter = x.filter;
    v.sort = x.sort;
    v.columns = x.columns;
    if (!saved_write(w, x.form, &v)) return refused(w, q, r, &x);
    if (posted(q, "first") && !saved_preset(w, x.form, v.id, NULL)) return false;
    return to_list(w, r, &x, v.id);
}

static bool show_one(Work *w, const Request *q, Response *r, const ListLook *x,
    const SavedView *v, bool failed)
{
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Saved view"));

    if (failed) add_issues(w, page);
    page_crumbs(w, page, x->form, NULL);
    node_put_text(a, page, "action", view_path(w, x->form, v->id));
    node_put_text(a, page, "cancel_href", list_url_below(a, x, "views"));
    node_put_text(a, page, "name", v->name);
    node_put_text(a, page, "filter", v->filter);
    add_roles(w, page, x, v);
    page_end(w, q, r, "view", page);
    if (failed) r->status = 422;
    return !w->cx.err;
}

static bool get_one(Work *w, const Request *q, ListLook *x, SavedView *v)
{
    int64_t id;

    if (!list_look(w, q, x) || !request_id(w, q, 1, &id) || !saved_get(w, x->form, id, v))
        return false;
    return saved_mine(w, v) || cx_fail(&w->cx, E_DENIED, "only its owner changes this view");
}

bool page_view(Work *w, const Request *q, Response *r)
{
    SavedView v;
    ListLook x;

    return get_one(w, q, &x, &v) && show_one(w, q, r, &x, &v, false);
}

bool page_view_post(Work *w, const Request *q, Response *r)
{
    SavedView v;
    ListLook x;

    if (!get_one(w, q, &x, &v)) return false;
    if (posted(q, "delete")) return saved_delete(w, x.form, v.id) && to_list(w, r, &x, 0);
    v.name = posted(q, "name");
    if (perm_may(w, x.form, ACT_SHARE)) read_roles(w, q, &v);
    if (saved_write(w, x.form, &v)) return to_list(w, r, &x, v.id);
    if (w->cx.err != E_INPUT && w->cx.err != E_DENIED && w->cx.err != E_SYNTAX) return false;
    return show_one(w, q, r, &x, &v, true);
}

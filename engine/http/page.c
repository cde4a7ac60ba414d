/*
 * page.c — the frame: who is it, what may they open, which language, what just happened.
 *
 * The frame stands around errors too, so nothing in it may fail: what cannot be read is left
 * out, and nobody signed in gets a page without menu.
 */
#include "http/page.h"
#include "base/i18n.h"
#include "data/auth.h"
#include "data/dash_ask.h"
#include "data/notice.h"
#include "data/task.h"
#include "data/pending.h"

static void add_languages(Work *w, Node *page, const char *lang)
{
    static const struct { const char *key, *name; } names[] = {
        { "en", "English" }, { "zh", "中文" },
    };
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "languages", node_list(a));

    for (int i = 0; i < w->app->nlanguage; i++) {
        const char *key = w->app->language[i], *name = key;
        for (int k = 0; k < LEN(names); k++)
            if (str_eq(names[k].key, key)) name = names[k].name;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "key", key);
        node_put_text(a, one, "name", name);
        node_put_bool(a, one, "current", str_eq(key, lang));
    }
}

static void add_form(Work *w, const Request *q, Node *items, const Form *f)
{
    Arena *a = w->cx.a;

    if (!perm_may(w, f, ACT_READ)) return;
    Node *item = node_add(a, items, node_map(a));
    node_put_text(a, item, "href", arena_printf(a, "/f/%s", f->key));
    node_put_text(a, item, "label", form_label(f, w->cx.lang));
    bool here = q->npart > 1 && (str_eq(q->part[0], "f") || str_eq(q->part[0], "bin"));
    node_put_bool(a, item, "current", here && str_eq(q->part[1], f->key));
}

static void add_dashboard(Work *w, const Request *q, Node *items, const Dashboard *d)
{
    Arena *a = w->cx.a;

    if (!dash_may(w, d)) return;
    Node *item = node_add(a, items, node_map(a));
    node_put_text(a, item, "href", arena_printf(a, "/dashboards/%s", d->key));
    node_put_text(a, item, "label", label_show(&d->label, w->cx.lang, d->key));
    node_put_bool(a, item, "current", q->npart > 1 && str_eq(q->part[0], "dashboards")
        && str_eq(q->part[1], d->key));
}

static void add_item(Work *w, const Request *q, Node *items, const MenuItem *item)
{
    if (item->dashboard) add_dashboard(w, q, items, item->dashboard);
    else if (item->form) add_form(w, q, items, item->form);
}

static Node *add_section(Work *w, Node *menu, const char *label, Node *items)
{
    Arena *a = w->cx.a;

    if (!items->n) return NULL;
    Node *section = node_add(a, menu, node_map(a));
    node_put_text(a, section, "label", label);
    return node_put(a, section, "items", items);
}

static bool in_menu(const App *app, const Form *f)
{
    for (int i = 0; i < app->nmenu; i++)
        for (int k = 0; k < app->menu[i].nitem; k++)
            if (app->menu[i].item[k].form == f) return true;
    return false;
}

/* Without a menu in app.yaml: all forms and dashboards. People and departments are always within reach of
   those who keep them. */
static void add_menu(Work *w, const Request *q, Node *page)
{
    const App *app = w->app;
    Arena *a = w->cx.a;
    Node *menu = node_put(a, page, "menu", node_list(a));

    for (int i = 0; i < app->nmenu; i++) {
        Node *items = node_list(a);
        for (int k = 0; k < app->menu[i].nitem; k++)
            add_item(w, q, items, &app->menu[i].item[k]);
        add_section(w, menu, label_show(&app->menu[i].label, w->cx.lang, ""), items);
    }
    Node *rest = node_list(a);
    for (int i = 0; !app->nmenu && i < app->nform; i++)
        if (!app->form[i]->builtin) add_form(w, q, rest, app->form[i]);
    add_section(w, menu, page_say(w, "Records"), rest);
    Node *boards = node_list(a);
    for (int i = 0; !app->nmenu && i < app->ndashboard; i++) add_dashboard(w, q, boards, app->dashboard[i]);
    add_section(w, menu, page_say(w, "Dashboards"), boards);
    Node *people = node_list(a);
    for (int i = 0; i < app->nform; i++)
        if (app->form[i]->builtin && w->who.admin && !in_menu(app, app->form[i]))
            add_form(w, q, people, app->form[i]);
    add_section(w, menu, page_say(w, "People"), people);
}

static const char *badge(Arena *a, int64_t n)
{
    return !n ? NULL : n > 99 ? "99+" : arena_printf(a, "%lld", (long long)n);
}

static void add_person(Work *w, const Request *q, Node *page)
{
    Arena *a = w->cx.a;
    Node *user = node_put(a, page, "user", node_map(a));
    const Form *f = app_form(w->app, "user");
    Cx before = w->cx;
    int64_t unread = 0;
    const char *name = w->who.name ? w->who.name : "";

    node_put_int(a, user, "id", w->who.id);
    node_put_text(a, user, "name", name);
    node_put_text(a, user, "login", w->who.login);
    node_put_text(a, user, "initial", utf8_upper(a, utf8_sub(a, name, 0, 1)));
    node_put_bool(a, user, "admin", w->who.admin);
    if (f) node_put_text(a, user, "href", page_href(a, f, w->who.id));
    if (q->session) node_put_text(a, page, "csrf", auth_csrf(w, q->session));
    if (!notice_unread(w, &unread)) w->cx = before;
    node_put_text(a, page, "unread", badge(a, unread));
    int64_t todo = 0, copied = 0;
    bool tasks = app_approves(w->app);
    if (tasks && !task_counts(w, &todo, &copied)) w->cx = before;
    node_put_bool(a, page, "has_tasks", tasks);
    node_put_text(a, page, "tasks_open", badge(a, todo + copied));
}

/* What the page before did, told once: ?saved=1 and its like. */
static const char *flash(Work *w, const Request *q)
{
    static const struct { const char *arg, *text; } all[] = {
        { "created", "Created." }, { "saved", "Saved." }, { "moved", "Moved on." },
        { "done", "Done." }, { "deleted", "Moved to the recycle bin." },
        { "restored", "Restored." }, { "read", "Marked as read." },
        { "published", "Published." }, { "snoozed", "You will be reminded again." },
        { "remind", "You will be reminded." },
        { "password", "The password was changed." },
        { "elsewhere", "Signed out everywhere else." },
        { "decided", "Decided." }, { "withdraw", "Taken back." }, { "nudge", "They were reminded." },
        { "waits", "It waits for approval now." },
        { "handed", "Saved. It belongs to someone else now, so you cannot open it." },
    };
    for (int i = 0; i < LEN(all); i++)
        if (request_arg(q, all[i].arg)) return i18n_text(w->cx.lang, all[i].text);
    return NULL;
}

Node *page_begin(Work *w, const Request *q, const char *title)
{
    Arena *a = w->cx.a;
    Node *page = node_map(a);
    const char *lang = w->cx.lang ? w->cx.lang : "en";

    node_put_text(a, page, "title", title);
    node_put_text(a, page, "lang", lang);
    node_put_text(a, page, "app", label_show(&w->app->label, lang, w->app->key));
    node_put_text(a, page, "nonce", q->nonce);
    node_put_text(a, page, "path", q->path);
    node_put_text(a, page, "here", q->query && *q->query
        ? arena_printf(a, "%s?%s", q->path, q->query) : q->path);
    node_put_bool(a, page, "bare", !w->who.id);
    add_languages(w, page, lang);
    node_put_text(a, page, "preview", db_looks(w->db)
        ? page_say(w, "Preview of your draft as %s; nothing is kept", w->who.name) : NULL);
    if (!w->who.id) return page;
    node_put_text(a, page, "live", q->live);
    node_put_int(a, page, "app_version", w->app->version);
    node_put_text(a, page, "live_who", "{who}");         /* the script fills it in */
    add_person(w, q, page);
    add_menu(w, q, page);
    node_put_text(a, page, "flash", flash(w, q));
    node_put_text(a, page, "computing", NULL);
    return page;
}

void page_computing(Work *w, Node *page, const Form *f)
{
    int64_t done, total;

    if (!pending_progress(w, f, &done, &total)) return;
    node_put_text(w->cx.a, page, "computing",
        page_say(w, "Figures are being computed: %lld of %lld records are done.",
            (long long)done, (long long)total));
}

bool page_end(Work *w, const Request *q, Response *r, const char *name, Node *data)
{
    (void)q;
    node_put_text(w->cx.a, data, "template", name);
    str_clear(&r->body);
    template_render("frame", data, w->cx.lang, &r->body);
    r->status = 200;
    r->type = "text/html; charset=utf-8";
    return true;
}

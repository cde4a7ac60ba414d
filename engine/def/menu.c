/*
 * menu.c — the sections of the menu: forms and dashboards.
 */
#include "def/app_file.h"
#include "def/dashboard.h"
#include "def/ref.h"

#include <string.h>

const Attr menu_attrs[] = {
    { "section", ATTR_LABEL, "what stands above it", "section: {en: Work, zh: 工作}" },
    { "items", ATTR_TEXTS, "forms, and dashboards as dashboard.NAME, in order",
      "items: [test, customer, user]", .flags = ATTR_NEEDED, .label = "Pages in it" },
    { 0 },
};

static const Dashboard *ref_dashboard(Cx *cx, const App *app, const Node *n)
{
    const char *key = node_text(n) + strlen("dashboard.");
    const Dashboard *d = app_dashboard(app, key);
    const char **known = ARENA_ARRAY(cx->a, const char *, app->ndashboard + 1);

    for (int i = 0; i < app->ndashboard; i++) known[i] = app->dashboard[i]->key;
    if (!d)
        ref_unknown(cx, node_place(n), "unknown_dashboard", "unknown dashboard `%s`",
            "unknown dashboard `%s`; did you mean `%s`?", key, known, app->ndashboard);
    return d;
}

static void load_items(Cx *cx, App *app, const Node *n, MenuSection *s)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    s->item = ARENA_ARRAY(cx->a, MenuItem, count + 1);
    for (int i = 0; i < count; i++) {
        if (str_starts(node_text(each[i]), "dashboard.")) {
            const Dashboard *d = ref_dashboard(cx, app, each[i]);
            if (d) s->item[s->nitem++] = (MenuItem){ .dashboard = d };
            continue;
        }
        const Form *f = ref_form(cx, app, each[i]);
        if (f) s->item[s->nitem++] = (MenuItem){ .form = f };
    }
}

void app_menu_load(Cx *cx, App *app)
{
    const Node *n = node_find(app->file, "menu");
    app->menu = ARENA_ARRAY(cx->a, MenuSection, (n ? n->n : 0) + 1);
    if (!n) {
        MenuSection *s = &app->menu[app->nmenu++];
        s->item = ARENA_ARRAY(cx->a, MenuItem, app->ndashboard + app->nform + 1);
        for (int i = 0; i < app->ndashboard; i++) s->item[s->nitem++].dashboard = app->dashboard[i];
        for (int i = 0; i < app->nform; i++)
            if (!app->form[i]->builtin) s->item[s->nitem++].form = app->form[i];
        return;
    }
    for (int i = 0; ref_list(cx, n) && i < n->n; i++) {
        const Node *one = n->item[i];
        if (!ref_map(cx, one)) continue;
        attr_check_keys(cx, one, menu_attrs);
        label_load(cx, one, "section", &app->menu[app->nmenu].label);
        if (!node_find(one, "items"))
            cx_issue(cx, node_place(one), "no_items", "a section of the menu needs `items`");
        load_items(cx, app, node_find(one, "items"), &app->menu[app->nmenu++]);
    }
}

/* links: def */
#include "test_support.h"
#include "test_app.h"
#include "base/i18n.h"
#include "base/sys.h"

#include <stdlib.h>

static const char item_text[] = "form: item\nlabel: {en: Item, zh: 物品}\nowner: who\nfields:\n"
    "  name: {type: text, label: {zh: 名称}}\n  count: {type: number}\n"
    "  story: {type: longtext}\n  who: {type: user}\n"
    "  rows: {type: subform, fields: {a: {type: text}}}\n"
    "permissions:\n  sales: {read: own, create: true, update: none, delete: department,\n"
    "    export: subtree, import: \"count > 5\",\n"
    "    fields: {count: masked, story: {read: \"count = 1\"}}}\n";
static const char flow_text[] = "workflow: %s\nform: item\norder: %d\n%s\nstages:\n"
    "  new: {label: {en: New, zh: 新建}}\n  won: {status: won, within: 2bd}\n"
    "transitions:\n"
    "  go: {from: new, to: won, by: [owner, sales, role(boss), \"manager_of(who)\"]}\n";

static void every_app_has_users_departments_and_three_roles(void **state)
{
    (void)state;
    App *app = app_of("forms/item.yaml", item_text, NULL);
    assert_int_equal(app->nform, 3);
    assert_string_equal(app->form[0]->key, "user");
    assert_string_equal(app->form[1]->key, "department");
    assert_true(app->form[0]->builtin);
    assert_string_equal(app->role[0].key, "admin");
    assert_string_equal(app->role[1].key, "everyone");
    assert_string_equal(app->role[2].key, "public");
    const Field *roles = form_field(app->form[0], "roles");
    assert_int_equal(roles->noption, 3);
    assert_string_equal(label_show(&roles->option[0].label, "zh", ""), "管理员");
    const Grant *all = &app->form[0]->grant[0];
    assert_true(all->role == app_role(app, "everyone"));
    assert_int_equal(all->scope[ACT_READ].kind, SCOPE_ALL);
    assert_int_equal(all->scope[ACT_UPDATE].kind, SCOPE_NONE);
    for (int i = 0; i < all->nright; i++) {
        static const char *const open[] = { "name", "department", "manager", "active" };
        assert_false(str_in(all->right[i].field->key, open, LEN(open)));
        assert_int_equal(all->right[i].right, RIGHT_HIDDEN);
    }
    assert_int_equal(all->nright, 6);
}

static void includes_are_followed_to_the_end(void **state)
{
    (void)state;
    App *app = app_of("app.yaml", "app: t\nroles:\n  c: {includes: [b]}\n  a: {}\n"
        "  b: {includes: [a]}\n", NULL);
    const Role *c = app_role(app, "c");
    assert_int_equal(c->ninclude, 2);
    assert_string_equal(c->include[1]->key, "a");
    assert_int_equal(app_role(app, "a")->ninclude, 0);
}

static void scopes_become_expressions_over_the_owner(void **state)
{
    (void)state;
    const Form *f = app_form(app_of("forms/item.yaml", item_text, NULL), "item");
    const Grant *g = &f->grant[0];
    assert_int_equal(f->ngrant, 1);
    assert_string_equal(f->owner->key, "who");
    assert_int_equal(g->scope[ACT_READ].kind, SCOPE_OWN);
    assert_string_equal(expr_text(g->scope[ACT_READ].expr), "who = me() and who != blank");
    assert_int_equal(g->scope[ACT_CREATE].kind, SCOPE_ALL);
    assert_null(g->scope[ACT_CREATE].expr);
    assert_int_equal(g->scope[ACT_UPDATE].kind, SCOPE_NONE);
    assert_int_equal(g->scope[ACT_DELETE].kind, SCOPE_DEPARTMENT);
    assert_non_null(g->scope[ACT_DELETE].expr);
    assert_string_equal(expr_text(g->scope[ACT_EXPORT].expr), "who in my_people()");
    assert_int_equal(g->scope[ACT_IMPORT].kind, SCOPE_EXPR);
    assert_int_equal(g->scope[ACT_BATCH].kind, SCOPE_NONE);
    assert_int_equal(g->right[0].right, RIGHT_MASKED);
    assert_int_equal(g->right[1].right, RIGHT_FULL);
    assert_non_null(g->right[1].read);
}

static void only_forms_with_a_workflow_have_stages(void **state)
{
    (void)state;
    const Form *f = app_form(app_of("forms/item.yaml", item_text, NULL), "item");
    assert_null(form_field(f, "stage"));
    assert_false(f->staged);
    assert_int_equal(f->nsystem, SYS_COUNT);
    assert_int_equal(field_store(f->field[SYS_STAGE]), STORE_NONE);
    assert_string_equal(f->field[SYS_COUNT]->key, "name");
    assert_int_equal(f->field[SYS_COUNT]->name.index, SYS_COUNT);
    assert_ptr_equal(form_field(f, "created_by")->to, app_form(test_app, "user"));
    const Form *rows = form_field(f, "rows")->rows;
    assert_string_equal(rows->key, "item__rows");
    assert_ptr_equal(rows->names.parent, &f->names);
    assert_string_equal(rows->field[ROW_POSITION]->key, "position");
    assert_int_equal(rows->nsystem, ROW_COUNT);
}

static void workflows_stand_by_order_then_name(void **state)
{
    (void)state;
    App *app = app_of("forms/item.yaml", item_text,
        "workflows/a.yaml", arena_printf(arena, flow_text, "a", 5, "when: \"count > 1\""),
        "workflows/b.yaml", arena_printf(arena, flow_text, "b", 1, ""),
        "workflows/c.yaml", arena_printf(arena, flow_text, "c", 1, ""), NULL);
    const Form *f = app_form(app, "item");
    assert_int_equal(f->nworkflow, 3);
    assert_string_equal(f->workflow[0]->key, "b");
    assert_string_equal(f->workflow[1]->key, "c");
    assert_string_equal(f->workflow[2]->key, "a");
    assert_non_null(f->workflow[2]->when);
    assert_int_equal(f->names.nstage, 6);
    assert_string_equal(f->names.stage[1].status, "won");
    assert_int_equal(form_field(f, "stage")->name.kind, NAME_STAGE);
    Show zh = { .lang = "zh" };
    assert_string_equal(field_show(arena, form_field(f, "stage"), val_text("new"), &zh), "新建");
    const Workflow *w = app_workflow(app, "b");
    const Transition *go = workflow_transition(w, "go");
    assert_true(transition_leaves(go, workflow_stage(w, "new")));
    assert_false(transition_leaves(go, go->to));
    assert_int_equal(go->by.n, 4);
    assert_int_equal(go->by.who[0].kind, WHO_FIELD);
    assert_string_equal(go->by.who[0].field->key, "who");
    assert_int_equal(go->by.who[1].kind, WHO_ROLE);
    assert_int_equal(go->by.who[2].kind, WHO_ROLE);
    assert_int_equal(go->by.who[3].kind, WHO_EXPR);
    assert_int_equal(workflow_stage(w, "won")->due.within.unit, UNIT_BD);
}

static void what_is_not_said_has_a_sensible_default(void **state)
{
    (void)state;
    App *app = app_of("forms/item.yaml", item_text, NULL);
    const Form *f = app_form(app, "item");
    const View *all = form_view(f, NULL);
    assert_string_equal(all->key, "all");
    assert_int_equal(all->ncolumn, 3);
    assert_null(form_view(f, "mine"));
    assert_int_equal(f->nsection, 2);
    assert_int_equal(f->section[0].nfield, 4);
    assert_string_equal(f->section[1].field[0]->key, "rows");
    assert_int_equal(f->ntitle_field, 1);
    assert_string_equal(f->title_field[0]->key, "name");
    assert_string_equal(f->names.title[0], "name");
    assert_string_equal(form_label(f, "zh"), "物品");
    assert_string_equal(field_label(form_field(f, "count"), "zh"), "count");
    assert_int_equal(app->nmenu, 1);
    assert_int_equal(app->menu[0].nitem, 1);
    assert_int_equal(app->limits.page, 1000);
    assert_ptr_equal(app_calendar(app, NULL)->zone, app->zone);
    assert_true(calendar_is_workday(app_calendar(app, NULL), 0));
    assert_null(app_calendar(app, "office"));
}

static int hours_on(const Calendar *c, Ymd date)
{
    const DayHours *h = calendar_hours(c, day_of(date));
    int sum = 0;
    for (int i = 0; i < h->n; i++) sum += h->span[i].to - h->span[i].from;
    return sum / 3600;
}

static void the_app_file_is_read_whole(void **state)
{
    (void)state;
    setenv("DEF_TEST_HOST", "mail.example.com", 1);
    App *app = app_of("app.yaml", "app: t\nlanguages: [zh, en]\ntime_zone: Europe/Berlin\n"
        "calendars:\n  office:\n"
        "    hours: {mon-fri: ['09:00-12:00', '13:00-18:00'], sun: '10:00-24:00'}\n"
        "    holidays: [2026-10-01..2026-10-07, 2026-12-25]\n    workdays: [2026-10-10]\n"
        "    days: {2026-12-31: ['09:00-12:00'], 2026-10-10: [], 2026-10-03: '08:00-09:00'}\n"
        "  shore: {time_zone: America/New_York, hours: {mon-sun: '08:00-20:00'}}\n"
        "channels:\n  email: {smtp: 'smtp://${env:DEF_TEST_HOST}:25', from: a@example.com}\n"
        "  team: {webhook: 'https://x', format: wecom}\n"
        "limits: {body: 2MB, file: 1GB, page: 50, logins: 0, api: 7/s}\n", NULL);
    const Calendar *c = app_calendar(app, "office");
    assert_int_equal(c->week[4].n, 2);
    assert_int_equal(c->week[5].n, 0);
    assert_int_equal(c->week[6].span[0].to, 24 * 3600);
    assert_ptr_equal(c->zone, app->zone);
    assert_int_equal(hours_on(c, (Ymd){ 2026, 10, 2 }), 0);
    assert_int_equal(hours_on(c, (Ymd){ 2026, 10, 3 }), 1);      /* its own on a holiday */
    assert_int_equal(hours_on(c, (Ymd){ 2026, 10, 7 }), 0);
    assert_int_equal(hours_on(c, (Ymd){ 2026, 10, 8 }), 8);
    assert_int_equal(hours_on(c, (Ymd){ 2026, 10, 10 }), 0);     /* free, whatever else is said */
    assert_int_equal(hours_on(c, (Ymd){ 2026, 12, 31 }), 3);
    assert_string_equal(zone_name(app_calendar(app, "shore")->zone), "America/New_York");
    assert_ptr_equal(app_calendar(app, NULL), c);
    assert_string_equal(app_channel(app, "email")->smtp, "smtp://mail.example.com:25");
    assert_string_equal(app_channel(app, "team")->format, "wecom");
    assert_int_equal(app->limits.body, 2 << 20);
    assert_int_equal(app->limits.file, 1 << 30);
    assert_int_equal(app->limits.logins_per_min, 0);
    assert_int_equal(app->limits.api_per_s, 7);
    assert_string_equal(app->language[0], "zh");
    assert_string_equal(zone_name(app->zone), "Europe/Berlin");
}

static void the_hash_is_of_all_texts_in_whatever_order_they_came(void **state)
{
    (void)state;
    App *one = app_of("forms/item.yaml", item_text, "plugins/a.lua", "-- 1", NULL);
    App *two = app_of("plugins/a.lua", "-- 1", "forms/item.yaml", item_text, NULL);
    App *three = app_of("plugins/a.lua", "-- 2", "forms/item.yaml", item_text, NULL);
    assert_string_equal(one->hash, two->hash);
    assert_string_not_equal(one->hash, three->hash);
    assert_int_equal(one->nsource, 3);
    assert_string_equal(one->source[2].path, "plugins/a.lua");
    app_give(one);
    assert_ptr_equal(app_take(two), two);
    app_give(two);
    assert_int_equal(two->nsource, 3);
    app_give(two);
    app_give(three);
}

static void all_issues_come_at_once_sorted_by_place(void **state)
{
    (void)state;
    static const char a[] = "form: a\nfields:\n  x: {type: txt}\n  y: {type: link, to: c}\n";
    static const char b[] = "form: b\nfields: {x: {type: text, max: many}}\nnothing: 1\n";
    Source source[] = { { "forms/b.yaml", b, sizeof b - 1 },
        { "forms/a.yaml", a, sizeof a - 1 } };
    assert_null(app_load_sources(&cx, source, LEN(source), NULL));
    assert_int_equal(cx.err, E_DEF);
    static const struct { const char *file; int line; } at[] = { { "app.yaml", 1 },
        { "forms/a.yaml", 3 }, { "forms/a.yaml", 4 }, { "forms/b.yaml", 2 },
        { "forms/b.yaml", 3 } };
    assert_int_equal(cx.nissue, LEN(at));
    for (int i = 0; i < LEN(at); i++) {
        assert_string_equal(cx.issue[i].at.file, at[i].file);
        assert_int_equal(cx.issue[i].at.line, at[i].line);
    }
    assert_string_equal(cx.issue[1].text, "unknown field type `txt`; did you mean `text`?");
    assert_int_equal(cx.issue[1].at.col, 13);
}

static void a_folder_is_read_with_its_plugins(void **state)
{
    (void)state;
    assert_null(app_load(&cx, "/nowhere/at/all"));
    assert_int_equal(cx.err, E_MISSING);
    cx_clear(&cx);
    test_app = app_load(&cx, TESTS "/apps/clinic");
    assert_non_null(test_app);
    const Form *visit = app_form(test_app, "visit");
    assert_int_equal(visit->nworkflow, 2);
    assert_string_equal(visit->workflow[0]->key, "emergency");
    assert_int_equal(visit->nreminder, 3);
    assert_string_equal(visit->reminder[1].key, "unpaid");
    assert_int_equal(visit->reminder[2].ntext, 1);
    assert_int_equal(visit->reminder[2].nat, 2);
    assert_int_equal(visit->reminder[2].time, -1);
}

static void every_type_has_its_place_in_the_reference(void **state)
{
    (void)state;
    const FieldType *const *type;
    int n = field_type_list(&type);
    Str out = str_begin(arena);
    fields_markdown(&out);
    for (int i = 0; i < n; i++) {
        assert_non_null(strstr(out.p, arena_printf(arena, "\n### %s\n", type[i]->name)));
        assert_ptr_equal(field_type_find(type[i]->name), type[i]);
        for (const FieldAttr *a = type[i]->attr; a && a->key; a++)
            assert_non_null(strstr(out.p, arena_printf(arena, "`%s`", a->key)));
    }
    assert_null(field_type_find("stage"));
}

RUN(TA(every_app_has_users_departments_and_three_roles), TA(includes_are_followed_to_the_end),
    TA(scopes_become_expressions_over_the_owner), TA(only_forms_with_a_workflow_have_stages),
    TA(workflows_stand_by_order_then_name), TA(what_is_not_said_has_a_sensible_default),
    TA(the_app_file_is_read_whole), T(the_hash_is_of_all_texts_in_whatever_order_they_came),
    T(all_issues_come_at_once_sorted_by_place), TA(a_folder_is_read_with_its_plugins),
    T(every_type_has_its_place_in_the_reference))

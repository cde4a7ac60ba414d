/* links: def */
#include "test_support.h"
#include "test_app.h"
#include "def/rewrite.h"

#define SHOP "form: shop\nfields:\n  name: {type: text}\n  mobile: {type: phone, was: tel}\n"

static const char *text_of(const App *app, const char *path)
{
    for (int i = 0; i < app->nsource; i++)
        if (str_eq(app->source[i].path, path)) return app->source[i].text;
    return NULL;
}

static App *rewritten(App *app)
{
    App *now = rewrite_app(&cx, app);
    for (int i = 0; !now && i < cx.nissue; i++) fprintf(stderr, "%s\n", cx.issue[i].text);
    assert_non_null(now);
    assert_int_equal(now->nrewrite, 0);
    return now;
}

static void becomes(const char *before, const char *after)
{
    App *app = app_of("forms/shop.yaml", before, NULL), *now = rewritten(app);
    assert_string_equal(text_of(now, "forms/shop.yaml"), after);
    app_give(now);
}

static void every_kind_of_reference_follows(void **state)
{
    (void)state;
    becomes("form: shop\ntitle: \"{name} {tel}\"\nfields:\n"
        "  name: {type: text, required: \"tel = blank\", check: \"name != this.tel\"}\n"
        "  mobile: {type: phone, was: tel}\n"
        "  number: {type: serial, pattern: \"tel-{tel}-{seq:3}\"}\n"
        "  twice: {type: formula, of: text, formula: \"tel & ' tel ' & concat(tel, 'x')\"}\n"
        "unique: [[name, tel]]\n"
        "checks:\n  - {that: \"tel != old.tel or not changed(tel)\", message: tel, fields: [tel]}\n"
        "duplicates:\n  - {match: [tel], then: warn}\n"
        "layout:\n  - {section: tel, visible: \"tel != blank\", fields: [tel]}\n"
        "views:\n  all: {columns: [name, tel], filter: \"tel != blank\", sort: [-tel, name]}\n"
        "permissions:\n  sales: {read: \"tel != blank\", update: all, fields: {tel: readonly}}\n",
        "form: shop\ntitle: \"{name} {mobile}\"\nfields:\n"
        "  name: {type: text, required: \"mobile = blank\", check: \"name != this.mobile\"}\n"
        "  mobile: {type: phone, was: tel}\n"
        "  number: {type: serial, pattern: \"tel-{mobile}-{seq:3}\"}\n"
        "  twice: {type: formula, of: text, formula: \"mobile & ' tel ' & concat(mobile, 'x')\"}\n"
        "unique: [[name, mobile]]\n"
        "checks:\n  - {that: \"mobile != old.mobile or not changed(mobile)\", message: tel, "
        "fields: [mobile]}\n"
        "duplicates:\n  - {match: [mobile], then: warn}\n"
        "layout:\n  - {section: tel, visible: \"mobile != blank\", fields: [mobile]}\n"
        "views:\n  all: {columns: [name, mobile], filter: \"mobile != blank\", "
        "sort: [-mobile, name]}\n"
        "permissions:\n  sales: {read: \"mobile != blank\", update: all, "
        "fields: {mobile: readonly}}\n");
}

static void quotes_folds_and_comments_stay(void **state)
{
    (void)state;
    becomes("form: shop\r\nfields:\r\n  mobile: {type: phone, was: tel} # tel\r\n"
        "  a: {type: text, required: 'tel = ''tel'''}\r\n"
        "  b:\r\n    type: text\r\n    visible: >-\r\n      tel != blank\r\n"
        "      and tel != 'x'\r\n"
        "  c: {type: text, visible: \"tel != \\\"tel\\\" or\\ntel = blank\"}\r\n",
        "form: shop\r\nfields:\r\n  mobile: {type: phone, was: tel} # tel\r\n"
        "  a: {type: text, required: 'mobile = ''tel'''}\r\n"
        "  b:\r\n    type: text\r\n    visible: >-\r\n      mobile != blank\r\n"
        "      and mobile != 'x'\r\n"
        "  c: {type: text, visible: \"mobile != \\\"tel\\\" or\\nmobile = blank\"}\r\n");
}

static void other_files_follow_through_links_and_other_forms(void **state)
{
    (void)state;
    App *app = app_of("forms/shop.yaml", SHOP, "forms/visit.yaml",
        "form: visit\nfields:\n  shop: {type: link, to: shop, pick: \"tel != blank\"}\n"
        "  tel: {type: lookup, via: shop, field: tel}\n"
        "  own: {type: formula, of: text, formula: \"tel & shop.tel\"}\n"
        "checks:\n  - {that: \"count_of(shop, tel = this.tel) < 9\", message: m}\n"
        "reminders:\n  call: {every: 1d, if: \"shop.tel != blank\", to: boss, "
        "text: \"{tel} {shop.tel}\"}\n",
        "workflows/w.yaml",
        "workflow: w\nform: shop\nstages:\n  new: {status: open, edit: [tel]}\n"
        "  won: {status: won, hide: [tel]}\n"
        "transitions:\n  go: {from: new, to: won, by: [sales], if: \"tel != blank\", "
        "require: [tel], do: [{set: {tel: \"=blank\"}}]}\n", NULL), *now = rewritten(app);
    assert_string_equal(text_of(now, "forms/visit.yaml"),
        "form: visit\nfields:\n  shop: {type: link, to: shop, pick: \"mobile != blank\"}\n"
        "  tel: {type: lookup, via: shop, field: mobile}\n"
        "  own: {type: formula, of: text, formula: \"tel & shop.mobile\"}\n"
        "checks:\n  - {that: \"count_of(shop, mobile = this.tel) < 9\", message: m}\n"
        "reminders:\n  call: {every: 1d, if: \"shop.mobile != blank\", to: boss, "
        "text: \"{tel} {shop.mobile}\"}\n");
    assert_string_equal(text_of(now, "workflows/w.yaml"),
        "workflow: w\nform: shop\nstages:\n  new: {status: open, edit: [mobile]}\n"
        "  won: {status: won, hide: [mobile]}\n"
        "transitions:\n  go: {from: new, to: won, by: [sales], if: \"mobile != blank\", "
        "require: [mobile], do: [{set: {mobile: \"=blank\"}}]}\n");
    app_give(now);
}

static void a_name_that_exists_is_taken_as_it_stands(void **state)
{
    (void)state;
    App *app = app_of("forms/shop.yaml", "form: shop\ntitle: \"{a}\"\nfields:\n"
        "  a: {type: text, was: b}\n  b: {type: text, was: a}\n", NULL);
    assert_int_equal(app->nrewrite, 0);
}

static void a_word_that_is_written_with_escapes_is_refused(void **state)
{
    (void)state;
    App *app = app_of("forms/shop.yaml", SHOP "title: \"{\\x74el}\"\n", NULL);
    assert_int_equal(app->nrewrite, 1);
    assert_null(rewrite_app(&cx, app));
    assert_string_equal(cx.issue[0].code, "cannot_rewrite");
    assert_int_equal(cx.issue[0].at.line, 5);
}

static void rules_are_reported_by_line(void **state)
{
    (void)state;
    App *app = app_of("forms/shop.yaml", SHOP "title: \"{tel}\"\n", "plugins/a.lua",
        "-- hotel\nrecord.tel = 1\n", NULL);
    Node *lua = rewrite_lua(arena, app, NULL);
    assert_int_equal(lua->n, 1);
    assert_string_equal(node_text(node_find(lua->item[0], "line")), "2");
    App *now = rewritten(app);
    assert_string_equal(rewrite_diff(arena, app, now), "--- a/forms/shop.yaml\n"
        "+++ b/forms/shop.yaml\n@@ -2,4 +2,4 @@\n fields:\n   name: {type: text}\n"
        "   mobile: {type: phone, was: tel}\n-title: \"{tel}\"\n+title: \"{mobile}\"\n");
    app_give(now);
}

RUN(TA(every_kind_of_reference_follows), TA(quotes_folds_and_comments_stay),
    TA(other_files_follow_through_links_and_other_forms),
    TA(a_name_that_exists_is_taken_as_it_stands),
    TA(a_word_that_is_written_with_escapes_is_refused), TA(rules_are_reported_by_line))

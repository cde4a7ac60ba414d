/* links: rule */
/* hooks: what plugins register, and that names in them are checked against the app. */
#include "test_support.h"
#include "test_app.h"
#include "rule/hooks.h"

#include <lua.h>
#include <lauxlib.h>

static Box *box;
static char ran[200];

static int note(lua_State *L)
{
    strncat(ran, luaL_checkstring(L, 1), sizeof ran - strlen(ran) - 1);
    return 0;
}

static void calls(lua_State *L) { lua_register(L, "note", note); }

/* Another field of the form, or "". */
static const char *more = "";

static int end_box(void **state)
{
    box_free(box);
    box = NULL;
    more = "";
    ran[0] = 0;
    return end_app(state);
}

#define TB(test) cmocka_unit_test_setup_teardown(test, begin, end_box)

static App *app_with(const char *steps, const char *plugin)
{
    char *flow = arena_printf(arena, "workflow: growing\nform: tree\n"
        "stages: {young: {status: open}, tall: {status: done}}\ntransitions:\n"
        "  grow: {from: young, to: tall, by: everyone, do: [%s]}\n", steps);
    char *form = arena_printf(arena, "form: tree\nfields:\n  name: {type: text}\n%s", more);
    return app_of("forms/tree.yaml", form, "plugins/a.lua", plugin,
        "workflows/growing.yaml", flow, NULL);
}

static void opens(const char *plugin)
{
    box = hooks_open(&cx, app_with("", plugin), NULL, calls);
    if (!box) fail_msg("%s", cx.issue[0].text);
}

static void refuses(const char *plugin, int line, const char *with)
{
    box = hooks_open(&cx, app_with("", plugin), NULL, calls);
    assert_null(box);
    assert_int_equal(cx.nissue, 1);
    assert_string_equal(cx.issue[0].at.file, "plugins/a.lua");
    assert_int_equal(cx.issue[0].at.line, line);
    if (!strstr(cx.issue[0].text, with)) fail_msg("'%s': %s", with, cx.issue[0].text);
    cx_clear(&cx);
    app_give(test_app);
    test_app = NULL;
}

static void handlers_run_in_order_of_registration(void **state)
{
    (void)state;
    opens("on('tree.before_create', function() note('1') end)\n"
        "on('tree.after_save', function() note('x') end)\n"
        "on('tree.before_create', function() note('2') end)\n");
    assert_true(hooks_has(box, "tree.before_create"));
    assert_false(hooks_has(box, "tree.before_update"));
    BoxCall call = { 0 };
    assert_true(hooks_run(&cx, box, "tree.before_create", &call));
    assert_string_equal(ran, "12");
    assert_true(hooks_check(&cx, test_app, box));
}

static void the_first_failure_stops_the_rest(void **state)
{
    (void)state;
    opens("on('tree.before_create', function() error('no') end)\n"
        "on('tree.before_create', function() note('2') end)\n");
    BoxCall call = { 0 };
    assert_false(hooks_run(&cx, box, "tree.before_create", &call));
    assert_string_equal(cx.text, "a:1: no");
    assert_string_equal(ran, "");
}

static void schedules_and_actions_are_listed(void **state)
{
    (void)state;
    opens("every('0 9 * * 1-5', 'morning', function() end)\n"
        "action { name = 'water', label = {en = 'Water', zh = '浇水'}, form = 'tree',\n"
        "  params = { {name = 'much', type = 'number', required = true},\n"
        "             {name = 'how', type = 'choice', options = {'can', 'hose'}} },\n"
        "  run = function() end }\n");
    const Schedule *s;
    assert_int_equal(hooks_schedules(box, &s), 1);
    assert_string_equal(s[0].plugin, "a");
    assert_non_null(hooks_schedule(box, "a", "morning"));
    const Action *a = hooks_action(box, "water");
    assert_non_null(a);
    assert_string_equal(label_show(&a->label, "zh", ""), "浇水");
    assert_int_equal(a->nparam, 2);
    assert_string_equal(a->param[0].key, "much");
    assert_true(a->param[0].required);
    assert_string_equal(a->param[1].option[1], "hose");
}

static void mistakes_at_loading_stand_at_their_line(void **state)
{
    (void)state;
    refuses("local a = 1\nlocal b = = 2\n", 2, "unexpected symbol");
    refuses("\nerror('oh')\n", 2, "oh");
    refuses("every('soon', 'x', function() end)", 1, "no schedule");
    refuses("every('@daily', 'x', print) every('@daily', 'x', print)", 1, "already");
    refuses("action { name = 'set', run = print }", 1, "already");
    refuses("action { name = 'x', rum = print }", 1, "unknown key 'rum'");
    refuses("action { name = 'x' }", 1, "run must be a function");
    refuses("action { name = 'x', run = print, params = {p = {type = 'txt'}} }", 1,
        "did you mean 'text'");
    refuses("on('tree.committed')", 1, "function expected");
    refuses("require('x')", 1, "nil value");
}

static void registering_is_for_loading_only(void **state)
{
    (void)state;
    opens("on('tree.before_create', function() on('tree.after_create', print) end)");
    BoxCall call = { 0 };
    assert_false(hooks_run(&cx, box, "tree.before_create", &call));
    assert_non_null(strstr(cx.text, "while the plugin loads"));
}

static void wrong(const char *steps, const char *plugin, const char *with)
{
    box = hooks_open(&cx, app_with(steps, plugin), NULL, calls);
    assert_non_null(box);
    if (hooks_check(&cx, test_app, box)) fail_msg("nothing wrong with %s %s", steps, plugin);
    assert_int_equal(cx.nissue, 1);
    if (!strstr(cx.issue[0].text, with)) fail_msg("'%s': %s", with, cx.issue[0].text);
    assert_true(cx.issue[0].at.line > 0);
    cx_clear(&cx);
    box_free(box);
    box = NULL;
    app_give(test_app);
    test_app = NULL;
}

static void unknown_names_are_issues_with_suggestions(void **state)
{
    (void)state;
    wrong("", "on('tre.before_create', print)", "did you mean 'tree'");
    wrong("", "on('tree.before_creat', print)", "did you mean 'before_create'");
    wrong("", "on('tree.entered.tal', print)", "did you mean 'tall'");
    wrong("", "on('tree.before_transition.grew', print)", "did you mean 'grow'");
    wrong("", "on('tree.enterd.tall', print)", "did you mean 'entered'");
    wrong("", "on('tree', print)", "is no event");
    wrong("", "action { name = 'x', form = 'tre', run = print }", "did you mean 'tree'");
}

static void steps_are_checked_against_declared_actions(void **state)
{
    static const char act[] = "action { name = 'water', params = { much = {required = true},"
        " how = {type = 'choice', options = {'can', 'hose'}}, r = {type = 'role'} },"
        " run = print }";
    (void)state;
    wrong("{watr: {much: 1}}", act, "did you mean 'water'");
    wrong("{water: {mch: 1, much: 2}}", act, "did you mean");
    wrong("{water: {}}", act, "'much' is needed");
    wrong("{water: {much: 1, how: hoes}}", act, "did you mean 'hose'");
    wrong("{water: {much: 1, r: nobody}}", act, "unknown role 'nobody'");
    box = hooks_open(&cx, app_with("{water: {much: 1, how: can, r: sales}}", act), NULL, calls);
    assert_true(hooks_check(&cx, test_app, box));
}

static void buttons_are_checked_against_declared_actions(void **state)
{
    static const char act[] = "action { name = 'water', params = { much = {required = true} },"
        " run = print } action { name = 'press', form = 'tree', run = print }"
        " action { name = 'far', form = 'user', run = print }";
    (void)state;
    more = "  b: {type: button, run: watr}\n";
    wrong("", act, "did you mean 'water'");
    more = "  b: {type: button, run: far}\n";
    wrong("", act, "is for user only");
    more = "  b: {type: button, run: [{water: {}}]}\n";
    wrong("", act, "'much' is needed");
    more = "  press: {type: button, run: water}\n";
    wrong("", act, "already");
    more = "  press: {type: button, run: press}\n  b: {type: button, run: {water: {much: 1}}}\n";
    box = hooks_open(&cx, app_with("", act), NULL, calls);
    assert_true(hooks_check(&cx, test_app, box));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TB(handlers_run_in_order_of_registration), TB(the_first_failure_stops_the_rest),
        TB(schedules_and_actions_are_listed), TB(mistakes_at_loading_stand_at_their_line),
        TB(registering_is_for_loading_only), TB(unknown_names_are_issues_with_suggestions),
        TB(steps_are_checked_against_declared_actions),
        TB(buttons_are_checked_against_declared_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

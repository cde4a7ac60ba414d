/* links: rule */
/* box: whatever a script tries, it ends within its budget with a clean error, and the box can
   be used afterwards. */
#include <stdarg.h>
#include <stdint.h>
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include "rule/box.h"
#include "base/sys.h"

#include <lua.h>
#include <lauxlib.h>

typedef struct Env { Arena *a; Cx cx; Box *box; int ref; char said[200]; } Env;

static int kept, again;

static int keep_call(lua_State *L)
{
    lua_pushvalue(L, 1);
    kept = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static int say_call(lua_State *L)
{
    Env *e = box_host(L);
    strncpy(e->said, luaL_checkstring(L, 1), sizeof e->said - 1);
    return 0;
}

static int fail_call(lua_State *L)
{
    box_refuse(L, luaL_optstring(L, 1, NULL), luaL_checkstring(L, 2));
}

static int nested_call(lua_State *L)
{
    Env *e = box_host(L);
    BoxCall call = { .host = e, .in_write = true };
    if (!box_call(&e->cx, e->box, kept, "test", &call)) box_raise(L, &e->cx);
    return 0;
}

/* Longer than a call's budget, without using the processor. */
static int nap_call(lua_State *L)
{
    (void)L;
    usleep(300000);
    return 0;
}

static void open_calls(lua_State *L)
{
    lua_register(L, "keep", keep_call);
    lua_register(L, "say", say_call);
    lua_register(L, "fail", fail_call);
    lua_register(L, "nested", nested_call);
    lua_register(L, "nap", nap_call);
}

static int setup(void **st)
{
    Env *e = mem_alloc(sizeof *e);
    e->a = arena_new();
    e->cx = cx_begin(e->a, NULL);
    /* Roomy enough for slow machines and sanitizers, tight enough to end. */
    BoxLimits limits = { .write_call_ms = 200, .write_ms = 400, .job_ms = 2000 };
    e->box = box_new(&limits, open_calls);
    *st = e;
    return 0;
}

static int teardown(void **st)
{
    Env *e = *st;
    box_free(e->box);
    arena_free(e->a);
    mem_free(e);
    return 0;
}

static bool load(Env *e, const char *plugin, const char *text)
{
    cx_clear(&e->cx);
    return box_load(&e->cx, e->box, plugin, text, strlen(text));
}

static bool call(Env *e, int ref)
{
    cx_clear(&e->cx);
    box_write_begin(e->box);
    BoxCall c = { .host = e, .in_write = true, .seed = 42 };
    return box_call(&e->cx, e->box, ref, "test", &c);
}

/* Runs the body as a rule; the box must work afterwards. */
static bool rule(Env *e, const char *body)
{
    if (!again) {
        assert_true(load(e, "after", "keep(function() say('alive') end)"));
        again = kept;
    }
    char *text = arena_printf(e->a, "keep(function()\n%s\nend)", body);
    if (!load(e, "test", text)) return false;
    e->said[0] = 0;
    bool ok = call(e, kept);
    char said[200];
    strcpy(said, e->said);
    Cx result = e->cx;
    assert_true(call(e, again));
    assert_string_equal(e->said, "alive");
    strcpy(e->said, said);
    e->cx = result;
    return ok;
}

static void fails(Env *e, const char *body, const char *with)
{
    if (rule(e, body)) fail_msg("this ran to its end: %s", body);
    assert_int_equal(e->cx.err, E_RULE);
    if (!strstr(e->cx.text, with)) fail_msg("'%s' is not in '%s'", with, e->cx.text);
}

static void says(Env *e, const char *expression, const char *what)
{
    char *body = arena_printf(e->a, "say(tostring(%s))", expression);
    if (!rule(e, body)) fail_msg("%s: %s", expression, e->cx.text);
    if (strcmp(e->said, what)) fail_msg("%s is %s, not %s", expression, e->said, what);
}

static int reset(void **st)
{
    again = 0;
    return setup(st);
}

/* --- time ---------------------------------------------------------------------------- */

static void an_endless_loop_ends(void **st)
{
    fails(*st, "while true do end", "ran longer than");
    Env *e = *st;
    assert_non_null(strstr(e->cx.text, "test:2: "));
    assert_non_null(e->cx.detail);
}

static void waiting_for_a_processor_is_not_held_against_a_rule(void **st)
{
    Env *e = *st;
    assert_true(rule(e, "nap() local n = 0 for i = 1, 5000 do n = n + i end"));
}

static void instructions_are_counted_when_the_clock_is_slow(void **st)
{
    Env *e = *st;
    BoxLimits limits = { .per_ms = 10 };
    box_free(e->box);
    e->box = box_new(&limits, open_calls);
    fails(e, "while true do end", "more instructions than its 20 ms allow");
}

static void pcall_does_not_swallow_a_spent_budget(void **st)
{
    fails(*st, "while true do pcall(function() while true do end end) end", "longer");
    fails(*st, "local function f() pcall(f) while true do end end f()", "longer");
    fails(*st, "while true do local x <close> = setmetatable({}, {__close = function() "
        "while true do end end}) end", "longer");
}

static void dangerous_functions_are_not_there(void **st)
{
    static const char *const name[] = { "xpcall", "load", "loadfile", "dofile", "require",
        "collectgarbage", "os", "io", "debug", "coroutine", "package", "string.dump",
        "math.randomseed", "warn" };
    for (int i = 0; i < LEN(name); i++) says(*st, name[i], "nil");
}

static void finalisers_are_refused(void **st)
{
    fails(*st, "setmetatable({}, {__gc = function() while true do end end})", "__gc");
    says(*st, "pcall(setmetatable, {}, {__gc = true})", "false");
}

static void a_script_handler_runs_nowhere(void **st)
{
    fails(*st, "xpcall(function() while true do end end, function() while true do end end)",
        "nil value");
}

static void an_error_value_is_not_asked_for_its_text(void **st)
{
    fails(*st, "error(setmetatable({}, {__tostring = function() while true do end end}))",
        "error value is a table");
}

static void patterns_cannot_run_away(void **st)
{
    fails(*st, "return (('a'):rep(600)):find('.-.-.-.-.-b')", "");
    fails(*st, "return ('a'):rep(40):find(('a*'):rep(12)..'b')", "");
    fails(*st, "return ('a'):rep(40):match(('a*'):rep(12)..'b')", "");
    fails(*st, "return ('a'):rep(40):gsub(('a*'):rep(12)..'b', 'x')", "");
    fails(*st, "for x in ('a'):rep(40):gmatch(('a?'):rep(40)..('a*'):rep(12)..'b') do end", "");
    fails(*st, "while true do pcall(string.find, ('a'):rep(40), ('a*'):rep(12)..'b') end", "");
}

static void plain_search_is_linear(void **st)
{
    rule(*st, "local s = ('a'):rep(1 << 20) local p = ('a'):rep(1 << 19) .. 'b' "
        "say(tostring(s:find(p, 1, true)))");
    assert_string_equal(((Env *)*st)->said, "nil");
}

static void the_host_s_memory_is_bounded_too(void **st)
{
    Env *e = *st;
    arena_alloc(e->a, 1000);
    fails(e, "while true do pcall(fail, 'x', ('y'):rep(100000)) end", "");
}

/* --- counts -------------------------------------------------------------------------- */

static void counts_are_bounded(void **st)
{
    says(*st, "#(''):rep(1 << 60)", "0");
    fails(*st, "return ('x'):rep(1 << 60)", "too much text");
    fails(*st, "return (''):rep(1 << 60, 'x')", "too much text");
    fails(*st, "table.move({}, 1, math.maxinteger - 1, 2)", "too many");
    fails(*st, "table.move({}, math.mininteger, math.maxinteger, 2)", "too many");
    fails(*st, "table.insert(setmetatable({}, {__len = function() return 1 << 60 end}), 1, 1)",
        "plain tables");
    fails(*st, "table.remove(setmetatable({}, {__len = function() return 1 << 60 end}), 1)",
        "plain tables");
    fails(*st, "return table.concat(setmetatable({}, {__index = table.concat}), '', 1, "
        "1 << 60)", "plain tables");
    fails(*st, "return table.concat({}, '', 1, 1 << 60)", "too many");
    fails(*st, "return table.unpack({}, 1, 1 << 30)", "too many");
    fails(*st, "table.sort(setmetatable({}, {__len = function() return 1 << 30 end, "
        "__index = type}))", "plain tables");
    fails(*st, "local t = {[3] = 1, [5] = 1, [9] = 1} for i = 0, 61 do t[1 << i] = 1 end "
        "table.insert(t, 1, 1)",
        "too long");
    fails(*st, "return string.format(('%d'):rep(100000))", "too long");
    fails(*st, "return string.pack('c1000000000', '')", "not available");
}

static void table_functions_still_work(void **st)
{
    says(*st, "(function() local t = {1,2,3} table.insert(t, 4) table.insert(t, 1, 0) "
        "return table.concat(t, ',') end)()", "0,1,2,3,4");
    says(*st, "(function() local t = {1,2,3} local x = table.remove(t, 1) "
        "return x .. ':' .. table.concat(t, ',') .. table.remove(t) .. #t end)()", "1:2,331");
    says(*st, "table.concat(table.move({1,2,3}, 1, 3, 2), ',')", "1,1,2,3");
    says(*st, "select('#', table.unpack({1, nil, 3}, 1, 3))", "3");
    says(*st, "(function() local t = {3,1,2} table.sort(t, function(a, b) return a > b end) "
        "return table.concat(t) end)()", "321");
    says(*st, "table.remove({})", "nil");
}

/* --- memory and stacks --------------------------------------------------------------- */

static void memory_is_capped(void **st)
{
    Env *e = *st;
    /* Time enough to spend the memory first, in small pieces and under sanitizers too. */
    box_free(e->box);
    e->box = box_new(&(BoxLimits){ .write_call_ms = 20000, .write_ms = 60000 }, open_calls);
    fails(*st, "local t = {} for i = 1, 1 << 40 do t[i] = {i} end", "memory");
    fails(*st, "local s = 'x' while true do s = s .. s end", "memory");
    fails(*st, "local t = {} while true do t[#t + 1] = ('x'):rep(1 << 20) end", "memory");
    fails(*st, "return ('x'):rep(1 << 20):rep(17)", "too much text");
    assert_true(box_bytes(e->box) < (size_t)4 << 20);
}

static void deep_recursion_is_an_error(void **st)
{
    fails(*st, "local function f() return f() + 1 end f()", "");
    fails(*st, "local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) "
        "return t[k .. 'x'] end return t.a", "");
}

static void *recurse_on_a_small_stack(void *arg)
{
    Env *e = arg;
    fails(e, "local function f(s) return s:gsub('.', f) end f('x')", "overflow");
    fails(e, "local function f(a, b) table.sort({3,2,1}, f) return a < b end f(1, 2)",
        "overflow");
    fails(e, "local t t = setmetatable({}, {__tostring = function() return "
        "string.format('%s', t) end}) tostring(t)", "overflow");
    return NULL;
}

static void recursion_through_c_fits_a_thread_of_1_mib(void **st)
{
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 1 << 20);
    assert_int_equal(pthread_create(&thread, &attr, recurse_on_a_small_stack, *st), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
}

/* --- the environment ----------------------------------------------------------------- */

static void binary_chunks_are_refused(void **st)
{
    Env *e = *st;
    assert_false(box_load(&e->cx, e->box, "bin", "\x1bLua\x54", 5));
    assert_int_equal(e->cx.err, E_RULE);
    assert_non_null(strstr(e->cx.text, "binary"));
}

static void libraries_and_strings_are_locked(void **st)
{
    fails(*st, "string.rep = nil", "read-only");
    fails(*st, "rawset(string, 'rep', 1)", "read-only");
    fails(*st, "setmetatable(string, nil)", "protected");
    fails(*st, "getmetatable('').__index = nil", "");
    says(*st, "getmetatable('')", "false");
    says(*st, "getmetatable(_G)", "false");
    fails(*st, "rawset(_G, 'print', 1)", "read-only");
    fails(*st, "table.insert(string, 1)", "plain tables");
}

static void globals_are_frozen_after_loading(void **st)
{
    Env *e = *st;
    assert_true(load(e, "a", "limit = 5 keep(function() say(tostring(limit)) limit = 6 end)"));
    int first = kept;
    assert_true(load(e, "b", "keep(function() say(tostring(limit)) end)"));
    int second = kept;
    box_freeze(e->box);
    assert_false(call(e, first));
    assert_string_equal(e->said, "5");
    assert_non_null(strstr(e->cx.text, "global 'limit' cannot be changed"));
    assert_true(call(e, second));
    assert_string_equal(e->said, "nil");
}

static void random_numbers_repeat_in_each_call(void **st)
{
    Env *e = *st;
    assert_true(load(e, "r", "keep(function() say(math.random(1000000) .. ' ' .. "
        "math.random(1000000)) end)"));
    assert_true(call(e, kept));
    char first[200];
    strcpy(first, e->said);
    assert_true(call(e, kept));
    assert_string_equal(e->said, first);
}

static void a_syntax_error_names_plugin_and_line(void **st)
{
    Env *e = *st;
    assert_false(load(e, "broken", "local a = 1\nlocal b = = 2"));
    assert_non_null(strstr(e->cx.text, "broken:2:"));
}

static void loading_has_a_budget_too(void **st)
{
    Env *e = *st;
    assert_false(load(e, "slow", "while true do end"));
    assert_non_null(strstr(e->cx.text, "longer than 1000 ms"));
}

/* --- refusals ------------------------------------------------------------------------ */

static void fail_is_an_issue_on_the_field(void **st)
{
    Env *e = *st;
    assert_false(rule(e, "fail('amount', 'is too much')"));
    assert_int_equal(e->cx.err, E_INPUT);
    assert_int_equal(e->cx.nissue, 1);
    assert_string_equal(e->cx.issue[0].at.field, "amount");
    assert_string_equal(e->cx.issue[0].text, "is too much");
}

static void a_caught_refusal_is_over(void **st)
{
    Env *e = *st;
    assert_true(rule(e, "local ok, why = pcall(fail, 'amount', 'no') "
        "say(tostring(why) .. ' ' .. why.field .. ' ' .. why.code)"));
    assert_string_equal(e->said, "no amount invalid");
    assert_int_equal(e->cx.err, E_NONE);
    assert_int_equal(e->cx.nissue, 0);
}

static void an_error_value_of_an_earlier_call_is_stale(void **st)
{
    Env *e = *st;
    assert_true(load(e, "k", "local old keep(function() if old then error(old) end "
        "local _, why = pcall(fail, 'a', 'b') old = why end)"));
    assert_true(call(e, kept));
    assert_false(call(e, kept));
    assert_int_equal(e->cx.err, E_RULE);
}

static void a_failure_of_a_nested_write_passes_through(void **st)
{
    Env *e = *st;
    assert_true(load(e, "in", "keep(function() fail('name', 'inner') end)"));
    int inner = kept;
    assert_true(load(e, "out", "keep(function() nested() end)"));
    int outer = kept;
    kept = inner;
    assert_false(call(e, outer));
    assert_int_equal(e->cx.err, E_INPUT);
    assert_string_equal(e->cx.issue[0].text, "inner");
}

static void rules_that_trigger_themselves_stop_at_a_depth(void **st)
{
    Env *e = *st;
    assert_true(load(e, "deep", "keep(function() nested() end)"));
    assert_false(call(e, kept));
    assert_int_equal(e->cx.err, E_RULE);
    assert_non_null(strstr(e->cx.text, "more than 8 deep"));
}

static void all_rules_of_a_write_share_a_budget(void **st)
{
    Env *e = *st;
    assert_true(load(e, "busy", "keep(function() while true do end end)"));
    BoxCall c = { .host = e, .in_write = true };
    box_write_begin(e->box);
    int calls = 0;
    do {
        cx_clear(&e->cx);
        assert_false(box_call(&e->cx, e->box, kept, "busy", &c));
        assert_int_equal(e->cx.err, E_RULE);
    } while (++calls < 4 && !strstr(e->cx.text, "rules of this write"));
    assert_non_null(strstr(e->cx.text, "rules of this write took longer than 400 ms"));
    box_write_begin(e->box);
    cx_clear(&e->cx);
    assert_false(box_call(&e->cx, e->box, kept, "busy", &c));
    assert_non_null(strstr(e->cx.text, "ran longer than 200 ms"));
}

static void a_call_of_a_nested_rule_has_no_more_than_is_left(void **st)
{
    Env *e = *st;
    assert_true(load(e, "loop", "keep(function() while true do end end)"));
    int inner = kept;
    assert_true(load(e, "out", "keep(function() while true do pcall(nested) end end)"));
    int outer = kept;
    kept = inner;
    assert_false(call(e, outer));
    assert_int_equal(e->cx.err, E_RULE);
}

/* --- the matcher against what the manual says ---------------------------------------- */

static void patterns_mean_what_the_manual_says(void **st)
{
    static const char *const is[][2] = {
        { "('hello world'):find('o w')", "5" }, { "select(2, ('hello'):find('l+'))", "4" },
        { "('hello'):find('l', 1, true)", "3" }, { "('hello'):find('xyz')", "nil" },
        { "('a.b'):find('.', 2, true)", "2" }, { "('abc'):find('b', -1)", "nil" },
        { "('abc'):find('', 10)", "nil" }, { "('abc'):find('', 4)", "4" },
        { "('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key" },
        { "select(2, ('key = value'):match('^(%w+)%s*=%s*(%w+)$'))", "value" },
        { "('  x  '):match('^%s*(.-)%s*$')", "x" }, { "('2026-03-02'):match('%d+', 6)", "03" },
        { "('hello'):match('()ll()')", "3" }, { "select(2, ('hello'):match('()ll()'))", "5" },
        { "('f(a(b)c)d'):match('%b()')", "(a(b)c)" },
        { "('THE (quick) fox'):find('%f[%a]%a+%f[%A]', 5)", "6" },
        { "([['say \"x\"']]):match([[(['\"])(.-)%1]])", "'" },
        { "('abc'):match('[^a]+')", "bc" }, { "('a-b'):match('[a%-]+')", "a-" },
        { "('a]b'):match('[]]')", "]" }, { "('x1y'):gsub('%d', '<%0>')", "x<1>y" },
        { "('hello world'):gsub('o', '0', 1)", "hell0 world" },
        { "select(2, ('hello world'):gsub('o', '0'))", "2" },
        { "('abc'):gsub('', '-')", "-a-b-c-" }, { "('abc'):gsub('b*', '-')", "-a-c-" },
        { "('hello'):gsub('(h)(e)', '%2%1')", "ehllo" },
        { "('a%b'):gsub('%%', '%%%%')", "a%%b" },
        { "('$x $y'):gsub('%$(%w+)', {x = '1'})", "1 $y" },
        { "('abc'):gsub('%w', function(c) if c == 'b' then return 'B' end end)", "aBc" },
        { "('abc abc'):gsub('^a', 'x')", "xbc abc" }, { "('a,b,,c'):gsub(',', ';')", "a;b;;c" },
        { "(function() local n = '' for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do "
            "n = n .. k .. v end return n end)()", "a1b2" },
        { "(function() local n = 0 for w in ('one two'):gmatch('%a*') do n = n + 1 end "
            "return n end)()", "2" },
        { "('ab'):match('a?b?c?')", "ab" }, { "('aab'):match('a-b')", "aab" },
        { "('\\0a'):find('%z?a')", "2" }, { "('x$'):match('x$')", "nil" },
    };
    for (int i = 0; i < LEN(is) - 2; i++) says(*st, is[i][0], is[i][1]);
    says(*st, "('x$'):match('x%$')", "x$");
    says(*st, "('x'):match('x$')", "x");
}

static void broken_patterns_are_errors(void **st)
{
    fails(*st, "('a'):find('%')", "ends with '%'");
    fails(*st, "('a'):find('[a')", "missing ']'");
    fails(*st, "('a'):find('(a')", "unfinished capture");
    fails(*st, "('a'):match('a)')", "invalid pattern capture");
    fails(*st, "('a'):find('%1')", "invalid capture index");
    fails(*st, "('a'):find('%f')", "missing '['");
    fails(*st, "('a'):find('%b')", "missing arguments");
    fails(*st, "('a'):gsub('a', '%2')", "invalid capture index");
    fails(*st, "('a'):gsub('a', function() return {} end)", "invalid replacement");
    fails(*st, "('a'):find(('a?'):rep(1000))", "too complex");
}

#define T(f) cmocka_unit_test_setup_teardown(f, reset, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_endless_loop_ends),
        T(waiting_for_a_processor_is_not_held_against_a_rule),
        T(instructions_are_counted_when_the_clock_is_slow),
        T(pcall_does_not_swallow_a_spent_budget),
        T(dangerous_functions_are_not_there), T(finalisers_are_refused),
        T(a_script_handler_runs_nowhere), T(an_error_value_is_not_asked_for_its_text),
        T(patterns_cannot_run_away), T(plain_search_is_linear),
        T(the_host_s_memory_is_bounded_too), T(counts_are_bounded),
        T(table_functions_still_work), T(memory_is_capped), T(deep_recursion_is_an_error),
        T(recursion_through_c_fits_a_thread_of_1_mib), T(binary_chunks_are_refused),
        T(libraries_and_strings_are_locked), T(globals_are_frozen_after_loading),
        T(random_numbers_repeat_in_each_call), T(a_syntax_error_names_plugin_and_line),
        T(loading_has_a_budget_too), T(fail_is_an_issue_on_the_field),
        T(a_caught_refusal_is_over), T(an_error_value_of_an_earlier_call_is_stale),
        T(a_failure_of_a_nested_write_passes_through),
        T(rules_that_trigger_themselves_stop_at_a_depth),
        T(all_rules_of_a_write_share_a_budget),
        T(a_call_of_a_nested_rule_has_no_more_than_is_left),
        T(patterns_mean_what_the_manual_says), T(broken_patterns_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* links: data */
/* rules end to end: a small app of plugins on a real database, through the one write path. */
#include <stdarg.h>
#include <stdint.h>
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>
#include "test_url.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/node_json.h"
#include "base/out.h"
#include "base/sys.h"
#include "data/auth.h"
#include "data/engine.h"
#include "data/history.h"
#include "data/jobs.h"
#include "data/query.h"
#include "data/rule_api.h"
#include "data/save.h"
#include "data/tick.h"
#include "data/timer.h"

static const char app_yaml[] =
    "app: trees\n"
    "languages: [en]\n"
    "time_zone: Asia/Shanghai\n"
    "roles: {keeper: {}, chief: {includes: [keeper]}}\n";

static const char site_yaml[] =
    "form: site\n"
    "title: \"{name}\"\n"
    "fields:\n"
    "  name: {type: text, unique: true, required: true}\n"
    "  rank: {type: number}\n"
    "  head: {type: user}\n"
    "permissions: {keeper: {read: all, create: all}}\n";

static const char tree_yaml[] =
    "form: tree\n"
    "title: \"{name}\"\n"
    "owner: keeper\n"
    "fields:\n"
    "  name: {type: text, required: true, max: 60}\n"
    "  note: {type: text}\n"
    "  height: {type: number, decimals: 2}\n"
    "  count: {type: number}\n"
    "  planted: {type: date}\n"
    "  seen_at: {type: datetime}\n"
    "  ill: {type: boolean}\n"
    "  kinds: {type: choices, options: [oak, elm, ash]}\n"
    "  site: {type: link, to: site}\n"
    "  keeper: {type: user}\n"
    "  secret: {type: text}\n"
    "  twice: {type: formula, of: number, decimals: 2, formula: \"height * 2\"}\n"
    "  visits:\n"
    "    type: subform\n"
    "    fields:\n"
    "      by: {type: user}\n"
    "      cost: {type: number, decimals: 2}\n"
    "permissions:\n"
    "  keeper: {read: own, create: all, update: own, fields: {secret: hidden}}\n";

static const char flow_yaml[] =
    "workflow: growing\n"
    "form: tree\n"
    "stages:\n"
    "  young: {status: open}\n"
    "  tall: {status: open}\n"
    "  felled: {status: done}\n"
    "transitions:\n"
    "  grow: {from: young, to: tall, by: everyone, do: [{water: {much: 3, how: can}}]}\n"
    "  fell: {from: tall, to: felled, by: everyone}\n";

/* `note` of a new tree says which probe to run. */
static const char probe_lua[] =
    "local probes = {}\n"
    "function probe(name, fn) probes[name] = fn end\n"
    "on('tree.before_create', function(tree) if tree.note and probes[tree.note] then\n"
    "  probes[tree.note](tree) end end)\n"
    "on('tree.after_create', function(tree) local p = tree.note and probes['after ' .. tree.note]\n"
    "  if p then p(tree) end end)\n"
    "on('tree.before_update', function(tree, old) if tree.height and old.height and\n"
    "  tree.height < old.height then fail('height', 'trees do not shrink') end end)\n"
    "on('tree.before_delete', function(tree) if tree.ill then fail('cannot go') end end)\n"
    "on('tree.entered.tall', function(tree) explain('%s is tall now', tree.name)\n"
    "  remind(tree, {at = add_days(now(), 3), to = tree.keeper, text = 'look at ' .. tree.name}) end)\n"
    "on('tree.left.young', function(tree) store.set('left', tree.id) end)\n"
    "on('tree.before_transition.fell', function(tree) if not tree.ill then\n"
    "  fail('stage', 'only ill trees are felled') end end)\n"
    "on('tree.committed', function(tree, old) log('committed %s', tree.name)\n"
    "  store.set('committed', tree.name) end)\n"
    "every('0 9 * * *', 'walk', function() local n = 0\n"
    "  for tree in find('tree', \"stage.status = 'open'\") do n = n + 1 end\n"
    "  store.set('walked', n) end)\n"
    "action { name = 'water', form = 'tree', params = { much = {type = 'number', required = true},\n"
    "  how = {type = 'choice', options = {'can', 'hose'}}, who = {type = 'user'} },\n"
    "  run = function(tree, p) store.set('water', {p.much, p.how, tree.stage})\n"
    "    update(tree, {count = p.much}) end }\n"
    "local function is(a, b) if a ~= b then\n"
    "  error(tostring(a) .. ' is not ' .. tostring(b), 2) end end\n"

    "probe('fields', function(t) is(t.id, nil) is(t.name, 'Fir') is(t.height, 2.5)\n"
    "  is(t.count, 7) is(t.planted, '2026-03-01') is(t.seen_at, '2026-03-02T01:00:00Z')\n"
    "  is(t.ill, false) is(#t.kinds, 2) is(t.kinds[2], 'ash') is(t.site.name, 'North')\n"
    "  is(t.site.title, 'North') is(t.site.id, 1) is(t.keeper.name, 'Ann')\n"
    "  is(t.site.head.login, 'ann') is(#t.visits, 1) is(t.visits[1].cost, 1.25)\n"
    "  is(t.visits[1].by.login, 'ann') is(t.visits[1].by, t.keeper) is(t.title, 'Fir')\n"
    "  local ok, e = pcall(function() return t.hight end)\n"
    "  is(tostring(e):match('did you mean .*'), \"did you mean 'height'?\") end)\n"

    "probe('set', function(t) t.height = 3.14159 t.count = 4 t.planted = '2026-05-06'\n"
    "  t.kinds = {'elm'} t.site = get('site', {name = 'South'}) t.keeper = 2 t.ill = true\n"
    "  t.visits = {{cost = 2}, {cost = 3, by = me()}} t.seen_at = now()\n"
    "  t.name = text.upper(t.name) end)\n"
    "probe('bad value', function(t) t.planted = 'soon' end)\n"
    "probe('computed', function(t) t.twice = 1 end)\n"
    "probe('caught', function(t) pcall(function() t.planted = 'soon' end) t.count = 1 end)\n"
    "probe('refuse', function(t) fail('count', 'is wrong') end)\n"
    "probe('broken', function(t)\n  local x = nil\n  return x.y end)\n"

    "probe('query', function(t)\n"
    "  is(count('site'), 2) is(count('site', 'rank > 1'), 1) is(count('site', 'name = :n', {n = 'North'}), 1)\n"
    "  is(sum('site', 'rank'), 3) is(sum('site', 'rank', 'rank > 5'), 0)\n"
    "  local names = {} for s in find('site', nil, nil, {sort = '-name'}) do names[#names + 1] = s.name end\n"
    "  is(table.concat(names, ','), 'South,North')\n"
    "  is(get('site', 2).name, 'South') is(get('site', 99), nil) is(get('site', {name = 'x'}), nil)\n"
    "  local n = 0 for s in find('site', 'name in :list', {list = {'North', 'x'}}) do n = n + 1 end is(n, 1)\n"
    "  is(count('tree', 'planted >= :d', {d = '2026-01-01'}), 0)\n"
    "  is(count('tree', 'keeper = :k', {k = users{}[1]}), 0)\n"
    "  is(count('site', 'name = :n', {}), 0)\n"
    "  local ok, e = pcall(count, 'sites') is(tostring(e):match('did you mean .*'), \"did you mean 'site'?\")\n"
    "  ok, e = pcall(count, 'site', 'rank >') is(ok, false)\n"
    "  ok, e = pcall(count, 'site', 'colour = 1') is(ok, false) end)\n"

    "probe('write', function(t)\n"
    "  local s = create('site', {name = 'West', rank = 9})\n"
    "  is(s.name, 'West') is(s.rank, 9) is(count('site'), 3)\n"
    "  local u = update(s, {rank = 10}) is(u.rank, 10) is(s.rank, 10)\n"
    "  delete(s) is(count('site'), 2) is(s.name, nil)\n"
    "  local ok, e = pcall(create, 'site', {name = 'North'})\n"
    "  is(ok, false) is(e.code, 'invalid') is(count('site'), 2)\n"
    "  ok, e = pcall(create, 'site', {rank = 1}) is(ok, false) is(e.field, 'name')\n"
    "  is(count('site'), 2) end)\n"
    "probe('write fails', function(t) create('site', {name = 'North'}) end)\n"
    "probe('chain', function(t) create('tree', {name = 'child', note = 'chain'}) end)\n"
    "probe('after move', function(t) is(t.stage, 'young') is(t.stage_status, 'open')\n"
    "  transition(t, 'grow') is(t.stage, 'tall') end)\n"
    "probe('after read only', function(t) t.count = 1 end)\n"

    "probe('people', function(t)\n"
    "  is(me(), nil) is(#users{}, 3) is(#users{active = true}, 2) is(#users{role = 'keeper'}, 1)\n"
    "  is(#users{role = 'keeper', roles_of = true}, 2) is(users{role = 'chief'}[1].name, 'Bob')\n"
    "  is(#users{department = 'East'}, 1) is(has_role(users{}[2], 'keeper'), true)\n"
    "  is(has_role(users{}[1], 'chief'), false) is(has_role('keeper'), false)\n"
    "  is(least_open(users{active = true}, 'tree').name, 'Ann') is(least_open({}, 'tree'), nil)\n"
    "  is(pcall(users, {roll = 'x'}), false) is(pcall(users, {role = 'x'}), false) end)\n"
    "probe('me', function(t) is(me().login, 'ann') is(has_role('keeper'), true) end)\n"
    "probe('as user', function(t)\n"
    "  is(count('tree'), 2) is(get('tree', 2).secret, 'hush')\n"
    "  as_user(function() is(count('tree'), 1) is(get('tree', 2), nil)\n"
    "    is(get('tree', 1).secret, nil) is(get('tree', 1).name, 'Fir')\n"
    "    is(pcall(count, 'tree', \"secret = 'x'\"), false)\n"
    "    is(pcall(update, 'tree', 2, {count = 1}), false) end)\n"
    "  is(count('tree'), 2) is(pcall(as_user, function() error('x') end), false)\n"
    "  is(count('tree'), 2) end)\n"

    "probe('messages', function(t) explain('because %d of %s', 2, 'two')\n"
    "  local u = users{active = true} notify(u[1], 'hello') notify(u, 'all') notify(nil, 'none')\n"
    "  is(pcall(notify, u[1], 'x', t), false)\n"
    "  webhook { url = 'http://127.0.0.1:1/', body = {a = 1} }\n"
    "  is(pcall(email, {to = 'a@example.com', subject = 's', text = 't'}), false) end)\n"
    "probe('after messages', function(t) notify(users{}[1], 'made', t)\n"
    "  remind(t, {at = '2026-04-01', to = users{}[1], text = 'later'})\n"
    "  remind(t, {at = '2026-04-01', to = users{}[1], text = 'later'}) end)\n"

    "probe('time', function(t)\n"
    "  is(today(), '2026-03-02') is(now(), '2026-03-02T02:00:00Z')\n"
    "  is(add_days('2026-02-28', 1), '2026-03-01') is(add_days(now(), -1), '2026-03-01T02:00:00Z')\n"
    "  is(add_days(nil, 1), nil) is(add_workdays('2026-03-06', 1), '2026-03-09')\n"
    "  is(date('2026-03-02T20:00:00Z'), '2026-03-03') is(days_between('2026-03-01', today()), 1)\n"
    "  is(parse_date('2026/3/4'), '2026-03-04') is(parse_date('4.3.2026'), '2026-03-04')\n"
    "  is(parse_date('2026年3月4日'), '2026-03-04') is(parse_date('3/4/2026'), nil)\n"
    "  is(parse_date('x'), nil) is(parse_date('2026-02-30'), nil)\n"
    "  is(format_date('2026-03-02', 'yyyy-mm'), '2026-03') is(format_number(1234.5, '#,##0.00'), '1,234.50')\n"
    "  is(format('%s-%02d', 'a', 7), 'a-07') is(pcall(add_days, 'soon', 1), false) end)\n"

    "probe('text', function(t)\n"
    "  is(text.trim('  榫卯 '), '榫卯') is(text.len('榫卯'), 2) is(text.sub('榫卯系统', 2, 2), '卯系')\n"
    "  is(text.sub('abc', -2), 'bc') is(table.concat(text.split('a,,b', ','), '|'), 'a||b')\n"
    "  is(text.replace('a.b.c', '.', '-'), 'a-b-c') is(text.lower('ÄB'), 'äb') is(text.starts('abc', 'ab'), true)\n"
    "  is(contains({'a', 'b'}, 'b'), true) is(contains({}, 1), false) is(contains('abc', 'bc'), true)\n"
    "  is(contains(users{}, users{}[2]), true) is(contains(nil, 1), false)\n"
    "  is(json.encode({a = {1, 2.5, 'x', true}}), '{\"a\":[1,2.5,\"x\",true]}')\n"
    "  is(json.decode('{\"a\":[1,{\"b\":null}]}').a[1], 1) is(pcall(json.decode, '{'), false)\n"
    "  is(pcall(json.encode, print), false) local loop = {} loop.x = loop is(pcall(json.encode, loop), false)\n"
    "  is(store.get('x'), nil) store.set('x', {1, 2}) is(store.get('x')[2], 2) store.set('x', nil)\n"
    "  is(store.get('x'), nil) end)\n"

    "probe('rotate', function(t)\n"
    "  local list, weights, n = {'a', 'b', 'c', 'd'}, {2, 1, 1, 1}, {}\n"
    "  for i = 1, 1000 do local x = rotate('r', list, weights) n[x] = (n[x] or 0) + 1 end\n"
    "  is(n.a, 400) is(n.b, 200) is(n.c, 200) is(n.d, 200)\n"
    "  is(rotate('other', {'a', 'b'}), 'a') is(rotate('other', {'a', 'b'}), 'b') is(rotate('other', {'a', 'b'}), 'a')\n"
    "  is(rotate('none', {}), nil) is(rotate('zero', {'a', 'b'}, {0, 1}), 'b')\n"
    "  is(rotate('zero', {'a'}, {0}), nil) is(pcall(rotate, 'bad', {'a'}, {-1}), false) end)\n"
    "probe('pick', function(t) t.name = rotate('shared', {'a', 'b', 'c', 'd'}, {2, 1, 1, 1}) end)\n"

    "every('0 12 1 4 *', 'far', function() local n, sum, held = 0, 0, {}\n"
    "  for s in find('site', 'rank > 100', nil, {sort = '-rank'}) do n = n + 1 sum = sum + s.rank\n"
    "    held[#held + 1] = s if n % 50 == 0 then update(s, {head = 2}) is(s.head.name, 'Bob') end end\n"
    "  for i, s in ipairs(held) do if i > 1 then is(s.rank, held[i - 1].rank - 1) end end\n"
    "  for s in find('site', 'rank > 100', nil, {limit = 7}) do n = n + 1000 end\n"
    "  store.set('far', n .. ' ' .. sum .. ' ' .. count('site', 'head = 2')) end)\n"
    "on('login', function(person) if person.name == 'Bob' then fail('not today') end\n"
    "  if person.name == 'Dan' then error('oh') end end)\n"
    "on('message', function(m) if m.kind == 'rule' and m.record then\n"
    "  notify(m.to, 'copy of ' .. m.text .. ' on ' .. m.record.name) end end)\n"

    "local kept\n"
    "probe('keep', function(t) kept = t end)\n"
    "probe('kept', function(t) return kept.name end)\n"
    "probe('loop', function(t) while true do end end)\n"
    "probe('swallow', function(t) while true do pcall(count, 'site') end end)\n"
    "probe('host memory', function(t) while true do pcall(text.upper, ('x'):rep(1000000)) end end)\n"
    "probe('bytes', function(t) t.name = '\\xff' end)\n";

typedef struct Env { Arena *a; Cx cx; char dir[64]; const char *db; Engine *e; Work *w; } Env;

static void put(Env *e, const char *name, const char *text)
{
    assert_true(file_write(&e->cx, path_join(e->a, e->dir, name), text, strlen(text)));
}

static int64_t make(Env *e, const char *form, const char *json)
{
    cx_clear(&e->w->cx);
    Node *body = json_parse(&e->w->cx, json, strlen(json));
    assert_non_null(body);
    SaveAsk ask = { .form = app_form(e->w->app, form), .body = body };
    Saved saved = { 0 };
    return save_record(e->w, &ask, &saved) ? saved.id : 0;
}

static int64_t must(Env *e, const char *form, const char *json)
{
    int64_t id = make(e, form, json);
    Cx *x = &e->w->cx;
    if (!id) print_error("%s: %s / %s / %s\n", json, x->text, x->detail ? x->detail : "",
        x->nissue ? x->issue[0].text : "");
    assert_true(id > 0);
    return id;
}

static void start(Env *e)
{
    EngineOptions o = { .dir = e->dir, .db = e->db, .works = 2 };
    o.limits = box_limits_default;
    o.limits.write_call_ms = 400;             /* sanitizers are slow */
    o.limits.write_ms = 2000;
    if (!engine_open(&e->cx, &o, &e->e)) {
        for (int i = 0; i < e->cx.nissue; i++)
            print_error("%s:%d: %s\n", e->cx.issue[i].at.file, e->cx.issue[i].at.line,
                e->cx.issue[i].text);
        fail_msg("%s %s", e->cx.text, e->cx.detail ? e->cx.detail : "");
    }
    e->w = engine_take(e->e, &e->cx, NULL);
    assert_non_null(e->w);
    auth_become_app(e->w, "test");
}

static int setup(void **st)
{
    Env *e = mem_alloc(sizeof *e);
    *st = e;
    e->a = arena_new();
    e->cx = cx_begin(e->a, NULL);
    sys_clock_set(1772416800);                /* 2026-03-02T02:00:00Z */
    sys_log_level(LOG_ERROR);
    strcpy(e->dir, "/tmp/tenon-rules-XXXXXX");
    assert_non_null(mkdtemp(e->dir));
    assert_true(dir_make(&e->cx, path_join(e->a, e->dir, "forms")));
    assert_true(dir_make(&e->cx, path_join(e->a, e->dir, "workflows")));
    assert_true(dir_make(&e->cx, path_join(e->a, e->dir, "plugins")));
    put(e, "app.yaml", app_yaml);
    put(e, "forms/site.yaml", site_yaml);
    put(e, "forms/tree.yaml", tree_yaml);
    put(e, "workflows/growing.yaml", flow_yaml);
    put(e, "plugins/probe.lua", probe_lua);
    e->db = test_url(NULL);
    start(e);
    must(e, "department", "{\"name\": \"East\"}");
    must(e, "user", "{\"name\":\"Ann\",\"login\":\"ann\",\"roles\":[\"keeper\"],\"department\":1}");
    must(e, "user", "{\"name\":\"Bob\",\"login\":\"bob\",\"roles\":[\"chief\"]}");
    must(e, "user", "{\"name\":\"Cid\",\"login\":\"cid\",\"active\":false}");
    must(e, "site", "{\"name\":\"North\",\"rank\":1,\"head\":1}");
    must(e, "site", "{\"name\":\"South\",\"rank\":2}");
    return 0;
}

static int teardown(void **st)
{
    Env *e = *st;
    engine_give(e->w);
    engine_close(e->e);
    char *rm = arena_printf(e->a, "rm -r '%s'", e->dir);
    assert_int_equal(system(rm), 0);
    sys_clock_clear();
    arena_free(e->a);
    mem_free(e);
    return 0;
}

static int64_t probe(Env *e, const char *name)
{
    return must(e, "tree", arena_printf(e->a, "{\"name\":\"Fir\",\"note\":\"%s\"}", name));
}

static void refused(Env *e, const char *name, Err err, const char *with)
{
    const char *json = arena_printf(e->a, "{\"name\":\"Fir\",\"note\":\"%s\"}", name);
    if (make(e, "tree", json)) fail_msg("%s was not refused", name);
    Cx *x = &e->w->cx;
    assert_int_equal(x->err, err);
    const char *text = x->nissue ? x->issue[0].text : x->text;
    if (!strstr(text, with)) fail_msg("'%s' is not in '%s'", with, text);
}

static Record *load(Env *e, const char *form, int64_t id)
{
    Record *r = NULL;
    cx_clear(&e->w->cx);
    assert_true(record_load(e->w, app_form(e->w->app, form), id, false, &r));
    assert_non_null(r);
    return r;
}

static const char *shown(Env *e, Record *r, const char *field)
{
    return val_show(e->a, record_value(r, field));
}

static int64_t count(Env *e, const char *sql, size_t n)
{
    Sql q = sql_begin(e->w->cx.a, db_dialect(e->w->db));
    Val v;
    bool found;
    sql_add_n(&q, sql, n);
    cx_clear(&e->w->cx);
    assert_true(db_one(&e->w->cx, e->w->db, &q, &v, 1, &found));
    return found && v.kind == VAL_INT ? v.i : -1;
}
#define COUNT(e, sql) count((e), "" sql "", sizeof(sql) - 1)

/* --- reading and setting --------------------------------------------------------------- */

static void a_before_rule_reads_fields_links_lists_and_rows(void **st)
{
    must(*st, "tree", "{\"name\":\"Fir\",\"note\":\"fields\",\"height\":2.5,\"count\":7,"
        "\"planted\":\"2026-03-01\",\"seen_at\":\"2026-03-02T09:00:00+08:00\",\"site\":1,"
        "\"kinds\":[\"oak\",\"ash\"],\"keeper\":1,\"visits\":[{\"by\":1,\"cost\":1.25}]}");
}

static void a_before_rule_sets_fields_as_a_person_would(void **st)
{
    Env *e = *st;
    Record *r = load(e, "tree", probe(e, "set"));
    assert_string_equal(shown(e, r, "height"), "3.14");
    assert_string_equal(shown(e, r, "twice"), "6.28");
    assert_string_equal(shown(e, r, "planted"), "2026-05-06");
    assert_string_equal(shown(e, r, "name"), "FIR");
    assert_int_equal(record_value(r, "site").i, 2);
    assert_int_equal(record_value(r, "keeper").i, 2);
    assert_int_equal(record_value(r, "visits").n, 2);
    assert_int_equal(record_value(r, "ill").i, 1);
}

static void what_cannot_be_set_is_an_issue_on_the_field(void **st)
{
    Env *e = *st;
    refused(e, "bad value", E_INPUT, "");
    assert_string_equal(e->w->cx.issue[0].at.field, "planted");
    refused(e, "computed", E_INPUT, "computed");
    refused(e, "bytes", E_RULE, "not UTF-8");
    assert_int_equal(record_value(load(e, "tree", probe(e, "caught")), "count").i, 1);
}

static void a_refusal_is_422_and_nothing_is_stored(void **st)
{
    Env *e = *st;
    refused(e, "refuse", E_INPUT, "is wrong");
    assert_string_equal(e->w->cx.issue[0].at.field, "count");
    assert_int_equal(COUNT(e, "SELECT count(*) FROM tree"), 0);
}

static void a_mistake_names_plugin_and_line(void **st)
{
    Env *e = *st;
    refused(e, "broken", E_RULE, "probe:");
    assert_non_null(strstr(e->w->cx.detail, "stack traceback"));
    assert_int_equal(COUNT(e, "SELECT count(*) FROM tree"), 0);
}

static void rules_query(void **st) { probe(*st, "query"); }

static void rules_write_and_a_failed_write_is_undone_alone(void **st)
{
    Env *e = *st;
    probe(e, "write");
    assert_int_equal(COUNT(e, "SELECT count(*) FROM site WHERE deleted_at IS NULL"), 2);
    refused(e, "write fails", E_INPUT, "");
    assert_int_equal(COUNT(e, "SELECT count(*) FROM tree"), 1);
}

static void a_chain_of_rules_has_an_end(void **st)
{
    Env *e = *st;
    refused(e, "chain", E_RULE, "more than 8");
    assert_int_equal(COUNT(e, "SELECT count(*) FROM tree"), 0);
}

static void after_rules_see_what_their_writes_did(void **st)
{
    Env *e = *st;
    Record *r = load(e, "tree", probe(e, "move"));
    assert_string_equal(shown(e, r, "stage"), "tall");
    assert_int_equal(record_value(r, "count").i, 3);       /* by the action of the transition */
    refused(e, "read only", E_RULE, "before-rules only");
}

/* --- the whole of a record's life ------------------------------------------------------- */

static void events_fire_along_the_way(void **st)
{
    Env *e = *st;
    int64_t id = must(e, "tree", "{\"name\":\"Yew\",\"height\":3,\"keeper\":1}");
    const Form *f = app_form(e->w->app, "tree");
    Saved saved = { 0 };
    Node *body = json_parse(&e->w->cx, "{\"height\":2}", 12);
    SaveAsk ask = { .form = f, .id = id, .body = body };
    assert_false(save_record(e->w, &ask, &saved));
    assert_string_equal(e->w->cx.issue[0].text, "trees do not shrink");
    cx_clear(&e->w->cx);
    ask = (SaveAsk){ .form = f, .id = id, .transition = "grow" };
    assert_true(save_record(e->w, &ask, &saved));
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _explain WHERE text = 'Yew is tall now' "
        "AND rule = 'probe'"), 1);
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _timer WHERE rule = 'remind:'"), 1);
    assert_int_equal(COUNT(e, "SELECT value FROM _store WHERE key = 'left'"), -1);
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _store WHERE key = 'left' AND value = '1'"), 1);
    ask.transition = "fell";
    assert_false(save_record(e->w, &ask, &saved));
    assert_string_equal(e->w->cx.issue[0].text, "only ill trees are felled");
    cx_clear(&e->w->cx);
    assert_true(tick_until(e->w, 1772416800 + 10));
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _store WHERE key = 'committed'"), 1);
    assert_true(save_delete(e->w, f, id, 0));
}

static void schedules_and_reminders_fire_by_the_clock(void **st)
{
    Env *e = *st;
    must(e, "tree", "{\"name\":\"Yew\"}");
    probe(e, "messages");
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _job WHERE kind = 'webhook'"), 1);
    assert_true(tick_until(e->w, 1772416800 + 40 * 86400));
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _store WHERE key = 'walked' AND value = '2'"), 1);
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _message WHERE text = 'later'"), 1);
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _message WHERE text LIKE 'copy of%'"), 1);
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _message "
        "WHERE text = 'copy of made on Fir'"), 1);
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _message WHERE text = 'made' AND record = 2"), 1);
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _message WHERE text = 'all'"), 2);
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _explain WHERE text = 'because 2 of two' "
        "AND record = 2"), 1);
}

static void a_find_walks_many_pages_and_its_records_stay(void **st)
{
    Env *e = *st;
    for (int i = 0; i < 250; i++)
        must(e, "site", arena_printf(e->a, "{\"name\":\"s%d\",\"rank\":%d}", i, 101 + i));
    cx_clear(&e->w->cx);
    assert_true(tick_until(e->w, 1772416800 + 40 * 86400));
    /* 250 records, the sum of 101 … 350, 5 changed on the way */
    assert_int_equal(COUNT(e, "SELECT count(*) FROM _store WHERE key = 'far' "
        "AND value = '\"7250 56375 5\"'"), 1);
}

static void a_login_rule_may_refuse_and_its_mistakes_do_not(void **st)
{
    Env *e = *st;
    char *session;
    must(e, "user", "{\"name\":\"Dan\",\"login\":\"dan\",\"active\":true}");
    for (int64_t id = 1; id <= 4; id++) {
        cx_clear(&e->w->cx);
        assert_true(id == 3 || auth_set_password(e->w, id, "correct horse 7"));
    }
    sys_log_level(LOG_ERROR + 1);
    assert_true(auth_login(e->w, "ann", "correct horse 7", "a", &session));
    assert_false(auth_login(e->w, "bob", "correct horse 7", "a", &session));
    assert_string_equal(e->w->cx.issue[0].text, "not today");
    cx_clear(&e->w->cx);
    assert_true(auth_login(e->w, "dan", "correct horse 7", "a", &session));
}

static void actions_check_their_parameters(void **st)
{
    Env *e = *st;
    int64_t id = must(e, "tree", "{\"name\":\"Yew\"}");
    const Form *f = app_form(e->w->app, "tree");
    Saved saved = { 0 };
    static const char *const wrong[] = { "{}", "{\"much\":\"x\"}", "{\"much\":1,\"how\":\"hat\"}",
        "{\"much\":1,\"who\":\"x\"}" };
    for (int i = 0; i < LEN(wrong); i++) {
        cx_clear(&e->w->cx);
        Node *p = json_parse(&e->w->cx, wrong[i], strlen(wrong[i]));
        if (save_action(e->w, f, id, "water", p, &saved)) fail_msg("%s was taken", wrong[i]);
        assert_int_equal(e->w->cx.err, E_INPUT);
    }
    cx_clear(&e->w->cx);
    Node *p = json_parse(&e->w->cx, "{\"much\":5}", 10);
    assert_true(save_action(e->w, f, id, "water", p, &saved));
    assert_int_equal(record_value(load(e, "tree", id), "count").i, 5);
}

/* --- people and rights ------------------------------------------------------------------- */

static void people_are_found_by_role_and_department(void **st)
{
    probe(*st, "people");
}

static void a_rule_runs_as_the_app_unless_it_says_as_user(void **st)
{
    Env *e = *st;
    must(e, "tree", "{\"name\":\"Fir\",\"keeper\":1,\"secret\":\"hush\"}");
    must(e, "tree", "{\"name\":\"Oak\",\"keeper\":2,\"secret\":\"hush\"}");
    cx_clear(&e->w->cx);
    assert_true(auth_become_login(e->w, "ann"));
    must(e, "tree", "{\"name\":\"x\",\"note\":\"me\",\"keeper\":1}");
    auth_become_app(e->w, "test");
    cx_clear(&e->w->cx);
    assert_true(save_delete(e->w, app_form(e->w->app, "tree"), 3, 0));
    assert_true(auth_become_login(e->w, "ann"));
    must(e, "tree", "{\"name\":\"x\",\"note\":\"as user\",\"keeper\":1}");
    assert_false(e->w->as_app);
}

/* --- helpers ------------------------------------------------------------------------------ */

static void time_helpers_follow_the_clock_of_the_write(void **st) { probe(*st, "time"); }
static void text_json_and_store_do_what_they_say(void **st) { probe(*st, "text"); }

static void rotation_is_fair_and_exact(void **st)
{
    Env *e = *st;
    probe(e, "rotate");
    for (int i = 0; i < 50; i++) probe(e, "pick");
    assert_int_equal(COUNT(e, "SELECT count(*) FROM tree WHERE name = 'a'"), 20);
    assert_int_equal(COUNT(e, "SELECT count(*) FROM tree WHERE name = 'd'"), 10);
}

/* --- fences -------------------------------------------------------------------------------- */

static void broken_budgets_refuse_one_write_and_the_next_is_fine(void **st)
{
    Env *e = *st;
    refused(e, "loop", E_RULE, "longer than 400 ms");
    refused(e, "swallow", E_RULE, "");
    refused(e, "host memory", E_RULE, "");
    probe(e, "query");
}

static void a_record_kept_beyond_its_call_is_refused(void **st)
{
    Env *e = *st;
    probe(e, "keep");
    refused(e, "kept", E_RULE, "earlier call");
}

static void the_calls_are_listed_for_the_docs(void **st)
{
    Env *e = *st;
    Str s = str_begin(e->a);
    rule_calls_markdown(&s);
    assert_non_null(strstr(str_show(&s), "| `rotate(key, list, weights?)` |"));
    assert_non_null(strstr(str_show(&s), "| `on(event, function)` |"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_before_rule_reads_fields_links_lists_and_rows),
        T(a_before_rule_sets_fields_as_a_person_would),
        T(what_cannot_be_set_is_an_issue_on_the_field),
        T(a_refusal_is_422_and_nothing_is_stored), T(a_mistake_names_plugin_and_line),
        T(rules_query), T(rules_write_and_a_failed_write_is_undone_alone),
        T(a_chain_of_rules_has_an_end), T(after_rules_see_what_their_writes_did),
        T(events_fire_along_the_way), T(schedules_and_reminders_fire_by_the_clock),
        T(a_find_walks_many_pages_and_its_records_stay),
        T(a_login_rule_may_refuse_and_its_mistakes_do_not), T(actions_check_their_parameters), T(people_are_found_by_role_and_department),
        T(a_rule_runs_as_the_app_unless_it_says_as_user),
        T(time_helpers_follow_the_clock_of_the_write), T(text_json_and_store_do_what_they_say),
        T(rotation_is_fair_and_exact), T(broken_budgets_refuse_one_write_and_the_next_is_fine),
        T(a_record_kept_beyond_its_call_is_refused), T(the_calls_are_listed_for_the_docs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

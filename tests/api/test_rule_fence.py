#!/usr/bin/env python3
"""Whatever a rule tries, through the running server: the write is refused with a named error,
nothing is written, and the next request is answered.

Each attack is a function in one plugin, chosen by the record's name, run before the record is
written and once more after it, when there is something to take back."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main, until  # noqa: E402

HARMLESS = 'harmless'
RECORDS = '/api/v1/forms/attack/records'

# name → Lua, and what the error says ('': whatever it is).
LOOPS = {
    'endless loop': ('while true do end', 'longer than'),
    'endless repeat with work': ('local x = 0 repeat x = x + 1 until false', 'longer than'),
    'goto loop': ('::again:: goto again', 'longer than'),
    'numeric for without end': ('for i = 1, math.maxinteger do end', 'longer than'),
    'pcall loop': ('while true do pcall(function() while true do end end) end', 'longer than'),
    'nested pcall recursion': (
        'local function f() pcall(f) while true do end end f()', 'longer than'),
    'looping close': (
        'while true do local x <close> = setmetatable({}, {__close = function() '
        'while true do end end}) end', 'longer than'),
    'close that loops after the budget': (
        'local x <close> = setmetatable({}, {__close = function() while true do pcall(error) '
        'end end}) while true do end', 'longer than'),
    'xpcall handler loop': (
        'xpcall(function() while true do end end, function() while true do end end)', 'xpcall'),
    'gc loop': (
        'for i = 1, 1000 do setmetatable({}, {__gc = function() while true do end end}) end',
        '__gc'),
    'gc added later': (
        'local m = {} local t = setmetatable({}, m) m.__gc = function() while true do end end '
        't = nil local s = "" for i = 1, 50 do s = s .. ("x"):rep(4000) end '
        'error("went on")', 'went on'),
    'error value with looping tostring': (
        'error(setmetatable({}, {__tostring = function() while true do end end}))', 'table'),
    'looping iterator': ('for _ in function() return 1 end do end', 'longer than'),
    'looping metamethods': (
        'local t = setmetatable({}, {__index = function() while true do end end}) return t.x',
        'longer than'),
    'looping sort order': (
        'local t = {} for i = 1, 1000 do t[i] = i end '
        'while true do table.sort(t, function(a, b) return a > b end) end', 'longer than'),
}
PATTERNS = {
    'find with many stars': ("return ('a'):rep(40):find(('a*'):rep(12)..'b')", ''),
    'match with many stars': ("return ('a'):rep(40):match(('a*'):rep(12)..'b')", ''),
    'gsub with many stars': ("return ('a'):rep(40):gsub(('a*'):rep(12)..'b', 'x')", ''),
    'gmatch with many stars': (
        "for _ in ('a'):rep(40):gmatch(('a*'):rep(12)..'b') do end", ''),
    'lazy repeats on 600': ("return ('a'):rep(600):find('.-.-.-.-b')", ''),
    'find in a pcall loop': (
        "while true do pcall(string.find, ('a'):rep(40), ('a*'):rep(12)..'b') end", ''),
    'balance on long text': (
        "local s = ('('):rep(1 << 19) while true do s:find('%b()') end", ''),
    'plain find in long text': (
        "local s, p = ('a'):rep(1 << 20), ('a'):rep(1 << 19)..'b' "
        "while true do s:find(p, 1, true) end", ''),
    'pattern of a thousand parts': ("return ('a'):find(('(a)'):rep(1000))", ''),
    'gsub that grows': ("local s = 'x' while true do s = s:gsub('x', 'xx') end", ''),
}
COUNTS = {
    'rep of text without end': ("return ('x'):rep(1 << 60)", 'too much'),
    'rep of nothing with separator': ("return (''):rep(1 << 60, 'x')", 'too much'),
    'rep of a gigabyte': ("return ('x'):rep(1 << 30)", 'too much'),
    'move of everything': ('table.move({}, 1, math.maxinteger - 1, 2)', 'too many'),
    'move of two to the sixty': ('table.move({}, 1, 1 << 60, 2)', 'too many'),
    'insert into a huge length': (
        'table.insert(setmetatable({}, {__len = function() return 1 << 60 end}), 1, 1)',
        'plain tables'),
    'remove from a huge length': (
        'table.remove(setmetatable({}, {__len = function() return 1 << 60 end}), 1)',
        'plain tables'),
    'concat with an index in C': (
        "return table.concat(setmetatable({}, {__index = table.concat}), '', 1, 1 << 60)",
        'plain tables'),
    'concat of a huge range': ("return table.concat({}, '', 1, 1 << 60)", 'too many'),
    'unpack of a huge range': ('return table.unpack({}, 1, 1 << 40)', 'too many'),
    'sort of a huge length': (
        'table.sort(setmetatable({}, {__len = function() return 1 << 30 end, __index = type}))',
        'plain tables'),
    'format with a huge format': ("return string.format(('%d'):rep(100000))", 'too long'),
    'pack of a gigabyte': ("return string.pack('c1000000000', '')", ''),
    'utf8 over long text': (
        "local s = ('x'):rep(1 << 20) while true do utf8.len(s) end", ''),
    'byte of long text': ("return ('x'):rep(1 << 20):byte(1, -1)", ''),
}
MEMORY = {
    'doubling text': ("local s = 'x' while true do s = s .. s end", ''),
    'growing table': ('local t = {} for i = 1, 1 << 40 do t[i] = {i} end', ''),
    'table of long texts': (
        "local t = {} while true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end", ''),
    'growing table in a pcall loop': (
        'while true do pcall(function() local t = {} for i = 1, 1 << 40 do t[i] = {i} end end) '
        'end', ''),
    'closures without end': (
        'local f for i = 1, 1 << 40 do local g = f f = function() return g end end', ''),
}
STACKS = {
    # The 90 bytes that kill a thread with a small stack.
    'gsub callback recursion': (
        "local function f(s) return (s:gsub('.', f)) end f('x')", 'overflow'),
    'sort callback recursion': (
        'local function f(a, b) table.sort({3,2,1}, f) return a < b end f(1, 2)', 'overflow'),
    'index recursion': (
        "local m = {} m.__index = function(_, k) return setmetatable({}, m)[k .. 'x'] end "
        "return setmetatable({}, m).a", ''),
    'index chain': (
        'local t = {} for i = 1, 5000 do t = setmetatable({}, {__index = t}) end return t.x', ''),
    'tostring recursion': (
        "local t t = setmetatable({}, {__tostring = function() return "
        "string.format('%s', t) end}) return tostring(t)", 'overflow'),
    'plain recursion': ('local function f() return f() + 1 end f()', ''),
    'pcall recursion': (
        'local function f() return select(2, pcall(f)) + 1 end f()', ''),
    'concat recursion': (
        "local m = {} m.__concat = function(a) return setmetatable({}, m) .. a end "
        "return setmetatable({}, m) .. 'x'", ''),
    'eq recursion': (
        'local m = {} m.__eq = function(a) return setmetatable({}, m) == setmetatable({}, m) end '
        'return setmetatable({}, m) == setmetatable({}, m)', ''),
    'deep pattern captures': ("return ('x'):rep(100000):find(('(.?)'):rep(200))", ''),
}
TAMPERING = {
    'a global is written': ('leaked = 1', "'leaked'"),
    'a global function is written': ('function leaked() end', "'leaked'"),
    'through _G': ('_G.leaked = 1', "'leaked'"),
    'rawset on _G': ("rawset(_G, 'leaked', 1)", 'read-only'),
    'string.rep is replaced': ('string.rep = nil', 'read-only'),
    'rawset on string': ("rawset(string, 'rep', print)", 'read-only'),
    'table.insert on string': ("table.insert(string, 'x')", 'plain tables'),
    'table.move into string': ("table.move({1, 2}, 1, 2, 1, string)", 'plain tables'),
    'a metatable of string': ('setmetatable(string, nil)', 'protected'),
    'the metatable of texts': ("getmetatable('').__index = nil", ''),
    'the metatable of texts by name': ("getmetatable('x').__index.len = print", ''),
    'the metatable of a record': ('getmetatable(r).__index = nil', ''),
    'math.huge': ('math.huge = 0', 'read-only'),
    'a call of ours is replaced': ('store.get = function() return 1 end', 'read-only'),
    'fail is replaced': ('fail = function() end', "'fail'"),
    "another plugin's table": ('shared.limit = 99', "'shared'"),
    "another plugin's table through _G": ('_G.shared.limit = 99', ''),
    "another plugin's function": ('helper()', "'helper'"),
    'a handler is added late': ("on('attack.after_create', function() end)", ''),
    'a schedule is added late': ("every('* * * * *', 'late', function() end)", ''),
}
ABSENT = ['os', 'io', 'debug', 'package', 'coroutine', 'load', 'loadfile', 'loadstring', 'dofile',
          'require', 'collectgarbage', 'xpcall', 'warn', 'module', 'jit', 'ffi', 'newproxy',
          'getfenv', 'setfenv']
HOST = {
    'an unknown form': ("create('atack', {name = 'x'})", 'attack'),
    'an unknown field': ("create('note', {nmae = 'x'})", None),
    'an unknown field is set': ('r.nmae = 1', 'name'),
    'an unknown field is read': ('return r.nmae', 'name'),
    'a broken filter': ("for _ in find('note', 'name = (') do end", ''),
    'an unknown field in a filter': ("return count('note', 'nmae = 1')", 'name'),
    'a table without end': ("local t = {} t.t = t create('note', {name = t})", ''),
    'a list without end': ("local t = {} t[1] = t create('note', {name = t})", ''),
    'a function as a value': ("create('note', {name = print})", ''),
    'broken UTF-8': ("create('note', {name = '\\xff\\xfe'})", ''),
    'zero bytes': ("create('note', {name = 'a\\0b'})", None),
    'a number beyond all': ("create('note', {name = 'x', mark = 1e300})", None),
    'a date far away': ("return add_days(today(), 1e18)", ''),
    'messages without end': ("while true do notify(r.owner, ('x'):rep(100000)) end", ''),
    'reasons without end': ("while true do explain(('x'):rep(100000)) end", ''),
    'store without end': ("for i = 1, 1 << 40 do store.set('k' .. i, ('x'):rep(10000)) end", ''),
    'log without end': ("while true do log(('x'):rep(1000)) end", ''),
    'queries without end': ("while true do count('note') end", ''),
    'records without end': ("while true do create('note', {name = 'x'}) end", ''),
    'records in a pcall loop': (
        "while true do pcall(create, 'note', {name = 'x'}) end", ''),
    'people without end': ("while true do users {} end", ''),
    'filters without end': (
        "for i = 1, 1 << 40 do count('note', 'mark = ' .. i) end", ''),
    'a filter of ten thousand terms': (
        "return count('note', 'mark = 1' .. (' or mark = 1'):rep(10000))", ''),
    'a deep filter': ("return count('note', ('('):rep(5000) .. 'mark = 1' .. (')'):rep(5000))", ''),
    'split of long text': (
        "local s = ('a,'):rep(1 << 19) while true do text.split(s, ',') end", ''),
    'a deep JSON text': (
        "return json.decode(('['):rep(100000) .. (']'):rep(100000))", ''),
    'JSON of a table without end': ("local t = {} t.t = t return json.encode(t)", ''),
    'rotation among tables': ("return rotate('k', {1, {}, print})", ''),
    'rotation with a bad weight': ("return rotate('k', {r.owner}, {-1})", ''),
    'delete of nothing': ('delete(nil)', ''),
    'update of a number': ('update(7, {name = 1})', ''),
    'a move that is none': ("transition(r, 'nowhere')", None),
    'as_user that loops': ('as_user(function() while true do end end)', ''),
    'as_user that fails': ("as_user(function() error('inside') end)", 'inside'),
    'sql in a filter': ("return count('note', [[name = '' ; DROP TABLE note; --']])", ''),
    'an error without a text': ('error(nil)', ''),
    'an error that is a table': ('error({})', ''),
    'a plain error': ("error('by hand')", 'by hand'),
    'arithmetic on nothing': ('local x = nil return x + 1', 'arithmetic'),
}
GROUPS = [LOOPS, PATTERNS, COUNTS, MEMORY, STACKS, TAMPERING, HOST]

APP = '''
app: fence
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  runner: {label: Runner}
'''
FORM = '''
form: %s
title: "{name}"
owner: owner
fields:
  name:  {type: text, required: true, max: 200}
  phase: {type: choice, options: [before, after]}
  mark:  {type: number}
  owner: {type: user, default: "=me()"}
permissions:
  runner: {read: all, create: true, update: all, delete: all, batch: all}
'''


def _plugin():
    out = ['local attack = {}', "attack['harmless'] = function(r) end"]
    for group in GROUPS:
        for name, (body, _) in group.items():
            out.append(f'attack[{_quote(name)}] = function(r) {body} end')
    out.append('''
attack['what is there'] = function(r)
  local there = {}
  for _, name in ipairs { %s } do
    if _G[name] ~= nil or _ENV[name] ~= nil then there[#there + 1] = name end
  end
  if string.dump or math.randomseed then there[#there + 1] = 'string.dump or math.randomseed' end
  fail('name', 'there: ' .. table.concat(there, ' '))
end
attack['rep of nothing'] = function(r) if #(''):rep(1 << 60) ~= 0 then error('no') end end
attack['refused field'] = function(r) fail('mark', 'is too much') end
attack['refused'] = function(r) fail('not today') end
attack['refused in a nested write'] = function(r) create('note', { name = 'refuse' }) end
attack['caught refusal'] = function(r)
  local ok, why = pcall(create, 'note', { name = 'refuse' })
  if ok or why.field ~= 'mark' then error('not refused') end
end
attack['no numbers'] = function(r)
  create('note', { name = 'no numbers', mark = 0/0 })
  create('note', { name = 'no numbers', mark = -math.huge })
end
attack['shell'] = function(r) os.execute('touch ' .. 'SHELL') end
local kept
attack['a record is kept'] = function(r)
  local was = kept
  kept = r
  if was then r.mark = #was.name end
end
local function run(phase)
  return function(r)
    local fn = attack[r.name]
    if fn and (r.phase or 'before') == phase then fn(r) end
  end
end
on('attack.before_create', run('before'))
on('attack.after_create', run('after'))
on('note.before_create', function(n)
  if n.name == 'refuse' then fail('mark', 'not this one') end
end)
''' % ', '.join(_quote(n) for n in ABSENT))
    return '\n'.join(out) + '\n'


def _quote(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'


VICTIM = '''
shared = { limit = 5 }
function helper() return shared.limit end
on('attack.before_create', function(r)
  if r.name == 'victim' then r.mark = helper() end
end)
'''
CHAIN = '''
on('ping.after_create', function(r)
  if r.name == 'itself' then create('ping', { name = 'itself' })
  elseif r.name == 'to and fro' then create('pong', { name = 'to and fro' })
  elseif r.name:find('^%d+$') and tonumber(r.name) > 0 then
    create('ping', { name = tostring(tonumber(r.name) - 1) })
  end
end)
on('pong.after_create', function(r) create('ping', { name = 'to and fro' }) end)
'''

files = {'app.yaml': APP, 'plugins/attacks.lua': '', 'plugins/victim.lua': VICTIM,
         'plugins/chain.lua': CHAIN}
for form in ('attack', 'note', 'ping', 'pong', 'busy'):
    files[f'forms/{form}.yaml'] = FORM % form
app = App(files)
shell = os.path.join(app.place, 'shell')
app.write('plugins/attacks.lua', _plugin().replace('SHELL', shell))
app.user('ann', roles='runner')
app.user('root', roles='admin')
token, admin = app.token('ann'), app.token('root')
server = app.serve()


def _tables():
    counts = {t: app.count(t) for t in ('attack', 'note', 'ping', 'pong', 'busy', '_history',
                                        '_message', '_job', '_store', '_explain')}
    counts['_timer'] = app.count('_timer', "form IN ('attack', 'note', 'ping', 'pong', 'busy')")
    return counts


def _create(name, phase='before', form='attack'):
    return server.post(f'/api/v1/forms/{form}/records', {'name': name, 'phase': phase},
                       token=token)


def _serves_on():
    answer = _create(HARMLESS)
    assert answer.status == 201, answer
    assert server.alive()


def _attack(name, text, phase):
    before = _tables()
    answer = _create(name, phase)
    where = f'{name} ({phase}): {answer}'
    assert answer.status == 500 if text is not None else answer.status in (422, 500), where
    if answer.status == 500:
        assert answer.code == 'rule_failed', where
        detail = answer.json['detail']
        assert detail.startswith('attacks:'), where
        if text:
            assert text in detail, where
        assert 'trace' not in answer.json, where       # tracebacks are for admins
    after = _tables()
    assert after == before, f'{where}: {before} became {after}'
    _serves_on()


def _all_of(group):
    bad = []
    for phase in ('before', 'after'):
        for name, (_, text) in group.items():
            try:
                _attack(name, text, phase)
            except AssertionError as e:
                bad.append(str(e)[:700])
    assert not bad, '\n' + '\n'.join(bad)


def loops_end_at_the_budget():
    _all_of(LOOPS)


def patterns_cannot_run_away():
    _all_of(PATTERNS)
    assert _create('rep of nothing').status == 201


def counts_are_bounded():
    _all_of(COUNTS)


def memory_is_bounded():
    _all_of(MEMORY)


def deep_recursion_is_a_clean_error():
    _all_of(STACKS)


def the_environment_cannot_be_tampered_with():
    _all_of(TAMPERING)
    answer = _create('victim')
    assert answer.status == 201 and answer.json['mark'] == 5, answer


def calls_of_the_engine_fail_cleanly():
    _all_of(HOST)
    assert _create('no numbers').status == 201
    assert app.rows("SELECT mark FROM note WHERE name = 'no numbers'") == [(None,), (None,)]


def dangerous_libraries_are_absent():
    answer = _create('what is there')
    assert answer.status == 422, answer
    assert answer.json['fields']['name']['message'] == 'there: ', answer
    answer = _create('shell')
    assert answer.status == 500 and "'os'" in answer.json['detail'], answer
    assert not os.path.exists(shell)


def tracebacks_are_for_admins():
    answer = server.post(RECORDS, {'name': 'a plain error'}, token=admin)
    assert answer.status == 500 and 'traceback' in answer.json['trace'], answer
    assert 'attacks' in answer.json['trace'], answer


def fail_is_422_with_the_field():
    for phase in ('before', 'after'):
        before = _tables()
        answer = _create('refused field', phase)
        assert answer.status == 422 and answer.code == 'invalid', answer
        assert answer.json['fields']['mark']['message'] == 'is too much', answer
        answer = _create('refused', phase)
        assert answer.status == 422 and 'not today' in answer.text, answer
        answer = _create('refused in a nested write', phase)
        assert answer.status == 422 and 'not this one' in answer.text, answer
        assert _tables() == before
        answer = _create('caught refusal', phase)
        assert answer.status == 201, answer
        assert app.count('note') == before['note']


def a_record_kept_between_calls_is_dead():
    for _ in range(20):
        answer = _create('a record is kept')
        assert answer.status in (201, 500), answer
        if answer.status == 500:
            assert 'earlier call' in answer.json['detail'], answer
        else:
            assert answer.json['mark'] is None, answer


def rules_that_trigger_rules_stop_at_eight():
    for name in ('itself', 'to and fro'):
        before = _tables()
        answer = _create(name, form='ping')
        assert answer.status == 500 and answer.code == 'rule_failed', answer
        assert 'deep' in answer.json['detail'] or '8' in answer.json['detail'], answer
        assert _tables() == before, name
        _serves_on()
    before = app.count('ping')
    answer = _create('5', form='ping')
    assert answer.status == 201, answer
    assert app.count('ping') == before + 6


def a_write_has_a_budget_for_all_its_rules():
    """Forty handlers of which each stays below its own budget."""
    text = '''
for i = 1, 40 do
  on('busy.before_create', function(r)
    if r.name == 'one' and i > 1 then return end
    for k = 1, r.mark do end
  end)
end
'''
    app.write('plugins/busy.lua', text)
    assert until(lambda: server.post('/api/v1/forms/busy/records', {'name': 'one',
                 'mark': 1 << 40}, token=token).status == 500), 'the new plugin is not there'
    turns = 1 << 24                        # the most that one call may take here, by halves
    while server.post('/api/v1/forms/busy/records', {'name': 'one', 'mark': turns},
                      token=token).status != 201:
        turns //= 2
        assert turns > 1000
    for _ in range(20):                    # a busy machine may break the single budget first
        turns = turns * 3 // 4
        before = _tables()
        answer = server.post('/api/v1/forms/busy/records', {'name': 'all', 'mark': turns},
                             token=token)
        assert answer.status == 500 and answer.code == 'rule_failed', answer
        assert _tables() == before
        if 'the rules of this write' in answer.json['detail']:
            break
    else:
        raise AssertionError(answer)
    _serves_on()


def other_people_are_served_while_a_rule_runs_wild():
    server2 = server.client(token)
    before = app.count('attack')
    from harness import together

    def work(i):
        client = server.client(token)
        names = ['endless loop', 'growing table', 'gsub callback recursion', 'pcall loop']
        for k in range(5):
            wild = client.post(RECORDS, {'name': names[(i + k) % 4], 'phase': 'after'})
            assert wild.status == 500, wild
            assert client.get(RECORDS + '?limit=1').status == 200
            good = client.post(RECORDS, {'name': HARMLESS})
            assert good.status == 201, good
        client.close()
    together(8, work)
    assert app.count('attack') == before + 40
    assert server2.get('/api/v1/me').status == 200


def _admin_page():
    answer = server.get('/admin', headers={'Accept': 'text/html'}, token=admin)
    assert answer.status == 200, answer
    return answer.text


def _refused(plugin, *said):
    """The plugin is not taken, is reported with its place, and what was there serves on."""
    app.write('plugins/late.lua', plugin)
    assert server.log_has('plugins/late.lua', *said), server.log()[-2000:]
    _serves_on()
    assert until(lambda: 'plugins/late.lua' in _admin_page()), _admin_page()
    check = app.cli('check', status=1)
    assert 'plugins/late.lua:' in check.errors, check.errors
    app.write('plugins/late.lua', '-- nothing\n')
    assert until(lambda: 'plugins/late.lua' not in _admin_page()), _admin_page()


def binary_chunks_are_refused():
    _refused(b'\x1bLua\x54\x00\x19\x93\r\n\x1a\n', 'binary')


def a_plugin_that_never_finishes_loading_is_refused():
    _refused('local a = 1\nwhile true do end\n', 'plugins/late.lua:2:')


def a_plugin_that_eats_memory_while_loading_is_refused():
    _refused("local t = {}\nwhile true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end\n", 'memory')


def a_plugin_that_writes_while_loading_is_refused():
    before = _tables()
    _refused("create('note', { name = 'at load' })\n", 'late.lua:1:')
    assert _tables()['note'] == before['note']


def it_is_still_the_same_process():
    assert server.alive()
    assert server.log().count('Sanitizer') == 0
    app.store.check()
    server.stop()


if __name__ == '__main__':
    start = time.monotonic()
    main(globals())

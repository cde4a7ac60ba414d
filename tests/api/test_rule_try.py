#!/usr/bin/env python3
"""Rules tried on a record with one's draft: by the real write path, told in full, and undone; and
the mistakes that rules made at work, kept for who wrote them."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main, until  # noqa: E402

APP = '''app: live
languages: [en, zh]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
NOTE = '''form: note
title: "{name}"
owner: owner
fields:
  name: {type: text, required: true}
  size: {type: number}
  owner: {type: user}
permissions:
  clerk: {read: own, create: true, update: own}
'''
LOG = '''form: trace
title: "{what}"
fields:
  what: {type: text}
permissions: {}
'''
FLOW = '''workflow: care
form: note
stages:
  open: {label: Open}
  done: {label: Done, status: done}
transitions:
  finish: {from: open, to: done, by: everyone}
'''
PLUGIN = '''on("note.before_save", function(note, old)
  if note.name == "no" then fail("name", { en = "Not this name", zh = "不可用此名" }) end
  if note.name == "bad" then local x = nil; x() end
  if note.name == "loop" then while true do end end
  note.size = 7
end)
on("note.after_save", function(note)
  create("trace", { what = "saw " .. note.name })
  notify(note.owner, "Look at " .. note.name, note)
  explain("because of %s", note.name)
  log("line %s", note.name)
end)
on("note.entered.done", function(note) update(note, { name = note.name .. " done" }) end)
on("note.committed", function(note)
  if note.name == "late" then error("too late") end
  log("committed %s", note.name)
end)
action { name = "grow", label = { en = "Grow", zh = "增长" }, form = "note",
  params = { by = { type = "number", required = true, label = { en = "By", zh = "增量" } } },
  run = function(note, p) update(note, { size = (note.size or 0) + p.by + 100 }) end }
every("0 9 * * *", "sweep", function() for n in find("note") do update(n, { name = n.name .. "!" }) end end)
on("login", function(person) if person.name == "Nobody" then person.x.y = 1 end end)
'''
DEF = '/api/v1/definitions'
NOTES = '/api/v1/forms/note/records'

app = App({'app.yaml': APP, 'forms/note.yaml': NOTE, 'forms/trace.yaml': LOG,
           'workflows/care.yaml': FLOW, 'plugins/notes.lua': PLUGIN})
for login, role in (('root', 'admin'), ('ann', 'clerk'), ('bob', 'clerk')):
    app.user(login, roles=role)
server = app.serve()
root, ann, bob = (server.client(app.token(n)) for n in ('root', 'ann', 'bob'))


def _tried(event, **more):
    return root.post(DEF + '/try', {'form': 'note', 'event': event, **more})


def _done(event, **more):
    answer = _tried(event, **more)
    assert answer.status == 200, answer
    return answer.json


def _counts():
    return [app.count(t) for t in ('note', 'trace', '_history', '_message', '_explain', '_job', '_timer',
                                   'stage_history', '_run')]


def _note(**values):
    answer = ann.post(NOTES, {'owner': 'ann', **values})
    assert answer.status == 201, answer
    until(lambda: not app.count('_job', "kind = 'committed'"))         # its job after the commit
    return answer.json['id']


def _put(path, text):
    now = root.get(DEF + '/' + path)
    return root.put(DEF + '/' + path, {'text': text, 'etag': now.json['etag'] if now.status == 200 else None})


def _drop():
    assert root.delete(DEF + '/draft').status == 204


def _fields(change):
    return {f['field']: f['new'] for f in change['fields']}


def test_a_new_record_is_made_told_and_undone():
    before = _counts()
    out = _done('create', values={'name': 'one', 'owner': 'ann'})
    assert out['ok'] and out['forms'] == 'draft' and out['record']['title'] == 'one', out
    made = {c['form']: _fields(c) for c in out['changes']}
    assert made['note']['size'] == '7' and made['trace']['what'] == 'saw one', out
    assert [m['text'] for m in out['messages']] == ['Look at one'], out
    assert [e['text'] for e in out['explained']] == ['because of one'], out
    assert [x['text'] for x in out['log']] == ['line one', 'committed one'], out
    assert _counts() == before


def test_a_change_a_move_a_button_and_a_deletion():
    id = _note(name='two')
    before = _counts()
    out = _done('update', record=id, values={'name': 'three'})
    assert [c['what'] for c in out['changes']][0] == 'updated', out
    assert _fields(out['changes'][0])['name'] == 'three', out
    out = _done('transition', record=id, name='finish')
    assert any(_fields(c).get('name') == 'two done' for c in out['changes']), out
    out = _done('action', record=id, name='grow', values={'by': 5})
    # The button adds 112; the rule before each save says 7 again.
    assert out['ok'], out
    out = _done('delete', record=id)
    assert out['changes'][0]['what'] == 'deleted', out
    out = _done('schedule', name='notes.sweep')
    assert any(_fields(c).get('name') == 'two!' for c in out['changes']), out
    assert _counts() == before
    assert ann.get(f'{NOTES}/{id}').json['name'] == 'two'


def test_refusals_are_answers_in_the_readers_language():
    out = _done('create', values={'name': 'no'})
    assert not out['ok'] and out['error']['code'] == 'invalid', out
    assert out['issues'] == [{'field': 'name', 'message': 'Not this name'}], out
    zh = root.post(DEF + '/try', {'form': 'note', 'event': 'create', 'values': {'name': 'no'}},
                   headers={'Accept-Language': 'zh'}).json
    assert zh['issues'][0]['message'] == '不可用此名', zh
    out = _done('create', values={})
    assert out['issues'][0]['field'] == 'name', out
    out = _done('action', record=_note(name='p'), name='grow')
    assert out['issues'][0]['field'] == 'by', out


def test_a_mistake_has_its_line_and_a_loop_ends():
    before = _counts()
    out = _done('create', values={'name': 'bad'})
    assert (out['error']['code'], out['error']['plugin'], out['error']['line']) == ('rule_failed', 'notes', 3), out
    assert 'traceback' in out['error']['trace'], out
    out = _done('create', values={'name': 'loop'})
    assert out['error']['line'] == 4 and 'longer than' in out['error']['message'], out
    out = _done('create', values={'name': 'late'})
    assert out['ok'] and 'too late' in out['after'][0]['message'], out
    assert _counts() == before
    assert server.alive()


def test_what_a_rule_may_not_is_told_with_its_line():
    for lua, word in (('os.exit(1)', "global 'os'"), ('note.nothing = 1', 'nothing'),
                      ('create("nowhere", {})', 'nowhere'), ('everywhere = 1', 'everywhere'),
                      ('while true do pcall(function() while true do end end) end', 'longer than')):
        assert _put('plugins/notes.lua', f'on("note.before_save", function(note)\n  {lua}\nend)\n').status == 200
        out = _done('create', values={'name': 'x'})
        assert not out['ok'] and out['error'].get('line') == 2 and word in out['error']['message'], (lua, out)
    assert server.alive()
    _drop()


def test_a_draft_of_a_rule_is_tried_before_it_is_published():
    draft = PLUGIN.replace('note.size = 7', 'note.size = 11')
    assert _put('plugins/notes.lua', draft).status == 200
    out = _done('create', values={'name': 'x'})
    assert _fields(out['changes'][0])['size'] == '11', out
    assert ann.get(f'{NOTES}/{_note(name="still")}').json['size'] == 7
    # What the database does not have yet: the published forms, with the draft's rules.
    assert _put('forms/note.yaml', NOTE.replace('  size:', '  extra: {type: text}\n  size:')).status == 200
    out = _done('create', values={'name': 'x'})
    assert out['forms'] == 'published' and _fields(out['changes'][0])['size'] == '11', out
    # A draft that cannot be loaded says where.
    assert _put('plugins/notes.lua', draft + '\nif').status == 200
    answer = _tried('create', values={'name': 'x'})
    assert answer.status == 422 and answer.json['issues'][0]['file'] == 'plugins/notes.lua', answer
    rules = root.get(DEF + '/rules/note').json
    assert rules['loaded'] is False and rules['plugins'][0]['handlers'], rules
    _drop()


def test_stages_of_the_draft_are_tried_too():
    id = _note(name='walker')
    flow = FLOW.replace('  done:', '  extra: {label: Extra}\n  done:') + '  aside: {from: open, to: extra, by: everyone}\n'
    assert _put('workflows/care.yaml', flow).status == 200
    assert _put('plugins/notes.lua', PLUGIN + 'on("note.entered.extra", function(n) log("in extra") end)\n').status == 200
    # One that stands goes on by the stages it began with, as it will when this is published.
    out = _done('transition', record=id, name='aside')
    assert not out['ok'] and out['issues'][0]['field'] == 'stage', out
    out = _done('transition', name='aside', values={'name': 'fresh'})
    assert out['record']['title'] == 'fresh', out
    assert out['ok'] and out['forms'] == 'draft' and {'plugin': 'notes', 'text': 'in extra'} in out['log'], out
    out = _done('create', values={'name': 'new'})
    assert out['ok'] and out['forms'] == 'draft', out
    out = _done('transition', record=id, name='nowhere')
    assert not out['ok'] and out['issues'][0]['field'] == 'stage', out
    _drop()
    assert ann.get(f'{NOTES}/{id}').json['stage'] == 'open'


def test_as_somebody_with_their_rights():
    id = _note(name='mine')
    out = _done('update', record=id, values={'name': 'x'}, **{'as': 'bob'})
    assert not out['ok'] and out['error']['code'] in ('denied', 'not_found'), out
    assert _done('update', record=id, values={'name': 'x'}, **{'as': 'ann'})['ok']
    answer = _tried('update', record=id, values={'name': 'x'}, **{'as': 'nobody'})
    assert answer.status == 422 and 'nobody' in answer.text, answer


def test_wrong_questions_are_refused_in_words():
    id = _note(name='gone')
    assert ann.get(f'{NOTES}/{id}').status == 200
    assert root.delete(f'{NOTES}/{id}').status in (200, 204)
    for body, status, word in (({'event': 'nothing'}, 400, 'event'),
                               ({'event': 'update', 'record': 99999}, 404, 'gone'),
                               ({'event': 'update', 'record': id}, 404, 'gone'),
                               ({'event': 'update'}, 422, 'record'),
                               ({'event': 'schedule', 'name': 'notes.none'}, 200, 'no schedule'),
                               ({'event': 'create', 'values': [1]}, 400, 'object'),
                               ({'event': 'create', 'form': 'none'}, 404, 'none'),
                               ({'event': 'create', 'expression': '1'}, 422, 'expression')):
        answer = root.post(DEF + '/try', {'form': 'note', **body})
        assert answer.status == status and word in answer.text, (body, answer)
    assert ann.post(DEF + '/try', {'form': 'note', 'event': 'create'}).status == 403


def test_calls_events_and_what_a_plugin_registers():
    rules = root.get(DEF + '/rules/note').json
    calls = {c['name']: c for c in rules['calls']}
    assert calls['on']['args'] and calls['text.trim']['help'], calls
    assert {'before_save', 'entered', 'login'} <= {e['name'] for e in rules['events']}
    assert {'login', 'name', 'manager'} <= {f['value'] for f in rules['system']['user']}, rules['system']
    assert {f['value']: f['to'] for f in rules['system']['user']}['department'] == 'department'
    one = rules['plugins'][0]
    assert one['path'] == 'plugins/notes.lua' and {'event': 'note.before_save', 'line': 1} in one['handlers'], one
    assert one['actions'][0]['name'] == 'grow' and one['actions'][0]['params'][0]['name'] == 'by', one
    assert one['schedules'] == [{'name': 'sweep', 'cron': '0 9 * * *'}], one
    zh = root.get(DEF + '/rules/note', headers={'Accept-Language': 'zh'}).json
    for one in zh['calls'] + zh['events']:
        assert any('一' <= c <= '鿿' for c in one['help']), one
    assert root.get(DEF + '/rules/none').status == 404
    assert ann.get(DEF + '/rules/note').status == 403


def test_mistakes_at_work_are_kept_and_bounded():
    id = _note(name='fine')
    assert ann.patch(f'{NOTES}/{id}', {'name': 'bad'}).status == 500
    assert ann.post(NOTES, {'name': 'late'}).status == 201
    failures = until(lambda: (lambda l: l if len(l) > 1 else None)(root.get(DEF + '/rules/note').json['plugins'][0]['failures']))
    by = {f['event']: f for f in failures}
    assert by['before_save']['record'] == id and by['before_save']['title'] == 'fine', failures
    assert by['before_save']['error'].startswith('notes:3:') and by['before_save']['by'], failures
    assert 'too late' in by['committed']['error'], failures
    for _ in range(60):
        assert ann.patch(f'{NOTES}/{id}', {'name': 'bad'}).status == 500
    assert app.count('_run', "automation = 'plugins/notes.lua'") == 50
    page = root.get('/admin/runs?state=failed', headers={'Accept': 'text/html'})
    assert page.status == 200 and 'plugins/notes.lua' in page.text
    run = root.get(f"/admin/runs/{by['before_save']['id']}", headers={'Accept': 'text/html'})
    assert run.status == 200 and 'traceback' in run.text and 'Run again' not in run.text, run


if __name__ == '__main__':
    main(globals())

#!/usr/bin/env python3
"""Drafts by the API: acts over several files, all or none and put back; edits on a text that is no
more; what another's publication collides with, and a word for each; who else has a draft; what uses
a thing before it is removed."""
import os
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import main, until  # noqa: E402
from test_definitions import APP, DEF, NOTE, NOTES, House, _change, _file, _publish, _put  # noqa: E402

FLOW = '''workflow: w
form: note
stages:
  new: {label: New}
  seen: {label: Seen}
transitions:
  see: {label: See, from: new, to: seen, by: everyone, require: [size]}
'''
TASK = '''form: task
title: "{name}"
fields:
  name: {type: text}
  about: {type: link, to: note}
  size: {type: lookup, via: about, field: size}
'''


def _edit(who, *edits, status=200, **more):
    answer = who.post(f'{DEF}/edit', {'edits': list(edits), **more})
    assert answer.status == status, answer
    return answer.json


def _clashes(who):
    return [c for f in who.get(DEF).json['files'] for c in f.get('clashes', [])]


def _ops(path, who, *ops):
    return {'path': path, 'etag': _file(who, path)['etag'], 'ops': list(ops)}


def _settle(who, choose, path='forms/note.yaml', status=200):
    answer = who.post(f'{DEF}/settle', {'path': path, 'choose': choose})
    assert answer.status == status, answer
    return answer.json


def an_act_on_several_files_is_done_wholly_or_not_at_all():
    with House({'workflows/w.yaml': FLOW}) as h:
        flow = _ops('workflows/w.yaml', h.root, {'op': 'set', 'path': 'label', 'value': 'Way'})
        gone = {'path': 'forms/note.yaml', 'etag': _file(h.root)['etag'], 'ops': [{'op': 'remove', 'path': 'fields.nothing'}]}
        _edit(h.root, flow, gone, status=422)
        assert 'Way' not in _file(h.root, 'workflows/w.yaml')['text']
        done = _edit(h.root, flow, {'path': 'forms/more.yaml', 'etag': None, 'text': 'form: more\nfields:\n  name: {type: text}\n'},
                     {'path': 'forms/task.yaml', 'etag': _file(h.root, 'forms/task.yaml')['etag'], 'remove': True})
        assert [(f['path'], f['draft'], f['text'] is None) for f in done['files']] == [
            ('workflows/w.yaml', True, False), ('forms/more.yaml', True, False), ('forms/task.yaml', True, True)]
        assert done['issues'] == [] and done['files'][0]['tree']['label'] == 'Way'
        for bad in ({'path': 'forms/note.yaml'}, {'path': 'x', 'etag': None, 'text': 'a'}, {**flow, 'text': 'a'},
                    {**flow, 'base': 'a'}, {**flow, 'opps': 1}, 7):
            assert h.root.post(f'{DEF}/edit', {'edits': [bad]}).status in (400, 404), bad
        assert h.root.post(f'{DEF}/edit', {'edits': [flow, flow]}).status == 400
        assert h.root.post(f'{DEF}/edit', {'edits': []}).status == 400
        assert h.ann.post(f'{DEF}/edit', {'edits': [flow]}).status == 403
        assert h.ann.post(f'{DEF}/settle', {}).status == 403


def an_act_is_taken_back_over_what_came_after():
    """The text before, said on the text after: what somebody else wrote since stays."""
    with House() as h:
        before = _file(h.root)['text']
        after = _edit(h.root, _ops('forms/note.yaml', h.root, {'op': 'set', 'path': 'fields.size.min', 'value': 1}))['files'][0]['text']
        _change(h.root, '{type: date}', '{type: date, required: true}')          # another window
        back = {'path': 'forms/note.yaml', 'base': after, 'text': before}
        assert _edit(h.root, back)['files'][0]['text'] == NOTE.replace('{type: date}', '{type: date, required: true}')
        # The same place changed since: that is no taking back, and says where.
        _edit(h.root, {'path': 'forms/note.yaml', 'base': before, 'text': after})
        _change(h.root, 'min: 1', 'min: 2')
        clash = _edit(h.root, back, status=409)['clashes'][0]
        assert (clash['path'], clash['base'], clash['theirs'], clash['mine']) == ('fields.size.min', 1, 2, None), clash
        done = _edit(h.root, {**back, 'insist': True})['files'][0]
        assert 'min' not in done['text'] and done['merged'] and 'min: 2' in done['was'], done
        # A file that was made goes again, and one that went comes back.
        made = 'form: more\nfields:\n  name: {type: text}\n'
        _edit(h.root, {'path': 'forms/more.yaml', 'base': None, 'text': made})
        _edit(h.root, {'path': 'forms/more.yaml', 'base': made, 'remove': True})
        assert h.root.get(f'{DEF}/forms/more.yaml').status == 404
        _edit(h.root, {'path': 'forms/more.yaml', 'base': None, 'text': made})
        assert _file(h.root, 'forms/more.yaml')['text'] == made


def operations_on_a_text_that_is_no_more_are_merged():
    with House() as h:
        seen = _change(h.root, 'number}', 'number, min: 1}').json
        _change(h.root, '{type: date}', '{type: date, required: true}')
        op = {'op': 'set', 'path': 'fields.size.max', 'value': 9}
        assert h.root.patch(f'{DEF}/forms/note.yaml', {'ops': [op], 'etag': seen['etag']}).status == 412
        now = _edit(h.root, {'path': 'forms/note.yaml', 'base': seen['text'], 'ops': [op]})['files'][0]['tree']
        assert now['fields']['size'] == {'type': 'number', 'min': 1, 'max': 9} and now['fields']['day']['required']


def each_clash_is_settled_by_a_word():
    with House() as h:
        _change(h.root, 'number}', 'number, min: 1}')
        _change(h.root, '[red, blue]', '[red, blue, green]')
        _change(h.root, '# always there', '# mine alone')
        _change(h.boss, 'number}', 'number, min: 5}')
        _change(h.boss, '[red, blue]', '[red]')
        _publish(h.boss)
        assert sorted((c['file'], c['path']) for c in _clashes(h.root)) == [
            ('forms/note.yaml', 'fields.colour.options'), ('forms/note.yaml', 'fields.size.min')], _clashes(h.root)
        # Another file can be edited meanwhile; the draft stays as it was written.
        task = _edit(h.root, _ops('forms/task.yaml', h.root, {'op': 'set', 'path': 'label', 'value': 'Job'}))
        assert task['files'][0]['tree']['label'] == 'Job' and task['issues'] == []
        half = _settle(h.root, {'fields.size.min': 'mine'}, status=409)
        assert {c['path'] for c in half['clashes']} == {'fields.colour.options', 'fields.size.min'}
        assert _settle(h.root, {'fields.size.min': 'yours'}, status=400)
        done = _settle(h.root, {'fields.size.min': 'mine', 'fields.colour.options': 'theirs'})['files'][0]
        assert done['tree']['fields']['size']['min'] == 1 and done['tree']['fields']['colour']['options'] == ['red']
        assert '# mine alone' in done['text'] and done['draft']
        assert _clashes(h.root) == []
        assert _publish(h.root)['version'] == 3
        assert _settle(h.root, {}, status=404)


def what_one_removed_and_another_changed_is_settled_both_ways():
    for word, there in (('mine', False), ('theirs', True)):
        with House() as h:
            _edit(h.root, _ops('forms/note.yaml', h.root, {'op': 'remove', 'path': 'fields.day'},
                               {'op': 'set', 'path': 'layout.0.fields', 'value': ['name', 'size', 'colour']}))
            _change(h.boss, '{type: date}', '{type: date, required: true}')
            _publish(h.boss)
            assert [c['path'] for c in _clashes(h.root)] == ['fields.day']
            tree = _settle(h.root, {'fields.day': word})['files'][0]['tree']
            assert ('day' in tree['fields']) == there, tree
            # A whole file: removed here, changed there.
            _edit(h.root, {'path': 'forms/task.yaml', 'etag': _file(h.root, 'forms/task.yaml')['etag'], 'remove': True})
            _change(h.boss, '{type: text}', '{type: longtext}', path='forms/task.yaml')
            _publish(h.boss)
            assert [c['path'] for c in _clashes(h.root)] == ['']
            file = _settle(h.root, {'': word}, path='forms/task.yaml')['files'][0]
            assert (file['text'] is not None) == there


def orders_and_lines_are_settled_too():
    rule = '-- one\n-- two\n-- three\n'
    with House({'plugins/a.lua': rule}) as h:
        _edit(h.root, _ops('forms/note.yaml', h.root, {'op': 'move', 'path': 'fields.day', 'before': 'name'}))
        _put(h.root, rule.replace('two', 'zwei'), 'plugins/a.lua')
        _edit(h.boss, _ops('forms/note.yaml', h.boss, {'op': 'move', 'path': 'fields.day', 'before': 'size'}))
        _put(h.boss, rule.replace('two', 'deux'), 'plugins/a.lua')
        _publish(h.boss)
        assert {(c['file'], c['path'], c['order']) for c in _clashes(h.root)} == {
            ('forms/note.yaml', 'fields', True), ('plugins/a.lua', 'line 2', False)}
        tree = _settle(h.root, {'fields': 'theirs'})['files'][0]['tree']
        assert list(tree['fields']) == ['name', 'day', 'size', 'colour']
        text = _settle(h.root, {'line 2': 'mine'}, path='plugins/a.lua')['files'][0]['text']
        assert text == rule.replace('two', 'zwei')


def who_else_has_a_draft_is_told_without_what_is_in_it():
    with House() as h:
        assert h.root.get(DEF).json['others'] == []
        _change(h.boss, 'number}', 'number, min: 5}')
        other, = h.root.get(DEF).json['others']
        assert (other['path'], other['name']) == ('forms/note.yaml', 'Boss') and other['at'], other
        assert h.boss.get(DEF).json['others'] == []


def what_uses_a_thing_is_told_before_it_is_removed():
    app = APP.replace('roles:\n', 'roles:\n  chief: {label: Chief}\n')
    with House({'app.yaml': app, 'forms/task.yaml': TASK, 'workflows/w.yaml': FLOW,
                'plugins/a.lua': '-- the size of it\n'}) as h:
        def tried(path, *ops, **edit):
            edit = {'path': path, 'etag': _file(h.root, path)['etag'], **(edit or {'ops': list(ops)})}
            answer = _edit(h.root, edit, **{'try': True})
            return {(i['file'], '.'.join(map(str, i['path']))) for i in answer['issues']}, answer
        uses, answer = tried('forms/note.yaml', {'op': 'remove', 'path': 'fields.size'},
                             {'op': 'set', 'path': 'layout.0.fields', 'value': ['name', 'colour', 'day']})
        assert uses == {('forms/task.yaml', 'fields.size.field'), ('workflows/w.yaml', 'transitions.see.require.0')}, uses
        assert [(r['file'], r['line'], r['name']) for r in answer['rules']] == [('plugins/a.lua', 1, 'size')]
        uses, _ = tried('workflows/w.yaml', {'op': 'remove', 'path': 'stages.seen'})
        assert uses == {('workflows/w.yaml', 'transitions.see.to')}, uses
        uses, _ = tried('app.yaml', {'op': 'remove', 'path': 'roles.clerk'})
        assert uses == {('forms/note.yaml', 'permissions.clerk')}, uses
        assert tried('app.yaml', {'op': 'remove', 'path': 'roles.chief'})[0] == set()
        uses, _ = tried('forms/note.yaml', remove=True)
        assert {('forms/task.yaml', 'fields.about.to'), ('workflows/w.yaml', 'form')} <= uses, uses
        assert h.root.get(f'{DEF}/draft').json['files'] == []          # only tried
        # What is wrong already is not told again.
        _change(h.root, 'title: "{name}"', 'title: "{nothing}"')
        uses, _ = tried('app.yaml', {'op': 'remove', 'path': 'roles.clerk'})
        assert uses == {('forms/note.yaml', 'permissions.clerk')}, uses


def a_role_gets_another_name_and_who_has_it_keeps_it():
    app = APP.replace('roles:\n', 'roles:\n  chief: {label: Chief, includes: [clerk]}\n')
    note = NOTE.replace('update: all}', 'update: "has_role(\'clerk\') or has_role(\'chief\')"}\nreminders:\n'
                        '  day: {at: day, to: [role(clerk), clerk], text: the clerk}\n')
    with House({'app.yaml': app, 'forms/note.yaml': note, 'workflows/w.yaml': FLOW.replace('everyone', 'clerk'),
                'plugins/a.lua': '-- the clerk\n'}) as h:
        view = h.root.post('/api/v1/forms/note/views', {'name': 'Clerks', 'shared': ['clerk', 'chief']})
        assert view.status == 201, view
        named = _ops('app.yaml', h.root, {'op': 'rename', 'path': 'roles.clerk', 'name': 'writer', 'was': True})
        follows = {f['path']: f['text'] for f in _edit(h.root, named, **{'try': True})['follows']}
        assert set(follows) == {'app.yaml', 'forms/note.yaml', 'forms/task.yaml', 'workflows/w.yaml'}, follows
        assert follows['forms/note.yaml'] == note.replace('(clerk), clerk]', '(writer), writer]') \
            .replace("has_role('clerk')", "has_role('writer')").replace('\n  clerk: {read', '\n  writer: {read')
        assert 'by: writer' in follows['workflows/w.yaml'] and 'includes: [writer]' in follows['app.yaml']
        _edit(h.root, named)
        answer = h.root.post(f'{DEF}/plan').json
        plan = answer['plan']
        assert any(s['text'] == 'options of user.roles: clerk → writer' and s['rows'] == 1 for s in plan['steps']), plan['steps']
        assert [r['name'] for r in answer['rules']] == ['clerk'], answer['rules']
        _publish(h.root)
        assert h.ann.get('/api/v1/me').json['roles'].count('writer') == 1
        made = h.ann.post(NOTES, {'name': 'mine'})
        assert made.status == 201 and h.ann.patch(f"{NOTES}/{made.json['id']}", {'name': 'ours'}).status == 200
        seen = h.ann.get('/api/v1/forms/note/views').json['views']
        assert ['Clerks'] == [v['name'] for v in seen], seen
        assert sorted(h.root.get('/api/v1/forms/note/views').json['views'][0]['shared']) == ['chief', 'writer']
        # A former version has the former name, and people have it again.
        back = h.root.post(f'{DEF}/revert', {'version': 1})
        assert back.status == 200, back
        assert 'clerk' in h.ann.get('/api/v1/me').json['roles'] and h.ann.get(f"{NOTES}/{made.json['id']}").status == 200
        assert sorted(h.root.get('/api/v1/forms/note/views').json['views'][0]['shared']) == ['chief', 'clerk']


def what_is_published_was_looked_at():
    with House() as h:
        _change(h.root, 'number}', 'number, min: 1}')
        seen = h.root.post(f'{DEF}/plan').json
        assert seen['flows'] == [] and seen['version'] == 1
        _change(h.boss, '{type: text}', '{type: longtext}', path='forms/task.yaml')
        _publish(h.boss)
        refused = _publish(h.root, 409, on=seen['version'])
        assert 'version 2 was published meanwhile' in refused['detail'], refused
        assert h.root.post(f'{DEF}/publish', {'on': 'x'}).fields == {'on': 'type'}
        assert _publish(h.root, on=2)['version'] == 3
        back = h.root.post(f'{DEF}/revert', {'version': 1, 'on': 2})
        assert back.status == 409, back


def records_that_stand_in_the_way_are_named():
    with House() as h:
        ids = [h.ann.post(NOTES, {'name': n}).json['id'] for n in ('x', 'y', 'x')]
        _change(h.root, 'required: true', 'required: true, unique: true')
        step, = [s for s in h.root.post(f'{DEF}/plan').json['plan']['steps'] if s['what'] == 'refused']
        assert step['form'] == 'note' and step['records'] == [ids[0], ids[2]], step
        _change(h.root, ', unique: true', '')
        _change(h.root, '{type: text, required: true}', '{type: number, required: true}')
        step, = [s for s in h.root.post(f'{DEF}/plan').json['plan']['steps'] if s['what'] == 'loss']
        assert {(x['record'], x['was'], x['now']) for x in step['sample']} == {(i, n, None) for i, n in zip(ids, 'xyx')}


def records_get_the_value_that_is_asked_for():
    rows = 'number}\n  lines: {type: subform, fields: {what: {type: text}}}'
    with House({'forms/note.yaml': NOTE.replace('number}', rows)}) as h:
        ids = [h.ann.post(NOTES, {'name': n, 'lines': [{'what': 'a'}]}).json['id'] for n in ('one', 'two')]
        h.ann.post(NOTES, {'name': 'heavy', 'size': 9})
        _change(h.root, 'number}', 'number, required: true, max: 50}\n  made: {type: date, required: true}')
        _change(h.root, 'fields: {what: {type: text}}', 'fields: {what: {type: text}, price: {type: number, required: true}}')
        _change(h.root, 'layout:', '  about: {type: link, to: note, required: true}\nlayout:')
        plan = lambda fill: h.root.post(f'{DEF}/plan', {'fill': fill})     # noqa: E731
        asked = {s['fill']: s['rows'] for s in plan({}).json['plan']['steps'] if s['what'] == 'refused'}
        assert asked == {'note.size': 2, 'note.made': 3, 'note.about': 3, 'note.lines.price': 2}, asked
        fill = {'note.size': 99, 'note.made': 'soon', 'note.lines.price': 'dear', 'note.about': 77}
        for name in fill:                        # each in the field's own words, at what was given
            assert list(plan({name: fill[name]}).fields) == [f'fill.{name}'], name
        assert plan({'note.nothing': 1}).fields == {'fill.note.nothing': 'unknown_field'}
        assert plan({'note': 1}).fields == {'fill.note': 'unknown_field'}
        assert plan(['note.size']).fields == {'fill': 'wrong_kind'}
        fill = {'note.size': 4, 'note.made': '2026-02-03', 'note.lines.price': '1', 'note.about': ids[0]}
        seen = plan(fill).json
        assert seen['ok'] and {s['fill'] for s in seen['plan']['steps'] if s['what'] == 'fill'} == set(fill), seen
        assert _publish(h.root, 409)['plan']['refused']
        assert h.root.post(f'{DEF}/publish', {'fill': {'note.size': 'many'}}).fields.keys() == {'fill.note.size'}
        assert _publish(h.root, fill=fill)['version'] == 2
        one, _, heavy = [h.ann.get(f'{NOTES}/{i}').json for i in (ids[0], ids[1], 3)]
        assert (one['size'], one['made'], one['lines'][0]['price'], heavy['size']) == (4, '2026-02-03', 1, 9), one
        assert one['about']['id'] == ids[0], one


def how_far_a_publication_is_can_be_asked_while_it_runs():
    hold = tempfile.NamedTemporaryFile()
    with House(env={'TENON_HOLD_AT_STEP': f'1:{hold.name}'}) as h:
        _change(h.root, 'number}', 'number}\n  weight: {type: number}')
        done = []
        run = threading.Thread(target=lambda: done.append(_publish(h.root, progress='k1')))
        run.start()
        look = lambda key: h.server.client().get(f'{DEF}/progress/{key}').json   # noqa: E731
        assert until(lambda: look('k1').get('step') == 1), look('k1')
        seen = look('k1')
        assert seen['running'] and seen['steps'] >= 2 and seen['text'], seen
        assert look('k2') == {'running': False, 'step': 0, 'steps': 0, 'text': '', 'rows': 0, 'of': 0}
        hold.close()
        run.join(20)
        assert done and done[0]['version'] == 2 and not look('k1')['running']


def a_draft_is_looked_at_as_somebody_on_what_there_is():
    with House({'workflows/w.yaml': FLOW}) as h:
        ids = [h.ann.post(NOTES, {'name': n, 'size': 7, 'day': '2026-03-04'}).json['id'] for n in ('one', 'two')]
        def look(page, who='ann', form='note', status=200, **more):
            args = '&'.join(f'{k}={v}' for k, v in more.items())
            answer = h.root.get(f'/design/{form}/preview?as={who}&page={page}&{args}', headers={'Accept': 'text/html'})
            assert answer.status == status, (page, answer)
            return answer
        answer = look('record')
        assert 'two' in answer.text and 'Preview of your draft as Ann' in answer.text
        assert 'sandbox' in answer.headers['Content-Security-Policy'] and '<script' not in answer.text
        # New fields and a new form, another name, another type, another stage: all without a column of theirs.
        _edit(h.root, _ops('forms/note.yaml', h.root,
                           {'op': 'add', 'path': 'fields.weight', 'value': {'type': 'number', 'label': 'Heaviness'}},
                           {'op': 'add', 'path': 'layout.0.fields.-', 'value': 'weight'},
                           {'op': 'set', 'path': 'layout.0.fields', 'value': ['name', 'bulk', 'colour', 'day', 'tags', 'weight']},
                           {'op': 'add', 'path': 'fields.tags', 'value': {'type': 'choices', 'label': 'Marks', 'options': ['a', 'b']}},
                           {'op': 'rename', 'path': 'fields.size', 'name': 'bulk', 'was': True},
                           {'op': 'set', 'path': 'fields.day', 'value': {'type': 'number', 'label': 'Day count'}},
                           {'op': 'set', 'path': 'permissions.clerk.fields', 'value': {'colour': 'hidden'}}),
              {'path': 'forms/more.yaml', 'base': None, 'text': 'form: more\nfields:\n  name: {type: text, label: Extra name}\npermissions:\n  clerk: {read: all, create: true}\n'})
        assert h.root.post(f'{DEF}/check').json['issues'] == []
        record = look('record', record=ids[0])
        for text in ('one', 'Heaviness', 'Marks', 'Day count', '7'):
            assert text in record.text, text
        assert 'Colour' not in record.text and '2026' not in record.text.split('<main')[1].split('timeline')[0]
        assert 'Heaviness' in look('new').text and 'colour' not in look('new').text
        list_ = look('list')
        assert 'one' in list_.text and 'two' in list_.text
        assert 'Extra name' in look('new', form='more').text and look('list', form='more')
        look('record', form='more', status=404)
        look('new', who='nobody', status=404)
        look('other', status=404)
        assert h.ann.get('/design/note/preview?as=root').status == 403
        # Nothing of it is there for people at work, nor kept.
        assert h.ann.get(f'{NOTES}/{ids[0]}').json['size'] == 7
        assert h.ann.post(NOTES, {'name': 'three'}).status == 201
        assert h.root.get(DEF).json['version'] == 1


if __name__ == '__main__':
    main(globals())

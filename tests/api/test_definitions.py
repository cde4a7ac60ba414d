#!/usr/bin/env python3
"""Definitions by the API: reading, a draft of one's own, check, plan, publish, versions, diff,
revert; two admins at once."""
import gzip
import json
import os
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main, until  # noqa: E402

APP = '''app: live
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
NOTE = '''form: note            # what we write down
title: "{name}"
fields:
  name: {type: text, required: true}   # always there
  size: {type: number}

  # how it looks
  colour: {type: choice, options: [red, blue]}
  day: {type: date}
layout:
  - {section: All, fields: [name, size, colour, day]}
permissions:
  clerk: {read: all, create: true, update: all}
'''
TASK = '''form: task
title: "{name}"
fields:
  name: {type: text}
permissions:
  clerk: {read: all, create: true}
'''
DEF = '/api/v1/definitions'
NOTES = '/api/v1/forms/note/records'


class House:
    """A fresh app that is served, with two admins and a clerk."""

    def __init__(self, files=None, env=None):
        self.app = App({'app.yaml': APP, 'forms/note.yaml': NOTE, 'forms/task.yaml': TASK,
                        **(files or {})})
        for login, role in (('root', 'admin'), ('boss', 'admin'), ('ann', 'clerk')):
            self.app.user(login, roles=role)
        self.server = self.app.serve(env=env)
        self.root, self.boss, self.ann = (self.server.client(self.app.token(n))
                                          for n in ('root', 'boss', 'ann'))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        """Killed, which is quicker; one test looks at how it ends."""
        for who in (self.root, self.boss, self.ann):
            who.close()
        if self.server.alive():
            self.server.kill()

    def version(self):
        return self.app.rows('SELECT max(version) FROM _definition')[0][0]


def _file(who, path='forms/note.yaml'):
    answer = who.get(f'{DEF}/{path}')
    assert answer.status == 200, answer
    return answer.json


def _put(who, text, path='forms/note.yaml', etag='', status=(200, 201)):
    if etag == '':
        etag = _file(who, path)['etag']
    answer = who.put(f'{DEF}/{path}', {'text': text, 'etag': etag})
    assert answer.status in (status if isinstance(status, tuple) else (status,)), answer
    return answer


def _change(who, old, new, path='forms/note.yaml', **k):
    text = _file(who, path)['text']
    assert old in text, text
    return _put(who, text.replace(old, new), path, **k)


def _patch(who, *ops, path='forms/note.yaml', etag=None):
    answer = who.patch(f'{DEF}/{path}', {'ops': list(ops), 'etag': etag or _file(who, path)['etag']})
    assert answer.status == 200, answer
    return answer.json


def _publish(who, status=200, **body):
    answer = who.post(f'{DEF}/publish', body)
    assert answer.status == status, answer
    return answer.json


def files_are_listed_and_read_with_their_tree():
    with House({'plugins/a.lua': '-- nothing\n'}) as h:
        answer = h.root.get(DEF)
        assert answer.status == 200, answer
        kinds = {f['path']: (f['kind'], f['version'], f['draft']) for f in answer.json['files']}
        assert kinds == {'app.yaml': ('app', 1, False), 'forms/note.yaml': ('form', 1, False),
                         'forms/task.yaml': ('form', 1, False), 'plugins/a.lua': ('plugin', 1, False)}
        assert answer.json['version'] == 1 and answer.json['waiting'] is None
        note = _file(h.root)
        assert note['text'] == NOTE
        assert note['tree']['fields']['name'] == {'type': 'text', 'required': True}
        assert list(note['tree']['fields']) == ['name', 'size', 'colour', 'day']
        assert _file(h.root, 'plugins/a.lua')['tree'] is None
        for path in ('forms/nothing.yaml', 'forms/../app.yaml', 'data/tenon.db', 'forms/x.txt',
                     'forms/.hidden.yaml', 'plugins/a/b.lua'):
            assert h.root.get(f'{DEF}/{path}').status in (400, 404), path


def all_files_come_at_once_and_packed():
    with House({'plugins/a.lua': '-- nothing\n'}) as h:
        _put(h.root, NOTE.replace('size', 'weight'))
        _put(h.root, 'form: new\nfields:\n  name: {type: text}\n', path='forms/new.yaml', etag=None)
        for f in h.root.get(f'{DEF}?texts=true').json['files']:
            assert f == _file(h.root, f['path']), f
        assert 'text' not in h.root.get(DEF).json['files'][0]
        plain = h.root.get(f'{DEF}/tables')
        assert plain.headers['Content-Encoding'] is None and plain.headers['Vary'] == 'Accept-Encoding'
        for path, packs in ((f'{DEF}/tables', True), (DEF, False), ('/api/v1/me', False),
                            ('/design', False)):                # short; not for this; holds a token
            answer = h.root.get(path, headers={'Accept-Encoding': 'br, gzip'})
            assert answer.status == 200, (path, answer)
            assert (answer.headers['Content-Encoding'] == 'gzip') == packs, path
            if packs:
                assert json.loads(gzip.decompress(answer.body)) == plain.json
                assert len(answer.body) * 5 < len(plain.body)


def templates_are_listed_in_the_readers_language_and_given_as_definitions():
    with House({'app.yaml': APP.replace('[en]', '[en, zh]')}) as h:
        listed = {t['name']: t for t in h.root.get(f'{DEF}/templates').json['templates']}
        assert listed['recruiting']['label'] == 'Recruiting' and listed['recruiting']['help'], listed
        assert listed['recruiting']['forms'] == ['Candidate', 'Interview', 'Opening'] and len(listed['crm']['workflows']) > 3, listed
        chinese = h.root.get(f'{DEF}/templates', headers={'Accept-Language': 'zh'}).json['templates']
        assert [t['label'] for t in chinese if t['name'] == 'recruiting'] == ['招聘管理'], chinese
        got = h.root.get(f'{DEF}/templates/service-desk').json
        files = {f['path']: f for f in got['files']}
        assert set(files) == {'app.yaml', 'forms/article.yaml', 'forms/team.yaml', 'forms/ticket.yaml', 'plugins/suggest_article.lua',
                              'workflows/article_flow.yaml', 'workflows/ticket_flow.yaml'}, set(files)
        assert files['forms/team.yaml']['tree']['form'] == 'team' and files['forms/team.yaml']['kind'] == 'form'
        assert files['forms/team.yaml']['text'].startswith('# Who looks after what')
        assert files['plugins/suggest_article.lua']['tree'] is None
        answer = h.root.get(f'{DEF}/templates/nothing')
        assert answer.status == 404 and 'recruiting' in answer.json['detail'], answer


def only_admins_get_there():
    with House() as h:
        for method, path in (('GET', ''), ('GET', '/forms/note.yaml'), ('GET', '/versions'),
                             ('GET', '/diff'), ('GET', '/draft'), ('POST', '/check'),
                             ('POST', '/plan'), ('POST', '/publish'), ('POST', '/revert'),
                             ('PUT', '/forms/note.yaml'), ('PATCH', '/forms/note.yaml'),
                             ('DELETE', '/forms/note.yaml'), ('DELETE', '/draft'),
                             ('POST', '/apply'), ('GET', '/waiting'), ('GET', '/templates'),
                             ('GET', '/templates/crm')):
            answer = h.ann.ask(method, DEF + path, {} if method in ('POST', 'PUT', 'PATCH') else None)
            assert answer.status == 403, (method, path, answer)
            assert h.server.client().ask(method, DEF + path).status == 401, (method, path)


def a_draft_is_nobody_elses_and_not_served():
    with House() as h:
        changed = _change(h.root, 'number}', 'number}\n  weight: {type: number}').json
        assert changed['draft'] and '+  weight: {type: number}' in changed['diff']
        assert changed['issues'] == []
        assert 'weight' in _file(h.root)['text'] and 'weight' not in _file(h.boss)['text']
        assert 'weight' not in h.app.read('forms/note.yaml')
        assert h.ann.post(NOTES, {'name': 'x', 'weight': 3}).status == 422
        draft = h.root.get(f'{DEF}/draft').json
        assert [f['path'] for f in draft['files']] == ['forms/note.yaml']
        assert h.boss.get(f'{DEF}/draft').json['files'] == []
        assert h.root.delete(f'{DEF}/draft').status == 204
        assert _file(h.root)['text'] == NOTE and h.version() == 1


def publishing_changes_database_app_and_file_at_once():
    with House() as h:
        _change(h.root, 'number}', 'number}\n  weight: {type: number}')
        plan = h.root.post(f'{DEF}/plan').json
        assert plan['ok'] and any(s['what'] == 'add_column' for s in plan['plan']['steps']), plan
        assert h.version() == 1
        done = _publish(h.root, note='weighs things')
        assert done['version'] == 2 and '+  weight' in done['diff']
        assert h.ann.post(NOTES, {'name': 'x', 'weight': 3}).status == 201
        assert 'weight: {type: number}' in h.app.read('forms/note.yaml')
        newest = h.root.get(f'{DEF}/versions').json['versions'][0]
        assert (newest['version'], newest['author'], newest['note']) == (2, 'root', 'weighs things')
        assert newest['files'] == [{'path': 'forms/note.yaml', 'what': 'changed'}]
        assert 'weight' in newest['plan']
        assert h.root.get(f'{DEF}/draft').json['files'] == []
        # The watcher does not take the server's own file for a change.
        assert not until(lambda: h.version() > 2, 1)
        assert h.root.get(DEF).json['waiting'] is None
        assert _publish(h.root, 409)['code'] == 'conflict'           # nothing to publish
        assert h.app.cli('plan').text.count('nothing to do') == 1
        _change(h.boss, 'label: Clerk', 'label: Typist', path='app.yaml')
        _publish(h.boss)
        boss = h.app.rows("SELECT id FROM \"user\" WHERE login = 'boss'")[0][0]
        assert h.root.delete(f'/api/v1/forms/user/records/{boss}').status < 300
        versions = h.root.get(f'{DEF}/versions').json['versions']
        # By name, of who is gone to the bin too.
        assert [(v['author'], v['author_name']) for v in versions[:2]] == [('boss', 'Boss'), ('root', 'Root')], versions


def a_draft_with_mistakes_is_kept_told_and_not_published():
    with House() as h:
        answer = _change(h.root, 'required: true', 'requird: true').json
        issue = answer['issues'][0]
        assert (issue['file'], issue['line'], issue['column']) == ('forms/note.yaml', 4, 22), issue
        assert '`required`' in issue['message']
        check = h.root.post(f'{DEF}/check').json
        assert check['ok'] is False and check['issues'] == answer['issues']
        assert h.root.post(f'{DEF}/plan').json['plan'] is None
        before = h.app.rows('SELECT * FROM _definition'), h.app.read('forms/note.yaml')
        refused = _publish(h.root, 422)
        assert refused['code'] == 'definition' and refused['issues'][0]['line'] == 4, refused
        assert before == (h.app.rows('SELECT * FROM _definition'), h.app.read('forms/note.yaml'))
        assert h.ann.post(NOTES, {'name': 'x'}).status == 201
        assert 'requird' in _file(h.root)['text']
        _put(h.root, 'form: note\nfields: {name: {type: text\n')     # not even YAML
        assert _file(h.root)['tree'] is None
        _publish(h.root, 422)


def what_loses_data_is_refused_with_its_plan_until_it_is_allowed():
    with House() as h:
        assert h.ann.post(NOTES, {'name': 'x', 'size': 7}).status == 201
        _change(h.root, 'size: {type: number}', 'size: {type: date}')
        refused = _publish(h.root, 409)
        assert refused['plan']['loses'] or refused['plan']['refused'], refused
        assert h.version() == 1 and h.app.read('forms/note.yaml') == NOTE
        assert h.app.rows('SELECT size FROM note') == [(7,)]


def files_come_and_go():
    with House() as h:
        path = 'forms/place.yaml'
        answer = _put(h.root, 'form: place\nfields:\n  name: {type: text}\npermissions:\n'
                      '  clerk: {read: all, create: true}\n', path, None)
        assert answer.status == 201, answer
        assert h.root.put(f'{DEF}/{path}', {'text': 'x', 'etag': None}).status == 409
        _publish(h.root)
        assert h.root.put(f'{DEF}/{path}', {'text': 'x', 'etag': None}).status == 412
        assert h.app.read(path).startswith('form: place')
        assert h.ann.post('/api/v1/forms/place/records', {'name': 'here'}).status == 201
        etag = _file(h.root, path)['etag']
        assert h.root.delete(f'{DEF}/{path}').status == 422
        assert h.root.delete(f'{DEF}/{path}?etag=0000').status == 412
        assert h.root.delete(f'{DEF}/{path}?etag={etag}').status == 200
        assert h.root.get(f'{DEF}/draft').json['files'][0]['what'] == 'removed'
        _publish(h.root, allow_loss=True)
        assert not os.path.exists(os.path.join(h.app.dir, path))
        assert h.ann.get('/api/v1/forms/place/records').status == 404
        kinds = [f for v in h.root.get(f'{DEF}/versions').json['versions'] for f in v['files']
                 if f['path'] == path]
        assert [f['what'] for f in kinds] == ['removed', 'added']


# ---- two admins ----

def two_admins_on_other_fields_both_get_through():
    with House() as h:
        _change(h.root, 'required: true', 'required: true, max: 50')
        _change(h.boss, 'options: [red, blue]', 'options: [red, blue, green]')
        _publish(h.root, note='shorter')
        _publish(h.boss, note='greener')
        text = h.app.read('forms/note.yaml')
        assert text == NOTE.replace('required: true', 'required: true, max: 50').replace(
            '[red, blue]', '[red, blue, green]'), text
        assert h.version() == 3


def two_admins_on_one_attribute_see_both_sides_and_nothing_is_lost():
    with House() as h:
        _change(h.root, 'required: true', 'required: true, max: 50')
        _change(h.boss, 'required: true', 'required: true, max: 60')
        _publish(h.root)
        mine = None
        for answer in (h.boss.post(f'{DEF}/publish', {}), h.boss.post(f'{DEF}/plan'),
                       h.boss.get(f'{DEF}/forms/note.yaml')):
            assert answer.status == 409, answer
            clash = answer.json['clashes'][0]
            assert clash['path'] == 'fields.name.max' and clash['file'] == 'forms/note.yaml'
            assert (clash['base'], clash['theirs'], clash['mine']) == (None, 50, 60), clash
        listed = next(f for f in h.boss.get(f'{DEF}?texts=true').json['files'] if f.get('clashes'))
        assert listed['path'] == 'forms/note.yaml' and listed['draft'], listed
        assert listed['clashes'] == answer.json['clashes'] and 'max: 60' in listed['text'], listed
        assert h.version() == 2 and 'max: 50' in h.app.read('forms/note.yaml')
        assert 'max: 60' in h.app.rows('SELECT text FROM _draft')[0][0]
        # The way out: the file again, on what is published now.
        now = h.root.get(f'{DEF}/forms/note.yaml').json
        mine = now['text'].replace('max: 50', 'max: 55')
        _put(h.boss, mine, etag=now['etag'])
        _publish(h.boss)
        assert 'max: 55' in h.app.read('forms/note.yaml')


def a_stale_edit_is_merged_or_refused_with_what_is_there():
    with House() as h:
        old = _file(h.root)
        _change(h.boss, 'required: true', 'required: true, max: 50')
        _publish(h.boss)
        _put(h.root, old['text'].replace('type: date', 'type: datetime'), etag=old['etag'])
        text = _file(h.root)['text']
        assert 'max: 50' in text and 'type: datetime' in text
        answer = _put(h.root, old['text'].replace('required: true', 'required: false, max: 9'),
                      etag=old['etag'], status=409)
        assert {c['path'] for c in answer.json['clashes']} == {'fields.name.max'}, answer
        assert _file(h.root)['text'] == text
        answer = _put(h.root, 'x', etag='ffffffffffffffff', status=412)
        assert answer.json['current'] == {'text': text, 'etag': _file(h.root)['etag']}


def an_edit_by_hand_that_waits_is_kept_beside_what_is_published():
    """The folder has a mistake; an admin publishes meanwhile. Both changes stand in the file."""
    with House() as h:
        h.app.write('forms/note.yaml', NOTE.replace('type: date', 'type: dat'))
        assert until(lambda: h.root.get(DEF).json['waiting']), h.server.log()
        assert 'forms/note.yaml:9:' in h.root.get(DEF).json['waiting']
        _change(h.root, 'required: true', 'required: true, max: 50')
        _publish(h.root)
        assert h.app.read('forms/note.yaml') == NOTE.replace('type: date', 'type: dat').replace(
            'required: true', 'required: true, max: 50')
        assert 'max: 50' in h.app.rows(
            "SELECT text FROM _source WHERE path = 'forms/note.yaml' ORDER BY version DESC")[0][0]
        assert until(lambda: 'forms/note.yaml:9:' in (h.root.get(DEF).json['waiting'] or ''))
        h.app.write('forms/note.yaml', h.app.read('forms/note.yaml').replace('dat}', 'date}'))
        assert until(lambda: h.root.get(DEF).json['waiting'] is None)
        assert h.version() == 2
        # The same line by hand and by the draft: refused with both.
        h.app.write('forms/note.yaml', h.app.read('forms/note.yaml').replace('max: 50', 'max: x'))
        assert until(lambda: h.root.get(DEF).json['waiting'])
        _change(h.root, 'max: 50', 'max: 70')
        clash = _publish(h.root, 409)['clashes'][0]
        assert (clash['base'], clash['theirs'], clash['mine']) == (50, 'x', 70), clash
        assert 'max: x' in h.app.read('forms/note.yaml') and h.version() == 2


def many_edits_at_once_lose_none():
    """Twenty publications by two admins at the same time: every field that was acknowledged is
    there in the end."""
    with House() as h:
        added = {'root': [], 'boss': []}

        def work(login, who, form):
            for i in range(10):
                _change(who, 'fields:\n', f'fields:\n  {login}{i}: {{type: text}}\n',
                        f'forms/{form}.yaml')
                answer = who.post(f'{DEF}/publish', {})
                assert answer.status == 200, answer
                added[login].append(f'{login}{i}')
        threads = [threading.Thread(target=work, args=a) for a in
                   (('root', h.root, 'note'), ('boss', h.boss, 'task'))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert len(added['root']) == len(added['boss']) == 10
        for login, form in (('root', 'note'), ('boss', 'task')):
            text = h.app.read(f'forms/{form}.yaml')
            assert all(f'  {name}: ' in text for name in added[login]), text
        assert h.version() == 21
        h.app.store.check()


# ---- versions ----

def versions_are_compared_and_reverted_to():
    with House() as h:
        assert h.ann.post(NOTES, {'name': 'x', 'day': '2026-03-02'}).status == 201
        _change(h.root, 'number}', 'number}\n  weight: {type: number}')
        _publish(h.root, note='two')
        assert h.ann.post(NOTES, {'name': 'y', 'weight': 5}).status == 201
        diff = h.root.get(f'{DEF}/diff?from=1&to=2').json['diff']
        assert diff.startswith('--- a/forms/note.yaml\n+++ b/forms/note.yaml\n@@ -3,6 +3,7 @@')
        assert '\n+  weight: {type: number}\n' in diff
        assert h.root.get(f'{DEF}/diff?from=2').json['diff'] == ''
        assert '-  weight' in h.root.get(f'{DEF}/diff?from=2&to=1').json['diff']
        assert h.root.get(f'{DEF}/diff?from=2&to=folder').json['diff'] == ''
        assert h.root.get(f'{DEF}/diff?from=9').status == 404
        assert h.root.get(f'{DEF}/diff?from=x').status == 400
        assert h.root.get(f'{DEF}/forms/note.yaml?version=1').json['text'] == NOTE
        look = h.root.post(f'{DEF}/revert', {'version': 1, 'dry_run': True}).json
        assert '-  weight' in look['diff'] and h.version() == 2
        assert h.root.post(f'{DEF}/revert', {'version': 9}).status == 404
        assert h.root.post(f'{DEF}/revert', {}).status == 422
        done = h.root.post(f'{DEF}/revert', {'version': 1, 'allow_loss': True})
        assert done.status == 200 and done.json['version'] == 3, done
        assert h.app.read('forms/note.yaml') == NOTE
        newest = h.root.get(f'{DEF}/versions?limit=1').json
        assert newest['versions'][0]['note'] == 'version 1 again' and newest['next'] == 3
        assert h.root.get(f'{DEF}/versions?before=3').json['versions'][0]['version'] == 2
        # And back: the column comes with its data.
        assert h.root.post(f'{DEF}/revert', {'version': 2, 'allow_loss': True}).status == 200
        assert h.ann.get(f'{NOTES}?fields=name,weight&sort=id').json['records'][1]['weight'] == 5
        h.server.stop()


# ---- what the market asks ----

def an_app_is_made_by_the_api_alone():
    """A form with fields, a workflow over it; records go through its stages."""
    with House() as h:
        _put(h.root, '''form: claim
title: "{what}"
fields:
  what: {type: text, required: true}
  amount: {type: money, min: 0}
permissions:
  clerk: {read: all, create: true, update: all}
''', 'forms/claim.yaml', None)
        _put(h.root, '''workflow: settle
form: claim
stages:
  open: {status: open}
  paid: {status: won}
transitions:
  pay: {from: open, to: paid, by: [clerk], require: [amount]}
''', 'workflows/settle.yaml', None)
        _publish(h.root, note='claims')
        made = h.ann.post('/api/v1/forms/claim/records', {'what': 'glass'})
        assert made.status == 201 and made.json['stage'] == 'open', made
        move = f'/api/v1/forms/claim/records/{made.json["id"]}/transitions/pay'
        assert h.ann.post(move).fields == {'amount': 'required'}
        assert h.ann.post(move, {'values': {'amount': 12}}).json['stage'] == 'paid'


def an_app_is_changed_by_operations_alone():
    """Field, option, permission, workflow stage: each edit says what it means, and the text keeps
    its comments, blank lines and quotes."""
    with House() as h:
        _patch(h.root, {'op': 'add', 'path': 'fields.weight', 'before': 'day',
                        'value': {'type': 'number', 'decimals': 1, 'label': {'en': 'Weight'}}})
        _patch(h.root, {'op': 'add', 'path': 'fields.colour.options.-', 'value': 'green'},
               {'op': 'set', 'path': 'fields.name.max', 'value': 50},
               {'op': 'add', 'path': 'layout.0.fields.1', 'value': 'weight'})
        answer = _patch(h.root, {'op': 'set', 'path': 'permissions.clerk.delete', 'value': 'all'})
        assert answer['issues'] == [], answer
        _publish(h.root)
        text = h.app.read('forms/note.yaml')
        for part in ('# what we write down', '# always there', '\n\n  # how it looks\n',
                     'options: [red, blue, green]', 'required: true, max: 50', 'weight, size, colour',
                     'delete: all'):
            assert part in text, text
        assert text.index('  weight:') < text.index('  day:')
        made = h.ann.post(NOTES, {'name': 'x', 'weight': 3.5, 'colour': 'green'})
        assert made.status == 201 and made.json['weight'] == 3.5, made
        assert h.ann.post(NOTES, {'name': 'x' * 51}).status == 422
        _put(h.root, 'workflow: path\nform: note\nstages:\n  fresh: {status: open}\n',
             'workflows/path.yaml', None)
        _patch(h.root, {'op': 'add', 'path': 'stages.done', 'value': {'status': 'won'}},
               {'op': 'set', 'path': 'transitions.finish',
                'value': {'from': 'fresh', 'to': 'done', 'by': ['clerk']}}, path='workflows/path.yaml')
        _publish(h.root, allow_loss=True)
        made = h.ann.post(NOTES, {'name': 'y'}).json
        moved = h.ann.post(f'{NOTES}/{made["id"]}/transitions/finish')
        assert moved.status == 200 and moved.json['stage'] == 'done', moved


def a_moved_field_is_three_lines_of_git_diff_at_most():
    with House() as h:
        def git(*args):
            return subprocess.run(['git', '-c', 'user.name=t', '-c', 'user.email=t@example.com',
                                   *args], cwd=h.app.dir, capture_output=True, text=True,
                                  check=True).stdout
        h.app.write('.gitignore', 'data/\n')
        git('init', '-q')
        git('add', '.')
        git('commit', '-qm', 'as it was')
        _patch(h.root, {'op': 'move', 'path': 'fields.day', 'before': 'size'})
        _publish(h.root)
        changed = [line for line in git('diff', '-U0').splitlines()
                   if line[:1] in '+-' and line[:3] not in ('+++', '---')]
        assert changed == ['+  day: {type: date}', '-  day: {type: date}'], changed
        fields = h.root.get('/api/v1/forms').json['forms']
        note = [x['name'] for f in fields if f['name'] == 'note' for x in f['fields']]
        assert note.index('day') < note.index('size')
        git('commit', '-qam', 'moved')
        _patch(h.root, {'op': 'set', 'path': 'fields.name.label', 'value': 'Title'})
        _publish(h.root)
        assert git('diff', '--numstat').split()[:2] == ['1', '1']


def a_rename_by_api_follows_the_name_into_every_file():
    """The draft names the field anew in one file; publishing writes the new name wherever the old
    one stands, keeps the values, and tells the lines of rules it does not touch."""
    with House({'workflows/path.yaml': 'workflow: path\nform: note\nstages:\n  fresh: {status: open}\n'
                '  done: {status: won}\ntransitions:\n  # only what is heavy\n'
                '  finish: {from: fresh, to: done, by: [clerk], if: "size > 3", require: [size]}\n',
                'plugins/a.lua': 'on("note.before_save", function(n) local s = "size" end)\n'}) as h:
        made = h.ann.post(NOTES, {'name': 'x', 'size': 7}).json
        _patch(h.root, {'op': 'rename', 'path': 'fields.size', 'name': 'weight', 'was': True})
        look = h.root.post(f'{DEF}/plan').json
        assert look['issues'] == [] and look['ok'], look
        for line in ('+  weight: {type: number, was: size}', '+  - {section: All, fields: [name, weight, colour, day]}',
                     '+  finish: {from: fresh, to: done, by: [clerk], if: "weight > 3", require: [weight]}'):
            assert line in look['diff'], look['diff']
        assert [(r['file'], r['line'], r['name']) for r in look['rules']] == [
            ('plugins/a.lua', 1, 'size')], look['rules']
        done = _publish(h.root)
        assert h.ann.get(f'{NOTES}/{made["id"]}').json['weight'] == 7
        assert 'if: "weight > 3"' in h.app.read('workflows/path.yaml')
        assert '# only what is heavy' in h.app.read('workflows/path.yaml')
        assert 'fields: [name, weight, colour, day]' in h.app.read('forms/note.yaml')
        newest = h.root.get(f'{DEF}/versions?limit=1').json['versions'][0]
        assert {f['path'] for f in newest['files']} == {'forms/note.yaml', 'workflows/path.yaml'}
        assert 'if: "weight > 3"' in done['diff'], done
        # Back: the values come under the old name, the files as they were.
        assert h.root.post(f'{DEF}/revert', {'version': 1}).status == 200
        assert h.ann.get(f'{NOTES}/{made["id"]}').json['size'] == 7
        assert h.app.read('forms/note.yaml') == NOTE
        assert not until(lambda: h.version() > 3, 1)


def operations_that_cannot_be_are_told_and_change_nothing():
    with House() as h:
        for op in ({'op': 'remove', 'path': 'fields.nothing'}, {'op': 'fly', 'path': 'fields.name'},
                   {'op': 'add', 'path': 'fields.name', 'value': {}}, {'path': 'fields'}, 'x',
                   {'op': 'move', 'path': 'fields.name', 'before': 'nothing'}):
            answer = h.root.patch(f'{DEF}/forms/note.yaml',
                                  {'ops': [op], 'etag': _file(h.root)['etag']})
            assert answer.status == 422, (op, answer)
            assert _file(h.root)['text'] == NOTE and not _file(h.root)['draft']
        h.app.write('plugins/a.lua', '-- x\n')
        assert until(lambda: h.root.get(f'{DEF}/plugins/a.lua').status == 200)
        etag = _file(h.root, 'plugins/a.lua')['etag']
        answer = h.root.patch(f'{DEF}/plugins/a.lua',
                              {'ops': [{'op': 'remove', 'path': 'a'}], 'etag': etag})
        assert answer.status == 422, answer
        assert h.root.patch(f'{DEF}/forms/none.yaml', {
            'ops': [{'op': 'remove', 'path': 'a'}], 'etag': None}).status == 404


def operations_of_two_admins_meet():
    """Both add a field at the end and change attributes of one field: all of it arrives. Both set
    one attribute: the second gets both sides, and nothing is lost."""
    with House() as h:
        seen = _file(h.boss)['etag']
        _patch(h.root, {'op': 'add', 'path': 'fields.one', 'value': {'type': 'text'}},
               {'op': 'set', 'path': 'fields.name.max', 'value': 50})
        _publish(h.root, note='one')
        # The second looked at the text before.
        _patch(h.boss, {'op': 'add', 'path': 'fields.two', 'value': {'type': 'text'}},
               {'op': 'set', 'path': 'fields.name.min', 'value': 2},
               {'op': 'move', 'path': 'fields.day', 'before': 'size'}, etag=seen)
        _publish(h.boss, note='two')
        text = h.app.read('forms/note.yaml')
        assert re.search(r'name: \{type: text, required: true, (max: 50, min: 2|min: 2, max: 50)\}'
                         r'   # always there', text), text
        assert '  one: {type: text}' in text and '  two: {type: text}' in text
        assert text.index('  day:') < text.index('  size:')
        # A draft that was begun before somebody published is fitted as well.
        _patch(h.boss, {'op': 'set', 'path': 'fields.size.min', 'value': 1})
        _patch(h.root, {'op': 'set', 'path': 'fields.size.max', 'value': 9})
        _publish(h.root)
        _patch(h.boss, {'op': 'set', 'path': 'fields.size.unit', 'value': 'kg'})
        _publish(h.boss)
        assert re.search(r'size: \{type: number, max: 9, min: 1, unit: kg\}',
                         h.app.read('forms/note.yaml')), h.app.read('forms/note.yaml')
        seen = _file(h.boss)['etag']
        _patch(h.root, {'op': 'set', 'path': 'fields.size.max', 'value': 10})
        _publish(h.root)
        answer = h.boss.patch(f'{DEF}/forms/note.yaml', {'etag': seen, 'ops': [
            {'op': 'set', 'path': 'fields.size.max', 'value': 11}]})
        assert answer.status == 409, answer
        clash = answer.json['clashes'][0]
        assert clash == {'file': 'forms/note.yaml', 'path': 'fields.size.max', 'order': False,
                         'base': 9, 'theirs': 10, 'mine': 11}, clash
        assert 'max: 10' in _file(h.boss)['text']


def a_folder_that_cannot_be_written_keeps_all_as_it_was():
    with House({'workflows': 'no folder'}) as h:
        _put(h.root, 'workflow: w\nform: task\nstages:\n  a: {status: open}\n',
             'workflows/w.yaml', None)
        before = h.app.rows('SELECT * FROM _definition')
        assert 'workflows/w.yaml' in _publish(h.root, 409)['detail']
        assert h.app.rows('SELECT * FROM _definition') == before
        assert h.app.read('workflows') == 'no folder'
        assert 'stage' not in h.ann.post('/api/v1/forms/task/records', {'name': 'x'}).json


def an_expression_is_tried_as_one_types():
    """On the newest record or the one that is named, with one's draft, and nothing is kept."""
    with House() as h:
        def tried(expression, **k):
            answer = h.root.post(f'{DEF}/try', {'form': 'note', 'expression': expression, **k})
            assert answer.status == 200, answer
            return answer.json

        empty = tried('size + 1')
        assert (empty['value'], empty['record'], empty['issues']) == (None, None, [])
        ids = [h.root.post(NOTES, {'name': n, 'size': s}).json['id'] for n, s in (('a', 2), ('b', 5))]
        kept = h.app.rows('SELECT id, version FROM note'), h.version()
        got = tried('size * 2', use='stored')
        assert got == {'type': 'number', 'value': 10, 'shown': '10', 'told': True, 'issues': [],
                       'record': {'id': ids[1], 'title': 'b'}}
        assert tried('size * 2', record=ids[0])['value'] == 4
        assert tried('{name}: {size}', text=True)['shown'] == 'b: 5'
        assert tried('size > 3')['shown'] == 'yes'
        wrong = tried('1 + sise')
        assert wrong['type'] is None and 'value' not in wrong
        assert [(i['line'], i['column'], i['code']) for i in wrong['issues']] == [(1, 5, 'unknown_field')]
        assert tried('me()', use='stored')['issues'], 'what is stored has nobody who asks'
        assert tried('sum(size)', use='aggregate')['told'] is False
        other = tried('name = this.name', **{'this': 'task'}, use='filter')
        assert (other['type'], other['told']) == ('boolean', False)
        # The draft has fields that the database does not have yet.
        _change(h.root, '  size: {type: number}\n', '  size: {type: number}\n  more: {type: number}\n'
                '  half: {type: formula, of: number, decimals: 1, formula: "size / 2"}\n'
                '  lines: {type: subform, fields: {n: {type: number}}}\n')
        assert tried('half + 1')['shown'] == '3.5'
        assert tried('more')['value'] is None and tried('count(lines)')['value'] == 0
        assert h.boss.post(f'{DEF}/try', {'form': 'note', 'expression': 'more'}).json['issues']
        # A draft that cannot be read does not take the answers away.
        _change(h.root, '"size / 2"', '"size / "')
        assert tried('size + 1')['value'] == 6 and tried('half')['issues'] == []
        assert (h.app.rows('SELECT id, version FROM note'), h.version()) == kept
        for body, status in (({'form': 'none', 'expression': '1'}, 200), ({'form': 'note'}, 400),
                             ({'form': 'note', 'expression': '1', 'use': 'x'}, 400),
                             ({'form': 'note', 'expression': '1', 'record': 999}, 404),
                             ({'form': 'note', 'expression': '1' * 9000}, 413)):
            assert h.root.post(f'{DEF}/try', body).status == status, body
        assert h.ann.post(f'{DEF}/try', {'form': 'note', 'expression': '1'}).status == 403


def an_expression_of_a_card_is_tried_with_the_filters_of_its_dashboard():
    with House() as h:
        def tried(expression, use='filter', **k):
            answer = h.root.post(f'{DEF}/try', {'form': 'note', 'expression': expression, 'use': use, **k})
            assert answer.status == 200, answer
            return [i['code'] for i in answer.json['issues']], answer.json['type']

        _put(h.root, 'dashboard: all\nfilters:\n  period: {type: date_range, default: this_year}\n'
             '  who: {type: user}\ncards:\n  - {chart: metric, form: note, value: count()}\n', 'dashboards/all.yaml', None)
        assert tried('created_at in period and created_by = who', dashboard='all') == ([], 'boolean')
        assert tried('created_at in period') == (['unknown_field'], None)
        assert tried('created_at in periode', dashboard='all')[0] == ['unknown_field']
        assert tried('created_by = period', dashboard='all')[0], 'a period is no person'
        assert tried('sum(size)', 'figure') == ([], 'number')
        assert tried('count_if(created_by = me())', 'figure') == ([], 'number')
        # A dashboard that the draft does not have: nobody knows its filters.
        assert tried('created_at in period', dashboard='none') == ([], None)


def an_automation_and_a_reminder_are_tried_as_the_draft_has_them():
    """What each step would do, whom a reminder tells next; nothing of it is kept."""
    with House() as h:
        rest = f'{DEF}/try/automation', f'{DEF}/try/reminder'
        ids = [h.root.post(NOTES, {'name': n, 'size': s, 'day': d}).json['id']
               for n, s, d in (('a', 2, '2999-01-02'), ('b', 5, '2999-01-01'), ('c', 1, '2001-01-01'))]
        kept = h.app.rows('SELECT id, version, size FROM note'), h.version()
        assert h.root.post(rest[0], {'form': 'note', 'name': 'more'}).status == 404
        _change(h.root, 'permissions:\n', 'automations:\n  more:\n    event: updated(colour)\n'
                '    if: "size > 3"\n    do:\n      - set: {size: "=size * 10"}\n'
                '      - create: {form: task, values: {name: "for {name}"}}\n'
                'reminders:\n  soon: {at: "day - 1d", if: "size > 2", to: created_by, text: "{name} is near"}\n'
                '  all: {every: 1d, if: "size > 1", to: created_by}\npermissions:\n')
        got = h.root.post(rest[0], {'form': 'note', 'name': 'more', 'record': ids[1]}).json
        assert (got['state'], got['holds']) == ('done', True), got
        assert [s['step'] for s in got['steps']] == ['set', 'create'], got
        assert got['steps'][0]['values'] == {'size': 50} and got['steps'][1]['values'] == {'name': 'for b'}, got
        assert h.root.post(rest[0], {'form': 'note', 'name': 'more', 'record': ids[0]}).json['holds'] is False
        soon = h.root.post(rest[1], {'form': 'note', 'name': 'soon'}).json
        assert [(r['record'], r['at'], r['holds']) for r in soon['next']] == [
            (ids[1], '2998-12-31T01:00:00Z', True), (ids[0], '2999-01-01T01:00:00Z', False)], soon
        assert soon['run'] is None and soon['looked'] == 3 and soon['next'][0]['people'] == 1, soon
        every = h.root.post(rest[1], {'form': 'note', 'name': 'all'}).json
        assert every['run'] and [r['record'] for r in every['next']] == ids[:2] and every['found'] == 2, every
        assert (h.app.rows('SELECT id, version, size FROM note'), h.version()) == kept
        assert h.app.rows('SELECT count(*) FROM task') == [(0,)]
        # Only the draft of whom it is; nobody else's.
        assert h.boss.post(rest[0], {'form': 'note', 'name': 'more', 'record': ids[1]}).status == 404
        # A reminder only looks; an automation writes, and waits until its fields are there.
        _change(h.root, '  size: {type: number}\n', '  size: {type: number}\n  extra: {type: number}\n')
        assert h.root.post(rest[1], {'form': 'note', 'name': 'soon'}).status == 200
        refused = h.root.post(rest[0], {'form': 'note', 'name': 'more', 'record': ids[1]})
        assert refused.status == 422 and 'note.extra' in refused.json['detail'], refused
        for body, status in (({'form': 'none', 'name': 'more'}, 404), ({'form': 'note'}, 400),
                             ({'form': 'note', 'name': 'x'}, 404), ({'form': 'note', 'name': 'more', 'x': 1}, 422)):
            for at in rest:
                assert h.root.post(at, body).status == status, (at, body)
        assert h.root.post(rest[0], {'form': 'note', 'name': 'more', 'record': 'x'}).status == 400
        assert h.root.post(rest[0], {'form': 'note', 'name': 'more', 'given': [1]}).status == 400
        assert h.ann.post(rest[0], {'form': 'note', 'name': 'more'}).status == 403


def a_view_is_drawn_as_the_draft_has_it_on_the_records_there_are():
    with House() as h:
        for name, size in (('Tiny one', 1), ('Huge one', 9)):
            h.root.post(NOTES, {'name': name, 'size': size})
        page, other = h.server.client().login('root'), h.server.client().login('ann')
        assert 'Tiny one' in page.get('/design/note/preview?page=list').text
        _change(h.root, 'permissions:\n', 'views:\n  big: {label: Big ones, columns: [size, name], filter: "size > 5"}\npermissions:\n')
        drawn = page.get('/design/note/preview?page=list&view=big')
        assert drawn.status == 200 and 'Huge one' in drawn.text and 'Tiny one' not in drawn.text, drawn
        assert 'Big ones' not in page.get('/f/note').text, 'nothing of it is served'
        _change(h.root, '  size: {type: number}\n', '  size: {type: number}\n  extra: {type: number}\n')
        _change(h.root, 'columns: [size, name]', 'columns: [size, name, extra]')
        drawn = page.get('/design/note/preview?page=list&view=big')
        assert drawn.status == 200 and 'Huge one' in drawn.text and 'data-column="extra"' in drawn.text, \
            'what is not in the database yet is blank'
        assert page.get('/design/none/preview?page=list').status == 404
        assert other.get('/design/note/preview?page=list').status == 403


def who_can_do_what_is_told_by_ones_draft():
    with House() as h:
        at = f'{DEF}/rights/note'
        assert h.ann.get(at).status == 403
        seen = h.root.get(at).json
        assert seen['form'] == 'note' and seen['next'] is None, seen
        role = {r['role']: r for r in seen['roles']}
        assert set(role) == {'admin', 'everyone', 'clerk'}, role
        assert role['clerk']['may']['update'] == {'when': [], 'scope': 'all'}, role
        assert role['clerk']['may']['delete']['scope'] == 'none'
        assert role['everyone']['may']['read']['scope'] == 'none'
        assert role['admin']['may']['delete']['scope'] == 'all'
        user = {u['login']: u for u in seen['users']}
        assert list(user) == ['root', 'boss', 'ann'], user
        assert user['ann']['may']['create']['scope'] == 'all' and user['ann']['roles'] == ['clerk']
        _patch(h.root, {'op': 'set', 'path': 'permissions.clerk',
                        'value': {'read': 'size > 3', 'create': True,
                                  'fields': {'day': 'hidden', 'colour': 'readonly',
                                             'size': {'read': 'size < 9'}}}})
        ann = {u['login']: u for u in h.root.get(at).json['users']}['ann']
        assert ann['may']['read'] == {'when': ['size > 3'], 'scope': 'none'}, ann
        assert ann['may']['update']['scope'] == 'none'
        assert ann['fields'] == {'hidden': ['day'], 'masked': [], 'readonly': ['colour'],
                                 'depends': ['size']}, ann
        boss = {u['login']: u for u in h.boss.get(at).json['users']}   # it is root's draft alone
        assert boss['ann']['may']['update']['scope'] == 'all', boss
        first = h.root.get(f'{at}?limit=2').json
        assert [u['login'] for u in first['users']] == ['root', 'boss'], first
        rest = h.root.get(f'{at}?limit=2&after={first["next"]}').json
        assert [u['login'] for u in rest['users']] == ['ann'] and rest['next'] is None, rest
        assert h.root.get(f'{DEF}/rights/nothing').status == 404
        assert h.root.get(f'{at}?limit=1000').status == 400
        _put(h.root, 'form: note\ntitle: "{nme}"\nfields: {name: {type: text}}\n',
             etag=_file(h.root)['etag'])
        assert h.root.get(at).status in (409, 422)


def the_canvas_is_drawn_as_another_sees_it():
    with House() as h:
        root = h.server.client()
        root.login('root')
        shown = lambda who: re.findall(r'data-field="(\w+)"', root.get(f'/design/note/canvas{who}').text)
        _patch(h.root, {'op': 'set', 'path': 'permissions.clerk.fields', 'value': {'day': 'hidden'}})
        assert shown('') == ['name', 'size', 'colour', 'day']
        assert shown('?as=ann') == ['name', 'size', 'colour']
        _patch(h.root, {'op': 'remove', 'path': 'permissions.clerk.create'})
        page = root.get('/design/note/canvas?as=ann').text
        assert 'may make no record' in page and shown('?as=ann') == ['name', 'size', 'colour'], page
        _patch(h.root, {'op': 'remove', 'path': 'permissions'})
        assert shown('?as=ann') == [] and 'has no right to this form' in root.get(
            '/design/note/canvas?as=ann').text
        assert h.ann.get(NOTES).status == 200                   # nothing of it is served
        assert shown('?as=root') == ['name', 'size', 'colour', 'day']
        assert root.get('/design/note/canvas?as=nobody').status == 404
        # Its name may be a word of the designer's own addresses.
        _put(h.root, 'form: app\ntitle: "{name}"\nfields: {name: {type: text}}\n', path='forms/app.yaml', etag=None)
        assert 'data-field="name"' in root.get('/design/app/canvas').text
        assert root.get('/design/app/roles').status == 200
        assert h.boss.patch('/api/v1/forms/user/records/3', {'active': False}).status == 200
        assert root.get('/design/note/canvas?as=ann').status == 404


def bad_bodies_are_told():
    with House() as h:
        path = f'{DEF}/forms/note.yaml'
        assert h.root.put(path, {'text': 'x'}).fields == {'etag': 'required'}
        assert h.root.put(path, {'etag': None}).fields == {'text': 'required'}
        assert h.root.put(path, {'text': 'x', 'etag': 7}).fields == {'etag': 'type'}
        assert h.root.patch(path, {'ops': [], 'etag': 'x'}).fields == {'ops': 'required'}
        assert h.root.put(path, {'text': 'x', 'etag': None, 'tex': 1}).status == 422
        assert h.root.post(f'{DEF}/publish', {'allow_loss': 'yes'}).status == 422
        assert h.root.put(f'{DEF}/forms/%C3%9Cnknown.yaml', {}).status in (400, 404)
        assert re.match('application/problem', h.root.put(path, {}).headers['Content-Type'])


if __name__ == '__main__':
    main(globals())

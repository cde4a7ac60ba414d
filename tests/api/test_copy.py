#!/usr/bin/env python3
"""tenon copy: a whole database into an empty one, from SQLite to PostgreSQL and back, and between
two of a kind. What comes back is what went."""
import json
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
import harness  # noqa: E402
from harness import App, ON_PG, ROOT, TENON, main  # noqa: E402
from s3_store import Store  # noqa: E402
from store import Postgres, Sqlite  # noqa: E402

APP = '''
app: copied
languages: [en]
time_zone: Asia/Shanghai
country: CN
currency: CNY
limits: {api: 0, logins: 0}
roles:
  rep: {label: Rep}
'''
CASE = '''
form: case
title: "{name}"
owner: owner
fields:
  number:  {type: serial, pattern: "C-{seq:4}"}
  name:    {type: text, required: true}
  long:    {type: longtext}
  mobile:  {type: phone, unique: true}
  price:   {type: money}
  share:   {type: number, decimals: 4}
  on:      {type: date}
  at:      {type: datetime}
  clock:   {type: time}
  takes:   {type: duration}
  good:    {type: boolean}
  colour:  {type: choice, options: [red, green]}
  colours: {type: choices, options: [red, green]}
  next:    {type: link, to: case, on_delete: clear}
  others:  {type: links, to: case, on_delete: clear}
  where:   {type: address}
  spot:    {type: location}
  paper:   {type: file}
  papers:  {type: files}
  owner:   {type: user, default: "=me()"}
  lines:
    type: subform
    fields:
      what:  {type: text}
      costs: {type: money}
  total:   {type: formula, of: money, formula: "sum(lines.costs)"}
  chain:   {type: lookup, via: next, field: name}
views:
  all: {type: table, columns: [name, price], sort: [-price]}
permissions:
  rep: {read: all, create: true, update: all, delete: all, export: all}
reminders:
  call: {at: "at", to: owner, text: "Call {name}"}
'''
FLOW = '''
workflow: handling
form: case
stages:
  fresh: {status: open, within: 5d}
  away:  {status: open}
  done:  {status: done}
transitions:
  finish: {from: [fresh, away], to: done, by: rep}
  send:
    from: fresh
    to: away
    by: rep
    wait_for: {create: {form: errand, values: {name: "For {name}"}}, until: over, then: finish}
'''
ERRAND = '''
form: errand
title: "{name}"
owner: who
fields:
  name: {type: text}
  who:  {type: user}
  over: {type: boolean}
  note: {type: text}
assign:
  rules:
    - {label: turns, among: role(rep)}
automations:
  greet: {event: created, do: [{set: {note: "Made for {name}"}}]}
permissions:
  rep: {read: all, update: all}
'''
GONE = '''
form: gone
title: "{name}"
fields:
  name:  {type: text}
  worth: {type: money}
  on:    {type: date}
  at:    {type: datetime}
  good:  {type: boolean}
  tags:  {type: choices, options: [a, b]}
  rows:
    type: subform
    fields:
      what: {type: text}
      sum:  {type: money}
'''
TEXTS = ['plain', 'tab\tnew\nline\r\\ back\\slash', '\\N', '\\.', "O'Hara \"x\"", '商机 🚀 ‮', '%s $1']
OTHER = not ON_PG and [False] or [True, False]         # kinds of target: is it PostgreSQL?


def _app(**more):
    app = App({'app.yaml': APP, 'forms/case.yaml': CASE, 'forms/errand.yaml': ERRAND,
               'workflows/handling.yaml': FLOW, **more})
    app.user('ann', roles='rep')
    return app


def _empty(like, on_pg):
    """The same folder, over an empty database."""
    t = App(copy=like.dir)
    t.store = Postgres() if on_pg else Sqlite(t.dir)
    os.makedirs(os.path.join(t.dir, 'data'), exist_ok=True)
    return t


def _url(app):
    return app.store.url if app.store.on_pg else 'sqlite:' + app.store.path


def _copy(a, b, *args, status=0, env=None):
    where = ['--from-files', a.files.place] if '--from-files' not in args else []
    done = subprocess.run(
        [TENON, 'copy', b.dir, '--from', _url(a), '--to', _url(b), *where, *args],
        capture_output=True, timeout=120, env={**os.environ, **(env or {})})
    done.text, done.errors = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == status, f'{done.returncode}\n{done.text}{done.errors}'
    return done


def _there(app, on_pg):
    """A copy of it, found to be the same."""
    t = _empty(app, on_pg)
    got = json.loads(_copy(app, t, '--json').text)
    assert got['ok'] and got['differences'] == 0 and not got['rows_that_differ'], got
    assert all(x['same'] and x['from'] == x['to'] for x in got['tables']), got
    t.store.check()
    assert '_copy' not in t.store.tables()
    return t


def _export(app, forms):
    return {(f, k): app.cli('export', f, '--format', k).text for f in forms for k in ('csv', 'json')}


def _fill(app):
    """Records with everything in them, histories, moves, timers, one that waits for another, who was
    assigned by turns, a run of an automation, a session; its cookie."""
    token = app.token('ann')
    with app.serve() as server:
        client = server.client().login('ann')
        ids = []
        for i, text in enumerate(TEXTS):
            line = ' '.join(text.split())
            answer = server.post('/api/v1/forms/case/records', {
                'name': line, 'long': text * 3, 'mobile': f'1381234567{i}', 'price': 10.5 + i,
                'share': '-0.0001', 'on': '2026-03-02', 'at': '2036-03-02T01:00:00Z',
                'clock': '09:30', 'takes': '2d', 'good': i % 2 == 0, 'colour': 'red',
                'colours': ['green', 'red'], 'next': ids[-1] if ids else None, 'others': ids,
                'lines': [{'what': line, 'costs': 1.25}, {'what': None, 'costs': 2}]}, token=token)
            assert answer.status == 201, answer
            ids.append(answer.json['id'])
        a, b, last = ids[0], ids[1], ids[-1]
        path = f'/api/v1/forms/case/records/{a}'
        assert server.patch(path, {'price': None, 'name': 'other', 'next': last},
                            token=token).status == 200
        assert server.post(f'{path}/transitions/finish', {}, token=token).status == 200
        assert server.post(f'/api/v1/forms/case/records/{ids[3]}/transitions/send', {},
                           token=token).status == 200
        assert server.delete(f'/api/v1/forms/case/records/{b}', token=token).status in (200, 204)
        cookie = client.cookie
    # as another program may have written it: no text is not the same as a text of no bytes
    app.store.run(f"UPDATE \"case\" SET long = '' WHERE id = {ids[2]}")
    return ids, cookie


def every_kind_of_value_comes_over_and_back_with_history_timers_and_versions():
    app = _app()
    _fill(app)
    app.write('forms/case.yaml', CASE.replace('red, green', 'red, green, blue'))
    app.cli('apply')
    before = _export(app, ['case', 'errand', 'user'])
    assert all(app.count(table) for table in ('_run', '_wait', '_assigned', '_rotation', '_explain'))
    log = app.cli('log').text
    assert 'version 2' in log and app.count('_timer') and app.count('_history') > len(TEXTS)
    for on_pg in OTHER:
        there = _there(app, on_pg)
        assert _export(there, ['case', 'errand', 'user']) == before
        assert there.cli('log').text == log
        assert 'nothing to do' in there.cli('plan').text
        back = _there(there, app.store.on_pg)
        assert _export(back, ['case', 'errand', 'user']) == before
        for table in ('case', 'case__lines', 'case__others', '_history', '_timer', '_source',
                      'stage_history', '_session', '_serial', '_run', '_wait', '_assigned',
                      '_rotation', '_explain'):
            assert sorted(map(str, back.rows(f'SELECT * FROM "{table}"'))) \
                == sorted(map(str, app.rows(f'SELECT * FROM "{table}"'))), table
        assert back.store.shape() == app.store.shape()


def a_copy_is_served_and_goes_on():
    """Sessions hold, ids and serial numbers go on, links are still guarded."""
    app = _app()
    ids, cookie = _fill(app)
    token = app.token('ann')
    for table in ('case__lines', 'case__others', 'case__colours'):
        app.store.run(f'DELETE FROM "{table}" WHERE record = {ids[-1]}')
    app.store.run(f'UPDATE "case" SET next = NULL WHERE next = {ids[-1]}; '
                  f'DELETE FROM "case" WHERE id = {ids[-1]}')
    there = _there(app, OTHER[0])
    with there.serve() as server:
        client = server.client()
        client.cookie = cookie
        assert client.get('/api/v1/me').status == 200
        made = server.post('/api/v1/forms/case/records', {'name': 'new'}, token=token)
        assert made.status == 201, made
        assert made.json['id'] == ids[-1] + 1, 'an id is never given twice'
        assert made.json['number'] == f'C-{len(ids) + 1:04}'
        again = server.post('/api/v1/forms/case/records',
                            {'name': 'twice', 'mobile': '13812345672'}, token=token)
        assert again.status == 422, again
        # what waits for another goes on with it
        child = there.rows('SELECT child FROM _wait')[0][0]
        over = server.patch(f'/api/v1/forms/errand/records/{child}', {'over': True}, token=token)
        assert over.status == 200, over
        waited = server.get(f'/api/v1/forms/case/records/{ids[3]}', token=token)
        assert waited.json['stage'] == 'done', waited
        assert not there.count('_wait')


def what_waits_for_approval_is_decided_in_the_copy():
    app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'consent'))
    for login, roles in (('li', 'buyer'), ('wu', ''), ('an', ''), ('bo', '')):
        app.user(login, roles=roles)
    token = {login: app.token(login) for login in ('li', 'wu', 'an', 'bo')}
    orders = '/api/v1/forms/order/records'
    with app.serve() as server:
        made = server.post(orders, {'name': 'A', 'kind': 'late', 'amount': 1, 'judges': ['wu', 'an']},
                           token=token['li'])
        id = made.json['id']
        assert server.post(f'{orders}/{id}/transitions/order', {'comment': 'please'},
                           token=token['li']).status == 202
        task = server.get('/api/v1/tasks', token=token['wu']).json['tasks'][0]['id']
        assert server.post(f'/api/v1/tasks/{task}/approve', {}, token=token['wu']).status == 200
        assert server.post('/api/v1/delegations', {'delegate': 'bo', 'until': '2099-01-01T00:00:00Z'},
                           token=token['an']).status == 201
    tables = ('_approval', '_task', '_delegation', '_timer')
    for on_pg in OTHER:
        there = _there(app, on_pg)
        for table in tables:
            assert app.count(table) and there.rows(f'SELECT * FROM {table} ORDER BY id') \
                == app.rows(f'SELECT * FROM {table} ORDER BY id'), table
        assert there.count('_timer', "rule = 'approval:buying.order'") == 1
        with there.serve() as server:
            task, = server.get('/api/v1/tasks', token=token['bo']).json['tasks']
            assert task['due'] and task['request'] == 'please', task
            assert server.post(f'/api/v1/tasks/{task["id"]}/approve', {}, token=token['bo']).status == 200
            assert server.get(f'{orders}/{id}', token=token['li']).json['stage'] == 'ordered'
        assert there.count('_timer', "rule LIKE 'approval:%'") == 0


def what_is_retired_comes_along_and_returns_in_the_copy():
    more = {'forms/gone.yaml': GONE, 'forms/case.yaml': CASE.replace(
        '  total:', '  lost:  {type: money}\n  when:  {type: datetime}\n  yes:   {type: boolean}\n'
        '  tags2: {type: choices, options: [x]}\n  total:')}
    app = _app(**more)
    with app.serve() as server:
        admin = app.token('ann') and None
        app.user('root', roles='admin')
        admin = app.token('root')
        for form, body in (
                ('gone', {'name': 'old', 'worth': 1.5, 'on': '2026-03-02',
                          'at': '2026-03-02T01:00:00Z', 'good': True, 'tags': ['b', 'a'],
                          'rows': [{'what': 'w', 'sum': 2.25}]}),
                ('case', {'name': 'n', 'lost': 3.75, 'when': '2026-03-02T01:00:00Z', 'yes': True,
                          'tags2': ['x'], 'long': 'gets shorter'})):
            answer = server.post(f'/api/v1/forms/{form}/records', body, token=admin)
            assert answer.status == 201, answer
        kept = {f: server.get(f'/api/v1/forms/{f}/records/1', token=admin).json
                for f in ('gone', 'case')}
    app.remove('forms/gone.yaml')
    # all four go, and the name of one is another's now
    app.write('forms/case.yaml', CASE.replace('  long: ', '  yes:  ').replace(
        'longtext}', 'longtext, was: long}'))
    app.cli('apply', '--allow-loss')
    assert 'gone' in app.store.tables()
    assert any(c.startswith('_retired_') for c in app.store.columns('case')), 'one is parked'
    for on_pg in OTHER:
        there = _there(app, on_pg)
        assert 'nothing to do' in there.cli('plan').text
        assert set(there.store.columns('case')) == set(app.store.columns('case'))
        there.write('forms/gone.yaml', GONE)
        there.write('forms/case.yaml', more['forms/case.yaml'])
        there.cli('apply', '--allow-loss')
        with there.serve() as server:
            for form in kept:
                now = server.get(f'/api/v1/forms/{form}/records/1', token=admin)
                assert now.status == 200, now
                assert {k: v for k, v in now.json.items() if k not in ('version', 'updated_at')} \
                    == {k: v for k, v in kept[form].items() if k not in ('version', 'updated_at')}


def contents_of_files_come_along_and_lost_ones_are_told():
    app = _app()
    token = app.token('ann')
    with app.serve() as server:
        one = server.post('/api/v1/files?name=one.txt', 'first', token=token, type='text/plain')
        two = server.post('/api/v1/files?name=two.txt', 'second', token=token, type='text/plain')
        assert (one.status, two.status) == (201, 201), (one, two)
        made = server.post('/api/v1/forms/case/records', {
            'name': 'x', 'paper': one.json['id'], 'papers': [two.json['id']]}, token=token)
        assert made.status == 201, made
    for on_pg in OTHER:
        there = _empty(app, on_pg)
        got = json.loads(_copy(app, there, '--json').text)
        assert got['files'] == 2 and got['missing_files'] == [], got
        with there.serve() as server:
            answer = server.get(f'/api/v1/files/{one.json["id"]}', token=token)
            assert answer.status == 200 and answer.text == 'first', answer
    lost = app.rows("SELECT hash FROM _file WHERE name = 'two.txt'")[0][0]
    os.remove(os.path.join(app.files.place, lost[:2], lost[2:]))
    there = _empty(app, OTHER[0])
    told = _copy(app, there)
    assert 'two.txt' in told.errors and '1 files' in told.text, told.errors


def contents_go_into_a_bucket_and_back():
    app = _app()
    token = app.token('ann')
    with app.serve() as server:
        made = server.post('/api/v1/files?name=one.txt', 'x' * 100000, token=token,
                           type='text/plain')
        assert made.status == 201, made
    there, back = _empty(app, OTHER[0]), _empty(app, False)
    with Store() as bucket:
        _copy(app, there, '--to-files', bucket.url, env=bucket.env)
        assert len(bucket.keys()) == 1
        _copy(there, back, '--from-files', bucket.url, env=bucket.env)
    os.rename(app.dir, app.dir + '.away')
    with back.serve() as server:
        got = server.get(f'/api/v1/files/{made.json["id"]}', token=token)
        assert got.status == 200 and got.text == 'x' * 100000, got.status


def the_demo_company_there_and_back_is_exported_the_same():
    app = harness.company()
    forms = ['activity', 'contact', 'customer', 'lead', 'opportunity', 'product', 'user']
    before = _export(app, forms)
    assert all(before.values())
    for on_pg in OTHER:
        there = _there(app, on_pg)
        assert _export(there, forms) == before
        back = _there(there, app.store.on_pg)
        assert _export(back, forms) == before
        assert back.rows('SELECT id, form, record, at, changes, hash FROM _history ORDER BY id') \
            == app.rows('SELECT id, form, record, at, changes, hash FROM _history ORDER BY id')
        assert ' 0 values differ' in there.cli('recompute', '--check').text
        assert ' 0 values differ' in back.cli('recompute', '--check').text


def a_target_that_holds_something_is_left_alone():
    app, other = _app(), _app()
    told = _copy(app, other, status=1)
    assert 'holds something already' in told.errors, told.errors
    assert other.count('user') == 1
    assert json.loads(_copy(app, other, '--json', status=1).text)['code'] == 'conflict'


def a_source_that_is_served_is_not_copied_meanwhile():
    app = _app()
    token = app.token('ann')
    there = _empty(app, OTHER[0])
    if not ON_PG:
        with app.serve():
            told = _copy(app, there, status=3)
            assert 'another process uses the database' in told.errors, told.errors
    else:
        with app.store.held():
            assert 'busy' in _copy(app, there, status=3).errors
    _copy(app, there)
    assert there.count('user') == 1 and token


def what_cannot_be_opened_or_was_never_published_is_said():
    app = App({'app.yaml': APP, 'forms/case.yaml': CASE})
    there = _empty(app, False)
    nobody = 'postgresql://tenon@127.0.0.1:1/none'

    def tell(*args, status):
        done = subprocess.run([TENON, 'copy', app.dir, *args], capture_output=True)
        assert done.returncode == status, done
        return done.stderr.decode()

    assert '--from and --to are both needed' in tell('--from', 'a.db', status=2)
    assert 'the same database' in tell('--from', 'a.db', '--to', 'sqlite:a.db', status=2)
    assert 'there is no database' in tell('--from', 'nowhere.db', '--to', _url(there), status=1)
    sqlite3.connect(os.path.join(app.place, 'empty.db')).execute('VACUUM')
    empty = os.path.join(app.place, 'empty.db')
    assert 'nothing was published' in tell('--from', empty, '--to', _url(there), status=1)
    app.user('ann', roles='rep')
    assert 'cannot be reached' in tell('--from', _url(app), '--to', nobody, status=3)
    assert 'cannot be reached' in tell('--from', nobody, '--to', _url(there), status=3)
    assert 'cannot create' in tell('--from', _url(app), '--to', '/nowhere/x.db', status=3)


def what_nobody_knows_is_not_left_behind_in_silence():
    app = _app()
    there = _empty(app, OTHER[0])
    app.store.run('CREATE TABLE notes_of_others (id INTEGER)')
    assert 'notes_of_others that belongs to no form' in _copy(app, there, status=1).errors
    app.store.run('DROP TABLE notes_of_others; CREATE TABLE _later (id INTEGER)')
    assert 'does not know' in _copy(app, there, status=1).errors
    app.store.run('DROP TABLE _later; ALTER TABLE _job ADD COLUMN later TEXT')
    assert '_job.later' in _copy(app, there, status=1).errors


def a_column_that_only_the_database_has_comes_along():
    app = _app()
    _fill(app)
    app.store.run('ALTER TABLE "case" ADD COLUMN by_hand TEXT')
    app.store.run("UPDATE \"case\" SET by_hand = 'x' || id")
    there = _there(app, OTHER[0])
    assert there.rows('SELECT id, by_hand FROM "case" ORDER BY id') \
        == app.rows('SELECT id, by_hand FROM "case" ORDER BY id')


def a_value_that_is_none_of_its_type_stops_the_copy():
    if ON_PG:
        return                                 # PostgreSQL's types let none in
    app = _app()
    ids, _ = _fill(app)
    app.store.run(f'UPDATE "case" SET "on" = \'soon\' WHERE id = {ids[2]}')
    told = _copy(app, _empty(app, False), status=1)
    assert f'case, id {ids[2]}: the value of on is not' in told.errors, told.errors
    assert 'soon' in told.errors


main(globals())

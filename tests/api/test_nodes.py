#!/usr/bin/env python3
"""Several nodes over one database, each with a folder of its own.

on: postgresql (a file has one program)"""
import contextlib
import os
import shutil
import signal
import threading
import time

from harness import App, Client, TENON, main, together, until

APP = '''
app: house
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
TASK = '''
form: task
title: "{name}"
fields:
  number: {type: serial, pattern: "T-{seq:5}"}
  name:   {type: text, required: true}
  size:   {type: number, default: 1}
permissions:
  clerk: {read: all, create: true, update: all, delete: all}
'''
REMINDER = '''
reminders:
  ask: {at: due, to: "user('ann')", text: "Do {name}"}
'''
PLUGIN = '''
every("* * * * *", "count", function()
  local n = tonumber(store.get("runs") or 0)
  store.set("runs", n + 1)
end)
'''
TASKS = '/api/v1/forms/task/records'


def _first(**more):
    app = App({'app.yaml': APP, 'forms/task.yaml': TASK, **more})
    app.user('ann', roles='clerk')
    app.user('root', roles='admin')
    app.user('rita', roles='admin')
    return app


def _next(first, empty=False):
    """Another machine: a copy of the folder as it is now, without the first one's notes."""
    app = App()
    app.store = first.store
    shutil.rmtree(app.dir)
    shutil.copytree(first.dir, app.dir, ignore=shutil.ignore_patterns('data'))
    return app


def _field(text, field):
    return text.replace('permissions:', f'  {field}\npermissions:')


def _version(server, token):
    return server.get('/api/v1/definitions/versions', token=token).json['versions'][0]['version']


def _knows(server, token, name):
    return name in server.get('/api/v1/forms', token=token).text


def a_publish_on_one_node_is_seen_by_all_within_a_second():
    first = _first()
    other = _next(first)
    with first.serve() as a, other.serve() as b:
        token = first.token('root')
        assert not b.get(TASKS + '?fields=note', token=token).status == 200
        first.write('forms/task.yaml', _field(TASK, 'note: {type: text}'))
        assert until(lambda: a.get(TASKS + '?fields=note', token=token).status == 200)
        began = time.monotonic()
        assert until(lambda: b.get(TASKS + '?fields=note', token=token).status == 200)
        print(f'followed after {time.monotonic() - began:.2f} s')
        # The folder of a node that held the version before goes with it.
        assert until(lambda: 'note: {type: text}' in other.read('forms/task.yaml'))
        # And what is edited there is published from there.
        other.write('forms/task.yaml', _field(other.read('forms/task.yaml'), 'more: {type: text}'))
        assert until(lambda: a.get(TASKS + '?fields=more', token=token).status == 200)
        assert until(lambda: 'more: {type: text}' in first.read('forms/task.yaml'))


def a_node_with_an_older_folder_is_brought_to_what_is_published():
    first = _first()
    other = _next(first)
    first.write('forms/task.yaml', _field(TASK, 'note: {type: text}'))
    first.cli('apply')
    with other.serve() as b:
        token = first.token('root')
        assert b.get(TASKS + '?fields=note', token=token).status == 200
        assert 'note: {type: text}' in other.read('forms/task.yaml')
        assert _version(b, token) == 2


def a_node_with_a_folder_of_its_own_serves_what_is_published_and_says_so():
    first = _first()
    other = _next(first)
    other.write('forms/task.yaml', _field(TASK, 'mine: {type: text}'))
    first.write('forms/task.yaml', _field(TASK, 'note: {type: text}'))
    first.cli('apply')
    with other.serve() as b:
        token = first.token('root')
        assert b.get(TASKS + '?fields=note', token=token).status == 200
        assert b.get(TASKS + '?fields=mine', token=token).status != 200
        assert 'mine: {type: text}' in other.read('forms/task.yaml')
        assert 'the folder is not what is served' in b.log(), b.log()
        # An edit changes nothing of that, until somebody says so.
        other.write('forms/task.yaml', _field(other.read('forms/task.yaml'), 'two: {type: text}'))
        time.sleep(1)
        assert b.get(TASKS + '?fields=two', token=token).status != 200
        assert _version(b, token) == 2
        other.cli('apply', '--allow-loss')
        assert until(lambda: b.get(TASKS + '?fields=two', token=token).status == 200)


def an_edit_made_before_another_node_published_waits():
    first = _first()
    other = _next(first)
    with first.serve() as a, other.serve() as b:
        token = first.token('root')
        other.write('forms/task.yaml', TASK + 'wrong: key\n')
        assert b.log_has('definition refused')
        first.write('forms/task.yaml', _field(TASK, 'note: {type: text}'))
        assert until(lambda: b.get(TASKS + '?fields=note', token=token).status == 200)
        assert b.log_has('the folder is not what is served')
        other.write('forms/task.yaml', _field(TASK, 'mine: {type: text}'))
        time.sleep(1)
        assert b.get(TASKS + '?fields=note', token=token).status == 200
        assert a.get(TASKS + '?fields=note', token=token).status == 200
        assert _version(a, token) == 2


def a_folder_that_another_program_published_meanwhile_is_not_published_again():
    first = _first()
    with first.serve() as a:
        token = first.token('root')
        with first.store.hold('_flow') as read:              # the folder is read, and not compared
            first.write('forms/task.yaml', _field(TASK, 'note: {type: text}'))
            assert until(read), a.log()
            planned = contextlib.ExitStack()
            plans = planned.enter_context(first.store.hold('_schema'))
        with planned:                                        # it is news, and not planned
            assert until(plans), a.log()
            os.kill(a.process.pid, signal.SIGSTOP)
        first.servers.remove(a)                              # it follows when it may
        try:
            first.cli('apply')
        finally:
            os.kill(a.process.pid, signal.SIGCONT)
        assert until(lambda: a.get(TASKS + '?fields=note', token=token).status == 200)
        time.sleep(1.5)                                      # a look at folder and versions
        assert first.rows('SELECT max(version) FROM _definition') == [(2,)], a.log()


def two_publications_at_once_become_two_versions():
    first = _first()
    other = _next(first)
    with first.serve() as a, other.serve() as b:
        token = first.token('root')

        ready = threading.Barrier(2)

        def publish(i):
            server, field, who = ((a, 'one', 'root'), (b, 'two', 'rita'))[i]
            client = Client(server, first.token(who))
            got = client.get('/api/v1/definitions/forms/task.yaml')
            answer = client.patch('/api/v1/definitions/forms/task.yaml', {
                'etag': got.json['etag'],
                'ops': [{'op': 'add', 'path': f'fields.{field}', 'value': {'type': 'text'}}]})
            assert answer.status == 200, answer
            ready.wait()
            answer = client.post('/api/v1/definitions/publish', {})
            assert answer.status == 200, answer
        together(2, publish)
        for server in (a, b):
            assert until(lambda: server.get(TASKS + '?fields=one,two', token=token).status == 200)
            assert _version(server, token) == 3


def requests_under_way_do_not_fail_for_a_publication_elsewhere():
    """A field is renamed again and again on one node while the other reads and writes."""
    first = _first()
    other = _next(first)
    with first.serve() as a, other.serve() as b:
        root, ann = first.token('root'), first.token('ann')
        over, bad, done = threading.Event(), [], [0]

        def work(server):
            client = Client(server, ann)
            while not over.is_set():
                made = client.post(TASKS, {'name': 'x'})
                if made.status != 201:
                    bad.append(made)
                    continue
                id = made.json['id']
                for answer in (client.get(f'{TASKS}/{id}'), client.get(TASKS + '?limit=20'),
                               client.patch(f'{TASKS}/{id}', {'name': 'y'}),
                               client.get(f'/f/task/{id}', headers={'Accept': 'text/html'})):
                    if answer.status != 200:
                        bad.append(answer)
                done[0] += 1
        threads = [threading.Thread(target=work, args=(s,)) for s in (a, b, b)]
        for t in threads:
            t.start()
        name = 'size'
        for i in range(6):
            new = f'size{"abcdef"[i]}'
            first.write('forms/task.yaml', TASK.replace(
                '  size:   {type: number, default: 1}',
                f'  {new}:   {{type: number, was: {name}, default: {i}}}'))
            assert until(lambda: b.get(f'{TASKS}?fields={new}', token=root).status == 200), b.log()
            name = new
            time.sleep(0.2)
        over.set()
        for t in threads:
            t.join()
        assert not bad, (bad[0], len(bad), a.log()[-3000:], b.log()[-3000:])
        assert done[0] > 20, done


def a_session_of_one_node_is_one_of_all():
    first = _first()
    other = _next(first)
    with first.serve() as a, other.serve() as b:
        at_a = Client(a).login('ann')
        at_b = Client(b)
        at_b.cookie, at_b.csrf = at_a.cookie, at_a.csrf
        assert at_b.post(TASKS, {'name': 'x'}).status == 201
        key = {'Idempotency-Key': 'k1'}
        one = at_a.post(TASKS, {'name': 'once'}, headers=key)
        two = at_b.post(TASKS, {'name': 'once'}, headers=key)
        assert one.json['id'] == two.json['id'], (one, two)
        assert at_b.post('/api/v1/logout').status < 400
        assert at_a.get('/api/v1/me').status == 401


def a_schedule_runs_once_over_all_nodes():
    first = _first(**{'plugins/count.lua': PLUGIN})
    others = [_next(first), _next(first)]
    with first.serve() as a, others[0].serve(), others[1].serve():
        first.store.run("UPDATE _timer SET due = 1000 WHERE rule LIKE 'every:%'")

        def runs():
            found = first.rows("SELECT value FROM _store WHERE plugin = 'count'")
            return int(found[0][0].strip('"')) if found else 0
        assert until(runs) == 1, a.log()
        time.sleep(1.5)
        assert runs() in (1, 2)                # the minute may have passed meanwhile
        assert first.count('_job') == 0


def reminders_of_ones_own_and_the_gathered_e_mail_come_once_over_all_nodes():
    first = _first(**{'app.yaml': APP + 'channels: {email: {smtp: "smtp://127.0.0.1:9", from: a@example.com}}\n'})
    others = [_next(first), _next(first)]
    ann, root = first.token('ann'), first.token('root')
    with first.serve() as a, others[0].serve(), others[1].serve():
        me = a.get('/api/v1/me', token=ann).json
        assert Client(a, root).patch(f"/api/v1/forms/user/records/{me['id']}", {'email': 'ann@example.com'}).status == 200
        who = Client(a, ann)
        assert who.put('/api/v1/me/channels', {'emails': 'daily', 'kinds': {'reminder': {'email': 'on'}}}).status == 200
        task = who.post(TASKS, {'name': 'x'}).json['id']
        for i in range(30):
            assert who.post(f'{TASKS}/{task}/reminders', {'at': 'week', 'text': f'No {i}'}).status == 201
        first.store.run("UPDATE _timer SET due = 1000 WHERE rule = 'own:'")
        assert until(lambda: not first.count('_timer', "rule = 'own:'")), a.log()
        assert [n for n, in first.rows("SELECT count(*) FROM _message GROUP BY text")] == [1] * 30
        assert first.count('_digest') == 30 and not first.count('_reminder') and not first.count('_job')
        first.store.run("UPDATE _timer SET due = 1000 WHERE rule = 'digest:'")
        assert until(lambda: not first.count('_timer', "rule = 'digest:'")), a.log()
        assert not first.count('_digest')
        body, = [b for b, in first.rows("SELECT body FROM _job WHERE kind = 'mail'")]
        assert 'house: 30 messages' in body and 'No 0 ' in body and 'No 29 ' in body, body


def commands_work_beside_running_nodes():
    first = _first()
    other = _next(first)
    with first.serve() as a:
        token = first.token('root')
        other.cli('user add', '--login', 'bob', '--name', 'Bob', '--password-stdin',
                  stdin='correct horse battery\n')
        Client(a).login('bob')
        assert _version(a, token) == 1
        other.write('forms/task.yaml', _field(TASK, 'note: {type: text}'))
        other.cli('apply')
        assert until(lambda: a.get(TASKS + '?fields=note', token=token).status == 200)
        other.cli('recompute', '--check')
        other.cli('tick')


def _plant(app, version, text):
    """As a newer program would write it; the text first, for the other row makes it be read."""
    app.store.run('INSERT INTO _source (version, path, text) VALUES (?, ?, ?)',
                  version, 'forms/task.yaml', text)
    app.store.run('INSERT INTO _definition (version, at, hash) VALUES (?, ?, ?)',
                  version, '2026-03-02T00:00:00Z', f'of version {version}')


def a_version_that_a_node_cannot_load_is_told_and_not_served():
    first = _first()
    other = _next(first)
    with first.serve() as a, other.serve() as b:
        token = first.token('root')
        _plant(first, 2, TASK + '# only a remark\n')
        for server in (a, b):
            assert until(lambda: 'tenon_app_version 2\n' in server.get('/metrics').text)
        _plant(first, 3, TASK + 'later: true\n')
        for server in (a, b):
            assert until(lambda: server.get('/readyz').status == 503)
            answer = server.get('/readyz')
            assert 'version 3' in answer.text and 'later' in answer.text, answer
            assert server.log_has('definition refused', 'later')
            assert server.get(TASKS, token=token).status == 200
            refused = server.post(TASKS, {'name': 'x'}, token=token)
            assert refused.status == 503 and refused.headers['Retry-After'], refused
        first.store.run('DELETE FROM _definition WHERE version = 3')
        first.store.run('DELETE FROM _source WHERE version = 3')
        for server in (a, b):
            assert until(lambda: server.get('/readyz').status == 200), server.get('/readyz')
            assert server.post(TASKS, {'name': 'x'}, token=token).status == 201


FLOW = '''
workflow: path
form: task
stages: {open: {}, seen: {}, shut: {status: done}}
transitions:
  see:  {from: open, to: seen, by: clerk}
  shut: {from: seen, to: shut, by: clerk}
'''


def a_record_finishes_on_its_version_on_every_node():
    first = _first(**{'workflows/path.yaml': FLOW})
    other = _next(first)
    with first.serve() as a, other.serve() as b:
        token = first.token('ann')
        ids = [b.post(TASKS, {'name': f't{i}'}, token=token).json['id'] for i in range(4)]
        first.write('workflows/path.yaml', FLOW.replace('seen', 'done_by').replace('see:', 'do:'))
        for node in (a, b):
            assert until(lambda node=node: _knows(node, token, 'done_by'))
        for node, move, status in ((b, 'do', 422), (b, 'see', 200), (a, 'shut', 200)):
            got = node.post(f'{TASKS}/{ids[0]}/transitions/{move}', {}, token=token)
            assert got.status == status, got
        new = a.post(TASKS, {'name': 'new'}, token=token).json['id']
        assert b.post(f'{TASKS}/{new}/transitions/do', {}, token=token).status == 200
    # A node that starts later knows it as well.
    third = _next(first)
    with third.serve() as c:
        assert c.post(f'{TASKS}/{ids[1]}/transitions/see', {}, token=token).status == 200
        assert c.post('/api/v1/workflows/path/migrate', {}, token=first.token('root')).json['moved'] == 2
        got = c.post('/api/v1/workflows/path/migrate', {'map': {'seen': 'done_by'}},
                     token=first.token('root')).json
        assert got['moved'] == 1 and got['refused'] == [], got


def _neighbours(newer_first):
    """A program of today and one of the next version (pg/next.sh: users have a field more, the
    engine a table and a column) over one database, either of them there first."""
    programs = [TENON + '_next', TENON] if newer_first else [TENON, TENON + '_next']
    first = App({'app.yaml': APP, 'forms/task.yaml': _field(TASK, 'due: {type: date}') + REMINDER,
                 'workflows/path.yaml': FLOW})
    first.program = programs[0]
    first.user('ann', roles='clerk')
    first.user('root', roles='admin')
    other = _next(first)
    other.program = programs[1]
    return first, other


def _publish(app, server, token, field):
    """One edit of a form by that node's admin; its version, and that nothing else went with it."""
    path = '/api/v1/definitions/forms/task.yaml'
    etag = server.get(path, token=token).json['etag']
    op = {'op': 'set', 'path': f'fields.{field}', 'value': {'type': 'text'}}
    assert server.patch(path, {'ops': [op], 'etag': etag}, token=token).status == 200
    got = server.post('/api/v1/definitions/publish', {}, token=token)
    assert got.status == 200, got
    plan = app.rows('SELECT plan FROM _definition ORDER BY version DESC LIMIT 1')[0][0]
    assert 'badge' not in plan and field in plan, plan
    return got.json['version']


def _write_on_both(nodes, token, count):
    """As many tasks from each of two clients on each node, half of them moved on."""
    def client(k):
        here, there = (nodes[(k + i) % 2].client(token) for i in (0, 1))
        for i in range(count):
            made = here.post(TASKS, {'name': f'{k}/{i}', 'due': '2026-01-02'})
            assert made.status == 201, (k, i, made, here.server.log()[-2000:])
            if i % 2:
                moved = there.post(f'{TASKS}/{made.json["id"]}/transitions/see', {})
                assert moved.status == 200, moved
    together(4, client)


def _programs_side_by_side(newer_first):
    first, other = _neighbours(newer_first)
    with first.serve() as a, other.serve() as b:
        newer = a if newer_first else b
        older = b if newer_first else a
        ann, root = first.token('ann'), first.token('root')
        users = '/api/v1/forms/user/records'
        who = first.rows("SELECT id FROM \"user\" WHERE login = 'ann'")[0][0]
        got = newer.patch(f'{users}/{who}', {'badge': 'A-7'}, token=root)
        assert got.status == 200, got
        _write_on_both((a, b), ann, 10)
        for node, field in ((a, 'one'), (b, 'two'), (a, 'three')):
            version = _publish(first, node, root, field)
            for each in (a, b):
                assert until(lambda: _version(each, root) == version
                             and _knows(each, ann, field), 30)
            _write_on_both((a, b), ann, 5)
        # What the newer one keeps, the older one leaves alone: also where it writes that very row.
        assert older.patch(f'{users}/{who}', {'name': 'Anna'}, token=root).status == 200
        assert newer.get(f'{users}/{who}', token=root).json['badge'] == 'A-7'
        assert 'badge' not in older.get(f'{users}/{who}', token=root).json
        assert first.rows('SELECT count(DISTINCT number), max(number) FROM task') == [(100, 'T-00100')]
        assert first.count('stage_history', "transition = 'see'") == 44
        assert until(lambda: first.count('_message') == 100), first.count('_message')
        assert not any('"level":"error"' in x.log() for x in (a, b)), a.log() + b.log()
    for app in (first, other):                 # each finds nothing to do, and starts on it again
        assert 'nothing to do' in app.cli('plan').text
        with app.serve() as again:
            assert again.get(TASKS, token=ann).status == 200
    assert first.count('_definition') == (4 if newer_first else 5)    # what the newer one adds


def an_older_program_beside_a_newer_one_that_was_there_first():
    _programs_side_by_side(newer_first=True)


def a_newer_program_beside_an_older_one_that_was_there_first():
    _programs_side_by_side(newer_first=False)


if __name__ == '__main__':
    os.environ.setdefault('TENON_TEST_DB', 'postgresql')
    main(globals())

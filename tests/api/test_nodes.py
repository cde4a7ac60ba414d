#!/usr/bin/env python3
"""Several nodes over one database, each with a folder of its own.

on: postgresql (a file has one program)"""
import os
import shutil
import threading
import time

from harness import App, Client, main, together, until

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
        assert until(lambda: b.get(TASKS + '?fields=note', token=token).status == 200, 5)
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
        assert until(runs, 20) == 1, a.log()
        time.sleep(1.5)
        assert runs() in (1, 2)                # the minute may have passed meanwhile
        assert first.count('_job') == 0


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
        assert until(lambda: a.get(TASKS + '?fields=note', token=token).status == 200, 5)
        other.cli('recompute', '--check')
        other.cli('tick')


def a_version_that_a_node_cannot_load_is_told_and_not_served():
    first = _first()
    other = _next(first)
    with first.serve() as a, other.serve() as b:
        token = first.token('root')
        # As a newer program would write it.
        first.store.run("INSERT INTO _definition (version, at, hash) VALUES "
                        "(2, '2026-03-02T00:00:00Z', 'x')")
        first.store.run("INSERT INTO _source (version, path, text) VALUES (2, 'forms/task.yaml', ?)",
                        TASK + 'later: true\n')
        for server in (a, b):
            assert until(lambda: server.get('/readyz').status == 503)
            answer = server.get('/readyz')
            assert 'version 2' in answer.text and 'later' in answer.text, answer
            assert server.log_has('definition refused', 'later')
            assert server.get(TASKS, token=token).status == 200
            refused = server.post(TASKS, {'name': 'x'}, token=token)
            assert refused.status == 503 and refused.headers['Retry-After'], refused
        first.store.run('DELETE FROM _source WHERE version = 2')
        first.store.run('DELETE FROM _definition WHERE version = 2')
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


if __name__ == '__main__':
    os.environ.setdefault('TENON_TEST_DB', 'postgresql')
    main(globals())

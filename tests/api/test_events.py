#!/usr/bin/env python3
"""What changes is told as it happens: to whom, how many at once, and when it ends."""
import json
import os
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main, until  # noqa: E402

APP = '''
app: events
languages: [en, zh]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  worker: {label: Worker}
  chief:  {label: Chief, includes: [worker]}
'''
TASK = '''
form: task
title: "{name}"
owner: owner
fields:
  name:   {type: text, required: true}
  secret: {type: text}
  owner:  {type: user, default: "=me()"}
permissions:
  worker: {read: own, create: true, update: own, fields: {secret: hidden}}
  chief:  {read: all, create: true, update: all, delete: all}
'''


def _app():
    app = App({'app.yaml': APP, 'forms/task.yaml': TASK})
    for login, role in (('ann', 'worker'), ('bob', 'worker'), ('cyd', 'chief'), ('eve', ''), ('root', 'admin')):
        app.user(login, role)
    return app


class Stream:
    """Reads server-sent events on a thread of its own; `events`: [(kind, data, id)]."""

    def __init__(self, server, token=None, cookie=None, after=None, last=None):
        self.events, self.over, self.buffer = [], False, b''
        self.socket = socket.create_connection(('127.0.0.1', server.port), timeout=60)
        head = [f'GET /api/v1/events{"?after=" + after if after else ""} HTTP/1.1', 'Host: 127.0.0.1',
                'Accept: text/event-stream']
        if token:
            head.append(f'Authorization: Bearer {token}')
        if cookie:
            head.append(f'Cookie: {cookie}')
        if last:
            head.append(f'Last-Event-ID: {last}')
        self.socket.sendall(('\r\n'.join(head) + '\r\n\r\n').encode())
        self.head = self._until(b'\r\n\r\n').decode()
        self.status = int(self.head.split()[1])
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _until(self, end):
        while end not in self.buffer:
            got = self.socket.recv(65536)
            if not got:
                raise EOFError
            self.buffer += got
        part, self.buffer = self.buffer.split(end, 1)
        return part

    def _read(self):
        try:
            while True:
                lines = dict(line.split(': ', 1) for line in self._until(b'\n\n').decode().split('\n'))
                self.events.append((lines['event'], json.loads(lines['data']), lines.get('id')))
        except (EOFError, OSError):
            self.over = True

    def of(self, kind):
        return [data for k, data, _ in self.events if k == kind]

    def hears(self, kind, **values):
        """Waits for an event with these members; [] when there is none."""
        return until(lambda: [d for d in self.of(kind) if values.items() <= d.items()])

    def place(self):
        return [i for _, _, i in self.events if i][-1]

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def _create(server, token, **values):
    answer = server.post('/api/v1/forms/task/records', values, token=token)
    assert answer.status == 201, answer
    return answer.json['id']


def a_change_is_told_to_who_may_read_it_and_to_nobody_else():
    app = _app()
    ann, bob, cyd, eve = (app.token(x) for x in ('ann', 'bob', 'cyd', 'eve'))
    with app.serve() as server:
        streams = {x: Stream(server, t) for x, t in (('ann', ann), ('bob', bob), ('cyd', cyd), ('eve', eve))}
        assert all(s.status == 200 for s in streams.values())
        assert 'text/event-stream' in streams['ann'].head and 'no-store' in streams['ann'].head
        hers = _create(server, ann, name='Hers')
        told = streams['ann'].hears('record', id=hers)
        assert told == [{'form': 'task', 'id': hers, 'version': 1, 'what': 'created', 'by': {'id': 1, 'title': 'Ann'}}], told
        his = _create(server, bob, name='His')
        server.patch(f'/api/v1/forms/task/records/{his}', {'name': 'His own'}, token=bob)
        assert streams['bob'].hears('record', id=his, version=2)
        assert streams['cyd'].hears('record', id=hers) and streams['cyd'].hears('record', id=his, version=2)
        # All of it was told by now: what came after it is there.
        last = _create(server, ann, name='Last')
        assert streams['ann'].hears('record', id=last)
        assert {e['id'] for e in streams['ann'].of('record')} == {hers, last}
        assert not streams['eve'].of('record')
        text = json.dumps([s.events for s in streams.values()])
        assert 'Hers' not in text and 'His own' not in text, text


def what_leaves_ones_reach_is_gone_and_a_comment_is_told():
    app = _app()
    ann, cyd = app.token('ann'), app.token('cyd')
    with app.serve() as server:
        stream = Stream(server, ann)
        mine, other = _create(server, ann, name='a'), _create(server, cyd, name='b')
        assert stream.hears('record', id=mine)
        at = f'/api/v1/forms/task/records/{mine}'
        server.post(f'{at}/comments', {'text': 'well'}, token=cyd)
        assert stream.hears('record', id=mine, what='comment')
        server.patch(at, {'owner': 2}, token=cyd)
        assert stream.hears('gone', id=mine) == [{'form': 'task', 'id': mine}]
        second = _create(server, ann, name='c')
        for id in (other, second):
            assert server.delete(f'/api/v1/forms/task/records/{id}', token=cyd).status == 204
        assert stream.hears('gone', id=second)
        server.post(f'/api/v1/forms/task/records/{second}/restore', token=cyd)
        assert stream.hears('record', id=second, what='restored')
        assert not [e for e in stream.of('gone') + stream.of('record') if e['id'] == other]


def programs_ask_instead_and_go_on_where_they_were():
    app = _app()
    ann, bob = app.token('ann'), app.token('bob')
    with app.serve() as server:
        assert server.get('/api/v1/events').status == 401
        assert server.get('/api/v1/events?since=1', token=ann).status == 400
        first = server.get('/api/v1/events', token=ann).json
        assert first['events'] == [] and first['user'] == 1 and not first['reset'], first
        mine = _create(server, ann, name='x')
        _create(server, bob, name='y')
        second = server.get(f'/api/v1/events?after={first["next"]}', token=ann).json
        assert [(e['event'], e['id'], e['what']) for e in second['events']] == [('record', mine, 'created')], second
        assert server.get(f'/api/v1/events?after={second["next"]}', token=ann).json['events'] == []
        for bad in ('x', '1-2', '0-0-99999999'):
            again = server.get(f'/api/v1/events?after={bad}', token=ann).json
            assert again['reset'] and again['events'] == [], again


def a_stream_goes_on_from_the_last_id_also_after_a_restart():
    app = _app()
    ann = app.token('ann')
    with app.serve() as server:
        stream = Stream(server, ann)
        one = _create(server, ann, name='1')
        assert stream.hears('record', id=one)
        place = stream.place()
        stream.close()
        two = _create(server, ann, name='2')
        stream = Stream(server, ann, last=place, after='nonsense')
        assert stream.hears('record', id=two)
        assert not stream.of('reset') and not [e for e in stream.of('record') if e['id'] == one]
        place = stream.place()
        stream.close()
    with app.serve() as server:
        three = _create(server, ann, name='3')
        stream = Stream(server, ann, after=place)
        assert stream.hears('record', id=three)
        assert not stream.of('reset') and not [e for e in stream.of('record') if e['id'] == two]
        assert Stream(server, ann, after='x').hears('reset') == [{}]


def one_person_has_few_streams_and_asks_when_none_is_free():
    app = _app()
    ann, bob = app.token('ann'), app.token('bob')
    with app.serve() as server:
        streams = [Stream(server, ann) for _ in range(4)]
        assert [s.status for s in streams] == [200] * 4
        fifth = Stream(server, ann)
        assert fifth.status == 503 and 'Retry-After: 10' in fifth.head, fifth.head
        first = server.get('/api/v1/events', token=ann).json
        mine = _create(server, ann, name='x')
        assert [e['id'] for e in server.get(f'/api/v1/events?after={first["next"]}', token=ann).json['events']] == [mine]
        assert Stream(server, bob).status == 200
        assert all(s.hears('record', id=mine) for s in streams)
        # The client is gone and nothing happens: its place is free all the same.
        streams[0].close()
        assert until(lambda: Stream(server, ann).status == 200)


def streams_take_half_of_the_threads_at_most():
    app = _app()
    tokens = [app.token(x) for x in ('ann', 'bob', 'cyd')]
    with app.serve('--threads=16') as server:
        streams = [Stream(server, t) for t in tokens for _ in range(4)]
        assert sorted(s.status for s in streams) == [200] * 8 + [503] * 4, [s.status for s in streams]
        assert server.get('/api/v1/me', token=tokens[2]).status == 200


def who_reads_nothing_keeps_nobody_waiting():
    app = _app()
    ann, cyd = app.token('ann'), app.token('cyd')
    with app.serve() as server:
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect(('127.0.0.1', server.port))
        deaf.sendall((f'GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n'
                      f'Authorization: Bearer {cyd}\r\n\r\n').encode())
        stream = Stream(server, cyd)
        for i in range(4):
            answer = server.post('/api/v1/forms/task/batch', {'create': [{'name': f'{i}'}] * 1000}, token=ann)
            assert answer.status == 200, answer
        # The one that reads was told all, or to fetch anew.
        most = app.count('task')
        assert until(lambda: stream.of('reset') or [e for e in stream.of('record') if e['id'] == most])
        last = _create(server, ann, name='last')
        assert stream.hears('record', id=last)
        deaf.close()


def a_stream_ends_with_the_session_the_token_and_the_person():
    app = _app()
    ann, root = app.token('ann'), app.token('root')
    with app.serve() as server:
        browser = server.client().login('bob')
        stream = Stream(server, cookie=browser.cookie)
        assert stream.hears('app')
        assert browser.post('/api/v1/logout').status in (200, 204)
        assert until(lambda: stream.over)
        stream = Stream(server, ann)
        assert stream.hears('app')
        assert server.patch('/api/v1/forms/user/records/1', {'active': False}, token=root).status == 200
        assert until(lambda: stream.over)
        assert Stream(server, ann).status == 401


def other_rights_and_another_app_are_told():
    app = _app()
    ann, root = app.token('ann'), app.token('root')
    with app.serve() as server:
        stream = Stream(server, ann)
        assert stream.hears('app', version=1, user=1)
        app.write('forms/task.yaml', TASK.replace('name:   {', 'name:   {label: Name, '))
        assert stream.hears('app', version=2)
        server.patch('/api/v1/forms/user/records/1', {'roles': ['chief']}, token=root)
        assert stream.hears('reset') == [{}]
        theirs = _create(server, root, name='theirs')
        assert stream.hears('record', id=theirs)


def admins_hear_who_else_is_in_the_designer_and_nobody_else_does():
    app = _app()
    app.user('rex', 'admin')
    root, rex, cyd = (app.token(x) for x in ('root', 'rex', 'cyd'))
    with app.serve() as server:
        say = lambda token, **body: server.post('/api/v1/definitions/here', body, token=token)       # noqa: E731
        streams = {x: Stream(server, t) for x, t in (('root', root), ('cyd', cyd))}
        assert streams['root'].hears('app') and streams['cyd'].hears('app')
        came = lambda n: until(lambda: len(streams['root'].of('design')) >= n)       # noqa: E731
        assert say(rex, tab='a', path='forms/task.yaml').json['open'] == []
        assert came(1), server.log()
        assert say(rex, tab='b', path='forms/task.yaml').status == 200 and came(2)
        others = say(root, tab='c', path='app.yaml').json['open']
        assert [(o['path'], o['name']) for o in others] == [('forms/task.yaml', 'Rex')], others
        assert came(3)
        # Said again it is no news; a tab that goes is.
        for _ in range(3):
            say(rex, tab='a', path='forms/task.yaml')
        assert say(rex, tab='b', path=None).status == 200 and came(4)
        assert say(rex, tab='a').status == 200 and came(5)
        assert say(root, tab='c', path='app.yaml').json['open'] == []
        # Who was cut off is gone when the time is over, and that is told, too.
        say(rex, tab='a', path='forms/task.yaml')
        assert came(6)
        app.store.run("UPDATE _present SET until = 1 WHERE tab = 'a'")
        assert came(7) and say(root, tab='c', path='app.yaml').json['open'] == []
        assert len(streams['root'].of('design')) == 7, streams['root'].events
        assert app.count('_present') == 1                    # what has ended is swept by who comes
        assert say(cyd, tab='d', path='app.yaml').status == 403 and not streams['cyd'].of('design')
        assert say(root, path='app.yaml').status == 400 and say(root, tab='x' * 41).status == 400


def what_another_node_wrote_is_told_and_its_places_are_understood():
    app = _app()
    if not app.store.on_pg:                    # a file has one server
        return
    ann = app.token('ann')
    with app.serve() as one, app.serve() as two:
        stream = Stream(one, ann)
        assert stream.hears('app')
        first = _create(two, ann, name='x')
        assert stream.hears('record', id=first)
        place = stream.place()
        second = _create(one, ann, name='y')
        other = Stream(two, ann, after=place)
        assert other.hears('record', id=second)
        assert not other.of('reset')
        answer = two.get(f'/api/v1/events?after={stream.place()}', token=ann).json
        assert not answer['reset'], answer


def a_server_that_stops_ends_its_streams():
    app = _app()
    ann = app.token('ann')
    with app.serve() as server:
        stream = Stream(server, ann)
        assert stream.hears('app')
        server.stop()
        assert until(lambda: stream.over)


if __name__ == '__main__':
    main(globals())

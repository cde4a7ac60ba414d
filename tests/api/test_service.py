#!/usr/bin/env python3
"""on: sqlite, for nothing of it comes as far as a database.

The server as a service: what it tells the service manager, and how it ends."""
import os
import signal
import socket
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main, until  # noqa: E402

_FILES = {
    'app.yaml': 'app: notes\nroles: {writer: {label: Writer}}\n',
    'forms/note.yaml': """form: note
title: "{name}"
fields:
  name: {type: text}
permissions:
  writer: {create: true, read: all}
""",
}


class _Manager:
    """A socket as systemd's; `abstract`: one without a file."""

    def __init__(self, app, abstract=False):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = tempfile.mktemp(prefix='notify-', dir=app.place)
        self.name = '@' + path if abstract else path
        self.socket.bind('\0' + path if abstract else path)
        self.socket.settimeout(10)

    def hear(self):
        return self.socket.recv(4096).decode()

    def silent(self, seconds):
        self.socket.settimeout(seconds)
        try:
            return self.hear()
        except TimeoutError:
            return None


def _serve(app, manager, *args, **env):
    """With the environment that a service manager gives."""
    names = {'NOTIFY_SOCKET': manager.name, **env}
    os.environ.update(names)
    try:
        return app.serve(*args)
    finally:
        for name in names:
            del os.environ[name]


def a_service_manager_hears_of_start_reload_and_end():
    for abstract in (False, True):
        app = App(_FILES)
        manager = _Manager(app, abstract)
        with _serve(app, manager) as server:
            assert manager.hear() == 'READY=1'
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            app.write('forms/note.yaml', _FILES['forms/note.yaml'].replace('text', 'memo'))
            server.process.send_signal(signal.SIGHUP)
            word, moment = manager.hear().split('\n')
            name, us = moment.split('=')
            assert (word, name) == ('RELOADING=1', 'MONOTONIC_USEC'), (word, moment)
            assert before <= int(us) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            assert manager.hear() == 'READY=1'
            server.process.send_signal(signal.SIGHUP)
            assert manager.hear().startswith('RELOADING=1\n')
            assert manager.hear() == 'READY=1'
            server.process.send_signal(signal.SIGTERM)
            assert manager.hear() == 'STOPPING=1'
            assert server.process.wait(20) == 0
            assert manager.silent(0.1) is None


def the_watchdog_is_fed_while_the_server_lives():
    app = App(_FILES)
    manager = _Manager(app)
    with _serve(app, manager, WATCHDOG_USEC='200000') as server:
        heard = [manager.hear() for _ in range(6)]
        assert 'READY=1' in heard and heard.count('WATCHDOG=1') == 5, heard
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            while manager.silent(0.5):
                pass                                   # what was on its way
            assert manager.silent(1) is None
        finally:
            os.kill(server.process.pid, signal.SIGCONT)
        assert until(lambda: manager.silent(5) == 'WATCHDOG=1')


def a_manager_that_hears_nothing_holds_nobody():
    """The socket takes a few words, then it is full, and whoever writes to it would wait for good."""
    app = App(_FILES)
    manager = _Manager(app)
    with _serve(app, manager, WATCHDOG_USEC='2000') as server:
        assert server.log_has('the service manager cannot be told')
        assert server.get('/readyz').status == 200
    assert 'READY=1' in [manager.hear() for _ in range(3)]


def a_watchdog_that_is_meant_for_another_process_is_not_fed():
    app = App(_FILES)
    manager = _Manager(app)
    with _serve(app, manager, WATCHDOG_USEC='100000', WATCHDOG_PID='1'):
        assert manager.hear() == 'READY=1'
        assert manager.silent(0.5) is None


def a_server_that_is_not_a_service_or_cannot_tell_runs_all_the_same():
    app = App(_FILES)
    for name in ('', 'relative', '/nowhere/socket', '@' + 'x' * 200):
        os.environ['NOTIFY_SOCKET'] = name
        try:
            with app.serve() as server:
                assert server.get('/healthz').status == 200
        finally:
            del os.environ['NOTIFY_SOCKET']


def _half_a_request(server, token):
    """A write whose body is on its way; finish() sends the rest and gives the answer's bytes."""
    body = b'{"name": "under way"}'
    s = socket.create_connection(('127.0.0.1', server.port), timeout=20)
    s.sendall(b'POST /api/v1/forms/note/records HTTP/1.1\r\nHost: localhost\r\n'
              b'Content-Type: application/json\r\nAuthorization: Bearer ' + token.encode()
              + b'\r\nContent-Length: %d\r\n\r\n' % len(body) + body[:5])

    def finish():
        s.sendall(body[5:])
        answer = b''
        while more := s.recv(65536):
            answer += more
        return answer
    return finish


def _refused(server):
    try:
        socket.create_connection(('127.0.0.1', server.port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def a_stop_says_no_to_probes_first_and_serves_on():
    app = App(_FILES)
    app.user('ann', roles='writer')
    token = app.token('ann')
    with app.serve('--drain', '2') as server:
        kept, finish = server.client(token), _half_a_request(server, token)
        assert kept.get('/api/v1/forms').status == 200
        server.process.send_signal(signal.SIGTERM)
        answer = until(lambda: (a := server.get('/readyz')).status == 503 and a)
        assert answer.code == 'not_ready' and 'stopping' in answer.json['detail'], answer
        assert server.get('/healthz').status == 200
        answer = kept.post('/api/v1/forms/note/records', {'name': 'meanwhile'})
        assert answer.status == 201 and answer.headers['Connection'] == 'close', answer
        assert until(lambda: _refused(server))
        assert server.alive()                          # for the sake of what is under way
        head = finish().split(b'\r\n')
        assert head[0] == b'HTTP/1.1 201 Created' and b'Connection: close' in head, head
        assert server.process.wait(20) == 0
    assert app.rows('SELECT name FROM note ORDER BY id') == [('meanwhile',), ('under way',)]
    assert 'accept' not in server.log()


def a_stop_without_a_drain_is_soon_over():
    app = App(_FILES)
    app.user('ann', roles='writer')
    with app.serve() as server:
        idle = server.client(app.token('ann'))
        assert idle.get('/api/v1/forms').status == 200
        server.process.send_signal(signal.SIGTERM)
        assert until(lambda: _refused(server))
        assert server.process.wait(10) == 0


if __name__ == '__main__':
    main(globals())

#!/usr/bin/env python3
"""on: sqlite, for nothing of it comes as far as a database.

Slow, dripping, silent and vanishing clients: they lose, everybody else is served.

The bounds are the server's own deadlines and the harness's time-out, never a speed."""
import http.client
import os
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, ROOT, main, together  # noqa: E402

_app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'clinic'))
_app.user('ann', roles='admin')
_token = _app.token('ann')
_server = _app.serve()
GIVEN_UP = 25                              # seconds; the server's deadlines are 10


def _connect():
    s = socket.create_connection(('127.0.0.1', _server.port), timeout=GIVEN_UP)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def _drip(s, data, answer):
    """One byte after the other until the server has had enough; what it said into `answer`."""
    end = time.monotonic() + GIVEN_UP
    s.settimeout(0.2)
    try:
        for i in range(len(data)):
            if time.monotonic() > end:
                return
            s.sendall(data[i:i + 1])
            try:
                got = s.recv(4096)
                answer.append(got)
                if not got:
                    return
            except socket.timeout:
                pass
    except OSError:
        answer.append(b'')


def _served(times=5):
    client = _server.client(_token)
    for _ in range(times):
        answer = client.get('/api/v1/me')
        assert answer.status == 200, answer
    client.close()


def _outlasted(at_once, slowly, n=20):
    """n clients send a part at once and drip the rest; others are served meanwhile; each of the
    n is cut off. What they were told."""
    sockets, answers = [_connect() for _ in range(n)], [[] for _ in range(n)]
    for s in sockets:
        s.sendall(at_once)
    threads = [threading.Thread(target=_drip, args=(s, slowly, a), daemon=True)
               for s, a in zip(sockets, answers)]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        _served(1)
        time.sleep(0.3)
    for s, a in zip(sockets, answers):
        s.close()
        assert a and (a[-1] == b'' or b'Connection: close' in a[-1]), a[-2:]
    return [b''.join(a) for a in answers]


def a_head_that_drips_is_cut_off():
    _outlasted(b'', b'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ' + b'a' * 1000)


def a_body_that_drips_is_cut_off_with_an_answer():
    before = _app.count('pet')
    head = ('POST /api/v1/forms/pet/records HTTP/1.1\r\nHost: localhost\r\n'
            f'Authorization: Bearer {_token}\r\nContent-Type: application/json\r\n'
            'Content-Length: 1000\r\n\r\n').encode()
    for told in _outlasted(head, b'{' + b' ' * 999):
        assert told.startswith(b'HTTP/1.1 408 '), told[:200]
    assert _app.count('pet') == before


def one_who_does_not_read_the_answer_holds_nobody_up():
    """Small windows, many answers asked for, none read."""
    ask = ('GET /f/pet HTTP/1.1\r\nHost: localhost\r\n'
           f'Authorization: Bearer {_token}\r\n\r\n').encode() * 50
    sockets = []
    for _ in range(40):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.settimeout(5)
        s.connect(('127.0.0.1', _server.port))
        s.sendall(ask)
        sockets.append(s)
    _served(20)
    for s in sockets:
        s.close()
    _served()


def clients_that_vanish_in_the_middle_leave_nothing_behind():
    before = _app.count('pet')

    def vanish(i):
        s = _connect()
        # Linger 0: a reset instead of an orderly end.
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        body = b'{"name": "half'
        s.sendall((f'POST /api/v1/forms/pet/records HTTP/1.1\r\nHost: localhost\r\n'
                   f'Authorization: Bearer {_token}\r\nContent-Type: application/json\r\n'
                   f'Content-Length: {len(body) + 9}\r\n\r\n').encode() + body[:i % 14 + 1])
        s.close()
    for _ in range(5):
        together(20, vanish)
    _served()
    assert _app.count('pet') == before


def more_idle_connections_than_threads_are_let_go_and_new_ones_served():
    """300 connections, 256 threads: the answer comes because silent ones lose theirs."""
    idle = [_connect() for _ in range(300)]
    late = http.client.HTTPConnection('127.0.0.1', _server.port, timeout=GIVEN_UP)
    late.request('GET', '/healthz')
    assert late.getresponse().read() == b'ok\n'
    late.close()
    for s in idle:
        s.close()
    _served()


def at_the_end_the_server_stops_as_asked():
    assert _server.alive()
    _server.stop()


if __name__ == '__main__':
    main(globals())

#!/usr/bin/env python3
"""on: sqlite, for nothing of it comes as far as a database.

What two readers of one request could take differently is refused, over raw sockets; slow and
greedy clients lose, everybody else is served."""
import os
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, ROOT, main, together  # noqa: E402

_app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'clinic'))
_app.user('ann', roles='admin')
_token = _app.token('ann')
_server = _app.serve()


def _raw(data, seconds=15):
    """Everything the server answers until it closes or is silent for a second."""
    with socket.create_connection(('127.0.0.1', _server.port), timeout=seconds) as s:
        s.sendall(data)
        got = b''
        try:
            while True:
                part = s.recv(65536)
                if not part:
                    return got
                got += part
                s.settimeout(1)
        except socket.timeout:
            return got


def _status(data):
    got = _raw(data)
    return int(got.split(b' ', 2)[1]) if got.startswith(b'HTTP/1.') else got[:80]


def _head(first, *lines, host=True):
    all_ = [first] + (['Host: localhost'] if host else []) + list(lines)
    return ('\r\n'.join(all_) + '\r\n\r\n').encode('latin-1')


def a_plain_request_is_answered():
    got = _raw(_head('GET /healthz HTTP/1.1', 'Connection: close'))
    head, body = got.split(b'\r\n\r\n', 1)
    assert head.startswith(b'HTTP/1.1 200 OK\r\nDate: '), head
    assert body == b'ok\n', body
    assert b'Content-Length: 3' in head, head


def no_host_or_two_hosts_are_refused():
    assert _status(_head('GET /healthz HTTP/1.1', host=False)) == 400
    assert _status(_head('GET /healthz HTTP/1.1', 'Host: other')) == 400
    assert _status(_head('GET /healthz HTTP/1.1', 'Host: ', host=False)) == 400
    assert _status(_head('GET /healthz HTTP/1.1', 'Host: a/b', host=False)) == 400


def a_body_of_unclear_length_is_refused():
    post = 'POST /api/v1/login HTTP/1.1'
    assert _status(_head(post, 'Content-Length: 3', 'Transfer-Encoding: chunked') + b'0\r\n\r\n') == 400
    assert _status(_head(post, 'Content-Length: 3', 'Content-Length: 4') + b'abcd') == 400
    assert _status(_head(post, 'Content-Length: 3', 'Content-Length: 3') + b'abc') == 400
    for length in ('+3', '-3', '0x3', '3, 3', '', '99999999999999999999'):
        assert _status(_head(post, f'Content-Length: {length}') + b'abc') in (400, 411, 413), length


def a_transfer_coding_asks_for_a_length_instead():
    got = _status(_head('POST /api/v1/login HTTP/1.1', 'Transfer-Encoding: chunked') + b'0\r\n\r\n')
    assert got == 411, got


def smuggled_second_request_is_not_answered():
    inner = _head('GET /metrics HTTP/1.1')
    got = _raw(_head('POST /api/v1/login HTTP/1.1', 'Content-Length: 5',
                     'Transfer-Encoding: chunked') + b'0\r\n\r\n' + inner)
    assert got.count(b'HTTP/1.1 ') == 1, got


def only_known_methods_reach_handlers():
    for method in ('TRACE', 'CONNECT', 'PROPFIND', 'MKCOL', 'REPORT', 'BREW'):
        got = _status(_head(f'{method} /healthz HTTP/1.1'))
        assert got in (400, 405, 501) or not isinstance(got, int), (method, got)
    answer = _server.ask('DELETE', '/healthz')
    assert answer.status == 405, answer
    assert answer.headers['Allow'] == 'GET, HEAD', answer.headers


def a_preflight_of_another_site_gets_no_permission():
    answer = _server.ask('OPTIONS', '/api/v1/me', headers={
        'Origin': 'https://other.example', 'Access-Control-Request-Method': 'POST'})
    assert answer.status == 405, answer
    assert not [h for h in answer.headers if h.lower().startswith('access-control')]


def head_answers_as_get_without_a_body():
    got = _raw(_head('HEAD /healthz HTTP/1.1', 'Connection: close'))
    head, body = got.split(b'\r\n\r\n', 1)
    assert b' 200 ' in head and b'Content-Length: 3' in head and body == b'', got


def too_many_headers_are_refused_not_dropped():
    lines = [f'X-A{i}: {i}' for i in range(80)]
    assert _status(_head('GET /healthz HTTP/1.1', *lines)) == 431
    assert _status(_head('GET /healthz HTTP/1.1', *lines[:50])) == 200


def a_header_that_is_too_long_is_refused():
    got = _raw(_head('GET /healthz HTTP/1.1', 'X-A: ' + 'a' * 40000))
    assert b' 4' in got[:14] or got == b'', got[:80]
    assert _server.get('/healthz').status == 200


def broken_paths_are_refused():
    for path in ('/%00', '/%zz', '/%', '/%ff', '/a%2', '/f/%2e%2e/x', '/..%2fx'):
        got = _status(_head(f'GET {path} HTTP/1.1'))
        assert got in (400, 404), (path, got)
    assert _status(_head('GET /%c3%28 HTTP/1.1')) == 400


def a_path_cannot_leave_its_folder():
    for path in ('/assets/x/../../../etc/passwd', '/assets/x/css/..%2f..%2fapp.yaml',
                 '/assets/x/pages/frame.html', '/assets/x/i18n/zh.json'):
        got = _raw(_head(f'GET {path} HTTP/1.1', 'Connection: close'))
        assert b' 200 ' not in got[:20], (path, got[:200])


def control_characters_in_headers_are_refused():
    assert _status(_head('GET /healthz HTTP/1.1', 'X-A: a\x01b')) == 400
    assert _status(_head('GET /healthz HTTP/1.1', 'X-A: \xff\xfe')) == 400


def pipelined_requests_are_answered_in_order():
    two = _head('GET /healthz HTTP/1.1') + _head('GET /nothing HTTP/1.1', 'Connection: close')
    got = _raw(two)
    assert got.count(b'HTTP/1.1 ') == 2, got
    assert got.index(b' 200 ') < got.index(b' 404 ')


def an_answer_says_how_long_the_connection_is_kept():
    """Else a client that waited sends its next request just when the connection ends."""
    with socket.create_connection(('127.0.0.1', _server.port), timeout=10) as s:
        s.sendall(_head('GET /healthz HTTP/1.1'))
        assert b'\r\nKeep-Alive: timeout=3\r\n' in s.recv(1000)
        start = time.monotonic()
        assert s.recv(1) == b'' and time.monotonic() - start > 2
    got = _raw(_head('POST /api/v1/login HTTP/1.1', 'Content-Type: application/json',
                     'Content-Length: 50000000', 'Connection: close') + b'{')
    assert b'\r\nConnection: close\r\n' in got and b'Keep-Alive' not in got, got


def an_expected_continue_is_sent():
    body = b'{"login": "ann", "password": "wrong"}'
    with socket.create_connection(('127.0.0.1', _server.port), timeout=10) as s:
        s.sendall(_head('POST /api/v1/login HTTP/1.1', 'Content-Type: application/json',
                        f'Content-Length: {len(body)}', 'Expect: 100-continue',
                        'Connection: close'))
        assert s.recv(100) == b'HTTP/1.1 100 Continue\r\n\r\n'
        s.sendall(body)
        assert s.recv(100).startswith(b'HTTP/1.1 401 ')
    assert _status(_head('POST /api/v1/login HTTP/1.1', 'Content-Length: 1', 'Expect: more')) == 417


def who_is_refused_hears_so_though_it_expects_to_go_on():
    """A proxy passes Expect on and sends the body without waiting: closing over it would reset the
    connection, and the answer with it."""
    for size in (33 << 20, 50 << 20):
        with socket.create_connection(('127.0.0.1', _server.port), timeout=20) as s:
            s.sendall(_head('POST /api/v1/forms/keeper/records HTTP/1.1',
                            f'Authorization: Bearer {_token}', 'Content-Type: application/json',
                            f'Content-Length: {size}', 'Expect: 100-continue'))
            for _ in range(size >> 20):
                s.sendall(bytes(1 << 20))
                time.sleep(0.01)
            got = b''
            while piece := s.recv(65536):
                got += piece
        assert got.startswith(b'HTTP/1.1 413 ') and b'"too_large"' in got, got


def an_oversize_body_is_refused_at_once_and_the_next_is_served():
    start = time.monotonic()
    got = _status(_head('POST /api/v1/forms/keeper/records HTTP/1.1',
                        f'Authorization: Bearer {_token}', 'Content-Type: application/json',
                        'Content-Length: 50000000') + b'{')
    assert got == 413, got
    assert time.monotonic() - start < 9
    assert _server.get('/healthz').status == 200


def a_body_of_drops_is_ended():
    """One byte a second: not as long as it likes."""
    start, ended = time.monotonic(), False
    with socket.create_connection(('127.0.0.1', _server.port), timeout=60) as s:
        s.sendall(_head('POST /api/v1/login HTTP/1.1', 'Content-Type: application/json',
                        'Content-Length: 1000'))
        s.settimeout(1)
        while time.monotonic() - start < 50 and not ended:
            try:
                s.sendall(b' ')
                got = s.recv(100)
                ended = True
            except socket.timeout:
                pass
            except OSError:
                got, ended = b'', True
    assert ended, 'the server waited for ever'
    assert got == b'' or got.startswith(b'HTTP/1.1 408 '), got
    assert _server.get('/healthz').status == 200


def a_body_that_stops_is_ended():
    with socket.create_connection(('127.0.0.1', _server.port), timeout=40) as s:
        s.sendall(_head('POST /api/v1/login HTTP/1.1', 'Content-Type: application/json',
                        'Content-Length: 1000') + b'{"a')
        got = s.recv(100)
    assert got.startswith(b'HTTP/1.1 408 '), got


def a_hundred_silent_connections_do_not_stop_the_others():
    idle = [socket.create_connection(('127.0.0.1', _server.port)) for _ in range(100)]
    try:
        start = time.monotonic()
        assert _server.client().get('/healthz').status == 200
        assert time.monotonic() - start < 5
    finally:
        for s in idle:
            s.close()


def broken_bodies_are_refused_and_written_nowhere():
    before = _app.count('keeper')
    cases = [b'{"name": "a\xff"}', b'{"name": ', b'[]', b'"x"', b'{"name": "a", "name": "b"}',
             b'{"name": "a"} x', b'\x00', b'{' * 100000]
    for body in cases:
        answer = _server.ask('POST', '/api/v1/forms/keeper/records', body.decode('latin-1')
                             .encode('latin-1'), token=_token, type='application/json')
        assert answer.status == 400, (body[:40], answer)
        assert answer.headers['Content-Type'] == 'application/problem+json'
    answer = _server.ask('POST', '/api/v1/forms/keeper/records', 'name=a', token=_token,
                         type='text/plain')
    assert answer.status == 400, answer
    assert _app.count('keeper') == before


def many_connections_at_once_are_served():
    def work(i):
        client = _server.client(_token)
        for _ in range(5):
            assert client.get('/healthz').status == 200
        client.close()
    together(60, work)


def the_server_still_runs_and_ends_in_order():
    assert _server.alive()
    _server.stop()


main(globals())

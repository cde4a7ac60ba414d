#!/usr/bin/env python3
"""on: sqlite, for it is the proxies that are tried.

The proxies of docs/operation.md, as written there, in front of the program: nginx and Caddy."""
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from deployment import NAME, Caddy, Nginx  # noqa: E402
from harness import PASSWORD, App, main, together, until  # noqa: E402

_FILES = {
    'app.yaml': '''app: notes
proxies: [127.0.0.1]
limits: {body: 1MB, file: 50MB, api: 20/s, logins: 100/min}
roles: {writer: {label: Writer}}
''',
    'forms/note.yaml': '''form: note
title: "{name}"
fields:
  name: {type: text}
  papers: {type: file}
permissions:
  writer: {create: true, read: all, update: all, export: all}
''',
}
_PROXIES = [p for p in (Nginx, Caddy) if shutil.which(p.program)]


class _World:
    """One server behind each proxy, for the tests that break nothing."""
    app = server = token = None
    proxies = []


def _world():
    if not _World.proxies:
        _World.app = app = App(_FILES)
        app.user('ann', roles='writer')
        app.user('eve', roles='admin')
        _World.token = app.token('ann')
        _World.server = app.serve('--verbose')
        _World.proxies = [p([_World.server.port]) for p in _PROXIES]
    return _World


def _auth(token):
    return '-H', f'Authorization: Bearer {token}'


def _json(values):
    return '-H', 'Content-Type: application/json', '--data', json.dumps(values)


def both_proxies_are_there_to_be_tried():
    assert _PROXIES == [Nginx, Caddy], 'install nginx-light and caddy'


def pages_and_api_come_through_in_both_versions_of_http():
    for proxy in _world().proxies:
        for option, version in (('--http1.1', '1.1'), ('--http2', '2')):
            page = proxy.curl('/login', option)
            assert (page.status, page.version) == (200, version), (proxy.program, page)
            assert b'<form' in page.body
            made = proxy.curl('/api/v1/forms/note/records', option, *_auth(_world().token),
                              *_json({'name': 'through'}))
            assert made.status == 201, (proxy.program, made)
            assert made.header('location').startswith('/api/v1/forms/note/records/')
            read = proxy.curl(made.header('location'), option, *_auth(_world().token))
            assert json.loads(read.body)['name'] == 'through', read


def security_headers_are_there_once():
    for proxy in _world().proxies:
        for path in ('/login', '/healthz', '/nothing', '/api/v1/me'):
            reply = proxy.curl(path)
            bare = path == '/healthz'          # says nothing worth protecting
            for name, start in (('content-security-policy', 'default-src'),
                                ('x-content-type-options', 'nosniff'),
                                ('referrer-policy', 'same-origin'), ('cache-control', 'no-store'),
                                ('strict-transport-security', 'max-age=31536000'))[:4 + (not bare)]:
                value = reply.header(name)
                assert value and value.startswith(start), (proxy.program, path, name, reply)
            assert len(reply.headers.get('date', [])) == 1
            assert '1.22' not in ''.join(reply.headers.get('server', []))


def plain_http_is_sent_to_https():
    for proxy in _world().proxies:
        reply = proxy.over_http('/f/note?view=all')
        assert reply.status in (301, 308), (proxy.program, reply)
        assert reply.header('location').startswith(f'https://{NAME}'), reply
        assert reply.header('location').endswith('/f/note?view=all'), reply
        assert reply.header('set-cookie') is None


def cookies_are_secure_and_a_browser_can_sign_in_and_write():
    for proxy in _world().proxies:
        jar = proxy.at('jar')
        browser = ('-b', jar, '-c', jar, '-H', f'Origin: {proxy.origin}',
                   '-H', 'Sec-Fetch-Site: same-origin')
        reply = proxy.curl('/api/v1/login', *browser, *_json({'login': 'ann',
                                                             'password': PASSWORD}))
        assert reply.status == 200, (proxy.program, reply)
        cookie = reply.header('set-cookie')
        assert cookie.startswith('__Host-session='), cookie
        for word in ('Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'):
            assert word in cookie, cookie
        csrf = json.loads(reply.body)['csrf']
        page = proxy.curl('/f/note', *browser)
        assert page.status == 200 and b'<main' in page.body, page
        sent = proxy.curl('/f/note/new', *browser, '--data-urlencode', f'_csrf={csrf}',
                          '--data-urlencode', 'name=from a page')
        assert sent.status == 303, (proxy.program, sent)
        assert sent.header('location').startswith('/f/note/'), sent
        # Browsers that say only Origin are told apart by the host, its port included.
        plain = ('-b', jar, '-H', f'X-CSRF-Token: {csrf}')
        for origin, status in ((proxy.origin, 201), ('https://evil.example', 403)):
            reply = proxy.curl('/api/v1/forms/note/records', *plain, '-H', f'Origin: {origin}',
                               *_json({'name': 'x'}))
            assert reply.status == status, (proxy.program, origin, reply)
        out = proxy.curl('/logout', *browser, '--data-urlencode', f'_csrf={csrf}')
        assert out.status == 303 and out.header('location') == '/login', out


def nobody_is_signed_in_by_the_cookie_of_plain_http():
    for proxy in _world().proxies:
        session = _world().server.client().login('ann').cookie
        assert _world().server.get('/api/v1/me', headers={'Cookie': session}).status == 200
        assert proxy.curl('/api/v1/me', '-H', f'Cookie: {session}').status == 401


def the_clients_address_counts_and_what_it_claims_does_not():
    """One a second, ten at once. Who has used them up gets no more by claiming to be somebody
    else; somebody else does."""
    app = App({**_FILES, 'app.yaml': _FILES['app.yaml'].replace('api: 20/s', 'api: 1/s')})
    with app.serve() as server:
        for i, kind in enumerate(_PROXIES):
            me, other = ('--interface', f'127.0.0.{20 + i}'), ('--interface', f'127.0.0.{30 + i}')
            with kind([server.port]) as proxy:
                ask = '/api/v1/login', *_json({'login': 'nobody', 'password': 'x'})
                seen = [proxy.curl(*ask, *me, '-H', f'X-Forwarded-For: 198.51.100.{k}')
                        for k in range(20)]
                assert {r.status for r in seen[:8]} == {401}, (kind.program, seen)
                full = next(r for r in seen if r.status == 429)
                assert full.header('content-type') == 'application/problem+json'
                assert full.header('retry-after') and json.loads(full.body)['code'] == 'too_many'
                assert proxy.curl(*ask, *other).status == 401


def figures_are_closed_and_probes_open():
    for proxy in _world().proxies:
        assert proxy.curl('/healthz').body == b'ok\n'
        assert proxy.curl('/readyz').body == b'ready\n'
        for args in ((), _auth(_world().app.token('eve')), ('-H', 'X-Forwarded-For: 127.0.0.1')):
            reply = proxy.curl('/metrics', *args)
            assert reply.status == 404 and b'tenon_' not in reply.body, (proxy.program, reply)


def uploads_go_through_as_they_come():
    data = os.urandom(20 << 20)
    for proxy in _world().proxies:
        for option in ('--http1.1', '--http2'):
            reply = proxy.curl('/api/v1/files?name=big.bin', option, *_auth(_world().token),
                               '-H', 'Content-Type: application/octet-stream',
                               '--data-binary', '@-', body=data)
            assert reply.status == 201, (proxy.program, option, reply)
            made = json.loads(reply.body)
            got = proxy.curl(f'/api/v1/files/{made["id"]}', option, *_auth(_world().token))
            assert got.status == 200, got
            assert hashlib.sha256(got.body).digest() == hashlib.sha256(data).digest()


# curl got an answer, but not rid of all it wanted to send.
_CUT = 0, 55, 56


def _told(proxy, status, *args, body):
    """Over http/1.1 Caddy resets what is still sent, so curl asks first, as it does by itself, and
    waits for the answer as long as a busy machine needs."""
    reply = proxy.curl(*args, '--data-binary', '@-', '--expect100-timeout', '30', body=body,
                       status=_CUT)
    assert reply.status == status, (proxy.program, args, reply)
    return reply


def what_is_refused_before_it_has_come_is_told():
    data = bytes(20 << 20)
    for proxy in _world().proxies:
        for option in ('--http1.1', '--http2'):
            _told(proxy, 401, '/api/v1/files?name=a.bin', option, '-H',
                  'Content-Type: application/octet-stream', body=data)
            reply = _told(proxy, 413, '/api/v1/forms/note/records', option,
                          *_auth(_world().token), '-H', 'Content-Type: application/json',
                          body=b'{"name": "' + b'x' * (2 << 20) + b'"}')
            assert json.loads(reply.body)['code'] == 'too_large', reply


def styles_and_scripts_are_kept_by_whoever_asks():
    for proxy in _world().proxies:
        page = proxy.curl('/login').body.decode()
        path = next(p for p in page.split('"') if p.startswith('/assets/') and p.endswith('.css'))
        first = [proxy.curl(path, *args) for args in ((), ('-H', 'Accept-Encoding: gzip'))]
        assert first[0].header('cache-control') == 'public, max-age=31536000, immutable'
        assert first[1].header('content-encoding') == 'gzip' and first[0].body != first[1].body
        again = [proxy.curl(path, *args) for args in ((), ('-H', 'Accept-Encoding: gzip'))]
        assert [r.body for r in again] == [r.body for r in first], proxy.program
        same = proxy.curl(path, '-H', f'If-None-Match: {first[0].header("etag")}')
        assert (same.status, same.body) == (304, b''), (proxy.program, same)


def _nodes(n, *args):
    """An app with n servers over one database would need PostgreSQL; n apps do for the proxy."""
    apps = []
    for i in range(n):
        app = App({**_FILES, 'app.yaml': _FILES['app.yaml'].replace('api: 20/s', 'api: 0')})
        app.user('ann', roles='writer')
        apps.append((app, app.serve(*args)))
    return apps


def a_node_that_stops_is_missed_by_nobody():
    """Requests all the time, reads and writes, while one node after the other is stopped as a
    service is, and started again on its port."""
    for kind in _PROXIES:
        nodes = _nodes(2, '--drain', '2')
        with kind([s.port for _, s in nodes]) as proxy:
            stop, bad, seen = threading.Event(), [], [0]

            def keep_asking():
                while not stop.is_set():
                    for args in ((), _json({'login': 'ann', 'password': 'wrong'})):
                        path = '/api/v1/login' if args else '/login'
                        reply = proxy.curl(path, *args)
                        seen[0] += 1
                        if reply.status not in (200, 401, 429):
                            bad.append((path, reply))
            threads = [threading.Thread(target=keep_asking) for _ in range(3)]
            for t in threads:
                t.start()
            try:
                for app, server in nodes:
                    server.process.send_signal(signal.SIGTERM)
                    assert server.process.wait(30) == 0
                    again = app.serve('--drain', '2', port=server.port)
                    assert until(lambda s=again: s.get('/readyz').status == 200)
                    time.sleep(1.5)            # the proxy has seen that it is back
            finally:
                stop.set()
                for t in threads:
                    t.join()
        assert seen[0] > 50 and not bad, (kind.program, seen, bad[:3], proxy.said())


def a_write_that_was_sent_is_never_sent_twice():
    """A node that takes requests and dies over each: a POST is tried on it alone, a GET elsewhere
    too."""
    for kind in _PROXIES:
        (app, server), = _nodes(1)
        trap = socket.create_server(('127.0.0.1', 0))
        heard = []

        def take():
            while True:
                try:
                    s, _ = trap.accept()
                except OSError:
                    return
                head = s.recv(65536)
                if head.startswith(b'GET /readyz'):
                    s.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
                elif head:
                    heard.append(head.split(b' ')[0])
                s.close()
        threading.Thread(target=take, daemon=True).start()
        with kind([trap.getsockname()[1], server.port]) as proxy:
            token = app.token('ann')
            path, statuses = '/api/v1/forms/note/records', []
            for i in range(12):
                reply = proxy.curl(path, *_auth(token), *_json({'name': f'n{i}'}))
                statuses.append(reply.status)
                time.sleep(0.3)
            time.sleep(2.1)                    # both nodes are asked again
            for _ in range(6):
                read = proxy.curl(path, *_auth(token))
                assert read.status == 200, (kind.program, read)
        trap.close()
        posts = heard.count(b'POST')
        assert set(statuses) <= {201, 502} and 201 in statuses, (kind.program, statuses)
        assert posts == statuses.count(502) > 0, (kind.program, heard, statuses)
        assert app.count('note') == statuses.count(201)
        server.stop()


def an_answer_that_goes_on_is_passed_on_as_it_comes():
    """Live events: the first is with the reader while the stream is open."""
    world = _world()
    if world.server.get('/api/v1/events', token=world.token,
                        headers={'Accept': 'application/json'}).status == 404:
        return
    for proxy in world.proxies:
        for option in ('--http1.1', '--http2'):
            reader = subprocess.Popen(proxy.command(
                '/api/v1/events', '-N', option, *_auth(world.token), '-H',
                'Accept: text/event-stream'), stdout=subprocess.PIPE)
            try:
                os.set_blocking(reader.stdout.fileno(), False)
                got = b''

                def more():
                    nonlocal got
                    got += reader.stdout.read() or b''
                    if b'event: record' in got:
                        return True
                    world.server.post('/api/v1/forms/note/records', {'name': 'live'},
                                      token=world.token)
                    time.sleep(0.3)
                    return False
                assert until(more), (proxy.program, option, got)
                assert reader.poll() is None
            finally:
                reader.kill()
                reader.wait()


if __name__ == '__main__':
    main(globals())

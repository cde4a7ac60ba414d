#!/usr/bin/env python3
"""Files in an S3-compatible store that is slow, ill, away, or lets nobody in: what people see, what
those who run the system are told, and that no key is told to anybody."""
import hashlib
import http.client
import http.server
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, ON_PG, TENON, free_port, main, sqlite_only, together, until  # noqa: E402
from s3_store import EMPTY, SECRET, Store, signature, text_to_sign  # noqa: E402

APP = '''
app: files
languages: [en, zh]
time_zone: Asia/Shanghai
currency: CNY
limits: {api: 0, logins: 0, file: 100MB}
roles:
  rep: {label: Rep}
'''
CASE = '''
form: case
title: "{name}"
fields:
  name: {type: text, required: true}
  any:  {type: file}
permissions:
  rep: {read: all, create: true, update: all}
'''
FILES = {'app.yaml': APP, 'forms/case.yaml': CASE}
WHERE = '/api/v1/files'
CASES = '/api/v1/forms/case/records'


def _png(width, height):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    rows = (b'\0' + b'\x20\x60\xc0' * width) * height
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', zlib.compress(rows))
            + chunk(b'IEND', b''))


class _World:
    """An app whose files are in a store of its own."""

    def __init__(self, serve=True, **k):
        self.store = Store(**k)
        self.app = App(FILES)
        for login, roles in (('ann', 'rep'), ('adm', 'admin')):
            self.app.user(login, roles=roles)
        self.ann, self.adm = self.app.token('ann'), self.app.token('adm')
        self.server = self.serve() if serve else None

    def serve(self, *args):
        return self.app.serve('--files', self.store.url, *args, env=self.store.env)

    def send(self, data, name='a.bin', token=None, client=None):
        return (client or self.server).ask('POST', f'{WHERE}?name={name}', data,
                                           token=token or self.ann, type='application/octet-stream')

    def get(self, made, client=None, more='', **k):
        return (client or self.server).get(made['url'] + more, token=self.ann, **k)

    def object(self, data):
        name = hashlib.sha256(data).hexdigest()
        return os.path.join(self.store.place, name[:2], name[2:])

    def arriving(self):
        tmp = self.app.files.tmp
        return os.listdir(tmp) if os.path.isdir(tmp) else []

    def tick(self, hours):
        at = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + hours * 3600))
        return self.app.cli('tick', '--now', at, '--files', self.store.url, env=self.store.env)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.store.hang.clear()
        self.store.woken.set()
        if self.server and kind is None:
            self.server.stop()
        elif self.server and self.server.alive():
            self.server.kill()
        self.store.close()
        assert SECRET not in (self.server.log() if self.server else ''), 'the log tells the secret'


def _refused(app, url, env):
    """`tenon serve` that does not come up: what it says."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(('TENON_S3', 'AWS_'))}
    done = subprocess.run([TENON, 'serve', app.dir, *app.store.url_args, '--files', url, '--listen',
                           f'127.0.0.1:{free_port()}'], env={**clean, **env}, capture_output=True,
                          timeout=60)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode, f'{url} is served: {said}'
    assert SECRET not in said and 'other-secret' not in said, said
    return said


def the_store_of_these_tests_checks_signatures_as_amazon_does():
    """The examples of Amazon's own description of the signature."""
    host, at = 'examplebucket.s3.amazonaws.com', '20130524T000000Z'
    head = [('Host', host), ('Range', 'bytes=0-9'), ('x-amz-content-sha256', EMPTY),
            ('x-amz-date', at)]
    names = ['host', 'x-amz-content-sha256', 'x-amz-date']
    for target, signed, want in (
            ('/test.txt', ['host', 'range', *names[1:]],
             'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'),
            ('/?max-keys=2&prefix=J', names,
             '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7')):
        text = text_to_sign('GET', target, head, signed, at, 'us-east-1', EMPTY)
        got = signature('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', at[:8], 'us-east-1', text)
        assert got == want, (target, got)


def who_is_not_let_in_is_told_why_before_anything_is_served():
    app = App(FILES)
    app.cli('apply')
    with Store() as store:
        good, key = store.env, {'TENON_S3_KEY': store.key}
        for said, url, env in (
                ('no bucket `other`', store.url_of(bucket='other'), good),
                ('does not know the access key in TENON_S3_KEY', store.url,
                 {**good, 'TENON_S3_KEY': 'NOBODY'}),
                ('the secret in TENON_S3_SECRET does not belong', store.url,
                 {**key, 'TENON_S3_SECRET': 'other-secret'}),
                ('the secret in AWS_SECRET_ACCESS_KEY does not belong', store.url,
                 {'AWS_ACCESS_KEY_ID': store.key, 'AWS_SECRET_ACCESS_KEY': 'other-secret'}),
                ('is not in the region `us-west-9`', store.url_of(region='us-west-9'), good),
                ('has not both TENON_S3_KEY and TENON_S3_SECRET', store.url, {}),
                ('has not both TENON_S3_KEY and TENON_S3_SECRET', store.url, key),
                ('holds no access key', store.url, {**good, 'TENON_S3_KEY': 'a b'})):
            assert said in _refused(app, url, env), (said, _refused(app, url, env))
        store.denied = ('GET',)
        said = _refused(app, store.url, good)
        assert f'no right to do this in the bucket `{store.bucket}`' in said, said
    for url in ('s3://', 's3://UPPER/x', 's3://key:other-secret@files', 's3://files/a//b', 's3://files/../x',
                's3://files/x?endpoint=ftp://h', 's3://files?endpoint=http://u:other-secret@h',
                's3://files?endpoint=http://h/path', 's3://files?zone=1', 's3://files?region=a%20b',
                's3://files?style=other', 'ftp://files', 's3://files/a%20b'):
        assert '--files' in _refused(app, url, good), url


def a_server_that_is_no_store_is_told_so():
    app = App(FILES)
    app.cli('apply')

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'<html><body>hello</body></html>')

        def log_message(self, *args):
            pass
    other = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Page)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    with Store() as store:
        said = _refused(app, store.url_of(port=other.server_port), store.env)
    assert 'does not answer as an S3-compatible store does' in said, said
    other.shutdown()


def a_store_that_is_away_costs_the_files_and_nothing_else():
    with _World(serve=False) as world:
        world.store.stop()
        server = world.server = world.serve()
        assert server.log_has('served without files for now', world.store.url.split('=')[1][:16])
        got = world.send(b'data')
        assert (got.status, got.code, got.headers['Retry-After']) == (503, 'busy', '1'), got
        assert '127.0.0.1' not in got.text, got
        assert server.post(CASES, {'name': 'x'}, token=world.ann).status == 201
        assert not world.arriving() and world.app.count('_file') == 0
        world.store.start()
        made = until(lambda: (lambda a: a.json if a.status == 201 else None)(world.send(b'data')))
        assert made and world.get(made).body == b'data'
        world.store.stop()
        got = world.get(made)
        assert got.status == 503 and 'Content-Range' not in got.headers, got
        assert got.headers['Cache-Control'] == 'no-store', got.headers
        # Who runs the system reads in the log what people are not told.
        assert server.log_has('a file cannot be sent', world.store.url.split('=')[1][:16])
        world.store.start()
        assert until(lambda: world.get(made).status == 200)


def a_store_that_is_overloaded_is_asked_again():
    with _World() as world:
        world.store.fail(503, times=2, method='PUT')
        world.store.fail(500, times=1, method='HEAD')
        data = random.Random(3).randbytes(200_000)
        made = world.send(data).json
        assert len(world.store.asked('PUT')) == 3, world.store.log
        world.store.fail(503, times=3, method='GET')
        assert world.get(made).body == data
        world.store.fail(503, times=50, method='PUT')
        got = world.send(b'too much')
        assert (got.status, got.code) == (503, 'busy'), got
        assert len(world.store.faults) > 40, 'asked without end'
        assert world.app.count('_file') == 1
        world.store.faults.clear()


def what_the_store_refuses_is_told_to_admins_only():
    with _World() as world:
        made = world.send(b'data').json
        world.store.denied = ('PUT', 'HEAD')
        got = world.send(b'more')
        assert (got.status, got.code) == (500, 'system') and 'TENON_S3_KEY' not in got.text, got
        assert world.server.log_has('TENON_S3_KEY')
        world.store.denied = ('GET',)
        got = world.get(made)
        assert (got.status, got.code) == (500, 'system') and 'TENON_S3_KEY' not in got.text, got
        world.store.denied = ()
        assert world.get(made).body == b'data'
        os.remove(world.object(b'data'))
        got = world.get(made)
        assert got.status == 500 and 'gone' in got.json['detail'], got


def a_transfer_that_breaks_off_goes_on_where_it_broke():
    with _World() as world:
        data = random.Random(5).randbytes(3_000_000)
        made = world.send(data).json
        world.store.log.clear()
        world.store.cut(1_000_000, 70_000, 1)
        assert world.get(made).body == data
        assert len(world.store.asked('GET')) == 4, world.store.log
        world.store.cut(1_000_000)
        got = world.get(made, headers={'Range': 'bytes=1000-2500000'})
        assert got.status == 206 and got.body == data[1000:2500001]


def a_store_that_goes_in_the_middle_ends_the_transfer():
    with _World() as world:
        data = random.Random(6).randbytes(4_000_000)
        made = world.send(data).json
        world.store.cut(500_000, ill=True)
        try:
            got = world.get(made).body
            raise AssertionError(f'{len(got)} bytes came of a store that is ill')
        except http.client.IncompleteRead as e:
            assert e.partial == data[:len(e.partial)] and len(e.partial) >= 400_000
        assert world.server.log_has('a file was sent in part only')
        world.store.faults.clear()
        assert until(lambda: world.get(made).status == 200)
        assert world.get(made).body == data


def a_store_that_hangs_holds_up_nobody_else():
    with _World() as world:
        made = world.send(b'data').json
        small = world.send(_png(600, 400), 'p.png').json
        world.store.hang.set()
        threads = []
        for i in range(60):                       # far more than there are Works
            client = world.server.client()
            what = (lambda c=client, i=i: world.send(b'x%d' % i, client=c)) if i % 3 == 0 else \
                (lambda c=client: world.get(made, c)) if i % 3 == 1 else \
                (lambda c=client: world.get(small, c, '?thumbnail=1'))
            threads.append(threading.Thread(target=what, daemon=True))
        for t in threads:
            t.start()
        assert until(lambda: len(world.store.log) > 40)
        for i in range(20):
            assert world.server.post(CASES, {'name': f'{i}'}, token=world.ann).status == 201
        world.store.hang.clear()
        world.store.woken.set()
        for t in threads:
            t.join(30)
        assert world.get(made).body == b'data'


def a_slow_store_is_waited_for():
    with _World() as world:
        data = random.Random(8).randbytes(2_000_000)
        world.store.delay = 0.05
        made = world.send(data).json
        assert world.get(made).body == data


def _peak(server):
    with open(f'/proc/{server.process.pid}/status') as f:
        return next(int(x.split()[1]) for x in f if x.startswith('VmHWM')) // 1024


def a_large_file_passes_without_being_held():
    with _World() as world:
        world.send(b'first')
        before = _peak(world.server)
        data = random.Random(9).randbytes(60 << 20)
        made = world.send(data, 'big.bin').json
        assert made['size'] == len(data)
        got = world.get(made)
        assert got.status == 200 and got.body == data
        limit = 1000 if 'asan' in TENON else 24
        assert _peak(world.server) - before < limit, (before, _peak(world.server))
        world.store.seen.clear()
        got = world.get(made, headers={'Range': 'bytes=50000000-50000099'})
        assert got.status == 206 and got.body == data[50_000_000:50_000_100]
        assert any('bytes=50000000-50000099' in h for h in world.store.seen), world.store.seen
        assert not world.arriving()


def a_reader_who_goes_away_leaves_the_server_well():
    with _World() as world:
        data = random.Random(10).randbytes(20 << 20)
        made = world.send(data).json
        for _ in range(8):
            s = socket.create_connection(('127.0.0.1', world.server.port), timeout=20)
            s.sendall(f'GET {made["url"]} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.ann}\r\n\r\n'
                      .encode())
            s.recv(1000)
            s.close()
        assert world.get(made).body == data


def the_same_content_is_sent_to_the_store_once():
    with _World() as world:
        same = random.Random(11).randbytes(300_000)

        def one(i):
            client = world.server.client(world.ann)
            got = world.send(same, f'{i}.bin', client=client)
            client.close()
            return got.status
        assert together(16, one) == [201] * 16
        sent = len(world.store.asked('PUT'))
        assert sent <= 16
        assert world.send(same, 'later.bin').status == 201
        assert len(world.store.asked('PUT')) == sent, 'sent though it was there'
        assert world.app.count('_file') == 17
        assert len(world.store.keys()) == 1


def thumbnails_are_kept_in_the_store():
    if not shutil.which('vipsthumbnail'):
        return
    with _World() as world:
        data = _png(1200, 900)
        made = world.send(data, 'big.png').json
        got = world.get(made, more='?thumbnail=1')
        assert got.headers['Content-Type'] == 'image/webp' and got.body[8:12] == b'WEBP', got
        assert os.path.exists(world.object(data) + '.small')
        world.store.log.clear()
        again = world.get(made, more='?thumbnail=1')
        assert again.body == got.body and again.headers['ETag'] == got.headers['ETag']
        assert len(world.store.log) == 1, world.store.log
        assert not world.arriving()


def what_nobody_names_is_swept_over_many_pages():
    with _World() as world:
        held = [world.send(b'held %d' % i, f'{i}.txt').json for i in range(12)]
        for f in held:
            assert world.server.post(CASES, {'name': 'x', 'any': f['id']},
                                     token=world.ann).status == 201
        world.server.stop()
        place, store = world.store.place, world.store

        def put(key):
            os.makedirs(os.path.dirname(os.path.join(place, key)), exist_ok=True)
            with open(os.path.join(place, key), 'w') as f:
                f.write(key)
        orphans = [f'{i:02x}/{"%062x" % i}' for i in range(30)]
        for key in orphans:
            put(key)
            put(key + '.small')
        put('ff/' + 'e' * 62 + '.small')          # its content is gone already
        strange = ['readme', 'ff/short', f'ff/{"e" * 62}.large', f'../other/ff/{"a" * 62}']
        for key in strange:
            put(key)
        store.page = 7
        world.tick(20)
        assert all(os.path.exists(os.path.join(place, k)) for k in orphans)
        world.tick(26)
        left = [k for k in orphans if os.path.exists(os.path.join(place, k))
                or os.path.exists(os.path.join(place, k + '.small'))]
        assert not left, left
        assert not os.path.exists(os.path.join(place, 'ff', 'e' * 62 + '.small'))
        assert all(os.path.exists(os.path.join(place, k)) for k in strange), 'not ours'
        world.server = world.serve()
        for i, f in enumerate(held):
            assert world.get(f).body == b'held %d' % i


def a_sweep_that_finds_the_store_away_is_done_later():
    with _World() as world:
        made = world.send(b'loose').json
        world.server.stop()
        world.store.stop()
        world.tick(26)
        assert world.app.count('_file') == 0
        world.store.start()
        assert os.path.exists(world.object(b'loose'))
        world.tick(28)
        assert not os.path.exists(world.object(b'loose')), world.app.rows('SELECT * FROM _job')
        world.server = world.serve()
        assert world.get(made).status == 404
        # What was swept away comes back like any other.
        again = world.send(b'loose')
        assert again.status == 201 and world.get(again.json).body == b'loose'


def nodes_that_upload_and_sweep_the_same_contents_lose_none():
    """Two nodes where there can be, and a third process that sweeps as if a day had gone by: what a
    record holds is there, what is refused may be sent again."""
    with _World() as world:
        nodes = [world.server] + ([world.serve()] if ON_PG else [])
        held, busy, stop = {}, [], threading.Event()

        def sweep():
            for i in range(20):       # each time the next sweep is due, a day later where nothing was
                if stop.is_set():
                    return
                world.tick(26 + i * 25)

        def people(i):
            client = nodes[i % len(nodes)].client(world.ann)
            for k in range(60):                   # four people send the same ten times each
                data = b'content %d %d' % (i // 4, k // 10)
                got = world.send(data, client=client)
                if got.status != 201:
                    assert got.status == 503, got
                    busy.append(got)
                elif k % 10 > 6 and i > 5:        # of what the first four send nothing is held
                    # Who does not attach it within a day has lost it: 422.
                    row = client.post(CASES, {'name': 'x', 'any': got.json['id']})
                    assert row.status in (201, 422, 409, 503), row
                    if row.status == 201:
                        held[got.json['id']] = data
            client.close()
        sweeper = threading.Thread(target=sweep)
        sweeper.start()
        together(8, people)
        stop.set()
        sweeper.join()
        assert held and len(busy) < 240, (len(held), len(busy))
        for id_, data in held.items():
            got = nodes[-1].get(f'{WHERE}/{id_}', token=world.ann)
            assert (got.status, got.body) == (200, data), (id_, data, got)
        assert world.store.asked('DELETE'), 'nothing was ever swept'
        for node in nodes[1:]:
            node.stop()


@sqlite_only('where pg_dump makes copies')
def a_backup_fetches_the_files_from_the_store_or_leaves_them_there():
    with _World() as world:
        data = random.Random(12).randbytes(400_000)
        made = world.send(data).json
        world.app.cli('backup', os.path.join(world.app.place, 'a.db'))    # the running server does it
        sum_ = hashlib.sha256(data).hexdigest()
        with open(os.path.join(world.app.place, 'a.files', sum_[:2], sum_[2:]), 'rb') as f:
            assert f.read() == data
        world.app.cli('backup', os.path.join(world.app.place, 'b.db'), '--no-files')
        assert os.path.exists(os.path.join(world.app.place, 'b.db'))
        assert not os.path.exists(os.path.join(world.app.place, 'b.files'))
        world.server.stop()
        world.app.cli('backup', os.path.join(world.app.place, 'c.db'), '--files', world.store.url,
                      env=world.store.env)
        assert os.path.exists(os.path.join(world.app.place, 'c.files', sum_[:2], sum_[2:]))
        os.remove(world.object(data))
        said = world.app.cli('backup', os.path.join(world.app.place, 'd.db'), '--files',
                             world.store.url, env=world.store.env, status=None)
        assert said.returncode and 'is not there' in said.errors, said.errors
        world.server = world.serve()
        assert world.get(made).status == 500


def files_can_lie_in_a_folder_that_is_named():
    app = App(FILES)
    app.user('ann', roles='rep')
    token = app.token('ann')
    folder = os.path.join(app.place, 'shared')
    with app.serve('--files', folder) as server:
        made = server.ask('POST', WHERE + '?name=a.txt', b'text', token=token, type='x/y').json
        assert server.get(made['url'], token=token).body == b'text'
    name = hashlib.sha256(b'text').hexdigest()
    assert os.path.exists(os.path.join(folder, name[:2], name[2:]))
    assert not os.path.exists(app.files.place)


def no_key_is_told_to_anybody():
    with _World() as world:
        world.store.denied = ('PUT',)
        said = [world.send(b'x', token=t).text for t in (world.ann, world.adm)]
        with open(f'/proc/{world.server.process.pid}/cmdline', 'rb') as f:
            said.append(f.read().decode())
        said += [world.server.get('/metrics').text, world.server.get('/admin', token=world.adm).text,
                 world.server.log()]
        for text in said:
            assert SECRET not in text and 'test &' not in text, text


if __name__ == '__main__':
    main(globals())

"""s3_store — a small S3-compatible store for tests: it checks every signature by the letter of
AWS Signature Version 4, keeps objects as files of a folder, and can be slow, ill or away.

    with Store() as store:
        app.serve('--files', store.url, env=store.env)
        store.path('ab/cdef')            the file that holds an object
        store.fail(503, times=2)         the next requests are answered so
        store.stop(); store.start()      away, and back at the same address

Where the apps of tests keep their files, $TENON_TEST_FILES says: nothing for their own folder, `s3`
for a store of each app. `app.files.place` is the folder in which contents lie as ab/cdef…, either
way, `app.files.tmp` the one for what arrives.

It is written from the description of the signature and of the REST interface, so what the program
sends is judged by something else than what signed it.
"""
import atexit
import contextlib
import hashlib
import hmac
import http.server
import os
import re
import shutil
import socket
import tempfile
import threading
import time
import urllib.parse
from email.utils import formatdate

KEY, SECRET, REGION, BUCKET = 'TESTKEY', 'a/secret+of=tests', 'eu-test-1', 'files'
EMPTY = hashlib.sha256(b'').hexdigest()


def _sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(secret, date, region, text):
    key = f'AWS4{secret}'.encode()
    for part in (date, region, 's3', 'aws4_request'):
        key = _sign(key, part)
    return _sign(key, text).hex()


def _escaped(text, slash=''):
    return urllib.parse.quote(text, safe='-._~' + slash)


def text_to_sign(method, target, headers, names, at, region, payload):
    """What is signed: `target` as it stands in the request line, headers as pairs."""
    path, _, query = target.partition('?')
    pairs = sorted((_escaped(urllib.parse.unquote(k)), _escaped(urllib.parse.unquote(v)))
                   for k, _, v in (p.partition('=') for p in query.split('&') if p))
    values = {n: ','.join(v for k, v in headers if k.lower() == n) for n in names}
    canonical = '\n'.join([
        method, _escaped(urllib.parse.unquote(path), '/'), '&'.join(f'{k}={v}' for k, v in pairs),
        *[f'{n}:{" ".join(values[n].split())}' for n in names], '', ';'.join(names), payload])
    return '\n'.join(['AWS4-HMAC-SHA256', at, f'{at[:8]}/{region}/s3/aws4_request',
                      hashlib.sha256(canonical.encode()).hexdigest()])


class Refused(Exception):
    def __init__(self, status, code):
        self.status, self.code = status, code


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = 60

    def log_message(self, *args):
        pass

    # -- the signature --

    def check(self):
        store = self.server.store
        given = self.headers.get('Authorization', '')
        found = re.fullmatch(r'AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, '
                             r'SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})', given)
        if not found:
            raise Refused(403, 'AccessDenied')
        key, date, region, names, sign = found.groups()
        if key != store.key:
            raise Refused(403, 'InvalidAccessKeyId')
        if region != store.region:
            raise Refused(400, 'AuthorizationHeaderMalformed')
        at = self.headers.get('x-amz-date', '')
        if not at.startswith(date):
            raise Refused(403, 'AccessDenied')
        moment = time.mktime(time.strptime(at + ' GMT', '%Y%m%dT%H%M%SZ GMT')) - time.timezone
        if abs(moment - time.time()) > 900:
            raise Refused(403, 'RequestTimeTooSkewed')
        names = names.split(';')
        must = {'host'} | {h.lower() for h in self.headers if h.lower().startswith('x-amz-')}
        if names != sorted(names) or not must <= set(names):
            raise Refused(403, 'AccessDenied')
        payload = self.headers.get('x-amz-content-sha256', '')
        if not re.fullmatch('[0-9a-f]{64}|UNSIGNED-PAYLOAD', payload):
            raise Refused(400, 'InvalidArgument')
        text = text_to_sign(self.command, self.path, self.headers.items(), names, at, region, payload)
        if not hmac.compare_digest(sign, signature(store.secret, date, region, text)):
            raise Refused(403, 'SignatureDoesNotMatch')
        return payload

    # -- answers --

    def say(self, status, body=b'', headers=(), length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body) if length is None else length))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def refuse(self, why):
        secret = self.server.store.secret     # a store that says too much: nobody may repeat it
        body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{why.code}</Code>'
                f'<Message>test &amp; {secret}</Message></Error>').encode()
        self.close_connection = True
        self.say(why.status, body, [('Content-Type', 'application/xml')])

    def answer(self):
        store = self.server.store
        store.log.append((self.command, self.path))
        store.seen.append(str(self.headers))
        left = int(self.headers.get('Content-Length') or 0)
        try:
            if store.hang.is_set():
                store.woken.wait(60)
            ill = store.next_fault(self.command)
            if ill:
                raise Refused(ill, 'SlowDown' if ill == 503 else 'InternalError')
            payload = self.check()
            path, _, query = self.path.partition('?')
            bucket, _, key = path[1:].partition('/')
            if bucket != store.bucket:
                raise Refused(404, 'NoSuchBucket')
            if store.denied and self.command in store.denied:
                raise Refused(403, 'AccessDenied')
            getattr(self, f'_{self.command.lower()}')(key, urllib.parse.parse_qs(query), payload,
                                                      left)
        except Refused as why:
            self.refuse(why)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_DELETE = answer

    # -- verbs --

    def _put(self, key, query, payload, left):
        store = self.server.store
        sum_, part = hashlib.sha256(), os.path.join(store.folder, f'.part-{id(self)}-{time.time_ns()}')
        with open(part, 'wb') as f:
            while left:
                data = self.rfile.read(min(left, 65536))
                if not data:
                    os.remove(part)
                    raise ConnectionResetError
                sum_.update(data)
                f.write(data)
                left -= len(data)
                store.wait()
        if payload not in ('UNSIGNED-PAYLOAD', sum_.hexdigest()):
            os.remove(part)
            raise Refused(400, 'XAmzContentSHA256Mismatch')
        at = store.path(key)
        os.makedirs(os.path.dirname(at), exist_ok=True)
        os.rename(part, at)
        self.say(200, headers=[('ETag', f'"{sum_.hexdigest()[:32]}"')])

    def _get(self, key, query, payload, left):
        store = self.server.store
        if not key:
            return self._list(query)
        try:
            f = open(store.path(key), 'rb')
        except (FileNotFoundError, NotADirectoryError):
            raise Refused(404, 'NoSuchKey') from None
        with f:
            size = os.fstat(f.fileno()).st_size
            range_ = re.fullmatch(r'bytes=(\d+)-(\d*)', self.headers.get('Range', ''))
            first, last = (int(range_[1]), int(range_[2] or size - 1)) if range_ else (0, size - 1)
            last = min(last, size - 1)
            if first > last:
                raise Refused(416, 'InvalidRange')
            head = [('Last-Modified', formatdate(os.fstat(f.fileno()).st_mtime, usegmt=True))]
            if range_:
                head.append(('Content-Range', f'bytes {first}-{last}/{size}'))
            self.say(206 if range_ else 200, headers=head, length=last - first + 1)
            if self.command == 'HEAD':
                return
            f.seek(first)
            n = last - first + 1
            cut = store.next_cut(n)
            while n:
                data = f.read(min(n, 65536))
                if cut is not None and len(data) >= cut:
                    self.wfile.write(data[:cut])
                    self.close_connection = True
                    return
                self.wfile.write(data)
                n -= len(data)
                cut = None if cut is None else cut - len(data)
                store.wait()

    _head = _get

    def _delete(self, key, query, payload, left):
        try:
            os.remove(self.server.store.path(key))
        except (FileNotFoundError, NotADirectoryError):
            pass
        self.say(204)

    def _list(self, query):
        store = self.server.store
        if query.get('list-type') != ['2']:
            raise Refused(501, 'NotImplemented')
        prefix, after = (query.get(k, [''])[0] for k in ('prefix', 'start-after'))
        most = min(int(query.get('max-keys', ['1000'])[0]), store.page)
        keys = [k for k in store.keys() if k.startswith(prefix) and k > after]
        out = ['<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult '
               'xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
               f'<Name>{store.bucket}</Name><IsTruncated>{str(len(keys) > most).lower()}'
               f'</IsTruncated>']
        for key in keys[:most]:
            at = os.path.getmtime(store.path(key))
            out.append(f'<Contents>\n <Key>{key}</Key><LastModified>'
                       f'{time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at))}</LastModified>'
                       f'<Size>{os.path.getsize(store.path(key))}</Size></Contents>')
        self.say(200, ''.join([*out, '</ListBucketResult>']).encode(),
                 [('Content-Type', 'application/xml')])


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, *args):
        self.open = set()
        super().__init__(*args)

    def process_request(self, request, client_address):
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        pass


class Store:
    def __init__(self, prefix='crm/main', bucket=BUCKET):
        self.key, self.secret, self.region, self.bucket = KEY, SECRET, REGION, bucket
        self.folder = tempfile.mkdtemp(prefix='tenon-s3-')
        self.prefix, self.page, self.delay = prefix, 1000, 0
        self.denied, self.log, self.seen = (), [], []
        self.faults, self.cuts, self.ill, self.lock = [], [], False, threading.Lock()
        self.hang, self.woken = threading.Event(), threading.Event()
        self.port, self.server = 0, None
        self.start()

    def start(self):
        self.server = _Server(('127.0.0.1', self.port), _Handler)
        self.server.store, self.port = self, self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        """Nothing listens there any more, and who was connected is cut off."""
        self.server.shutdown()
        self.server.server_close()
        for s in list(self.server.open):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    @property
    def env(self):
        return {'TENON_S3_KEY': self.key, 'TENON_S3_SECRET': self.secret}

    @property
    def url(self):
        return self.url_of()

    def url_of(self, bucket=None, region=None, port=None):
        return (f's3://{bucket or self.bucket}/{self.prefix}?endpoint=http://127.0.0.1:'
                f'{port or self.port}&region={region or self.region}')

    @property
    def place(self):
        """The folder in which contents lie as they would in a folder of files."""
        return os.path.join(self.folder, self.prefix)

    def path(self, key):
        return os.path.join(self.folder, key)

    def keys(self):
        found = []
        for folder, _, names in os.walk(self.folder):
            found += [os.path.relpath(os.path.join(folder, n), self.folder) for n in names
                      if not n.startswith('.part-')]
        return sorted(found)

    def fail(self, status, times=1, method=None):
        with self.lock:
            self.faults += [(status, method)] * times

    def next_fault(self, method):
        with self.lock:
            for i, (status, only) in enumerate(self.faults):
                if only in (None, method):
                    del self.faults[i]
                    return status
        return None

    def cut(self, *after, ill=False):
        """The next bodies that are longer break off after so many bytes; ill: and then nothing
        can be read any more."""
        with self.lock:
            self.cuts += after
            self.ill = ill

    def next_cut(self, n):
        with self.lock:
            if not self.cuts or self.cuts[0] >= n:
                return None
            if self.ill:
                self.faults += [(500, 'GET')] * 100
            return self.cuts.pop(0)

    def wait(self):
        if self.delay:
            time.sleep(self.delay)

    def asked(self, method):
        return [p for m, p in self.log if m == method]

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def close(self):
        self.hang.clear()
        self.woken.set()
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, True)


class _InFolder:
    """The program's own default."""
    args, env = [], {}

    def __init__(self, app):
        self.app = app

    @property
    def place(self):
        store = self.app.store
        name = store.url.rsplit('/', 1)[1] if store.on_pg else 'tenon'
        return os.path.join(self.app.dir, 'data', f'{name}.files')

    @property
    def tmp(self):
        return os.path.join(self.place, 'tmp')


class _InStore:
    def __init__(self, app):
        self.folder = _InFolder(app)
        self.store = None

    def _open(self):
        if not self.store:
            self.store = Store()
            atexit.register(self.store.close)
        return self.store

    @property
    def args(self):
        return ['--files', self._open().url]

    @property
    def env(self):
        return self._open().env

    @property
    def place(self):
        return self._open().place

    @property
    def tmp(self):
        return self.folder.tmp


def files_of(app):
    return (_InStore if os.environ.get('TENON_TEST_FILES') == 's3' else _InFolder)(app)

"""harness — an app folder in a temporary place, the program over it, requests, rows left behind.

    app = App({'app.yaml': '…', 'forms/note.yaml': '…'})    or  App(copy=ROOT)
    app.user('ann', roles='seller'); token = app.token('ann')
    with app.serve() as server:
        answer = server.post('/api/v1/forms/note/records', {'name': 'x'}, token=token)
        assert answer.status == 201, answer
        assert app.rows('SELECT name FROM note') == [('x',)]

A test is a function whose name is a sentence; `main(globals())` runs them all, or those named
on the command line, and ends with their number.
"""
import atexit
import fcntl
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse
from html.parser import HTMLParser

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s3_store import files_of  # noqa: E402
from store import ON_PG, Sqlite, store  # noqa: E402,F401

ROOT = os.environ.get('ROOT') or os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
TENON = os.environ.get('TENON') or os.path.join(ROOT, 'build', 'tenon')
PASSWORD = 'correct horse battery'
TIMEOUT = 30                               # what takes longer has hung

started = []                               # processes to end, whatever happens


@atexit.register
def _end():
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def free_port():
    """Below those that the system gives to clients: one of them may be taken before the server has it."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(('127.0.0.1', port))
                return port
            except OSError:
                pass


def query(args):
    return urllib.parse.urlencode(args)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode('utf-8')

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get('code')

    @property
    def fields(self):
        """{field: code} of a problem."""
        return {k: v['code'] for k, v in (self.json.get('fields') or {}).items()}

    def __repr__(self):
        return f'{self.status} {self.body[:1500].decode("utf-8", "replace")}'


class Client:
    """One kept connection of one person; not to be shared between threads."""

    def __init__(self, server, token=None):
        self.server, self.token, self.cookie, self.csrf = server, token, None, None
        self.connection = None

    def ask(self, method, path, body=None, headers=None, token=None, type=None):
        head = {}
        token = token or self.token
        if token:
            head['Authorization'] = f'Bearer {token}'
        if self.cookie:
            head['Cookie'] = self.cookie
        if self.csrf and method not in ('GET', 'HEAD'):
            head['X-CSRF-Token'] = self.csrf
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False)
            head['Content-Type'] = 'application/json'
        if isinstance(body, str):
            body = body.encode('utf-8')
        if type:
            head['Content-Type'] = type
        head.update(headers or {})
        for last in (False, True):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection('127.0.0.1', self.server.port,
                                                             timeout=TIMEOUT)
            try:
                self.connection.request(method, path, body, head)
                answer = self.connection.getresponse()
                got = Answer(answer.status, answer.headers, answer.read())
                if answer.headers.get('Connection', '').lower() == 'close':
                    self.close()
                return got
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # An idle connection may have been closed meanwhile: once more, on a new one.
                self.close()
                if fresh or last:
                    raise
            except Exception:
                self.close()
                raise

    def get(self, path, **k):
        return self.ask('GET', path, **k)

    def post(self, path, body=None, **k):
        return self.ask('POST', path, {} if body is None else body, **k)

    def patch(self, path, body, **k):
        return self.ask('PATCH', path, body, **k)

    def put(self, path, body, **k):
        return self.ask('PUT', path, body, **k)

    def delete(self, path, **k):
        return self.ask('DELETE', path, **k)

    def form(self, path, values, **k):
        """Posts an HTML form; `values` is a dict or a list of pairs."""
        return self.ask('POST', path, urllib.parse.urlencode(values, doseq=True),
                        type='application/x-www-form-urlencoded', **k)

    def login(self, login, password=PASSWORD):
        """Signs in as a browser does; pages and API are open to this client then."""
        answer = self.post('/api/v1/login', {'login': login, 'password': password})
        assert answer.status == 200, answer
        self.cookie = answer.headers['Set-Cookie'].split(';')[0]
        self.csrf = answer.json['csrf']
        return self

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Server(Client):
    """A running `tenon serve`; also a client without login."""

    def __init__(self, app, args=(), env=None, port=None):
        self.app, self.port = app, port or free_port()
        self.log_path = os.path.join(app.place, 'log')
        super().__init__(self)
        log = open(self.log_path, 'ab')
        self.process = subprocess.Popen(
            [app.program, 'serve', app.dir, *app.store.url_args, *app.files.args, '--listen',
             f'127.0.0.1:{self.port}', *args],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, **app.files.env, **(env or {})})
        log.close()
        started.append(self.process)
        self.ready()

    def ready(self):
        until = time.monotonic() + TIMEOUT * 4
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                if self.ask('GET', '/readyz').status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.01)
        raise AssertionError(f'the server does not answer:\n{self.log()[-3000:]}')

    def client(self, token=None):
        return Client(self, token)

    def alive(self):
        return self.process.poll() is None

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as f:
            return f.read()

    def log_has(self, *texts, seconds=TIMEOUT):
        """Waits until one line of the log holds all these texts."""
        return until(lambda: any(all(t in line for t in texts)
                                 for line in self.log().splitlines()), seconds)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.close()

    def stop(self):
        """Ends it as an operator does: exit status 0, or the reason is told."""
        self.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(TIMEOUT)
        assert status == 0, f'the server ended with {status}:\n{self.log()[-3000:]}'

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind and self.alive():
            self.kill()
        elif kind is None:
            self.stop()


class App:
    """An app folder of its own. `files`: path → text; `copy`: a folder to start from. `program`
    serves it and runs its commands."""
    program = TENON

    def __init__(self, files=None, copy=None):
        self.place = tempfile.mkdtemp(prefix='tenon-test-')
        self.servers = []
        atexit.register(shutil.rmtree, self.place, True)
        self.dir = os.path.join(self.place, 'app')
        os.mkdir(self.dir)
        self.store = store(self.dir)
        self.files = files_of(self)
        if copy:
            for name in ('app.yaml', 'forms', 'workflows', 'plugins', 'dashboards', 'demo'):
                at = os.path.join(copy, name)
                if os.path.isdir(at):
                    shutil.copytree(at, os.path.join(self.dir, name))
                elif os.path.exists(at):
                    shutil.copy(at, self.dir)
        for path, text in (files or {}).items():
            self.write(path, text)

    def write(self, path, text):
        """Atomically, as editors do."""
        at = os.path.join(self.dir, path)
        os.makedirs(os.path.dirname(at), exist_ok=True)
        with open(at + '.new', 'wb') as f:
            f.write(text if isinstance(text, bytes) else text.encode('utf-8'))
        os.rename(at + '.new', at)

    def read(self, path):
        with open(os.path.join(self.dir, path), encoding='utf-8') as f:
            return f.read()

    def remove(self, path):
        os.remove(os.path.join(self.dir, path))

    def cli(self, verb, *args, stdin='', status=0, env=None):
        """Runs `tenon VERB APP …`; `status` None: any."""
        verb = verb.split()
        files = self.files.args if verb[0] in ('backup', 'tick') else []
        done = subprocess.run([self.program, *verb, self.dir, *args, *self.store.url_args, *files],
                              input=stdin.encode(), capture_output=True, timeout=TIMEOUT * 2,
                              env={**os.environ, **self.files.env, **(env or {})})
        done.text = done.stdout.decode('utf-8', 'replace')
        done.errors = done.stderr.decode('utf-8', 'replace')
        assert status is None or done.returncode == status, \
            f'tenon {" ".join(verb)} {args}: {done.returncode}\n{done.text}{done.errors}'
        if verb[0] in ('apply', 'revert') and not done.returncode and self.store.on_pg:
            self._followed()
        return done

    def _followed(self):
        """Nodes follow what another program published within a second."""
        version = self.rows('SELECT max(version) FROM _definition')[0][0]
        for server in self.servers:
            served = f'tenon_app_version {version}\n'
            assert not server.alive() or until(lambda: served in server.get('/metrics').text), \
                f'version {version} is not followed:\n{server.log()[-2000:]}'

    def user(self, login, roles='', department=None, name=None):
        args = ['--login', login, '--name', name or login.capitalize(), '--password-stdin']
        if roles:
            args += ['--roles', roles]
        if department:
            args += ['--department', department]
        self.cli('user add', *args, stdin=PASSWORD + '\n')

    def token(self, login):
        return self.cli('token add', '--login', login).text.split()[-1]

    def serve(self, *args, env=None, port=None):
        self.servers.append(Server(self, args, env, port))
        return self.servers[-1]

    def rows(self, sql, *values):
        """What another program sees in the database, read-only."""
        return self.store.rows(sql, *values)

    def count(self, table, where='TRUE'):
        return self.rows(f'SELECT count(*) FROM "{table}" WHERE {where}')[0][0]


class Page(HTMLParser):
    """Controls, links and texts of an HTML page; `forms`: action → its controls, as sent."""

    def __init__(self, html):
        super().__init__()
        self.controls, self.links, self.forms, self.text = {}, [], {}, ''
        self.form = {}
        self.select, self.hidden = None, 0
        self.feed(html)

    def set(self, name, value):
        if value is None:
            self.controls.setdefault(name, None)
        else:
            self.controls[name] = self.form[name] = value

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag in ('input', 'select', 'textarea') and a.get('name'):
            kind = a.get('type', tag)
            if kind in ('radio', 'checkbox') and 'checked' not in a:
                self.set(a['name'], None)
            else:
                self.set(a['name'], a.get('value', ''))
        if tag == 'select':
            self.select = a.get('name')
        if tag == 'option' and self.select and 'selected' in a:
            self.set(self.select, a.get('value', ''))
        if tag == 'a' and 'href' in a:
            self.links.append(a['href'])
        if tag == 'form':
            self.form = self.forms.setdefault(a.get('action', ''), {})
        if tag in ('script', 'style'):
            self.hidden += 1

    def handle_endtag(self, tag):
        if tag == 'select':
            self.select = None
        if tag in ('script', 'style'):
            self.hidden -= 1

    def handle_data(self, data):
        if not self.hidden:
            self.text += data + ' '


def until(test, seconds=TIMEOUT):
    """Asks again and again; what it gave at last."""
    end = time.monotonic() + seconds
    while True:
        got = test()
        if got or time.monotonic() > end:
            return got
        time.sleep(0.02)


def together(n, work):
    """work(i) in n threads at once; their results in order; the first failure is raised."""
    results, failures = [None] * n, []

    def run(i):
        try:
            results[i] = work(i)
        except BaseException as e:         # noqa: told below
            failures.append(e)
    threads = [threading.Thread(target=run, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if failures:
        raise failures[0]
    return results


def sqlite_only(reason):
    """For a test of what only a database in a file has; PostgreSQL's like of it is another test."""
    def keep(test):
        if not ON_PG:
            return test
        print(f'-- {test.__name__.replace("_", " ")}: not on PostgreSQL, {reason}')
        return None
    return keep


def company():
    """The shipped app and its demo company, in a file of SQLite. Years of work are done once a build,
    by the test that asks first; the others get a copy."""
    global TIMEOUT
    app = App(copy=ROOT)
    app.store = Sqlite(app.dir)
    data, kept = app.store.folder, os.path.join(os.path.dirname(TENON), 'company')
    made_of = [TENON] + [os.path.join(folder, name) for part in ('forms', 'workflows', 'dashboards', 'plugins', 'demo')
                         for folder, _, names in os.walk(os.path.join(ROOT, part)) for name in names]
    newest = max(os.path.getmtime(path) for path in made_of)
    with open(kept + '.lock', 'w', encoding='utf-8') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(kept) and os.path.getmtime(kept) > max(newest, time.time() - 6 * 3600):
            shutil.copytree(kept, data)
            return app
        TIMEOUT = 240
        with app.serve('--demo') as server:
            assert server.log_has('demo data is loaded', seconds=30), server.log()[-800:]
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(data, kept)
        os.utime(kept)
    return app


def main(names):
    """Runs the functions of a test file that take nothing and do not start with an underscore."""
    file = names['__file__']
    tests = [(n, f) for n, f in names.items() if callable(f) and not n.startswith('_')
             and getattr(f, '__module__', '') == '__main__' and not isinstance(f, type)
             and f.__code__.co_argcount == 0]
    only, bad = sys.argv[1:], 0
    for name, test in tests:
        if only and not any(o in name for o in only):
            continue
        start = time.monotonic()
        try:
            test()
            word = 'ok'
        except BaseException:
            traceback.print_exc()
            word, bad = 'not ok', bad + 1
        print(f'{word} {name.replace("_", " ")} ({time.monotonic() - start:.1f} s)', flush=True)
    print(f'{os.path.basename(file)}: {bad} failed')
    sys.exit(1 if bad else 0)

"""deployment — what docs/operation.md tells administrators to write into files, from there.

    texts('tenon.nginx')       the text of the box with file=tenon.nginx

    with Nginx(ports) as proxy: proxy.curl('/healthz', '--http2')
    with Caddy(ports) as proxy: …

Only addresses, ports and paths are put in the place of the documented ones; a proxy has a
certificate made by openssl, and serves https://crm.example.com on proxy.port.
"""
import atexit
import ctypes
import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import ROOT, free_port, until  # noqa: E402

NAME = 'crm.example.com'


@functools.cache
def _boxes():
    with open(os.path.join(ROOT, 'docs', 'operation.md'), encoding='utf-8') as f:
        text = f.read()
    return dict(re.findall(r'^```\w+ file=(\S+)\n(.*?)^```$', text, re.M | re.S))


def texts(file):
    return _boxes()[file]


def replaced(text, pairs):
    """Each old text must be there: else the page says something that is not tried."""
    for old, new in pairs:
        assert old in text, f'docs/operation.md no longer says: {old}'
        text = text.replace(old, new)
    return text


class Reply:
    """What curl got: the last answer's status, headers (lower case → list) and body."""

    def __init__(self, raw, version):
        head, self.body, self.version = b'', raw, version
        while self.body.startswith(b'HTTP/'):
            head, _, self.body = self.body.partition(b'\r\n\r\n')
        lines = head.decode('latin-1').split('\r\n')
        self.status = int(lines[0].split()[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(':')
            self.headers.setdefault(name.strip().lower(), []).append(value.strip())

    def header(self, name):
        """The one header of that name; None without it."""
        values = self.headers.get(name, [])
        assert len(values) < 2, f'{name} is there {len(values)} times: {values}'
        return values[0] if values else None

    def __repr__(self):
        return f'{self.status} {self.headers} {self.body[:500]!r}'


def _ends_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)             # PR_SET_PDEATHSIG


class Proxy:
    program = None

    def __init__(self, ports):
        self.place = tempfile.mkdtemp(prefix='tenon-proxy-')
        atexit.register(shutil.rmtree, self.place, True)
        self.ports, self.port, self.plain = ports, free_port(), free_port()
        self.cert, self.key = self.at('cert.pem'), self.at('key.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                        'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', f'/CN={NAME}',
                        '-addext', f'subjectAltName=DNS:{NAME}', '-keyout', self.key, '-out',
                        self.cert], check=True, capture_output=True)
        self.origin = f'https://{NAME}:{self.port}'

    def at(self, name):
        return os.path.join(self.place, name)

    def write(self, name, text):
        with open(self.at(name), 'w', encoding='utf-8') as f:
            f.write(text)

    def start(self, *command, **env):
        log = open(self.at('log'), 'ab')
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                        stderr=log, cwd=self.place, env={**os.environ, **env},
                                        preexec_fn=_ends_with_parent)
        log.close()
        atexit.register(self.stop)         # killed, it would leave workers behind
        if not until(lambda: self.process.poll() is not None or self._answers(), 20) \
                or self.process.poll() is not None:
            raise AssertionError(f'{command[0]} does not answer:\n{self.said()}')

    def said(self):
        with open(self.at('log'), encoding='utf-8', errors='replace') as f:
            return f.read()[-4000:]

    def _answers(self):
        return subprocess.run(self.command('/healthz'), capture_output=True).returncode == 0

    def command(self, path, *args):
        return ['curl', '-s', '--max-time', '60', '--cacert', self.cert, '--noproxy', '*',
                '--resolve', f'{NAME}:{self.port}:127.0.0.1', *args, self.origin + path]

    def curl(self, path, *args, body=None, status=(0,)):
        """Through TLS, as a browser; `body` is what curl reads from its standard input, `status`
        how it may end."""
        done = subprocess.run(self.command(path, '-i', '-w', '%{stderr}%{http_version}', *args),
                              input=body, capture_output=True)
        assert done.returncode in status, f'curl {path} {args}: {done.returncode}\n{self.said()}'
        return Reply(done.stdout, done.stderr.decode())

    def over_http(self, path):
        done = subprocess.run(['curl', '-s', '-i', '--noproxy', '*', '--resolve',
                               f'{NAME}:{self.plain}:127.0.0.1', f'http://{NAME}:{self.plain}{path}'],
                              capture_output=True)
        return Reply(done.stdout, '')

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)       # TimeoutStopSec of Debian's unit
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Nginx(Proxy):
    program = 'nginx'

    def __init__(self, ports):
        super().__init__(ports)
        servers = [f'server 127.0.0.1:{p} max_fails=2 fail_timeout=2s;' for p in ports]
        self.write('site.conf', replaced(texts('tenon.nginx'), [
            ('server 127.0.0.1:8080 max_fails=2 fail_timeout=2s;', '\n    '.join(servers)),
            ('listen 80;', f'listen 127.0.0.1:{self.plain};'),
            ('listen 443 ssl', f'listen 127.0.0.1:{self.port} ssl'),
            ('/etc/tenon/cert.pem', self.cert), ('/etc/tenon/key.pem', self.key),
            ('/var/cache/nginx/tenon', self.at('cache'))]))
        self.write('nginx.conf', 'daemon off;\npid nginx.pid;\nerror_log stderr;\n'
                   + ('user root;\n' if os.geteuid() == 0 else '')
                   + 'events { worker_connections 512; }\nhttp {\n'
                   '    access_log off;\n    client_body_temp_path body;\n'
                   '    proxy_temp_path proxy;\n    fastcgi_temp_path f;\n    uwsgi_temp_path u;\n'
                   '    scgi_temp_path s;\n    include site.conf;\n}\n')
        self.start('nginx', '-p', self.place, '-e', 'stderr', '-c', self.at('nginx.conf'))


class Caddy(Proxy):
    program = 'caddy'

    def __init__(self, ports):
        super().__init__(ports)
        self.write('Caddyfile', '{\n\tadmin off\n'
                   f'\thttp_port {self.plain}\n\thttps_port {self.port}\n'
                   '\tdefault_bind 127.0.0.1\n}\n\n' + replaced(texts('Caddyfile'), [
                       ('127.0.0.1:8080', ' '.join(f'127.0.0.1:{p}' for p in ports)),
                       ('/etc/tenon/cert.pem', self.cert), ('/etc/tenon/key.pem', self.key)]))
        self.start('caddy', 'run', '--config', self.at('Caddyfile'), '--adapter', 'caddyfile',
                   XDG_DATA_HOME=self.place, XDG_CONFIG_HOME=self.place, HOME=self.place)

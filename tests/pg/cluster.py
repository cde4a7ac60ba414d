#!/usr/bin/env python3
"""cluster — a throw-away PostgreSQL for tests: own folder, own free port on 127.0.0.1, gone at the end.

    cluster.py run [--durable] -- COMMAND…    COMMAND with $TENON_TEST_PG set; its exit status
    cluster.py start FILE [--durable]         as long as the caller lives; FILE then holds the
                                              variables that on.sh reads
    cluster.py stop FILE

and for tests that hurt a server: `with Cluster() as pg: … pg.kill(); pg.start()`.

$TENON_TEST_PG is a server on which a test may create and drop databases with names of its own;
$TENON_TEST_BOUNCER is the same server behind PgBouncer in transaction mode (where installed).

Its locale, time zone and styles are odd on purpose: what the engine answers must not depend on
them. Commits reach the disk only with --durable (tests that kill the server); without, nobody
would read them after a crash anyway, and the cluster is in memory (/dev/shm) where that has room.

The system's own clusters are never touched. The server runs as user postgres when root starts
it, else as oneself; it dies with its watcher, and the watcher with the caller, so that also an
interrupted or killed ctest leaves nothing behind.
"""
import ctypes
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
shared_buffers = 128MB
TimeZone = 'Asia/Kathmandu'
DateStyle = 'SQL, DMY'
IntervalStyle = 'sql_standard'
log_min_messages = warning
log_line_prefix = '%m %d %a '
"""
QUICK = """
fsync = off
full_page_writes = off
max_wal_size = 256MB
autovacuum_naptime = 10s
"""
MEMORY, ROOM = '/dev/shm', 4 << 30         # where, and bytes that must be free for it
START = 60                                 # seconds until a server must answer


def tool(name):
    """The program of the newest PostgreSQL that Debian's packages brought; None without one."""
    found = sorted(glob.glob(f'/usr/lib/postgresql/*/bin/{name}'),
                   key=lambda p: int(p.split('/')[4]))
    return found[-1] if found else shutil.which(name)


def bouncer():
    return shutil.which('pgbouncer', path=os.environ.get('PATH', '') + ':/usr/sbin')


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(('127.0.0.1', port), 1).close()
        return True
    except OSError:
        return False


def place(durable):
    """Where its folder is made: in memory, where each of the thousands of files of a hundred
    databases costs little, when there is room and nothing shall reach a disk."""
    try:
        about = os.statvfs(MEMORY)
        roomy = os.access(MEMORY, os.W_OK) and about.f_bavail * about.f_frsize >= ROOM
    except OSError:
        roomy = False
    return MEMORY if roomy and not durable else None


def _dies_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)         # PR_SET_PDEATHSIG


class Cluster:
    """One server. `url` stays the same over kill() and start()."""

    def __init__(self, durable=False):
        self.durable = durable
        self.user = 'postgres' if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.dir = tempfile.mkdtemp(prefix='tenon-pg-', dir=place(durable))
        self.data = os.path.join(self.dir, 'data')
        self.process = self.front = self.front_port = None
        try:
            if os.geteuid() == 0:
                shutil.chown(self.dir, 'postgres', 'postgres')
            self._make()
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def url(self):
        return f'postgresql://{self.user}@127.0.0.1:{self.port}/postgres'

    @property
    def bouncer_url(self):
        return f'postgresql://{self.user}@127.0.0.1:{self.front_port}/postgres' \
            if self.front else None

    def _run(self, command, **k):
        """As the user of the server: root may not be it."""
        if os.geteuid() == 0:
            k.update(user='postgres', group='postgres', extra_groups=[])
        return subprocess.Popen(command, cwd='/', stdin=subprocess.DEVNULL,
                                preexec_fn=_dies_with_parent, **k)

    def _make(self):
        made = self._run([tool('initdb'), '-D', self.data, '-U', self.user, '-A', 'trust', '-N',
                          '--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu',
                          '--icu-locale=zh'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = made.communicate()[0].decode('utf-8', 'replace')
        if made.returncode:
            raise RuntimeError(f'initdb: {said}')
        self.port = free_port()
        with open(os.path.join(self.data, 'postgresql.conf'), 'a', encoding='utf-8') as f:
            f.write(SETTINGS + f'port = {self.port}\n' + ('' if self.durable else QUICK))

    def start(self):
        """Also after kill(): the same data on the same port."""
        until = time.monotonic() + START
        while time.monotonic() < until:
            with open(os.path.join(self.dir, 'log'), 'ab') as log:
                self.process = self._run([tool('postgres'), '-D', self.data], stdout=log,
                                         stderr=log)
            while self.process.poll() is None and time.monotonic() < until:
                # Not by a connection: while it recovers the port is open, too.
                if self._status() == 'ready':
                    return
                time.sleep(0.02)
            self.process.wait()
            time.sleep(0.1)        # the dead one's children still hold its memory or the port
        raise RuntimeError(f'PostgreSQL does not start:\n{self.log()[-3000:]}')

    def _status(self):
        try:
            with open(os.path.join(self.data, 'postmaster.pid'), encoding='utf-8') as f:
                lines = f.read().splitlines()
            return lines[7].strip() if int(lines[0]) == self.process.pid else ''
        except (OSError, IndexError, ValueError):
            return ''

    def log(self):
        with open(os.path.join(self.dir, 'log'), encoding='utf-8', errors='replace') as f:
            return f.read()

    def kill(self):
        """As when the machine loses its power, but for what the kernel holds."""
        self._end(signal.SIGKILL)

    def stop(self):
        """Fast shutdown: connections are cut, what was committed is written."""
        self._end(signal.SIGINT)

    def _end(self, how):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()

    def start_bouncer(self, **settings):
        """PgBouncer in transaction mode before it, on a port of its own."""
        port = free_port()
        ini = os.path.join(self.dir, 'bouncer.ini')
        users = os.path.join(self.dir, 'bouncer.users')
        with open(users, 'w', encoding='utf-8') as f:
            f.write(f'"{self.user}" ""\n')
        values = {'listen_addr': '127.0.0.1', 'listen_port': port, 'unix_socket_dir': '',
                  'auth_type': 'trust', 'auth_file': users, 'pool_mode': 'transaction',
                  'max_client_conn': 400, 'default_pool_size': 20,
                  'logfile': os.path.join(self.dir, 'bouncer.log'), **settings}
        with open(ini, 'w', encoding='utf-8') as f:
            f.write(f'[databases]\n* = host=127.0.0.1 port={self.port}\n[pgbouncer]\n')
            f.writelines(f'{k} = {v}\n' for k, v in values.items())
        self.front = self._run([bouncer(), '-q', ini], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        until = time.monotonic() + START
        while not answers(port):
            if self.front.poll() is not None or time.monotonic() > until:
                raise RuntimeError('pgbouncer does not start')
            time.sleep(0.02)
        self.front_port = port

    def close(self):
        if self.front and self.front.poll() is None:
            self.front.kill()
            self.front.wait()
        self._end(signal.SIGQUIT)
        # Its children see its end a moment later and may still write.
        for _ in range(50):
            shutil.rmtree(self.dir, ignore_errors=True)
            if not os.path.exists(self.dir):
                break
            time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def variables(cluster):
    found = {'TENON_TEST_DB': 'postgresql', 'TENON_TEST_PG': cluster.url}
    if cluster.front:
        found['TENON_TEST_BOUNCER'] = cluster.bouncer_url
    return found


def opened(args):
    cluster = Cluster('--durable' in args)
    if bouncer() and '--durable' not in args:
        cluster.start_bouncer()
    return cluster


def alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except PermissionError:
        return True
    except OSError:
        return False


def watch(file, caller, args, pipe):
    """The cluster's life: until its file is gone or its caller."""
    os.setsid()
    quiet = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):                   # ctest waits for the ends of its pipes
        os.dup2(quiet, fd)
    for name in ('SIGTERM', 'SIGINT', 'SIGHUP'):
        signal.signal(getattr(signal, name), lambda *_: sys.exit(1))
    try:
        with opened(args) as cluster:
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file + '.new', 'w', encoding='utf-8') as f:
                f.write(f'# {cluster.dir}\n')
                f.writelines(f"export {k}='{v}'\n" for k, v in variables(cluster).items())
            os.rename(file + '.new', file)
            os.write(pipe, b'ok')
            os.close(pipe)
            pipe = None
            while os.path.exists(file) and alive(caller):
                time.sleep(0.2)
    except Exception as e:                 # told to the starter
        if pipe is not None:
            os.write(pipe, str(e).encode())
    finally:
        if os.path.exists(file):
            os.remove(file)


def start(file, args):
    caller = os.getppid()
    file = f'{file}.{caller}'
    here, there = os.pipe()
    if os.fork() == 0:
        os.close(here)
        watch(file, caller, args, there)
        os._exit(0)
    os.close(there)
    said = b''
    while part := os.read(here, 4096):
        said += part
    if said != b'ok':
        sys.exit(said.decode('utf-8', 'replace') or 'the cluster did not start')


def stop(file):
    file = f'{file}.{os.getppid()}'
    with open(file, encoding='utf-8') as f:
        folder = f.readline()[2:].strip()
    os.remove(file)
    until = time.monotonic() + START
    while os.path.exists(folder):
        if time.monotonic() > until:
            sys.exit('the cluster does not end')
        time.sleep(0.05)


def run(args):
    at = args.index('--')
    with opened(args[:at]) as cluster:
        os.environ.update(variables(cluster))
        return subprocess.call(args[at + 1:])


if __name__ == '__main__':
    verb, rest = (sys.argv + ['', ''])[1], sys.argv[2:]
    if verb == 'run' and '--' in rest:
        sys.exit(run(rest))
    elif verb == 'start' and rest:
        start(rest[0], rest[1:])
    elif verb == 'stop' and rest:
        stop(rest[0])
    else:
        sys.exit(__doc__)

#!/usr/bin/env python3
"""on: postgresql. The database server is killed, stopped, loses its connections or its room, while
clients write: what was acknowledged is there once, nothing is half there, who asks meanwhile is
told when to come again, and without a restart of ours all goes on."""
import contextlib
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'pg'))
from cluster import Cluster  # noqa: E402
from harness import App, main, until  # noqa: E402
from pq import Connection  # noqa: E402

APP = '''
app: outage
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  writer: {label: Writer}
'''
FORM = '''
form: note
title: "{number}"
fields:
  number: {type: serial, pattern: "N-{seq:6}"}
  key:    {type: text, required: true, unique: true}
  text:   {type: longtext}
  lines:
    type: subform
    fields:
      what: {type: text, required: true}
permissions:
  writer: {read: all, create: true, update: all, delete: all}
'''
PLUGIN = '''
on("note.before_create", function(note) explain("taken as %s", note.key) end)
'''
CLIENTS = 8


@contextlib.contextmanager
def _cluster():
    """One of its own: this file hurts it."""
    with Cluster(durable=True) as pg:
        was = os.environ['TENON_TEST_PG']
        os.environ['TENON_TEST_PG'] = pg.url
        try:
            yield pg
        finally:
            os.environ['TENON_TEST_PG'] = was


class _World:
    def __init__(self, text=''):
        self.app = App({'app.yaml': APP, 'forms/note.yaml': FORM, 'plugins/take.lua': PLUGIN})
        self.app.user('ann', roles='writer')
        self.token, self.text = self.app.token('ann'), text
        self.server, self.over = self.app.serve(), False
        self.taken, self.refused, self.odd, self.threads = [], [], [], []

    def _run(self, i):
        client, n = self.server.client(self.token), 0
        while not self.over:
            n += 1
            key = f'{i}-{n}'
            try:
                answer = client.post('/api/v1/forms/note/records', {
                    'key': key, 'text': self.text, 'lines': [{'what': 'a'}, {'what': 'b'}]})
            except (OSError, http.client.HTTPException) as e:      # ours must never vanish
                self.odd.append((key, repr(e)))
                return
            if answer.status == 201:
                self.taken.append((answer.json['id'], key))
            elif answer.status == 503 and int(answer.headers.get('Retry-After', 0)) > 0 \
                    or answer.status == 500 and answer.json['detail'] == 'the disk is full':
                self.refused.append(key)
                time.sleep(0.05)
            else:
                self.odd.append((key, answer))
                return
        client.close()

    def __enter__(self):
        self.threads = [threading.Thread(target=self._run, args=(i,)) for i in range(CLIENTS)]
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.over = True
        for t in self.threads:
            t.join()

    def goes_on(self, more=20):
        """So many more are taken."""
        want = len(self.taken) + more
        assert until(lambda: len(self.taken) >= want or self.odd, 60), self.server.log()[-3000:]
        assert not self.odd, (self.odd[:3], self.server.log()[-3000:])

    def is_refused(self):
        want = len(self.refused) + CLIENTS
        assert until(lambda: len(self.refused) >= want or self.odd, 60), len(self.refused)
        assert not self.odd, (self.odd[:3], self.server.log()[-3000:])

    def check(self):
        """What was answered is there, wholly; what was not may be, but wholly, too."""
        app = self.app
        rows = app.rows('SELECT id, key, number FROM note ORDER BY id')
        have = {(id, key) for id, key, _ in rows}
        lost = set(self.taken) - have
        assert not lost, sorted(lost)[:5]
        strangers = {key for _, key in have} - {k for _, k in self.taken} - set(self.refused)
        assert not strangers, sorted(strangers)[:5]
        assert sorted(int(n[2:]) for *_, n in rows) == list(range(1, len(rows) + 1))
        lines = dict(app.rows('SELECT record, count(*) FROM note__lines GROUP BY record'))
        assert lines == {id: 2 for id, _ in have}
        for table, what in (('_history', "what = 'created'"), ('_explain', 'TRUE')):
            found = app.rows(f"SELECT record FROM {table} WHERE form = 'note' AND {what}")
            assert sorted(found) == sorted((id,) for id, _ in have), table
        app.store.check()
        return len(rows)

    def stop(self):
        assert self.server.alive()
        self.server.stop()


def a_killed_database_server_comes_back_and_what_was_acknowledged_is_there():
    with _cluster() as pg, contextlib.ExitStack() as end:
        world = _World()
        end.callback(world.server.kill)
        with world:
            for _ in range(3):
                world.goes_on()
                pg.kill()
                world.is_refused()
                client = world.server.client(world.token)
                assert client.get('/healthz').status == 200
                assert until(lambda: client.get('/readyz').status == 503)
                answer = client.get('/api/v1/forms/note/records?limit=5')
                assert answer.status == 503 and answer.headers['Retry-After'], answer
                page = client.get('/f/note', headers={'Accept': 'text/html'})
                assert page.status == 503 and page.headers['Retry-After'], page
                pg.start()
                world.goes_on()
        assert world.check() >= 120
        assert world.server.get('/readyz').status == 200
        world.stop()


def a_stop_and_a_start_of_the_database_server_need_no_restart_of_ours():
    with _cluster() as pg, contextlib.ExitStack() as end:
        world = _World()
        end.callback(world.server.kill)
        with world:
            world.goes_on()
            pg.stop()
            world.is_refused()
            pg.start()
            world.goes_on()
        world.check()
        world.stop()


def connections_that_are_cut_at_any_moment_cost_nobody_a_record():
    with _cluster() as pg, contextlib.ExitStack() as end:
        world = _World()
        end.callback(world.server.kill)
        with world:
            for _ in range(20):
                world.goes_on(5)
                with Connection(pg.url) as c:
                    c.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
            world.goes_on()
        world.check()
        world.stop()


def a_server_starts_while_its_database_server_is_away_only_when_that_is_back():
    """The start is refused with the reason; the service manager tries again."""
    with _cluster() as pg:
        app = App({'app.yaml': APP, 'forms/note.yaml': FORM})
        app.user('ann', roles='writer')
        pg.stop()
        done = app.cli('user list', status=3)
        assert 'the database cannot be reached' in done.errors, done.errors
        pg.start()
        assert 'ann' in app.cli('user list').text
        with app.serve() as server:
            assert server.get('/readyz').status == 200


def a_full_disk_of_the_database_refuses_writes_until_there_is_room():
    folder = tempfile.mkdtemp(prefix='tenon-full-')
    try:
        if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder],
                          capture_output=True).returncode:
            print('  a file system cannot be mounted here: not tried')
            return
        place = os.path.join(folder, 'space')
        os.mkdir(place, 0o700)
        shutil.chown(folder, 'postgres', 'postgres')
        shutil.chown(place, 'postgres', 'postgres')
        _fill_and_free(folder, place)
    finally:
        subprocess.run(['umount', '-l', folder], check=False)
        os.rmdir(folder)


def _fill_and_free(folder, place):
    with _cluster() as pg, contextlib.ExitStack() as end:
        with Connection(pg.url) as c:
            c.run(f"CREATE TABLESPACE small LOCATION '{place}'")
            c.run('ALTER ROLE postgres SET default_tablespace = small')
        world = _World('x' * 1000 + ''.join(chr(0x4e00 + i % 9000) for i in range(2000)))
        end.callback(world.server.kill)
        filler = os.path.join(folder, 'filler')
        with world:
            world.goes_on()
            with open(filler, 'wb', buffering=0) as f, contextlib.suppress(OSError):
                while True:
                    f.write(bytes(4096))
            try:
                world.is_refused()
                assert world.server.get('/healthz').status == 200
                client = world.server.client(world.token)
                answer = client.get('/api/v1/forms/note/records?limit=5')
                assert answer.status == 200, (answer, world.server.log()[-800:])
            finally:
                os.remove(filler)
            world.goes_on()
        world.check()
        world.stop()


if __name__ == '__main__':
    main(globals())

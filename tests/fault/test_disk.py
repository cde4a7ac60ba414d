#!/usr/bin/env python3
"""on: sqlite, whose file is on it; a server's full disk is in test_server.py.

A disk that takes no more: writes are refused, nothing half-written stays, reading goes on,
and with room again the server writes on.

Twice: by a limit on the size of files set on the running server (an I/O error), and on a file
system of a few megabytes that somebody else fills (a full disk), where one may be mounted."""
import os
import resource
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main, together  # noqa: E402

APP = '''
app: disk
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  writer: {label: Writer}
'''
FORM = '''
form: note
title: "{key}"
fields:
  key:   {type: text, required: true, unique: true}
  text:  {type: longtext}
  paper: {type: file}
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
CLIENTS, EACH = 8, 60
LONG = 'x' * 8000


class _World:
    def __init__(self, place=None):
        self.app = App({'app.yaml': APP, 'forms/note.yaml': FORM, 'plugins/take.lua': PLUGIN})
        if place:
            os.makedirs(os.path.join(self.app.dir, 'data'), exist_ok=True)
            place(os.path.join(self.app.dir, 'data'))
        self.app.user('ann', roles='writer')
        self.token = self.app.token('ann')
        self.server = self.app.serve()
        self.taken, self.refused = [], []

    def write(self, name, tries):
        """`tries` creates by each of several clients at once."""
        def run(i):
            client = self.server.client(self.token)
            for k in range(tries):
                key = f'{name}-{i}-{k}'
                answer = client.post('/api/v1/forms/note/records', {
                    'key': key, 'text': LONG, 'lines': [{'what': 'a'}, {'what': 'b'}]})
                if answer.status == 201:
                    self.taken.append((answer.json['id'], key))
                else:
                    self.refused.append((answer.status, answer.code))
            client.close()
        self.taken, self.refused = [], []
        together(CLIENTS, run)
        return self.taken, self.refused

    def check(self, taken):
        """What was answered is there, wholly; what was refused is not there at all."""
        app = self.app
        assert sorted(app.rows('SELECT id, key FROM note')) == sorted(taken)
        lines = dict(app.rows('SELECT record, count(*) FROM note__lines GROUP BY record'))
        assert lines == {id: 2 for id, _ in taken}
        for table in ('_history', '_explain'):
            have = {r for r, in app.rows(f"SELECT record FROM {table} WHERE form = 'note'")}
            assert have == {id for id, _ in taken}, table
        app.store.check()

    def serves(self, id):
        client = self.server.client(self.token)
        assert client.get('/readyz').status == 200
        assert client.get(f'/api/v1/forms/note/records/{id}').json['text'] == LONG
        assert client.get('/api/v1/forms/note/records?limit=20').status == 200
        assert client.get('/f/note').status in (200, 303)
        client.close()


def _goes_on(world, fill, free):
    before, refused = world.write('before', 3)
    assert not refused, refused[:3]
    fill()
    during, refused = world.write('during', EACH)
    assert refused, 'the disk was never full'
    assert {s for s, _ in refused} <= {500, 503}, refused[:3]
    assert {c for _, c in refused} <= {'database', 'busy'}, refused[:3]
    world.serves(before[0][0])
    assert world.server.alive()
    free()
    after, refused = world.write('after', 3)
    assert not refused, (refused[:3], world.server.log()[-2000:])
    world.check(before + during + after)
    world.server.stop()
    world.server = world.app.serve()
    world.serves(after[0][0])
    world.check(before + during + after)
    world.server.stop()


def a_limit_on_files_refuses_writes_until_it_is_lifted():
    world = _World()
    pid, size = world.server.process.pid, resource.RLIMIT_FSIZE
    was = resource.prlimit(pid, size)
    largest = max(os.path.getsize(world.app.store.path + end) for end in ('', '-wal'))
    _goes_on(world,
             lambda: resource.prlimit(pid, size, (largest + (1 << 20), was[1])),
             lambda: resource.prlimit(pid, size, was))


def an_upload_that_finds_no_room_is_refused_and_leaves_nothing():
    world = _World()
    pid, size = world.server.process.pid, resource.RLIMIT_FSIZE
    was = resource.prlimit(pid, size)
    tmp = os.path.join(world.app.dir, 'data', 'tenon.files', 'tmp')

    def send():
        return world.server.ask('POST', '/api/v1/files?name=a.bin', bytes(3 << 20), token=world.token,
                                type='application/octet-stream')
    resource.prlimit(pid, size, (2 << 20, was[1]))
    got = send()
    assert (got.status, got.code) == (500, 'system'), got
    assert os.listdir(tmp) == [] and world.app.count('_file') == 0
    resource.prlimit(pid, size, was)
    got = send()
    assert got.status == 201, got
    assert len(world.server.get(got.json['url'], token=world.token).body) == 3 << 20
    world.server.stop()


def a_full_disk_refuses_writes_until_there_is_room():
    mounted = []

    def mount(folder):
        done = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder],
                              capture_output=True)
        if done.returncode == 0:
            mounted.append(folder)
    try:
        world = _World(mount)
        if not mounted:
            print('  a file system cannot be mounted here: not tried')
            return
        filler = os.path.join(mounted[0], 'filler')

        def fill():
            with open(filler, 'wb', buffering=0) as f:
                try:
                    while True:
                        f.write(bytes(4096))
                except OSError:
                    pass
            os.truncate(filler, max(0, os.path.getsize(filler) - 200000))
        _goes_on(world, fill, lambda: os.remove(filler))
    finally:
        for folder in mounted:
            subprocess.run(['umount', '-l', folder], check=False)


if __name__ == '__main__':
    main(globals())

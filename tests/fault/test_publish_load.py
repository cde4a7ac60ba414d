#!/usr/bin/env python3
"""Publishing renames while people read and write: no request fails, each answer is of one
version, and what was written before and after is there.

    RECORDS=1000000 ctest -R fault_publish_load -V       the full size; prints the longest waits
"""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main, until  # noqa: E402

RECORDS = int(os.environ.get('RECORDS', '20000'))
READERS, WRITERS, RENAMES = 6, 2, 4
APP = '''
app: load
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''


def _form(name, other):
    """The amount and the place change their names; they are indexed, computed from, sorted by."""
    was = f', was: {other}' if other else ''
    return f'''
form: parcel
title: "{{name}}"
fields:
  name:   {{type: text, required: true, unique: true}}
  {name}: {{type: number, decimals: 2, index: true{was}}}
  twice:  {{type: formula, of: number, decimals: 2, formula: "{name} * 2"}}
  kind:   {{type: choice, options: [box, bag, tube]}}
views:
  all: {{type: table, columns: [name, {name}, kind], filter: "{name} > 1", sort: [-{name}]}}
permissions:
  clerk: {{read: all, create: true, update: all}}
'''


def _fill(app):
    app.store.run(f'''
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {RECORDS})
        INSERT INTO parcel (version, created_at, updated_at, name, name__key, amount, twice,
            kind)
        SELECT 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'n' || i, 'n' || i, i, i * 2,
            CASE i % 3 WHEN 0 THEN 'box' WHEN 1 THEN 'bag' ELSE 'tube' END FROM n ORDER BY i''')


class _Load:
    def __init__(self, app, server, token):
        self.app, self.server, self.token = app, server, token
        self.stop, self.failures, self.longest = False, [], {'read': 0, 'write': 0}
        self.count, self.lock = {'read': 0, 'write': 0}, threading.Lock()
        self.written = []

    def timed(self, what, work):
        start = time.monotonic()
        try:
            work()
        except BaseException as e:              # noqa: told at the end
            self.failures.append(repr(e))
        took = time.monotonic() - start
        with self.lock:
            self.count[what] += 1
            self.longest[what] = max(self.longest[what], took)

    def read(self, client, i):
        path = '/api/v1/forms/parcel/records?limit=20' if i % 2 else \
            f'/api/v1/forms/parcel/records/{i % RECORDS + 1}'
        answer = client.get(path)
        assert answer.status == 200, answer
        for r in answer.json['records'] if i % 2 else [answer.json]:
            names = [n for n in ('amount', 'weight') if n in r]
            assert len(names) == 1, r
            assert r['twice'] is None or abs(r['twice'] - 2 * r[names[0]]) < 0.001, r

    def write(self, client, i, who):
        name = f'w{who}-{i}'
        answer = client.post('/api/v1/forms/parcel/records', {'name': name, 'kind': 'box'})
        assert answer.status == 201, answer
        self.written.append(name)

    def run(self, what, who):
        client, i = self.server.client(self.token), who * 7919
        while not self.stop:
            i += 1
            self.timed(what, lambda: self.read(client, i) if what == 'read'
                       else self.write(client, i, who))


def renames_are_published_while_people_read_and_write():
    app = App({'app.yaml': APP, 'forms/parcel.yaml': _form('amount', None)})
    app.cli('apply')
    app.user('ann', roles='admin')
    token = app.token('ann')
    _fill(app)
    with app.serve('--works', '8') as server:
        load = _Load(app, server, token)
        threads = [threading.Thread(target=load.run, args=('read', i)) for i in range(READERS)]
        threads += [threading.Thread(target=load.run, args=('write', i)) for i in range(WRITERS)]
        for t in threads:
            t.start()
        time.sleep(0.5)
        names = ['amount', 'weight']
        for i in range(RENAMES):
            now, was = names[(i + 1) % 2], names[i % 2]
            app.write('forms/parcel.yaml', _form(now, was))
            assert until(lambda: now in app.store.columns('parcel'), 60), server.log()[-2000:]
            time.sleep(0.5)
        load.stop = True
        for t in threads:
            t.join()
        assert not load.failures, load.failures[:3]
        last = names[RENAMES % 2]
        assert app.rows(f'SELECT {last} FROM parcel WHERE id = 77') == [(77,)]
        known = {n for (n,) in app.rows("SELECT name FROM parcel WHERE name LIKE 'w%'")}
        assert known == set(load.written)
        print(f'{RECORDS} records, {RENAMES} renames: {load.count["read"]} reads, the longest '
              f'{load.longest["read"] * 1000:.0f} ms; {load.count["write"]} writes, the longest '
              f'{load.longest["write"] * 1000:.0f} ms')


if __name__ == '__main__':
    main(globals())

#!/usr/bin/env python3
"""kill -9 under 32 writing clients, again and again: what was acknowledged is there, nothing is
half there.

Each client creates, changes, moves and bins records of its own, and notes what was answered.
After each kill the program starts on the same files, and the database is compared with all
notes so far. An unanswered write may be there or not, but wholly."""
import http.client
import json
import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main  # noqa: E402

CLIENTS, KILLS = 32, 20
SEED = int(os.environ.get('SEED', '0')) or random.randrange(1 << 30)

APP = '''
app: kill
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  writer: {label: Writer}
'''
PARENT = '''
form: basket
title: "{name}"
fields:
  name:  {type: text, required: true, unique: true}
  lines: {type: rollup, from: order, via: basket, do: "count()"}
  worth: {type: rollup, from: order, via: basket, do: "sum(amount)"}
permissions:
  writer: {read: all, create: true, update: all}
'''
FORM = '''
form: order
title: "{number}"
owner: owner
fields:
  number: {type: serial, pattern: "OR-{seq:6}"}
  key:    {type: text, required: true, unique: true}
  basket: {type: link, to: basket, required: true}
  owner:  {type: user, default: "=me()"}
  call:   {type: datetime}
  amount: {type: money, default: 0}
  tags:   {type: choices, options: [red, green, blue]}
  items:
    type: subform
    fields:
      what:  {type: text, required: true}
      price: {type: money, default: 0}
  total:  {type: formula, of: money, formula: "sum(items.price)"}
permissions:
  writer: {read: all, create: true, update: all, delete: all}
reminders:
  ring: {at: "call", to: owner, text: "Call {number}"}
'''
FLOW = '''
workflow: handling
form: order
stages:
  fresh: {label: Fresh, status: open, within: 5d}
  done:  {label: Done, status: done}
transitions:
  finish: {from: fresh, to: done, by: writer}
  again:  {from: done, to: fresh, by: writer}
'''
PLUGIN = '''
on("order.before_create", function(order)
  if not order.amount then order.amount = 1 end
  explain("taken as %s", order.key)
end)
'''


class Note:
    """What one client knows of one record: the last state it was told, and a state asked for
    but not answered."""

    def __init__(self, id, number, key):
        self.id, self.number, self.key = id, number, key
        self.version, self.amount, self.stage, self.binned = 1, 1, 'fresh', False
        self.open = None


class Writer(threading.Thread):
    def __init__(self, world, number):
        super().__init__(daemon=True)
        self.world, self.number, self.random = world, number, random.Random(SEED + number)
        self.notes, self.asked, self.failures = [], 0, []
        self.unanswered = []               # keys of creates without an answer
        self.lock = threading.Lock()

    def ask(self, connection, method, path, body=None):
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           self.world.head)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def create(self, connection):
        self.asked += 1
        key = f'{self.world.round}-{self.number}-{self.asked}'
        self.unanswered.append(key)
        status, got = self.ask(connection, 'POST', '/api/v1/forms/order/records', {
            'key': key, 'basket': 1 + self.number % 4, 'amount': 1, 'call': '2099-01-01T00:00:00Z',
            'tags': ['red', 'blue'], 'items': [{'what': 'a', 'price': 2}, {'what': 'b', 'price': 3}]})
        self.unanswered.pop()
        if status != 201:
            self.failures.append((status, got))
            return
        self.notes.append(Note(got['id'], got['number'], key))

    def change(self, connection, note):
        amount = self.random.randrange(1, 1000)
        note.open = ('amount', amount)
        status, got = self.ask(connection, 'PATCH', f'/api/v1/forms/order/records/{note.id}',
                               {'amount': amount})
        note.open = None
        if status != 200:
            self.failures.append((status, got))
            return
        note.amount, note.version = amount, got['version']

    def move(self, connection, note):
        name, to = ('finish', 'done') if note.stage == 'fresh' else ('again', 'fresh')
        note.open = ('stage', to)
        status, got = self.ask(connection, 'POST',
                               f'/api/v1/forms/order/records/{note.id}/transitions/{name}', {})
        note.open = None
        if status != 200:
            self.failures.append((status, got))
            return
        note.stage, note.version = to, got['version']

    def drop(self, connection, note):
        note.open = ('binned', True)
        status, got = self.ask(connection, 'DELETE', f'/api/v1/forms/order/records/{note.id}')
        note.open = None
        if status != 204:
            self.failures.append((status, got))
            return
        note.binned = True

    def run(self):
        connection = http.client.HTTPConnection('127.0.0.1', self.world.server.port, timeout=30)
        try:
            while not self.world.over:
                live = [n for n in self.notes[-20:] if not n.binned and not n.open]
                what = self.random.random()
                if what < 0.6 or not live:
                    self.create(connection)
                elif what < 0.8:
                    self.change(connection, self.random.choice(live))
                elif what < 0.95:
                    self.move(connection, self.random.choice(live))
                else:
                    self.drop(connection, self.random.choice(live))
        except (OSError, http.client.HTTPException, ValueError):
            pass                           # the kill, as planned
        finally:
            connection.close()


class World:
    def __init__(self):
        self.app = App({'app.yaml': APP, 'forms/basket.yaml': PARENT, 'forms/order.yaml': FORM,
                        'workflows/handling.yaml': FLOW, 'plugins/take.lua': PLUGIN})
        self.app.user('ann', roles='writer')
        self.head = {'Authorization': 'Bearer ' + self.app.token('ann'),
                     'Content-Type': 'application/json'}
        self.server, self.round, self.over = None, 0, False
        self.notes, self.unanswered = [], []

    def start(self):
        self.server = self.app.serve()

    def write_until_killed(self):
        self.over = False
        writers = [Writer(self, i) for i in range(CLIENTS)]
        for w in writers:
            w.start()
        time.sleep(random.Random(SEED + 1000 + self.round).uniform(0.3, 1.2))
        self.server.kill()
        self.over = True
        for w in writers:
            w.join(30)
            assert not w.is_alive()
            assert not w.failures, w.failures[:3]
            self.notes += w.notes
            self.unanswered += w.unanswered


def _check_notes(world, rows):
    """Each acknowledged state is there, or the one asked for last without an answer."""
    for note in world.notes:
        row = rows.get(note.id)
        assert row, f'record {note.id} ({note.key}) was acknowledged and is gone'
        have = {'amount': row['amount'] // 100, 'stage': row['stage'],
                'binned': row['deleted_at'] is not None}
        want = {'amount': note.amount, 'stage': note.stage, 'binned': note.binned}
        if note.open and have != want:
            want[note.open[0]] = note.open[1]
            if have == want and not have['binned']:
                assert row['version'] == note.version + 1, (note.__dict__, row)
        assert have == want, (note.__dict__, have)
        note.amount, note.stage, note.binned = have['amount'], have['stage'], have['binned']
        note.version, note.open = row['version'], None
        assert row['key'] == note.key and row['number'] == note.number, row


def _dicts(app, sql):
    """With the names of columns, in few queries: this runs after each kill."""
    return app.store.dicts(sql)


def _check_whole(world, rows):
    """Nothing is half there: every record has its parts, as often as it should."""
    app = world.app
    known = {n.key for n in world.notes} | set(world.unanswered)
    strangers = [r['key'] for r in rows.values() if r['key'] not in known]
    assert not strangers, strangers[:5]
    ids = [r['id'] for r in rows.values()]
    numbers = sorted(int(r['number'][3:]) for r in rows.values())
    assert numbers == list(range(1, len(ids) + 1)), 'serial numbers have a gap or a double'

    def per_record(table, where='TRUE', by='record'):
        return dict(app.rows(f'SELECT "{by}", count(*) FROM "{table}" WHERE {where} '
                             f'GROUP BY "{by}"'))
    created = per_record('_history', "form = 'order' AND what = 'created'")
    history = per_record('_history', "form = 'order'")
    stages = per_record('stage_history', "form = 'order'")
    explained = per_record('_explain', "form = 'order'")
    rings = per_record('_timer', "form = 'order' AND rule LIKE 'reminder:%'")
    items, tags = per_record('order__items'), per_record('order__tags')
    for id, row in rows.items():
        assert created.get(id) == 1, (id, created.get(id))
        changes = row['version'] + (1 if row['deleted_at'] else 0)
        assert history[id] in (row['version'], changes), (id, history[id], row)
        assert stages.get(id, 0) >= 1, id
        assert explained.get(id) == 1, (id, explained.get(id))
        assert rings.get(id, 0) == (0 if row['deleted_at'] else 1), (id, rings.get(id), row)
        assert items.get(id) == 2 and tags.get(id) == 2, (id, items.get(id), tags.get(id))
        assert row['total'] == 500, row
    doubles = app.rows('SELECT rule, form, record, occurrence, count(*) FROM _timer '
                       'GROUP BY 1, 2, 3, 4 HAVING count(*) > 1')
    assert not doubles, doubles
    for id, lines, worth in app.rows('SELECT id, lines, worth FROM basket'):
        real = app.rows('SELECT count(*), coalesce(sum(amount), 0) FROM "order" '
                        'WHERE basket = ? AND deleted_at IS NULL', id)[0]
        assert (lines or 0, worth or 0) == real, (id, lines, worth, real)


def _check(world):
    app = world.app
    app.store.check()
    rows = {r['id']: r for r in _dicts(app, 'SELECT id, version, key, number, amount, '
                                       'stage, deleted_at, total FROM "order"')}
    _check_notes(world, rows)
    _check_whole(world, rows)


def what_was_acknowledged_survives_kill_9():
    print(f'SEED={SEED}')
    world = World()
    world.start()
    for i in range(4):
        answer = world.server.post('/api/v1/forms/basket/records', {'name': f'basket {i}'},
                                   headers=world.head)
        assert answer.status == 201 and answer.json['id'] == i + 1, answer
    world.round = written = moved = 0
    # On a busy machine less is written between two kills: then there are more of them.
    while world.round < KILLS or (world.round < 5 * KILLS
                                  and (written <= KILLS * CLIENTS or moved <= KILLS)):
        world.round += 1
        world.write_until_killed()
        world.start()
        _check(world)
        written, moved = len(world.notes), sum(n.version > 1 for n in world.notes)
    print(f'{written} records acknowledged, {moved} of them changed, over {KILLS} kills')
    assert written > KILLS * CLIENTS and moved > KILLS
    world.server.stop()
    _check(world)


if __name__ == '__main__':
    main(globals())

#!/usr/bin/env python3
"""Several nodes over one PostgreSQL, killed and started at random under load; the database server
is killed, too. on: postgresql (with a server of its own, for it dies)

    NODES=4 CLIENTS=32 SECONDS=600 python3 tests/fault/test_nodes.py     CLIENTS for each node

What is acknowledged is there, with its values; what is not is whole or absent. Numbers of a
series have neither gap nor double: a write that did not come about took none. Everyone in the
rotation had as many turns as the others, to within one. Each reminder, each move by time came
once, each minute of the schedule at most once. Chains of history hold, computed values are right."""
import http.client
import json
import os
import random
import shutil
import sys
import threading
import time
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'pg'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from cluster import Cluster  # noqa: E402

cluster = Cluster(durable=True)
os.environ.update(TENON_TEST_DB='postgresql', TENON_TEST_PG=cluster.url, TENON_TEST_THROUGH='')
from harness import App, PASSWORD, Server, main, until  # noqa: E402
from nodes_check import check_beats, check_history, check_notes, check_whole  # noqa: E402

NODES = int(os.environ.get('NODES', '2'))
CLIENTS = int(os.environ.get('CLIENTS', '3'))
SECONDS = int(os.environ.get('SECONDS', '20'))
CRASHES = int(os.environ.get('CRASHES', '2'))       # of the database server
SEED = int(os.environ.get('SEED', '0')) or random.randrange(1 << 30)
PEOPLE = ['ada', 'bo', 'cy', 'di']
PUBLISH_EVERY = 9                          # seconds

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
  number: {type: serial, pattern: "OR-{seq:7}"}
  key:    {type: text, required: true, unique: true}
  basket: {type: link, to: basket, required: true}
  owner:  {type: user}
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
BEAT = '''
form: beat
title: "{at}"
fields:
  at: {type: datetime}
permissions:
  writer: {read: all}
'''
FLOW = '''
workflow: handling
form: order
stages:
  fresh: {label: Fresh, status: open}
  done:  {label: Done, status: done}
  aged:  {label: Aged, status: done}
transitions:
  finish: {from: fresh, to: done, by: writer}
  again:  {from: done, to: fresh, by: writer}
  age:    {from: done, to: aged, after: 1m}
'''
PLUGIN = '''
on("order.before_create", function(order)
  order.owner = rotate("desk", users { role = "writer", active = true })
  explain("taken as %s", order.key)
end)
every("* * * * *", "beat", function()
  create("beat", { at = now() })
end)
'''
ORDERS = '/api/v1/forms/order/records'


class Unknown(Exception):
    """No answer, or one that says nothing about what became of it."""


class Note:
    """What one client knows of one record: the last state it was told."""

    def __init__(self, id, number, key, amount):
        self.id, self.number, self.key, self.amount = id, number, key, amount
        self.stage, self.binned = 'fresh', False
        self.open = None                   # asked for, and not known


class Node:
    def __init__(self, world, app):
        self.world, self.app, self.server = world, app, None

    def start(self):
        """The database may be away just now."""
        while True:
            try:
                self.server = Server(self.app, ('--works', '8'))
                return
            except AssertionError:
                if self.world.over:
                    raise

    def kill(self):
        server, self.server = self.server, None
        server.kill()


class Client(threading.Thread):
    def __init__(self, world, number):
        super().__init__(daemon=True)
        self.world, self.number, self.random = world, number, random.Random(SEED + number)
        self.notes, self.asked, self.lost, self.dropped = [], 0, set(), set()
        self.failures, self.statuses = [], Counter()
        self.links = {}                    # port → connection

    def once(self, method, path, body=None, head=None, port=None):
        """From any node; Unknown when there is no answer that counts."""
        ports = [n.server.port for n in self.world.nodes if n.server]
        if not ports:
            time.sleep(0.05)
            raise Unknown('no node')
        port = port if port in ports else self.random.choice(ports)
        link = self.links.get(port)
        if not link:
            link = self.links[port] = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
        try:
            link.request(method, path, json.dumps(body) if body is not None else None,
                         {**self.world.head, **(head or {})})
            answer = link.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as e:
            link.close()
            self.links.pop(port, None)
            self.statuses['lost'] += 1
            raise Unknown(str(e)) from e
        got = json.loads(text) if text else None
        self.statuses[answer.status if answer.status != 503 else f'503 {got["code"]}'] += 1
        if answer.status == 503:
            time.sleep(self.random.uniform(0.02, 0.2))
            raise Unknown(got)
        return answer.status, got, answer.headers

    def keep_on(self, *ask, **more):
        while True:
            try:
                return self.once(*ask, **more)
            except Unknown:
                if self.world.dead:
                    raise

    def create(self):
        self.asked += 1
        key = f'{self.number}-{self.asked}'
        amount = self.random.randrange(1, 1000)
        call = time.time() + self.random.uniform(1, 8)
        body = {'key': key, 'basket': 1 + self.number % 8, 'amount': amount,
                'call': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(call)),
                'tags': ['red', 'blue'],
                'items': [{'what': 'a', 'price': 2}, {'what': 'b', 'price': 3}]}
        self.lost.add(key)
        # Some leave an unanswered request alone; most repeat it with its key.
        ask = self.once if self.random.random() < 0.1 else self.keep_on
        status, got, _ = ask('POST', ORDERS, body, {'Idempotency-Key': 'create ' + key})
        self.lost.discard(key)
        if status != 201:
            self.failures.append((status, got))
            return
        if 'number' not in got:
            self.failures.append(('no number', got))
            return
        self.notes.append(Note(got['id'], got['number'], key, amount))

    def look(self, note):
        """What became of it."""
        status, got, _ = self.keep_on('GET', f'{ORDERS}/{note.id}')
        if status == 404:
            return {'binned': True}
        assert status == 200, (status, got)
        return {'amount': float(got['amount']), 'stage': got['stage'], 'binned': False}

    def change_to(self, note, what, value, *ask):
        """Asked until it is so; a loss is looked after before it is asked again."""
        note.open, unsure = (what, value), False
        while True:
            try:
                status, got, _ = self.once(*ask)
                if status not in (200, 204):
                    # The one before may have come through after all; time may have moved it.
                    have = self.look(note)
                    if what == 'stage' and have.get('stage') == 'aged':
                        value = 'aged'
                    elif not unsure or have.get(what) != value:
                        self.failures.append((status, got, note.__dict__, have))
                break
            except Unknown:
                if self.world.dead:
                    raise
                unsure = True
                if self.look(note).get(what) == value:
                    break
        setattr(note, what, value)
        note.open = None

    def change(self, note):
        amount = self.random.randrange(1, 1000)
        self.change_to(note, 'amount', amount, 'PATCH', f'{ORDERS}/{note.id}', {'amount': amount})

    def move(self, note):
        name, to = ('finish', 'done') if note.stage == 'fresh' else ('again', 'fresh')
        if note.stage != 'aged':
            self.change_to(note, 'stage', to, 'POST', f'{ORDERS}/{note.id}/transitions/{name}', {})

    def drop(self, note):
        self.change_to(note, 'binned', True, 'DELETE', f'{ORDERS}/{note.id}')

    def list(self):
        status, got, _ = self.once('GET', f'{ORDERS}?sort=-id&limit=20&expand=basket')
        if status != 200:
            self.failures.append((status, got))

    def sign_in(self):
        """One node lets in, another serves, a third lets out; then none serves."""
        none = {'Authorization': ''}
        status, got, head = self.once('POST', '/api/v1/login', {
            'login': self.random.choice(PEOPLE), 'password': PASSWORD}, none)
        if status != 200:
            self.failures.append((status, got))
            return
        mine = {'Authorization': '', 'Cookie': head['Set-Cookie'].split(';')[0],
                'X-CSRF-Token': got['csrf']}
        for ask, want in ((('GET', '/api/v1/me'), 200), (('POST', '/api/v1/logout'), 204),
                          (('GET', '/api/v1/me'), 401)):
            try:
                status, got, _ = self.once(*ask, body={} if ask[0] == 'POST' else None, head=mine)
            except Unknown:
                if ask[0] == 'POST':
                    return                 # it may be out, or not
                continue
            if status != want:
                self.failures.append((ask, status, got))

    def step(self):
        live = [n for n in self.notes[-20:] if not n.binned and not n.open and n.stage != 'aged']
        what = self.random.random()
        if what < 0.35 or not live:
            self.create()
        elif what < 0.55:
            self.change(self.random.choice(live))
        elif what < 0.75:
            self.move(self.random.choice(live))
        elif what < 0.79:
            self.drop(self.random.choice(live))
        elif what < 0.99:
            self.list()
        else:
            self.sign_in()

    def run(self):
        while not self.world.over:
            try:
                self.step()
            except Unknown:
                pass
            except Exception as e:         # told at the end
                self.failures.append(repr(e))
                return


class World:
    def __init__(self):
        self.first = App({'app.yaml': APP, 'forms/basket.yaml': PARENT, 'forms/order.yaml': FORM,
                          'forms/beat.yaml': BEAT, 'workflows/handling.yaml': FLOW,
                          'plugins/take.lua': PLUGIN})
        for name in PEOPLE:
            self.first.user(name, roles='writer')
        self.first.user('root', roles='admin')
        self.head = {'Authorization': 'Bearer ' + self.first.token('ada'),
                     'Content-Type': 'application/json'}
        self.admin = {'Authorization': 'Bearer ' + self.first.token('root')}
        self.people = PEOPLE
        self.over = self.dead = False
        self.kills = self.restarts = self.published = 0
        self.failures = []
        self.nodes = [Node(self, self.copy(i)) for i in range(NODES)]
        self.clients = []

    def copy(self, i):
        if not i:
            return self.first
        app = App()
        app.store = self.first.store
        shutil.rmtree(app.dir)
        shutil.copytree(self.first.dir, app.dir, ignore=shutil.ignore_patterns('data'))
        return app

    def rows(self, sql, *values):
        return self.first.rows(sql, *values)

    def killer(self):
        pick = random.Random(SEED + 5000)
        until_ = time.monotonic() + SECONDS
        pg = [until_ - SECONDS * (CRASHES - i) / (CRASHES + 1) for i in range(CRASHES)]
        while time.monotonic() < until_:
            time.sleep(pick.uniform(2, 6) if SECONDS > 60 else pick.uniform(1, 3))
            if pg and time.monotonic() > pg[0]:
                pg.pop(0)
                cluster.kill()
                time.sleep(pick.uniform(0.2, 2))
                cluster.start()
                self.restarts += 1
                continue
            node = pick.choice(self.nodes)
            node.kill()
            self.kills += 1
            time.sleep(pick.uniform(0.1, 1.5))
            node.start()

    def publisher(self):
        """A new field every now and then, on any node, while the others work."""
        me = Client(self, 100000)
        at = time.monotonic()
        while not self.over:
            time.sleep(0.2)
            if time.monotonic() - at < PUBLISH_EVERY:
                continue
            at = time.monotonic()
            try:
                self.publish(me)
            except Unknown:
                continue
            except Exception as e:
                self.failures.append(repr(e))
                return

    def publish(self, me):
        path = '/api/v1/definitions/forms/basket.yaml'
        field = f'more_{self.published}'
        status, got, _ = me.once('GET', path, head=self.admin)
        if f'{field}:' in json.dumps(got):
            self.published += 1
            return
        status, got, _ = me.once('PATCH', path, {'etag': got['etag'], 'ops': [
            {'op': 'add', 'path': f'fields.{field}', 'value': {'type': 'text'}}]}, self.admin)
        if status == 200:
            status, got, _ = me.once('POST', '/api/v1/definitions/publish', {}, self.admin)
        if status == 200:
            self.published += 1
        elif status not in (409, 412, 422):
            self.failures.append((status, got))

    def run(self):
        for node in self.nodes:
            node.start()
        for i in range(8):
            answer = self.nodes[0].server.post('/api/v1/forms/basket/records',
                                               {'name': f'basket {i}'}, headers=self.head)
            assert answer.status == 201 and answer.json['id'] == i + 1, answer
        self.clients = [Client(self, i) for i in range(NODES * CLIENTS)]
        publisher = threading.Thread(target=self.publisher, daemon=True)
        for t in self.clients + [publisher]:
            t.start()
        self.killer()
        self.over = True
        for c in self.clients + [publisher]:
            c.join(120)
            assert not c.is_alive(), 'a client does not end'
        self.settle()

    def settle(self):
        """What is due is done: reminders, moves by time, jobs."""
        soon = int(time.time()) + 30
        due = "SELECT count(*) FROM _timer WHERE due < ? AND rule LIKE ?"
        assert until(lambda: self.rows(due, soon, 'reminder:%')[0][0] == 0, 120), 'timers stay'
        assert until(lambda: self.rows(due, soon - 30, 'after:%')[0][0] == 0, 120), 'timers stay'
        assert until(lambda: self.first.count('_job') == 0, 150), self.rows('SELECT * FROM _job')
        retries = sum(self.retries(n) for n in self.nodes)
        for node in self.nodes:
            node.server.stop()
        self.dead = True
        print(f'retries since the last starts: {retries:.0f}')

    @staticmethod
    def retries(node):
        text = node.server.get('/metrics').text
        found = [line.split()[1] for line in text.splitlines()
                 if line.startswith('tenon_db_retries_total ')]
        return float(found[0]) if found else 0


def acknowledged_writes_survive_kills_of_nodes_and_of_the_server():
    print(f'SEED={SEED} NODES={NODES} CLIENTS={CLIENTS} SECONDS={SECONDS}')
    world = World()
    began = time.monotonic()
    world.run()
    minutes = int((time.monotonic() - began) // 60)
    statuses = sum((c.statuses for c in world.clients), Counter())
    failures = world.failures + [f for c in world.clients for f in c.failures]
    lost = sum(len(c.lost) for c in world.clients)
    print(f'{world.kills} kills of nodes, {world.restarts} of the server, {world.published} '
          f'publications; answers: {dict(statuses)}')
    assert not failures, (len(failures), failures[:3])
    names = ('id', 'key', 'number', 'owner', 'amount', 'stage', 'deleted_at', 'total', 'call',
             'created_at')
    rows = {r[0]: dict(zip(names, r)) for r in world.rows(
        'SELECT id, key, number, owner, (amount / 1)::float8, stage, deleted_at, total::float8, '
        'call, created_at '
        'FROM "order"')}
    check_notes(world, rows)
    check_whole(world, rows)
    beats, chained = check_beats(world, minutes), check_history(world)
    world.first.store.check()
    world.first.cli('recompute', '--check')
    messages, aged = world.first.count('_message'), world.first.count(
        'stage_history', "transition = 'age'")
    print(f'{len(rows)} records ({lost} requests for one without an answer), {chained} entries of '
          f'history, {messages} reminders, {aged} moves by time, {beats} beats of the schedule')
    assert len(rows) > SECONDS and world.kills + world.restarts > 2 and messages
    assert world.published or SECONDS < 10 * PUBLISH_EVERY


if __name__ == '__main__':
    try:
        main(globals())
    finally:
        cluster.close()

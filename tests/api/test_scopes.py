#!/usr/bin/env python3
"""A thousand random requests of people with scopes: what the engine shows is exactly what a
model of the permissions in Python allows, on every reading path.

Every record carries a token of its own in its texts (D0012D, C0003C, T0100T). Whatever comes
back, in JSON, CSV or HTML, may hold only tokens of records that this person may read."""
import csv
import io
import json
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main, query  # noqa: E402

REQUESTS = 1000
SEED = int(os.environ.get('SEED', '0')) or random.randrange(1 << 30)
rng = random.Random(SEED)
HTML = {'Accept': 'text/html'}

APP = '''
app: scopes
languages: [en]
time_zone: Asia/Shanghai
currency: CNY
limits: {api: 0, logins: 0}
roles:
  rep:  {label: Rep}
  lead: {label: Lead}
  head: {label: Head}
  area: {label: Area}
  boss: {label: Boss}
  none: {label: Nobody}
'''
CLIENT = '''
form: client
title: "{name}"
owner: keeper
fields:
  name:   {type: text, required: true, search: true}
  tier:   {type: choice, options: [a, b, c]}
  secret: {type: text}
  keeper: {type: user}
permissions:
  rep:  {read: own, update: own}
  lead: {read: department}
  head: {read: subtree}
  boss: {read: all, create: true, update: all, export: all}
'''
DEAL = '''
form: deal
title: "{name}"
owner: owner
fields:
  name:   {type: text, required: true, search: true}
  region: {type: choice, options: [east, north, south]}
  amount: {type: money}
  day:    {type: date}
  client: {type: link, to: client}
  others: {type: rollup, from: task, via: deal, do: "count()"}
  tier:   {type: lookup, via: client, field: tier}
  hint:   {type: lookup, via: client, field: secret}
  double: {type: formula, of: money, formula: "amount * 2"}
  owner:  {type: user}
views:
  board: {type: kanban, by: stage, card: [client, amount, owner]}
  east:  {type: table, columns: [name, client, amount], filter: "region = 'east'", sort: [-amount]}
permissions:
  rep:  {read: own, update: own, delete: own, export: own, batch: own}
  lead: {read: department, update: department, export: department}
  head: {read: subtree, update: subtree, export: subtree}
  area: {read: "region = 'east'", export: "region = 'east'"}
  boss: {read: all, create: true, update: all, delete: all, export: all, batch: all}
'''
TASK = '''
form: task
title: "{name}"
owner: doer
fields:
  name: {type: text, required: true, search: true}
  deal: {type: link, to: deal}
  deals_client: {type: lookup, via: deal, field: client}
  amount: {type: lookup, via: deal, field: amount}
  doer: {type: user}
permissions:
  rep:  {read: "deal.owner = me() or doer = me()", create: true, update: "doer = me()"}
  lead: {read: own, create: true}
  area: {read: "deal.region = 'east'", create: true}
  boss: {read: all, create: true, update: all}
'''
FLOW = '''
workflow: pipe
form: deal
stages:
  fresh: {status: open}
  won:   {status: won}
transitions:
  win: {from: fresh, to: won, by: [rep, boss]}
'''
# login, roles, department, manager
PEOPLE = [
    ('rita', 'rep', 'East 1', 'lena'), ('rolf', 'rep', 'East 1', 'lena'),
    ('ruth', 'rep', 'East 2', 'lena'), ('rory', 'rep', 'North', 'hugo'),
    ('lena', 'lead', 'East 1', 'hedy'), ('liam', 'rep,lead', 'North', 'hugo'),
    ('hedy', 'head', 'East', None), ('hugo', 'head', 'North', 'hedy'),
    ('arno', 'area', 'South', None), ('anna', 'area,rep', 'South', None),
    ('bess', 'boss', 'South', None), ('nils', 'none', 'South', None),
]
PARENT = {'East': 'Whole', 'East 1': 'East', 'East 2': 'East', 'North': 'Whole',
          'South': 'Whole', 'Whole': None}


class World:
    def __init__(self):
        self.app = App({'app.yaml': APP, 'forms/client.yaml': CLIENT, 'forms/deal.yaml': DEAL,
                        'forms/task.yaml': TASK, 'workflows/pipe.yaml': FLOW})
        self.app.user('root', roles='admin')
        self.server = self.app.serve()
        self.root = self.server.client(self.app.token('root'))
        self.people()
        self.records()

    def make(self, form, values):
        answer = self.root.post(f'/api/v1/forms/{form}/records', values)
        assert answer.status == 201, answer
        return answer.json['id']

    def people(self):
        self.department = {}
        for name, parent in sorted(PARENT.items(), key=lambda p: (p[1] is not None,
                                                                 p[1] != 'Whole')):
            self.department[name] = self.make('department', {
                'name': name, 'parent': self.department.get(parent)})
        self.id, self.roles, self.of, self.manager = {}, {}, {}, {}
        for login, roles, department, manager in PEOPLE:
            self.roles[login], self.of[login] = set(roles.split(',')), department
            self.manager[login] = manager
            self.id[login] = self.make('user', {
                'login': login, 'name': login.capitalize(), 'roles': roles.split(','),
                'department': self.department[department]})
        for login, manager in self.manager.items():
            if manager:
                answer = self.root.patch(f'/api/v1/forms/user/records/{self.id[login]}',
                                         {'manager': self.id[manager]})
                assert answer.status == 200, answer
        self.client_of = {login: self.server.client(self.app.token(login)) for login in self.id}

    def records(self):
        logins = [p[0] for p in PEOPLE] + [None]
        self.clients, self.deals, self.tasks = {}, {}, {}
        for i in range(40):
            row = {'name': f'C{i:04d}C', 'tier': rng.choice('abc'), 'secret': f'S{i:04d}S',
                   'keeper': rng.choice(logins)}
            self.clients[self.batch('client', row)] = row
        for i in range(300):
            row = {'name': f'D{i:04d}D', 'region': rng.choice(['east', 'north', 'south']),
                   'amount': rng.randrange(1, 100000) / 100, 'owner': rng.choice(logins),
                   'day': f'2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}',
                   'client': rng.choice([*self.clients, None])}
            self.deals[self.batch('deal', row)] = row
        for i in range(300):
            row = {'name': f'T{i:04d}T', 'deal': rng.choice([*self.deals, None]),
                   'doer': rng.choice(logins)}
            self.tasks[self.batch('task', row)] = row

    def batch(self, form, row):
        return self.make(form, {k: v for k, v in row.items() if v is not None})

    # ---- the model ----

    def department_of(self, login):
        return self.of.get(login)

    def below(self, login):
        """People of the department and those below it, and of the reporting line."""
        def inside(d):
            while d:
                if d == self.of[login]:
                    return True
                d = PARENT[d]
            return False

        def reports(who):
            seen = set()
            while who and who not in seen:
                if who == login:
                    return True
                seen.add(who)
                who = self.manager.get(who)
            return False
        return {p for p in self.of if inside(self.of[p]) or reports(p)}

    def may(self, login, form, id):
        roles = self.roles[login]
        row = {'client': self.clients, 'deal': self.deals, 'task': self.tasks}[form][id]
        if 'boss' in roles:
            return True
        if form == 'task':
            deal = self.deals.get(row['deal'])
            return bool('rep' in roles and (row['doer'] == login or deal and deal['owner'] == login)
                        or 'lead' in roles and row['doer'] == login
                        or 'area' in roles and deal and deal['region'] == 'east')
        owner = row['owner' if form == 'deal' else 'keeper']
        return bool('rep' in roles and owner == login
                    or 'lead' in roles and owner and self.of[owner] == self.of[login]
                    or 'head' in roles and owner and owner in self.below(login)
                    or form == 'deal' and 'area' in roles and row['region'] == 'east')

    def readable(self, login, form):
        rows = {'client': self.clients, 'deal': self.deals, 'task': self.tasks}[form]
        return {id for id in rows if self.may(login, form, id)}

    def tokens(self, login):
        out = set()
        for form, rows in (('client', self.clients), ('deal', self.deals), ('task', self.tasks)):
            for id in self.readable(login, form):
                out.add(rows[id]['name'])
                if form == 'client':
                    out.add(rows[id]['secret'])
        return out


TOKEN = re.compile(r'\b([CDTS])(\d{4})\1\b')


class Asker:
    """Requests of one kind each; all answers pass `look`."""

    def __init__(self, world, login):
        self.w, self.login, self.client = world, login, world.client_of[login]
        self.deals = world.readable(login, 'deal')
        self.tasks = world.readable(login, 'task')
        self.clients = world.readable(login, 'client')
        self.tokens = world.tokens(login)
        self.none = not (world.roles[login] - {'none'})
        self.browser = None

    def look(self, answer, *allowed):
        seen = {m.group(0) for m in TOKEN.finditer(answer.text)}
        foreign = seen - self.tokens - set(allowed)
        assert not foreign, f'{self.login}: {sorted(foreign)[:5]} in {answer}'
        return answer

    def get(self, path, *allowed, **k):
        return self.look(self.client.get(path, **k), *allowed)

    # A filter in the engine's words and in Python's.
    def filter(self):
        kind, d = rng.randrange(6), self.w.deals
        if kind == 0:
            r = rng.choice(['east', 'north', 'south'])
            return f"region = '{r}'", lambda i: d[i]['region'] == r
        if kind == 1:
            a = rng.randrange(1000)
            return f'amount >= {a}', lambda i: d[i]['amount'] >= a
        if kind == 2:
            who = rng.choice(list(self.w.id))
            return f"owner = user('{who}')", lambda i: d[i]['owner'] == who
        if kind == 3:
            return 'owner = blank', lambda i: d[i]['owner'] is None
        if kind == 4:
            m = rng.randrange(1, 13)
            return (f"month(day) = {m} or region = 'north'",
                    lambda i: int(d[i]['day'][5:7]) == m or d[i]['region'] == 'north')
        return None, lambda i: True

    def expected(self, holds):
        return {i for i in self.deals if holds(i)}

    def list(self):
        text, holds = self.filter()
        args = {'limit': rng.choice([1, 7, 50, 1000]), 'sort': rng.choice(
            ['id', '-id', 'name', '-amount,id', 'day', 'region,-name'])}
        if text:
            args['filter'] = text
        if args['limit'] == 1:
            args['limit'] = 3
        got, path = [], '/api/v1/forms/deal/records'
        for _ in range(200):
            answer = self.get(f'{path}?{query(args)}')
            if self.none:
                assert answer.status == 403, answer
                return
            assert answer.status == 200, answer
            got += [r['id'] for r in answer.json['records']]
            if not answer.json['next']:
                break
            args['after'] = answer.json['next']
        assert len(got) == len(set(got)) and set(got) == self.expected(holds), (self.login, args)

    def count(self):
        text, holds = self.filter()
        args = {'count': 'exact', 'limit': 1, **({'filter': text} if text else {})}
        answer = self.get('/api/v1/forms/deal/records?' + query(args))
        if self.none:
            assert answer.status == 403, answer
            return
        assert answer.json['count'] == len(self.expected(holds)), (self.login, text, answer)

    def aggregate(self):
        text, holds = self.filter()
        by = rng.choice(['region', 'owner', 'client', 'month(day)', 'stage', None])
        args = {'of': 'count(),sum(amount),max(amount)', **({'filter': text} if text else {}),
                **({'by': by} if by else {})}
        answer = self.get('/api/v1/forms/deal/aggregate?' + query(args))
        if self.none:
            assert answer.status == 403, answer
            return
        assert answer.status == 200, (self.login, args, answer)
        ids = self.expected(holds)
        rows = answer.json['rows']
        assert sum(r['value'][0] for r in rows) == len(ids), (self.login, args, answer)
        total = sum(round(self.w.deals[i]['amount'] * 100) for i in ids)
        assert round(sum(r['value'][1] or 0 for r in rows) * 100) == total, (self.login, args)

    def other_forms(self):
        """Through links and in other forms a filter sees only what this person may read."""
        w, roles = self.w, self.w.roles[self.login]
        no_clients = not self.clients and not roles & {'rep', 'lead', 'head', 'boss'}

        def client(i):
            id = w.deals[i]['client']
            return w.clients[id] if id in self.clients else {'name': None, 'secret': None}
        secrets = {w.clients[c]['secret'] for c in self.clients}
        large = sum(w.deals[i]['amount'] > 500 for i in self.deals)
        n = rng.randrange(40)
        text, holds = rng.choice([
            (f"client.secret = 'S{n:04d}S'", lambda i: client(i)['secret'] == f'S{n:04d}S'),
            (f"client.name > 'C{n:04d}C'", lambda i: (client(i)['name'] or '') > f'C{n:04d}C'),
            ('client.secret = blank', lambda i: client(i)['secret'] is None),
            (f"exists(client, secret = 'S{n:04d}S')", lambda i: f'S{n:04d}S' in secrets),
            (f'count_of(deal, amount > 500) > {large}', lambda i: False),
            (f'count_of(deal, amount > 500) = {large}', lambda i: True)])
        answer = self.get('/api/v1/forms/deal/records?' + query({
            'filter': text, 'count': 'exact', 'limit': 1000}))
        if self.none or 'client' in text and no_clients:
            assert answer.status == 403, (self.login, text, answer)
            return
        assert answer.status == 200, (self.login, text, answer)
        assert {r['id'] for r in answer.json['records']} == self.expected(holds), (
            self.login, text)
        assert answer.json['count'] == len(self.expected(holds))
        for args in ({'sort': 'hint'}, {'filter': f"hint = 'S{n:04d}S'"},
                     {'filter': f"tier = 'a'"}):
            answer = self.get('/api/v1/forms/deal/records?' + query(args))
            assert answer.status == (200 if 'boss' in roles else 403), (self.login, args, answer)

    def export(self):
        text, holds = self.filter()
        args = '?' + query({'filter': text}) if text else ''
        kind = rng.choice(['csv', 'json'])
        answer = self.get(f'/api/v1/forms/deal/export.{kind}{args}')
        if self.none:
            assert answer.status == 403, answer
            return
        assert answer.status == 200, answer
        rows = (list(csv.DictReader(io.StringIO(answer.text))) if kind == 'csv'
                else answer.json)
        assert {int(r['id']) for r in rows} == self.expected(holds), (self.login, text)

    def related(self):
        answer = self.get('/api/v1/forms/task/records?' + query({
            'expand': 'deal', 'limit': 1000, 'sort': '-id'}))
        if self.none or self.w.roles[self.login] == {'head'}:
            assert answer.status == 403, answer
            return
        assert answer.status == 200, answer
        assert {r['id'] for r in answer.json['records']} == self.tasks, self.login
        expanded = {int(i) for i in answer.json['expanded']['deal']}
        assert expanded <= self.deals, (self.login, expanded - self.deals)
        shown = {r['deal']['id'] for r in answer.json['records'] if r['deal']
                 and r['deal']['title']}
        assert shown <= self.deals, (self.login, shown - self.deals)
        for r in answer.json['records']:
            deal = self.w.tasks[r['id']]['deal']
            if deal and deal not in self.deals:
                assert r.get('amount') is None, (self.login, r)

    def search(self):
        form, rows, mine = rng.choice([('deal', self.w.deals, self.deals),
                                       ('task', self.w.tasks, self.tasks),
                                       ('client', self.w.clients, self.clients)])
        id = rng.choice(list(rows))
        answer = self.get(f'/api/v1/forms/{form}/records?' + query({
            'q': rows[id]['name'].lower(), 'count': 'exact'}))
        if answer.status == 403:
            assert not mine, answer
            return
        found = [r['id'] for r in answer.json['records']]
        assert found == ([id] if id in mine else []), (self.login, form, id, answer)

    def options(self):
        form, field, rows, mine = rng.choice([
            ('task', 'deal', self.w.deals, self.deals),
            ('deal', 'client', self.w.clients, self.clients)])
        q = rng.choice(['', rng.choice(list(rows.values()))['name'], '000'])
        answer = self.get(f'/api/v1/forms/{form}/options?' + query({'field': field, 'q': q}))
        if answer.status != 200:
            may = {'task': {'rep', 'lead', 'area', 'boss'}, 'deal': {'rep', 'lead', 'head', 'boss'}}
            assert not self.w.roles[self.login] & may[form], (self.login, answer)
            assert answer.status in (400, 403), answer
            return
        got = {o['id'] for o in answer.json['options']}
        assert got <= mine, (self.login, got - mine)

    def read(self):
        id = rng.choice(list(self.w.deals))
        answer = self.get(f'/api/v1/forms/deal/records/{id}')
        if id in self.deals:
            assert answer.status == 200 and answer.json['name'] == self.w.deals[id]['name'], answer
            for part in ('history', 'why', 'timeline', 'allowed'):
                assert self.get(f'/api/v1/forms/deal/records/{id}/{part}').status == 200
            return
        assert answer.status == 404, (self.login, answer)

    def foreign(self):
        others = list(set(self.w.deals) - self.deals)
        if not others:
            return
        id = rng.choice(others)
        at = f'/api/v1/forms/deal/records/{id}'
        for part in ('', '/history', '/why', '/timeline', '/allowed'):
            assert self.get(at + part).status == 404, (self.login, part)
        name = self.w.deals[id]['name']
        for answer in (
                self.client.patch(at, {'amount': 1}), self.client.delete(at),
                self.client.post(at + '/restore'), self.client.post(at + '/comments', {'text': 'x'}),
                self.client.post(at + '/transitions/win', {}),
                self.client.patch(at, {'amount': 1}, headers={'If-Match': '"1"'}),
                self.client.post('/api/v1/forms/deal/batch', {'update': [{'id': id, 'amount': 1}]}),
                self.client.post('/api/v1/forms/deal/batch', {'delete': [id]})):
            self.look(answer)
            assert answer.status == 404, (self.login, answer)
        assert self.w.app.rows('SELECT name, deleted_at, version FROM deal WHERE id = ?', id) == [
            (name, None, 1)]

    def preview(self):
        """A form that is being typed tells nothing of a record one may not read."""
        id = rng.choice(list(self.w.deals))
        answer = self.get('/api/v1/me')
        answer = self.look(self.client.post('/api/v1/forms/task/preview', {
            'values': {'name': 'x', 'deal': id}}))
        if answer.status == 200 and id not in self.deals:
            amount = answer.json.get('values', {}).get('amount')
            assert not amount, (self.login, answer)

    def link_foreign(self):
        """A record one may not read cannot be linked to, and the refusal does not name it."""
        others = list(set(self.w.deals) - self.deals)
        if not others or self.none or self.w.roles[self.login] == {'head'}:
            return
        before = self.w.app.count('task')
        answer = self.look(self.client.post('/api/v1/forms/task/records', {
            'name': 'mine', 'deal': rng.choice(others)}))
        assert answer.status == 422 and 'deal' in answer.fields, (self.login, answer)
        assert self.w.app.count('task') == before

    def pages(self):
        if not self.browser:
            self.browser = self.w.server.client()
            self.browser.token = self.client.token
        id = rng.choice(list(self.deals) if self.deals and rng.random() < 0.7
                        else list(self.w.deals))
        path = rng.choice(['/', '/f/deal', '/f/deal?view=east', '/f/deal?view=board', '/f/task',
                           '/f/client', f'/f/deal/{id}', f'/f/deal/{id}/edit', '/f/deal/new',
                           '/f/task/new', '/messages', '/bin/deal', f'/f/task/new?deal={id}',
                           f'/f/deal/new?copy={id}'])
        answer = self.look(self.browser.get(path, headers=HTML))
        if path.startswith(f'/f/deal/{id}') and id not in self.deals:
            assert answer.status == 404, (self.login, path, answer)
        else:
            assert answer.status in (200, 303, 403, 404), (self.login, path, answer)


def a_thousand_requests_leak_nothing():
    print(f'SEED={SEED}')
    world = World()
    askers = [Asker(world, login) for login in world.id]
    kinds = ['list', 'count', 'aggregate', 'export', 'related', 'search', 'options', 'read',
             'foreign', 'preview', 'link_foreign', 'pages', 'other_forms']
    done, failures = {}, []
    for i in range(REQUESTS):
        asker, kind = askers[i % len(askers)], rng.choice(kinds)
        try:
            getattr(asker, kind)()
        except AssertionError as e:
            failures.append((kind, str(e)[:600]))
        done[kind] = done.get(kind, 0) + 1
    print(json.dumps(done))
    for kind in kinds:
        some = [f for f in failures if f[0] == kind]
        for f in some[:3]:
            print(f'{kind} ({len(some)}): {f[1]}')
    assert not failures, f'{len(failures)} of {REQUESTS}'
    assert all(done.get(k) for k in kinds)
    sizes = {a.login: len(a.deals) for a in askers}
    print('readable deals:', sizes)
    assert sizes['nils'] == 0 and sizes['bess'] == 300 and 0 < sizes['rita'] < sizes['hedy'] < 300
    world.server.stop()


if __name__ == '__main__':
    main(globals())

#!/usr/bin/env python3
"""Row security: what a login of the database reads through SQL is what the user of that name reads
in the program.

on: postgresql (SQLite knows no logins)"""
import contextlib
import json
import os
import secrets
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'pg'))
import harness  # noqa: E402
import pq  # noqa: E402
from harness import TENON, App, main, query  # noqa: E402

END = '_' + secrets.token_hex(4)             # logins are the server's, for all databases
APP = '''
app: guard
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  rep:  {label: Rep}
  lead: {label: Lead}
  head: {label: Head}
  area: {label: Area}
  boss: {label: Boss, includes: [area]}
  day:  {label: Day}
'''
CLIENT = '''
form: client
title: "{name}"
owner: keeper
fields:
  name:   {type: text}
  tags:   {type: choices, options: [a, b]}
  keeper: {type: user}
  lines:
    type: subform
    fields:
      what: {type: text}
      also: {type: choices, options: [x, y]}
permissions:
  rep:  {read: own}
  lead: {read: department}
  head: {read: subtree}
  boss: {read: all}
'''
DEAL = '''
form: deal
title: "{name}"
owner: team
fields:
  name:   {type: text}
  note:   {type: text}
  secret: {type: text}
  size:   {type: number, decimals: 2}
  until:  {type: date}
  client: {type: link, to: client}
  team:   {type: users}
  asks:   {type: user}
  costs:
    type: subform
    fields:
      what: {type: text}
permissions:
  rep:  {read: own}
  lead: {read: department}
  head: {read: subtree}
  area:
    read: "note = 'it''s a \\\\ back $1 客户' or client.keeper.login = 'rita' or size > 10.5 and until < '2026-05-01'"
    fields: {secret: hidden, costs: hidden}
  boss: {read: "has_role('area') and size > -1 or department_of(me()) in my_departments(subtree) and blank = note"}
  day:  {read: "until = today()"}
'''
FLOW = '''
workflow: selling
form: deal
stages:
  open: {status: open}
  won:  {status: won}
transitions:
  win:
    from: open
    to: won
    by: everyone
    approve: [{by: this.asks, cc: role(day)}]
'''
PEOPLE = [('rita', 'rep', 'One', 'lena'), ('rolf', 'rep', 'One', 'lena'), ('ruth', 'rep', 'Two', 'lena'),
          ('lena', 'lead', 'One', 'hedy'), ('hedy', 'head', 'East', None), ('arno', 'area', 'Two', None),
          ('anna', 'area,rep', 'East', None), ('bess', 'boss', 'Two', None), ('dora', 'day', 'One', None),
          ('nils', '', 'Two', None), ('root', 'admin', None, None)]
WEIRD = "it's a \\ back $1 客户"


class World:
    def __init__(self, app):
        self.app, self.made = app, []

    def login(self, name):
        self.made.append(name)
        self.app.store.run(f'CREATE ROLE "{name}" LOGIN')
        self.grant(name)

    def grant(self, name):
        self.app.store.run(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{name}"')

    @contextlib.contextmanager
    def sql(self, name):
        with self.app.store._open() as c:
            c.run(f'SET SESSION AUTHORIZATION "{name}"')
            yield c

    def ids(self, name, table, column='id'):
        with self.sql(name) as c:
            return sorted(r[0] for r in c.rows(f'SELECT "{column}" FROM "{table}"'))

    def end(self):
        for name in self.made:
            self.app.store.run(f'DROP OWNED BY "{name}"; DROP ROLE "{name}"')


def _shown(client, form):
    """What the list shows; no right to the form: nothing."""
    found, cursor = [], None
    while True:
        answer = client.get(f'/api/v1/forms/{form}/records?' + query(
            {'limit': 200, **({'after': cursor} if cursor else {})}))
        if answer.status == 403:
            return []
        assert answer.status == 200, answer
        found += [r['id'] for r in answer.json['records']]
        cursor = answer.json.get('next')
        if not cursor:
            return sorted(found)


def _make(client, form, values):
    answer = client.post(f'/api/v1/forms/{form}/records', values)
    assert answer.status == 201, answer
    return answer.json['id']


def _people(root, world, logins):
    department, of = {}, {}
    for name, parent in (('East', None), ('One', 'East'), ('Two', 'East')):
        department[name] = _make(root, 'department', {'name': name, 'parent': department.get(parent)})
    for login, roles, at, _ in PEOPLE:
        of[login] = _make(root, 'user', {'login': login + END, 'name': login, 'department':
                                        department.get(at), 'roles': roles.split(',') if roles else []})
    for login, _, _, manager in PEOPLE:
        if manager:
            assert root.patch(f'/api/v1/forms/user/records/{of[login]}',
                              {'manager': of[manager]}).status == 200
        if logins:
            world.login(login + END)
    return of


@contextlib.contextmanager
def _house():
    app = App({'app.yaml': APP, 'forms/client.yaml': CLIENT,
               'forms/deal.yaml': DEAL.replace("'rita'", f"'rita{END}'"),
               'workflows/selling.yaml': FLOW})
    app.user('first', roles='admin')
    world = World(app)
    try:
        with app.serve() as server:
            world.server, world.root = server, server.client(app.token('first'))
            world.of = _people(world.root, world, True)
            who = [*world.of.values(), None]
            clients = [_make(world.root, 'client', {
                'name': f'C{i}', 'tags': ['a', 'b'][:i % 3], 'keeper': who[i % len(who)],
                'lines': [{'what': str(k), 'also': ['x']} for k in range(i % 3)]}) for i in range(30)]
            world.deals = [_make(world.root, 'deal', {
                'name': f'D{i}', 'note': [None, WEIRD, 'x'][i % 3], 'size': i - 5, 'secret': 's',
                'until': f'2026-{i % 12 + 1:02d}-02', 'client': [None, *clients][i % 31],
                'team': [w for w in {who[i % 7], who[i * 5 % 12]} if w]}) for i in range(60)]
            gone = _make(world.root, 'client', {'name': 'gone', 'tags': ['a'], 'keeper': who[0]})
            for form, id in (('client', gone), ('deal', world.deals[7])):
                answer = world.root.delete(f'/api/v1/forms/{form}/records/{id}')
                assert answer.status in (200, 204), answer
            world.client = {p[0]: server.client(app.token(p[0] + END)) for p in PEOPLE}
            yield world
    finally:
        world.end()


def a_login_reads_the_rows_of_its_user_and_their_lists_and_views():
    with _house() as w:
        counts = set()
        for login in w.of:
            for form in ('client', 'deal', 'user', 'department'):
                if login == 'dora' and form == 'deal':
                    continue
                seen = w.ids(login + END, form)
                assert seen == _shown(w.client[login], form), (login, form)
                assert w.ids(login + END, form + '_v') == seen, (login, form)
                counts.add(len(seen))
            mine = set(w.ids(login + END, 'client'))
            assert set(w.ids(login + END, 'client__tags', 'record')) == {
                r for r, in w.app.rows('SELECT DISTINCT record FROM client__tags') if r in mine}
            lines = w.ids(login + END, 'client__lines')
            assert lines == sorted(r for r, p in w.app.rows(
                'SELECT id, record FROM client__lines') if p in mine), login
            assert set(w.ids(login + END, 'client__lines__also', 'record')) == set(lines)
        assert len(counts) > 5, counts
        assert w.ids('dora' + END, 'deal') == []            # today is no column's


def who_is_no_user_reads_nothing_and_nobody_writes_or_reads_the_engines_tables():
    with _house() as w:
        stranger = 'stranger' + END
        w.login(stranger)
        for table in ('client', 'deal', 'user', 'client__lines', 'client__tags', 'deal_v'):
            assert w.ids(stranger, table) == [] if 'tags' not in table \
                else w.ids(stranger, table, 'record') == []
        boss = 'root' + END
        assert w.ids(boss, 'deal')
        w.app.store.run(f'GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{boss}"')
        with w.sql(boss) as c:
            for table in w.app.store.tables():
                if table.startswith('_') or table == 'stage_history':
                    assert c.rows(f'SELECT count(*) FROM "{table}"') == [(0,)], table
            assert c.run("UPDATE deal SET name = 'x'") == 0
            assert c.run('DELETE FROM client__tags') == 0
            try:
                c.run("INSERT INTO deal (name) VALUES ('x')")
                raise AssertionError('a row was written')
            except pq.Refused as e:
                assert 'row-level security' in str(e), e


def a_change_of_the_person_counts_at_once():
    with _house() as w:
        def change(login, values):
            assert w.root.patch(f'/api/v1/forms/user/records/{w.of[login]}', values).status == 200
        assert w.ids('nils' + END, 'deal') == []
        change('nils', {'roles': ['boss']})
        assert w.ids('nils' + END, 'deal') == _shown(w.client['nils'], 'deal') != []
        change('nils', {'active': False})
        assert w.ids('nils' + END, 'deal') == w.ids('nils' + END, 'user') == []
        assert w.ids('lena' + END, 'client') != []
        w.app.store.run(f'UPDATE "user" SET deleted_at = now() WHERE login = \'lena{END}\'')
        assert w.ids('lena' + END, 'client') == []


def who_is_asked_reads_what_it_is_about_and_so_does_who_stands_in():
    with _house() as w:
        deal = _make(w.root, 'deal', {'name': 'asked', 'size': 1, 'team': [w.of['bess']]})
        other = _make(w.root, 'deal', {'name': 'other', 'size': 1})
        nils, rolf, dora = 'nils', 'rolf', 'dora'
        assert not any(deal in w.ids(x + END, 'deal') for x in (nils, rolf, dora))
        moved = w.root.post(f'/api/v1/forms/deal/records/{deal}/transitions/win',
                            {'values': {'asks': w.of[nils]}})
        assert moved.status == 202, moved
        lent = w.client[nils].post('/api/v1/delegations', {
            'delegate': w.of[rolf], 'until': '2099-01-01T00:00:00Z', 'form': 'deal'})
        assert lent.status == 201, lent
        for who in (nils, rolf, dora):
            seen = w.ids(who + END, 'deal')
            assert deal in seen and other not in seen, (who, seen)
            if who != dora:                            # whose scope asks for the day
                assert seen == _shown(w.client[who], 'deal'), who
        assert w.ids(nils + END, 'deal__team', 'record') == w.ids(nils + END, 'deal') == [deal]
        assert w.ids(nils + END, 'client') == []
        assert w.client[nils].delete(f'/api/v1/delegations/{lent.json["id"]}').status == 204
        assert deal not in w.ids(rolf + END, 'deal')


def a_publish_changes_the_policies_with_it():
    with _house() as w:
        before = w.ids('anna' + END, 'deal')
        w.server.stop()
        w.app.write('forms/deal.yaml', w.app.read('forms/deal.yaml').replace('size > 10.5', 'size > 40.5'))
        plan = w.app.cli('plan').text
        assert [x for x in plan.split('\n') if x[:2] in ('+ ', '~ ', '- ')] == ['~ guard rows of deal'], plan
        w.app.cli('apply')
        assert w.app.cli('plan').text.count('guard') == 0
        after = w.ids('anna' + END, 'deal')
        assert set(after) < set(before), (before, after)
        # Names change places; a removed form's rows are nobody's.
        text = w.app.read('forms/client.yaml').replace('form: client', 'form: buyer\nwas: client')
        w.app.write('forms/buyer.yaml', text)
        w.app.remove('forms/client.yaml')
        w.app.write('forms/deal.yaml', w.app.read('forms/deal.yaml').replace('to: client', 'to: buyer'))
        kept = w.ids('rita' + END, 'client')
        w.app.cli('apply')
        assert w.ids('rita' + END, 'buyer') == kept != []
        assert w.ids('anna' + END, 'deal') == after
        table = w.app.rows("SELECT count(*) FROM pg_proc WHERE proname = 'tn_read_client'")
        assert table == [(0,)]
        w.app.remove('forms/deal.yaml')
        w.app.remove('workflows/selling.yaml')
        w.app.cli('apply')
        for name in w.app.store.tables():
            if name.endswith('deal'):
                assert w.ids('root' + END, name) == [], name


def a_login_cannot_put_its_own_functions_before_the_owners():
    with _house() as w:
        name = 'nils' + END
        w.app.store.run(f'CREATE SCHEMA "{name}" AUTHORIZATION "{name}"')
        with w.sql(name) as c:
            c.run(f'CREATE FUNCTION "{name}".tn_me() RETURNS bigint LANGUAGE sql AS $$SELECT 1::bigint$$;'
                  f"CREATE FUNCTION \"{name}\".tn_roles() RETURNS text[] LANGUAGE sql AS $$SELECT '{{admin}}'::text[]$$;"
                  'CREATE TEMP TABLE "user" (id bigint, login text, active boolean, deleted_at text);'
                  f'SET search_path = "{name}", pg_temp, public')
            assert c.rows('SELECT id FROM public.deal') == []


def where_everybody_may_make_operators_no_function_runs_as_the_owner():
    app = App({'app.yaml': APP, 'forms/client.yaml': CLIENT})
    app.store.run('GRANT CREATE ON SCHEMA public TO PUBLIC')
    app.cli('apply')
    made = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'tn\\_read\\_%' OR proname = 'tn_me'"
    assert app.rows(made) == [(0,)]
    app.store.run('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
    app.cli('apply')
    assert app.rows(made)[0][0] > 1


def debug_rls_says_what_is_missing_and_which_columns_are_everybodys():
    with _house() as w:
        one = {f['form']: f for f in json.loads(w.app.cli('debug rls', '--json').text)}
        assert one['client']['missing'] == []
        assert [(m['role'], m['why']) for m in one['deal']['missing']] == [
            ('day', 'it depends on the time')], one['deal']['missing']
        grants = ' '.join(one['deal']['grants'])
        assert '"secret"' not in grants and '"name"' in grants
        assert one['client__lines']['grants'] and one['deal__costs']['grants'] == []
        for form in one.values():
            for grant in form['grants']:
                w.app.store.run(grant.replace('TO readers', f'TO "nils{END}"'))


def in_the_shipped_app_each_person_reads_the_same_both_ways():
    app, there = harness.company(), harness.store('')
    done = subprocess.run([TENON, 'copy', app.dir, '--from', 'sqlite:' + app.store.path, '--to',
                           there.url], capture_output=True, timeout=120)
    assert done.returncode == 0, done
    app.store = there
    world = World(app)
    forms = {f['form']: f['missing'] for f in json.loads(app.cli('debug rls', '--json').text)
             if 'deleted_at' in there.columns(f['form'])}
    some, none = 0, 0
    try:
        with app.serve() as server:
            for login, in app.rows('SELECT login FROM "user" WHERE active AND deleted_at IS NULL '
                                   'ORDER BY id'):
                new = login + END
                app.store.run('UPDATE "user" SET login = ?, login__key = ? WHERE login = ?',
                              new, new, login)
                world.login(new)
                client = server.client(app.token(new))
                for form in [f for f in forms if not forms[f]]:
                    seen = world.ids(new, form)
                    assert seen == _shown(client, form), (login, form)
                    assert world.ids(new, form + '_v') == seen, (login, form)
                    some, none = some + bool(seen), none + (not seen)
    finally:
        world.end()
    assert some > 20 and none > 5, (some, none)


if __name__ == '__main__':
    main(globals())

#!/usr/bin/env python3
"""Rights by the letter: scopes, field rights where the role reaches, what may not be read after
a write, changes of many at once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main, query  # noqa: E402

APP = '''app: rights
languages: [en, zh]
limits: {api: 0, logins: 0}
roles:
  own:    {label: O}
  wide:   {label: W, includes: [own]}
  team:   {label: T}
  tree:   {label: S}
  maker:  {label: M}
  blind:  {label: B}
  bound:  {label: E}
  bounded: {label: R}
'''
ITEM = '''form: item
title: "{name}"
owner: owner
fields:
  name:  {type: text, required: true}
  owner: {type: user, default: "=me()"}
  cost:  {type: number}
  twice: {type: formula, of: number, formula: "cost * 2"}
  note:  {type: text}
views:
  dear: {type: table, columns: [name, cost], filter: "cost != blank", sort: [-cost, name]}
permissions:
  own:   {read: own, create: true, update: own, batch: own}
  wide:  {read: all, fields: {cost: readonly}}
  team:  {read: department, create: true, update: department}
  tree:  {read: subtree, create: true, update: subtree, batch: own}
  maker: {create: true}
  blind: {read: all, create: true, update: all, batch: all, fields: {cost: hidden}}
  bound: {read: all, create: "cost < 10", update: "owner = me() and cost < 10"}
  bounded: {read: all, create: true, update: all, fields: {cost: {read: "owner = me()"}}}
'''
ITEMS = '/api/v1/forms/item/records'
PEOPLE = {'root': 'admin', 'ann': 'own', 'bob': 'own', 'wes': 'wide', 'tim': 'team', 'tom': 'own',
          'sue': 'tree', 'sam': 'own', 'sid': 'own', 'mak': 'maker', 'bea': 'blind', 'ben': 'bound',
          'rob': 'bounded'}
_app = App({'app.yaml': APP, 'forms/item.yaml': ITEM})
for _login, _roles in PEOPLE.items():
    _app.user(_login, roles=_roles)
_server = _app.serve()
who = {n: _server.client(_app.token(n)) for n in PEOPLE}
ids = {n: _app.rows('SELECT id FROM "user" WHERE login = ?', n)[0][0] for n in PEOPLE}


def _make(login, **values):
    answer = who[login].post(ITEMS, {'name': login, **values})
    assert answer.status == 201, answer
    return answer.json['id']


def _place_people():
    teams = '/api/v1/forms/department/records'
    east = who['root'].post(teams, {'name': 'East'}).json['id']
    part = who['root'].post(teams, {'name': 'Part', 'parent': east}).json['id']
    for login, values in {'tim': {'department': east}, 'tom': {'department': east},
                          'sue': {'department': east}, 'sam': {'department': part},
                          'sid': {'manager': 'sam'}, 'sam ': {'manager': 'sue'}}.items():
        login = login.strip()
        answer = who['root'].patch(f'/api/v1/forms/user/records/{ids[login]}', values)
        assert answer.status == 200, answer


_place_people()
one = {n: _make(n, **({} if n in ('bea',) else {'cost': 3})) for n in PEOPLE if n != 'mak'}


def _seen(login):
    records = who[login].get(f'{ITEMS}?fields=owner&limit=100').json['records']
    return {r['owner']['title'].lower() for r in records}


def scopes_reach_exactly_who_they_say():
    assert _seen('ann') == {'ann'}
    assert _seen('tim') == {'tim', 'tom', 'sue'}, _seen('tim')
    assert _seen('sue') == {'tim', 'tom', 'sue', 'sam', 'sid'}, _seen('sue')
    assert _seen('wes') == set(one)
    for login, other in (('ann', 'bob'), ('tim', 'sam'), ('sue', 'bob')):
        for answer in (who[login].get(f'{ITEMS}/{one[other]}'),
                       who[login].patch(f'{ITEMS}/{one[other]}', {'note': 'x'}),
                       who[login].delete(f'{ITEMS}/{one[other]}'),
                       who[login].get(f'{ITEMS}/{one[other]}/history')):
            assert answer.status == 404, (login, other, answer)


def no_entry_is_no_right():
    assert who['ann'].delete(f'{ITEMS}/{one["ann"]}').status == 403
    assert who['mak'].get(ITEMS).status == 403
    assert who['wes'].patch(f'{ITEMS}/{one["ann"]}', {'note': 'x'}).status == 403


def who_may_not_read_the_result_gets_its_id_and_why():
    answer = who['mak'].post(ITEMS, {'name': 'x'})
    assert answer.status == 201 and set(answer.json) == {'id', 'why'}, answer
    assert answer.headers['Location'].endswith(f'/{answer.json["id"]}')
    handed = _make('ann')
    answer = who['ann'].patch(f'{ITEMS}/{handed}', {'owner': 'bob'})
    assert answer.status == 200 and set(answer.json) == {'id', 'why'}, answer
    assert who['ann'].get(f'{ITEMS}/{handed}').status == 404
    assert who['bob'].get(f'{ITEMS}/{handed}').status == 200


def an_expression_binds_the_result_too():
    assert who['ben'].post(ITEMS, {'name': 'x', 'cost': 10}).status == 403
    mine = _make('ben', cost=9)
    assert who['ben'].patch(f'{ITEMS}/{mine}', {'cost': 11}).status == 403
    assert who['ben'].patch(f'{ITEMS}/{mine}', {'owner': 'ann'}).status == 403
    assert who['ben'].patch(f'{ITEMS}/{mine}', {'cost': 8}).status == 200


def field_rights_count_where_the_role_reaches():
    # `wide` makes cost read-only, but on what is one's own the included role gives it whole.
    assert who['wes'].patch(f'{ITEMS}/{one["wes"]}', {'cost': 4}).status == 200
    assert who['bea'].post(ITEMS, {'name': 'x', 'cost': 4}).status == 403
    seen = who['bea'].get(f'{ITEMS}/{one["ann"]}').json
    assert 'cost' not in seen and 'twice' not in seen, seen
    for args in ({'filter': 'cost > 1'}, {'sort': 'twice'}, {'fields': 'cost'}):
        assert who['bea'].get(f'{ITEMS}?{query(args)}').status == 403, args


def a_read_expression_bounds_reading_and_writing():
    assert 'cost' not in who['rob'].get(f'{ITEMS}/{one["ann"]}').json
    assert who['rob'].get(f'{ITEMS}/{one["rob"]}').json['cost'] == 3
    assert who['rob'].patch(f'{ITEMS}/{one["ann"]}', {'cost': 5}).status == 403
    assert who['rob'].patch(f'{ITEMS}/{one["rob"]}', {'cost': 5}).status == 200
    assert who['rob'].patch(f'{ITEMS}/{one["rob"]}', {'cost': 6, 'owner': 'ann'}).status == 403
    assert who['rob'].get(f'{ITEMS}?{query({"filter": "cost > 1"})}').status == 403


def a_view_that_sorts_by_what_one_may_not_see_still_lists():
    for login in ('bea', 'rob', 'wes'):
        answer = who[login].get(f'{ITEMS}?view=dear&limit=100')
        assert answer.status == 200 and len(answer.json['records']) >= 10, answer
    names = [r['name'] for r in who['bea'].get(f'{ITEMS}?view=dear&limit=100').json['records']]
    assert names == sorted(names), names


def many_at_once_needs_the_right_for_each():
    batch = '/api/v1/forms/item/batch'
    for login in ('tim', 'ben'):
        answer = who[login].post(batch, {'filter': 'id > 0', 'set': {'note': 'b'}})
        assert answer.status == 403, answer
    # The scope of `batch` counts, not only that there is one.
    answer = who['sue'].post(batch, {'filter': 'id > 0', 'set': {'note': 'b'}})
    assert answer.status == 403, answer
    assert _app.count('item', "note = 'b'") == 0
    answer = who['sue'].post(batch, {'filter': 'owner = me()', 'set': {'note': 'b'}})
    assert answer.status == 200, answer
    assert _app.rows("SELECT id FROM item WHERE note = 'b'") == [(one['sue'],)]
    answer = who['bea'].post(batch, {'filter': 'id > 0', 'set': {'note': 'c'}})
    assert answer.status == 200 and _app.count('item', "note != 'c' OR note IS NULL") == 0, answer


def end():
    _server.stop()


main(globals())

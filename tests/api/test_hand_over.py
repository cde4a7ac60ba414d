#!/usr/bin/env python3
"""What a leaver answers for goes to somebody else: open records, teams, people; by API and page."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, main  # noqa: E402

HTML = {'Accept': 'text/html'}
USERS = '/api/v1/forms/user/records'
APP = '''app: leaving
languages: [en, zh]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
DEAL = '''form: deal
label: Deal
title: "{name}"
owner: owner
fields:
  name: {type: text}
  worth: {type: number}
  owner: {type: user}
checks:
  - {that: "worth = blank or worth < 100 or old.worth = blank", message: Too dear to change}
permissions:
  clerk: {read: own, create: true, update: own}
'''
FLOW = '''workflow: sale
form: deal
stages:
  talk: {status: open}
  won: {status: won, lock: true}
transitions:
  win: {from: talk, to: won, by: owner}
'''
CASE = '''form: case
label: Case
title: "{name}"
owner: keepers
fields:
  name: {type: text}
  keepers: {type: users}
permissions:
  clerk: {read: own, create: true, update: own}
'''
NOTE = 'form: note\ntitle: "{name}"\nfields:\n  name: {type: text}\n  about: {type: user}\n'
_app = App({'app.yaml': APP, 'forms/deal.yaml': DEAL, 'workflows/sale.yaml': FLOW,
            'forms/case.yaml': CASE, 'forms/note.yaml': NOTE})
for _login, _roles in (('root', 'admin'), ('ann', 'clerk'), ('eve', 'clerk'), ('gone', 'clerk'),
                       ('max', 'clerk'), ('zoe', 'clerk')):
    _app.user(_login, roles=_roles)
_server = _app.serve()
root, ann = (_server.client(_app.token(n)) for n in ('root', 'ann'))


def _id(login):
    return _app.rows('SELECT id FROM "user" WHERE login = ?', login)[0][0]


def _make(form, **values):
    answer = root.post(f'/api/v1/forms/{form}/records', values)
    assert answer.status == 201, answer
    return answer.json['id']


def _held(login):
    answer = root.get(f'{USERS}/{_id(login)}/held')
    assert answer.status == 200, answer
    return {p['place']: (p['open'], p['all']) for p in answer.json['places']}


def _give(login, **body):
    return root.post(f'{USERS}/{_id(login)}/hand-over', body)


def _owners(form, column='owner'):
    return dict(_app.rows(f'SELECT d.name, u.login FROM "{form}" d JOIN "user" u '
                          f'ON u.id = d.{column}'))


def all_that_is_open_goes_and_what_is_closed_stays():
    talk, won = _make('deal', name='talk', owner='ann'), _make('deal', name='won', owner='ann')
    assert root.post(f'/api/v1/forms/deal/records/{won}/transitions/win', {}).status == 200
    other = _make('deal', name='other', owner='max')
    for name, keepers in (('alone', ['ann']), ('both', ['ann', 'eve']), ('shared', ['max', 'ann'])):
        _make('case', name=name, keepers=keepers)
    team = _make('department', name='East', head='ann')
    assert root.patch(f'{USERS}/{_id("max")}', {'manager': 'ann'}).status == 200
    _make('note', name='about ann', about='ann')
    assert _held('ann') == {'user.manager': (1, 1), 'department.head': (1, 1),
                            'deal.owner': (1, 2), 'case.keepers': (3, 3),
                            'tasks': (0, 0)}, _held('ann')
    answer = _give('ann', to='eve')
    assert answer.status == 200 and answer.json['done'] == 6, answer
    assert answer.json['left'] is False and answer.json['kept'] == []
    assert _owners('deal') == {'talk': 'eve', 'won': 'ann', 'other': 'max'}
    keepers = {}
    for name, login in _app.rows('SELECT c.name, u.login FROM "case" c JOIN case__keepers k '
                                 'ON k.record = c.id JOIN "user" u ON u.id = k.value '
                                 'ORDER BY u.login'):
        keepers.setdefault(name, []).append(login)
    assert keepers == {'alone': ['eve'], 'both': ['eve'], 'shared': ['eve', 'max']}, keepers
    assert root.get(f'/api/v1/forms/department/records/{team}').json['head']['id'] == _id('eve')
    assert _owners('user', 'manager') == {'Max': 'eve'}
    assert _owners('note', 'about') == {'about ann': 'ann'}
    why = root.get(f'/api/v1/forms/deal/records/{talk}/why').json
    assert 'handed over from Ann to Eve' in str(why['explained']), why
    chinese = root.get(f'/api/v1/forms/deal/records/{talk}/why',
                       headers={'Accept-Language': 'zh'}).json
    assert '由 Ann 交接给 Eve' in str(chinese['explained']), chinese
    history = root.get(f'/api/v1/forms/deal/records/{talk}/history').json
    assert 'Root' in str(history), history
    assert root.get(f'/api/v1/forms/deal/records/{other}').json['version'] == 1
    again = _give('ann', to='eve', closed=True)
    assert again.json['done'] == 1 and _owners('deal')['won'] == 'eve', again
    assert _held('ann') == {'user.manager': (0, 0), 'department.head': (0, 0),
                            'deal.owner': (0, 0), 'case.keepers': (0, 0), 'tasks': (0, 0)}


def only_the_places_named_go():
    _make('deal', name='one place', owner='zoe')
    _make('case', name='one place', keepers=['zoe'])
    answer = _give('zoe', to='max', places=['case.keepers'])
    assert answer.status == 200 and answer.json['done'] == 1, answer
    assert _held('zoe')['deal.owner'] == (1, 1) and _held('zoe')['case.keepers'] == (0, 0)


def what_its_form_refuses_stays_and_is_told_and_the_rest_goes():
    dear = _make('deal', name='dear', worth=100, owner='gone')
    _make('deal', name='cheap', worth=1, owner='gone')
    answer = _give('gone', to='max', places=['deal.owner'])
    assert answer.status == 200 and answer.json['done'] == 1, answer
    assert answer.json['refused'] == 1, answer
    assert answer.json['kept'] == [{'form': 'deal', 'id': dear, 'title': 'dear',
                                    'why': 'Too dear to change'}], answer
    assert _owners('deal')['dear'] == 'gone' and _owners('deal')['cheap'] == 'max'


def more_than_a_call_takes_is_said():
    many = [{'name': f'n{i}', 'owner': 'zoe'} for i in range(900)]
    for _ in range(3):
        assert root.post('/api/v1/forms/deal/batch', {'create': many}).status == 200
    first = _give('zoe', to='max', places=['deal.owner'])
    assert first.json['done'] == 2000 and first.json['left'] is True, first
    rest = _give('zoe', to='max', places=['deal.owner'])
    assert rest.json['left'] is False and _held('zoe')['deal.owner'] == (0, 0), rest


def wrong_asks_are_refused_where_they_are_wrong():
    for body, field in (({}, 'to'), ({'to': 'nobody'}, 'to'), ({'to': 'ann'}, 'to'),
                        ({'to': 'eve', 'places': ['deal.name']}, 'places')):
        answer = _give('ann', **body)
        assert answer.status == 422 and field in answer.fields, (body, answer)
    assert root.patch(f'{USERS}/{_id("zoe")}', {'active': False}).status == 200
    assert 'to' in _give('ann', to='zoe').fields
    for body in ({'to': 'eve', 'places': 'deal.owner'}, {'to': 'eve', 'closed': 'yes'}):
        assert _give('ann', **body).status == 400, body
    assert root.post(f'{USERS}/999999/hand-over', {'to': 'eve'}).status == 404
    assert ann.post(f'{USERS}/{_id("ann")}/hand-over', {'to': 'eve'}).status == 403
    assert ann.get(f'{USERS}/{_id("ann")}/held').status == 403


def an_admin_does_it_on_the_page():
    _make('deal', name='page', owner='ann')
    boss = _server.client().login('root')
    there = f'/f/user/{_id("ann")}/hand-over'
    assert there in boss.get(f'/f/user/{_id("ann")}', headers=HTML).text
    page = boss.get(there, headers=HTML)
    assert page.status == 200 and 'value="deal.owner"' in page.text, page.text
    assert 'case.keepers' not in page.text
    form = {k: v for k, v in Page(page.text).forms[there].items() if v is not None}
    form.update(place='deal.owner')
    nobody = boss.form(there, {**form, 'manager': ''})
    assert nobody.status == 422 and 'choose an active user' in nobody.text, nobody
    done = boss.form(there, {**form, 'manager': str(_id('eve'))})
    assert done.status == 200 and 'Records handed over: 1' in done.text, done.text
    assert _owners('deal')['page'] == 'eve'
    assert 'answers for nothing' in boss.get(there, headers=HTML).text


if __name__ == '__main__':
    main(globals())

#!/usr/bin/env python3
"""Users and departments are data: admins keep them through pages and API, everyone reads a
little of them, and what would break the tree or the clock is refused."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, PASSWORD, Page, main, query  # noqa: E402

HTML = {'Accept': 'text/html'}
USERS, TEAMS = '/api/v1/forms/user/records', '/api/v1/forms/department/records'
APP = '''app: people
languages: [en, zh]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
  chief: {label: Chief, includes: [clerk]}
'''
NOTE = '''form: note
title: "{name}"
fields:
  name: {type: text}
permissions:
  clerk: {read: all, create: true}
'''
_app = App({'app.yaml': APP, 'forms/note.yaml': NOTE})
for _login, _roles in (('root', 'admin'), ('ann', 'clerk'), ('eve', 'chief'), ('nob', '')):
    _app.user(_login, roles=_roles)
_server = _app.serve()
root, ann, eve, nob = (_server.client(_app.token(n)) for n in ('root', 'ann', 'eve', 'nob'))


def _id(login):
    return _app.rows('SELECT id FROM "user" WHERE login = ?', login)[0][0]


def everyone_reads_names_and_only_admins_write():
    seen = nob.get(f'{USERS}/{_id("ann")}').json
    assert seen['name'] == 'Ann' and seen['active'] is True, seen
    for key in ('login', 'email', 'phone', 'roles', 'language', 'time_zone'):
        assert key not in seen, seen
        assert nob.get(f'{USERS}?{query({"sort": key, "filter": key + " != blank"})}').status \
            in (403, 422), key
    assert 'manager' in seen and 'department' in seen
    for who in (ann, nob):
        assert who.patch(f'{USERS}/{_id("ann")}', {'name': 'Me'}).status == 403
        assert who.post(USERS, {'name': 'X', 'login': 'x'}).status == 403
        assert who.post(TEAMS, {'name': 'X'}).status == 403
    assert _app.count('user', "name = 'Me' OR login = 'x'") == 0


def an_admin_makes_users_through_the_api_and_through_the_page():
    made = root.post(USERS, {'name': 'Zed', 'login': 'zed', 'roles': ['chief'],
                             'manager': 'ann', 'language': 'zh'})
    assert made.status == 201 and made.json['manager']['title'] == 'Ann', made
    boss = _server.client().login('root')
    form = Page(boss.get('/f/user/new', headers=HTML).text).forms['/f/user/new']
    values = {k: v for k, v in form.items() if v is not None}
    values.update(name='Pat', login='pat')
    assert boss.form('/f/user/new', values, headers=HTML).status == 303
    for login in ('zed', 'pat'):
        assert _server.post('/api/v1/login', {'login': login, 'password': PASSWORD}).status == 401
        _app.cli('user passwd', '--login', login, '--password-stdin', stdin=PASSWORD + '\n')
        assert _server.post('/api/v1/login', {'login': login, 'password': PASSWORD}).status == 200
    # A login is one person's, however it is written; roles and languages are the app's.
    for body in ({'login': 'ZED'}, {'login': 'q', 'roles': ['everyone']},
                 {'login': 'q', 'roles': ['pilot']}, {'login': 'q', 'language': 'fr'}):
        assert root.post(USERS, {'name': 'Q', **body}).status == 422, body


def included_roles_count_everywhere():
    assert eve.post('/api/v1/forms/note/records', {'name': 'x'}).status == 201
    assert nob.post('/api/v1/forms/note/records', {'name': 'x'}).status == 403


def a_department_is_no_part_of_itself():
    east = root.post(TEAMS, {'name': 'East'}).json['id']
    one = root.post(TEAMS, {'name': 'One', 'parent': east}).json['id']
    two = root.post(TEAMS, {'name': 'Two', 'parent': one, 'head': 'ann'}).json['id']
    for parent in (east, one, two):
        answer = root.patch(f'{TEAMS}/{east}', {'parent': parent})
        assert answer.status == 422 and answer.fields == {'parent': 'ring'}, answer
    assert root.patch(f'{TEAMS}/{two}', {'parent': east}).status == 200
    assert root.patch(f'{TEAMS}/{two}', {'parent': None}).status == 200


def nobody_reports_to_themselves():
    assert root.patch(f'{USERS}/{_id("eve")}', {'manager': 'ann'}).status == 200
    for login in ('ann', 'eve'):
        answer = root.patch(f'{USERS}/{_id("ann")}', {'manager': login})
        assert answer.status == 422 and answer.fields == {'manager': 'ring'}, answer
    # What is in order already can still be edited.
    assert root.patch(f'{USERS}/{_id("eve")}', {'name': 'Eva', 'manager': 'ann'}).status == 200


def a_time_zone_exists():
    answer = root.patch(f'{USERS}/{_id("ann")}', {'time_zone': 'Mars/Olympus'})
    assert answer.status == 422 and answer.fields == {'time_zone': 'unknown_zone'}, answer
    assert root.patch(f'{USERS}/{_id("ann")}', {'time_zone': 'Europe/Berlin'}).status == 200
    assert ann.get('/api/v1/me').json['time_zone'] == 'Europe/Berlin'


def who_others_depend_on_is_not_deleted():
    answer = root.delete(f'{USERS}/{_id("ann")}')
    assert answer.status == 409, answer


def end():
    _server.stop()


main(globals())

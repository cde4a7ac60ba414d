#!/usr/bin/env python3
"""A masked field shows its mask: the value behind it is in no answer and in no log, whatever
one asks; who may see it sees it."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, main, query  # noqa: E402

HTML = {'Accept': 'text/html'}
APP = '''
app: masks
languages: [en, zh]
time_zone: Asia/Shanghai
country: CN
currency: CNY
limits: {api: 0, logins: 0}
roles:
  rep:     {label: Rep}
  manager: {label: Manager}
  keeper:  {label: Keeper}
'''
PERSON = '''
form: person
title: "{name}"
owner: owner
fields:
  name:   {type: text, required: true, search: true}
  mobile: {type: phone, mask: "###****####", search: true, unique: true}
  email:  {type: email, search: true}
  salary: {type: money}
  passport: {type: text, unique: true, index: true}
  raise:  {type: formula, of: money, formula: "salary * 2"}
  call:   {type: formula, of: text, formula: "concat('tel ', mobile)"}
  note:   {type: text}
  owner:  {type: user, default: "=me()"}
duplicates:
  - {match: [email], then: warn}
views:
  all:  {type: table, columns: [name, mobile, email, salary, passport, raise, call]}
  wall: {type: kanban, by: stage, card: [mobile, email, salary]}
permissions:
  rep:
    read: all
    create: true
    update: all
    export: all
    batch: all
    fields: {mobile: masked, email: masked, salary: masked, passport: masked}
  manager: {read: all, create: true, update: all, export: all, batch: all}
  keeper:  {read: own, update: own}
'''
VISIT = '''
form: visit
title: "{name}"
fields:
  name:   {type: text, required: true}
  who:    {type: link, to: person}
  phone:  {type: lookup, via: who, field: mobile}
  mail:   {type: lookup, via: who, field: email}
  twice:  {type: formula, of: money, formula: "who.salary * 2"}
permissions:
  rep:     {read: all, create: true, update: all, export: all}
  manager: {read: all, create: true, update: all, export: all}
'''
FLOW = '''
workflow: life
form: person
stages:
  fresh: {status: open}
  known: {status: done}
transitions:
  meet: {from: fresh, to: known, by: [rep, manager], require: [mobile]}
'''
MOBILE, EMAIL, SALARY, PASSPORT = '13812345678', 'secret.name@example.com', '98765.43', 'EA1234567'
# What must never come back: the value, in any spelling that holds its hidden part.
SECRETS = [MOBILE, '+86' + MOBILE, '138 1234 5678', '1234 5678', '8613812', '12345678', EMAIL,
           'secret.name', SALARY, '98,765', '9876543', '197530', PASSPORT, 'EA123']


def _leaks(text):
    return [s for s in SECRETS if s.lower() in text.lower()]


class _World:
    def __init__(self):
        self.app = App({'app.yaml': APP, 'forms/person.yaml': PERSON, 'forms/visit.yaml': VISIT,
                        'workflows/life.yaml': FLOW})
        for login, roles in (('rita', 'rep'), ('maud', 'manager'), ('kim', 'rep,keeper')):
            self.app.user(login, roles=roles)
        self.server = self.app.serve('--verbose')
        self.rep = self.server.client().login('rita')
        self.boss = self.server.client().login('maud')
        made = self.boss.post('/api/v1/forms/person/records', {
            'name': 'Ann', 'mobile': '138 1234 5678', 'email': EMAIL, 'salary': SALARY,
            'passport': PASSPORT})
        assert made.status == 201, made
        self.id = made.json['id']
        self.boss.patch(f'{PEOPLE}/{self.id}', {'salary': '98765.44'})
        self.boss.patch(f'{PEOPLE}/{self.id}', {'salary': SALARY})
        visit = self.boss.post('/api/v1/forms/visit/records', {'name': 'First', 'who': self.id})
        assert visit.status == 201, visit
        self.visit = visit.json['id']


PEOPLE = '/api/v1/forms/person/records'
world = _World()
rep, boss, one = world.rep, world.boss, f'{PEOPLE}/{world.id}'


def _clean(answer, *status):
    assert not _leaks(answer.text), f'{_leaks(answer.text)} in {answer}'
    if status:
        assert answer.status in status, answer
    return answer


def the_rep_sees_masks_and_the_manager_values():
    seen = _clean(rep.get(one), 200).json
    assert seen['mobile'] == '138****5678', seen
    assert set(seen['email'][:-4]) == {'*'} and len(seen['email']) == len(EMAIL), seen
    assert '*' in seen['salary'] and '*' in seen['passport'], seen
    value = boss.get(one).json
    assert value['mobile'].replace(' ', '') in (MOBILE, '+86' + MOBILE), value
    assert value['email'] == EMAIL and value['passport'] == PASSPORT, value
    assert value['salary'] == 98765.43 and value['raise'] == 197530.86, value


def what_is_made_of_a_masked_field_is_hidden():
    seen = _clean(rep.get(one)).json
    assert 'raise' not in seen and 'call' not in seen, seen
    visit = _clean(rep.get(f'/api/v1/forms/visit/records/{world.visit}'), 200).json
    assert visit['phone'] == '138****5678' and '*' in visit['mail'], visit
    assert 'twice' not in visit, visit


def no_page_holds_the_value():
    for path in ('/', '/f/person', '/f/person?view=all', '/f/person?view=wall',
                 f'/f/person/{world.id}', f'/f/person/{world.id}/edit', '/f/person/new',
                 f'/f/person/new?copy={world.id}', f'/f/person/{world.id}/move/meet', '/f/visit',
                 f'/f/visit/{world.visit}', f'/f/visit/{world.visit}/edit', '/messages',
                 '/bin/person', '/f/person?q=ann'):
        text = _clean(rep.get(path, headers=HTML), 200).text
        if path in ('/f/person?view=all', f'/f/person/{world.id}'):
            assert '138****5678' in text, text
    assert MOBILE in re.sub(r'[ +-]', '', boss.get(f'/f/person/{world.id}', headers=HTML).text)


def no_answer_of_the_api_holds_the_value():
    for path in (PEOPLE, f'{one}/history', f'{one}/timeline', f'{one}/why', f'{one}/allowed',
                 f'{PEOPLE}?fields=name,mobile,email,salary', f'{PEOPLE}?view=all',
                 '/api/v1/forms/visit/records?expand=who',
                 '/api/v1/forms/person/export.json', '/api/v1/forms/person/export.csv',
                 '/api/v1/forms/visit/export.json', '/api/v1/forms/visit/export.csv',
                 '/api/v1/forms/person/export.csv?fields=mobile,email,salary,passport',
                 '/api/v1/forms/visit/options?field=who&q=ann', '/api/v1/forms'):
        _clean(rep.get(path), 200)
    csv = rep.get('/api/v1/forms/person/export.csv?fields=name,mobile').text
    assert csv.splitlines()[1] == 'Ann,138****5678', csv
    csv = boss.get('/api/v1/forms/person/export.csv?fields=name,email,salary').text
    assert csv.splitlines()[1] == f'Ann,{EMAIL},{SALARY}', csv


def it_cannot_be_asked_for_by_filter_sort_or_group():
    for args in ({'filter': f"mobile = '{MOBILE}'"}, {'filter': "mobile contains '1381'"},
                 {'filter': f"email = '{EMAIL}'"}, {'filter': 'salary > 90000'},
                 {'filter': f"passport = '{PASSPORT}'"}, {'filter': 'mobile != blank'},
                 {'filter': "left(mobile, 6) = '138123'"}, {'filter': 'raise > 1'},
                 {'filter': "exists(person, salary > 1)"}, {'sort': 'mobile'}, {'sort': '-salary'}):
        _clean(rep.get(f'{PEOPLE}?{query(args)}'), 403)
        if 'left(' not in str(args):
            assert boss.get(f'{PEOPLE}?{query(args)}').status == 200, args
    for args in ({'by': 'mobile'}, {'of': 'sum(salary)'}, {'of': 'max(email)'},
                 {'by': 'name', 'filter': 'salary > 1'}, {'by': 'left(passport, 3)'}):
        _clean(rep.get(f'/api/v1/forms/person/aggregate?{query(args)}'), 403)
    for args in ({'filter': "who.salary > 1"}, {'filter': f"phone contains '1381'"},
                 {'sort': 'phone'}):
        _clean(rep.get(f'/api/v1/forms/visit/records?{query(args)}'), 403)
    for q in (MOBILE, '12345678', EMAIL, 'secret.name', PASSPORT):
        assert _clean(rep.get(f'{PEOPLE}?{query({"q": q})}'), 200).json['records'] == [], q
    assert len(boss.get(f'{PEOPLE}?{query({"q": MOBILE})}').json['records']) == 1


def it_cannot_be_written_nor_tried_out():
    before = world.app.rows('SELECT * FROM person')
    for field, value in (('mobile', '13900000000'), ('salary', 1), ('email', 'a@example.com'),
                         ('passport', 'X'), ('mobile', '138****5678'), ('mobile', MOBILE)):
        _clean(rep.patch(one, {field: value}), 403)
        _clean(rep.post('/api/v1/forms/person/batch', {'update': [
            {'id': world.id, field: value}]}), 403)
    # Whether a value exists is not told either: a create that names the field is refused first.
    for value in (PASSPORT, 'NEW'):
        _clean(rep.post(PEOPLE, {'name': 'Bob', 'passport': value}), 403)
    for value in (MOBILE, '13900000001'):
        answer = rep.put(f'/api/v1/forms/person/by/mobile/{value}', {'note': 'x'})
        assert answer.status == 403, answer
    assert world.app.rows('SELECT * FROM person') == before


def refusals_and_conflicts_hold_no_value():
    stale = rep.patch(one, {'note': 'x'}, headers={'If-Match': '"1"'})
    _clean(stale, 412)
    assert stale.json['current']['mobile'] == '138****5678', stale
    _clean(rep.post('/api/v1/forms/person/preview', {'id': world.id, 'values': {'note': 'y'}}), 200)
    _clean(rep.post('/api/v1/forms/visit/preview', {'values': {'name': 'x', 'who': world.id}}), 200)
    saved = _clean(rep.patch(one, {'note': 'seen'}), 200)
    assert saved.json['note'] == 'seen', saved
    _clean(rep.post(f'{one}/transitions/meet', {'values': {'mobile': '13900000000'}}), 403)
    moved = _clean(rep.post(f'{one}/transitions/meet', {}), 200)
    assert moved.json['stage'] == 'known', moved
    assert world.app.rows('SELECT mobile FROM person') == [('+86' + MOBILE,)]


def the_edit_page_saves_without_the_masked_value():
    at = f'/f/person/{world.id}/edit'
    sent = Page(rep.get(at, headers=HTML).text).forms[at]
    assert not {'mobile', 'email', 'salary', 'passport'} & set(sent), sent
    answer = rep.form(at, {**sent, 'note': 'by page'}, headers=HTML)
    assert answer.status == 303, answer
    assert world.app.rows('SELECT mobile, salary, note FROM person') == [
        ('+86' + MOBILE, 9876543, 'by page')]


def several_roles_add_up_by_record():
    """The keeper's role shows the field on own records only."""
    kim = world.server.client().login('kim')
    _clean(kim.get(one), 200)
    mine = boss.post(PEOPLE, {'name': 'Own', 'passport': 'KIM9', 'owner': {'by': {'login': 'kim'}}})
    if mine.status != 201:
        mine = boss.post(PEOPLE, {'name': 'Own', 'passport': 'KIM9', 'owner': 'kim'})
    assert mine.status == 201, mine
    assert kim.get(f'{PEOPLE}/{mine.json["id"]}').json['passport'] == 'KIM9'
    _clean(kim.get(f"{PEOPLE}?{query({'filter': 'salary > 1'})}"), 403)


def the_log_holds_no_value():
    world.server.stop()
    log = world.server.log()
    assert 'request' in log and not _leaks(re.sub(r'"path":"[^"]*"', '', log)), _leaks(log)
    # A path is what its sender wrote; the value stands there only where the rep typed it.


if __name__ == '__main__':
    main(globals())

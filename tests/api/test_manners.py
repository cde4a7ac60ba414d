#!/usr/bin/env python3
"""Passwords without a terminal, reminders that come again, taking back, refusals that tell who."""
import datetime
import os
import re
import sys
import zoneinfo

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, PASSWORD, Page, ROOT, main  # noqa: E402

_app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'clinic'))
_app.write('app.yaml', _app.read('app.yaml').replace('logins: 20/min', 'logins: 200/min'))
for _login, _roles in (('ann', 'admin'), ('rita', 'reception'), ('vic', 'vet'), ('cleo', 'chief'),
                       ('tess', 'reception'), ('uma', 'reception')):
    _app.user(_login, roles=_roles)
_server = _app.serve()
HTML = {'Accept': 'text/html'}
LONG = 'a new and long one'
_people = {}


def _as(login, password=PASSWORD):
    key = (login, password)
    if key not in _people:
        _people[key] = _server.client().login(login, password)
    return _people[key]


def _id(login):
    return _app.rows('SELECT id FROM "user" WHERE login = ?', login)[0][0]


def _pet():
    found = _app.rows('SELECT id FROM pet LIMIT 1')
    if found:
        return found[0][0]
    cleo = _as('cleo')
    keeper = cleo.post('/api/v1/forms/keeper/records', {'name': 'Anna'}).json['id']
    return cleo.post('/api/v1/forms/pet/records',
                     {'name': 'Rex', 'keeper': keeper, 'species': 'dog'}).json['id']


def _visit(**values):
    answer = _as('cleo').post('/api/v1/forms/visit/records',
                              {'pet': _pet(), 'starts_at': '2030-03-04T09:30', **values})
    assert answer.status == 201, answer
    return answer.json['id']


def _read(client, path, lang='en'):
    return client.get(path, headers={**HTML, 'Accept-Language': lang})


def _post(client, path, values=()):
    """As the page's form does."""
    return client.form(path, {**dict(values), '_csrf': client.csrf}, headers=HTML)


# ---- passwords ----
def a_person_changes_their_password_and_stays_signed_in_here_only():
    here, there = _server.client().login('tess'), _server.client().login('tess')
    wrong = here.post('/api/v1/me/password', {'old': 'not it at all', 'new': LONG})
    assert wrong.status == 422 and wrong.fields == {'old': 'wrong'}, wrong
    for new, code in (('short', 'too_short'), ('password123', 'too_common'), ('', 'required'),
                      ('x' * 300, 'too_long')):
        answer = here.post('/api/v1/me/password', {'old': PASSWORD, 'new': new})
        assert answer.status == 422 and answer.fields == {'new': code}, answer
    assert there.get('/api/v1/me').status == 200
    assert here.post('/api/v1/me/password', {'old': PASSWORD, 'new': LONG}).status == 204
    assert here.get('/api/v1/me').status == 200
    assert there.get('/api/v1/me').status == 401
    assert _server.post('/api/v1/login', {'login': 'tess', 'password': PASSWORD}).status == 401
    _as('tess', LONG)


def the_old_password_cannot_be_guessed_on_and_on():
    app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'clinic'))
    app.user('gil', roles='vet')
    with app.serve() as server:
        gil = server.client().login('gil')
        got = [gil.post('/api/v1/me/password', {'old': f'guess {i}', 'new': LONG}).status
               for i in range(45)]
        assert set(got) == {422, 429}, got


def the_profile_page_says_beside_the_field_what_is_wrong_and_shows_no_password():
    uma = _server.client().login('uma')
    page = _read(uma, '/profile')
    assert page.status == 200 and 'Where I am signed in' in page.text, page
    form = Page(page.text).forms['/profile/password']
    assert set(form) >= {'old', 'new', 'again', '_csrf'}, form
    answer = _post(uma, '/profile/password', {'old': PASSWORD, 'new': 'tiny', 'again': 'tiny'})
    assert answer.status == 422 and 'id="p-new-issue">at least 8' in answer.text, answer
    assert 'tiny' not in answer.text and PASSWORD not in answer.text
    answer = _post(uma, '/profile/password', {'old': PASSWORD, 'new': LONG, 'again': LONG + '!'})
    assert answer.status == 422 and 'p-again-issue' in answer.text, answer
    answer = _post(uma, '/profile/password', {'old': PASSWORD, 'new': LONG, 'again': LONG})
    assert answer.status == 303, answer
    assert 'The password was changed.' in _read(uma, answer.headers['Location']).text


def the_language_on_the_profile_is_kept_with_the_person():
    uma = _as('uma', LONG)
    assert _post(uma, '/profile/language', {'lang': 'zh'}).status == 303
    assert _app.rows('SELECT language FROM "user" WHERE login = ?', 'uma') == [('zh',)]
    assert 'lang="zh"' in uma.get('/profile', headers=HTML).text
    assert _post(uma, '/profile/language', {'lang': 'xx'}).status == 422


def one_signs_out_everywhere_else():
    here, there = _server.client().login('vic'), _server.client().login('vic')
    assert 'Sign out everywhere else' in _read(here, '/profile').text
    assert _post(here, '/profile/sessions').status == 303
    assert there.get('/api/v1/me').status == 401
    assert here.get('/api/v1/me').status == 200
    _people.pop(('vic', PASSWORD), None)


def who_has_no_password_is_shown_to_admins_who_give_one_on_the_page():
    ann = _as('ann')
    made = ann.post('/api/v1/forms/user/records', {'name': 'Nora', 'login': 'nora',
                                                   'roles': ['reception']})
    assert made.status == 201, made
    nora = made.json['id']
    assert _server.post('/api/v1/login', {'login': 'nora', 'password': ''}).status == 422
    assert _server.post('/api/v1/login', {'login': 'nora', 'password': LONG}).status == 401
    assert f'/f/user/{nora}/password' in Page(_read(ann, '/f/user').text).links
    assert 'has no password' in _read(ann, f'/f/user/{nora}').text
    rita = _as('rita')
    assert 'password' not in _read(rita, f'/f/user/{nora}').text
    assert 'for want of a password' not in _read(rita, '/f/user').text
    page = _read(ann, f'/f/user/{nora}/password')
    assert page.status == 200 and 'password' in Page(page.text).controls, page
    answer = _post(ann, f'/f/user/{nora}/password', {'password': '1234567'})
    assert answer.status == 422 and 'p-password-issue' in answer.text, answer
    assert _post(ann, f'/f/user/{nora}/password', {'password': LONG}).status == 303
    page = _read(ann, f'/f/user/{nora}').text
    assert 'has no password' not in page and 'Password set' in page
    _as('nora', LONG)


def only_an_admin_sets_anothers_password_and_it_ends_their_sessions():
    _app.user('otto', roles='reception')
    otto, at = _server.client().login('otto'), f'/api/v1/forms/user/records/{_id("otto")}/password'
    assert _as('cleo').post(at, {'password': LONG}).status == 403
    assert _read(_as('cleo'), f'/f/user/{_id("otto")}/password').status == 403
    assert _as('ann').post(at, {'password': 'x'}).fields == {'password': 'too_short'}
    assert _as('ann').post(at, {'password': LONG, 'more': 1}).status == 422
    assert otto.get('/api/v1/me').status == 200
    assert _as('ann').post(at, {'password': LONG}).status == 204
    assert otto.get('/api/v1/me').status == 401
    assert _as('ann').post('/api/v1/forms/user/records/99999/password',
                           {'password': LONG}).status == 404


def sessions_of_who_was_switched_off_do_not_come_back():
    _app.user('pia', roles='reception')
    pia, at = _server.client().login('pia'), f'/api/v1/forms/user/records/{_id("pia")}'
    assert _as('ann').patch(at, {'active': False}).status == 200
    assert _as('ann').patch(at, {'active': True}).status == 200
    assert pia.get('/api/v1/me').status == 401
    pia = _server.client().login('pia')
    assert _as('ann').delete(at).status in (200, 204)
    assert _as('ann').post(at + '/restore').status == 200
    assert pia.get('/api/v1/me').status == 401


# ---- reminders that come again ----
def _tick(at):
    _app.cli('tick', '--now', at.strftime('%Y-%m-%dT%H:%M:%SZ'))


def _reminded(client, record):
    return [m for m in client.get('/api/v1/messages?limit=200').json['messages']
            if m['record'] == record and m['kind'] == 'reminder']


def a_snoozed_reminder_is_read_and_comes_again_exactly_once():
    now = datetime.datetime.now(datetime.timezone.utc)
    start = now + datetime.timedelta(hours=3)
    visit, cleo = _visit(starts_at=start.strftime('%Y-%m-%dT%H:%M:%SZ')), _as('cleo')
    _tick(start - datetime.timedelta(minutes=50))
    first = _reminded(cleo, visit)
    assert len(first) == 1 and not first[0]['read_at'], first
    at = f'/api/v1/messages/{first[0]["id"]}/snooze'
    for until, code in ((None, 'required'), ('soon', 'type'), ('2001-01-01T00:00:00Z', 'past'),
                        ('2199-01-01T00:00:00Z', 'far')):
        answer = cleo.post(at, {'until': until})
        assert answer.status == 422 and answer.fields == {'until': code}, answer
    again = start + datetime.timedelta(days=2)
    text = again.strftime('%Y-%m-%dT%H:%M:%SZ')
    assert _as('ann').post(at, {'until': text}).status == 404
    later = again + datetime.timedelta(hours=1)
    for until in (again, later):                   # the second word moves it
        text = until.strftime('%Y-%m-%dT%H:%M:%SZ')
        assert cleo.post(at, {'until': text}).status == 204
    assert _reminded(cleo, visit)[0]['read_at']
    assert _app.count('_timer', f"rule = 'remind:' AND record = {visit}") == 1
    _tick(again)
    assert len(_reminded(cleo, visit)) == 1
    _tick(later)
    _tick(later + datetime.timedelta(days=3))
    both = _reminded(cleo, visit)
    assert len(both) == 2 and both[0]['text'] == both[1]['text'], both
    assert not both[0]['read_at']


def what_one_put_off_is_for_nobody_else_to_see():
    now = datetime.datetime.now(datetime.timezone.utc)
    start = now + datetime.timedelta(hours=2)
    visit, cleo = _visit(starts_at=start.strftime('%Y-%m-%dT%H:%M:%SZ')), _as('cleo')
    _tick(start - datetime.timedelta(minutes=50))
    message = _reminded(cleo, visit)[0]['id']
    assert _post(cleo, f'/messages/{message}/snooze', {'to': 'week'}).status == 303
    due = _app.rows("SELECT due FROM _timer WHERE rule = 'remind:' AND record = ?", visit)[0][0]
    berlin = datetime.datetime.fromtimestamp(due, datetime.timezone(datetime.timedelta(hours=1)))
    assert berlin.weekday() == 0 and berlin.hour in (8, 9) and berlin.minute == 0, berlin
    at = f'/api/v1/forms/visit/records/{visit}/timeline'

    def coming(client):
        return [c for c in client.get(at).json['coming'] if c['rule'] == 'remind:']
    assert len(coming(cleo)) == 1 and not coming(_as('rita'))
    assert 'comes soon' in _read(cleo, f'/f/visit/{visit}').text


def only_reminders_can_be_put_off_and_the_page_offers_it():
    cleo = _as('cleo')
    assert re.search(r'action="/messages/\d+/snooze"', _read(cleo, '/messages').text)
    visit = _visit(reason='x')
    for name, values in (('arrive', {}), ('treat', {}), ('bill', {'findings': 'none'})):
        answer = cleo.post(f'/api/v1/forms/visit/records/{visit}/transitions/{name}',
                           {'values': values})
        assert answer.status == 200, answer
    note = [m for m in _as('rita').get('/api/v1/messages').json['messages']
            if m['kind'] == 'notify']
    assert note
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    answer = _as('rita').post(f'/api/v1/messages/{note[0]["id"]}/snooze',
                              {'until': tomorrow.strftime('%Y-%m-%dT%H:%M:%SZ')})
    assert answer.status == 422 and 'only reminders' in answer.text, answer


# ---- leave ----
def ones_own_leave_stands_on_the_profile_and_in_the_api_and_only_there():
    rita = _as('rita')
    form = Page(_read(rita, '/profile').text).forms['/profile/away']
    assert form['from'] == '' and form['until'] == '', form
    answer = _post(rita, '/profile/away', {'from': '2030-05-01', 'until': '2030-05-09'})
    assert answer.status == 303, answer
    form = Page(_read(rita, '/profile').text).forms['/profile/away']
    assert form['from'] == '2030-05-01' and form['until'] == '2030-05-09', form
    days = _app.rows('SELECT away_from, away_until FROM "user" WHERE login = \'rita\'')
    assert days == [('2030-05-01', '2030-05-09')], days
    assert _post(rita, '/profile/away', {'from': '2030-05-09', 'until': '2030-05-01'}).status == 422
    assert _post(rita, '/profile/away', {'from': 'soon', 'until': ''}).status == 422
    # Nothing else of oneself, and nobody else.
    assert _post(rita, '/profile/away', {'from': '', 'until': '', 'roles': 'admin', 'id': '1'}).status == 303
    me = rita.get(f'/api/v1/forms/user/records/{_id("rita")}').json
    assert me['away_from'] is None and me['away_until'] is None, me
    assert rita.patch(f'/api/v1/forms/user/records/{_id("rita")}', {'away_from': '2030-05-01'}).status == 403
    leave = lambda *days: rita.put('/api/v1/me/leave', dict(zip(('away_from', 'away_until'), days)))
    assert leave('2030-06-01', None).json == {'away_from': '2030-06-01', 'away_until': None}
    assert rita.get(f'/api/v1/forms/user/records/{_id("rita")}').json['away_from'] == '2030-06-01'
    assert set(leave('2030-06-09', '2030-06-01').json['fields']) == {'away_until'}
    assert set(leave('soon', None).json['fields']) == {'away_from'} and leave('2030-06-01').status == 422
    assert leave(None, None).json == {'away_from': None, 'away_until': None}
    assert rita.get(f'/api/v1/forms/user/records/{_id("rita")}').json['away_from'] is None


# ---- one's own reminders ----
def _iso(at):
    return at.strftime('%Y-%m-%dT%H:%M:%SZ')


def one_is_reminded_of_a_record_at_a_time_of_ones_own():
    visit, cleo, rita = _visit(reason='x'), _as('cleo'), _as('rita')
    at = f'/api/v1/forms/visit/records/{visit}/reminders'
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)
    for body, wrong in (({'text': 'x'}, {'at': 'required'}), ({'at': 'soon'}, {'at': 'type'}),
                        ({'at': '2001-01-01T00:00:00Z'}, {'at': 'past'}),
                        ({'at': '2199-01-01T00:00:00Z'}, {'at': 'far'}),
                        ({'at': 'week', 'text': ['x']}, {'text': 'type'}),
                        ({'at': 'week', 'text': 'x' * 501}, {'text': 'too_long'}),
                        ({'at': 'week', 'who': 1}, {})):
        answer = cleo.post(at, body)
        assert answer.status == 422 and answer.fields == wrong, (body, answer)
    assert cleo.post(at.replace(str(visit), '999999'), {'at': 'week'}).status == 404
    made = cleo.post(at, {'at': _iso(soon), 'text': ' Ask for the X-ray '})
    assert made.status == 201 and made.json['text'] == 'Ask for the X-ray', made
    assert cleo.post(at, {'at': 'workday'}).json['text'] is None
    assert made.json in cleo.get(at).json['reminders']
    own = f'/api/v1/reminders/{made.json["id"]}'
    # Nobody else knows of it, and nobody else can touch it.
    assert not rita.get(at).json['reminders'] and not rita.get('/api/v1/reminders').json['reminders']
    assert rita.patch(own, {'at': 'week'}).status == 404 and rita.delete(own).status == 404
    assert 'X-ray' not in _read(rita, f'/f/visit/{visit}').text
    assert 'X-ray' not in rita.get(f'/api/v1/forms/visit/records/{visit}/timeline').text
    later = soon + datetime.timedelta(hours=5)
    assert cleo.patch(own, {'at': _iso(later)}).status == 204
    mine = [r for r in cleo.get('/api/v1/reminders').json['reminders'] if r['id'] == made.json['id']]
    assert mine == [{**made.json, 'at': _iso(later)}], mine
    assert cleo.patch(own, {'at': _iso(later), 'text': 'Ask again'}).status == 204
    _tick(soon)
    assert not [m for m in _reminded(cleo, visit) if 'Ask' in m['text']]
    _tick(later + datetime.timedelta(hours=2))
    _tick(later + datetime.timedelta(hours=3))
    told = [m for m in _reminded(cleo, visit) if 'Ask' in m['text']]
    assert len(told) == 1 and told[0]['text'].startswith('Ask again — '), told
    assert told[0]['late_s'] == 7200 and not _reminded(rita, visit)
    assert cleo.patch(own, {'at': 'week'}).status == 404
    # It is a reminder like others: it can be put off.
    again = f'/api/v1/messages/{told[0]["id"]}/snooze'
    assert cleo.post(again, {'until': 'workday'}).status == 204


def the_next_working_day_is_the_calendars():
    visit, cleo = _visit(reason='x'), _as('cleo')
    at = f'/api/v1/forms/visit/records/{visit}/reminders'
    berlin = zoneinfo.ZoneInfo('Europe/Berlin')
    made = datetime.datetime.fromisoformat(cleo.post(at, {'at': 'workday'}).json['at'])
    day, today = made.astimezone(berlin), datetime.datetime.now(berlin).date()
    assert day.hour == 9 and day.weekday() < 5 and 1 <= (day.date() - today).days <= 5, day


def own_reminders_are_kept_on_pages_without_a_script():
    visit, cleo = _visit(reason='x'), _as('cleo')
    here = f'/f/visit/{visit}'
    assert f'{here}/reminders' in Page(_read(cleo, here).text).forms
    answer = _post(cleo, f'{here}/reminders', {'to': 'at', 'at': '2029-05-05T10:00', 'text': 'Ring them'})
    assert answer.status == 303 and answer.headers['Location'].startswith(here), answer
    assert _post(cleo, f'{here}/reminders', {'to': 'at', 'at': ''}).status == 422
    assert _post(cleo, f'{here}/reminders', {'to': 'never'}).status == 422
    page = _read(cleo, answer.headers['Location']).text
    assert 'Ring them' in page and 'You will be reminded' in page
    move = next(a for a in Page(page).forms if re.match(r'/reminders/\d+/move', a))
    answer = _post(cleo, move, {'to': 'at', 'at': '2029-06-06T10:00', 'back': here + '?remind=1'})
    assert answer.status == 303 and answer.headers['Location'] == here + '?snoozed=1', answer
    inbox = _read(cleo, '/messages').text
    assert 'Ring them' in inbox and '2029-06-06 10:00' in inbox and move in inbox
    assert 'Ring them' not in _read(_as('rita'), '/messages').text
    assert _post(_as('rita'), move, {'to': 'week'}).status == 404
    drop = move.replace('move', 'delete')
    assert _post(_as('rita'), drop).status == 404
    assert _post(cleo, drop, {'back': 'https://example.org/'}).headers['Location'] == '/messages?saved=1'
    assert 'Ring them' not in _read(cleo, here).text
    assert _post(cleo, drop).status == 404


def only_so_many_reminders_wait_for_one_person():
    uma = _as('rita')
    at = f'/api/v1/forms/visit/records/{_visit(reason="x")}/reminders'
    answers = [uma.post(at, {'at': 'week'}).status for _ in range(201)]
    assert answers == [201] * 200 + [429], answers[-3:]
    for r in uma.get('/api/v1/reminders').json['reminders']:
        assert uma.delete(f'/api/v1/reminders/{r["id"]}').status == 204
    assert _app.count('_timer', "rule = 'own:' AND due > 0") == _app.count('_reminder')


# ---- taking back ----
def a_deletion_is_taken_back_from_the_page_that_follows():
    visit, cleo = _visit(), _as('cleo')
    answer = _post(cleo, f'/f/visit/{visit}/delete')
    assert answer.status == 303, answer
    page = Page(_read(cleo, answer.headers['Location']).text)
    at = f'/f/visit/{visit}/restore'
    assert at in page.forms and 'Undo' in page.text, page.forms
    other = Page(_read(_as('rita'), answer.headers['Location']).text)
    assert at not in other.forms                   # who may not restore is not offered it
    assert _post(cleo, at).status == 303
    assert cleo.get(f'/api/v1/forms/visit/records/{visit}').status == 200
    assert at not in Page(_read(cleo, answer.headers['Location']).text).forms
    assert _read(cleo, '/f/visit?deleted=1').status == 200        # what pages before had said
    assert _read(cleo, '/f/visit?deleted=nonsense').status == 200


def a_move_is_taken_back_only_where_a_way_leads_back():
    app = App({'app.yaml': 'app: t\ntime_zone: UTC\nroles: {clerk: {}}\n',
               'forms/job.yaml': 'form: job\nfields: {name: {type: text}, note: {type: text}}\n'
               'permissions: {clerk: {read: all, create: true, update: all}}\n',
               'workflows/way.yaml': 'workflow: way\nform: job\nstages: {a: {}, b: {}, c: {}}\n'
               'transitions:\n  on: {from: a, to: b, by: clerk}\n'
               '  home: {label: Back home, from: b, to: a, by: clerk}\n'
               '  far: {from: b, to: c, by: clerk}\n'
               '  near: {label: Asks first, from: c, to: b, by: clerk, require: [note]}\n'})
    app.user('carl', roles='clerk')
    with app.serve() as server:
        carl = server.client().login('carl')
        job = carl.post('/api/v1/forms/job/records', {'name': 'x'}).json['id']
        answer = _post(carl, f'/f/job/{job}/move/on')
        page = Page(_read(carl, answer.headers['Location']).text)
        assert f'/f/job/{job}/move/home' in page.forms and 'Back home' in page.text
        answer = _post(carl, f'/f/job/{job}/move/home')
        assert carl.get(f'/api/v1/forms/job/records/{job}').json['stage'] == 'a'
        _post(carl, f'/f/job/{job}/move/on')
        answer = _post(carl, f'/f/job/{job}/move/far')
        page = Page(_read(carl, answer.headers['Location']).text)
        assert not [f for f in page.forms if '/move/' in f], page.forms


# ---- boards ----
def a_column_tells_how_many_more_there_are_and_where():
    app = App({'app.yaml': 'app: t\ntime_zone: UTC\nroles: {clerk: {}}\n',
               'forms/job.yaml': 'form: job\nfields: {name: {type: text}, kind: {type: choice, '
               'options: [small, big]}}\nviews:\n  all: {type: table, columns: [name, kind]}\n'
               '  kinds: {type: kanban, by: kind, card: [name]}\n'
               'permissions: {clerk: {read: all, create: true}}\n'})
    app.user('carl', roles='clerk')
    with app.serve() as server:
        carl = server.client().login('carl')
        many = [{'name': f'n{i}', 'kind': 'small'} for i in range(57)] + [{'name': 'none'}]
        answer = carl.post('/api/v1/forms/job/batch', {'create': many})
        assert answer.status == 200, answer
        page = Page(_read(carl, '/f/job?view=kinds').text)
        assert '7 more' in page.text and 'Without' in page.text, page.text
        rest = [x for x in page.links if 'filter=' in x]
        assert len(rest) == 1 and 'view=all' in rest[0], rest
        assert 'n3' in _read(carl, rest[0]).text
        # Who may not change them is told whom to ask.
        assert 'Only these may change this record: Administrator.' in _read(carl, '/f/job?view=kinds').text


# ---- refusals ----
def a_move_that_is_not_mine_tells_whose_it_is():
    visit, rita = _visit(), _as('rita')
    _as('cleo').post(f'/api/v1/forms/visit/records/{visit}/transitions/arrive')
    answer = rita.post(f'/api/v1/forms/visit/records/{visit}/transitions/treat')
    assert answer.status == 403 and 'Veterinarian' in answer.json['detail'], answer
    page = _read(rita, f'/f/visit/{visit}').text
    assert 'this move is for: Veterinarian' in page
    answer = rita.post(f'/api/v1/forms/visit/records/{visit}/transitions/treat',
                       headers={'Accept-Language': 'zh'})
    assert '兽医' in answer.json['detail'], answer


def an_owners_move_names_the_owner():
    visit, rita = _visit(reason='x'), _as('rita')
    for name in ('arrive', 'treat'):
        _as('cleo').post(f'/api/v1/forms/visit/records/{visit}/transitions/{name}')
    assert 'this move is for: Vet (Cleo), Chief veterinarian' in _read(
        rita, f'/f/visit/{visit}').text


def a_page_that_is_refused_names_the_rule_and_who_can():
    visit, vic = _visit(), _as('rita')
    answer = _post(vic, f'/f/visit/{visit}/delete')
    assert answer.status == 403, answer
    assert 'Who may do this: Chief veterinarian, Administrator.' in answer.text, answer.text
    assert 'Reception: ' in answer.text
    answer = _read(_as('rita'), '/f/medicine/new')
    if answer.status == 403:
        assert 'Who may do this: ' in answer.text and 'href="/f/medicine"' in answer.text


def every_error_page_has_advice_and_a_way_back_in_both_languages():
    cleo, rita = _as('cleo'), _as('rita')
    pet = _pet()
    for lang, back in (('en', 'Back'), ('zh', '返回')):
        rita_lang = {**HTML, 'Accept-Language': lang}
        answers = [
            (404, cleo.get('/f/visit/99999', headers=rita_lang)),
            (404, cleo.get('/no/such', headers=rita_lang)),
            (403, rita.get('/admin', headers=rita_lang)),
            (409, _as('ann').form('/f/keeper/1/delete', {'_csrf': _as('ann').csrf},
                                  headers=rita_lang)),
            (405, cleo.get(f'/f/pet/{pet}/delete', headers=rita_lang)),
        ]
        for status, answer in answers:
            assert answer.status == status, answer
            page = Page(answer.text)
            assert back in page.text and f'lang="{lang}"' in answer.text, (status, answer)
            assert 'href=""' not in answer.text
            paragraphs = re.findall(r'<p>([^<]+)</p>', answer.text)
            assert paragraphs, (status, answer)
    answer = cleo.get('/f/visit/99999', headers={
        **HTML, 'Referer': f'http://127.0.0.1:{_server.port}/f/visit?view=board'})
    assert '/f/visit?view=board' in Page(answer.text).links, answer
    answer = cleo.get('/f/visit/99999', headers={**HTML, 'Referer': 'https://other.example/x'})
    assert 'other.example' not in answer.text and 'href="/f/visit"' in answer.text


def end():
    _server.stop()


main(globals())
